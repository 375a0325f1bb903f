from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import metrics
from analytics.metrics import METRICS
from analytics.metrics.counts import Moments, Participation, Turnover
from analytics.metrics.metric import Metric
from analytics.results import Estimate, Withheld

calm = settings(deadline=None, max_examples=60)
SHAPES = {"counts", "metric"}
"""Modules of the folder that define shapes, not a metric."""


@st.composite
def moments(draw: st.DrawFn) -> Moments:
    n = draw(st.integers(0, 300))
    favourable = draw(st.integers(0, n))
    unfavourable = draw(st.integers(0, n - favourable))
    return Moments(n, float(favourable), float(favourable), favourable, unfavourable)


@st.composite
def participations(draw: st.DrawFn) -> Participation:
    invited = draw(st.integers(0, 300))
    return Participation(draw(st.integers(0, invited)), invited)


@st.composite
def turnovers(draw: st.DrawFn) -> Turnover:
    at_risk = draw(st.lists(st.integers(0, 60), max_size=15))
    left = [draw(st.integers(0, min(3, people))) for people in at_risk]
    return Turnover(
        tuple(at_risk), tuple(left), tuple(map(float, at_risk)), sum(left) + draw(st.integers(0, 2))
    )


COUNTS: dict[type, st.SearchStrategy[Any]] = {
    Moments: moments(),
    Participation: participations(),
    Turnover: turnovers(),
}


def enlarged(counts: Any, factor: int) -> Any:
    """The same group ``factor`` times over."""
    match counts:
        case Moments(n, total, squares, favourable, unfavourable):
            return Moments(
                n * factor, total * factor, squares * factor, favourable * factor, unfavourable * factor
            )
        case Participation(answered, invited):
            return Participation(answered * factor, invited * factor)
        case Turnover(at_risk, separations, headcount, every):
            return Turnover(
                tuple(factor * one for one in at_risk),
                tuple(factor * one for one in separations),
                tuple(factor * one for one in headcount),
                factor * every,
            )
    raise AssertionError(f"no way to enlarge {type(counts)}")


def test_every_module_of_the_folder_has_its_line():
    modules = {module.name for module in pkgutil.iter_modules(metrics.__path__)} - SHAPES

    assert modules == set(METRICS)


@pytest.mark.parametrize("key", METRICS)
def test_the_docstring_names_unit_source_and_assumptions(key: str):
    text = importlib.import_module(f"analytics.metrics.{key}").__doc__

    assert text is not None
    assert all(label in text for label in ("Unit:", "Source:", "Assumes:"))
    assert METRICS[key].unit.split()[0] in text
    assert "doi:" in METRICS[key].source
    assert METRICS[key].key == key


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
@calm
@given(data=st.data())
def test_a_shown_figure_lies_in_its_interval_and_in_range(metric: Metric[Any], data: st.DataObject):
    figure = metric.figure(data.draw(COUNTS[metric.counts]))

    if isinstance(figure, Withheld):
        assert figure.reason in {"too_few", "no_data"}
        return
    assert metric.lowest <= figure.low <= figure.value <= figure.high <= metric.highest
    assert figure.unit == metric.unit
    assert figure.n >= metric.minimum


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
@calm
@given(data=st.data())
def test_more_data_of_the_same_kind_narrows_the_interval(metric: Metric[Any], data: st.DataObject):
    counts = data.draw(COUNTS[metric.counts])
    one, many = metric.figure(counts), metric.figure(enlarged(counts, 16))

    if isinstance(one, Withheld):
        return
    assert isinstance(many, Estimate)
    assert many.high - many.low <= one.high - one.low
    assert many.value == pytest.approx(one.value)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_too_few_people_are_withheld(metric: Metric[Any]):
    few = {
        Moments: Moments(metric.minimum - 1, 0.0, 0.0, metric.minimum - 1, 0),
        Participation: Participation(1, metric.minimum - 1),
        Turnover: Turnover((metric.minimum - 1,) * 12, (0,) * 12, (metric.minimum - 1.0,) * 12, 0),
    }

    assert metric.figure(few[metric.counts]) == Withheld("too_few")
