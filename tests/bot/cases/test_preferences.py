"""What a person chooses for themselves: it holds at once, and no file of HR's and no roster takes it back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cases import guards, roster, workspaces
from bot.cases.guards import Later
from bot.cases.people import apply
from bot.cases.preferences import QUIET
from bot.store.store import Store
from bot.store.tables import Person
from bot.store.unit import Unit
from bot.talk.cards import Action
from bot.talk.events import Invalid, Profile
from tests.bot.cases.test_guards import facts as guarded
from tests.bot.cases.test_people import order, row
from tests.bot.cases.welcoming import Company, faults, fields, shown, text
from tests.fakes import FakeClock


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    return Company(store, clock)


def saves(company: Company, person: int, **values: str):
    return company.press(person, Action("settings.save"), values)


def person_of(company: Company, number: int) -> Person:
    found = company.store.read(lambda unit: unit.people.get(number))
    assert found is not None
    return found


def test_neither_an_import_nor_a_roster_takes_back_what_was_chosen(company):
    company.has("Support", 1, email="p1@b.example")
    saves(company, 1, locale="de-DE", quiet="22-06")

    found = apply(company.store, order([row("p1", email="p1@b.example", locale="en-GB")]))
    company.store.write(lambda unit: roster.met(unit, 1, Profile("p1", locale="fr-FR")))

    assert found.diff.count("field.locale") == 1
    person = person_of(company, 1)
    assert (person.chosen_locale, person.locale) == ("de-DE", "en-GB")
    assert person.quiet_from == time(22)
    assert "Deine Einstellungen" in text(shown(company.types(1, "settings")))


def test_what_is_left_empty_stays_as_it_was(company):
    company.has("Support", 1)
    saves(company, 1, locale="de-DE", quiet="18-09")

    saves(company, 1, locale="", quiet="")

    person = person_of(company, 1)
    assert (person.chosen_locale, person.quiet_from, person.quiet_until) == ("de-DE", time(18), time(9))


@pytest.mark.parametrize(
    "values",
    [
        {"locale": "fr-FR"},
        {"locale": "\x00"},
        {"quiet": "25-99"},
        {"quiet": "19-08 or so"},
        {"channel": "1"},
        {"channel": "99"},
        {"channel": "x" * 10_000},
        {"locale": "de-DE", "quiet": "never"},
    ],
)
def test_what_cannot_be_chosen_leaves_the_form_open_and_changes_nothing(company, values):
    company.has("Sales", 1)
    other = company.has("Support", 1)[0]
    company.store.write(lambda unit: unit.accounts.leave(1, f"p{other}"))

    reply = saves(company, other, **values)

    assert isinstance(reply, Invalid)
    person = person_of(company, other)
    assert (person.chosen_locale, person.quiet_from, person.prefers) == ("", None, None)


def asking(company: Company, now: datetime, purpose: str) -> guards.Facts:
    return guarded(purpose, person=person_of(company, 1), now=now, zone=ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("quiet", "hour", "until"),
    [
        ("19-08", 18, None),
        ("19-08", 20, 8),
        ("18-09", 18, 9),
        ("17-10", 17, 10),
        ("20-07", 19, None),
        ("20-07", 21, 7),
        ("22-06", 21, None),
        ("22-06", 23, 6),
        ("00-00", 3, None),
    ],
)
def test_nothing_is_begun_in_the_quiet_hours_that_a_person_chose(company, quiet, hour, until):
    company.has("Support", 1)
    saves(company, 1, quiet=quiet)
    now = datetime(2026, 11, 24, hour, 30, tzinfo=UTC)

    held = guards.awake(asking(company, now, "wave.invite"))

    if until is None:
        assert held is None
    else:
        assert held == Later(datetime(2026, 11, 25 if hour > 12 else 24, until, tzinfo=UTC))


def test_answers_know_no_quiet_hours_and_the_usual_ones_are_kept_as_none_chosen(company):
    company.has("Support", 1)
    saves(company, 1, quiet="17-10")
    night = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert guards.awake(asking(company, night, "report.ready")) is None

    saves(company, 1, quiet="19-08")

    assert person_of(company, 1).quiet_from is None
    assert len(QUIET) == 6


def both(company: Company) -> tuple[int, int]:
    """Let person 1 have an account in two workspaces."""

    def work(unit: Unit) -> tuple[int, int]:
        second = workspaces.connect(unit, "slack", "T2").id
        unit.accounts.link(1, second, "U1")
        return 1, second

    return company.store.write(work)


def homes(company: Company) -> dict[int, int]:
    return company.store.read(lambda unit: unit.outbox.homes([1, 2]))


def test_where_to_write_can_be_chosen_by_who_has_several_accounts_and_by_nobody_else(company):
    company.has("Support", 2)
    first, second = both(company)
    assert homes(company) == {1: first, 2: first}
    form = shown(company.types(1, "settings"))
    assert [option.label for option in fields(form)["channel"].response.options] == [
        "Rapport's own page",
        "Slack",
    ]
    assert "channel" not in fields(shown(company.types(2, "settings")))

    saves(company, 1, channel=str(second))

    assert homes(company) == {1: second, 2: first}
    assert "Slack" in text(shown(company.press(1, Action("settings.show"))))


def test_a_choice_that_cannot_be_kept_gives_way_and_comes_back(company):
    company.has("Support", 1)
    first, second = both(company)
    saves(company, 1, channel=str(second))

    company.store.write(lambda unit: workspaces.disconnect(unit, "slack", "T2"))
    assert homes(company) == {1: first}
    company.store.write(lambda unit: workspaces.connect(unit, "slack", "T2"))
    assert homes(company) == {1: second}


def test_the_settings_say_what_holds_and_where_it_comes_from(company):
    company.has("Support", 1, time_zone="Europe/Madrid")
    company.has("Support", 1, seen_zone="Asia/Tokyo")
    company.has("Support", 1)

    said = [text(shown(company.press(number, Action("settings.show")))) for number in (1, 2, 3)]

    assert "Europe/Madrid" in said[0]
    assert "from HR's file" in said[0]
    assert "Asia/Tokyo" in said[1]
    assert "from your profile" in said[1]
    assert "UTC" in said[2]
    assert all("from 19:00 to 08:00" in each for each in said)


def test_a_pause_is_shown_among_the_settings(company):
    company.has("Support", 1)
    company.press(1, Action("pause.set"), {"for": "two-weeks"})

    card = shown(company.press(1, Action("settings.show")))

    assert "paused" in text(card)
    assert faults(card) == []
    company.clock.advance(timedelta(days=15))
    assert "paused" not in text(shown(company.press(1, Action("settings.show"))))


# --- the own time zone ------------------------------------------------------------------------------------


def zone(company: Company, person: int = 1) -> str:
    return str(company.store.read(lambda unit: guards.zone_of(unit.people.get(person), "UTC")))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"),
        ("asia/tokyo", "Asia/Tokyo"),
        (" Tokyo ", "Asia/Tokyo"),
        ("new york", "America/New_York"),
        ("Zürich", "Europe/Zurich"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_of_ones_own_is_written_by_name_or_city_and_holds_at_once(company, written, meant):
    company.has("Support", 1, time_zone="Europe/Madrid")

    saves(company, 1, zone_from="own", zone=written)

    assert zone(company) == meant
    said = text(shown(company.press(1, Action("settings.show"))))
    assert meant in said
    assert "your own choice" in said


@pytest.mark.parametrize(
    "written", ["", "Atlantis", "../../etc/passwd", "\x00", "x" * 5000, "Factory", "CEST"]
)
def test_a_zone_that_nobody_knows_leaves_the_form_open_and_changes_nothing(company, written):
    company.has("Support", 1, time_zone="Europe/Madrid")

    reply = saves(company, 1, locale="de-DE", zone_from="own", zone=written)

    assert isinstance(reply, Invalid)
    assert set(reply.fields) == {"zone"}
    assert (zone(company), person_of(company, 1).chosen_locale) == ("Europe/Madrid", "")


def test_a_slip_is_told_what_was_probably_meant(company):
    company.has("Support", 1)

    reply = saves(company, 1, zone_from="own", zone="Europe/Berln")

    assert isinstance(reply, Invalid)
    assert reply.fields["zone"] == "I know no such time zone. Is Europe/Berlin meant?"


def test_neither_an_import_nor_a_roster_takes_back_the_zone_and_language_that_were_chosen(company):
    company.has("Support", 1, email="p1@b.example")
    saves(company, 1, locale="de-DE", zone_from="own", zone="Tokyo")

    apply(
        company.store,
        order([row("p1", email="p1@b.example", locale="en-GB", time_zone="Europe/Madrid")]),
    )
    company.store.write(
        lambda unit: roster.met(unit, 1, Profile("p1", locale="fr-FR", time_zone="America/Denver"))
    )

    assert zone(company) == "Asia/Tokyo"
    person = person_of(company, 1)
    assert (person.time_zone, person.seen_zone) == ("Europe/Madrid", "America/Denver")
    assert "Deine Einstellungen" in text(shown(company.types(1, "settings")))


def test_the_chat_s_zone_can_be_followed_again_before_hr_s_and_then_moves_with_the_person(company):
    company.has("Support", 1, time_zone="Europe/Madrid")
    company.store.write(lambda unit: roster.met(unit, 1, Profile("p1", time_zone="America/Denver")))
    assert zone(company) == "Europe/Madrid"
    form = fields(shown(company.types(1, "settings")))
    assert [option.label for option in form["zone_from"].response.options] == [
        "Europe/Madrid, from HR's file",
        "America/Denver, from your profile in this chat",
        "another one, which I write below",
    ]

    saves(company, 1, zone_from="chat")
    followed = zone(company)
    company.store.write(lambda unit: roster.met(unit, 1, Profile("p1", time_zone="Asia/Tokyo")))

    assert (followed, zone(company)) == ("America/Denver", "Asia/Tokyo")
    saves(company, 1, zone_from="automatic")
    assert zone(company) == "Europe/Madrid"


def test_who_changes_only_the_language_keeps_the_zone_that_was_chosen(company):
    company.has("Support", 1)
    saves(company, 1, zone_from="own", zone="Tokyo")
    form = fields(shown(company.types(1, "settings")))
    assert (form["zone_from"].value, form["zone"].value) == ("own", "Asia/Tokyo")

    saves(company, 1, locale="de-DE")
    saves(company, 1, locale="de-DE", zone_from=form["zone_from"].value, zone=form["zone"].value)

    assert zone(company) == "Asia/Tokyo"


def test_invitations_and_quiet_hours_follow_the_chosen_zone(company):
    company.has("Support", 2)
    saves(company, 1, zone_from="own", zone="Tokyo")
    company.clock.move_to(datetime(2026, 11, 23, 0, 0, tzinfo=UTC))
    company.runs()
    company.opens()

    due = {row.person_id: row.due_at for row in company.sent("wave.invite")}

    assert due == {
        1: datetime(2026, 11, 23, 0, 0, tzinfo=UTC),
        2: datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    }
    evening_there = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    there = company.store.read(lambda unit: guards.zone_of(unit.people.get(1), "UTC"))
    held = guards.awake(guarded("wave.invite", person=person_of(company, 1), now=evening_there, zone=there))
    assert held == Later(datetime(2026, 11, 23, 23, 0, tzinfo=UTC))


@pytest.mark.parametrize(("locale", "formality"), [("en", "du"), ("de", "du"), ("de", "sie")])
def test_the_form_keeps_to_the_rules_of_the_house(company, locale, formality):
    company.store.write(lambda unit: setattr(unit.organisations.get(), "formality", formality))
    company.has("Support", 1, locale=locale, time_zone="Europe/Madrid", seen_zone="Asia/Tokyo")

    assert faults(shown(company.types(1, "settings"))) == []
