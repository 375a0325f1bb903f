"""Colleagues by the list of ``rapport people list --json``: the same people on both sides, told apart by e-mail."""

from collections.abc import Iterable, Mapping

from tests.platforms.slack.world import World


def slack_id(external: str) -> str:
    """Return the user id that somebody gets here; the app is never told how it is made."""
    return f"U{external}"


def enrol(world: World, people: Iterable[Mapping[str, str]]) -> None:
    """Let everybody listed join, with their own address, language and time zone."""
    for person in people:
        world.add_user(
            slack_id(person["id"]),
            name=person["email"].partition("@")[0],
            real_name=person["name"],
            email=person["email"],
            locale=person["locale"] or "en-US",
            tz=person["time_zone"] or "Europe/Berlin",
        )
