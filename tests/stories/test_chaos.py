"""A pulse through a Slack that fails, with two kills in the middle; longer, and with other seeds: ``tests.stories.chaos``."""

from pathlib import Path

import pytest

from tests.stories.chaos import ACTORS, SHORT, storm

pytestmark = [pytest.mark.process, pytest.mark.allow_hosts(["127.0.0.1"])]

SEED = 1


def test_through_faults_and_two_kills_nothing_is_lost_doubled_or_left_in_doubt(built: Path) -> None:
    came = storm(built, SEED, "socket", SHORT)

    assert came.complaints == []
    assert [taken < came.states["sent"] for taken in came.kills] == [True, True], "all was sent before a kill"
    assert came.failed > 10
    assert came.sheets == ACTORS
