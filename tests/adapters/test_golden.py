"""Golden cards: the same gallery of cards, as each platform renders it. `make golden` rewrites them; read the diff."""

import json
import os
from pathlib import Path

import pytest

from adapters import PLATFORMS
from tests.adapters.local import cards
from tests.adapters.rig import renderer
from tests.bot.cases import report_looks

GOLDEN = Path(__file__).parent

GALLERY = {
    "everything": cards.everything,
    "invitation": cards.invitation,
    "form": cards.form,
    "receipt": cards.receipt,
    "report": cards.report,
    "roi_report": report_looks.figure,
    "roi_sheet": report_looks.sheet,
    "ethics": report_looks.fairness,
    "refusal": cards.refusal,
    "welcome": cards.welcome,
    "hostile": cards.hostile,
}


@pytest.mark.parametrize("name", GALLERY)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_card_looks_as_its_golden_file_says(platform: str, name: str) -> None:
    file = GOLDEN / platform / "golden" / f"{name}.json"
    text = json.dumps(renderer(platform)(GALLERY[name]()), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("RAPPORT_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")

    assert text == file.read_text("utf-8")
