"""What the doctor looks at outside the tables: the disk, the time zones, the running server, the last backup."""

import re
import shutil
import zoneinfo
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from adapters.findings import Finding
from bot import jobs
from bot.store.locks import holder_of
from bot.store.unit import Store

OLD_BACKUP = timedelta(days=2)
"""A nightly backup that failed once is no news; twice is."""
OLD_ZONES = 2
"""Years after which rules of time zones have changed somewhere."""
LEAST_FREE, LITTLE_FREE = 200 * 2**20, 2**30
COPIES = 2
"""A backup and the safety copy before a migration, each as large as the database."""
MOUNTS = Path("/proc/self/mountinfo")
NETWORK = re.compile(
    r"(nfs\d?|cifs|smb\w*|afs|ceph|lustre|beegfs|gpfs|gfs2|ocfs2|glusterfs|davfs\d?|ncpfs"
    r"|fuse\.(sshfs|glusterfs|ceph|s3fs|gcsfuse|rclone|davfs\d?|blobfuse\d?|juicefs|mfs|cifs))"
)
SHARED = re.compile(r"(9p|v9fs|drvfs|virtiofs|vboxsf|prl_fs|fakeowner|fuse\.(grpcfuse|osxfs|vmhgfs-fuse))")


def time_zones(today: datetime) -> Finding:
    """Tell which rules of time zones are used, and whether they are old."""
    release, origin = _zones()
    if not release:
        return Finding("time zones", "problem", "There are none. Install the package tzdata.")
    said = f"Release {release}, from {origin}."
    if release[:4].isdigit() and int(release[:4]) <= today.year - OLD_ZONES:
        text = f"{said} Rules have changed somewhere since: update it, or invitations may come an hour off."
        return Finding("time zones", "note", text)
    return Finding("time zones", "ok", said)


def _zones() -> tuple[str, str]:
    """Return the release and where it comes from; the system's comes first, as it does for whoever reads zones."""
    for folder in map(Path, zoneinfo.TZPATH):
        if not folder.is_dir():
            continue
        for name in ("+VERSION", "tzdata.zi"):
            with suppress(OSError, IndexError):
                return (folder / name).read_text("utf-8").split("\n", 1)[0].split()[-1], str(folder)
        return "unknown", str(folder)
    with suppress(PackageNotFoundError):
        return version("tzdata"), "the package tzdata"
    return "", ""


def disk(database: Path) -> Iterator[Finding]:
    """Tell on what file system a database lies, and how much room is left there."""
    folder = database.resolve().parent
    kind = file_system(folder, MOUNTS)
    if NETWORK.fullmatch(kind):
        text = f"{folder} lies on a network ({kind}). Locks and the write-ahead log of SQLite don't hold there: move it to a local disk."
        yield Finding("file system", "problem", text)
    elif SHARED.fullmatch(kind):
        text = f"{folder} is shared with another system ({kind}). SQLite's locks may not hold there: a local disk or volume is safer."
        yield Finding("file system", "note", text)
    else:
        yield Finding("file system", "ok", f"{kind or 'Of an unknown kind'}, at {folder}.")
    yield _room(database, shutil.disk_usage(folder).free)


def file_system(folder: Path, mounts: Path) -> str:
    """Return the type of the file system under a folder, as Linux names it; empty where there is no such list."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    best, kind = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, found = before.split(), after.split()
        if len(fields) < 5 or not found:
            continue
        point = Path(_unescaped(fields[4]))
        if folder.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), found[0]
    return kind


def _unescaped(point: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)


def _room(database: Path, free: int) -> Finding:
    size = database.stat().st_size if database.exists() else 0
    said = f"{_size(free)} free, the database takes {_size(size)}."
    if free < max(LEAST_FREE, size):
        return Finding("disk space", "problem", f"{said} When it is full, answers are refused: make room.")
    if free < max(LITTLE_FREE, COPIES * size):
        return Finding("disk space", "note", f"{said} A backup or the copy before an upgrade may not fit.")
    return Finding("disk space", "ok", said)


def _size(number: int) -> str:
    return f"{number / 2**30:.1f} GB" if number >= 2**30 else f"{number / 2**20:.0f} MB"


def server(store: Store, database: Path | None, now: datetime) -> Finding:
    """Tell whether a server runs and is alive, by its sign of life and by who holds the database."""
    beat = jobs.last_beat(store)
    age = None if beat is None else now - beat
    if age is not None and age <= jobs.LATEST_BEAT:
        return Finding("server", "ok", f"Runs; last sign of life {max(int(age.total_seconds()), 0)} s ago.")
    holder = None if database is None else holder_of(database)
    last = "none yet" if beat is None else f"{beat:%Y-%m-%d %H:%M} UTC"
    if holder is not None:
        text = f"Process {holder} holds the database, but its engine gives no sign of life (last: {last}). Look at its log, then restart it."
        return Finding("server", "problem", text)
    return Finding(
        "server",
        "note",
        f"None runs (last sign of life: {last}). Nothing is sent, no survey opens or closes.",
    )


def backup(made_at: datetime | None, now: datetime) -> Finding:
    """Tell how old the newest backup is that was made by ``rapport backup``."""
    if made_at is None:
        return Finding(
            "backup",
            "note",
            "None was made by rapport backup. If nothing else copies the database, plan one a night.",
        )
    age = now - made_at
    said = f"The last one that rapport backup made is of {made_at:%Y-%m-%d %H:%M} UTC"
    if age > OLD_BACKUP:
        return Finding("backup", "note", f"{said}, {age.days} days ago. See why none came after it.")
    return Finding("backup", "ok", f"{said}.")
