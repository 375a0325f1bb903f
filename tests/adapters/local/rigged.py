"""The local platform, put through the contract suite over its doors."""

from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapters.local.render import rendered
from bot.talk.cards import Card
from bot.talk.events import Event, Reply
from bot.talk.language import words
from bot.talk.platform import Address
from tests.adapters.local.doorstep import Doorstep, Json, address
from tests.adapters.local.fakes import LENA


class LocalRig:
    known = LENA
    findable = True

    def __init__(self, door: Doorstep) -> None:
        self.door = door
        self.platform = door.platform
        self._last: tuple[str, Json] = ("", {})

    @property
    def events(self) -> list[Event]:
        return self.door.bot.events

    def answer(self, name: str, reply: Reply) -> None:
        self.door.bot.replies[name] = reply

    def address(self, user: str) -> Address:
        return address(user)

    def do(self, call: Coroutine[Any, Any, Any]) -> Any:
        return self.door.do(call)

    def says(self, text: str) -> None:
        self._post("/local/say", {"text": text})

    def presses(self, title: str, button: str) -> None:
        self._post("/local/press", {"message": self._titled(title)["id"], "button": button})

    def submits(self, title: str, values: Mapping[str, str]) -> Json:
        return self._post("/local/submit", {"message": self._titled(title)["id"], "values": dict(values)})

    def titles(self) -> list[str]:
        return [m["card"]["title"] for m in self.door.standing(self.known) if m["from"] == "bot"]

    def texts(self) -> str:
        return str(self.door.standing(self.known))

    def redeliver(self) -> None:
        self.door.post(*self._last)

    def _titled(self, title: str) -> Json:
        return next(m for m in self.door.standing(self.known) if m["card"]["title"] == title)

    def _post(self, path: str, body: Json) -> Json:
        self._last = (path, {"as": self.known, "event": f"e{len(self.events)}", **body})
        answer = self.door.post(*self._last)
        return answer.error if answer.status == 422 else {}


@contextmanager
def opened(folder: Path) -> Iterator[LocalRig]:
    door = Doorstep(folder / "var" / "chat.jsonl")
    try:
        yield LocalRig(door)
    finally:
        door.close()


def render(card: Card) -> Json:
    return rendered(card, words("en"))
