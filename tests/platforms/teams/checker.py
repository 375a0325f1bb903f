"""Reads the history and says, in words, what a good bot would not have done."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from tests.platforms.slack.checker import NEVER
from tests.platforms.teams.connector import CARD
from tests.platforms.teams.history import Call
from tests.platforms.teams.limits import Limits
from tests.platforms.teams.people import Json
from tests.platforms.teams.widgets import nodes
from tests.platforms.teams.world import Validate, World, nothing_wrong

FIGURES = re.compile(r"\d[\d.,]*\s?(%|€|\$|points|Punkte)|eNPS", re.IGNORECASE)
CHARTS = "Chart."

A_MOMENT_S = 0.05


def check(
    fake: World,
    rows: Iterable[tuple[str, str]] | None = None,
    *,
    reminders: Collection[str] = (),
) -> list[str]:
    """Return every violation in a fake's history; without any it is empty.

    ``rows`` are the outbox's deliveries (id, state) at the end. Of ``reminders`` nobody can tell whether they
    were sent.
    """
    limits = fake.limits.anew() if fake.limits.on else None
    found = violations(fake.calls, limits=limits, validate=fake.validate)
    if rows is not None:
        found += outbox(fake.calls, list(rows), reminders=reminders)
    return found


def violations(
    calls: Sequence[Call], *, limits: Limits | None = None, validate: Validate = nothing_wrong
) -> list[str]:
    """Return what is wrong in a history, also one that was read from a journal."""
    found = list(twice(calls))
    for call in calls:
        found += [f"{_where(call)}: {wrong}" for rule in RULES for wrong in rule(call)]
        found += [f"{_where(call)}: {wrong}" for card in _cards(call.activity) for wrong in validate(card)]
    return found + (list(too_fast(calls, limits)) if limits is not None else [])


def twice(calls: Sequence[Call]) -> Iterator[str]:
    for delivery, posts in sorted(_accepted(calls).items()):
        if len(posts) > 1:
            yield f"delivery {delivery} was accepted {len(posts)} times"


def too_fast(calls: Sequence[Call], limits: Limits) -> Iterator[str]:
    """Name the accepted calls that exceed the limits, told by their own times."""
    for call in calls:
        place = call.conversation.partition(";")[0]
        if call.accepted and limits.exact(call.name, call.tenant, place, call.at) > A_MOMENT_S:
            yield f"{_where(call)}: over the limit"


def outbox(
    calls: Sequence[Call], rows: Sequence[tuple[str, str]], *, reminders: Collection[str] = ()
) -> list[str]:
    """Compare the outbox's rows with what Teams accepted."""
    accepted = _accepted(calls)
    known = {delivery for delivery, _ in rows}
    found = [
        f"delivery {d} was accepted, but no row of the outbox is behind it"
        for d in accepted
        if d not in known
    ]
    for delivery, state in rows:
        times = len(accepted.get(delivery, ()))
        if state == "sent" and times == 0:
            found.append(f"delivery {delivery} is lost: marked as sent, never accepted")
        elif state == "sending":
            found.append(f"delivery {delivery} is still sending")
        elif state in NEVER and times and delivery not in reminders:
            found.append(f"delivery {delivery} is {state}, yet it was accepted")
    return found


def _says_nothing(call: Call) -> Iterator[str]:
    """Name messages that neither notifications nor screen readers have a word of."""
    said = f"{call.activity.get('summary') or ''}{call.activity.get('text') or ''}"
    if call.is_message and not said.strip():
        yield "a message without summary or text"


def _too_big(call: Call) -> Iterator[str]:
    if call.outcome == "MessageSizeTooBig":
        yield "larger than Teams takes"


def _invalid(call: Call) -> Iterator[str]:
    """Name what Teams should never have to say."""
    if call.outcome in {"BadSyntax", "BadArgument", "Unauthorized"}:
        yield f"refused as {call.outcome}"


def _figures_in_public(call: Call) -> Iterator[str]:
    if call.accepted and call.public and call.is_message and _holds_figures(call.activity):
        yield f"figures where others see them, in {call.conversation}"


RULES: tuple[Callable[[Call], Iterator[str]], ...] = (
    _says_nothing,
    _too_big,
    _invalid,
    _figures_in_public,
)


def _holds_figures(activity: Json) -> bool:
    cards = _cards(activity)
    charts = any(str(node.get("type", "")).startswith(CHARTS) for card in cards for node in nodes(card))
    return charts or bool(FIGURES.search(f"{activity.get('text')}{activity.get('summary')}{cards}"))


def _cards(activity: Json) -> list[Json]:
    attached = activity.get("attachments")
    every = attached if isinstance(attached, list) else []
    found = [one.get("content") for one in every if isinstance(one, dict) and one.get("contentType") == CARD]
    return [card for card in found if isinstance(card, dict)]


def _accepted(calls: Sequence[Call]) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.name == "post" and call.accepted and call.delivery:
            found[call.delivery].append(call)
    return dict(found)


def _where(call: Call) -> str:
    return f"{call.name} to {call.user or call.conversation or call.tenant} at {call.at:.3f}"
