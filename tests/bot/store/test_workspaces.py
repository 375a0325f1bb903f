from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.store.store import Store
from bot.store.workspaces import Rate
from tests.fakes import MONDAY

SLACK = Rate(per_second=1.0, burst=20)


def take(store: Store, wanted: int, after_s: float = 0, rate: Rate | None = SLACK) -> int:
    now = MONDAY + timedelta(seconds=after_s)
    return store.write(lambda unit: unit.workspaces.take(1, wanted, rate, now))


def connect(store: Store) -> None:
    store.write(lambda unit: unit.organisations.connect("fake", "T1"))


def test_a_burst_goes_at_once_and_the_rest_at_the_long_run_rate(any_store: Store) -> None:
    connect(any_store)

    assert take(any_store, 50) == 20
    assert take(any_store, 50) == 0
    assert take(any_store, 50, 5) == 5
    assert take(any_store, 50, 5 + 3600) == 20


def test_what_was_not_used_can_be_used_later(any_store: Store) -> None:
    connect(any_store)
    take(any_store, 20)
    any_store.write(lambda unit: unit.workspaces.give_back(1, 7))

    assert take(any_store, 50) == 7


def test_a_workspace_told_to_wait_gets_nothing_until_then_and_no_burst_after(any_store: Store) -> None:
    connect(any_store)
    until = MONDAY + timedelta(seconds=30)
    any_store.write(lambda unit: unit.workspaces.block(1, until))
    any_store.write(lambda unit: unit.workspaces.block(1, MONDAY))

    assert take(any_store, 10, 29) == 0
    assert take(any_store, 10, 32) == 2
    assert take(any_store, 10, 29, rate=None) == 0


def test_without_a_rate_everything_goes_and_disconnected_nothing(any_store: Store) -> None:
    connect(any_store)
    assert take(any_store, 1000, rate=None) == 1000

    any_store.write(lambda unit: setattr(unit.workspaces.get(1), "active", False))

    assert take(any_store, 1000, rate=None) == 0


@given(
    st.floats(0, 50),
    st.floats(-10, 1e6),
    st.floats(0.01, 100),
    st.integers(1, 100),
)
def test_tokens_never_exceed_the_burst_nor_shrink_with_time(
    tokens: float, seconds: float, per_second: float, burst: int
) -> None:
    rate = Rate(per_second, burst)
    have = min(tokens, burst)

    filled = rate.filled(have, MONDAY, MONDAY + timedelta(seconds=seconds))

    assert have <= filled <= burst


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 40)), max_size=30))
def test_in_any_stretch_of_time_no_more_is_sent_than_burst_plus_rate(steps: list[tuple[float, int]]) -> None:
    tokens, at, sent = SLACK.filled(0, None, MONDAY), MONDAY, 0
    for seconds, wanted in steps:
        now = at + timedelta(seconds=seconds)
        tokens = SLACK.filled(tokens, at, now)
        granted = min(wanted, int(tokens))
        tokens, at, sent = tokens - granted, now, sent + granted

    assert sent <= SLACK.burst + (at - MONDAY).total_seconds() * SLACK.per_second + 1e-6
