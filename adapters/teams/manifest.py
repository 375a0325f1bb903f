"""The app package: what an administrator uploads to Teams, generated from our own tables.

Of the published schema (OfficeDev/microsoft-teams-app-schema) 1.29 is the first release with slash commands.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from bot.talk.commands import BY_NAME, COMMANDS, EVERYBODY, Command
from bot.talk.language import languages, words

Json = dict[str, Any]

SCHEMA = "1.29"
SCHEMA_URL = f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json"

NAME = "Rapport"
COLOUR = "#3554d1"
ICONS = Path(__file__).parent / "icons"

ABOUT = "/about"
"""Where the server says, to anybody who asks, what Rapport is, what it stores and on what terms it is used."""

MOST_COMMANDS = 12
"""Commands that a list may have."""

SHARED = ("roi-report", "results", "help", "pulse", "feedback", "privacy", "pause", "human", "settings")
"""What is offered where others read along; each is answered to the one who asks."""

ALONE = (*(c.name for c in COMMANDS if c.roles & EVERYBODY and c.name != "claim"), "roi-report", "results")
"""What is offered in the conversation with the bot: what anybody may ask for, and what leaders come for."""

SAME_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the package, so that the same package has the same bytes."""

_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")


def package(app_id: str, base_url: str, version: str, *, language: str = "en") -> bytes:
    """Return the app package (ZIP): the manifest, each further language, and the two icons.

    Raises ``ValueError``, in words, where Teams would refuse it.
    """
    files = {
        "manifest.json": _written(manifest(app_id, base_url, version, language=language)),
        **{f"{other}.json": _written(localisation(other)) for other in _further(language)},
        **{f"{icon}.png": (ICONS / f"{icon}.png").read_bytes() for icon in ("color", "outline")},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, SAME_MOMENT), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def version_of(now: datetime) -> str:
    """Return a version that is higher than any earlier one: Teams takes no update that is not (``now`` in UTC)."""
    return f"1.{now.year - 2000}{now:%m%d}.{now.hour * 100 + now.minute}"


def manifest(app_id: str, base_url: str, version: str, *, language: str = "en") -> Json:
    """Return the manifest; raises ``ValueError``, in words, where Teams would refuse it."""
    about = _address(base_url) + ABOUT
    return {
        "$schema": SCHEMA_URL,
        "manifestVersion": SCHEMA,
        "version": _checked(version),
        "id": _guid(app_id),
        "localizationInfo": {
            "defaultLanguageTag": language,
            "additionalLanguages": [
                {"languageTag": other, "file": f"{other}.json"} for other in _further(language)
            ],
        },
        "developer": {
            "name": NAME,
            "websiteUrl": about,
            "privacyUrl": f"{about}#privacy",
            "termsOfUseUrl": f"{about}#terms",
        },
        "name": {"short": NAME, "full": words(language)("teams.app.name")},
        "description": _description(language),
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": COLOUR,
        "bots": [_bot(app_id, language)],
        "validDomains": [urlsplit(about).hostname],
        "supportsChannelFeatures": "tier1",
    }


def localisation(language: str) -> Json:
    """Return the texts of the manifest in one further language."""
    description = _description(language)
    return {
        "$schema": SCHEMA_URL.replace(".schema.json", ".Localization.schema.json"),
        "name.short": NAME,
        "name.full": words(language)("teams.app.name"),
        "description.short": description["short"],
        "description.full": description["full"],
        **dict(_commands_in(language)),
    }


def _bot(app_id: str, language: str) -> Json:
    """Describe the bot, its own conversation first; a slash command is a message that only the bot reads."""
    return {
        "botId": _guid(app_id),
        "scopes": ["personal", "team", "groupChat"],
        "supportsFiles": False,
        "isNotificationOnly": False,
        "supportsTargetedMessages": True,
        "commandLists": [
            {"scopes": ["personal"], "triggers": ["mention"], "commands": _offered(ALONE, language)},
            {
                "scopes": ["team", "groupChat"],
                "triggers": ["slash", "mention"],
                "commands": _offered(SHARED, language),
            },
        ],
    }


def _offered(names: tuple[str, ...], language: str) -> list[Json]:
    return [{"title": name, "description": _help(BY_NAME[name], language)} for name in names]


def _commands_in(language: str) -> Iterator[tuple[str, str]]:
    """Yield the translated parts of the command lists by their place, as the schema wants them."""
    for at, names in enumerate((ALONE, SHARED)):
        for number, name in enumerate(names):
            place = f"bots[0].commandLists[{at}].commands[{number}]"
            yield f"{place}.title", name
            yield f"{place}.description", _help(BY_NAME[name], language)


def _help(command: Command, language: str) -> str:
    return words(language)(command.help_key)


def _description(language: str) -> Json:
    w = words(language)
    return {"short": w("teams.app.description"), "full": w("app.long")}


def _further(language: str) -> list[str]:
    """Return the languages, without their forms of address, besides the one of the manifest itself."""
    return sorted({name.partition("-")[0] for name in languages()} - {language})


def _written(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def _guid(app_id: str) -> str:
    try:
        return str(UUID(app_id.strip()))
    except ValueError:
        raise ValueError(f"“{app_id}” is no app id: that is a GUID, under Overview in Entra") from None


def _checked(version: str) -> str:
    if not _VERSION.fullmatch(version):
        raise ValueError(f"“{version}” is no version: three numbers with dots between them, such as 1.2.3")
    return version


def _address(base_url: str) -> str:
    """Return the address of the server without its path; anybody's browser must reach it, encrypted."""
    base = base_url.strip().rstrip("/")
    try:
        parts = urlsplit(base)
        fine = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
        more = parts.query or parts.fragment or parts.port
    except ValueError:
        fine, more = False, ""
    if not fine or more:
        raise ValueError("Teams reaches an https:// address only, on port 443")
    return base
