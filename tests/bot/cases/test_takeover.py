"""People from the chat: linked or left out by hand, or taken over together; shown first, audited, done once."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases import roster, takeover, workspaces
from bot.cases.people import apply
from bot.commands import ACTIONS
from bot.errors import Refused
from bot.store.store import Store, Unit
from bot.talk.cards import Action, Ask
from bot.talk.events import Invalid, Profile
from surveys.formats import Choice, FreeText
from tests.bot.cases.test_people import order, row
from tests.bot.cases.welcoming import Company, faults, fields, offered, shown, text
from tests.fakes import FakeClock

HR = 1


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    """A company with one HR admin; its chat is workspace 1."""
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    found = Company(store, clock)
    found.has("People", 1, email="hr@b.example")
    store.write(lambda unit: unit.people.grant(HR, "hr_admin", unit.now))
    return found


def joins(company: Company, user: str, name: str = "Somebody", email: str = "", **about: str) -> None:
    profile = Profile(user, name, email, **about)
    company.store.write(lambda unit: roster.met(unit, 1, profile))


def plan(company: Company, department: str = "Support"):
    return company.press(HR, Action("roster.plan"), {"department": department})


def take_over(company: Company, department: str = "Support") -> int:
    company.tap(HR, shown(plan(company, department)), "Take them over")
    return takeover.carry_out(company.store)


def decide(company: Company, who: str, act: str, person: str = ""):
    return company.press(HR, Action("roster.decide"), {"who": who, "act": act, "person": person})


def account(company: Company, user: str) -> int | None:
    found = company.store.read(lambda unit: unit.accounts.find(1, user))
    return found.person_id if found and found.active else None


def acts(company: Company) -> list[str]:
    return [entry.act for entry in company.store.read(lambda unit: unit.audit.entries())]


def who_is_here(company: Company) -> dict[str, str]:
    def work(unit: Unit) -> dict[str, str]:
        day = unit.now.date()
        placed = unit.placements.at(day)
        return {person.external: placed[person.id].path for person in unit.people.employed(day)}

    return company.store.read(work)


# --- what HR sees -----------------------------------------------------------------------------------------


def test_hr_sees_how_many_users_are_nobody_why_and_the_first_of_each_kind(company):
    company.has("Sales", 2, email="desk@b.example")
    joins(company, "U1", "Lena Vogt")
    joins(company, "U2", "Marc Weber", "desk@b.example")

    card = shown(company.types(HR, "people"))

    said = text(card)
    assert "2 users of this chat are nobody" in said
    assert "Lena" in said
    assert "Vogt" not in said
    assert "Marc" in said
    assert {"Take over 1 person", "Decide about one"} <= set(offered(card))
    assert faults(card) == []


def test_of_many_the_first_five_are_named_and_the_others_counted(company):
    for number in range(9):
        joins(company, f"U{number}", f"Name{number} X")

    said = text(shown(company.types(HR, "people")))

    assert "Name4" in said
    assert "Name5" not in said
    assert "and 4 more" in said


def test_hr_sees_when_the_chat_was_read_and_that_an_incomplete_list_was_not_believed(company):
    company.has("Support", 9)
    everybody = [Profile(f"p{number}") for number in range(1, 11)]
    roster.take(company.store, 1, "local", "local", everybody)
    assert "10 users" in text(shown(company.types(HR, "people")))

    roster.take(company.store, 1, "local", "local", everybody[:2])

    card = shown(company.types(HR, "people"))
    assert "2 users" in text(card)
    assert "8 accounts are missing" in text(card)
    assert faults(card) == []


@pytest.mark.parametrize("act", [name for name in ACTIONS if name.startswith(("roster.", "surveys."))])
def test_only_hr_and_owners_see_or_decide_anything(company, act):
    person = company.has("Support", 1)[0]
    joins(company, "U1")

    assert company.refused(person, Action(act, "Support", "x")).startswith("refused.role")
    with pytest.raises(Refused):
        company.types(person, "people")


# --- by hand ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["p2", "lena@b.example", " Lena@B.example "])
def test_a_user_is_linked_to_a_person_by_id_or_address_and_it_is_written_down(company, written):
    person = company.has("Support", 1, email="lena@b.example")[0]
    company.store.write(lambda unit: unit.accounts.leave(1, f"p{person}"))
    joins(company, "U1", locale="de-DE", time_zone="Europe/Berlin")

    card = shown(decide(company, "1/U1", "link", written))

    assert account(company, "U1") == person
    assert "Everybody in this chat" in text(card)
    assert acts(company) == ["roster.linked"]
    assert company.store.read(lambda unit: unit.people.get(person).seen_zone) == "Europe/Berlin"


def test_a_user_who_is_left_out_stays_so_at_the_next_roster_and_can_be_linked_later(company):
    joins(company, "U1", "Front Desk", "desk@b.example")
    decide(company, "1/U1", "leave_out")
    company.has("Support", 1, email="desk@b.example")

    joins(company, "U1", "Front Desk", "desk@b.example")

    assert account(company, "U1") is None
    assert acts(company) == ["roster.left_out"]
    company.store.write(lambda unit: unit.accounts.leave(1, "p2"))
    decide(company, "U1", "link", "p2")
    assert account(company, "U1") == 2


def test_an_address_of_two_users_is_free_for_one_once_the_other_is_left_out(company):
    person = company.has("Support", 1, email="lena@b.example")[0]
    company.store.write(lambda unit: unit.accounts.leave(1, f"p{person}"))
    for user in ("U1", "U2"):
        joins(company, user, "Lena", "lena@b.example")
    assert account(company, "U1") == person
    company.store.write(lambda unit: roster.left(unit, 1, "U1"))
    decide(company, "1/U2", "leave_out")

    profiles = [Profile(user, "Lena", "lena@b.example") for user in ("U1", "U2")]
    roster.take(company.store, 1, "local", "local", [*profiles, Profile("p1")])

    assert account(company, "U1") == person
    assert account(company, "U2") is None


@pytest.mark.parametrize(
    ("who", "act", "person", "field"),
    [
        ("", "link", "p2", "who"),
        ("1/U9", "link", "p2", "who"),
        ("9" * 400 + "/U1", "link", "p2", "who"),
        ("\x00/U1", "leave_out", "", "who"),
        ("1/U1", "", "p2", "act"),
        ("1/U1", "delete", "p2", "act"),
        ("1/U1", "link", "", "person"),
        ("1/U1", "link", "nobody", "person"),
        ("1/U1", "link", "p2", "person"),
        ("1/U1", "link", "p3", "person"),
    ],
)
def test_what_cannot_be_decided_leaves_the_form_open_and_changes_nothing(company, who, act, person, field):
    company.has("Support", 1)
    company.has("Support", 1, ends_on=date(2026, 1, 1))
    joins(company, "U1")

    reply = decide(company, who, act, person)

    assert isinstance(reply, Invalid)
    assert set(reply.fields) == {field}
    assert (account(company, "U1"), acts(company)) == (None, [])


@pytest.mark.parametrize(("users", "kind"), [(40, Choice), (41, FreeText)])
def test_a_form_lists_the_users_while_they_fit_and_asks_for_one_of_more(company, users, kind):
    for number in range(users):
        joins(
            company, f"U{number}", f"A very long name that goes on {'and on ' * 20}", f"u{number}@b.example"
        )

    form = shown(company.press(HR, Action("roster.link")))

    who = fields(form)["who"]
    assert isinstance(who, Ask)
    assert isinstance(who.response, kind)
    assert all(len(option.label) <= 75 for option in getattr(who.response, "options", ()))
    wanted = "u7@b.example" if kind is FreeText else "1/U7"
    shown(decide(company, wanted, "leave_out"))
    assert company.store.read(lambda unit: unit.strangers.get(1, "U7").why) == "left_out"


def test_with_nobody_to_decide_about_there_is_no_form(company):
    assert company.refused(HR, Action("roster.link")) == "refused.roster.nobody"


# --- taking over ------------------------------------------------------------------------------------------


def test_all_who_are_unknown_become_people_of_one_department_with_their_accounts(company):
    joins(company, "U1", "Lena Vogt", "lena@b.example", locale="de-DE")
    joins(company, "U2", "Marc Weber")

    assert take_over(company, " operations / Support ") == 2

    here = who_is_here(company)
    assert here == {"p1": "People", "lena@b.example": "operations/Support", "local:U2": "operations/Support"}
    assert (account(company, "U1"), account(company, "U2")) == (2, 3)
    assert company.store.read(lambda unit: unit.strangers.counts()) == {}
    assert company.store.read(lambda unit: unit.people.get(2).seen_locale) == "de-DE"
    assert acts(company) == ["roster.ordered", "people.imported"]


def test_nothing_changes_before_it_is_confirmed_and_once_done_nothing_more(company):
    joins(company, "U1", "Lena Vogt", "lena@b.example")
    card = shown(plan(company))
    assert "1 person is new" in text(card)
    assert faults(card) == []
    assert who_is_here(company) == {"p1": "People"}
    assert takeover.carry_out(company.store) == 0

    company.tap(HR, card, "Take them over")

    assert [takeover.carry_out(company.store) for _ in range(2)] == [1, 0]


def test_a_department_that_exists_keeps_its_spelling(company):
    joins(company, "U1", "Lena")

    take_over(company, "people")

    assert set(who_is_here(company).values()) == {"People"}


def test_who_joined_after_it_was_shown_makes_the_confirmation_void(company):
    joins(company, "U1", "Lena")
    card = shown(plan(company))
    joins(company, "U2", "Marc")

    with pytest.raises(Refused) as refused:
        company.tap(HR, card, "Take them over")

    assert refused.value.key == "refused.takeover.changed"


def test_who_joins_between_the_confirmation_and_the_work_is_not_taken_along(company):
    joins(company, "U1", "Lena")
    company.tap(HR, shown(plan(company)), "Take them over")
    joins(company, "U2", "Marc")

    takeover.carry_out(company.store)

    assert (account(company, "U1"), account(company, "U2")) == (2, None)


def test_people_of_hrs_file_stay_who_have_no_account_and_those_from_the_chat_who_are_gone_leave(company):
    apply(company.store, order([row("E7"), row("p1", "People", email="hr@b.example")], allow_many=True))
    everybody = [f"U{number}" for number in range(12)]
    for user in everybody:
        joins(company, user, user)
    take_over(company)
    company.store.write(lambda unit: roster.left(unit, 1, "U3"))
    joins(company, "U99", "New")

    card = shown(plan(company))

    assert "1 person" in text(card)
    company.clock.move_to(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    take_over(company)
    here = who_is_here(company)
    assert "E7" in here
    assert "local:U99" in here
    assert "local:U3" not in here


def test_when_more_than_one_in_ten_would_leave_nothing_is_taken_over(company):
    for user in ("U1", "U2", "U3"):
        joins(company, user, user)
    take_over(company)
    company.store.write(lambda unit: roster.left(unit, 1, "U3"))
    joins(company, "U9", "New")

    with pytest.raises(Refused) as refused:
        plan(company)

    assert refused.value.key == "refused.people.too_many_gone"


@pytest.mark.parametrize(
    "department", ["", " ", "/", "a//b", "x" * 81, "/".join("abcdefghi"), "\x00", "x/" + "y" * 255]
)
def test_what_is_no_department_leaves_the_form_open(company, department):
    joins(company, "U1")

    reply = plan(company, department)

    assert isinstance(reply, Invalid)
    assert reply.fields["department"]


@pytest.mark.parametrize("ref", ["", "Support", "x" * 10_000])
def test_a_confirmation_that_was_never_shown_is_refused(company, ref):
    joins(company, "U1")

    assert company.refused(HR, Action("roster.apply", ref, "0" * 16)) == "refused.takeover.changed"


def test_five_hundred_at_a_time_and_after_a_crash_the_rest(company, monkeypatch):
    def many(unit: Unit) -> None:
        for number in range(1200):
            roster.met(unit, 1, Profile(f"U{number}", f"N{number}", f"u{number}@b.example"))

    company.store.write(many)
    company.tap(HR, shown(plan(company)), "Take them over")
    real, writes = company.store.write, []

    def dying(work, organisation=1):
        writes.append(work)
        if len(writes) == 4:
            raise RuntimeError("power cut")
        return real(work, organisation)

    with monkeypatch.context() as patched:
        patched.setattr(company.store, "write", dying)
        with pytest.raises(RuntimeError):
            takeover.carry_out(company.store)

    assert takeover.carry_out(company.store) > 0
    assert len(who_is_here(company)) == 1201
    assert company.store.read(lambda unit: len(unit.accounts.users(1))) == 1201
    assert company.store.read(lambda unit: unit.strangers.counts()) == {}


def test_a_later_file_of_hrs_goes_on_where_the_chat_began(company):
    joins(company, "U1", "Lena", "lena@b.example")
    take_over(company)

    rows = [row("lena@b.example", "Sales", start="2026-11-09", email="lena@b.example"), row("p1", "People")]
    apply(company.store, order(rows))

    assert who_is_here(company) == {"lena@b.example": "Sales", "p1": "People"}
    assert account(company, "U1") == 2


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_sent_in_the_forms_is_answered(company, who, act, person):
    joins(company, "U1")

    for reply in (decide(company, who, act, person), plan(company, who)):
        assert reply is not None


def test_the_workspace_of_another_organisation_is_out_of_reach(company):
    company.store.write(lambda unit: unit.organisations.create("Other", unit.now), 2)
    company.store.write(lambda unit: workspaces.connect(unit, "slack", "T2"), 2)
    company.store.write(lambda unit: roster.met(unit, 1, Profile("U7", "Theirs")), 2)

    assert "Everybody in this chat" in text(shown(company.types(HR, "people")))
    assert isinstance(decide(company, "1/U7", "leave_out"), Invalid)
