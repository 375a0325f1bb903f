"""Results: what a wave said, for everyone who was asked, for managers of a path, and for HR."""

from collections.abc import Mapping, Sequence
from math import sqrt

from analytics.chart import Chart as ChartData
from analytics.chart import Point, Series
from bot.cases import permissions, quote_cards, styles
from bot.cases.context import ActionHandler, Caller, CardBuilder, CommandHandler, Recipient, reference
from bot.cases.result_themes import themes_table
from bot.cases.result_tone import caution
from bot.cases.result_words import words_tables
from bot.cases.tongues import tongues_table
from bot.errors import Refused
from bot.store.tables import Delivery, Reading, Survey, Wave
from bot.talk.cards import Action, Button, Buttons, Card, Chart, Element, Fact, Facts, Note, Table, Text
from bot.talk.events import Private, Reply
from surveys.anonymity import Count
from surveys.anonymity.cells import lineage, parent
from surveys.loader import builtin
from surveys.questions.question import in_language

ORGANISATION = ""
DEFAULT_SURVEY = "pulse"
CHANCE_Z = 1.96
LONGEST_SERIES = 26


def results_card(to: Recipient, delivery: Delivery) -> Card | None:
    """Return the result for someone who was asked: the whole organisation, never a smaller group."""
    wave = to.unit.waves.get(int(delivery.ref))
    if wave is None or wave.state != "released":
        return None
    return overview(to, wave, ORGANISATION)


def asked_for(caller: Caller, text: str) -> Reply:
    """Answer ``/results [department]`` with the latest released wave."""
    paths = permissions.visible_paths(caller.unit, caller.person, caller.unit.now.date())
    path = _wanted(caller, text, paths)
    survey, wave = latest(caller)
    if wave is None:
        return Private(_none_yet(caller, survey))
    return Private(overview(caller, wave, path))


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return asked_for(caller, "")


def shown(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show another group's result of the same wave, if this person may see it."""
    number, path = reference(action)
    wave = caller.unit.waves.get(number)
    if wave is None or wave.state != "released":
        raise Refused("refused.old_button")
    if path != ORGANISATION:
        permissions.require_see(caller.unit, caller.person, path, caller.unit.now.date())
    return Private(overview(caller, wave, path))


def how_sure(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Explain ranges, and why some groups are not shown, in plain words."""
    w = caller.words
    return Private(
        Card(
            title=w("results.sure.title"),
            elements=(
                Text(w("results.sure.body")),
                Note(w("results.sure.withheld", k=_threshold(caller, action))),
                Buttons((Button(w("button.person"), Action("human.ask")),)),
            ),
            fallback=w("results.sure.fallback"),
        )
    )


def _threshold(caller: Caller, action: Action) -> int:
    """Return the threshold that held for the wave asked about."""
    number, _ = reference(action)
    wave = caller.unit.waves.get(number)
    return caller.organisation.k_scores if wave is None else wave.k_scores


ACTIONS: Mapping[str, ActionHandler] = {
    "results.open": opened,
    "results.show": shown,
    "results.sure": how_sure,
}
COMMANDS: Mapping[str, CommandHandler] = {"results": asked_for}
CARDS: Mapping[str, CardBuilder] = {"wave.results": results_card}


def overview(to: Recipient, wave: Wave, path: str) -> Card:
    """Return one group's result: the headline with its range, the course over time, the parts, the way on."""
    readings = to.unit.readings.of_wave(wave.id, path)
    item = _anchor(to, wave)
    first = headline(to, wave, path)
    name = name_of(to, path)
    if first is None or first.state == "withheld":
        return _withheld(to, wave, path, first)
    lead = _sentence(to, wave, first)
    return Card(
        title=to.words("results.title", department=name),
        elements=(
            Text(lead, lead=True),
            *_change(to, first),
            Facts(tuple(_facts(to, wave, readings, item))),
            *_course(to, first, name),
            *_others(to, wave, readings, item),
            *themes_table(to, readings, wave.k_scores),
            *tongues_table(to, readings),
            *(
                words_tables(to, wave)
                if path == ORGANISATION and permissions.is_hr(to.unit, to.person)
                else ()
            ),
            *_parts(to, wave, path, item),
            Note(to.words("results.note", owner=wave.owner, k=wave.k_scores)),
            Buttons(
                (
                    Button(to.words("button.how_sure"), Action("results.sure", str(wave.id))),
                    *quote_cards.way_in(to, wave, path),
                    Button(to.words("button.person"), Action("human.ask")),
                )
            ),
        ),
        fallback=f"{to.words('results.title', department=name)}: {lead}",
    )


def headline(to: Recipient, wave: Wave, path: str) -> Reading | None:
    """Return the reading of a group that its result is headed by."""
    item = _anchor(to, wave)
    return next(
        (reading for reading in to.unit.readings.of_wave(wave.id, path) if reading.item == item), None
    )


def figure(to: Recipient, reading: Reading) -> str:
    """Write one reading: the figure with its range, the band, or that it is not shown."""
    w = to.words
    if reading.state == "withheld":
        return w("results.not_shown")
    if reading.metric == "response_rate":
        return _turnout(to, reading)
    if reading.state == "band":
        return w(f"results.band.{reading.band}")
    return w("results.range", **_numbers(to, reading))


def _turnout(to: Recipient, reading: Reading) -> str:
    """Write how many answered: a rate in steps, or between which numbers of those asked it lies."""
    w, asked = to.words, reading.asked or 0
    if reading.state == "shown":
        return w("results.about", value=w.percent(reading.value or 0.0))
    low, high = (round((bound or 0.0) * asked) for bound in (reading.low, reading.high))
    return w(f"results.turnout.{reading.band}", low=low, high=high, asked=asked)


def _numbers(to: Recipient, reading: Reading) -> dict[str, str]:
    w = to.words
    low, value, high = (bound or 0.0 for bound in (reading.low, reading.value, reading.high))
    if reading.unit == "share":
        return {"value": w.percent(value), "low": w.number(low * 100), "high": w.number(high * 100)}
    return {
        "value": w.number(value, signed=True),
        "low": w.number(low, signed=True),
        "high": w.number(high, signed=True),
    }


def _sentence(to: Recipient, wave: Wave, reading: Reading) -> str:
    w = to.words
    label = w(f"results.label.{reading.metric}")
    if reading.state == "band":
        return w("results.lead.band", label=label, band=w(f"results.band.{reading.band}"))
    if reading.band == Count.NEARLY_ALL:
        return w("results.lead.nearly_all", label=label, asked=reading.asked or 0, **_numbers(to, reading))
    if reading.n is None:
        return w("results.lead.few", label=label, **_numbers(to, reading))
    return w("results.lead", label=label, n=reading.n, asked=reading.asked or 0, **_numbers(to, reading))


def _change(to: Recipient, reading: Reading) -> tuple[Element, ...]:
    """Say how it compares with last time; no direction is named that chance alone can explain."""
    if reading.state != "shown":
        return ()
    earlier = [
        r
        for r in to.unit.readings.series(reading.item, reading.metric, reading.path, reading.period)
        if r.state == "shown" and r.period < reading.period and r.value is not None
    ]
    if not earlier or reading.value is None:
        return ()
    last = earlier[-1]
    error = sqrt((reading.variance or 0.0) + (last.variance or 0.0))
    difference = reading.value - (last.value or 0.0)
    kind = "chance" if abs(difference) <= CHANCE_Z * error else "up" if difference > 0 else "down"
    before = _numbers(to, last)["value"]
    return (Text(to.words(f"results.change.{kind}", before=before)),)


def _facts(to: Recipient, wave: Wave, readings: Sequence[Reading], item: str) -> list[Fact]:
    """Return the headline's figure and what belongs to the wave as a whole."""
    wanted = {"response_rate": "results.label.response_rate", "tone_balance": "results.label.tone_balance"}
    facts = []
    of_questions = [one for one in readings if "/" not in one.item]  # themes and languages have their tables
    for reading in of_questions:
        label = wanted.get(reading.metric) or (
            "results.label.favourability" if reading.item == item else None
        )
        if label is not None and (reading.state != "withheld" or reading.metric == "response_rate"):
            detail = [_detail(to, reading)]
            if reading.metric == "tone_balance":
                detail.append(caution(to, wave, readings, reading.item))
            facts.append(Fact(to.words(label), figure(to, reading), "; ".join(filter(None, detail))))
    return facts


def _others(to: Recipient, wave: Wave, readings: Sequence[Reading], item: str) -> tuple[Element, ...]:
    """List the other questions that may be shown, in the order of asking."""
    by_item = {reading.item: reading for reading in readings if reading.state != "withheld"}
    rows = tuple(
        (in_language(question["stem"], to.words.language), figure(to, by_item[question["key"]]))
        for question in wave.questions
        if question["key"] in by_item and question["key"] != item and question["type"] != "text"
    )
    w = to.words
    return (Table(w("results.others"), (w("results.question"), w("results.figure")), rows),) if rows else ()


def _detail(to: Recipient, reading: Reading) -> str:
    return "" if reading.n is None else to.words("results.answers", n=reading.n)


def _course(to: Recipient, reading: Reading, name: str) -> tuple[Element, ...]:
    """Draw the figure over time; a wave in which it is not shown is a gap."""
    series = to.unit.readings.series(reading.item, reading.metric, reading.path, reading.period)
    series = series[-LONGEST_SERIES:]
    if sum(r.state == "shown" for r in series) < 3:
        return ()
    scale = 100 if reading.unit == "share" else 1
    points = tuple(_point(r, scale) for r in series)
    gaps = any(point is None for point in points)
    w = to.words
    data = ChartData(
        question=w("results.chart.question", department=name),
        x_labels=tuple(w.day(r.period, year=True) for r in series),
        series=(Series(name, points, emphasised=True),),
        marker=None,
        unit="%" if scale == 100 else w("unit.points"),
        zero_line=scale == 1,
        notes=(w("results.chart.gaps"),) if gaps else (),
    )
    return (Chart(data, w("results.chart.summary", department=name, n=len(series))),)


def _point(reading: Reading, scale: int) -> Point | None:
    if reading.state != "shown" or reading.value is None:
        return None
    low, high = (None if bound is None else bound * scale for bound in (reading.low, reading.high))
    return Point(reading.value * scale, low, high)


def _parts(to: Recipient, wave: Wave, path: str, item: str) -> tuple[Element, ...]:
    """Show the departments one level down, to those who may see them; no order by figure."""
    today = to.unit.now.date()
    rows = [
        reading
        for reading in to.unit.readings.of_wave(wave.id)
        if reading.item == item
        and reading.path
        and parent(reading.path) == path
        and permissions.may_see(to.unit, to.person, reading.path, today)
    ]
    if not rows:
        return ()
    w = to.words
    table = Table(
        w("results.parts"),
        (w("results.department"), w("results.figure")),
        tuple((name_of(to, reading.path), figure(to, reading)) for reading in rows),
    )
    if path == ORGANISATION and styles.of_wave(to.unit, wave).incomparable:
        return (table, Note(w("results.styles.differ")))
    return (table,)


def _withheld(to: Recipient, wave: Wave, path: str, reading: Reading | None) -> Card:
    """Give the one text for every privacy reason, with the nearest group that may be shown."""
    w = to.words
    if reading is not None and reading.reason not in ("", "privacy"):
        return _plain(to, f"results.withheld.{reading.reason}")
    item = _anchor(to, wave)
    shown_at = {
        r.path for r in to.unit.readings.of_wave(wave.id) if r.item == item and r.state in ("shown", "band")
    }
    today = to.unit.now.date()
    above = next(
        (
            upper
            for upper in lineage(path)
            if upper != path
            and upper in shown_at
            and (upper == ORGANISATION or permissions.may_see(to.unit, to.person, upper, today))
        ),
        None,
    )
    if above is None:
        return _plain(to, "results.withheld.all")
    name = name_of(to, above)
    buttons = (
        Button(w("results.show", ancestor=name), Action("results.show", f"{wave.id}/{above}"), "primary"),
        Button(w("button.how_sure"), Action("results.sure", str(wave.id))),
        Button(w("button.person"), Action("human.ask")),
    )
    return Card(
        title=w("results.withheld.title", department=name_of(to, path)),
        elements=(Text(w("results.withheld.body", ancestor=name)), Buttons(buttons)),
        fallback=w("results.withheld.body", ancestor=name),
    )


def _plain(to: Recipient, key: str) -> Card:
    w = to.words
    return Card(
        title=w("results.none.title"),
        elements=(Text(w(key)), Buttons((Button(w("button.person"), Action("human.ask")),))),
        fallback=w(key),
    )


def _none_yet(to: Recipient, survey: Survey | None) -> Card:
    return _plain(to, "results.none.survey" if survey is None else "results.none.wave")


def latest(to: Recipient) -> tuple[Survey | None, Wave | None]:
    survey = to.unit.surveys.by_key(DEFAULT_SURVEY)
    if survey is None:
        return None, None
    waves = to.unit.waves.recent(survey_id=survey.id)
    return survey, next((wave for wave in waves if wave.state == "released"), None)


def _wanted(caller: Caller, text: str, paths: Sequence[str]) -> str:
    """Return the path that a person means: named, else their own topmost, else the organisation."""
    if text.strip():
        return permissions.named_path(caller.unit, caller.person, text, caller.unit.now.date())
    return paths[0] if paths and ORGANISATION not in paths else ORGANISATION


def _anchor(to: Recipient, wave: Wave) -> str:
    """Return the item that carries the headline: the anchor, or the first question."""
    instrument = builtin()[to.unit.surveys.get(wave.survey_id).key]
    return instrument.questions[0].key if instrument.anchor is None else instrument.anchor.key


def name_of(to: Recipient, path: str) -> str:
    return path.rpartition("/")[2] or to.organisation.name
