"""A message of the log as another platform would draw it; who can draw is injected, no platform knows another."""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.local.behind import Preview, Surface
from adapters.local.chatlog import ChatLog, Entry, Json
from adapters.local.problems import Problem
from adapters.local.restore import restored


@dataclass(frozen=True, slots=True)
class Previews:
    """The platforms whose look the page can borrow, by name."""

    log: ChatLog
    by: Mapping[str, Preview]

    def show(self, user: str, message: str, platform: str) -> Json:
        """Return how a platform would show a message of this person's, also one that was edited since."""
        draw = self.by.get(platform)
        if draw is None:
            known = ", ".join(self.by) or "none"
            raise Problem(404, f"Nobody here draws as that platform does; known: {known}.", "platform")
        entry = self.log.named(message)
        if entry is None or entry.user != user or entry.kind == "gone":
            raise Problem(404, "There is no such message in this conversation.", "message")
        if entry.author == "me":
            raise Problem(400, "This is what the person wrote; only the bot's messages are cards.", "message")
        card = restored(entry.content(), entry.lang)
        surface = _surface(entry)
        return {"platform": platform, "surface": surface} | draw(card, surface)


def _surface(entry: Entry) -> Surface:
    """Return where a card stands: a form, wherever it is, needs the place that can send one."""
    if entry.kind == "form" or entry.content()["submit"]:
        return "modal"
    return "home" if entry.kind == "home" else "message"
