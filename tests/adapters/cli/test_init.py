"""``rapport init`` with somebody at the terminal, and without."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.adapters.cli.conftest import Rapport

PROGRAM = "from adapters.cli import main; main()"


def typed(folder: Path, *lines: str) -> str:
    """Run ``rapport init`` before a terminal, with these lines typed into it, and return what it printed."""
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{line}\n" for line in lines).encode())
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, "init"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        cwd=folder,
        stdin=theirs,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    os.close(ours)
    os.close(theirs)
    return ran.stdout


def test_whoever_sits_at_the_terminal_is_asked_for_what_was_not_given(rapport: Rapport, folder: Path) -> None:
    said = typed(folder, "Firma", "de-DE", "Europe/Berlin", "CHF", "sie")

    told = json.loads(rapport("doctor", "--before", "--json").out)
    assert "Time zone [Europe/London]" in said
    assert "In German: du or sie [du]" in said
    assert "Bitte legen Sie unter api.slack.com/apps" in told["messages"]["Slack admin"]


def test_only_german_is_asked_for_its_form_of_address(folder: Path) -> None:
    said = typed(folder, "Firm", "", "", "")

    assert "du or sie" not in said
    assert "Firm is set up" in said


def test_a_script_is_asked_nothing(rapport: Rapport) -> None:
    said = rapport("init", "--name", "Firma")

    assert said.code == 0
    assert "[" not in said.out


def test_the_owner_is_told_what_to_write_in_the_chat_and_what_comes_next(rapport: Rapport) -> None:
    said = rapport("init", "--name", "Firma")

    code = said.out.partition("seven days: ")[2].split()[0]
    assert f"in the chat: claim {code}" in said.out
    assert "rapport doctor --before" in said.out
