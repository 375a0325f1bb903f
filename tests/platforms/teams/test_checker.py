import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.platforms.teams import FakeTeams, faults
from tests.platforms.teams.checker import check, violations
from tests.platforms.teams.history import read
from tests.platforms.teams.talking import Client, card, message, talking

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

Story = Callable[[FakeTeams, Client, str], Awaitable[None]]


def told(story: Story, **more: Any) -> None:
    async def run() -> None:
        async with talking(**more) as (fake, client, _):
            place = fake.personal(fake.add_user("lena", installed=True))
            await story(fake, client, place.id)

    asyncio.run(run())


def delivery(named: str, text: str = "hello") -> dict[str, Any]:
    return message(text, channelData={"rapport_delivery": named})


def test_nothing_is_said_of_a_good_bot() -> None:
    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        await client.create("lena")
        await client.post(place, delivery("1"))
        await client.post(place, delivery("2", "Satisfaction is at 80 %"))
        await client.post(place, {"type": "typing"})

        assert check(fake, [("1", "sent"), ("2", "sent")]) == []

    told(story)


def test_a_delivery_that_was_accepted_twice_is_named_even_if_the_first_answer_was_lost() -> None:
    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        fake.faults.next("post", faults.broken_after(504))
        await client.post(place, delivery("1"))
        await client.post(place, delivery("1"))

        assert check(fake) == ["delivery 1 was accepted 2 times"]

    told(story)


def test_what_the_outbox_says_is_compared() -> None:
    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        await client.post(place, delivery("1"))
        await client.post(place, delivery("2"))

        rows = [("2", "dead"), ("3", "sent"), ("4", "sending")]
        assert check(fake, rows) == [
            "delivery 1 was accepted, but no row of the outbox is behind it",
            "delivery 2 is dead, yet it was accepted",
            "delivery 3 is lost: marked as sent, never accepted",
            "delivery 4 is still sending",
        ]
        assert check(fake, [("1", "sent"), ("2", "expired")], reminders=["2"]) == []

    told(story)


@pytest.mark.parametrize(
    "said",
    [
        message("Satisfaction is at 80 %"),
        message("", card({"type": "TextBlock", "text": "eNPS: 12"}), summary="A report"),
        message("", card({"type": "Chart.Donut", "data": []}), summary="A report"),
    ],
)
def test_figures_are_for_one_person(said: dict[str, Any]) -> None:
    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        channel = fake.add_team("lena")
        to = {"id": fake.users["lena"].member}
        await client.post(channel.id, {**said, "recipient": to}, isTargetedActivity="true")
        await client.post(place, said)
        assert check(fake) == []

        await client.post(channel.id, said)
        (found,) = check(fake)
        assert found.endswith(f"figures where others see them, in {channel.id}")

    told(story)


def test_a_silent_message_a_wrong_card_and_a_large_one_are_named() -> None:
    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        await client.post(place, message("", card()))
        await client.post(place, message("x" * 60_000))
        fake.validate = lambda _card: ["no such element"]
        await client.post(place, message("hello", card()))

        said = [found.partition(": ")[2] for found in check(fake)]
        assert said == [
            "a message without summary or text",
            "no such element",
            "larger than Teams takes",
            "refused as BadArgument",
            "no such element",
        ]

    told(story)


def test_a_history_is_read_back_from_its_journal(tmp_path: Path) -> None:
    journal = tmp_path / "calls.jsonl"

    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        await client.post(place, delivery("1"))
        await client.post(place, delivery("1"))
        assert [*read(journal)] == fake.calls

    told(story, journal=journal)

    with journal.open("a", encoding="utf-8") as torn:
        torn.write('{"at": 1')
    assert violations([*read(journal)]) == ["delivery 1 was accepted 2 times"]


def test_who_does_not_wait_is_named() -> None:
    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        for _ in range(9):
            await client.post(place, message("hello"))
        fake.limits.on = True

        assert [found.partition(": ")[2] for found in check(fake)] == ["over the limit"] * 2

    told(story, clock=None)
