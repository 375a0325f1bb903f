"""What a platform must offer to be put through the contract suite: its port, and a user on the other side."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from bot.talk.events import Event, Reply
from bot.talk.platform import Address, Platform

Json = dict[str, Any]


class Rig(Protocol):
    """One platform, running, with a user ``known`` to it and a scripted bot behind it."""

    platform: Platform
    known: str
    findable: bool
    """Whether the platform can be asked if a message arrived."""
    events: list[Event]
    """What reached the bot."""

    def answer(self, name: str, reply: Reply) -> None:
        """Let the bot answer a command or action of this name with a reply."""

    def address(self, user: str) -> Address: ...

    def do(self, call: Any) -> Any:
        """Await something on the platform's event loop."""

    def says(self, text: str) -> None: ...

    def presses(self, title: str, button: str) -> None:
        """Press a button, by its token, of the standing message with this title."""

    def submits(self, title: str, values: Mapping[str, str]) -> Json:
        """Send the form with this title; return the errors by field, if any."""

    def titles(self) -> list[str]:
        """The titles of what stands in the user's conversation, oldest first."""

    def texts(self) -> str:
        """Everything that the user can read, as one text."""

    def redeliver(self) -> None:
        """Bring the last event once more, as platforms do."""


Open = Callable[[Path], AbstractContextManager[Rig]]


def opener(platform: str) -> Open:
    """Return how the platform's rig is opened: ``tests/adapters/<name>/rigged.py::opened``."""
    opened: Open = import_module(f"tests.adapters.{platform}.rigged").opened
    return opened


def renderer(platform: str) -> Callable[[Any], Any]:
    """Return how the platform renders a card: ``tests/adapters/<name>/rigged.py::render``."""
    render: Callable[[Any], Any] = import_module(f"tests.adapters.{platform}.rigged").render
    return render
