"""What must hold of two organisations after whatever was thrown at their door: read from the database, the mailbox and Teams."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.store import vault
from bot.store.unit import Unit
from tests.adapters.teams.tenants import SILENT, House, Street
from tests.canary import WORD
from tests.platforms.teams.checker import check

MARK = re.compile(rf"{WORD}([A-Z]\d\d)", re.IGNORECASE)
"""Whose text or name something is."""

OF_A_PERSON = {"person": "id", "account": "person_id", "steprun": "person_id", "enrolment": "person_id"}


def marks(text: str) -> set[str]:
    """Return the codes of everybody whose name or words stand in a text."""
    return {code.upper() for code in MARK.findall(text)}


def foreign(letter: str, text: str) -> set[str]:
    """Return the codes in a text that are of another tenant."""
    return {code for code in marks(text) if code[0] != letter}


def wrong(street: Street, database: Path) -> Iterator[str]:
    """Say what does not hold; a conversation can't be made with a sender whose id was damaged, and Teams says so."""
    with closing(sqlite3.connect(database)) as opened:
        yield from _broken(opened)
        yield from _misplaced(opened, street.houses)
    for house in street.houses:
        yield from street.store.read(lambda unit, house=house: [*_in_house(unit, house)], house.organisation)
    yield from _shown(street)
    yield from dict.fromkeys(said for said in check(street.fake) if not said.startswith("create "))


def _broken(opened: sqlite3.Connection) -> Iterator[str]:
    for (said,) in opened.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield f"the database is damaged: {said}"
    for table, *_ in opened.execute("PRAGMA foreign_key_check"):
        yield f"a row of {table} points nowhere"


def _misplaced(opened: sqlite3.Connection, houses: Iterable[House]) -> Iterator[str]:
    """Name rows in which somebody of another organisation stands, or words of another than the row's own person."""
    letters = {house.organisation: house.letter for house in houses}
    for (table,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in _rows(opened, table):
            letter = letters.get(row.get("organisation_id", 0), "")
            text = "\n".join(str(value) for value in row.values() if isinstance(value, str))
            if letter and foreign(letter, text):
                yield f"a row of {table} of {letter} holds {foreign(letter, text)}"
            own = row.get(OF_A_PERSON.get(table, ""))
            if own is not None and not marks(text) <= {f"{letter}{own:02}"}:
                yield f"a row of {table} of {letter}{own:02} holds {marks(text)}"


def _rows(opened: sqlite3.Connection, table: str) -> Iterator[Mapping[str, Any]]:
    found = opened.execute(f"SELECT * FROM {table}")  # noqa: S608 -- our own names
    names = [column[0] for column in found.description]
    return (dict(zip(names, row, strict=True)) for row in found)


def _in_house(unit: Unit, house: House) -> Iterator[str]:
    if (number := unit.audit.verify()) is not None:
        yield f"the audit of {house.letter} breaks at {number}"
    everybody = {number: number for number in house.users}
    for wave in unit.waves.recent(10):
        sheets = vault.collect(unit, wave.id)
        opened = vault.unseal(unit, wave.id, sheets, everybody)
        if len(opened) != len(sheets):
            yield f"{len(sheets) - len(opened)} sheets of {house.letter} are nobody's"
        for number, values in opened:
            said = marks(json.dumps(dict(values)))
            if number in SILENT:
                yield f"{house.code(number)} never answered, yet has a sheet"
            if not said <= {house.code(number)}:
                yield f"the sheet of {house.code(number)} holds words of {said}"


def _shown(street: Street) -> Iterator[str]:
    """Name what was shown where another tenant reads it."""
    letters = {house.tenant: house.letter for house in street.houses}
    for call in street.fake.calls:
        letter = letters[call.tenant]
        if found := foreign(letter, json.dumps(call.activity)):
            yield f"{call.name} into {letter} shows {found}"
