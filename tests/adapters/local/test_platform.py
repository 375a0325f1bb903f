"""The chat port: what every platform promises, and what this one promises about crashes."""

import asyncio
from pathlib import Path

import pytest

from adapters.local import LocalPlatform, connect
from adapters.local.chatlog import ChatLog
from bot.errors import TryLater, Undeliverable
from bot.talk.platform import DeliveryId, Receipt
from tests.adapters.local import cards
from tests.adapters.local.doorstep import Doorstep, address
from tests.adapters.local.fakes import LENA, MARC, MONDAY, PEOPLE, FakeBot, FakeControls, ready


@pytest.fixture
def platform(log: Path) -> LocalPlatform:
    return LocalPlatform(log, FakeControls(), ready)


def send(platform: LocalPlatform, user: str, delivery: str) -> Receipt:
    return asyncio.run(platform.send(address(user), cards.invitation(), DeliveryId(delivery)))


def find(platform: LocalPlatform, user: str, delivery: str) -> object:
    return asyncio.run(platform.find(address(user), DeliveryId(delivery), MONDAY))


def test_a_delivery_is_found_also_after_a_restart(log: Path, platform: LocalPlatform):
    receipt = send(platform, LENA, "d1")
    restarted = LocalPlatform(log, FakeControls(), ready)

    assert find(platform, LENA, "d1") == find(restarted, LENA, "d1") == receipt
    assert receipt.conversation == LENA


def test_a_delivery_that_never_came_is_surely_not_there(platform: LocalPlatform):
    send(platform, LENA, "d1")

    assert find(platform, LENA, "d2") is None
    assert find(platform, MARC, "d1") is None


def test_a_second_send_is_a_second_message_so_that_doubles_show(platform: LocalPlatform):
    first, second = send(platform, LENA, "d1"), send(platform, LENA, "d1")

    assert first != second
    assert find(platform, LENA, "d1") == first
    assert len(platform.conversation(LENA)) == 2


def test_a_receipt_still_names_the_message_after_many_edits(platform: LocalPlatform):
    receipt = send(platform, LENA, "d1")
    for _ in range(3):
        asyncio.run(platform.edit(address(LENA), receipt, cards.receipt()))

    assert find(platform, LENA, "d1") == receipt
    assert [message["card"]["title"] for message in platform.conversation(LENA)] == ["Saved"]


@pytest.mark.parametrize(
    "receipt", [Receipt(LENA, "99"), Receipt(LENA, ""), Receipt(LENA, "x"), Receipt(MARC, "1")]
)
def test_what_is_not_there_cannot_be_edited(platform: LocalPlatform, receipt: Receipt):
    send(platform, LENA, "d1")

    with pytest.raises(Undeliverable):
        asyncio.run(platform.edit(address(LENA), receipt, cards.receipt()))


def test_nobody_unknown_is_written_to(platform: LocalPlatform):
    with pytest.raises(Undeliverable):
        send(platform, "nobody", "d1")


def test_somebody_who_joined_a_moment_ago_is_known(log: Path):
    controls = FakeControls(staff=[PEOPLE[0]])
    platform = LocalPlatform(log, controls, ready)
    send(platform, LENA, "d1")
    controls.staff.append(PEOPLE[2])

    assert send(platform, MARC, "d2").conversation == MARC


def test_a_full_disk_delivers_nothing_and_asks_for_another_try(
    platform: LocalPlatform, monkeypatch: pytest.MonkeyPatch
):
    def full(self: ChatLog, line: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(ChatLog, "_write", full)
        with pytest.raises(TryLater):
            send(platform, LENA, "d1")

    assert find(platform, LENA, "d1") is None
    assert platform.conversation(LENA) == []


def test_the_home_card_is_one_message_that_changes(platform: LocalPlatform):
    for card in (cards.receipt(), cards.why()):
        asyncio.run(platform.home(address(LENA), card))

    assert [(m["kind"], m["card"]["title"]) for m in platform.conversation(LENA)] == [("home", "Why you")]


def test_whois_tells_what_is_known(platform: LocalPlatform):
    profile = asyncio.run(platform.whois(address(LENA)))

    assert (profile.name, profile.locale, profile.time_zone) == ("Lena Krüger", "de", "Europe/Berlin")
    with pytest.raises(Undeliverable):
        asyncio.run(platform.whois(address("nobody")))


@pytest.mark.parametrize("host", ["0.0.0.0", "", "192.168.1.2", "example.org"])  # noqa: S104 - must be refused
def test_it_listens_on_this_machine_only(log: Path, host: str):
    with pytest.raises(ValueError, match="this machine only"):
        LocalPlatform(log, FakeControls(), ready, host=host)


def test_connect_returns_the_platform_of_that_name(log: Path):
    assert connect(log, FakeControls(), ready).name == "local"


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_it_runs_until_cancelled_and_lets_open_pages_go_at_once(log: Path, door: Doorstep):
    async def story() -> float:
        platform = LocalPlatform(log.with_name("own.jsonl"), FakeControls(), ready, port=0)
        platform.port = door.server.port  # taken
        with pytest.raises(OSError, match="address"):
            await platform.run(FakeBot().handle)
        platform.port = await _free_port()
        running = asyncio.create_task(platform.run(FakeBot().handle))
        line = await _until_served(door, f"http://127.0.0.1:{platform.port}/local/stream?as={LENA}")
        before = asyncio.get_running_loop().time()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        line.close()
        return asyncio.get_running_loop().time() - before

    assert door.do(story()) < 0.9


async def _free_port() -> int:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = int(server.sockets[0].getsockname()[1])
    server.close()
    await server.wait_closed()
    return port


async def _until_served(door: Doorstep, url: str):
    for _ in range(100):
        try:
            return await door.session.get(url)
        except OSError:
            await asyncio.sleep(0.01)
    raise AssertionError("it never listened")
