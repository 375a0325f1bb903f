"""``rapport care-routing`` as an operator types it."""

import json
from pathlib import Path

import pytest

from adapters.cli.console import REFUSED
from tests.adapters.cli.conftest import Rapport
from tests.canary import free

STAFF = "id,name,department,start_date,manager\n" + "".join(
    f"{n},{free('Bo')} {n},Support,2024-01-01,{'1' if n > 3 else ''}\n" for n in range(1, 7)
)
SET = ("care-routing", "set", "--hours", "Mon to Fri", "--sign", "burnout", "--sign", "threat")


@pytest.fixture
def staffed(firm: Rapport, folder: Path) -> Rapport:
    """People, of whom 1 leads some, and 1 to 3 are of HR."""
    (folder / "people.csv").write_text(STAFF, "utf-8")
    assert firm("people", "import", "people.csv", "--yes").code == 0
    for number in ("1", "2", "3"):
        assert firm("people", "grant", number, "hr_admin").code == 0
    return firm


def held(rapport: Rapport) -> object:
    return json.loads(rapport("care-routing", "show", "--json").out)


def test_a_rule_is_set_after_a_yes_shown_and_ended(staffed: Rapport) -> None:
    nothing = staffed("care-routing", "show").all
    unsure = staffed(*SET, "--to", "2", typed="n\n")
    before = held(staffed)
    done = staffed(*SET, "--to", "2", "--stand-in", "3", typed="y\n")
    shown = held(staffed)
    ended = staffed("care-routing", "off").all

    assert "Nothing is passed on to anybody." in nothing
    assert unsure.code == REFUSED
    assert before == {}
    assert "questions under a name announce it" in done.all
    assert shown == {"signs": ["burnout", "threat"], "contact": "person:2", "stand_in": "person:3"}
    assert "Nothing is passed on any more." in ended
    assert held(staffed) == {}


@pytest.mark.parametrize(
    ("to", "says"), [("1", "leads people"), ("5", "has no HR role"), ("77", "has the id 77")]
)
def test_who_may_not_be_told_is_refused_in_words(staffed: Rapport, to: str, says: str) -> None:
    said = staffed(*SET, "--to", to, "--yes")

    assert said.code == REFUSED
    assert says in said.all
    assert held(staffed) == {}


def test_a_script_must_say_yes(staffed: Rapport) -> None:
    assert staffed(*SET, "--to", "2", "--json").code == REFUSED
    assert json.loads(staffed(*SET, "--to", "2", "--json", "--yes").out)["contact"] == "person:2"
