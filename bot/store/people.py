"""People: who is here, who may do what, whom a rehearsal reaches."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.store.tables import Grant, Invitation, Person, Separation, Tester

FOLLOW_CHAT = "chat"
"""Kept in place of a chosen time zone: whatever the chat platform says, before HR's word."""


@dataclass(frozen=True, slots=True)
class People:
    """The people of one organisation."""

    session: Session
    organisation_id: int

    def get(self, person_id: int) -> Person | None:
        return self.session.get(Person, (self.organisation_id, person_id))

    def by_external(self, external: str) -> Person | None:
        """Return the person whom HR knows under this id."""
        query = select(Person).where(
            Person.organisation_id == self.organisation_id, Person.external == external
        )
        return self.session.exec(query).first()

    def by_externals(self, externals: Collection[str]) -> list[Person]:
        """Return the people whom HR knows under one of these ids."""
        query = select(Person).where(
            Person.organisation_id == self.organisation_id, col(Person.external).in_(externals)
        )
        return list(self.session.exec(query.order_by(col(Person.id))))

    def by_email(self, email: str) -> list[Person]:
        """Return everyone with this address, in any case of letters."""
        query = select(Person).where(
            Person.organisation_id == self.organisation_id, Person.email == email.strip().lower()
        )
        return list(self.session.exec(query))

    def by_emails(self, emails: Collection[str]) -> dict[str, list[Person]]:
        """Return everyone with one of these addresses, which stand in small letters."""
        query = select(Person).where(
            Person.organisation_id == self.organisation_id, col(Person.email).in_(emails)
        )
        found: dict[str, list[Person]] = defaultdict(list)
        for person in self.session.exec(query.order_by(col(Person.id))):
            found[person.email].append(person)
        return found

    def all(self) -> list[Person]:
        query = select(Person).where(Person.organisation_id == self.organisation_id)
        return list(self.session.exec(query.order_by(col(Person.id))))

    def employed(self, on: date) -> list[Person]:
        """Return who is at work on a date: started on or before it, last day not yet over."""
        return list(self.session.exec(self._employed(on).order_by(col(Person.id))))

    def uninvited(self, wave_id: int, on: date) -> list[Person]:
        """Return who is at work on a date and was not asked in a wave."""
        invited = select(Invitation.person_id).where(
            Invitation.organisation_id == self.organisation_id, Invitation.wave_id == wave_id
        )
        query = self._employed(on).where(col(Person.id).not_in(invited))
        return list(self.session.exec(query.order_by(col(Person.id))))

    def zones(self) -> list[str]:
        """Return the time zones of people who are not where the organisation is, as they, HR or their platform say."""
        chosen, seen = col(Person.chosen_zone), col(Person.seen_zone)
        zone = case(
            (and_(chosen == FOLLOW_CHAT, seen != ""), seen),
            (chosen.not_in(("", FOLLOW_CHAT)), chosen),
            (col(Person.time_zone) != "", col(Person.time_zone)),
            else_=seen,
        )
        query = select(zone).where(Person.organisation_id == self.organisation_id).distinct()
        return sorted(filter(None, self.session.exec(query)))

    def add(self, *people: Person) -> None:
        self.session.add_all(people)
        self.session.flush()

    # --- roles --------------------------------------------------------------------------------------------

    def grants(self, person_id: int) -> frozenset[str]:
        """Return the roles that were given to a person."""
        query = select(Grant.role).where(
            Grant.organisation_id == self.organisation_id, Grant.person_id == person_id
        )
        return frozenset(self.session.exec(query))

    def granted(self, role: str) -> list[int]:
        """Return everyone who was given a role."""
        query = select(Grant.person_id).where(
            Grant.organisation_id == self.organisation_id, Grant.role == role
        )
        return list(self.session.exec(query.order_by(col(Grant.person_id))))

    def grant(self, person_id: int, role: str, at: datetime, by: int | None = None) -> None:
        key = (self.organisation_id, person_id, role)
        if self.session.get(Grant, key) is None:
            self.session.add(
                Grant(
                    organisation_id=self.organisation_id,
                    person_id=person_id,
                    role=role,
                    granted_at=at,
                    granted_by=by,
                )
            )
            self.session.flush()

    def revoke(self, person_id: int, role: str) -> bool:
        row = self.session.get(Grant, (self.organisation_id, person_id, role))
        if row is None:
            return False
        self.session.delete(row)
        self.session.flush()
        return True

    # --- rehearsal ----------------------------------------------------------------------------------------

    def testers(self) -> frozenset[int]:
        """Return whom deliveries reach during rehearsal."""
        query = select(Tester.person_id).where(Tester.organisation_id == self.organisation_id)
        return frozenset(self.session.exec(query))

    def name_tester(self, person_id: int) -> None:
        if self.session.get(Tester, (self.organisation_id, person_id)) is None:
            self.session.add(Tester(organisation_id=self.organisation_id, person_id=person_id))
            self.session.flush()

    def forget_tester(self, person_id: int) -> None:
        row = self.session.get(Tester, (self.organisation_id, person_id))
        if row is not None:
            self.session.delete(row)
            self.session.flush()

    # --- leaving ------------------------------------------------------------------------------------------

    def separations(self) -> list[Separation]:
        query = select(Separation).where(Separation.organisation_id == self.organisation_id)
        return list(self.session.exec(query.order_by(col(Separation.on), col(Separation.person_id))))

    def separation(self, person_id: int, on: date) -> Separation | None:
        return self.session.get(Separation, (self.organisation_id, person_id, on))

    def record_separations(self, *rows: Separation) -> None:
        self.session.add_all(rows)
        self.session.flush()

    def remove_separation(self, row: Separation) -> None:
        self.session.delete(row)
        self.session.flush()

    def _employed(self, on: date) -> SelectOfScalar[Person]:
        return select(Person).where(
            Person.organisation_id == self.organisation_id,
            col(Person.starts_on) <= on,
            or_(col(Person.ends_on).is_(None), col(Person.ends_on) >= on),
        )
