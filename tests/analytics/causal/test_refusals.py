from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.causal.refusals import (
    CAPS,
    RULES,
    Evidence,
    Grade,
    Refusal,
    grade,
    leading,
    refusals,
    short_window,
)

STRONG = Evidence(
    controls=9, months_before=12, months_after=6, slope_p=0.5, placebo_found=False, response_rate=0.8
)


def test_nine_controls_twelve_months_and_clean_checks_earn_an_a():
    assert refusals(STRONG) == ()
    assert grade(STRONG) is Grade.A


@pytest.mark.parametrize(("controls", "before"), [(4, 12), (8, 12), (9, 11), (9, 6), (30, 6)])
def test_fewer_controls_or_fewer_months_before_earn_a_b(controls: int, before: int):
    assert grade(replace(STRONG, controls=controls, months_before=before)) is Grade.B


WEAKENED: list[tuple[dict[str, Any], Refusal, Grade]] = [
    ({"private": True}, Refusal.PRIVACY, Grade.D),
    ({"controls": 1}, Refusal.NO_CONTROLS, Grade.C),
    ({"controls": 3}, Refusal.FEW_CONTROLS, Grade.C),
    ({"months_before": 5}, Refusal.SHORT_WINDOW, Grade.D),
    ({"months_after": 2}, Refusal.SHORT_WINDOW, Grade.D),
    ({"slope_p": 0.09}, Refusal.PRE_TREND, Grade.C),
    ({"placebo_found": True}, Refusal.PRE_TREND, Grade.C),
    ({"expected": (8.0, 4.9)}, Refusal.RARE, Grade.C),
    ({"response_rate": 0.39}, Refusal.RESPONSE, Grade.C),
    ({"response_shift": -0.06, "shift_found": True}, Refusal.RESPONSE, Grade.C),
    ({"interventions": ("new manager",)}, Refusal.BUNDLED, Grade.B),
    ({"selected": True}, Refusal.SELECTION, Grade.A),
    ({"contaminated": True}, Refusal.SPILLOVER, Grade.B),
    ({"moved": 0.11}, Refusal.SPILLOVER, Grade.B),
    ({"dominant": ("Sales",)}, Refusal.DOMINANCE, Grade.B),
]


@pytest.mark.parametrize(("change", "code", "left"), WEAKENED)
def test_each_rule_hits_alone_and_leaves_its_grade(change: dict[str, Any], code: Refusal, left: Grade):
    seen = replace(STRONG, **change)

    assert refusals(seen) == (code,)
    assert grade(seen) is left


@pytest.mark.parametrize(
    "change",
    [
        {"slope_p": 0.10},
        {"expected": (5.0, 5.0)},
        {"response_rate": 0.40},
        {"response_shift": 0.05, "shift_found": True},
        {"response_shift": 0.20, "shift_found": False},
        {"moved": 0.10},
        {"slope_p": None, "placebo_found": None, "response_rate": None},
    ],
)
def test_at_the_limit_or_unknown_no_rule_hits(change: dict[str, Any]):
    assert refusals(replace(STRONG, **change)) == ()


def test_a_refusal_is_not_lifted_by_a_milder_hit_before_it():
    seen = replace(STRONG, controls=1, months_after=1)

    assert refusals(seen) == (Refusal.NO_CONTROLS, Refusal.SHORT_WINDOW)
    assert grade(seen) is Grade.D
    assert leading(refusals(seen)) is Refusal.SHORT_WINDOW


def test_among_equal_caps_the_first_rule_is_named_and_mild_ones_never():
    assert leading([Refusal.FEW_CONTROLS, Refusal.PRE_TREND, Refusal.DOMINANCE]) is Refusal.FEW_CONTROLS
    assert leading([Refusal.BUNDLED, Refusal.DOMINANCE]) is None


def test_too_late_too_short_and_too_early_are_three_refusals():
    assert short_window(Evidence(months_before=0, months_after=9)) == "too_late"
    assert short_window(Evidence(months_before=4, months_after=9)) == "too_short"
    assert short_window(Evidence(months_before=7, months_after=1)) == "too_early"


def test_every_rule_has_its_check_and_its_cap_in_order():
    assert list(RULES) == list(CAPS) == list(Refusal)
    assert [code.value for code in Refusal] == [f"R{number}" for number in range(1, 12)]


evidence = st.builds(
    Evidence,
    private=st.booleans(),
    controls=st.integers(0, 20),
    months_before=st.integers(0, 12),
    months_after=st.integers(0, 24),
    slope_p=st.none() | st.floats(0, 1),
    placebo_found=st.none() | st.booleans(),
    response_rate=st.none() | st.floats(0, 1),
    contaminated=st.booleans(),
)


@given(evidence)
def test_a_grade_is_never_better_than_any_cap_and_more_evidence_never_lowers_it(seen: Evidence):
    assert all(grade(seen) >= CAPS[code] for code in refusals(seen))
    more = replace(seen, controls=seen.controls + 5, months_before=seen.months_before + 6)
    assert grade(more) <= grade(seen)
