"""What is done again and again without anybody asking: sweeps that find what is due and not done.

Each is idempotent: run twice, the second run changes nothing. So a missed run is made up for by the next,
and nothing has to be remembered about runs but when the last one was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from analytics.text.beta.scorer import Polyglot
from bot.cases import delivery, onboarding, quoting, readings, reports, takeover, upload, waves, workspaces
from bot.logs import get_logger
from bot.store.unit import Store, Unit

CLOSE = "waves.close"
HEARTBEAT = "engine.heartbeat"
LATEST_BEAT = timedelta(seconds=10)
"""An engine that is silent for longer does not run, or hangs."""

log = get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """A sweep: its name, how often it runs, and what it does; it returns how many things it changed."""

    name: str
    every: timedelta
    run: Callable[[Store], int]


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a job: how many things it changed, or the kind of error that ended it."""

    job: str
    changed: int = 0
    error: str = ""


def everywhere(sweep: Callable[[Unit], int]) -> Callable[[Store], int]:
    """Return a job that does a sweep in each organisation, in one unit each."""

    def run(store: Store) -> int:
        return sum(store.write(sweep, organisation) for organisation in store.organisations())

    return run


JOBS: tuple[Job, ...] = (
    Job("journeys.enrol", timedelta(minutes=1), everywhere(onboarding.enrol_due)),
    Job("journeys.advance", timedelta(minutes=1), onboarding.advance_due),
    Job("waves.open", timedelta(minutes=1), waves.open_due),
    Job(CLOSE, timedelta(minutes=1), partial(readings.close_due, load_scorer=Polyglot)),
    Job("people.take_over", timedelta(seconds=5), takeover.carry_out),
    Job("people.upload", timedelta(seconds=5), upload.carry_out),
    Job("reports.build", timedelta(seconds=5), reports.build_due),
    Job("outbox.expire", timedelta(minutes=5), everywhere(delivery.expire)),
    Job("workspaces.retire", timedelta(hours=1), everywhere(workspaces.retire)),
    Job("quotes.forget", timedelta(days=1), everywhere(quoting.forget)),
    Job("inbox.forget", timedelta(hours=1), everywhere(delivery.forget_events)),
)
"""In the order in which they run when several are due."""


def reading_by(load_scorer: readings.LoadScorer) -> tuple[Job, ...]:
    """Return all jobs, with this scorer to read comments; it is loaded only when a wave with comments closes."""
    close = partial(readings.close_due, load_scorer=load_scorer)
    return tuple(replace(job, run=close) if job.name == CLOSE else job for job in JOBS)


def attempt(job: Job, store: Store) -> Ran:
    """Run a job; whatever it raises is logged and ends this run alone."""
    try:
        return Ran(job.name, job.run(store))
    except Exception as error:
        log.exception("job.failed", job=job.name)
        return Ran(job.name, error=type(error).__name__)


@dataclass(slots=True)
class Timetable:
    """When each job ran last, by the rules' clock; after a start all are due."""

    jobs: Sequence[Job]
    _last: dict[str, datetime] = field(default_factory=dict)

    def due(self, now: datetime) -> list[Job]:
        """Return the jobs that should run at ``now``; a clock set back makes them all due."""
        return [job for job in self.jobs if not self._rests(job, now)]

    def note(self, job: Job, at: datetime) -> None:
        """Remember that a job began at ``at``."""
        self._last[job.name] = at

    def run_due(self, store: Store) -> list[Ran]:
        """Run all due jobs, one after the other, each noted at the time at which it began."""
        runs = []
        for job in self.due(store.clock.now()):
            self.note(job, store.clock.now())
            runs.append(attempt(job, store))
        return runs

    def _rests(self, job: Job, now: datetime) -> bool:
        last = self._last.get(job.name)
        return last is not None and last <= now < last + job.every


def beat(store: Store, at: datetime) -> None:
    """Leave a sign of life, by the real clock, in the first organisation."""
    for organisation in store.organisations()[:1]:
        store.write(lambda unit: unit.settings.put(HEARTBEAT, at.isoformat(), unit.now), organisation)


def last_beat(store: Store) -> datetime | None:
    """Return the engine's last sign of life; None: it has not run yet."""
    for organisation in store.organisations()[:1]:
        value = store.read(lambda unit: unit.settings.get(HEARTBEAT), organisation)
        return datetime.fromisoformat(value).astimezone(UTC) if value else None
    return None
