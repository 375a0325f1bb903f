"""The local platform: a chat in the browser of this machine, for the demo database only."""

from collections.abc import Mapping
from pathlib import Path

from adapters.http import Readiness
from adapters.local.behind import Controls, Curtain, Move, PersonView, Preview, Progress, Row, Surface
from adapters.local.send import IMPORTED, MADE_UP, LocalPlatform
from bot.talk.platform import Platform


def connect(
    log_path: Path,
    controls: Controls,
    readiness: Readiness,
    *,
    banner: str = MADE_UP,
    previews: Mapping[str, Preview] | None = None,
) -> Platform:
    """Return the platform, listening at its usual address once it runs."""
    return LocalPlatform(log_path, controls, readiness, banner=banner, previews=previews)


__all__ = [
    "IMPORTED",
    "MADE_UP",
    "Controls",
    "Curtain",
    "LocalPlatform",
    "Move",
    "PersonView",
    "Preview",
    "Progress",
    "Readiness",
    "Row",
    "Surface",
    "connect",
]
