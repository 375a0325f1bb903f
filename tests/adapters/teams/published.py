"""``python -m tests.adapters.teams.published CARD_SCHEMA MANIFEST_SCHEMAS PACKAGE``: what we send, held against Microsoft's own schemas.

``CARD_SCHEMA`` is that of Adaptive Cards 1.5, ``MANIFEST_SCHEMAS`` the folder of the manifest's version, ``PACKAGE`` what
``rapport manifest teams`` made; ``jsonschema`` has to be installed. The schemas are not kept here, and the suite checks
by rules of its own; this is the look from outside, taken now and then. Version 1.5 knows no charts, so cards are read as
a client has them that does not know these either, and as they are sent where there are none.
"""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tests.platforms.teams.walk import CHARTS, dicts, oldest

GOLDEN = Path(__file__).parent / "golden"
MANIFEST, LANGUAGE = "MicrosoftTeams.schema.json", "MicrosoftTeams.Localization.schema.json"


def cards() -> Iterator[tuple[str, Any]]:
    """Yield every golden card by its name."""
    for file in sorted(GOLDEN.glob("*.json")):
        for surface, shown in json.loads(file.read_text("utf-8")).items():
            card = next(part for part in dicts(shown) if part.get("type") == "AdaptiveCard")
            yield f"{file.stem}, {surface}", oldest(card, CHARTS)[0]
            if not any(part.get("type") in CHARTS for part in dicts(card)):
                yield f"{file.stem}, {surface}, as sent", card


def packaged(package: Path) -> Iterator[tuple[str, Any]]:
    """Yield the manifest and the texts of its languages."""
    with ZipFile(package) as opened:
        for name in opened.namelist():
            if name.endswith(".json"):
                yield name, json.loads(opened.read(name))


def main(card_schema: Path, manifest_schemas: Path, package: Path) -> int:
    """Print what is wrong, and how much was looked at."""
    jsonschema = import_module("jsonschema")

    def validator(schema: Path) -> Any:
        read = json.loads(schema.read_text("utf-8-sig"))
        return jsonschema.validators.validator_for(read)(read)

    card, manifest = validator(card_schema), validator(manifest_schemas / MANIFEST)
    language = validator(manifest_schemas / LANGUAGE)
    looked = [(name, shown, card) for name, shown in cards()]
    looked += [(n, read, manifest if n == "manifest.json" else language) for n, read in packaged(package)]
    wrong = [f"{name}: {error.message[:200]}" for name, read, by in looked for error in by.iter_errors(read)]
    sys.stdout.write("\n".join([*wrong, f"{len(looked)} looked at, {len(wrong)} wrong\n"]))
    return min(len(wrong), 1)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4])))
