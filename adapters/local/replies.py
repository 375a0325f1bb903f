"""What a reply does to a conversation, as Slack and Teams would do it.

A form opens below the message whose button opened it. Once it is sent, ``Replace`` means that message, as
elsewhere, and the form goes; a form that stands alone turns into the reply itself.
"""

from dataclasses import dataclass
from typing import assert_never

from adapters.local.behind import PersonView
from adapters.local.chat import Chat, Place
from adapters.local.chatlog import Entry, Kind
from adapters.local.problems import Problem
from bot.talk.cards import Card
from bot.talk.events import Invalid, Nothing, OpenForm, Private, Replace, Reply


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an act came from: the message whose button was pressed, the form that was sent, both or neither."""

    pressed: Entry | None = None
    form: Entry | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One person's conversation while a reply to one act is being shown."""

    chat: Chat
    person: PersonView
    spot: Spot

    async def show(self, reply: Reply) -> list[Entry]:
        """Show the reply and return what is new, the reply itself last."""
        match reply:
            case Replace(card, beside):
                shown = await self._replace(card)
                also = [await self._post(beside, Place(private=True))] if beside else []
                return [*shown, *also]
            case Private(card):
                return [await self._private(card)]
            case OpenForm(card, receipt):
                return await self._open(card, receipt)
            case Invalid(fields):
                raise Problem.of_fields(dict(fields))
            case Nothing():
                return []
            case _:
                assert_never(reply)

    async def _replace(self, card: Card) -> list[Entry]:
        pressed, form = self.spot.pressed, self.spot.form
        if pressed is None:
            return [await self._post(card, Place(replaces=form))]
        left = [await self.chat.remove(form)] if form else []
        return [*left, await self._instead(pressed, card)]

    async def _private(self, card: Card) -> Entry:
        form = self.spot.form
        if form is None or form.kind != "form":
            return await self._post(card, Place(kind=_kind(card), private=True))
        place = Place(kind=_kind(card), replaces=form, opened_by=form.opened_by, private=True)
        return await self._post(card, place)

    async def _open(self, card: Card, receipt: Card | None) -> list[Entry]:
        pressed, form = self.spot.pressed, self.spot.form
        shown = []
        if receipt is not None:
            shown.append(
                await (
                    self._instead(pressed, receipt) if pressed else self._post(receipt, Place(replaces=form))
                )
            )
        if form is not None and form.kind == "form" and (pressed or receipt is None):
            place = Place(kind="form", replaces=form, opened_by=form.opened_by)
            return [*shown, await self._post(card, place)]
        opened_by = (pressed.opened_by or pressed.root) if pressed else None
        closed = [await self.chat.remove(old) for old in self._same(card, opened_by)]
        return [*shown, *closed, await self._post(card, Place(kind="form", opened_by=opened_by))]

    def _same(self, card: Card, opened_by: int | None) -> list[Entry]:
        """Return the forms that a new one supersedes: opened from the same message, or asking the same."""
        sends = card.submit.action.encode() if card.submit else None
        return [old for old in self.chat.open_forms(self.person.id) if _superseded(old, sends, opened_by)]

    async def _instead(self, entry: Entry, card: Card) -> Entry:
        """Put a card in the place of a message, whatever has become of that meanwhile."""
        now = self.chat.log.current(entry.root) or entry
        kind: Kind = "home" if entry.kind == "home" else "message"
        return await self._post(card, Place(kind=kind, replaces=now, opened_by=now.opened_by))

    async def _post(self, card: Card, place: Place) -> Entry:
        return await self.chat.post(self.person, card, place)


def _kind(card: Card) -> Kind:
    return "form" if card.submit else "message"


def _superseded(old: Entry, sends: str | None, opened_by: int | None) -> bool:
    if opened_by is not None and old.opened_by == opened_by:
        return True
    submit = old.content()["submit"]
    return submit is not None and submit["button"] == sends
