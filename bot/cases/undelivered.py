"""What HR should know about messages that did not arrive: why, how many, and what to do about it.

Nothing here tells who answered: reminders are left out, and nobody is named but those who can't be reached at all.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.cases import troubles
from bot.store.undelivered import UNCERTAIN
from bot.store.unit import Unit
from bot.talk.cards import Card, Element, Fact, Facts, Text
from bot.talk.language import Words

OTHER = "other"

ABOUT: Mapping[str, str] = {
    # the person
    "user_not_found": "user_not_found",
    "account_inactive": "user_disabled",
    "user_disabled": "user_disabled",
    "channel_not_found": "channel_not_found",
    "not_in_channel": "channel_not_found",
    "cannot_dm_bot": "channel_not_found",
    "is_archived": "is_archived",
    "writes_blocked": "writes_blocked",
    "not_reachable_yet": "not_reachable_yet",
    "disabled_by_admin": "disabled_by_admin",
    # the message
    "msg_too_long": "msg_too_long",
    "msg_blocks_too_long": "msg_too_long",
    "invalid_blocks": "msg_too_long",
    "invalid_blocks_format": "msg_too_long",
    UNCERTAIN: UNCERTAIN,
    # the workspace
    "messages_tab_disabled": "messages_tab_disabled",
    "token_revoked": "token_revoked",
    "app_not_installed": "token_revoked",
    "not_installed": "token_revoked",
    "team_access_not_granted": "token_revoked",
    "invalid_auth": "invalid_auth",
    "invalid_refresh_token": "token_revoked",
    "not_allowed_token_type": "invalid_auth",
    "not_authed": "invalid_auth",
    "token_expired": "invalid_auth",
    "invalid_client": "invalid_auth",
    "invalid_grant": "invalid_auth",
    "invalid_request": "invalid_auth",
    "invalid_scope": "invalid_auth",
    "unauthorized_client": "invalid_auth",
    "missing_scope": "missing_scope",
    "access_denied": "access_denied",
    "accesslimited": "access_denied",
    "ekm_access_denied": "access_denied",
    "enterprise_is_restricted": "access_denied",
    "no_permission": "access_denied",
    "org_login_required": "access_denied",
    "restricted_action": "access_denied",
    "two_factor_setup_required": "access_denied",
    # the platform
    "TryLater": "unavailable",
}
"""The platforms' words for why nothing arrived, and which sentence says what to do; any other word is not kept."""

UNREACHABLE = frozenset(
    word
    for word, about in ABOUT.items()
    if about
    in {
        "user_not_found",
        "user_disabled",
        "channel_not_found",
        "is_archived",
        "writes_blocked",
        "not_reachable_yet",
        "disabled_by_admin",
    }
)
"""Reasons that lie with the person's account, so that somebody has to look at this person."""

SHUT_OUT = frozenset({"writes_blocked", "not_reachable_yet"})
"""Of these, those that only the person can undo, by writing to us or installing the app."""

RECENT = timedelta(days=30)

MOST_NAMES = 20


def code(reason: str) -> str:
    """Return a platform's word if it is one that may be kept with a delivery."""
    return reason if reason in ABOUT else OTHER


def sentence(words: Words, reason: str) -> str:
    """Return what a reason means and what HR or the administrator should do."""
    return words(f"delivery.reason.{_about(reason)}")


def of_workspace(words: Words, reason: str) -> str:
    """Return the same for a workspace that lets nothing in; there an inactive account is ours."""
    return sentence(words, "token_revoked" if reason == "account_inactive" else reason)


def overview(unit: Unit, words: Words) -> Card:
    """Return the deliveries of the last 30 days that need a look, reason by reason; for HR admins only."""
    elements = (*_of_workspaces(unit, words), *_of_messages(unit, words))
    nothing = (Text(words("delivery.overview.none")),)
    return Card(
        title=words("delivery.overview.title"),
        elements=elements or nothing,
        fallback=words("delivery.overview.fallback"),
        locale=str(words.locale).replace("_", "-"),
    )


def _of_workspaces(unit: Unit, words: Words) -> Iterator[Element]:
    for trouble in troubles.known(unit):
        yield Text(of_workspace(words, trouble.reason), lead=True)
        yield Facts((Fact(words("delivery.overview.since"), words.moment(trouble.since)),))


def _of_messages(unit: Unit, words: Words) -> Iterator[Element]:
    since = unit.now - RECENT
    counts: dict[str, Counter[str]] = {}
    for reason, purpose, n in unit.undelivered.counts(since):
        counts.setdefault(_about(reason), Counter())[purpose] += n
    names: dict[str, list[str]] = {}
    for reason, name in unit.undelivered.unreached(since, UNREACHABLE):
        names.setdefault(_about(reason), []).append(name)
    for about, purposes in counts.items():
        facts = [
            Fact(words(f"delivery.purpose.{name}"), words.number(n)) for name, n in purposes.most_common()
        ]
        yield Text(sentence(words, about))
        yield Facts((*facts, *_people(words, names.get(about, []))))


def _about(reason: str) -> str:
    return ABOUT.get(reason, OTHER)


def _people(words: Words, names: list[str]) -> Iterator[Fact]:
    if names:
        left = len(names) - MOST_NAMES
        more = words("delivery.overview.more", n=left) if left > 0 else ""
        yield Fact(words("delivery.overview.people"), words.join(names[:MOST_NAMES]), more)
