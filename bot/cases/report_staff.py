"""HR records as a report reads them: who was at risk of leaving in which department and month, and who left."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from analytics.months import month_of, shift
from analytics.retention import Ending, PersonMonths, Placement, Spell, person_months
from bot.store.reports import Employment, Leaving, Stay

ENDINGS: Mapping[str, Ending] = {"voluntary": Ending.VOLUNTARY, "involuntary": Ending.INVOLUNTARY}
"""Retirement, the end of a contract, death and what nobody named are other endings."""

DAY = timedelta(days=1)


def cells(
    employments: Iterable[Employment],
    stays: Sequence[Stay],
    leavings: Sequence[Leaving],
    today: date,
    since: date,
) -> tuple[PersonMonths, ...]:
    """Return the person-month cells from the month ``since`` to the last month that is over.

    They begin no earlier than the first separation on record: who left before HR began to record it is missing,
    and a month in which nobody could have been seen leaving would look like one in which everybody stayed. Where
    no separation was ever recorded there are no cells at all, for the same reason.
    """
    if not leavings:
        return ()
    first = max(since, month_of(min(leaving.on for leaving in leavings)))
    return person_months(spells(employments, stays, leavings), first, shift(month_of(today), -1))


def spells(
    employments: Iterable[Employment], stays: Iterable[Stay], leavings: Iterable[Leaving]
) -> Iterator[Spell]:
    """Yield every employment there was, as far as its department is known."""
    places: dict[int, list[Placement]] = defaultdict(list)
    for stay in stays:
        last_day = None if stay.until is None else stay.until - DAY
        places[stay.person_id].append(Placement(stay.path, stay.starts_on, last_day))
    ends: dict[int, list[Leaving]] = defaultdict(list)
    for leaving in leavings:
        ends[leaving.person_id].append(leaving)
    for employment in employments:
        yield from _of_person(employment, places[employment.person_id], ends[employment.person_id])


def _of_person(
    employment: Employment, places: Sequence[Placement], ends: Sequence[Leaving]
) -> Iterator[Spell]:
    """Cut one person's placements at each last day; what follows the last of them is the present employment."""
    left = list(places)
    for end in ends:
        own = [place for place in left if place.first_day <= end.on]
        left = [place for place in left if place.first_day > end.on]
        if own:
            yield Spell(own[0].first_day, tuple(own), end.on, ENDINGS.get(end.kind, Ending.OTHER))
    came_back = not ends or employment.starts_on > ends[-1].on
    if not left and ends and places and came_back:
        left = [Placement(places[-1].department, employment.starts_on)]
    if left and came_back:
        yield from _present(employment, left)


def _present(employment: Employment, places: Sequence[Placement]) -> Iterator[Spell]:
    first_day = max(employment.starts_on, places[0].first_day)
    last_day = employment.ends_on
    if last_day is None:
        yield Spell(first_day, tuple(places))
    elif first_day <= last_day:
        yield Spell(first_day, tuple(places), last_day, Ending.OTHER)
