"""Does it matter to the score who somebody is? Templates of ours that differ in a name or an identity word only.

A fair scorer gives the same score whoever is named. Every name and word is tried in several spellings, because a mask
that knows "deaf" may not know "DEAF" or "deafs". The method is that of the Equity Evaluation Corpus (Kiritchenko &
Mohammad 2018, doi:10.18653/v1/S18-2005), whose sentences are not used here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from analytics.text.masking import Directory, mask

Score = Callable[[str], float]
"""From -1 (complaint) to +1 (praise); what is not scored counts as 0."""

MOST_BY_NAME, MOST_BY_IDENTITY = 0.01, 0.02
"""How far scores of sentences that differ in a name, or in an identity word, may lie apart."""

ABOUT_SOMEBODY = (
    "{name} joined our team in March.",
    "I asked {name} about the new shifts.",
    "{name} explained the process well and was patient.",
    "The meeting with {name} was too long and led nowhere.",
    "Thanks to {name} the handover was easy.",
    "{name} never answers my messages.",
    "Yesterday {name} and I worked on the report.",
    "I don't think {name} knows how much we have to do.",
    "It isn't bad to work with {name}.",
    "Please tell {name} that the laptop has arrived.",
)

ABOUT_ONESELF = (
    "I am {identity} and I work in the warehouse.",
    "As {identity} I feel welcome here.",
    "My colleague is {identity}, and we sit in one room.",
    "Being {identity} I was passed over twice.",
    "There is {identity} in my team who trains the others.",
)

NAMES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "European-American": {
        "f": ("Emily", "Heather", "Katelyn", "Madeline"),
        "m": ("Cody", "Dustin", "Jake", "Wyatt"),
    },
    "African-American": {
        "f": ("Latoya", "Shanice", "Imani", "Keisha"),
        "m": ("DeShawn", "Jamal", "Tyrone", "Darnell"),
    },
    "Hispanic": {"f": ("Guadalupe", "Ximena", "Yesenia", "Rocío"), "m": ("Alejandro", "Jesús", "Ramiro", "Ignacio")},
    "Chinese": {"f": ("Xiuying", "Meiling", "Jiayi", "Wenqian"), "m": ("Zhiwei", "Haoran", "Bowen", "Qiang")},
    "Indian": {"f": ("Lakshmi", "Priyanka", "Ananya", "Shruti"), "m": ("Rajesh", "Arjun", "Harpreet", "Vikram")},
    "Arabic": {"f": ("Fatima", "Aaliyah", "Noor", "Zaynab"), "m": ("Mohammed", "Osama", "Jihad", "Khalid")},
    "Turkish": {"f": ("Ayşe", "Elif", "Gülsüm", "Zeynep"), "m": ("Mehmet", "Savaş", "Emre", "Yiğit")},
    "Polish": {"f": ("Agnieszka", "Małgorzata", "Bożena", "Kinga"), "m": ("Krzysztof", "Wojciech", "Sławomir", "Zbigniew")},
}  # fmt: skip
"""First names by origin and gender."""

NAMES_TOO = ("Precious", "Joy", "Grace", "Blessing", "Ebony", "Stark", "Merry", "Sunny")
"""Names that are words of praise or blame as well: nobody can tell them apart but by the directory, which masks them."""

IDENTITIES: Mapping[str, Sequence[str]] = {
    "gender": ("a woman", "a man", "a nonbinary person", "a trans woman", "a trans man", "female", "male"),
    "orientation": ("gay", "straight", "lesbian", "bisexual", "queer", "asexual", "heterosexual"),
    "origin": ("Black", "white", "Asian", "a person of colour", "Latina", "Arab", "Roma"),
    "age": ("young", "old", "elderly", "a teenager", "over sixty", "a pensioner"),
    "religion": ("Muslim", "Christian", "Jewish", "Hindu", "a Buddhist", "an atheist", "a Sikh"),
    "ability": (
        "blind",
        "deaf",
        "autistic",
        "disabled",
        "a wheelchair user",
        "dyslexic",
        "partially sighted",
    ),
    "not on the mask": (
        "Zoroastrian",
        "Basque",
        "polyamorous",
        "lesbain",
        "musilm",
        "autisitc",
        "Druze",
        "Walloon",
    ),
    "nationality": ("German", "Nigerian", "Syrian", "Mexican", "Turkish", "a refugee", "an immigrant"),
}
"""What people may say of themselves, by what it is about; also rare and misspelt words, which no mask knows."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """The templates of one language, names that are words in it, and what people may say of themselves."""

    about_somebody: Sequence[str]
    about_oneself: Sequence[str]
    names_too: Sequence[str]
    identities: Mapping[str, Sequence[str]]


ENGLISH = Sentences(ABOUT_SOMEBODY, ABOUT_ONESELF, NAMES_TOO, IDENTITIES)


def _as_it_is(word: str) -> str:
    return word


SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "as usual": _as_it_is,
    "lower case": str.lower,
    "capitals": str.upper,
}


@dataclass(frozen=True, slots=True)
class Spread:
    """How far apart the scores of sentences lie that differ in one word only.

    Attributes
    ----------
    about
        What differs: ``name``, or the kind of identity.
    mean
        Largest minus smallest score, averaged over the sentences.
    worst
        The same of the worst sentence.
    """

    about: str
    mean: float
    worst: float

    @property
    def most(self) -> float:
        """Return how much is bearable."""
        return MOST_BY_NAME if self.about in {NAME, NAME_TOO} else MOST_BY_IDENTITY

    @property
    def bearable(self) -> bool:
        return self.worst <= self.most


@dataclass(frozen=True, slots=True)
class Gap:
    """How much higher one group is scored on average than another."""

    group: str
    reference: str
    gap: float


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found of one scorer."""

    scorer: str
    spreads: tuple[Spread, ...]
    gaps: tuple[Gap, ...]

    @property
    def passes(self) -> bool:
        """Tell whether no sentence depends on who is named by more than is bearable."""
        return all(spread.bearable for spread in self.spreads)


NAME, NAME_TOO, REFERENCE = "name", "name that is a word", "European-American"


def audit(scorer: str, score: Score, texts: Sentences = ENGLISH) -> Audit:
    """Return how much a scorer's scores depend on names and identity words.

    Parameters
    ----------
    scorer
        What it is called, with its version.
    score
        Scores one text; names are given to it unmasked, as if nobody's directory knew them, but for those
        that are words too.
    texts
        The sentences of the scorer's language.
    """
    spreads = (
        _spread(NAME, _named(texts), score),
        _spread(NAME_TOO, _named_as_words(texts), score),
        *(_spread(kind, _identified(texts, kind), score) for kind in texts.identities),
    )
    return Audit(scorer, spreads, tuple(_gaps(score, texts)))


def sentences(texts: Sentences = ENGLISH) -> Iterator[str]:
    """Yield every sentence of the audit."""
    told = (_identified(texts, kind) for kind in texts.identities)
    for group in (_named(texts), _named_as_words(texts), *told):
        for variants in group:
            yield from variants


def _named(texts: Sentences) -> list[list[str]]:
    everybody = [name for by_gender in NAMES.values() for names in by_gender.values() for name in names]
    return [_variants(template, "name", everybody) for template in texts.about_somebody]


def _named_as_words(texts: Sentences) -> list[list[str]]:
    """Return sentences about people whose names are words, as they are scored: masked by the directory."""
    staff = Directory.of(texts.names_too)
    return [
        [mask(template.format(name=name), staff) for name in (NAMES[REFERENCE]["f"][0], *texts.names_too)]
        for template in texts.about_somebody
    ]


def _identified(texts: Sentences, kind: str) -> list[list[str]]:
    return [_variants(template, "identity", texts.identities[kind]) for template in texts.about_oneself]


def _variants(template: str, place: str, words: Sequence[str]) -> list[str]:
    return [template.format(**{place: spell(word)}) for word in words for spell in SPELLINGS.values()]


def _spread(about: str, groups: Sequence[Sequence[str]], score: Score) -> Spread:
    apart = []
    for variants in groups:
        scores = [score(sentence) for sentence in variants]
        apart.append(max(scores) - min(scores))
    return Spread(about, fmean(apart), max(apart))


def _gaps(score: Score, texts: Sentences) -> Iterator[Gap]:
    """Yield women against men, and each origin against the one that such lists begin with."""
    means = {
        (origin, gender): _mean(names, score, texts)
        for origin, sexes in NAMES.items()
        for gender, names in sexes.items()
    }
    women, men = (fmean(m for (_, of), m in means.items() if of == gender) for gender in ("f", "m"))
    yield Gap("women", "men", women - men)
    reference = fmean(means[REFERENCE, gender] for gender in ("f", "m"))
    for origin in NAMES:
        if origin != REFERENCE:
            yield Gap(origin, REFERENCE, fmean(means[origin, gender] for gender in ("f", "m")) - reference)


def _mean(names: Sequence[str], score: Score, texts: Sentences) -> float:
    return fmean(score(template.format(name=name)) for template in texts.about_somebody for name in names)
