"""The chat port of the local platform: messages go into the log and onto the open pages."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path

from aiohttp import web

from adapters.http import Readiness, serve
from adapters.local.behind import Controls, PersonView, Preview
from adapters.local.chat import Chat, Place
from adapters.local.chatlog import ChatLog, Entry, Json
from adapters.local.clockface import ClockFace
from adapters.local.doors import Doors
from adapters.local.preview import Previews
from adapters.local.receive import NAME, Receiver
from adapters.local.server import application
from adapters.local.stream import Hub
from bot.errors import TryLater, Undeliverable
from bot.talk.cards import Card
from bot.talk.events import Profile
from bot.talk.platform import Address, DeliveryId, Handle, Receipt, Unknown

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MADE_UP = "A made-up company. Nothing here is real."
ELSEWHERE = "A made-up company. Nothing here is real; its chat is the {chat} imitated on this machine."
IMPORTED = "Imported data, on this machine only. Nobody is written to."


class LocalPlatform:
    """A chat in the browser of this machine, for the demo database only.

    A message is accepted once its line is in the log, so ``find`` knows the truth also after a crash. Like
    any chat platform it takes what it is sent: a second ``send`` of a delivery is a second message.
    ``previews`` are other platforms whose look the page can borrow, by name.
    """

    name = NAME

    def __init__(  # noqa: PLR0913 - what is injected, each of its own kind
        self,
        log_path: Path,
        controls: Controls,
        readiness: Readiness,
        *,
        host: str = "127.0.0.1",
        port: int = 3978,
        banner: str = MADE_UP,
        previews: Mapping[str, Preview] | None = None,
    ) -> None:
        if host not in LOOPBACK:
            raise ValueError(f"the local platform listens on this machine only, not on {host}")
        self.host, self.port = host, port
        self._log = ChatLog(log_path)
        self._hub = Hub()
        self._chat = Chat(self._log, controls, self._hub)
        self._controls, self._readiness, self._banner = controls, readiness, banner
        self._previews = Previews(self._log, previews or {})

    async def send(self, to: Address, card: Card, delivery: DeliveryId) -> Receipt:
        person = await self._person(to.user)
        return _receipt(await self._accepted(person, card, Place(delivery=delivery)))

    async def find(self, to: Address, delivery: DeliveryId, since: datetime) -> Receipt | Unknown | None:
        del since  # the log knows every delivery, whenever it was
        entry = self._log.delivered(delivery)
        return _receipt(entry) if entry and entry.user == to.user else None

    async def edit(self, to: Address, receipt: Receipt, card: Card) -> None:
        entry = self._log.current(int(receipt.message)) if receipt.message.isdecimal() else None
        if entry is None or {entry.user} != {to.user, receipt.conversation}:
            raise Undeliverable("message_not_found")
        if entry.kind != "gone":
            person = await self._person(entry.user)
            await self._accepted(person, card, Place(replaces=entry, opened_by=entry.opened_by))

    async def home(self, to: Address, card: Card) -> None:
        person = await self._person(to.user)
        before = next((entry for entry in self._log.standing(to.user) if entry.kind == "home"), None)
        await self._accepted(person, card, Place(kind="home", replaces=before))

    async def whois(self, who: Address) -> Profile:
        return _profile(await self._person(who.user))

    async def members(self, workspace: str) -> AsyncIterator[Profile]:
        del workspace  # there is one
        for person in await self._controls.people():
            yield _profile(person)

    def conversation(self, user: str) -> list[Json]:
        """Return the messages of a person as they stand, rendered."""
        return [entry.message() for entry in self._log.standing(user)]

    def app(self, handle: Handle) -> web.Application:
        """Return the page and its doors; ``handle`` gets each event."""
        doors = Doors(
            chat=self._chat,
            receiver=Receiver(self._chat, handle),
            controls=self._controls,
            face=ClockFace(self._controls, self._hub),
            readiness=self._readiness,
            previews=self._previews,
        )
        return application(doors, self._banner)

    async def run(self, handle: Handle) -> None:
        """Serve the page and the doors until cancelled; a taken port raises ``OSError``."""
        await serve(self.app(handle), self.host, self.port)

    def close(self) -> None:
        """Close the log; nothing can be sent afterwards."""
        self._log.close()

    async def _person(self, user: str) -> PersonView:
        person = await self._chat.person(user)
        if person is None:
            raise Undeliverable("user_not_found")
        return person

    async def _accepted(self, person: PersonView, card: Card, place: Place) -> Entry:
        try:
            return await self._chat.post(person, card, place)
        except OSError as error:
            raise TryLater("the chat log cannot be written") from error


def _profile(person: PersonView) -> Profile:
    return Profile(person.id, person.name, locale=person.locale, time_zone=person.zone)


def _receipt(entry: Entry) -> Receipt:
    return Receipt(conversation=entry.user, message=str(entry.root))
