"""Rules of the house that no import contract can see, read off the source itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("adapters", "analytics", "bot", "surveys")
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
TABLES = {"bot/store/tables.py"}
"""Table declarations may be long."""

LONGEST_FUNCTION, LONGEST_MODULE = 50, 400

CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}
SQL = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|PRAGMA|BEGIN|VACUUM|CREATE TABLE)\s")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def attributes(module: ast.AST) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr, node.lineno


def docless_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    doc = 0
    if ast.get_docstring(function) is not None and first.end_lineno is not None:
        doc = first.end_lineno - first.lineno + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - doc


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_nobody_but_the_clock_asks_what_time_it_is(path: Path) -> None:
    if name(path) == "bot/clock.py":
        return

    found = [(line, f"{a}.{b}") for a, b, line in attributes(tree(path)) if (a, b) in CLOCKS]

    assert found == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_nobody_but_the_settings_reads_the_environment(path: Path) -> None:
    if name(path) == "adapters/settings.py":
        return

    found = [line for a, b, line in attributes(tree(path)) if a == "os" and b in {"environ", "getenv"}]

    assert found == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_sql_text_and_sessions_stay_in_the_store(path: Path) -> None:
    if name(path).startswith("bot/store/"):
        return

    module = tree(path)
    texts = [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
    ]
    sessions = [line for _, b, line in attributes(module) if b == "session"]

    assert (texts, sessions) == ([], [])


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_function_is_longer_than_a_reader_can_hold(path: Path) -> None:
    functions = [n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]

    assert [f"{f.name}: {docless_length(f)}" for f in functions if docless_length(f) > LONGEST_FUNCTION] == []


@pytest.mark.parametrize("path", [p for p in SOURCES if name(p) not in TABLES], ids=name)
def test_no_module_is_longer_than_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_nothing_is_pickled_and_nothing_evaluated(path: Path) -> None:
    module = tree(path)
    imported = {
        alias.name.split(".")[0]
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    } | {
        node.module.split(".")[0]
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module
    }
    called = {
        node.func.id
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert not imported & {"pickle", "marshal", "shelve", "joblib"}
    assert not called & {"eval", "exec"}
