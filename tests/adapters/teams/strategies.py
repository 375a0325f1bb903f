"""Cards of every kind and with every text, also such as no case of ours would make: Slack's, and what Teams acts upon."""

from hypothesis import strategies as st

from analytics.chart import Chart as ChartData
from analytics.chart import Marker, Point, Series
from bot.talk.cards import Ask, Button, Buttons, Card, Chart, Fact, Facts, Note, Table, Text
from surveys.formats import Choice, FreeText, Option, Scale
from tests.adapters.slack import strategies as other

NASTY = (
    *other.NASTY,
    "**x**",
    "__x__",
    "[a](http://evil.example)",
    "![a](http://evil.example/x.png)",
    "[a]: http://evil.example\n\n[a]",
    "<at>all</at>",
    "<http://evil.example>",
    "{{DATE(2017-02-14T06:00:00Z, SHORT)}}",
    "{{{TIME(2017-02-14T06:00:00Z)}}}",
    "3. Quartal",
    "- a\n- b\n\n    code",
    "# Title",
    "a\n===\nb\n---",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "&#60;b&#62;",
    "C:\\*x\\\n",
    "😀" * 3_000,
    "\n" * 300 + "x" + "\n\n" * 300 + "y",
)

words = st.one_of(st.text(max_size=30), st.sampled_from(NASTY))
short = st.text(max_size=12)
actions, names = other.actions, other.names
buttons = st.builds(Button, words, actions, st.sampled_from(("primary", "plain", "danger")))
options = st.lists(st.builds(Option, names, words), max_size=14).map(tuple)
formats = st.one_of(
    st.builds(Scale, options | other.bare_options, words, words),
    st.builds(Choice, options),
    st.builds(FreeText, st.integers(-1, 9_000)),
)
asks = st.builds(Ask, names, words, formats, st.none() | actions, words, words)

levels = st.floats(-1e6, 1e6)
ranges = st.tuples(levels, levels, levels).map(sorted).map(lambda ends: Point(ends[1], ends[0], ends[2]))
points = st.none() | st.builds(Point, levels) | ranges


@st.composite
def chart_data(draw: st.DrawFn, said: st.SearchStrategy[str] = words) -> ChartData:
    labels = tuple(draw(st.lists(said, max_size=30)))
    lines = st.lists(points, min_size=len(labels), max_size=len(labels)).map(tuple)
    series = tuple(draw(st.lists(st.builds(Series, said, lines, st.booleans()), max_size=8)))
    marker = draw(st.none() | st.builds(Marker, st.integers(0, len(labels) - 1), said)) if labels else None
    notes = tuple(draw(st.lists(said, max_size=2)))
    return ChartData(draw(said), labels, series, draw(said), marker, draw(st.booleans()), notes)


rows = st.lists(words, max_size=7).map(tuple)
fact = st.builds(Fact, words, words, words)
elements = st.one_of(
    st.builds(Text, words, st.booleans()),
    st.lists(fact, max_size=12).map(lambda items: Facts(tuple(items))),
    asks,
    st.lists(buttons, max_size=28).map(lambda items: Buttons(tuple(items))),
    st.builds(Chart, chart_data(), words),
    st.builds(Table, words, rows, st.lists(rows, max_size=5).map(tuple)),
    st.builds(Note, words),
)
cards = st.builds(
    Card, words, st.lists(elements, max_size=6).map(tuple), words, st.none() | buttons, other.locales
)
