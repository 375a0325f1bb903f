"""Rapport in Slack: Block Kit, slack-bolt and the Web API stay in this folder."""

from adapters.outbound import is_loopback
from adapters.slack.send import Connection, SlackPlatform
from adapters.slack.tokens import Tokens
from bot.clock import Clock


def connect(
    connection: Connection, clock: Clock | None = None, tokens: Tokens | None = None
) -> SlackPlatform:
    """Return the platform: for the workspace of one token, or for those whose tokens are given."""
    return SlackPlatform(connection, clock, tokens)


__all__ = ["Connection", "SlackPlatform", "connect", "is_loopback"]
