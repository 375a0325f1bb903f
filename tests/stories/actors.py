"""People in front of a Slack that fails: they answer, change their mind, write and ask, and try again when Slack complains.

Everything here runs in the loop of the fake. What somebody was told is kept, so that it can be compared with what is
there in the end; what they were not told may have counted or not.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from bot.talk.cards import Action
from tests.canary import free
from tests.platforms.slack import Answer, FakeSlack, Person, Seen, widgets
from tests.platforms.slack.people import Json
from tests.platforms.slack.roll import slack_id

PATIENCE_S, PAUSE_S = 90.0, 0.25
"""Whoever sees "We had some trouble connecting" presses again, for longer than any restart takes."""
LOOKS_S = 3.0
"""How long somebody waits for what should appear, before they press again."""
LINES = ("help", "privacy", "I don't know", "pulse")


class Tired(Exception):
    """Somebody gave up: Slack complained every time."""


@dataclass
class Told:
    """What one person was told has counted, and what else may have."""

    values: dict[str, str] = field(default_factory=dict)
    """By question; the last answer that was acknowledged."""
    possible: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By question; every answer that may stand there now."""
    late: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By question; answers of acts that Slack gave up waiting for, which may be taken at any time."""
    asked_for_a_person: bool = False
    acts: int = 0
    """How many acts were acknowledged."""
    trouble: Counter[str] = field(default_factory=Counter)
    """How often Slack complained, by its word for why."""

    def trying(self, values: Mapping[str, str]) -> None:
        for question, value in values.items():
            self.possible[question].add(value)

    def acknowledged(self, values: Mapping[str, str]) -> None:
        self.acts += 1
        self.values |= values
        for question, value in values.items():
            self.possible[question] = {value} | self.late[question]

    def unheard(self, values: Mapping[str, str]) -> None:
        for question, value in values.items():
            self.late[question].add(value)


class Actor:
    """Somebody who takes part in the pulse as soon as they are asked; ``told`` is what they have to rely on."""

    def __init__(self, fake: FakeSlack, who: str, seed: str) -> None:
        self.fake, self.who = fake, who
        self.person: Person = fake.person(slack_id(who))
        self.random = Random(f"{seed}|{who}")
        self.told = Told()
        self.pulse: Seen | None = None

    async def run(self, within_s: float) -> None:
        """Answer, then do some other things in any order."""
        self.pulse = await self._sees("answer.tap", within_s)
        if self.pulse is None:
            return
        await self._taps(self.pulse)
        others = (self._changes, self._writes, self._asks, self._presses_what_is_old, self._looks_at_home)
        for act in self.random.sample(others, 3):
            await act()

    # --- what they do ---

    async def _taps(self, pulse: Seen) -> None:
        """Press a point of the first question, then fill in the form that opens."""
        token = self.random.choice(sorted(tokens(pulse, "answer.tap")))
        await self._presses(pulse, token)
        await self._fills_in_form()

    async def _changes(self) -> None:
        await self._opens_form()

    async def _writes(self) -> None:
        answer = await self.person.says(self.random.choice(LINES))
        self.told.acts += answer.ok

    async def _asks(self) -> None:
        """Ask for a human being, and say yes once the bot names one."""
        for _ in range(5):
            await self._until_taken(lambda: self.person.says("/rapport human"))
            offer = await self._sees("human.pass")
            if offer is not None:
                await self._presses(offer, tokens(offer, "human.pass")[0])
                self.told.asked_for_a_person = True
                return

    async def _presses_what_is_old(self) -> None:
        """Press in the first message as it stood in the beginning, as on a phone that has not caught up."""
        if self.pulse is not None:
            await self._presses(self.pulse, self.random.choice(sorted(tokens(self.pulse, "answer.tap"))))

    async def _looks_at_home(self) -> None:
        self.told.acts += (await self.person.opens_home()).ok

    # --- forms ---

    async def _fills_in_form(self) -> None:
        """Wait for the form; if none opens, as after a fault, open it from the message that should offer it."""
        if not await self._form_opens():
            await self._opens_form()
        else:
            await self._submits()

    async def _opens_form(self) -> None:
        for _ in range(3):
            place = await self._sees("answer.open") or await self._sees("answer.skipped", 0)
            if place is None:
                return
            token = next(iter(tokens(place, "answer.open") or tokens(place, "answer.skipped")))
            await self._presses(place, token)
            if await self._form_opens():
                await self._submits()
                return

    async def _form_opens(self) -> bool:
        with suppress(TimeoutError):
            await self.fake.until(lambda: self._form() is not None, LOOKS_S)
        return self._form() is not None

    def _form(self) -> Seen | None:
        modal = self.person.modal()
        return modal if modal is not None and modal.body.get("submit") else None

    async def _submits(self) -> None:
        form = self._form()
        if form is None:
            return
        values = {name: self._filled(block["element"]) for name, block in form.fields.items()}
        await self._until_taken(lambda: self._sends(values), values)

    async def _sends(self, values: Mapping[str, str]) -> Answer:
        """Send the form; one that has gone meanwhile, or turned into another, was taken, though nobody said so."""
        form = self._form()
        if form is None or form.fields.keys() != values.keys():
            return Answer(0, None, failed="gone")
        answer = await self.person.submits(values)
        if self.person.errors:
            raise ValueError(f"the form does not fit: {self.person.errors}")
        return answer

    def _filled(self, element: Json) -> str:
        options = [str(option["value"]) for option in widgets.options(element)]
        return self.random.choice(options) if options else free(f"From {self.who}, {self.random.random()}.")

    # --- trying again ---

    async def _presses(self, where: Seen, token: str) -> None:
        action = Action.decode(token)
        _, _, question = action.ref.partition("/")
        values = {question: action.value} if action.name == "answer.tap" else {}
        await self._until_taken(lambda: self.person.presses(where, token), values)

    async def _until_taken(
        self, act: Callable[[], Awaitable[Answer]], values: Mapping[str, str] | None = None
    ) -> None:
        answer, tired_at = Answer(0), time.monotonic() + PATIENCE_S
        while time.monotonic() < tired_at:
            self.told.trying(values or {})
            answer = await act()
            if answer.ok:
                self.told.acknowledged(values or {})
                return
            if answer.failed == "gone":
                return
            self.told.trouble[answer.failed] += 1
            if answer.failed == "http_timeout":
                self.told.unheard(values or {})
            await asyncio.sleep(PAUSE_S)
        raise Tired(f"{self.who}: {answer}")

    async def _sees(self, action: str, within_s: float = LOOKS_S) -> Seen | None:
        """Return the newest message that offers something, as soon as there is one."""

        def newest() -> Seen | None:
            offers = [seen for seen in self.person.sees() if tokens(seen, action)]
            return offers[-1] if offers else None

        with suppress(TimeoutError):
            return await self.fake.until(newest, within_s)
        return None


def tokens(seen: Seen, action: str) -> list[str]:
    """Return what the buttons and points in a message carry that do this."""
    return [token for token in _carried(seen.blocks) if _name(token) == action]


def _carried(blocks: list[Json]) -> Iterable[str]:
    for _, element in widgets.live(blocks):
        if element["type"] == "button":
            yield str(element.get("value", ""))
        for option in widgets.options(element):
            yield str(option["value"])


def _name(token: str) -> str:
    try:
        return Action.decode(token).name
    except ValueError:
        return ""


# --- what they were told, and what is there ----------------------------------------------------------------


def differing(stored: Mapping[str, Mapping[str, str]], told: Mapping[str, Told]) -> Iterator[str]:
    """Compare what lies in the mailbox, by person, with what people were told."""
    for who, one in told.items():
        sheet = stored.get(who, {})
        for question in sorted(one.values.keys() - sheet.keys()):
            yield f"{who}: the answer to {question} was confirmed and is lost"
        for question, value in sheet.items():
            if value not in one.possible[question]:
                yield f"{who}: nobody gave the answer that is kept to {question}"
    yield from (f"{who} never answered" for who in sorted(stored.keys() - told.keys()))


def passed_on(times: Counter[str], told: Mapping[str, Told]) -> Iterator[str]:
    """Compare how often somebody was passed on to a human being with what they were told."""
    for who, one in told.items():
        if one.asked_for_a_person and not times[who]:
            yield f"{who} was told that somebody knows, and nobody does"
    yield from (f"{who} was passed on {number} times" for who, number in times.items() if number > 1)
