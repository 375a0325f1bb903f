"""Reading replies. ``from analytics.text import RapportAnalyzer`` brings TextBlob; nothing else here does."""

from typing import Any


def __getattr__(name: str) -> Any:
    """Load the bridge to TextBlob at the first use of its name."""
    if name == "RapportAnalyzer":
        from analytics.text.bridge import RapportAnalyzer  # noqa: PLC0415  TextBlob takes a second and 40 MB

        return RapportAnalyzer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
