"""What is stored about a person, and how they pause or end what the bot sends of its own accord."""

from collections.abc import Mapping
from datetime import timedelta

from bot.cases import care_routing
from bot.cases.context import ActionHandler, Caller, CommandHandler, zone_name
from bot.cases.permissions import roles_of
from bot.cases.preferences import is_paused
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Fact, Facts, Note, Text
from bot.talk.events import Invalid, OpenForm, Private, Replace, Reply
from bot.talk.inert import inert
from bot.talk.language import NAME_LIMIT
from surveys.formats import Choice, Option

PAUSES = {"two-weeks": timedelta(days=14), "three-months": timedelta(days=90)}
FOREVER = "surveys-off"


def asked(caller: Caller, text: str) -> Reply:
    return Private(summary(caller))


def shown(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return Private(summary(caller))


def details(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """List what the rows about this person hold, read from the rows themselves."""
    w = caller.words
    return Private(
        Card(
            title=w("privacy.details.title"),
            elements=(
                Facts(tuple(_facts(caller))),
                Note(w("privacy.closed")),
                Buttons((_person(caller),)),
            ),
            fallback=w("privacy.fallback"),
        )
    )


def summary(caller: Caller) -> Card:
    """Return what is stored and who sees what, in three sentences."""
    w = caller.words
    return Card(
        title=w("privacy.title"),
        elements=(
            Text(w("privacy.stored")),
            Text(w("privacy.closed")),
            Text(w("privacy.manager", k=caller.organisation.k_scores)),
            *care_routing.privacy(caller),
            Buttons(
                (
                    Button(w("button.details"), Action("privacy.details")),
                    Button(w("button.pause"), Action("pause.ask")),
                    _person(caller),
                )
            ),
        ),
        fallback=w("privacy.fallback"),
    )


def pause_asked(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return pause_command(caller, "")


def pause_command(caller: Caller, text: str) -> Reply:
    """Open the form that asks how long, or offer to end a pause that is on."""
    if is_paused(caller):
        return Private(_paused(caller))
    w = caller.words
    options = tuple(Option(value, w(f"pause.option.{value}")) for value in (*PAUSES, FOREVER))
    return OpenForm(
        Card(
            title=w("pause.title"),
            elements=(Note(w("pause.note")), Ask("for", w("pause.ask"), Choice(options))),
            fallback=w("pause.fallback"),
            submit=Button(w("button.pause"), Action("pause.set"), "primary"),
        )
    )


def paused(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Pause surveys and prompts; what was answered already stays answered."""
    wanted = values.get("for", "")
    if wanted not in {*PAUSES, FOREVER}:
        return Invalid({"for": caller.words("refused.not_an_option")})
    caller.person.opted_out = wanted == FOREVER
    caller.person.paused_until = None if wanted == FOREVER else caller.unit.now + PAUSES[wanted]
    return Replace(_paused(caller))


def resumed(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """End the pause; nothing that was missed is sent afterwards."""
    caller.person.opted_out, caller.person.paused_until = False, None
    w = caller.words
    return Replace(
        Card(
            title=w("pause.ended.title"),
            elements=(
                Text(w("pause.ended.body")),
                Buttons((Button(w("button.pause"), Action("pause.ask")), _person(caller))),
            ),
            fallback=w("pause.ended.body"),
        )
    )


COMMANDS: Mapping[str, CommandHandler] = {"privacy": asked, "pause": pause_command}
ACTIONS: Mapping[str, ActionHandler] = {
    "privacy.show": shown,
    "privacy.details": details,
    "pause.ask": pause_asked,
    "pause.set": paused,
    "pause.end": resumed,
}


def _person(caller: Caller) -> Button:
    return Button(caller.words("button.person"), Action("human.ask"))


def _paused(caller: Caller) -> Card:
    w, until = caller.words, caller.person.paused_until
    if caller.person.opted_out or until is None:
        body = w("pause.off.body")
    else:
        body = w("pause.on.body", until=until.astimezone(w.zone).date())
    end = Button(w("button.resume"), Action("pause.end"), "primary")
    return Card(w("pause.on.title"), (Text(body), Buttons((end, _person(caller)))), body)


def _facts(caller: Caller) -> list[Fact]:
    """Say what each kind of row holds about this person; counts where there are many."""
    w, unit, person = caller.words, caller.unit, caller.person
    today = unit.now.date()
    placement = unit.placements.of(person.id, today)
    manager = unit.people.get(placement.manager_id) if placement and placement.manager_id else None
    rows = unit.footprint.of(person.id)
    open_waves = [
        wave for wave in unit.waves.in_state("open", "opening") if unit.waves.invitation(wave.id, person.id)
    ]
    roles = w.join([w(f"role.{role.value}") for role in sorted(roles_of(unit, person, today))])
    return [
        Fact(w("privacy.fact.name"), inert(person.name, NAME_LIMIT) or "–", inert(person.email, NAME_LIMIT)),
        Fact(w("privacy.fact.department"), placement.path if placement else "–"),
        Fact(w("privacy.fact.manager"), inert(manager.name, NAME_LIMIT) or "–" if manager else "–"),
        Fact(w("privacy.fact.roles"), roles),
        Fact(
            w("privacy.fact.language"),
            w("privacy.fact.spoken"),
            zone_name(person, caller.organisation.time_zone),
        ),
        Fact(w("privacy.fact.start"), w.day(person.starts_on, year=True)),
        Fact(w("privacy.fact.surveys"), w("privacy.fact.invited", n=len(open_waves))),
        *(Fact(w(f"privacy.row.{noun}"), w("privacy.fact.rows", n=n)) for noun, n in rows.items()),
    ]
