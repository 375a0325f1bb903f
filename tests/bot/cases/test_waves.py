from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot.cases import answers, sheets, thresholds, waves, workspaces
from bot.errors import KeyLost, Refused
from bot.store import keys, vault
from bot.store.tables import Delivery
from bot.store.unit import Store
from bot.talk.cards import Action
from bot.talk.events import Invalid, OpenForm, Private, Replace
from tests.canary import free
from tests.fakes import FakeClock
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)


@pytest.fixture
def town(store: Store, clock: FakeClock) -> Town:
    clock.move_to(MONDAY)
    return Town(store, clock)


def rows(town: Town, table: type) -> list[object]:

    return town.store.read(lambda unit: list(unit.session.exec(select(table))))


def test_a_survey_has_one_wave_per_local_date_however_often_the_job_runs(town):
    town.has("Support", 7)
    town.runs()

    opened = [town.opens() for _ in range(3)]

    assert opened == [1, 0, 0]
    wave = town.wave()
    assert (wave.local_date, wave.state, wave.asked) == (date(2026, 11, 23), "open", 7)
    assert (wave.opens_at, wave.closes_at) == (MONDAY, FRIDAY)


def test_everybody_gets_one_invitation_and_one_reminder_row(town):
    people = town.has("Support", 6)
    town.runs()
    town.opens()

    due = town.store.read(lambda unit: [(d.purpose, d.person_id) for d in _deliveries(unit)])

    assert sorted(due) == sorted([("wave.invite", p) for p in people] + [("wave.remind", p) for p in people])


def _deliveries(unit):

    return list(unit.session.exec(select(Delivery)))


def test_invitations_fall_due_at_nine_in_each_persons_morning(town):
    berlin = town.has("Support", 1, time_zone="Europe/Berlin")[0]
    denver = town.has("Support", 1, time_zone="America/Denver")[0]
    town.clock.move_to(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    town.runs(owner=berlin)
    town.opens()

    due = town.store.read(
        lambda unit: {
            number: unit.waves.invitation(town_wave(unit), number).due_at for number in (berlin, denver)
        }
    )

    assert due[berlin] == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert due[denver] == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def town_wave(unit):
    return unit.waves.recent(1)[0].id


def test_newcomers_paused_people_and_leavers_are_not_asked(town):
    asked = town.has("Support", 5)
    town.has("Support", 1, starts_on=date(2026, 11, 20))
    town.has("Support", 1, paused_until=MONDAY + timedelta(days=3))
    town.has("Support", 1, opted_out=True)
    town.has("Support", 1, ends_on=date(2026, 11, 22))
    town.runs()
    town.opens()

    assert town.store.read(lambda unit: unit.waves.invited(town_wave(unit))) == asked


def test_a_rehearsal_asks_only_the_testers_that_are_named(store, clock):
    clock.move_to(MONDAY)
    town = Town(store, clock, rehearsal=True)
    tester, *_ = town.has("Support", 9)
    store.write(lambda unit: unit.people.name_tester(tester))
    town.runs()
    town.opens()

    assert store.read(lambda unit: unit.waves.invited(town_wave(unit))) == [tester]


def test_a_wave_whose_whole_window_was_missed_is_left_out(town):
    town.has("Support", 5)
    town.runs()
    town.clock.move_to(FRIDAY + timedelta(hours=1))

    assert town.opens() == 0


@pytest.mark.parametrize(("late", "reminders"), [(timedelta(days=2), 5), (timedelta(days=3, hours=1), 0)])
def test_in_a_wave_that_opens_late_nobody_is_invited_and_reminded_on_one_day(town, late, reminders):
    town.has("Support", 5)
    town.runs()
    town.clock.move_to(MONDAY + late)
    town.opens()

    purposes = town.store.read(lambda unit: [each.purpose for each in _deliveries(unit)])

    assert (purposes.count("wave.invite"), purposes.count("wave.remind")) == (5, reminders)


def test_a_wave_missed_for_two_days_opens_late(town):
    town.has("Support", 5)
    town.runs()
    town.clock.move_to(MONDAY + timedelta(days=2))

    assert town.opens() == 1
    assert town.wave().closes_at == FRIDAY


def test_the_tap_on_the_anchor_records_and_opens_the_rest(town):
    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()
    wave = town.wave()

    reply = town.presses(person, Action("answer.tap", f"{wave.id}/job-satisfaction", "4"))

    assert isinstance(reply, OpenForm)
    assert reply.replace is not None
    fields = [element.key for element in reply.card.elements if hasattr(element, "stem")]
    assert fields[1:] == ["pulse-comment", "pulse-comment-quote"]
    assert town.store.read(lambda unit: answers.has_answered(unit, wave.id, person))


def test_the_tap_on_the_only_question_is_all_there_is_and_leads_to_no_form(town):
    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()

    def requested(unit, number: int) -> set[str]:
        wave = town.fielding_in(unit)
        asked = answers.questions_for(unit, wave, person)[:number]
        return {act.name for act in sheets.request(town.recipient(unit, person), wave, asked).actions()}

    alone, among = (town.store.read(lambda unit, n=n: requested(unit, n)) for n in (1, 2))
    reply = town.presses(person, Action("answer.only", f"{town.wave().id}/job-satisfaction", "4"))

    assert {"answer.only"} == alone - among
    assert {"answer.tap"} == among - alone
    assert isinstance(reply, Replace)
    assert _sheet(town, person) == {"job-satisfaction": "4"}


def test_a_later_submission_merges_by_question(town):
    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()
    town.answers(person, job_satisfaction="2", pulse_comment=free("first"))

    town.answers(person, job_satisfaction="5", pulse_comment="")

    assert _sheet(town, person) == {"job-satisfaction": "5", "pulse-comment": free("first")} | NOT_QUOTED


NOT_QUOTED = {"pulse-comment-quote": "no"}
"""What is kept beside a comment whose author chose nothing."""


def _sheet(town, person):
    wave = town.wave()

    def read(unit):
        opened = vault.unseal(unit, wave.id, vault.collect(unit, wave.id), {person: "x"})
        return dict(opened[0][1]) if opened else None

    return town.store.read(read)


def test_answers_from_two_windows_at_once_both_count(town):

    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                lambda values: town.answers(person, **values),
                [{"job_satisfaction": "3"}, {"pulse_comment": free("from the other window")}],
            )
        )

    assert _sheet(town, person) == {
        "job-satisfaction": "3",
        "pulse-comment": free("from the other window"),
        **NOT_QUOTED,
    }


@pytest.mark.parametrize("value", ["0", "6", "-1", "4.5", "١", "4; DROP TABLE answer", " "])
def test_an_answer_out_of_range_is_refused_or_skipped_and_nothing_is_kept(town, value):
    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()

    reply = town.presses(person, Action("answer.send", str(town.wave().id)), {"job-satisfaction": value})

    assert isinstance(reply, Invalid | Replace)
    assert _sheet(town, person) is None


def test_one_megabyte_of_text_keeps_the_form_open_with_a_sentence(town):
    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()

    reply = town.presses(
        person,
        Action("answer.send", str(town.wave().id)),
        {"job-satisfaction": "4", "pulse-comment": "x" * 1_000_000},
    )

    assert isinstance(reply, Invalid)
    assert set(reply.fields) == {"pulse-comment"}
    assert _sheet(town, person) is None


def test_someone_who_was_not_invited_is_refused(town):
    town.has("Support", 5)
    town.runs()
    town.opens()
    stranger = town.has("Support", 1)[0]

    assert town.refusal(stranger, job_satisfaction="4") == "refused.not_invited"


def test_a_late_answer_is_refused_kindly_even_before_the_closing_job_ran(town):
    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()
    town.clock.move_to(FRIDAY)

    assert town.refusal(person, job_satisfaction="4") == "refused.closed"


@pytest.mark.parametrize("ref", ["", "x", "999", "-1", "9" * 400, "١"])
def test_a_button_that_refers_to_nothing_says_that_it_is_stale(town, ref):

    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()

    with pytest.raises(Refused) as refused:
        town.presses(person, Action("answer.open", ref))

    assert refused.value.key == "refused.old_button"


def test_not_this_time_ends_the_reminder(town):

    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()
    wave = town.wave()
    town.presses(person, Action("answer.decline", str(wave.id)))

    card = town.store.read(lambda unit: _reminder(town, unit, person, wave))

    assert card is None


def _reminder(town, unit, person, wave):

    delivery = Delivery(
        organisation_id=1,
        id="d",
        workspace_id=1,
        person_id=person,
        key="k",
        purpose="wave.remind",
        ref=str(wave.id),
        due_at=unit.now,
    )
    return waves.reminder_card(town.recipient(unit, person), delivery)


@pytest.mark.parametrize("blind", [True, False])
def test_a_targeted_reminder_spares_who_answered_and_a_blind_one_looks_at_nobody(store, clock, blind):

    clock.move_to(MONDAY)
    town = Town(store, clock, blind_reminders=blind)
    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()
    town.answers(person, job_satisfaction="4")

    card = store.read(lambda unit: _reminder(town, unit, person, town.wave_in(unit)))

    assert (card is not None) == blind


def test_answers_can_be_taken_back_until_the_close(town):
    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()
    town.answers(person, job_satisfaction="4")

    town.presses(person, Action("answer.withdraw", str(town.wave().id)))

    assert _sheet(town, person) is None


def test_the_skipped_form_shows_what_is_left(town):
    person = town.has("Support", 5)[0]
    town.runs()
    town.opens()
    wave = town.wave()
    asked = town.store.read(lambda unit: unit.waves.invitation(wave.id, person).items)
    town.answers(person, job_satisfaction="4")

    reply = town.presses(person, Action("answer.skipped", str(wave.id)))
    town.store.write(
        lambda unit: answers.record(
            unit, town.fielding_in(unit), person, {asked[1]: "3", "pulse-comment": free("text")}
        )
    )
    done = town.presses(person, Action("answer.skipped", str(wave.id)))

    assert isinstance(reply, OpenForm)
    assert [e.key for e in reply.card.elements if hasattr(e, "stem")] == [
        asked[1],
        "pulse-comment",
        "pulse-comment-quote",
    ]
    assert isinstance(done, Private)


def test_a_lost_wave_key_refuses_answers_and_closes_the_wave_as_unreadable(town):
    people = town.has("Support", 8)
    town.runs()
    town.opens()
    wave = town.wave()
    town.answers(people[0], job_satisfaction="4")
    keys.destroy(town.store.keys_dir, 1, wave.id)

    refusal = town.refusal(people[1], job_satisfaction="4")
    town.clock.move_to(FRIDAY)
    town.closes()

    assert refusal == "refused.wave_unreadable"
    assert town.wave().state == "unreadable"
    assert rows(town, vault.Sheet) == rows(town, vault.Answer) == []


def test_closing_leaves_figures_and_no_key_no_sheet_no_person(town):
    people = town.has("Support", 12)
    town.runs()
    town.opens()
    for number, person in enumerate(people):
        town.answers(person, job_satisfaction="5" if number < 8 else "2")
    town.clock.move_to(FRIDAY)

    closed = town.closes()

    wave = town.wave()
    assert (closed, wave.state) == (1, "released")
    assert not keys.exists(town.store.keys_dir, 1, wave.id)
    assert rows(town, vault.Sheet) == []
    assert len(rows(town, vault.Answer)) == 12
    shown = {
        (r.path, r.metric): (r.state, r.value, r.n)
        for r in town.store.read(lambda unit: unit.readings.of_wave(wave.id))
        if r.item == "job-satisfaction"
    }
    assert shown["Support", "favourability"] == ("shown", 0.7, None)  # all of twelve: coarser, and no number
    assert shown["", "favourability"] == ("shown", 0.7, None)


def test_a_raised_threshold_holds_from_the_next_wave_on(town):
    people = town.has("Support", 12)
    town.runs()
    town.opens()
    town.store.write(lambda unit: thresholds.raised(unit, "command", scores=9, comments=12))
    for number, person in enumerate(people[:8]):
        town.answers(person, job_satisfaction="5" if number < 5 else "2")
    town.clock.move_to(FRIDAY)
    town.closes()

    wave = town.wave()
    shown = {
        (r.path, r.metric): r.state
        for r in town.store.read(lambda unit: unit.readings.of_wave(wave.id))
        if r.item == "job-satisfaction"
    }
    assert (wave.k_scores, shown["", "favourability"]) == (5, "shown")
    town.clock.move_to(MONDAY + timedelta(weeks=4))
    town.opens()
    newest = town.store.read(lambda unit: unit.waves.recent(1)[0])
    assert (newest.state, newest.k_scores, newest.k_comments) == ("open", 9, 12)


def test_closing_twice_changes_nothing(town):
    people = town.has("Support", 12)
    town.runs()
    town.opens()
    for person in people[:9]:
        town.answers(person, job_satisfaction="4")
    town.clock.move_to(FRIDAY)
    town.closes()
    before = town.store.read(lambda unit: len(unit.readings.of_wave(town_wave(unit))))

    assert town.closes() == 0
    assert town.store.read(lambda unit: len(unit.readings.of_wave(town_wave(unit)))) == before


def test_a_department_with_fewer_than_five_answers_is_withheld_and_takes_a_neighbour_along(town):
    large, small, other = town.has("Support", 20), town.has("Legal", 4), town.has("Sales", 9)
    town.runs()
    town.opens()
    for number, person in enumerate([*large, *small, *other]):
        town.answers(person, job_satisfaction=str(1 + number % 5))
    town.clock.move_to(FRIDAY)
    town.closes()

    states = town.store.read(
        lambda unit: {
            r.path: r.state for r in unit.readings.of_wave(town_wave(unit)) if r.item == "job-satisfaction"
        }
    )

    assert states == {"": "shown", "Support": "shown", "Legal": "withheld", "Sales": "withheld"}


@pytest.mark.parametrize("step", ["discard", "store", "seal"])
def test_a_crash_in_the_middle_of_closing_starts_over_and_counts_everything_once(town, monkeypatch, step):
    people = town.has("Support", 12)
    town.runs()
    town.opens()
    for person in people:
        town.answers(person, job_satisfaction="4")
    town.clock.move_to(FRIDAY)
    name = {"discard": "discard_answers", "store": "store_answers", "seal": "empty_mailbox"}[step]
    real = getattr(vault, name)

    def broken(*args: object) -> object:
        raise OSError("the power went out")

    monkeypatch.setattr(vault, name, broken)
    with pytest.raises(OSError, match="power"):
        town.closes()
    monkeypatch.setattr(vault, name, real)

    town.closes()

    assert len(rows(town, vault.Answer)) == 12
    assert town.wave().state == "released"


def test_the_head_of_a_team_is_not_counted_in_it(town):
    head, *team = town.has("Operations/Support", 12, head=True)
    town.has("Operations/Stock", 12)
    town.runs()
    town.opens()
    for person in team:
        town.answers(person, job_satisfaction="4" if person % 2 else "1")
    town.answers(head, job_satisfaction="1")

    cells = town.store.read(lambda unit: unit.waves.cells(town_wave(unit)))

    assert cells[head] != "Operations/Support"
    assert {cells[person] for person in team} == {"Operations/Support"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
def test_any_text_is_sealed_to_the_same_length_as_any_other(text):
    key = b"k" * 32

    sealed = vault._seal(key, 1, 1, "t", {"pulse-comment": text})

    assert len(sealed) == 12 + vault.PAD + 16
    assert vault._open(key, 1, 1, "t", sealed) == {"pulse-comment": text}


def test_a_sealed_sheet_does_not_open_under_another_wave_or_token():

    key = b"k" * 32
    sealed = vault._seal(key, 1, 1, "t", {"a": "4"})

    for organisation, wave, token in [(2, 1, "t"), (1, 2, "t"), (1, 1, "u")]:
        with pytest.raises(KeyLost):
            vault._open(key, organisation, wave, token, sealed)


def test_people_of_a_disconnected_workspace_are_asked_only_once_it_is_back_or_elsewhere(town):
    here = town.has("Support", 5)
    there = town.has("Support", 3)

    def move(unit):
        far = unit.organisations.connect("slack", "T2")
        for person in there:
            unit.accounts.link(person, far.id, f"U{person}")
        for person in there[:2]:
            unit.accounts.leave(1, f"p{person}")
        workspaces.disconnect(unit, "slack", "T2")

    town.store.write(move)
    town.runs()
    town.runs("feedback", owner=here[0], first_on=date(2026, 11, 1))
    town.opens()
    away = {
        wave.survey_id: town.store.read(lambda unit, wave=wave: unit.waves.invited(wave.id))
        for wave in town.store.read(lambda unit: unit.waves.recent())
    }

    town.store.write(lambda unit: unit.organisations.connect("slack", "T2"))
    town.opens()

    back = town.store.read(lambda unit: {w.survey_id: unit.waves.invited(w.id) for w in unit.waves.recent()})
    assert away == {1: [*here, there[2]], 2: [*here, there[2]]}
    assert back == {1: [*here, there[2]], 2: [*here, *there]}
