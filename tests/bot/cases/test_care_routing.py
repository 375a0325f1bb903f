"""Passing on that somebody may want to talk: announced, a name alone, never to a manager, never for the anonymous."""

import ast
import inspect
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from analytics.text.triage import Sign
from bot.cases import (
    answers,
    care_routing,
    conversation,
    delivery,
    home,
    results,
    roles,
    surveys,
    undelivered,
)
from bot.cases.delivery import CARDS
from bot.commands import ACTIONS, COMMANDS
from bot.errors import Refused
from bot.store.tables import Audit, Delivery, Headship, Wave
from bot.store.unit import Store, Unit
from bot.talk.cards import Action, Card
from bot.talk.events import Replace
from surveys.formats import FreeText
from tests.bot.cases.welcoming import Company, cards_of, faults, fields, shown, text
from tests.canary import free
from tests.fakes import FakeClock

HEAVY = {
    Sign.SELF_HARM: "I don't want to live anymore",
    Sign.THREAT: "my boss threatened me",
    Sign.HARASSMENT: "I was harassed",
    Sign.BURNOUT: "I am completely exhausted, a nervous breakdown",
}
LIGHT = "the food is fine"
HOURS = "Mon to Fri, 9 to 17"
ALL = tuple(Sign)
COMMENT = "first-week-comment"


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    return Company(store, clock)


@pytest.fixture
def cast(company: Company) -> dict[str, int]:
    """A head who is an owner as well, a buddy, two of HR, and a newcomer whose question is there."""
    cast = company.cast()
    cast["second"] = company.has("People", 1)[0]

    def settle(unit: Unit) -> None:
        unit.people.grant(cast["second"], "hr_admin", unit.now)
        unit.people.grant(cast["head"], "owner", unit.now)

    company.store.write(settle)
    company.day(24)
    company.day(27, 14)
    return cast


def external(unit: Unit, number: int) -> str:
    person = unit.people.get(number)
    assert person is not None
    return person.external


def rule(
    company: Company,
    to: int,
    *,
    stand_in: int | None = None,
    after: Collection[str] = ALL,
    hours: str = HOURS,
) -> None:
    def work(unit: Unit) -> None:
        second = external(unit, stand_in) if stand_in else ""
        care_routing.set_rule(
            unit, "command", after=after, contact=external(unit, to), stand_in=second, hours=hours
        )

    company.store.write(work)


def form(company: Company, person: int) -> Card:
    """Return the form for words, as it opens after the rating."""
    return cards_of(company.tap(person, company.the_card("journey.step", person), "Mixed"))[0]


def written(company: Company, person: int, words: str, opened: Card | None = None) -> Replace:
    opened = opened or form(company, person)
    assert opened.submit is not None
    reply = company.press(person, opened.submit.action, {COMMENT: free(words)})
    assert isinstance(reply, Replace)
    return reply


def passed_on(company: Company) -> list[tuple[int, str]]:
    return [(row.person_id, row.ref) for row in company.sent("care.request")]


def audited(company: Company) -> list[tuple[str, str]]:
    entries = company.store.read(lambda unit: unit.audit.entries(limit=500))
    return [(e.object, repr(e.details)) for e in entries if e.act == "care.passed_on"]


# --- announced, then done, and said -----------------------------------------------------------------------


def test_without_a_rule_nothing_is_announced_and_nothing_passed_on_but_help_is_shown(company, cast):
    opened = form(company, cast["new"])
    reply = written(company, cast["new"], HEAVY[Sign.SELF_HARM], opened)

    assert "may want to talk" not in text(opened)
    assert reply.beside is not None
    assert "Nobody has been told" in text(reply.beside)
    assert passed_on(company) == []
    assert audited(company) == []


def test_the_question_and_the_form_say_before_anybody_writes_who_is_told_of_what(company, cast):
    rule(company, cast["hr"])
    name = company.store.read(lambda unit: unit.people.get(cast["hr"]).name)

    for card in (company.the_card("journey.step", cast["new"]), form(company, cast["new"])):
        assert f"I tell {name} from HR that you may want to talk: your name only" in text(card)
        assert HOURS in text(card)
        assert "nobody reads along" in text(card)
        assert faults(card) == []


@pytest.mark.parametrize("sign", ALL)
def test_a_sign_is_passed_on_as_a_name_without_words_and_without_its_kind(company, cast, sign):
    rule(company, cast["hr"])

    reply = written(company, cast["new"], HEAVY[sign])

    assert passed_on(company) == [(cast["hr"], str(cast["new"]))]
    row = company.sent("care.request")[0]
    assert (row.args, row.key) == ({}, f"care:{cast['new']}:2026-11-27")
    card = company.card(row)
    told = [company.store.read(lambda unit, n=n: unit.people.get(n).name) for n in (cast["new"], cast["hr"])]
    assert f"{told[0]} may want to talk, and knows that you are told" in text(card)
    assert faults(card) == []
    assert f"As announced, {told[1]} learns that you may want to talk" in text(reply.beside)
    assert audited(company) == [(f"person:{cast['hr']}", "{}")]


def test_the_card_and_the_row_are_the_same_whatever_the_kind(company, cast):
    rule(company, cast["hr"])
    seen = [
        forked(company, lambda unit, w=words: sent_in(company, unit, cast, w)) for words in HEAVY.values()
    ]

    assert len({repr(one) for one in seen}) == 1


def test_a_reply_without_a_sign_reaches_nobody(company, cast):
    rule(company, cast["hr"])

    assert written(company, cast["new"], LIGHT).beside is None
    assert passed_on(company) == []


def test_a_sign_that_the_rule_does_not_name_is_answered_with_help_alone(company, cast):
    rule(company, cast["hr"], after=["burnout"])

    reply = written(company, cast["new"], HEAVY[Sign.HARASSMENT])

    assert reply.beside is not None
    assert "Nobody has been told" in text(reply.beside)
    assert passed_on(company) == []


def test_it_is_passed_on_once_a_day_and_the_author_is_told_the_truth_each_time(company, cast):
    rule(company, cast["hr"])
    first = written(company, cast["new"], HEAVY[Sign.BURNOUT])
    changed = shown(company.tap(cast["new"], first.card, "Change answer"))
    again = cards_of(company.tap(cast["new"], changed, "Mixed"))[0]

    second = written(company, cast["new"], HEAVY[Sign.SELF_HARM], again)

    assert len(passed_on(company)) == 1
    assert len(audited(company)) == 1
    assert second.beside == first.beside


@pytest.mark.parametrize("value", ["", "0", "1", "999", "x", "٣", "1" * 1_000])
def test_whom_the_form_did_not_name_is_not_told(company, cast, value):
    """So it is with a form that was open before the rule, and with one that somebody made up."""
    opened = form(company, cast["new"])
    rule(company, cast["hr"])
    assert opened.submit is not None
    ref = opened.submit.action.ref

    reply = company.press(
        cast["new"], Action("journey.comment", ref, value), {COMMENT: HEAVY[Sign.SELF_HARM]}
    )

    assert passed_on(company) == []
    assert "Nobody has been told" in text(reply.beside)


def test_a_rule_that_ended_meanwhile_passes_nothing_on(company, cast):
    rule(company, cast["hr"])
    opened = form(company, cast["new"])
    company.store.write(lambda unit: care_routing.end_rule(unit, "command"))

    reply = written(company, cast["new"], HEAVY[Sign.BURNOUT], opened)

    assert passed_on(company) == []
    assert "Nobody has been told" in text(reply.beside)


# --- to whom ----------------------------------------------------------------------------------------------


def leads(company: Company, cast: Mapping[str, int]) -> None:
    def work(unit: Unit) -> None:
        day = unit.now.date()
        unit.placements.add(Headship(organisation_id=1, path="Support", person_id=cast["hr"], starts_on=day))

    company.store.write(work)


def is_the_manager(company: Company, cast: Mapping[str, int]) -> None:
    def work(unit: Unit) -> None:
        unit.placements.of(cast["new"], unit.now.date()).manager_id = cast["hr"]

    company.store.write(work)


def is_the_buddy(company: Company, cast: Mapping[str, int]) -> None:
    company.store.write(
        lambda unit: setattr(unit.enrolments.of(cast["new"], "welcome"), "buddy_id", cast["hr"])
    )


def left_hr(company: Company, cast: Mapping[str, int]) -> None:
    company.store.write(lambda unit: unit.people.revoke(cast["hr"], "hr_admin"))


def left_the_house(company: Company, cast: Mapping[str, int]) -> None:
    yesterday = company.clock.now().date() - timedelta(days=1)
    company.store.write(lambda unit: setattr(unit.people.get(cast["hr"]), "ends_on", yesterday))


Change = Callable[[Company, Mapping[str, int]], None]
CHANGES: tuple[Change, ...] = (leads, is_the_manager, is_the_buddy, left_hr, left_the_house)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_who_is_not_fit_for_it_any_more_is_passed_over_for_the_stand_in(company, cast, change):
    rule(company, cast["hr"], stand_in=cast["second"])
    change(company, cast)

    opened = form(company, cast["new"])
    written(company, cast["new"], HEAVY[Sign.BURNOUT], opened)

    assert opened.submit.action.value == str(cast["second"])
    assert passed_on(company) == [(cast["second"], str(cast["new"]))]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_who_becomes_unfit_between_the_announcement_and_the_reply_is_not_told(company, cast, change):
    rule(company, cast["hr"], stand_in=cast["second"])
    opened = form(company, cast["new"])
    change(company, cast)

    reply = written(company, cast["new"], HEAVY[Sign.BURNOUT], opened)

    assert passed_on(company) == []
    assert "Nobody has been told" in text(reply.beside)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_message_that_waited_is_not_sent_to_who_became_unfit(company, cast, change):
    rule(company, cast["hr"])
    written(company, cast["new"], HEAVY[Sign.BURNOUT])
    change(company, cast)

    assert company.card(company.sent("care.request")[0]) is None


def test_whoever_would_be_told_is_never_told_of_themselves(company, cast):
    rule(company, cast["hr"], stand_in=cast["second"])

    def told(author: str) -> int:
        return company.store.read(lambda unit: care_routing.recipient(unit, unit.people.get(cast[author])).id)

    assert told("hr") == cast["second"]
    assert told("new") == cast["hr"]


@pytest.mark.parametrize(
    ("who", "key"),
    [("head", "not_hr"), ("buddy", "not_hr"), ("new", "not_hr"), (None, "nobody"), ("hr", "twice")],
)
def test_a_rule_names_only_people_of_hr_and_two_of_them(company, cast, who, key):
    def work(unit: Unit) -> None:
        second = external(unit, cast[who]) if who else "no such id"
        care_routing.set_rule(
            unit, "command", after=ALL, contact=external(unit, cast["hr"]), stand_in=second, hours=HOURS
        )

    with pytest.raises(Refused) as refused:
        company.store.write(work)

    assert refused.value.key == f"refused.care.{key}"
    assert company.store.read(care_routing.rule) == {}


@pytest.mark.parametrize(
    ("change", "key"), [(leads, "leads"), (is_the_manager, "leads"), (is_the_buddy, "buddy")]
)
def test_a_rule_names_nobody_who_leads_or_accompanies_people(company, cast, change, key):
    change(company, cast)

    with pytest.raises(Refused) as refused:
        rule(company, cast["hr"])

    assert refused.value.key == f"refused.care.{key}"


@pytest.mark.parametrize(
    ("after", "hours", "key"),
    [((), HOURS, "signs"), (("sadness",), HOURS, "signs"), (ALL, "", "hours"), (ALL, " \x00 ", "hours")],
)
def test_a_rule_needs_known_signs_and_hours(company, cast, after, hours, key):
    with pytest.raises(Refused) as refused:
        rule(company, cast["hr"], after=after, hours=hours)

    assert refused.value.key == f"refused.care.{key}"


def test_setting_and_ending_the_rule_is_audited_and_hr_sees_which_one_holds(company, cast):
    def note() -> str:
        card = company.store.read(lambda unit: surveys.overview(company.caller(unit, cast["hr"])))
        assert faults(card) == []
        return text(card)

    off = note()
    rule(company, cast["hr"], stand_in=cast["second"], after=["threat", "burnout"])
    on = note()
    privacy = shown(company.types(cast["new"], "privacy"))
    for _ in range(2):
        company.store.write(lambda unit: care_routing.end_rule(unit, "command"))

    assert "in an answer under a name" not in off
    assert "After a sign of burn-out and a threat in an answer under a name" in on
    assert f"({HOURS})" in on
    assert "The question says so before you write" in text(privacy)
    assert faults(privacy) == []
    entries = company.store.read(lambda unit: unit.audit.entries(limit=500))
    assert [entry.details.get("signs") for entry in entries if entry.act == "care.rule"] == [
        ["burnout", "threat"],
        None,
    ]


# --- what never changes -----------------------------------------------------------------------------------


class Undone(Exception):
    """Ends a unit so that nothing of it is kept; carries what was seen in it."""

    def __init__(self, seen: Any) -> None:
        self.seen = seen


def forked(company: Company, work: Callable[[Unit], Any]) -> Any:
    """Do something in a world of its own, and return what was seen there."""

    def undone(unit: Unit) -> None:
        raise Undone(work(unit))

    with pytest.raises(Undone) as end:
        company.store.write(undone)
    return end.value.seen


def sent_in(company: Company, unit: Unit, cast: Mapping[str, int], words: str, *, named: bool = True) -> Any:
    """Let the newcomer rate and write within a unit; return what the contact gets, without its random number."""
    caller = company.caller(unit, cast["new"])
    step = next(
        row.ref for row in unit.session.exec(select(Delivery)).all() if row.ref.endswith("/first-week")
    )
    opened = cards_of(ACTIONS["journey.rate"](caller, Action("journey.rate", step, "3"), {}))[0]
    assert opened.submit is not None
    act = opened.submit.action if named else Action("journey.comment", step)
    ACTIONS[act.name](caller, act, {COMMENT: words})
    rows = [row for row in unit.session.exec(select(Delivery)).all() if row.purpose == "care.request"]
    fields = [row.model_dump(exclude={"id"}) for row in rows]
    return fields, [CARDS[row.purpose](company.recipient(unit, row.person_id), row) for row in rows]


VIEWS = ("results", "help", "onboarding", "privacy", "surveys", "people", "roles", "settings")


def seen_by(company: Company, unit: Unit, reader: int) -> list[Any]:
    """Return every card that a person can open or is sent, two hours later, when signed answers can be read."""
    caller = company.caller(unit, reader)
    seen: list[Any] = [home.card(caller)]
    for name in VIEWS:
        try:
            seen.append(COMMANDS[name](caller, ""))
        except Refused as refused:
            seen.append(refused.key)
    seen.append(ACTIONS["journey.newcomers"](caller, Action("journey.newcomers"), {}))
    mine = select(Delivery).where(Delivery.person_id == reader).order_by(Delivery.key)  # type: ignore[arg-type]  # an attribute of the class is a column
    seen += [(row.key, row.purpose, CARDS[row.purpose](caller, row)) for row in unit.session.exec(mine).all()]
    return seen


def tables_of(unit: Unit) -> dict[str, list[Any]]:
    """Return all rows but the one that is passed on, the log of it, and counters; without random numbers."""
    seen: dict[str, list[Any]] = {}
    for table in Wave.metadata.sorted_tables:
        if table.name in {Audit.__tablename__, "counter"}:
            continue
        columns = [column for column in table.c if (table.name, column.name) != ("delivery", "id")]
        rows = [tuple(row) for row in unit.session.connection().execute(select(*columns))]
        seen[table.name] = sorted(row for row in map(repr, rows) if "care.request" not in row)
    return seen


def world(
    company: Company, cast: Mapping[str, int], after: Collection[str], words: str, *, named: bool
) -> tuple[int, dict[str, list[Any]], list[list[Any]]]:
    def work(unit: Unit) -> tuple[int, dict[str, list[Any]], list[list[Any]]]:
        contact = external(unit, cast["hr"])
        if after:
            care_routing.set_rule(unit, "command", after=after, contact=contact, hours=HOURS)
        passed, _ = sent_in(company, unit, cast, words, named=named)
        tables = tables_of(unit)
        unit.now += timedelta(hours=2)
        return len(passed), tables, [seen_by(company, unit, cast[who]) for who in ("head", "buddy")]

    seen: tuple[int, dict[str, list[Any]], list[list[Any]]] = forked(company, work)
    return seen


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from([*HEAVY.values(), LIGHT, "ok", "<!channel>"]), min_size=1, max_size=3).map(
        ". ".join
    ),
    st.sets(st.sampled_from(ALL)),
)
@example(HEAVY[Sign.SELF_HARM], set(ALL))
def test_no_table_and_no_view_of_a_manager_or_a_buddy_ever_changes_by_a_sign(company, cast, words, after):
    """Two worlds that differ in nothing but that a sign was passed on; the manager is an owner as well."""
    passed, tables, views = world(company, cast, after, words, named=True)
    quiet, tables_without, views_without = world(company, cast, after, words, named=False)

    meant = any(said in words and sign in after for sign, said in HEAVY.items())
    assert (passed, quiet) == (int(meant), 0)
    assert tables == tables_without
    assert views == views_without


def test_that_it_did_not_arrive_is_told_to_nobody(company, cast):
    rule(company, cast["hr"])
    written(company, cast["new"], HEAVY[Sign.SELF_HARM])

    def lose(unit: Unit) -> list[tuple[str, str, int]]:
        row = unit.session.exec(select(Delivery).where(Delivery.purpose == "care.request")).one()
        row.state, row.error = "dead", "user_not_found"
        unit.session.flush()
        return unit.undelivered.counts(unit.now - timedelta(days=1))

    assert company.store.write(lose) == []


@pytest.mark.parametrize("words", HEAVY.values())
def test_anonymous_answers_are_never_passed_on_whatever_the_rule(company, cast, words):
    company.clock.move_to(datetime(2026, 11, 30, 12, 0, tzinfo=UTC))
    person = company.surveyed()[0]
    rule(company, cast["hr"], stand_in=cast["second"])
    pulse = shown(company.types(person, "pulse"))
    wave = next(act.ref.partition("/")[0] for act in pulse.actions() if act.name.startswith("answer."))
    start = Action("answer.open", wave)
    forms = [cards_of(company.press(person, start))[0], cards_of(company.types(person, "feedback"))[0]]

    for opened in forms:
        assert opened.submit is not None
        act = opened.submit.action
        texts = {key: words for key, ask in fields(opened).items() if isinstance(ask.response, FreeText)}
        assert texts
        for value in ("", str(cast["hr"])):
            reply = company.press(person, Action(act.name, act.ref, value), texts)
            assert reply.beside is not None

    company.store.write(lambda unit: conversation.written(company.caller(unit, person), words))
    assert passed_on(company) == []
    assert audited(company) == []


def test_nothing_that_handles_anonymous_answers_or_typed_words_knows_of_passing_on():
    for module in (answers, conversation, results, undelivered, roles, delivery):
        imported = {
            alias.name
            for node in ast.walk(ast.parse(inspect.getsource(module)))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert ("care_routing" in imported) == (module is delivery)
