"""Templates (``*.toml``) into surveys."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import cast

from surveys import cadence, scales
from surveys.document import Table, parse
from surveys.errors import QuestionError
from surveys.questions import TYPES, Question, check
from surveys.questions.choice import DECLINED
from surveys.questions.question import DIRECTIONS, Direction
from surveys.survey import MODES, Mode, Survey

_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_LONGEST_TITLE_WORDS = 6

_SURVEY_FIELDS = frozenset(
    {"key", "version", "mode", "seconds", "invites", "rotating_per_wave", "title", "cadence", "opens"}
    | {"closes", "anchor", "rotating", "comment"}
)
_QUESTION_FIELDS = frozenset(
    {"key", "version", "type", "stem", "construct", "direction", "source", "licence"}
)


def load(text: str, file: str) -> Survey:
    """Return the survey a template describes.

    Raises `TemplateError`, which names file, key and line, for anything unknown, missing, of the wrong
    type or contradictory, and for a text that lacks one of `scales.LANGUAGES`.
    """
    root = parse(text, file)
    root.only(_SURVEY_FIELDS)
    rotating = tuple(_question(item) for item in root.tables("rotating")) if "rotating" in root.values else ()
    rhythm = _cadence(root)
    survey = Survey(
        key=_key(root),
        version=root.number("version"),
        title=_title(root.table("title")),
        mode=cast("Mode", root.word("mode", MODES)),
        anchor=_optional_question(root, "anchor"),
        rotating=rotating,
        rotating_per_wave=root.number("rotating_per_wave", 1, len(rotating)) if rotating else 0,
        comment=_optional_question(root, "comment"),
        cadence=rhythm,
        open_for=_open_for(root, rhythm),
        seconds=root.number("seconds", 1, 3600),
        invites=root.flag("invites"),
    )
    _check_survey(root, survey)
    return survey


@cache
def builtin() -> Mapping[str, Survey]:
    """Return the surveys that come with the package, by key."""
    folder = files("surveys") / "templates"
    texts = [(item.name, item.read_text("utf-8")) for item in folder.iterdir() if item.name.endswith(".toml")]
    surveys = [load(text, name) for name, text in sorted(texts)]
    return MappingProxyType({survey.key: survey for survey in surveys})


def _check_survey(root: Table, survey: Survey) -> None:
    if not survey.questions:
        raise root.error("", "asks nothing: it needs an anchor, rotating questions or a comment")
    if not survey.rotating and "rotating_per_wave" in root.values:
        raise root.error("rotating_per_wave", "needs rotating questions")
    if survey.comment is not None and survey.comment.type != "text":
        raise root.error("comment.type", "of a comment must be 'text'")
    _check_keys(root)


def _check_keys(root: Table) -> None:
    single = [root.table(name) for name in ("anchor", "comment") if name in root.values]
    rotating = root.tables("rotating") if "rotating" in root.values else ()
    seen: set[str] = set()
    for question in (*single, *rotating):
        if question.text("key") in seen:
            raise question.error("key", "is already the key of another question")
        seen.add(question.text("key"))


def _key(table: Table) -> str:
    key = table.text("key")
    if not _KEY.fullmatch(key):
        raise table.error("key", "must be lower-case letters, digits and hyphens, a letter first, at most 40")
    return key


def _texts(table: Table) -> dict[str, str]:
    _check_languages(table)
    return {language: table.text(language) for language in table.values}


def _check_languages(table: Table) -> None:
    for language in table.values:
        if not _LANGUAGE.fullmatch(language):
            raise table.error(language, "is not a language tag such as 'de-formal'")
    for language in scales.LANGUAGES:
        if language not in table.values:
            raise table.error("", f"lacks the language '{language}'")


def _title(table: Table) -> dict[str, str]:
    title = _texts(table)
    for language, words in title.items():
        if len(words.split()) > _LONGEST_TITLE_WORDS:
            raise table.error(language, f"has more than {_LONGEST_TITLE_WORDS} words")
    return title


def _cadence(root: Table) -> cadence.Cadence:
    table, opens = root.table("cadence"), root.table("opens")
    table.only({"unit", "every"})
    opens.only({"weekday", "at"})
    unit = cast("cadence.Unit", table.word("unit", cadence.UNITS))
    in_weeks = unit == "weeks"
    weekday = opens.word("weekday", cadence.WEEKDAYS) if in_weeks or "weekday" in opens.values else None
    opening = cadence.Opening(
        None if weekday is None else cadence.WEEKDAYS.index(weekday), opens.wall_time("at")
    )
    try:
        return cadence.Cadence(unit, table.number("every"), opening)
    except ValueError as problem:
        raise table.error("every", str(problem)) from problem


def _open_for(root: Table, rhythm: cadence.Cadence) -> timedelta | None:
    if "closes" not in root.values:
        return None
    closes = root.table("closes")
    closes.only({"after_days", "at"})
    days = closes.number("after_days", 0, 366)
    any_day = date.min
    span = datetime.combine(any_day, closes.wall_time("at")) - datetime.combine(any_day, rhythm.opens.at)
    open_for = timedelta(days=days) + span
    if not timedelta(0) < open_for <= rhythm.shortest:
        raise closes.error("after_days", "must close after it opens and before the next wave opens")
    return open_for


def _optional_question(root: Table, name: str) -> Question | None:
    return _question(root.table(name)) if name in root.values else None


def _question(table: Table) -> Question:
    kind = table.word("type", sorted(TYPES))
    table.only(_QUESTION_FIELDS | TYPES[kind].fields)
    options, labels = _answers(table)
    question = Question(
        key=_key(table),
        version=table.number("version"),
        type=kind,
        stem=_texts(table.table("stem")),
        construct=table.text("construct"),
        direction=cast("Direction", table.word("direction", DIRECTIONS)),
        source=table.text("source"),
        licence=table.text("licence"),
        labels=labels,
        options=options,
        limit=table.number("limit") if "limit" in table.values else None,
    )
    try:
        check(question)
    except QuestionError as problem:
        raise table.error(problem.field, problem.problem) from problem
    return question


def _answers(table: Table) -> tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]:
    """Return the stored values of a choice and the labels per language of whatever has some."""
    if "options" in table.values:
        return _options(table)
    if "scale" in table.values and "labels" in table.values:
        raise table.error("labels", "cannot stand beside a shared scale")
    if "scale" in table.values:
        return (), dict(scales.SCALES[table.word("scale", sorted(scales.SCALES))])
    if "labels" in table.values:
        labels = table.table("labels")
        _check_languages(labels)
        return (), {language: labels.words(language) for language in labels.values}
    return (), {}


def _options(table: Table) -> tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]:
    values: list[str] = []
    columns: list[Mapping[str, str]] = []
    for option in table.tables("options"):
        option.only({"value", "label"})
        values.append(option.text("value"))
        columns.append(_texts(option.table("label")))
    if "decline" in table.values and table.flag("decline"):
        values.append(DECLINED)
        columns.append(scales.DECLINE)
    languages = [language for language in columns[0] if all(language in column for column in columns)]
    return tuple(values), {language: tuple(column[language] for column in columns) for language in languages}
