"""Bad input where it comes in, through dispatch: each gets a card that says what happened, and nothing is broken."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import dispatch
from bot.errors import StoreError
from bot.store import keys, vault
from bot.talk.cards import Action
from bot.talk.events import (
    ButtonPressed,
    CommandUsed,
    Event,
    FormSent,
    Invalid,
    MessageWritten,
    OpenForm,
    Private,
    Replace,
    Reply,
    Source,
)
from bot.talk.language import words
from tests import builders
from tests.bot.cases.welcoming import text
from tests.canary import free
from tests.fakes import FakeClock
from tests.town import Town

ANCHOR, COMMENT = "job-satisfaction", "pulse-comment"
MEGABYTE = free("x" * 1_000_000)
EN = words("en")


class House(Town):
    """A town whose people reach it through dispatch alone; the pulse is open."""

    events = 0

    def does(self, person: int, event: type, *about: object) -> Reply:
        self.events += 1
        source = Source(platform="local", workspace="local", user=f"p{person}", event=f"e{self.events}")
        return dispatch.handle(self.store, event(source, *about))

    def taps(self, person: int, value: str) -> Reply:
        return self.does(person, ButtonPressed, Action("answer.tap", f"{self.wave().id}/{ANCHOR}", value))

    def sends(self, person: int, **values: str) -> Reply:
        named = {key.replace("_", "-"): value for key, value in values.items()}
        return self.does(person, FormSent, Action("answer.send", str(self.wave().id)), named)

    def sheet(self, person: int) -> dict[str, str] | None:
        """Return what lies sealed for a person."""

        def work(unit):
            wave = self.wave_in(unit).id
            if not vault.has_sheet(unit, wave, person):
                return None
            key = vault._key(unit, wave)
            token = vault._token(key, person)
            (box,) = [one.sealed for one in vault.collect(unit, wave) if one.token == token]
            return dict(vault._open(key, 1, wave, token, box))

        return self.store.read(work)


@pytest.fixture
def house(store, clock: FakeClock) -> House:
    found = House(store, clock)
    found.has("Support", 12)
    found.runs()
    clock.move_to(clock.now() + timedelta(hours=3))
    found.opens()
    return found


def says(reply: Reply) -> str:
    assert isinstance(reply, Private | Replace | OpenForm)
    return text(reply.card)


def at_once(acts: list[Event], house: House) -> list[Reply]:
    """Deliver events on as many threads, all let go in the same moment."""
    gate = Barrier(len(acts))

    def deliver(event: Event) -> Reply:
        gate.wait()
        return dispatch.handle(house.store, event)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(deliver, acts))


# --- two windows ------------------------------------------------------------------------------------------


def window(person: int, event: str, values: dict[str, str]) -> FormSent:
    source = Source(platform="local", workspace="local", user=f"p{person}", event=event)
    return FormSent(source, Action("answer.send", "1"), values)


def test_two_windows_at_once_keep_both_answers_whoever_comes_first(house: House) -> None:
    for person in range(1, 13):
        replies = at_once(
            [
                window(person, f"a{person}", {ANCHOR: "3"}),
                window(person, f"b{person}", {COMMENT: free("from the other window")}),
            ],
            house,
        )

        assert all(isinstance(reply, Replace) for reply in replies)
        assert house.sheet(person) == {
            ANCHOR: "3",
            COMMENT: free("from the other window"),
            f"{COMMENT}-quote": "no",
        }


def test_two_windows_that_disagree_leave_one_sheet_with_one_of_both(house: House) -> None:
    for person in range(1, 13):
        at_once(
            [window(person, f"{value}-{person}", {ANCHOR: value}) for value in ("1", "2", "4", "5")], house
        )

        assert house.sheet(person)[ANCHOR] in {"1", "2", "4", "5"}
    assert house.store.read(lambda unit: len(vault.collect(unit, 1))) == 12


def test_a_window_that_takes_back_and_one_that_answers_end_in_one_of_both(house: House) -> None:
    house.taps(1, "4")
    source = Source(platform="local", workspace="local", user="p1", event="back")

    at_once([ButtonPressed(source, Action("answer.withdraw", "1")), window(1, "b", {ANCHOR: "2"})], house)

    assert house.sheet(1) in (None, {ANCHOR: "2"})


def test_answers_given_twice_count_once_after_the_close(house: House) -> None:
    for person in range(1, 13):
        for value in ("2", "5", "5"):
            house.taps(person, value)
    house.clock.advance(timedelta(days=6))
    house.closes()

    sums = house.store.read(lambda unit: vault.sums(unit, 1))
    assert {one.n for one in sums if one.question == ANCHOR} == {12}


# --- what may not be --------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["0", "6", "-1", "4.5", "١", "", "4; DROP TABLE answer", "x" * 200_000])
def test_an_answer_out_of_range_is_refused_by_button_and_by_form(house: House, value: str) -> None:
    tapped, sent = house.taps(1, value), house.sends(1, job_satisfaction=value)

    assert isinstance(tapped, Private | OpenForm)
    assert isinstance(sent, Invalid) if value.strip() else isinstance(sent, Replace)
    assert house.sheet(1) is None


def test_a_late_answer_is_refused_kindly_and_leads_to_a_person(house: House) -> None:
    house.clock.advance(timedelta(days=6))

    for reply in (house.taps(1, "4"), house.sends(1, job_satisfaction="4")):
        assert EN("refused.closed")[:20] in says(reply)
        assert EN("button.person") in says(reply)


def test_someone_who_was_not_invited_is_refused_and_nothing_is_kept(house: House) -> None:
    stranger = house.has("Support", 1)[0]

    assert EN("refused.not_invited")[:20] in says(house.taps(stranger, "4"))
    assert house.sheet(stranger) is None


def test_a_lost_key_is_told_to_whoever_answers_and_the_wave_ends_as_unreadable(house: House) -> None:
    house.taps(1, "4")
    keys.destroy(house.store.keys_dir, 1, house.wave().id)

    told = says(house.taps(2, "4"))
    house.clock.advance(timedelta(days=6))
    house.closes()

    assert EN("refused.wave_unreadable")[:20] in told
    assert house.wave().state == "unreadable"


def test_a_megabyte_is_answered_with_a_sentence_and_not_repeated(house: House) -> None:
    house.sends(1, job_satisfaction="4")

    form = house.sends(1, pulse_comment=MEGABYTE)
    typed = house.does(1, MessageWritten, MEGABYTE)
    command = house.does(1, CommandUsed, "roi-report", MEGABYTE)
    unknown = house.does(1, CommandUsed, "x" * 1_000_000, "")

    assert isinstance(form, Invalid)
    assert form.fields.keys() == {COMMENT}
    for reply in (typed, command, unknown):
        assert len(says(reply)) < 2_000
    assert house.sheet(1) == {ANCHOR: "4"}


# --- the disk ---------------------------------------------------------------------------------------------


def filled_up(house: House) -> None:
    """Let the database have no more pages than it has, as on a disk without room, and use up the free ones.

    The limit belongs to the writer's connection: it ends with the first error, as if somebody had made room.
    """
    limit = sqlalchemy.text("PRAGMA max_page_count=1")
    house.store.write(lambda unit: unit.session.execute(limit).all())

    def fill() -> None:
        for number in range(1000):
            house.store.write(lambda unit, n=number: unit.settings.put(f"fill{n}", "x" * 3000, unit.now))

    with pytest.raises(StoreError, match="disk is full"):
        fill()
    house.store.write(lambda unit: unit.session.execute(limit).all())


def test_on_a_full_disk_one_is_told_that_nothing_was_saved_and_later_it_works(house: House) -> None:
    filled_up(house)

    refused = house.sends(1, job_satisfaction="4", pulse_comment=free("y" * 1900))
    kept = house.sheet(1)
    later = house.sends(1, job_satisfaction="2")

    assert "Nothing was changed" in says(refused)
    assert kept is None
    assert isinstance(later, Replace)
    assert house.sheet(1) == {ANCHOR: "2"}


# --- a clock that jumps -----------------------------------------------------------------------------------

jumps = st.lists(st.integers(-72, 96).map(lambda hours: timedelta(hours=hours)), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None)
@given(jumps)
def test_however_the_clock_jumps_a_wave_opens_once_and_every_confirmed_answer_counts(
    tmp_path_factory: pytest.TempPathFactory, ways: list[timedelta]
) -> None:
    folder, clock = tmp_path_factory.mktemp("jumps"), FakeClock()
    store = builders.a_store(builders.a_database(folder), folder, clock)
    house = House(store, clock)
    people = house.has("Support", 12)
    house.runs()
    house.opens()
    confirmed: set[int] = set()
    for number, way in enumerate(ways):
        clock.advance(way)
        house.opens()
        house.closes()
        person = people[number % len(people)]
        if house.store.read(lambda unit: unit.waves.get(1)) and isinstance(
            dispatch.handle(store, window(person, f"e{number}", {ANCHOR: "4"})), Replace
        ):
            confirmed.add(person)
    clock.move_to(FakeClock().now() + timedelta(days=40))
    house.closes()

    waves = store.read(lambda unit: [(wave.survey_id, wave.local_date) for wave in unit.waves.recent(99)])
    counts = store.read(lambda unit: [one.n for one in vault.sums(unit, 1) if one.question == ANCHOR])
    store.close()
    assert len(waves) == len(set(waves))
    assert sum(counts[:1]) == len(confirmed)
