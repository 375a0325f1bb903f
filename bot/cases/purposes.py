"""What each kind of message is for, and which rules it therefore falls under."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from surveys.budget import Kind as ContactKind

DISCLOSURE_VERSION = 1
"""Raised when the first contact says something new about data; then everybody is told again before a survey."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """The rules for messages of one kind."""

    kind: Literal["survey", "onboarding", "service"]
    """A survey is sent only after the first contact, and not to those who paused or opted out."""
    priority: int
    """Lower goes first."""
    must_arrive: bool = False
    """Sent again, within reason, when nobody can tell whether it arrived."""
    budgeted: ContactKind | None = None
    """What it counts as in the person's contact budget; None: it is not counted."""
    reminder: bool = False
    """Its row keeps neither outcome nor receipt once handled."""
    asked: bool = False
    """An answer to what the person did a moment ago: it reaches them in rehearsal too, tester or not."""
    always: bool = False
    """About what the person may do here: it is told in rehearsal too, tester or not."""
    quiet: bool = True
    """Waits for the end of the person's quiet hours."""


PURPOSES: Mapping[str, Purpose] = {
    "contact.first": Purpose(kind="service", priority=0, must_arrive=True),
    "human.request": Purpose(kind="service", priority=1, must_arrive=True, quiet=False),
    "care.request": Purpose(kind="service", priority=1, must_arrive=True, quiet=False),
    "people.upload": Purpose(kind="service", priority=1, asked=True, quiet=False),
    "role.changed": Purpose(kind="service", priority=1, must_arrive=True, always=True),
    "report.ready": Purpose(kind="service", priority=2, quiet=False),
    "journey.step": Purpose(kind="onboarding", priority=3, must_arrive=True, budgeted="message"),
    "journey.escalate": Purpose(kind="service", priority=3, must_arrive=True),
    "journey.buddy": Purpose(kind="service", priority=3, must_arrive=True),
    "journey.answer": Purpose(kind="service", priority=3, must_arrive=True),
    "journey.nudge": Purpose(kind="onboarding", priority=4, budgeted="message"),
    "wave.invite": Purpose(kind="survey", priority=5, budgeted="survey"),
    "wave.remind": Purpose(kind="survey", priority=6, budgeted="reminder", reminder=True),
    "wave.results": Purpose(kind="survey", priority=7, budgeted="message"),
}
"""Answers to something that the person did (a report asked for, a wish to talk) know no quiet hours and no budget."""

BUDGETED = frozenset(name for name, purpose in PURPOSES.items() if purpose.budgeted)
