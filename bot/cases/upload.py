"""HR's file by a page that works once: the link, the file that comes over it, and taking it over after a yes in chat.

The page only takes the file in. What it would change is shown to the person who asked for the link, in their chat,
and nothing is changed before they agree there. Until then the file is kept in memory only: nobody finds it in the
database or a backup, and a restart forgets it.
"""

import hmac
import json
import re
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from bot.cases import people, people_diff, people_file, roster
from bot.cases.context import words_of
from bot.cases.messages import say
from bot.cases.people_diff import Diff
from bot.cases.people_entries import PeopleFile, Problem
from bot.cases.permissions import require_role, roles_of
from bot.errors import Refused
from bot.logs import get_logger
from bot.store.tables import Person
from bot.store.unit import Store, Unit
from bot.talk.commands import Role
from bot.talk.language import Words

PATH = "/upload/"
PURPOSE = "people.upload"

VALID_FOR = timedelta(minutes=15)
"""How long a link works, once."""

KEPT_FOR = timedelta(hours=1)
"""How long a file waits for a yes."""

ADDRESS, ORDER = "upload.address", "upload.order"

ALLOWED = (Role.HR_ADMIN, Role.OWNER)

_TOKEN = re.compile(r"([1-9]\d{0,8})-([1-9]\d{0,8})-([A-Za-z0-9_-]{32})")

log = get_logger()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits for a yes, and what it would change on the day on which it came."""

    digest: str
    packed: bytes = field(repr=False)
    """The file itself, compressed; empty where it has problems and cannot be taken over."""
    file: PeopleFile
    """What was read, without its entries."""
    diff: Diff | None
    """None: the file has problems."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.file.problems or (self.diff.conflicts if self.diff else ())

    @property
    def problem_count(self) -> int:
        return self.file.problem_count or (self.diff.conflict_count if self.diff else 0)


# --- the link ---------------------------------------------------------------------------------------------


def announce(store: Store, address: str) -> None:
    """Remember under which address the page is served; empty: nowhere, and no link is offered."""
    for organisation in store.organisations():
        store.write(lambda unit: unit.settings.put(ADDRESS, address, unit.now), organisation)


def offered(unit: Unit) -> bool:
    """Say whether a link can be given."""
    return bool(unit.settings.get(ADDRESS))


def link(unit: Unit, person: Person) -> str:
    """Return a fresh address for one person, in place of an earlier one; only its hash is kept."""
    _require(unit, person)
    address = unit.settings.get(ADDRESS)
    if not address:
        raise Refused("refused.upload.nowhere")
    token = f"{unit.organisation_id}-{person.id}-{secrets.token_urlsafe(24)}"
    kept = {"digest": _digest(token.encode()), "until": (unit.now + VALID_FOR).isoformat()}
    unit.settings.put(_key(person.id), json.dumps(kept), unit.now)
    unit.audit.record(unit.now, f"person:{person.id}", "upload.link_made")
    return f"{address}{PATH}{token}"


def reader(store: Store, token: str) -> Words:
    """Return the words of the person whose link this is; raises ``Refused`` where it does not work."""
    organisation, person, _ = _parts(token)
    return store.read(lambda unit: _words(unit, _holder(unit, person, token)), organisation)


def _use_up(unit: Unit, number: int, token: str) -> Words:
    person = _holder(unit, number, token)
    unit.settings.drop(_key(number))
    unit.audit.record(unit.now, f"person:{number}", "upload.received")
    return _words(unit, person)


def _holder(unit: Unit, number: int, token: str) -> Person:
    """Return whose link this is; the same refusal for every way in which it is none."""
    found = json.loads(unit.settings.get(_key(number)) or "{}")
    fits = hmac.compare_digest(found.get("digest", ""), _digest(token.encode()))
    person = unit.people.get(number) if fits else None
    if person is None or datetime.fromisoformat(found["until"]).astimezone(UTC) <= unit.now:
        raise Refused("refused.upload.link")
    if not roles_of(unit, person, unit.now.date()) & {*ALLOWED}:
        raise Refused("refused.upload.link")
    return person


def _words(unit: Unit, person: Person) -> Words:
    return words_of(unit.organisations.get(), person)


def _parts(token: str) -> tuple[int, int, str]:
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        raise Refused("refused.upload.link")
    return int(parts[1]), int(parts[2]), parts[3]


def _require(unit: Unit, person: Person) -> None:
    require_role(unit, person, *ALLOWED)


def _key(person: int) -> str:
    return f"upload.link:{person}"


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


# --- the file ---------------------------------------------------------------------------------------------


def received(store: Store, token: str, data: bytes) -> Words:
    """Take a file in, use its link up, and send what it would change to the person; return the person's words.

    Raises ``Refused`` where the link does not work; then nothing of the file was read.
    """
    organisation, person, _ = _parts(token)
    words = store.write(lambda unit: _use_up(unit, person, token), organisation)
    found = _weighed(store, organisation, data, people_file.read(data))
    store.drawer.put(organisation, person, found, store.clock.now() + KEPT_FOR)
    store.write(lambda unit: _tell(unit, person, found.digest, "shown"), organisation)
    log.info("people.file_received", size=len(data), count=found.problem_count)
    return words


def _weighed(store: Store, organisation: int, data: bytes, file: PeopleFile) -> Upload:
    """Return a file with what it would change now."""
    digest = _digest(data)
    if file.problem_count:
        return Upload(digest, b"", file, None)
    diff = store.read(lambda unit: people_diff.diff(unit, file, people.today(unit)), organisation)
    packed = b"" if diff.conflict_count else zlib.compress(data)
    return Upload(digest, packed, replace(file, entries=()), diff)


def _tell(unit: Unit, person: int, digest: str, what: str, **values: Any) -> None:
    """Want a message about a file; it finds the file by its digest when it is sent."""
    key = f"upload:{person}:{secrets.token_hex(8)}"
    say(unit, person, PURPOSE, key=key, ref=digest, args={"what": what, **values})


def waiting(unit: Unit, person: int, digest: str) -> Upload | None:
    """Return a person's file while it waits for a yes; None: it is gone, or another has come."""
    found = unit.drawer.get(unit.organisation_id, person, unit.now)
    return found if isinstance(found, Upload) and found.digest == digest else None


# --- taking it over ---------------------------------------------------------------------------------------


def order(unit: Unit, person: Person, digest: str, *, leavers: int = 0) -> int:
    """Have a file taken over within seconds; return how many rows it has.

    ``leavers`` is how many people the person knows to have left: needed where over 10 % would. Raises ``Refused`` if the
    file is gone, or not to be taken over.
    """
    _require(unit, person)
    found = waiting(unit, person.id, digest)
    if found is None or found.diff is None or not found.packed:
        raise Refused("refused.upload.gone")
    gone = found.diff.count("vanish")
    if found.diff.too_many_gone and leavers != gone:
        raise Refused("refused.people.too_many_gone", n=gone, employed=found.diff.employed)
    if unit.settings.get(ORDER):
        raise Refused("refused.upload.busy")
    wanted = {"by": person.id, "digest": digest, "many": found.diff.too_many_gone}
    unit.settings.put(ORDER, json.dumps(wanted), unit.now)
    unit.audit.record(unit.now, f"person:{person.id}", "upload.ordered", details=_counts(found.diff))
    return found.diff.rows


def discard(unit: Unit, person: Person, digest: str) -> None:
    """Forget a file at once."""
    if waiting(unit, person.id, digest) is not None:
        unit.drawer.forget(unit.organisation_id, person.id)


def carry_out(store: Store) -> int:
    """Take over the files that were agreed to; return how many people that changed.

    A file that a restart has forgotten is asked for again: the same file once more does the rest.
    """
    return sum(_carry_out(store, organisation) for organisation in store.organisations())


def _carry_out(store: Store, organisation: int) -> int:
    text = store.read(lambda unit: unit.settings.get(ORDER), organisation)
    if not text:
        return 0
    wanted = json.loads(text)
    person, digest = int(wanted["by"]), str(wanted["digest"])
    found = store.read(lambda unit: waiting(unit, person, digest), organisation)
    n, told = _take_over(store, organisation, wanted, found)

    def end(unit: Unit) -> None:
        unit.settings.drop(ORDER)
        _tell(unit, person, digest, **told)

    store.write(end, organisation)
    if told["what"] != "shown":
        store.drawer.forget(organisation, person)
    return n


def _take_over(
    store: Store, organisation: int, wanted: Mapping[str, Any], found: Upload | None
) -> tuple[int, dict[str, Any]]:
    """Do what was agreed to and nothing else; return how many people it changed, and what to tell."""
    if found is None or found.diff is None:
        return 0, {"what": "gone"}
    data = zlib.decompress(found.packed)
    file, by = people_file.read(data), int(wanted["by"])
    now = _weighed(store, organisation, data, file)
    if now.diff is None or _counts(now.diff) != _counts(found.diff):
        store.drawer.put(organisation, by, now, store.clock.now() + KEPT_FOR)
        return 0, {"what": "shown", "again": True}
    actor, many = f"person:{by}", bool(wanted["many"])
    on: date = store.read(people.today, organisation)
    order = people.Import(file=file, on=on, actor=actor, allow_many=many, organisation=organisation)
    try:
        people.apply(store, order)
    except Refused as refused:
        log.warning("people.order_refused", reason=refused.key.replace("_", "-"))
        return 0, {"what": "refused"}
    linked = roster.reconsider(store, organisation)
    told = {"what": "done", "rows": found.diff.rows, "linked": linked}
    return sum(part.n for part in found.diff.parts.values()), told


def _counts(diff: Diff) -> dict[str, int]:
    return {kind: part.n for kind, part in diff.parts.items()} | {"conflicts": diff.conflict_count}
