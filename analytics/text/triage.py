"""Signs in a reply that its author might want help: reason to show help to the author, and to nobody else.

This detects nobody and promises nothing. Fewer than half of such replies are recognised (`docs/methods/text.md`), so
help stands beside every question anyway; a sign only puts it in front. What is found is never stored with an
anonymous answer, never counted and never shown to a manager.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from analytics.text.normalise import clean


class Sign(StrEnum):
    """What a reply may be a sign of."""

    SELF_HARM = "self_harm"
    THREAT = "threat"
    HARASSMENT = "harassment"
    BURNOUT = "burnout"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is read as a sign, and what looks like it and is none."""

    found: re.Pattern[str]
    spared: re.Pattern[str]


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(patterns) + r")(?!\w)", re.IGNORECASE)


_I = r"(?:i|we)(?:'m|'ve|'d)?"
_SOMEONE = (
    r"(?:him|her|them|someone|somebody|everyone|everybody|you all|my (?:boss|manager|colleagues?|team))"
)
_JEMAND = r"(?:ihn|sie|euch|den chef|die chefin|alle|jemanden)"

RULES: Mapping[Sign, _Rule] = MappingProxyType(
    {
        Sign.SELF_HARM: _Rule(
            _any_of(
                r"kill(?:ing)? my ?self",
                r"suicid\w+",
                r"(?:end|ending|take|taking) my (?:own )?life",
                r"end it all",
                r"(?:want|wanna|wish|like|rather|going) (?:to )?(?:die|be dead|not (?:be alive|wake up|exist))",
                r"(?:wish|wished) (?:i|that i) (?:was|were) dead",
                r"(?:don'?t|do not) want to (?:live|be alive|exist|wake up|be here) any ?more",
                r"(?:hurt|hurting|harm|harming|cut|cutting) my ?self",
                r"self[- ]?harm\w*",
                r"no (?:reason|point) (?:to|in) (?:live|living|go on|going on)",
                r"(?:better|happier|easier) (?:off )?(?:without me|if i (?:was|were) (?:gone|dead|not here))",
                r"(?:can'?t|cannot) go on (?:living|like this any ?more)",
                r"(?:mich|mir) (?:selbst )?(?:um(?:zu)?bringen|das leben (?:zu )?nehmen|etwas an(?:zu)?tun)",
                r"(?:bringe|brächte) mich um",
                r"suizid\w*",
                r"selbstmord\w*",
                r"(?:will|möchte|mag) nicht mehr (?:leben|aufwachen|da sein)",
                r"(?:wäre|bin) (?:ich )?(?:lieber|besser) tot",
                r"(?:ohne mich|wenn ich weg wäre) (?:ging|geht|wäre) es \w+ besser",
                r"mich (?:selbst )?(?:verletzen|ritzen)",
                r"keinen (?:sinn|grund) mehr (?:zu leben|im leben)",
            ),
            _any_of(
                r"suicid\w+ (?:prevention|hotline|squad|mission|burn)",
                r"career suicide",
                r"political suicide",
                r"dying to know",
                r"(?:hurt|cut) myself (?:on|with|at|shaving|cooking)",
                r"(?:want to|wanna) die (?:laughing|of laughter|of embarrassment)",
            ),
        ),
        Sign.THREAT: _Rule(
            _any_of(
                rf"{_I}(?: will|'ll| am going to| gonna| could| want to|'m going to|'m gonna) (?:kill|shoot|stab|strangle|beat up|hurt) {_SOMEONE}",
                r"(?:bring|bringing) (?:a|my) (?:gun|knife|weapon) (?:to|into) (?:work|the office)",
                r"(?:shoot|blow|burn) (?:up|down)? ?(?:the|this) (?:place|office|building|company)",
                r"(?:he|she|they|boss|manager|colleague|supervisor) (?:has |have )?threaten(?:ed|s|ing) (?:me|us)",
                r"(?:i|we) (?:was|were|have been|am|are|got) (?:being )?threatened",
                r"(?:afraid|scared) (?:he|she|they) (?:will|might|could) (?:hurt|hit|kill|attack) (?:me|us)",
                rf"(?:bringe|schlage|mache|steche) (?:ich )?{_JEMAND} (?:um|tot|kalt|ab|nieder)",
                rf"{_JEMAND} (?:umbringen|abstechen|erschießen|totschlagen|niederschlagen)",
                r"(?:hat|haben) (?:mich|uns) bedroht",
                r"(?:werde|wurde|wurden) (?:ich |wir )?(?:von \w+ )?bedroht",
                r"(?:mit|eine|einer) (?:waffe|pistole|messer) (?:zur|in die|ins) (?:arbeit|firma|büro)",
            ),
            _any_of(r"threatened species", r"killing it"),
        ),
        Sign.HARASSMENT: _Rule(
            _any_of(
                r"harass(?:ed|es|ing|ment)?",
                r"(?:is|are|was|were|been|being|get|gets|got) bull(?:ied|ying)",
                r"bull(?:ies|ied|ying) (?:me|us|people|colleagues|staff|new|others)",
                r"(?:groped?|groping|fondled?) (?:me|her|us)",
                r"(?:touch(?:ed|es|ing)?|grab(?:bed|s|bing)?|put (?:his|her) hands?)(?: me| us| on my| my)(?: \w+)? ?(?:inappropriately|without|against|knee|leg|breast|butt|bottom|thigh)?",
                r"sexual(?:ly)? (?:harass\w+|assault\w*|abuse\w*|comments?|jokes?|advances?|remarks?)",
                r"(?:unwanted|unwelcome) (?:touch\w*|advances?|attention|comments?)",
                r"racist (?:jokes?|comments?|remarks?|slurs?|insults?)",
                r"sexist (?:jokes?|comments?|remarks?)",
                r"homophobic (?:jokes?|comments?|remarks?|slurs?)",
                r"(?:called|calls|calling) me (?:a |an )?(?:slut|bitch|whore|idiot|stupid|useless|retard\w*)",
                r"(?:humiliat(?:ed|es|ing)) (?:me|us|in front of)",
                r"(?:i|we) (?:am|are|was|were|feel|get|got) (?:\w+ )?(?:humiliated|mobbed|stalked)",
                r"belästig(?:t|en|te|ten|ung|ungen)",
                r"(?:werde|wurde|werden|wurden|wird) (?:\w+ ){0,3}(?:gemobbt|schikaniert|gedemütigt|begrapscht)",
                r"(?:mobbt|mobben|schikaniert|schikanieren|demütigt|demütigen|begrapscht) (?:mich|uns|kolleg\w+|leute|andere)",
                r"mobbing",
                r"(?:fasst|fasste|hat) mich (?:\w+ ){0,2}(?:an|angefasst|angegrapscht|begrapscht)",
                r"sexuell\w* (?:übergriff\w*|anspielung\w*|kommentar\w*|bemerkung\w*|witz\w*)",
                r"rassistisch\w* (?:witz\w*|kommentar\w*|bemerkung\w*|sprüch\w*|beleidig\w*)",
                r"sexistisch\w* (?:witz\w*|kommentar\w*|bemerkung\w*|sprüch\w*)",
            ),
            _any_of(
                r"(?:no|without|zero|never any|free (?:of|from)|anti[- ]?|prevent\w*|against|policy on|policies on|training on) (?:\w+ ){0,3}(?:harass\w+|bully\w*)",
                r"harassment[- ](?:free|policy|training|prevention)",
                r"zero[- ]tolerance (?:\w+ ){0,4}harass\w+",
                r"(?:kein\w*|ohne|gegen|null|frei von|anti-?) ?(?:\w+ ){0,3}(?:belästigung\w*|mobbing)",
                r"mobbing ist (?:hier )?kein thema",
                r"(?:touched|touches|touching) my (?:heart|code|files?|desk|work|computer|laptop)",
            ),
        ),
        Sign.BURNOUT: _Rule(
            _any_of(
                r"burn(?:ed|t|ing)?[- ]?out",
                r"(?:completely|totally|utterly|mentally|emotionally|physically) (?:exhausted|drained)",
                r"(?:nervous|mental|emotional) breakdown\w*",
                r"(?:cry|crying|cried) (?:at work|every (?:day|night|morning)|myself to sleep|in the (?:toilet|bathroom|restroom|car)|before work|after work)",
                r"panic attacks?",
                r"(?:can'?t|cannot|unable to|don'?t) sleep (?:because of|due to|any ?more|at night|for weeks)",
                r"(?:on the|at the|to the) (?:verge|edge|brink|point) of (?:a )?(?:breakdown|burn ?out|collapse)",
                r"(?:at|past|near) (?:my )?(?:breaking|my breaking) point",
                r"(?:can'?t|cannot) (?:cope|take it|do this|take this) any ?more",
                r"(?:feel|feeling|i'm|i am) (?:so )?(?:hopeless|depressed|numb)",
                r"(?:work|job|stress|pressure) (?:is )?(?:making me (?:ill|sick)|destroying (?:me|my health)|killing me)",
                r"ausgebrannt",
                r"burn-?out",
                r"(?:völlig|total|komplett|am ende|nur noch) (?:erschöpft|ausgelaugt|fertig)",
                r"(?:nervlich|psychisch|seelisch|körperlich) am ende",
                r"(?:nerven|körperlicher|psychischer)?zusammenbruch",
                r"panikattacken?",
                r"(?:weine|heule) (?:ich )?(?:jeden|auf der|nach der|vor der|nachts|jede)",
                r"(?:kann|schlafe) (?:ich )?(?:seit \w+ )?nicht mehr (?:schlafen|abschalten)",
                r"(?:halte|schaffe|packe) (?:ich )?(?:das|es) (?:alles )?nicht mehr",
                r"(?:arbeit|job|stress|druck) (?:macht|machen) mich (?:krank|kaputt|fertig)",
                r"(?:bin|fühle mich) (?:\w+ )?(?:hoffnungslos|depressiv)",
            ),
            _any_of(
                r"(?:prevent\w*|avoid\w*|against|without|no|help\w* with|talk\w* about|training on|workshop on|support for) (?:\w+ ){0,2}(?:burn(?:ed|t|ing)?[- ]?out|breakdowns?|panic attacks?)",
                r"(?:gegen|ohne|kein\w*|vor|zum thema|vorbeug\w*) (?:\w+ ){0,2}(?:burn-?out|zusammenbruch|panikattacken?)",
                r"burn-?out-?(?:prävention|vorsorge|beratung)",
                r"burndown",
            ),
        ),
    }
)


def signs(text: str) -> frozenset[Sign]:
    """Return what a reply may be a sign of; the first 2,000 characters are read, in English and German.

    Pure: nothing is kept. Praise of a workplace *free of* something is no sign of it.
    """
    said = clean(text)
    return frozenset(sign for sign, rule in RULES.items() if rule.found.search(rule.spared.sub(" . ", said)))
