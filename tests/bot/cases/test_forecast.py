"""What HR is told of the wave that comes next, before it opens and while its invitations go out."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases import forecast, golive, surveys, workspaces
from bot.cases.forecast import Coming, Mailing
from bot.store.store import Store
from bot.store.tables import Survey
from bot.store.unit import Unit
from bot.talk.cards import Action, Card, Facts, Table
from bot.talk.events import Replace
from tests.bot.cases.welcoming import Company, faults, offered, shown, text
from tests.fakes import FakeClock

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NEXT_MONDAY = date(2026, 11, 23)
SLACKS = 60 * 400 / 61
"""Messages a minute, as Slack publishes them and we count the minute."""


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(FRIDAY)
    return Company(store, clock)


def pulse(unit: Unit) -> Survey:
    survey = unit.surveys.by_key("pulse")
    assert survey is not None
    return survey


def ahead(company: Company) -> Coming:
    found = company.store.read(lambda unit: forecast.coming(unit, pulse(unit)))
    assert found is not None
    return found


def mailing(company: Company, *, testers_only: bool = False) -> Mailing:
    def work(unit: Unit) -> Mailing:
        coming = forecast.coming(unit, pulse(unit))
        assert coming is not None
        return forecast.mailing(unit, pulse(unit), coming, testers_only=testers_only)

    return company.store.read(work)


def overview(company: Company, person: int) -> Card:
    return company.store.read(lambda unit: surveys.overview(company.caller(unit, person)))


def row(card: Card) -> tuple[str, ...]:
    return next(element.rows[0] for element in card.elements if isinstance(element, Table))


def asked(card: Card) -> str:
    facts = [fact for element in card.elements if isinstance(element, Facts) for fact in element.items]
    return next(f"{fact.value}. {fact.detail}" for fact in facts if fact.label == "The next wave asks")


def an_admin(company: Company, **about: object) -> int:
    person = company.has("People", 1, **about)[0]
    company.store.write(lambda unit: unit.people.grant(person, "hr_admin", unit.now))
    return person


def goes(company: Company, pace: float | None = SLACKS) -> None:
    forecast.announce(company.store, {"local": pace})


# --- when -------------------------------------------------------------------------------------------------


def test_a_survey_started_on_a_friday_is_shown_to_open_next_monday_and_not_today(company: Company):
    admin = an_admin(company, time_zone="Europe/Berlin")
    reply = company.press(admin, Action("surveys.start"), {"survey": "pulse", "owner": f"p{admin}"})

    assert isinstance(reply, Replace)
    assert row(reply.card)[2] == ("opens Monday, 23 November, 09:00; closes Friday, 27 November, 18:00")


def test_the_opening_shown_is_the_one_that_happens(company: Company):
    admin = an_admin(company)
    company.runs(owner=admin)
    promised = ahead(company)

    company.clock.move_to(promised.window.opens)
    company.opens()

    wave = company.wave()
    assert (wave.local_date, wave.opens_at, wave.closes_at) == (
        promised.day,
        promised.window.opens,
        promised.window.closes,
    )


def test_a_survey_started_in_its_own_week_opens_at_once_and_says_so(company: Company):
    company.clock.move_to(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    admin = an_admin(company)
    company.runs(owner=admin, first_on=NEXT_MONDAY)

    standing = row(overview(company, admin))[2]
    company.opens()

    assert standing == "opens within a minute; closes Friday, 27 November, 17:00"
    assert company.wave().local_date == NEXT_MONDAY


def test_after_a_wave_the_next_one_is_shown_and_while_it_is_open_nothing_is_ahead_of_it(company: Company):
    admin = an_admin(company)
    company.runs(owner=admin)
    company.clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    company.opens()
    during = row(overview(company, admin))[2]
    company.clock.move_to(datetime(2026, 11, 27, 17, 0, tzinfo=UTC))
    company.closes()

    assert during == "23 November, open"
    assert row(overview(company, admin))[2] == (
        "23 November, results released; the next opens Monday, 7 December, 09:00"
    )


@pytest.mark.parametrize(
    ("first_on", "standing"),
    [
        (date(2026, 11, 20), "opens within a minute and stays open"),
        (date(2027, 1, 15), "opens on 1 January and stays open"),
    ],
)
def test_a_standing_survey_has_no_next_wave(company: Company, first_on: date, standing: str):
    admin = an_admin(company)
    company.runs("feedback", owner=admin, first_on=first_on)

    card = overview(company, admin)

    assert row(card)[2] == standing
    assert "The next wave asks" not in text(card)


# --- how many, and how long -------------------------------------------------------------------------------


@pytest.mark.parametrize(("told", "minutes"), [(True, 6), (False, 11)])
def test_two_thousand_people_over_slacks_published_rate_take_minutes_and_hr_is_told_before(
    company: Company, told: bool, minutes: int
):
    about = {"disclosed_at": FRIDAY, "disclosure_version": 99} if told else {}
    company.has("Support", 1999, **about)
    admin = an_admin(company, **about)
    company.runs(owner=admin)
    goes(company)

    found = mailing(company)

    assert (found.people, found.minutes) == (2000, minutes)
    assert found.first == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert found.last is not None
    assert timedelta(minutes=minutes - 1) < found.last - found.first <= timedelta(minutes=minutes)
    assert asked(overview(company, admin)).startswith(
        f"2,000 people, each at 09:00 on their own clock. Sending takes about {minutes} minutes: "
        "Monday, 23 November, 09:00, to Monday, 23 November, 09:"
    )


def test_everybody_is_asked_in_their_own_morning_and_hr_sees_from_when_to_when_on_their_own_clock(
    company: Company,
):
    admin = an_admin(company, time_zone="Europe/Berlin")
    company.has("Support", 3, time_zone="Asia/Tokyo")
    company.has("Sales", 3, time_zone="America/Denver", quiet_from=time(18), quiet_until=time(10))
    company.runs(owner=admin)
    goes(company)

    line = asked(overview(company, admin))

    assert line == (
        "7 people, each at 09:00 on their own clock. Sending takes about a minute: "
        "Monday, 23 November, 01:00, to Monday, 23 November, 18:00, on your clock."
    )


def test_who_will_be_asked_is_who_is_asked(company: Company):
    admin = an_admin(company)
    company.has("Support", 5)
    company.has("Support", 1, opted_out=True)
    company.has("Support", 1, ends_on=date(2026, 11, 22))
    company.has("Support", 1, starts_on=date(2026, 11, 18))
    company.has("Support", 1, paused_until=datetime(2026, 11, 22, tzinfo=UTC))
    company.runs(owner=admin)
    foreseen = mailing(company).people

    company.clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    company.opens()

    assert foreseen == company.wave().asked == 7


def test_in_rehearsal_the_surveys_card_counts_the_testers_and_going_live_everybody(company: Company):
    admin = an_admin(company)
    people = company.has("Support", 8)
    company.runs(owner=admin)

    def rehearse(unit: Unit) -> None:
        unit.organisations.get().rehearsal = True
        unit.people.name_tester(people[0])

    company.store.write(rehearse)

    live = company.store.read(lambda unit: golive.overview(company.caller(unit, admin)))
    assert asked(overview(company, admin)).startswith("one person, at 09:00 on their own clock.")
    assert asked(live).startswith("9 people, each at 09:00 on their own clock.")


def test_nobody_to_ask_is_said_and_not_zero_minutes(company: Company):
    admin = an_admin(company, opted_out=True)
    company.runs(owner=admin)

    assert asked(overview(company, admin)) == "nobody: no one at work can be asked yet. "


def test_where_nobody_knows_a_pace_no_minutes_are_claimed(company: Company):
    admin = an_admin(company)
    company.runs(owner=admin)
    goes(company, pace=None)

    assert mailing(company).minutes is None
    assert "Sending takes" not in text(overview(company, admin))


def test_people_of_a_workspace_that_is_disconnected_are_not_counted(company: Company):
    admin = an_admin(company)
    company.runs(owner=admin)

    def elsewhere(unit: Unit) -> None:
        far = unit.organisations.connect("slack", "T2")
        unit.accounts.leave(1, f"p{admin}")
        unit.accounts.link(admin, far.id, "U1")
        workspaces.disconnect(unit, "slack", "T2")

    company.store.write(elsewhere)

    assert mailing(company).people == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    dues=st.lists(st.tuples(st.integers(0, 600), st.integers(1, 3), st.integers(1, 2)), min_size=1),
    pace=st.floats(0.5, 1000),
)
def test_no_message_is_foreseen_before_it_is_due_and_no_workspace_faster_than_its_pace(
    dues: list[tuple[int, int, int]], pace: float
):
    envelopes = [
        forecast.Envelope(FRIDAY + timedelta(minutes=due), workspace, messages)
        for due, workspace, messages in dues
    ]

    found = forecast.sent_out(envelopes, dict.fromkeys((1, 2, 3), pace))

    busiest = max(sum(m for _, w, m in dues if w == workspace) for workspace in (1, 2, 3))
    assert found.minutes is not None
    assert found.minutes >= busiest / pace - 1e-6
    assert found.first == min(each.due for each in envelopes)
    assert found.last is not None
    assert found.last >= max(each.due for each in envelopes)
    assert found.last - found.first >= timedelta(minutes=busiest / pace - 1e-3)


# --- how far ----------------------------------------------------------------------------------------------


def sent(company: Company, people: list[int]) -> None:
    def work(unit: Unit) -> None:
        for person in people:
            row = unit.outbox.by_key(f"wave:{company.wave_in(unit).id}:invite:{person}")
            assert row is not None
            row.state = "sent"

    company.store.write(work)


def test_after_the_launch_the_deliveries_card_says_how_many_are_out_of_how_many(company: Company):
    admin = an_admin(company)
    people = company.has("Support", 9)
    company.runs(owner=admin)
    goes(company, pace=2)
    company.clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    company.opens()
    sent(company, people[:4])

    card = shown(company.press(admin, Action("undelivered.show")))

    assert "4 of 10 invitations are out" in text(card)
    assert "until about Monday, 23 November, 09:03" in text(card)
    assert faults(card) == []
    desk = shown(company.press(admin, Action("desk")))
    assert "undelivered.show" in {act.name for act in offered(desk).values()}
    assert "4 of 10 invitations are out" in text(overview(company, admin))


def test_once_all_are_out_nothing_is_under_way(company: Company):
    admin = an_admin(company)
    company.runs(owner=admin)
    company.clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    company.opens()
    sent(company, [admin])

    assert "invitations are out" not in text(shown(company.press(admin, Action("undelivered.show"))))
    assert not company.store.read(forecast.under_way)
    assert "undelivered.show" not in {
        act.name for act in offered(shown(company.press(admin, Action("desk")))).values()
    }


def test_answering_changes_nothing_about_how_far_the_invitations_are(company: Company):
    people = company.has("Support", 6)
    company.runs()
    company.clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    company.opens()
    before = company.store.read(
        lambda unit: unit.outbox.progress("wave.invite", str(company.wave_in(unit).id))
    )

    company.answers(people[0], job_satisfaction="4")

    after = company.store.read(
        lambda unit: unit.outbox.progress("wave.invite", str(company.wave_in(unit).id))
    )
    assert after == before == (0, 6, datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_card_keeps_to_the_rules_of_the_house_in_every_language(company: Company, language: str):
    admin = an_admin(company, locale=language)
    company.has("Support", 5)
    company.runs(owner=admin)
    goes(company)

    assert faults(overview(company, admin)) == []
