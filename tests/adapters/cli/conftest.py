"""The ``rapport`` command in an empty folder of its own, as an operator types it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.cli.app import app
from adapters.settings import Settings

SETTINGS = tuple(name.upper() for name in Settings.model_fields)


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return " ".join(re.sub(r"[│╭╮╰╯─]", " ", self.out + self.err).split())


Rapport = Callable[..., Said]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that one stands in, with no setting made."""
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(place)
    for name in SETTINGS:
        monkeypatch.delenv(f"RAPPORT_{name}", raising=False)
    return place


@pytest.fixture
def rapport(folder: Path) -> Rapport:
    def run(*words: str, typed: str = "") -> Said:
        done = CliRunner().invoke(app, list(words), input=typed)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def firm(rapport: Rapport) -> Rapport:
    """An organisation that was just set up."""
    assert rapport("init", "--name", "Firma").code == 0
    return rapport
