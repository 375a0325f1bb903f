"""Installing and claiming: a one-time code, the first owner, and who gives roles to whom."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.cases import installation
from bot.cases.context import Caller, words_of
from bot.cases.installation import ALPHABET, Setup
from bot.errors import Refused
from bot.store.store import Store, Unit
from bot.store.tables import InstallCode, Person
from bot.talk.cards import Action, Ask, Card
from bot.talk.events import Invalid, OpenForm, Private, Replace, Reply, Source
from bot.talk.fallback import violations
from bot.talk.language import words
from tests.fakes import FakeClock

ORGANISATION = 2
"""Organisation 1 is there from the start; this one is made by the tests."""


def people(unit: Unit) -> None:
    unit.people.add(
        *(
            Person(
                organisation_id=ORGANISATION,
                id=number,
                external=f"p{number}",
                name=f"Person {number}",
                starts_on=date(2020, 1, 1),
                ends_on=date(2021, 1, 1) if number == 9 else None,
            )
            for number in (1, 2, 3, 9)
        )
    )


@pytest.fixture
def code(store: Store) -> str:
    """The code of a fresh installation with three people at work and one who left."""
    made = store.write(lambda unit: installation.create(unit, Setup(name="Firma")), ORGANISATION)
    store.write(people, ORGANISATION)
    return made


def a_person(unit: Unit, number: int) -> Person:
    found = unit.people.get(number)
    assert found is not None
    return found


def a_caller(unit: Unit, number: int) -> Caller:
    person, organisation = a_person(unit, number), unit.organisations.get()
    source = Source(platform="local", workspace="w", user=person.external, event="e")
    return Caller(unit, person, words_of(organisation, person), organisation, source)


def types(store: Store, number: int, text: str) -> Reply:
    return store.write(lambda unit: installation.claimed(a_caller(unit, number), text), ORGANISATION)


def sends(store: Store, number: int, text: str) -> Reply:
    action = Action("claim.send")
    return store.write(
        lambda unit: installation.sent(a_caller(unit, number), action, {"code": text}), ORGANISATION
    )


def grants(store: Store, number: int) -> frozenset[str]:
    return store.read(lambda unit: unit.people.grants(number), ORGANISATION)


def acts(store: Store) -> list[str]:
    return [entry.act for entry in store.read(lambda unit: unit.audit.entries(), ORGANISATION)]


def refusal(store: Store, work: object) -> str:
    with pytest.raises(Refused) as error:
        store.write(work, ORGANISATION)  # type: ignore[arg-type]  # a plain function of a unit
    for locale in ("en", "de"):
        assert words(locale)(error.value.key, **error.value.values)
    return error.value.key


def card_of(reply: Reply) -> Card:
    assert isinstance(reply, (Private, Replace, OpenForm))
    assert violations(reply.card) == []
    return reply.card


def title(reply: Reply) -> str:
    return card_of(reply).title


def other(code: str) -> str:
    """A code that is surely another one."""
    return code[:-1] + next(character for character in ALPHABET if character != code[-1])


# --- making -----------------------------------------------------------------------------------------------


def test_a_new_organisation_starts_in_rehearsal_with_its_settings(store: Store):
    setup = Setup(
        name="Müller & Söhne", locale="de-AT", time_zone="Europe/Vienna", formality="sie", currency="CHF"
    )
    store.write(lambda unit: installation.create(unit, setup), ORGANISATION)
    made = store.read(lambda unit: unit.organisations.get(), ORGANISATION)

    assert made.rehearsal
    assert (made.name, made.locale, made.time_zone) == ("Müller & Söhne", "de-AT", "Europe/Vienna")
    assert (made.formality, made.currency, made.works_council) == ("sie", "CHF", "")


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"name": ""}, "name"),
        ({"name": " \u200e\n"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"locale": "klingonisch"}, "locale"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": "eur"}, "currency"),
        ({"formality": "ihr"}, "formality"),
    ],
)
def test_a_setting_that_does_not_exist_is_refused_and_nothing_is_made(
    store: Store, wrong: dict[str, str], key: str
):
    setup = Setup(**({"name": "Firma"} | wrong))

    found = refusal(store, lambda unit: installation.create(unit, setup))

    assert found == f"refused.installation.{key}"
    assert ORGANISATION not in store.organisations()


def test_a_second_organisation_in_the_same_place_is_refused(store: Store, code: str):
    again = refusal(store, lambda unit: installation.create(unit, Setup(name="Firma")))

    assert again == "refused.installation.exists"


def test_the_code_is_easy_to_read_and_kept_nowhere(store: Store, code: str, tmp_path: Path):
    assert re.fullmatch(f"[{ALPHABET}]{{5}}-[{ALPHABET}]{{5}}", code)
    assert not set("ILOU01") & set(ALPHABET)
    store.close()

    for file in tmp_path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert code.encode() not in content
            assert code.replace("-", "").encode() not in content


def test_codes_differ(store: Store, code: str):
    made = {store.write(installation.new_code, ORGANISATION) for _ in range(20)}

    assert len(made | {code}) == 21


# --- claiming ---------------------------------------------------------------------------------------------


def test_the_first_with_the_code_becomes_owner_and_hr_admin(store: Store, code: str):
    reply = types(store, 1, code)

    assert title(reply) == "You run this installation"
    assert grants(store, 1) == {"owner", "hr_admin"}
    assert grants(store, 2) == frozenset()
    assert acts(store) == ["organisation.created", "code.made", "claim.done"]


@pytest.mark.parametrize(
    "spell", [str.lower, lambda c: f" {c.replace('-', ' ')} ", lambda c: c.replace("-", "")]
)
def test_capitals_blanks_and_dashes_do_not_count(store: Store, code: str, spell: object):
    assert callable(spell)
    types(store, 1, spell(code))

    assert "owner" in grants(store, 1)


def test_a_code_works_once(store: Store, code: str):
    types(store, 1, code)

    assert title(types(store, 2, code)) == "This code doesn't fit"
    assert grants(store, 2) == frozenset()


def test_a_code_ends_after_seven_days(store: Store, code: str, clock: FakeClock):
    clock.advance(timedelta(days=7))
    assert title(types(store, 1, code)) == "This code doesn't fit"

    fresh = store.write(installation.new_code, ORGANISATION)
    clock.advance(timedelta(days=7) - timedelta(seconds=1))
    assert title(types(store, 1, fresh)) == "You run this installation"


def test_a_new_code_ends_the_one_before(store: Store, code: str):
    fresh = store.write(installation.new_code, ORGANISATION)

    assert title(types(store, 1, code)) == "This code doesn't fit"
    assert title(types(store, 1, fresh)) == "You run this installation"
    assert len(store.read(lambda unit: unit.session.exec(select(InstallCode)).all(), ORGANISATION)) == 1


def test_there_is_no_new_code_once_there_is_an_owner(store: Store, code: str):
    types(store, 1, code)

    assert refusal(store, installation.new_code) == "refused.installation.owned"


def test_five_wrong_codes_within_an_hour_are_enough_even_before_the_right_one(
    store: Store, code: str, clock: FakeClock
):
    for left in (4, 3, 2, 1, 0):
        reply = types(store, 1, other(code))
        assert f"{left} more tr" in card_of(reply).fallback
        clock.advance(timedelta(minutes=1))

    blocked = refusal(store, lambda unit: installation.claimed(a_caller(unit, 1), code))
    assert blocked == "refused.claim.too_often"
    assert grants(store, 1) == frozenset()

    clock.advance(timedelta(minutes=55))
    assert title(types(store, 1, code)) == "You run this installation"


def test_one_persons_wrong_codes_do_not_block_another(store: Store, code: str):
    for _ in range(5):
        types(store, 1, other(code))

    assert title(types(store, 2, code)) == "You run this installation"


@pytest.mark.parametrize("text", ["", "   "])
def test_a_command_without_a_code_says_where_it_goes_and_costs_no_try(store: Store, code: str, text: str):
    found = refusal(store, lambda unit: installation.claimed(a_caller(unit, 1), text))

    assert found == "refused.claim.no_code"
    assert store.read(lambda unit: installation.tries_left(unit, "1"), ORGANISATION) == 5


@pytest.mark.parametrize("text", ["x" * 1_000_000, "<!channel>", "' OR 1=1 --", "\u202eABCDE", "0O1IL"])
def test_whatever_is_typed_as_a_code_is_only_a_wrong_code(store: Store, code: str, text: str):
    assert title(types(store, 1, text)) == "This code doesn't fit"


def test_the_form_takes_the_code_and_stays_open_for_a_wrong_one(store: Store, code: str):
    form = store.write(
        lambda unit: installation.opened(a_caller(unit, 1), Action("claim.open"), {}), ORGANISATION
    )
    assert [element.key for element in card_of(form).elements if isinstance(element, Ask)] == ["code"]

    wrong = sends(store, 1, other(code))
    assert isinstance(wrong, Invalid)
    assert "4 more tries" in wrong.fields["code"]
    assert title(sends(store, 1, code)) == "You run this installation"


def test_a_wrong_code_is_in_the_audit_log_without_the_code(store: Store, code: str):
    types(store, 1, "GEHEIM")

    entry = store.read(lambda unit: unit.audit.entries(), ORGANISATION)[-1]
    assert (entry.actor, entry.act) == ("person:1", "claim.failed")
    assert "GEHEIM" not in repr(entry)


# --- roles ------------------------------------------------------------------------------------------------


def test_an_owner_gives_and_takes_roles(store: Store, code: str):
    types(store, 1, code)

    store.write(lambda unit: installation.grant(unit, "p2", "hr_admin", a_person(unit, 1)), ORGANISATION)
    assert grants(store, 2) == {"hr_admin"}
    store.write(lambda unit: installation.revoke(unit, "p2", "hr_admin", a_person(unit, 1)), ORGANISATION)
    assert grants(store, 2) == frozenset()
    assert acts(store)[-2:] == ["role.granted", "role.revoked"]


def test_an_hr_admin_gives_no_roles(store: Store, code: str):
    types(store, 1, code)
    store.write(lambda unit: installation.grant(unit, "p2", "hr_admin"), ORGANISATION)

    for act in (installation.grant, installation.revoke):
        found = refusal(store, lambda unit, act=act: act(unit, "p2", "owner", a_person(unit, 2)))
        assert found == "refused.role.owner"


@pytest.mark.parametrize(
    ("external", "role", "key"),
    [
        ("p7", "owner", "refused.grant.unknown"),
        ("p9", "owner", "refused.grant.unknown"),
        ("<!channel>", "owner", "refused.grant.unknown"),
        ("p2", "manager", "refused.grant.role"),
        ("p2", "employee", "refused.grant.role"),
        ("p2", "", "refused.grant.role"),
    ],
)
def test_who_is_not_here_and_what_is_no_role_is_refused(
    store: Store, code: str, external: str, role: str, key: str
):
    assert refusal(store, lambda unit: installation.grant(unit, external, role)) == key


def test_the_last_owner_stays_owner(store: Store, code: str):
    types(store, 1, code)

    kept = refusal(store, lambda unit: installation.revoke(unit, "p1", "owner", a_person(unit, 1)))
    assert kept == "refused.grant.last_owner"

    store.write(lambda unit: installation.grant(unit, "p2", "owner", a_person(unit, 1)), ORGANISATION)
    store.write(lambda unit: installation.revoke(unit, "p1", "owner", a_person(unit, 2)), ORGANISATION)
    assert grants(store, 1) == {"hr_admin"}


def test_an_owner_who_left_is_no_owner_that_counts(store: Store, code: str):
    types(store, 1, code)

    def leave(unit: Unit) -> None:
        unit.people.grant(2, "owner", unit.now)
        a_person(unit, 2).ends_on = unit.now.date() - timedelta(days=1)

    store.write(leave, ORGANISATION)

    kept = refusal(store, lambda unit: installation.revoke(unit, "p1", "owner"))
    assert kept == "refused.grant.last_owner"
    store.write(lambda unit: installation.revoke(unit, "p2", "owner"), ORGANISATION)
    assert grants(store, 2) == frozenset()


def test_an_abandoned_installation_can_be_claimed_again(store: Store, code: str):
    types(store, 1, code)
    store.write(lambda unit: setattr(a_person(unit, 1), "ends_on", date(2026, 1, 1)), ORGANISATION)

    fresh = store.write(installation.new_code, ORGANISATION)

    assert title(types(store, 2, fresh)) == "You run this installation"


def test_taking_a_role_that_was_never_given_is_no_act(store: Store, code: str):
    before = acts(store)
    store.write(lambda unit: installation.revoke(unit, "p3", "hr_admin"), ORGANISATION)

    assert acts(store) == before
