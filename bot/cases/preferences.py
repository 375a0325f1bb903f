"""What a person chooses for themselves: language, time zone, quiet hours, where they are written to.

No file of HR's and no roster takes it back.
"""

from collections.abc import Collection, Mapping
from datetime import time

from bot.cases.context import ActionHandler, Caller, CommandHandler, words_of, zone_source
from bot.cases.guards import quiet_hours
from bot.cases.people_fields import near_zone, zone_meant
from bot.store.people import FOLLOW_CHAT
from bot.store.tables import Workspace
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Fact, Facts, Note, Text
from bot.talk.events import Invalid, OpenForm, Private, Replace, Reply
from bot.talk.fallback import card
from bot.talk.inert import inert
from bot.talk.language import NAME_LIMIT
from surveys.budget import DEFAULT_QUIET
from surveys.formats import Choice, FreeText, Option

LOCALES = {"en-GB": "English", "de-DE": "Deutsch"}

NONE = (time(0), time(0))
WINDOWS = (
    DEFAULT_QUIET,
    (time(18), time(9)),
    (time(17), time(10)),
    (time(20), time(7)),
    (time(22), time(6)),
    NONE,
)
"""The quiet hours that can be chosen; the first are everybody's, the last are none."""

AUTOMATIC, OWN = "automatic", "own"
"""The time zone as HR's file or the platform has it, or as the person writes it; besides them ``FOLLOW_CHAT``."""

LONGEST_ZONE = 60

QUIET = {f"{begins:%H}-{ends:%H}": (begins, ends) for begins, ends in WINDOWS}


def asked(caller: Caller, text: str) -> Reply:
    """Answer ``/settings`` with the form."""
    return OpenForm(_form(caller))


def shown(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show what is set, with the ways to change it and to see what is stored."""
    return Private(overview(caller))


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return OpenForm(_form(caller))


def saved(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Keep what was chosen; what was left empty stays. The answer already speaks the language chosen."""
    locale, quiet, home = (values.get(name, "").strip() for name in ("locale", "quiet", "channel"))
    homes = {str(workspace.id): workspace.id for workspace in _homes(caller)}
    complaints = _complaints(caller, values, homes)
    if complaints:
        return Invalid(complaints)
    person = caller.person
    person.chosen_locale = locale or person.chosen_locale
    person.chosen_zone = _chosen_zone(caller, values)
    if quiet:
        begins, ends = QUIET[quiet]
        usual = (begins, ends) == DEFAULT_QUIET
        person.quiet_from, person.quiet_until = (None, None) if usual else (begins, ends)
    person.prefers = homes.get(home, person.prefers)
    w = words_of(caller.organisation, person)
    buttons = Buttons(
        (Button(w("button.pause"), Action("pause.ask")), Button(w("button.person"), Action("human.ask")))
    )
    return Replace(
        Card(w("settings.saved.title"), (Text(w("settings.saved.body")), buttons), w("settings.saved.body"))
    )


def _complaints(caller: Caller, values: Mapping[str, str], homes: Collection[str]) -> dict[str, str]:
    known: Mapping[str, Collection[str]] = {
        "locale": LOCALES,
        "quiet": QUIET,
        "channel": homes,
        "zone_from": (AUTOMATIC, FOLLOW_CHAT, OWN),
    }
    wrong = [name for name, options in known.items() if values.get(name, "").strip() not in {"", *options}]
    return dict.fromkeys(wrong, caller.words("refused.not_an_option")) or _zone_complaints(caller, values)


COMMANDS: Mapping[str, CommandHandler] = {"settings": asked}

ACTIONS: Mapping[str, ActionHandler] = {
    "settings.show": shown,
    "settings.open": opened,
    "settings.save": saved,
}


def is_paused(caller: Caller) -> bool:
    until = caller.person.paused_until
    return caller.person.opted_out or (until is not None and until > caller.unit.now)


# --- cards ------------------------------------------------------------------------------------------------


def overview(caller: Caller) -> Card:
    w = caller.words
    buttons = (
        Button(w("button.settings.change"), Action("settings.open"), "primary"),
        Button(w("button.pause"), Action("pause.ask")),
        Button(w("button.what_is_stored"), Action("privacy.show")),
        Button(w("button.person"), Action("human.ask")),
    )
    return card(
        w("settings.title"),
        Facts((Fact(w("settings.language"), w("privacy.fact.spoken")), *_facts(caller), *_channel(caller))),
        Buttons(buttons),
        fallback=w("settings.overview.fallback"),
    )


def _form(caller: Caller) -> Card:
    w, homes = caller.words, _homes(caller)
    channel = [_ask_channel(caller, homes)] if len(homes) > 1 else []
    return card(
        w("settings.title"),
        Facts(_facts(caller)),
        Ask(
            "locale",
            w("settings.language"),
            Choice(tuple(Option(value, label) for value, label in LOCALES.items())),
            value=next((v for v in LOCALES if v.startswith(w.language[:2])), "en-GB"),
        ),
        Ask(
            "quiet",
            w("settings.quiet"),
            Choice(tuple(Option(value, _window(caller, *hours)) for value, hours in QUIET.items())),
            value=next((value for value, hours in QUIET.items() if hours == quiet_hours(caller.person)), ""),
        ),
        *_ask_zone(caller),
        *channel,
        Note(w("settings.note")),
        fallback=w("settings.fallback"),
        submit=Button(w("button.save"), Action("settings.save"), "primary"),
    )


def _facts(caller: Caller) -> tuple[Fact, ...]:
    w, person = caller.words, caller.person
    source, zone = zone_source(person, caller.organisation.time_zone)
    return (
        Fact(w("settings.zone"), zone, w(f"settings.zone.{source}")),
        Fact(w("settings.quiet"), _window(caller, *quiet_hours(person)), w("settings.quiet.detail")),
        Fact(w("settings.messages"), w("settings.paused" if is_paused(caller) else "settings.on")),
    )


def _window(caller: Caller, begins: time, ends: time) -> str:
    if begins == ends:
        return caller.words("settings.quiet.none")
    return caller.words("settings.quiet.window", begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}")


# --- when -----------------------------------------------------------------------------------------------


def _ask_zone(caller: Caller) -> tuple[Ask, Ask]:
    """Offer the zone that holds without a choice, the chat's where HR's file comes before it, and one's own."""
    w, person = caller.words, caller.person
    written = person.chosen_zone if person.chosen_zone != FOLLOW_CHAT else ""
    options = [(AUTOMATIC, _unchosen(caller)), (OWN, w("settings.zone.write"))]
    if person.time_zone:
        chat = (
            f"{person.seen_zone}, {w('settings.zone.chat')}" if person.seen_zone else w("settings.zone.chat")
        )
        options.insert(1, (FOLLOW_CHAT, chat))
    held = OWN if written else person.chosen_zone if person.time_zone and person.chosen_zone else AUTOMATIC
    return (
        Ask("zone_from", w("settings.zone"), Choice(tuple(Option(*each) for each in options)), value=held),
        Ask(
            "zone",
            w("settings.zone.own_ask"),
            FreeText(LONGEST_ZONE),
            hint=w("settings.zone.own_hint"),
            value=written,
        ),
    )


def _unchosen(caller: Caller) -> str:
    """Say which zone holds for who chose none, and who says so."""
    person, w = caller.person, caller.words
    for source, zone in (("hr", person.time_zone), ("chat", person.seen_zone)):
        if zone:
            return f"{zone}, {w(f'settings.zone.{source}')}"
    return f"{caller.organisation.time_zone}, {w('settings.zone.organisation')}"


def _zone_complaints(caller: Caller, values: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with a zone that is to be one's own."""
    written = values.get("zone", "").strip()
    if values.get("zone_from") != OWN or zone_meant(written):
        return {}
    near = near_zone(written)
    sentence = (
        caller.words("settings.zone.near", nearest=near) if near else caller.words("settings.zone.unknown")
    )
    return {"zone": sentence}


def _chosen_zone(caller: Caller, values: Mapping[str, str]) -> str:
    match values.get("zone_from", ""):
        case "own":
            return zone_meant(values.get("zone", ""))
        case "chat":
            return FOLLOW_CHAT
        case "automatic":
            return ""
        case _:
            return caller.person.chosen_zone


# --- where to -------------------------------------------------------------------------------------------


def _homes(caller: Caller) -> list[Workspace]:
    """Return the workspaces in which the person can be written to, oldest first."""
    numbers = {account.workspace_id for account in caller.unit.accounts.all_of(caller.person.id)}
    return [workspace for workspace in caller.unit.organisations.workspaces() if workspace.id in numbers]


def _channel(caller: Caller) -> tuple[Fact, ...]:
    homes = _homes(caller)
    if len(homes) < 2:
        return ()
    now = _now(caller, homes)
    return (Fact(caller.words("settings.channel"), _name(caller, now, homes)),)


def _now(caller: Caller, homes: list[Workspace]) -> Workspace:
    return next((home for home in homes if home.id == caller.person.prefers), homes[0])


def _ask_channel(caller: Caller, homes: list[Workspace]) -> Ask:
    options = tuple(Option(str(home.id), _name(caller, home, homes)) for home in homes)
    return Ask(
        "channel", caller.words("settings.channel"), Choice(options), value=str(_now(caller, homes).id)
    )


def _name(caller: Caller, home: Workspace, homes: list[Workspace]) -> str:
    """Name a workspace by its platform; where there are several of one, with what the platform calls it."""
    key = f"platform.{home.platform}"
    name = caller.words(key) if key in caller.words else home.platform
    alike = sum(other.platform == home.platform for other in homes) > 1
    return f"{name} ({inert(home.external, NAME_LIMIT)})" if alike else name
