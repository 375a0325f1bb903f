"""What a launch can expect to be hidden, before anyone has answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import comb

from surveys.anonymity.figures import FLOOR, at_least_the_floor

EXPECTED_RESPONSE = 0.70


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many teams a launch will probably not be able to show."""

    teams: int
    expected_hidden: float

    @property
    def share_hidden(self) -> float:
        """Expected share of teams with too few answers, 0 to 1."""
        return self.expected_hidden / self.teams if self.teams else 0.0


def detectable_teams(invited: Iterable[int], k: int = FLOOR, response: float = EXPECTED_RESPONSE) -> Outlook:
    """Return how many teams are expected to fall below ``k`` answers, or have no more than ``k`` people asked.

    The number of answers in a team of ``m`` is taken as binomial(m, response). It is a lower bound of what is
    hidden: a hidden team often takes a neighbour with it, so that it can't be worked out from the total.

    Parameters
    ----------
    invited
        Invited people per team, heads not counted in their own team.
    k
        Threshold of the wave.
    response
        Expected response rate, 0 to 1.
    """
    at_least_the_floor(k)
    if not 0 <= response <= 1:
        raise ValueError(f"a response rate of {response} is not between 0 and 1")
    sizes = [size for size in invited if size > 0]
    return Outlook(len(sizes), sum(_fewer_than(k, size, response) for size in sizes))


def _fewer_than(k: int, size: int, response: float) -> float:
    if size <= k:
        return 1.0
    return sum(
        comb(size, answers) * response**answers * (1 - response) ** (size - answers) for answers in range(k)
    )
