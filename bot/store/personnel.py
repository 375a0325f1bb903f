"""Personnel records: what HR knows about each person, read and written for many people at once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, insert, select, update
from sqlmodel import Session

from bot.store.tables import metadata

T = TypeVar("T")

PERSON = metadata.tables["person"]
PLACEMENT = metadata.tables["placement"]
HEADSHIP = metadata.tables["headship"]
SEPARATION = metadata.tables["separation"]


@dataclass(frozen=True, slots=True)
class Post:
    """Where a person belongs: department, manager, site, employment share, salary band."""

    path: str
    manager_id: int | None = None
    site: str = ""
    share: float = 1.0
    band: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """A post held from ``starts_on`` until before ``until``; None: still."""

    starts_on: date
    until: date | None
    post: Post


@dataclass(frozen=True, slots=True)
class Lead:
    """A department headed from ``starts_on`` until before ``until``; None: still."""

    path: str
    starts_on: date
    until: date | None


@dataclass(frozen=True, slots=True)
class End:
    """An employment that ended, or will: its last day, why, and the department at the end."""

    on: date
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Record:
    """One person's file: the current employment, and all posts, headships and separations there were."""

    name: str
    email: str
    locale: str
    time_zone: str
    starts_on: date
    ends_on: date | None
    stays: tuple[Stay, ...] = ()
    leads: tuple[Lead, ...] = ()
    ends: tuple[End, ...] = ()

    def employed(self, on: date) -> bool:
        """Say whether the person is at work on a date, as far as the current employment goes."""
        return self.starts_on <= on and (self.ends_on is None or self.ends_on >= on)


@dataclass(frozen=True, slots=True)
class Change:
    """A person's file before and after; ``before`` is None for somebody new."""

    person_id: int
    external: str
    before: Record | None
    after: Record

    @property
    def writes(self) -> int:
        """How many rows saving it touches."""
        old = self.before
        if old is None:
            return 1 + len(self.after.stays) + len(self.after.leads) + len(self.after.ends)
        return int(_person(old) != _person(self.after)) + sum(
            len(set(mine) ^ set(now))
            for mine, now in (
                (old.stays, self.after.stays),
                (old.leads, self.after.leads),
                (old.ends, self.after.ends),
            )
        )


@dataclass(frozen=True, slots=True)
class Personnel:
    """The personnel records of one organisation; saving takes a few statements, however many people."""

    session: Session
    organisation_id: int

    def numbers(self, externals: Collection[str] | None = None) -> dict[str, int]:
        """Return the numbers of some people, or of everybody, by HR's own id."""
        mine = self._among(PERSON, PERSON.c.external, externals)
        rows: Iterable[Any] = self.session.execute(select(PERSON.c.external, PERSON.c.id).where(mine))
        return {row.external: row.id for row in rows}

    def records(self, people: Collection[int] | None = None) -> dict[int, Record]:
        """Return the files of some people, or of everybody there ever was, by number."""
        stays, leads, ends = self._stays(people), self._leads(people), self._ends(people)
        return {
            row.id: Record(
                row.name,
                row.email,
                row.locale,
                row.time_zone,
                row.starts_on,
                row.ends_on,
                tuple(stays.get(row.id, ())),
                tuple(leads.get(row.id, ())),
                tuple(ends.get(row.id, ())),
            )
            for row in self._all(PERSON, "id", people)
        }

    def save(self, changes: Sequence[Change]) -> None:
        """Make the rows say what the changed files say."""
        self.session.flush()
        self._people([change for change in changes if change.before is None], new=True)
        self._people([change for change in changes if change.before is not None], new=False)
        self._replace(PLACEMENT, _stay_rows(changes))
        self._replace(HEADSHIP, _lead_rows(changes))
        self._replace(SEPARATION, _end_rows(changes))

    # --- reading ------------------------------------------------------------------------------------------

    def _stays(self, people: Collection[int] | None) -> Mapping[int, list[Stay]]:
        posts: dict[Post, Post] = {}
        found: dict[int, list[Stay]] = defaultdict(list)
        for row in self._all(PLACEMENT, "person_id", people):
            post = Post(row.path, row.manager_id, row.site, row.share, row.band)
            found[row.person_id].append(Stay(row.starts_on, row.until, posts.setdefault(post, post)))
        return found

    def _leads(self, people: Collection[int] | None) -> Mapping[int, list[Lead]]:
        found: dict[int, list[Lead]] = defaultdict(list)
        for row in self._all(HEADSHIP, "person_id", people):
            found[row.person_id].append(Lead(row.path, row.starts_on, row.until))
        return found

    def _ends(self, people: Collection[int] | None) -> Mapping[int, list[End]]:
        found: dict[int, list[End]] = defaultdict(list)
        for row in self._all(SEPARATION, "person_id", people):
            found[row.person_id].append(End(row.on, row.kind, row.path))
        return found

    def _all(self, table: Table, person: str, people: Collection[int] | None) -> Iterable[Any]:
        """Return the rows of some people in the order of the table's key."""
        mine = self._among(table, table.c[person], people)
        return self.session.execute(select(table).where(mine).order_by(*table.primary_key))

    def _among(
        self, table: Table, column: ColumnElement[Any], wanted: Collection[Any] | None
    ) -> ColumnElement[bool]:
        own = table.c.organisation_id == self.organisation_id
        return own if wanted is None else and_(own, column.in_(wanted))

    # --- writing ------------------------------------------------------------------------------------------

    def rename(self, externals: Mapping[str, str]) -> None:
        """Give people another id, by the one they had; whoever is not there any more is left out."""
        own = and_(PERSON.c.organisation_id == self.organisation_id, PERSON.c.external == bindparam("before"))
        rows = [{"before": before, "after": after} for before, after in externals.items()]
        self._run(update(PERSON).where(own).values(external=bindparam("after")), rows)

    def _people(self, changes: Sequence[Change], *, new: bool) -> None:
        if new:
            rows = [
                {
                    "organisation_id": self.organisation_id,
                    "id": change.person_id,
                    "external": change.external,
                    "disclosure_version": 0,
                    "opted_out": False,
                    "chosen_locale": "",
                    "seen_locale": "",
                    "chosen_zone": "",
                    "seen_zone": "",
                    **_person(change.after),
                }
                for change in changes
            ]
            self._run(insert(PERSON), rows)
            return
        changed = [
            {"own_id": change.person_id, **_person(change.after)}
            for change in changes
            if change.before is not None and _person(change.before) != _person(change.after)
        ]
        mine = and_(PERSON.c.organisation_id == self.organisation_id, PERSON.c.id == bindparam("own_id"))
        names = [name for name in (changed[0] if changed else {}) if name != "own_id"]
        self._run(update(PERSON).where(mine).values({name: bindparam(name) for name in names}), changed)

    def _replace(self, table: Table, rows: "Rows") -> None:
        keys = [column.name for column in table.primary_key if column.name != "organisation_id"]
        mine = [table.c.organisation_id == self.organisation_id]
        mine += [table.c[key] == bindparam(f"own_{key}") for key in keys]
        gone = [{f"own_{key}": row[key] for key in keys} for row in rows.gone]
        self._run(delete(table).where(*mine), gone)
        self._run(insert(table), [{"organisation_id": self.organisation_id, **row} for row in rows.come])

    def _run(self, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self.session.connection().execute(statement, [dict(row) for row in rows])


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table that go and that come."""

    gone: Sequence[Mapping[str, Any]]
    come: Sequence[Mapping[str, Any]]


def _person(record: Record) -> dict[str, Any]:
    return {
        "name": record.name,
        "email": record.email,
        "locale": record.locale,
        "time_zone": record.time_zone,
        "starts_on": record.starts_on,
        "ends_on": record.ends_on,
    }


def _stay_rows(changes: Sequence[Change]) -> Rows:
    return _rows(changes, lambda record: record.stays, _stay_row)


def _stay_row(person: int, stay: Stay) -> dict[str, Any]:
    return {
        "person_id": person,
        "starts_on": stay.starts_on,
        "until": stay.until,
        "path": stay.post.path,
        "manager_id": stay.post.manager_id,
        "site": stay.post.site,
        "share": stay.post.share,
        "band": stay.post.band,
    }


def _lead_rows(changes: Sequence[Change]) -> Rows:
    return _rows(changes, lambda record: record.leads, _lead_row)


def _lead_row(person: int, lead: Lead) -> dict[str, Any]:
    return {"person_id": person, "path": lead.path, "starts_on": lead.starts_on, "until": lead.until}


def _end_rows(changes: Sequence[Change]) -> Rows:
    return _rows(changes, lambda record: record.ends, _end_row)


def _end_row(person: int, end: End) -> dict[str, Any]:
    return {"person_id": person, "on": end.on, "kind": end.kind, "path": end.path}


def _rows(
    changes: Sequence[Change],
    part: Callable[[Record], tuple[T, ...]],
    row: Callable[[int, T], dict[str, Any]],
) -> Rows:
    gone, come = [], []
    for change in changes:
        before = part(change.before) if change.before else ()
        after = part(change.after)
        gone += [row(change.person_id, entry) for entry in before if entry not in after]
        come += [row(change.person_id, entry) for entry in after if entry not in before]
    return Rows(gone, come)
