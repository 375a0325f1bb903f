from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import plotext
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.chart import Chart, Marker, Point, Series
from analytics.plots import _ticks, terminal_chart

MONTHS = ("May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr")


def points(values: list[float | None], half: float | None) -> tuple[Point | None, ...]:
    return tuple(
        None if v is None else Point(v) if half is None else Point(v, v - half, v + half) for v in values
    )


SUPPORT = Series("Support", points([61, 62, 60, 63, 61, None, 64, 66, 68, 67, 69, 70], 6), emphasised=True)
OTHERS = Series("6 other departments", points([60, 60, 61, 60, 62, 61, 61, 61, 62, 61, 62, 61], 2))
ROLLOUT = Chart(
    question="Did satisfaction in Support change after the automation?",
    x_labels=MONTHS,
    series=(SUPPORT, OTHERS),
    unit="percent favourable",
    marker=Marker(5, "ticket routing"),
    notes=("October is withheld: fewer than 5 people answered.",),
)
EFFECT = Chart(
    question="How far did Support move away from the others?",
    x_labels=MONTHS,
    series=(Series("Difference", points([-2, 1, -1, 0, 2, 4, None, 3, 6, 8, 5, 6], 5)),),
    unit="points",
    zero_line=True,
)

ROLLOUT_DRAWN = """\
Did satisfaction in Support change after the automation?
percent favourable
  │                          │ ticket routing
80┤                          │
  │                          │
75┤                          │                      ······
  │                          │        ··············
70┤                          │    ····                 ⣀⣀● Support
  │       ·        ·         │            ⣀●⣀⣀   ⢀⡠⠔●⠉⠉
65┤  ····· ········ ·····    │       ⣀●⠤⠒⠉    ⠉⠉●⠁
  │                ●         │   ⠐●⠊⠉               ······
  │  ●⣀⣀⠤⠤●⢄⣀  ○⢀⡠⠒⠁⠉⠒⠢⢄●----○----○---○----·········○----○ 6 other departments
60┤  ○----○--⠉⠒●⠁--○----     │        ·····
  │       ·        ·         │    ····
55┤  ····· ········ ·····    │
  │                          │
50┤                          │
  └──┬────┬────┬───┬────┬────┴────┬───┬────┬────┬───┬────┬──────────────────────
    May  Jun  Jul Aug  Sep  Oct  Nov Dec  Jan  Feb Mar  Apr
October is withheld: fewer than 5 people answered.
"""
EFFECT_DRAWN = """\
How far did Support move away from the others?
points
 15┤
   │                                   ·
 10┤                               ···· ·······
   │                    ·      ····  ⢀⡠●⡀
  5┤     ·       ·······          ⢀●⠊⠁  ⠈⠢●⣀⡠⠤● Difference
   │  ··· ·······     ⣀⡠●      ●⡠⠊⠁    ·
   │     ●⡀       ⣀⠤●⠉             ···· ·     ·
  0├──●⡠⠊─⠈⠑⠢●⠤⠒⠒●──────·──────····──────·····──────────────
   │  ⠉  ·          ····
 −5┤    · ··········
   │  ··
−10┤
   └──┬──────┬──────┬───────┬──────┬──────┬─────────────────
     May    Jul    Sep     Nov    Jan    Mar
"""


def one(values: list[float | None], half: float | None = None, **changes: object) -> Chart:
    labels = tuple(f"w{i}" for i in range(len(values)))
    parts = {
        "question": "Q?",
        "x_labels": labels,
        "series": (Series("Team", points(values, half)),),
        "unit": "u",
    }
    return Chart(**{**parts, **changes})  # type: ignore[arg-type]  # the parts are typed where they are named


def test_a_rollout_chart_is_drawn_as_agreed():
    assert terminal_chart(ROLLOUT) == ROLLOUT_DRAWN.rstrip("\n")


def test_an_effect_chart_shows_its_zero_line():
    assert terminal_chart(EFFECT, width=60, height=16) == EFFECT_DRAWN.rstrip("\n")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("height", [12, 20, 40])
def test_a_drawing_keeps_to_its_width_and_height(width: int, height: int):
    lines = terminal_chart(ROLLOUT, width, height).split("\n")
    assert max(map(len, lines)) <= width
    assert len(lines) == height


def test_there_are_no_escape_codes_unless_colour_is_asked_for():
    assert "\x1b" not in terminal_chart(ROLLOUT)
    coloured = terminal_chart(ROLLOUT, colour=True)
    assert "\x1b[38;2;0;114;178m" in coloured
    stripped = "\n".join(line.rstrip() for line in plotext.uncolorize(coloured).split("\n"))
    assert stripped == terminal_chart(ROLLOUT)


def test_question_unit_labels_marker_and_notes_are_all_there():
    drawn = terminal_chart(ROLLOUT)
    for words in (
        ROLLOUT.question,
        ROLLOUT.unit,
        "Support",
        "6 other departments",
        "ticket routing",
        *ROLLOUT.notes,
    ):
        assert words in drawn


def test_a_gap_is_not_bridged():
    whole = terminal_chart(one([5, 5, 5, 5, 5, 5, 5]))
    gap = terminal_chart(one([5, 5, 5, None, 5, 5, 5]))
    [before], [after] = ([line for line in drawn.split("\n") if "●" in line] for drawn in (whole, gap))
    assert before.count("●") == 7
    assert after.count("●") == 6
    assert "  " in after[after.index("●") : after.rindex("●")]
    assert "  " not in before[before.index("●") : before.rindex("●")]


def test_a_lone_point_between_gaps_is_seen_with_its_interval():
    drawn = terminal_chart(one([None, 5, None], half=2))
    assert drawn.count("●") == 1
    assert drawn.count("·") == 2


def test_a_wider_interval_is_drawn_wider():
    def rows(half: float) -> int:
        lines = terminal_chart(
            one(
                [50, 50, 50, 50],
                half,
                series=(
                    Series("Team", points([50, 50, 50, 50], half)),
                    Series("ends", points([0, None, None, 100], None)),
                ),
            )
        ).split("\n")
        dotted = [i for i, line in enumerate(lines) if "···" in line]
        return dotted[-1] - dotted[0]

    assert rows(10) < rows(20) < rows(40)


def test_labels_of_lines_that_end_together_stand_in_rows_of_their_own():
    both = (Series("First", points([1, 5], None)), Series("Second", points([9, 5], None)))
    lines = terminal_chart(one([1, 5], series=both)).split("\n")
    [first] = [i for i, line in enumerate(lines) if "First" in line]
    [second] = [i for i, line in enumerate(lines) if "Second" in line]
    assert first != second


def test_a_chart_in_which_all_is_withheld_keeps_its_question_and_notes():
    drawn = terminal_chart(one([None, None], notes=("All withheld.",)))
    assert drawn == "Q?\nu\nAll withheld."


@pytest.mark.parametrize("evil", ["\x1b[31mred", "two\nlines", "\u202eright to left", "tab\there\x07"])
def test_labels_can_t_smuggle_escape_codes_or_line_ends(evil: str):
    chart = one([1, 2], series=(Series(evil, points([1, 2], None)),), question=evil, unit=evil, notes=(evil,),
                marker=Marker(0, evil), x_labels=(evil, "b"))  # fmt: skip
    drawn = terminal_chart(chart)
    assert all(character.isprintable() or character == "\n" for character in drawn)
    assert len(drawn.split("\n")) == 20


def test_long_labels_are_shortened_and_long_notes_wrapped():
    long = "A department with a name that goes on and on and on and on"
    chart = one(
        [1, 2, 3],
        series=(Series(long, points([1, 2, 3], None)),),
        marker=Marker(1, long * 2),
        notes=(long * 3,),
    )
    drawn = terminal_chart(chart, width=60)
    assert drawn.count("…") == 2
    assert max(map(len, drawn.split("\n"))) <= 60


def test_ticks_are_worded_by_the_reader_s_language():
    german = terminal_chart(one([0.1, 0.4]), number=lambda value: f"{value:.1f}".replace(".", ","))
    assert "0,2┤" in german
    assert "−2┤" in terminal_chart(one([-2, 2]))


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.integers(2, 12))
def test_ticks_are_round_ordered_and_hold_the_data(low: float, span: float, most: int):
    ticks = _ticks(low, low + span, most)
    step = ticks[1] - ticks[0]
    assert 2 <= len(ticks) <= most + 2
    assert all(right - left == pytest.approx(step, rel=1e-6, abs=1e-9) for left, right in pairwise(ticks))
    assert ticks[0] <= low + 1e-6 * step
    assert ticks[-1] >= low + span - 1e-6 * step
    assert float(f"{step:.0e}") == pytest.approx(step, rel=1e-6, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.none() | st.floats(-1e5, 1e5), min_size=1, max_size=30),
    st.none() | st.floats(0, 1e4),
    st.booleans(),
    st.integers(40, 100),
    st.data(),
)
def test_any_chart_can_be_drawn(
    values: list[float | None], half: float | None, zero: bool, width: int, data: st.DataObject
):
    at = data.draw(st.none() | st.integers(0, len(values) - 1))
    marker = None if at is None else Marker(at, "rollout")
    drawn = terminal_chart(one(values, half, zero_line=zero, marker=marker), width).split("\n")
    assert max(map(len, drawn)) <= width
    assert len(drawn) == (20 if any(v is not None for v in values) or zero else 2)


def test_threads_don_t_draw_into_each_other_s_figure():
    expected = [terminal_chart(ROLLOUT), terminal_chart(EFFECT)]
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(terminal_chart, [ROLLOUT, EFFECT] * 12))
    assert drawn == expected * 12


def test_a_chart_leaves_no_figure_behind_and_is_not_moved_by_one():
    before = terminal_chart(EFFECT)
    plotext.plot([0, 1000], [0, 1000])
    assert terminal_chart(EFFECT) == before
    plotext.plot_size(20, 5)
    assert "Difference" not in plotext.build()
    plotext.clear_figure()
