"""``rapport themes`` as an operator types it."""

import json
from pathlib import Path

from adapters.cli.console import REFUSED
from analytics.text.themes import builtin_text
from tests.adapters.cli.conftest import Rapport

ROOT = Path(__file__).resolve().parents[3]
OWN = builtin_text().replace('"Pay and benefits"', '"Money"')
BROAD = OWN.replace('en = ["salar*"', 'en = ["*e*", "salar*"').partition('[[theme]]\nkey = "growth"')[0]


def written(folder: Path, text: str, name: str = "mine.toml") -> str:
    (folder / name).write_text(text, "utf-8")
    return name


def test_what_show_prints_is_a_file_to_start_from(firm: Rapport, folder: Path) -> None:
    shown = firm("themes", "show").out
    checked = firm("themes", "check", written(folder, shown))

    assert shown == builtin_text()
    assert checked.code == 0
    assert "mine.toml is right: 12 themes" in checked.out


def test_a_wrong_file_is_refused_with_its_line_and_nothing_is_kept(firm: Rapport, folder: Path) -> None:
    file = written(folder, OWN.replace('"salar*"', '"sal(ar"'))

    checked, used = firm("themes", "check", file), firm("themes", "use", file, "--yes")

    assert (checked.code, used.code) == (REFUSED, REFUSED)
    for said in (checked, used):
        assert "theme 1 (line" in said.all
        assert "is no pattern" in said.all
    assert json.loads(firm("themes", "history", "--json").out) == []


def test_a_file_that_is_no_text_is_refused_in_words(firm: Rapport, folder: Path) -> None:
    (folder / "mine.toml").write_bytes(b"\xff\xfe\x00")

    assert "UTF-8" in firm("themes", "check", "mine.toml").all


def test_own_themes_come_into_force_go_back_and_come_again(firm: Rapport, folder: Path) -> None:
    file = written(folder, OWN)

    unsure = firm("themes", "use", file, typed="n\n")
    used = firm("themes", "use", file, typed="y\n")
    shown = firm("themes", "show").out
    firm("themes", "reset", "--yes")
    ours, again = firm("themes", "show").out, firm("themes", "use", "--version", "1", "--yes", "--json")

    assert unsure.code == REFUSED
    assert "your own themes, version 1, from the next wave on" in used.all
    assert (shown, ours) == (OWN, builtin_text())
    assert json.loads(again.out) == {"version": 1}
    assert firm("themes", "show", "--version", "0").out == builtin_text()
    history = json.loads(firm("themes", "history", "--json").out)
    assert [(one["number"], one["in_force"]) for one in history] == [(1, True)]
    assert "12" in firm("themes", "history").out


def test_a_theme_that_finds_nearly_everything_is_warned_of(firm: Rapport, folder: Path) -> None:
    file = written(folder, BROAD)

    checked = firm("themes", "check", file)

    assert checked.code == 0
    assert "pay is very broad" in checked.all
    assert json.loads(firm("themes", "check", file, "--json").out)["broad"][0]["theme"] == "pay"


def test_nothing_is_changed_without_a_yes_or_without_knowing_what(firm: Rapport, folder: Path) -> None:
    file = written(folder, OWN)

    assert firm("themes", "use", file, "--json").code == REFUSED
    assert firm("themes", "use").code == REFUSED
    assert firm("themes", "use", file, "--version", "1", "--yes").code == REFUSED
    assert "no version 3" in firm("themes", "use", "--version", "3", "--yes").all
    assert json.loads(firm("themes", "history", "--json").out) == []


def test_the_theme_in_the_documentation_can_be_added_as_it_stands(firm: Rapport, folder: Path) -> None:
    page = (ROOT / "docs" / "methods" / "comments.md").read_text("utf-8")
    theme = page.partition("```toml\n")[2].partition("```")[0]

    checked = firm("themes", "check", written(folder, f"{builtin_text()}\n{theme}"))

    assert "13 themes" in checked.all
