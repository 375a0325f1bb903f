"""What the values of a reply's words come to together, the same for every language."""

import math
from collections.abc import Sequence


def tally(told: Sequence[float], words: int) -> tuple[float, ...]:
    """Return balance, praise, complaint, mean, last, first, highest, lowest, and whether no word says anything.

    Parameters
    ----------
    told
        The values that are not 0, in the order of the words.
    words
        How many words there are, at least 1.
    """
    praise = sum(value for value in told if value > 0)
    complaint = -sum(value for value in told if value < 0)
    total, root = praise - complaint, math.sqrt(words)
    return (
        total / math.sqrt(total * total + 0.8),
        praise / root,
        complaint / root,
        total / len(told) if told else 0.0,
        told[-1] if told else 0.0,
        told[0] if told else 0.0,
        max(0.0, *told) if told else 0.0,
        min(0.0, *told) if told else 0.0,
        float(not told),
    )
