from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.metrics.counts import Turnover
from analytics.months import shift, span
from analytics.retention import (
    Ending,
    PersonMonths,
    Placement,
    Spell,
    covers,
    person_months,
    rolled_up,
    turnover,
)

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)


def day(month: int, number: int) -> date:
    return date(2026, month, number)


STAYS = Spell(date(2020, 5, 4), (Placement("Support", date(2020, 5, 4)),))
JOINS = Spell(day(1, 15), (Placement("Support", day(1, 15)),))
RESIGNS = Spell(date(2021, 1, 1), (Placement("Support", date(2021, 1, 1)),), day(2, 28), Ending.VOLUNTARY)
LAID_OFF = Spell(date(2021, 1, 1), (Placement("Support", date(2021, 1, 1)),), day(3, 10), Ending.INVOLUNTARY)
RETIRES = Spell(date(1990, 1, 1), (Placement("Sales", date(1990, 1, 1)),), day(1, 31), Ending.OTHER)
TRANSFERS = Spell(
    date(2022, 1, 1), (Placement("Support", date(2022, 1, 1), day(2, 14)), Placement("Sales", day(2, 15)))
)
ON_LEAVE = Spell(
    date(2019, 1, 1), (Placement("Sales", date(2019, 1, 1), day(1, 10)), Placement("Sales", day(3, 20)))
)
LEFT_AND_CAME_BACK = (
    Spell(date(2023, 1, 1), (Placement("Sales", date(2023, 1, 1)),), day(1, 20), Ending.VOLUNTARY),
    Spell(day(3, 1), (Placement("Sales", day(3, 1)),)),
)
IN_AND_OUT = Spell(day(2, 2), (Placement("Sales", day(2, 2)),), day(2, 20), Ending.VOLUNTARY)
FILE = (STAYS, JOINS, RESIGNS, LAID_OFF, RETIRES, TRANSFERS, ON_LEAVE, *LEFT_AND_CAME_BACK, IN_AND_OUT)


def test_a_small_hr_file_gives_the_cells_worked_out_by_hand():
    cells = person_months(FILE, JANUARY, MARCH)

    assert cells == (
        PersonMonths("Sales", day(1, 1), at_risk=3, voluntary=1, other=1),
        PersonMonths("Sales", day(2, 1), at_risk=1, voluntary=0, unexposed_voluntary=1),
        PersonMonths("Sales", day(3, 1), at_risk=3, voluntary=0),
        PersonMonths("Support", day(1, 1), at_risk=4, voluntary=0),
        PersonMonths("Support", day(2, 1), at_risk=5, voluntary=1, transferred=1),
        PersonMonths("Support", day(3, 1), at_risk=3, voluntary=0, involuntary=1),
    )


def test_someone_who_moves_and_then_resigns_is_counted_where_she_was_at_risk():
    spell = Spell(
        date(2022, 1, 1),
        (Placement("Support", date(2022, 1, 1)), Placement("Sales", day(2, 10))),
        day(2, 20),
        Ending.VOLUNTARY,
    )

    assert person_months([spell], day(2, 1), day(2, 1)) == (PersonMonths("Support", day(2, 1), 1, 1),)


def test_someone_who_works_her_last_day_on_the_first_was_at_risk_that_month():
    spell = Spell(date(2022, 1, 1), (Placement("Sales", date(2022, 1, 1)),), day(2, 1), Ending.VOLUNTARY)

    assert person_months([spell], JANUARY, MARCH) == (
        PersonMonths("Sales", day(1, 1), 1, 0),
        PersonMonths("Sales", day(2, 1), 1, 1),
    )


def test_turnover_averages_headcount_between_month_starts_and_keeps_all_resignations():
    assert turnover(person_months(FILE, JANUARY, MARCH), "Support") == Turnover(
        at_risk=(4, 5, 3), separations=(0, 1, 0), headcount=(4.5, 4.0, 2.5), all_separations=1
    )
    assert turnover(person_months(FILE, JANUARY, MARCH), "Sales").all_separations == 2
    assert turnover((), "Sales") == Turnover((), (), (), 0)


def test_a_departments_subtree_is_added_up_and_a_similar_name_is_not_in_it():
    month = day(1, 1)
    cells = [
        PersonMonths("Operations/Support", month, 5, 1),
        PersonMonths("Operations", month, 2, 0, involuntary=1),
        PersonMonths("Operations2", month, 9, 9),
    ]

    assert rolled_up(cells, "Operations") == (PersonMonths("Operations", month, 7, 1, involuntary=1),)
    assert covers("Operations", "Operations/Support")
    assert not covers("Operations", "Operations2")


@pytest.mark.parametrize(
    ("placements", "last", "ending"),
    [
        ((), None, None),
        ((Placement("Sales", day(2, 1)),), None, None),
        ((Placement("Sales", JANUARY),), day(2, 1), None),
        ((Placement("Sales", JANUARY),), None, Ending.OTHER),
        ((Placement("Sales", JANUARY),), date(2025, 12, 31), Ending.OTHER),
        ((Placement("Sales", JANUARY), Placement("Support", date(2025, 1, 1))), None, None),
    ],
)
def test_a_spell_that_cannot_be_is_refused(
    placements: tuple[Placement, ...], last: date | None, ending: Ending | None
):
    with pytest.raises(ValueError, match="spell"):
        Spell(JANUARY, placements, last, ending)


@pytest.mark.parametrize(
    "counts", [{"at_risk": 3, "voluntary": 2, "other": 2}, {"at_risk": 1, "voluntary": -1}]
)
def test_a_cell_cannot_lose_more_people_than_it_has(counts: dict[str, int]):
    with pytest.raises(ValueError, match="people"):
        PersonMonths("Sales", JANUARY, **counts)


days = st.dates(date(2025, 11, 1), date(2026, 5, 31))


@st.composite
def spells(draw: st.DrawFn) -> Spell:
    first, moved = sorted((draw(days), draw(days)))
    last = draw(st.none() | st.dates(first, date(2026, 6, 30)))
    ending = None if last is None else draw(st.sampled_from(Ending))
    return Spell(first, (Placement("Support", first), Placement("Sales", moved)), last, ending)


@given(st.lists(spells(), max_size=12))
def test_nobody_is_lost_or_counted_twice(file: list[Spell]):
    first, last = date(2025, 11, 1), date(2026, 6, 1)
    cells = person_months(file, first, last)

    for month in span(first, last):
        assert sum(cell.at_risk for cell in cells if cell.month == month) == sum(s.holds(month) for s in file)
    resigned = sum(spell.ending is Ending.VOLUNTARY for spell in file)
    assert sum(cell.voluntary + cell.unexposed_voluntary for cell in cells) == resigned
    leavers = sum(
        spell.ending is not None and any(spell.holds(month) for month in span(first, shift(last, 1)))
        for spell in file
    )
    assert sum(cell.gone for cell in cells) == leavers
