"""What the connector's unsuccessful answers mean for us (learn.microsoft.com, ``conversation-messages``, status codes).

No error holds a text, a name or an address; a code is kept only if it looks like one.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from adapters.outbound import retry_after
from bot.errors import Disconnected, PlatformError, TryLater, Undeliverable, Unsure

LATER = frozenset({412, 429, 502, 503, 504})
"""Nothing was done, Microsoft says, and the same call may succeed soon; of no other status does it say so."""

UNREAD, UNKNOWN, DENIED, NOT_FOUND, TOO_LARGE, THROTTLED = 400, 401, 403, 404, 413, 429

PERSONS: Mapping[str, str] = {
    "MessageWritesBlocked": "writes_blocked",
    "ConversationBlockedByUser": "writes_blocked",
    "BotNotInConversationRoster": "writes_blocked",
    "ForbiddenOperationException": "not_reachable_yet",
    "BotDisabledByAdmin": "disabled_by_admin",
}
"""403 that lies with one person: they blocked or removed the app, have never had it, or may not use it."""

BLOCKED_NUMBER = 209
"""How older answers call ``MessageWritesBlocked``."""

NO_ACTIVITY = "ActivityNotFoundInConversation"
NO_CONVERSATION = "ConversationNotFound"
TOO_BIG = "MessageSizeTooBig"

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9 ]{0,59}")
_SUB_CODE = re.compile(r'\\?"subCode\\?"\s*:\s*\\?"([A-Za-z]{1,60})')


class Rejected(PlatformError):
    """Teams did not do what was asked, because of what was asked; ``code`` is its word for why."""

    def __init__(self, code: str, status: int = UNREAD) -> None:
        super().__init__(code)
        self.code, self.status = code, status


def refusal(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> PlatformError:
    """Return what an unsuccessful answer means."""
    codes = _codes(body.decode("utf-8", "replace"))
    if status in LATER:
        word = "ratelimited" if status == THROTTLED else f"http_{status}"
        return TryLater(word, retry_after(headers.get("Retry-After", ""), now))
    if status >= 500:
        return Unsure(f"http_{status}")
    if status == DENIED:
        return next(
            (Undeliverable(PERSONS[code]) for code in codes if code in PERSONS), Disconnected("access_denied")
        )
    if status == UNKNOWN:
        return Disconnected("invalid_auth")
    if status < 400:
        return TryLater("redirected")
    code = next(iter(codes), f"http_{status}")
    return Rejected(TOO_BIG if status == TOO_LARGE else code, status)


def _codes(text: str) -> list[str]:
    """Return every word of an answer that says why: in the error, or hidden in its message as older answers do."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    told = told if isinstance(told, dict) else {}
    error = told.get("error")
    error = error if isinstance(error, dict) else {}
    found = [node.get(name) for node in (error, told) for name in ("subCode", "code")]
    found += _SUB_CODE.findall(text)
    if BLOCKED_NUMBER in {told.get("errorCode"), error.get("errorCode")}:
        found.append("MessageWritesBlocked")
    return [code for code in found if isinstance(code, str) and _CODE.fullmatch(code)]
