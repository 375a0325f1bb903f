"""Cards from the JSON that the log keeps of them: the inverse of ``render.rendered``."""

from typing import Any

from analytics.chart import Chart as ChartData
from analytics.chart import Marker, Point, Series
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Chart, Element, Fact, Facts, Note, Table, Text
from surveys.formats import Choice, FreeText, Option, ResponseFormat, Scale

Json = dict[str, Any]


def restored(card: Json, locale: str) -> Card:
    """Return the card that was rendered to this JSON; ``locale``, which JSON leaves out, is its language.

    Raises ``KeyError`` or ``ValueError`` for what ``rendered`` never returned.
    """
    return Card(
        card["title"],
        tuple(_element(element) for element in card["elements"]),
        card["fallback"],
        _button(card["submit"]) if card["submit"] else None,
        locale,
    )


def _element(element: Json) -> Element:  # noqa: PLR0911 - one return for each element there is
    match element["kind"]:
        case "text":
            return Text(element["body"], element["lead"])
        case "facts":
            return Facts(tuple(Fact(**fact) for fact in element["items"]))
        case "ask":
            return _ask(element)
        case "buttons":
            return Buttons(tuple(map(_button, element["items"])))
        case "chart":
            return Chart(_chart(element), element["summary"])
        case "table":
            return Table(element["caption"], tuple(element["header"]), tuple(map(tuple, element["rows"])))
        case "note":
            return Note(element["body"])
        case kind:
            raise ValueError(f"no element of ours: {kind}")


def _button(button: Json) -> Button:
    return Button(button["label"], Action.decode(button["button"]), button["style"])


def _ask(ask: Json) -> Ask:
    response = _response(ask["response"])
    return Ask(ask["key"], ask["stem"], response, _tap(ask), ask["hint"], ask["value"])


def _tap(ask: Json) -> Action | None:
    """Return the act of a question that is tapped; logs of before its token was kept tell it by an option."""
    if isinstance(ask["tap"], str):
        return Action.decode(ask["tap"])
    if not ask["tap"]:
        return None
    acts = [Action.decode(option["button"]) for option in ask["response"].get("options", ())]
    return Action(acts[0].name, acts[0].ref) if acts else Action("")


def _response(response: Json) -> ResponseFormat:
    options = tuple(Option(o["value"], o["label"]) for o in response.get("options", ()))
    match response["format"]:
        case "scale":
            return Scale(options, response["low_label"], response["high_label"])
        case "choice":
            return Choice(options)
        case "text":
            return FreeText(response["limit"])
        case name:
            raise ValueError(f"no format of ours: {name}")


def _chart(chart: Json) -> ChartData:
    return ChartData(
        chart["question"],
        tuple(chart["x"]),
        tuple(
            Series(series["label"], tuple(map(_point, series["points"])), series["emphasised"])
            for series in chart["series"]
        ),
        chart["unit"],
        Marker(**chart["marker"]) if chart["marker"] else None,
        chart["zero_line"],
        tuple(chart["notes"]),
    )


def _point(point: Json | None) -> Point | None:
    return Point(**point) if point else None
