"""Home: what is open for a person, and by role what their teams said and what needs a look. Never who answered."""

from collections.abc import Iterator, Mapping

from bot.cases import (
    feedback,
    forecast,
    newcomers,
    own_journey,
    results,
    roster,
    surveys,
    troubles,
    undelivered,
    unreached,
)
from bot.cases import journey_cards as cards
from bot.cases.context import ActionHandler, Caller, CommandHandler
from bot.cases.journeys import willing
from bot.cases.permissions import require_role, roles_of
from bot.talk.cards import Action, Button, Buttons, Card, Element, Fact, Facts, Text
from bot.talk.commands import Role
from bot.talk.events import Private, Reply
from bot.talk.fallback import card as made
from surveys.loader import builtin

MOST_TEAMS = 5
OFFERED = 2
"""Buttons besides the settings and the way to a person."""

DESK = frozenset({Role.HR_ADMIN, Role.OWNER})


def opened(caller: Caller) -> Reply:
    """Show what is open for this person; whether they answered is not among it."""
    return Private(card(caller))


def asked(caller: Caller, text: str) -> Reply:
    return opened(caller)


def pressed(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return opened(caller)


def card(caller: Caller) -> Card:
    """Return the overview of one person: their own part first, then one for each role they have."""
    w, roles = caller.words, _roles(caller)
    return Card(
        title=w("home.title"),
        elements=(
            Facts(tuple(_own(caller))),
            *_section(w("home.teams"), tuple(_teams(caller)) if Role.MANAGER in roles else ()),
            *_section(w("home.desk"), tuple(_for_hr(caller)) if roles & DESK else ()),
            Buttons(tuple(_ways(caller, roles))),
        ),
        fallback=w("home.fallback"),
    )


def _roles(caller: Caller) -> frozenset[Role]:
    return roles_of(caller.unit, caller.person, caller.unit.now.date())


def _section(heading: str, facts: tuple[Fact, ...]) -> tuple[Element, ...]:
    return (Text(heading), Facts(facts)) if facts else ()


# --- facts ------------------------------------------------------------------------------------------------


def _own(caller: Caller) -> Iterator[Fact]:
    w = caller.words
    open_now = feedback.is_open_for(caller)
    paused = () if willing(caller.unit, caller.person) else (w("home.paused"),)
    yield Fact(w("home.survey"), w("home.survey.open" if open_now else "home.survey.none"), *paused)
    yield from own_journey.steps_of(caller)


def _teams(caller: Caller) -> Iterator[Fact]:
    """Return the latest released figure of each department that the person heads, or that it is not shown."""
    w, unit = caller.words, caller.unit
    _, wave = results.latest(caller)
    for path in unit.placements.headed_by(caller.person.id, unit.now.date())[:MOST_TEAMS]:
        if wave is None:
            yield Fact(results.name_of(caller, path), w("home.no_results"))
            continue
        reading = results.headline(caller, wave, path)
        value = results.figure(caller, reading) if reading else w("results.not_shown")
        label = w("results.label.favourability")
        yield Fact(
            results.name_of(caller, path), value, w("home.results_of", label=label, day=wave.local_date)
        )


def _for_hr(caller: Caller) -> Iterator[Fact]:
    """Return how surveys stand and what needs a look."""
    w, unit = caller.words, caller.unit
    for trouble in troubles.known(unit):
        name = _platform(caller, unit.workspaces.get(trouble.workspace_id).platform)
        yield Fact(name, undelivered.of_workspace(w, trouble.reason))
    for workspace in unit.workspaces.all():
        if not workspace.active and workspace.disconnected_at is not None:
            name = _platform(caller, workspace.platform)
            yield Fact(name, w("home.disconnected", day=workspace.disconnected_at.date()))
    if strangers := _strangers(caller):
        yield Fact(w("home.strangers"), w.number(strangers))
    yield from unreached.fact(unit, w)
    if lost := _lost(caller):
        yield Fact(w("home.undelivered"), w.number(lost))
    for survey in unit.surveys.active():
        yield Fact(builtin()[survey.key].title_in(w.language), surveys.standing(caller, survey))
    if unit.organisations.get().rehearsal:
        yield Fact(w("home.rehearsal"), w("rehearsal.line", n=len(unit.people.testers())))


def _platform(caller: Caller, name: str) -> str:
    key = f"platform.{name}"
    return caller.words(key) if key in caller.words else name


def _strangers(caller: Caller) -> int:
    counts = caller.unit.strangers.counts()
    return sum(counts.get(why, 0) for why in roster.CONFLICTS)


def _lost(caller: Caller) -> int:
    since = caller.unit.now - undelivered.RECENT
    return sum(n for _, _, n in caller.unit.undelivered.counts(since))


# --- ways -------------------------------------------------------------------------------------------------


def _ways(caller: Caller, roles: frozenset[Role]) -> list[Button]:
    """Return the two most useful ways on, the settings and a person: no more fit on a card."""
    w, survey = caller.words, feedback.is_open_for(caller)
    offers = [
        *([Button(w("button.open_survey"), Action("survey.open"))] if survey else []),
        *_ways_of_role(caller, roles, room=OFFERED - survey),
        Button(w("button.feedback"), Action("feedback.open")),
    ]
    settings = Button(w("button.settings"), Action("settings.show"))
    return [*_first_primary(offers[:OFFERED]), settings, cards.person(caller)]


def _ways_of_role(caller: Caller, roles: frozenset[Role], room: int) -> list[Button]:
    w = caller.words
    if roles & DESK:
        return [Button(w("button.desk"), Action("desk"))]
    both = _team_ways(caller, roles)
    return both if len(both) <= room else [Button(w("button.team"), Action("desk"))]


def _team_ways(caller: Caller, roles: frozenset[Role]) -> list[Button]:
    w = caller.words
    follows = [Button(w("button.newcomers"), Action("journey.newcomers"))]
    leads = [Button(w("button.results"), Action("results.open"))]
    return [
        *(follows if newcomers.followed(caller) else []),
        *(leads if Role.MANAGER in roles else []),
    ]


def _first_primary(buttons: list[Button]) -> list[Button]:
    return [
        Button(button.label, button.action, "plain" if place else "primary")
        for place, button in enumerate(buttons)
    ]


# --- the desk ---------------------------------------------------------------------------------------------


def desk(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show where leads and HR go on from home: what needs a look first."""
    w, roles = caller.words, _roles(caller)
    ways = _desk_ways(caller) if roles & DESK else _team_ways(caller, roles)
    back = [] if roles & DESK else [Button(w("button.back"), Action("home"))]
    return Private(
        made(
            w("desk.title"),
            Text(w("desk.lead"), lead=True),
            Buttons((*_first_primary([*ways[:3], *back][:3]), cards.person(caller))),
        )
    )


def _desk_ways(caller: Caller) -> list[Button]:
    w, unit = caller.words, caller.unit
    people = Button(w("button.people"), Action("roster.show"))
    look = _strangers(caller) > 0 or unreached.known(unit, 1).n > 0
    lost = [Button(w("button.undelivered"), Action("undelivered.show"))] if _needs_a_look(caller) else []
    live = [Button(w("button.golive"), Action("golive.show"))] if unit.organisations.get().rehearsal else []
    return [
        *lost,
        *([people] if look else []),
        *live,
        Button(w("button.surveys"), Action("surveys.show")),
        Button(w("button.newcomers"), Action("journey.newcomers")),
        *([] if look else [people]),
    ]


def _needs_a_look(caller: Caller) -> bool:
    unit = caller.unit
    return _lost(caller) > 0 or bool(troubles.known(unit)) or forecast.under_way(unit)


def not_delivered(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show HR how far the invitations are that go out now, which messages did not arrive, and why."""
    require_role(caller.unit, caller.person, Role.HR_ADMIN, Role.OWNER)
    shown = undelivered.overview(caller.unit, caller.words)
    buttons = Buttons((Button(caller.words("button.back"), Action("home")), cards.person(caller)))
    going_out = tuple(forecast.progress(caller))
    elements = tuple(_as_fact(caller, element) for element in shown.elements)
    return Private(
        Card(
            shown.title,
            (*((Facts(going_out),) if going_out else ()), *elements, buttons),
            shown.fallback,
        )
    )


def _as_fact(caller: Caller, element: Element) -> Element:
    """Turn a reason into a row, so that many of them are no wall of text."""
    if isinstance(element, Text):
        return Facts((Fact(caller.words("home.undelivered.why"), element.body),))
    return element


COMMANDS: Mapping[str, CommandHandler] = {"home": asked}
ACTIONS: Mapping[str, ActionHandler] = {
    "home": pressed,
    "desk": desk,
    "undelivered.show": not_delivered,
}
