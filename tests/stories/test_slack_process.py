"""The real process before a Slack: stopped in a burst of signed answers, and over Socket Mode from the first start on."""

import json
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from bot.store.tables import Delivery
from tests.platforms.slack import FakeSlack
from tests.platforms.slack.blocks import problems
from tests.platforms.slack.checker import check
from tests.platforms.slack.faults import hang
from tests.platforms.slack.roll import enrol
from tests.stories.actors import Actor, differing, passed_on
from tests.stories.house import command, environment, free_port, monday_nine, rapport
from tests.stories.slack_house import SlackHouse
from tests.stories.test_stop import GRACE_S, deliveries, look, sheets, some_people

pytestmark = [pytest.mark.process, pytest.mark.allow_hosts(["127.0.0.1"])]


def until(reached: Callable[[], bool], within_s: float = 60.0) -> None:
    ends = time.monotonic() + within_s
    while not reached():
        assert time.monotonic() < ends
        time.sleep(0.005)


# --- over HTTP: a burst ------------------------------------------------------------------------------------


@pytest.fixture
def house(folder: Path, colleagues: list[dict[str, str]]) -> Iterator[SlackHouse]:
    """The demo, whose Slack sends signed requests."""
    with FakeSlack.in_thread(limits=False, validate=problems) as fake:
        enrol(fake, colleagues)
        opened = SlackHouse(folder, fake, mode="http").start()
        yield opened
        if opened.process is not None and opened.process.poll() is None:
            opened.stop()
        assert check(fake) == []
        assert opened.leaks() == []


class Burst:
    """Many people at it at once."""

    def __init__(self, house: SlackHouse) -> None:
        monday_nine(house)
        self.house = house
        self.actors = [Actor(house.fake, who, "burst") for who in some_people(house, 50)]
        self.told = {actor.who: actor.told for actor in self.actors}
        self._acting: list[Future[None]] = []

    def begins(self, until_confirmed: int) -> None:
        self._acting = [self.house.fake.begin(actor.run(5.0)) for actor in self.actors]
        until(lambda: self.confirmed >= until_confirmed)

    def ends(self) -> None:
        for acting in self._acting:
            acting.cancel()

    @property
    def going(self) -> int:
        """How many people are not done."""
        return sum(not acting.done() for acting in self._acting)

    @property
    def confirmed(self) -> int:
        return sum(told.acts for told in self.told.values())


def requests(rows: Sequence[Delivery], house: SlackHouse) -> Counter[str]:
    """How often each person was passed on to a human being."""
    people = look(house, lambda store: store.read(lambda unit: {p.id: p.external for p in unit.people.all()}))
    return Counter(people[int(row.ref)] for row in rows if row.purpose == "human.request")


@pytest.mark.parametrize("slack", ["answers", "hangs"])
def test_a_stop_in_a_burst_of_signed_answers_keeps_each_that_was_acknowledged(
    house: SlackHouse, slack: str
) -> None:
    burst = Burst(house)
    if slack == "hangs":
        for method in ("response_url", "views.open", "chat.update"):
            house.fake.faults.always(method, hang())
    burst.begins(until_confirmed=60)

    assert burst.going > 10, "the burst was over before the stop"
    began = time.monotonic()
    code = house.stop()
    took = time.monotonic() - began
    burst.ends()
    house.fake.faults.clear()

    assert code == 0
    assert took < GRACE_S
    stored = look(house, sheets)
    assert list(differing(stored, burst.told)) == []
    assert not [row for row in look(house, deliveries) if row.state == "sending"]

    house.start()
    house.settles()
    house.stop()
    rows = look(house, deliveries)
    assert look(house, sheets) == stored
    assert list(passed_on(requests(rows, house), burst.told)) == []
    assert {row.state for row in rows if row.purpose == "human.request"} <= {"sent"}


# --- over Socket Mode: from the first start on -------------------------------------------------------------


class Server:
    """``rapport run`` of a fresh installation, in a folder of its own."""

    def __init__(self, folder: Path, fake: FakeSlack) -> None:
        self.folder, self.fake, self.port = folder, fake, free_port()
        self.settings = {
            "RAPPORT_PORT": str(self.port),
            "RAPPORT_SLACK_API_URL": fake.url,
            "RAPPORT_SLACK_BOT_TOKEN": fake.bot_token,
            "RAPPORT_SLACK_APP_TOKEN": fake.app_token,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> Path:
        return self.folder / "output.txt"

    def start(self) -> None:
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [*rapport(), "run"],
                cwd=self.folder,
                env=environment() | self.settings,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        until(self._ready)

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.output.read_text("utf-8")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as answer:
                return bool(json.load(answer)["status"] == "ready") and self.fake.socket.connected
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with FakeSlack.in_thread(limits=False, validate=problems) as fake:
        fake.add_user("UANA", name="ana.ruiz", real_name="Ana Ruiz", locale="en-GB")
        opened = Server(tmp_path, fake)
        yield opened
        if opened.process is not None and opened.process.poll() is None:
            opened.process.kill()
            opened.process.wait(60)
        assert check(fake) == []
        assert fake.troubles == []


def test_a_fresh_installation_answers_over_socket_mode_and_stops_in_order(server: Server) -> None:
    words = ["init", "--name", "Firma", "--locale", "en-GB", "--json"]
    code = json.loads(command([*rapport(), *words], server.folder))["code"]
    ana = server.fake.person("UANA")

    server.start()
    answer = server.fake.do(ana.says(f"/rapport claim {code}"))
    server.fake.do(server.fake.until(ana.ephemeral))
    began = time.monotonic()
    ended = server.stop()
    took = time.monotonic() - began

    assert answer.ok
    assert ended == 0
    assert took < GRACE_S
    assert not server.fake.socket.connected
    assert not [line for line in server.output.read_text("utf-8").splitlines() if '"error"' in line]

    server.start()
    server.fake.do(ana.says("/rapport surveys"))
    server.fake.do(server.fake.until(lambda: len(ana.ephemeral()) > 1))
    assert server.stop() == 0
    assert "Start a survey" in str(ana.ephemeral()[-1].buttons)
