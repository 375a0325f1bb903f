"""What the doctor says of the machine, the server and the backups, for people and for scripts."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.cli import host
from bot import jobs
from bot.clock import SystemClock
from bot.store.locks import ServerLock
from bot.store.store import Store, open_store
from tests.adapters.cli.conftest import Rapport

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)

MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv/our\040data rw - nfs4 files:/data rw
31 22 0:41 / /srv rw - xfs /dev/sdb rw
32 22 0:42 / /mnt/c rw - 9p C:\ rw
33 22 0:43 / /home/bo rw - fuse.sshfs bo@there: rw
"""


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mountinfo"
    path.write_text(MOUNTS)
    monkeypatch.setattr(host, "MOUNTS", path)
    return path


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/rapport", "ext4"),
        ("/srv/our data/rapport", "nfs4"),
        ("/srv/our", "xfs"),
        ("/mnt/c/rapport", "9p"),
        ("/home/bo", "fuse.sshfs"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(mounts: Path, folder: str, kind: str) -> None:
    assert host.file_system(Path(folder), mounts) == kind


def test_where_no_mounts_are_listed_the_file_system_is_unknown(tmp_path: Path) -> None:
    assert host.file_system(Path("/var"), tmp_path / "none") == ""


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("ext4", "ok"),
        ("btrfs", "ok"),
        ("nfs4", "problem"),
        ("cifs", "problem"),
        ("fuse.sshfs", "problem"),
        ("9p", "note"),
    ],
)
def test_a_database_on_a_network_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, state: str
) -> None:
    listed = tmp_path / "mountinfo"
    listed.write_text(f"22 1 8:1 / / rw - {kind} somewhere rw\n")
    monkeypatch.setattr(host, "MOUNTS", listed)

    found = next(host.disk(tmp_path / "rapport.db"))

    assert (found.check, found.state) == ("file system", state)
    assert kind in found.text


@pytest.mark.parametrize(
    ("free", "state"), [(2**34, "ok"), (500 * 2**20, "note"), (150 * 2**20, "problem"), (10, "problem")]
)
def test_little_room_on_the_disk_is_told_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    monkeypatch.setattr(host.shutil, "disk_usage", lambda _: host.shutil._ntuple_diskusage(2**40, 0, free))

    *_, found = host.disk(tmp_path / "rapport.db")

    assert (found.check, found.state) == ("disk space", state)


def test_room_is_judged_by_what_the_database_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = tmp_path / "rapport.db"
    with database.open("wb") as file:
        file.truncate(3 * 2**30)
    monkeypatch.setattr(
        host.shutil, "disk_usage", lambda _: host.shutil._ntuple_diskusage(2**40, 0, 2 * 2**30)
    )

    *_, found = host.disk(database)

    assert found.state == "problem"


def test_old_rules_of_time_zones_are_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tzdata.zi").write_text("# version 2024b\n# more\n")
    monkeypatch.setattr(host.zoneinfo, "TZPATH", (str(tmp_path / "none"), str(tmp_path)))

    old, fresh = host.time_zones(NOW), host.time_zones(NOW - timedelta(days=400))

    assert (old.state, fresh.state) == ("note", "ok")
    assert "2024b" in old.text


def test_without_the_systems_time_zones_the_package_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host.zoneinfo, "TZPATH", ())

    assert "the package tzdata" in host.time_zones(NOW).text


@pytest.mark.parametrize(
    ("age", "state"), [(timedelta(hours=30), "ok"), (timedelta(days=3), "note"), (None, "note")]
)
def test_a_backup_that_is_days_old_is_noted(age: timedelta | None, state: str) -> None:
    assert host.backup(NOW - age if age else None, NOW).state == state


@pytest.fixture
def own(firm: Rapport, folder: Path) -> Store:
    return open_store(f"sqlite:///{folder}/var/rapport.db", keys_dir=folder / "keys", clock=SystemClock())


def test_a_server_is_alive_as_long_as_its_engine_beats(own: Store, folder: Path) -> None:
    database = folder / "var" / "rapport.db"
    stopped = host.server(own, database, NOW)
    jobs.beat(own, NOW - timedelta(seconds=4))
    alive = host.server(own, database, NOW)
    late = host.server(own, database, NOW + timedelta(minutes=5))
    held = ServerLock(database)
    hangs = host.server(own, database, NOW + timedelta(minutes=5))
    held.close()
    own.close()

    assert [found.state for found in (stopped, alive, late, hangs)] == ["note", "ok", "note", "problem"]
    assert "4 s ago" in alive.text
    assert "2026-11-25 11:59 UTC" in hangs.text


def findings(rapport: Rapport) -> dict[str, dict[str, str]]:
    return {found["check"]: found for found in json.loads(rapport("doctor", "--json").out)}


def test_the_doctor_knows_the_last_backup(firm: Rapport) -> None:
    before = findings(firm)["backup"]
    assert firm("backup", "copy.db").code == 0
    after = findings(firm)["backup"]

    assert (before["state"], after["state"]) == ("note", "ok")
    assert f"{SystemClock().now():%Y-%m-%d}" in after["text"]


def test_a_fresh_installation_has_no_problem_and_every_check_has_its_word(firm: Rapport) -> None:
    found = findings(firm)

    wanted = {
        "time zones",
        "file system",
        "disk space",
        "server",
        "backup",
        "SQLite",
        "wave keys",
        "audit log",
    }
    assert wanted <= set(found)
    assert found["server"]["state"] == "note"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("people", "grant", "E1", "owner"), {"id": "E1", "role": "owner", "given": True}),
        (("people", "grant", "E1", "hr_admin", "--revoke"), {"id": "E1", "role": "hr_admin", "given": False}),
        (("people", "tester", "E1"), {"id": "E1", "tester": True}),
        (
            ("surveys", "start", "pulse", "--owner", "E1", "--first", "2027-01-04"),
            {"key": "pulse", "owner": "E1", "first_on": "2027-01-04", "opens_on": "2027-01-04"},
        ),
        (("surveys", "reminders", "blind"), {"reminders": "blind"}),
    ],
)
def test_what_changes_something_says_so_for_scripts(
    firm: Rapport, folder: Path, words: tuple[str, ...], expected: dict[str, object]
) -> None:
    hired(firm, folder)
    if "--revoke" in words:
        firm("people", "grant", "E1", "hr_admin")

    said = firm(*words, "--json")

    assert said.code == 0, said.all
    assert json.loads(said.out) == expected


def hired(firm: Rapport, folder: Path) -> None:
    (folder / "people.csv").write_text(
        "id,name,department,start_date,manager\nE1,Ana,Operations/Support,2024-01-01,\n"
    )
    assert firm("people", "import", "people.csv", "--yes").code == 0


def test_a_template_and_an_automation_are_told_for_scripts(firm: Rapport, folder: Path) -> None:
    hired(firm, folder)
    template = Path(host.__file__).parents[2] / "surveys" / "templates" / "pulse.toml"
    (folder / "own.toml").write_bytes(template.read_bytes())

    checked = json.loads(firm("surveys", "check", "own.toml", "--json").out)
    added = firm(
        "rollouts", "add", "Operations/Support", "--name", "routing", "--purpose", "fewer hand-overs",
        "--start", "2027-01-04", "--json",
    )  # fmt: skip

    assert checked["key"] == "pulse"
    assert json.loads(added.out)["starts_on"] == "2027-01-04"


def test_the_code_of_the_first_owner_is_told_for_scripts(rapport: Rapport) -> None:
    made = json.loads(rapport("init", "--name", "Firma", "--json").out)

    assert made["name"] == "Firma"
    assert len(made["code"].replace("-", "")) >= 10
