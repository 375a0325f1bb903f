"""Signs that somebody might want help: what is read as one, what only looks like it, and how often it is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text.triage import Sign, signs

SELF, THREAT, HARASSED, BURNT = Sign.SELF_HARM, Sign.THREAT, Sign.HARASSMENT, Sign.BURNOUT

READ = [
    ("I don't want to live anymore", SELF),
    ("Honestly I just want to end it all", SELF),
    ("Everyone would be happier if I was gone", SELF),
    ("I have been hurting myself again", SELF),
    ("Ich will nicht mehr leben", SELF),
    ("Manchmal denke ich daran, mich umzubringen", SELF),
    ("My manager threatened me in the corridor", THREAT),
    ("One day I'll kill him", THREAT),
    ("Er hat mich bedroht", THREAT),
    ("He put his hand on my knee", HARASSED),
    ("I am being bullied by my team lead", HARASSED),
    ("There are racist jokes every day", HARASSED),
    ("She humiliates me in front of customers", HARASSED),
    ("Ich werde seit Wochen gemobbt", HARASSED),
    ("Sexuelle Anspielungen vom Chef", HARASSED),
    ("I am completely exhausted and cry before work", BURNT),
    ("I can’t take it any more", BURNT),
    ("panic attacks on Sunday evenings", BURNT),
    ("Ich bin völlig ausgebrannt", BURNT),
    ("Ich halte das alles nicht mehr aus, ich bin psychisch am ende", BURNT),
]
SPARED = [
    "A workplace free of harassment, I like that",
    "Zero tolerance for any kind of harassment here, great",
    "The harassment-prevention training was useful",
    "Good support against burnout, thank you",
    "The burndown chart is wrong",
    "That release was career suicide",
    "This bug is killing me, please fix the printer",
    "I nearly wanted to die laughing",
    "Please touch base with my manager",
    "The deadline threatens the launch",
    "Kein Mobbing, tolles Team",
    "Der Workshop zum Thema Burnout war gut",
    "Die Kaffeemaschine ist am Ende",
    "Wir bringen die Waffel in die Firma",
    "I could kill for a coffee",
    "The suicide prevention hotline poster hangs in the hall",
]
"""What looks like a sign and is none."""

MISSED = [
    "What is the point of any of this",
    "Nobody would notice if I didn't come back",
    "He always stands too close to me",
    "She deletes me from every meeting, on purpose, for months",
    "I count the hours until I can switch off",
    "Seit Wochen liege ich nachts wach",
]
"""What a person would understand and patterns don't; here so that nobody forgets it."""


@pytest.mark.parametrize(("reply", "sign"), READ)
def test_a_sign_is_read(reply: str, sign: Sign):
    assert sign in signs(reply)


@pytest.mark.parametrize("reply", SPARED)
def test_what_only_looks_like_a_sign_is_none(reply: str):
    assert signs(reply) == frozenset()


@pytest.mark.parametrize("reply", MISSED)
def test_much_is_missed_which_is_why_nothing_is_promised(reply: str):
    assert signs(reply) == frozenset()


@given(st.text(max_size=400))
def test_any_text_has_signs_of_the_four_kinds_or_none(reply: str):
    assert signs(reply) <= set(Sign)
    assert signs(reply) == signs(reply)


@pytest.mark.parametrize("piece", ["i ", "harass ", "no ", "werde ", "x", "burn ", "(", "want to "])
def test_of_a_long_text_only_the_beginning_is_read(piece: str):
    assert signs(piece * (1_000_000 // len(piece)) + " I want to end it all") <= set(Sign) - {SELF}
