"""What the commands about the database say."""

from pathlib import Path

import pytest

from adapters.cli import database as commands
from bot.store import installations
from bot.store.installations import Terms, Tokens
from bot.store.store import Store
from bot.store.unit import Unit


def installed(unit: Unit) -> None:
    row = unit.organisations.connect("slack", "T1")
    installations.put(unit, row.id, Terms(bot_user="U0BOT", scopes=()), Tokens("xoxb-made-up"))


@pytest.fixture
def copy(store: Store, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAPPORT_DATABASE_URL", database)
    monkeypatch.setenv("RAPPORT_KEYS_DIR", str(store.keys_dir))
    return tmp_path / "copy.db"


def test_backup_and_verify_say_that_tokens_open_with_a_key_that_is_in_neither(
    store: Store, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.write(installed)

    commands.backup(copy)
    backed_up = capsys.readouterr().out
    commands.restore(copy, verify=True)
    verified = capsys.readouterr().out

    for said in (backed_up, verified):
        assert "1 workspace(s) are installed" in said
        assert "install the app again" in said
        assert "xoxb" not in said


def test_without_installations_they_say_nothing_of_tokens(
    store: Store, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.backup(copy)
    commands.restore(copy, verify=True)

    assert "are installed" not in capsys.readouterr().out
