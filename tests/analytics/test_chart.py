from math import inf, nan

import pytest

from analytics.chart import Chart, Marker, Point, Series, table

MONTHS = ("Mar", "Apr", "May")


def words(point: Point | None) -> str:
    return "withheld" if point is None else f"{point.value:g} ({point.low:g} to {point.high:g})"


def chart(**changes: object) -> Chart:
    support = Series("Support", (Point(61, 55, 67), None, Point(66, 60, 72)), emphasised=True)
    others = Series("Others", (Point(60, 58, 62), Point(61, 59, 63), Point(60, 58, 62)))
    parts = {"question": "Did it help?", "x_labels": MONTHS, "series": (support, others), "unit": "percent"}
    return Chart(**{**parts, **changes})  # type: ignore[arg-type]  # the parts are typed where they are named


def test_the_table_holds_every_value_and_every_gap():
    assert table(chart(), words) == (
        ("", "Support", "Others"),
        ("Mar", "61 (55 to 67)", "60 (58 to 62)"),
        ("Apr", "withheld", "61 (59 to 63)"),
        ("May", "66 (60 to 72)", "60 (58 to 62)"),
    )


def test_the_row_of_the_marker_names_it():
    rows = table(chart(marker=Marker(0, "ticket routing")), words)
    assert [row[0] for row in rows] == ["", "Mar · ticket routing", "Apr", "May"]


def test_a_chart_without_series_or_labels_is_an_empty_table():
    assert table(chart(series=(), x_labels=()), words) == (("",),)


def test_the_levels_hold_values_interval_ends_and_a_meant_zero():
    bare = chart(series=(Series("s", (Point(3), None, Point(4, 2, 9))),))
    assert sorted(bare.levels) == [2, 3, 4, 9]
    assert 0 in chart(zero_line=True).levels
    assert chart(series=()).levels == ()


@pytest.mark.parametrize(
    ("low", "high"), [(None, 3.0), (1.0, None), (2.5, 3.0), (1.0, 1.5), (nan, 3.0), (1.0, inf)]
)
def test_a_point_with_half_an_interval_or_outside_it_is_refused(low: float | None, high: float | None):
    with pytest.raises(ValueError, match=r"interval|finite"):
        Point(2.0, low, high)


def test_a_point_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        Point(nan)


def test_a_series_of_another_length_is_refused_by_name():
    with pytest.raises(ValueError, match="'short' has 1 points for 3 labels"):
        chart(series=(Series("short", (Point(1),)),))


@pytest.mark.parametrize("index", [-1, 3])
def test_a_marker_outside_the_axis_is_refused(index: int):
    with pytest.raises(ValueError, match="outside the x axis"):
        chart(marker=Marker(index, "rollout"))
