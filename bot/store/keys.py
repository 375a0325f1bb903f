"""Wave keys: one small file each, outside the database and outside every backup.

A wave key lets people change their answers until the wave closes. At close it is destroyed, and with it the
only link between a person and a sealed sheet. Only the vault imports this module.
"""

from pathlib import Path

from bot.store import key_files


def create(folder: Path, organisation_id: int, wave_id: int) -> None:
    """Make the key of a wave, durable before this returns; a key that is there already stays as it is."""
    key_files.make(_path(folder, organisation_id, wave_id))


def load(folder: Path, organisation_id: int, wave_id: int) -> bytes:
    """Return the key of a wave; raises ``KeyLost`` when it is gone or damaged."""
    return key_files.load(_path(folder, organisation_id, wave_id))


def destroy(folder: Path, organisation_id: int, wave_id: int) -> bool:
    """Overwrite and remove the key; False if there was none."""
    return key_files.destroy(_path(folder, organisation_id, wave_id))


def exists(folder: Path, organisation_id: int, wave_id: int) -> bool:
    return _path(folder, organisation_id, wave_id).is_file()


def _path(folder: Path, organisation_id: int, wave_id: int) -> Path:
    return folder / f"wave-{organisation_id}-{wave_id}.key"
