"""What we send, held against the schemas that Microsoft has published.

That of Adaptive Cards 1.5 comes with a package for tests; it knows no charts, so cards are read as a client has them
that does not know these either, and as they are sent where there are none. Those of the manifest come with no package
of Python: ``python -m tests.adapters.teams.published MANIFEST_SCHEMAS PACKAGE`` holds what ``rapport manifest teams``
made against a folder of them, now and then.
"""

import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from jsonschema.validators import validator_for

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


def validator(schema: Path) -> Any:
    """Return what finds the errors of a payload by a schema."""
    read = json.loads(schema.read_text("utf-8-sig"))
    return validator_for(read)(read)


def of_cards() -> Any:
    """Return what finds the errors of a card by the published schema; the package is read as files, not run."""
    spec = find_spec("adaptive_cards")
    (folder,) = spec.submodule_search_locations if spec and spec.submodule_search_locations else ("",)
    return validator(Path(folder) / "schemas" / "schema-1.5.json")


def wrong(by: Any, payload: Any) -> list[str]:
    """Return what is wrong with a payload, in words."""
    return [f"{error.json_path}: {error.message[:200]}" for error in by.iter_errors(payload)]


def main(manifest_schemas: Path, package: Path) -> int:
    """Print what is wrong with the package, and how much was looked at."""
    manifest, language = validator(manifest_schemas / MANIFEST), validator(manifest_schemas / LANGUAGE)
    looked = [(n, read, manifest if n == "manifest.json" else language) for n, read in packaged(package)]
    found = [f"{name}: {said}" for name, read, by in looked for said in wrong(by, read)]
    sys.stdout.write("\n".join([*found, f"{len(looked)} looked at, {len(found)} wrong\n"]))
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3])))
