"""Inserts that can skip or change rows which exist; both databases have them, under one spelling each."""

from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlmodel import Session, SQLModel

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Insert: TypeAlias = "sqlite.Insert | postgresql.Insert"


def insert_into(session: Session, table: Table | type[SQLModel]) -> Insert:
    """Begin an INSERT that knows ON CONFLICT, in the dialect of the session's database."""
    return insert_in(session.get_bind().dialect.name, table)


def insert_in(dialect: str, table: Table | type[SQLModel]) -> Insert:
    """Begin the same in a dialect that is called by its name."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - with a dozen drivers; SQLite needs none of them

        return postgresql.insert(table)
    return sqlite.insert(table)
