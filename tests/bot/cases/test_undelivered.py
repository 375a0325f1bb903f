import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from adapters.cli import doctor
from adapters.cli.place import Place
from adapters.wiring import Ready
from bot import jobs
from bot.cases import troubles, undelivered
from bot.cases.purposes import PURPOSES
from bot.clock import SystemClock
from bot.store.states import UNTOLD
from bot.store.store import Store
from bot.store.tables import Delivery
from bot.store.unit import Unit
from bot.talk.cards import Card, Facts, Text
from bot.talk.language import catalogue, words
from tests import staff
from tests.fakes import MONDAY, FakeClock

WORDS = words("en")


def ended(
    store: Store, person: int, state: str, error: str = "", purpose: str = "wave.invite", days: int = 0
) -> None:
    """Make a message to a person and let it have ended so, some days ago."""
    key = f"{purpose}:{person}:{days}"
    staff.want(store, [person], purpose, key=key)

    def work(unit: Unit) -> None:
        row = unit.session.exec(select(Delivery).where(Delivery.key == key)).one()
        row.state, row.error, row.due_at = state, error, unit.now - timedelta(days=days)
        unit.session.add(row)

    store.write(work)


def overview(store: Store) -> Card:
    return store.read(lambda unit: undelivered.overview(unit, WORDS))


def said(card: Card) -> list[str]:
    lines: list[str] = []
    for element in card.elements:
        if isinstance(element, Text):
            lines.append(element.body)
        if isinstance(element, Facts):
            lines += [
                f"{fact.label}: {fact.value}" + (f" {fact.detail}" if fact.detail else "")
                for fact in element.items
            ]
    return lines


def test_if_everything_arrived_it_says_so(store: Store) -> None:
    staff.hire(store, 1)
    ended(store, 1, "sent")

    assert said(overview(store)) == [WORDS("delivery.overview.none")]


def test_it_counts_by_reason_and_purpose_and_names_only_who_cannot_be_reached(store: Store) -> None:
    staff.hire(store, 6)
    ended(store, 1, "dead", "user_disabled")
    ended(store, 2, "dead", "account_inactive")
    ended(store, 2, "dead", "account_inactive", "report.ready")
    ended(store, 3, "dead", "msg_too_long")
    ended(store, 4, "uncertain")
    ended(store, 5, "dead", "card: KeyError")
    ended(store, 6, "sent")

    assert said(overview(store)) == [
        WORDS("delivery.reason.user_disabled"),
        "Survey invitations: 2",
        "Finished reports: 1",
        "Not reached: Person 1 and Person 2",
        WORDS("delivery.reason.other"),
        "Survey invitations: 1",
        WORDS("delivery.reason.msg_too_long"),
        "Survey invitations: 1",
        WORDS("delivery.reason.uncertain"),
        "Survey invitations: 1",
    ]


@pytest.mark.parametrize("state", ["dead", "uncertain", "expired", "sent"])
def test_a_reminder_is_never_counted_for_only_those_get_one_who_have_not_answered(
    store: Store, state: str
) -> None:
    staff.hire(store, 1)
    ended(store, 1, state, "user_disabled", "wave.remind")

    assert said(overview(store)) == [WORDS("delivery.overview.none")]


def test_who_was_reached_later_is_not_named_any_more(store: Store) -> None:
    staff.hire(store, 2)
    for person in (1, 2):
        ended(store, person, "dead", "user_not_found", days=3)
    ended(store, 1, "sent", purpose="report.ready", days=1)
    ended(store, 2, "sent", purpose="report.ready", days=5)

    assert "Not reached: Person 2" in said(overview(store))


def test_what_is_older_than_a_month_and_what_is_still_being_asked_is_left_out(store: Store) -> None:
    staff.hire(store, 2)
    ended(store, 1, "dead", "user_not_found", days=31)
    ended(store, 2, "uncertain")
    store.write(lambda unit: _asking(unit, MONDAY))

    assert said(overview(store)) == [WORDS("delivery.overview.none")]


def _asking(unit: Unit, until: datetime) -> None:
    row = unit.session.exec(select(Delivery).where(Delivery.person_id == 2)).one()
    row.lease_until = until
    unit.session.add(row)


def test_a_long_list_of_names_is_counted_instead(store: Store) -> None:
    staff.hire(store, 23)
    for person in range(1, 24):
        ended(store, person, "dead", "user_not_found")

    last = said(overview(store))[-1]

    assert last.count("Person ") == 20
    assert last.endswith("and 3 more people")


def test_a_workspace_that_is_shut_comes_first(store: Store) -> None:
    staff.hire(store, 1)
    store.write(lambda unit: troubles.note(unit, staff.WORKSPACE, "messages_tab_disabled", MONDAY))

    first, when, *_ = said(overview(store))

    assert first == WORDS("delivery.reason.messages_tab_disabled")
    assert when.startswith("Since: Monday, 23 November")


def test_every_word_has_a_sentence_in_every_language_and_every_purpose_that_shows_a_name() -> None:
    needed = {f"delivery.reason.{about}" for about in (*undelivered.ABOUT.values(), undelivered.OTHER)}
    needed |= {f"delivery.purpose.{purpose}" for purpose in PURPOSES.keys() - UNTOLD}

    assert needed <= catalogue("en").entries.keys()
    assert needed <= catalogue("de").entries.keys()
    assert {key for key in catalogue("en").entries if key.startswith("delivery.reason.")} == {
        key for key in needed if key.startswith("delivery.reason.")
    }


@pytest.mark.parametrize("reason", ["Person 1 said no", "x" * 300, "", "brand_new"])
def test_a_word_that_is_not_listed_is_not_kept(reason: str) -> None:
    assert undelivered.code(reason) == "other"
    assert undelivered.sentence(WORDS, reason) == WORDS("delivery.reason.other")


def test_an_inactive_account_is_the_persons_for_a_message_and_ours_for_a_workspace() -> None:
    assert undelivered.sentence(WORDS, "account_inactive") == WORDS("delivery.reason.user_disabled")
    assert undelivered.of_workspace(WORDS, "account_inactive") == WORDS("delivery.reason.token_revoked")


# --- the trouble itself ---


def test_connecting_anew_ends_a_trouble_and_lets_messages_out(store: Store) -> None:
    staff.hire(store, 1)
    store.write(lambda unit: troubles.note(unit, staff.WORKSPACE, "token_revoked", MONDAY))

    assert store.write(lambda unit: troubles.over(unit, staff.WORKSPACE))
    assert not store.write(lambda unit: troubles.over(unit, staff.WORKSPACE))
    assert store.read(lambda unit: unit.workspaces.get(staff.WORKSPACE).blocked_until) is None


def test_a_new_reason_does_not_begin_a_new_trouble(store: Store) -> None:
    staff.hire(store, 1)
    for minute, reason in enumerate(["invalid_auth", "token_revoked"]):
        at = MONDAY + timedelta(minutes=minute)
        store.write(lambda unit, reason=reason, at=at: troubles.note(unit, staff.WORKSPACE, reason, at))

    (trouble,) = store.read(troubles.known)

    assert trouble == troubles.Trouble(staff.WORKSPACE, "token_revoked", MONDAY, 2)


def test_readiness_suffers_only_when_every_workspace_is_shut(store: Store) -> None:
    staff.hire(store, 1)
    store.write(lambda unit: unit.organisations.connect("fake", "T2"))
    jobs.beat(store, SystemClock().now())
    reasons = []
    for workspace in (1, 2):
        store.write(lambda unit, number=workspace: troubles.note(unit, number, "token_revoked", MONDAY))
        reasons.append(asyncio.run(Ready(store)()))

    assert reasons == [[], [WORDS("delivery.reason.token_revoked")] * 2]


def test_the_doctor_tells_what_is_shut_and_what_did_not_arrive(store: Store, clock: FakeClock) -> None:
    staff.hire(store, 1)
    ended(store, 1, "dead", "user_disabled")
    store.write(lambda unit: troubles.note(unit, staff.WORKSPACE, "missing_scope", MONDAY))
    where = Place("", None)  # type: ignore[arg-type]  # these two look at the database only

    shut = store.read(doctor._connections(where, store))
    lost = store.read(doctor._deliveries(where, store))

    assert shut.state == "problem"
    assert "missing_scope" in shut.text
    assert WORDS("delivery.reason.missing_scope") in shut.text
    assert lost.text == "1 dead. " + WORDS("delivery.reason.user_disabled")
    store.write(lambda unit: troubles.over(unit, staff.WORKSPACE))
    assert store.read(doctor._connections(where, store)).state == "ok"
