from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.report import RoiReport, UnreadableReport, build, from_json, to_json
from tests.analytics.made_up import Company, inputs, sized

REPORT = build(inputs(Company(), seed=1))


@settings(deadline=None, max_examples=25)
@given(
    st.integers(0, 10_000),
    st.integers(5, 40),
    st.integers(1, 24),
    st.dates(date(2024, 9, 1), date(2027, 6, 1)),
    st.booleans(),
)
def test_every_report_survives_being_stored(seed: int, people: int, months: int, today: date, hr: bool):
    given_inputs = inputs(replace(sized(people), months=months), seed)
    report = build(replace(given_inputs, today=today, hr=given_inputs.hr if hr else ()))

    assert from_json(json.loads(json.dumps(to_json(report), allow_nan=False))) == report


def test_a_stored_report_is_plain_data():
    stored = to_json(REPORT)

    assert stored["format"] == 2
    assert stored["report"]["grade"] == "B"
    assert stored["report"]["about"]["start"] == "2025-11-10"
    assert stored["report"]["money"]["lines"]["retention_value"] == {
        "type": "Withheld",
        "reason": "not_estimated",
    }


def damaged(path: str, value: Any) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(json.dumps(to_json(REPORT)))
    *parents, last = path.split(".")
    place = stored
    for parent in parents:
        place = place[parent]
    place[last] = value
    return stored


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", 3),
        ("report", {}),
        ("report.grade", "E"),
        ("report.headline.value", "many"),
        ("report.about.start", "tomorrow"),
        ("report.satisfaction.effect.type", "Secret"),
        ("report.chart.rows", None),
        ("report.smallest_visible_change", {"type": "Withheld"}),
    ],
)
def test_a_damaged_or_newer_report_is_refused(path: str, value: Any):
    with pytest.raises(UnreadableReport):
        from_json(damaged(path, value))


def test_reading_gives_a_report_with_its_own_types():
    again = from_json(to_json(REPORT))

    assert isinstance(again, RoiReport)
    assert type(again.headline.kind) is type(REPORT.headline.kind)
    assert isinstance(again.chart.rows[0].month, date)
