"""Cards as JSON for the page: plain values only, so that nothing in a card can become markup."""

from typing import Any, assert_never

from analytics.chart import Chart as ChartData
from analytics.chart import Point, table
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Chart, Element, Facts, Note, Table, Text
from bot.talk.chart_cells import cell
from bot.talk.language import Words
from surveys.formats import Choice, FreeText, Option, ResponseFormat, Scale

Json = dict[str, Any]


def rendered(card: Card, words: Words) -> Json:
    """Return the card as the page draws it; ``words`` are the reader's, for the figures of a chart's table."""
    return {
        "title": card.title,
        "fallback": card.fallback,
        "elements": [_element(element, words) for element in card.elements],
        "submit": _button(card.submit) if card.submit else None,
    }


def spoken(text: str) -> Json:
    """Return what a person typed, in the form of a card."""
    return {"title": "", "fallback": text, "elements": [_text(Text(text))], "submit": None}


def gone() -> Json:
    """Return the card of a message that is no longer there."""
    return {"title": "", "fallback": "", "elements": [], "submit": None}


def offers(card: Json) -> frozenset[str]:
    """Return the buttons of a rendered card, the one that submits apart."""
    listed: list[Json] = []
    for element in card["elements"]:
        if element["kind"] == "buttons":
            listed += element["items"]
        if element["kind"] == "ask":
            listed += element["response"].get("options", ())
    return frozenset(item["button"] for item in listed if "button" in item)


def fields(card: Json) -> frozenset[str]:
    """Return the names of the fields of a rendered form."""
    asks = (element for element in card["elements"] if element["kind"] == "ask")
    return frozenset(ask["key"] for ask in asks if not ask["tap"])


def _element(element: Element, words: Words) -> Json:  # noqa: PLR0911 - one return for each element there is
    match element:
        case Text():
            return _text(element)
        case Facts(items):
            return {"kind": "facts", "items": [_fact(f.label, f.value, f.detail) for f in items]}
        case Ask():
            return _ask(element)
        case Buttons(items):
            return {"kind": "buttons", "items": [_button(button) for button in items]}
        case Chart(data, summary):
            return _chart(data, summary, words)
        case Table(caption, header, rows):
            return {
                "kind": "table",
                "caption": caption,
                "header": [*header],
                "rows": [[*row] for row in rows],
            }
        case Note(body):
            return {"kind": "note", "body": body}
        case _:
            assert_never(element)


def _text(text: Text) -> Json:
    return {"kind": "text", "body": text.body, "lead": text.lead}


def _fact(label: str, value: str, detail: str) -> Json:
    return {"label": label, "value": value, "detail": detail}


def _button(button: Button) -> Json:
    shown = {"label": button.label, "button": button.action.encode(), "style": button.style}
    return shown | ({"link": button.link} if button.link else {})


def _ask(ask: Ask) -> Json:
    return {
        "kind": "ask",
        "key": ask.key,
        "stem": ask.stem,
        "hint": ask.hint,
        "value": ask.value,
        "tap": ask.tap.encode() if ask.tap else None,
        "response": _response(ask.response, ask.tap),
    }


def _response(response: ResponseFormat, tap: Action | None) -> Json:
    match response:
        case Scale(options, low_label, high_label):
            return {
                "format": "scale",
                "options": _options(options, tap),
                "low_label": low_label,
                "high_label": high_label,
            }
        case Choice(options):
            return {"format": "choice", "options": _options(options, tap)}
        case FreeText(limit):
            return {"format": "text", "limit": limit}
        case _:
            assert_never(response)


def _options(options: tuple[Option, ...], tap: Action | None) -> list[Json]:
    return [{"value": o.value, "label": o.label} | _tapped(tap, o.value) for o in options]


def _tapped(tap: Action | None, value: str) -> Json:
    return {"button": Action(tap.name, tap.ref, value).encode()} if tap else {}


def _chart(chart: ChartData, summary: str, words: Words) -> Json:
    header, *rows = table(chart, lambda point: cell(point, words))
    return {
        "kind": "chart",
        "question": chart.question,
        "summary": summary,
        "unit": chart.unit,
        "x": [*chart.x_labels],
        "series": [
            {"label": s.label, "emphasised": s.emphasised, "points": [_point(p) for p in s.points]}
            for s in chart.series
        ],
        "marker": {"index": chart.marker.index, "label": chart.marker.label} if chart.marker else None,
        "zero_line": chart.zero_line,
        "notes": [*chart.notes],
        "table": {"header": [*header], "rows": [[*row] for row in rows]},
    }


def _point(point: Point | None) -> Json | None:
    return None if point is None else {"value": point.value, "low": point.low, "high": point.high}
