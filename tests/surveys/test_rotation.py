from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import product
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.rotation import REST, assign

WAVE = date(2026, 11, 23)
BANK = [f"item-{number}" for number in range(14)]
FORTNIGHT = timedelta(weeks=2)

items = st.sampled_from(BANK[:5])
days_ago = st.integers(0, 130).map(lambda days: WAVE - timedelta(days=days))
histories = st.dictionaries(
    st.integers(1, 10_000), st.lists(st.tuples(items, days_ago), max_size=8), min_size=1, max_size=40
)


def _counts(bank: list[str], assigned: Mapping[int, tuple[str, ...]]) -> list[int]:
    counter = Counter(item for chosen in assigned.values() for item in chosen)
    return sorted(counter[item] for item in bank)


def _strangers(number: int) -> dict[int, list[tuple[str, date]]]:
    return {person: [] for person in range(1, number + 1)}


@given(
    st.integers(1, 14), st.integers(1, 90), st.integers(0, 4), st.dates(date(2020, 1, 1), date(2030, 1, 1))
)
def test_without_history_item_counts_differ_by_at_most_one(
    size: int, people: int, per_person: int, wave: date
) -> None:
    bank = BANK[:size]
    counts = _counts(bank, assign("pulse", wave, bank, _strangers(people), per_person))

    assert sum(counts) == people * min(per_person, size)
    assert counts[-1] - counts[0] <= 1


@given(histories, st.integers(0, 5))
def test_nobody_gets_an_item_again_within_sixty_days_nor_twice_at_once(
    asked: dict[int, list[tuple[str, date]]], per_person: int
) -> None:
    for person, chosen in assign("pulse", WAVE, BANK[:5], asked, per_person).items():
        recent = {item for item, day in asked[person] if WAVE - day <= REST}
        assert not recent & set(chosen)
        assert len(set(chosen)) == len(chosen) == min(per_person, 5 - len(recent))


@given(histories, st.integers(1, 3))
def test_the_draw_depends_on_nothing_but_what_it_is_given(
    asked: dict[int, list[tuple[str, date]]], per_person: int
) -> None:
    shuffled = {person: list(reversed(asked[person])) for person in sorted(asked, reverse=True)}

    assert assign("pulse", WAVE, BANK[:5], asked, per_person) == assign(
        "pulse", WAVE, list(reversed(BANK[:5])), shuffled, per_person
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(0, 3), max_size=4), min_size=1, max_size=6))
def test_no_other_draw_would_be_more_even(barred: list[set[int]]) -> None:
    bank = BANK[:4]
    asked = {
        person: [(bank[item], WAVE - FORTNIGHT) for item in sorted(items)]
        for person, items in enumerate(barred)
    }
    nobody: list[str] = []
    choices = [[[item] for item in bank if bank.index(item) not in items] or [nobody] for items in barred]
    possible = (
        sorted(Counter(item for chosen in draw for item in chosen)[item] for item in bank)
        for draw in product(*choices)
    )
    evenest = min(possible, key=lambda counts: sum(count * count for count in counts))

    assert _counts(bank, assign("pulse", WAVE, bank, asked)) == evenest


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sets(st.integers(0, 3), max_size=2), min_size=1, max_size=4))
def test_no_other_draw_of_two_items_each_would_be_more_even(barred: list[set[int]]) -> None:
    bank = BANK[:4]
    asked = {
        person: [(bank[item], WAVE - FORTNIGHT) for item in sorted(items)]
        for person, items in enumerate(barred)
    }
    pairs = [
        [(a, b) for a in range(4) for b in range(a) if a not in items and b not in items] for items in barred
    ]
    possible = (
        sorted(Counter(item for pair in draw for item in pair)[item] for item in range(4))
        for draw in product(*pairs)
    )
    evenest = min(possible, key=lambda counts: sum(count * count for count in counts))

    assert _counts(bank, assign("pulse", WAVE, bank, asked, per_person=2)) == evenest


def test_exchanges_repair_what_a_greedy_draw_gets_wrong() -> None:
    only_first = {person: [(BANK[1], WAVE - FORTNIGHT)] for person in range(50)}
    free: dict[int, list[tuple[str, date]]] = {person: [] for person in range(50, 100)}

    assert _counts(BANK[:2], assign("pulse", WAVE, BANK[:2], only_first | free)) == [50, 50]


def test_whoever_has_had_every_item_lately_gets_none_rather_than_one_again() -> None:
    everything = [(item, WAVE - timedelta(days=60)) for item in BANK]

    assert assign("pulse", WAVE, BANK, {1: everything}) == {1: ()}


def test_an_item_may_come_again_when_more_than_sixty_days_have_passed() -> None:
    history = [(item, WAVE - timedelta(days=60)) for item in BANK[1:]] + [
        (BANK[0], WAVE - timedelta(days=61))
    ]

    assert assign("pulse", WAVE, BANK, {1: history}, per_person=3) == {1: (BANK[0],)}


def test_only_the_latest_time_an_item_was_asked_counts() -> None:
    twice = [("a", WAVE - timedelta(days=10)), ("a", WAVE - timedelta(days=100))]

    assert assign("pulse", WAVE, ["a"], {1: twice}) == {1: ()}
    assert assign("pulse", WAVE, ["a"], {1: twice[::-1]}) == {1: ()}


def test_a_day_in_the_future_rests_an_item_too() -> None:
    assert assign("pulse", WAVE, ["a"], {1: [("a", WAVE + FORTNIGHT)]}) == {1: ()}


def test_among_equals_the_item_not_asked_for_longest_comes_first() -> None:
    history = [(item, WAVE - timedelta(days=100 + place)) for place, item in enumerate(BANK)]

    assert assign("pulse", WAVE, BANK, {1: history}) == {1: (BANK[-1],)}
    assert assign("pulse", WAVE, BANK, {1: history[1:]}) == {1: (BANK[0],)}


def test_over_a_half_year_everybody_meets_nearly_the_whole_bank_and_every_wave_is_even() -> None:
    asked = _strangers(120)
    wave = WAVE
    for _ in range(14):
        chosen = assign("pulse", wave, BANK, asked)
        counts = _counts(BANK, chosen)
        assert counts[-1] - counts[0] <= 1
        for person, got in chosen.items():
            asked[person] += [(item, wave) for item in got]
        wave += FORTNIGHT

    met = [len({item for item, _ in history}) for history in asked.values()]
    assert all(len(history) == 14 for history in asked.values())
    assert min(met) >= 8
    assert sum(met) / len(met) >= 12


def test_someone_drawn_alone_is_as_likely_to_get_any_item() -> None:
    drawn = Counter(assign("pulse", WAVE, BANK[:4], {person: []})[person] for person in range(4000))
    chi_square = sum((count - 1000) ** 2 / 1000 for count in drawn.values())

    assert len(drawn) == 4
    assert chi_square < 16.27  # 99.9 % of chi-square with 3 degrees of freedom


def test_every_pair_of_items_is_observed_together() -> None:
    chosen = assign("pulse", WAVE, BANK[:6], _strangers(300), per_person=2)
    pairs = Counter(frozenset(pair) for pair in chosen.values())

    assert len(pairs) == comb(6, 2)
    assert min(pairs.values()) >= 5


@pytest.mark.parametrize(
    ("survey", "wave"), [("exit", WAVE), ("pulse", WAVE + FORTNIGHT)], ids=["survey", "wave"]
)
def test_another_survey_or_wave_draws_other_lots(survey: str, wave: date) -> None:
    people = _strangers(60)

    assert assign("pulse", WAVE, BANK, people) != assign(survey, wave, BANK, people)


def test_the_lots_are_stable_across_versions_and_processes() -> None:
    drawn = assign("pulse", WAVE, ["a", "b", "c", "d"], _strangers(6))

    assert drawn == {1: ("a",), 2: ("a",), 3: ("d",), 4: ("c",), 5: ("d",), 6: ("b",)}


def test_an_empty_bank_or_nobody_to_ask_is_no_problem() -> None:
    assert assign("pulse", WAVE, [], _strangers(2)) == {1: (), 2: ()}
    assert assign("pulse", WAVE, BANK, {}) == {}
