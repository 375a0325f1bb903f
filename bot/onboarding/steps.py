"""Journeys: what a newcomer is shown on which working day, and at which instant. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from surveys.cadence import MONDAY_TO_FRIDAY, instant, working_day
from surveys.questions import Question
from surveys.questions.question import in_language

THINGS = 3
"""How many things the card of a first day names."""

Texts = Mapping[str, str]
"""A text in each language."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do at a time of the day; ``label`` names it in a few words."""

    key: str
    at: time
    label: Texts = field(hash=False)
    text: Texts = field(hash=False)

    def label_in(self, language: str) -> str:
        return in_language(self.label, language)

    def text_in(self, language: str) -> str:
        return in_language(self.text, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayStep:
    """One card for a day with the few things that matter on it."""

    key: str
    day: int
    at: time
    tasks: tuple[Task, ...]

    def task(self, key: str) -> Task | None:
        return next((task for task in self.tasks if task.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStep:
    """A task with *Done*; ``nudge_after`` working days later somebody is asked what is in the way."""

    key: str
    day: int
    at: time
    title: Texts = field(hash=False)
    text: Texts = field(hash=False)
    nudge_after: int

    def title_in(self, language: str) -> str:
        return in_language(self.title, language)

    def text_in(self, language: str) -> str:
        return in_language(self.text, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionStep:
    """An attributed question: it carries the newcomer's name and says so before it is answered."""

    key: str
    day: int
    at: time
    rating: Question
    comment: Question


Step = TodayStep | TaskStep | QuestionStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Steps in order, each on a later working day than the one before; day 1 is the first working day."""

    key: str
    version: int
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A newcomer's working days and wall clock."""

    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()
    week: frozenset[int] = MONDAY_TO_FRIDAY

    def works(self, day: date) -> bool:
        return day.weekday() in self.week and day not in self.holidays

    def nth(self, start: date, number: int) -> date:
        """Return the ``number``-th working day on or after ``start``."""
        return working_day(start, number, self.week, self.holidays)

    def after(self, day: date, number: int) -> date:
        """Return the ``number``-th working day later than ``day``."""
        return self.nth(day + _DAY, number)

    def before(self, day: date) -> date:
        """Return the last working day earlier than ``day``, or ``day`` itself if there is none in a month."""
        earlier = (day - _DAY * back for back in range(1, 32))
        return next((found for found in earlier if self.works(found)), day)

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()

    def at(self, day: date, clock: time) -> datetime:
        return instant(day, clock, self.zone)


def schedule(journey: Journey, start: date, calendar: Calendar) -> dict[str, datetime]:
    """Return the instant (UTC) at which each step is due for somebody who starts on ``start``.

    The first working day on or after the start is day 1, so that nothing planned for day 1 falls on a weekend.
    """
    return {step.key: calendar.at(calendar.nth(start, step.day), step.at) for step in journey.steps}


def catch_up(
    journey: Journey, waiting: Mapping[str, datetime], now: datetime, calendar: Calendar
) -> tuple[str | None, dict[str, datetime]]:
    """Say which step to hand out now, if any, and to which instants that moves others.

    ``waiting`` holds the due instant of each step that was not handed out. The earliest of those that are due
    goes first. Others that would come on the same day, because an outage or a late account held them up, move
    to the following working days, one a day and in their order: nothing is lost and nobody is flooded. On a
    day off nothing is handed out.
    """
    left = [step for step in journey.steps if step.key in waiting]
    today = calendar.today(now)
    if not left or waiting[left[0].key] > now or not calendar.works(today):
        return None, {}
    moved: dict[str, datetime] = {}
    taken = today
    for step in left[1:]:
        due = calendar.today(waiting[step.key])
        if due <= taken:
            due = calendar.after(taken, 1)
            moved[step.key] = calendar.at(due, step.at)
        taken = due
    return left[0].key, moved
