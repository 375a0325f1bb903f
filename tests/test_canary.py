"""The canary can sing: a guard that never fails would prove nothing."""

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import structlog

from bot import logs
from tests.canary import WORD, Watch, free, plain, sung_in

ROOT = Path(__file__).parents[1]


@pytest.fixture
def watch() -> Watch:
    """A guard of its own for leaks that are meant; the one of the suite hears nothing of them."""
    return Watch()


def test_a_marker_that_the_allow_list_would_let_through_is_heard(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "allow_listed", lambda _logger, _method, line: line)

    with watch.on():
        structlog.get_logger().debug("wave.closed", comment=free("all is well"))

    assert len(watch.leaks) == 1


def test_a_marker_as_the_only_word_of_a_listed_field_is_heard(watch: Watch) -> None:
    with watch.on():
        logs.get_logger().debug("wave.closed", reason=WORD)

    assert len(watch.leaks) == 1


def test_a_logger_that_is_configured_during_the_test_is_heard_too(watch: Watch) -> None:
    with watch.on():
        logs.configure("DEBUG")
        logs.get_logger().info("wave.closed", reason=WORD)
        logs.configure("WARNING", pretty=True)
        logs.get_logger().error("wave.closed", reason=WORD)

    assert len(watch.leaks) == 2


def test_a_record_of_a_library_is_heard_as_it_would_be_written(watch: Watch) -> None:
    with watch.on():
        logging.getLogger("some.library").debug("said %s", free("hello"))
        logging.getLogger(f"some.{WORD}").debug("said hello")

    assert len(watch.lines) == 2
    assert watch.leaks == watch.lines[1:]


def test_names_are_heard_however_they_are_written_down() -> None:
    lines = ['{"a": "Person 12"}', '{"a": "Lena Kr\\u00fcger"}', '{"person": 12}', "no JSON", "a QUAGGA"]

    assert sung_in(lines) == [lines[0], lines[1], lines[4]]
    assert plain(lines[1]) == '{"a": "Lena Krüger"}'


def as_it_is() -> tuple[object, ...]:
    hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    return structlog.get_config(), logs._last_steps, hooks, logging.root.level, logging.root.handlers[:]


def test_afterwards_the_log_is_as_it_was_whatever_the_test_configured() -> None:
    before = as_it_is()

    with Watch().on():
        logs.configure("ERROR", pretty=True)

    assert as_it_is() == before


LEAKING = f"""
from bot.logs import get_logger
from tests.canary import canary

def test_that_leaks():
    get_logger().debug("wave.closed", reason="{WORD}")

def test_that_does_not():
    get_logger().debug("wave.closed", reason="{WORD} in a sentence")
"""


@pytest.mark.process
def test_a_test_that_leaks_is_failed_by_the_guard(tmp_path: Path) -> None:
    """Run as the suite runs: one test that leaks, one whose sentence the allow-list leaves out."""
    (tmp_path / "test_leaking.py").write_text(LEAKING, encoding="utf-8")
    words = [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-c",
        os.devnull,
        "--rootdir",
    ]

    done = subprocess.run(
        [sys.executable, *words, str(tmp_path), str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1, done.stdout
    assert "2 passed, 1 error" in done.stdout
    assert "the log holds what a person is called or wrote" in done.stdout
