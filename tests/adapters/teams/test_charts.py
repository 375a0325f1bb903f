from typing import Any

import pytest

from adapters.teams.render import adaptive
from analytics.chart import Chart as ChartData
from analytics.chart import Marker, Point, Series
from bot.talk.cards import Card, Chart
from tests.adapters.local import cards
from tests.platforms.teams.cards import problems
from tests.platforms.teams.walk import CHARTS, dicts, oldest, texts

Json = dict[str, Any]

MONTHS = ("Jan", "Feb", "Mar", "Apr")


def series(label: str, *values: float | None, emphasised: bool = False) -> Series:
    return Series(label, tuple(None if v is None else Point(v) for v in values), emphasised)


def card(*lines: Series, labels: tuple[str, ...] = MONTHS, locale: str = "en", **parts: Any) -> Card:
    data = ChartData(
        parts.pop("question", "Did it rise?"), labels, lines, parts.pop("unit", "points"), **parts
    )
    return Card("T", (Chart(data, "It rose."),), "F.", locale=locale)


def parts(shown: Card) -> list[Json]:
    inside: list[Json] = adaptive(shown)["body"][1]["items"]
    return inside


def native(shown: Card) -> Json:
    return next(part for part in parts(shown) if part["type"] in CHARTS)


def values(chart: Json) -> dict[str, list[tuple[str, float]]]:
    return {one["legend"]: [(p["x"], p["y"]) for p in one["values"]] for one in chart["data"]}


def notes(shown: Card) -> list[str]:
    return [part["text"] for part in parts(shown)[1:] if part["type"] == "TextBlock"]


def cells(table: Json) -> list[list[str]]:
    return [["".join(texts(cell)) for cell in row["cells"]] for row in table["rows"]]


def test_what_a_chart_shows_stands_in_words_above_it_in_every_client():
    summary, chart, *_ = parts(card(series("Support", 1, 2, 3, 4)))

    assert summary["text"] == "It rose."
    assert (chart["title"], chart["showTitle"]) == ("Did it rise?", True)


def test_a_series_without_gaps_is_a_line_with_its_unit():
    chart = native(card(series("Support", 1, 2.345, 3, -4)))

    assert chart["type"] == "Chart.Line"
    assert values(chart) == {"Support": [("Jan", 1), ("Feb", 2.35), ("Mar", 3), ("Apr", -4)]}
    assert chart["yAxisTitle"] == "points"


def test_a_gap_is_left_out_and_named_and_no_line_leads_across_it():
    shown = card(series("Support", 1, None, 3, 4, emphasised=True), series("Others", 5, 6, 7, 8))
    chart = native(shown)

    assert chart["type"] == "Chart.VerticalBar.Grouped"
    assert values(chart) == {
        "Support": [("Jan", 1), ("Mar", 3), ("Apr", 4)],
        "Others": [("Jan", 5), ("Feb", 6), ("Mar", 7), ("Apr", 8)],
    }
    assert notes(shown) == ["No figure is shown for Feb; that does not mean zero."]


def test_gaps_at_an_end_leave_a_line():
    shown = card(series("Support", None, 2, 3, None))

    assert native(shown)["type"] == "Chart.Line"
    assert notes(shown) == []


def test_one_series_with_a_gap_or_of_one_place_is_bars():
    assert native(card(series("Support", 1), labels=("Jan",)))["data"] == [{"x": "Jan", "y": 1}]
    assert native(card(series("Support", 1, None, 3, 4)))["type"] == "Chart.VerticalBar"


def test_bars_and_lines_whose_zero_means_something_start_there():
    bars = native(card(series("Support", 61, None, 63, 64)))
    fall = native(card(series("Support", -3, 2, 1, -5), zero_line=True))
    line = native(card(series("Support", 61, 62, 63, 64)))

    assert (bars["yMin"], bars["yMax"]) == (0, 64)
    assert (fall["yMin"], fall["yMax"]) == (-5, 2)
    assert "yMin" not in line


def test_no_figure_at_all_is_a_table_without_a_picture():
    inside = parts(card(series("Support", None, None, None, None)))

    assert [part["type"] for part in inside] == ["TextBlock", "TextBlock", "Table"]
    assert "not shown" in [*texts(inside[2])]


def test_every_value_and_range_is_in_the_table_in_the_language_of_the_card():
    data = ChartData(
        "Gestiegen?", ("Q1", "Q2"), (Series("Support", (Point(1_200.5, 1_000, 1_400), None)),), "€"
    )
    chart = native(Card("T", (Chart(data, "S."),), "F.", locale="de"))
    caption, table = chart["fallback"]["items"]

    assert caption["text"] == "Gestiegen? (€)"
    assert cells(table) == [
        ["€", "Support"],
        ["Q1", "1.200,5 (1.000,0 bis 1.400,0)"],
        ["Q2", "nicht angezeigt"],
    ]


def test_the_ranges_that_a_picture_can_not_show_are_behind_a_button():
    _, chart, row, figures = parts(card(series("Support", 1, 2, 3, 4)))
    (button,) = row["actions"]

    assert button["title"] == "Figures and ranges"
    assert button["targetElements"] == [figures["id"]]
    assert figures["isVisible"] is False
    assert figures["items"] == chart["fallback"]["items"]


def test_two_charts_of_a_card_do_not_open_each_others_figures():
    one = card(series("Support", 1, 2, 3, 4)).elements[0]
    payload = adaptive(Card("T", (one, one), "F."))

    assert problems(payload) == []
    assert len({part["id"] for part in dicts(payload) if "isVisible" in part}) == 2


def test_what_happened_is_named_on_the_axis_and_in_its_row():
    shown = card(series("Support", 1, 2, 3, 4), marker=Marker(2, "ticket routing starts"))

    assert native(shown)["xAxisTitle"] == "Mar: ticket routing starts"
    assert "Mar · ticket routing starts" in [*texts(native(shown)["fallback"])]


def test_names_that_are_the_same_once_short_stay_different():
    long = "Operations-and-Customer-Support-in-the-Region-of"
    chart = native(card(series(long + " North", 1, 2), series(long + " South", 3, 4), labels=("Jan", "Jan")))

    assert [*values(chart)] == [long[:39] + "…", long[:37] + "… 2"]
    assert [x for x, _ in values(chart)[long[:39] + "…"]] == ["Jan", "Jan 2"]


def test_more_series_than_six_leave_those_that_matter():
    shown = card(*[series(f"Team {n}", 1, 2, 3, 4, emphasised=n == 7) for n in range(9)])

    assert [*values(native(shown))] == ["Team 7", "Team 0", "Team 1", "Team 2", "Team 3", "Team 4"]
    assert notes(shown) == ["Only as figures: Team 5, Team 6 and Team 8."]
    assert "Team 8 4" in " ".join(texts(native(shown)["fallback"]))


def test_more_places_than_a_picture_holds_show_the_latest():
    labels = tuple(f"Week {n}" for n in range(30))
    shown = card(series("Support", *range(30)), labels=labels)

    assert [x for x, _ in values(native(shown))["Support"]] == [*labels[6:]]
    assert notes(shown) == ["As a picture from Week 6 on; the figures go further back."]
    assert "Week 0" in [*texts(native(shown)["fallback"])]


def test_the_series_that_matters_and_the_one_beside_it_differ_in_more_than_colour():
    shown = card(series("Support", 1, 2, 3, 4, emphasised=True), series("Others", 5, 6, 7, 8))

    assert [(one["legend"], one["color"]) for one in native(shown)["data"]] == [
        ("Support", "categoricalBlue"),
        ("Others", "neutral"),
    ]
    assert native(shown)["showLegend"] is True


@pytest.mark.parametrize("unknown", [CHARTS, CHARTS | {"Table"}])
def test_an_older_client_shows_all_of_the_report_in_words_and_figures(unknown: frozenset[str]):
    seen, lost = oldest(adaptive(cards.report()), unknown)
    said = "\n".join(texts(seen))

    assert lost == []
    for text in ("Support rose from 62 to 78", "78 (72 to 83)", "not shown", "August is withheld"):
        assert text in said


@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_notes_of_a_chart_stand_below_its_figures(locale: str):
    shown = card(series("Support", 1, 2, 3, 4), locale=locale, notes=("One month is withheld.", "Really."))

    assert parts(shown)[-1]["text"] == "One month is withheld.\n\nReally."
