"""``rapport ethics-report``: as text, as comma-separated rows and as JSON."""

import csv
import json

from adapters.cli.console import DONE, WRONG_USE
from tests.adapters.cli.conftest import Rapport


def test_an_organisation_that_just_began_has_a_report_of_its_practice(firm: Rapport):
    said = firm("ethics-report")

    assert said.code == DONE
    assert "How fairly this was measured" in said.out
    assert "organisation.created" in said.out


def test_it_speaks_german(firm: Rapport):
    assert "Wie fair hier gemessen wurde" in firm("ethics-report", "--language", "de").out


def test_rows_and_json_say_the_same(firm: Rapport):
    rows = [*csv.DictReader(firm("ethics-report", "--csv").out.splitlines())]

    assert json.loads(firm("ethics-report", "--json").out) == rows
    assert {"figure": "waves.ended", "from": "0", "to": "0", "of": ""}.items() <= next(
        row for row in rows if row["figure"] == "waves.ended"
    ).items()


def test_a_language_that_is_not_there_is_refused(firm: Rapport):
    assert firm("ethics-report", "--language", "xx").code == WRONG_USE
