"""Wave keys: one small file each, outside the database and outside every backup.

A wave key lets people change their answers until the wave closes. At close it is destroyed, and with it the
only link between a person and a sealed sheet. Only the vault imports this module.
"""

import os
import secrets
from pathlib import Path

from bot.errors import KeyLost, StoreError

KEY_BYTES = 32


def create(folder: Path, organisation_id: int, wave_id: int) -> None:
    """Make the key of a wave, durable before this returns; a key that is there already stays as it is."""
    path = _path(folder, organisation_id, wave_id)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise StoreError(
            f"The key of wave {wave_id} cannot be written: {error.strerror}. Check RAPPORT_KEYS_DIR."
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    _sync(folder)


def load(folder: Path, organisation_id: int, wave_id: int) -> bytes:
    """Return the key of a wave; raises ``KeyLost`` when it is gone or damaged."""
    try:
        key = _path(folder, organisation_id, wave_id).read_bytes()
    except OSError as error:
        raise KeyLost(f"wave {wave_id}") from error
    if len(key) != KEY_BYTES:
        raise KeyLost(f"wave {wave_id}")
    return key


def destroy(folder: Path, organisation_id: int, wave_id: int) -> bool:
    """Overwrite and remove the key; False if there was none.

    On flash storage an overwritten block may survive in the medium; whoever needs more keeps the folder on
    a file system in memory and accepts that open waves become unreadable when the machine restarts.
    """
    path = _path(folder, organisation_id, wave_id)
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return False
    _sync(folder)
    return True


def exists(folder: Path, organisation_id: int, wave_id: int) -> bool:
    return _path(folder, organisation_id, wave_id).is_file()


def _path(folder: Path, organisation_id: int, wave_id: int) -> Path:
    return folder / f"wave-{organisation_id}-{wave_id}.key"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
