"""Somebody with every copy of the database and its log, taken after each answer, tries to link answers to people."""

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from math import sqrt
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from bot.store import vault
from bot.store.store import open_store
from tests import builders
from tests.fakes import FakeClock
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
PEOPLE = 16
WAVES = 8


@pytest.fixture
def place(tmp_path: Path) -> Path:
    builders.a_store(builders.a_database(tmp_path), tmp_path, FakeClock(MONDAY)).close()
    return tmp_path


def everything(folder: Path) -> bytes:
    """What a thief of the disk holds: database, write-ahead log, shared memory; not the keys."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("rapport.db*")))


class Witness:
    """A wave of answers in a known order, with a copy of the files after each."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.clock = FakeClock(MONDAY)
        self.store = open_store(
            f"sqlite:///{folder / 'rapport.db'}", keys_dir=folder / "keys", clock=self.clock, role="server"
        )
        self.town = Town(self.store, self.clock)
        people = self.town.has("Support", PEOPLE)
        self.town.runs()
        self.town.opens()
        self.order = Random(seed).sample(people, PEOPLE)
        self.tokens: list[str] = []
        self.copies: list[bytes] = []

    def answer(self) -> None:
        for person in self.order:
            self.town.answers(person, job_satisfaction=str(1 + person % 5), pulse_comment=word(person))
            self.copies.append(everything(self.folder))
            self.tokens.append(self._new_token())

    def _new_token(self) -> str:
        rows = self.store.read(lambda unit: vault.collect(unit, 1))
        return next(row.token for row in rows if row.token not in self.tokens)

    def close(self) -> bytes:
        self.clock.move_to(FRIDAY)
        self.town.closes()
        self.store.close()
        return everything(self.folder)


def word(person: int) -> str:
    return f"zebra{person:03d}quagga"


def stored(folder: Path) -> list[tuple[str, str]]:
    """The closed wave's comments in the order in which the database gives them: (id, text)."""
    connection = sqlite3.connect(folder / "rapport.db")
    try:
        query = "SELECT id, value FROM answer WHERE question = 'pulse-comment'"
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def by_database_order(folder: Path, _: Witness) -> list[str]:
    return [text for _, text in stored(folder)]


def by_place_on_disk(folder: Path, _: Witness) -> list[str]:
    raw = everything(folder)
    return sorted((text for _, text in stored(folder)), key=lambda text: raw.rfind(text.encode()))


def by_sorted_token(folder: Path, witness: Witness) -> list[str]:
    """Match the tokens' own order, in which the mailbox was read at close, with the rows' order."""
    texts = by_database_order(folder, witness)
    rank = {token: place for place, token in enumerate(sorted(witness.tokens))}
    return [texts[rank[token]] for token in witness.tokens]


def by_length(folder: Path, witness: Witness) -> list[str]:
    """Match the length of what was sealed with the length of the texts."""
    rows = {len(copy): place for place, copy in enumerate(witness.copies)}
    texts = sorted((text for _, text in stored(folder)), key=len)
    return [texts[rows.get(len(copy), 0) % len(texts)] for copy in witness.copies]


@pytest.mark.parametrize("guess", [by_database_order, by_place_on_disk, by_sorted_token, by_length])
def test_who_has_every_copy_links_answers_no_better_than_chance(
    place: Path, tmp_path_factory: pytest.TempPathFactory, guess: Callable[[Path, Witness], list[str]]
) -> None:
    hits = 0
    for seed in range(WAVES):
        folder = tmp_path_factory.mktemp("copy")
        shutil.copytree(place, folder, dirs_exist_ok=True)
        witness = Witness(folder, seed)
        witness.answer()
        witness.close()
        guessed = guess(folder, witness)
        hits += sum(text == word(person) for person, text in zip(witness.order, guessed, strict=True))

    # A random matching is right once a wave on average, with variance one.
    assert hits <= WAVES + 5 * sqrt(WAVES)


def test_the_matching_test_would_notice_rows_kept_in_the_order_of_answering(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: with orderly ids, no shuffling and an orderly mailbox everybody is found."""
    monkeypatch.setattr(vault.secrets.SystemRandom, "shuffle", lambda self, rows: None)
    numbers = iter(range(10_000))
    monkeypatch.setattr(vault.uuid, "uuid4", lambda: UUID(int=next(numbers)))
    witness = Witness(place, 1)
    witness.answer()
    monkeypatch.setattr(
        vault,
        "collect",
        lambda unit, wave, real=vault.collect: sorted(
            real(unit, wave), key=lambda row: witness.tokens.index(row.token)
        ),
    )
    witness.close()

    guessed = by_database_order(place, witness)

    assert guessed == [word(person) for person in witness.order]


def test_no_copy_taken_while_the_wave_is_open_holds_an_answer(place: Path) -> None:
    witness = Witness(place, 3)
    witness.answer()

    assert not any(word(person).encode() in copy for person in witness.order for copy in witness.copies)
    witness.store.close()


def test_after_the_close_no_token_and_no_sealed_sheet_is_left_in_any_file(place: Path) -> None:
    witness = Witness(place, 4)
    witness.answer()
    assert all(token.encode() in witness.copies[-1] for token in witness.tokens)

    left = witness.close()

    assert not any(token.encode() in left for token in witness.tokens)
    assert not list((place / "keys").iterdir())


def test_no_row_of_any_table_holds_both_a_person_and_an_answer_or_token(place: Path) -> None:
    witness = Witness(place, 5)
    witness.answer()
    witness.close()

    columns = {table.name: set(table.columns.keys()) for table in vault.Row.metadata.tables.values()}

    for table in ("sheet", "answer", "cellsum", "pairsum"):
        assert not columns[table] & {"person_id", "user", "at", "created_at", "received_at", "sent_at"}


def test_all_sheets_are_sealed_to_the_same_size_whatever_was_written(place: Path) -> None:
    witness = Witness(place, 6)
    for person, text in zip(witness.order, ["", "x", "ä" * 500, "\U0001f389" * 2000], strict=False):
        witness.town.answers(person, job_satisfaction="3", pulse_comment=text)

    sizes = {len(row.sealed) for row in witness.store.read(lambda unit: vault.collect(unit, 1))}

    assert len(sizes) == 1
    witness.store.close()
