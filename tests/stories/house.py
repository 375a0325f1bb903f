"""The demo as anybody starts it: a process of its own, spoken to over its documented doors."""

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

Json = dict[str, Any]

LENA, TOMAS, MARC, ANA, INGRID = "E014", "E120", "E003", "E001", "E002"
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
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "House":
        self.process = subprocess.Popen(
            [*rapport(), "demo", "--port", str(self.port), *self.options],
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        deadline = time.monotonic() + PATIENCE_S
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the demo did not start: {self.said()}")
            time.sleep(0.05)
        return self

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

    def said(self) -> str:
        assert self.process is not None
        self.process.kill()
        return self.process.communicate()[0]

    def _end(self, how: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

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
        return self.post("/local/say", {"as": person, "text": text})["messages"][-1]

    def presses(self, person: str, message: Json, label: str) -> list[Json]:
        token = buttons(message)[label]
        body = {"as": person, "message": message["id"], "button": token}
        return self.post("/local/press", body)["messages"]

    def submits(self, person: str, form: Json, **values: str) -> list[Json]:
        named = {name.replace("_", "-"): value for name, value in values.items()}
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


def environment() -> dict[str, str]:
    root = Path(__file__).resolve().parents[2]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    return kept | {"PYTHONPATH": str(root)}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
