"""Who may see which department, and what those are told who may not."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases import permissions
from bot.cases.permissions import may_see, named_path, require_role, require_see, roles_of, visible_paths
from bot.errors import Refused, Value
from bot.store.store import Store, Unit
from bot.store.tables import Headship, Person
from bot.talk.commands import Role
from bot.talk.language import words
from surveys.anonymity.cells import covers
from tests.fakes import FakeClock
from tests.town import Town

TODAY = date(2026, 11, 23)
PATHS = (
    "Operations",
    "Operations/Support",
    "Operations/Support/Night",
    "Operations/Supply",
    "Sales",
    "Sales/Support",
)
EMPLOYEE, HEAD, HR, OWNER = 1, 2, 3, 4
"""2 heads Operations/Support; everybody works in Operations."""


@pytest.fixture
def town(store: Store, clock: FakeClock) -> Town:
    made = Town(store, clock)
    made.has("Operations", people=4)
    for path in PATHS[1:]:
        made.has(path, people=1)

    def give(unit: Unit) -> None:
        unit.placements.add(
            Headship(organisation_id=1, path="Operations/Support", person_id=HEAD, starts_on=date(2025, 1, 1))
        )
        unit.people.grant(HR, Role.HR_ADMIN, unit.now)
        unit.people.grant(OWNER, Role.OWNER, unit.now)

    store.write(give)
    return made


def a_person(unit: Unit, number: int) -> Person:
    found = unit.people.get(number)
    assert found is not None
    return found


def refusal(town: Town, number: int, text: str, on: date = TODAY) -> tuple[str, dict[str, Value]]:
    """Return the key and the values of what somebody is told who asks for a department."""
    with pytest.raises(Refused) as error:
        town.store.read(lambda unit: named_path(unit, a_person(unit, number), text, on))
    assert words("en")(error.value.key, **error.value.values)
    return error.value.key, dict(error.value.values)


def finds(town: Town, number: int, text: str) -> str:
    return town.store.read(lambda unit: named_path(unit, a_person(unit, number), text, TODAY))


def roles(town: Town, number: int, on: date = TODAY) -> set[str]:
    return {role.value for role in town.store.read(lambda unit: roles_of(unit, a_person(unit, number), on))}


def sees(town: Town, number: int, on: date = TODAY) -> list[str]:
    return town.store.read(lambda unit: visible_paths(unit, a_person(unit, number), on))


# --- roles ------------------------------------------------------------------------------------------------


def test_roles_come_from_headships_and_grants(town: Town):
    assert roles(town, EMPLOYEE) == {"employee"}
    assert roles(town, HEAD) == {"employee", "manager"}
    assert roles(town, HR) == {"employee", "hr_admin"}
    assert roles(town, OWNER) == {"employee", "owner"}


def test_who_headed_a_department_once_is_no_manager_any_more(town: Town):
    def step_down(unit: Unit) -> None:
        (row,) = unit.placements.headships()
        row.until = date(2026, 11, 1)

    town.store.write(step_down)

    assert "manager" in roles(town, HEAD, date(2026, 10, 31))
    assert "manager" not in roles(town, HEAD, date(2026, 11, 1))
    assert sees(town, HEAD) == []


def test_being_somebodys_manager_in_the_file_gives_no_right_to_see(town: Town):
    def manage(unit: Unit) -> None:
        placement = unit.placements.of(5, TODAY)
        assert placement is not None
        placement.manager_id = EMPLOYEE

    town.store.write(manage)

    assert roles(town, EMPLOYEE) == {"employee"}


@pytest.mark.parametrize(
    ("needed", "may", "told"),
    [
        ((Role.HR_ADMIN,), {HR}, "refused.role.hr_admin"),
        ((Role.OWNER,), {OWNER}, "refused.role.owner"),
        ((Role.HR_ADMIN, Role.OWNER), {HR, OWNER}, "refused.role.hr_admin"),
    ],
)
def test_an_act_needs_one_of_its_roles(town: Town, needed: tuple[Role, ...], may: set[int], told: str):
    for number in (EMPLOYEE, HEAD, HR, OWNER):
        if number in may:
            town.store.read(lambda unit, n=number: require_role(unit, a_person(unit, n), *needed))
            continue
        with pytest.raises(Refused) as error:
            town.store.read(lambda unit, n=number: require_role(unit, a_person(unit, n), *needed))
        assert error.value.key == told
        assert words("de")(error.value.key, **error.value.values)


# --- who sees what ----------------------------------------------------------------------------------------


def test_a_head_sees_the_own_department_and_those_below_it(town: Town):
    assert sees(town, HEAD) == ["Operations/Support", "Operations/Support/Night"]


def test_an_employee_sees_no_department_not_even_the_own_one(town: Town):
    assert sees(town, EMPLOYEE) == []


@pytest.mark.parametrize("number", [HR, OWNER])
def test_hr_and_owners_see_all_and_the_whole(town: Town, number: int):
    assert sees(town, number) == ["", *sorted(PATHS)]


def test_a_department_is_not_above_another_because_its_name_begins_alike(town: Town):
    def lead_supply(unit: Unit) -> None:
        unit.placements.add(
            Headship(organisation_id=1, path="Operations/Sup", person_id=EMPLOYEE, starts_on=date(2025, 1, 1))
        )

    town.store.write(lead_supply)

    assert sees(town, EMPLOYEE) == ["Operations/Sup"]


def test_what_may_not_be_seen_is_refused_with_the_rule_and_a_name(town: Town):
    with pytest.raises(Refused) as error:
        town.store.read(lambda unit: require_see(unit, a_person(unit, HEAD), "Sales", TODAY))

    assert error.value.key == "refused.department"
    assert words("en")(error.value.key, **error.value.values) == (
        "Only the head of “Sales” and HR can see this report. Ask Person 3 if you need it."
    )


def test_the_right_to_see_goes_by_the_date(town: Town):
    before = date(2024, 12, 31)

    assert not town.store.read(lambda unit: may_see(unit, a_person(unit, HEAD), "Operations/Support", before))
    assert town.store.read(lambda unit: may_see(unit, a_person(unit, HEAD), "Operations/Support", TODAY))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(PATHS)), st.sampled_from(PATHS))
def test_a_head_sees_exactly_what_lies_under_a_headed_path(town: Town, headed: set[str], path: str):
    def lead(unit: Unit) -> bool:
        rows = [
            Headship(organisation_id=1, path=each, person_id=EMPLOYEE, starts_on=date(2025, 1, 1))
            for each in sorted(headed)
        ]
        unit.placements.add(*rows)
        seen = may_see(unit, a_person(unit, EMPLOYEE), path, TODAY)
        assert (path in visible_paths(unit, a_person(unit, EMPLOYEE), TODAY)) == seen
        for row in rows:
            unit.session.delete(row)
        return seen

    assert town.store.write(lead) == any(covers(top, path) for top in headed)


# --- finding a department by what somebody types ----------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["Operations/Support", "operations/SUPPORT", "support", " Support ", "/Support/"]
)
def test_a_manager_finds_the_own_department_by_name_or_path(town: Town, text: str):
    assert finds(town, HEAD, text) == "Operations/Support"


def test_a_name_that_several_departments_share_must_be_written_out(town: Town):
    key, values = refusal(town, HR, "Support")

    assert key == "refused.department_unclear"
    assert values["choices"] == "Operations/Support, Sales/Support"
    assert finds(town, HR, "Sales/Support") == "Sales/Support"


def test_a_slip_is_told_the_nearest_department(town: Town):
    key, values = refusal(town, HR, "Suply")

    assert key == "refused.department_unknown"
    assert str(values["choices"]).startswith("Operations/Supply")


@pytest.mark.parametrize("number", [EMPLOYEE, HEAD])
def test_a_refusal_does_not_tell_whether_a_department_exists(town: Town, number: int):
    real_key, real = refusal(town, number, "Sales")
    made_up_key, made_up = refusal(town, number, "Zales")

    assert real_key == made_up_key
    assert {name: value for name, value in real.items() if name != "department"} == {
        name: value for name, value in made_up.items() if name != "department"
    }


@pytest.mark.parametrize("text", ["", "/", "<!channel>", "**x**", "\u202eselaS", "x" * 100_000])
def test_whatever_is_typed_is_answered_kindly_and_shown_inert(town: Town, text: str):
    key, values = refusal(town, EMPLOYEE, text)
    sentence = words("en")(key, **values)

    assert key == "refused.department"
    assert "\u202e" not in sentence
    assert len(sentence) < 300


# --- whom to ask ------------------------------------------------------------------------------------------


def test_the_person_to_turn_to_is_the_contact_else_hr_else_an_owner(town: Town):
    def contact(unit: Unit) -> str:
        return permissions.contact_name(unit)

    assert town.store.read(contact) == "Person 3"
    town.store.write(lambda unit: setattr(unit.organisations.get(), "contact_id", EMPLOYEE))
    assert town.store.read(contact) == "Person 1"

    def nobody(unit: Unit) -> None:
        unit.organisations.get().contact_id = None
        unit.people.revoke(HR, Role.HR_ADMIN)

    town.store.write(nobody)
    assert town.store.read(contact) == "Person 4"
    town.store.write(lambda unit: unit.people.revoke(OWNER, Role.OWNER))
    assert town.store.read(contact) == "HR"
