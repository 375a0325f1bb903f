"""Forms in dialogs, with the real bot behind: in few taps, for one pair of eyes, and with nothing written in the chat."""

import asyncio
import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from adapters.teams.controls import AGAIN
from bot.store import vault
from bot.store.store import Store
from bot.store.unit import Unit
from bot.talk.cards import Action
from bot.talk.language import words
from bot.talk.opening import OPENING
from tests.adapters.teams.street import TEN, Json, Story, Street, acts, answered, asked, tell
from tests.adapters.teams.test_replies import well_formed
from tests.canary import WORD, free
from tests.fakes import FakeClock
from tests.platforms.teams import Person, Seen, widgets
from tests.platforms.teams.cards import problems, units

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

W = words("en")
Told = Callable[[Story], None]
POINT, REMARK = "job-satisfaction", free("the printer jams")
EARLIER = date(2026, 11, 1)


@pytest.fixture
def told(store: Store, clock: FakeClock) -> Told:
    return lambda story: tell(store, clock, story)


def point(seen: Seen, value: str) -> str:
    """Return what the point of a question carries."""
    tokens = [one["data"]["rapport"] for card in seen.cards for one in acts(card)]
    return next(
        token for token in tokens if Action.decode(token).name == "answer.tap" and token.endswith(f":{value}")
    )


def dialog(person: Person) -> Seen:
    found = person.dialog()
    assert found is not None
    return found


def filled(form: Seen) -> dict[str, str]:
    """Fill in what can be picked, and a remark where that is all one can write."""
    picked = {name: one["choices"][0]["value"] for name, one in form.fields.items() if "choices" in one}
    written = {name: REMARK for name in form.fields if name.endswith("comment")}
    return picked | written


async def says(at: Street, person: Person, text: str, **where: str) -> None:
    await person.says(text, **where)
    await at.settle()


async def presses(at: Street, person: Person, what: str, seen: Seen | None = None) -> None:
    here = seen or next(one for one in reversed(person.sees()) if what in one.buttons)
    await person.presses(here, what)
    await at.settle()


def titles(person: Person) -> list[str]:
    return [seen.title for seen in person.messages()]


def wrote_fields(at: Street) -> list[Json]:
    """Return every message of ours in which something could be written."""
    return [call.activity for call in at.house.fake.calls if '"Input.' in json.dumps(call.activity)]


# --- the pulse ---------------------------------------------------------------------------------------------


def test_a_pulse_takes_a_tap_the_form_and_a_tap_and_the_chat_never_holds_a_field(
    told: Told, clock: FakeClock
) -> None:
    async def story(at: Street) -> None:
        person = await at.knows(2)
        seen = await asked(at, clock, person)
        await presses(at, person, point(seen, "4"), seen)
        assert titles(person)[-1] == W("pulse.saved.title"), "the tap counts before anything else is answered"
        form = dialog(person)
        assert POINT not in form.fields

        await person.submits(filled(form), W("button.save"))
        await at.settle()

        assert person.dialog() is None
        assert person.told == [person.messages()[-1].summary]
        assert titles(person).count(W("pulse.saved.title")) == 1
        assert kept(at, 2) == {*form.fields, POINT}
        assert wrote_fields(at) == []
        assert REMARK not in json.dumps([call.activity for call in at.house.fake.calls])

    told(story)


def kept(at: Street, person: int) -> frozenset[str]:
    """Return which questions somebody has answered."""
    return at.house.store.read(
        lambda unit: vault.answered_questions(unit, unit.waves.recent(1)[0].id, person)
    )


def test_who_closes_the_dialog_has_answered_what_they_tapped_and_finds_the_rest_on_the_receipt(
    told: Told, clock: FakeClock
) -> None:
    async def story(at: Street) -> None:
        person = await at.knows(2)
        seen = await asked(at, clock, person)
        await presses(at, person, point(seen, "2"), seen)
        rest = {*dialog(person).fields}
        person.closes_dialog()
        assert kept(at, 2) == {POINT}

        await presses(at, person, W("button.skipped"))

        assert {*dialog(person).fields} == rest

    told(story)


def test_two_clicks_at_once_are_one_answer_one_receipt_and_one_form(told: Told, clock: FakeClock) -> None:
    async def story(at: Street) -> None:
        person = await at.knows(2)
        seen = await asked(at, clock, person)
        token = point(seen, "4")
        answers = await asyncio.gather(*(person.presses(seen, token) for _ in range(2)))
        await at.settle()

        for answer in answers:
            assert answer.body["task"]["type"] == "continue"
        assert answered(at) == {2}
        assert titles(person).count(W("pulse.saved.title")) == 1
        assert wrote_fields(at) == []

    told(story)


def test_on_a_phone_that_shows_the_card_itself_as_the_dialog_the_second_press_opens_the_form(
    told: Told, clock: FakeClock
) -> None:
    """Reported of the client for iOS: it sends no ``task/fetch``, and ``task/submit`` for what is pressed in there."""

    async def story(at: Street) -> None:
        person = await at.knows(2)
        seen = await asked(at, clock, person)
        pressed = next(
            one for card in seen.cards for one in acts(card) if one["data"]["rapport"] == point(seen, "4")
        )
        place = at.house.fake.personal(person.user)
        answer = await at.tells(person.make.task(place, "task/submit", pressed["data"]))

        assert answer.body["task"]["type"] == "continue"
        assert widgets.inputs(answer.body["task"]["value"]["card"]["content"])
        assert answered(at) == {2}

    told(story)


# --- what is refused ---------------------------------------------------------------------------------------


def test_a_form_that_opens_too_late_says_so_in_the_dialog_and_changes_nothing(
    told: Told, clock: FakeClock
) -> None:
    async def story(at: Street) -> None:
        person = await at.knows(2)
        seen = await asked(at, clock, person)
        clock.advance(timedelta(days=8))
        await at.settle()
        await presses(at, person, point(seen, "4"), seen)

        shown = dialog(person)
        assert "closed" in shown.words
        assert shown.fields == {}
        assert {W("button.help"), W("button.person")} <= {*shown.buttons}
        await person.presses("dialog", W("button.help"))
        assert dialog(person).title == W("help.title")

    told(story)


def test_a_form_that_is_sent_after_the_close_is_refused_in_the_dialog(told: Told, clock: FakeClock) -> None:
    async def story(at: Street) -> None:
        person = await at.knows(2)
        seen = await asked(at, clock, person)
        await presses(at, person, point(seen, "4"), seen)
        form = dialog(person)
        clock.advance(timedelta(days=8))
        await at.settle()
        await person.submits(filled(form), W("button.save"))
        await at.settle()

        assert "closed" in dialog(person).words
        assert at.sheets() == 0

    told(story)


def test_the_form_of_somebody_else_counts_for_whoever_sent_it_and_only_if_they_were_asked(
    told: Told, clock: FakeClock
) -> None:
    async def story(at: Street) -> None:
        victim, attacker = await at.knows(2), await at.knows(9)
        seen = await asked(at, clock, victim)
        (late,) = at.hires(1)
        newcomer = await at.knows(late)
        await presses(at, victim, point(seen, "4"), seen)
        form = dialog(victim)
        data = sending(form) | filled(form) | {"from": victim.user.account(), "user": victim.user.id}

        theirs = await at.tells(sent(attacker, data))
        refused = await at.tells(sent(newcomer, data))

        assert theirs.body["task"]["type"] == "message"
        assert W("refused.not_invited") in json.dumps(refused.body)
        assert answered(at) == {2, 9}
        assert kept(at, 2) == {POINT}, "the tap of number 2, and nothing that others sent"

    told(story)


@pytest.mark.parametrize("at_once", [3, 1])
def test_a_form_that_comes_three_times_counts_once_and_each_is_answered_well(
    told: Told, clock: FakeClock, at_once: int
) -> None:
    async def story(at: Street) -> None:
        person = await at.knows(2)
        seen = await asked(at, clock, person)
        await presses(at, person, point(seen, "4"), seen)
        form, reach = dialog(person), at.house.fake.reach
        reach.copies = at_once
        await at.tells(sent(person, sending(form) | filled(form)))
        for _ in range(3 - at_once):
            await reach.again()
        await at.settle()

        bodies = [one.answer.body for one in reach.sent[-3:]]
        assert {body["task"]["type"] for body in bodies} == {"message"}
        assert sorted(body["task"]["value"] for body in bodies).count(W("teams.done")) == 2
        assert answered(at) == {2}
        assert titles(person).count(W("pulse.saved.title")) == 1

    told(story)


def sending(form: Seen) -> Json:
    """Return what the button of a form carries."""
    (button,) = form.card["actions"]
    data: Json = button["data"]
    return data


def sent(person: Person, data: Json) -> Json:
    return person.make.task(person.world.personal(person.user), "task/submit", data)


# --- what is typed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [free("the printer jams again"), "4", "Strongly agree"])
@pytest.mark.parametrize("under", [True, False])
def test_a_line_is_never_an_answer_and_leads_to_the_form_that_opens_in_a_dialog(
    told: Told, clock: FakeClock, line: str, under: bool
) -> None:
    async def story(at: Street) -> None:
        person = await at.knows(2)
        seen = await asked(at, clock, person)
        await person.says(line, thread=seen.id if under else "")
        await at.settle()
        pointer = person.messages()[-1]

        assert at.sheets() == 0
        assert pointer.title == W("typed.title")
        assert line not in pointer.words
        await presses(at, person, W("button.start"), pointer)
        assert dialog(person).fields
        assert at.sheets() == 0
        assert wrote_fields(at) == []

    told(story)


@pytest.mark.parametrize("command", ["feedback", f"feedback {free('my boss shouts')}", "pause", "settings"])
def test_a_command_that_leads_to_a_form_is_answered_with_the_button_to_its_dialog(
    told: Told, command: str
) -> None:
    async def story(at: Street) -> None:
        person = await at.knows(2)
        comments_are_open(at)
        await says(at, person, f"/{command}")
        offered = person.messages()[-1]

        assert offered.buttons == [W("button.open_form")]
        assert WORD not in json.dumps(offered.body), "what was typed is not said again"
        assert wrote_fields(at) == []
        await presses(at, person, W("button.open_form"))
        form = dialog(person)
        assert form.fields
        await person.submits(filled(form), form.buttons[-1])
        await at.settle()
        assert person.dialog() is None
        assert person.messages()[-1].id == offered.id, "the receipt stands where the button stood"
        assert wrote_fields(at) == []

    told(story)


def test_among_others_a_form_is_offered_to_one_and_what_comes_of_it_is_read_in_the_dialog(told: Told) -> None:
    async def story(at: Street) -> None:
        person, other = await at.knows(2), await at.knows(3)
        comments_are_open(at)
        channel = at.house.fake.add_team(person.user.id, other.user.id).id
        await says(at, person, "feedback", place=channel)
        (offered,) = [seen for seen in person.targeted(channel) if seen.buttons]
        await presses(at, person, W("button.open_form"), offered)
        form = dialog(person)
        await person.submits(filled(form), W("button.save"))
        await at.settle()

        assert dialog(person).title == W("feedback.saved.title")
        assert at.house.store.read(sheets_of_feedback) == 1
        assert other.targeted(channel) == []
        public = [call for call in at.house.fake.calls if call.public and call.is_message]
        assert not any(call.activity.get("attachments") for call in public)

    told(story)


def comments_are_open(at: Street) -> None:
    at.town.runs("feedback", first_on=EARLIER)
    at.town.opens()


def sheets_of_feedback(unit: Unit) -> int:
    survey = unit.surveys.by_key("feedback")
    assert survey is not None
    wave = unit.waves.live(survey.id, unit.now)
    assert wave is not None
    return len(vault.collect(unit, wave.id))


# --- every invoke ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("invoke", ["task/fetch", "task/submit", "adaptiveCard/action"])
def test_whatever_opens_a_form_is_answered_well_for_everybody(
    told: Told, clock: FakeClock, invoke: str
) -> None:
    """By somebody who may do it, somebody who may not, and somebody whom nobody knows; with references that lead nowhere."""

    async def story(at: Street) -> None:
        await at.pulse(clock, TEN)
        hr, anybody = await at.knows(1), await at.knows(2)
        stranger = at.house.fake.person(at.house.fake.add_user(email="x@elsewhere.example", name="X").id)
        for person in (hr, anybody, stranger):
            place = at.house.fake.personal(person.user)
            for action in opening():
                data = {"rapport": action.encode(), "msteams": {"type": "task/fetch"}}
                made = (
                    person.make.executed(place, {"verb": "rapport"}, data, "42")
                    if invoke == "adaptiveCard/action"
                    else person.make.task(place, invoke, data, "42")
                )
                answer = await at.house.fake.reach.deliver(made)
                well_formed(answer)
                task = answer.body.get("task", {})
                if task.get("type") == "continue":
                    card = task["value"]["card"]["content"]
                    assert problems(card) == []
                    assert units(answer.body) < 90_000
        await at.house.platform.shown()

    told(story)


def opening() -> list[Action]:
    """Return each act that a form may answer, as it stands on cards and as somebody would make it up."""
    made_up = [
        Action(name, ref, value) for name in sorted(OPENING) for ref, value in (("", ""), ("1/x", "9"))
    ]
    return [
        *made_up,
        Action(AGAIN, "feedback"),
        Action(AGAIN, "roi-report", "Support"),
        Action(AGAIN, "none"),
    ]
