"""The one door to raw answers.

While a wave is open, each person's sheet is one sealed row in the *mailbox*: its token is an HMAC of the
person's number under the wave key, its content is encrypted under a second key derived from it (AES-256-GCM)
and padded, so that neither a reader of the database nor of its write-ahead log learns who answered what, or
how much somebody wrote. At close the sheets become *answer* rows, one per question, without person, token,
order or time, and the wave key is destroyed.

Imported only by ``bot.cases.answers``, ``bot.cases.readings`` and ``bot.cases.erasure`` (an import contract
keeps it so); nothing else can read an answer.

The limit of the promise: whoever runs the server could misuse the key while a wave is open.
"""

import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import JSON, Index, bindparam, delete, func, insert, update
from sqlmodel import Field, col, select

from bot.errors import KeyLost
from bot.store import keys
from bot.store.tables import Args, Row, org_key
from bot.store.unit import Unit

PAD = 9 * 1024
"""Every sealed sheet has this size: the longest comment fits, so length tells nothing."""

Values = Mapping[str, str]
T = TypeVar("T")


class Sheet(Row, table=True):
    """The mailbox: one person's sealed answers in an open wave, found only with the wave key."""

    __table_args__: ClassVar[Args] = ({"sqlite_with_rowid": False},)
    organisation_id: int = org_key()
    wave_id: int = Field(primary_key=True)
    token: str = Field(primary_key=True)
    sealed: bytes


class Answer(Row, table=True):
    """One answer to one question of a closed wave: no person, no sheet, no order, no time."""

    __table_args__: ClassVar[Args] = (
        Index("ix_answer_wave", "organisation_id", "wave_id", "question"),
        {"sqlite_with_rowid": False},
    )
    organisation_id: int = org_key()
    id: str = Field(primary_key=True)
    wave_id: int
    question: str
    cell: str
    value: str
    tone: str = ""


class CellSum(Row, table=True):
    """How the answers to one question fall in one stored cell, written once, at close.

    A cell's row counts the answers kept at exactly that path; a department's figure is the sum over its
    subtree. ``points`` holds the number of answers per point of the scale or option, in their order; for
    texts per tone (negative, neutral, positive), so it may add up to less than ``n``.
    """

    __table_args__: ClassVar[Args] = ({"sqlite_with_rowid": False},)
    organisation_id: int = org_key()
    wave_id: int = Field(primary_key=True)
    question: str = Field(primary_key=True)
    """The question's key; empty: sheets with any answer at all, for the response rate."""
    cell: str = Field(primary_key=True)
    n: int
    points: list[int] = Field(sa_type=JSON)
    leaves: list[str] = Field(sa_type=JSON)
    """The launch cells whose answers are kept here."""


class Release(Row, table=True):
    """The release ledger: whose figure was shown, and who had been invited to it.

    It stays here because its counts are finer than what was shown; the gate needs them for later waves.
    """

    __table_args__: ClassVar[Args] = (
        Index("ix_release_item", "organisation_id", "survey_id", "item"),
        {"sqlite_with_rowid": False},
    )
    organisation_id: int = org_key()
    wave_id: int = Field(primary_key=True)
    item: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    survey_id: int
    respondents: int
    counts: list[int] = Field(sa_type=JSON)
    invited: list[int] = Field(sa_type=JSON)


class PairSum(Row, table=True):
    """Pairwise moments of two scale questions over the whole organisation, for association between items."""

    __table_args__: ClassVar[Args] = ({"sqlite_with_rowid": False},)
    organisation_id: int = org_key()
    wave_id: int = Field(primary_key=True)
    first: str = Field(primary_key=True)
    second: str = Field(primary_key=True)
    n: int
    sum_first: float
    sum_second: float
    squares_first: float
    squares_second: float
    products: float


_SHEETS = Sheet.metadata.tables["sheet"]
_SEALED = select(_SHEETS.c.sealed).where(
    *(_SHEETS.c[name] == bindparam(name) for name in ("organisation_id", "wave_id", "token"))
)
_SEALED_ANEW = update(_SHEETS).where(
    *(_SHEETS.c[name] == bindparam(f"at_{name}") for name in ("organisation_id", "wave_id", "token"))
)
"""Put together once, and past the object mapper: an answer needs them, and many come in the same minutes."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it is kept after close: where it counts, what it says, and the tone of a text."""

    question: str
    cell: str
    value: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class SealedSheet:
    token: str
    sealed: bytes


# --- while the wave is open -------------------------------------------------------------------------------


def prepare(unit: Unit, wave_id: int) -> None:
    """Make the wave's key, durable before the wave can take its first answer."""
    keys.create(unit.keys_dir, unit.organisation_id, wave_id)


def readable(unit: Unit, wave_id: int) -> bool:
    """Say whether the wave's key is still there."""
    return keys.exists(unit.keys_dir, unit.organisation_id, wave_id)


def put(unit: Unit, wave_id: int, person_id: int, values: Values) -> None:
    """Merge ``values`` by question into the person's sealed sheet; raises ``KeyLost``."""
    key = _key(unit, wave_id)
    token = _token(key, person_id)
    where = {"organisation_id": unit.organisation_id, "wave_id": wave_id, "token": token}
    connection = unit.session.connection()
    before = connection.execute(_SEALED, where).scalar()
    known = _open(key, unit.organisation_id, wave_id, token, before) if before is not None else {}
    sealed = _seal(key, unit.organisation_id, wave_id, token, {**known, **values})
    if before is None:
        connection.execute(insert(_SHEETS), where | {"sealed": sealed})
    else:
        connection.execute(
            _SEALED_ANEW, {f"at_{name}": part for name, part in where.items()} | {"sealed": sealed}
        )


def has_sheet(unit: Unit, wave_id: int, person_id: int) -> bool:
    """Say whether a sheet lies in the mailbox for this person; raises ``KeyLost``."""
    token = _token(_key(unit, wave_id), person_id)
    return unit.session.get(Sheet, (unit.organisation_id, wave_id, token)) is not None


def answered_questions(unit: Unit, wave_id: int, person_id: int) -> frozenset[str]:
    """Return which questions the person's sheet answers, never how; raises ``KeyLost``."""
    key = _key(unit, wave_id)
    token = _token(key, person_id)
    row = unit.session.get(Sheet, (unit.organisation_id, wave_id, token))
    return frozenset(_open(key, unit.organisation_id, wave_id, token, row.sealed)) if row else frozenset()


def remove(unit: Unit, wave_id: int, person_id: int) -> bool:
    """Take the person's sheet out of the mailbox; False if there was none; raises ``KeyLost``."""
    token = _token(_key(unit, wave_id), person_id)
    row = unit.session.get(Sheet, (unit.organisation_id, wave_id, token))
    if row is None:
        return False
    unit.session.delete(row)
    unit.session.flush()
    return True


# --- closing ----------------------------------------------------------------------------------------------


def collect(unit: Unit, wave_id: int) -> list[SealedSheet]:
    """Return every sealed sheet of the wave, to be opened outside any write by ``unseal``."""
    rows = unit.session.exec(
        select(Sheet).where(Sheet.organisation_id == unit.organisation_id, Sheet.wave_id == wave_id)
    )
    return [SealedSheet(row.token, row.sealed) for row in rows]


def unseal(
    unit: Unit, wave_id: int, sheets: Sequence[SealedSheet], groups: Mapping[int, T]
) -> list[tuple[T, Values]]:
    """Return each sheet's group and values in random order, without the person; raises ``KeyLost``.

    ``groups`` gives the reporting group of every invited person. A sheet of nobody invited, or one that does
    not open, is left out: it was not written by ``put``.
    """
    key = _key(unit, wave_id)
    group_of = {_token(key, person_id): group for person_id, group in groups.items()}
    opened: list[tuple[T, Values]] = []
    for sheet in sheets:
        if sheet.token not in group_of:
            continue
        try:
            values = _open(key, unit.organisation_id, wave_id, sheet.token, sheet.sealed)
        except KeyLost:
            continue
        opened.append((group_of[sheet.token], values))
    secrets.SystemRandom().shuffle(opened)
    return opened


def discard_answers(unit: Unit, wave_id: int) -> None:
    """Forget what an interrupted closing had written, so that it can start over from the mailbox."""
    for table in (Answer, CellSum, PairSum):
        unit.session.execute(
            delete(table).where(
                col(table.organisation_id) == unit.organisation_id, col(table.wave_id) == wave_id
            )
        )


def store_answers(unit: Unit, wave_id: int, answers: Sequence[StoredAnswer]) -> None:
    """Write unlinked answers; the caller has shuffled them over the whole wave."""
    if answers:
        unit.session.execute(insert(Answer), [_answer_row(unit, wave_id, answer) for answer in answers])


def store_sums(unit: Unit, rows: Sequence[CellSum | PairSum]) -> None:
    unit.session.add_all(rows)
    unit.session.flush()


def empty_mailbox(unit: Unit, wave_id: int) -> int:
    """Delete every sheet of the wave and say how many there were."""
    where = (col(Sheet.organisation_id) == unit.organisation_id, col(Sheet.wave_id) == wave_id)
    n = unit.session.exec(select(func.count()).select_from(Sheet).where(*where)).one()
    unit.session.execute(delete(Sheet).where(*where))
    return n


def destroy_key(unit: Unit, wave_id: int) -> bool:
    """Destroy the wave key; from now on nobody can link a sheet to a person."""
    return keys.destroy(unit.keys_dir, unit.organisation_id, wave_id)


def sums(unit: Unit, wave_id: int) -> list[CellSum]:
    """Return the stored cells of a closed wave, for the gate."""
    return list(
        unit.session.exec(
            select(CellSum)
            .where(CellSum.organisation_id == unit.organisation_id, CellSum.wave_id == wave_id)
            .order_by(col(CellSum.question), col(CellSum.cell))
        )
    )


def texts(unit: Unit, wave_ids: Sequence[int], question: str, most: int) -> list[str]:
    """Return masked answers to a text question of closed waves, in no order that means anything; at most so many."""
    query = select(Answer.value).where(
        Answer.organisation_id == unit.organisation_id,
        col(Answer.wave_id).in_(wave_ids),
        Answer.question == question,
    )
    return list(unit.session.exec(query.order_by(col(Answer.wave_id).desc(), col(Answer.id)).limit(most)))


def releases(unit: Unit, survey_id: int, item: str) -> list[Release]:
    """Return the release ledger of one question over all waves of its survey."""
    query = select(Release).where(
        Release.organisation_id == unit.organisation_id, Release.survey_id == survey_id, Release.item == item
    )
    return list(unit.session.exec(query.order_by(col(Release.wave_id), col(Release.path))))


def record_releases(unit: Unit, rows: Sequence[Release]) -> None:
    unit.session.add_all(rows)
    unit.session.flush()


# --- sealing ----------------------------------------------------------------------------------------------


def _key(unit: Unit, wave_id: int) -> bytes:
    return keys.load(unit.keys_dir, unit.organisation_id, wave_id)


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, b"rapport/" + purpose, hashlib.sha256)


def _token(key: bytes, person_id: int) -> str:
    return hmac.digest(_derived(key, b"token"), str(person_id).encode(), hashlib.sha256).hex()


def _seal(key: bytes, organisation_id: int, wave_id: int, token: str, values: Values) -> bytes:
    plain = json.dumps(dict(values), ensure_ascii=False).encode()
    padded = plain + b" " * (-len(plain) % PAD)
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(_derived(key, b"sheet")).encrypt(
        nonce, padded, _bound_to(organisation_id, wave_id, token)
    )


def _open(key: bytes, organisation_id: int, wave_id: int, token: str, sealed: bytes) -> dict[str, str]:
    try:
        plain = AESGCM(_derived(key, b"sheet")).decrypt(
            sealed[:12], sealed[12:], _bound_to(organisation_id, wave_id, token)
        )
    except (InvalidTag, ValueError) as error:
        raise KeyLost(f"wave {wave_id}") from error
    values: dict[str, str] = json.loads(plain.rstrip())  # the padding would be looked through sign by sign
    return values


def _bound_to(organisation_id: int, wave_id: int, token: str) -> bytes:
    return f"{organisation_id}/{wave_id}/{token}".encode()


def _answer_row(unit: Unit, wave_id: int, answer: StoredAnswer) -> dict[str, object]:
    return {
        "organisation_id": unit.organisation_id,
        "id": uuid.uuid4().hex,
        "wave_id": wave_id,
        "question": answer.question,
        "cell": answer.cell,
        "value": answer.value,
        "tone": answer.tone,
    }
