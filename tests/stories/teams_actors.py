"""People in front of a Teams that fails, with new clients and old ones: they answer, change their mind, write and ask.

As ``actors`` are in Slack: what somebody was told is kept, so that it can be compared with what is there in the end.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from random import Random

from bot.talk.cards import Action
from tests.canary import free
from tests.platforms.teams import Answer, FakeTeams, Person, Seen, widgets
from tests.platforms.teams.people import Json
from tests.platforms.teams.roll import teams_id
from tests.stories.actors import LINES, LOOKS_S, PATIENCE_S, PAUSE_S, Tired, Told

OLD = 0.3
"""The share of people whose client knows no ``Action.Execute``; every second of them has one that knows no dialog either."""


class TeamsActor:
    """Somebody who takes part in the pulse as soon as they are asked; ``told`` is what they have to rely on."""

    def __init__(self, fake: FakeTeams, who: str, seed: str) -> None:
        self.fake, self.who = fake, who
        self.person: Person = fake.person(teams_id(who))
        self.random = Random(f"{seed}|{who}")
        drawn = self.random.random()
        self.person.old, self.person.dialogs = drawn < OLD, drawn >= OLD / 2
        self.told = Told()
        self.pulse: Seen | None = None

    async def run(self, within_s: float) -> None:
        """Answer, then do some other things in any order."""
        self.pulse = await self._sees("answer.tap", within_s)
        if self.pulse is None:
            return
        await self._presses(self.pulse, self.random.choice(sorted(tokens(self.pulse, "answer.tap"))))
        await self._fills_in_form()
        others = (self._opens_form, self._writes, self._asks, self._presses_what_is_old)
        for act in self.random.sample(others, 3):
            await act()

    # --- what they do ---

    async def _writes(self) -> None:
        await self._until_taken(lambda: self.person.says(self.random.choice((*LINES, "home"))))

    async def _asks(self) -> None:
        """Ask for a human being, and say yes once the bot names one."""
        for _ in range(5):
            await self._until_taken(lambda: self.person.says("human"))
            offer = await self._sees("human.pass")
            if offer is not None:
                await self._presses(offer, tokens(offer, "human.pass")[0])
                self.told.asked_for_a_person = True
                return

    async def _presses_what_is_old(self) -> None:
        """Press in the first message as it stood in the beginning, as on a phone that has not caught up."""
        if self.pulse is not None:
            await self._presses(self.pulse, self.random.choice(sorted(tokens(self.pulse, "answer.tap"))))

    # --- forms ---

    async def _fills_in_form(self) -> None:
        """Wait for the form; if none is shown, as after a fault, open it from the message that should offer it."""
        form = await self._form()
        if form is None:
            await self._opens_form()
        else:
            await self._submits(form)

    async def _opens_form(self) -> None:
        for _ in range(3):
            place = await self._sees("answer.open") or await self._sees("answer.skipped", 0)
            if place is None:
                return
            token = next(iter(tokens(place, "answer.open") or tokens(place, "answer.skipped")))
            await self._presses(place, token)
            form = await self._form()
            if form is not None:
                await self._submits(form)
                return

    async def _form(self, within_s: float = LOOKS_S) -> Seen | None:
        if self.person.dialogs:
            return self._dialog()
        seen = await self._sees("answer.send", within_s)
        return seen if seen is not None and seen.fields else None

    def _dialog(self) -> Seen | None:
        """Return the form in the dialog that is open; it came with the answer to what was pressed, or not at all."""
        dialog = self.person.dialog()
        return dialog if dialog is not None and tokens(dialog, "answer.send") else None

    async def _submits(self, form: Seen) -> None:
        values = {name: self._filled(field) for name, field in form.fields.items()}
        await self._until_taken(lambda: self._sends(form, values), values)

    async def _sends(self, form: Seen, values: Mapping[str, str]) -> Answer:
        """Send the form; one that has gone meanwhile, or turned into another, was taken, though nobody said so."""
        in_dialog = form.kind == "dialog"
        messages = {seen.id: seen for seen in self.person.sees()}
        standing = self._dialog() if in_dialog else messages.get(form.id)
        if standing is None or standing.fields.keys() != values.keys():
            return Answer(0, None, failed="gone")
        token = tokens(standing, "answer.send")[0]
        answer = await self.person.submits(values, token, None if in_dialog else standing)
        if self.person.errors:
            raise ValueError(f"the form does not fit: {self.person.errors}")
        return answer

    def _filled(self, field: Json) -> str:
        options = [str(choice["value"]) for choice in field.get("choices", [])]
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
            answer = await self._heard(act)
            if answer.ok:
                self.told.acknowledged(values or {})
                return
            if answer.failed == "gone":
                return
            self.told.trouble[answer.failed] += 1
            if answer.failed != "connection_failed":
                self.told.unheard(values or {})
            await asyncio.sleep(PAUSE_S)
        raise Tired(f"{self.who}: {answer}")

    async def _heard(self, act: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what came of an act as the person has it: a button that answers with an error has failed for them."""
        before = len(self.person.troubles)
        answer = await act()
        wrong = answer.ok and len(self.person.troubles) > before
        return replace(answer, failed="wrong") if wrong else answer

    async def _sees(self, action: str, within_s: float = LOOKS_S) -> Seen | None:
        """Return the newest message that offers something, as soon as there is one."""

        def newest() -> Seen | None:
            offers = [seen for seen in self.person.sees() if tokens(seen, action)]
            return offers[-1] if offers else None

        with suppress(TimeoutError):
            await self.fake.until(newest, within_s)
        return newest()


def tokens(seen: Seen, action: str) -> list[str]:
    """Return what the buttons and points in a message carry that do this."""
    every = (one.get("data") for card in seen.cards for one in widgets.actions(card))
    carried = [str(data.get("rapport", "")) for data in every if isinstance(data, dict)]
    return [token for token in carried if _name(token) == action]


def _name(token: str) -> str:
    try:
        return Action.decode(token).name
    except ValueError:
        return ""
