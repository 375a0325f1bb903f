"""Response styles from the close to what HR reads: who is counted, what passes the gate, what is withheld and why."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases import results, styles
from bot.cases.styling import ABOVE, AT, BELOW, OTHERS, WITH_STYLE, StyleItem, points
from bot.store.unit import Store
from bot.talk.cards import Card, Note
from bot.talk.commands import Role
from surveys.loader import builtin
from surveys.questions import Question
from tests.fakes import FakeClock
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PULSE = builtin()["pulse"]
AGREED = [question for question in PULSE.questions if question.type == "likert"][:7]


@pytest.fixture
def town(store: Store, clock: FakeClock) -> Town:
    clock.move_to(MONDAY)
    return Town(store, clock)


def found(questions: list[Question], *sheets: Mapping[str, str]) -> dict[str, list[int]]:
    return {
        item.key: [c for _, c in placed] for item, placed, _ in points([("", s) for s in sheets], questions)
    }


@given(st.sampled_from(["extreme", "agreement", "yes"]), st.text("abc-1", min_size=1, max_size=9))
def test_the_name_of_a_style_can_be_read_back(part, question: str):
    assert StyleItem.read(StyleItem(part).key) == StyleItem(part)
    assert StyleItem.read(StyleItem("standing", question).key) == StyleItem("standing", question)


@pytest.mark.parametrize(
    "key", ["", "style", "style/else", "style/standing", "pulse-comment/pay/1/share", "style/extreme/x"]
)
def test_the_name_of_anything_else_is_no_style(key: str):
    assert StyleItem.read(key) is None


def test_a_sheet_with_one_answer_has_no_style():
    assert found(AGREED, {AGREED[0].key: "5"}, {}) == {}


def test_who_chooses_an_end_in_more_than_half_of_the_answers_is_counted_with_the_style():
    first, second, third = (question.key for question in AGREED[:3])

    counted = found(
        AGREED,
        {first: "5", second: "1"},
        {first: "5", second: "3"},
        {first: "5", second: "1", third: "3"},
        {first: "4", second: "2"},
    )

    assert counted["style/extreme"] == [WITH_STYLE, OTHERS, WITH_STYLE, OTHERS]


def test_with_five_answers_each_question_is_placed_against_the_own_mean():
    keys = [question.key for question in AGREED[:5]]

    counted = found(
        AGREED, dict(zip(keys, "54321", strict=True)), dict.fromkeys(keys, "4"), {keys[0]: "5", keys[1]: "1"}
    )

    assert [counted[f"style/standing/{key}"] for key in keys] == [
        [ABOVE, AT],
        [ABOVE, AT],
        [AT, AT],
        [BELOW, AT],
        [BELOW, AT],
    ]


def pulse(town: Town, answers: Mapping[str, list[tuple[str, str]]]) -> list[int]:
    """Field a pulse in departments that answer the anchor and the rotating question, and return the people."""
    people = {path: town.has(path, len(said) + 4) for path, said in answers.items()}
    everyone = [person for group in people.values() for person in group]
    town.runs(owner=everyone[0])
    town.store.write(lambda unit: unit.people.grant(everyone[0], Role.HR_ADMIN, unit.now))
    town.opens()
    asked = town.store.read(lambda unit: unit.waves.asked(town.wave_in(unit).id))
    for path, said in answers.items():
        for person, (anchor, rotating) in zip(people[path], said, strict=False):
            (other,) = [key for key in asked[person] if key not in ("job-satisfaction", "pulse-comment")]
            town.answers(person, **{"job_satisfaction": anchor, other.replace("-", "_"): rotating})
    town.clock.move_to(town.wave().closes_at + timedelta(minutes=1))
    town.closes()
    return everyone


def looked(town: Town) -> styles.Styles:
    return town.store.read(lambda unit: styles.of_wave(unit, town.wave_in(unit)))


def notes(town: Town, reader: int) -> str:
    def card(unit) -> Card:
        return results.overview(town.recipient(unit, reader), town.wave_in(unit), "")

    return " ".join(e.body for e in town.store.read(card).elements if isinstance(e, Note))


ENDS, INSIDE = [("5", "1"), ("1", "5"), ("5", "5")], [("4", "2"), ("2", "4"), ("3", "4")]


def test_departments_that_use_the_ends_differently_are_not_to_be_compared(town: Town):
    people = pulse(town, {"North": (ENDS * 9)[:24] + INSIDE * 2, "South": INSIDE * 8 + ENDS * 2})

    styled = looked(town)
    shown = {r.path: r.value for r in styled.shares["extreme"]}
    assert shown["North"] == pytest.approx(0.8)
    assert shown["South"] == pytest.approx(0.2)
    assert styled.incomparable
    assert "compare each with its own earlier results" in notes(town, people[0])


def test_departments_alike_are_shown_without_a_warning(town: Town):
    people = pulse(town, {"North": ENDS * 5 + INSIDE * 5, "South": ENDS * 5 + INSIDE * 5})

    assert set(looked(town).shares) == {"extreme"}
    assert not looked(town).incomparable
    assert "compare each" not in notes(town, people[0])


def test_of_a_pulse_of_two_scales_nothing_is_adjusted(town: Town):
    pulse(town, {"North": ENDS * 5 + INSIDE * 5, "South": ENDS * 5 + INSIDE * 5})

    assert looked(town).standings == []


def test_a_department_of_fewer_people_than_the_threshold_has_no_style(town: Town):
    pulse(town, {"North": ENDS * 5 + INSIDE * 5, "South": ENDS + INSIDE * 5, "Tiny": [("5", "5")] * 4})

    assert "Tiny" not in {r.path for r in looked(town).shares["extreme"]}


def test_a_style_that_all_have_has_no_number_and_is_not_compared(town: Town):
    pulse(town, {"North": ENDS * 7, "South": ENDS * 4 + INSIDE * 4})

    assert not [r for r in looked(town).shares["extreme"] if r.path == "North" and r.value is not None]
    assert looked(town).differences["extreme"] is None
