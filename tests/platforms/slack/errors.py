"""How Slack says no."""

from typing import Any


class Refusal(Exception):
    """``ok: false`` with a code, and what else the answer holds."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


def needed(arguments: dict[str, Any], name: str) -> Any:
    """Return an argument that the method cannot do without."""
    value = arguments.get(name)
    if value is None or value == "":
        message = f"[ERROR] missing required field: {name}"
        raise Refusal("invalid_arguments", response_metadata={"messages": [message]})
    return value


def flag(value: Any) -> bool:
    """Read a boolean as JSON, forms and queries write it."""
    return str(value).lower() in {"1", "true"}
