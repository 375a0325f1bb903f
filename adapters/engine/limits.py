"""How fast, how long and how often a platform is tried."""

from dataclasses import dataclass
from datetime import timedelta

from bot.store.workspaces import Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an engine keeps to with one platform; all of it by the real clock.

    A platform that cannot be asked what arrived should have a small ``batch``: all messages of a batch are
    *sending*, so a crash leaves that many of them uncertain.
    """

    rate: Rate | None = None
    """None: as fast as it goes."""
    batch: int = 50
    """Messages claimed, prepared and marked together."""
    at_once: int = 10
    """Messages in flight; to one person always one after the other."""
    timeout_s: float = 10.0
    """How long one call may take; well below the lease."""
    lease: timedelta = timedelta(seconds=60)
    margin: timedelta = timedelta(seconds=5)
    """Kept free at the end of a lease for the mark."""
    doubt: timedelta = timedelta(seconds=2)
    """How long a message may take to show after the connection was lost; the platform is asked only then."""
    ask_again: timedelta = timedelta(seconds=30)
    """When the platform cannot answer just now."""
    turn_s: float = 10.0
    """How long one drain goes on claiming before others have their turn."""
    attempts: int = 100
    """Tries before a message is given up; with the pauses below about a day of outage."""
    first_pause_s: float = 2.0
    longest_pause_s: float = 900.0
    resends: int = 3
    """How often a message that must arrive is sent again when nobody can tell."""

    def pause(self, attempts: int, spread: float) -> timedelta:
        """Return how long to wait after the ``attempts``-th try (from 1): doubled each time, up to half of it more.

        ``spread``, from 0 to 1, keeps messages that failed together from coming back together.
        """
        doubled = self.first_pause_s * 2.0 ** min(attempts - 1, 30)
        return timedelta(seconds=min(doubled, self.longest_pause_s) * (1 + spread / 2))
