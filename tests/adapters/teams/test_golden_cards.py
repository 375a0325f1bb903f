"""Teams' golden cards, as ``tests/adapters/test_golden.py`` keeps them for every platform that is connected."""

import json
import os
from pathlib import Path

import pytest

from tests.adapters.teams.surfaces import rendered
from tests.adapters.test_golden import GALLERY

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", GALLERY)
def test_a_card_looks_as_its_golden_file_says(name: str) -> None:
    file = GOLDEN / f"{name}.json"
    text = json.dumps(rendered(GALLERY[name]()), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("RAPPORT_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")

    assert text == file.read_text("utf-8")
