"""Who somebody is carries no tone: identity words are taken out before a reply is scored.

Lexicons score such words (TextBlob gives "I am gay" +0.42, "black" -0.17, "blind" -0.45), so groups would be read
as happier or unhappier for naming themselves. The mask is for scoring only; no stored text is changed by it.
"""

import re

NEUTRAL = "a colleague"

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
childless
"""
_PHRASES = (
    "partially sighted",
    "visually impaired",
    "hard of hearing",
    "hearing impaired",
    "mentally ill",
    "chronically ill",
    "of color",
    "of colour",
)
_IDENTITY = re.compile(
    rf"\b(?:{'|'.join(sorted(map(re.escape, (*_PHRASES, *_TERMS.split())), key=len, reverse=True))})\b",
    re.IGNORECASE,
)


def mask_identities(text: str) -> str:
    """Return English text with each identity word replaced by the same neutral words."""
    return _IDENTITY.sub(NEUTRAL, text)
