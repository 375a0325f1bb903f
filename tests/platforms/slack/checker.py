"""Reads the history and says, in words, what a good app would not have done."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from tests.platforms.slack.history import POSTS, Call
from tests.platforms.slack.limits import Limits
from tests.platforms.slack.people import Json
from tests.platforms.slack.world import Validate, World, nothing_wrong

SAYING = {POSTS, "chat.update", "chat.postEphemeral", "response_url"}
VIEWS = {"views.open": "modal", "views.push": "modal", "views.update": "modal", "views.publish": "home"}
OURS = "rapport_delivery"
FIGURES = {"data_visualization", "data_table", "table"}
FIGURE = re.compile(r"\d[\d.,]*\s?(%|€|\$|points|Punkte)|eNPS", re.IGNORECASE)
NEVER = {"pending", "retry", "cancelled", "dead", "expired"}
"""States of an outbox row whose message Slack never accepted; a handled reminder ends as expired either way."""

A_MOMENT_S = 0.05


def check(
    fake: World,
    rows: Iterable[tuple[str, str]] | None = None,
    *,
    reminders: Collection[str] = (),
    reconciled: bool = False,
    cut_off: bool = False,
) -> list[str]:
    """Return every violation in a fake's history; without any it is empty.

    ``rows`` are the outbox's deliveries (id, state) at the end. Of ``reminders`` nobody can tell whether they
    were sent. With ``reconciled`` the app could ask for every message, so that none may stay uncertain. With
    ``cut_off`` what the app had in mind with a call may have been lost with the answer or with the app.
    """
    limits = fake.limits.anew() if fake.limits.on else None
    found = violations(fake.calls, limits=limits, validate=fake.validate, cut_off=cut_off)
    named = {w for user in fake.users.values() for w in (user.name, user.real_name, user.email) if w}
    found += [f"metadata names {word}" for word in sorted(named & _metadata_words(fake.calls))]
    if rows is not None:
        found += outbox(fake.calls, list(rows), reminders=reminders, reconciled=reconciled)
    return found


def violations(
    calls: Sequence[Call],
    *,
    limits: Limits | None = None,
    validate: Validate = nothing_wrong,
    cut_off: bool = False,
) -> list[str]:
    """Return what is wrong in a history, also one that was read from a journal."""
    found = [*twice(calls), *doubled(calls)]
    for call in calls:
        found += [f"{_where(call)}: {wrong}" for rule in RULES for wrong in rule(call)]
        found += [f"{_where(call)}: {wrong}" for wrong in _invalid(call, validate)]
    if not cut_off:
        found += opened_first(calls)
    return found + (list(too_fast(calls, limits)) if limits is not None else [])


def twice(calls: Sequence[Call]) -> Iterator[str]:
    for delivery, posts in sorted(_accepted(calls).items()):
        if len(posts) > 1:
            yield f"delivery {delivery} was accepted {len(posts)} times"


def doubled(calls: Sequence[Call]) -> Iterator[str]:
    """Name replies that were accepted more than once; they come from no row of the outbox."""
    ids = [
        c.arguments.get("client_msg_id") for c in calls if c.method == POSTS and c.accepted and not c.delivery
    ]
    for message, times in sorted(Counter(filter(None, ids)).items()):
        if times > 1:
            yield f"reply {message} was accepted {times} times"


def too_fast(calls: Sequence[Call], limits: Limits) -> Iterator[str]:
    """Name the accepted calls that exceed the limits, told by their own times."""
    for call in calls:
        if call.accepted and limits.exact(call.method, call.team, call.channel, call.at) > A_MOMENT_S:
            yield f"{_where(call)}: over the limit"


def opened_first(calls: Sequence[Call]) -> list[str]:
    """Name posts for which the conversation was opened first; opening it to look into its history is fine."""
    opened: set[str] = set()
    found = []
    for call in calls:
        if call.method == "conversations.open" and call.accepted:
            opened.add(call.channel)
        elif call.method in {"conversations.history", "conversations.replies"}:
            opened.discard(call.channel)
        elif call.method == POSTS and call.channel in opened:
            found.append(f"{_where(call)}: conversations.open was used before a post")
            opened.discard(call.channel)
    return found


def outbox(
    calls: Sequence[Call],
    rows: Sequence[tuple[str, str]],
    *,
    reminders: Collection[str] = (),
    reconciled: bool = False,
) -> list[str]:
    """Compare the outbox's rows with what Slack accepted."""
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
        elif state == "sending" or (reconciled and state == "uncertain"):
            found.append(f"delivery {delivery} is still {state}")
        elif state in NEVER and times and delivery not in reminders:
            found.append(f"delivery {delivery} is {state}, yet it was accepted")
    return found


def _no_text(call: Call) -> Iterator[str]:
    silent = bool(call.arguments.get("delete_original"))
    if call.method in SAYING and not silent and not str(call.arguments.get("text") or "").strip():
        yield "a message without text"


def _unfurls(call: Call) -> Iterator[str]:
    if call.method == POSTS:
        for name in ("unfurl_links", "unfurl_media"):
            if str(call.arguments.get(name, True)).lower() not in {"false", "0"}:
                yield f"{name} is not off"


def _more_than_ids(call: Call) -> Iterator[str]:
    metadata = call.arguments.get("metadata")
    if not isinstance(metadata, dict):
        return
    payload = metadata.get("event_payload")
    ids = isinstance(payload, dict) and set(payload) == {"d"} and " " not in str(payload["d"])
    if not ids or set(metadata) != {"event_type", "event_payload"} or metadata["event_type"] != OURS:
        yield "metadata holds more than a delivery's id"


def _without_delivery(call: Call) -> Iterator[str]:
    if call.method == POSTS and not call.arguments.get("client_msg_id"):
        yield "a post without client_msg_id"


def _empty_blocks(call: Call) -> Iterator[str]:
    """Name an empty list; only to ``chat.update`` it says something: take away the blocks that stand there."""
    if call.method in SAYING - {"chat.update"} and call.arguments.get("blocks") == []:
        yield "an empty list of blocks"


def _figures_in_public(call: Call) -> Iterator[str]:
    if call.accepted and call.public and call.method in SAYING and _holds_figures(call.arguments):
        yield f"figures where others see them, in {call.channel}"


RULES: tuple[Callable[[Call], Iterator[str]], ...] = (
    _no_text,
    _unfurls,
    _more_than_ids,
    _without_delivery,
    _empty_blocks,
    _figures_in_public,
)


def _invalid(call: Call, validate: Validate) -> Iterator[str]:
    """Name what the validator finds, in refused calls too: Slack should never have to say so."""
    if call.method in VIEWS and isinstance(call.arguments.get("view"), dict):
        yield from validate(call.arguments["view"], VIEWS[call.method])
    elif (
        call.method in SAYING and isinstance(call.arguments.get("blocks"), list) and call.arguments["blocks"]
    ):
        shown = {"text": str(call.arguments.get("text") or ""), "blocks": call.arguments["blocks"]}
        yield from validate(shown, "message")


def _holds_figures(arguments: Json) -> bool:
    blocks = arguments.get("blocks") or []
    return any(b.get("type") in FIGURES for b in blocks) or bool(
        FIGURE.search(f"{arguments.get('text')}{blocks}")
    )


def _accepted(calls: Sequence[Call]) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.method == POSTS and call.accepted and call.delivery:
            found[call.delivery].append(call)
    return dict(found)


def _metadata_words(calls: Sequence[Call]) -> set[str]:
    given = (call.arguments.get("metadata") for call in calls)
    payloads = (m.get("event_payload") for m in given if isinstance(m, dict))
    return {str(v) for p in payloads if isinstance(p, dict) for v in p.values()}


def _where(call: Call) -> str:
    return f"{call.method} to {call.channel or call.team} at {call.at:.3f}"
