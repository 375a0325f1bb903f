"""The log: one JSON object a line, of allow-listed fields only; never answer text, never names.

A line says what happened (``log.info("wave.closed", wave=12, count=48)``). The event is written out in the code;
a field passes only if it is listed in ``FIELDS`` and its value has the shape given there, otherwise it is left
out and counted in ``dropped``. Errors are logged as their types and the lines of code they came through, without
messages or local variables. Records of foreign loggers lose their text, which may hold anything.
"""

import logging
import re
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import PurePath
from traceback import walk_tb
from types import MappingProxyType, TracebackType
from typing import TextIO
from uuid import UUID

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, FilteringBoundLogger, Processor
from typing_extensions import override

__all__ = ["FAMILIES", "FIELDS", "bound_contextvars", "configure", "get_logger"]

FAMILIES = frozenset(
    {
        "answers",
        "audit",
        "backup",
        "case",
        "cli",
        "clock",
        "command",
        "database",
        "delivery",
        "demo",
        "dispatch",
        "disk",
    }
    | {
        "drain",
        "engine",
        "erasure",
        "escalation",
        "event",
        "feedback",
        "foreign",
        "health",
        "http",
        "import",
        "inbox",
    }
    | {
        "job",
        "journey",
        "key",
        "local",
        "migration",
        "onboarding",
        "outbox",
        "people",
        "permission",
        "platform",
    }
    | {
        "process",
        "readings",
        "rehearsal",
        "report",
        "rollout",
        "schedule",
        "server",
        "settings",
        "slack",
        "store",
    }
    | {"survey", "teams", "unit", "wave", "workspace"}
)
"""What the first word of an event may be, so that no stray sentence is ever taken for an event."""

_EVENT = re.compile(r"([a-z]+)((\.|_)[a-z]+){0,5}")
_WORD = re.compile(r"[a-z][a-z0-9]*([._:-][a-z0-9]+){0,5}")
_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_<][A-Za-z0-9_>]*){0,8}")
_REFERENCE = re.compile(r"(?=.*[0-9])[0-9A-Za-z]{1,36}(-[0-9A-Za-z]{1,36}){0,4}")
_VERSION = re.compile(r"(?=.*[0-9])[0-9A-Za-z.+-]{1,40}")
LONGEST_WORD = 60

Shape = Callable[[object], bool]


def _matches(pattern: re.Pattern[str]) -> Shape:
    return lambda value: (
        isinstance(value, str) and len(value) <= LONGEST_WORD and bool(pattern.fullmatch(value))
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float))


def _is_id(value: object) -> bool:
    return isinstance(value, (int, UUID)) or _matches(_REFERENCE)(value)


_WORDS = [
    "action",
    "command",
    "decision",
    "job",
    "language",
    "mode",
    "phase",
    "platform",
    "purpose",
    "reason",
]
_WORDS += ["role", "signal", "state"]
_NUMBERS = [
    "attempt",
    "busy",
    "count",
    "duration_ms",
    "failed",
    "lag_s",
    "organisations",
    "people",
    "pid",
    "port",
]
_NUMBERS += ["remaining", "retry_after_s", "size", "status", "steps"]
_NUMBERS += ["pending", "sending", "sent", "accepted", "retry", "uncertain", "dead", "expired"]
_IDS = ["delivery", "organisation", "reference", "rollout", "survey", "wave"]

FIELDS: Mapping[str, Shape] = MappingProxyType(
    dict.fromkeys(_WORDS, _matches(_WORD))
    | dict.fromkeys(_NUMBERS, _is_number)
    | dict.fromkeys(_IDS, _is_id)
    | {
        "due_at": lambda value: isinstance(value, datetime),
        "error": _matches(_TYPE),
        "logger": _matches(_TYPE),
        "version": _matches(_VERSION),
    }
)
"""The fields that may be logged, and what their values must look like. No person, no text, no path, no address."""

OURS = frozenset({"adapters", "analytics", "bot", "surveys"})

QUIET = (
    "aiohttp.access",
    "apscheduler",
    "asyncio",
    "botbuilder",
    "msal",
    "msrest",
    "slack_bolt",
    "slack_sdk",
)
"""Foreign loggers whose records hold payloads, addresses or tokens at lower levels."""

FRAMES = 30


class Lines(structlog.PrintLogger):
    """Prints lines; one that cannot be written (a full disk, a closed pipe) is lost and stops nobody's work."""

    @override
    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def get_logger() -> FilteringBoundLogger:
    """Return the logger for a module of ours; safe even where nothing was configured."""
    logger: FilteringBoundLogger = structlog.get_logger()
    return logger


def configure(level: str = "INFO", stream: TextIO | None = None, *, pretty: bool = False) -> None:
    """Log from ``level`` up to ``stream`` (standard error unless given), as JSON or, for people, ``pretty``."""
    least = logging.getLevelNamesMapping()[level.upper()]
    _configure_ours(least, stream, pretty=pretty)
    _configure_foreign(max(least, logging.WARNING), stream, pretty=pretty)
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed
    sys.unraisablehook = _unraisable


def _configure_ours(least: int, stream: TextIO | None, *, pretty: bool) -> None:
    structlog.configure(
        processors=[merge_contextvars, *_last_steps(stream, pretty=pretty)],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=lambda *_: Lines(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def _configure_foreign(least: int, stream: TextIO | None, *, pretty: bool) -> None:
    logging.raiseExceptions = False  # a record that cannot be formatted would be printed whole
    logging.captureWarnings(capture=True)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ProcessorFormatter(processors=[_foreign, *_last_steps(stream, pretty=pretty)]))
    logging.root.handlers = [handler]
    logging.root.setLevel(least)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def _last_steps(stream: TextIO | None, *, pretty: bool) -> list[Processor]:
    last: Processor = structlog.processors.JSONRenderer()
    if pretty:
        last = structlog.dev.ConsoleRenderer(colors=(stream or sys.stderr).isatty())
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    return [allow_listed, structlog.processors.add_log_level, stamp, last]


def _foreign(_logger: object, _method: str, event_dict: EventDict) -> EventDict:
    """Turn a record of the standard library's logging into a line of ours: where it was written, not its text."""
    record: logging.LogRecord = event_dict["_record"]
    line: EventDict = {"event": "foreign.record", "logger": record.name}
    if record.name.partition(".")[0] in OURS:
        line = {name: value for name, value in vars(record).items() if name in FIELDS}
        line |= {"event": record.msg, "logger": record.name}
    if event_dict.get("exc_info"):
        line["exc_info"] = event_dict["exc_info"]
    else:
        line["_where"] = [f"{_short(record.pathname)}:{record.lineno} {record.funcName}"]
    return line


def allow_listed(_logger: object, _method: str, event_dict: EventDict) -> EventDict:
    """Keep what may be logged, count what may not; the last word before anything is written."""
    kept: dict[str, object] = {"event": "event.unnamed"}
    error = _error(event_dict.pop("exc_info", None))
    frames = event_dict.pop("_where", None)
    if _is_event(event_dict.get("event")):
        kept["event"] = event_dict.pop("event")
    allowed = {name: value for name, value in event_dict.items() if value is None or _may(name, value)}
    dropped = len(event_dict) - len(allowed)
    kept |= {name: _plain(value) for name, value in allowed.items()} | error
    if frames is not None:
        kept["frames"] = frames
    if dropped:
        kept["dropped"] = dropped
    return kept


def _is_event(value: object) -> bool:
    found = _EVENT.fullmatch(value) if isinstance(value, str) and len(value) <= LONGEST_WORD else None
    return found is not None and found[1] in FAMILIES


def _may(name: str, value: object) -> bool:
    return name in FIELDS and FIELDS[name](value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _error(exc_info: object) -> dict[str, object]:
    """Describe an error by its type, those it came from, and the lines of code: nothing that could hold text."""
    error = _exception(exc_info)
    if error is None:
        return {}
    described: dict[str, object] = {"error": _type(error), "frames": _frames(error.__traceback__)}
    causes = [" at ".join([_type(cause), *_frames(cause.__traceback__)[-1:]]) for cause in _causes(error)]
    return described | ({"caused_by": causes} if causes else {})


def _exception(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if len(exc_info) == 3 and isinstance(exc_info[1], BaseException) else None
    return sys.exception() if exc_info else None


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting = [error]
    while waiting and len(found) < FRAMES:
        current = waiting.pop(0)
        nested = list(current.exceptions) if isinstance(current, BaseExceptionGroup) else []
        earlier = current.__cause__ or current.__context__
        new = [cause for cause in (earlier, *nested) if cause is not None and cause not in found]
        found += new
        waiting += new
    return found


def _type(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _frames(trace: TracebackType | None) -> list[str]:
    return [
        f"{_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_qualname}"
        for frame, line in walk_tb(trace)
    ][-FRAMES:]


def _short(filename: str) -> str:
    """Return the last parts of a file's path: enough to find the line, nothing of whose machine this is."""
    return "/".join(PurePath(filename).parts[-3:]).lstrip("/")


def _crashed(_type: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    structlog.get_logger().critical("process.crashed", exc_info=error)


def _thread_crashed(args: threading.ExceptHookArgs) -> None:
    structlog.get_logger().critical("process.thread_crashed", exc_info=args.exc_value)


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    structlog.get_logger().error("process.unraisable", exc_info=args.exc_value)


_configure_ours(
    logging.WARNING, None, pretty=False
)  # safe before anybody configures: structlog's own default is not
