"""Rules of a published JSON schema, written down as data, and where a document breaks them."""

import json
import re
from typing import Any

TEXT, FLAG, URL = "text", "flag", "url"
"""A dictionary names all that may be there; a tuple bounds a number, a list or a text; a pattern must match whole."""


def broken(value: Any, rule: Any, where: str = "manifest") -> list[str]:  # noqa: PLR0911 - one return for each kind of rule
    """Return where a manifest breaks the schema, in words."""
    match rule:
        case dict() if isinstance(value, dict):
            unknown = [f"{where}.{name} is unknown" for name in value if name not in rule]
            inside = [broken(value[n], r, f"{where}.{n}") for n, r in rule.items() if n in value]
            return [*unknown, *(problem for found in inside for problem in found)]
        case (int() as least, int() as most) if isinstance(value, int) and least <= value <= most:
            return []
        case (int() as least, int() as most, entry) if (
            isinstance(value, list) and least <= len(value) <= most
        ):
            found = [broken(one, entry, f"{where}[{n}]") for n, one in enumerate(value)]
            twice = (
                [] if len({json.dumps(one) for one in value}) == len(value) else [f"{where} repeats itself"]
            )
            return [*twice, *(problem for some in found for problem in some)]
        case "flag" if isinstance(value, bool):
            return []
        case ("text", least, most) if isinstance(value, str) and least <= len(value) <= most:
            return []
        case ("url", most) if isinstance(value, str) and value.startswith("https://") and len(value) <= most:
            return []
        case re.Pattern() if isinstance(value, str) and rule.fullmatch(value):
            return []
        case _:
            return [f"{where}: {value!r} breaks {rule!r}"]
