"""Runs the history on the connection that ``bot.store.migrate`` hands in.

The vault is imported for its tables only: without them, they would count as dropped.
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

import bot.store.vault  # noqa: F401 -- declares the vault's tables
from bot.store import tables


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write plain SQLAlchemy types, so that an old migration never depends on how a library names its own."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def include_name(name: str | None, kind: str, _: Any) -> bool:
    """Leave tables alone that other programs keep in the same database (a job queue's, for example)."""
    return kind != "table" or name in tables.metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    render_as_batch=True,
    render_item=render_item,
    include_name=include_name,
    on_version_apply=context.config.attributes.get("applied", ()),
)
with context.begin_transaction():
    context.run_migrations()
