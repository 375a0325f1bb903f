"""The app manifest: what an administrator pastes into Slack to create the app, generated from our own tables."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlsplit

from bot.talk.commands import BY_NAME, DECLARED, commands_for
from bot.talk.language import words

Json = dict[str, Any]
Mode = Literal["socket", "http"]

NAME = "Rapport"
COLOUR = "#0b5394"

PATH = "/slack/events"
"""Where Slack's requests arrive, of every kind."""

REDIRECT = "/slack/oauth_redirect"
"""Where Slack leads an administrator back to who installs from our own page."""

EVENTS = (
    "app_home_opened",
    "app_uninstalled",
    "message.im",
    "team_access_granted",
    "team_access_revoked",
    "team_join",
    "tokens_revoked",
    "user_change",
)
"""What Slack tells us of: only what we handle."""

SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "chat:write": "Sends messages to people who can be asked, and replaces them once they are answered.",
        "commands": "Offers the slash commands and the shortcut.",
        "im:history": "Receives what people write to the bot in its own conversation with them, and looks there, after "
        "a failure, whether a message arrived. Other conversations can't be read.",
        "im:write": "Finds the bot's own conversation with a person.",
        "users:read": "Lists the members with their language and time zone, notices who joins and who leaves.",
        "users:read.email": "Matches members with the people of the HR file by e-mail address.",
    }
)
"""What the bot may do in the workspace, the least that it needs, each with its reason. It asks for no user scopes."""

SHORTCUT = "feedback"
"""The command behind the global shortcut, whose ``callback_id`` is its name."""


def manifest(mode: Mode, base_url: str = "", *, language: str = "en", token_rotation: bool = False) -> Json:
    """Return the manifest (schema v2) for Socket Mode, or for HTTP requests to ``base_url``.

    Raises ``ValueError`` where Slack could not reach the address.
    """
    address = _address(base_url) if mode == "http" else ""
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": _display(language),
        "features": _features(language, address),
        "oauth_config": {"scopes": {"bot": [*SCOPES]}} | _back(address),
        "settings": {
            "event_subscriptions": _at(address) | {"bot_events": [*EVENTS]},
            "interactivity": {"is_enabled": True} | _at(address),
            "org_deploy_enabled": True,
            "socket_mode_enabled": mode == "socket",
            "token_rotation_enabled": token_rotation,
        },
    }


def _address(base_url: str) -> str:
    base = base_url.strip().rstrip("/").removesuffix(PATH)
    if not _is_https(base):
        raise ValueError("Slack sends its requests to an https:// address only")
    return base + PATH


def _is_https(address: str) -> bool:
    """Say whether this is an encrypted address and nothing more: no name, no password, no query."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    more = parts.username is not None or parts.query or parts.fragment
    return parts.scheme == "https" and bool(parts.hostname) and not more


def _back(address: str) -> Json:
    return {"redirect_urls": [address.removesuffix(PATH) + REDIRECT]} if address else {}


def _at(address: str, name: str = "request_url") -> Json:
    return {name: address} if address else {}


def _display(language: str) -> Json:
    w = words(language)
    return {
        "name": NAME,
        "description": w("slack.app.description"),
        "long_description": w("app.long"),
        "background_color": COLOUR,
    }


def _features(language: str, address: str) -> Json:
    w = words(language)
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": NAME, "always_online": True},
        "shortcuts": [
            {
                "name": w("slack.app.shortcut"),
                "type": "global",
                "callback_id": SHORTCUT,
                "description": w(BY_NAME[SHORTCUT].help_key),
            }
        ],
        "slash_commands": [_command(name, language, address) for name in DECLARED],
    }


def _command(name: str, language: str, address: str) -> Json:
    known, w = BY_NAME.get(name), words(language)
    return {
        "command": f"/{name}",
        "description": w(known.help_key) if known else w("slack.app.about"),
        "usage_hint": known.usage.partition(" ")[2] if known else _everybodys(),
        "should_escape": False,
    } | _at(address, "url")


def _everybodys() -> str:
    """Name what anyone may ask for; what only some may is in their help."""
    return "[" + " | ".join(command.name for command in commands_for((), "slack")) + "]"
