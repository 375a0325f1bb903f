"""The record of acts can be added to, and any other change shows."""

import hashlib

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col

from bot.store.audit import _without_free_text
from bot.store.store import Store
from bot.store.tables import Audit
from bot.store.unit import Unit

EDITS = {
    "at": sqlalchemy.literal_column("datetime(at, '+1 hour')"),
    "actor": "somebody else",
    "act": "nothing",
    "object": "other",
    "details": {"k": 9},
    "digest": "0" * 64,
}


def record(store: Store, n: int = 5, organisation: int = 1) -> None:
    for i in range(n):
        store.write(lambda unit, i=i: unit.audit.record(unit.now, "person:1", "threshold.raise", f"wave:{i}",
                                                        {"k": i}), organisation)  # fmt: skip


def edit(store: Store, statement: sqlalchemy.Executable) -> None:
    store.write(lambda unit: unit.session.execute(statement))


def test_an_untouched_record_is_whole(any_store: Store):
    record(any_store)

    assert any_store.read(lambda unit: unit.audit.verify()) is None
    assert [row.number for row in any_store.read(lambda unit: unit.audit.entries())] == [1, 2, 3, 4, 5]


def test_an_empty_record_is_whole(any_store: Store):
    assert any_store.read(lambda unit: unit.audit.verify()) is None
    assert any_store.read(lambda unit: unit.audit.head()) == (0, "")


@pytest.mark.parametrize("column", EDITS)
def test_a_changed_entry_is_found(store: Store, column: str):
    record(store)
    edit(store, sqlalchemy.update(Audit).where(col(Audit.number) == 3).values({column: EDITS[column]}))

    assert store.read(lambda unit: unit.audit.verify()) == 3


@pytest.mark.parametrize("missing", [1, 3, 5])
def test_a_missing_entry_is_found_even_the_last(store: Store, missing: int):
    record(store)
    edit(store, sqlalchemy.delete(Audit).where(col(Audit.number) == missing))

    assert store.read(lambda unit: unit.audit.verify()) == missing


def test_an_entry_moved_to_another_organisation_is_found(any_store: Store):
    record(any_store, 2)
    record(any_store, 1, organisation=2)
    edit(any_store, sqlalchemy.delete(Audit).where(col(Audit.organisation_id) == 2))
    edit(any_store, sqlalchemy.update(Audit).where(col(Audit.number) == 1).values(organisation_id=2))

    assert any_store.read(lambda unit: unit.audit.verify(), 2) == 1


def test_a_refused_act_leaves_no_gap(any_store: Store):
    def act_and_fail(unit: Unit) -> None:
        unit.audit.record(unit.now, "person:1", "go.live")
        raise ZeroDivisionError

    record(any_store, 1)
    with pytest.raises(ZeroDivisionError):
        any_store.write(act_and_fail)
    record(any_store, 1)

    assert any_store.read(lambda unit: unit.audit.head())[0] == 2
    assert any_store.read(lambda unit: unit.audit.verify()) is None


def test_the_head_changes_with_each_entry(any_store: Store):
    heads = set()
    for _ in range(3):
        record(any_store, 1)
        heads.add(any_store.read(lambda unit: unit.audit.head()))

    assert len(heads) == 3


def test_keys_and_figures_are_kept_as_they_are(store: Store):
    details = {
        "before": "a1b2",
        "path": "Operations/Support",
        "k": 7,
        "live": True,
        "of": [1, 2],
        "none": None,
    }

    assert store.write(lambda unit: unit.audit.record(unit.now, "cli", "do", "", details)).details == details


@given(st.text(), st.sampled_from(" \n\t<>\"'"), st.text())
def test_free_text_never_enters_only_its_hash_does(before: str, between: str, after: str):
    text = before + between + after

    kept = _without_free_text({text: text, "list": [text], "deep": {"er": text}})

    digest = "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    assert kept == {digest: digest, "list": [digest], "deep": {"er": digest}}
