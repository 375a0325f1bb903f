"""Who in a tenant can be a colleague, as far as Teams says: the members of teams that have the app, and who has it alone.

A tenant as a whole can't be listed without further rights. Who is in no such team and has not installed the app is not
among them, and can't be written to either.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from adapters.teams.connector import Connector, Json
from adapters.teams.references import Reference, References, merged
from adapters.teams.refusals import NOT_FOUND, Rejected
from bot.errors import TryLater, Undeliverable, Unsure
from bot.talk.events import Profile

T = TypeVar("T")

ATTEMPTS = 5
"""How often one thing is asked for: reading twice does no harm."""

PAUSE_S = 2.0

NO_COLLEAGUE = frozenset({"guest", "anonymous", "bot"})

Sleep = Callable[[float], Awaitable[object]]


async def members(
    connector: Connector, references: References, tenant: str, sleep: Sleep = asyncio.sleep
) -> AsyncIterator[Profile]:
    """Yield every colleague whom Teams lets us know, once, and keep how each is written to."""
    known = await references.all(tenant)
    seen: set[str] = set()
    for place in (each for each in known if each.is_team):
        async for member in in_team(connector, references, place, sleep):
            if member.user not in seen:
                seen.add(member.user)
                yield member
    for person in known:
        if not (person.is_team or person.blocked or person.user in seen):
            found = await _alone(connector, references, person, sleep)
            if found is not None:
                yield profile(found, person)


async def in_team(
    connector: Connector, references: References, team: Reference, sleep: Sleep = asyncio.sleep
) -> AsyncIterator[Profile]:
    """Yield every colleague in a team that has the app, and keep how each is written to."""
    async for member in _listed(connector, references, team, sleep):
        if colleague(member, team.tenant):
            known = await references.find(team.tenant, user_of(member))
            told = _in_team(team, member, known)
            await references.keep(told)
            if not told.blocked:
                yield profile(member, told)


def colleague(member: Mapping[str, Any], tenant: str) -> bool:
    """Tell whether a member is a colleague: no guest, nobody of another company, nobody without an account."""
    home = _text(member, "tenantId").lower()
    return bool(user_of(member)) and home in {"", tenant} and _text(member, "userRole") not in NO_COLLEAGUE


def profile(member: Mapping[str, Any], reference: Reference) -> Profile:
    """Return what Teams says of a member, and what their messages said before: a roster knows no time zone."""
    return Profile(
        user=reference.user,
        name=_text(member, "name"),
        email=_text(member, "email") or _address(_text(member, "userPrincipalName")),
        locale=reference.locale,
        time_zone=reference.time_zone,
    )


def user_of(member: Mapping[str, Any]) -> str:
    return (_text(member, "aadObjectId") or _text(member, "objectId")).lower()


def _in_team(team: Reference, member: Json, known: Reference | None) -> Reference:
    told = replace(team, user=user_of(member), conversation="", member=_text(member, "id"), named=True)
    return replace(merged(known, told), blocked=known is not None and known.blocked)


def _address(principal: str) -> str:
    """Return a sign-in name if it can be an address: those of guests (``…#EXT#@…``) are none."""
    return principal if "@" in principal and "#" not in principal else ""


async def _listed(
    connector: Connector, references: References, team: Reference, sleep: Sleep
) -> AsyncIterator[Json]:
    """Yield the members of a team; nobody, and it is forgotten, where the app is not in it any more."""
    token, used = "", {""}
    while True:
        try:
            page, token = await _asked(partial(connector.page, team, token), sleep)
        except (Undeliverable, Rejected) as no:
            if not _gone(no):
                raise
            await references.forget(team.tenant, team.user)
            return
        for member in page:
            yield member
        if token in used:
            return
        used.add(token)


async def _alone(
    connector: Connector, references: References, person: Reference, sleep: Sleep
) -> Json | None:
    """Return what Teams says of who has the app alone; None, and they are forgotten, where they have gone.

    Who spoke to us in a chat of several people only can't be looked up: nothing is said of them.
    """
    if not person.conversation:
        return {}
    try:
        found = await _asked(partial(connector.member, person, person.user), sleep)
    except (Undeliverable, Rejected) as no:
        if not _gone(no):
            return {}
        await references.forget(person.tenant, person.user)
        return None
    if not colleague(found, person.tenant):
        return None
    if not person.named:
        latest = await references.find(person.tenant, person.user)
        await references.keep(replace(latest or person, named=True))
    return found


def _gone(no: Undeliverable | Rejected) -> bool:
    return isinstance(no, Undeliverable) or no.status == NOT_FOUND


async def _asked(read: Callable[[], Awaitable[T]], sleep: Sleep) -> T:
    """Return what is read; wait as long as Teams wants, and ask again where the answer was lost."""
    for _ in range(ATTEMPTS - 1):
        try:
            return await read()
        except TryLater as later:
            await sleep(PAUSE_S if later.retry_after_s is None else later.retry_after_s)
        except Unsure:
            await sleep(PAUSE_S)
    return await read()


def _text(node: Mapping[str, Any], name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""
