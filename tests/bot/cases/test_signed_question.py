"""The attributed question: who reads it is said before it is answered, and stays true."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.store.tables import Placement
from bot.store.unit import Store
from bot.talk.cards import Action
from bot.talk.events import Invalid, OpenForm
from tests.bot.cases.welcoming import Company, faults, fields, offered, shown, text
from tests.fakes import FakeClock

HOSTILE = ["<!channel> **x**", "\u202eabc \u05d0\u05d1\u05d2", "a\x00b", "x" * 1000, "w " * 200, "{manager}"]


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    return Company(store, clock)


@pytest.fixture
def cast(company: Company) -> dict[str, int]:
    """A head, a buddy, an HR admin who is the contact, and a newcomer on day 1."""
    return company.cast()


@pytest.fixture
def asked(company, cast):
    company.day(24)
    company.day(27, 14)
    return company.the_card("journey.step", cast["new"])


def test_the_question_says_that_it_carries_the_name_and_who_reads_it_before_it_is_answered(asked):
    first = asked.elements[0].body

    assert "carries your name: Person 1 and HR can read your answer" in first
    assert "Very good" in offered(asked)


def test_an_answer_reaches_the_manager_after_an_hour_and_hr_can_read_it(company, cast, asked):
    reply = company.tap(cast["new"], asked, "Rather good")
    form = reply.card
    company.press(cast["new"], form.submit.action, {"first-week-comment": "More time\nfor quaggas"})
    row = company.sent("journey.answer")[0]

    assert (row.person_id, row.due_at) == (cast["head"], datetime(2026, 11, 27, 15, 0, tzinfo=UTC))
    card = text(company.card(row))
    assert "Rather good" in card
    assert "More time for quaggas" in card
    company.clock.advance(timedelta(hours=1))
    for reader in ("head", "hr"):
        view = text(shown(company.press(cast[reader], Action("journey.newcomers"))))
        assert "More time for quaggas" in view


def test_within_the_hour_nobody_reads_it(company, cast, asked):
    company.tap(cast["new"], asked, "Mixed")
    company.clock.advance(timedelta(minutes=59))

    view = text(shown(company.press(cast["hr"], Action("journey.newcomers"))))

    assert "Mixed" not in view


def test_an_answer_taken_back_is_never_sent_and_leaves_nothing(company, cast, asked):
    receipt = company.tap(cast["new"], asked, "Very difficult").replace
    company.tap(cast["new"], receipt, "Take it back")

    assert company.steps(cast["new"])["first-week"].answer == ""
    assert company.card(company.sent("journey.answer")[0]) is None


def test_a_changed_answer_is_sent_once_and_only_as_it_stands(company, cast, asked):
    receipt = company.tap(cast["new"], asked, "Very difficult").replace
    again = shown(company.tap(cast["new"], receipt, "Change answer"))
    assert "Very difficult" not in text(receipt)

    company.tap(cast["new"], again, "Very good")

    cards = [company.card(row) for row in company.sent("journey.answer")]
    assert ["Very good" in text(card) for card in cards if card] == [True]


def test_answering_again_after_taking_it_back_is_sent_once(company, cast, asked):
    receipt = company.tap(cast["new"], asked, "Mixed").replace
    left = shown(company.tap(cast["new"], receipt, "Take it back"))
    company.clock.advance(timedelta(minutes=5))

    company.tap(cast["new"], shown(company.tap(cast["new"], left, "Answer after all")), "Very good")

    cards = [card for row in company.sent("journey.answer") if (card := company.card(row))]
    assert len(cards) == 1


def test_after_the_hour_it_cannot_be_changed_any_more(company, cast, asked):
    receipt = company.tap(cast["new"], asked, "Mixed").replace
    company.clock.advance(timedelta(hours=1))

    for label in ("Change answer", "Take it back"):
        assert company.refused(cast["new"], offered(receipt)[label]) == "refused.journey_answer_read"


def test_a_manager_who_comes_later_does_not_read_what_was_promised_to_another(company, cast, asked):
    company.tap(cast["new"], asked, "Very difficult")
    later = company.has("Support", 1)[0]

    def hand_over(unit):
        row = unit.placements.of(cast["new"], unit.now.date())
        row.until = unit.now.date()
        unit.session.flush()
        unit.placements.add(
            Placement(
                organisation_id=1,
                person_id=cast["new"],
                starts_on=unit.now.date(),
                path="Support",
                manager_id=later,
            )
        )

    company.clock.advance(timedelta(days=1))
    company.store.write(hand_over)

    view = text(shown(company.press(later, Action("journey.newcomers"))))
    assert "Accounts" in view or "Set up your accounts" in view
    assert "Very difficult" not in view


def test_not_this_time_stores_nothing_and_tells_nobody(company, cast, asked):
    company.tap(cast["new"], asked, "Not this time")
    company.day(34)

    assert company.steps(cast["new"])["first-week"].answer == ""
    assert company.sent("journey.answer") == []
    assert not [row for row in company.sent("journey.escalate") if row.ref.endswith("first-week")]


@pytest.mark.parametrize("value", ["", "0", "6", "٣", "3; DROP TABLE", "x" * 1_000_000])
def test_a_rating_off_the_scale_is_refused_and_nothing_is_kept(company, cast, asked, value):
    ref = company.sent("journey.step")[-1].ref

    assert company.refused(cast["new"], Action("journey.rate", ref, value)) == "refused.old_button"
    assert company.steps(cast["new"])["first-week"].answer == ""


def test_one_megabyte_of_comment_keeps_the_form_open_with_a_sentence(company, cast, asked):
    form = company.tap(cast["new"], asked, "Mixed").card

    reply = company.press(cast["new"], form.submit.action, {"first-week-comment": "x" * 1_000_000})

    assert isinstance(reply, Invalid)
    assert set(reply.fields) == {"first-week-comment"}
    assert "comment" not in json.loads(company.steps(cast["new"])["first-week"].answer)


@pytest.mark.parametrize("comment", HOSTILE)
def test_a_hostile_comment_is_shown_inert(company, cast, asked, comment):
    form = company.tap(cast["new"], asked, "Mixed").card
    company.press(cast["new"], form.submit.action, {"first-week-comment": comment})

    card = company.card(company.sent("journey.answer")[0])

    assert faults(card) == []
    assert not set(text(card)) & set("\x00\u202e\u202d")


def test_nobody_else_answers_for_a_newcomer(company, cast, asked):
    for name in ("head", "hr", "buddy"):
        assert company.refused(cast[name], offered(asked)["Mixed"]) == "refused.not_available"


def test_the_comment_form_is_empty_and_names_its_readers(company, cast, asked):
    reply = company.tap(cast["new"], asked, "Mixed")

    assert isinstance(reply, OpenForm)
    assert fields(reply.card)["first-week-comment"].value == ""
    assert "Person 1 and HR" in text(reply.card)
