from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.demo.company import BEGINS, DEPARTMENTS, LARGEST_TEAM, ROLES, Company, company
from adapters.demo.names import FIRST, LAST, address
from adapters.demo.staffing import VOLUNTARY, Staff, history_months, resigning, staff, started

SIZES = sorted([6, 9, 12, 14, 16, 18, 20, 25])
seeds = st.integers(0, 10_000)


def working(people: Staff, on: date) -> Counter[str]:
    return Counter(worker.path(on) for worker in people.workers if worker.employed(on))


def test_the_small_company_has_a_hundred_and_twenty_people_in_eight_departments():
    assert sorted(one.size for one in DEPARTMENTS) == SIZES
    assert company(BEGINS).people == 120


def test_three_departments_are_automated_at_different_dates_one_of_them_among_the_two_smallest():
    automated = {one.path: one for one in DEPARTMENTS if one.automation and one.automation.months_ago > 0}
    assert len(automated) == 3
    assert len({one.automation.months_ago for one in automated.values() if one.automation}) == 3
    assert automated["Operations/Support"].size == 18
    assert min(one.size for one in automated.values()) in SIZES[:2]


def test_one_automation_is_planned_in_another_department():
    planned = [one for one in DEPARTMENTS if one.automation and one.automation.months_ago < 0]
    assert len(planned) == 1


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_every_seat_is_taken_on_the_first_day_whatever_happened_before(seed: int):
    small = company(BEGINS, seed=seed)
    expected = {one.path: one.size for one in small.departments}

    assert working(staff(small), small.monday) == expected


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_nobody_works_before_they_came_or_after_they_left_and_every_end_has_a_kind(seed: int):
    people = staff(company(BEGINS, seed=seed))
    for worker in people.workers:
        starts = [stay.starts_on for stay in worker.stays]
        assert starts == sorted(set(starts))
        assert starts[0] == worker.starts_on
        assert (worker.ends_on is None) == (worker.kind == "")
        assert worker.ends_on is None or worker.ends_on >= starts[-1]


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_every_department_has_a_head_who_works_there(seed: int):
    people = staff(company(BEGINS, seed=seed))
    workers = {worker.external: worker for worker in people.workers}
    for one in DEPARTMENTS:
        head = workers[people.heads[one.path]]
        assert head.employed(BEGINS)
        assert head.path(BEGINS) == one.path


def test_the_people_of_the_walk_are_where_the_walk_needs_them():
    people = staff(company(BEGINS))
    workers = {worker.external: worker for worker in people.workers}
    for role in ROLES:
        worker = workers[role.external]
        assert (worker.name, worker.locale) == (role.name, role.locale)
        assert worker.path(BEGINS) == role.path
        assert worker.starts_on == BEGINS if role.new else worker.starts_on < BEGINS - timedelta(days=300)
        assert (people.heads[role.path] == role.external) == role.head


def test_two_languages_are_spoken_in_three_time_zones():
    here = [worker for worker in staff(company(BEGINS)).workers if worker.employed(BEGINS)]
    zones = Counter(worker.zone for worker in here)
    assert set(zones) == {"Europe/Berlin", "Europe/Lisbon", "America/New_York"}
    assert min(zones.values()) >= 8
    assert {worker.locale[:2] for worker in here} == {"de", "en"}


def test_names_and_addresses_are_all_different():
    people = staff(company(BEGINS, people=600)).workers
    assert len({worker.name for worker in people}) == len(people)
    assert len({address(worker.name, worker.external) for worker in people}) == len(people)
    assert len(set(FIRST)) == len(FIRST)
    assert len(set(LAST)) == len(LAST)


def test_an_address_is_plain_ascii_in_a_domain_that_cannot_exist():
    assert address("Tomás Özkan Kühn", "E7") == "tomas.kuehn.e7@nordlicht.example"


def test_the_same_seed_makes_the_same_people_and_another_seed_others():
    assert staff(company(BEGINS, seed=3)) == staff(company(BEGINS, seed=3))
    assert staff(company(BEGINS, seed=3)) != staff(company(BEGINS, seed=4))


def test_people_resign_about_as_often_as_the_truth_says():
    """1,500 people over two years: about 330 resignations, standard error 5.5 per cent."""
    large = company(BEGINS, people=1_500)
    people = staff(large)
    expected = left = 0.0
    for month in history_months(large)[:-2]:
        following = month + timedelta(days=32)
        for worker in people.workers:
            if worker.employed(month) and not worker.head and worker.role is None:
                expected += resigning(large, worker.path(month), month)
                end = worker.ends_on
                left += (
                    worker.kind == "voluntary" and end is not None and month <= end < following.replace(day=1)
                )

    assert left == pytest.approx(expected, rel=0.2)


def test_an_automation_changes_resignations_from_its_month_on():
    small = company(BEGINS)
    start = started(small, 9)
    before = start - timedelta(days=1)

    assert resigning(small, "Operations/Support", before.replace(day=1)) == VOLUNTARY
    assert resigning(small, "Operations/Support", start) == pytest.approx(0.6 * VOLUNTARY)
    assert resigning(small, "Marketing", start) == VOLUNTARY


@given(st.integers(120, 20_000))
@settings(max_examples=40, deadline=None)
def test_a_larger_company_has_exactly_as_many_people_in_teams_of_a_sensible_size(people: int):
    grown = company(BEGINS, people=people)
    teams = grown.teams()
    assert sum(team.size for team in teams) == people == grown.people
    assert all(5 <= team.size <= LARGEST_TEAM for team in teams)
    assert len({team.path for team in teams}) == len(teams)


def test_the_teams_of_a_large_department_share_its_automation_and_the_department_has_a_head():
    grown = company(BEGINS, people=1_000)
    people = staff(grown)
    assert "Operations/Support/Team 2" in {team.path for team in grown.teams()}
    assert grown.automation("Operations/Support/Team 2") == grown.automation("Operations/Support")
    assert people.heads["Operations/Support"] == "E003"
    assert working(people, BEGINS) == {team.path: team.size for team in grown.teams()}


@pytest.mark.parametrize(
    ("monday", "people", "months", "said"),
    [
        (date(2026, 11, 24), 120, 24, "begins on a Monday"),
        (BEGINS, 119, 24, "120 to 20,000 people"),
        (BEGINS, 20_001, 24, "120 to 20,000 people"),
        (BEGINS, 120, 17, "18 to 60 months"),
        (BEGINS, 120, 61, "18 to 60 months"),
    ],
)
def test_a_company_that_cannot_be_made_is_refused_with_a_reason(
    monday: date, people: int, months: int, said: str
):
    with pytest.raises(ValueError, match=said):
        company(monday, people, months)


def test_the_demo_begins_half_an_hour_before_the_first_pulse_in_berlin():
    assert Company(BEGINS).begins.isoformat() == "2026-11-23T07:30:00+00:00"
    assert Company(date(2026, 6, 1)).begins.isoformat() == "2026-06-01T06:30:00+00:00"
