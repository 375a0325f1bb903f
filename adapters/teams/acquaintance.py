"""Who speaks to us, and how they are written to: learnt from each activity, kept only when something is new."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Literal

from adapters.teams.references import (
    Json,
    Reference,
    References,
    here,
    is_personal,
    merged,
    removed,
    sender,
    team,
)

LATELY = 1_000
"""People of whom it is remembered where they were last heard of."""

COMING = frozenset({"installationUpdate", "conversationUpdate"})
"""What tells that the app came into a team; anything else may happen long after."""

News = Literal["nothing", "person", "profile"]
"""What an activity tells of its sender: nothing new; somebody who is new, back, or of whom Teams has not said yet who
they are; another zone or language."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Somebody who acts: how they are written to from now on, and what of it is new."""

    reference: Reference
    news: News


class Acquaintance:
    """Learns from what Teams sends, which the door has verified."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._lately: OrderedDict[tuple[str, str], Reference] = OrderedDict()
        self._named: set[tuple[str, str]] = set()
        """Of whom Teams has told who they are, until that is kept."""

    async def meet(self, activity: Json) -> Meeting | None:
        """Return who sent an activity; None: nobody whom anything could be written to. It keeps nothing of a person."""
        told = sender(activity)
        if told is None:
            return None
        self._note(_in_chat(here(told, activity)))
        known = await self._references.find(told.tenant, told.user)
        return Meeting(merged(known, told), _news(known, told))

    async def keep(self, meeting: Meeting, activity: Json) -> None:
        """Keep how the sender is written to, or forget it where they removed the app from their own conversation."""
        key = (meeting.reference.tenant, meeting.reference.user)
        reference = replace(meeting.reference, named=meeting.reference.named or key in self._named)
        self._named.discard(key)
        if removed(activity) and is_personal(activity):
            await self._references.forget(reference.tenant, reference.user)
        else:
            await self._references.keep(reference)

    async def place(self, activity: Json) -> Reference | None:
        """Keep that the app is in the team in which something happened, or forget the team where it was removed.

        Returns the team if it was not known and has the app since just now.
        """
        found = team(activity)
        if found is None:
            return None
        if removed(activity):
            await self._references.forget(found.tenant, found.user)
            return None
        known = await self._references.find(found.tenant, found.user)
        await self._references.keep(found)
        return found if known is None and activity.get("type") in COMING else None

    def recognised(self, tenant: str, user: str) -> None:
        """Note that Teams has told who somebody is."""
        self._named.add((tenant, user))

    def whereabouts(self, tenant: str, user: str) -> Reference | None:
        """Return a person's reference with the conversation in which they spoke last, be it shared."""
        return self._lately.get((tenant, user))

    def _note(self, spoken: Reference) -> None:
        key = (spoken.tenant, spoken.user)
        self._lately[key] = spoken
        self._lately.move_to_end(key)
        if len(self._lately) > LATELY:
            self._lately.popitem(last=False)


def _in_chat(spoken: Reference) -> Reference:
    """Return the reference with the chat as a whole: of a thread in it nobody is a member."""
    return replace(spoken, conversation=spoken.conversation.partition(";")[0])


def _news(known: Reference | None, told: Reference) -> News:
    if known is None or known.blocked or not known.named:
        return "person"
    after = merged(known, told)
    learnt = (after.time_zone, after.locale) != (known.time_zone, known.locale)
    return "profile" if learnt else "nothing"
