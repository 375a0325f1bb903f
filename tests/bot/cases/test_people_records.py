"""What becomes of one person's record, file after file; pure rules on dates."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.people_diff import contradiction
from bot.cases.people_entries import Entry
from bot.cases.people_records import FAR, gone, headed, revised, updated
from bot.store.personnel import End, Lead, Post, Record, Stay

DAY = timedelta(days=1)
FIRST = date(2024, 1, 1)


def an_entry(path: str = "Support", start: date = FIRST, end: date | None = None, **about: object) -> Entry:
    plain = Entry(2, "7", "Ana", "", "", path, (), "", "", "", start, end, "", 1.0, "")
    return replace(plain, **about)  # type: ignore[arg-type]  # the tests say what they mean


def posts(record: Record, day: date) -> list[str]:
    return [
        stay.post.path
        for stay in record.stays
        if stay.starts_on <= day and (stay.until is None or stay.until > day)
    ]


def on(number: int) -> date:
    return date(2024, 6, number)


def test_a_new_person_is_in_the_department_since_the_start_date():
    record = updated(None, an_entry(), None, on(10))

    assert record.stays == (Stay(FIRST, None, Post("Support")),)
    assert record.ends == ()


def test_a_move_closes_the_old_post_and_opens_the_new_one():
    record = updated(None, an_entry(), None, on(1))
    record = updated(record, an_entry("Sales"), 9, on(10))

    assert record.stays == (
        Stay(FIRST, on(10), Post("Support")),
        Stay(on(10), None, Post("Sales", manager_id=9)),
    )


def test_a_second_file_of_the_same_day_corrects_the_first():
    record = updated(None, an_entry(), None, on(1))
    record = updated(record, an_entry("Slaes"), None, on(10))
    record = updated(record, an_entry("Sales"), None, on(10))

    assert [(stay.starts_on, stay.post.path) for stay in record.stays] == [
        (FIRST, "Support"),
        (on(10), "Sales"),
    ]
    assert updated(record, an_entry("Support"), None, on(10)) == updated(None, an_entry(), None, on(1))


def test_an_end_that_becomes_known_late_ends_the_post_on_its_day():
    record = updated(None, an_entry(), None, on(1))
    record = updated(record, an_entry(end=on(5), reason="voluntary"), None, on(20))

    assert record.stays == (Stay(FIRST, on(6), Post("Support")),)
    assert record.ends == (End(on(5), "voluntary", "Support"),)
    assert not record.employed(on(6))


def test_a_planned_end_names_the_department_at_the_end():
    record = updated(None, an_entry(end=on(28), reason="retirement"), None, on(1))
    record = updated(record, an_entry("Sales", end=on(28), reason="retirement"), None, on(10))

    assert record.ends == (End(on(28), "retirement", "Sales"),)
    assert record.stays[-1].until == on(29)


def test_an_end_without_a_reason_is_no_resignation():
    assert updated(None, an_entry(end=on(5)), None, on(1)).ends[0].kind == "other"


def test_an_end_that_is_taken_back_leaves_no_trace_of_leaving():
    before = updated(None, an_entry(), None, on(1))
    away = updated(before, an_entry(end=on(5), reason="voluntary"), None, on(10))

    assert updated(away, an_entry(), None, on(20)) == before


def test_who_is_missing_counts_as_gone_the_day_before():
    record = gone(updated(None, an_entry(heads=("Support",)), None, on(1)), on(10))

    assert record.ends_on == on(9)
    assert record.ends == (End(on(9), "other", "Support"),)
    assert record.stays[-1].until == on(10)
    assert record.leads == (Lead("Support", on(1), on(10)),)


def test_who_was_missing_by_mistake_never_left():
    before = updated(None, an_entry(), None, on(1))

    assert updated(gone(before, on(10)), an_entry(), None, on(20)) == before


def test_who_was_going_to_start_and_is_missing_is_not_expected_any_more():
    record = gone(updated(None, an_entry(start=on(20)), None, on(1)), on(10))

    assert record.ends == ()
    assert record.stays == ()
    assert not any(record.employed(on(day)) for day in range(1, 31))
    assert gone(record, on(12)) == record
    assert updated(record, an_entry(start=on(25)), None, on(12)).employed(on(25))


def test_a_known_end_stays_as_it_is_when_the_row_disappears():
    record = updated(None, an_entry(end=on(28), reason="voluntary"), None, on(1))

    assert gone(record, on(10)) == record


def test_who_is_hired_again_keeps_the_earlier_separation_and_posts():
    record = updated(None, an_entry(end=on(5), reason="voluntary"), None, on(1))
    again = updated(record, an_entry("Sales", start=on(20)), None, on(18))

    assert again.ends == (End(on(5), "voluntary", "Support"),)
    assert again.stays == (Stay(FIRST, on(6), Post("Support")), Stay(on(20), None, Post("Sales")))
    assert [day for day in range(1, 31) if posts(again, on(day))] == [*range(1, 6), *range(20, 31)]


def test_a_start_that_is_postponed_moves_the_post_with_it():
    record = updated(None, an_entry(start=on(5)), None, on(1))
    record = updated(record, an_entry(start=on(20)), None, on(10))

    assert record.stays == (Stay(on(20), None, Post("Support")),)


def test_an_earlier_start_fills_the_days_for_which_nothing_was_recorded():
    record = updated(None, an_entry(start=on(5)), None, on(6))
    record = updated(record, an_entry("Sales", start=on(1)), None, on(10))

    assert record.stays == (Stay(on(1), on(10), Post("Support")), Stay(on(10), None, Post("Sales")))


def test_headships_begin_and_end_with_the_file():
    record = updated(None, an_entry(heads=("A", "B")), None, on(1))
    record = updated(record, an_entry(heads=("B", "C")), None, on(10))

    assert record.leads == (Lead("A", on(1), on(10)), Lead("B", on(1), None), Lead("C", on(10), None))
    assert updated(record, an_entry(end=on(12)), None, on(15)).leads == (
        Lead("A", on(1), on(10)),
        Lead("B", on(1), on(13)),
        Lead("C", on(10), on(13)),
    )


def test_who_has_left_already_heads_nothing():
    assert updated(None, an_entry(end=on(1), heads=("A",)), None, on(10)).leads == ()


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (date(2024, 1, 15), "problem.people.start_in_earlier"),
        (FIRST, "problem.people.start_in_earlier"),
        (on(2), None),
    ],
)
def test_a_start_within_an_earlier_employment_is_a_contradiction(start: date, expected: str | None):
    record = updated(None, an_entry(end=date(2024, 2, 1)), None, date(2024, 2, 1))
    record = updated(record, an_entry(start=on(1)), None, on(1))

    assert contradiction(record, an_entry(start=start), on(10)) == expected


def test_a_new_start_while_still_here_is_a_contradiction():
    record = updated(None, an_entry(end=on(20)), None, on(1))

    assert contradiction(record, an_entry(start=on(25)), on(10)) == "problem.people.start_before_end"
    assert contradiction(record, an_entry(start=on(25)), on(21)) is None


# --- promises over all histories --------------------------------------------------------------------------

days = st.integers(0, 120).map(lambda n: FIRST + n * DAY)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    start = draw(days)
    end = draw(st.none() | st.integers(0, 60).map(lambda n: start + n * DAY))
    heads = tuple(draw(st.sets(st.sampled_from("AB"), max_size=2)))
    return an_entry(draw(st.sampled_from("ABC")), start, end, heads=heads)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[date, Entry | None]]:
    """Draw files in the order of their dates; None: the person is missing."""
    first, *dates = sorted(draw(st.lists(days, min_size=1, max_size=6)))
    return [(first, draw(entries())), *((day, draw(st.none() | entries())) for day in dates)]


def replay(history: Sequence[tuple[date, Entry | None]]) -> tuple[Record | None, list[Record]]:
    record: Record | None = None
    seen = []
    for day, entry in history:
        record = follow(record, day, entry)
        if record is not None:
            seen.append(record)
    return record, seen


def follow(record: Record | None, day: date, entry: Entry | None) -> Record | None:
    if entry is None:
        return gone(record, day) if record else None
    if record is not None and contradiction(record, entry, day):
        return record
    return updated(record, entry, None, day)


@given(histories())
def test_the_same_file_twice_changes_nothing(history: list[tuple[date, Entry | None]]):
    record, _ = replay(history)
    day, entry = history[-1]

    assert follow(record, day, entry) == record


@given(histories())
def test_nobody_is_ever_in_two_posts_or_leads_one_department_twice(history: list[tuple[date, Entry | None]]):
    for record in replay(history)[1]:
        for one, later in zip(record.stays, record.stays[1:], strict=False):
            assert one.until is not None
            assert one.until <= later.starts_on
        for path in "AB":
            leads = [lead for lead in record.leads if lead.path == path]
            for lead, next_lead in itertools.pairwise(leads):
                assert lead.until is not None
                assert lead.until <= next_lead.starts_on
        assert all(
            span.until is None or span.starts_on < span.until for span in (*record.stays, *record.leads)
        )


@given(histories())
def test_every_day_of_the_present_employment_has_one_post_and_no_other_day_after_it(
    history: list[tuple[date, Entry | None]],
):
    for record in replay(history)[1]:
        end = record.ends_on or FIRST + 250 * DAY
        for n in range((end - record.starts_on).days + 1):
            assert len(posts(record, record.starts_on + n * DAY)) == 1
        assert record.ends_on is None or not posts(record, record.ends_on + DAY)


@given(histories(), st.integers(0, 90), entries())
def test_days_that_lie_behind_keep_their_department(
    history: list[tuple[date, Entry | None]], wait: int, entry: Entry
):
    before, later = replay(history)[0], history[-1][0] + wait * DAY
    assert before is not None
    after = follow(before, later, entry)
    assert after is not None

    for n in range((later - FIRST).days):
        day = FIRST + n * DAY
        recorded = posts(before, day)
        assert not recorded or posts(after, day) in (
            recorded,
            [],
        )  # or the person was not here then after all


@given(histories())
def test_every_end_but_a_withdrawn_start_is_a_separation_with_its_department(
    history: list[tuple[date, Entry | None]],
):
    for record in replay(history)[1]:
        if record.ends_on is not None and record.ends_on >= record.starts_on:
            assert record.ends[-1].on == record.ends_on
            assert record.ends[-1].path == posts(record, record.ends_on)[0]
        assert [end.on for end in record.ends] == sorted({end.on for end in record.ends})


@given(st.lists(st.tuples(days, st.sampled_from("ABC")), max_size=5), days, days)
def test_revising_covers_the_employment_without_gaps(raw: list[tuple[date, str]], start: date, day: date):
    starts = sorted({when for when, _ in raw})
    untils = [*starts[1:], None]
    stays = [
        Stay(when, until, Post(path)) for when, until, (_, path) in zip(starts, untils, raw, strict=False)
    ]
    found = revised(stays, Post("Z"), start, None, day)

    assert found[0].starts_on == start
    assert found[-1].until is None
    assert all(a.until == b.starts_on for a, b in itertools.pairwise(found))
    assert found[-1].post == Post("Z")


@given(st.sets(st.sampled_from("ABC")), st.sets(st.sampled_from("ABC")), days, days)
def test_just_the_wanted_departments_are_headed_from_the_file_s_date_on(
    held: set[str], wanted: set[str], begun: date, day: date
):
    leads = [Lead(path, begun, None) for path in sorted(held)]
    found = headed(leads, wanted, FIRST, None, day)

    assert {lead.path for lead in found if lead.starts_on <= day < (lead.until or FAR)} == wanted
