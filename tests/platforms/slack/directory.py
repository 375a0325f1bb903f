"""``users.*``, ``team.info`` and ``auth.test``: who is there."""

from tests.platforms.slack.conversations import slice_of
from tests.platforms.slack.errors import Refusal, flag, needed
from tests.platforms.slack.people import Grant, Json, User, Workspace
from tests.platforms.slack.world import World


def auth_test(world: World, grant: Grant, arguments: Json) -> Json:
    workspace = world.workspaces[grant.team]
    answer: Json = {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": "rapport",
        "team_id": workspace.id,
        "user_id": grant.bot_user,
        "bot_id": grant.bot_id,
        "is_enterprise_install": grant.org_wide,
    }
    if grant.org_wide:
        answer |= {"team_id": grant.enterprise, "enterprise_id": grant.enterprise}
    elif grant.enterprise:
        answer["enterprise_id"] = grant.enterprise
    if grant.expires_at is not None:
        answer["expires_in"] = max(0, int(grant.expires_at - world.now()))
    return answer


def listed(world: World, grant: Grant, arguments: Json) -> Json:
    """Return one page of everybody: colleagues, bots, guests, the removed, Slackbot."""
    workspace = _asked(world, grant, arguments)
    if len(workspace.users) > 1000 and not arguments.get("limit"):
        raise Refusal("limit_required")
    page, cursor = slice_of(sorted(workspace.users.values(), key=lambda u: u.id), arguments, 100, 999)
    members = [_shown(world, grant, user, arguments) for user in page]
    return {
        "members": members,
        "cache_ts": int(world.now()),
        "response_metadata": {"next_cursor": cursor},
    }


def info(world: World, grant: Grant, arguments: Json) -> Json:
    user = world.user(str(needed(arguments, "user")), grant)
    return {"user": _shown(world, grant, user, arguments)}


def by_email(world: World, grant: Grant, arguments: Json) -> Json:
    """Find an account by address; removed ones are not found."""
    email = str(needed(arguments, "email")).casefold()
    every = (u for w in world.workspaces.values() if grant.reaches(w) for u in w.users.values())
    found = next((u for u in every if u.email.casefold() == email and not u.deleted), None)
    if found is None:
        raise Refusal("users_not_found")
    return {"user": _shown(world, grant, found, arguments)}


def team(world: World, grant: Grant, arguments: Json) -> Json:
    workspace = _asked(world, grant, arguments, "team")
    shown: Json = {"id": workspace.id, "name": workspace.name, "domain": workspace.domain, "email_domain": ""}
    if workspace.enterprise:
        shown |= {"enterprise_id": workspace.enterprise, "enterprise_name": "Made Up Group"}
    return {"team": shown}


def teams(world: World, grant: Grant, arguments: Json) -> Json:
    """Return one page of the teams that the token reaches."""
    reached = [{"id": w.id, "name": w.name} for w in world.workspaces.values() if grant.reaches(w)]
    page, cursor = slice_of(sorted(reached, key=lambda one: one["id"]), arguments, 100, 1000)
    return {"teams": page, "response_metadata": {"next_cursor": cursor}}


def _asked(world: World, grant: Grant, arguments: Json, name: str = "team_id") -> Workspace:
    """Return the token's workspace; an organisation's token must say which one it means."""
    if not grant.org_wide:
        return world.workspaces[grant.team]
    workspace = world.workspaces.get(str(arguments.get(name) or ""))
    if workspace is None:
        raise Refusal("missing_argument")
    if not grant.reaches(workspace):
        raise Refusal("team_access_not_granted")
    return workspace


def _shown(world: World, grant: Grant, user: User, arguments: Json) -> Json:
    email = grant.scopes is None or "users:read.email" in grant.scopes
    return user.shape(world.moment(), locale=flag(arguments.get("include_locale")), email=email)
