"""The demo as anybody starts it: a process of its own, spoken to over its documented doors.

It logs at DEBUG; whatever it says, at any level, is kept and searched for what people are called and write.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.canary import plain, sung_in

Json = dict[str, Any]

LENA, TOMAS, MARC, ANA, INGRID = CAST = "E014", "E120", "E003", "E001", "E002"
"""The people of whom stories are told."""
PATIENCE_S = 60


@dataclass(frozen=True)
class Refusal(Exception):
    """A door said no."""

    status: int
    error: Mapping[str, str]


class House:
    """``rapport demo`` in a folder of its own; start, stop or kill it, and be anybody in it."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.options = folder, options
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.private: set[str] = set()
        """What people are called, and what was written in this test."""

    def start(self) -> "House":
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [*rapport(), "demo", "--port", str(self.port), *self.options],
                cwd=self.folder,
                env=environment() | {"RAPPORT_LOG_LEVEL": "DEBUG"} | self.settings,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + PATIENCE_S
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"the demo did not start: {self.said()}")
            time.sleep(0.05)
        self.private |= {person["name"] for person in self.get("/local/people")["people"]}
        return self

    @property
    def settings(self) -> dict[str, str]:
        """What its environment says beyond the usual."""
        return {}

    def gathers(self) -> None:
        """Let everybody of the company be in the chat; on the page they always are."""

    def ready(self) -> bool:
        try:
            return bool(self.get("/readyz"))
        except (Refusal, OSError):
            return False

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    @property
    def output(self) -> Path:
        """Where everything goes that the process prints, over all its lives."""
        return self.folder / "output.txt"

    def said(self) -> list[str]:
        return self.output.read_text("utf-8").splitlines()

    def leaks(self) -> list[str]:
        """Return the lines of its log in which a person's name or words stand."""
        return [
            line
            for line in self.said()
            if sung_in([line]) or any(private in plain(line) for private in self.private)
        ]

    def tell(self, how: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(how)

    def ended(self) -> int:
        """Wait for its end and return the exit code."""
        assert self.process is not None
        return self.process.wait(PATIENCE_S)

    def _end(self, how: signal.Signals) -> int:
        self.tell(how)
        return self.ended()

    # --- the doors ---

    def get(self, path: str) -> Json:
        return self._ask(urllib.request.Request(f"http://127.0.0.1:{self.port}{path}"))

    def post(self, path: str, body: Json) -> Json:
        return self._ask(
            urllib.request.Request(
                f"http://127.0.0.1:{self.port}{path}",
                data=json.dumps(body).encode(),
                headers={"Content-Type": "application/json"},
            )
        )

    @staticmethod
    def _ask(request: urllib.request.Request) -> Json:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise Refusal(error.code, json.loads(error.read() or b"{}").get("error", {})) from None

    def clock(self, **move: str) -> str:
        return self.post("/local/clock", move)["now"]

    def messages(self, person: str) -> list[Json]:
        return self.get(f"/local/messages?as={person}")["messages"]

    def card(self, person: str, title: str) -> Json:
        """Return the newest standing message with this title."""
        found = [m for m in self.messages(person) if m["card"]["title"].startswith(title)]
        assert found, [m["card"]["title"] for m in self.messages(person)]
        return found[-1]

    def says(self, person: str, text: str) -> Json:
        """Type a line and return the bot's answer."""
        self.private |= {text} if " " in text and not text.startswith("/") else set()
        return self.post("/local/say", {"as": person, "text": text})["messages"][-1]

    def presses(self, person: str, message: Json, label: str) -> list[Json]:
        token = buttons(message)[label]
        body = {"as": person, "message": message["id"], "button": token}
        return self.post("/local/press", body)["messages"]

    def submits(self, person: str, form: Json, **values: str) -> list[Json]:
        named = {name.replace("_", "-"): value for name, value in values.items()}
        self.private |= {value for value in values.values() if " " in value}
        body = {"as": person, "message": form["id"], "values": named}
        return self.post("/local/submit", body)["messages"]


def buttons(message: Json) -> dict[str, str]:
    """Return every button that a message offers, by its label, the points of a scale by their value."""
    found: dict[str, str] = {}
    for element in message["card"]["elements"]:
        if element["kind"] == "buttons":
            found |= {item["label"]: item["button"] for item in element["items"]}
        if element["kind"] == "ask" and element["tap"]:
            for option in element["response"]["options"]:
                found |= {option["value"]: option["button"], option["label"]: option["button"]}
    return found


def text(message: Json) -> str:
    """Return everything that can be read in a message."""
    return json.dumps(message["card"], ensure_ascii=False)


def rapport() -> list[str]:
    return [sys.executable, "-c", "from adapters.cli import main; main()"]


def command(words: list[str], folder: Path, code: int = 0, **settings: str) -> str:
    """Run a command to its end, which must be with this code, and return what it printed."""
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment() | settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def monday_nine(house: House) -> str:
    """Move to nine o'clock in Berlin on the demo's Monday, when the pulse has opened there."""
    return house.clock(advance="PT30M")


def environment() -> dict[str, str]:
    root = Path(__file__).resolve().parents[2]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    return kept | {"PYTHONPATH": str(root)}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
