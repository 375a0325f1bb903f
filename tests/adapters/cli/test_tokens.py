"""The sealed tokens of installed workspaces: a new key on demand, and a doctor who says whether they can be read."""

import json
from pathlib import Path

import pytest

from bot.cases import installations
from bot.cases.installations import Installed, Tokens
from bot.clock import SystemClock
from bot.store import installations as sealed
from bot.store.store import open_store
from bot.store.unit import Store, Unit
from tests.adapters.cli.conftest import Rapport

SECRET = Tokens("xoxb-made-up", "xoxe-made-up")


def in_store(folder: Path) -> Store:
    return open_store(
        f"sqlite:///{folder / 'var/rapport.db'}", keys_dir=folder / "rapport-keys", clock=SystemClock()
    )


def install(folder: Path, *workspaces: str) -> None:
    store = in_store(folder)
    for external in workspaces:
        new = Installed(platform="slack", external=external, bot_user="U0", scopes=(), tokens=SECRET)
        store.write(lambda unit, new=new: installations.install(unit, new, workspaces))
    store.close()


def kept(folder: Path, workspace: str) -> Tokens | None:
    store = in_store(folder)
    try:
        return installations.find(store, "slack", workspace)
    finally:
        store.close()


def keys(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "rapport-keys").glob("tokens-*.key"))


def finding(rapport: Rapport) -> dict[str, str]:
    found = json.loads(rapport("doctor", "--json").out)
    return next(each for each in found if each["check"] == "stored tokens")


def test_all_tokens_are_sealed_under_a_new_key_and_the_old_one_is_gone(firm: Rapport, folder: Path) -> None:
    install(folder, "T1", "T2")
    assert keys(folder) == ["tokens-1-1.key"]

    said = firm("tokens", "rewrap")

    assert said.code == 0
    assert "The tokens of 2 workspace(s) are sealed under a new key" in said.all
    assert keys(folder) == ["tokens-1-2.key"]
    assert [kept(folder, workspace) for workspace in ("T1", "T2")] == [SECRET, SECRET]
    assert json.loads(firm("tokens", "rewrap", "--json").out) == {"rewrapped": 2}


def test_without_an_installation_there_is_nothing_to_seal_and_no_key_is_made(
    firm: Rapport, folder: Path
) -> None:
    said = firm("tokens", "rewrap")

    assert (said.code, keys(folder)) == (0, [])
    assert "nothing to seal anew" in said.all


@pytest.mark.parametrize("harm", ["gone", "damaged"])
def test_a_lost_key_is_said_with_what_to_do_and_changes_nothing(
    firm: Rapport, folder: Path, harm: str
) -> None:
    install(folder, "T1", "T2")
    key = folder / "rapport-keys" / "tokens-1-1.key"
    key.unlink() if harm == "gone" else key.write_bytes(b"short")
    install(folder, "T2")
    before = keys(folder)

    said = firm("tokens", "rewrap")

    assert said.code == 1
    assert "The tokens of T1 can't be read" in said.all
    assert "Nothing was changed." in said.all
    assert keys(folder) == before
    assert kept(folder, "T2") == SECRET
    assert finding(firm)["state"] == "problem"
    assert "Those of T1 can't be read" in finding(firm)["text"]


def test_the_doctor_says_that_all_can_be_read(firm: Rapport, folder: Path) -> None:
    install(folder, "T1")

    assert finding(firm) == {
        "check": "stored tokens",
        "state": "ok",
        "text": "1 installed workspace(s), all can be read.",
    }


def test_who_looks_a_token_up_while_its_key_is_changed_still_finds_it(
    firm: Rapport, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The view of the database is from before the change, the folder of keys from after it."""
    install(folder, "T1")
    store, get, changed = in_store(folder), sealed.get, []

    def meanwhile(unit: Unit, workspace: int) -> Tokens | None:
        if not changed:
            changed.append(unit.session.get_one(sealed.Installation, (1, workspace)).token)
            assert firm("tokens", "rewrap").code == 0
        return get(unit, workspace)

    monkeypatch.setattr(sealed, "get", meanwhile)

    assert installations.find(store, "slack", "T1") == SECRET
    assert len(changed) == 1
    store.close()
