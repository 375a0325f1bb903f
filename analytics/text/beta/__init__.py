"""Languages that are read as a trial: tone in groups only, with how often it is right beside it."""

LANGUAGES = ("de", "es", "fr", "it", "pt")
"""By their codes; each has a file of numbers of its own beside this one."""
