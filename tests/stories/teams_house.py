"""The demo whose chat is a fake Teams, with the same doors as ``House``: what the stories read and press is there in cards.

Adaptive Cards are read back into the JSON of cards that the page has, as far as the stories look at it. After each act
the clock is asked to stay where it is: that answers once everything is sent and every reply is shown.
"""

import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from typing_extensions import override

from bot.talk.cards import Action
from tests.platforms.teams import Answer, FakeTeams, Person, Seen, widgets
from tests.platforms.teams.control import needed
from tests.platforms.teams.roll import install_for_all, teams_id
from tests.stories.house import House, Json, Refusal, buttons
from tests.stories.slack_house import two_free_ports

Act = Callable[[Person], Coroutine[Any, Any, Answer]]


class TeamsHouse(House):
    """``rapport demo --teams`` before a fake Teams in a thread of this process, where everybody gets the app."""

    def __init__(self, folder: Path, fake: FakeTeams, *options: str, paced: bool = False) -> None:
        super().__init__(folder, "--teams", *options)
        self.fake, self.paced = fake, paced
        self.port = two_free_ports()
        self.fake.messages_url = f"http://127.0.0.1:{self.port + 1}/api/messages"

    @property
    @override
    def settings(self) -> dict[str, str]:
        return teams_settings(self.fake) | {"RAPPORT_TEAMS_PACED": str(self.paced).lower()}

    @override
    def start(self) -> "TeamsHouse":
        """Start it; the first time everybody gets the app."""
        super().start()
        if not all(user.installed for user in self.fake.users.values()):
            assert self.fake.do(install_for_all(self.fake), within_s=120) == []
            self.settles()
        return self

    @override
    def ready(self) -> bool:
        """Wait for the door for Teams too: before it stands, whatever a person does fails in their client."""
        if not super().ready():
            return False
        try:
            socket.create_connection(("127.0.0.1", self.port + 1), timeout=1).close()
        except OSError:
            return False
        return True

    def person(self, who: str) -> Person:
        return self.fake.person(teams_id(who))

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
        self.private |= {text} if " " in text and not text.startswith("/") else set()
        return self._new(person, lambda who: who.says(text))[-1]

    @override
    def presses(self, person: str, message: Json, label: str) -> list[Json]:
        token = buttons(message)[label]
        return self._new(person, lambda who: who.presses(message["seen"], token))

    @override
    def submits(self, person: str, form: Json, **values: str) -> list[Json]:
        named = {name.replace("_", "-"): value for name, value in values.items()}
        self.private |= {value for value in values.values() if " " in value}
        shown = self._new(person, lambda who: who.submits(named, form["card"]["submit"], form["seen"]))
        if errors := self.person(person).errors:
            field, sentence = next(iter(errors.items()))
            raise Refusal(422, {"field": field, "message": sentence})
        return shown

    def _new(self, person: str, act: Act) -> list[Json]:
        """Do something, and return what the person sees that they did not see before."""
        before = self._seen(person)
        answer = self.fake.do(act(self.person(person)))
        if not answer.ok:
            raise ConnectionError(answer.failed)
        self.settles()
        after = self._seen(person)
        return [_message(seen) for place, seen in after.items() if before.get(place) != seen]

    def _seen(self, person: str) -> dict[str, Seen]:
        async def look() -> dict[str, Seen]:
            who = self.person(person)
            dialog = who.dialog()
            return {seen.id: seen for seen in who.sees()} | ({"dialog": dialog} if dialog else {})

        return self.fake.do(look())


def teams_settings(fake: FakeTeams) -> dict[str, str]:
    """Return what the app must know to work with this fake, as its environment says it."""
    return {f"RAPPORT_TEAMS_{name.upper()}": value for name, value in needed(fake).items()}


def _message(seen: Seen) -> Json:
    card = {
        "title": _plain(seen.title),
        "fallback": seen.summary or seen.text,
        "elements": list(_elements(seen)),
        "submit": next((str(one["title"]) for one in _acts(seen) if _sends(one)), None),
    }
    return {
        "id": seen.id,
        "from": "bot" if seen.body.get("by", "") == "" else "me",
        "kind": "form" if card["submit"] else "message",
        "private": seen.targeted or seen.conversation.startswith("a:"),
        "card": card,
        "seen": seen,
    }


def _acts(seen: Seen) -> list[Json]:
    """Return what can be pressed that tells the bot something."""
    every = (one for card in seen.cards for one in widgets.actions(card))
    return [one for one in every if one["type"] in {"Action.Execute", "Action.Submit"}]


def _sends(action: Json) -> bool:
    return action.get("associatedInputs") == "auto"


def _elements(seen: Seen) -> Iterator[Json]:
    """Tell the points of a question, which are said at more length to whom cannot see them, from other buttons."""
    for card in seen.cards:
        yield {"kind": "text", "body": _plain(widgets.readable(card))}
        yield from (_field(one) for one in widgets.inputs(card).values())
    acts = [one for one in _acts(seen) if not _sends(one)]
    points = [_point(one) for one in acts if "tooltip" in one]
    if points:
        yield {"kind": "ask", "key": "", "tap": True, "response": {"options": points}}
    named = [
        {"label": one["title"], "button": one["data"]["rapport"]} for one in acts if "tooltip" not in one
    ]
    yield {"kind": "buttons", "items": named}


def _point(action: Json) -> Json:
    token = action["data"]["rapport"]
    return {"value": Action.decode(token).value, "label": action["title"], "button": token}


def _field(one: Json) -> Json:
    options = [{"value": each["value"], "label": each["title"]} for each in one.get("choices", [])]
    stem = str(one.get("label", ""))
    return {"kind": "ask", "key": one["id"], "stem": stem, "tap": None, "response": {"options": options}}


def _plain(text: str) -> str:
    """Return what a person reads of a text: joiners, which keep signs from acting, can't be seen."""
    return text.replace("\u2060", "")
