"""``rapport manifest slack``, as an administrator runs it: what is printed can be pasted, or it says what is missing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.cli.console import WRONG_USE
from adapters.slack.manifest import manifest
from tests.adapters.cli.conftest import Rapport

BASE = "https://rapport.example.org"


def test_a_process_of_its_own_prints_the_manifest_and_nothing_else(folder: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from adapters.cli import main; main()", "manifest", "slack"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert json.loads(ran.stdout) == manifest("socket")
    assert ran.stderr == ""
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("given", [BASE, f"{BASE}/", f" {BASE}/slack/events"])
def test_over_http_every_request_goes_to_the_address_that_was_given(rapport: Rapport, given: str) -> None:
    said = rapport("manifest", "slack", "--mode", "http", "--url", given)

    assert json.loads(said.out) == manifest("http", BASE)


def test_mode_and_address_come_from_the_settings_where_they_are_made(
    rapport: Rapport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAPPORT_SLACK_MODE", "http")
    monkeypatch.setenv("RAPPORT_PUBLIC_URL", BASE)

    assert json.loads(rapport("manifest", "slack").out) == manifest("http", BASE)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://rapport.example.org",
        "rapport.example.org",
        "https://",
        "https://a@b.example",
        f"{BASE}?a=b",
    ],
)
def test_http_without_an_address_that_slack_can_reach_is_refused(rapport: Rapport, url: str) -> None:
    said = rapport("manifest", "slack", "--mode", "http", "--url", url)

    assert (said.code, said.out) == (WRONG_USE, "")
    assert "https://" in said.err
    assert "--mode socket" in said.err


def test_it_speaks_the_language_of_the_organisation_unless_another_is_asked_for(rapport: Rapport) -> None:
    rapport("init", "--name", "Firma", "--locale", "de-DE")

    own, english = rapport("manifest", "slack"), rapport("manifest", "slack", "--language", "en")

    assert json.loads(own.out) == manifest("socket", language="de")
    assert json.loads(english.out) == manifest("socket")


def test_a_language_that_there_is_not_is_refused_with_those_there_are(rapport: Rapport) -> None:
    said = rapport("manifest", "slack", "--language", "fr")

    assert (said.code, said.out) == (WRONG_USE, "")
    assert "Choose de or en" in said.err


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        (BASE, True),
        ("http://127.0.0.1:3978", True),
        ("http://localhost:3978", True),
        ("http://[::1]:3978", True),
        ("http://rapport.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("https://a:b@rapport.example.org", False),
        ("https://rapport.example.org:port", False),
        ("rapport.example.org", False),
    ],
)
def test_an_address_over_which_a_list_of_people_would_travel_in_clear_is_no_setting(
    rapport: Rapport, monkeypatch: pytest.MonkeyPatch, address: str, *, fine: bool
) -> None:
    monkeypatch.setenv("RAPPORT_PUBLIC_URL", address)

    said = rapport("manifest", "slack")

    assert said.code == (0 if fine else WRONG_USE)
    assert fine or "RAPPORT_PUBLIC_URL" in said.err
