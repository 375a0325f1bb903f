from datetime import time, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.errors import TemplateError
from surveys.formats import Choice, FreeText, Scale
from surveys.loader import builtin, load
from surveys.questions import check, from_dict, response_format, to_dict
from surveys.questions.choice import DECLINED
from surveys.rotation import REST
from surveys.scales import DECLINE, LANGUAGES, SCALES
from surveys.survey import Survey

TEMPLATES = {
    item.name: item.read_text("utf-8")
    for item in (files("surveys") / "templates").iterdir()
    if item.name.endswith(".toml")
}
PULSE = TEMPLATES["pulse.toml"]

every_survey = pytest.mark.parametrize("survey", builtin().values(), ids=builtin())


def _error(text: str) -> TemplateError:
    with pytest.raises(TemplateError) as refusal:
        load(text, "mine.toml")
    return refusal.value


def _line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.split("\n"), start=1) if line.startswith(start))


def _choice(options: str = "") -> str:
    return (
        TEMPLATES["feedback.toml"]
        + f"""
[anchor]
key = "place"
version = 1
type = "choice"
decline = true
construct = "place of work"
direction = "none"
source = "test"
licence = "test"
[anchor.stem]
en = "Where?"
de = "Wo?"
de-formal = "Wo?"
[[anchor.options]]
value = "home"
label = {{ en = "Home", de = "Zuhause", de-formal = "Zuhause" }}
{options}
"""
    )


def test_the_three_templates_are_built_in_under_their_file_names() -> None:
    assert sorted(f"{key}.toml" for key in builtin()) == ["feedback.toml", "pulse.toml", "recommend.toml"]


@every_survey
def test_every_text_is_written_in_every_language(survey: Survey) -> None:
    assert set(survey.title) == set(LANGUAGES)
    for question in survey.questions:
        assert set(question.stem) == set(LANGUAGES)
        assert not question.labels or set(question.labels) == set(LANGUAGES)


@every_survey
def test_every_item_is_sound_and_says_where_it_comes_from(survey: Survey) -> None:
    for question in survey.questions:
        check(question)
        assert question.source
        assert question.licence
        assert question.construct
        assert from_dict(to_dict(question)) == question
        assert isinstance(response_format(question, "de-formal"), Scale | FreeText)


@every_survey
def test_du_and_sie_do_not_mix(survey: Survey) -> None:
    for texts in [survey.title, *(question.stem for question in survey.questions)]:
        assert not {"Sie", "Ihre", "Ihrer", "Ihnen"} & set(texts["de"].replace("?", " ").split())
        assert not {"du", "dein", "deine", "deiner", "dir"} & set(texts["de-formal"].lower().split())


@every_survey
def test_no_text_flatters_presses_or_claims_a_feeling_of_the_bot(survey: Survey) -> None:
    words = ("!", "please answer", "we care", "happy to", "freuen uns", "unbedingt", "must ", "musst")
    for texts in [survey.title, *(question.stem for question in survey.questions)]:
        assert not [text for text in texts.values() for word in words if word in text.lower()]


def test_the_pulse_is_fortnightly_anonymous_short_and_open_from_monday_to_friday() -> None:
    pulse = builtin()["pulse"]

    assert pulse.anchor is not None
    assert pulse.anchor.construct == "job satisfaction"
    assert (pulse.cadence.unit, pulse.cadence.every) == ("weeks", 2)
    assert (pulse.opens.weekday, pulse.opens.at) == (0, time(9))
    assert pulse.open_for == timedelta(days=4, hours=8)
    assert (pulse.mode, pulse.invites, pulse.rotating_per_wave) == ("anonymous", True, 1)
    assert pulse.seconds <= 60


def test_the_bank_is_large_enough_that_nobody_runs_out_of_items() -> None:
    pulse = builtin()["pulse"]
    waves_at_rest = REST // timedelta(weeks=2) + 1

    assert 12 <= len(pulse.rotating) <= 16
    assert len(pulse.rotating) >= waves_at_rest * pulse.rotating_per_wave


def test_the_bank_asks_about_different_things_and_not_always_in_the_same_direction() -> None:
    bank = builtin()["pulse"].rotating

    assert len({question.construct for question in bank}) == len(bank)
    assert {question.direction for question in bank} == {"higher", "lower"}


def test_the_recommend_score_comes_every_quarter_with_the_reason() -> None:
    recommend = builtin()["recommend"]

    assert [question.type for question in recommend.questions] == ["recommend", "text"]
    assert (recommend.cadence.unit, recommend.cadence.every) == ("months", 3)


def test_feedback_is_a_standing_place_to_which_nobody_is_invited() -> None:
    feedback = builtin()["feedback"]

    assert [question.type for question in feedback.questions] == ["text"]
    assert (feedback.cadence.unit, feedback.cadence.every, feedback.open_for) == ("months", 1, None)
    assert not feedback.invites


def test_a_sheet_is_the_anchor_the_chosen_items_and_the_comment_in_this_order() -> None:
    pulse = builtin()["pulse"]
    sheet = pulse.sheet(["learning"])

    assert [question.key for question in sheet] == ["job-satisfaction", "learning", "pulse-comment"]
    assert [question.key for question in pulse.sheet()] == ["job-satisfaction", "pulse-comment"]


def test_a_title_falls_back_like_a_question() -> None:
    assert builtin()["pulse"].title_in("fr") == "Your work, in brief"


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
def test_a_shared_scale_has_five_different_points_in_every_language(
    scale: dict[str, tuple[str, ...]],
) -> None:
    assert set(scale) == set(LANGUAGES)
    assert {len(set(labels)) for labels in scale.values()} == {5}


_MISTAKES = {
    "unknown key": (
        'mode = "anonymous"',
        'mode = "anonymous"\ncolour = "red"',
        "colour",
        "colour",
        "not known",
    ),
    "unknown key of a question": (
        'construct = "workload"',
        'construct = "workload"\nweight = 2',
        "weight",
        "rotating[1].weight",
        "not known",
    ),
    "key of another type": (
        'construct = "workload"',
        'construct = "workload"\nlimit = 9',
        "limit = 9",
        "rotating[1].limit",
        "not known",
    ),
    "wrong type": ("seconds = 30", 'seconds = "30"', "seconds", "seconds", "whole number"),
    "true for a number": ("seconds = 30", "seconds = true", "seconds", "seconds", "whole number"),
    "number for a flag": ("invites = true", "invites = 1", "invites", "invites", "true or false"),
    "out of range": ("seconds = 30", "seconds = 0", "seconds", "seconds", "between"),
    "unknown mode": ('mode = "anonymous"', 'mode = "secret"', "mode", "mode", "one of anonymous"),
    "unknown weekday": ('"monday"', '"mon"', "opens", "opens.weekday", "one of monday"),
    "a date for a time": ("at = 09:00:00", "at = 2026-01-01", "opens", "opens.at", "09:00:00"),
    "rhythm without weekday": ('weekday = "monday", ', "", "opens", "opens.weekday", "missing"),
    "rhythm that does not exist": ("every = 2", "every = 60", "cadence", "cadence.every", "1 and 52"),
    "closing before opening": (
        "after_days = 4, at = 17:00:00",
        "after_days = 0, at = 09:00:00",
        "closes",
        "closes.after_days",
        "after it opens",
    ),
    "closing after the next opening": (
        "after_days = 4",
        "after_days = 14",
        "closes",
        "closes.after_days",
        "next",
    ),
    "missing language": ('de-formal = "Kurz zu Ihrer Arbeit"', "", "[title]", "title", "'de-formal'"),
    "misspelt language": ("de-formal = ", "de_formal = ", "de_formal", "title.de_formal", "language tag"),
    "empty text": ('en = "Your work, in brief"', 'en = " "', 'en = " "', "title.en", "empty"),
    "title too long": ("Your work, in brief", "a b c d e f g", "en =", "title.en", "6 words"),
    "unknown type of question": (
        'type = "text"',
        'type = "slider"',
        'type = "slider"',
        "comment.type",
        "one of",
    ),
    "comment of another type": (
        'type = "text"\nconstruct = "comment"\ndirection = "none"',
        'type = "likert"\nscale = "agreement-5"\nconstruct = "comment"\ndirection = "higher"',
        'type = "likert"\nscale = "agreement-5"\nconstruct = "comment"',
        "comment.type",
        "must be 'text'",
    ),
    "unknown scale": (
        'scale = "agreement-5"',
        'scale = "stars"',
        'scale = "stars"',
        "rotating[1].scale",
        "one of",
    ),
    "bad key": ('key = "workload"', 'key = "Work load"', 'key = "Work', "rotating[1].key", "lower-case"),
    "missing licence": (
        'licence = "Apache-2.0"\n\n[rotating.stem]\nen = "Good',
        '\n[rotating.stem]\nen = "Good',
        '[[rotating]]\nkey = "recognition"',
        "rotating[16].licence",
        "missing",
    ),
    "missing stem language": (
        'de-formal = "Gute Arbeit',
        'fr = "Gute Arbeit',
        '[rotating.stem]\nen = "Good',
        "rotating[16].stem",
        "de-formal",
    ),
    "the same key twice": (
        'key = "clarity"',
        'key = "workload"',
        'key = "workload"\nversion = 1\ntype = "likert"\nscale = "agreement-5"\nconstruct = "role clarity"',
        "rotating[2].key",
        "another question",
    ),
    "more per wave than there are": (
        "rotating_per_wave = 1",
        "rotating_per_wave = 17",
        "rotating_per_wave",
        "rotating_per_wave",
        "between 1 and 16",
    ),
    "no direction": (
        'direction = "higher"',
        'direction = "none"',
        'direction = "none"',
        "anchor.direction",
        "scale",
    ),
    "a language without labels": (
        'en = "All in all',
        'fr = "Au total ?"\nen = "All in all',
        "[anchor]",
        "anchor.labels",
        "'fr'",
    ),
}


@pytest.mark.parametrize(("old", "new", "start", "path", "problem"), _MISTAKES.values(), ids=_MISTAKES)
def test_a_mistake_is_named_by_file_key_and_line(
    old: str, new: str, start: str, path: str, problem: str
) -> None:
    assert old in PULSE
    text = PULSE.replace(old, new, 1)
    if path == "comment.type" and "likert" in new:
        text = text.replace("limit = 2000\n", "", 1)
    error = _error(text)

    assert (error.file, error.path) == ("mine.toml", path)
    assert error.line == text[: text.index(start)].count("\n") + 1
    assert problem in error.problem
    assert str(error).startswith(f"mine.toml:{error.line}: ")


def test_a_wave_may_stay_open_until_the_very_moment_the_next_one_opens() -> None:
    text = PULSE.replace("after_days = 4, at = 17:00:00", "after_days = 14, at = 09:00:00")

    assert load(text, "mine.toml").open_for == timedelta(weeks=2)


def test_a_template_with_line_ends_of_windows_is_the_same() -> None:
    assert load(PULSE.replace("\n", "\r\n"), "pulse.toml") == builtin()["pulse"]


def test_text_that_is_not_toml_is_named_by_line() -> None:
    assert _error("key = 'a'\nversion = = 1\n").line == 2
    assert _error('key = "a"\nkey = "b"\n').line == 2
    assert _error('a = 1\nkey = """never closed\n').line == 3


def test_a_huge_or_endlessly_nested_template_is_refused() -> None:
    assert "longer" in _error("#" * 200_001).problem
    assert "not TOML" in _error("a = " + "[" * 50_000).problem


def test_a_survey_that_asks_nothing_is_refused() -> None:
    assert "asks nothing" in _error(TEMPLATES["feedback.toml"].split("[comment]")[0]).problem


def test_a_number_per_wave_without_rotating_questions_is_refused() -> None:
    error = _error(TEMPLATES["feedback.toml"].replace("invites", "rotating_per_wave = 1\ninvites"))

    assert error.path == "rotating_per_wave"


def test_a_choice_that_may_be_declined_offers_it_last_in_every_language() -> None:
    office = (
        '[[anchor.options]]\nvalue = "office"\nlabel = { en = "Office", de = "Büro", de-formal = "Büro" }'
    )
    anchor = load(_choice(office), "mine.toml").anchor

    assert anchor is not None
    drawn = response_format(anchor, "de")
    assert isinstance(drawn, Choice)
    assert [option.value for option in drawn.options] == ["home", "office", DECLINED]
    assert drawn.options[-1].label == DECLINE["de"]


def test_a_mistake_in_an_option_is_named_by_its_place() -> None:
    text = _choice('[[anchor.options]]\nvalue = "office"\nlabel = { en = "Office", de = "Büro" }')
    error = _error(text)

    assert (error.path, error.line) == ("anchor.options[2].label", _line_of(text, 'label = { en = "Office"'))


def test_own_labels_stand_instead_of_a_shared_scale_not_beside_it() -> None:
    labels = (
        '\n[anchor.labels]\nen = ["bad", "good"]\nde = ["schlecht", "gut"]\nde-formal = ["schlecht", "gut"]\n'
    )
    alone = PULSE.replace('scale = "satisfaction-5"', "").replace("\n[comment]", labels + "\n[comment]")
    anchor = load(alone, "mine.toml").anchor

    assert anchor is not None
    assert anchor.labels_in("de") == ("schlecht", "gut")
    assert _error(PULSE.replace("\n[comment]", labels + "\n[comment]")).path == "anchor.labels"


@pytest.mark.parametrize("value", ['"bad"', "[1, 2]", '["bad", 2]'])
def test_labels_that_are_not_texts_are_refused(value: str) -> None:
    labels = f'\n[anchor.labels]\nen = {value}\nde = ["a", "b"]\nde-formal = ["a", "b"]\n\n[comment]'
    text = PULSE.replace('scale = "satisfaction-5"', "").replace("\n[comment]", labels)

    assert _error(text).path == "anchor.labels.en"


def test_a_table_of_the_wrong_kind_is_refused() -> None:
    feedback = TEMPLATES["feedback.toml"]
    untitled = feedback.partition("[title]")[0]

    assert _error("rotating = [1]\n" + feedback).path == "rotating"
    assert _error("title = [1]\n" + untitled).path == "title"


@given(st.data())
def test_a_damaged_template_is_loaded_or_refused_but_never_crashes(data: st.DataObject) -> None:
    lines = PULSE.split("\n")
    place = data.draw(st.integers(0, len(lines) - 1))
    damage = data.draw(st.sampled_from(["", "x = 1", "[a]", "[[rotating]]", "= 3", "[rotating]", "key = 1"]))
    text = "\n".join([*lines[:place], damage, *lines[place + data.draw(st.integers(0, 2)) :]])
    try:
        load(text, "mine.toml")
    except TemplateError as refusal:
        error = refusal
    else:
        return

    assert 1 <= error.line <= text.count("\n") + 1


def test_templates_are_found_wherever_the_program_is_started_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    builtin.cache_clear()

    assert "pulse" in builtin()
