"""Stories of ``/roi-report``: who gets which report, what it says, and what a refusal leaves standing."""

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics.causal.difference import Effect
from analytics.report import Kind, from_json
from analytics.report.model import RoiReport
from bot.cases import report_making, reports
from bot.errors import Refused
from bot.store.store import Store
from bot.store.tables import Headship, Report
from bot.talk.cards import Action, Ask, Card, Chart, Facts, Note, Table, Text
from bot.talk.events import OpenForm, Private
from bot.talk.fallback import violations
from tests.bot.cases.report_firm import ROUTING, SUPPORT, Firm, button, buttons, fields, shown
from tests.bot.cases.report_fixtures import firm, firm_name, originals, plain_firm, store
from tests.fakes import FakeClock

__all__ = ["firm", "firm_name", "originals", "plain_firm", "store"]


def stored(store: Store) -> list[Report]:
    from sqlmodel import select  # noqa: PLC0415 -- only this look at the rows needs it

    return store.read(lambda unit: list(unit.session.exec(select(Report).order_by(Report.id))))  # type: ignore[arg-type]  # a column


def only_report(store: Store) -> RoiReport:
    (row,) = stored(store)
    return from_json(row.body)


def lead(card: Card) -> str:
    return next(e.body for e in card.elements if isinstance(e, Text) and e.lead)


def facts(card: Card) -> dict[str, tuple[str, str]]:
    return {f.label: (f.value, f.detail) for e in card.elements if isinstance(e, Facts) for f in e.items}


# --- what a report says -----------------------------------------------------------------------------------


def test_a_manager_gets_a_graded_report_whose_range_covers_the_truth(firm: Firm, store: Store):
    card = firm.asks(firm.heads[SUPPORT], "support")

    report = only_report(store)
    effect = report.satisfaction.effect
    assert report.headline.kind is Kind.BETTER
    assert report.grade.value == "B"
    assert isinstance(effect, Effect)
    assert 0 < effect.low <= 25.0 <= effect.high
    assert card.title == "Support, since ticket routing"
    assert lead(card).startswith("Better than the comparison: satisfaction +")
    assert "95 % range" in lead(card)
    assert violations(card) == []


def test_a_report_has_its_figures_its_picture_its_money_and_its_source(firm: Firm):
    card = firm.asks(firm.heads[SUPPORT], "Support")

    kinds = [type(element) for element in card.elements]
    assert kinds.index(Facts) < kinds.index(Chart) < kinds.index(Table)
    chart = next(e for e in card.elements if isinstance(e, Chart))
    assert [series.label for series in chart.data.series] == ["Support", "other departments"]
    assert chart.data.marker is not None
    assert chart.data.x_labels[chart.data.marker.index] == "Feb 2026"
    table = next(e for e in card.elements if isinstance(e, Table))
    assert {row[2] for row in table.rows} >= {"entered", "assumed"}
    note = next(e for e in card.elements if isinstance(e, Note))
    assert "made-up" in note.body
    assert buttons(card) == ["report.why", "report.inputs", "report.limits", "human.ask"]


def test_resignations_are_counts_with_the_honest_refusal(firm: Firm):
    value, detail = facts(firm.asks(firm.heads[SUPPORT], "Support"))["Resignations since the start"]

    assert value.endswith("expected")
    assert detail == "chance can explain that; too few for a comparison with other departments"


@pytest.mark.parametrize("firm_name", ["worse"])
def test_a_worsening_stands_in_the_same_place_and_size(firm: Firm, store: Store):
    worse = firm.asks(firm.hr, "Support")
    better = only_report(store)
    assert better.headline.kind is Kind.WORSE
    assert worse.title == "Support, since ticket routing"
    assert worse.elements[0] == Text(lead(worse), lead=True)
    assert lead(worse).startswith("Worse than the comparison: satisfaction −")
    assert buttons(worse) == ["report.why", "report.talk", "report.limits", "human.ask"]
    assert lead(worse) in worse.fallback


def test_six_people_get_a_decision_sheet_and_no_figure_of_theirs(firm: Firm):
    firm.automates(replace(ROUTING, path="Legal", name="contract search", hours_saved=12.0))

    card = firm.asks(firm.heads["Legal"], "Legal")

    assert card.title == "Legal: too small to tell"
    assert lead(card).startswith("In a team of 6, one resignation more or less is chance")
    assert "It pays from" in next(e.body for e in card.elements if isinstance(e, Text) and not e.lead)
    assert facts(card)["Resignations since the start"][0] == "not shown"
    assert not any(isinstance(element, Chart) for element in card.elements)
    assert buttons(card) == ["rollouts.hours", "report.talk", "report.inputs", "human.ask"]
    assert violations(card) == []
    assert "report.overview" in buttons(firm.asks(firm.hr, "Legal"))


def test_a_department_without_an_automation_is_told_how_to_begin(firm: Firm):
    card = firm.asks(firm.hr, "Sales")

    assert "No automation is registered for Sales" in lead(card)
    assert any("six months before" in e.body for e in card.elements if isinstance(e, Text))
    assert button(card, "rollouts.add").value == "Sales"
    assert "rollouts.add" not in buttons(firm.asks(firm.heads["Sales"], "Sales"))


def test_without_any_cost_the_report_says_so_and_hr_can_enter_it(plain_firm: Firm):
    firm = plain_firm
    number = firm.automates(replace(ROUTING, one_off_cost=0.0, monthly_cost=0.0))
    card = firm.asks(firm.hr, "Support")

    assert facts(card)["Money a year, from hours alone"] == ("not entered", "")
    assert "Pays by hours" not in facts(card)
    inputs = shown(firm.acts(firm.hr, button(card, "report.inputs")))
    assert button(inputs, "rollouts.change").ref == str(number)


@pytest.mark.parametrize("name", ["report.why", "report.inputs", "report.limits"])
def test_the_details_open_and_keep_the_rules_of_cards(firm: Firm, name: str):
    card = firm.asks(firm.heads[SUPPORT], "Support")

    detail = shown(firm.acts(firm.heads[SUPPORT], button(card, name)))

    assert violations(detail) == []
    assert "human.ask" in buttons(detail)


def test_the_talk_guide_has_five_questions(firm: Firm):
    firm.automates(replace(ROUTING, path="Legal"))
    sheet = firm.asks(firm.heads["Legal"], "Legal")

    guide = shown(firm.acts(firm.heads["Legal"], button(sheet, "report.talk")))

    assert [value.endswith("?") for value, _ in facts(guide).values()] == [True] * 5


# --- who may see it ---------------------------------------------------------------------------------------


def test_the_head_of_another_department_is_refused(firm: Firm):
    with pytest.raises(Refused) as refused:
        firm.asks(firm.heads["Sales"], "Support")

    assert refused.value.key == "refused.department_unknown"
    assert "Support" not in str(refused.value.values["choices"])


@pytest.mark.parametrize("text", ["", "Support", "company"])
def test_an_employee_is_refused_whatever_they_name(firm: Firm, text: str):
    with pytest.raises(Refused) as refused:
        firm.asks(firm.employee, text)

    assert refused.value.key in {"refused.no_reports", "refused.department"}


@pytest.mark.parametrize("name", ["report.why", "report.inputs", "report.limits", "report.talk"])
def test_a_button_passed_on_opens_nothing_for_others(firm: Firm, name: str):
    firm.asks(firm.heads[SUPPORT], "Support")

    with pytest.raises(Refused) as refused:
        firm.acts(firm.heads["Sales"], Action(name, "1"))

    assert refused.value.key == "refused.department"


@pytest.mark.parametrize("ref", ["1/Operations/Support", "1/Sales", "1/"])
def test_a_forged_reference_shows_no_other_department(firm: Firm, ref: str):
    with pytest.raises(Refused):
        firm.acts(firm.employee, Action("report.show", ref))


def test_an_old_button_is_refused_kindly(firm: Firm):
    for ref in ("99", "x", ""):
        with pytest.raises(Refused) as refused:
            firm.acts(firm.hr, Action("report.why", ref))
        assert refused.value.key == "refused.old_button"


def test_every_look_is_kept_on_record(firm: Firm, store: Store):
    firm.asks(firm.heads[SUPPORT], "Support")
    firm.asks(firm.hr, "Support")

    looks = store.read(lambda unit: [e.actor for e in unit.audit.entries() if e.act == "report.shown"])
    assert looks == [f"person:{firm.heads[SUPPORT]}", f"person:{firm.hr}"]


# --- which report -----------------------------------------------------------------------------------------


def test_without_a_name_a_manager_gets_the_only_report_there_is(firm: Firm):
    firm.automates(replace(ROUTING, path="Sales", name="quotes"))

    assert firm.asks(firm.heads[SUPPORT]).title == "Support, since ticket routing"


def test_the_head_of_a_part_gets_the_report_on_an_automation_above(plain_firm: Firm):
    firm = plain_firm
    firm.automates(replace(ROUTING, path="Operations"))

    card = firm.asks(firm.heads[SUPPORT])

    assert card.title == "Support, since ticket routing"
    assert "rollouts.hours" not in buttons(
        shown(firm.acts(firm.heads[SUPPORT], button(card, "report.inputs")))
    )


def test_who_may_see_several_chooses_by_a_tap(firm: Firm):
    firm.automates(replace(ROUTING, path="Sales", name="quotes"))

    card = firm.asks(firm.hr)
    (ask,) = [element for element in card.elements if isinstance(element, Ask)]

    assert card.submit is None
    assert [action.value for action in card.actions() if action.name == "report.show"]
    assert violations(card) == []
    chosen = firm.acts(firm.hr, Action("report.show", "", ask.response.options[0].value))  # type: ignore[union-attr]  # a choice
    assert shown(chosen).title == "Support, since ticket routing"


def test_who_may_see_many_chooses_in_a_form(firm: Firm):
    for path in ("Sales", "Product", "People", "Finance"):
        firm.automates(replace(ROUTING, path=path))

    reply = firm.does(firm.hr, reports.COMMANDS["roi-report"], "")

    assert isinstance(reply, OpenForm)
    assert reply.card.submit is not None
    sent = firm.acts(firm.hr, reply.card.submit.action, {"department": "2/Sales"})
    assert isinstance(sent, Private)
    empty = firm.acts(firm.hr, reply.card.submit.action, {})
    assert "department" in fields(empty)


@pytest.mark.parametrize("text", ["company", "Ganze Firma", "Example"])
def test_the_whole_company_is_a_table_in_order_of_department(firm: Firm, text: str):
    firm.automates(replace(ROUTING, path="Legal", name="contract search"))

    card = firm.asks(firm.hr, text)

    (table,) = [element for element in card.elements if isinstance(element, Table)]
    assert [row[0] for row in table.rows] == ["Legal", SUPPORT]
    assert table.rows[0][3:] == ("too small to tell", "D")
    assert table.rows[1][3].startswith("satisfaction +")
    assert violations(card) == []


def test_a_manager_s_overview_holds_their_own_and_a_count_of_the_others(firm: Firm):
    firm.automates(replace(ROUTING, path="Sales", name="quotes"))

    card = firm.asks(firm.heads["Sales"], "company")

    (table,) = [element for element in card.elements if isinstance(element, Table)]
    assert [row[0] for row in table.rows] == ["Sales"]
    assert any("1 more is in a department" in e.body for e in card.elements if isinstance(e, Note))


# --- made once --------------------------------------------------------------------------------------------


def test_the_same_inputs_give_the_same_report_to_everybody(firm: Firm, store: Store, clock: FakeClock):
    first = firm.asks(firm.heads[SUPPORT], "Support")
    clock.advance(timedelta(days=3))

    second = firm.asks(firm.hr, "Operations/Support")

    (row,) = stored(store)
    assert row.built_at == clock.now() - timedelta(days=3)
    assert button(first, "report.why") == button(second, "report.why")


def test_changed_inputs_give_a_new_report(firm: Firm, store: Store):
    firm.asks(firm.heads[SUPPORT], "Support")
    firm.acts(firm.heads[SUPPORT], Action("rollouts.hours.save", f"1/{SUPPORT}"), {"hours_saved": "40"})

    card = firm.asks(firm.heads[SUPPORT], "Support")

    assert len(stored(store)) == 2
    assert "not entered" not in facts(card)["Money a year, from hours alone"][0]
    inputs = shown(firm.acts(firm.heads[SUPPORT], button(card, "report.inputs")))
    rows = [row for e in inputs.elements if isinstance(e, Table) for row in e.rows]
    assert ("Hours saved a month", "40", f"entered by Person {firm.heads[SUPPORT]}") in rows


def test_a_report_knows_no_vault():
    """Importing all that makes a report must not import the vault."""
    code = (
        "import sys; import bot.cases.reports, bot.cases.rollouts; sys.exit('bot.store.vault' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- later ------------------------------------------------------------------------------------------------


@pytest.fixture
def large(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> Firm:
    """A firm that is too large to let people wait."""
    monkeypatch.setattr(report_making, "QUICK_PEOPLE", 0)
    return firm


def test_a_large_firm_s_report_is_queued_made_once_and_sent(large: Firm, store: Store):
    manager = large.heads[SUPPORT]
    told = [large.asks(manager, "Support").title for _ in range(2)]

    made = [reports.build_due(store) for _ in range(2)]

    assert told == ["A minute, please"] * 2
    assert made == [1, 0]
    (delivery,) = large.deliveries(manager)
    card = large.gets(manager, delivery, reports.CARDS)
    assert card is not None
    assert card.title == "Support, since ticket routing"
    assert delivery.args == {}


def test_two_who_asked_get_one_report_between_them(large: Firm, store: Store):
    for person in (large.heads[SUPPORT], large.hr):
        large.asks(person, "Support")

    assert reports.build_due(store) == 2

    (row,) = stored(store)
    refs = [large.deliveries(person)[0].ref for person in (large.heads[SUPPORT], large.hr)]
    assert refs == [str(row.id)] * 2


def test_who_stopped_leading_meanwhile_gets_no_report(large: Firm, store: Store, clock: FakeClock):
    manager = large.heads[SUPPORT]
    large.asks(manager, "Support")
    reports.build_due(store)
    today = clock.now().date()

    def hand_over(unit):
        key = (1, SUPPORT, manager, date(2024, 1, 1))
        unit.session.get(Headship, key).until = today

    store.write(hand_over)

    (delivery,) = large.deliveries(manager)
    assert large.gets(manager, delivery, reports.CARDS) is None


def test_a_report_that_fails_says_so_with_a_reference_and_holds_up_no_other(
    large: Firm, store: Store, monkeypatch: pytest.MonkeyPatch
):
    large.automates(replace(ROUTING, path="Sales", name="quotes"))
    large.asks(large.heads["Sales"], "Sales")
    large.asks(large.heads[SUPPORT], "Support")
    whole = report_making.build

    def broken(inputs):
        if inputs.department == "Sales":
            raise ZeroDivisionError
        return whole(inputs)

    monkeypatch.setattr(report_making, "build", broken)

    assert reports.build_due(store) == 2
    assert reports.build_due(store) == 0
    titles = [
        large.gets(person, large.deliveries(person)[0], reports.CARDS).title  # type: ignore[union-attr]  # a card
        for person in (large.heads["Sales"], large.heads[SUPPORT])
    ]
    assert titles == ["The report was not made", "Support, since ticket routing"]


def test_too_early_names_the_day_and_keeps_its_promise_once(plain_firm: Firm, store: Store, clock: FakeClock):
    firm = plain_firm
    firm.automates(replace(ROUTING, starts_on=date(2026, 9, 1)))
    manager = firm.heads[SUPPORT]

    cards = [firm.asks(manager, "Support") for _ in range(2)]

    assert cards[0].title == "Support: too early to tell"
    assert "Earliest honest answer: 1 January 2027. I'll send it to you then, once." in lead(cards[0])
    assert reports.build_due(store) == 0
    clock.move_to(clock.now().replace(year=2027, month=1, day=1))
    assert [reports.build_due(store), reports.build_due(store)] == [1, 0]
    (delivery,) = firm.deliveries(manager)
    assert firm.gets(manager, delivery, reports.CARDS) is not None


# --- the operator -----------------------------------------------------------------------------------------


def test_the_operator_gets_the_report_without_a_trace_in_the_store(firm: Firm, store: Store):
    found = store.read(lambda unit: reports.for_operator(unit, ""))

    assert found.report.headline.kind is Kind.BETTER
    assert found.as_json()["item"] == "job-satisfaction"
    assert stored(store) == []


@pytest.mark.parametrize(
    ("text", "key"), [("Suport", "refused.department_unknown"), ("Sales", "empty.rollouts")]
)
def test_the_operator_is_told_what_is_wrong(firm: Firm, store: Store, text: str, key: str):
    with pytest.raises(Refused) as refused:
        store.read(lambda unit: reports.for_operator(unit, text))

    assert refused.value.key == key
