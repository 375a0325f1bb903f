"""The page with made-up people behind it, to be tested or looked at: ``python -m tests.browser.harness [port]``."""

import asyncio
import socket
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from adapters.local import LocalPlatform, Preview
from adapters.page import as_slack, as_teams
from bot.talk.cards import Card
from bot.talk.platform import Address, DeliveryId
from tests.adapters.local import cards, fakes

LOOKS: Mapping[str, Preview] = {"slack": as_slack, "teams": as_teams}


def conversations() -> list[tuple[str, Card]]:
    return [
        (fakes.LENA, cards.einladung()),
        (fakes.TOMAS, cards.welcome()),
        (fakes.TOMAS, cards.invitation()),
        (fakes.MARC, cards.invitation()),
        (fakes.MARC, cards.report()),
        (fakes.ANA, cards.refusal()),
        ("E061", cards.hostile()),
    ]


async def fill(platform: LocalPlatform) -> None:
    for number, (user, card) in enumerate(conversations()):
        await platform.send(Address("local", "local", user), card, DeliveryId(f"sample-{number}"))


class Served:
    """A platform running in a thread of its own, which can be stopped and started again at the same address."""

    def __init__(
        self,
        log: Path,
        controls: fakes.FakeControls | None = None,
        looks: Mapping[str, Preview] = LOOKS,
    ) -> None:
        self.log = log
        self.looks = looks
        self.controls = controls or fakes.FakeControls()
        self.bot = fakes.FakeBot()
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> "Served":
        self.loop = asyncio.new_event_loop()
        self.platform = LocalPlatform(
            self.log, self.controls, fakes.ready, port=self.port, previews=self.looks
        )
        listening = Event()
        self.thread = Thread(target=self._run, args=(listening,), daemon=True)
        self.thread.start()
        assert listening.wait(5)
        return self

    def send(self, user: str, card: Card, delivery: str) -> None:
        sending = self.platform.send(Address("local", "local", user), card, DeliveryId(delivery))
        asyncio.run_coroutine_threadsafe(sending, self.loop).result(5)

    def home(self, user: str, card: Card) -> None:
        showing = self.platform.home(Address("local", "local", user), card)
        asyncio.run_coroutine_threadsafe(showing, self.loop).result(5)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.task.cancel)
        self.thread.join(5)
        self.platform.close()

    def _run(self, listening: Event) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._serve(listening))
        self.loop.close()

    async def _serve(self, listening: Event) -> None:
        if not self.log.stat().st_size:
            await fill(self.platform)
        self.task = asyncio.ensure_future(self.platform.run(self.bot.handle))
        while not self.task.done():
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                await writer.wait_closed()
                break
            await asyncio.sleep(0.01)
        listening.set()
        with suppress(asyncio.CancelledError):
            await self.task


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def main(port: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        controls = fakes.FakeControls(pause_s=0.7)
        platform = LocalPlatform(
            Path(folder) / "chat.jsonl", controls, fakes.ready, port=port, previews=LOOKS
        )
        await fill(platform)
        print(f"http://127.0.0.1:{port}", flush=True)  # noqa: T201 - says where to look
        await platform.run(fakes.FakeBot().handle)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3979))
