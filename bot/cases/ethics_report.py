"""How fairly the whole organisation is surveyed: the same lines as in a report, and what the log of acts holds.

For HR and owners in the chat, and for the operator in a terminal or as a table. Nothing in it is about a department.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from analytics.report import Coarse, Ethics, coarse, released
from bot.cases import conduct, report_ethics, terminal_report
from bot.cases.context import ActionHandler, Caller
from bot.cases.permissions import SEE_ALL, contact_name, roles_of
from bot.cases.report_inputs import today_of
from bot.errors import Refused
from bot.store.audit import Tally
from bot.store.tables import Reading
from bot.store.unit import Unit
from bot.talk.cards import Action, Card, Fact
from bot.talk.events import Private, Reply
from bot.talk.language import Words
from surveys.loader import builtin

ORGANISATION = ""
HUMAN = "human.request"
KEY_DESTROYED, UNREADABLE = "wave.key_destroyed", "wave.unreadable"
MOST_WAVES = 1_000

GROUPS: Mapping[str, tuple[str, ...]] = {
    "roles": ("role.",),
    "rights": ("privacy.", "erasure.", "export."),
    "looks": ("report.",),
    "records": ("people.", "upload.", "roster."),
}
"""Lines about acts, by what the names of the acts begin with."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What is known of a whole organisation.

    Attributes
    ----------
    on
        The day.
    ethics
        What may be shown of how its figures came about in the last twelve months.
    turnout
        The response of the latest survey that was released, if there is one.
    ended, unreadable
        Waves whose answers were read, and waves whose key was lost.
    keys
        Wave keys that were destroyed, on record.
    talks
        How often somebody asked to talk to a person, and how often that was passed on.
    acts
        Every act on record in the last twelve months.
    broken
        The first entry at which the chain of the log breaks; None: it is whole, or was not looked at.
    """

    on: date
    ethics: Ethics
    turnout: Reading | None
    ended: int
    unreadable: int
    keys: int
    talks: tuple[Coarse, Coarse]
    acts: tuple[Tally, ...]
    broken: int | None = None


def whole(unit: Unit, *, verify: bool = False) -> Whole:
    """Count for the last twelve months; with ``verify`` the chain of the log is checked, entry by entry."""
    found = conduct.counted(unit)
    since = unit.now.date() - conduct.YEAR
    waves = unit.conduct.waves(since)
    acts = tuple(unit.audit.tally(since=unit.now - conduct.YEAR))
    times = {act.act: act.times for act in acts}
    wanted, passed_on = unit.conduct.delivered(HUMAN, unit.now - conduct.YEAR)
    today = today_of(unit)
    return Whole(
        on=today,
        ethics=released(conduct.practice(found, _states(unit, since), *_burden(unit, since)), today),
        turnout=_turnout(unit),
        ended=waves.get("closed", 0) + waves.get("released", 0),
        unreadable=waves.get("unreadable", 0),
        keys=times.get(KEY_DESTROYED, 0),
        talks=(coarse(wanted, found.people), coarse(passed_on, found.people)),
        acts=acts,
        broken=unit.audit.verify() if verify else None,
    )


def _states(unit: Unit, since: date) -> Mapping[str, int]:
    """Count the figures in each state; what is withheld for its language or because it is not read is none."""
    counts: Counter[str] = Counter()
    for one in unit.conduct.outcomes(since):
        if one.reason in ("", "privacy"):
            counts[one.state] += one.readings
    return counts


def _burden(unit: Unit, since: date) -> tuple[int, float]:
    """Count the surveys to which people were invited, and their minutes for who was asked in all of them."""
    keys = {survey.id: survey.key for survey in unit.surveys.all()}
    recent = [wave for wave in unit.waves.recent(MOST_WAVES) if wave.local_date >= since]
    templates = [builtin()[keys[wave.survey_id]] for wave in recent]
    invited = [template for template in templates if template.invites]
    return len(invited), sum(template.seconds for template in invited) / 60


def _turnout(unit: Unit) -> Reading | None:
    latest = next((wave for wave in unit.waves.recent() if wave.state == "released"), None)
    rows = unit.readings.of_wave(latest.id, ORGANISATION) if latest else []
    return next((row for row in rows if row.metric == "response_rate"), None)


# --- in words ---------------------------------------------------------------------------------------------


def facts(w: Words, found: Whole) -> Iterator[Fact]:
    """Yield every line: those of a report, then what the log holds."""
    yield from report_ethics.shared(w, found.ethics, rate=None, answered=False)
    turnout = _written(w, found.turnout)
    yield Fact(w("report.ethics.answered"), turnout, w("ethics.answered.detail"))
    keys = w("ethics.keys.value", keys=w.number(found.keys), n=found.ended)
    lost = w("ethics.keys.detail", n=found.unreadable)
    yield Fact(w("ethics.keys"), keys, lost)
    wanted, passed_on = (report_ethics.roughly(w, said) for said in found.talks)
    yield Fact(w("ethics.talks"), wanted, w("ethics.talks.detail", passed=passed_on))
    for group, prefixes in GROUPS.items():
        yield Fact(w(f"ethics.{group}"), _times(w, found, prefixes), w(f"ethics.{group}.detail"))


def _written(w: Words, turnout: Reading | None) -> str:
    """Write a response rate as released: a share, or between which shares it lies."""
    if turnout is None or turnout.state == "withheld":
        return w("report.ethics.unknown")
    if turnout.value is not None:
        return w("results.about", value=w.percent(turnout.value))
    low, high = (100 * (end or 0.0) for end in (turnout.low, turnout.high))
    return w("report.span", low=w.number(low), high=w.percent(high / 100))


def _times(w: Words, found: Whole, prefixes: tuple[str, ...]) -> str:
    matching = [act for act in found.acts if act.act.startswith(prefixes)]
    if not matching:
        return w("report.ethics.decided.none")
    last = max(act.last for act in matching)
    return w("ethics.times", n=sum(act.times for act in matching), date=w.day(last.date(), year=True))


def terminal(found: Whole, w: Words, width: int) -> str:
    """Draw it as lines of text, the names and numbers of all acts at the end."""
    chain = w("ethics.chain.whole") if found.broken is None else w("ethics.chain.broken", n=found.broken)
    shown = (*facts(w, found), Fact(w("ethics.chain"), chain, w("ethics.chain.detail")))
    acts = [Fact(act.act, w.number(act.times), w.day(act.last.date(), year=True)) for act in found.acts]
    parts = [terminal_report.listed(w("report.ethics.title"), shown, width)]
    parts += [terminal_report.listed(w("ethics.acts"), tuple(acts), width)] if acts else []
    return "\n\n".join(parts)


# --- as a table -------------------------------------------------------------------------------------------

COLUMNS = ("figure", "from", "to", "of", "on")


def rows(found: Whole) -> list[tuple[str, str, str, str, str]]:
    """Return it as rows of a table: what, at least, at most (empty: up to all), of how many, on which day."""
    ethics, day = found.ethics, found.on.isoformat()
    people = "" if ethics.people is None else str(ethics.people)
    rough = {
        "figures.withheld": (ethics.withheld, str(ethics.figures)),
        "figures.in_words": (ethics.in_words, str(ethics.figures)),
        "people.away": (ethics.away, people),
        "people.untold": (ethics.untold, people),
        "talks.wanted": (found.talks[0], ""),
        "talks.passed_on": (found.talks[1], ""),
    }
    table = [_rough(name, said, of, day) for name, (said, of) in rough.items() if said is not None]
    exact = {"surveys": ethics.surveys, "minutes": round(ethics.minutes), "waves.ended": found.ended}
    exact |= {"waves.unreadable": found.unreadable, "waves.keys_destroyed": found.keys}
    table += [(name, str(n), str(n), "", day) for name, n in exact.items()]
    for reader in ethics.readers:
        made = reader.audited_on.isoformat() if reader.audited_on else ""
        table.append((f"bias_audit.{reader.version or 'unknown'}.{reader.audit.value}", "", "", "", made))
    return table + [
        (f"act.{act.act}", str(act.times), str(act.times), "", act.last.date().isoformat())
        for act in found.acts
    ]


def _rough(name: str, said: Coarse, of: str, day: str) -> tuple[str, str, str, str, str]:
    return name, str(said.low), "" if said.high is None else str(said.high), of, day


# --- in the chat ------------------------------------------------------------------------------------------


def shown(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show it to who may see every department."""
    unit = caller.unit
    if not roles_of(unit, caller.person, unit.now.date()) & SEE_ALL:
        raise Refused("refused.no_reports", contact=contact_name(unit))
    return Private(card(caller))


def card(caller: Caller) -> Card:
    found = whole(caller.unit)
    return report_ethics.sheet(caller.words, tuple(facts(caller.words, found)), found.on)


ACTIONS: Mapping[str, ActionHandler] = {"ethics.show": shown}
