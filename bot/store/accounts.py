"""Accounts: people as the chat platforms know them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.store.tables import Account, Organisation, Person, Separation, Workspace

_LAST_DAY = (
    select(func.max(Separation.on))
    .where(
        col(Separation.organisation_id) == col(Person.organisation_id),
        col(Separation.person_id) == col(Person.id),
    )
    .correlate(Person)
    .scalar_subquery()
)
_WHO = (
    select(Organisation, Person, _LAST_DAY)
    .select_from(Workspace)
    .join(Organisation, col(Organisation.id) == col(Workspace.organisation_id))
    .outerjoin(
        Account,
        and_(
            col(Account.organisation_id) == col(Workspace.organisation_id),
            col(Account.workspace_id) == col(Workspace.id),
            col(Account.user) == bindparam("user"),
            col(Account.active).is_(True),
        ),
    )
    .outerjoin(
        Person,
        and_(
            col(Person.organisation_id) == col(Account.organisation_id),
            col(Person.id) == col(Account.person_id),
        ),
    )
    .where(
        col(Workspace.platform) == bindparam("platform"),
        col(Workspace.external) == bindparam("workspace"),
        col(Workspace.active).is_(True),
    )
)
"""Asked at every event, so it is put together once, and asked at once."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts: for whom the workspace was connected, the person, if the user is one, and their last day."""

    organisation: Organisation
    person: Person | None
    last_day: date | None
    """By a recorded separation."""


def acting(session: Session, platform: str, workspace: str, user: str) -> Acting | None:
    """Return who a user of a workspace is, all as the platform calls them; None: nobody connected the workspace."""
    who = {"platform": platform, "workspace": workspace, "user": user}
    found = session.exec(_WHO, params=who).first()
    return Acting(*found) if found else None


@dataclass(frozen=True, slots=True)
class Accounts:
    """Which user of which workspace is which person."""

    session: Session
    organisation_id: int

    def find(self, workspace_id: int, user: str) -> Account | None:
        return self.session.get(Account, (self.organisation_id, workspace_id, user))

    def person(self, platform: str, workspace: str, user: str) -> Person | None:
        """Return whose active account this is, workspace and user as the platform calls them."""
        who = acting(self.session, platform, workspace, user)
        return who.person if who is not None and who.organisation.id == self.organisation_id else None

    def reachable(self) -> frozenset[int]:
        """Return who has an active account."""
        query = select(Account.person_id).where(
            Account.organisation_id == self.organisation_id, col(Account.active)
        )
        return frozenset(self.session.exec(query))

    def connected(self) -> frozenset[int]:
        """Return who has an active account in a workspace that is connected, so that a message can go out."""
        return frozenset(self.session.exec(self._connected()))

    def unreached(self, on: date, until: date, limit: int) -> tuple[int, list[Person]]:
        """Return how many people have no active account in any connected workspace, and the first of them.

        Those are meant who work here on a day or start until another, the next newcomers first.
        """
        which = self._unreached(on, until)
        count = self.session.exec(select(func.count()).select_from(Person).where(*which)).one()
        coming = case((col(Person.starts_on) >= on, 0), else_=1)
        day = case((col(Person.starts_on) >= on, Person.starts_on))
        query = select(Person).where(*which).order_by(coming, day, col(Person.name), col(Person.id))
        return count, list(self.session.exec(query.limit(limit)))

    def _connected(self) -> SelectOfScalar[int]:
        return (
            select(Account.person_id)
            .join(
                Workspace,
                (col(Workspace.organisation_id) == col(Account.organisation_id))
                & (col(Workspace.id) == col(Account.workspace_id)),
            )
            .where(
                Account.organisation_id == self.organisation_id, col(Account.active), col(Workspace.active)
            )
        )

    def _unreached(self, on: date, until: date) -> tuple[ColumnElement[bool], ...]:
        left = select(Separation.person_id).where(
            col(Separation.organisation_id) == self.organisation_id,
            col(Separation.person_id) == col(Person.id),
            col(Separation.on) >= col(Person.starts_on),
            col(Separation.on) < on,
        )
        return (
            col(Person.organisation_id) == self.organisation_id,
            col(Person.starts_on) <= until,
            or_(col(Person.ends_on).is_(None), col(Person.ends_on) >= on),
            col(Person.id).not_in(self._connected()),
            ~left.exists(),
        )

    def all_of(self, person_id: int) -> list[Account]:
        """Return the person's active accounts, by workspace."""
        query = select(Account).where(
            Account.organisation_id == self.organisation_id,
            Account.person_id == person_id,
            col(Account.active),
        )
        return list(self.session.exec(query.order_by(col(Account.workspace_id), col(Account.user))))

    def users(self, workspace_id: int) -> frozenset[str]:
        """Return the users of a workspace who are somebody's active account."""
        query = select(Account.user).where(
            Account.organisation_id == self.organisation_id,
            Account.workspace_id == workspace_id,
            col(Account.active),
        )
        return frozenset(self.session.exec(query))

    def among(self, workspace_id: int, users: Collection[str]) -> dict[str, Account]:
        """Return the accounts of some users of a workspace, active or not, by user."""
        query = select(Account).where(
            Account.organisation_id == self.organisation_id,
            Account.workspace_id == workspace_id,
            col(Account.user).in_(users),
        )
        return {row.user: row for row in self.session.exec(query)}

    def linked(self, workspace_id: int, people: Collection[int]) -> frozenset[int]:
        """Return who of some people has an active account in a workspace."""
        query = select(Account.person_id).where(
            Account.organisation_id == self.organisation_id,
            Account.workspace_id == workspace_id,
            col(Account.active),
            col(Account.person_id).in_(people),
        )
        return frozenset(self.session.exec(query))

    def silent(self) -> frozenset[int]:
        """Return who had an account once and has no active one any more, in any workspace."""
        query = select(Account.person_id).where(Account.organisation_id == self.organisation_id)
        return frozenset(self.session.exec(query)) - self.reachable()

    def without(self, workspace_id: int) -> list[tuple[int, str]]:
        """Return the number and HR id of everybody who has no account in a workspace, by number."""
        linked = select(Account.person_id).where(
            Account.organisation_id == self.organisation_id, Account.workspace_id == workspace_id
        )
        query = (
            select(Person.id, Person.external)
            .where(Person.organisation_id == self.organisation_id, col(Person.id).not_in(linked))
            .order_by(col(Person.id))
        )
        return [(number, external) for number, external in self.session.exec(query)]

    def link(self, person_id: int, workspace_id: int, user: str) -> Account:
        """Say that this user is this person, from now on."""
        row = self.find(workspace_id, user)
        if row is None:
            row = Account(
                organisation_id=self.organisation_id,
                workspace_id=workspace_id,
                user=user,
                person_id=person_id,
            )
        row.person_id, row.active = person_id, True
        self.session.add(row)
        self.session.flush()
        return row

    def leave(self, workspace_id: int, user: str) -> None:
        """Say that a user is gone from the platform; nothing is sent there any more."""
        row = self.find(workspace_id, user)
        if row is not None:
            row.active = False
            self.session.add(row)
            self.session.flush()

    def add(self, *accounts: Account) -> None:
        self.session.add_all(accounts)
        self.session.flush()
