"""Who somebody is carries no tone: identity words are taken out before a reply is scored.

Lexicons score such words (TextBlob gives "I am gay" +0.42, "black" -0.17, "blind" -0.45), so groups would be read
as happier or unhappier for naming themselves. The mask is for scoring only; no stored text is changed by it.
"""

import re

from analytics.text.masking import PERSON

_TERMS = """
gay gays lesbian lesbians bi bisexual homosexual heterosexual straight queer trans transgender transsexual nonbinary
non-binary intersex asexual pansexual lgbt lgbtq lgbtqi
woman women man men female females male males girl girls boy boys lady ladies gentleman gentlemen
black white brown asian african american european latino latina latinx hispanic arab arabic indian pakistani bangladeshi
chinese japanese korean vietnamese filipino thai turkish kurdish iranian iraqi afghan syrian lebanese israeli egyptian
moroccan nigerian ghanaian kenyan somali ethiopian german austrian swiss french italian spanish portuguese brazilian
mexican polish czech slovak hungarian romanian bulgarian greek russian ukrainian british english scottish irish welsh
dutch belgian danish swedish norwegian finnish canadian australian roma sinti gypsy caucasian ethnic indigenous native
foreign foreigner foreigners immigrant immigrants migrant migrants refugee refugees expat expats
muslim muslims christian christians catholic protestant orthodox jewish jew jews hindu hindus buddhist sikh atheist
religious
disabled disability handicapped blind deaf deafblind mute autistic autism neurodivergent neurodiverse adhd dyslexic
bipolar depressive epileptic diabetic amputee wheelchair paraplegic
old older elderly young younger teenager teenagers pensioner pensioners boomer boomers
mother mothers father fathers mum mom dad parent parents single pregnant widow widowed widower divorced married
childless grandmother grandmothers grandfather grandfathers grandparent grandparents daughter daughters son sons wife
wives husband husbands girlfriend boyfriend samoan tongan hawaiian maori aboriginal inuit cherokee jain jains quaker
quakers mormon mormons sunni shia baptist evangelical two-spirit left-handed right-handed genderfluid genderqueer
cisgender cis feminine masculine ethnicity
"""
_PHRASES = (
    "partially sighted",
    "visually impaired",
    "hard of hearing",
    "hearing impaired",
    "mentally ill",
    "chronically ill",
    "person of color",
    "person of colour",
    "people of color",
    "people of colour",
    *(f"over {age}" for age in ("forty", "fifty", "sixty", "40", "50", "55", "60")),
)
_HEADS = "person|persons|people|user|users|colleague|colleagues|employee|employees|worker|workers"
"""What such a word may stand before; it says no more than the word itself."""
_WORDS = frozenset(_TERMS.split())
_TELLING = _WORDS | {phrase.split()[-1] for phrase in _PHRASES}
"""Without any of these a text holds no identity, and need not be searched."""
_WORD = re.compile(r"[a-z0-9]+(?:-[a-z]+)?")
_TERM = rf"\b(?:{'|'.join(sorted(map(re.escape, (*_PHRASES, *_WORDS)), key=len, reverse=True))})\b"
_IDENTITY = re.compile(rf"(?:\b(?:a|an) )?{_TERM}(?: {_TERM}){{0,5}}(?: (?:{_HEADS})\b)?", re.IGNORECASE)


def mask_identities(text: str) -> str:
    """Return English text with each identity, its article included, replaced by the same token: ‹person›.

    One token for "a gay woman" as for "old": not even the length of a reply tells.
    """
    spoken = _WORD.findall(text.lower())
    if _TELLING.isdisjoint(spoken) and _TELLING.isdisjoint("-".join(spoken).split("-")):
        return text
    return _IDENTITY.sub(PERSON, text)
