"""One turn: who speaks is learnt, what they did is committed, and what an invoke is answered with is returned.

What is shown beside the answer is returned too, and begun by the door after the commit.
"""

from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

from adapters.teams.acquaintance import Acquaintance, Meeting
from adapters.teams.connector import Connector, Json
from adapters.teams.receive import learned, received
from adapters.teams.replies import Stage, failed, refused
from adapters.teams.sdk import Answer
from bot.logs import get_logger
from bot.talk.events import (
    ButtonPressed,
    CommandUsed,
    Event,
    FormSent,
    HomeOpened,
    MemberJoined,
    MessageWritten,
    Profile,
)
from bot.talk.platform import Handle

Showing = Coroutine[Any, Any, None]

log = get_logger()


@dataclass(frozen=True, slots=True)
class Turns:
    """Takes one verified activity after the other."""

    connector: Connector
    acquaintance: Acquaintance
    handle: Handle

    async def take(self, activity: Json) -> tuple[Answer | None, Showing | None]:
        """Commit what an activity asks for; an invoke is answered even where we failed, everything else comes again."""
        found, meeting = received(activity), await self.acquaintance.meet(activity)
        await self.acquaintance.place(activity)
        if found is None or meeting is None:
            return refused(activity), None
        event, spot = found
        try:
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
        return stage.answer(reply), stage.show(reply)

    async def _told(self, event: Event, meeting: Meeting, activity: Json) -> None:
        """Tell first what is new of whoever acts, so that their very first act is already theirs."""
        if not isinstance(event, CommandUsed | ButtonPressed | FormSent | MessageWritten | HomeOpened):
            return
        told = learned(activity)
        match meeting.news:
            case "person":
                source = replace(event.source, event=f"{event.source.event}:met")
                profile = told.profile if told else Profile(event.source.user)
                await self.handle(MemberJoined(source, profile))
            case "profile" if told is not None:
                await self.handle(told)
            case _:
                pass
