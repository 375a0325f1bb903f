"""``rapport manifest teams``, as an administrator runs it: a package that can be uploaded, or what is missing."""

import json
import zipfile
from pathlib import Path

import pytest

from adapters.cli.console import WRONG_USE
from tests.adapters.cli.conftest import Rapport

APP = "3f0c9a52-6f0e-4b6a-9a11-0d4a5f3b7c21"
BASE = "https://rapport.example.org"


def manifest(file: Path) -> dict[str, object]:
    with zipfile.ZipFile(file) as archive:
        return json.loads(archive.read("manifest.json"))


def test_the_package_is_written_and_its_version_and_the_next_step_are_said(rapport: Rapport, folder: Path):
    said = rapport("manifest", "teams", "--app-id", APP, "--url", BASE, "--out", str(folder / "app.zip"))

    written = manifest(folder / "app.zip")
    assert (said.code, written["id"]) == (0, APP)
    assert str(written["version"]) in said.out + said.err
    assert "Upload" in said.out + said.err


def test_id_and_address_come_from_the_settings_where_they_are_made(
    rapport: Rapport, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RAPPORT_TEAMS_APP_ID", APP)
    monkeypatch.setenv("RAPPORT_PUBLIC_URL", BASE)
    monkeypatch.chdir(folder)

    said = rapport("manifest", "teams", "--app-version", "2.0.1")

    assert said.code == 0
    assert manifest(folder / "rapport.zip")["version"] == "2.0.1"


def test_it_speaks_the_language_of_the_organisation(rapport: Rapport, folder: Path):
    rapport("init", "--name", "Firma", "--locale", "de-DE")

    rapport("manifest", "teams", "--app-id", APP, "--url", BASE, "--out", str(folder / "a.zip"))

    assert manifest(folder / "a.zip")["localizationInfo"]["defaultLanguageTag"] == "de"  # type: ignore[index]  # JSON of a shape that the test demands


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (("--url", BASE), "app id"),
        (("--app-id", APP), "https://"),
        (("--app-id", APP, "--url", BASE, "--app-version", "2"), "1.2.3"),
        (("--app-id", APP, "--url", BASE, "--language", "fr"), "Choose de or en"),
        (("--app-id", APP, "--url", BASE, "--out", "no/such/folder/a.zip"), "No such file"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_written(
    rapport: Rapport, folder: Path, given: tuple[str, ...], named: str
):
    said = rapport("manifest", "teams", *given)

    assert (said.code, said.out) == (WRONG_USE, "")
    assert named in said.err
    assert list(folder.glob("**/*.zip")) == []
