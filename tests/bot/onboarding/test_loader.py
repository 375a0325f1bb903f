import re
from importlib.resources import files

import pytest

from bot.onboarding.loader import builtin, load
from bot.onboarding.steps import QuestionStep, TaskStep, TodayStep
from surveys.errors import TemplateError
from surveys.questions import check
from surveys.scales import LANGUAGES
from tests.bot.talk import test_texts as lint

TEMPLATES = {
    item.name: item.read_text("utf-8")
    for item in (files("bot.onboarding") / "journeys").iterdir()
    if item.name.endswith(".toml")
}
WELCOME = TEMPLATES["welcome.toml"]


def error(text: str) -> TemplateError:
    with pytest.raises(TemplateError) as refusal:
        load(text, "mine.toml")
    return refusal.value


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.split("\n"), start=1) if line.startswith(start))


def test_each_template_is_built_in_under_its_file_name():
    assert sorted(f"{key}.toml" for key in builtin()) == sorted(TEMPLATES)


def test_the_welcome_has_a_day_card_a_task_and_a_signed_question_on_days_one_two_and_five():
    welcome = builtin()["welcome"]

    assert [(type(step), step.day) for step in welcome.steps] == [
        (TodayStep, 1),
        (TaskStep, 2),
        (QuestionStep, 5),
    ]


@pytest.mark.parametrize("journey", builtin().values(), ids=builtin())
def test_every_text_is_written_in_every_language_and_keeps_the_voice(journey):
    texts = []
    for step in journey.steps:
        match step:
            case TodayStep():
                texts += [text for task in step.tasks for text in (task.label, task.text)]
            case TaskStep():
                texts += [step.title, step.text]
            case QuestionStep():
                check(step.rating)
                check(step.comment)
                texts += [step.rating.stem, step.comment.stem]
    for text in texts:
        assert set(text) == set(LANGUAGES)
        for sentence in text.values():
            for banned in (lint.FEELINGS, lint.PRESSURE, lint.PRAISE, lint.BLAME, lint.MARKUP):
                assert not re.search(banned, sentence, re.IGNORECASE), sentence
        assert not lint.DU.search(text["de-formal"])


@pytest.mark.parametrize(
    ("before", "after", "start", "problem"),
    [
        ("nudge_after = 2", "nudge_after = 2\nnudge_often = 3", "nudge_often", "is not known here"),
        ('kind = "task"', 'kind = "chore"', 'kind = "chore"', "must be one of"),
        ("day = 2", "day = 1", "day = 1", "later"),
        ('key = "accounts"', 'key = "today"', 'key = "today"', "already the key"),
        ('key = "accounts"', 'key = "buddy"', 'key = "buddy"', "not 'buddy'"),
        ("at = 09:30:00", 'at = "half past nine"', 'at = "half', "must be a time"),
        ('de = "Ausstattung"\n', 'de = "Ausstattung"\nfr = "Matériel"\n', "fr = ", "is not known here"),
        ("limit = 1000", "limit = 100000", "limit = 100000", "must lie between"),
        ("version = 1\n", 'version = "one"\n', 'version = "one"', "a whole number"),
    ],
)
def test_a_mistake_is_named_with_file_key_and_line(before, after, start, problem):
    text = WELCOME.replace(before, after, 1)

    found = error(text)

    assert found.file == "mine.toml"
    assert problem in found.problem
    assert text.split("\n")[found.line - 1].startswith(start)


def test_a_text_that_lacks_a_language_is_refused():
    text = WELCOME.replace('de-formal = "Zugänge einrichten"\n', "", 1)

    found = error(text)

    assert (found.path, found.problem) == ("steps[2].title", "lacks the language 'de-formal'")
    assert found.line == line_of(text, "[steps.title]")


def test_a_day_card_names_three_things_because_its_text_says_three():
    first = WELCOME.index("[[steps.tasks]]")
    second = WELCOME.index("[[steps.tasks]]", first + 1)

    assert "must be 3" in error(WELCOME[:first] + WELCOME[second:]).problem


def test_a_title_that_does_not_fit_a_card_is_refused():
    text = WELCOME.replace('en = "Set up your accounts"', 'en = "Set up each and every account you have"')

    assert "more than 6 words" in error(text).problem


@pytest.mark.parametrize("text", ["", 'key = "x"\nversion = 1\nsteps = []\n', "steps = 3", "x" * 300_000])
def test_what_is_no_journey_is_refused(text):
    error(text)
