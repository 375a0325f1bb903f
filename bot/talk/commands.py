"""What can be typed to the bot: names, who may, one line of help. Data only; ``bot/commands.py`` binds the cases.

On the local page and in Teams each command is typed as it is named, with or without the slash. On Slack, where
slash commands are shared with every other app (``/feedback`` belongs to Slack itself), only ``/rapport <name>``
and ``/roi-report`` are declared; ``/rapport`` in front of a name is understood everywhere.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Role(StrEnum):
    """What a person may be; every person of the organisation is an employee, and may be more besides."""

    EMPLOYEE = "employee"
    MANAGER = "manager"
    HR_ADMIN = "hr_admin"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Command:
    """A command: ``usage`` names its argument, ``roles`` are those one of which is needed to see it in the help.

    Whether a person may see a certain department is decided by the case, not here.
    """

    name: str
    usage: str
    help_key: str
    roles: frozenset[Role]
    example: str
    aliases: tuple[str, ...] = ()
    one_word: bool = False
    """What follows the name is a single word; a longer text that begins like the command is a message."""
    unlisted: frozenset[str] = frozenset()
    """Platforms whose help need not name it, because it has a place of its own there; typed it works all the same."""

    @property
    def takes_text(self) -> bool:
        """Whether something may follow the name."""
        return " " in self.usage

    def usage_on(self, platform: str) -> str:
        """Return how it is typed on a platform: where slash commands are shared, with our own name in front."""
        ours = platform not in SHARED or self.name in DECLARED
        return self.usage if ours else f"/{UMBRELLA} {self.usage.removeprefix('/')}"

    def may_be_meant(self, rest: str) -> bool:
        """Whether the name, typed without a slash and followed by ``rest``, is the command."""
        fits = self.takes_text and not (self.one_word and len(rest.split()) > 1)
        return not rest or fits


UMBRELLA = "rapport"

DECLARED = (UMBRELLA, "roi-report")
"""What is declared as a slash command of its own where these are shared with every other app."""

TABBED = frozenset({"slack"})
"""Platforms that show Home on a tab of the app's own; elsewhere it is asked for by its name."""

SHARED = frozenset({"slack"})
"""Platforms where another app, or the platform itself, may own a slash command: Slack's /feedback goes to Slack."""

EVERYBODY = frozenset({Role.EMPLOYEE})
LEADERS = frozenset({Role.MANAGER, Role.HR_ADMIN})
HR = frozenset({Role.HR_ADMIN})
GOING_LIVE = frozenset({Role.HR_ADMIN, Role.OWNER})


def _command(
    name: str,
    roles: frozenset[Role],
    *aliases: str,
    argument: str = "",
    example: str = "",
    one_word: bool = False,
    unlisted: frozenset[str] = frozenset(),
) -> Command:
    usage = f"/{name} [{argument}]" if argument else f"/{name}"
    key = f"help.command.{name}"
    return Command(name, usage, key, roles, example or f"/{name}", aliases, one_word, unlisted)


COMMANDS = (
    _command("help", EVERYBODY, "hilfe", "start"),
    _command("home", EVERYBODY, "overview", "übersicht", "uebersicht", unlisted=TABBED),
    _command("pulse", EVERYBODY, "survey", "puls", "umfrage"),
    _command("feedback", EVERYBODY, "comment", "kommentar", "rückmeldung", "rueckmeldung"),
    _command("onboarding", EVERYBODY, "journey", "einarbeitung", "aufgaben", "tasks"),
    _command("privacy", EVERYBODY, "datenschutz", "meine-daten", "my-data"),
    _command("pause", EVERYBODY, "pausieren"),
    _command("human", EVERYBODY, "person", "mensch"),
    _command("settings", EVERYBODY, "einstellungen"),
    _command("claim", EVERYBODY, argument="code", example="/claim ABCDE-FGHJK", one_word=True),
    _command("results", LEADERS, "ergebnisse", argument="department", example="/results Support"),
    _command(
        "roi-report",
        LEADERS,
        "roi",
        "roireport",
        "wirkung",
        argument="department",
        example="/roi-report Support",
    ),
    _command("surveys", HR, "umfragen"),
    _command("people", GOING_LIVE, "leute", "roster", "personen"),
    _command("roles", GOING_LIVE, "rollen"),
    _command("rollouts", HR, "automatisierungen", "automations"),
    _command("golive", GOING_LIVE, "go-live", "freigabe"),
)

BY_NAME = {command.name: command for command in COMMANDS}
_SPELLINGS = {spelling: command for command in COMMANDS for spelling in (command.name, *command.aliases)}
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212_", "-"))
_INVISIBLE = str.maketrans(dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))
_SLASHES = re.compile(r"[\s\u200b\u200e\u200f\u2060\ufeff]*[/\\⁄∕／＼]*\s*")
_LONGEST = 200


def parse(text: str) -> tuple[str, str]:
    """Return the command's name and what follows it; the name is empty where ``text`` is no command.

    Case, blanks, dashes, full-width signs and the slash itself do not matter. Without a slash a command that
    takes no argument must stand alone, so that "Pause is too short" or "help me" is a message, not a command.
    """
    slashed, head, rest = _split(text)
    if head == UMBRELLA and not rest:
        return "help", ""
    if head == UMBRELLA:
        inner, head, rest = _split(rest)
        slashed = slashed or inner
    name, rest = _find(head, rest)
    meant = name != "" and BY_NAME[name].may_be_meant(rest)
    return (name, rest) if slashed or meant else ("", "")


def attempted(text: str) -> str:
    """Return the name that someone tried to use as a command, without its slash; empty for a plain message."""
    slashed, head, rest = _split(text)
    if not slashed:
        return ""
    return _split(rest)[1] if head == UMBRELLA and rest else head


def nearest(attempt: str, roles: Iterable[Role] = tuple(Role)) -> Command | None:
    """Return the command that was probably meant, among those open to ``roles``."""
    open_to = {spelling: command for spelling, command in _SPELLINGS.items() if command.roles & set(roles)}
    matches = get_close_matches(_split(attempt)[1], open_to, n=1, cutoff=0.6)
    return open_to[matches[0]] if matches else None


def commands_for(roles: Iterable[Role], platform: str = "") -> tuple[Command, ...]:
    """Return what a person with these roles finds in the help of a platform, in the order to show."""
    held = {Role.EMPLOYEE, *roles}
    return tuple(command for command in COMMANDS if command.roles & held and platform not in command.unlisted)


def _split(text: str) -> tuple[bool, str, str]:
    """Return whether a slash stands in front, the first word as we spell names, and the rest as it was written."""
    slashes = _SLASHES.match(text)
    start = slashes.end() if slashes else 0
    words = text[start:].split(maxsplit=1)
    rest = words[1].strip() if len(words) > 1 else ""
    return bool(text[:start].strip()), _spelled(words[0]) if words else "", rest


def _spelled(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word[:_LONGEST]).translate(_INVISIBLE).translate(_DASHES).casefold()
    return plain.rstrip(".!?,:;…")


def _find(head: str, rest: str) -> tuple[str, str]:
    """Find the command by one word, or by two that belong together ("roi report Support")."""
    _, second, after = _split(rest)
    if second and f"{head}-{second}" in _SPELLINGS:
        return _SPELLINGS[f"{head}-{second}"].name, after
    return (_SPELLINGS[head].name, rest) if head in _SPELLINGS else ("", rest)
