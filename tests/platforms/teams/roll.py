"""Colleagues by the list of ``rapport people list --json``: the same people on both sides, told apart by e-mail."""

import asyncio
from collections.abc import Iterable, Mapping
from uuid import NAMESPACE_URL, uuid5

from tests.platforms.teams.server import FakeTeams
from tests.platforms.teams.world import World

AT_ONCE = 8
"""How many people get the app at the same time."""


def teams_id(external: str) -> str:
    """Return the Entra object id that somebody gets here; the app is never told how it is made."""
    return str(uuid5(NAMESPACE_URL, f"teams:{external}"))


def enrol(world: World, people: Iterable[Mapping[str, str]]) -> None:
    """Let everybody listed join, with their own address, language and time zone."""
    for person in people:
        world.add_user(
            teams_id(person["id"]),
            name=person["name"],
            email=person["email"],
            locale=person["locale"] or "en-US",
            tz=person["time_zone"] or "Europe/Berlin",
        )


async def install_for_all(fake: FakeTeams, among: Iterable[str] | None = None) -> list[str]:
    """Give the app to everybody who does not have it, as an administrator does; return whom the app did not hear of.

    ``among`` are the only ones who get it, by their Entra object id.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def installs(user: str) -> bool:
        async with gate:
            return all(answer.ok for answer in await fake.person(user).installs())

    lacking = [each for each in (fake.users if among is None else among) if not fake.users[each].installed]
    heard = await asyncio.gather(*map(installs, lacking))
    return [user for user, told in zip(lacking, heard, strict=True) if not told]
