"""A pulse through a Teams that fails, with two kills in the middle; longer, and with other seeds: ``tests.stories.teams_chaos``."""

from pathlib import Path

import pytest

from tests.stories.chaos import ACTORS, SHORT
from tests.stories.teams_chaos import storm

pytestmark = [pytest.mark.process, pytest.mark.allow_hosts(["127.0.0.1"])]

SEED = 1


def test_through_faults_and_two_kills_nothing_is_lost_or_doubled_and_hr_reads_what_is_in_doubt(
    built: Path,
) -> None:
    came = storm(built, SEED, SHORT)

    assert came.complaints == []
    assert all(taken < came.posts for taken in came.kills), "all was sent before a kill"
    assert came.failed > 10
    assert came.sheets >= ACTORS / 2
