import asyncio

from adapters.local import stream
from adapters.local.chatlog import Entry, packed
from adapters.local.render import spoken
from adapters.local.stream import Hub


def an_entry(number: int, user: str, **more: object) -> Entry:
    return Entry(
        id=number, root=number, user=user, at="2026-11-23T08:00:00+00:00", card=packed(spoken("x")), **more
    )  # type: ignore[arg-type] # fields by name


def test_counters_count_what_nobody_saw():
    async def story() -> dict[str, int]:
        hub = Hub()
        hub.happened(an_entry(1, "E1"))
        hub.happened(an_entry(2, "E2"))
        hub.happened(an_entry(3, "E2"))
        hub.happened(an_entry(4, "E3", author="me"))
        hub.happened(an_entry(5, "E2", replaces=3))
        hub.join("E1")
        hub.happened(an_entry(6, "E1"))
        hub.close()
        return hub.unread

    assert asyncio.run(story()) == {"E2": 2}


def test_a_burst_is_told_as_one_change_of_the_counters():
    async def story() -> list[bytes | None]:
        hub = Hub()
        listener = hub.join("E1")
        for number in range(100):
            hub.happened(an_entry(number, f"P{number}"))
        await asyncio.sleep(stream.UNREAD_S * 1.5)
        return [listener.queue.get_nowait() for _ in range(listener.queue.qsize())]

    told = asyncio.run(story())

    assert len(told) == 2
    assert told[0] == b"event: unread\ndata: {}\n\n"
    assert told[1] is not None
    assert told[1].count(b'"P') == 100


def test_a_page_that_falls_behind_is_cut_off_and_nobody_else():
    async def story() -> tuple[bool, bool]:
        hub = Hub()
        slow, other = hub.join("E1"), hub.join("E2")
        for number in range(stream.BACKLOG + 1):
            hub.happened(an_entry(number, "E1"))
        hub.close()
        return slow.lost, other.lost

    assert asyncio.run(story()) == (True, False)
