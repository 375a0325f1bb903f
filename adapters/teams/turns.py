"""One turn: who speaks is learnt, what they did is committed, and what an invoke is answered with is returned.

What is shown beside the answer is returned too, and begun by the door after the commit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from adapters.teams import roster
from adapters.teams.acquaintance import Acquaintance, Meeting
from adapters.teams.connector import Connector, Json
from adapters.teams.receive import learned, received
from adapters.teams.references import Reference, References
from adapters.teams.replies import Stage, failed, refused
from adapters.teams.sdk import Answer
from bot.errors import PlatformError
from bot.logs import get_logger
from bot.talk.events import (
    AppAdded,
    ButtonPressed,
    CommandUsed,
    Event,
    FormSent,
    HomeOpened,
    MemberJoined,
    MessageWritten,
    Profile,
    Source,
)
from bot.talk.platform import Address, Handle

Showing = Coroutine[Any, Any, None]
Whois = Callable[[Address], Awaitable[Profile]]

WHOIS_S = 3.0
"""How long Teams may take to say who somebody is: an invoke wants its answer within ten seconds."""

log = get_logger()


@dataclass(frozen=True, slots=True)
class Turns:
    """Takes one verified activity after the other."""

    connector: Connector
    acquaintance: Acquaintance
    references: References
    whois: Whois
    handle: Handle

    async def take(self, activity: Json) -> tuple[Answer | None, Showing | None]:
        """Commit what an activity asks for; an invoke is answered even where we failed, everything else comes again."""
        found, meeting = received(activity), await self.acquaintance.meet(activity)
        team = await self.acquaintance.place(activity)
        if found is None or meeting is None:
            return refused(activity), self._beside(activity, team, None)
        event, spot = found
        try:
            event = await self._introduced(event)
            await self._told(event, meeting, activity)
            reply = await self.handle(event)
            await self.acquaintance.keep(meeting, activity)
        except Exception:
            answer = failed(activity)
            if answer is None:
                raise
            log.exception("teams.not_handled")
            return answer, None
        stage = Stage(self.connector, meeting.reference, spot)
        return stage.answer(reply), self._beside(activity, team, stage.show(reply))

    def _beside(self, activity: Json, team: Reference | None, showing: Showing | None) -> Showing | None:
        """Return what is done after the answer: showing, and getting to know a team that is new."""
        if team is None:
            return showing

        async def both() -> None:
            if showing is not None:
                await showing
            await self._met(team, str(activity.get("id")))

        return both()

    async def _met(self, team: Reference, why: str) -> None:
        """Tell of everybody in a team that has the app since just now, rather than with the next day's roster."""
        async for member in roster.in_team(self.connector, self.references, team):
            event = f"T:{why}:{member.user}"
            source = Source(platform="teams", workspace=team.tenant, user=member.user, event=event)
            await self.handle(MemberJoined(source, member))

    async def _told(self, event: Event, meeting: Meeting, activity: Json) -> None:
        """Tell first what is new of whoever acts, so that their very first act is already theirs."""
        if not isinstance(event, CommandUsed | ButtonPressed | FormSent | MessageWritten | HomeOpened):
            return
        told = learned(activity)
        match meeting.news:
            case "person":
                profile = told.profile if told else Profile(event.source.user)
                known = await self._completed(event.source, profile)
                if known != profile:
                    source = replace(event.source, event=f"{event.source.event}:met")
                    await self.handle(MemberJoined(source, known))
            case "profile" if told is not None:
                await self.handle(told)
            case _:
                pass

    async def _introduced(self, event: Event) -> Event:
        """Add to the news that somebody has the app who that is: Teams does not say so by itself."""
        if not isinstance(event, AppAdded):
            return event
        return AppAdded(event.source, await self._completed(event.source, event.profile))

    async def _completed(self, source: Source, told: Profile) -> Profile:
        """Return what an activity tells of somebody with what Teams answers; alone, if it takes too long."""
        try:
            async with asyncio.timeout(WHOIS_S):
                known = await self.whois(Address(source.platform, source.workspace, source.user))
        except (PlatformError, TimeoutError) as error:
            log.info("teams.whois_failed", reason=type(error).__name__.lower())
            return told
        return replace(known, locale=told.locale or known.locale, time_zone=told.time_zone or known.time_zone)
