import ast
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import logs
from bot.logs import FAMILIES, FIELDS, allow_listed, bound_contextvars, configure, get_logger

MARKER = "Kanarienvogel-7f3a! Xaver Quirrel brüllt jeden Dienstag"
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=[False, True], ids=["json", "pretty"])
def everything(request: pytest.FixtureRequest) -> io.StringIO:
    """The log at its most talkative, in both looks."""
    stream = io.StringIO()
    configure("DEBUG", stream, pretty=request.param)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def raise_with(text: str) -> None:
    """Fail with a text in every place where an error can carry one."""
    local = text
    error = ValueError(text, {"answer": local})
    error.add_note(text)
    try:
        raise error
    except ValueError as cause:
        failure = ExceptionGroup(text, [KeyError(text), OSError(2, text, text)])
        raise RuntimeError(text) from ExceptionGroup(text, [failure, cause])


def no_marker_in(stream: io.StringIO) -> None:
    written = stream.getvalue()
    assert written.strip()
    for word in MARKER.split():
        assert word not in written


def test_a_marker_in_the_event_or_in_any_field_does_not_reach_the_log(everything: io.StringIO):
    log = get_logger()

    log.info(MARKER)
    log.info(f"wave.closed {MARKER}")  # noqa: G004 - the mistake under test
    log.info("wave.closed %s", MARKER)
    log.info("wave.closed", text=MARKER, answer=MARKER, name=MARKER, stack_info=MARKER, extra={"a": MARKER})
    log.info("wave.closed", **dict.fromkeys(FIELDS, MARKER))
    log.info("wave.closed", **{field: [MARKER] for field in FIELDS})
    log.info("wave.closed", **{MARKER: 1})
    log.bind(reason=MARKER, comment=MARKER).warning("job.failed")
    with bound_contextvars(reference=MARKER, person=MARKER):
        log.error("dispatch.failed")

    no_marker_in(everything)


def test_a_marker_in_an_error_does_not_reach_the_log(everything: io.StringIO):
    log = get_logger()

    try:
        raise_with(MARKER)
    except RuntimeError as error:
        log.exception("dispatch.failed")
        log.critical("dispatch.failed", exc_info=error)
        log.critical("dispatch.failed", exc_info=(type(error), error, error.__traceback__))
        log.critical("dispatch.failed", error=str(error), reason=repr(error))

    no_marker_in(everything)


@pytest.mark.parametrize(
    "name", ["slack_sdk.web", "sqlalchemy.engine", "aiohttp.access", "bot.cases", "adapters.local", ""]
)
def test_a_marker_in_a_record_of_the_standard_library_does_not_reach_the_log(
    name: str, everything: io.StringIO
):
    logger = logging.getLogger(name)

    logger.error(MARKER)
    logger.error("said %s", MARKER, extra={"answer": MARKER, "reason": MARKER})
    logger.critical("wrong %d", MARKER)
    logger.critical("job.failed", extra={"reason": MARKER}, stack_info=True)
    try:
        raise_with(MARKER)
    except RuntimeError:
        logger.exception(MARKER)

    no_marker_in(everything)


def test_a_marker_in_a_warning_does_not_reach_the_log(everything: io.StringIO):
    logging.captureWarnings(capture=False)  # the fixture ran within another capture of pytest's own
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        configure("DEBUG", everything)
        warnings.warn(MARKER, stacklevel=1)

    no_marker_in(everything)


def test_a_marker_in_an_error_that_nobody_caught_does_not_reach_the_log(everything: io.StringIO):
    thread = threading.Thread(target=raise_with, args=(MARKER,))
    thread.start()
    thread.join()
    try:
        raise_with(MARKER)
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    assert "process.thread_crashed" in everything.getvalue()
    assert "process.crashed" in everything.getvalue()
    no_marker_in(everything)


class Broken:
    def __del__(self) -> None:
        raise_with(MARKER)


def test_a_marker_in_an_error_that_nobody_can_catch_does_not_reach_the_log(
    everything: io.StringIO, capfd: pytest.CaptureFixture[str]
):
    broken = Broken()
    del broken

    assert "process.unraisable" in everything.getvalue()
    no_marker_in(everything)
    assert MARKER not in capfd.readouterr().err


def test_a_marker_does_not_reach_the_log_before_it_is_configured(capsys: pytest.CaptureFixture[str]):
    logs._configure_ours(logging.WARNING, None, pretty=False)

    get_logger().error(MARKER, answer=MARKER)

    written = capsys.readouterr()
    assert json.loads(written.err)["dropped"] == 2
    assert "Kanarienvogel" not in written.err + written.out


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_log_that_cannot_be_written_stops_nobodys_work():
    closed = io.StringIO()
    closed.close()

    for stream in (FullDisk(), closed):
        configure("DEBUG", stream)
        get_logger().error("dispatch.failed")
        logging.getLogger("some.library").error("anything")


def test_a_line_says_what_happened_when_and_the_listed_fields():
    stream = io.StringIO()
    configure("INFO", stream)

    get_logger().info(
        "wave.closed",
        wave=12,
        count=48,
        duration_ms=3.5,
        state="closed",
        purpose="wave.invite",
        reason="quiet_hours",
        reference="7F3A-9C21",
        delivery=UUID(int=5),
        version="1.2.0rc1",
        due_at=datetime(2026, 11, 27, 16, tzinfo=UTC),
        attempt=None,
    )

    (line,) = lines(stream)
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "wave.closed",
        "level": "info",
        "wave": 12,
        "count": 48,
        "duration_ms": 3.5,
        "state": "closed",
        "purpose": "wave.invite",
        "reason": "quiet_hours",
        "reference": "7F3A-9C21",
        "delivery": "00000000-0000-0000-0000-000000000005",
        "version": "1.2.0rc1",
        "due_at": "2026-11-27T16:00:00+00:00",
        "attempt": None,
    }


def test_what_was_left_out_is_counted():
    stream = io.StringIO()
    configure("INFO", stream)

    get_logger().info("job.done", count="many", name="Ana", job="close_waves")

    assert (lines(stream)[0]["dropped"], lines(stream)[0]["job"]) == (2, "close_waves")
    assert "count" not in lines(stream)[0]


def test_an_error_is_logged_as_its_type_its_causes_and_the_way_through_the_code():
    stream = io.StringIO()
    configure("INFO", stream)

    try:
        raise_with(MARKER)
    except RuntimeError:
        get_logger().exception("dispatch.failed")

    (line,) = lines(stream)
    frames, causes = line["frames"], line["caused_by"]
    assert line["error"] == "builtins.RuntimeError"
    assert isinstance(frames, list)
    assert [frame.rpartition(" ")[2] for frame in frames] == [
        "test_an_error_is_logged_as_its_type_its_causes_and_the_way_through_the_code",
        "raise_with",
    ]
    assert all(frame.startswith("tests/bot/test_logs.py:") for frame in frames)
    assert isinstance(causes, list)
    assert {cause.split(" at ")[0] for cause in causes} == {
        "builtins.ExceptionGroup",
        "builtins.ValueError",
        "builtins.KeyError",
        "builtins.FileNotFoundError",
    }


def test_errors_that_caused_each_other_in_a_circle_end():
    one, two = ValueError(), KeyError()
    one.__cause__, two.__cause__ = two, one

    described = allow_listed(None, "error", {"event": "job.failed", "exc_info": one})

    assert described["caused_by"] == ["builtins.KeyError", "builtins.ValueError"]


def test_a_foreign_record_says_where_it_was_written():
    stream = io.StringIO()
    configure("INFO", stream)

    logging.getLogger("somebody.else").warning("anything")

    (line,) = lines(stream)
    assert (line["event"], line["logger"], line["level"]) == ("foreign.record", "somebody.else", "warning")
    assert str(line["frames"]).count("tests/bot/test_logs.py:") == 1


def test_a_record_of_our_own_keeps_its_event_and_its_listed_fields():
    stream = io.StringIO()
    configure("INFO", stream)

    logging.getLogger("adapters.local").error("local.failed", extra={"status": 500, "path": "/secret"})

    (line,) = lines(stream)
    assert (line["event"], line["status"], line["logger"]) == ("local.failed", 500, "adapters.local")
    assert "/secret" not in stream.getvalue()


def test_foreign_chatter_stays_out_even_at_debug():
    stream = io.StringIO()
    configure("DEBUG", stream)

    for name in (*logs.QUIET, "sqlalchemy.engine", "urllib3"):
        logging.getLogger(f"{name}.inner").debug("chatter")
        logging.getLogger(f"{name}.inner").info("chatter")

    assert stream.getvalue() == ""


def test_lines_below_the_level_are_not_written():
    stream = io.StringIO()
    configure("warning", stream)

    get_logger().info("wave.closed")
    get_logger().warning("wave.closed")

    assert [line["level"] for line in lines(stream)] == ["warning"]


def test_an_interrupt_by_keyboard_is_no_crash():
    stream = io.StringIO()
    configure("INFO", stream)

    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert stream.getvalue() == ""


@given(st.sampled_from(sorted(FIELDS)), st.text(), st.text())
def test_no_sentence_passes_in_any_field(field: str, one: str, other: str):
    assert allow_listed(None, "info", {"event": "job.done", field: f"{one} {other}"}) == {
        "event": "job.done",
        "dropped": 1,
    }


@given(st.text(), st.text())
def test_no_sentence_passes_as_an_event(one: str, other: str):
    assert allow_listed(None, "info", {"event": f"{one} {other}"}) == {"event": "event.unnamed", "dropped": 1}


@given(st.text(st.characters(categories=("L",)), min_size=1, max_size=20))
def test_no_single_word_passes_as_an_event_unless_our_code_may_say_it(word: str):
    assert allow_listed(None, "info", {"event": word})["event"] == (
        word if word in FAMILIES else "event.unnamed"
    )


@given(st.text().filter(lambda name: name not in {*FIELDS, "event", "exc_info", "_where"}), st.integers())
def test_no_field_passes_that_is_not_listed(name: str, value: int):
    assert allow_listed(None, "info", {"event": "job.done", name: value}) == {
        "event": "job.done",
        "dropped": 1,
    }


def calls_of_the_log() -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a logger in our own code."""
    for path in (*ROOT.glob("bot/**/*.py"), *ROOT.glob("adapters/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_log(node.func):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def _is_log(called: ast.Attribute) -> bool:
    levels = {"debug", "info", "warning", "error", "exception", "critical"}
    return (
        called.attr in levels and isinstance(called.value, ast.Name) and called.value.id in {"log", "logger"}
    )


def test_every_line_that_our_code_logs_has_a_written_out_event_and_listed_fields():
    calls = list(calls_of_the_log())

    assert calls
    for where, call in calls:
        event = call.args[0] if call.args else None
        assert isinstance(event, ast.Constant), f"{where}: the event is not written out"
        assert allow_listed(None, "info", {"event": event.value}) == {"event": event.value}, (
            f"{where}: {event.value!r}"
        )
        assert len(call.args) == 1, f"{where}: a value stands in the event"
        unknown = {word.arg for word in call.keywords if word.arg} - {"exc_info", "extra", *FIELDS}
        assert not unknown, f"{where}: {unknown} would be left out"


def test_no_family_of_events_is_a_first_name_in_disguise():
    assert all(family.isalpha() and family.islower() for family in FAMILIES)
