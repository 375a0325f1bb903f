"""Locks between processes, tried from two places of one process: the kernel tells them apart."""

import os
import threading
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store import locks
from bot.store.locks import FileLock, ServerLock, WriteLock


def test_a_lock_has_one_holder_at_a_time(tmp_path: Path):
    first, second = FileLock(tmp_path / "a.lock"), FileLock(tmp_path / "a.lock")

    assert first.try_acquire()
    assert not second.acquire(0.0)
    first.release()
    assert second.try_acquire()

    first.close()
    second.close()


def test_closing_a_lock_gives_it_free(tmp_path: Path):
    first, second = FileLock(tmp_path / "a.lock"), FileLock(tmp_path / "a.lock")
    first.try_acquire()
    first.close()

    assert second.try_acquire()
    second.close()


def test_whoever_waits_comes_before_whoever_just_wrote(tmp_path: Path):
    busy, patient = WriteLock(tmp_path / "rapport.db"), WriteLock(tmp_path / "rapport.db")
    order: list[str] = []
    waits = threading.Event()

    def wait_for_it() -> None:
        waits.set()
        patient.acquire()
        order.append("patient")
        patient.release()

    busy.acquire()
    thread = threading.Thread(target=wait_for_it)
    thread.start()
    waits.wait()
    turn = FileLock(tmp_path / "rapport.turn.lock")
    while turn.try_acquire():  # until the other one holds the turn
        turn.release()
    busy.release()
    busy.acquire()
    order.append("busy")
    thread.join()

    assert order == ["patient", "busy"]
    for lock in (busy, patient, turn):
        lock.release() if lock is busy else None
        lock.close()


def test_patience_ends_with_an_explanation_and_leaves_the_turn_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(locks, "PATIENCE_S", 0.01)
    holder, late = WriteLock(tmp_path / "rapport.db"), WriteLock(tmp_path / "rapport.db")
    holder.acquire()

    with pytest.raises(StoreError, match="Nothing was saved"):
        late.acquire()

    holder.release()
    late.acquire()
    holder.close()
    late.close()


def test_the_first_server_is_named_to_the_second(tmp_path: Path):
    first = ServerLock(tmp_path / "rapport.db")

    with pytest.raises(StoreError, match=f"process {os.getpid()}"):
        ServerLock(tmp_path / "rapport.db")

    first.close()
    ServerLock(tmp_path / "rapport.db").close()


def test_servers_of_different_databases_do_not_disturb_each_other(tmp_path: Path):
    first, second = ServerLock(tmp_path / "rapport.db"), ServerLock(tmp_path / "demo.db")

    first.close()
    second.close()
