"""No row can point into another organisation, because the shape of the tables does not let it."""

import pytest
from sqlalchemy import Table, UniqueConstraint
from sqlalchemy.types import DateTime, TypeDecorator

from bot.store import tables

OWNED = [table for table in tables.metadata.sorted_tables if table.name != "organisation"]
ACROSS = {("workspace", ("platform", "external"))}
"""What must be unique over all organisations: a workspace belongs to one of them."""


@pytest.fixture(params=OWNED, ids=lambda table: table.name)
def table(request: pytest.FixtureRequest) -> Table:
    found: Table = request.param
    return found


def test_the_vault_is_among_the_tables():
    assert {"organisation", "person", "sheet", "answer"} <= set(tables.metadata.tables)


def test_every_key_starts_with_the_organisation(table: Table):
    assert next(iter(table.primary_key.columns)).name == "organisation_id"


def test_every_pointer_stays_within_the_organisation(table: Table):
    for constraint in table.foreign_key_constraints:
        assert constraint.column_keys[0] == "organisation_id"
        target = constraint.elements[0].column
        assert (target.table.name, target.name) in {
            ("organisation", "id"),
            (constraint.referred_table.name, "organisation_id"),
        }


def test_every_index_and_unique_rule_starts_with_the_organisation(table: Table):
    groups = [tuple(index.columns.keys()) for index in table.indexes]
    groups += [tuple(c.columns.keys()) for c in table.constraints if isinstance(c, UniqueConstraint)]

    assert all(names[0] == "organisation_id" or (table.name, names) in ACROSS for names in groups)


def test_every_moment_is_kept_with_its_zone(table: Table):
    for column in table.columns:
        if isinstance(column.type, DateTime) or (
            isinstance(column.type, TypeDecorator) and isinstance(column.type.impl, DateTime)
        ):
            assert isinstance(column.type, TypeDecorator), f"{column} is kept without a zone"
