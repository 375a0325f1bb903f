"""Simulated people: they answer in between, through the same door as everybody else.

What each does, and when, is drawn by lot from the seed, the occasion and the person, so that a demo can be
repeated. Nobody with a role in the walk is ever simulated.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from adapters.demo.build import CHANCES, PLATFORM, WORKSPACE
from adapters.demo.comments import COMMENTS
from adapters.demo.company import ROLES
from adapters.demo.staffing import MOOD
from adapters.demo.truth import answer
from bot.cases import journey_cards, journeys
from bot.onboarding.steps import QuestionStep, TaskStep, TodayStep
from bot.store.tables import Person, Wave
from bot.store.unit import Store, Unit
from bot.talk.cards import Action
from bot.talk.events import ButtonPressed, Event, FormSent, Reply, Source
from surveys import consent
from surveys.cadence import instant, zone_named
from surveys.loader import builtin
from surveys.questions import Question

ANSWERING, DECLINING, COMMENTING, AGREEING = 0.70, 0.06, 0.22, 0.60
HESITATION = timedelta(minutes=5)
"""Nobody answers in the first minutes, nor in the last before the close."""
TAKES_AT_MOST = timedelta(hours=6)
"""How long a newcomer takes for a step."""
THREADS = 16

FEATURED = frozenset(role.external for role in ROLES)

Handle = Callable[[Event], Reply]


@dataclass(frozen=True, slots=True)
class Deed:
    """What one person does at a certain time: events, in order. The key names it, so that it is done once."""

    at: datetime
    key: str
    events: tuple[Event, ...]


class Crowd:
    """Everybody without a role in the walk.

    What they have done is known to this process only. After a restart they do it once more, with the same
    events and the same values, which changes nothing.
    """

    def __init__(self, store: Store, handle: Handle, seed: int) -> None:
        self._store, self._handle, self._seed = store, handle, seed
        self._done: set[str] = set()

    def act(self) -> int:
        """Let everybody do what they would have done by now; return how many did something."""
        now = self._store.clock.now()
        ready = [deed for deed in self._store.read(self._deeds) if deed.at <= now]
        if ready:
            chat = self._store.read(_chat)
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(lambda deed: self._do(deed, chat), ready))
        self._done.update(deed.key for deed in ready)
        return len(ready)

    def _do(self, deed: Deed, chat: "Chat") -> None:
        for event in deed.events:
            here = chat.source(event.source)
            if here is not None:
                self._handle(replace(event, source=here))

    def _deeds(self, unit: Unit) -> list[Deed]:
        """Return everything that has not been done yet, whenever it is to be done."""
        people = {person.id: person for person in unit.people.all() if person.external not in FEATURED}
        planned = [*self._sheets(unit, people), *self._steps(unit, people)]
        return [deed for deed in planned if deed.key not in self._done]

    # --- surveys ------------------------------------------------------------------------------------------

    def _sheets(self, unit: Unit, people: Mapping[int, Person]) -> Iterator[Deed]:
        home = unit.organisations.get().time_zone
        chances: dict[str, float] = json.loads(unit.settings.get(CHANCES) or "{}")
        for wave in unit.waves.in_state("open"):
            instrument = builtin()[unit.surveys.get(wave.survey_id).key]
            if not instrument.invites:
                continue
            questions = {question.key: question for question in instrument.questions}
            departments = unit.placements.departments(wave.local_date)
            for number, items in unit.waves.asked(wave.id).items():
                if number not in people or number not in departments:
                    continue
                person = people[number]
                invited = instant(wave.local_date, instrument.opens.at, zone_named(person.time_zone or home))
                chance = chances.get(departments[number], 0.5)
                yield from self._sheet(wave, person, Occasion(invited, chance, [questions[i] for i in items]))

    def _sheet(self, wave: Wave, person: Person, occasion: "Occasion") -> Iterator[Deed]:
        random = Random(f"{self._seed}|{wave.local_date}|{person.external}")
        lot, key = random.random(), f"wave:{wave.id}:{person.external}"
        left = wave.closes_at - occasion.invited - 2 * HESITATION
        at = occasion.invited + HESITATION + left * random.random() ** 2
        if lot < DECLINING:
            yield Deed(at, key, (_pressed(person, f"{key}:no", Action("answer.decline", str(wave.id))),))
        elif lot < DECLINING + ANSWERING:
            yield Deed(at, key, tuple(_answered(wave, person, occasion, random)))

    # --- the first days -----------------------------------------------------------------------------------

    def _steps(self, unit: Unit, people: Mapping[int, Person]) -> Iterator[Deed]:
        for enrolment in unit.enrolments.active():
            if enrolment.person_id not in people:
                continue
            for place in journeys.places(unit, enrolment):
                if place.run.state == "sent":
                    yield self._step(place)

    def _step(self, place: journeys.Place) -> Deed:
        key = f"step:{place.ref}"
        random = Random(f"{self._seed}|{place.ref}|{place.newcomer.external}")
        pressed = [
            _pressed(place.newcomer, f"{key}:{action.value}", action) for action in _done(place, random)
        ]
        return Deed(place.run.due_at + TAKES_AT_MOST * random.random(), key, tuple(pressed))


@dataclass(frozen=True, slots=True)
class Chat:
    """The chat that the demo talks through, and what everybody is called there, by their HR id."""

    platform: str
    workspace: str
    users: Mapping[str, str]

    def source(self, planned: Source) -> Source | None:
        """Return where an act comes from that was planned for the page; ``None`` for who is not in this chat."""
        user = self.users.get(planned.user)
        if user is None:
            return None
        return replace(planned, platform=self.platform, workspace=self.workspace, user=user)


def _chat(unit: Unit) -> Chat:
    workspace = next(iter(unit.workspaces.active()))
    people = {person.id: person.external for person in unit.people.all()}
    users = unit.recipients.users(workspace.id, people)
    return Chat(
        workspace.platform, workspace.external, {people[number]: user for number, user in users.items()}
    )


@dataclass(frozen=True, slots=True)
class Occasion:
    """A wave as one person meets it: when, how likely a favourable answer is there, what is asked."""

    invited: datetime
    chance: float
    questions: Sequence[Question]


def _answered(wave: Wave, person: Person, occasion: Occasion, random: Random) -> Iterator[Event]:
    """Yield the tap on the first question, then the form with the rest."""
    chance = occasion.chance + MOOD * (2 * Random(person.external).random() - 1)
    first, *rest = occasion.questions
    point = answer(chance, random)
    key = f"wave:{wave.id}:{person.external}"
    yield _pressed(person, f"{key}:tap", Action("answer.tap", f"{wave.id}/{first.key}", point))
    values = {question.key: answer(chance, random) for question in rest if question.type == "likert"}
    if random.random() < COMMENTING:
        said = COMMENTS["de" if person.locale.startswith("de") else "en"][int(point) > 3]
        for question in (question for question in rest if question.type == "text"):
            agrees = Random(f"{key}:quote").random() < AGREEING
            values |= {question.key: random.choice(said)} | (
                {consent.key_for(question): consent.YES} if agrees else {}
            )
    yield FormSent(_source(person, f"{key}:form"), Action("answer.send", str(wave.id)), values)


def _done(place: journeys.Place, random: Random) -> list[Action]:
    """Return what finishes a step: each of the day's things ticked, the task done, the question answered."""
    match place.step:
        case TodayStep(tasks=tasks):
            tick = journey_cards.act("tick", place)
            return [Action(tick.name, tick.ref, f"{task.key}/{journey_cards.DONE}") for task in tasks]
        case TaskStep():
            return [journey_cards.act("done", place)]
        case QuestionStep():
            rate = journey_cards.act("rate", place)
            return [Action(rate.name, rate.ref, answer(0.7, random))]


def _pressed(person: Person, event: str, action: Action) -> ButtonPressed:
    return ButtonPressed(_source(person, event), action)


def _source(person: Person, event: str) -> Source:
    return Source(platform=PLATFORM, workspace=WORKSPACE, user=person.external, event=f"crowd:{event}")
