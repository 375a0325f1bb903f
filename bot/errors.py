"""What can go wrong, by who must act on it."""

from datetime import date, datetime

Value = str | int | float | date | datetime
"""What a sentence of the catalogue may be filled with; formatted in the reader's locale."""


class RapportError(Exception):
    """The base of all errors that Rapport raises on purpose."""


class Refused(RapportError):
    """The person asked for something that the rules do not allow.

    ``key`` names the sentence in ``bot/talk/locales`` that is shown to them; ``values`` fill its
    placeholders. The exception's own text is for the log: it holds the key, no answer text, no name.
    """

    def __init__(self, key: str, **values: Value) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class PlatformError(RapportError):
    """A chat platform did not take a message."""


class TryLater(PlatformError):
    """Worth another attempt, not before ``retry_after_s`` seconds have passed; nothing was delivered."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Undeliverable(PlatformError):
    """No further attempt will help: the account is gone, the bot was removed, the card was rejected.

    ``reason`` is a code such as ``user_not_found``; no text, no name.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Disconnected(PlatformError):
    """The workspace no longer lets us in: the token was revoked, the app removed or misconfigured; nothing was delivered.

    ``reason`` is a code of the platform such as ``token_revoked``; somebody must act before anything else is sent.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unsure(PlatformError):
    """Nobody can tell whether the message arrived: a timeout, a reset, a crash between send and mark."""


class StoreError(RapportError):
    """The database, or the folder it lives in, cannot be used; the text says what to do."""


class KeyLost(RapportError):
    """The key of an open wave or of the tokens is gone, so what it sealed can no longer be read."""
