"""What people do on the page, as events."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.local.behind import PersonView
from adapters.local.chat import Chat
from adapters.local.chatlog import Entry
from adapters.local.problems import Problem
from adapters.local.render import fields, offers
from adapters.local.replies import Spot, Stage
from bot.talk.cards import Action
from bot.talk.commands import parse
from bot.talk.events import ButtonPressed, CommandUsed, Event, FormSent, MessageWritten, Source
from bot.talk.platform import Handle

NAME = "local"
REMEMBERED = 1000
"""How many answered events are kept, so that a request repeated after a lost line gets the same answer."""

CHANGED = "This message has changed since. Look at how it stands now."


@dataclass(frozen=True, slots=True)
class Said:
    """Who does something on the page; ``event`` is the same when a request is repeated."""

    person: PersonView
    event: str

    def source(self, root: int | None = None) -> Source:
        return Source(
            platform=NAME,
            workspace=NAME,
            user=self.person.id,
            event=self.event,
            conversation=self.person.id,
            message=str(root) if root else "",
        )


class Receiver:
    """Turns one act on the page into one event and shows the reply; one at a time for each person."""

    def __init__(self, chat: Chat, handle: Handle) -> None:
        self._chat = chat
        self._handle = handle
        self._turn: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._answered: OrderedDict[tuple[str, str], Sequence[Entry]] = OrderedDict()

    async def say(self, who: Said, text: str) -> Sequence[Entry]:
        """Take a typed line: a command if it is one, else a message."""
        async with self._turn[who.person.id]:
            if (before := self._before(who)) is not None:
                return before
            mine = await self._chat.echo(who.person, text)
            shown = await self._serve(who, _typed(who.source(), text), Spot())
            return self._remember(who, [mine, *shown])

    async def press(self, who: Said, message: str, button: str) -> Sequence[Entry]:
        """Take the press of a button, which the message must offer as it stands now."""
        async with self._turn[who.person.id]:
            if (before := self._before(who)) is not None:
                return before
            entry = self._standing(who.person, message)
            if button not in offers(entry.content()):
                raise Problem(400, "This message does not offer that button.", "button")
            source = who.source(entry.opened_by or entry.root)
            event = ButtonPressed(source, Action.decode(button))
            return self._remember(who, await self._serve(who, event, Spot(pressed=entry)))

    async def submit(self, who: Said, message: str, values: Mapping[str, str]) -> Sequence[Entry]:
        """Take a form, which must be open and ask for every value sent."""
        async with self._turn[who.person.id]:
            if (before := self._before(who)) is not None:
                return before
            form = self._standing(who.person, message)
            action = _submits(form, values)
            origin = self._chat.log.current(form.opened_by) if form.opened_by else None
            event = FormSent(who.source((origin or form).root), action, dict(values))
            return self._remember(who, await self._serve(who, event, Spot(origin, form)))

    async def dismiss(self, who: Said, message: str) -> Sequence[Entry]:
        """Close a form without sending it; nothing inside hears of it."""
        async with self._turn[who.person.id]:
            form = self._standing(who.person, message)
            if form.kind != "form":
                raise Problem(400, "This message is not an open form.", "message")
            return [await self._chat.remove(form)]

    def _standing(self, person: PersonView, message: str) -> Entry:
        """Find a message of this person's that nothing has replaced."""
        entry = self._chat.log.named(message)
        if entry is None or entry.user != person.id:
            raise Problem(404, "There is no such message in this conversation.", "message")
        if self._chat.log.current(entry.root) is not entry:
            raise Problem(409, CHANGED, "message")
        return entry

    def _before(self, who: Said) -> Sequence[Entry] | None:
        return self._answered.get((who.person.id, who.event))

    def _remember(self, who: Said, shown: Sequence[Entry]) -> Sequence[Entry]:
        self._answered[who.person.id, who.event] = shown
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        return shown

    async def _serve(self, who: Said, event: Event, spot: Spot) -> Sequence[Entry]:
        return await Stage(self._chat, who.person, spot).show(await self._handle(event))


def _submits(form: Entry, values: Mapping[str, str]) -> Action:
    card = form.content()
    if card["submit"] is None:
        raise Problem(400, "This message is not a form.", "message")
    unknown = sorted(values.keys() - fields(card))
    if unknown:
        raise Problem(400, "The form has no such question.", unknown[0])
    return Action.decode(card["submit"]["button"])


def _typed(source: Source, text: str) -> Event:
    name, rest = parse(text)
    return CommandUsed(source, name, rest) if name else MessageWritten(source, text)
