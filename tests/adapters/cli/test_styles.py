"""``rapport response-styles``: what an operator or HR reads about how people used the scales."""

import json

import pytest

from adapters.cli import styles as command
from adapters.cli.console import REFUSED
from bot.cases import styles
from bot.store.tables import Reading
from tests.adapters.cli.conftest import Rapport


def share(path: str, value: float, item: str = "style/extreme", **changed: object) -> Reading:
    about = {
        "state": "shown",
        "band": "",
        "low": value - 0.1,
        "high": value + 0.1,
        "n": 40,
        "variance": 0.005,
    }
    return Reading(path=path, item=item, metric="style_share", value=value, **(about | changed))


def standing() -> styles.Standing:
    adjusted = share("North", 40.0, "style/standing/workload", low=20.0, high=60.0)
    raw = share("North", 0.7, "workload")
    return styles.Standing("North", "workload", raw, adjusted)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> styles.Styles:
    """A wave in which two departments differ, so that the command has something to say."""
    shares = [share("", 0.4), share("North", 0.7), share("South", 0.2)]
    made = styles.Styles({"extreme": shares}, {"extreme": styles.Difference(25.0, 0.0001, 1.05)}, [])
    monkeypatch.setattr(command, "_found", lambda unit, wave: made)
    return made


def test_without_a_released_wave_it_says_so(firm: Rapport):
    done = firm("response-styles")

    assert done.code == REFUSED
    assert "No wave was released yet" in done.all


def test_a_number_of_no_wave_is_refused(firm: Rapport):
    assert firm("response-styles", "--wave", "9").code == REFUSED


def test_departments_that_differ_come_with_what_to_do(firm: Rapport, found: styles.Styles):
    done = firm("response-styles")

    assert done.code == 0
    assert "(whole organisation)" in done.all
    assert "70% (60% to 80%)" in done.all
    assert "Do not compare these departments with each other" in done.all
    assert "Adjusted figures: withheld, because nobody (or too few people) answered five scales" in done.all


def test_the_raw_figure_stands_beside_the_adjusted_one(firm: Rapport, found: styles.Styles):
    found.standings.append(standing())

    done = firm("response-styles")

    assert "70% (60% to 80%)" in done.all
    assert "+40 (+20 to +60)" in done.all
    assert "it never says that one group is more content" in done.all


def test_for_scripts_it_says_the_same_as_json(firm: Rapport, found: styles.Styles):
    said = json.loads(firm("response-styles", "--json").out)

    assert [row["path"] for row in said["styles"]["extreme"]] == ["", "North", "South"]
    assert said["differences"]["extreme"]["beyond_chance"] is True
    assert said["adjusted_withheld"] == "too_few_items"
