import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import surveys.questions
from surveys.errors import InvalidAnswer, QuestionError, SurveyError
from surveys.formats import Choice, FreeText, Scale
from surveys.questions import (
    TYPES,
    Question,
    QuestionType,
    check,
    favourable,
    from_dict,
    read,
    response_format,
    score,
    to_dict,
)
from surveys.questions.choice import DECLINED
from surveys.questions.recommend import group
from tests.surveys.strategies import (
    CHOICE,
    EXAMPLES,
    LIKERT,
    QUESTIONS,
    RECOMMEND,
    TEXT,
    any_question,
    both,
    likert_questions,
    question,
)

every_example = pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)


def _written_types() -> set[type]:
    found: set[type] = set()
    for info in pkgutil.iter_modules(surveys.questions.__path__):
        module = importlib.import_module(f"surveys.questions.{info.name}")
        found |= {
            kind
            for _, kind in inspect.getmembers(module, inspect.isclass)
            if kind.__module__ == module.__name__ and hasattr(kind, "read") and kind is not QuestionType
        }
    return found


def test_every_type_that_is_written_is_registered_and_has_a_strategy() -> None:
    assert _written_types() == {type(kind) for kind in TYPES.values()}
    assert set(TYPES) == set(QUESTIONS) == set(EXAMPLES)


@given(any_question, st.sampled_from(["en", "de", "de-formal", "de_AT", "fr"]))
def test_every_question_can_be_drawn_in_every_language(item: Question, language: str) -> None:
    check(item)
    drawn = response_format(item, language)

    assert item.stem_in(language)
    match drawn:
        case Scale(options, low, high):
            assert len(options) >= 2
            assert low
            assert high
        case Choice(options):
            assert [option.value for option in options] == list(item.options)
            assert all(option.label for option in options)
        case FreeText(limit):
            assert 1 <= limit <= 2000


@given(any_question)
def test_every_option_shown_is_an_answer_that_is_read_back_unchanged(item: Question) -> None:
    drawn = response_format(item, "en")
    values = [] if isinstance(drawn, FreeText) else [option.value for option in drawn.options]

    assert [read(item, value) for value in values] == values


@given(any_question)
def test_a_question_survives_json(item: Question) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(item)))) == item


@given(any_question, st.text() | st.none() | st.integers() | st.binary() | st.lists(st.text()))
def test_reading_gives_a_value_none_or_a_refusal_and_is_stable(item: Question, raw: object) -> None:
    try:
        value = read(item, raw)
    except InvalidAnswer:
        return  # anything but a refusal would fail the test

    assert value is None or read(item, value) == value


@every_example
@pytest.mark.parametrize("raw", [None, "", "   ", "\n\t"])
def test_skipping_is_always_allowed_and_is_no_answer(example: Question, raw: str | None) -> None:
    assert read(example, raw) is None


@every_example
@pytest.mark.parametrize("raw", [7, 7.0, True, b"7", ["7"], {"value": "7"}])
def test_a_value_of_the_wrong_type_is_refused(example: Question, raw: object) -> None:
    with pytest.raises(InvalidAnswer) as refusal:
        read(example, raw)

    assert refusal.value.key == "answer.wrong_type"


@every_example
def test_a_megabyte_is_refused_without_repeating_it(example: Question) -> None:
    with pytest.raises(InvalidAnswer) as refusal:
        read(example, "secret " * 150_000)

    assert "secret" not in str(refusal.value)
    assert "secret" not in repr(refusal.value)


@pytest.mark.parametrize(
    "raw", ["-1", "11", "07", "7.0", "1e1", "٣", "7\x00", "\ud800", "seven", "10; DROP", "½"]
)
def test_what_is_not_on_the_recommend_scale_is_refused_with_its_ends(raw: str) -> None:
    with pytest.raises(InvalidAnswer) as refusal:
        read(RECOMMEND, raw)

    assert (refusal.value.key, refusal.value.values) == ("answer.out_of_range", {"low": 0, "high": 10})


@pytest.mark.parametrize("raw", ["0", "6", "agree", "5.0", "٣", "1 2"])
def test_what_is_not_on_a_likert_scale_is_refused_with_its_ends(raw: str) -> None:
    with pytest.raises(InvalidAnswer) as refusal:
        read(LIKERT, raw)

    assert (refusal.value.key, refusal.value.values) == ("answer.out_of_range", {"low": 1, "high": 5})


@pytest.mark.parametrize("raw", ["Home", "garden", "home\x00", "home,office"])
def test_what_is_not_among_the_options_is_refused(raw: str) -> None:
    with pytest.raises(InvalidAnswer) as refusal:
        read(CHOICE, raw)

    assert (refusal.value.key, refusal.value.values) == ("answer.unknown_option", {})


def test_space_around_a_typed_number_does_not_matter() -> None:
    assert read(RECOMMEND, " 10 ") == "10"


def test_the_recommend_scale_shows_0_to_10_and_names_its_ends() -> None:
    drawn = response_format(RECOMMEND, "de")

    assert isinstance(drawn, Scale)
    assert [option.value for option in drawn.options] == [str(point) for point in range(11)]
    assert (drawn.low_label, drawn.high_label) == ("low (de)", "high (de)")


def test_recommend_groups_are_those_of_the_method() -> None:
    groups = {str(point): group(str(point)) for point in range(11)}

    assert [point for point, name in groups.items() if name == "promoter"] == ["9", "10"]
    assert [point for point, name in groups.items() if name == "passive"] == ["7", "8"]
    assert [point for point, name in groups.items() if name == "detractor"] == [str(n) for n in range(7)]


def test_a_passive_is_neither_favourable_nor_unfavourable() -> None:
    assert [favourable(RECOMMEND, value) for value in ("6", "7", "8", "9")] == [False, None, None, True]


def test_the_top_two_of_five_points_are_favourable() -> None:
    assert [favourable(LIKERT, str(point)) for point in range(1, 6)] == [False, False, False, True, True]


def test_where_lower_is_better_the_bottom_two_of_five_points_are_favourable() -> None:
    workload = question("likert", direction="lower", labels=LIKERT.labels)

    assert [favourable(workload, str(point)) for point in range(1, 6)] == [True, True, False, False, False]


@given(likert_questions())
def test_favourable_and_its_mirror_never_overlap_and_leave_only_the_middle_out(item: Question) -> None:
    points = len(item.labels["en"])
    values = [str(point) for point in range(1, points + 1)]
    good = [favourable(item, value) for value in values]

    assert sum(map(bool, good)) == points // 2
    assert not any(here and there for here, there in zip(good, reversed(good), strict=True))


@given(likert_questions())
def test_scores_rise_with_the_points_shown_whatever_the_direction(item: Question) -> None:
    drawn = response_format(item, "en")

    assert isinstance(drawn, Scale)
    assert [score(item, option.value) for option in drawn.options] == [
        float(place) for place in range(1, len(drawn.options) + 1)
    ]


def test_recommend_is_scored_by_its_number_and_words_and_choices_are_not_scored() -> None:
    assert score(RECOMMEND, "9") == 9.0
    assert score(CHOICE, "home") is favourable(CHOICE, "home") is None
    assert score(TEXT, "good") is favourable(TEXT, "good") is None


@pytest.mark.parametrize("ask", [score, favourable])
def test_a_damaged_stored_value_is_never_scored(ask: Callable[[Question, str], object]) -> None:
    for item, value in ((LIKERT, "6"), (RECOMMEND, "11"), (LIKERT, "")):
        with pytest.raises(InvalidAnswer):
            ask(item, value)


def test_declining_is_the_last_option_and_an_answer_of_its_own() -> None:
    drawn = response_format(CHOICE, "en")

    assert isinstance(drawn, Choice)
    assert drawn.options[-1].value == DECLINED
    assert read(CHOICE, DECLINED) == DECLINED


def test_a_missing_language_falls_back_to_its_parent_then_to_english() -> None:
    assert LIKERT.stem_in("de-formal") == LIKERT.stem_in("de_AT") == "Wie ist es?"
    assert LIKERT.stem_in("fr") == LIKERT.stem_in("") == "How is it?"


_MISMADE: dict[str, tuple[Question, str]] = {
    "unknown type": (question("slider"), "type"),
    "no English": (question("text", stem={"de": "Wie?"}), "stem"),
    "empty stem": (question("text", stem={"en": "How?", "de": " "}), "stem.de"),
    "endless stem": (question("text", stem={"en": "x" * 301}), "stem.en"),
    "text with a direction": (question("text", direction="higher"), "direction"),
    "text with labels": (question("text", labels=both("a", "b")), "labels"),
    "text longer than allowed": (question("text", limit=2001), "limit"),
    "likert without direction": (question("likert", labels=LIKERT.labels), "direction"),
    "likert without labels": (question("likert", direction="higher"), "labels"),
    "likert with a limit": (question("likert", direction="higher", labels=LIKERT.labels, limit=9), "limit"),
    "likert with one label too few": (
        question("likert", direction="lower", labels={"en": ("a", "b"), "de": ("a",)}),
        "labels.de",
    ),
    "labels that repeat": (question("likert", direction="lower", labels=both("a", "a")), "labels.en"),
    "labels in too few languages": (
        question("likert", direction="lower", labels={"en": ("a", "b")}),
        "labels",
    ),
    "a label too long for Slack": (
        question("likert", direction="lower", labels=both("a" * 76, "b")),
        "labels.en",
    ),
    "recommend upside down": (
        question("recommend", direction="lower", labels=RECOMMEND.labels),
        "direction",
    ),
    "one option": (question("choice", options=("a",), labels=both("A")), "options"),
    "the same option twice": (question("choice", options=("a", "a"), labels=both("A", "B")), "options"),
    "an empty option": (question("choice", options=("a", ""), labels=both("A", "B")), "options"),
    "declining first": (question("choice", options=(DECLINED, "a"), labels=both("A", "B")), "options"),
    "choice with a direction": (
        question("choice", options=("a", "b"), labels=both("A", "B"), direction="higher"),
        "direction",
    ),
}


@pytest.mark.parametrize(("item", "field"), _MISMADE.values(), ids=_MISMADE)
def test_a_question_that_contradicts_its_type_is_refused_and_its_field_named(
    item: Question, field: str
) -> None:
    with pytest.raises(QuestionError) as refusal:
        check(item)

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", 5),
        ("version", "1"),
        ("version", True),
        ("version", 0),
        ("direction", "up"),
        ("direction", ["higher"]),
        ("stem", "How?"),
        ("stem.en", {"en": 1}),
        ("labels", [["a"]]),
        ("labels.en", {"en": "abc"}),
        ("options", "ab"),
        ("limit", 1.5),
    ],
)
def test_a_damaged_record_is_refused_and_its_field_named(field: str, value: object) -> None:
    record = to_dict(LIKERT) | {field.partition(".")[0]: value}

    with pytest.raises(QuestionError) as refusal:
        from_dict(record)

    assert refusal.value.field == field


def test_a_record_with_a_part_missing_or_too_many_is_refused() -> None:
    record = to_dict(LIKERT)
    short = {name: value for name, value in record.items() if name != "licence"}

    with pytest.raises(QuestionError, match=r"licence: is missing"):
        from_dict(short)
    with pytest.raises(QuestionError, match=r"colour: is not a part"):
        from_dict(record | {"colour": "red"})


def test_every_error_of_asking_is_a_survey_error() -> None:
    assert issubclass(InvalidAnswer, SurveyError)
    assert issubclass(QuestionError, SurveyError)


def test_equal_questions_can_stand_in_a_set() -> None:
    assert {LIKERT, from_dict(to_dict(LIKERT))} == {LIKERT}
