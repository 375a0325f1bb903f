"""What a check found, in words for whoever runs Rapport."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: ok, note (nothing to do now) or problem, and what to do."""

    check: str
    state: State
    text: str
