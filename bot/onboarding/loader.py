"""Journey templates (``journeys/*.toml``) into journeys."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from bot.onboarding.steps import THINGS, Journey, QuestionStep, Step, Task, TaskStep, Texts, TodayStep
from surveys import scales
from surveys.document import Table, parse
from surveys.errors import QuestionError
from surveys.questions import Question, check

BUDDY = "buddy"
"""A key that no step may have: telling the buddy is kept under it."""

_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TITLE_WORDS, _LABEL_LETTERS, _TASK_WORDS, _TEXT_WORDS = 6, 40, 14, 45
_COMMON = frozenset({"key", "kind", "day", "at"})


def load(text: str, file: str) -> Journey:
    """Return the journey that a template describes.

    Raises `TemplateError`, which names file, key and line, for anything unknown, missing, of the wrong type or
    contradictory, and for a text that lacks one of `scales.LANGUAGES`.
    """
    root = parse(text, file)
    root.only({"key", "version", "steps"})
    tables = list(root.tables("steps"))
    if not tables:
        raise root.error("steps", "has no step")
    steps = tuple(_step(table) for table in tables)
    for table, step, before in zip(tables[1:], steps[1:], steps, strict=False):
        if step.day <= before.day:
            raise table.error("day", "must be later than that of the step before")
    _unique(tables)
    return Journey(key=_key(root), version=root.number("version"), steps=steps)


@cache
def builtin() -> Mapping[str, Journey]:
    """Return the journeys that come with the package, by key."""
    folder = files("bot.onboarding") / "journeys"
    texts = [(item.name, item.read_text("utf-8")) for item in folder.iterdir() if item.name.endswith(".toml")]
    journeys = [load(text, name) for name, text in sorted(texts)]
    return MappingProxyType({journey.key: journey for journey in journeys})


def _step(table: Table) -> Step:
    return _KINDS[table.word("kind", sorted(_KINDS))](table)


def _today(table: Table) -> TodayStep:
    table.only(_COMMON | {"tasks"})
    tables = list(table.tables("tasks"))
    if len(tables) != THINGS:
        raise table.error("tasks", f"must be {THINGS}: the card of the day says so")
    _unique(tables)
    return TodayStep(
        key=_key(table),
        day=table.number("day", 1, 366),
        at=table.wall_time("at"),
        tasks=tuple(_task(each) for each in tables),
    )


def _task(table: Table) -> Task:
    table.only({"key", "at", "label", "text"})
    label = _texts(table.table("label"))
    for language, words in label.items():
        if len(words) > _LABEL_LETTERS:
            raise table.error(f"label.{language}", f"has more than {_LABEL_LETTERS} characters")
    return Task(
        key=_key(table),
        at=table.wall_time("at"),
        label=label,
        text=_texts(table.table("text"), _TASK_WORDS),
    )


def _single(table: Table) -> TaskStep:
    table.only(_COMMON | {"title", "text", "nudge_after"})
    return TaskStep(
        key=_key(table),
        day=table.number("day", 1, 366),
        at=table.wall_time("at"),
        title=_texts(table.table("title"), _TITLE_WORDS),
        text=_texts(table.table("text"), _TEXT_WORDS),
        nudge_after=table.number("nudge_after", 1, 60),
    )


def _question_step(table: Table) -> QuestionStep:
    table.only(_COMMON | {"rating", "comment"})
    return QuestionStep(
        key=_key(table),
        day=table.number("day", 1, 366),
        at=table.wall_time("at"),
        rating=_rating(table.table("rating")),
        comment=_comment(table.table("comment")),
    )


_KINDS: Mapping[str, Callable[[Table], Step]] = {
    "today": _today,
    "task": _single,
    "question": _question_step,
}


def _rating(table: Table) -> Question:
    table.only({"key", "version", "stem", "labels"})
    labels = table.table("labels")
    _languages(labels)
    points = {language: labels.words(language) for language in labels.values}
    return _question(table, "likert", points, None)


def _comment(table: Table) -> Question:
    table.only({"key", "version", "stem", "limit"})
    return _question(table, "text", {}, table.number("limit", 1, 2000))


def _question(table: Table, kind: str, labels: Mapping[str, tuple[str, ...]], limit: int | None) -> Question:
    question = Question(
        key=_key(table),
        version=table.number("version"),
        type=kind,
        stem=_texts(table.table("stem")),
        construct="onboarding",
        direction="higher" if kind == "likert" else "none",
        source="Own wording",
        licence="Apache-2.0",
        labels=labels,
        limit=limit,
    )
    try:
        check(question)
    except QuestionError as problem:
        raise table.error(problem.field, problem.problem) from problem
    return question


def _key(table: Table) -> str:
    key = table.text("key")
    if not _KEY.fullmatch(key) or key == BUDDY:
        raise table.error("key", f"must be lower-case letters, digits and hyphens, and not '{BUDDY}'")
    return key


def _unique(tables: list[Table]) -> None:
    seen: set[str] = set()
    for table in tables:
        if table.text("key") in seen:
            raise table.error("key", "is already the key of another one")
        seen.add(table.text("key"))


def _texts(table: Table, most_words: int | None = None) -> Texts:
    _languages(table)
    texts = {language: table.text(language) for language in table.values}
    for language, text in texts.items():
        if most_words is not None and len(text.split()) > most_words:
            raise table.error(language, f"has more than {most_words} words")
    return texts


def _languages(table: Table) -> None:
    table.only(scales.LANGUAGES)
    for language in scales.LANGUAGES:
        if language not in table.values:
            raise table.error("", f"lacks the language '{language}'")
