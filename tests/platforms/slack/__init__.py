"""A fake Slack: ``FakeSlack`` is the workspace on the other side of the wire, ``Person`` somebody who uses it."""

from tests.platforms.slack.person import Person, Seen
from tests.platforms.slack.reach import Answer
from tests.platforms.slack.server import FakeSlack

__all__ = ["Answer", "FakeSlack", "Person", "Seen"]
