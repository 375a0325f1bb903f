"""What goes wrong around a running demo, seen from its doors and its command line."""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.canary import free
from tests.stories.house import LENA, MARC, House, Refusal, buttons, command, monday_nine, rapport, text

pytestmark = [pytest.mark.process, pytest.mark.allow_hosts(["127.0.0.1"])]

MEGABYTE = 1024 * 1024


def pulse_of(house: House, person: str) -> dict:
    return next(m for m in house.messages(person) if "1" in buttons(m))


@contextmanager
def full_disk(house: House) -> Iterator[None]:
    """Let no file of the process take a byte beyond its first hundred: what a disk without room does."""
    assert house.process is not None
    before = resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_nothing_is_confirmed_and_with_room_again_the_same_press_counts(house: House) -> None:
    monday_nine(house)
    pulse = pulse_of(house, LENA)

    with full_disk(house):
        with pytest.raises(Refusal) as refused:
            house.presses(LENA, pulse, "4")
        alive = house.get("/healthz")
    later = house.presses(LENA, pulse, "4")

    assert refused.value.status >= 500
    assert "try again" in refused.value.error["message"]
    assert alive == {"status": "alive"}
    assert later[0]["card"]["title"] == "Gespeichert"
    assert house.ready()


def test_a_megabyte_is_refused_at_the_door_and_a_long_comment_keeps_its_form_open(house: House) -> None:
    monday_nine(house)
    form = house.presses(LENA, pulse_of(house, LENA), "4")[-1]
    comment = next(e["key"] for e in form["card"]["elements"] if e.get("key", "").endswith("comment"))

    refusals = []
    for size in (MEGABYTE, MEGABYTE - 1000):
        with pytest.raises(Refusal) as refused:
            house.submits(LENA, form, **{comment: free("x" * size)})
        refusals.append(refused.value)
    with pytest.raises(Refusal) as line:
        house.says(LENA, free("x" * 100_000))
    saved = house.submits(LENA, form, **{comment: free("kurz")})

    assert [refusal.status for refusal in refusals] == [413, 422]
    assert refusals[1].error["field"] == comment
    assert (line.value.status, line.value.error["field"]) == (400, "text")
    assert saved[-1]["card"]["title"] == "Gespeichert"


def test_a_lost_wave_key_is_told_by_the_bot_and_by_the_doctor(house: House) -> None:
    monday_nine(house)
    pulse = pulse_of(house, LENA)
    for key in (house.folder / "rapport-keys" / "demo").glob("wave-*.key"):
        key.unlink()

    told = house.presses(LENA, pulse, "4")[-1]
    doctor = command([*rapport(), "doctor", "--demo"], house.folder, code=1)
    house.clock(advance="P6D")
    waves = json.loads(command([*rapport(), "waves", "list", "--json", "--demo"], house.folder))

    assert told["card"]["title"] != "Gespeichert"
    assert "Schlüssel" in text(told)
    assert "key of wave" in " ".join(doctor.split())
    assert "unreadable" in {wave["state"] for wave in waves}


def test_a_demo_that_runs_is_not_replaced_under_its_people(house: House) -> None:
    before = house.get("/local/clock")["now"]

    said = command([*rapport(), "demo", "--fresh"], house.folder, code=1)

    assert "stop that one first" in said
    assert house.get("/local/clock")["now"] == before
    assert house.says(MARC, "/help")["card"]["title"]


HOSTILE = ("<!channel> Ada", "**Bo** [x](https://evil.example)", "<script>alert(1)</script>", "=HYPERLINK(0)")
RIGHT_TO_LEFT = "\u202eeve\u2066 Öz"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    """A demo of one's own people, whose names try to act."""
    rows = [f'{n},"{name}",Support,2024-01-01' for n, name in enumerate([*HOSTILE, RIGHT_TO_LEFT], 1)]
    (tmp_path / "people.csv").write_text("\n".join(["id,name,department,start_date", *rows]), "utf-8")
    opened = House(tmp_path, "--from", "people.csv").start()
    yield opened
    opened.stop()
    assert opened.leaks() == []


def test_names_that_try_to_act_are_shown_as_they_are(own: House) -> None:
    names = {person["id"]: person["name"] for person in own.get("/local/people")["people"]}
    listed = command([*rapport(), "people", "list", "--json", "--demo"], own.folder)
    answers = [text(own.says(person, "/privacy")) for person in names if person != "you"]

    assert [names[str(n)] for n in range(1, 5)] == list(HOSTILE)
    assert names["5"] == "eve Öz"
    assert {person["name"] for person in json.loads(listed)} >= set(HOSTILE)
    assert not any("\u202e" in answer or "\u2066" in answer for answer in answers)
