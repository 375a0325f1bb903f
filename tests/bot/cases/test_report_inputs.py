"""From stored readings and HR records to what a report reads."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.report import DataSource, NoRollout
from analytics.retention import Ending
from bot.cases import report_inputs, report_staff
from bot.cases.report_inputs import Measure, Rows, chosen, digest, evidence, inputs_for
from bot.store.reports import Employment, Leaving, Measured, ReadingRow, Stay
from bot.store.store import Store
from bot.store.tables import Rollout
from tests.bot.cases.report_firm import SUPPORT, Firm
from tests.bot.cases.report_fixtures import firm, firm_name, originals, plain_firm, store

__all__ = ["firm", "firm_name", "originals", "plain_firm", "store"]

TODAY = date(2026, 11, 23)
JUNE = date(2026, 6, 8)


def row(path: str = "A", period: date = JUNE, **about: object) -> ReadingRow:
    base = ReadingRow(path, period, "measured", "shown", "", 0.6, 0.01, 20, 24, "share")
    return base._replace(**about)


def rollout(**about: object) -> Rollout:
    values = {
        "id": 1,
        "path": "A",
        "name": "routing",
        "purpose": "fewer wrong hand-overs",
        "starts_on": date(2026, 2, 10),
        "one_off_cost": 1200.0,
        "monthly_cost": 100.0,
    }
    return Rollout(organisation_id=1, **(values | about))


def rows(*readings: ReadingRow, **about: object) -> Rows:
    base = Rows(
        today=TODAY,
        currency="EUR",
        measure=Measure("job-satisfaction", "favourability"),
        readings=readings,
        responses=(),
        rollouts=(rollout(),),
        employments=(),
        stays=(),
        leavings=(),
    )
    return replace(base, **about)


# --- readings ---------------------------------------------------------------------------------------------


def test_a_share_becomes_percentage_points_with_its_variance():
    (cell,) = evidence(rows(row())).satisfaction

    assert (cell.department, cell.month, cell.n) == ("A", date(2026, 6, 1), 20)
    assert (cell.value, cell.variance) == (pytest.approx(60.0), pytest.approx(100.0))


def test_an_imported_share_without_a_variance_gets_that_of_its_respondents():
    known = evidence(rows(row(source="imported", variance=None, n=24)))

    assert known.satisfaction[0].variance == pytest.approx(1e4 * 0.6 * 0.4 / 24)
    assert known.source is DataSource.IMPORTED


@pytest.mark.parametrize(
    ("about", "screened"),
    [
        ({"source": "measured"}, True),
        ({"source": "made up"}, True),
        ({"source": "imported"}, False),
        ({"unit": "points", "value": 12.0}, False),
    ],
)
def test_only_our_own_shares_have_lost_their_months_of_near_agreement(
    about: dict[str, object], screened: bool
):
    assert evidence(rows(row(**about))).satisfaction[0].screened is screened


def test_a_number_that_may_only_be_said_as_five_to_nine_counts_as_seven():
    assert evidence(rows(row(n=None))).satisfaction[0].n == 7


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"state": "withheld", "reason": "privacy", "value": None}, "privacy"),
        ({"state": "band", "value": None}, "privacy"),
        ({"state": "withheld", "reason": "unreadable", "value": None}, "unreadable"),
    ],
)
def test_what_is_not_shown_is_a_gap_and_never_looks_unmeasured(about: dict[str, object], reason: str):
    known = evidence(rows(row(**about)))

    assert known.satisfaction == ()
    assert [(gap.department, gap.month, gap.reason) for gap in known.withheld] == [
        ("A", date(2026, 6, 1), reason)
    ]


def test_a_mean_keeps_the_ends_of_its_scale():
    given_ = rows(row(unit="mean of 1-7", value=5.2, variance=0.04), measure=Measure("engagement", "mean"))
    known = evidence(given_)

    assert (known.scale.lowest, known.scale.highest) == (1.0, 7.0)
    assert known.satisfaction[0].value == 5.2


def test_a_mean_without_a_variance_cannot_be_weighed():
    given_ = rows(row(unit="1-5", value=4.0, variance=None), measure=Measure("engagement", "mean"))

    assert evidence(given_).satisfaction == ()
    assert len(evidence(given_).withheld) == 1


def test_own_readings_win_over_imported_ones_of_the_same_month():
    known = evidence(rows(row(), row(source="imported", value=0.9), row(source="imported", path="B")))

    assert [(cell.department, cell.value) for cell in known.satisfaction] == [("A", 60.0), ("B", 60.0)]


def test_a_total_among_imported_departments_is_no_department():
    parts = [row(path=path, source="imported", n=n) for path, n in (("A", 40), ("B", 30), ("C", 30))]
    known = evidence(rows(*parts, row(path="All of us", source="imported", n=100)))

    assert {cell.department for cell in known.satisfaction} == {"A", "B", "C"}


def test_a_large_department_where_people_work_is_no_total():
    parts = [row(path=path, source="imported", n=n) for path, n in (("A", 90), ("B", 5), ("C", 6))]
    stays = (Stay(1, date(2020, 1, 1), None, "A"),)

    assert len(evidence(rows(*parts, stays=stays)).satisfaction) == 3


def test_response_rates_are_shares_of_those_asked():
    (cell,) = evidence(rows(row(), responses=(row(value=0.7, asked=30, unit="share"),))).responses

    assert (cell.value, cell.n) == (0.7, 30)
    assert cell.variance > 0.7 * 0.3 / 30


@pytest.mark.parametrize(
    ("band", "asked", "low", "high"), [("nearly_all", 12, 11 / 12, 1.0), ("few", 14, 5 / 14, 9 / 14)]
)
def test_a_response_rate_given_as_a_band_counts_as_its_middle_and_as_uncertain_as_it_is_wide(
    band: str, asked: int, low: float, high: float
):
    banded = row(state="band", band=band, value=None, variance=None, n=None, asked=asked, low=low, high=high)

    (cell,) = evidence(rows(row(), responses=(banded,))).responses

    assert cell.value == pytest.approx((low + high) / 2)
    assert cell.variance == pytest.approx(cell.value * (1 - cell.value) / asked + (high - low) ** 2 / 12)


def test_a_withheld_response_rate_leaves_its_month_out():
    withheld = row(state="withheld", reason="privacy", value=None, n=None, asked=None)

    assert evidence(rows(row(), responses=(withheld,))).responses == ()


@pytest.mark.parametrize(
    ("band", "asked", "n"), [("nearly_all", 12, 11), ("few", 14, 7), ("few", 7, 6), ("", None, 7)]
)
def test_an_unsaid_number_of_respondents_is_taken_from_the_middle_of_the_words(
    band: str, asked: int | None, n: int
):
    (cell,) = evidence(rows(row(n=None, asked=asked, band=band))).satisfaction

    assert cell.n == n


@pytest.mark.parametrize(
    ("measured", "item"),
    [
        ([], ""),
        ([("job-satisfaction", 10), ("workload", 12)], "job-satisfaction"),
        ([("job-satisfaction", 10), ("engagement", 90)], "engagement"),
        ([("engagement", 90), ("satisfaction", 90)], "satisfaction"),
        ([("b", 3), ("a", 3)], "a"),
    ],
)
def test_what_is_compared_is_chosen_by_how_much_there_is_of_it(measured: list[tuple[str, int]], item: str):
    found = chosen([Measured(name, "favourability", n) for name, n in measured])

    assert found.item == item


def test_comments_and_response_rates_are_never_compared():
    assert chosen([Measured("pulse-comment", "tone_balance", 99)]) == Measure()


# --- money ------------------------------------------------------------------------------------------------


def test_costs_are_per_year_and_nothing_at_all_means_not_entered():
    paid = evidence(rows(row())).rollouts[0]
    free = evidence(rows(row(), rollouts=(rollout(one_off_cost=0.0, monthly_cost=0.0),))).rollouts[0]

    assert paid.one_off is not None
    assert paid.run_per_year is not None
    assert (paid.one_off.value, paid.run_per_year.value) == (1200.0, 1200.0)
    assert (free.one_off, free.run_per_year) == (None, None)


def test_a_rollout_brings_its_own_rate_and_salary():
    two = (rollout(hourly_rate=30.0), rollout(id=2, hourly_rate=50.0, salary=60000.0))
    known = evidence(rows(row(), rollouts=two))

    rates = [inputs_for(known, "A", key).money.hourly_rate for key in ("1", "2")]
    assert [rate.value if rate else None for rate in rates] == [30.0, 50.0]


def test_without_a_rollout_there_are_no_inputs():
    known = evidence(rows(row()))

    for path, focus in (("B", None), ("A", "9")):
        with pytest.raises(NoRollout):
            inputs_for(known, path, focus)


def test_answering_time_is_counted_from_the_waves_of_the_last_year():
    waves = [row(period=JUNE + timedelta(days=14 * step)) for step in range(10)]
    known = evidence(rows(*waves, row(period=date(2024, 1, 1))))
    minutes = inputs_for(known, "A").money.answer_minutes_per_week

    assert minutes is not None
    assert minutes.value == pytest.approx(10 * 30 / 60 / 52)
    assert inputs_for(evidence(rows(row(source="imported"))), "A").money.answer_minutes_per_week is None


# --- one digest for the same inputs -----------------------------------------------------------------------


def signature(given_: Rows) -> str:
    known = evidence(given_)
    return digest(known, inputs_for(known, "A"))


@given(st.integers(1, 30), st.integers(1, 30))
def test_days_of_one_month_give_one_report(one: int, other: int):
    first, second = (signature(rows(row(), today=date(2026, 11, day))) for day in (one, other))

    assert first == second


@pytest.mark.parametrize(
    "changed",
    [
        {"today": date(2026, 12, 1)},
        {"currency": "CHF"},
        {"rollouts": (rollout(hours_saved=1.0),)},
        {"rollouts": (rollout(name="other"),)},
        {"readings": (row(value=0.61),)},
        {"readings": (row(), row(state="withheld", reason="privacy", value=None, path="B"))},
        {"responses": (row(value=0.7),)},
        {"measure": Measure("engagement", "favourability")},
        {
            "employments": (Employment(1, date(2020, 1, 1), None),),
            "stays": (Stay(1, date(2020, 1, 1), None, "A"),),
        },
    ],
)
def test_whatever_a_report_says_something_from_changes_the_digest(changed: dict[str, object]):
    assert signature(rows(row())) != signature(rows(row(), **({"readings": (row(),)} | changed)))


def test_a_rollout_that_starts_in_mid_month_changes_the_digest_on_its_day():
    planned = (rollout(starts_on=date(2026, 11, 20)),)

    before, after = (signature(rows(row(), rollouts=planned, today=date(2026, 11, day))) for day in (19, 20))
    assert before != after


# --- HR records -------------------------------------------------------------------------------------------

HIRED = date(2024, 1, 1)


def test_a_transfer_and_a_resignation_are_counted_where_they_happened():
    stays = [Stay(1, HIRED, date(2026, 3, 10), "A"), Stay(1, date(2026, 3, 10), None, "B")]
    left = [Leaving(1, date(2026, 5, 20), "voluntary")]
    (spell,) = report_staff.spells([Employment(1, HIRED, date(2026, 5, 20))], stays, left)

    assert (spell.ending, spell.last_day) == (Ending.VOLUNTARY, date(2026, 5, 20))
    assert [place.department for place in spell.placements] == ["A", "B"]
    assert spell.placements[0].last_day == date(2026, 3, 9)


def test_somebody_who_came_back_has_two_spells():
    stays = [Stay(1, HIRED, date(2025, 1, 1), "A"), Stay(1, date(2026, 1, 1), None, "B")]
    left = [Leaving(1, date(2024, 12, 31), "retirement")]
    first, second = report_staff.spells([Employment(1, date(2026, 1, 1), None)], stays, left)

    assert (first.first_day, first.last_day, first.ending) == (HIRED, date(2024, 12, 31), Ending.OTHER)
    assert (second.first_day, second.last_day) == (date(2026, 1, 1), None)


def test_somebody_who_came_back_to_the_same_placement_keeps_the_department():
    left = [Leaving(1, date(2024, 12, 31), "voluntary")]
    spells = list(
        report_staff.spells([Employment(1, date(2025, 6, 1), None)], [Stay(1, HIRED, None, "A")], left)
    )

    assert [spell.first_day for spell in spells] == [HIRED, date(2025, 6, 1)]
    assert spells[1].department_on(TODAY) == "A"


def test_who_left_stays_gone():
    left = [Leaving(1, date(2025, 1, 31), "involuntary")]
    (spell,) = report_staff.spells(
        [Employment(1, HIRED, date(2025, 1, 31))], [Stay(1, HIRED, None, "A")], left
    )

    assert spell.ending is Ending.INVOLUNTARY


def test_without_a_separation_on_record_nothing_is_said_about_staying():
    cells = report_staff.cells(
        [Employment(1, HIRED, None)], [Stay(1, HIRED, None, "A")], [], TODAY, date(2025, 1, 1)
    )

    assert cells == ()


def test_counting_begins_with_the_records_and_ends_with_the_last_month_that_is_over():
    people = [Employment(n, HIRED, None) for n in (1, 2)]
    stays = [Stay(n, HIRED, None, "A") for n in (1, 2)]
    left = [Leaving(2, date(2026, 3, 31), "voluntary")]
    cells = report_staff.cells(people, stays, left, TODAY, date(2025, 1, 1))

    assert (cells[0].month, cells[-1].month) == (date(2026, 3, 1), date(2026, 10, 1))
    assert [(cell.at_risk, cell.voluntary) for cell in cells[:2]] == [(2, 1), (1, 0)]


# --- from the store ---------------------------------------------------------------------------------------


def test_a_firm_s_rows_become_the_inputs_of_a_report(firm: Firm, store: Store):
    known = evidence(store.read(report_inputs.gather))
    given_ = inputs_for(known, SUPPORT)

    assert known.source is DataSource.MADE_UP
    assert {gap.department for gap in known.withheld} == {"Legal"}
    assert len({(cell.department, cell.month) for cell in known.satisfaction}) == 7 * 24
    assert "" not in {cell.department for cell in known.satisfaction}
    assert given_.headcount == 30
    assert (known.hr[0].month, known.hr[-1].month) == (date(2025, 2, 1), date(2026, 10, 1))
    assert sum(cell.voluntary for cell in known.hr) == 16


def test_the_head_of_an_area_gets_everybody_below(firm: Firm, store: Store):
    known = evidence(store.read(report_inputs.gather))

    assert sum(n for path, n in known.headcount.items() if path.startswith("Operations/")) == 60
