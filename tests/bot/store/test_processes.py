"""Several processes on one database, and what is left of one that is killed."""

import signal
import threading
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store import writer
from bot.store.store import Store, open_store
from tests.bot.store.conftest import Start
from tests.bot.store.test_writer import keys, put
from tests.fakes import FakeClock

pytestmark = pytest.mark.process

OPEN = """
import sys, threading
from pathlib import Path
from bot.clock import SystemClock
from bot.errors import StoreError
from bot.store.store import open_store
url, role = sys.argv[1:3]
store = open_store(url, keys_dir=Path("unused"), clock=SystemClock(), role=role)
def put(key):
    store.write(lambda unit: unit.settings.put(key, "1", unit.now))
"""

WRITE_FOR_EVER = """
def work(name):
    for i in range(1_000_000):
        put(f"{name}-{i}")
        sys.stdout.write(f"{name}-{i}\\n")
        sys.stdout.flush()
for name in "abcdefgh":
    threading.Thread(target=work, args=name, daemon=True).start()
threading.Event().wait()
"""

HOLD = """
print("ready", flush=True)
threading.Event().wait()
"""

WRITE_SOME = """
print("ready", flush=True)
for i in range(150):
    put(f"command-{i}")
store.close()
print("done", flush=True)
"""

FULL_FILE = """
import resource
put("before")
wal = Path(sys.argv[3] + "-wal")
resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size + 2048, resource.RLIM_INFINITY))
try:
    put("refused")
except StoreError as error:
    print(error, flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
put("after")
store.close()
"""


def test_a_kill_loses_nothing_that_was_acknowledged(store: Store, database: str, start: Start):
    process = start(OPEN + WRITE_FOR_EVER, database, "server")
    assert process.stdout
    acknowledged = [process.stdout.readline().strip() for _ in range(300)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [
        line.strip() for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")
    ]
    process.wait()

    assert set(acknowledged) <= keys(store)
    assert {name[0] for name in acknowledged} == set("abcdefgh")


def test_a_second_server_is_refused_with_the_process_of_the_first(
    database: str, tmp_path: Path, clock: FakeClock, start: Start
):
    first = start(OPEN + HOLD, database, "server")
    assert first.stdout
    assert first.stdout.readline() == "ready\n"

    with pytest.raises(StoreError, match=rf"process {first.pid}\)"):
        open_store(database, keys_dir=tmp_path, clock=clock, role="server")

    first.kill()
    first.wait()
    open_store(database, keys_dir=tmp_path, clock=clock, role="server").close()


def test_a_command_writes_while_the_server_does_and_neither_loses_anything(
    store: Store,
    database: str,
    tmp_path: Path,
    clock: FakeClock,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(writer, "STEADY_S", 0.02)  # checkpoints right through it
    server = open_store(database, keys_dir=tmp_path, clock=clock, role="server")
    command = start(OPEN + WRITE_SOME, database, "command")
    assert command.stdout
    assert command.stdout.readline() == "ready\n"
    written: list[str] = []
    ended = threading.Event()

    def serve(name: str) -> None:
        while not ended.is_set():
            key = f"{name}-{len(written)}"
            server.write(put(key))
            written.append(key)

    threads = [threading.Thread(target=serve, args=[name]) for name in "abcd"]
    for thread in threads:
        thread.start()
    assert command.stdout.readline() == "done\n"
    ended.set()
    for thread in threads:
        thread.join()
    server.close()

    assert keys(store) == {*written, *(f"command-{i}" for i in range(150))}
    assert len(written) > 50


def test_a_disk_error_at_commit_is_reported_and_the_writer_goes_on(
    store: Store, tmp_path: Path, start: Start
):
    path = tmp_path / "rapport.db"
    store.close()
    process = start(OPEN + FULL_FILE, f"sqlite:///{path}", "server", str(path))
    said, errors = process.communicate(timeout=60)

    assert "Nothing was saved" in said, errors
    left = open_store(f"sqlite:///{path}", keys_dir=tmp_path, clock=store.clock)
    assert keys(left) == {"before", "after"}
    left.close()


def test_a_store_that_is_closed_leaves_no_lock_and_no_connection_behind(
    database: str, tmp_path: Path, clock: FakeClock
):
    for organisation in (1, 2):
        server = open_store(database, keys_dir=tmp_path, clock=clock, role="server")
        server.write(lambda unit: unit.organisations.create("Example", unit.now), organisation)
        server.read(lambda unit: unit.now)
        server.close()

    # SQLite removes the log when its last connection is closed
    assert {file.name for file in tmp_path.iterdir() if file.suffix != ".lock"} == {"rapport.db"}
