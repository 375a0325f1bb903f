"""A fake Teams: ``FakeTeams`` is what stands on the other side of the wire, ``Person`` somebody who uses it."""

from tests.platforms.teams.person import Person, Seen
from tests.platforms.teams.reach import Answer
from tests.platforms.teams.server import FakeTeams

__all__ = ["Answer", "FakeTeams", "Person", "Seen"]
