"""Rehearsal: testers only, two consents to what is shown, and the way back."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest

from bot.cases import golive, rehearsal
from bot.cases.rehearsal import State
from bot.errors import Refused
from bot.store.store import Store, Unit
from bot.store.tables import Person
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Facts, Note, Text
from bot.talk.commands import Role
from bot.talk.events import Invalid, OpenForm, Private, Replace, Reply
from bot.talk.fallback import violations
from bot.talk.language import words
from tests.canary import free
from tests.fakes import FakeClock
from tests.town import Town

HR, OWNER, BOTH, PLAIN = 1, 2, 3, 4
COUNCIL = "Agreed: pilot agreement of 2 November 2026"


@pytest.fixture
def town(store: Store, clock: FakeClock) -> Town:
    """Twelve people in rehearsal; 1 is HR admin, 2 owner; nothing is filled in yet."""
    made = Town(store, clock)
    made.has("Support", people=6)
    made.has("Sales", people=6)

    def give(unit: Unit) -> None:
        unit.organisations.get().rehearsal = True
        unit.people.grant(HR, Role.HR_ADMIN, unit.now)
        unit.people.grant(OWNER, Role.OWNER, unit.now)

    store.write(give)
    return made


@pytest.fixture
def ready(town: Town) -> Town:
    """The same with everything that a consent needs."""

    def fill(unit: Unit) -> None:
        organisation = unit.organisations.get()
        organisation.contact_id, organisation.works_council = HR, COUNCIL

    town.store.write(fill)
    town.runs("pulse", owner=OWNER)
    return town


def state(town: Town) -> State:
    return town.store.read(rehearsal.state)


def a_person(unit: Unit, number: int) -> Person:
    found = unit.people.get(number)
    assert found is not None
    return found


def agree(town: Town, number: int, role: Role, act: str | None = None) -> bool:
    shown = act or state(town).act
    return town.store.write(lambda unit: rehearsal.consent(unit, a_person(unit, number), role, shown))


def refusal(town: Town, work: Callable[[Unit], object]) -> str:
    with pytest.raises(Refused) as error:
        town.store.write(work)
    assert words("de")(error.value.key, **error.value.values)
    return error.value.key


def agreement_refused(town: Town, number: int, role: Role, act: str | None = None) -> str:
    shown = act or state(town).act
    return refusal(town, lambda unit: rehearsal.consent(unit, a_person(unit, number), role, shown))


def live(town: Town) -> bool:
    return not state(town).rehearsal


def change(town: Town, **settings: object) -> None:
    def work(unit: Unit) -> None:
        for name, value in settings.items():
            setattr(unit.organisations.get(), name, value)

    town.store.write(work)


def acts(town: Town) -> list[str]:
    return [entry.act for entry in town.store.read(lambda unit: unit.audit.entries())]


# --- what is missing --------------------------------------------------------------------------------------


def test_everything_that_is_missing_is_named(store: Store, clock: FakeClock):
    Town(store, clock)
    store.write(lambda unit: setattr(unit.organisations.get(), "rehearsal", True))

    assert store.read(rehearsal.state).missing == (
        "golive.missing.people",
        "golive.missing.contact",
        "golive.missing.council",
        "golive.missing.hr_admin",
        "golive.missing.owner",
    )


def test_nothing_is_missing_once_all_is_there(ready: Town):
    assert state(ready).missing == ()


@pytest.mark.parametrize("role", [HR, OWNER])
def test_a_role_of_somebody_who_left_does_not_count(ready: Town, role: int):
    ready.store.write(lambda unit: setattr(a_person(unit, role), "ends_on", date(2026, 11, 1)))

    expected = {
        HR: ("golive.missing.contact", "golive.missing.hr_admin"),
        OWNER: ("golive.missing.owner", "golive.missing.survey_owner pulse"),
    }
    assert state(ready).missing == expected[role]


def test_a_blank_agreement_is_no_agreement(ready: Town):
    change(ready, works_council="  ")

    assert state(ready).missing == ("golive.missing.council",)
    assert agreement_refused(ready, HR, Role.HR_ADMIN) == "refused.golive.changed"


# --- two consents -----------------------------------------------------------------------------------------


def test_two_people_in_the_two_roles_go_live(ready: Town):
    assert agree(ready, HR, Role.HR_ADMIN) is False
    assert not live(ready)
    assert agree(ready, OWNER, Role.OWNER) is True

    organisation = ready.store.read(lambda unit: unit.organisations.get())
    assert live(ready)
    assert organisation.live_at == ready.clock.now()
    assert acts(ready)[-3:] == ["golive.consented", "golive.consented", "golive.live"]


def test_the_same_consent_twice_is_one_consent(ready: Town):
    agree(ready, HR, Role.HR_ADMIN)

    assert agree(ready, HR, Role.HR_ADMIN) is False
    assert not live(ready)


@pytest.mark.parametrize(
    ("number", "role", "key"),
    [
        (PLAIN, Role.HR_ADMIN, "refused.role.hr_admin"),
        (PLAIN, Role.OWNER, "refused.role.owner"),
        (HR, Role.OWNER, "refused.role.owner"),
        (OWNER, Role.HR_ADMIN, "refused.role.hr_admin"),
    ],
)
def test_nobody_consents_in_a_role_that_they_do_not_have(ready: Town, number: int, role: Role, key: str):
    assert agreement_refused(ready, number, role) == key


def test_one_person_with_both_roles_cannot_do_both_while_there_is_another(ready: Town):
    def give(unit: Unit) -> None:
        unit.people.grant(BOTH, Role.HR_ADMIN, unit.now)
        unit.people.grant(BOTH, Role.OWNER, unit.now)

    ready.store.write(give)
    agree(ready, BOTH, Role.OWNER)

    assert agreement_refused(ready, BOTH, Role.HR_ADMIN) == "refused.golive.same_person"
    assert agree(ready, HR, Role.HR_ADMIN) is True


def test_who_could_block_the_second_consent_is_not_offered_the_first(ready: Town):
    """1 is the only HR admin and becomes owner too: as an owner 1 would leave nobody for the other role."""
    ready.store.write(lambda unit: unit.people.grant(HR, Role.OWNER, unit.now))
    now = state(ready)

    offered = ready.store.read(lambda unit: rehearsal.open_roles(unit, a_person(unit, HR), now))
    assert offered == [Role.HR_ADMIN]


def test_the_only_person_with_both_roles_confirms_twice(ready: Town):
    def only_one(unit: Unit) -> None:
        unit.people.grant(OWNER, Role.HR_ADMIN, unit.now)
        unit.people.revoke(HR, Role.HR_ADMIN)

    ready.store.write(only_one)

    assert state(ready).alone
    assert agree(ready, OWNER, Role.HR_ADMIN) is False
    assert not live(ready)
    assert agree(ready, OWNER, Role.OWNER) is True
    assert acts(ready).count("golive.consented") == 2


def test_a_consent_ends_with_the_role(ready: Town):
    agree(ready, HR, Role.HR_ADMIN)

    def replace(unit: Unit) -> None:
        unit.people.revoke(HR, Role.HR_ADMIN)
        unit.people.grant(BOTH, Role.HR_ADMIN, unit.now)

    ready.store.write(replace)

    assert agree(ready, OWNER, Role.OWNER) is False
    assert agree(ready, BOTH, Role.HR_ADMIN) is True


@pytest.mark.parametrize(
    "settings",
    [{"works_council": "Agreed: something else"}, {"contact_id": PLAIN}, {"k_scores": 8}, {"k_comments": 12}],
)
def test_a_consent_covers_only_what_was_shown(ready: Town, settings: Mapping[str, object]):
    shown = state(ready).act
    agree(ready, HR, Role.HR_ADMIN)
    change(ready, **settings)

    assert agreement_refused(ready, OWNER, Role.OWNER, shown) == "refused.golive.changed"
    assert agree(ready, OWNER, Role.OWNER) is False, "the first consent was to something else"
    assert agree(ready, HR, Role.HR_ADMIN) is True


def test_a_new_survey_needs_new_consents(ready: Town):
    agree(ready, HR, Role.HR_ADMIN)
    ready.runs("feedback", owner=HR)

    assert agree(ready, OWNER, Role.OWNER) is False


def test_no_consent_once_live(ready: Town):
    agree(ready, HR, Role.HR_ADMIN)
    agree(ready, OWNER, Role.OWNER)

    assert agreement_refused(ready, HR, Role.HR_ADMIN) == "refused.golive.live"


# --- and back ---------------------------------------------------------------------------------------------


def test_an_owner_goes_back_and_both_consents_are_needed_again(ready: Town):
    agree(ready, HR, Role.HR_ADMIN)
    agree(ready, OWNER, Role.OWNER)
    ready.store.write(lambda unit: rehearsal.stop(unit, a_person(unit, OWNER)))

    assert not live(ready)
    assert ready.store.read(lambda unit: unit.organisations.get().live_at) is None
    assert acts(ready)[-1] == "golive.stopped"
    assert agree(ready, OWNER, Role.OWNER) is False
    assert agree(ready, HR, Role.HR_ADMIN) is True


def test_only_an_owner_goes_back_and_only_from_live(ready: Town):
    assert refusal(ready, lambda unit: rehearsal.stop(unit, a_person(unit, HR))) == "refused.role.owner"
    stopped = refusal(ready, lambda unit: rehearsal.stop(unit, a_person(unit, OWNER)))
    assert stopped == "refused.golive.rehearsing"


# --- testers ----------------------------------------------------------------------------------------------


def test_testers_are_named_and_forgotten_by_hr_id(town: Town):
    town.store.write(lambda unit: rehearsal.name_testers(unit, ["p4", " p5 ", "p4"], "command"))
    assert [tester.external for tester in state(town).testers] == ["p4", "p5"]

    town.store.write(lambda unit: rehearsal.forget_testers(unit, ["p4"], "command"))
    assert [tester.external for tester in state(town).testers] == ["p5"]
    assert acts(town) == ["tester.named", "tester.named", "tester.forgotten"]


def test_an_unknown_tester_is_refused_and_nobody_is_named(town: Town):
    found = refusal(town, lambda unit: rehearsal.name_testers(unit, ["p4", "<!channel>"], "command"))

    assert found == "refused.tester.unknown"
    assert state(town).testers == ()


# --- what is shown ----------------------------------------------------------------------------------------


def asks(town: Town, number: int) -> Card:
    reply = town.store.write(lambda unit: golive.asked(town.caller(unit, number), ""))
    assert isinstance(reply, Private)
    return reply.card


def press(town: Town, number: int, action: Action, values: Mapping[str, str] | None = None) -> Reply:
    handler = golive.ACTIONS[action.name]
    return town.store.write(lambda unit: handler(town.caller(unit, number), action, values or {}))


def button(card: Card, name: str) -> Button:
    rows = [element for element in card.elements if isinstance(element, Buttons)]
    return next(found for row in rows for found in row.items if found.action.name == name)


def facts(card: Card) -> dict[str, str]:
    found = [element for element in card.elements if isinstance(element, Facts)]
    return {fact.label: f"{fact.value} {fact.detail}".strip() for element in found for fact in element.items}


def prose(card: Card) -> str:
    return " ".join(element.body for element in card.elements if isinstance(element, (Text, Note)))


def shown(reply: Reply) -> Card:
    assert isinstance(reply, (Private, Replace, OpenForm))
    return reply.card


def test_the_card_shows_all_that_a_consent_covers(ready: Town):
    ready.store.write(lambda unit: rehearsal.name_testers(unit, ["p4", "p5"], "command"))
    card = asks(ready, HR)

    assert card.fallback == "Before going live. Rehearsal: I write only to the 2 people you named."
    about = facts(card)
    assert about["Human contact"] == "Person 1"
    assert about["Works council"] == COUNCIL
    assert about["Consent of an HR admin"] == "not given yet"
    survey = next(value for value in about.values() if "results on" in value)
    opens = "opens Monday, 23 November, 09:00; closes Friday, 27 November, 17:00"
    assert survey == f"Person 2 {opens}; results on 4 December"
    asked = "12 people, each at 09:00 on their own clock Monday, 23 November, 09:00, on your clock."
    assert about["The next wave asks"] == asked
    assert "I'm Rapport, a bot that Example runs itself" in about["First message to everybody"]
    assert "Survey results appear only from 5 answers up" in about["First message to everybody"]
    assert button(card, "golive.consent").style == "primary"


def test_who_consented_and_when_is_shown(ready: Town):
    card = shown(press(ready, HR, button(asks(ready, HR), "golive.consent").action))

    assert facts(card)["Consent of an HR admin"] == "Person 1, 23 November"
    live_card = shown(press(ready, OWNER, button(asks(ready, OWNER), "golive.consent").action))
    assert live_card.title == "Rapport is live"
    assert live(ready)


def test_a_small_firm_is_told_what_will_be_hidden(ready: Town):
    assert "With 6 invited per team and 70% answering, at least one team in five will be hidden" in prose(
        asks(ready, HR)
    )


def test_a_firm_with_large_teams_is_not(ready: Town):
    for path in ("Support", "Sales"):
        ready.has(path, people=14)

    assert "will be hidden" not in prose(asks(ready, HR))


def test_without_the_details_there_is_no_consent_but_a_list_and_a_form(town: Town):
    card = asks(town, HR)

    assert "Still missing: a human contact and the works council's agreement" in facts(card)["Not ready"]
    assert facts(card)["Works council"] == "Works council: no agreement recorded yet. I can wait."
    assert button(card, "golive.details").style == "primary"
    with pytest.raises(StopIteration):
        button(card, "golive.consent")


@pytest.mark.parametrize("number", [HR, OWNER])
@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("formality", ["du", "sie"])
@pytest.mark.parametrize("filled", [True, False])
def test_every_card_keeps_the_house_rules(
    ready: Town, number: int, locale: str, formality: str, filled: bool
):
    change(ready, formality=formality, works_council=COUNCIL if filled else "")
    ready.store.write(lambda unit: setattr(a_person(unit, number), "locale", locale))

    cards = [asks(ready, number), shown(press(ready, number, Action("golive.details")))]
    change(ready, rehearsal=False)
    cards.append(asks(ready, number))
    if number == OWNER:
        cards.append(shown(press(ready, number, button(cards[-1], "golive.stop").action)))
    for card in cards:
        assert violations(card) == []


def test_the_live_card_offers_the_way_back_to_owners_only(ready: Town):
    change(ready, rehearsal=False, live_at=ready.clock.now())

    assert button(asks(ready, OWNER), "golive.stop").style == "danger"
    with pytest.raises(StopIteration):
        button(asks(ready, HR), "golive.stop")
    assert shown(press(ready, OWNER, Action("golive.stop"))).title == "Back in rehearsal"
    assert not live(ready)


@pytest.mark.parametrize("name", ["golive.details", "golive.save", "golive.consent"])
def test_everybody_else_is_refused_kindly(ready: Town, name: str):
    assert refusal(ready, lambda unit: golive.asked(ready.caller(unit, PLAIN), "")) == "refused.role.hr_admin"
    with pytest.raises(Refused):
        press(ready, PLAIN, Action(name, state(ready).act, "owner"), {"testers": "p4"})
    assert state(ready).testers == ()


def test_a_forged_button_is_refused(ready: Town):
    for value in ("", "employee", "manager", "nobody"):
        with pytest.raises(Refused) as error:
            press(ready, HR, Action("golive.consent", state(ready).act, value))
        assert error.value.key == "refused.golive.changed"


# --- the form ---------------------------------------------------------------------------------------------

FILLED = {"contact": "p4", "council": "not_needed", "reason": free("there is none"), "testers": "p4, p5"}


def test_the_form_fills_in_what_is_missing(town: Town):
    card = shown(press(town, HR, Action("golive.save"), FILLED))

    now = state(town)
    assert now.missing == ()
    assert now.contact is not None
    assert now.contact.external == "p4"
    assert now.works_council == free("Not needed, because: there is none")
    assert [tester.external for tester in now.testers] == ["p4", "p5"]
    assert "Rehearsal: I write only to the 2 people you named." in prose(card)
    assert acts(town)[:1] == ["golive.details"]


def test_the_agreement_s_words_are_not_in_the_audit_log(town: Town):
    press(town, HR, Action("golive.save"), FILLED)

    assert "there is none" not in repr(town.store.read(lambda unit: unit.audit.entries()))


def test_the_contact_may_be_given_by_address(town: Town):
    town.store.write(lambda unit: setattr(a_person(unit, 5), "email", "eva@b.example"))
    press(town, OWNER, Action("golive.save"), {"contact": "Eva@B.example"})

    contact = state(town).contact
    assert contact is not None
    assert contact.id == 5


def test_the_form_opens_with_the_testers_and_the_contact(ready: Town):
    ready.store.write(lambda unit: rehearsal.name_testers(unit, ["p4", "p5"], "command"))
    form = shown(press(ready, HR, Action("golive.details")))
    values = {element.key: element.value for element in form.elements if isinstance(element, Ask)}

    assert values == {"contact": "p1", "council": "", "reason": "", "testers": "p4, p5"}
    press(ready, HR, Action("golive.save"), values)
    assert state(ready).works_council == COUNCIL
    assert [tester.external for tester in state(ready).testers] == ["p4", "p5"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"contact": "nobody"}, "contact"),
        ({"contact": "<!channel>"}, "contact"),
        ({"council": "agreed", "reason": ""}, "reason"),
        ({"council": "agreed", "reason": "ok"}, "reason"),
        ({"council": "", "reason": free("an agreement of ours")}, "council"),
        ({"council": "perhaps", "reason": free("an agreement of ours")}, "council"),
        ({"testers": "p4, nobody"}, "testers"),
    ],
)
def test_what_does_not_fit_keeps_the_form_open_and_changes_nothing(
    town: Town, values: dict[str, str], field: str
):
    reply = press(
        town, HR, Action("golive.save"), {"contact": "p4"} | values if "contact" not in values else values
    )

    assert isinstance(reply, Invalid)
    assert list(reply.fields) == [field]
    assert state(town).contact is None
    assert state(town).testers == ()


def test_a_tester_who_is_taken_out_of_the_field_is_forgotten(town: Town):
    press(town, HR, Action("golive.save"), FILLED)
    press(town, HR, Action("golive.save"), {"testers": "p5"})

    assert [tester.external for tester in state(town).testers] == ["p5"]


def test_a_contact_who_left_is_missing_again(ready: Town):
    yesterday = ready.clock.now().date() - timedelta(days=1)
    ready.store.write(lambda unit: setattr(a_person(unit, HR), "ends_on", yesterday))

    assert "golive.missing.contact" in state(ready).missing
