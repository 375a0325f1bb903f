import tomllib

from hypothesis import given
from hypothesis import strategies as st

from surveys.positions import Path, Positions

TEXT = '''# a comment = "not a key"
key = "pulse"
opens = { weekday = "monday", at = 09:00:00 }
long = """
title = "inside a text"
[not a header]
"""
many = [
  "one", # with a comment
  "two",
]
dotted.name = 1
"quoted key" = 2

[title] # after it
en = "Hello"

[[rotating]]
key = "first"
[rotating.stem]
en = "a"

[[rotating]]
key = "second"

[rotating.stem]
de = "b"
[deep.er.est]
x = 1
'''


def _line(*path: str | int) -> int:
    return Positions(TEXT).line_of(path)


def test_each_key_is_found_on_its_line() -> None:
    lines = TEXT.split("\n")

    assert lines[_line("key") - 1].startswith("key =")
    assert lines[_line("long") - 1].startswith("long =")
    assert lines[_line("many") - 1].startswith("many =")
    assert lines[_line("dotted", "name") - 1].startswith("dotted.name")
    assert lines[_line("quoted key") - 1].startswith('"quoted key"')
    assert lines[_line("title") - 1].startswith("[title]")
    assert lines[_line("title", "en") - 1] == 'en = "Hello"'
    assert lines[_line("deep", "er", "est", "x") - 1] == "x = 1"


def test_tables_of_an_array_are_told_apart() -> None:
    lines = TEXT.split("\n")

    assert lines[_line("rotating", 0, "key") - 1] == 'key = "first"'
    assert lines[_line("rotating", 1, "key") - 1] == 'key = "second"'
    assert lines[_line("rotating", 0, "stem", "en") - 1] == 'en = "a"'
    assert lines[_line("rotating", 1, "stem", "de") - 1] == 'de = "b"'


def test_a_key_of_an_inline_table_is_on_the_line_of_its_table() -> None:
    assert _line("opens", "at") == _line("opens") == 3


def test_a_key_that_is_not_written_is_placed_at_the_nearest_enclosing_one() -> None:
    assert _line("rotating", 1, "stem", "en") == _line("rotating", 1, "stem")
    assert _line("absent") == 1


def test_line_ends_of_windows_do_not_move_any_key() -> None:
    windows = Positions(TEXT.replace("\n", "\r\n"))

    for path in (("key",), ("long",), ("many",), ("title", "en"), ("rotating", 1, "stem", "de")):
        assert windows.line_of(path) == _line(*path) > 1


names = st.from_regex(r"[a-z]{1,4}", fullmatch=True)
values = st.recursive(
    st.integers() | st.booleans() | st.text(st.characters(codec="utf-8", exclude_categories=["C"])),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[\n" + "".join(f"  {_toml(item)},\n" for item in value) + "]"
    if isinstance(value, str):
        return '"""\n' + value.replace("\\", "\\\\").replace('"', '\\"') + '"""'
    return str(value)


@given(st.dictionaries(names, st.dictionaries(names, values, max_size=4), max_size=4))
def test_every_key_of_any_text_is_found_where_it_was_written(tables: dict[str, dict[str, object]]) -> None:
    lines: list[str] = []
    expected: dict[Path, int] = {}
    for table, entries in tables.items():
        lines += ["", f"[{table}]"]
        for name, value in entries.items():
            expected[table, name] = len(lines) + 1
            lines += f"{name} = {_toml(value)}".split("\n")
    text = "\n".join(lines)

    assert tomllib.loads(text) == tables
    positions = Positions(text)
    assert {path: positions.line_of(path) for path in expected} == expected
