import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.chatlog import ChatLog, Entry, packed
from adapters.local.render import spoken
from bot.errors import StoreError

NOW = "2026-11-23T08:00:00+00:00"


def an_entry(user: str = "E1", text: str = "hello", **more: object) -> Entry:
    return Entry(user=user, at=NOW, card=packed(spoken(text)), **more)  # type: ignore[arg-type] # fields by name


def texts(log: ChatLog, user: str = "E1") -> list[str]:
    return [entry.content()["fallback"] for entry in log.standing(user)]


def reopened(path: Path) -> ChatLog:
    """Open the file a second time, as after a kill: the first one was never closed."""
    return ChatLog(path)


def test_everything_is_there_after_the_process_died(log: Path):
    first = ChatLog(log)
    entries = [first.append(an_entry(text=f"line {n}", delivery=f"d{n}")) for n in range(3)]
    first.append(replace(an_entry(text="changed"), replaces=entries[1].id, root=entries[1].root))

    second = reopened(log)

    assert texts(second) == ["line 0", "changed", "line 2"]
    assert second.delivered("d1") == entries[1]
    assert second.append(an_entry()).id == 5


@given(cut=st.integers(1, 200))
def test_a_torn_last_line_is_dropped_and_the_rest_stays(tmp_path_factory: pytest.TempPathFactory, cut: int):
    path = tmp_path_factory.mktemp("log") / "chat.jsonl"
    log = ChatLog(path)
    log.append(an_entry(text="whole", delivery="d1"))
    size = path.stat().st_size
    log.append(an_entry(text="torn", delivery="d2"))
    log.close()
    os.truncate(path, max(size, path.stat().st_size - cut))

    second = reopened(path)
    second.append(an_entry(text="next"))

    assert texts(second) == ["whole", "next"]
    assert second.delivered("d2") is None
    assert texts(reopened(path)) == ["whole", "next"]


def test_a_last_line_of_zeros_from_a_power_cut_is_dropped(log: Path):
    ChatLog(log).append(an_entry(text="whole"))
    with log.open("ab") as file:
        file.write(b"\0" * 300 + b"\n")

    assert texts(reopened(log)) == ["whole"]
    assert texts(reopened(log)) == ["whole"]


def test_damage_in_the_middle_is_refused_with_its_line(log: Path):
    first = ChatLog(log)
    for n in range(3):
        first.append(an_entry(text=f"line {n}"))
    lines = log.read_bytes().split(b"\n")
    log.write_bytes(b"\n".join([lines[0], b"{broken", *lines[2:]]))

    with pytest.raises(StoreError, match="line 2"):
        reopened(log)


def test_a_line_that_is_missing_in_the_middle_is_noticed(log: Path):
    first = ChatLog(log)
    for n in range(4):
        first.append(an_entry(text=f"line {n}"))
    lines = log.read_bytes().split(b"\n")
    log.write_bytes(b"\n".join([lines[0], *lines[2:]]))

    with pytest.raises(StoreError, match="line 2"):
        reopened(log)


def test_a_full_disk_keeps_nothing_of_the_line_and_the_file_whole(log: Path, monkeypatch: pytest.MonkeyPatch):
    kept = ChatLog(log)
    kept.append(an_entry(text="before"))
    write = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda file, data: write(file, data[:20]))
        with pytest.raises(OSError, match="only 20"):
            kept.append(an_entry(text="too much", delivery="d9"))
    kept.append(an_entry(text="after"))

    assert texts(kept) == texts(reopened(log)) == ["before", "after"]
    assert kept.delivered("d9") is None


def test_a_message_that_is_gone_no_longer_stands_but_happened(log: Path):
    kept = ChatLog(log)
    first = kept.append(an_entry())
    kept.append(replace(first, kind="gone", replaces=first.id))

    assert kept.standing("E1") == []
    assert [entry.kind for entry in kept.since("E1", 0)] == ["message", "gone"]


def test_one_conversation_never_shows_another(log: Path):
    kept = ChatLog(log)
    kept.append(an_entry("E1", "mine"))
    kept.append(an_entry("E2", "yours"))

    assert texts(kept, "E1") == ["mine"]
    assert [entry.user for entry in kept.since("E2", 0)] == ["E2"]
    assert kept.standing("E3") == []


@given(st.text())
def test_any_text_survives_the_file(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.mktemp("log") / "chat.jsonl"
    ChatLog(path).append(an_entry(text=text))

    assert texts(reopened(path)) == [text]


def test_the_file_is_readable_by_its_owner_only(log: Path):
    ChatLog(log)

    assert log.stat().st_mode & 0o077 == 0
