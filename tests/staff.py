"""People with accounts in one workspace of the fake platform, and plain messages for them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from bot.cases.context import CardBuilder, Recipient
from bot.cases.purposes import DISCLOSURE_VERSION, PURPOSES
from bot.store.outbox import Message
from bot.store.states import Lease
from bot.store.store import Store, Unit
from bot.store.tables import Account, Delivery, Person
from bot.talk.cards import Card, Text
from bot.talk.platform import Address, DeliveryId
from tests.canary import WORD
from tests.fakes import MONDAY

WORKSPACE = 1


def hire(
    store: Store, n: int = 1, *, first: int = 1, live: bool = True, platform: str = "fake", **person: Any
) -> range:
    """Make ``n`` people with accounts ``U1``, ``U2`` … in workspace 1; return their numbers."""
    ids = range(first, first + n)

    def work(unit: Unit) -> None:
        unit.organisations.connect(platform, "T1")
        unit.organisations.get().rehearsal = not live
        told = {"disclosed_at": unit.now, "disclosure_version": DISCLOSURE_VERSION}
        for number in ids:
            fields = {
                "external": f"P{number}",
                "name": f"Person {number}",
                "email": f"p{number}@{WORD}.example",
                "starts_on": date(2020, 1, 1),
            } | told
            unit.session.add(Person(organisation_id=1, id=number, **(fields | person)))
        unit.session.flush()
        unit.session.add_all(
            Account(organisation_id=1, workspace_id=WORKSPACE, user=f"U{number}", person_id=number)
            for number in ids
        )

    store.write(work)
    return ids


def message(person_id: int, due_at: datetime, purpose: str = "report.ready", **fields: Any) -> Message:
    """A message of a purpose that no quiet hours and no budget hold back."""
    wanted: dict[str, Any] = {
        "key": f"{purpose}:{person_id}",
        "purpose": purpose,
        "ref": "1",
        "due_at": due_at,
    }
    return Message(person_id, **(wanted | fields))


def want(store: Store, people: Iterable[int], purpose: str = "report.ready", **fields: Any) -> int:
    return store.write(
        lambda unit: unit.outbox.want_many(message(person, unit.now, purpose, **fields) for person in people)
    )


def card(to: Recipient, delivery: Delivery) -> Card:
    return Card("Hello", (Text(f"{delivery.purpose} for {to.person.name}"),), "Hello.")


CARDS: Mapping[str, CardBuilder] = dict.fromkeys(PURPOSES, card)
"""A plain card for every purpose."""


def rows(store: Store) -> dict[str, Delivery]:
    """All deliveries of everybody, by key."""
    return store.read(lambda unit: {row.key: row for row in _all(unit)})


def states(store: Store) -> dict[str, int]:
    return store.read(lambda unit: unit.outbox.counts())


def _all(unit: Unit) -> Iterable[Delivery]:
    return unit.session.exec(select(Delivery).order_by(col(Delivery.key)))


def a_lease(until: datetime) -> Lease:
    """A lease that some other process took."""
    return Lease("somebody else", MONDAY, until)


def as_sent(delivery: str) -> tuple[Address, Card, DeliveryId]:
    """What the platform was called with before the process died."""
    return Address("fake", "T1", "U1"), Card("Hello", (), "Hello."), DeliveryId(delivery)


def settled(store: Store) -> bool:
    """Whether every message has ended, or is uncertain for good."""
    under_way = {"pending", "retry", "sending"} & states(store).keys()
    return not under_way and all(_over(row) for row in rows(store).values())


def _over(row: Delivery) -> bool:
    for_good = row.state == "uncertain" and row.lease_until is None
    return for_good or row.state in {"sent", "dead", "expired", "cancelled"}
