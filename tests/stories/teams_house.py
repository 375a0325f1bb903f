"""The demo whose chat is a fake Teams: what the stories read and press is there in Adaptive Cards, read back into cards."""

import socket
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from typing_extensions import override

from bot.talk.cards import Action
from tests.platforms.teams import Answer, FakeTeams, Person, Seen, widgets
from tests.platforms.teams.control import needed
from tests.platforms.teams.roll import install_for_all, teams_id
from tests.stories.house import CAST, Json
from tests.stories.imitated_house import ImitatedHouse
from tests.stories.slack_house import two_free_ports


class TeamsHouse(ImitatedHouse):
    """``rapport demo --teams`` before a fake Teams in a thread of this process, where everybody gets the app.

    With ``crowd=False`` only those get it of whom stories are told, and the others once they are called: a whole
    company's first minutes take longer than most stories.
    """

    def __init__(
        self, folder: Path, fake: FakeTeams, *options: str, paced: bool = False, crowd: bool = True
    ) -> None:
        super().__init__(folder, "--teams", *options)
        self.fake, self.paced, self.crowd = fake, paced, crowd
        self.port = two_free_ports()
        self.fake.messages_url = f"http://127.0.0.1:{self.port + 1}/api/messages"

    @property
    @override
    def settings(self) -> dict[str, str]:
        return teams_settings(self.fake) | {"RAPPORT_TEAMS_PACED": str(self.paced).lower()}

    @override
    def start(self) -> "TeamsHouse":
        """Start it; the first time people get the app."""
        super().start()
        self._installed(self.fake.users if self.crowd else map(teams_id, CAST))
        return self

    @override
    def gathers(self) -> None:
        self._installed(self.fake.users)

    def _installed(self, among: Iterable[str]) -> None:
        lacking = [each for each in among if not self.fake.users[each].installed]
        if lacking:
            assert self.fake.do(install_for_all(self.fake, lacking), within_s=120) == []
            self.settles()

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

    @override
    def person(self, who: str) -> Person:
        return self.fake.person(teams_id(who))

    @override
    def sent(self, who: Person, form: Json, values: Mapping[str, str]) -> Coroutine[Any, Any, Answer]:
        here = None if form["seen"].kind == "dialog" else form["seen"]
        return who.submits(values, form["card"]["submit"], here)

    @override
    def seen(self, person: str) -> dict[str, Seen]:
        async def look() -> dict[str, Seen]:
            who = self.person(person)
            dialog = who.dialog()
            return {seen.id: seen for seen in who.sees()} | ({"dialog": dialog} if dialog else {})

        return self.fake.do(look())

    @override
    def message(self, seen: Seen) -> Json:
        return _message(seen)


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
