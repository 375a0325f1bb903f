"""Cards of every kind and with every text, also such as no case of ours would make."""

from hypothesis import strategies as st

from analytics.chart import Chart as ChartData
from analytics.chart import Marker, Point, Series
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Chart, Fact, Facts, Note, Table, Text
from surveys.formats import Choice, FreeText, Option, Scale

NASTY = (
    "",
    " ",
    "\n",
    "\u200b",
    "<!channel>",
    "<!here|here>",
    "<@U123>",
    "<#C123>",
    "<!subteam^S123>",
    "<!date^1392734382^{date}|x>",
    "<https://evil.example|click>",
    "*bold*",
    "_x_",
    "~x~",
    "`x`",
    "```x```",
    "> quoted",
    "a\n>quoted",
    "&lt;!channel&gt;",
    "&amp;&amp;amp;",
    "@here",
    "@channel and @everyone",
    ":poop:",
    "\u202eright to left",
    "\u05d0\u05d1",
    "\u2068open",
    "\x00\x1b[31m",
    "\ud800",
    "👩‍👩‍👧" * 30,
    "e\u0301" * 3_100,
    "&<>" * 2_000,
    "x" * 5_000,
    "*_~`" * 2_000,
)

words = st.one_of(st.text(max_size=30), st.sampled_from(NASTY))
names = words.filter(lambda text: "\ud800" not in text)
"""What comes from our own code or database, which hold UTF-8."""

actions = st.builds(Action, st.text("abc.", max_size=9), names, names)
buttons = st.builds(Button, words, actions, st.sampled_from(("primary", "plain", "danger")))
options = st.lists(st.builds(Option, names, words), max_size=14).map(tuple)
bare_options = st.lists(names, max_size=12).map(lambda values: tuple(Option(v, v) for v in values))
formats = st.one_of(
    st.builds(Scale, options | bare_options, words, words),
    st.builds(Choice, options),
    st.builds(FreeText, st.integers(-1, 9_000)),
)
asks = st.builds(Ask, names, words, formats, st.none() | actions, words, words)

levels = st.floats(-1e6, 1e6)
points = st.none() | st.builds(Point, levels)


@st.composite
def chart_data(draw: st.DrawFn) -> ChartData:
    labels = tuple(draw(st.lists(words, max_size=24)))
    lines = st.lists(points, min_size=len(labels), max_size=len(labels)).map(tuple)
    series = tuple(draw(st.lists(st.builds(Series, words, lines, st.booleans()), max_size=8)))
    places = st.integers(0, len(labels) - 1) if labels else st.nothing()
    marker = draw(st.none() | st.builds(Marker, places, words)) if labels else None
    notes = tuple(draw(st.lists(words, max_size=2)))
    return ChartData(draw(words), labels, series, draw(words), marker, draw(st.booleans()), notes)


rows = st.lists(words, max_size=23).map(tuple)
facts = st.lists(st.builds(Fact, words, words, words), max_size=12).map(lambda items: Facts(tuple(items)))
tables = st.builds(Table, words, rows, st.lists(rows, max_size=5).map(tuple))
elements = st.one_of(
    st.builds(Text, words, st.booleans()),
    facts,
    asks,
    st.lists(buttons, max_size=28).map(lambda items: Buttons(tuple(items))),
    st.builds(Chart, chart_data(), words),
    tables,
    st.builds(Note, words),
)
locales = st.sampled_from(("en", "de", "de-AT", "en-GB", "fr", ""))
cards = st.builds(Card, words, st.lists(elements, max_size=6).map(tuple), words, st.none() | buttons, locales)
