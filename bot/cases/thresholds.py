"""How many answers a figure needs before anybody sees it: HR can ask for more, for waves that open from then on.

Never for fewer: people answered under what they were told, and whoever may lower a threshold can read a small group.
A way down to the floor would need two people's consent and is not built; so a raise is asked for twice.
"""

from collections.abc import Mapping

from bot.cases import permissions, surveys
from bot.cases.context import ActionHandler, Caller
from bot.errors import Refused
from bot.store.unit import Unit
from bot.talk.cards import Action, Ask, Button, Card, Note
from bot.talk.commands import Role
from bot.talk.events import Invalid, OpenForm, Replace, Reply
from bot.talk.fallback import card
from surveys.anonymity import COMMENTS_FLOOR, FLOOR
from surveys.formats import Choice, FreeText, Option

MOST = 50
"""A typing error could hide every result for good."""
FIELDS = ("scores", "comments")
SENTIMENT = "sentiment"
DIGITS = 3


def raised(unit: Unit, actor: str, scores: int | None = None, comments: int | None = None) -> tuple[int, int]:
    """Ask for more answers in waves that open from now on, and return both thresholds; None: as it is.

    Raises ``Refused`` below the floor, below what holds, above ``MOST``, and for comments shown of fewer than scores.
    """
    organisation = unit.organisations.get()
    before = organisation.k_scores, organisation.k_comments
    after = before[0] if scores is None else scores, before[1] if comments is None else comments
    _check(before, after)
    if after != before:
        organisation.k_scores, organisation.k_comments = after
        details = {
            "scores": after[0],
            "comments": after[1],
            "scores_before": before[0],
            "comments_before": before[1],
        }
        unit.audit.record(unit.now, actor, "surveys.thresholds", details=details)
    return after


def _check(before: tuple[int, int], after: tuple[int, int]) -> None:
    (scores, comments), floor = after, (FLOOR, COMMENTS_FLOOR)
    if scores < floor[0] or comments < floor[1]:
        raise Refused("refused.thresholds.floor", scores=floor[0], comments=floor[1])
    if scores < before[0] or comments < before[1]:
        raise Refused("refused.thresholds.lower", scores=before[0], comments=before[1])
    if max(after) > MOST:
        raise Refused("refused.thresholds.most", most=MOST)
    if comments < scores:
        raise Refused("refused.thresholds.order")


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Ask for both thresholds; what holds is filled in."""
    _require(caller)
    return OpenForm(_form(caller))


def saved(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Raise the thresholds to what the form says."""
    _require(caller)
    w = caller.words
    wanted = {field: values.get(field, "").strip() for field in FIELDS}
    unread = {field: w("refused.thresholds.number") for field, text in wanted.items() if not _is_number(text)}
    if unread:
        return Invalid(unread)
    try:
        raised(caller.unit, f"person:{caller.person.id}", *map(int, wanted.values()))
    except Refused as refused:
        return Invalid({FIELDS[0]: w(refused.key, **refused.values)})
    if (how := values.get(SENTIMENT, "")) in surveys.SENTIMENT:
        surveys.read_comments(caller.unit, f"person:{caller.person.id}", how)
    return Replace(surveys.overview(caller))


ACTIONS: Mapping[str, ActionHandler] = {
    "surveys.thresholds": opened,
    "surveys.thresholds.save": saved,
}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= DIGITS


def _require(caller: Caller) -> None:
    permissions.require_role(caller.unit, caller.person, Role.HR_ADMIN, Role.OWNER)


def _form(caller: Caller) -> Card:
    w, organisation = caller.words, caller.organisation
    held = dict(zip(FIELDS, (organisation.k_scores, organisation.k_comments), strict=True))
    return card(
        w("surveys.thresholds.title"),
        Note(w("surveys.thresholds.note")),
        *(
            Ask(field, w(f"surveys.thresholds.{field}"), FreeText(DIGITS), value=str(held[field]))
            for field in FIELDS
        ),
        Ask(
            SENTIMENT,
            w("surveys.sentiment"),
            Choice(tuple(Option(how, w(f"surveys.sentiment.{how}")) for how in surveys.SENTIMENT)),
            hint=w("surveys.sentiment.hint"),
            value=organisation.sentiment,
        ),
        fallback=w("surveys.thresholds.note"),
        submit=Button(w("button.save"), Action("surveys.thresholds.save"), "primary"),
    )
