from collections import Counter, defaultdict
from datetime import timedelta

from adapters.demo import truth
from adapters.demo.build import TRUTH
from adapters.demo.company import DEPARTMENTS, Company
from analytics.report import Kind, build
from analytics.report.model import Separations
from analytics.results import Withheld
from bot.cases import report_inputs
from bot.store.tables import Reading
from bot.store.unit import Unit
from tests.adapters.demo.conftest import Stage


def all_readings(unit: Unit) -> list[Reading]:
    return [
        reading for item, metric in unit.readings.items() for reading in unit.readings.series(item, metric)
    ]


def test_the_organisation_is_live_marked_as_made_up_and_says_why_it_needs_no_works_council(looked_at: Stage):
    organisation = looked_at.store.read(lambda unit: unit.organisations.get())
    assert organisation.made_up
    assert not organisation.rehearsal
    assert organisation.live_at is not None
    assert organisation.works_council == "Not needed, because this is a demonstration"
    assert organisation.contact_id is not None


def test_everybody_who_works_there_or_will_can_be_reached_and_nobody_who_left(looked_at: Stage):
    def accounts(unit: Unit) -> tuple[set[int], set[int]]:
        here = {person.id for person in unit.people.all() if person.ends_on is None}
        return here, set(unit.accounts.reachable())

    here, reachable = looked_at.store.read(accounts)
    assert reachable == here
    assert len(here) == 122


def test_roles_surveys_and_rollouts_are_set_up(looked_at: Stage, company: Company):
    def found(unit: Unit) -> tuple[dict[str, list[str]], dict[str, object], list[object]]:
        names = {person.id: person.name for person in unit.people.all()}
        grants = {role: [names[n] for n in unit.people.granted(role)] for role in ("hr_admin", "owner")}
        return grants, {s.key: s.first_on for s in unit.surveys.all()}, [*unit.rollouts.all()]

    grants, surveys, rollouts = looked_at.store.read(found)
    assert grants == {"hr_admin": ["Ana Ruiz"], "owner": ["Ingrid Solberg"]}
    assert surveys == {"pulse": company.monday, "feedback": company.monday}
    assert len(rollouts) == 4
    assert {getattr(row, "source", "") for row in rollouts} == {"made up"}
    assert sum(getattr(row, "starts_on", company.monday) > company.monday for row in rollouts) == 1


def test_every_made_up_figure_is_marked_and_comes_from_no_wave(looked_at: Stage):
    readings = looked_at.store.read(all_readings)
    assert {reading.source for reading in readings} == {"made up"}
    assert {reading.wave_id for reading in readings} == {0}
    assert looked_at.store.read(lambda unit: unit.waves.recent()) == []


def test_no_figure_of_fewer_than_five_is_shown_and_none_withheld_keeps_a_number(looked_at: Stage):
    for reading in looked_at.store.read(all_readings):
        if reading.state == "withheld":
            assert (reading.value, reading.low, reading.high, reading.n, reading.variance) == (None,) * 5
            assert reading.reason == "privacy"
        elif reading.metric == "favourability" and reading.state == "shown":
            assert reading.n is None or reading.n >= 10
            assert reading.asked is not None
            assert reading.asked >= 5
            assert 0 < (reading.value or 0) < 1


def test_shares_of_small_groups_are_rounded_to_five_points(looked_at: Stage):
    rounded = [
        reading.value
        for reading in looked_at.store.read(all_readings)
        if reading.metric == "favourability" and reading.state == "shown" and (reading.n or 0) < 20
    ]
    assert len(rounded) > 50
    assert all(round((value or 0) * 100) % 5 == 0 for value in rounded)


def test_the_department_of_six_is_never_shown_alone_and_most_months_of_support_are(looked_at: Stage):
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for reading in looked_at.store.read(all_readings):
        if reading.metric == "favourability":
            states[reading.path][reading.state] += 1

    assert set(states["Finance"]) == {"withheld"}
    assert states["Operations/Support"]["shown"] >= 18
    assert {sum(counts.values()) for counts in states.values()} == {24}
    assert {one.path for one in DEPARTMENTS} <= set(states)


def test_the_report_on_support_is_graded_and_its_interval_holds_the_kept_truth(looked_at: Stage):
    rows = looked_at.store.read(report_inputs.gather)
    kept = looked_at.store.read(lambda unit: unit.settings.get(TRUTH))
    report = build(report_inputs.inputs_for(report_inputs.evidence(rows), "Operations/Support"))
    true = next(one for one in truth.from_json(kept or "") if one.path == "Operations/Support")

    effect = report.satisfaction.effect
    assert not isinstance(effect, Withheld)
    assert effect.low <= 100 * true.favourable <= effect.high
    assert report.grade in ("B", "C")


def test_resignations_are_refused_as_too_rare_at_a_hundred_and_twenty_people(looked_at: Stage):
    rows = looked_at.store.read(report_inputs.gather)
    report = build(report_inputs.inputs_for(report_inputs.evidence(rows), "Operations/Support"))

    assert isinstance(report.separations, Separations)
    assert report.separations.effect == Withheld("rare")


def test_the_small_automated_department_gets_the_decision_sheet(looked_at: Stage):
    rows = looked_at.store.read(report_inputs.gather)
    report = build(report_inputs.inputs_for(report_inputs.evidence(rows), "Finance"))

    assert report.headline.kind is Kind.TOO_SMALL
    assert report.satisfaction.effect == Withheld("privacy")


def test_the_planned_automation_can_be_asked_about(looked_at: Stage):
    rows = looked_at.store.read(report_inputs.gather)
    report = build(report_inputs.inputs_for(report_inputs.evidence(rows), "Commercial/Sales"))

    assert report.headline.kind is Kind.PLANNED


def test_only_those_who_come_later_still_have_to_meet_the_bot(looked_at: Stage, company: Company):
    people = looked_at.store.read(lambda unit: unit.people.all())
    strangers = {person.starts_on for person in people if person.disclosed_at is None}

    assert strangers == {company.monday + timedelta(days=days) for days in (0, 14, 28)}
