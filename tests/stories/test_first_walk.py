"""The first walk, from a scheduled pulse to the report, as somebody takes it who starts the demo."""

import re
import sqlite3
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.stories.house import (
    ANA,
    INGRID,
    LENA,
    MARC,
    TOMAS,
    House,
    Refusal,
    buttons,
    command,
    monday_nine,
    rapport,
    text,
)

pytestmark = [pytest.mark.process, pytest.mark.allow_hosts(["127.0.0.1"])]

on_each_chat = pytest.mark.parametrize("house", ["page_house", "slack_house", "teams_house"], indirect=True)
"""The same story, told on the page, in Slack and in Teams."""


@on_each_chat
def test_from_the_pulse_to_the_report(house: House) -> None:
    house.gathers()
    monday_nine(house)
    pulse = house.card(LENA, "Kurz zu deiner Arbeit")

    receipt, form = house.presses(LENA, pulse, "4")
    assert receipt["card"]["title"] == "Gespeichert"
    fields = [e["key"] for e in form["card"]["elements"] if e["kind"] == "ask"]
    assert fields[2] == f"{fields[1]}-quote"
    house.submits(LENA, form, **{fields[0]: "2", fields[1]: "Der Drucker klemmt.", fields[2]: "yes"})
    receipt = house.card(LENA, "Gespeichert")
    change = house.presses(LENA, receipt, "Antworten ändern")[-1]
    house.submits(LENA, change, job_satisfaction="5")
    assert "Drucker" not in str(house.messages(LENA))

    house.clock(advance="P5D")
    late = house.presses(LENA, house.card(LENA, "Gespeichert"), "Antworten ändern")[-1]
    assert "beendet" in text(late)

    house.clock(advance="P9D")
    result = house.card(LENA, "Nordlicht Versand: Ergebnis")
    assert re.search(r"\d+ von 1\d\d haben geantwortet.*Bereich \d+ bis \d+", text(result))

    report = house.says(MARC, "/roi-report Support")
    assert report["private"]
    assert re.search(r"95 % range −\d+ to \+\d+", text(report))
    assert {"Inputs", "What this doesn't show", "A person"} <= set(buttons(report))


@on_each_chat
def test_a_small_department_gets_the_decision_sheet_and_another_managers_department_is_refused(
    house: House,
) -> None:
    sheet = house.says(ANA, "/roi-report Finance")
    own = house.says(INGRID, "/roi-report Finance")
    other = house.says(MARC, "/roi-report Finance")

    for card in (sheet, own):
        assert "too small to tell" in text(card)
        assert "avoided resignations a year" in text(card)
        assert {"Count hours", "Team talk guide", "Whole company"} <= set(buttons(card))
    assert "too small" not in text(other)


@on_each_chat
def test_a_new_hire_follows_the_three_steps(house: House) -> None:
    house.clock(advance="PT2H")
    today = house.card(TOMAS, "Your first day")
    for task in ("equipment", "team", "safety"):
        house.presses(TOMAS, today, f"{task}/done")
        today = house.card(TOMAS, "Your first day")
    assert "All three things are done." in text(today)

    house.clock(advance="P1D")
    house.presses(TOMAS, house.card(TOMAS, "Set up your accounts"), "Done")

    house.clock(advance="P7D")
    titles = [m["card"]["title"] for m in house.messages(TOMAS)]
    assert "Still open" not in titles
    question = house.card(TOMAS, "Your first week")
    assert "This one carries your name: Marc Boyer and HR can read your answer." in text(question)
    house.presses(TOMAS, question, "4")
    house.clock(advance="PT1H")
    assert "Tomás Ortiz" in str([m["card"] for m in house.messages(MARC)])


@on_each_chat
def test_everything_says_that_it_is_made_up(house: House) -> None:
    monday_nine(house)

    cards = [*house.messages(LENA), house.says(MARC, "/help"), house.says(MARC, "/results")]

    assert all(
        "Made-up data" in text(card) or "Erfundene Daten" in text(card)
        for card in cards
        if card["from"] == "bot"
    )


@on_each_chat
def test_the_clock_only_moves_forward_and_outlives_the_process(house: House) -> None:
    monday_nine(house)
    now = house.get("/local/clock")["now"]
    with pytest.raises(Refusal) as refused:
        house.clock(to="2020-01-01T00:00:00Z")
    assert refused.value.status == 400

    house.stop()
    house.start()

    assert house.get("/local/clock")["now"] == now
    assert any(m["card"]["title"] == "Kurz zu deiner Arbeit" for m in house.messages(LENA))


def test_a_second_server_is_refused_with_the_pid_of_the_first(house: House) -> None:
    said = command([*rapport(), "demo", "--port", "1"], house.folder, code=1)

    assert house.process is not None
    assert str(house.process.pid) in said


@on_each_chat
def test_answers_that_were_confirmed_before_a_kill_are_there_after_it_and_none_is_doubled(
    house: House,
) -> None:
    house.gathers()
    monday_nine(house)
    people = [p["id"] for p in house.get("/local/people")["people"]][5:45]
    confirmed: list[str] = []

    def answer(person: str) -> None:
        pulse = next(m for m in house.messages(person) if "1" in buttons(m))
        house.presses(person, pulse, "4")
        confirmed.append(person)
        if len(confirmed) == 15:
            house.kill()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(answer, person) for person in people]:
            done.exception()
    kept_before_restart = sheets(house)
    house.start()

    assert len(confirmed) >= 15
    assert len(confirmed) <= kept_before_restart <= len(people)
    assert sheets(house) == kept_before_restart
    house.clock(advance="P6D")
    assert '"state": "released"' in command([*rapport(), "waves", "list", "--json", "--demo"], house.folder)


def sheets(house: House) -> int:
    """Count the sealed sheets in the database: one row for each person who answered."""
    connection = sqlite3.connect(house.folder / "var" / "demo.db")
    try:
        return int(connection.execute("SELECT count(*) FROM sheet").fetchone()[0])
    finally:
        connection.close()


@on_each_chat
def test_the_command_line_works_beside_the_running_server(house: House) -> None:
    report = command([*rapport(), "roi-report", "Support", "--demo"], house.folder)
    people = command([*rapport(), "people", "list", "--demo"], house.folder)
    backup = command([*rapport(), "backup", "copy.db", "--demo"], house.folder)
    checked = command([*rapport(), "restore", "--verify", "copy.db"], house.folder)
    doctor = command([*rapport(), "doctor", "--demo"], house.folder)

    assert "Support" in report
    assert "95 % range" in report
    assert "Marc Boyer" in people
    assert "rows, revision" in backup
    assert "is whole" in checked
    assert "audit log" in doctor
    assert all(len(line) <= 80 for line in report.splitlines())


def test_a_slack_that_is_not_imitated_on_this_machine_is_refused(folder: Path) -> None:
    real = {"RAPPORT_SLACK_BOT_TOKEN": "xoxb-1", "RAPPORT_SLACK_APP_TOKEN": "xapp-1"}

    said = command([*rapport(), "demo", "--slack"], folder, code=1, **real)
    near = {"RAPPORT_SLACK_API_URL": "http://127.0.0.1:9/api/"}
    lacking = command([*rapport(), "demo", "--slack"], folder, code=1, **near)

    assert "imitated on this machine" in said
    assert "RAPPORT_SLACK_BOT_TOKEN" in lacking


def test_a_teams_that_is_not_imitated_on_this_machine_is_refused_and_so_are_two_chats(folder: Path) -> None:
    real = {
        "RAPPORT_TEAMS_APP_ID": "an-app",
        "RAPPORT_TEAMS_APP_SECRET": "its-secret",
        "RAPPORT_TEAMS_TENANTS": "a-tenant",
    }

    said = command([*rapport(), "demo", "--teams"], folder, code=1, **real)
    both = command([*rapport(), "demo", "--teams", "--slack"], folder, code=1, **real)

    assert "imitated on this machine" in said
    assert "one chat at a time" in both


def test_a_page_of_another_site_gets_nothing_done(house: House) -> None:
    for headers in (
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json", "Origin": "http://evil.example"},
        {"Content-Type": "application/json", "Host": "evil.example"},
    ):
        request = urllib.request.Request(
            f"http://127.0.0.1:{house.port}/local/say", data=b'{"as":"E014","text":"/help"}', headers=headers
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        assert 400 <= refused.value.code < 500
        refused.value.close()
