"""The first minutes in Teams, with the real bot behind: one welcome, home, help, a report, and a greeting."""

import json

import pytest

from bot.cases.purposes import DISCLOSURE_VERSION
from bot.store.store import Store
from bot.talk.language import words
from tests.adapters.teams.test_whole import House, told
from tests.platforms.teams import Person

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

W = words("en")


def somebody(here: House) -> Person:
    """Return a person of ours who has not met the app; elsewhere they were told who we are."""
    here.store.write(lambda unit: unit.recipients.disclosed([1], DISCLOSURE_VERSION, unit.now))
    user = here.fake.add_user(email="p1@example.org", name="Ana Ruiz", locale="en-GB")
    return here.fake.person(user.id)


async def installed(here: House) -> Person:
    """Return a person of ours who has the app and has read its welcome."""
    person = somebody(here)
    await person.installs()
    await here.platform.shown()
    return person


def titles(person: Person, place: str = "") -> list[str]:
    return [seen.title or seen.text for seen in person.messages(place)]


async def says(here: House, person: Person, text: str, **where: str) -> None:
    await person.says(text, **where)
    await here.platform.shown()


async def presses(here: House, person: Person, label: str) -> None:
    seen = next(seen for seen in reversed(person.messages()) if label in seen.buttons)
    await person.presses(seen, label)
    await here.platform.shown()


def test_two_events_that_tell_of_one_installation_give_one_welcome(store: Store) -> None:
    async def story(here: House) -> None:
        person = somebody(here)
        await person.installs()
        await here.platform.shown()
        assert titles(person) == [W("welcome.title")]

        await person.uninstalls()
        await person.installs()
        await here.platform.shown()
        assert titles(person) == [W("welcome.title")]
        assert here.person_of(person.user) == "Person 1"

    told(store, story)


def test_the_welcome_leads_home_and_home_is_reached_by_its_name(store: Store) -> None:
    async def story(here: House) -> None:
        person = await installed(here)
        await presses(here, person, W("button.home"))
        await says(here, person, "home")

        assert titles(person) == [W("welcome.title"), *[W("home.title")] * 2]
        assert person.told == [W("teams.below")]

    told(store, story)


@pytest.mark.parametrize("said", ["Hi", "Hello", "Hallo", "Help", "hilfe", "rapport"])
def test_a_greeting_is_answered_with_what_can_be_asked_for(store: Store, said: str) -> None:
    async def story(here: House) -> None:
        person = await installed(here)
        await says(here, person, said)

        assert titles(person) == [W("welcome.title"), W("help.title")]
        assert "/home" in person.messages()[-1].words

    told(store, story)


@pytest.mark.parametrize("old", [False, True])
def test_a_form_opens_in_a_dialog_says_what_it_lacks_and_leaves_its_receipt_in_the_chat(
    store: Store, old: bool
) -> None:
    async def story(here: House) -> None:
        person = await installed(here)
        person.old = old
        await says(here, person, "pause")
        assert not person.messages()[-1].fields
        await presses(here, person, W("button.open_form"))
        form = person.dialog()
        assert form is not None
        await person.submits({}, W("button.pause"))
        again = person.dialog()
        assert again is not None
        assert (again.title, W("refused.not_an_option") in again.words) == (form.title, True)

        await person.submits({"for": again.fields["for"]["choices"][0]["title"]}, W("button.pause"))
        await here.platform.shown()
        assert person.dialog() is None
        assert len(person.messages()) == 2
        assert person.messages()[-1].title != form.title
        assert person.told[-1] == person.messages()[-1].summary

    told(store, story)


def test_in_a_client_that_knows_no_dialog_the_form_stands_in_the_chat_and_becomes_its_receipt(
    store: Store,
) -> None:
    async def story(here: House) -> None:
        person = await installed(here)
        person.dialogs, person.old = False, True
        await says(here, person, "pause")
        await presses(here, person, W("button.open_form"))
        form = person.messages()[-1]
        await person.submits({}, W("button.pause"), form)
        await here.platform.shown()
        again = person.messages()[-1]
        assert (again.id, W("refused.not_an_option") in again.words) == (form.id, True)

        picked = again.fields["for"]["choices"][0]
        await person.submits({"for": picked["title"]}, W("button.pause"), again)
        await here.platform.shown()
        assert not any(seen.fields for seen in person.messages())
        assert person.messages()[-1].title != form.title

    told(store, story)


@pytest.mark.parametrize("slash", [True, False])
def test_a_report_asked_for_among_others_is_nobody_elses(store: Store, slash: bool) -> None:
    async def story(here: House) -> None:
        person = await installed(here)
        other = here.fake.add_user(email="p2@example.org")
        channel = here.fake.add_team(person.user.id, other.id)
        await person.says("roi-report Support", place=channel.id, targeted=slash)
        await here.platform.shown()

        assert [seen.title for seen in person.targeted(channel.id) if seen.title] == [W("refused.title")]
        seen = here.fake.person(other.id).sees(channel.id)
        assert W("refused.title") not in json.dumps([each.body for each in seen])

    told(store, story)


def test_an_old_button_is_told_to_be_one(store: Store) -> None:
    async def story(here: House) -> None:
        person = await installed(here)
        await says(here, person, "help")
        shown = person.messages()[-1]
        action = {"type": "Action.Execute", "verb": "rapport"}
        place = here.fake.personal(person.user)
        await here.fake.reach.deliver(person.make.executed(place, action, {"rapport": "gone:1:2"}, shown.id))
        await here.platform.shown()

        assert W("refused.old_button") in person.messages()[-1].words

    told(store, story)
