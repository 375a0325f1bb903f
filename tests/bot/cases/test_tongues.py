"""Comments in the trial languages from the close to the card: apart from English, a direction at most, never a few."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text.beta.correction import widened
from analytics.text.beta.model import Quality, shipped
from analytics.text.beta.scorer import Polyglot
from bot.cases import readings, results
from bot.cases.theming import ThemeItem
from bot.cases.tongues import TongueItem, points
from bot.store import vault
from bot.store.tables import Reading
from bot.store.unit import Store
from bot.talk.cards import Card, Facts, Note, Table
from bot.talk.language import words
from tests.fakes import FakeClock
from tests.platforms.scorers import PlainScorer
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
COMPLAINT, PRAISE = (
    "Wir sind alle völlig überlastet und gestresst",
    "Das Team ist sehr freundlich und hilfsbereit",
)
UNKNOWN, ENGLISH = "Wir sind im Mai in den zweiten Stock gezogen", "The team is really great and friendly"
GERMAN = "German"
TONE = words("en")("results.label.tone_balance")


@pytest.fixture
def town(store: Store, clock: FakeClock) -> Town:
    clock.move_to(MONDAY)
    return Town(store, clock)


def fielded(town: Town, comments: Sequence[str], people: Sequence[int]) -> None:
    """Open a wave, let people comment, close it with the scorers that ship."""
    town.opens()
    for person, comment in zip(people, comments, strict=False):
        town.answers(person, job_satisfaction="4", pulse_comment=comment)
    town.clock.move_to(town.wave().closes_at + timedelta(minutes=1))
    readings.close_due(town.store, Polyglot)


def card(town: Town, reader: int) -> Card:
    return town.store.read(
        lambda unit: results.overview(town.recipient(unit, reader), town.wave_in(unit), "")
    )


def table(town: Town, reader: int) -> dict[str, tuple[str, ...]]:
    named = [e for e in card(town, reader).elements if isinstance(e, Table) and "trial" in e.caption]
    return {name: tuple(rest) for one in named for name, *rest in one.rows}


def of_german(town: Town) -> list[Reading]:
    found = town.store.read(lambda unit: unit.readings.of_wave(town.wave_in(unit).id))
    return [one for one in found if TongueItem.read(one.item)]


def test_a_direction_is_shown_with_how_often_it_is_read_right(town: Town):
    people = town.has("Support", 60)
    town.runs(owner=people[0])

    fielded(town, [COMPLAINT] * 34 + [PRAISE] * 3 + [UNKNOWN] * 5, people)

    assert table(town, people[0]) == {GERMAN: ("more complaint than praise", "about 8 of 10")}
    assert any(isinstance(e, Note) and "film subtitles" in e.body for e in card(town, people[0]).elements)


def test_what_chance_or_misreading_can_explain_has_no_direction(town: Town):
    people = town.has("Support", 60)
    town.runs(owner=people[0])

    fielded(town, [COMPLAINT] * 24 + [PRAISE] * 8, people)

    assert table(town, people[0])[GERMAN][0] == "cannot be told"


def test_a_language_in_which_too_few_wrote_is_not_seen(town: Town):
    people = town.has("Support", 40)
    town.runs(owner=people[0])

    fielded(town, [COMPLAINT] * 9 + [ENGLISH] * 20, people)

    assert table(town, people[0]) == {}
    assert of_german(town) == []


def test_a_few_who_write_in_a_language_do_not_follow_from_what_is_shown_of_the_rest(town: Town):
    support, sales = town.has("Support", 30), town.has("Sales", 30)
    town.runs(owner=support[0])

    mixed = [COMPLAINT] * 14 + [ENGLISH] * 10
    few = [COMPLAINT] * 3 + [ENGLISH] * 20
    fielded(town, mixed + few, support[: len(mixed)] + sales[: len(few)])

    shown = {one.path for one in of_german(town) if one.state != "withheld"}
    assert "Sales" not in shown
    assert not {"", "Support"} <= shown


def test_the_tone_of_english_comments_is_the_same_whatever_else_is_written(town: Town):
    people = town.has("Support", 60)
    town.runs(owner=people[0])

    fielded(town, [ENGLISH] * 15 + ["Too many meetings, it is frustrating"] * 6 + [COMPLAINT] * 20, people)

    found = town.store.read(lambda unit: unit.readings.of_wave(town.wave_in(unit).id, ""))
    (english,) = (r for r in found if r.metric == "tone_balance" and "/" not in r.item)
    sums = town.store.read(lambda unit: vault.sums(unit, town.wave_in(unit).id))
    (counted,) = (row for row in sums if row.question == english.item and row.cell == "Support")
    assert sum(counted.points) == 21
    assert counted.points[0] == 6


def test_the_facts_of_a_card_hold_one_tone_that_of_english(town: Town):
    people = town.has("Support", 60)
    town.runs(owner=people[0])

    fielded(town, [ENGLISH] * 15 + ["Too many meetings, the pay is bad"] * 14 + [COMPLAINT] * 20, people)

    labels = [fact.label for e in card(town, people[0]).elements if isinstance(e, Facts) for fact in e.items]
    assert [label for label in labels if "tone" in label.lower()] == [TONE]


def test_a_range_that_is_kept_is_wider_than_chance_alone(town: Town):
    people = town.has("Support", 60)
    town.runs(owner=people[0])

    fielded(town, [COMPLAINT] * 24 + [PRAISE] * 8, people)

    (whole,) = (one for one in of_german(town) if one.path == "")
    assert whole.low == -100.0
    assert whole.high > whole.value + 30


def test_a_scorer_of_one_language_counts_none_of_the_others():
    assert list(points([("A", COMPLAINT, "de")] * 12, "q", PlainScorer())) == []


def test_only_praise_and_complaint_are_counted_each_language_for_itself():
    texts = [("A", COMPLAINT, "de"), ("B", PRAISE, "de"), ("A", UNKNOWN, "de"), ("A", ENGLISH, "en")]
    texts += [("A", "L'équipe est vraiment géniale et solidaire", "fr"), ("A", "n/a", "de")]

    found = {item.language: fallen for item, fallen, _ in points(texts, "q", Polyglot())}

    assert found == {"de": [("A", 0), ("B", 2)], "fr": [("A", 2)]}


names = st.text(st.sampled_from("abc-19"), min_size=1, max_size=8)


@given(st.builds(TongueItem, names, names, names))
def test_the_name_of_an_item_can_be_read_back_and_is_no_themes(item: TongueItem):
    assert TongueItem.read(item.key) == item
    assert ThemeItem.read(item.key) is None


@pytest.mark.parametrize("key", ["", "pulse-comment", "q/pay/1/share", "a/b/beta"])
def test_the_name_of_anything_else_is_no_item(key: str):
    assert TongueItem.read(key) is None


shares = st.floats(0.3, 1.0)


@given(st.floats(-100, 100), st.floats(0, 200), shares, shares)
def test_a_range_only_grows_and_stays_within_the_scale(
    low: float, width: float, praise: float, complaint: float
):
    high = min(low + width, 100.0)
    wider = widened(low, high, Quality(900, 0.6, 0.5, 0.8, praise, complaint))
    assert -100 <= wider[0] <= low <= high <= wider[1] <= 100


def test_a_range_is_what_the_formula_says():
    # Read right 0.9 and 0.8 of the time, each off by 0.1: the worst corners, worked out by hand.
    low, high = widened(-20.0, 20.0, Quality(900, 0.6, 0.5, 0.8, 0.9, 0.8))
    assert low == pytest.approx(200 * (0.4 + 0.7 - 1) / (1.0 + 0.7 - 1) - 100)
    assert high == pytest.approx(200 * (0.6 + 0.9 - 1) / (0.8 + 0.9 - 1) - 100)


def test_a_scorer_like_a_coin_tells_nothing():
    assert widened(40.0, 60.0, Quality(900, 0.5, 1.0, 0.5, 0.5, 0.5)) == (-100.0, 100.0)


def test_the_shipped_ones_are_better_than_that():
    assert widened(-95.0, -70.0, shipped("de").quality)[1] < 0
