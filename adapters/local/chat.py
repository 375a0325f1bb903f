"""The conversations: who can be written to, what was said, who is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.local.behind import Controls, PersonView
from adapters.local.chatlog import ChatLog, Entry, Json, Kind, packed
from adapters.local.render import gone, rendered, spoken
from adapters.local.stream import Hub
from bot.talk.cards import Card
from bot.talk.language import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a card goes: a message of its own, or in the place of another one."""

    kind: Kind = "message"
    replaces: Entry | None = None
    opened_by: int | None = None
    delivery: str = ""
    private: bool = False


NEW = Place()


class Chat:
    """Writes to the log first, then tells the open pages."""

    def __init__(self, log: ChatLog, controls: Controls, hub: Hub) -> None:
        self.log = log
        self.hub = hub
        self._controls = controls
        self._people: Mapping[str, PersonView] = {}

    async def people(self) -> tuple[PersonView, ...]:
        """Return everybody one can be, read afresh."""
        self._people = {person.id: person for person in await self._controls.people()}
        return tuple(self._people.values())

    async def person(self, user: str) -> PersonView | None:
        """Return somebody, also one who joined a moment ago."""
        if user not in self._people:
            await self.people()
        return self._people.get(user)

    async def post(self, person: PersonView, card: Card, place: Place = NEW) -> Entry:
        """Show a card of the bot's."""
        in_words = words(person.locale, zone=person.zone)
        return await self._put(person, rendered(card, in_words), place, lang(str(in_words.locale)))

    async def echo(self, person: PersonView, text: str) -> Entry:
        """Show what the person typed."""
        now = await self._controls.now()
        entry = Entry(user=person.id, author="me", at=_iso(now), lang="", card=packed(spoken(text)))
        return self._append(entry)

    async def remove(self, entry: Entry) -> Entry:
        """Take a message away; its line stays in the log."""
        now = await self._controls.now()
        left = Entry(
            user=entry.user,
            kind="gone",
            root=entry.root,
            replaces=entry.id,
            opened_by=entry.opened_by,
            at=_iso(now),
            card=packed(gone()),
        )
        return self._append(left)

    def open_forms(self, user: str) -> list[Entry]:
        return [entry for entry in self.log.standing(user) if entry.kind == "form"]

    async def _put(self, person: PersonView, card: Json, place: Place, language: str) -> Entry:
        now = await self._controls.now()
        before = place.replaces
        entry = Entry(
            user=person.id,
            kind=place.kind,
            root=before.root if before else 0,
            replaces=before.id if before else None,
            opened_by=place.opened_by,
            delivery=place.delivery,
            private=place.private,
            at=_iso(now),
            lang=language,
            card=packed(card),
        )
        return self._append(entry)

    def _append(self, entry: Entry) -> Entry:
        kept = self.log.append(entry)
        self.hub.happened(kept)
        return kept


def lang(locale: str) -> str:
    """Return a locale as HTML's ``lang`` wants it: de_AT and de-formal become de-AT and de."""
    return locale.replace("_", "-").removesuffix("-formal")


def _iso(now: datetime) -> str:
    return now.astimezone(UTC).isoformat()
