"""What must never come in with a dependency of a dependency."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")

KEPT_OUT = frozenset({"botbuilder-dialogs", "botbuilder-testing", "microsoft-agents-hosting-teams"})
"""The first two pin old and alpha versions of others; the third drags its siblings down (decision 0014)."""

NAME = re.compile(r"^([a-z0-9._-]+)==", re.MULTILINE | re.IGNORECASE)


def locked(name: str) -> set[str]:
    return {found.lower() for found in NAME.findall((ROOT / name).read_text("utf-8"))}


@pytest.mark.parametrize("name", LOCKS)
def test_the_packages_that_break_the_environment_stay_out(name: str) -> None:
    assert "botbuilder-core" in locked(name)
    assert locked(name) & KEPT_OUT == set()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_to_download_from(name: str) -> None:
    assert "://" not in (ROOT / name).read_text("utf-8")
