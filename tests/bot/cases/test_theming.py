"""Themes of comments from the close to the card: what is counted, what passes the gate, what people read."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text.themes import builtin
from analytics.text.tone import Tone
from bot.cases import results, surveys
from bot.cases.theming import PARTS, SILENT, SPOKEN, UNCLEAR, ThemeItem, points, spoken
from bot.store import vault
from bot.store.unit import Store
from bot.talk.cards import Card, Note, Table
from tests.fakes import FakeClock
from tests.platforms.scorers import PlainScorer
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FORTNIGHT = timedelta(days=14)
THEMES = [theme.key for theme in builtin().themes]

PAY, FOOD, NOTHING = "the pay is bad", "good food in the canteen", "it is what it is, really"


@pytest.fixture
def town(store: Store, clock: FakeClock) -> Town:
    clock.move_to(MONDAY)
    return Town(store, clock)


def fielded(town: Town, comments: Sequence[str], people: Sequence[int]) -> None:
    """Open a wave, let people comment, close it."""
    town.opens()
    for person, comment in zip(people, comments, strict=False):
        town.answers(person, job_satisfaction="4", pulse_comment=comment)
    town.clock.move_to(town.wave().closes_at + timedelta(minutes=1))
    town.closes()


def card(town: Town, reader: int, path: str = "") -> Card:
    return town.store.read(
        lambda unit: results.overview(town.recipient(unit, reader), town.wave_in(unit), path)
    )


def table(town: Town, reader: int, path: str = "") -> dict[str, tuple[str, ...]]:
    """Return what the table of themes says: the theme, and what stands beside it."""
    named = [e for e in card(town, reader, path).elements if isinstance(e, Table)]
    rows = [row for one in named if one.caption == "What people wrote about" for row in one.rows]
    return {name: tuple(rest) for name, *rest in rows}


keys = st.text(st.sampled_from("abc-19"), min_size=1, max_size=8)


@given(st.builds(ThemeItem, keys, keys, keys, st.sampled_from(PARTS)))
def test_the_name_of_an_item_can_be_read_back(item: ThemeItem):
    assert ThemeItem.read(item.key) == item


@pytest.mark.parametrize("key", ["", "pulse-comment", "a/b", "a/b/1/else", "a/b/1/share/x"])
def test_the_name_of_a_question_is_no_item(key: str):
    assert ThemeItem.read(key) is None


@pytest.mark.parametrize(
    ("comment", "language", "tones"),
    [
        ("The pay is bad but the food is good", "en", {"pay": "negative", "facilities": "positive"}),
        ("good pay; bad pay", "en", {"pay": "unclear"}),
        ("good pay. The pay is on time", "en", {"pay": "positive"}),
        ("The pay is on time every month", "en", {"pay": "neutral"}),
        ("Das Gehalt kommt immer zu spät", "de", {"pay": "unclear"}),
        ("it is what it is, really", "en", {}),
    ],
)
def test_a_comment_has_a_tone_for_each_theme_that_it_speaks_of(comment: str, language: str, tones: dict):
    said = spoken(comment, language, builtin(), PlainScorer())

    assert said is not None
    assert said.tones == tones


@pytest.mark.parametrize(
    ("comment", "language"),
    [("n/a", "en"), ("", "en"), ("zbyt niska pensja, za dużo pracy w nocy", "pl"), ("‹name›", "en")],
)
def test_what_says_nothing_or_is_in_another_language_is_not_counted(comment: str, language: str):
    assert spoken(comment, language, builtin(), PlainScorer()) is None


comments = st.lists(
    st.tuples(
        st.sampled_from(["", "A", "A/x", "B"]),
        st.none()
        | st.dictionaries(st.sampled_from(THEMES), st.sampled_from(list(Tone))).map(
            lambda tones: type("Said", (), {"tones": tones})()
        ),
    ),
    max_size=40,
)


@given(comments)
def test_every_comment_that_was_read_counts_once_for_each_theme(made):
    read = [said for _, said in made if said is not None]

    for item, found, width in points(made, "q", builtin()):
        assert all(0 <= point < width for _, point in found)
        speaking = [said.tones[item.theme] for said in read if item.theme in said.tones]
        if item.part == "share":
            assert len(found) == len(read)
            assert [point for _, point in found].count(SPOKEN) == len(speaking)
            assert [point for _, point in found].count(SILENT) == len(read) - len(speaking)
        else:
            assert len(found) == sum(tone in {"negative", "neutral", "positive"} for tone in speaking)


def test_a_theme_that_enough_people_wrote_about_is_shown_with_range_and_tone(town: Town):
    people = town.has("Support", 40)
    town.runs(owner=people[0])

    fielded(town, [PAY] * 15 + [FOOD] * 6 + [NOTHING] * 15, people)

    shown = table(town, people[0])
    assert [*shown] == ["Pay and benefits", "Facilities and food"]
    share, change, tone = shown["Pay and benefits"]
    assert share.startswith("42%")
    assert change == "not shown last time"
    assert "negative" in tone or "complaint" in tone
    assert shown["Facilities and food"][2] == "too few to tell"
    assert any(isinstance(e, Note) and "at least 5 people" in e.body for e in card(town, people[0]).elements)


@pytest.mark.parametrize("speaking", range(5))
def test_a_theme_of_fewer_people_than_the_threshold_is_not_named(town: Town, speaking: int):
    people = town.has("Support", 40)
    town.runs(owner=people[0])

    fielded(town, [FOOD] * speaking + [PAY] * 12 + [NOTHING] * 20, people)

    assert [*table(town, people[0])] == ["Pay and benefits"]


def test_nothing_textual_is_shown_of_fewer_comments_than_its_threshold(town: Town):
    people = town.has("Support", 40)
    town.runs(owner=people[0])

    fielded(town, [PAY] * 5 + [NOTHING] * 4, people)

    assert table(town, people[0]) == {}


def test_no_text_and_no_theme_is_kept_beside_a_person(town: Town):
    people = town.has("Support", 20)
    town.runs(owner=people[0])

    fielded(town, [PAY] * 12 + [NOTHING] * 6, people)

    sums = town.store.read(lambda unit: vault.sums(unit, town.wave_in(unit).id))
    shares = [row for row in sums if (item := ThemeItem.read(row.question)) and item.part == "share"]
    assert {row.n for row in shares} == {18}
    assert len(shares) == len([*THEMES, UNCLEAR])


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [(6, 30, "more often"), (30, 6, "less often"), (14, 16, "no more than chance")],
)
def test_a_theme_is_compared_with_last_time_and_chance_is_no_change(
    town: Town, before: int, now: int, said: str
):
    people = town.has("Support", 45)
    town.runs(owner=people[0])
    fielded(town, [PAY] * before + [NOTHING] * (40 - before), people)
    town.clock.move_to(MONDAY + FORTNIGHT)

    fielded(town, [PAY] * now + [NOTHING] * (40 - now), people)

    assert table(town, people[0])["Pay and benefits"][1] == said


def test_where_hr_has_not_switched_it_on_neither_tone_nor_themes_are_read(town: Town):
    people = town.has("Support", 40)
    town.store.write(lambda unit: surveys.read_comments(unit, "command", "off"))
    town.runs(owner=people[0])

    fielded(town, [PAY] * 20 + [FOOD] * 15, people)

    assert table(town, people[0]) == {}
    readings = town.store.read(lambda unit: unit.readings.of_wave(town.wave_in(unit).id, ""))
    assert [(r.state, r.reason) for r in readings if r.metric == "tone_balance"] == [("withheld", "off")]
    sums = town.store.read(lambda unit: vault.sums(unit, town.wave_in(unit).id))
    assert not [row for row in sums if ThemeItem.read(row.question)]


def test_what_held_at_the_launch_of_a_wave_holds_at_its_close(town: Town):
    people = town.has("Support", 40)
    town.runs(owner=people[0])
    town.opens()
    town.store.write(lambda unit: surveys.read_comments(unit, "command", "off"))

    fielded(town, [PAY] * 20 + [NOTHING] * 15, people)

    assert [*table(town, people[0])] == ["Pay and benefits"]
