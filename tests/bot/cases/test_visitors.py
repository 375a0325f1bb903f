"""Users who are nobody here: the one-time code makes one of them the first owner, and nothing else is open to any."""

from datetime import date, timedelta

import pytest

from bot import dispatch
from bot.cases import installation, roster, workspaces
from bot.cases.installation import Setup
from bot.cases.visitors import claims
from bot.commands import ACTIONS, COMMANDS
from bot.store.store import Store, Unit
from bot.store.tables import Person
from bot.talk.cards import Action, Card
from bot.talk.events import (
    ButtonPressed,
    CommandUsed,
    Event,
    FormSent,
    HomeOpened,
    Invalid,
    MessageWritten,
    OpenForm,
    Private,
    Profile,
    Replace,
    Reply,
    Source,
)
from bot.talk.fallback import violations
from bot.talk.language import words
from tests.bot.cases.test_installation import other
from tests.bot.cases.test_roster import contents
from tests.fakes import FakeClock

ORGANISATION = 2
LENA = Profile("U1", "Lena Vogt", "lena@b.example", "de-DE", "Europe/Berlin")


@pytest.fixture
def code(store: Store) -> str:
    """The code of a fresh installation that nobody runs yet, in one workspace, without a single person."""
    made = store.write(lambda unit: installation.create(unit, Setup(name="Firma")), ORGANISATION)
    store.write(lambda unit: workspaces.connect(unit, "local", "T1"), ORGANISATION)
    return made


def source(user: str = "U1", event: str = "e") -> Source:
    return Source(platform="local", workspace="T1", user=user, event=event)


def types(store: Store, text: str, profile: Profile | None = LENA, event: str = "e") -> Reply:
    who = source(profile.user if profile else "U1", event)
    return dispatch.handle(store, CommandUsed(who, "claim", text, profile))


def submits(store: Store, text: str, profile: Profile | None = LENA, event: str = "e") -> Reply:
    return dispatch.handle(
        store, FormSent(source("U1", event), Action("claim.send"), {"code": text}, profile)
    )


def card_of(reply: Reply) -> Card:
    assert isinstance(reply, Private | Replace | OpenForm)
    assert violations(reply.card) == []
    return reply.card


def everybody(store: Store) -> list[Person]:
    return store.read(lambda unit: unit.people.all(), ORGANISATION)


def owners(store: Store) -> list[str]:
    def work(unit: Unit) -> list[str]:
        found = (unit.people.get(number) for number in installation.owners_here(unit))
        return [person.external for person in found if person]

    return store.read(work, ORGANISATION)


# --- the first owner --------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [types, submits])
def test_the_right_code_makes_a_person_of_the_profile_the_first_owner_and_hr_admin(store, code, way):
    reply = way(store, code)

    assert card_of(reply).title == words("de")("claim.done.title")
    person = everybody(store)[0]
    assert (person.external, person.name, person.email) == ("lena@b.example", "Lena Vogt", "lena@b.example")
    assert (person.seen_locale, person.seen_zone) == ("de-DE", "Europe/Berlin")
    assert person.starts_on == date(2026, 11, 9)
    assert store.read(lambda unit: unit.people.grants(person.id), ORGANISATION) == {"owner", "hr_admin"}
    asked = dispatch.handle(store, CommandUsed(source(event="e2"), "golive"))
    assert card_of(asked).title == words("de")("golive.title")


def test_the_first_owner_is_no_newcomer_who_is_welcomed(store, code):
    types(store, code)

    person = everybody(store)[0]
    assert not store.read(
        lambda unit: unit.enrolments.to_enrol("welcome", unit.now.date() - timedelta(days=8)), ORGANISATION
    )
    assert person.starts_on + timedelta(days=7) <= date(2026, 11, 23)


def test_somebody_whom_hr_knows_is_found_by_address_and_not_made_twice(store, code):
    known = Person(
        organisation_id=ORGANISATION,
        id=7,
        external="E7",
        name="Lena Vogt",
        email="lena@b.example",
        starts_on=date(2020, 1, 1),
    )
    store.write(lambda unit: unit.people.add(known), ORGANISATION)

    types(store, code)

    assert owners(store) == ["E7"]
    assert len(everybody(store)) == 1


@pytest.mark.parametrize(
    ("profile", "external", "name"),
    [
        (Profile("U1"), "local:U1", "U1"),
        (Profile("U1", email="L@B.example"), "l@b.example", "l@b.example"),
        (Profile("U1", "<!channel>", "no address"), "local:U1", "<!channel>"),
        (Profile("U1", "L", f"{'x' * 80}@b.example"), "local:U1", "L"),
    ],
)
def test_a_profile_that_says_little_is_enough(store, code, profile, external, name):
    types(store, code, profile)

    assert [(person.external, person.name) for person in everybody(store)] == [(external, name)]
    assert owners(store) == [external]


def test_without_a_profile_the_last_roster_will_do(store, code):
    store.write(lambda unit: roster.met(unit, 1, LENA), ORGANISATION)

    types(store, code, None)

    assert owners(store) == ["lena@b.example"]
    assert store.read(lambda unit: unit.strangers.counts(), ORGANISATION) == {}


def test_without_any_profile_no_code_is_tried(store, code):
    reply = types(store, code, None)

    assert card_of(reply).fallback == words("en")("refused.claim.no_profile")
    assert (owners(store), everybody(store)) == ([], [])
    assert store.read(lambda unit: installation.tries_left(unit, "1:U1"), ORGANISATION) == 5


def test_an_address_that_two_people_have_makes_nobody_owner(store, code):
    def two(unit: Unit) -> None:
        for number in (1, 2):
            unit.people.add(
                Person(
                    organisation_id=ORGANISATION,
                    id=number,
                    external=f"E{number}",
                    name="L",
                    email="lena@b.example",
                    starts_on=date(2020, 1, 1),
                )
            )

    store.write(two, ORGANISATION)

    reply = types(store, code)

    assert card_of(reply).fallback == words("en")("refused.claim.several")
    assert owners(store) == []


# --- wrong codes ------------------------------------------------------------------------------------------


def test_five_wrong_codes_of_a_user_are_enough_even_before_the_right_one(
    store: Store, code: str, clock: FakeClock
):
    for left in (4, 3, 2, 1, 0):
        reply = types(store, other(code), event=f"w{left}")
        assert f"{left} more tr" in card_of(reply).fallback
    blocked = types(store, code, event="right")
    assert card_of(blocked).fallback == words("en")("refused.claim.too_often")
    assert everybody(store) == []

    assert isinstance(types(store, code, Profile("U2", "Marc"), event="another"), Private)
    assert owners(store) == ["local:U2"]


def test_a_wrong_code_leaves_the_form_open_and_says_how_many_tries_are_left(store, code):
    reply = submits(store, other(code))

    assert isinstance(reply, Invalid)
    assert "4 more tries" in reply.fields["code"]


def test_once_there_is_an_owner_no_code_makes_another(store, code):
    types(store, code)

    reply = types(store, code, Profile("U2", "Marc"), event="e2")

    assert card_of(reply).title == words("en")("claim.wrong.title")
    assert owners(store) == ["lena@b.example"]


# --- everything else --------------------------------------------------------------------------------------

OTHERWISE: list[Event] = [
    *(CommandUsed(source(event=f"c{name}"), name, "x") for name in COMMANDS if name != "claim"),
    CommandUsed(source(event="claim"), "claim", " "),
    CommandUsed(source(event="unknown"), "no-such-command"),
    *(
        ButtonPressed(source(event=f"b{name}"), Action(name, "1", "x"))
        for name in ACTIONS
        if name != "claim.open"
    ),
    *(
        FormSent(source(event=f"f{name}"), Action(name, "1"), {"x": "y"})
        for name in ACTIONS
        if name != "claim.send"
    ),
    ButtonPressed(source(event="no"), Action("no.such.button")),
    MessageWritten(source(event="m"), "hello"),
    HomeOpened(source(event="h")),
]


def test_no_other_command_button_form_or_message_does_anything_for_who_is_nobody_here(store, code):
    before = {name: rows for name, rows in contents(store).items() if name != "inboxevent"}

    cards = [card_of(dispatch.handle(store, event)) for event in OTHERWISE]

    assert len(cards) == len(COMMANDS) + 2 * len(ACTIONS) + 2
    assert {card.title for card in cards} == {words("en")("visitor.title")}
    assert {name: rows for name, rows in contents(store).items() if name != "inboxevent"} == before


def test_the_way_in_is_offered_only_while_nobody_is_owner(store, code):
    card = card_of(dispatch.handle(store, HomeOpened(source())))
    assert [action.name for action in card.actions()] == ["claim.open"]
    form = dispatch.handle(store, ButtonPressed(source(event="o"), Action("claim.open")))
    assert card_of(form).submit is not None

    types(store, code, event="claimed")

    card = card_of(dispatch.handle(store, HomeOpened(source("U2", "e3"))))
    assert list(card.actions()) == []
    assert "HR" in card.fallback or "Lena" in card.fallback


def test_who_is_nobody_is_spoken_to_in_the_language_that_the_roster_told(store, code):
    store.write(lambda unit: roster.met(unit, 1, LENA), ORGANISATION)

    reply = dispatch.handle(store, MessageWritten(source(), "hallo"))

    assert card_of(reply).title == words("de")("visitor.title")
    assert card_of(reply).locale == "de-DE"


def test_who_has_left_cannot_come_back_by_a_code(store, code, clock):
    types(store, code)
    store.write(lambda unit: setattr(unit.people.get(1), "ends_on", date(2026, 11, 20)), ORGANISATION)
    fresh = store.write(installation.new_code, ORGANISATION)

    reply = types(store, fresh, event="again")

    assert card_of(reply).title == words("de")("refused.title")
    assert owners(store) == []


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (CommandUsed(source(), "claim", "ABC"), True),
        (FormSent(source(), Action("claim.send"), {}), True),
        (CommandUsed(source(), "claim", " "), False),
        (CommandUsed(source(), "help", "ABC"), False),
        (ButtonPressed(source(), Action("claim.open")), False),
        (FormSent(source(), Action("answer.send"), {}), False),
        (HomeOpened(source()), False),
    ],
)
def test_only_a_try_of_a_code_is_worth_asking_the_platform(event, expected):
    assert claims(event) is expected
