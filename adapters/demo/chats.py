"""Which chat the demo talks through: one at a time, so that everybody is written to in one place."""

from adapters.demo.build import PLATFORM, WORKSPACE
from bot.store.unit import Unit


def talk_through(unit: Unit, platform: str) -> None:
    """Let messages go to one platform's workspace; those of the others wait until they are chosen again."""
    if platform == PLATFORM:
        unit.organisations.connect(PLATFORM, WORKSPACE)
    for row in unit.workspaces.active():
        row.active = row.platform == platform
