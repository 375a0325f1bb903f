"""Tokens of installations are sealed, bound to where they belong, and read with their key alone."""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.errors import KeyLost
from bot.store import installations
from bot.store.backup import backup
from bot.store.installations import Terms, Tokens
from bot.store.store import Store, open_store
from bot.store.tables import Installation
from bot.store.unit import Unit
from tests.fakes import MONDAY, FakeClock

ACCESS, REFRESH = "xoxe.xoxb-1-made-up-access", "xoxe-1-made-up-refresh"
TOKENS = Tokens(ACCESS, REFRESH, MONDAY + timedelta(hours=12))
TERMS = Terms(bot_user="U0BOT", scopes=("users:read", "chat:write"), enterprise="E1")


def put(store: Store, external: str = "T1", tokens: Tokens = TOKENS, organisation: int = 1) -> int:
    def work(unit: Unit) -> int:
        row = unit.organisations.connect("slack", external)
        installations.put(unit, row.id, TERMS, tokens)
        return row.id

    return store.write(work, organisation)


def got(store: Store, workspace: int = 1, organisation: int = 1) -> Tokens | None:
    return store.read(lambda unit: installations.get(unit, workspace), organisation)


def rows(store: Store) -> list[Installation]:
    return store.read(lambda unit: list(unit.session.exec(select(Installation))))


def keys(store: Store) -> list[str]:
    return sorted(path.name for path in store.keys_dir.glob("tokens-*.key"))


def test_tokens_come_back_as_they_were_kept(any_store: Store) -> None:
    workspace = put(any_store)

    assert got(any_store, workspace) == TOKENS
    (row,) = rows(any_store)
    assert (row.bot_user, row.scopes, row.enterprise) == ("U0BOT", "chat:write,users:read", "E1")
    assert row.installed_at == any_store.clock.now()


def test_a_token_that_does_not_end_has_no_refresh_token(any_store: Store) -> None:
    put(any_store, tokens=Tokens(ACCESS))

    assert got(any_store) == Tokens(ACCESS)


def test_installing_again_replaces_the_tokens(any_store: Store) -> None:
    put(any_store)
    put(any_store, tokens=Tokens("anew"))

    assert got(any_store) == Tokens("anew")
    assert len(rows(any_store)) == 1


def test_what_is_erased_is_gone(any_store: Store) -> None:
    put(any_store)

    assert [any_store.write(lambda unit: installations.erase(unit, 1)) for _ in range(2)] == [True, False]
    assert got(any_store) is None


@pytest.mark.parametrize(("spent", "kept"), [(REFRESH, True), ("xoxe-other", False)])
def test_renewed_tokens_take_the_place_of_those_they_were_made_from_only(
    any_store: Store, spent: str, kept: bool
) -> None:
    put(any_store)
    fresh = Tokens("a2", "r2", MONDAY + timedelta(hours=24))

    assert any_store.write(lambda unit: installations.renew(unit, 1, spent, fresh)) is kept
    assert got(any_store) == (fresh if kept else TOKENS)


def test_renewed_tokens_do_not_bring_an_erased_installation_back(any_store: Store) -> None:
    assert not any_store.write(lambda unit: installations.renew(unit, 1, REFRESH, TOKENS))
    assert rows(any_store) == []


def test_the_database_its_log_and_a_backup_hold_no_token(store: Store, database: str, tmp_path: Path) -> None:
    put(store)
    store.write(lambda unit: installations.renew(unit, 1, REFRESH, Tokens("xoxe.second", "xoxe-second-r")))
    backup(database, tmp_path / "copy.db")
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    (key,) = store.keys_dir.glob("tokens-*.key")

    assert {"rapport.db", "rapport.db-wal", "copy.db"} <= {path.name for path in files}
    held = b"".join(path.read_bytes() for path in files)
    assert b"U0BOT" in held  # the search would have found it
    secrets = [secret.encode() for secret in (ACCESS, REFRESH, "xoxe.second", "xoxe-second-r")]
    assert not [secret for secret in (*secrets, key.read_bytes()) if secret in held]


def test_a_restored_backup_without_the_key_says_that_the_key_is_lost(
    store: Store, database: str, tmp_path: Path, clock: FakeClock
) -> None:
    put(store)
    backup(database, tmp_path / "copy.db")
    elsewhere = open_store(f"sqlite:///{tmp_path / 'copy.db'}", keys_dir=tmp_path / "other", clock=clock)

    with pytest.raises(KeyLost):
        got(elsewhere)
    elsewhere.close()


def test_the_key_is_for_this_user_only_and_each_organisation_has_its_own(any_store: Store) -> None:
    put(any_store)
    put(any_store, "T2", organisation=2)

    assert keys(any_store) == ["tokens-1-1.key", "tokens-2-1.key"]
    modes = {path.stat().st_mode & 0o777 for path in any_store.keys_dir.glob("tokens-*.key")}
    assert modes == {0o600}


def test_the_same_token_never_looks_the_same_twice(any_store: Store) -> None:
    put(any_store)
    put(any_store, "T2")

    seals = {seal for row in rows(any_store) for seal in (row.token, row.refresh_token)}
    assert len(seals) == 4


def moved_column(unit: Unit, mine: Installation, _: Installation) -> None:
    mine.token, mine.refresh_token = mine.refresh_token or b"", mine.token


def moved_workspace(unit: Unit, mine: Installation, other: Installation) -> None:
    mine.token = other.token


def changed_bit(unit: Unit, mine: Installation, _: Installation) -> None:
    mine.token = mine.token[:-1] + bytes([mine.token[-1] ^ 1])


def cut_short(unit: Unit, mine: Installation, _: Installation) -> None:
    mine.token = mine.token[:10]


@pytest.mark.parametrize("harm", [moved_column, moved_workspace, changed_bit, cut_short])
def test_a_seal_that_was_moved_or_changed_does_not_open(any_store: Store, harm) -> None:
    put(any_store)
    put(any_store, "T2")

    def work(unit: Unit) -> None:
        mine, other = (unit.session.get_one(Installation, (1, number)) for number in (1, 2))
        harm(unit, mine, other)
        unit.session.add(mine)

    any_store.write(work)

    with pytest.raises(KeyLost):
        got(any_store)
    assert got(any_store, 2) == TOKENS


def test_no_secret_stands_in_a_repr() -> None:
    assert "xox" not in repr(TOKENS)


# --- changing the key ---


def test_a_new_key_reads_what_the_old_one_sealed_and_the_old_one_is_gone(any_store: Store) -> None:
    put(any_store)
    put(any_store, "T2", Tokens("never ends"))
    old = (any_store.keys_dir / "tokens-1-1.key").read_bytes()

    assert any_store.write(installations.rewrap) == 2
    assert any_store.write(installations.drop_keys) == 1
    assert keys(any_store) == ["tokens-1-2.key"]
    assert (any_store.keys_dir / "tokens-1-2.key").read_bytes() != old
    assert [got(any_store, n) for n in (1, 2)] == [TOKENS, Tokens("never ends")]


def test_if_changing_the_key_fails_half_way_everything_can_still_be_read(any_store: Store) -> None:
    put(any_store)

    def dies(unit: Unit) -> None:
        installations.rewrap(unit)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        any_store.write(dies)

    assert any_store.write(installations.drop_keys) == 0
    assert got(any_store) == TOKENS
    any_store.write(installations.rewrap)
    assert any_store.write(installations.drop_keys) == 2
    assert got(any_store) == TOKENS


def test_with_the_key_lost_a_new_installation_gets_a_new_key_and_the_others_stay_lost(
    any_store: Store,
) -> None:
    put(any_store)
    put(any_store, "T2")
    (any_store.keys_dir / "tokens-1-1.key").unlink()

    put(any_store)

    assert got(any_store) == TOKENS
    with pytest.raises(KeyLost):
        got(any_store, 2)
    with pytest.raises(KeyLost):
        any_store.write(installations.rewrap)
    assert got(any_store) == TOKENS


def test_a_damaged_key_does_not_stand_in_the_way_of_the_others(any_store: Store) -> None:
    put(any_store)
    shutil.copy(any_store.keys_dir / "tokens-1-1.key", any_store.keys_dir / "tokens-1-3.key")
    (any_store.keys_dir / "tokens-1-2.key").write_bytes(os.urandom(5))
    (any_store.keys_dir / "tokens-1-3.key").write_bytes(b"")

    put(any_store, "T2")

    assert [got(any_store, n) for n in (1, 2)] == [TOKENS, TOKENS]


def test_a_backup_counts_the_installations(store: Store, database: str, tmp_path: Path) -> None:
    put(store)
    backup(database, tmp_path / "copy.db")

    assert json.loads((tmp_path / "copy.db.json").read_text())["rows"]["installation"] == 1
