"""Small files of one key each, outside the database and outside every backup; for this user only."""

import os
import secrets
from pathlib import Path

from bot.errors import KeyLost, StoreError

KEY_BYTES = 32


def make(path: Path) -> None:
    """Make a key, durable before this returns; one that is there already stays as it is."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise StoreError(
            f"The key {path.name} cannot be written: {error.strerror}. Check RAPPORT_KEYS_DIR."
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)


def load(path: Path) -> bytes:
    """Return a key; raises ``KeyLost`` when it is gone or damaged."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise KeyLost(path.name) from error
    if len(key) != KEY_BYTES:
        raise KeyLost(path.name)
    return key


def destroy(path: Path) -> bool:
    """Overwrite and remove a key; False if there was none.

    On flash storage an overwritten block may survive in the medium; whoever needs more keeps the folder on
    a file system in memory and accepts that what the keys opened is lost when the machine restarts.
    """
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return False
    _sync(path.parent)
    return True


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
