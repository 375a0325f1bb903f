"""Requests that no Slack would send, made from those that it does: each from a seed and a number, and so again and again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

from typing_extensions import override

from adapters.slack.receive import Origin
from bot.commands import ACTIONS
from bot.talk.commands import COMMANDS, UMBRELLA
from tests.adapters.slack.signing import NOW, signed
from tests.adapters.slack.strategies import NASTY
from tests.canary import free
from tests.mangling import Mangling
from tests.platforms.slack import FakeSlack, widgets
from tests.platforms.slack.payloads import Payloads, acted
from tests.platforms.slack.people import Json, Post
from tests.platforms.slack.reach import Kind, encoded

REFS = (
    "",
    "1",
    "1",
    "1",
    "2",
    "1/job-satisfaction",
    "1/comment",
    "999999999999999",
    "0",
    "-1",
    "1/",
    "Support",
)
VALUES = ("", "1", "3", "11", "yes", "2026-11-30", "2026-02-30", "Support", "P1M", "en", "1/2")
FIELDS = (
    "job-satisfaction",
    "comment",
    "recommend",
    "date",
    "department",
    "from",
    "until",
    "language",
    "code",
)


@dataclass(frozen=True)
class Thrown:
    """A request as it goes over the wire."""

    body: bytes
    headers: Mapping[str, str]


class Mill(Mangling):
    """Makes the payloads of real acts by people of a fake Slack, with new ids each, and damages them."""

    def __init__(self, fake: FakeSlack, users: int, seed: int) -> None:
        self.fake, self.seed = fake, seed
        self.people = [Payloads(fake, fake.user(f"U{number}")) for number in range(1, users + 1)]
        self.random = Random(seed)
        self._acts: list[Callable[[Payloads], tuple[Kind, Json]]] = [
            self._pressed,
            self._pressed,
            self._pressed_in_view,
            self._sent,
            self._sent,
            self._command,
            self._written,
            self._home,
            self._member,
            self._shortcut,
            self._rest,
        ]

    def thrown(self, number: int) -> Thrown:
        """Return the request of this number."""
        self.random = Random(f"{self.seed}:{number}")
        by = self.random.choice(self.people) if self._often(0.5) else self.people[0]  # who may do everything
        kind, payload = self.random.choice(self._acts)(by)
        payload = json.loads(json.dumps(payload))
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 5))):
            self._damage(payload)
        content_type, body = _encoded(self._kind(kind), payload)
        if self.random.random() < 0.1:
            body = self._gnawed(body)
        return Thrown(body, self._headers(content_type, body))

    # --- what people do ---

    def _pressed(self, by: Payloads) -> tuple[Kind, Json]:
        channel = self.fake.dm(by.user)
        post = next(iter(channel.posts.values()), None) or self.fake.put(channel, self._message())
        payload = by.pressed_in_message(channel, post.body, self._button(), ephemeral=self._often(0.2))
        return "interactive", payload

    def _pressed_in_view(self, by: Payloads) -> tuple[Kind, Json]:
        return "interactive", by.pressed_in_view(self._view(self._pick("modal", "home")), self._button())

    def _sent(self, by: Payloads) -> tuple[Kind, Json]:
        return "interactive", by.submitted(self._view("modal"))

    def _command(self, by: Payloads) -> tuple[Kind, Json]:
        name = self._pick(*(command.name for command in COMMANDS), *VALUES)
        command, text = self._pick(
            (f"/{UMBRELLA}", f"{name} {self._text()}"), ("/roi-report", self._text()), (f"/{name}", "")
        )
        return "slash_commands", by.command(self.fake.dm(by.user), command, text)

    def _written(self, by: Payloads) -> tuple[Kind, Json]:
        channel = self.fake.dm(by.user)
        text = self._pick(self._text(), f"/{self._pick(*(c.name for c in COMMANDS))} {self._text()}")
        event = by.words(channel, text, self._pick("", "17.5", self.fake.stamp()))
        return self._event(event | {"channel": channel.id, "channel_type": "im", "event_ts": event["ts"]})

    def _home(self, by: Payloads) -> tuple[Kind, Json]:
        return self._event(by.home_opened(self.fake.dm(by.user), self._pick("home", "messages"), None))

    def _member(self, by: Payloads) -> tuple[Kind, Json]:
        shape = by.user.shape(self.fake.moment(), locale=True) | {
            "tz": self._text(),
            "deleted": self._often(0.1),
        }
        shape["profile"] = {"real_name": self._text(), "email": self._pick(by.user.email, self._text())}
        if self._often(0.5):
            shape["id"] = self._pick("UNEW", self._text())
        return self._event({"type": self._pick("team_join", "user_change"), "user": shape})

    def _shortcut(self, by: Payloads) -> tuple[Kind, Json]:
        return "interactive", by.shortcut(self._pick("feedback", "pulse", self._text()))

    def _rest(self, by: Payloads) -> tuple[Kind, Json]:
        gone = {"type": self._pick("tokens_revoked", "never_heard_of"), "tokens": {"oauth": ["U1"]}}
        suggestion = by._interaction("block_suggestion") | {"action_id": "v", "value": self._text()}
        closed = by.closed(self._view("modal"), is_cleared=False)
        return self._pick(self._event(gone), ("interactive", suggestion), ("interactive", closed))

    def _event(self, event: Json) -> tuple[Kind, Json]:
        return "events_api", self.fake.events.callback(event, self.fake.team)

    # --- parts of them ---

    def _message(self) -> Post:
        return Post({"type": "message", "ts": self.fake.stamp(), "text": "A question", "blocks": []})

    def _button(self) -> Json:
        option = {"text": {"type": "plain_text", "text": "x"}, "value": self._token()}
        element = {"type": "button", "action_id": "b0", "value": self._token()}
        menu = {"type": "static_select", "action_id": "v", "options": [option]}
        kind, chosen = self._pick((element, None), (element, None), (menu, option))
        return acted(kind, "x", chosen, self.fake.stamp())

    def _token(self) -> str:
        name = self._pick(*ACTIONS, "slack.command")
        parts = (name, self._pick(*REFS, self._text()), self._pick(*VALUES, self._text()))
        token = ":".join(quote(part, safe="", errors="surrogatepass") for part in parts)
        return token if self._often(0.95) else self._text()

    def _view(self, kind: str) -> Json:
        origin = Origin(
            self._pick("", "D1"), self._pick("", "17.1"), self._pick("", "https://hooks.slack.com/x")
        )
        given = {
            "type": kind,
            "callback_id": "form",
            "title": {"type": "plain_text", "text": "A form"},
            "private_metadata": json.dumps({"o": origin.encode(), "a": self._token()}),
            "blocks": [{"type": "input", "block_id": name} for name in FIELDS],
        }
        view = self.fake.screens.made(given, self.fake.grant, self.fake.team)
        view["state"]["values"] = {name: {"v": self._filled()} for name in FIELDS if self._often(0.6)}
        return view

    def _filled(self) -> Json:
        value = self._pick(*VALUES, self._text())
        typed = widgets.filled({"type": "plain_text_input"}, value)
        chosen = {"type": "radio_buttons", "selected_option": {"value": value}}
        return self._pick(typed, chosen, {"type": "datepicker", "selected_date": value})

    @override
    def _text(self) -> str:
        return free(self._pick(*NASTY, *VALUES, "Support", "a quiet week"))

    # --- the damage ---

    def _kind(self, kind: Kind) -> Kind:
        return kind if self._often(0.97) else self._pick("events_api", "interactive")

    def _headers(self, content_type: str, body: bytes) -> Mapping[str, str]:
        proof = signed(
            body, self._pick(*[self.fake.signing_secret] * 60, "wrong"), self._pick(*[NOW] * 60, 0)
        )
        odd = self._pick(*[content_type] * 60, "text/plain", "application/json", "")
        return {"Content-Type": odd, **proof}


def _encoded(kind: Kind, payload: Json) -> tuple[str, bytes]:
    """Encode as Slack does; half of a character, which has no bytes, is written as they would be."""
    if kind == "slash_commands":
        payload = {name: str(value).encode("utf-8", "surrogatepass") for name, value in payload.items()}
    return encoded(kind, payload)
