"""Every sentence that the code asks for by a written-out key exists, and gets all its values."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.talk.language import PLACEHOLDER, catalogue, languages

ROOT = Path(__file__).parents[3]
KEY = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")
SPEAKERS = {"w", "words", "Refused"}


@dataclass(frozen=True)
class Use:
    """One place in the code where a sentence is asked for; ``values`` is None where they are not written out."""

    where: str
    key: str
    values: frozenset[str] | None


def uses(source: str, where: str) -> Iterator[Use]:
    """Yield each ``words("key", …)`` and ``Refused("key", …)`` of a module."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and node.args and _name(node.func) in SPEAKERS):
            continue
        for key in _keys(node.args[0]):
            values = [word.arg for word in node.keywords]
            written = None if None in values else frozenset(value for value in values if value)
            yield Use(f"{where}:{node.lineno}", key, written)


def _name(called: ast.expr) -> str:
    if isinstance(called, ast.Name):
        return called.id
    return called.attr if isinstance(called, ast.Attribute) else ""


def _keys(argument: ast.expr) -> Iterator[str]:
    """Yield the keys that a first argument may be: a constant, or a choice between constants."""
    if isinstance(argument, ast.IfExp):
        yield from _keys(argument.body)
        yield from _keys(argument.orelse)
    if (
        isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and KEY.fullmatch(argument.value)
    ):
        yield argument.value


def in_our_code() -> Iterator[Use]:
    for path in (*ROOT.glob("bot/**/*.py"), *ROOT.glob("adapters/**/*.py")):
        yield from uses(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))


def placeholders(key: str) -> set[str]:
    """Return what a sentence needs in any language; a plural needs ``n`` even where it does not show it."""
    forms = [catalogue(language).entries.get(key, ()) for language in languages()]
    needed = {name for texts in forms for text in texts for name in PLACEHOLDER.findall(text)}
    return needed | ({"n"} if any(len(texts) > 1 for texts in forms) else set())


def test_every_key_that_the_code_writes_out_is_in_the_catalogue():
    used = list(in_our_code())

    assert used
    assert not [f"{use.where}: {use.key}" for use in used if use.key not in catalogue("en").entries]


def test_every_sentence_gets_all_its_values():
    missing = [
        f"{use.where}: {use.key} lacks {sorted(placeholders(use.key) - use.values)}"
        for use in in_our_code()
        if use.values is not None and not placeholders(use.key) <= use.values
    ]

    assert not missing


def test_the_search_finds_keys_values_and_choices():
    source = 'caller.words("a.b", n=1)\nwords("a.c" if x else "a.d", **v)\nraise Refused("refused.e")\nother("f.g")\n'

    assert list(uses(source, "m")) == [
        Use("m:1", "a.b", frozenset({"n"})),
        Use("m:2", "a.c", None),
        Use("m:2", "a.d", None),
        Use("m:3", "refused.e", frozenset()),
    ]
