"""The same blocks, built once more with the package slackblocks: an opinion on them that we did not write."""

from typing import Any

import slackblocks as sb
from slackblocks._surfaces import validate_surface_blocks
from slackblocks.rich_text.elements import RichText
from slackblocks.rich_text.objects import RichTextCodeBlock, RichTextList, RichTextSection

from tests.platforms.slack.blocks import Surface

Json = dict[str, Any]


def rebuilt(payload: Json, surface: Surface) -> Json:
    """Return a message or view as slackblocks says it; raises ``InvalidUsageError`` where it would refuse."""
    blocks = [_block(block) for block in payload["blocks"]]
    validate_surface_blocks(blocks, surface)
    made = _made(payload, blocks, surface)
    for block in made["blocks"]:
        if block["type"] != "input":
            del block["block_id"]  # it makes one up for each
    return made


def _made(payload: Json, blocks: list[sb.Block], surface: Surface) -> Json:
    if surface == "message":
        made: Json = dict(sb.Message("D1", payload["text"], blocks)._resolve())
        return {"text": made["text"], "blocks": made["blocks"]}
    if surface == "home":
        return dict(sb.HomeTabView(blocks).to_dict())
    view = sb.ModalView(
        _text(payload["title"]),
        blocks,
        submit=_text(payload["submit"]) if "submit" in payload else None,
        private_metadata=payload["private_metadata"],
        callback_id=payload["callback_id"],
    )
    return dict(view.to_dict())


def bare(payload: Any) -> Any:
    """Return a payload without what slackblocks leaves out because it is the default."""
    if isinstance(payload, list):
        return [bare(part) for part in payload]
    if isinstance(payload, dict):
        return {key: bare(part) for key, part in payload.items() if not (key in DEFAULTS and not part)}
    return payload


DEFAULTS = {"emoji", "multiline", "offset", "border", "indent"}


def _text(text: Json) -> sb.Text:
    if text["type"] == "plain_text":
        return sb.PlainText(text["text"], emoji=text["emoji"])
    return sb.Text(text["text"], verbatim=text["verbatim"])


def _block(block: Json) -> sb.Block:  # noqa: C901, PLR0911 - one return for each kind of block
    match block["type"]:
        case "header":
            return sb.HeaderBlock(_text(block["text"]))
        case "section" if "text" in block:
            return sb.SectionBlock(_text(block["text"]))
        case "section":
            return sb.SectionBlock(fields=[_text(field) for field in block["fields"]])
        case "context":
            return sb.ContextBlock([_text(text) for text in block["elements"]])
        case "actions":
            return sb.ActionsBlock([_element(element) for element in block["elements"]])
        case "input":
            return sb.InputBlock(
                _text(block["label"]),
                _element(block["element"]),
                block_id=block["block_id"],
                hint=_text(block["hint"]) if "hint" in block else None,
                optional=block["optional"],
            )
        case "rich_text":
            return sb.RichTextBlock([_rich(element) for element in block["elements"]])
        case "data_table":
            rows = [[sb.RawText(cell["text"]) for cell in row] for row in block["rows"]]
            named = {name: block[name] for name in ("caption", "page_size", "row_header_column_index")}
            return sb.DataTableBlock(rows, **named)  # type: ignore[arg-type]  # a list of one of its kinds
        case "data_visualization":
            return sb.DataVisualizationBlock(block["title"], _chart(block["chart"]))
        case kind:
            raise AssertionError(f"we make no {kind}")


def _rich(element: Json) -> Any:
    match element["type"]:
        case "rich_text_section":
            return RichTextSection([_piece(piece) for piece in element["elements"]])
        case "rich_text_list":
            return RichTextList(element["style"], [_rich(line) for line in element["elements"]])
        case "rich_text_preformatted":
            return RichTextCodeBlock([_piece(piece) for piece in element["elements"]])
        case kind:
            raise AssertionError(f"we make no {kind}")


def _piece(piece: Json) -> RichText:
    return RichText(piece["text"], **piece.get("style", {}))


def _chart(chart: Json) -> sb.Chart:
    series = [
        sb.DataSeries(one["name"], [sb.DataPoint(point["label"], point["value"]) for point in one["data"]])
        for one in chart["series"]
    ]
    kind = {"line": sb.LineChart, "bar": sb.BarChart}[chart["type"]]
    made: sb.Chart = kind(series, sb.AxisConfig(**chart["axis_config"]))
    return made


def _option(option: Json) -> sb.Option:
    return sb.Option(_text(option["text"]), option["value"])


def _options(element: Json) -> tuple[list[sb.Option], sb.Option | None]:
    options = [_option(option) for option in element.get("options", ())]
    first = element.get("initial_option")
    groups = [o for group in element.get("option_groups", ()) for o in group["options"]]
    known = [*options, *map(_option, groups)]
    return options, next((o for o in known if first and o.value == first["value"]), None)


def _element(element: Json) -> sb.Element:
    match element["type"]:
        case "button":
            confirm = element.get("confirm")
            return sb.Button(
                _text(element["text"]),
                element["action_id"],
                value=element["value"],
                style=element.get("style"),
                confirm=_confirm(confirm) if confirm else None,
                accessibility_label=element.get("accessibility_label"),
            )
        case "radio_buttons":
            options, first = _options(element)
            return sb.RadioButtonGroup(element["action_id"], options, first)
        case "static_select":
            options, first = _options(element)
            groups = [
                sb.OptionGroup(_text(group["label"]), [_option(option) for option in group["options"]])
                for group in element.get("option_groups", ())
            ]
            return sb.StaticSelectMenu(
                element["action_id"],
                options or None,
                groups or None,
                first,
                placeholder=_text(element["placeholder"]),
            )
        case "plain_text_input":
            return sb.PlainTextInput(
                element["action_id"],
                element.get("initial_value"),
                multiline=element["multiline"],
                max_length=element["max_length"],
            )
        case kind:
            raise AssertionError(f"we make no {kind}")


def _confirm(confirm: Json) -> sb.ConfirmationDialogue:
    parts = [_text(confirm[name]) for name in ("title", "text", "confirm", "deny")]
    return sb.ConfirmationDialogue(*parts, confirm["style"])
