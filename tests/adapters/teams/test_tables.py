from typing import Any

import pytest

from adapters.teams.render import adaptive
from bot.talk.cards import Card, Table
from tests.adapters.local import cards
from tests.platforms.teams.cards import problems
from tests.platforms.teams.walk import oldest, texts

Json = dict[str, Any]


def parts(table: Table, locale: str = "en") -> list[Json]:
    inside: list[Json] = adaptive(Card("T", (table,), "F.", locale=locale))["body"][1]["items"]
    return inside


def cells(table: Json) -> list[list[str]]:
    return [["".join(texts(cell)) for cell in row["cells"]] for row in table["rows"]]


def test_a_table_has_a_caption_a_header_and_for_older_clients_a_sentence_for_each_row():
    caption, table = adaptive(cards.refusal())["body"][2]["items"]

    assert caption["text"] == "What stands without an effect"
    assert cells(table)[0] == ["What", "A year", "Pays from"]
    assert [*texts(table["fallback"])] == [
        "Cost of the tool: A year €6,000 · Pays from 29 saved hours a month (counted at half)",
        "A resignation: A year €10,080 · Pays from 0.6 avoided a year",
    ]


def test_a_column_is_as_wide_as_its_longest_word_needs():
    table = parts(Table("Today", ("When", "What"), (("09:30", "Coffee with Ingrid, your buddy"),)))[1]
    narrow, wide = (column["width"] for column in table["columns"])

    assert 272 * narrow / (narrow + wide) >= 5 * 8 + 16
    assert wide > 2 * narrow


def test_a_table_too_wide_for_a_narrow_pane_is_read_row_by_row():
    table = Table(
        "Teams", ("Team", "n", "Rate", "Mean", "Change"), (("Support", "18", "80 %", "4.1", "+0.2"),)
    )
    _, listed = parts(table)
    (row,) = listed["items"]

    assert listed["type"] == "Container"
    assert [*texts(row)] == ["Support", "n 18 · Rate 80 % · Mean 4.1 · Change +0.2"]


def test_four_columns_of_long_words_are_too_wide_too():
    words = ("Zuständigkeit", "Verantwortung", "Beteiligungsquote", "Veröffentlichung")

    assert parts(Table("Lang", words, (words,)))[1]["type"] == "Container"
    assert parts(Table("Short", ("a", "b", "c", "d"), (("a", "b", "c", "d"),)))[1]["type"] == "Table"


@pytest.mark.parametrize(
    ("locale", "note"), [("en", "more that did not fit here."), ("de", "die hier keinen Platz hatten.")]
)
def test_a_table_too_long_for_a_message_says_how_many_rows_are_left_out(locale: str, note: str):
    rows = tuple((f"Team {n}", str(n)) for n in range(1_000))
    _, table, said = parts(Table("Sizes", ("Team", "n"), rows), locale)
    shown = len(table["rows"]) - 1

    assert 50 < shown < 1_000
    assert str(1_000 - shown) in said["text"].replace(",", "").replace(".", "")
    assert note in said["text"]
    assert len(table["fallback"]["items"]) == shown


def test_two_tables_share_what_a_card_may_hold():
    rows = tuple((f"Team {n}", str(n)) for n in range(1_000))
    table = Table("Sizes", ("Team", "n"), rows)
    first, second = adaptive(Card("T", (table, table), "F."))["body"][1:]

    assert [part["type"] for part in first["items"]] == ["TextBlock", "Table", "TextBlock"]
    assert [part["type"] for part in second["items"]] == ["TextBlock", "TextBlock"]


def test_a_row_that_lacks_cells_is_filled_up():
    table = parts(Table("Sizes", ("Team", "n"), (("Support",), ("Sales", "7", "new"))))[1]

    assert cells(table) == [["Team", "n", "–"], ["Support", "–", "–"], ["Sales", "7", "new"]]


def test_a_table_without_a_header_has_no_row_that_would_be_taken_for_one():
    (listed,) = parts(Table("", (), (("Support", "18"), ("Sales", "7"))))

    assert listed["type"] == "Container"
    assert [*texts(listed)] == ["Support", "18", "Sales", "7"]


def test_a_table_without_rows_is_its_caption():
    assert [*texts(parts(Table("Sizes", ("Team", "n"), ())))] == ["Sizes"]


def test_a_very_long_cell_is_cut():
    table = parts(Table("Long", ("a", "b"), (("x" * 5_000, "y"),)))[1]

    assert cells(table)[1][0] == "x" * 499 + "…"


def test_a_cell_of_several_lines_is_one_line_and_does_not_become_markup():
    payload = adaptive(Card("T", (Table("Sizes", ("Team", "n"), (("- a\n- b", "**7**"),)),), "F."))
    seen, _ = oldest(payload, frozenset({"Table"}))

    assert problems(payload) == []
    assert "\u2060- a - b: ∗∗7∗∗" in [*texts(seen)]
