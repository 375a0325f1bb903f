"""The demo whose chat is a fake Slack, with the same doors as ``House``: what the stories read and press is there in blocks.

Blocks are read back into the JSON of cards that the page has, as far as the stories look at it. After each act the
clock is asked to stay where it is: that answers once everything is sent and every reply is shown.
"""

import html
import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from typing_extensions import override

from bot.talk.cards import Action
from tests.platforms.slack import Answer, FakeSlack, Person, Seen, widgets
from tests.platforms.slack.roll import slack_id
from tests.stories.house import House, Json, Refusal, buttons, free_port

DECLARED = ("/rapport", "/roi-report")

Place = tuple[str, str]
"""What kind of thing somebody sees, and which."""


class SlackHouse(House):
    """``rapport demo --slack`` before a fake Slack in a thread of this process."""

    def __init__(
        self,
        folder: Path,
        fake: FakeSlack,
        *options: str,
        mode: Literal["socket", "http"] = "socket",
        paced: bool = False,
    ) -> None:
        super().__init__(folder, "--slack", *options)
        self.fake, self.mode, self.paced = fake, mode, paced
        if mode == "http":
            self.port = two_free_ports()
            self.fake.events_url = f"http://127.0.0.1:{self.port + 1}/slack/events"

    @property
    @override
    def settings(self) -> dict[str, str]:
        return {
            "RAPPORT_SLACK_API_URL": self.fake.url,
            "RAPPORT_SLACK_BOT_TOKEN": self.fake.bot_token,
            "RAPPORT_SLACK_APP_TOKEN": self.fake.app_token,
            "RAPPORT_SLACK_SIGNING_SECRET": self.fake.signing_secret,
            "RAPPORT_SLACK_MODE": self.mode,
            "RAPPORT_SLACK_PACED": str(self.paced).lower(),
        }

    @override
    def ready(self) -> bool:
        """Wait for the socket too: before it stands, whatever a person does fails in their client."""
        return super().ready() and (self.mode == "http" or self.fake.reach.connected)

    def person(self, who: str) -> Person:
        return self.fake.person(slack_id(who))

    def settles(self) -> None:
        """Wait until nothing is due any more and every reply is shown; moves of the clock take turns."""
        while True:
            try:
                self.clock(to=self.get("/local/clock")["now"])
            except Refusal as busy:
                if busy.status != 409:
                    raise
                time.sleep(0.02)
            else:
                return

    @override
    def messages(self, person: str) -> list[Json]:
        return [_message(seen) for seen in self._seen(person).values()]

    @override
    def says(self, person: str, text: str) -> Json:
        """Type a line or use a command; what is no slash command in Slack goes behind ``/rapport``."""
        self.private |= {text} if " " in text and not text.startswith("/") else set()
        command, _, rest = text.partition(" ")
        if text.startswith("/") and command not in DECLARED:
            text = f"/rapport {command[1:]} {rest}".strip()
        return self._new(person, lambda who: who.says(text))[-1]

    @override
    def presses(self, person: str, message: Json, label: str) -> list[Json]:
        token = buttons(message)[label]
        return self._new(person, lambda who: who.presses(message["seen"], token))

    @override
    def submits(self, person: str, form: Json, **values: str) -> list[Json]:
        named = {name.replace("_", "-"): value for name, value in values.items()}
        self.private |= {value for value in values.values() if " " in value}
        shown = self._new(person, lambda who: who.submits(named))
        if errors := self.person(person).errors:
            field, sentence = next(iter(errors.items()))
            raise Refusal(422, {"field": field, "message": sentence})
        return shown

    def _new(self, person: str, act: "Act") -> list[Json]:
        """Do something, and return what the person sees that they did not see before, a form last."""
        before = self._seen(person)
        answer = self.fake.do(act(self.person(person)))
        if not answer.ok:
            raise ConnectionError(answer.failed)
        self.settles()
        after = self._seen(person)
        return [_message(seen) for place, seen in after.items() if before.get(place) != seen]

    def _seen(self, person: str) -> dict[Place, Seen]:
        async def look() -> dict[Place, Seen]:
            who = self.person(person)
            messages = {("message", seen.ts): seen for seen in [*who.messages(), *who.ephemeral()]}
            modal = who.modal()
            return messages | ({("modal", modal.body["id"]): modal} if modal else {})

        return self.fake.do(look())


Act = Callable[[Person], Coroutine[Any, Any, Answer]]


def _message(seen: Seen) -> Json:
    mine = seen.kind == "message" and "bot_id" not in seen.body
    card = {
        "title": seen.title,
        "fallback": _plain(seen.text),
        "elements": [element for block in seen.blocks for element in _elements(block)],
        "submit": seen.body.get("submit"),
    }
    return {
        "id": seen.ts or seen.body["id"],
        "from": "me" if mine else "bot",
        "kind": "form" if seen.body.get("submit") else "message",
        "private": seen.ephemeral,
        "card": card,
        "seen": seen,
    }


def _elements(block: Json) -> Iterator[Json]:
    match block["type"]:
        case "header":
            pass
        case "actions":
            yield from _acts(block["elements"])
        case "input":
            yield _field(block)
        case kind:
            yield {"kind": kind, "body": _plain(widgets.readable([block]))}


def _acts(elements: list[Json]) -> Iterator[Json]:
    """Tell the points of a question, which are said at more length to whom cannot see them, from other buttons."""
    points = [element for element in elements if "accessibility_label" in element]
    named = [element for element in elements if element["type"] == "button" and element not in points]
    choices = [option for element in elements for option in widgets.options(element)] + points
    if choices:
        options = [_point(choice) for choice in choices]
        yield {"kind": "ask", "key": "", "tap": True, "response": {"options": options}}
    if named:
        items = [{"label": one["text"]["text"], "button": one["value"]} for one in named]
        yield {"kind": "buttons", "items": items}


def _point(choice: Json) -> Json:
    value = Action.decode(choice["value"]).value
    return {"value": value, "label": choice["text"]["text"], "button": choice["value"]}


def _field(block: Json) -> Json:
    options = [
        {"value": option["value"], "label": option["text"]["text"]}
        for option in widgets.options(block["element"])
    ]
    return {
        "kind": "ask",
        "key": block["block_id"],
        "stem": block["label"]["text"],
        "tap": None,
        "response": {"options": options},
    }


def _plain(text: str) -> str:
    """Return what a person reads of a text in Slack's mark-up."""
    return html.unescape(text).replace("\u2060", "").replace("*", "")


def two_free_ports() -> int:
    """Return a port that is free like the one after it."""
    while True:
        port = free_port()
        with suppress(OSError), socket.create_server(("127.0.0.1", port + 1)):
            return port
