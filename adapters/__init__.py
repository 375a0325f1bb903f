"""Everything that faces outward. Platforms are folders here; this is the list of their names."""

PLATFORMS = ("local", "slack", "teams")
"""Each passes the contract suite and has golden cards."""
