"""The demo whose chat is a fake Slack: what the stories read and press is there in blocks, read back into cards."""

import html
import socket
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from typing_extensions import override

from bot.talk.cards import Action
from tests.platforms.slack import Answer, FakeSlack, Person, Seen, widgets
from tests.platforms.slack.roll import slack_id
from tests.stories.house import Json, free_port
from tests.stories.imitated_house import ImitatedHouse

DECLARED = ("/rapport", "/roi-report")

Place = tuple[str, str]
"""What kind of thing somebody sees, and which."""


class SlackHouse(ImitatedHouse):
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

    @override
    def person(self, who: str) -> Person:
        return self.fake.person(slack_id(who))

    @override
    def typed(self, text: str) -> str:
        """Put what is no slash command in Slack behind ``/rapport``."""
        command, _, rest = text.partition(" ")
        if text.startswith("/") and command not in DECLARED:
            return f"/rapport {command[1:]} {rest}".strip()
        return text

    @override
    def sent(self, who: Person, form: Json, values: Mapping[str, str]) -> Coroutine[Any, Any, Answer]:
        return who.submits(values)

    @override
    def seen(self, person: str) -> dict[Place, Seen]:
        async def look() -> dict[Place, Seen]:
            who = self.person(person)
            messages = {("message", seen.ts): seen for seen in [*who.messages(), *who.ephemeral()]}
            modal = who.modal()
            return messages | ({("modal", modal.body["id"]): modal} if modal else {})

        return self.fake.do(look())

    @override
    def message(self, seen: Seen) -> Json:
        return _message(seen)


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
