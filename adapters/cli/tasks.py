"""Who must do what before the install: the people that a task can be for, and the task."""

from dataclasses import dataclass

YOU, HR, COUNCIL = "you", "HR", "works council"


@dataclass(frozen=True, slots=True)
class Task:
    """Something that one of them must do, and whether it is done."""

    who: str
    done: bool
    what: str


def missing(names: list[str]) -> str:
    """Say which settings are missing."""
    return ", ".join(names) or "all are set"
