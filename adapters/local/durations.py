"""ISO 8601 in the small part that moving a clock needs."""

import re
from datetime import UTC, datetime, timedelta

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?)?",
    re.ASCII,
)


def duration(text: str) -> timedelta:
    """Read ``PnWnDTnHnM``, such as ``P1D`` or ``PT1H30M``; raises ``ValueError`` for anything else."""
    found = _DURATION.fullmatch(text)
    parts = {unit: int(n) for unit, n in found.groupdict().items() if n} if found else {}
    if not parts:
        raise ValueError("write a duration such as P1D, PT1H or P1DT12H30M")
    return timedelta(**parts)


def moment(text: str) -> datetime:
    """Read an ISO 8601 instant; without a zone it is UTC. Raises ``ValueError`` with a sentence."""
    try:
        read = datetime.fromisoformat(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("write an instant such as 2026-11-27T17:00:00Z") from error
