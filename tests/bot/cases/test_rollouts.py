"""Rollouts: HR enters them, planned ones too; heads count the hours under their name."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases import rollouts
from bot.cases.rollout_entry import MOST, Problem, day_in, figure_in
from bot.cases.rollouts import Entry
from bot.errors import Refused
from bot.store.store import Store
from bot.store.tables import Rollout
from bot.talk.cards import Action, Ask, Card, Table, Text
from bot.talk.events import OpenForm
from bot.talk.fallback import violations
from bot.talk.language import words
from tests.bot.cases.report_firm import ROUTING, SUPPORT, Firm, button, buttons, fields, shown
from tests.bot.cases.report_fixtures import firm, firm_name, originals, plain_firm, store

__all__ = ["firm", "firm_name", "originals", "plain_firm", "store"]

FORM = {
    "path": "support",
    "name": "ticket routing",
    "purpose": "fewer wrong hand-overs",
    "starts_on": "2027-06-01",
    "one_off_cost": "€6,000",
    "monthly_cost": "400.50",
    "hours_saved": "",
    "hourly_rate": "35",
    "salary": "48000",
}
SAVE = Action("rollouts.save")


def only(store: Store) -> Rollout:
    (row,) = store.read(lambda unit: unit.rollouts.all())
    return row


def acts(store: Store) -> list[tuple[str, str, str]]:
    entries = store.read(lambda unit: unit.audit.entries())
    return [(e.actor, e.act, e.object) for e in entries if e.act.startswith("rollout.")]


def texts(card: Card) -> str:
    return " ".join(element.body for element in card.elements if isinstance(element, Text))


# --- entering ---------------------------------------------------------------------------------------------


def test_hr_enters_a_planned_automation_and_learns_when_to_start_measuring(plain_firm: Firm, store: Store):
    card = shown(plain_firm.acts(plain_firm.hr, SAVE, FORM))

    row = only(store)
    assert (row.path, row.name, row.starts_on) == (SUPPORT, "ticket routing", date(2027, 6, 1))
    assert (row.one_off_cost, row.monthly_cost, row.hours_saved) == (6000.0, 400.5, None)
    assert "Start measuring six months before" in texts(card)
    assert "by 1 December 2026" in texts(card)
    assert violations(card) == []
    assert acts(store) == [(f"person:{plain_firm.hr}", "rollout.added", "rollout:1")]


def test_a_start_that_is_too_near_is_told_honestly(plain_firm: Firm):
    card = shown(plain_firm.acts(plain_firm.hr, SAVE, FORM | {"starts_on": "1.12.2026"}))

    assert "that date has passed" in texts(card)


def test_a_running_one_leads_to_its_report(plain_firm: Firm):
    card = shown(plain_firm.acts(plain_firm.hr, SAVE, FORM | {"starts_on": "2026-02-10"}))

    assert "six months" not in texts(card)
    report = shown(plain_firm.acts(plain_firm.hr, button(card, "report.show")))
    assert report.title == "Support, since ticket routing"


@pytest.mark.parametrize(
    ("field", "value", "part"),
    [
        ("path", "", "needed"),
        ("path", "Suport", "Operations/Support"),
        ("name", " ", "needed"),
        ("name", "x" * 81, "80"),
        ("purpose", "", "needed"),
        ("starts_on", "", "2027-03-01"),
        ("starts_on", "1/2/2027", "2027-03-01"),
        ("starts_on", "2027-02-30", "2027-03-01"),
        ("starts_on", "1900-01-01", "2016-01-01"),
        ("one_off_cost", "-5", "below zero"),
        ("one_off_cost", "a lot", "1,500"),
        ("monthly_cost", "6.000", "6000 or 6"),
        ("monthly_cost", "1e99", "1,500"),
        ("hours_saved", "99999999", "1,000,000"),
        ("salary", "nan", "1,500"),
    ],
)
def test_each_field_says_what_does_not_fit_and_nothing_is_kept(
    plain_firm: Firm, store: Store, field: str, value: str, part: str
):
    problems = fields(plain_firm.acts(plain_firm.hr, SAVE, FORM | {field: value}))

    assert list(problems) == [field]
    assert part in problems[field]
    assert store.read(lambda unit: unit.rollouts.all()) == []


def test_all_problems_of_a_form_are_told_at_once(plain_firm: Firm):
    problems = fields(plain_firm.acts(plain_firm.hr, SAVE, {"salary": "-1"}))

    assert set(problems) == {"path", "name", "purpose", "starts_on", "salary"}


def test_the_same_automation_is_not_entered_twice(plain_firm: Firm, store: Store):
    plain_firm.acts(plain_firm.hr, SAVE, FORM)

    problems = fields(plain_firm.acts(plain_firm.hr, SAVE, FORM | {"name": "Ticket Routing"}))

    assert "already" in problems["name"]
    assert only(store).name == "ticket routing"


def test_an_automation_can_be_changed_and_the_change_is_on_record(firm: Firm, store: Store):
    form = firm.acts(firm.hr, Action("rollouts.change", "1"))
    assert isinstance(form, OpenForm)
    assert form.card.submit is not None
    known = {e.key: e.value for e in form.card.elements if isinstance(e, Ask)}

    firm.acts(firm.hr, form.card.submit.action, known | {"monthly_cost": "500"})

    row = only(store)
    assert (row.monthly_cost, row.one_off_cost, row.salary) == (500.0, 3000.0, 48000.0)
    assert acts(store)[-1] == (f"person:{firm.hr}", "rollout.changed", "rollout:1")


@pytest.mark.parametrize("name", ["rollouts.add", "rollouts.change", "rollouts.save"])
def test_only_hr_enters_automations(firm: Firm, name: str):
    for person in (firm.employee, firm.heads[SUPPORT]):
        with pytest.raises(Refused) as refused:
            firm.acts(person, Action(name, "1"), FORM)
        assert refused.value.key == "refused.role.hr_admin"


def test_the_list_shows_what_there_is_and_how_to_add(firm: Firm):
    firm.automates(replace(ROUTING, path="Sales", name="quotes", one_off_cost=0.0, hours_saved=12.5))

    card = shown(firm.does(firm.hr, rollouts.COMMANDS["rollouts"], ""))

    (table,) = [element for element in card.elements if isinstance(element, Table)]
    assert table.rows[0][3:] == ("€3,000 once, €400 a month", "not entered")
    assert table.rows[1][3:] == ("€400 a month", "12.50")
    assert buttons(card) == ["rollouts.add", "report.overview", "human.ask"]
    assert violations(card) == []
    with pytest.raises(Refused):
        firm.does(firm.employee, rollouts.COMMANDS["rollouts"], "")


def test_the_forms_keep_the_rules_of_cards(firm: Firm):
    for action in (Action("rollouts.add"), Action("rollouts.change", "1"), Action("rollouts.hours", "1")):
        reply = firm.acts(firm.hr, action)
        assert isinstance(reply, OpenForm)
        assert violations(reply.card) == []


# --- hours ------------------------------------------------------------------------------------------------


def test_a_head_counts_hours_under_their_own_name(firm: Firm, store: Store):
    head = firm.heads[SUPPORT]

    card = shown(firm.acts(head, Action("rollouts.hours.save", f"1/{SUPPORT}"), {"hours_saved": "42.5"}))

    assert only(store).hours_saved == 42.5
    assert f"42.50 hours a month for ticket routing in Support, entered by Person {head}" in texts(card)
    assert acts(store)[-1] == (f"person:{head}", "rollout.hours_counted", "rollout:1")
    assert store.read(lambda unit: unit.rollouts.hours_by(1)) == f"person:{head}"


@pytest.mark.parametrize("value", ["", "-1", "many", "2000000"])
def test_hours_that_can_t_be_are_refused_beside_the_field(firm: Firm, store: Store, value: str):
    reply = firm.acts(firm.hr, Action("rollouts.hours.save", "1"), {"hours_saved": value})

    assert "hours_saved" in fields(reply)
    assert only(store).hours_saved is None


@pytest.mark.parametrize("name", ["rollouts.hours", "rollouts.hours.save"])
def test_nobody_counts_hours_for_others(firm: Firm, name: str):
    for person in (firm.employee, firm.heads["Sales"]):
        with pytest.raises(Refused):
            firm.acts(person, Action(name, f"1/{SUPPORT}"), {"hours_saved": "1000"})


@pytest.mark.parametrize("ref", ["99", "", "1;drop"])
def test_a_forged_or_old_reference_is_refused(firm: Firm, ref: str):
    with pytest.raises(Refused):
        firm.acts(firm.hr, Action("rollouts.hours.save", ref), {"hours_saved": "1"})


# --- by the operator --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"path": "Nowhere"}, "rollouts.problem.department"),
        ({"purpose": ""}, "refused.rollout.required"),
        ({"monthly_cost": -1.0}, "refused.rollout.negative"),
        ({"salary": float("inf")}, "refused.rollout.too_large"),
        ({"one_off_cost": float("nan")}, "refused.rollout.too_large"),
        ({"starts_on": date(2100, 1, 1)}, "rollouts.problem.date_range"),
        ({"name": "n" * 81}, "refused.rollout.too_long"),
    ],
)
def test_the_operator_s_entry_is_checked_as_well(
    plain_firm: Firm, store: Store, change: dict[str, object], key: str
):
    entry: Entry = replace(ROUTING, **change)  # type: ignore[arg-type]  # fields of an entry

    with pytest.raises(Refused) as refused:
        store.write(lambda unit: rollouts.add(unit, entry, "operator"))

    assert refused.value.key == key
    assert words("en")(key, **refused.value.values)
    assert store.read(lambda unit: unit.rollouts.all()) == []


# --- what people type -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "text", "value"),
    [
        ("en", "6,000", 6000.0),
        ("en", "1,234.5", 1234.5),
        ("de", "6.000", 6000.0),
        ("de", "6.000,50 €", 6000.5),
        ("de", "EUR 6000", 6000.0),
        ("en", "€ 6 000", 6000.0),
        ("en", "0", 0.0),
    ],
)
def test_a_figure_is_read_as_its_language_writes_it(locale: str, text: str, value: float):
    assert figure_in(words(locale), "one_off_cost", text, "EUR") == value


@pytest.mark.parametrize(("locale", "text"), [("en", "6.000"), ("de", "6,000"), ("en", "12.345")])
def test_a_figure_that_can_be_read_in_two_ways_is_asked_about(locale: str, text: str):
    found = figure_in(words(locale), "one_off_cost", text, "EUR")

    assert isinstance(found, Problem)
    assert found.key == "rollouts.problem.unclear"


@given(st.integers(0, 99_999_999), st.sampled_from(["en", "de", "de-CH", "en-US", "fr"]))
def test_what_we_write_can_be_read_back(cents: int, locale: str):
    w, value = words(locale), cents / 100
    written = w.number(value, 0 if value == int(value) else 2)

    assert figure_in(w, "one_off_cost", written, "EUR") == value


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_figure_in_range_or_a_problem(text: str):
    for name, most in MOST.items():
        found = figure_in(words("en"), name, text, "EUR")
        assert found is None or isinstance(found, Problem) or 0 <= found <= most


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_a_date_is_read_in_both_ways_of_writing(day: date):
    assert day_in(day.isoformat()) == day
    assert day_in(f"{day.day}.{day.month}.{day.year}") == day


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_date_or_none(text: str):
    assert day_in(text) is None or isinstance(day_in(text), date)
