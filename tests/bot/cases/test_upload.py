"""HR's file by a link: what the link opens and for whom, what is shown in chat, and what a yes there does."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.cases import delivery, roster, upload
from bot.cases.delivery import Send
from bot.errors import Refused
from bot.store.states import Lease
from bot.store.store import Store
from bot.talk.cards import Action, Buttons, Card
from bot.talk.events import Invalid, Nothing, OpenForm, Profile
from tests.bot.cases.test_people import Row, as_bytes, row
from tests.bot.cases.welcoming import Company, faults, offered, shown, text
from tests.fakes import FakeClock

BASE = "https://rapport.example.org"
HR, LENA = 1, 2


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    """An organisation in rehearsal with one HR admin, who is no tester, and an address for the page."""
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    found = Company(store, clock, rehearsal=True)
    found.has("People", 1, email="hr@b.example")
    found.has("Support", 1, email="lena@b.example")
    store.write(lambda unit: unit.people.grant(HR, "hr_admin", unit.now))
    upload.announce(store, BASE)
    return found


def known(*more: Row) -> list[Row]:
    """Return the rows of whoever is here already, and more."""
    return [row("p1", "People"), row("p2", "Support"), *more]


def link(company: Company, person: int = HR) -> str:
    card = shown(company.press(person, Action("upload.link")))
    return next(b.link for e in card.elements if isinstance(e, Buttons) for b in e.items if b.link)


def token(company: Company, person: int = HR) -> str:
    return link(company, person).removeprefix(f"{BASE}{upload.PATH}")


def sends(company: Company, rows: list[Row]) -> Card:
    """Send a file over a fresh link and return the card that comes of it."""
    upload.received(company.store, token(company), as_bytes(rows))
    return company.the_card("people.upload", HR)


def refused(company: Company, address: str, data: bytes = b"x") -> str:
    with pytest.raises(Refused) as raised:
        upload.received(company.store, address, data)
    return raised.value.key


def externals(company: Company) -> set[str]:
    return company.store.read(lambda unit: {p.external for p in unit.people.employed(unit.now.date())})


# --- the link ---------------------------------------------------------------------------------------------


def test_the_people_card_offers_a_link_where_a_page_is_served_and_says_how_where_not(company):
    here = shown(company.types(HR, "people"))
    upload.announce(company.store, "")
    nowhere = shown(company.types(HR, "people"))

    assert "CSV file" in offered(here)
    assert "RAPPORT_PUBLIC_URL" not in text(here)
    assert "CSV file" not in offered(nowhere)
    assert "rapport people import" in text(nowhere)
    assert faults(here) == faults(nowhere) == []
    assert company.refused(HR, Action("upload.link")) == "refused.upload.nowhere"


def test_the_link_leads_to_the_page_and_only_its_hash_is_kept(company, tmp_path):
    address = link(company)

    secret = address.removeprefix(f"{BASE}/upload/1-{HR}-")
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert len(secret) == 32
    assert upload.reader(company.store, f"1-{HR}-{secret}").language == "en"
    assert b"upload.link:1" in kept
    assert secret.encode() not in kept


def test_nobody_but_hr_and_owners_gets_a_link(company):
    assert company.refused(LENA, Action("upload.link")) == "refused.role.hr_admin"


def test_opening_the_page_from_the_card_changes_nothing_in_the_chat(company):
    assert isinstance(company.press(HR, Action("upload.opened")), Nothing)


def test_a_link_works_once(company):
    once = token(company)

    upload.received(company.store, once, as_bytes(known()))

    assert refused(company, once) == "refused.upload.link"
    assert len(company.sent("people.upload", HR)) == 1


def test_a_link_works_for_fifteen_minutes(company):
    early, late = token(company), ""
    company.clock.advance(timedelta(minutes=14, seconds=59))
    upload.reader(company.store, early)
    late = token(company)
    company.clock.advance(timedelta(minutes=15))

    assert refused(company, late) == "refused.upload.link"


def test_a_new_link_takes_the_place_of_the_one_before(company):
    first, second = token(company), token(company)

    assert refused(company, first) == "refused.upload.link"
    upload.received(company.store, second, as_bytes(known()))


def test_a_link_is_bound_to_its_person_and_organisation(company):
    company.store.write(lambda unit: unit.people.grant(LENA, "hr_admin", unit.now))
    hers, secret = token(company, LENA), token(company).removeprefix(f"1-{HR}-")

    for forged in (f"1-{LENA}-{secret}", f"2-{HR}-{secret}", f"1-99-{secret}"):
        assert refused(company, forged) == "refused.upload.link"
    upload.received(company.store, hers, as_bytes(known()))
    assert company.sent("people.upload", HR) == []
    assert len(company.sent("people.upload", LENA)) == 1


@pytest.mark.parametrize(
    "wrong",
    ["", "1", "1-1-", "1-1-" + "a" * 31, "x-1-" + "a" * 32, "1-1-" + "a" * 31 + "\0", "1-0-" + "a" * 32],
)
def test_what_is_no_link_is_refused_like_one_that_is_over(company, wrong):
    token(company)

    assert refused(company, wrong) == "refused.upload.link"


def test_a_link_is_worth_nothing_once_its_person_may_not_any_more(company):
    given = token(company)
    company.store.write(lambda unit: unit.people.revoke(HR, "hr_admin"))

    assert refused(company, given) == "refused.upload.link"


# --- what is shown ----------------------------------------------------------------------------------------


def test_the_file_alone_changes_nothing_and_its_changes_are_shown_in_chat(company):
    card = sends(company, known(row("n1", name="Zoë New"), row("n2")))

    said = text(card)
    assert "2 people are new" in said
    assert "Zoë New" in said
    assert {"Apply this", "Discard the file"} <= set(offered(card))
    assert faults(card) == []
    assert externals(company) == {"p1", "p2"}


def test_the_answer_reaches_hr_in_rehearsal_although_she_is_no_tester(company):
    sends(company, known())

    lease = Lease.starting(company.clock.now(), timedelta(minutes=5))
    company.store.write(lambda unit: delivery.claim(unit, 1, 10, lease, None))
    (decision,) = company.store.read(lambda unit: delivery.prepare(unit, 1, lease))
    assert isinstance(decision, Send)
    assert decision.address.user == "p1"
    assert company.store.read(lambda unit: unit.organisations.get().rehearsal)
    assert not company.store.read(lambda unit: unit.people.testers())


def test_problems_are_shown_by_row_and_nothing_can_be_agreed_to(company):
    card = sends(company, known(row("n1", start="2024-02-30"), row("n1", manager="nobody")))

    said = text(card)
    assert "There is no day 2024-02-30" in said
    assert "Row 4" in said
    assert "Apply this" not in offered(card)
    assert "Send another file" in offered(card)
    assert faults(card) == []


def test_of_many_problems_ten_are_shown_and_the_others_counted(company):
    card = sends(company, known(*(row(f"n{n}", start="never") for n in range(25))))

    assert text(card).count("Row ") == 10
    assert "15 more" in text(card)


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\0", b"PK\x03\x04\0\0", b"\xff\xfei\0d\0", b"id,name\n1,\xff\n", b"{}"]
)
def test_what_is_no_people_file_becomes_a_problem_and_no_crash(company, data):
    upload.received(company.store, token(company), data)

    card = company.the_card("people.upload", HR)
    assert card.title == "To correct in the file"
    assert faults(card) == []


def test_a_formula_in_a_cell_is_text_on_the_card_and_in_the_record(company):
    formula = "=HYPERLINK(1)"
    card = sends(company, known(row("n1", name=formula)))
    company.tap(HR, card, "Apply this")
    upload.carry_out(company.store)

    person = company.store.read(lambda unit: unit.people.by_external("n1"))
    assert formula in text(card)
    assert person is not None
    assert person.name == formula


def test_a_file_that_changes_nothing_says_so(company):
    first = sends(company, known(row("n1")))
    company.tap(HR, first, "Apply this")
    upload.carry_out(company.store)

    again = sends(company, known(row("n1")))

    assert again.title == "Nothing to change"
    assert "Apply this" not in offered(again)


# --- a yes, a no, and neither -----------------------------------------------------------------------------


def test_a_yes_takes_the_file_over_and_says_so(company):
    card = sends(company, known(row("n1"), row("n2")))

    company.tap(HR, card, "Apply this")
    done = upload.carry_out(company.store)

    assert done > 0
    assert externals(company) == {"p1", "p2", "n1", "n2"}
    assert company.the_card("people.upload", HR).title == "People taken over"
    assert upload.carry_out(company.store) == 0
    assert company.refused(HR, offered(card)["Apply this"]) == "refused.upload.gone"


def test_whoever_the_file_tells_of_is_linked_at_once_to_their_user_of_the_chat(company):
    for user in ("U7", "U8"):
        profile = Profile(user, "Somebody", f"{user.lower()}@b.example")
        company.store.write(lambda unit, profile=profile: roster.met(unit, 1, profile))
    card = sends(company, known(row("n1", email="u7@b.example")))

    company.tap(HR, card, "Apply this")
    upload.carry_out(company.store)

    found = company.store.read(lambda unit: unit.accounts.find(1, "U7"))
    assert found is not None
    assert found.active
    assert company.store.read(lambda unit: unit.strangers.users(1)) == {"U8"}
    assert "1 user of the chat is linked" in text(company.the_card("people.upload", HR))


def test_a_no_forgets_the_file(company):
    card = sends(company, known(row("n1")))

    company.tap(HR, card, "Discard the file")

    assert company.refused(HR, offered(card)["Apply this"]) == "refused.upload.gone"
    assert upload.carry_out(company.store) == 0
    assert externals(company) == {"p1", "p2"}


def test_a_file_waits_for_an_hour(company):
    card = sends(company, known(row("n1")))
    company.clock.advance(timedelta(hours=1))

    assert company.refused(HR, offered(card)["Apply this"]) == "refused.upload.gone"
    assert company.card(company.sent("people.upload", HR)[0]) is None


def test_another_file_takes_the_place_of_the_one_before(company):
    first = sends(company, known(row("n1")))
    sends(company, known(row("n2")))

    assert company.refused(HR, offered(first)["Apply this"]) == "refused.upload.gone"


def test_nobody_else_can_agree(company):
    company.store.write(lambda unit: unit.people.grant(LENA, "hr_admin", unit.now))
    card = sends(company, known(row("n1")))

    assert company.refused(LENA, offered(card)["Apply this"]) == "refused.upload.gone"


def test_whoever_may_not_any_more_can_not_agree(company):
    card = sends(company, known(row("n1")))
    company.store.write(lambda unit: unit.people.revoke(HR, "hr_admin"))

    assert company.refused(HR, offered(card)["Apply this"]) == "refused.role.hr_admin"


def test_a_restart_forgets_the_file_also_after_a_yes_and_says_so(company):
    card = sends(company, known(row("n1")))
    company.tap(HR, card, "Apply this")
    company.store.drawer.forget(1, HR)  # as a restart does

    assert upload.carry_out(company.store) == 0
    assert company.the_card("people.upload", HR).title == "The file is no longer here"
    assert externals(company) == {"p1", "p2"}
    assert company.refused(HR, offered(card)["Apply this"]) == "refused.upload.gone"


def test_what_has_changed_between_the_look_and_the_deed_is_shown_again_and_not_done(company):
    card = sends(company, known(row("n1")))
    company.tap(HR, card, "Apply this")
    company.has("Sales", 1)

    upload.carry_out(company.store)

    again = company.the_card("people.upload", HR)
    assert "Something has changed since you agreed" in text(again)
    assert "n1" not in externals(company)
    assert offered(again)["Apply this"].name == "upload.apply"


def test_two_files_are_not_taken_over_at_once(company):
    company.store.write(lambda unit: unit.people.grant(LENA, "hr_admin", unit.now))
    company.tap(HR, sends(company, known(row("n1"))), "Apply this")
    upload.received(company.store, token(company, LENA), as_bytes(known(row("n2"))))
    hers = company.the_card("people.upload", LENA)

    assert company.refused(LENA, offered(hers)["Apply this"]) == "refused.upload.busy"


# --- many who disappear -----------------------------------------------------------------------------------


def test_where_over_ten_percent_would_disappear_the_right_number_has_to_be_written(company):
    company.has("Sales", 8)
    card = sends(company, known(row("n1")))

    form = company.tap(HR, card, "Apply this")
    assert isinstance(form, OpenForm)
    assert "8 of 10 people at work are not in the file" in text(form.card)
    send = offered(form.card)["Apply this"]

    for wrong in ("", "7", "8.0", "-8", "eight", "8" * 50, "８"):
        assert isinstance(company.press(HR, send, {"leavers": wrong}), Invalid), wrong
    assert upload.carry_out(company.store) == 0
    company.press(HR, send, {"leavers": " 8 "})
    upload.carry_out(company.store)

    assert "8 of 10 people at work are missing" in text(card)
    assert externals(company) == {"p1", "p2", "n1"}


def test_the_way_around_the_question_is_shut(company):
    company.has("Sales", 8)
    sends(company, known(row("n1")))
    digest = company.sent("people.upload", HR)[-1].ref

    with pytest.raises(Refused, match="too_many_gone"):
        company.store.write(lambda unit: upload.order(unit, company.caller(unit, HR).person, digest))


# --- where the file is ------------------------------------------------------------------------------------


def test_the_file_is_nowhere_on_the_disk(company, tmp_path):
    sends(company, known(row("n1", name="Xylophonia Quagga", email="xq@b.example")))

    found = [path for path in tmp_path.rglob("*") if path.is_file() and b"Xylophonia" in path.read_bytes()]

    assert found == []
