from typing import Any

import pytest

from adapters.slack.render import home, message, modal
from analytics.chart import Chart as ChartData
from analytics.chart import Marker, Point, Series
from bot.talk.cards import Card, Chart
from tests.adapters.local import cards
from tests.platforms.slack.blocks import dicts, problems, texts

Json = dict[str, Any]

MONTHS = ("Jan", "Feb", "Mar", "Apr")


def line(label: str, *values: float | None, emphasised: bool = False) -> Series:
    return Series(label, tuple(None if v is None else Point(v) for v in values), emphasised)


def card(*series: Series, labels: tuple[str, ...] = MONTHS, locale: str = "en", **parts: Any) -> Card:
    data = ChartData(
        parts.pop("question", "Did it rise?"), labels, series, parts.pop("unit", "points"), **parts
    )
    return Card("T", (Chart(data, "It rose."),), "F.", locale=locale)


def native(shown: Card) -> Json:
    return next(b for b in message(shown).blocks if b["type"] == "data_visualization")


def notes(shown: Card) -> str:
    return "\n".join(t for b in message(shown).blocks if b["type"] == "context" for t in texts(b))


def values(block: Json) -> dict[str, list[tuple[str, float]]]:
    return {s["name"]: [(p["label"], p["value"]) for p in s["data"]] for s in block["chart"]["series"]}


def test_a_series_without_gaps_is_a_line_with_its_unit():
    block = native(card(line("Support", 1, 2.345, 3, -4)))

    assert block["chart"]["type"] == "line"
    assert values(block) == {"Support": [("Jan", 1), ("Feb", 2.35), ("Mar", 3), ("Apr", -4)]}
    assert block["chart"]["axis_config"] == {"categories": [*MONTHS], "y_label": "points"}


def test_a_gap_is_left_out_and_named_and_no_line_leads_across_it():
    shown = card(line("Support", 1, None, 3, 4, emphasised=True), line("Others", 5, 6, 7, 8))
    block = native(shown)

    assert block["chart"]["type"] == "bar"
    assert values(block) == {
        "Support": [("Jan", 1), ("Mar", 3), ("Apr", 4)],
        "Others": [("Jan", 5), ("Mar", 7), ("Apr", 8)],
    }
    assert "a figure is missing there: Feb." in notes(shown)


def test_gaps_at_an_end_leave_a_line():
    shown = card(line("Support", None, 2, 3, None))

    assert native(shown)["chart"]["type"] == "line"
    assert "missing there: Jan and Apr." in notes(shown)


def test_a_series_of_mostly_gaps_is_only_in_the_table_rather_than_hide_the_one_that_matters():
    shown = card(line("Others", None, None, None, 8), line("Support", 1, 2, 3, 4, emphasised=True))

    assert [*values(native(shown))] == ["Support"]
    assert "Only in the table: Others." in notes(shown)
    assert "Others" in "".join(texts(message(shown).blocks[3]))


def test_no_figure_at_all_is_a_table_without_a_picture():
    blocks = message(card(line("Support", None, None, None, None))).blocks

    assert [block["type"] for block in blocks] == ["header", "section", "data_table"]
    assert "not shown" in [*texts(blocks[2])]


def test_every_value_and_range_is_in_the_table_in_the_language_of_the_card():
    data = ChartData(
        "Gestiegen?", ("Q1", "Q2"), (Series("Support", (Point(1_200.5, 1_000, 1_400), None)),), "€"
    )
    block = message(Card("T", (Chart(data, "S."),), "F.", locale="de")).blocks[3]

    assert block["caption"] == "Gestiegen? (€)"
    assert [[cell["text"] for cell in row] for row in block["rows"]] == [
        ["€", "Support"],
        ["Q1", "1.200,5 (1.000,0 bis 1.400,0)"],
        ["Q2", "nicht angezeigt"],
    ]


def test_what_happened_is_named_on_the_axis_and_in_its_row():
    shown = card(line("Support", 1, 2, 3, 4), marker=Marker(2, "ticket routing starts"))

    assert native(shown)["chart"]["axis_config"]["x_label"] == "Mar: ticket routing starts"
    assert "Mar · ticket routing starts" in [*texts(message(shown).blocks[3])]


def test_a_question_too_long_for_the_picture_stands_in_full_above_it():
    question = "Did satisfaction in Customer Support rise after ticket routing started?"
    blocks = message(card(line("Support", 1, 2, 3, 4), question=question)).blocks

    assert [block["type"] for block in blocks[1:4]] == ["section", "rich_text", "data_visualization"]
    assert [*texts(blocks[2])] == [question]
    assert blocks[3]["title"].endswith("…")


def test_names_that_are_the_same_once_short_stay_different():
    long = "Operations and Support"
    block = native(card(line(long + " North", 1, 2), line(long + " South", 3, 4), labels=("Jan", "Jan")))

    assert block["chart"]["axis_config"]["categories"] == ["Jan", "Jan 2"]
    assert [*values(block)] == ["Operations and Supp…", "Operations and Su… 2"]


def test_more_series_than_six_leave_those_that_matter():
    many = [line(f"Team {n}", 1, 2, 3, 4, emphasised=n == 7) for n in range(9)]
    shown = card(*many)

    assert [*values(native(shown))] == ["Team 7", "Team 0", "Team 1", "Team 2", "Team 3", "Team 4"]
    assert "Only in the table: Team 5, Team 6 and Team 8." in notes(shown)


def test_more_than_twenty_categories_show_the_latest():
    labels = tuple(f"Week {n}" for n in range(30))
    shown = card(line("Support", *range(30)), labels=labels)

    assert native(shown)["chart"]["axis_config"]["categories"] == [*labels[10:]]
    assert native(shown)["chart"]["type"] == "line"
    assert "The picture starts with Week 10; the table goes further back." in notes(shown)


def test_a_third_chart_of_a_message_is_a_table():
    one = card(line("Support", 1, 2, 3, 4)).elements[0]
    blocks = message(Card("T", (one, one, one), "F.")).blocks

    kinds = [block["type"] for block in blocks]
    assert kinds.count("data_visualization") == 2
    assert kinds.count("data_table") == 3


def test_a_single_point_is_a_bar():
    assert native(card(line("Support", 1), labels=("Jan",)))["chart"]["type"] == "bar"


# --- where Slack's own charts can't be


def test_without_native_charts_there_is_a_drawing_and_a_list_of_the_figures():
    blocks = message(cards.report(), native_charts=False).blocks
    drawing = next(part for part in dicts(blocks) if part.get("type") == "rich_text_preformatted")

    assert not {"data_table", "data_visualization"} & {block["type"] for block in blocks}
    assert "● Support" in drawing["elements"][0]["text"]
    assert max(map(len, drawing["elements"][0]["text"].split("\n"))) <= 64
    listed = ["".join(texts(part)) for part in dicts(blocks) if part.get("type") == "rich_text_section"]
    assert "Aug: Support not shown · six other departments 66 (64 to 68)" in listed


def test_a_drawing_writes_its_numbers_as_the_reader_does():
    shown = card(line("Support", 1_000, 2_000, 3_000, 4_000), locale="de")
    drawing = next(
        part
        for part in dicts(message(shown, native_charts=False).blocks)
        if part.get("type") == "rich_text_preformatted"
    )

    assert "4.000" in drawing["elements"][0]["text"]


def test_a_chart_of_nothing_is_not_drawn():
    shown = card(line("Support", None, None, None, None), zero_line=True)

    assert not [
        part
        for part in dicts(message(shown, native_charts=False).blocks)
        if part.get("type") == "rich_text_preformatted"
    ]


def test_a_modal_lists_the_figures_in_words():
    view = modal(cards.report())

    assert problems(view, "modal") == []
    assert {block["type"] for block in view["blocks"]} <= {
        "rich_text",
        "section",
        "context",
        "actions",
        "header",
    }
    assert "78 (72 to 83)" in "".join(texts(view))


@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_notes_of_a_chart_stand_below_its_figures(locale: str):
    shown = card(line("Support", 1, None, 3, 4), locale=locale, notes=("One month is withheld.",))
    blocks = home(shown)["blocks"]

    assert [block["type"] for block in blocks][-2:] == ["data_table", "context"]
    assert next(texts(blocks[-1])).endswith("\nOne month is withheld.")
