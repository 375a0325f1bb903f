"""Thresholds go up, for waves that open later; never down, never below the floor, always audited."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases import thresholds
from bot.errors import Refused
from bot.store.store import Store
from bot.talk.cards import Action
from bot.talk.events import Invalid, OpenForm, Replace
from surveys.anonymity import COMMENTS_FLOOR, FLOOR
from tests.bot.cases.welcoming import Company, faults, fields, offered, shown, text
from tests.fakes import FakeClock

HR, EMPLOYEE = 1, 2
SAVE = Action("surveys.thresholds.save")


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    found = Company(store, clock)
    found.has("People", 1)
    found.has("Support", 2)
    store.write(lambda unit: unit.people.grant(HR, "hr_admin", unit.now))
    return found


def held(company: Company) -> tuple[int, int]:
    organisation = company.store.read(lambda unit: unit.organisations.get())
    return organisation.k_scores, organisation.k_comments


def audited(company: Company) -> list[dict[str, object]]:
    entries = company.store.read(lambda unit: unit.audit.entries())
    return [entry.details for entry in entries if entry.act == "surveys.thresholds"]


def raise_to(company: Company, scores: int | None, comments: int | None) -> tuple[int, int]:
    return company.store.write(lambda unit: thresholds.raised(unit, "command", scores, comments))


def test_a_raise_holds_and_is_audited_with_what_was_before(company: Company):
    assert raise_to(company, 7, 12) == held(company) == (7, 12)
    assert audited(company) == [{"scores": 7, "comments": 12, "scores_before": 5, "comments_before": 10}]


def test_what_is_not_named_stays_and_no_change_leaves_no_trace(company: Company):
    assert raise_to(company, 8, None) == (8, 10)
    assert raise_to(company, None, None) == (8, 10)
    assert len(audited(company)) == 1


@pytest.mark.parametrize(
    ("scores", "comments", "key"),
    [
        (4, 12, "refused.thresholds.floor"),
        (7, 9, "refused.thresholds.floor"),
        (-1, None, "refused.thresholds.floor"),
        (6, 12, "refused.thresholds.lower"),
        (7, 11, "refused.thresholds.lower"),
        (7, 51, "refused.thresholds.most"),
        (13, 12, "refused.thresholds.order"),
    ],
)
def test_lowering_is_refused_and_changes_nothing(
    company: Company, scores: int, comments: int | None, key: str
):
    raise_to(company, 7, 12)

    with pytest.raises(Refused) as refused:
        raise_to(company, scores, comments)

    assert refused.value.key == key
    assert held(company) == (7, 12)
    assert len(audited(company)) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.none() | st.integers(-2, 60), st.none() | st.integers(-2, 60)), max_size=8))
def test_whatever_is_asked_for_thresholds_never_fall(
    company: Company, wishes: list[tuple[int | None, int | None]]
):
    for scores, comments in wishes:
        before = held(company)
        try:
            raise_to(company, scores, comments)
        except Refused:
            assert held(company) == before
        after = held(company)
        assert after[0] >= max(before[0], FLOOR)
        assert after[1] >= max(before[1], COMMENTS_FLOOR)


def test_hr_raises_them_in_the_chat(company: Company):
    overview = shown(company.types(HR, "surveys"))
    form = company.press(HR, offered(overview)["What is shown"])

    assert faults(overview) == []
    assert isinstance(form, OpenForm)
    assert {key: field.value for key, field in fields(form.card).items()} == {
        "scores": "5",
        "comments": "10",
        "sentiment": "aggregate",
    }
    done = company.press(HR, SAVE, {"scores": "7", "comments": "12"})
    assert isinstance(done, Replace)
    assert "from 7 answers up, comments from 12" in text(done.card)
    assert held(company) == (7, 12)


@pytest.mark.parametrize("values", [{}, {"scores": "7"}, {"scores": "seven", "comments": "12"}, {"scores": "7.5", "comments": "12"}, {"scores": "٧", "comments": "12"}, {"scores": "4", "comments": "12"}])  # fmt: skip
def test_what_cannot_be_taken_is_said_at_the_field(company: Company, values: dict[str, str]):
    assert isinstance(company.press(HR, SAVE, values), Invalid)
    assert held(company) == (5, 10)


@pytest.mark.parametrize("action", [Action("surveys.thresholds"), SAVE])
def test_only_hr_may(company: Company, action: Action):
    assert company.refused(EMPLOYEE, action, {"scores": "7", "comments": "12"}).startswith("refused.role")
    assert held(company) == (5, 10)


def test_comments_are_not_read_until_hr_says_so_which_is_audited(company: Company):
    company.store.write(lambda unit: setattr(unit.organisations.get(), "sentiment", "off"))

    def reading() -> str:
        return company.store.read(lambda unit: unit.organisations.get().sentiment)

    company.press(HR, SAVE, {"scores": "5", "comments": "10"})
    assert reading() == "off"
    company.press(HR, SAVE, {"scores": "5", "comments": "10", "sentiment": "everything"})
    assert reading() == "off"
    reply = company.press(HR, SAVE, {"scores": "5", "comments": "10", "sentiment": "aggregate"})

    assert reading() == "aggregate"
    assert "read at the close, in groups" in text(reply.card)
    entries = company.store.read(lambda unit: unit.audit.entries())
    assert [entry.details for entry in entries if entry.act == "surveys.sentiment"] == [
        {"sentiment": "aggregate"}
    ]
