"""Hand-written readings of English workplace phrases that sentiment lexicons get wrong.

A rule reads a phrase and takes it out of the text, so that a scorer doesn't read it again. Each rule has an id,
and its own positive and negative examples in the tests. Order matters: an exception stands before its rule.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TAKEN = " ‹said› "
"""Stands where a phrase was: a word that says nothing."""

_REACH = 40  # characters before a phrase in which a "not" applies to it
_NEGATOR = re.compile(r"\b(?:not|never|no|nobody|hardly|without)\b[^.;:!?,]*$", re.IGNORECASE)
_BUT = re.compile(r"\b(?:but|because|since|although|though|and|only)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A phrase and what it says: ``value`` is its polarity, 0 if it only misleads a lexicon."""

    key: str
    pattern: re.Pattern[str]
    value: float
    negatable: bool = False
    """Whether a "not" before it turns praise into complaint, and complaint into nothing said."""
    needs: tuple[str, ...] = ("",)
    """Pieces in lower case of which any phrase holds one: a text without them needn't be searched."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired, with the phrase it read and its polarity here."""

    rule: str
    words: str
    value: float


def apply(rules: Iterable[Rule], text: str) -> tuple[str, tuple[Finding, ...]]:
    """Return what the rules leave unread of a text, and what they found in it."""
    findings: list[Finding] = []
    lowered = text.lower()  # rules only take away, so what isn't in here doesn't come later
    for rule in rules:
        if any(map(lowered.__contains__, rule.needs)):
            text = _read(rule, text, findings)
    return " ".join(text.split()), tuple(findings)


def _read(rule: Rule, text: str, findings: list[Finding]) -> str:
    def take(match: re.Match[str]) -> str:
        findings.append(_finding(rule, match))
        return _TAKEN

    return rule.pattern.sub(take, text)


def _finding(rule: Rule, match: re.Match[str]) -> Finding:
    words = match[0].strip()
    before = match.string[max(0, match.start() - _REACH) : match.start()]
    negated = _NEGATOR.search(before) if rule.negatable else None
    if negated and not _BUT.search(negated[0]):
        return Finding(rule.key, f"not {words}", min(0.0, -rule.value))
    return Finding(rule.key, words, rule.value)


def _phrase(*alternatives: str) -> re.Pattern[str]:
    """Compile a phrase of whole words in any case; a blank in it is one blank."""
    return re.compile(rf"\b(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


def _misleading(key: str, *alternatives: str) -> Rule:
    return Rule(key, _phrase(*alternatives), 0.0, needs=_NEEDS[key])


def _says(key: str, value: float, *alternatives: str) -> Rule:
    return Rule(key, _phrase(*alternatives), value, needs=_NEEDS[key])


def _says_unless_negated(key: str, value: float, *alternatives: str) -> Rule:
    return Rule(key, _phrase(*alternatives), value, negatable=True, needs=_NEEDS[key])


_NEEDS: dict[str, tuple[str, ...]] = {
    "cannot-be-better": ("better", "happier"),
    "cannot-be-worse": ("worse",),
    "not-bad": ("bad", "unhappy", "dissatisfied", "unpleasant", "terrible", "awful", "horrible"),
    "sarcasm": ("another",),
    "thanks-for-nothing": ("nothing",),
    "no-thanks": ("thank",),
    "hard-work": ("hard",),
    "laughter": ("lol", "lmao", "rofl", "haha"),
    "hedge": ("kind of", "sort of"),
    "okay": ("ok",),
    "no-complaints": ("issue", "problem", "complain", "concern", "worries", "trouble", "nothing "),
    "too-many": ("too many", "too much", "too few", "too little"),
    "not-enough": ("not enough", "hardly any", "barely any", "lack", "no ", "little", "without any"),
    "could-be-better": ("could ", "should ", "can ", "must ", "need", "room for"),
    "wish": ("wish",),
    "not-working": ("work",),
    "nobody-answered": ("nobody", "no one", "noone", "no-one", "never", "not one"),
    "not-heard": (" not ", "never ", "without "),
    "leaving": ("leav", "quit", "resign", "looking for"),
    "still-waiting": ("still", "wait", "takes", "took"),
    "arrived-late": ("late",),
    "drowning": ("drowning", "swamped", "snowed", "up to my"),
    "strain": ("work", "staffed", "paid", "burn", "stress", "overwhelm", "exhausting", "micro", "out of date"),
    "meagre": (
        "salar", "pay", "wage", "hike", "increment", "raise", "compensation", "package", "benefits", "apprais", "growth",
        "bonus", "promotion", "market", "slow",
    ),
    "pressure": ("pressure", "hours", "load", "politics", "hectic", "insecurity"),
    "no-balance": ("balance", "security"),
    "slighted": (
        "ignored", "valued", "unappreciated", "unheard", "left ", "let down", "toxic", "unhelpful", "unsupported",
        "unclear", "chaotic", "bureaucratic", "favo",
    ),
    "solved": ("problem", "issue", "bug"),
    "gain": ("learn", "save", "what i ", "what we ", "keep "),
    "gratitude": ("thank", "thx", "appreciate", "grateful"),
    "valued": ("valued", "supported", "heard", "included", "respected", "at home", "looked after"),
    "helpful": ("helpful", "supportive", "well", "welcoming", "approachable", "smoothly"),
    "balance": ("balance", "job s", "flexible", "opportunities"),
}  # fmt: skip
_ANY = r"(?:\w{1,20} )?"  # a word may stand between
_VERY = r"(?:very |really |so |such )?"
_WORKED = r"(?:works|worked|working) "
_BETTER = r"(?:better|clearer|faster|easier|quicker|smoother|shorter|simpler|friendlier|improved)"
_NONE_OF = (
    r"(?:not enough|hardly any|barely any|lack of|lacks|lacking|no|little or no|very little|without any)"
)
_HELP = (
    r"(?:support|help|guidance|feedback|training|communication|information|transparency|recognition|respect|"
    r"responses?|reply|answers?|documentation|appreciation|leadership|direction|budget|resources|staff|time)"
)
_MEAGRE = r"(?:low|lower|lowest|less|lesser|poor|no|bad|inadequate|minimal|limited)"
_EARNED = (
    r"(?:salary|salaries|pay|wages?|hikes?|increments?|raises?|compensation|package|benefits|appraisals?|growth|"
    r"bonus(?:es)?|promotions?)"
)
_NOBODY = r"(?:nobody|no one|noone|no-one|never|not one)"
_REPLIED = (
    r"(?:answer(?:s|ed)?|reply|replies|replied|responds?|responded|listen(?:s|ed)?|cares?|cared|help(?:s|ed)?|"
    r"explained|told|came|bother(?:s|ed)?)"
)
_COMPLAINTS = r"(?:issues?|problems?|complaints?|concerns?|worries|troubles?)"
_FEEL = r"(?:feel|feels|felt|feeling|am|was|were)"
_ON_DUTY = r"(?! (?:on|with|for|at|from|as|here|there|today|tomorrow|this|next|mondays|fridays))"

ENGLISH: tuple[Rule, ...] = (
    # Idioms whose words say the opposite.
    _says(
        "cannot-be-better",
        0.8,
        r"(?:could|can) not (?:be|have been|get) (?:any )?(?:better|happier)",
        r"never (?:been|felt) (?:better|happier)",
    ),
    _says("cannot-be-worse", -0.8, r"(?:could|can) not (?:be|have been|get) (?:any )?worse"),
    _says("thanks-for-nothing", -0.6, r"(?:thanks|thank you) for nothing"),
    _says(
        "not-bad",
        0.4,
        rf"(?:not|never) {_ANY}{_ANY}(?:bad|unhappy|dissatisfied|unpleasant|terrible|awful|horrible)(?: at all)?",
    ),
    _says(
        "sarcasm",
        -0.4,
        r"(?:great|fantastic|wonderful|awesome|lovely|perfect|brilliant|wow|yay|super)[,.!]* (?:just )?(?:yet )?another",
    ),
    _misleading("no-thanks", r"no,? (?:thanks|thank you)"),
    # Words without the tone that a lexicon gives them.
    _misleading("hard-work", rf"{_VERY}hard(?=[ -]work(?:ing|er|ers)?\b)", rf"{_WORKED}{_VERY}hard"),
    _misleading("laughter", r"lol", r"lmao", r"rofl", r"(?:ha){2,10}h?"),
    _misleading("hedge", r"kind of", r"sort of"),
    _misleading("okay", r"ok", r"okay", r"okey"),
    _misleading(
        "no-complaints",
        rf"(?:no|without|not any|zero|not an?) {_ANY}{_COMPLAINTS}(?: so far| at all)?",
        r"nothing to (?:complain about|improve|change)",
        r"nothing bad",
    ),
    # Complaints in words that a lexicon doesn't know.
    _says_unless_negated("too-many", -0.5, r"(?:way |far )?too (?:many|much|few|little)(?! fun)"),
    _says("not-enough", -0.5, rf"{_NONE_OF} {_HELP}(?! (?:needed|required|necessary))"),
    _says(
        "could-be-better",
        -0.3,
        rf"(?:could|should) (?:be|have been) (?!even|not){_ANY}{_BETTER}",
        r"(?:could|should|can|must|needs to|need to) (?:do|be) better",
        r"room for improvement",
    ),
    _says(
        "wish",
        -0.3,
        r"wish (?:that )?(?!i |you )(?:\w{1,20} ){1,4}?(?:was|were|had|would)(?: \w{1,20}){0,2}",
        r"wish (?:i|we) had (?:more|better|clearer|known|been|got|gotten)",
    ),
    _says(
        "not-working",
        -0.5,
        rf"(?<!i am )(?<!we are )(?<!they are )not working{_ON_DUTY}",
        rf"(?:does|do|did) not {_ANY}work{_ON_DUTY}",
        rf"(?:stopped|never) work(?:s|ed|ing){_ON_DUTY}",
    ),
    _says("nobody-answered", -0.5, rf"{_NOBODY} {_ANY}{_REPLIED}"),
    _says(
        "not-heard",
        -0.5,
        rf"(?:do|does|did) not {_ANY}(?:listen|care|respond|reply|answer|appreciate|recogni[sz]e)",
        r"never (?:happened|showed up|turned up|followed up|kept)",
        r"without (?:asking|telling|informing|consulting|involving) (?:us|me|anyone|anybody|the team|employees|people)",
    ),
    _says(
        "leaving",
        -0.5,
        r"(?:think|thinking|thought) (?:about|of) (?:leaving|quitting|resigning)",
        r"looking for (?:a new|another) job",
        r"want to (?:leave|quit|resign)",
    ),
    _says(
        "still-waiting",
        -0.4,
        r"still (?:waiting|missing)",
        rf"(?:waited|waiting) (?:for )?{_ANY}(?:days|weeks|months|ages|forever)",
        rf"(?:takes|took) {_ANY}(?:weeks|months|ages|forever|too long)",
    ),
    _says_unless_negated(
        "arrived-late", -0.4, rf"(?:arrived|came|come|comes|delivered|paid) {_ANY}{_ANY}(?:too )?late"
    ),
    _says_unless_negated(
        "drowning", -0.6, r"drowning(?: in work)?", r"swamped", r"snowed under", r"up to my (?:neck|eyeballs)"
    ),
    _says_unless_negated(
        "strain",
        -0.5,
        r"over-?worked",
        r"under-?staffed",
        r"short[ -]staffed",
        r"under-?paid",
        r"burn(?:ed|t)?[ -]?out",
        r"stressed(?: out)?",
        r"stressful",
        r"overwhelm(?:ed|ing)",
        r"out of date",
        r"exhausting",
        r"micro-?manag\w{1,6}",
    ),
    _says(
        "meagre",
        -0.5,
        rf"{_MEAGRE} {_ANY}{_EARNED}",
        rf"{_EARNED} (?:is|are|was|were) {_ANY}(?:low|less|slow|poor|bad|minimal|limited|below)",
        r"below[ -]market",
        r"slow (?:career |promotions?|growth)",
    ),
    _says_unless_negated(
        "pressure",
        -0.5,
        r"work(?:ing|load)? pressure",
        r"(?:long|late|odd) (?:working |work )?hours",
        r"(?:heavy|high|excessive|huge) work-?load",
        r"work-?load is (?:too |very |so )?(?:high|heavy|much)",
        r"(?:office|internal|company|too much) politics",
        r"hectic",
        r"job insecurity",
    ),
    _says(
        "no-balance",
        -0.5,
        rf"(?:no|poor|bad|lack of|less|zero|not {_ANY}{_ANY}) ?{_ANY}(?:work[ -]life balance|job security)",
        r"(?:work[ -]life balance|job security) (?:is|was) (?:not|poor|bad|zero|missing|less|low|lacking)",
    ),
    _says_unless_negated(
        "slighted",
        -0.5,
        rf"(?:{_FEEL}|is|are|be|been|being|get|got|getting) {_ANY}ignored",
        r"under-?valued",
        r"unappreciated",
        r"unheard",
        r"left (?:alone|out)",
        r"let down",
        r"toxic",
        r"unhelpful",
        r"unsupported",
        r"unclear(?! (?:whether|if))",
        r"chaotic",
        r"bureaucratic",
        r"favou?ritism",
    ),
    # Praise in words that a lexicon doesn't know.
    _says(
        "solved",
        0.4,
        rf"(?:fixed|solved|resolved|sorted out) (?:my|our|the|all|every|any|this|that) {_ANY}(?:problems?|issues?|bugs?)",
        r"(?:problems?|issues?|bugs?) (?:was|were|got|is|are) (?:quickly |soon |all )?(?:fixed|solved|resolved|sorted)",
    ),
    _says_unless_negated(
        "gain",
        0.4,
        r"learn(?:ed|t|ing)? (?:a lot|so much|a great deal)",
        r"saves? (?:me|us) (?:\w{1,20} ){0,2}(?:time|hours|work|trouble)",
        r"(?:just|exactly) what (?:i|we) (?:needed|wanted|hoped for)",
        r"keep (?:it up|up the good work)",
    ),
    _says_unless_negated(
        "gratitude",
        0.4,
        r"thank you",
        r"thanks",
        r"thx",
        r"(?<!would )(?:really )?appreciated?",
        r"grateful",
        r"thankful",
    ),
    _says_unless_negated(
        "valued",
        0.5,
        rf"{_FEEL} {_ANY}(?:valued|supported|heard|included|respected|at home|well looked after)",
    ),
    _says_unless_negated(
        "helpful",
        0.5,
        r"helpful",
        r"supportive",
        r"well[ -]organi[sz]ed",
        r"welcoming",
        r"approachable",
        r"(?:went )?smoothly",
    ),
    _says_unless_negated(
        "balance",
        0.3,
        r"work[ -]life balance",
        r"job (?:security|satisfaction)",
        r"flexible (?:working |work )?(?:hours|timings?|schedules?)",
        r"(?:growth|learning|career) opportunities",
    ),
)
"""The rules for English, in the order in which they read."""
