"""Trying an organisation's themes out before they count anything: what they find in sentences that we know."""

from dataclasses import dataclass

from analytics.text.themes import LANGUAGES, Taxonomy, builtin, fold

TOO_BROAD = 0.5
"""A share of sentences about all kinds of things that no theme of one kind should find."""


@dataclass(frozen=True, slots=True)
class Broad:
    """A theme that finds more than half of what was said about something else, too."""

    theme: str
    language: str
    share: float


def sentences(language: str) -> tuple[str, ...]:
    """Return the examples of the built-in themes: sentences about all that people at work write of."""
    return tuple(
        said for theme in builtin().themes for said in (*theme.positive[language], *theme.negative[language])
    )


def broad(taxonomy: Taxonomy) -> tuple[Broad, ...]:
    """Return the themes that find more than half of those sentences, in the order of the taxonomy."""
    found = []
    for theme in taxonomy.themes:
        for language in LANGUAGES:
            tried = sentences(language)
            share = sum(theme.in_clause(fold(said), language) for said in tried) / len(tried)
            if share > TOO_BROAD:
                found.append(Broad(theme.key, language, share))
    return tuple(found)
