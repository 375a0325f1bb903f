from datetime import timedelta

import pytest

from bot import jobs
from bot.jobs import JOBS, Job, Ran, Timetable, attempt, everywhere
from bot.store.store import Store
from tests import staff
from tests.canary import free
from tests.fakes import MONDAY, FakeClock

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_a_job_that_runs_twice_changes_nothing_the_second_time(
    store: Store, clock: FakeClock, job: Job
) -> None:
    staff.want(store, staff.hire(store, 3), "wave.invite", expires_at=MONDAY + MINUTE)
    store.write(lambda unit: unit.inbox.seen("fake", "Ev1"))
    clock.advance(timedelta(days=30))

    assert not attempt(job, store).error
    assert attempt(job, store) == Ran(job.name, changed=0)


def test_each_job_has_a_name_of_its_own_that_the_log_may_hold() -> None:
    names = [job.name for job in JOBS]

    assert len(names) == len(set(names))
    assert all(name.replace(".", "").replace("_", "").isalpha() and name.islower() for name in names)
    assert all(job.every > timedelta() for job in JOBS)


def test_a_sweep_runs_in_every_organisation(store: Store) -> None:
    store.write(lambda unit: unit.organisations.create("Second", unit.now), 2)
    seen: list[int] = []

    assert everywhere(lambda unit: seen.append(unit.organisation_id) or 2)(store) == 4
    assert seen == [1, 2]


def test_after_a_start_all_jobs_are_due_then_each_in_its_own_time(clock: FakeClock) -> None:
    often, seldom = Job("a.often", MINUTE, lambda _: 0), Job("b.seldom", 60 * MINUTE, lambda _: 0)
    timetable = Timetable([often, seldom])

    assert timetable.due(MONDAY) == [often, seldom]
    for job in timetable.jobs:
        timetable.note(job, MONDAY)
    assert timetable.due(MONDAY + MINUTE / 2) == []
    assert timetable.due(MONDAY + MINUTE) == [often]
    assert timetable.due(MONDAY + 60 * MINUTE) == [often, seldom]
    assert timetable.due(MONDAY - MINUTE) == [often, seldom]


def test_what_is_due_runs_in_order_and_a_failure_ends_that_job_alone(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: Store) -> int:
        raise ZeroDivisionError(free("secret words"))

    timetable = Timetable([Job("wave.bad", MINUTE, fails), Job("wave.good", MINUTE, lambda _: 3)])

    assert timetable.run_due(store) == [Ran("wave.bad", error="ZeroDivisionError"), Ran("wave.good", 3)]
    assert timetable.run_due(store) == []
    assert free("secret words") not in capsys.readouterr().err


def test_the_last_sign_of_life_is_kept(store: Store) -> None:
    assert jobs.last_beat(store) is None
    jobs.beat(store, MONDAY)
    jobs.beat(store, MONDAY + MINUTE)

    assert jobs.last_beat(store) == MONDAY + MINUTE
