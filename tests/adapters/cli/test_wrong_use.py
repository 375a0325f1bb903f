"""Wrong input at the command line: each ends with a sentence that says what to do, and changes nothing."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from adapters.cli.console import REFUSED, WRONG_USE
from tests.adapters.cli.conftest import Rapport
from tests.canary import free

HEADER = "id,name,department,start_date,manager\n"
STAFF = HEADER + "".join(f"{n},{free('Bo')} {n},Operations/Support,2024-01-01,\n" for n in range(1, 6))


def written(folder: Path, name: str, text: str | bytes) -> str:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def stored(rapport: Rapport) -> list[str]:
    return [person["id"] for person in json.loads(rapport("people", "list", "--json").out)]


def test_the_version_is_printed_without_a_command(rapport: Rapport) -> None:
    said = rapport("--version")

    assert said.code == 0
    assert said.out.startswith("rapport 0.")


@pytest.mark.parametrize(
    "words",
    ["people list", "waves list", "rollouts list", "surveys list", "roi-report", "backup copy.db"],
)
def test_without_a_database_every_command_says_how_to_make_one(
    rapport: Rapport, folder: Path, words: str
) -> None:
    said = rapport(*words.split())

    assert said.code == REFUSED
    assert "rapport init" in said.all
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--name", "", "needs a name"),
        ("--time-zone", "Europe/Berln", "Europe/Berlin"),
        ("--locale", "xx", "de or en-GB"),
        ("--currency", "EURO", "EUR, CHF or USD"),
        ("--formality", "euch", "du or sie"),
    ],
)
def test_an_organisation_with_a_wrong_setting_is_not_made(
    rapport: Rapport, folder: Path, option: str, value: str, says: str
) -> None:
    said = rapport("init", "--name", "Firma", option, value)

    assert said.code == REFUSED
    assert says in said.all
    assert list(folder.iterdir()) == []


def test_an_organisation_is_set_up_in_an_empty_folder_and_only_once(rapport: Rapport, folder: Path) -> None:
    first, second = rapport("init", "--name", "Firma"), rapport("init", "--name", "Firma")

    assert first.code == 0
    assert "claim " in first.out
    assert (second.code, "already has an organisation" in second.all) == (REFUSED, True)
    assert (folder / "var" / "rapport.db").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,name\n1,x\n", "These columns are missing: department, start_date"),
        (HEADER + "1,A,Support,2024-02-30,\n", "Row 2: There is no day 2024-02-30"),
        (HEADER + "1,A,Support,2024-01-01,2\n2,B,Support,2024-01-01,1\n", "1 → 2 → 1"),
        (HEADER + "1,A,Support,2024-01-01,7\n", "manager 7 is nobody's id"),
        (HEADER.replace("manager", "heads") + "1,A,Support,2024-01-01,Sales\n", "nobody is in it"),
        (HEADER + '1,"A', "can't be read"),
        (HEADER.encode() + b"1,Jos\xe9,Support,2024-01-01,\n", "not UTF-8"),
    ],
)
def test_a_people_file_with_a_problem_names_its_row_and_changes_nothing(
    firm: Rapport, folder: Path, text: str | bytes, says: str
) -> None:
    said = firm("people", "import", written(folder, "people.csv", text), "--yes")

    assert said.code == REFUSED
    assert says in said.all
    assert "Nothing was changed" in said.all
    assert stored(firm) == []


def test_a_script_sees_the_changes_first_and_applies_only_with_yes(firm: Rapport, folder: Path) -> None:
    file = written(folder, "people.csv", STAFF)

    looked = json.loads(firm("people", "import", file, "--json").out)
    before = stored(firm)
    firm("people", "import", file, "--json", "--yes")

    assert (looked["rows"], before) == (5, [])
    assert stored(firm) == ["1", "2", "3", "4", "5"]


def test_a_no_and_a_dry_run_change_nothing(firm: Rapport, folder: Path) -> None:
    file = written(folder, "people.csv", STAFF)

    refused, dry = firm("people", "import", file, typed="n\n"), firm("people", "import", file, "--dry-run")

    assert (refused.code, dry.code) == (REFUSED, 0)
    assert "5 people are new" in dry.all
    assert stored(firm) == []


def test_a_file_in_which_many_are_missing_is_refused_and_the_way_out_is_named(
    firm: Rapport, folder: Path
) -> None:
    firm("people", "import", written(folder, "people.csv", STAFF), "--yes")
    fewer = written(folder, "fewer.csv", "\n".join(STAFF.splitlines()[:4]))

    refused = firm("people", "import", fewer, "--yes")
    kept = stored(firm)
    done = firm("people", "import", fewer, "--yes", "--allow-many-leavers")

    assert refused.code == REFUSED
    assert "--allow-many-leavers" in refused.err
    assert kept == ["1", "2", "3", "4", "5"]
    assert (done.code, stored(firm)) == (0, ["1", "2", "3"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("people grant 9 owner", "Nobody at work has the HR id 9"),
        ("people grant 1 boss", "Choose hr_admin or owner"),
        ("people tester 9", "Nobody has the HR ids 9"),
        ("surveys show nope", "There are: feedback, pulse, recommend"),
        ("surveys start nope --owner 1", "rapport surveys list"),
        ("surveys start pulse --owner 9", "needs an owner who works here"),
        ("roi-report Suport", "Did you mean: Operations/Support"),
        ("rollouts add Suport --name a --purpose b --start 2026-12-01", "Similar: Operations/Support"),
        ("rollouts add Support --name a --purpose b --start 2026-12-01 --monthly -5", "can't be below zero"),
    ],
)
def test_what_is_not_known_is_refused_with_what_there_is(
    firm: Rapport, folder: Path, words: str, says: str
) -> None:
    firm("people", "import", written(folder, "people.csv", STAFF), "--yes")

    said = firm(*words.split())

    assert said.code == REFUSED
    assert says in said.all


@pytest.mark.parametrize(
    "words", ["roi-report Support", "rollouts add Support --name a --purpose b --start 2026-12-01"]
)
def test_where_no_department_is_known_nothing_similar_is_offered(firm: Rapport, words: str) -> None:
    said = firm(*words.split())

    assert said.code == REFUSED
    assert "HR's file" in said.all


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("rollouts add Support --name a --purpose b --start 2026-02-30", "--start"),
        ("roi-report Support --language fr", "Choose de"),
        ("demo --people 5", "120"),
        ("demo --from nobody.csv", "does not exist"),
        ("surveys check nothing.toml", "does not exist"),
        ("nonsense", "No such command"),
    ],
)
def test_wrong_use_ends_with_2(firm: Rapport, words: str, says: str) -> None:
    said = firm(*words.split())

    assert said.code == WRONG_USE
    assert says in said.all


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "abc", "RAPPORT_PORT"),
        ("LOG_LEVEL", "LOUD", "RAPPORT_LOG_LEVEL"),
        ("GRACE_SECONDS", "-1", "RAPPORT_GRACE_SECONDS"),
    ],
)
def test_a_wrong_setting_is_named(
    rapport: Rapport, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"RAPPORT_{name}", value)

    said = rapport("demo", "--build-only")

    assert said.code == WRONG_USE
    assert says in said.all


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('key = "mine"\ncolour = "red"\n', "mine.toml:2: colour: is not known here"),
        ("key = \n", "mine.toml:1: is not TOML"),
        (b"\xff\xfe", "mine.toml is not text in UTF-8"),
    ],
)
def test_a_template_with_a_mistake_is_named_by_file_key_and_line(
    rapport: Rapport, folder: Path, text: str | bytes, says: str
) -> None:
    said = rapport("surveys", "check", written(folder, "mine.toml", text))

    assert said.code == REFUSED
    assert says in said.all


@pytest.mark.parametrize("words", ["people list", "migrate", "roi-report", "doctor"])
def test_a_database_of_a_newer_rapport_is_refused_by_every_command(
    firm: Rapport, folder: Path, words: str
) -> None:
    with closing(sqlite3.connect(folder / "var" / "rapport.db")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()

    said = firm(*words.split())

    assert said.code == REFUSED
    assert "newer Rapport" in said.all


def test_reminders_are_blind_or_targeted_and_nothing_else(firm: Rapport, folder: Path) -> None:
    def setting() -> int:
        with closing(sqlite3.connect(folder / "var" / "rapport.db")) as raw:
            return int(raw.execute("SELECT blind_reminders FROM organisation").fetchone()[0])

    settings = [setting()]
    for kind in ("blind", "targeted"):
        assert firm("surveys", "reminders", kind).code == 0
        settings.append(setting())

    assert settings == [0, 1, 0]
    assert firm("surveys", "reminders", "never").code == WRONG_USE


def test_thresholds_go_up_once_asked_twice_and_never_down(firm: Rapport) -> None:
    def held() -> dict[str, int]:
        return dict(json.loads(firm("surveys", "thresholds", "--json").out))

    before = held()
    unsure = firm("surveys", "thresholds", "--scores", "7", typed="n\n")
    silent = firm("surveys", "thresholds", "--scores", "7", "--json")
    sure = firm("surveys", "thresholds", "--scores", "7", "--comments", "12", typed="y\n")
    down = firm("surveys", "thresholds", "--scores", "5", "--yes")

    assert before == {"scores": 5, "comments": 10}
    assert (unsure.code, silent.code, sure.code, down.code) == (REFUSED, REFUSED, 0, REFUSED)
    assert "7 for scores and 12 for comments were promised" in down.all
    assert held() == {"scores": 7, "comments": 12}


def test_a_backup_that_fails_leaves_nothing_behind_and_says_why(firm: Rapport, folder: Path) -> None:
    before = sorted(folder.iterdir())

    said = firm("backup", "nowhere/copy.db")

    assert said.code == REFUSED
    assert "No such file or directory" in said.all
    assert "Errno" not in said.all
    assert sorted(folder.iterdir()) == before


def test_the_drill_of_backup_and_restore(firm: Rapport, folder: Path) -> None:
    firm("backup", "copy.db")
    firm("people", "import", written(folder, "people.csv", STAFF), "--yes")

    refused = firm("restore", "copy.db")
    checked = json.loads(firm("restore", "copy.db", "--verify", "--json").out)
    done = firm("restore", "copy.db", "--replace")
    (folder / "copy.db").open("ab").write(b"x")
    damaged = firm("restore", "copy.db", "--verify")

    assert "add --replace" in refused.all
    assert (checked["restored"], checked["unreadable_waves"]) == (False, [])
    assert "is kept" in done.all
    assert stored(firm) == []
    assert (damaged.code, "changed or damaged" in damaged.all) == (REFUSED, True)


@pytest.mark.parametrize("words", ["init --name Firma", "demo --build-only", "migrate"])
def test_on_a_read_only_disk_the_folder_is_named(rapport: Rapport, tmp_path: Path, words: str) -> None:
    """As a process of its own: another user must not see what this one may."""
    place = tmp_path / "place"
    place.chmod(0o555)
    program = (
        "import os, sys\n"
        "import adapters.wiring, concurrent.futures.thread, alembic.command  # where the other user may not read\n"
        "from adapters.cli.app import app\n"
        "os.geteuid() == 0 and os.seteuid(65534)\n"
        f"app({words.split()!r})"
    )
    root = Path(__file__).parents[3]
    for above in (place, *place.parents):
        if above.is_relative_to(tmp_path.parents[1]):
            above.chmod(above.stat().st_mode | 0o111)

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == REFUSED
    assert "var" in done.stderr
    assert "process.crashed" not in done.stderr
    place.chmod(0o755)
    assert list(place.iterdir()) == []


def test_a_demo_of_files_with_problems_leaves_the_demo_there_is(rapport: Rapport, folder: Path) -> None:
    rapport("demo", "--build-only")
    before = (folder / "var" / "demo.db").read_bytes()

    said = rapport("demo", "--from", written(folder, "people.csv", "id,name\n1,x\n"))

    assert said.code == REFUSED
    assert "Nothing was changed" in said.all
    assert (folder / "var" / "demo.db").read_bytes() == before
    assert not list((folder / "var").glob("new-demo-*"))
