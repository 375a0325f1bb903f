"""Tokens of installations, sealed: AES-256-GCM under a key of the organisation that lies beside the wave keys.

A seal is the key's name (8 bytes), a random nonce (12) and the ciphertext; it is bound to organisation, workspace,
column and key, so none can be moved elsewhere. Without the key, which is in no backup, the app has to be installed
again. Only the cases of installations and of workspaces import this module.
"""

import contextlib
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import col, select

from bot.errors import KeyLost
from bot.store import key_files
from bot.store.tables import Installation, Organisation
from bot.store.unit import Unit

NAME, NONCE = 8, 12
"""Bytes of a key's name and of a nonce at the head of a seal."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What is sealed, and until when it is good; ``refresh`` is empty where tokens do not end."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an installation is and may do; none of it is secret."""

    bot_user: str
    scopes: Sequence[str]
    enterprise: str = ""


def put(unit: Unit, workspace_id: int, terms: Terms, tokens: Tokens) -> None:
    """Keep an installation in place of what was known of the workspace."""
    _one_at_a_time(unit)
    row = Installation(
        organisation_id=unit.organisation_id,
        workspace_id=workspace_id,
        enterprise=terms.enterprise,
        bot_user=terms.bot_user,
        scopes=",".join(sorted(terms.scopes)),
        token=b"",
        installed_at=unit.now,
    )
    _write(unit, row, tokens)
    unit.session.merge(row)
    unit.session.flush()


def get(unit: Unit, workspace_id: int) -> Tokens | None:
    """Return a workspace's tokens; None: it is not installed there. Raises ``KeyLost``."""
    row = _row(unit, workspace_id)
    return _read(unit, row) if row else None


def installed_at(unit: Unit, workspace_id: int) -> datetime | None:
    """Return when the app was last installed in a workspace, if it still is."""
    row = _row(unit, workspace_id)
    return row.installed_at if row else None


def renew(unit: Unit, workspace_id: int, spent: str, tokens: Tokens) -> bool:
    """Keep renewed tokens in place of those with the refresh token ``spent``; False: those are not kept any more."""
    _one_at_a_time(unit)
    row = _row(unit, workspace_id)
    if row is None or not secrets.compare_digest(_read(unit, row).refresh.encode(), spent.encode()):
        return False
    _write(unit, row, tokens)
    unit.session.flush()
    return True


def erase(unit: Unit, workspace_id: int) -> bool:
    """Forget a workspace's tokens; False if there were none."""
    row = _row(unit, workspace_id)
    if row is None:
        return False
    unit.session.delete(row)
    unit.session.flush()
    return True


# --- changing the key --------------------------------------------------------------------------------------


def rewrap(unit: Unit) -> int:
    """Make a new key and seal every token of the organisation under it; raises ``KeyLost`` if one cannot be read."""
    _one_at_a_time(unit)
    rows = _rows(unit)
    opened = [_read(unit, row) for row in rows]
    _new_key(unit)
    for row, tokens in zip(rows, opened, strict=True):
        _write(unit, row, tokens)
    unit.session.flush()
    return len(rows)


def drop_keys(unit: Unit) -> int:
    """Destroy the keys that seal nothing any more, all but the newest; only once ``rewrap`` is durable."""
    _one_at_a_time(unit)
    used = {row.token[:NAME] for row in _rows(unit)}
    old = [number for number, key in _keys(unit).items() if _name(key) not in used]
    return sum(key_files.destroy(_path(unit, number)) for number in old if number != _numbers(unit)[-1])


# --- rows --------------------------------------------------------------------------------------------------


def _row(unit: Unit, workspace_id: int) -> Installation | None:
    return unit.session.get(Installation, (unit.organisation_id, workspace_id))


def _rows(unit: Unit) -> list[Installation]:
    query = select(Installation).where(Installation.organisation_id == unit.organisation_id)
    return list(unit.session.exec(query.order_by(col(Installation.workspace_id))))


def _one_at_a_time(unit: Unit) -> None:
    """Let nobody else change tokens or keys of the organisation until this unit ends."""
    query = select(Organisation.id).where(Organisation.id == unit.organisation_id)
    unit.session.exec(query.with_for_update()).first()


def _write(unit: Unit, row: Installation, tokens: Tokens) -> None:
    key = _newest(unit)
    row.token = _seal(key, row, "token", tokens.access)
    row.refresh_token = _seal(key, row, "refresh_token", tokens.refresh) if tokens.refresh else None
    row.expires_at = tokens.expires_at


def _read(unit: Unit, row: Installation) -> Tokens:
    access = _open(unit, row, "token", row.token)
    refresh = _open(unit, row, "refresh_token", row.refresh_token) if row.refresh_token else ""
    return Tokens(access, refresh, row.expires_at)


# --- sealing -----------------------------------------------------------------------------------------------


def _seal(key: bytes, row: Installation, column: str, plain: str) -> bytes:
    name, nonce = _name(key), secrets.token_bytes(NONCE)
    return name + nonce + AESGCM(key).encrypt(nonce, plain.encode(), _bound_to(row, column, name))


def _open(unit: Unit, row: Installation, column: str, seal: bytes) -> str:
    name, nonce, sealed = seal[:NAME], seal[NAME : NAME + NONCE], seal[NAME + NONCE :]
    try:
        plain = AESGCM(_named(unit, name)).decrypt(nonce, sealed, _bound_to(row, column, name))
    except (InvalidTag, ValueError) as error:
        raise KeyLost(f"installation {row.workspace_id}") from error
    return plain.decode()


def _bound_to(row: Installation, column: str, name: bytes) -> bytes:
    return f"installation/{row.organisation_id}/{row.workspace_id}/{column}/{name.hex()}".encode()


# --- keys --------------------------------------------------------------------------------------------------


def _name(key: bytes) -> bytes:
    """Return what a seal calls its key: enough to find it, nothing that helps to guess it."""
    return hashlib.sha256(b"rapport/tokens/" + key).digest()[:NAME]


def _newest(unit: Unit) -> bytes:
    """Return the key that new seals are made with; made here if there is none that can be read."""
    numbers, keys = _numbers(unit), _keys(unit)
    if numbers and numbers[-1] in keys:
        return keys[numbers[-1]]
    return _new_key(unit)


def _new_key(unit: Unit) -> bytes:
    path = _path(unit, max(_numbers(unit), default=0) + 1)
    key_files.make(path)
    return key_files.load(path)


def _named(unit: Unit, name: bytes) -> bytes:
    for key in _keys(unit).values():
        if _name(key) == name:
            return key
    raise KeyLost("tokens")


def _keys(unit: Unit) -> dict[int, bytes]:
    """Return the organisation's keys that can be read, by number."""
    keys: dict[int, bytes] = {}
    for number in _numbers(unit):
        with contextlib.suppress(KeyLost):
            keys[number] = key_files.load(_path(unit, number))
    return keys


def _numbers(unit: Unit) -> list[int]:
    """Return the numbers of the organisation's keys, the newest last."""
    pattern = re.compile(rf"tokens-{unit.organisation_id}-([1-9][0-9]{{0,8}})\.key")
    found = (pattern.fullmatch(path.name) for path in unit.keys_dir.glob("tokens-*.key"))
    return sorted(int(match[1]) for match in found if match)


def _path(unit: Unit, number: int) -> Path:
    return unit.keys_dir / f"tokens-{unit.organisation_id}-{number}.key"
