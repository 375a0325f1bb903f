"""A canary in whatever people are called, write and type: no line of the log may ever hold it.

The builders put ``WORD`` into comments, messages, reasons and addresses; people are called ``Person 7``. While a
test runs, ``Watch`` keeps every line that the log would write at DEBUG, ours and those of the libraries.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict

from bot import logs

WORD = "quagga"
"""A word that no line has a reason to hold; plain letters, so that it passes wherever any word would."""

NAMES = ("Krüger", "Ortiz", "Boyer", "Solberg", "Hohenstein", "Müller", "Xaver", "Kanarienvogel")
"""Names in tests that say who somebody is."""

LAST_STEPS = logs._last_steps
"""As the product has them, without anybody who listens."""

SUNG = re.compile(rf"{WORD}|\b(person|left|name) \d|{'|'.join(NAMES)}", re.IGNORECASE)

CHATTY = "sqlalchemy"
"""Stays at the level that the product gives it: it logs each statement, which would double the time of the suite."""


def free(text: str) -> str:
    """Return a text as somebody might write it, with the canary in it."""
    return f"{text} {WORD}"


def plain(line: str) -> str:
    """Return a line as it reads, whatever JSON has escaped in it."""
    try:
        return json.dumps(json.loads(line), ensure_ascii=False)
    except ValueError:
        return line


def sung_in(lines: list[str]) -> list[str]:
    """Return those lines in which something stands that a person is called or wrote."""
    return [line for line in lines if SUNG.search(plain(line))]


class Watch(logging.Handler):
    """Keeps every rendered line; nothing is printed that would not have been without it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(ProcessorFormatter(processors=[logs._foreign, *self._steps(None, pretty=False)]))

    @property
    def leaks(self) -> list[str]:
        return sung_in(self.lines)

    def emit(self, record: logging.LogRecord) -> None:
        self.format(record)

    @contextmanager
    def on(self) -> Iterator["Watch"]:
        """Listen at DEBUG, also to logs that are configured anew meanwhile, and leave all as it was.

        A guard within a guard listens alone.
        """
        before, ours, steps, hooks = _levels(), structlog.get_config(), logs._last_steps, _hooks()
        handlers = logging.root.handlers[:]
        logs._last_steps = self._steps  # type: ignore[assignment]  # one more step, the same otherwise
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                *self._steps(None, pretty=False),
                _as_before,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        )
        logging.root.handlers = [self, *(other for other in handlers if not isinstance(other, Watch))]
        _set({"": logging.DEBUG, CHATTY: logging.WARNING} | dict.fromkeys(logs.QUIET, logging.ERROR))
        try:
            yield self
        finally:
            logging.root.handlers = handlers
            _set(before)
            logs._last_steps = steps
            structlog.configure(**ours)
            sys.excepthook, threading.excepthook, sys.unraisablehook, logging.raiseExceptions = hooks
            logging.captureWarnings(capture=False)

    def _steps(self, *args: object, **options: object) -> list[structlog.typing.Processor]:
        return [*LAST_STEPS(*args, **options), self._keep]  # type: ignore[arg-type]  # handed on as they came

    def _keep(self, _logger: object, _method: str, line: EventDict) -> EventDict:
        self.lines.append(str(line))
        return line


def _as_before(_logger: object, method: str, line: EventDict) -> EventDict:
    """Let only those lines be printed that are printed where nothing is configured."""
    if method in {"debug", "info"}:
        raise structlog.DropEvent
    return line


def _hooks() -> tuple[object, ...]:
    return sys.excepthook, threading.excepthook, sys.unraisablehook, logging.raiseExceptions


def _levels() -> dict[str, int]:
    return {name: logging.getLogger(name).level for name in ("", CHATTY, *logs.QUIET)}


def _set(levels: dict[str, int]) -> None:
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(autouse=True)
def canary() -> Iterator[Watch]:
    """Watch the log during each test; a line with something of a person in it fails the test."""
    with Watch().on() as watch:
        yield watch
    assert not watch.leaks, f"the log holds what a person is called or wrote: {watch.leaks[:3]}"
