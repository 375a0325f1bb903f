"""The cards about automations: the list, the forms, and what is said once one is kept."""

from collections.abc import Mapping, Sequence

from analytics.causal.refusals import FEWEST_BEFORE
from analytics.months import month_of, shift
from bot.cases.context import Recipient
from bot.cases.report_inputs import today_of
from bot.cases.rollout_entry import LONGEST_NAME, LONGEST_NUMBER, LONGEST_PURPOSE, MOST, departments
from bot.store.tables import Rollout
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Element, Note, Table, Text
from bot.talk.fallback import card as built
from bot.talk.inert import inert
from surveys.formats import Choice, FreeText, Option

FEW_DEPARTMENTS, FEW_ROLLOUTS = 20, 10
LONGEST_PATH = 200
HINTED = frozenset({"hours_saved", "salary"})


def listed(to: Recipient, rows: Sequence[Rollout]) -> Card:
    """Return the list of automations, with the ways to add one and to change one."""
    w = to.words
    buttons = (
        Button(w("button.add_rollout"), Action("rollouts.add"), "primary"),
        Button(w("button.whole_company"), Action("report.overview")),
        _person(to),
    )
    return Card(
        title=w("rollouts.title"),
        elements=(
            Text(w("rollouts.body") if rows else w("rollouts.empty")),
            *_table(to, rows),
            *_picks(to, rows),
            Note(w("rollout.measure_first")),
            Buttons(buttons),
        ),
        fallback=w("rollouts.fallback", n=len(rows)),
    )


def _table(to: Recipient, rows: Sequence[Rollout]) -> tuple[Element, ...]:
    if not rows:
        return ()
    w = to.words
    header = (
        w("report.overview.department"),
        w("report.overview.rollout"),
        w("report.overview.start"),
        w("rollouts.cost"),
        w("rollouts.hours"),
    )
    return (Table(w("rollouts.caption"), header, tuple(_row(to, row) for row in rows)),)


def _row(to: Recipient, row: Rollout) -> tuple[str, ...]:
    w = to.words
    hours = w("rollouts.none") if row.hours_saved is None else plain(to, row.hours_saved)
    name, path = inert(row.name, LONGEST_NAME), inert(row.path, LONGEST_NAME)
    return path, name, w.day(row.starts_on, year=True), _cost(to, row), hours


def _cost(to: Recipient, row: Rollout) -> str:
    w, currency = to.words, to.organisation.currency
    once, monthly = w.money(row.one_off_cost, currency), w.money(row.monthly_cost, currency)
    if row.one_off_cost and row.monthly_cost:
        return w("rollouts.cost.both", once=once, monthly=monthly)
    if row.one_off_cost:
        return w("rollouts.cost.once", once=once)
    return w("rollouts.cost.monthly", monthly=monthly) if row.monthly_cost else w("rollouts.none")


def _picks(to: Recipient, rows: Sequence[Rollout]) -> tuple[Ask, ...]:
    if not 0 < len(rows) <= FEW_ROLLOUTS:
        return ()
    options = tuple(
        Option(str(row.id), inert(f"{row.path.rpartition('/')[2]}, {row.name}", LONGEST_NAME)) for row in rows
    )
    return (Ask("rollout", to.words("rollouts.pick"), Choice(options), tap=Action("rollouts.change")),)


# --- forms ------------------------------------------------------------------------------------------------


def form(to: Recipient, row: Rollout | None = None, path: str = "") -> Card:
    """Return the form for a new automation, or with what is known of one that is to be changed."""
    w = to.words
    known = _known(to, row, path)
    return Card(
        title=w("rollouts.change.title") if row else w("rollouts.form.title"),
        elements=(
            _department(to, known["path"]),
            _ask(to, "name", FreeText(LONGEST_NAME), known),
            _ask(to, "purpose", FreeText(LONGEST_PURPOSE), known, hint="rollouts.hint.purpose"),
            _ask(to, "starts_on", FreeText(LONGEST_NUMBER), known, hint="rollouts.hint.starts_on"),
            *(_ask(to, name, FreeText(LONGEST_NUMBER), known, hint=_hint(name)) for name in MOST),
            Note(w("rollouts.form.note")),
        ),
        fallback=w("rollouts.form.fallback"),
        submit=Button(w("button.save"), Action("rollouts.save", str(row.id) if row else ""), "primary"),
    )


def _hint(name: str) -> str:
    return f"rollouts.hint.{name}" if name in HINTED else "rollouts.hint.optional"


def _known(to: Recipient, row: Rollout | None, path: str) -> Mapping[str, str]:
    if row is None:
        return {"path": path, "name": "", "purpose": "", "starts_on": ""} | dict.fromkeys(MOST, "")
    figures = {name: getattr(row, name) for name in MOST}
    return {
        "path": row.path,
        "name": row.name,
        "purpose": row.purpose,
        "starts_on": row.starts_on.isoformat(),
    } | {name: "" if value is None else plain(to, value) for name, value in figures.items()}


def _department(to: Recipient, path: str) -> Ask:
    """Offer the departments where they fit on a page, else let one be written."""
    w, known = to.words, departments(to.unit)
    stem = w("rollouts.field.department")
    if 0 < len(known) <= FEW_DEPARTMENTS:
        options = tuple(Option(one, inert(one, LONGEST_NAME)) for one in known)
        return Ask("path", stem, Choice(options), value=path if path in known else "")
    return Ask("path", stem, FreeText(LONGEST_PATH), hint=w("rollouts.hint.department"), value=path)


def _ask(to: Recipient, name: str, response: FreeText, known: Mapping[str, str], hint: str = "") -> Ask:
    w = to.words
    stem = w(f"rollouts.field.{name}", currency=to.organisation.currency)
    return Ask(name, stem, response, hint=w(hint) if hint else "", value=known[name])


def hours_form(to: Recipient, row: Rollout, path: str) -> Card:
    """Return the form in which somebody answers for the hours that an automation saves."""
    w = to.words
    value = "" if row.hours_saved is None else plain(to, row.hours_saved)
    return Card(
        title=w("rollouts.hours.title"),
        elements=(
            Text(w("rollouts.hours.body", name=row.name, department=row.path.rpartition("/")[2])),
            Ask("hours_saved", w("rollouts.field.hours_saved"), FreeText(LONGEST_NUMBER), value=value),
            Note(w("rollouts.hours.note")),
        ),
        fallback=w("rollouts.hours.fallback"),
        submit=Button(w("button.save"), Action("rollouts.hours.save", f"{row.id}/{path}"), "primary"),
    )


# --- once it is kept --------------------------------------------------------------------------------------


def saved(to: Recipient, row: Rollout) -> Card:
    """Confirm an automation; a planned one with the date by which measuring has to begin."""
    w, today = to.words, today_of(to.unit)
    planned = row.starts_on > today
    key = "rollouts.saved.planned" if planned else "rollouts.saved.body"
    name, department = row.name, row.path.rpartition("/")[2]
    texts = [Text(w(key, name=name, department=department, date=w.day(row.starts_on, year=True)), lead=True)]
    if planned:
        first = shift(month_of(row.starts_on), -FEWEST_BEFORE)
        texts.append(Text(w("rollout.measure_first")))
        late = first <= today
        by = w("rollouts.saved.measure_now") if late else _measure_by(to, w.day(first, year=True))
        texts.append(Text(by))
    buttons = (
        Button(w("button.show_report"), Action("report.show", f"{row.id}/{row.path}"), "primary"),
        Button(w("button.change_rollout"), Action("rollouts.change", str(row.id))),
        _person(to),
    )
    return built(w("rollouts.saved.title"), *texts, Buttons(buttons))


def _measure_by(to: Recipient, day: str) -> str:
    return to.words("rollouts.saved.measure_by", date=day)


def hours_saved(to: Recipient, row: Rollout, path: str) -> Card:
    w = to.words
    told = w(
        "rollouts.hours.saved",
        hours=plain(to, row.hours_saved or 0.0),
        name=row.name,
        department=row.path.rpartition("/")[2],
        person=to.person.name,
    )
    buttons = (
        Button(w("button.show_report"), Action("report.show", f"{row.id}/{path}"), "primary"),
        _person(to),
    )
    return built(w("rollouts.hours.saved.title"), Text(told, lead=True), Buttons(buttons))


def plain(to: Recipient, value: float) -> str:
    """Write a figure so that it can be read back in the person's language."""
    return to.words.number(value, 0 if value == int(value) else 2)


def _person(to: Recipient) -> Button:
    return Button(to.words("button.person"), Action("human.ask"))
