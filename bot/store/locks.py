"""Locks between processes. The kernel holds them, so they end with their holder, however that dies.

They need ``flock`` of POSIX (Linux, macOS, BSD) on a local disk; a network file system is not supported, as
it is not by SQLite's write-ahead log either.
"""

import fcntl
import os
import time
from pathlib import Path

from bot.errors import StoreError

PATIENCE_S = 15.0
"""How long a writer waits for another one before it gives up and says so."""


class FileLock:
    """An exclusive lock on a small file beside the database, marked with the holder's process number."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(
                f"The lock file {path} cannot be opened ({error.strerror}). "
                f"Rapport needs to write in the folder {path.parent}: make it, or give it to this user."
            ) from error

    def try_acquire(self) -> bool:
        """Take the lock if nobody holds it."""
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def acquire(self, patience_s: float) -> bool:
        """Take the lock, waiting for at most ``patience_s`` seconds."""
        deadline = time.monotonic() + patience_s
        pause = 0.0005
        while not self.try_acquire():
            if time.monotonic() > deadline:
                return False
            time.sleep(pause)
            pause = min(pause * 2, 0.008)
        return True

    def release(self) -> None:
        """Let the next one have it."""
        fcntl.flock(self._fd, fcntl.LOCK_UN)

    def mark(self) -> None:
        """Write our process number into the file, for whoever is refused."""
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def holder(self) -> str:
        """Return the process number that the last holder wrote, or "unknown"."""
        return os.pread(self._fd, 32, 0).decode("ascii", "replace").strip() or "unknown"

    def close(self) -> None:
        """Release the lock and the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class WriteLock:
    """Held around each group commit and each checkpoint, by the server and the command line alike.

    Two files make it fair: whoever waits holds the turn, so a busy server cannot take the lock again before
    the one that waits has had it.
    """

    def __init__(self, database: Path) -> None:
        self._turn = FileLock(database.with_suffix(".turn.lock"))
        try:
            self._lock = FileLock(database.with_suffix(".write.lock"))
        except StoreError:
            self._turn.close()
            raise

    def acquire(self) -> None:
        """Take the lock in turn, or raise ``StoreError`` when somebody else keeps it for too long."""
        if not self._turn.acquire(PATIENCE_S):
            raise self._refusal()
        try:
            if not self._lock.acquire(PATIENCE_S):
                raise self._refusal()
        finally:
            self._turn.release()

    def release(self) -> None:
        self._lock.release()

    def close(self) -> None:
        self._turn.close()
        self._lock.close()

    def _refusal(self) -> StoreError:
        return StoreError(
            f"Another program has been writing to the database for more than {PATIENCE_S:.0f} seconds. "
            "Nothing was saved. Wait for it to end, then try again."
        )


class ServerLock:
    """Held by the one server of a database for as long as it runs."""

    def __init__(self, database: Path) -> None:
        self._lock = FileLock(database.with_suffix(".lock"))
        if not self._lock.try_acquire():
            holder = self._lock.holder()
            self._lock.close()
            raise StoreError(
                f"Rapport already runs on {database} (process {holder}). "
                "Two at a time would disturb each other: stop that one first."
            )
        self._lock.mark()

    def close(self) -> None:
        self._lock.close()


def holder_of(database: Path) -> str | None:
    """Return the process number of the server that holds a database, or None where none does."""
    path = database.with_suffix(".lock")
    if not path.exists():
        return None
    lock = FileLock(path)
    try:
        return None if lock.try_acquire() else lock.holder()
    finally:
        lock.close()
