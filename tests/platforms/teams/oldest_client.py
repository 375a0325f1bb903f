"""Pictures of cards as the oldest client draws them: the public npm package ``adaptivecards``, which knows no charts.

A tool for who changes the cards; nothing in the suite needs it, and it fetches nothing. Download the package (MIT) and,
so that Markdown acts as it does in Teams, ``markdown-it`` (MIT), then

    python -m tests.platforms.teams.oldest_client adaptivecards.min.js --markdown markdown-it.min.js --out pictures

draws every golden card at 320 and 640 pixels, light and dark, and says what the package itself complains about. Exit code
1 if anything was dropped without a fallback, is wider than its pane, or was read as markup.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGS, CHROMIUM

Json = dict[str, Any]

GOLDEN = Path(__file__).parents[2] / "adapters" / "teams" / "golden"
WIDTHS = (320, 640)
THEMES: dict[str, Json] = {
    "light": {
        "page": "#f5f5f5",
        "card": "#ffffff",
        "text": "#242424",
        "subtle": "#616161",
        "line": "#d1d1d1",
    },
    "dark": {"page": "#1f1f1f", "card": "#292929", "text": "#ffffff", "subtle": "#adadad", "line": "#666666"},
}

PAGE = """<!doctype html><meta charset=utf-8><style>
body {{ margin: 0; padding: 8px; background: {page}; font: 14px "Segoe UI", system-ui, sans-serif; color: {text} }}
#card {{ background: {card}; border-radius: 4px; box-shadow: 0 1px 4px #0003 }}
.ac-pushButton {{ font: 600 14px "Segoe UI", system-ui, sans-serif; padding: 5px 12px; min-height: 32px; color: {text};
  background: {card}; border: 1px solid {line}; border-radius: 4px }}
.ac-pushButton.style-positive {{ background: #5b5fc7; border-color: #5b5fc7; color: #fff }}
.ac-input {{ font: inherit; color: {text}; background: {page}; border: 1px solid {line}; border-radius: 4px; padding: 5px }}
.ac-textBlock p {{ margin: 0 }} .ac-textBlock p + p {{ margin-top: 8px }}
</style><div id=card></div>"""

DRAW = """([card, config]) => {
  const drawn = new AdaptiveCards.AdaptiveCard();
  drawn.hostConfig = new AdaptiveCards.HostConfig(config);
  const context = new AdaptiveCards.SerializationContext();
  drawn.parse(card, context);
  const place = document.getElementById("card");
  place.append(drawn.render());
  const said = [];
  for (let index = 0; index < context.eventCount; index++) said.push(context.getEventAt(index).message);
  return { said, text: place.innerText, width: place.scrollWidth,
    markup: place.querySelectorAll("a[href], em, strong, img, code, pre, ul, ol, h1, h2, blockquote, hr, s, at").length };
}"""


def config(theme: Json) -> Json:
    """Return a host's settings in the manner of Teams: six buttons beside each other, its sizes and greys."""
    colours = {name: {"default": theme["text"], "subtle": theme["subtle"]} for name in ("default", "accent")}
    return {
        "fontFamily": "Segoe UI, system-ui, sans-serif",
        "fontSizes": {"small": 12, "default": 14, "medium": 16, "large": 18, "extraLarge": 24},
        "spacing": {"small": 8, "default": 12, "medium": 16, "large": 20, "extraLarge": 24, "padding": 16},
        "separator": {"lineThickness": 1, "lineColor": theme["line"]},
        "containerStyles": {"default": {"backgroundColor": theme["card"], "foregroundColors": colours}},
        "actions": {
            "maxActions": 6,
            "buttonSpacing": 8,
            "actionsOrientation": "horizontal",
            "actionAlignment": "left",
            "showCard": {"actionMode": "inline", "inlineTopMargin": 12},
        },
        "inputs": {"label": {"inputSpacing": "small", "optionalInputs": {"weight": "bolder"}}},
    }


def cards(folder: Path) -> Iterator[tuple[str, Json]]:
    """Yield each golden card, and each that stands in a golden dialog."""
    for file in sorted(folder.glob("*.json")):
        golden = json.loads(file.read_text("utf-8"))
        for surface, shown in golden.items():
            attached = shown["attachments"][0] if surface == "message" else shown["card"]
            yield f"{file.stem}-{surface}", attached["content"]


def drawn(page: Page, scripts: list[Path], card: Json, theme: Json) -> Json:
    """Draw one card and return what there is to say about it."""
    page.set_content(PAGE.format(**theme))
    for script in scripts:
        page.add_script_tag(path=script)
    found: Json = page.evaluate(DRAW, [card, config(theme)])
    return found


def complaints(name: str, found: Json, width: int) -> Iterator[str]:
    """Yield what is wrong with a card as it was drawn."""
    yield from (f"{name}: {said}" for said in found["said"] if "allback" not in said)
    if found["width"] > width:
        yield f"{name}: {found['width']} pixels wide in a pane of {width}"
    if found["markup"]:
        yield f"{name}: {found['markup']} times something was read as markup"


def main() -> int:
    reader = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    reader.add_argument("script", type=Path, help="adaptivecards.min.js")
    reader.add_argument("--markdown", type=Path, help="markdown-it.min.js")
    reader.add_argument("--golden", type=Path, default=GOLDEN)
    reader.add_argument("--out", type=Path, default=Path("pictures"))
    asked = reader.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        for width in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": 400}, device_scale_factor=2)
            for theme, looks in THEMES.items():
                for name, card in cards(asked.golden):
                    found = drawn(
                        page, [*([asked.markdown] if asked.markdown else []), asked.script], card, looks
                    )
                    wrong.extend(complaints(f"{name} {width} {theme}", found, width))
                    page.screenshot(path=asked.out / f"{name}-{width}-{theme}.png", full_page=True)
        browser.close()
    print(*(wrong or ["Nothing to complain about."]), sep="\n")  # noqa: T201 - a tool that answers who called it
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
