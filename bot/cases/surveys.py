"""``/surveys``: what HR runs, who answers for it, how the latest wave of each stands; never who answered.

A survey is put into use here, too, and given to another owner.
"""

from collections.abc import Mapping

from bot.cases import care_routing, forecast, people_fields, taxonomies, waves
from bot.cases.context import ActionHandler, Caller, CommandHandler
from bot.cases.people import named, today
from bot.cases.permissions import require_role
from bot.cases.results import ORGANISATION, figure
from bot.errors import Refused
from bot.store.tables import Survey
from bot.store.unit import Unit
from bot.store.waves import LIVE
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Element, Fact, Facts, Note, Table, Text
from bot.talk.commands import Role
from bot.talk.events import Invalid, OpenForm, Private, Replace, Reply
from bot.talk.fallback import card
from surveys.formats import Choice, FreeText, Option
from surveys.loader import builtin


def listed(caller: Caller, text: str) -> Reply:
    """List the surveys in use to HR."""
    _require(caller)
    return Private(overview(caller))


def shown(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return listed(caller, "")


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Ask which survey to put into use, and who answers for its results."""
    _require(caller)
    unused = tuple(_option(caller, key) for key in builtin() if caller.unit.surveys.by_key(key) is None)
    if not unused:
        raise Refused("refused.surveys.all_in_use")
    return OpenForm(_form(caller, "surveys.form.new", unused, "surveys.start"))


def started(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Put a survey into use from today on; its first wave opens on the next date of its rhythm."""
    _require(caller)
    problems = _problems(caller, values)
    if problems:
        return Invalid(problems)
    owner, unit = named(caller.unit, values["owner"]), caller.unit
    if owner is None:
        raise Refused("refused.no_owner", survey=values["survey"])
    survey = waves.set_up(unit, values["survey"], owner.id, today(unit))
    _record(caller, "survey.started", survey)
    return Replace(overview(caller))


def owner_asked(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Ask who answers for a survey from now on."""
    _require(caller)
    used = tuple(_option(caller, survey.key) for survey in caller.unit.surveys.active())
    if not used:
        raise Refused("refused.surveys.none")
    return OpenForm(_form(caller, "surveys.form.owner", used, "surveys.owner.save"))


def owner_named(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Name another owner; waves that are open keep the name they were launched with."""
    _require(caller)
    problems = _problems(caller, values)
    if problems:
        return Invalid(problems)
    survey, owner = caller.unit.surveys.by_key(values["survey"]), named(caller.unit, values["owner"])
    if survey is None or owner is None:
        raise Refused("refused.old_button")
    if survey.owner_id != owner.id:
        survey.owner_id = owner.id
        _record(caller, "survey.owner", survey)
    return Replace(overview(caller))


def remind_blindly(unit: Unit, actor: str, *, blind: bool) -> None:
    """Let reminders of waves that open from now on go to everybody, or to who has not answered."""
    organisation = unit.organisations.get()
    if organisation.blind_reminders != blind:
        organisation.blind_reminders = blind
        unit.audit.record(unit.now, actor, "surveys.reminders", details={"blind": blind})


SENTIMENT = ("off", "aggregate")


def read_comments(unit: Unit, actor: str, how: str) -> None:
    """Let tone and themes be read out of the comments of waves that open from now on (aggregate), or not (off)."""
    organisation = unit.organisations.get()
    if organisation.sentiment != how:
        organisation.sentiment = how
        unit.audit.record(unit.now, actor, "surveys.sentiment", details={"sentiment": how})


COMMANDS: Mapping[str, CommandHandler] = {"surveys": listed}

ACTIONS: Mapping[str, ActionHandler] = {
    "surveys.show": shown,
    "surveys.new": opened,
    "surveys.start": started,
    "surveys.owner": owner_asked,
    "surveys.owner.save": owner_named,
}


def _require(caller: Caller) -> None:
    require_role(caller.unit, caller.person, Role.HR_ADMIN, Role.OWNER)


def _record(caller: Caller, act: str, survey: Survey) -> None:
    unit, actor = caller.unit, f"person:{caller.person.id}"
    unit.audit.record(unit.now, actor, act, f"survey:{survey.key}", {"owner": f"person:{survey.owner_id}"})


# --- cards ------------------------------------------------------------------------------------------------


def overview(caller: Caller) -> Card:
    """Return the surveys in use, and what can be done about them."""
    w = caller.words
    used = caller.unit.surveys.active()
    rows = tuple(_row(caller, survey) for survey in used)
    header = tuple(w(f"surveys.column.{name}") for name in ("survey", "owner", "wave", "response"))
    body: Element = Table(w("surveys.caption"), header, rows) if rows else Text(w("empty.surveys"))
    return Card(
        title=w("surveys.title"),
        elements=(
            body,
            *_ahead(caller, used),
            Note(f"{w('surveys.note')} {_thresholds(caller)}"),
            *care_routing.described(caller),
            Buttons(tuple(_buttons(caller, used))),
        ),
        fallback=w("surveys.fallback"),
    )


def _ahead(caller: Caller, used: list[Survey]) -> tuple[Element, ...]:
    """Say how far the invitations that go out now are, and whom the next waves will ask."""
    rehearsal = caller.organisation.rehearsal
    coming = (forecast.mailing_fact(caller, survey, testers_only=rehearsal) for survey in used)
    facts: tuple[Fact, ...] = (*forecast.progress(caller), *(fact for fact in coming if fact is not None))
    return (Facts(facts),) if facts else ()


def _thresholds(caller: Caller) -> str:
    held = caller.organisation
    w = caller.words
    shown = w("surveys.thresholds.held", scores=held.k_scores, comments=held.k_comments)
    return f"{shown} {w(f'surveys.sentiment.held.{held.sentiment}')}{taxonomies.beside(caller)}"


def _buttons(caller: Caller, used: list[Survey]) -> list[Button]:
    w, rest = caller.words, set(builtin()) - {survey.key for survey in caller.unit.surveys.all()}
    new = [Button(w("button.surveys.new"), Action("surveys.new"), "primary")] if rest else []
    owner = [Button(w("button.surveys.owner"), Action("surveys.owner"))] if used else []
    return [
        *new,
        *owner,
        Button(w("button.surveys.thresholds"), Action("surveys.thresholds")),
        Button(w("button.person"), Action("human.ask")),
    ]


def _row(caller: Caller, survey: Survey) -> tuple[str, ...]:
    w, unit = caller.words, caller.unit
    owner = unit.people.get(survey.owner_id)
    readings = []
    wave = next(iter(unit.waves.recent(1, survey.id)), None)
    if wave is not None:
        readings = unit.readings.of_wave(wave.id, ORGANISATION)
    rate = next((figure(caller, r) for r in readings if r.metric == "response_rate"), "–")
    title = builtin()[survey.key].title_in(w.language)
    return title, owner.name if owner else "–", standing(caller, survey), rate


def standing(caller: Caller, survey: Survey) -> str:
    """Say how the latest wave of a survey stands, and when the next one opens once that is over."""
    w, wave = caller.words, next(iter(caller.unit.waves.recent(1, survey.id)), None)
    if wave is None:
        return forecast.opening(caller, survey)
    state = w(f"surveys.state.{wave.state}", day=wave.local_date)
    following = "" if wave.state in LIVE else forecast.following(caller, survey)
    return w("surveys.then", state=state, opens=following) if following else state


# --- forms ------------------------------------------------------------------------------------------------


def _form(caller: Caller, key: str, options: tuple[Option, ...], act: str) -> Card:
    w = caller.words
    return card(
        w(f"{key}.title"),
        Note(w(f"{key}.note")),
        Ask("survey", w("surveys.form.survey"), Choice(options)),
        Ask(
            "owner",
            w("surveys.form.who"),
            FreeText(people_fields.LONGEST_EMAIL),
            hint=w("golive.form.contact_hint"),
            value=caller.person.external,
        ),
        fallback=w("surveys.form.fallback"),
        submit=Button(w("button.save"), Action(act), "primary"),
    )


def _option(caller: Caller, key: str) -> Option:
    return Option(key, builtin()[key].title_in(caller.words.language))


def _problems(caller: Caller, values: Mapping[str, str]) -> dict[str, str]:
    w, problems = caller.words, {}
    if values.get("survey", "") not in builtin():
        problems["survey"] = w("refused.not_an_option")
    if named(caller.unit, values.get("owner", "")) is None:
        problems["owner"] = w("golive.form.contact_unknown")
    return problems
