"""How the one process is set up to answer people quickly while long work goes on beside it."""

import gc
import sys

TURN_S = 0.001
"""How long a busy thread may keep the interpreter when another wants it.

The thread that writes gives the interpreter away at each statement; with Python's own 5 ms it waited for a job
that plans a large wave a dozen times in each event.
"""


def answer_quickly() -> None:
    """Let short work go ahead of long work; to be called once, when everything is loaded.

    What is loaded by now stays until the end, so the garbage collector need not look through it again: its full
    rounds, in which everybody waits, take 50 ms instead of 150 while a wave for 10,000 people is planned.
    """
    sys.setswitchinterval(TURN_S)
    gc.collect()
    gc.freeze()
