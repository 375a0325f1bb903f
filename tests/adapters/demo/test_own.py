from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.demo.clock import DemoClock
from adapters.demo.own import OwnFiles, build_from
from adapters.demo.personas import people
from analytics.report import DataSource, Kind, build
from bot import dispatch
from bot.cases import report_inputs
from bot.store.store import Store, open_store
from bot.store.tables import Reading
from bot.talk.events import CommandUsed, Private, Source

TODAY = date(2026, 11, 25)
DEPARTMENTS = ("Ops/Support", "Ops/Stock", "Sales", "Marketing", "Legal", "Product")
PEOPLE = """id,name,email,manager,department,heads,start_date
1,Ada Example,ada@example.com,,Ops,Ops,2020-01-01
2,Bo Example,bo@example.com,1,Ops/Support,,2021-03-01
3,Cy Example,cy@example.com,1,Sales,Sales,2022-03-01
"""
ROLLOUT = "department,name,purpose,start,one_off_cost,monthly_cost,hours_saved,hourly_rate,salary\n"
ROUTING = ROLLOUT + "Ops/Support,Routing,Fewer wrong hand-overs,2026-02-10,9000,500,80,35,48000\n"


def months() -> Iterator[str]:
    yield from (f"2025-{month:02}" for month in range(1, 13))
    yield from (f"2026-{month:02}" for month in range(1, 11))


def results(departments: tuple[str, ...] = DEPARTMENTS, n: int = 14) -> str:
    """A steady history in which Support rises by twenty points with its automation."""
    lines = ["department,month,item,n,favourable"]
    for number, month in enumerate(months()):
        for place, path in enumerate(departments):
            rise = 20 if path == "Ops/Support" and month > "2026-02" else 0
            lines.append(f"{path},{month},satisfaction,{n},{45 + rise + (number * 7 + place * 5) % 11} %")
    return "\n".join(lines) + "\n"


class Files:
    """A folder to write one's own files into and to build from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "keys").mkdir(mode=0o700)
        self.said: list[str] = []

    def build(self, *, people: str = "", history: str = "", rollouts: str = "") -> None:
        files = OwnFiles(
            self._file("people.csv", people),
            self._file("history.csv", history),
            self._file("rollouts.csv", rollouts),
        )
        notes = build_from(self.url, self.folder / "keys", files, TODAY, lambda _: None)
        self.said.extend(notes)

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'demo.db'}"

    @property
    def made(self) -> bool:
        return (self.folder / "demo.db").exists()

    @contextmanager
    def store(self) -> Iterator[Store]:
        clock = DemoClock(datetime(2020, 1, 1, tzinfo=UTC))
        opened = open_store(self.url, keys_dir=self.folder / "keys", clock=clock)
        assert clock.resume(opened)
        yield opened
        opened.close()

    def readings(self) -> list[Reading]:
        with self.store() as store:
            return store.read(
                lambda unit: [
                    r for item, metric in unit.readings.items() for r in unit.readings.series(item, metric)
                ]
            )

    def _file(self, name: str, text: str) -> Path | None:
        if not text:
            return None
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_results_and_automations_alone_give_a_report_that_names_its_source(files: Files):
    files.build(history=results(), rollouts=ROUTING)
    with files.store() as store:
        known = report_inputs.evidence(store.read(report_inputs.gather))
    report = build(report_inputs.inputs_for(known, "Ops/Support"))

    assert known.source is DataSource.IMPORTED
    assert report.satisfaction.before_after.value == pytest.approx(20, abs=3)  # type: ignore[union-attr]  # an estimate here
    assert report.headline.kind is not Kind.TOO_SMALL


def test_nothing_is_called_made_up_and_the_clock_begins_on_the_monday_of_the_week(files: Files):
    files.build(history=results())
    with files.store() as store:
        organisation = store.read(lambda unit: unit.organisations.get())
        assert store.clock.now() == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)

    assert not organisation.made_up
    assert "nobody is written to" in organisation.works_council
    assert {reading.source for reading in files.readings()} == {"imported"}


def test_without_a_people_file_one_can_be_the_hr_lead(files: Files):
    files.build(history=results())
    with files.store() as store:
        found = store.read(people)

    assert [(one.id, one.role) for one in found] == [("you", "owner")]


def test_without_a_people_file_every_measured_department_can_be_asked_about(files: Files):
    files.build(history=results(), rollouts=ROUTING)
    source = Source(platform="local", workspace="local", user="you", event="e1")
    with files.store() as store:
        reply = dispatch.handle(store, CommandUsed(source, "roi-report", "Support"))

    assert isinstance(reply, Private)
    assert "Support" in reply.card.fallback
    assert "don't know" not in reply.card.fallback


def test_with_a_people_file_one_can_be_everybody_in_it_with_the_roles_it_gives(files: Files):
    files.build(people=PEOPLE, history=results(("Ops/Support", "Sales")), rollouts=ROUTING)
    with files.store() as store:
        roles = {one.name: one.role for one in store.read(people)}

    assert roles == {
        "HR lead (you)": "owner",
        "Ada Example": "manager",
        "Bo Example": "employee",
        "Cy Example": "manager",
    }


def test_the_gate_rounds_hides_and_bands_what_is_imported(files: Files):
    text = (
        "department,month,item,n,favourable\n"
        "Small,2026-10,sat,4,0.5\n"
        "Few,2026-10,sat,8,0.62\n"
        "Many,2026-10,sat,40,0.623\n"
        "Agreed,2026-10,sat,12,1.0\n"
    )
    files.build(history=text)
    found = {reading.path: reading for reading in files.readings()}

    assert (found["Small"].state, found["Small"].value, found["Small"].n) == ("withheld", None, None)
    assert (found["Few"].value, found["Few"].n) == (0.65, None)
    assert (found["Many"].value, found["Many"].n) == (0.63, 40)
    assert files.said == ["Withheld to protect people: 1 of 4 results"]
    assert (found["Agreed"].state, found["Agreed"].value, found["Agreed"].band) == (
        "band",
        None,
        "mostly_positive",
    )


def test_two_groups_of_less_than_ten_that_round_alike_cannot_be_told_apart_by_their_range(files: Files):
    text = "department,month,item,n,favourable\nA,2026-10,sat,6,0.5\nB,2026-10,sat,8,0.5\n"
    files.build(history=text)
    one, other = files.readings()

    assert (one.value, one.low, one.high, one.variance) == (
        other.value,
        other.low,
        other.high,
        other.variance,
    )


def test_means_keep_their_scale_and_are_shown_to_one_decimal(files: Files):
    text = "department,month,item,n,mean,variance,scale_low,scale_high\nA,2026-10,mood,12,6.44,4.1,0,10\n"
    files.build(history=text)
    (row,) = files.readings()

    assert (row.metric, row.value, row.unit) == ("mean", 6.4, "scale 0-10")
    assert 0 <= (row.low or 0) < 6.4 < (row.high or 0) <= 10


def test_a_total_is_left_out_and_said(files: Files):
    rows = results()
    totals = "".join(f"Everybody,{month},satisfaction,84,0.5\n" for month in months())
    files.build(history=rows + totals)

    assert files.said == ["Taken for the total of everybody, not for a department: Everybody"]
    assert "Everybody" not in {reading.path for reading in files.readings()}


def test_departments_that_nobody_knows_are_listed_all_together_and_nothing_is_made(files: Files):
    history, rollouts = results(("Sales", "Space", "Ops/Moon")), ROUTING.replace("Ops/Support", "Mars")
    with pytest.raises(ValueError, match="names 2 department") as found:
        files.build(people=PEOPLE, history=history, rollouts=rollouts)

    assert "Ops/Moon, Space" in str(found.value)
    assert "Mars" in str(found.value)
    assert not files.made


def test_an_automation_of_a_department_without_results_is_refused(files: Files):
    with pytest.raises(ValueError, match="no other file knows: Mars"):
        files.build(history=results(), rollouts=ROUTING.replace("Ops/Support", "Mars"))


def test_a_department_above_others_may_have_results_of_its_own(files: Files):
    files.build(people=PEOPLE, history=results(("Ops", "Ops/Support", "Sales")))
    assert "Ops" in {reading.path for reading in files.readings()}


def test_a_people_file_with_problems_is_refused_row_by_row(files: Files):
    with pytest.raises(ValueError, match=r"people\.csv has 1 problem") as found:
        files.build(people=PEOPLE.replace("2021-03-01", "last spring"))

    assert "3" in str(found.value)
    assert not files.made


@pytest.mark.parametrize("row", ["Sales", "Sales,2026-10", "Sales,2026-12,satisfaction,9"])
def test_a_row_that_is_too_short_is_a_problem_of_that_row(files: Files, row: str):
    with pytest.raises(ValueError, match="Row 134:"):
        files.build(history=results() + row + "\n")


def test_an_empty_row_is_passed_over(files: Files):
    files.build(history=results() + ",,,,\n\n")
    assert len(files.readings()) == len(DEPARTMENTS) * 22
