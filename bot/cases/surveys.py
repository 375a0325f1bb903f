"""``/surveys``: what HR runs, who answers for it, and how the latest wave of each stands; never who answered."""

from collections.abc import Mapping

from bot.cases.context import Caller, CommandHandler
from bot.cases.permissions import require_role
from bot.cases.results import ORGANISATION, figure
from bot.store.tables import Survey
from bot.store.unit import Unit
from bot.talk.cards import Action, Button, Buttons, Card, Element, Note, Table, Text
from bot.talk.commands import Role
from bot.talk.events import Private, Reply
from surveys.loader import builtin


def listed(caller: Caller, text: str) -> Reply:
    """List the surveys in use to HR."""
    require_role(caller.unit, caller.person, Role.HR_ADMIN, Role.OWNER)
    w = caller.words
    rows = tuple(_row(caller, survey) for survey in caller.unit.surveys.active())
    header = tuple(w(f"surveys.column.{name}") for name in ("survey", "owner", "wave", "response"))
    shown: Element = Table(w("surveys.caption"), header, rows) if rows else Text(w("empty.surveys"))
    return Private(
        Card(
            title=w("surveys.title"),
            elements=(
                shown,
                Note(w("surveys.note")),
                Buttons((Button(w("button.person"), Action("human.ask")),)),
            ),
            fallback=w("surveys.fallback"),
        )
    )


def remind_blindly(unit: Unit, actor: str, *, blind: bool) -> None:
    """Let reminders of waves that open from now on go to everybody, or to who has not answered."""
    organisation = unit.organisations.get()
    if organisation.blind_reminders != blind:
        organisation.blind_reminders = blind
        unit.audit.record(unit.now, actor, "surveys.reminders", details={"blind": blind})


COMMANDS: Mapping[str, CommandHandler] = {"surveys": listed}


def _row(caller: Caller, survey: Survey) -> tuple[str, ...]:
    w, unit = caller.words, caller.unit
    owner = unit.people.get(survey.owner_id)
    wave = next(iter(unit.waves.recent(1, survey.id)), None)
    title = builtin()[survey.key].title_in(w.language)
    if wave is None:
        return title, owner.name if owner else "–", w("surveys.no_wave", day=survey.first_on), "–"
    readings = unit.readings.of_wave(wave.id, ORGANISATION)
    rate = next((figure(caller, r) for r in readings if r.metric == "response_rate"), "–")
    return title, owner.name if owner else "–", w(f"surveys.state.{wave.state}", day=wave.local_date), rate
