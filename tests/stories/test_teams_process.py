"""The real process before a Teams: started from settings, asked, stopped; and refused where its door would be open."""

import json
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.platforms.teams import FakeTeams, Person
from tests.platforms.teams.cards import problems
from tests.platforms.teams.checker import check
from tests.stories.house import command, environment, free_port, rapport
from tests.stories.teams_house import teams_settings
from tests.stories.test_slack_process import until
from tests.stories.test_stop import GRACE_S

pytestmark = [pytest.mark.process, pytest.mark.allow_hosts(["127.0.0.1"])]


class Server:
    """``rapport run`` of a fresh installation, in a folder of its own."""

    def __init__(self, folder: Path, fake: FakeTeams) -> None:
        self.folder, self.fake, self.port = folder, fake, free_port()
        self.settings = teams_settings(fake) | {
            "RAPPORT_PORT": str(self.port),
            "RAPPORT_TEAMS_PACED": "false",
        }
        self.process: subprocess.Popen[bytes] | None = None
        fake.messages_url = f"http://127.0.0.1:{self.port}/api/messages"

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
                return bool(json.load(answer)["status"] == "ready")
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with FakeTeams.in_thread(limits=False, validate=problems) as fake:
        opened = Server(tmp_path, fake)
        yield opened
        if opened.process is not None and opened.process.poll() is None:
            opened.process.kill()
            opened.process.wait(60)
        assert check(fake) == []
        assert fake.troubles == []


def newest(server: Server, ana: Person, than: int = 0) -> str:
    """Wait for more messages of the bot than there were, and return what can be read and pressed in the newest."""
    server.fake.do(server.fake.until(lambda: len(ana.messages()) > than))
    seen = ana.messages()[-1]
    return f"{seen.words} {seen.buttons}"


def test_a_fresh_installation_is_claimed_and_asked_in_teams_stops_in_order_and_goes_on(
    server: Server,
) -> None:
    user = server.fake.add_user(name="Ana Ruiz", email="ana.ruiz@example.org", locale="en-GB")
    ana = server.fake.person(user.id)
    words = ["init", "--name", "Firma", "--locale", "en-GB", "--json"]
    code = json.loads(command([*rapport(), *words], server.folder))["code"]

    server.start()
    installed = server.fake.do(ana.installs())
    before = len(ana.messages())
    claimed = server.fake.do(ana.says(f"claim {code}"))
    newest(server, ana, before)
    began = time.monotonic()
    ended = server.stop()
    took = time.monotonic() - began

    assert [answer.status for answer in [*installed, claimed]] == [200, 200, 200]
    assert ended == 0
    assert took < GRACE_S
    assert not [line for line in server.output.read_text("utf-8").splitlines() if '"error"' in line]

    server.start()
    before = len(ana.messages())
    server.fake.do(ana.says("surveys"))
    assert "Start a survey" in newest(server, ana, before)
    assert server.stop() == 0


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An organisation that was made and is never served."""
    folder = tmp_path_factory.mktemp("firm")
    command([*rapport(), "init", "--name", "Firma", "--locale", "en-GB", "--json"], folder)
    return folder


EVERYWHERE = "0.0.0.0"  # noqa: S104 - just what is refused
OPEN = {"RAPPORT_TEAMS_TENANTS": "0d5e7f00-0000-4000-8000-000000000009"}
FLAG = {"RAPPORT_TEAMS_INSECURE_LOCAL": "true"}


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (OPEN, "No chat platform is configured"),
        (OPEN | FLAG | {"RAPPORT_HOST": EVERYWHERE}, "anybody could speak as anybody"),
        (OPEN | FLAG | {"RAPPORT_HOST": "::"}, "anybody could speak as anybody"),
        (OPEN | FLAG | {"RAPPORT_HOST": "rapport.example.org"}, "anybody could speak as anybody"),
    ],
)
def test_without_an_app_id_nobody_is_served_but_this_machine(
    firm: Path, settings: Mapping[str, str], why: str
) -> None:
    said = command([*rapport(), "run"], firm, code=1, RAPPORT_PORT=str(free_port()), **settings)

    assert why in said
    assert "Traceback" not in said
