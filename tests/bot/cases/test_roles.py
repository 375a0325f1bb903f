"""Roles by chat: owners give and take them after a second look; whoever is concerned and the other owners are told."""

from datetime import UTC, date, datetime

import pytest

from bot.cases import roster_cards
from bot.cases.guards import judge
from bot.store.store import Store
from bot.store.unit import Unit
from bot.talk.cards import Action, Card
from bot.talk.events import Invalid, Replace
from tests.bot.cases.test_guards import facts as guard_facts
from tests.bot.cases.welcoming import Company, cards_of, faults, fields, offered, shown, text
from tests.fakes import FakeClock

OWNER, SECOND, ADMIN, LENA = 1, 2, 3, 4


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    """Person 1 and 2 are owners, 3 is HR admin, 4 to 6 are nothing besides."""
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    made = Company(store, clock)
    made.has("Support", 6)

    def give(unit: Unit) -> None:
        for person, role in ((OWNER, "owner"), (SECOND, "owner"), (ADMIN, "hr_admin")):
            unit.people.grant(person, role, unit.now)

    store.write(give)
    return made


def grants(company: Company, person: int) -> frozenset[str]:
    return company.store.read(lambda unit: unit.people.grants(person))


def acts(company: Company) -> list[tuple[str, str, str]]:
    entries = company.store.read(lambda unit: unit.audit.entries())
    return [(entry.actor, entry.act, entry.object) for entry in entries if entry.act.startswith("role.")]


def plan_gift(company: Company, by: int, whom: str, role: str = "hr_admin") -> Card:
    reply = company.press(by, Action("roles.give.plan"), {"person": whom, "role": role})
    assert isinstance(reply, Replace), reply
    return reply.card


def complaint(company: Company, by: int, action: str, values: dict[str, str]) -> dict[str, str]:
    reply = company.press(by, Action(action), values)
    assert isinstance(reply, Invalid)
    return dict(reply.fields)


def told(company: Company) -> dict[int, str]:
    """Return what each person was told, in the order in which it was wanted."""
    news = {}
    for row in company.sent("role.changed"):
        card = company.card(row)
        assert card is not None
        assert faults(card) == []
        news[row.person_id] = card.fallback
    return news


# --- giving -----------------------------------------------------------------------------------------------


def test_an_owner_gives_a_role_by_form_and_only_after_a_second_look(company: Company):
    card = shown(company.types(OWNER, "roles"))
    form = shown(company.tap(OWNER, card, "Give a role"))
    assert set(fields(form)) == {"person", "role"}

    look = plan_gift(company, OWNER, "p4")
    assert "Person 4 would become: HR admin." in text(look)
    assert grants(company, LENA) == frozenset()
    done = shown(company.tap(OWNER, look, "Give it"))

    assert grants(company, LENA) == {"hr_admin"}
    assert "Person 4 has the role now: HR admin. I tell Person 4 and Person 2." in text(done)
    assert acts(company) == [("person:1", "role.granted", "person:4")]
    assert [faults(each) for each in (card, form, look, done)] == [[], [], [], []]


def test_the_person_and_the_other_owners_are_told_once_and_who_did_it_is_not(company: Company):
    look = plan_gift(company, OWNER, "p4", "owner")
    company.tap(OWNER, look, "Give it")
    company.tap(OWNER, look, "Give it")

    assert told(company) == {
        LENA: "I'm Rapport, a bot of Example. Person 1 gave you a role: Owner.",
        SECOND: "Person 1 gave Person 4 a role: Owner. All owners are told.",
    }
    assert len(company.sent("role.changed")) == 2
    assert len(acts(company)) == 1


def test_they_are_told_in_rehearsal_too_though_they_are_no_testers(company: Company):
    facts = guard_facts(purpose="role.changed", rehearsal=True, tester=False)

    assert judge(facts) is None


def test_nobody_gives_a_role_to_themselves_to_nobody_or_twice(company: Company):
    def form(whom: str, role: str = "hr_admin") -> dict[str, str]:
        return complaint(company, OWNER, "roles.give.plan", {"person": whom, "role": role})

    assert form("p1") == {"person": "You can't give a role to yourself. Another owner can."}
    assert "Nobody at work" in form("p99")["person"]
    assert form("p3") == {"person": "Person 3 has this role already."}
    assert "role" in form("p4", "manager")
    assert company.refused(OWNER, Action("roles.do", f"{OWNER}/give", "hr_admin")) == "refused.old_button"


# --- taking -----------------------------------------------------------------------------------------------


def test_an_owner_takes_a_role_and_it_ends_at_once(company: Company):
    reply = company.press(OWNER, Action("roles.take.plan"), {"who": f"{SECOND}/owner"})
    assert "Person 2 would lose the role: Owner." in text(shown(reply))
    company.tap(OWNER, shown(reply), "Take it")

    assert grants(company, SECOND) == frozenset()
    assert acts(company) == [("person:1", "role.revoked", "person:2")]
    assert told(company) == {
        SECOND: "I'm Rapport, a bot of Example. Person 1 took a role from you: Owner. Nothing else has changed."
    }
    assert company.refused(SECOND, Action("roles.give")) == "refused.role.owner"


def test_the_last_owner_stays_whatever_is_pressed(company: Company):
    company.press(OWNER, Action("roles.do", f"{SECOND}/take", "owner"))

    said = complaint(company, OWNER, "roles.take.plan", {"who": f"{OWNER}/owner"})
    refused = company.refused(OWNER, Action("roles.do", f"{OWNER}/take", "owner"))

    assert said == {"who": "This is the last owner. Make somebody else owner first."}
    assert refused == "refused.grant.last_owner"
    assert grants(company, OWNER) == {"owner"}


def test_an_owner_who_left_does_not_count_and_can_be_taken_the_role(company: Company):
    def leave(unit: Unit) -> None:
        person = unit.people.get(SECOND)
        assert person is not None
        person.ends_on = date(2026, 11, 20)

    company.store.write(leave)

    assert "who" in complaint(company, OWNER, "roles.take.plan", {"who": f"{OWNER}/owner"})
    company.press(OWNER, Action("roles.do", f"{SECOND}/take", "owner"))
    assert grants(company, SECOND) == frozenset()


# --- who may ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "action",
    [
        Action("roles.give"),
        Action("roles.take"),
        Action("roles.give.plan"),
        Action("roles.take.plan"),
        Action("roles.do", f"{LENA}/give", "owner"),
    ],
)
@pytest.mark.parametrize("who", [ADMIN, LENA])
def test_an_hr_admin_and_everybody_else_changes_no_roles(company: Company, action: Action, who: int):
    values = {"person": "p5", "role": "owner", "who": f"{SECOND}/owner"}

    assert company.refused(who, action, values) == "refused.role.owner"
    assert acts(company) == []


def test_an_hr_admin_sees_who_has_which_role_and_whom_to_ask(company: Company):
    card = shown(company.types(ADMIN, "roles"))

    assert "Person 1 and Person 2" in text(card)
    assert "Ask one of them" in text(card)
    assert not {"Give a role", "Take a role"} & set(offered(card))
    assert company.refused(LENA, Action("roles.show")) == "refused.role.owner"


@pytest.mark.parametrize("ref", ["", "x", "4", "4/", "4/keep", "999/give", "4/give/take"])
def test_a_button_that_was_never_offered_is_refused(company: Company, ref: str):
    assert company.refused(OWNER, Action("roles.do", ref, "owner")) == "refused.old_button"
    assert company.refused(OWNER, Action("roles.do", f"{LENA}/give", "manager")) == "refused.old_button"


def test_the_people_card_leads_to_the_roles(company: Company):
    card = company.store.read(lambda unit: roster_cards.overview(company.caller(unit, ADMIN)))

    assert offered(card)["Roles"] == Action("roles.show")
    assert faults(card) == []


@pytest.mark.parametrize("formality", ["du", "sie"])
def test_all_of_it_keeps_the_rules_of_the_house_in_german(company: Company, formality: str):
    def german(unit: Unit) -> None:
        unit.organisations.get().formality = formality
        for person in (OWNER, SECOND, LENA):
            found = unit.people.get(person)
            assert found is not None
            found.locale = "de-DE"

    company.store.write(german)
    look = plan_gift(company, OWNER, "p4", "owner")
    replies = [company.types(OWNER, "roles"), company.press(OWNER, Action("roles.take"))]
    replies.append(company.tap(OWNER, look, "Ja, geben"))

    assert [faults(card) for reply in replies for card in cards_of(reply)] == [[], [], []]
    assert "eine Rolle bekommen: Owner" in told(company)[LENA]
