"""Forms open in a storm of people: no turn is waited for, Slack itself says when it is too much."""

import asyncio

import pytest

from adapters.slack.render import modal
from bot.errors import PlatformError, TryLater
from bot.talk.cards import Card
from bot.talk.events import OpenForm
from bot.talk.language import words
from tests.adapters.slack.front import FORM, LENA, QUESTION, Front, plain, told
from tests.platforms.slack.faults import slow_down

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PRESSES = 130
"""Within one moment; Slack publishes that 100 forms a minute open in a workspace, or more."""


async def storm(front: Front, allowed: int) -> list[PlatformError]:
    """Let so many people press a button whose answer is a form, where Slack lets so many open; return who was refused."""
    front.fake.limits.per_minute["views.open"] = allowed

    async def opened(view: Card) -> None:
        trigger = front.fake.tickets.trigger(front.fake.team, LENA)
        await front.slack.web.call(front.fake.team, "views.open", trigger_id=trigger, view=modal(view, ""))

    ended = await asyncio.gather(*(opened(FORM) for _ in range(PRESSES)), return_exceptions=True)
    return [error for error in ended if isinstance(error, PlatformError)]


@pytest.mark.parametrize(("allowed", "refused"), [(PRESSES, 0), (100, PRESSES - 100)])
def test_as_many_forms_open_as_slack_lets_and_none_waits_for_a_turn_of_ours(allowed: int, refused: int):
    async def story(front: Front) -> None:
        began = asyncio.get_running_loop().time()
        errors = await storm(front, allowed)

        assert len(errors) == refused
        assert all(isinstance(error, TryLater) for error in errors)
        asked = [call.outcome for call in front.fake.calls if call.method == "views.open"]
        assert len(asked) == PRESSES
        assert asyncio.get_running_loop().time() - began < 3.0

    told(story, limits=True)


async def presses(front: Front) -> None:
    await front.sends(QUESTION)
    seen = next(seen for seen in front.lena.sees() if "Well" in seen.buttons)
    await front.lena.presses(seen, "Well")
    await front.settle()


def test_when_slack_opens_no_more_forms_the_person_is_asked_to_press_again_and_the_answer_stands():
    async def story(front: Front) -> None:
        front.fake.faults.next("views.open", slow_down("30"))
        front.bot.replies["tap"] = OpenForm(FORM, replace=plain("Saved"))
        await presses(front)

        assert front.lena.modal() is None
        assert {seen.title or seen.text for seen in front.lena.sees()} == {
            "Saved",
            words("en")("form.not_opened"),
        }

    told(story)


def test_a_form_that_slack_refused_to_open_keeps_no_later_one_shut():
    async def story(front: Front) -> None:
        front.fake.faults.next("views.open", slow_down("30"))
        front.bot.replies["tap"] = OpenForm(FORM)
        await presses(front)
        await presses(front)

        assert front.lena.modal() is not None

    told(story)
