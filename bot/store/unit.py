"""A unit of work: one transaction, scoped to one organisation."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from bot.clock import Clock
from bot.store.accounts import Accounts, Acting, acting
from bot.store.approvals import Approvals
from bot.store.audit import AuditLog
from bot.store.care import CareRoutings
from bot.store.conduct import Conduct
from bot.store.counters import next_number
from bot.store.drawer import Drawer
from bot.store.enrolments import Enrolments
from bot.store.fieldings import Fieldings
from bot.store.footprint import Footprint
from bot.store.inbox import Inbox
from bot.store.install_codes import InstallCodes
from bot.store.organisations import Organisations
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.personnel import Personnel
from bot.store.placements import Placements
from bot.store.readings import Readings
from bot.store.recipients import Recipients
from bot.store.references import References
from bot.store.reports import Reports
from bot.store.rollouts import Rollouts
from bot.store.settings import Settings
from bot.store.strangers import Strangers
from bot.store.surveys import Surveys
from bot.store.tables import Organisation, Workspace
from bot.store.terms import Terms
from bot.store.themes import ThemeVersions
from bot.store.undelivered import Undelivered
from bot.store.waves import Waves
from bot.store.workspaces import Workspaces

T = TypeVar("T")

_WHOSE = select(Workspace.organisation_id).where(
    col(Workspace.platform) == bindparam("platform"),
    col(Workspace.external) == bindparam("workspace"),
    col(Workspace.active).is_(True),
)


class Unit:
    """What a case works with: the rows of one organisation, and the time at which the unit began.

    Either all that a unit does is saved or none of it. Rows that a unit returns can be read afterwards, by
    any thread; changing them later saves nothing.
    """

    def __init__(
        self, session: Session, organisation_id: int, now: datetime, keys_dir: Path, drawer: Drawer
    ) -> None:
        self.session = session
        self.organisation_id = organisation_id
        self.now = now
        self.keys_dir = keys_dir
        self.drawer = drawer

    def number(self, noun: str, n: int = 1) -> int:
        """Return the next free number of a noun, or the first of a block of ``n``."""
        return next_number(self.session, self.organisation_id, noun, n)

    # repositories

    @cached_property
    def organisations(self) -> Organisations:
        return Organisations(self.session, self.organisation_id)

    @cached_property
    def settings(self) -> Settings:
        return Settings(self.session, self.organisation_id)

    @cached_property
    def audit(self) -> AuditLog:
        return AuditLog(self.session, self.organisation_id)

    @cached_property
    def workspaces(self) -> Workspaces:
        return Workspaces(self.session, self.organisation_id)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.session, self.organisation_id)

    @cached_property
    def undelivered(self) -> Undelivered:
        return Undelivered(self.session, self.organisation_id)

    @cached_property
    def recipients(self) -> Recipients:
        return Recipients(self.session, self.organisation_id)

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.session, self.organisation_id, self.now)

    @cached_property
    def people(self) -> People:
        return People(self.session, self.organisation_id)

    @cached_property
    def personnel(self) -> Personnel:
        return Personnel(self.session, self.organisation_id)

    @cached_property
    def approvals(self) -> Approvals:
        return Approvals(self.session, self.organisation_id)

    @cached_property
    def install_codes(self) -> InstallCodes:
        return InstallCodes(self.session, self.organisation_id)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.session, self.organisation_id)

    @cached_property
    def strangers(self) -> Strangers:
        return Strangers(self.session, self.organisation_id)

    @cached_property
    def references(self) -> References:
        return References(self.session, self.organisation_id)

    @cached_property
    def placements(self) -> Placements:
        return Placements(self.session, self.organisation_id)

    @cached_property
    def surveys(self) -> Surveys:
        return Surveys(self.session, self.organisation_id)

    @cached_property
    def waves(self) -> Waves:
        return Waves(self.session, self.organisation_id)

    @cached_property
    def fieldings(self) -> Fieldings:
        return Fieldings(self.session, self.organisation_id)

    @cached_property
    def readings(self) -> Readings:
        return Readings(self.session, self.organisation_id)

    @cached_property
    def themes(self) -> ThemeVersions:
        return ThemeVersions(self.session, self.organisation_id)

    @cached_property
    def care(self) -> CareRoutings:
        return CareRoutings(self.session, self.organisation_id)

    @cached_property
    def terms(self) -> Terms:
        return Terms(self.session, self.organisation_id)

    @cached_property
    def conduct(self) -> Conduct:
        return Conduct(self.session, self.organisation_id)

    @cached_property
    def enrolments(self) -> Enrolments:
        return Enrolments(self.session, self.organisation_id)

    @cached_property
    def footprint(self) -> Footprint:
        return Footprint(self.session, self.organisation_id)

    @cached_property
    def rollouts(self) -> Rollouts:
        return Rollouts(self.session, self.organisation_id)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self.session, self.organisation_id)


class Backend(Protocol):
    """A database as the store uses it."""

    def write(self, work: Callable[[Session], T]) -> T:
        """Do ``work`` in one transaction and return once it is durable."""

    def read(self, work: Callable[[Session], T]) -> T:
        """Do ``work`` on one unchanging view."""

    def empty_log(self) -> bool:
        """Remove the write-ahead log's content; False: it is still needed."""

    def close(self) -> None:
        """Let go of all files, locks and connections."""


class Store:
    """Where everything is kept; safe to use from many threads."""

    def __init__(self, backend: Backend, *, clock: Clock, keys_dir: Path) -> None:
        self.clock = clock
        self.keys_dir = keys_dir
        self.drawer = Drawer()
        self._backend = backend
        self._here = threading.local()

    def write(self, work: Callable[[Unit], T], organisation: int = 1) -> T:
        """Do ``work`` in one transaction and return its result once it is durable.

        An error that ``work`` raises undoes this unit alone and is raised here. ``StoreError`` says that the
        database could not take it: nothing of the unit was saved.
        """
        self._refuse_inside()
        return self._backend.write(lambda session: self._work_on(session, work, organisation))

    def write_for(
        self, platform: str, workspace: str, user: str, work: Callable[[Unit, Acting], T]
    ) -> T | None:
        """Do ``work`` as ``write`` does, for whoever connected a workspace; None: nobody did, and nothing is done."""
        self._refuse_inside()
        return self._backend.write(lambda session: self._theirs(session, (platform, workspace, user), work))

    def read_for(
        self, platform: str, workspace: str, user: str, work: Callable[[Unit, Acting], T]
    ) -> T | None:
        """Do ``work`` as ``read`` does, for whoever connected a workspace; None: nobody did."""
        self._refuse_inside()
        return self._backend.read(lambda session: self._theirs(session, (platform, workspace, user), work))

    def _theirs(
        self, session: Session, whose: tuple[str, str, str], work: Callable[[Unit, Acting], T]
    ) -> T | None:
        who = acting(session, *whose)
        if who is None:
            return None
        return self._work_on(session, lambda unit: work(unit, who), who.organisation.id)

    def read(self, work: Callable[[Unit], T], organisation: int = 1) -> T:
        """Do ``work`` on one unchanging view of the database; it cannot write."""
        self._refuse_inside()
        return self._backend.read(lambda session: self._work_on(session, work, organisation))

    def organisations(self) -> list[int]:
        """Return the numbers of all organisations, in order."""
        self._refuse_inside()
        query = select(Organisation.id).order_by(col(Organisation.id))
        return self._backend.read(lambda session: list(session.exec(query)))

    def organisation_of(self, platform: str, workspace: str) -> int | None:
        """Return whose workspace this is, as the platform calls it; None: nobody connected it."""
        self._refuse_inside()
        which = {"platform": platform, "workspace": workspace}
        return self._backend.read(lambda session: session.exec(_WHOSE, params=which).first())

    def truncate_wal(self) -> bool:
        """Empty the write-ahead log, so that deleted rows leave it too.

        False: somebody still reads what is in it, or this is a command while a server runs; ask again later.
        """
        self._refuse_inside()
        return self._backend.empty_log()

    def close(self) -> None:
        """Finish what was begun and let go of all files, locks and connections."""
        self._backend.close()

    def _work_on(self, session: Session, work: Callable[[Unit], T], organisation: int) -> T:
        self._here.busy = True
        try:
            return work(Unit(session, organisation, self.clock.now(), self.keys_dir, self.drawer))
        finally:
            self._here.busy = False

    def _refuse_inside(self) -> None:
        if getattr(self._here, "busy", False):
            raise RuntimeError(
                "A unit of work may not start another one: it would wait for itself. Use the unit at hand."
            )
