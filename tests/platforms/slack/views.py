"""``views.*``: modals within a trigger's three seconds, and the Home tab."""

from tests.platforms.slack.chat import problems
from tests.platforms.slack.errors import Refusal, needed
from tests.platforms.slack.people import Grant, Json
from tests.platforms.slack.world import World


def opened(world: World, grant: Grant, arguments: Json) -> Json:
    """Open a modal: the trigger is used up even if the view is refused, as in Slack."""
    trigger = world.tickets.pull(str(arguments.get("trigger_id") or ""))
    view = checked(world, grant, arguments, trigger.team, "modal")
    return _shown(world, world.screens.open(trigger.user, view))


def pushed(world: World, grant: Grant, arguments: Json) -> Json:
    trigger = world.tickets.pull(str(arguments.get("trigger_id") or ""))
    view = checked(world, grant, arguments, trigger.team, "modal")
    return _shown(world, world.screens.push(trigger.user, view))


def updated(world: World, grant: Grant, arguments: Json) -> Json:
    name = str(arguments.get("view_id") or needed(arguments, "external_id"))
    view = checked(world, grant, arguments, grant.team, "modal")
    return _shown(world, world.screens.change(name, view, str(arguments.get("hash") or "")))


def published(world: World, grant: Grant, arguments: Json) -> Json:
    if not world.home_tab:
        raise Refusal("not_enabled")
    user = world.user(str(needed(arguments, "user_id")), grant)
    view = checked(world, grant, arguments, user.team, "home")
    return _shown(world, world.screens.publish(user.id, view, str(arguments.get("hash") or "")))


def checked(world: World, grant: Grant, arguments: Json, team: str, surface: str) -> Json:
    """Return the view as Slack would keep it, or say what is wrong with it."""
    given = needed(arguments, "view")
    if not isinstance(given, dict):
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] view is no object"]})
    view = world.screens.made(given, grant, team)
    wrong = problems(world, given, surface)
    if given["type"] != surface:
        wrong = [f"a view of type {given['type']} cannot be shown here", *wrong]
    if wrong:
        raise Refusal(
            "invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in wrong]}
        )
    return view


def _shown(world: World, view: Json) -> Json:
    world.touch()
    return {"view": view}
