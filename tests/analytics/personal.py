"""A thousand made-up replies in five languages, with and without personal data, for measuring how well it is taken out.

Every name and number is invented: e-mail domains are reserved for examples (RFC 2606), account and card numbers are
made with the right check digits from random ones, addresses of machines come from private ranges.
"""

import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

STAFF: Mapping[str, Sequence[str]] = {
    "en": (
        "William Grant", "Grace Okafor", "Elizabeth Marsh", "Mark Hunter", "Priya Raghavan", "Will Turner",
        "Chinedu Eze", "Siobhán O'Leary", "Thomas Whitcombe", "Joy Adeyemi", "Katherine Blackwood", "Rose Tanaka",
    ),
    "de": (
        "Anna Müller", "Ernst Stark", "Katharina Groß", "Jürgen Schäfer", "Wolfgang Klein", "Ayşe Yıldırım",
        "Max von der Leyen", "Friederike Weiß", "Søren Kjær", "Johannes Lange", "Ulrike Böhm", "Lê Văn Đức",
    ),
    "fr": (
        "Claire Dubois", "Pierre Lefèvre", "Jean-Luc Moreau", "Rose Petit", "Anaïs Beaumont", "Guillaume Roux",
        "Hélène Chevalier", "Mohamed Benali", "Zoé Garnier", "Philippe Legrand",
    ),
    "es": (
        "Francisco Núñez", "Luz Moreno", "José Ibáñez", "Pilar Santos", "Mercedes Quiroga", "Íñigo Echeverría",
        "Sol Bermúdez", "Ignacio Peña", "Guadalupe Reyes", "Ángel Villanueva",
    ),
    "it": (
        "Giuseppe Rossi", "Chiara Conti", "Francesca D'Angelo", "Bruno Longo", "Niccolò Ferrero", "Gioia Monti",
        "Alessandro Bianchi", "Serena Costa", "Vincenzo Esposito", "Luca Grasso",
    ),
}  # fmt: skip

SHORT = {
    "William Grant": "Bill", "Elizabeth Marsh": "Liz", "Thomas Whitcombe": "Tommy", "Katherine Blackwood": "Kate",
    "Katharina Groß": "Kathi", "Wolfgang Klein": "Wolfi", "Friederike Weiß": "Rike", "Johannes Lange": "Hannes",
    "Guillaume Roux": "Guigui", "Philippe Legrand": "Phil", "Francisco Núñez": "Paco", "José Ibáñez": "Pepe",
    "Ignacio Peña": "Nacho", "Guadalupe Reyes": "Lupe", "Giuseppe Rossi": "Beppe", "Vincenzo Esposito": "Enzo",
    "Alessandro Bianchi": "Sandro",
}  # fmt: skip

NAMED: Mapping[str, Sequence[str]] = {
    "en": (
        "I learnt a lot from {who}, who always has time.", "{who} never answers before noon.",
        "Without {who} the team would fall apart.", "Please give {who} a raise!",
        "Ask {who} why the tool was changed.", "It was {who} who shouted in the meeting.",
        "My manager ({who}) listens.", "thanks to {who} for the cake",
    ),
    "de": (
        "Ohne {who} läuft hier nichts.", "{who} hat mich gut eingearbeitet.", "Bitte mehr Zeit mit {who}!",
        "Ich habe {who} dreimal gefragt, ohne Antwort.", "Das Gespräch mit {who} war hilfreich.",
        "Warum entscheidet immer {who} allein?", "danke an {who} für die Hilfe",
    ),
    "fr": (
        "Merci à {who} pour son aide.", "{who} ne répond jamais aux messages.", "Je travaille bien avec {who}.",
        "C'est {who} qui décide de tout.", "Sans {who}, rien n'avance.", "Demandez à {who} pourquoi.",
    ),
    "es": (
        "Gracias a {who} por su ayuda.", "{who} nunca contesta a tiempo.", "Trabajo muy bien con {who}.",
        "Sin {who} nada funciona.", "Fue {who} quien gritó en la reunión.", "Pregunten a {who} por qué.",
    ),
    "it": (
        "Grazie a {who} per l'aiuto.", "{who} non risponde mai in tempo.", "Con {who} si lavora bene.",
        "Senza {who} non funziona niente.", "È stato {who} a decidere tutto.", "Chiedete a {who} perché.",
    ),
}  # fmt: skip

GIVEN: Mapping[str, Sequence[str]] = {
    "en": (
        "You can reach me at {it}.",
        "The payment to {it} failed twice.",
        "it was sent to {it} by mistake",
    ),
    "de": ("Erreichbar bin ich unter {it}.", "Die Überweisung an {it} kam nie an.", "bitte an {it} schicken"),
    "fr": ("On peut me joindre ici : {it}.", "Le virement vers {it} a échoué.", "envoyé par erreur à {it}"),
    "es": ("Me encuentran en {it}.", "El pago a {it} falló dos veces.", "lo mandaron a {it} por error"),
    "it": ("Mi trovate qui: {it}.", "Il bonifico a {it} non è arrivato.", "inviato a {it} per sbaglio"),
}

PLAIN: Mapping[str, Sequence[str]] = {
    "en": (
        "The laptop came on 03.11.2026, two weeks late.", "I will ask again in Q3 2027.", "We met 14 times, 9 of 10 were useful.",
        "version 3.11.2 is slow, 5.0 was better", "A grace period of 30 days would help.", "joy at work, more or less",
        "The shift from 06:00 to 14:30 is too early.", "About 80 % of my day is meetings.", "mark my words: it gets better",
        "Room 4.12 is too small for 12 people.", "ticket 4711 is open since May", "fair pay, fair hours, 24/7 is not",
    ),
    "de": (
        "Der Laptop kam am 03.11.2026, zwei Wochen zu spät.", "Das ist ernst gemeint.", "Ein starkes Team, aber zu klein.",
        "Die Schicht von 06:00 bis 14:30 ist zu früh.", "Rund 80 % des Tages sind Besprechungen.", "lange Wege, kurze Pausen",
        "Raum 4.12 ist zu klein für 12 Leute.", "Ticket 4711 ist seit Mai offen.", "Version 3.11.2 ist langsam.",
        "Wir sind 14 Leute, 9 davon neu.",
    ),
    "fr": (
        "L'ordinateur est arrivé le 03/11/2026.", "La consigne n'est pas claire.", "La première pierre est posée.",
        "Environ 80 % de ma journée en réunions.", "L'équipe de 06:00 à 14:30 est fatiguée.", "un petit effort suffirait",
        "La salle 4.12 est trop petite pour 12 personnes.", "version 3.11.2 trop lente", "le ticket 4711 est ouvert",
    ),
    "es": (
        "El portátil llegó el 03/11/2026.", "Falta luz en la oficina.", "Trabajamos de sol a sol.",
        "El 80 % del día son reuniones.", "El turno de 06:00 a 14:30 es pesado.", "con paz y calma todo sale mejor",
        "La sala 4.12 es pequeña para 12 personas.", "la versión 3.11.2 va lenta", "el ticket 4711 sigue abierto",
    ),
    "it": (
        "Il portatile è arrivato il 03/11/2026.", "La regola non è chiara.", "Più gioia e meno riunioni.",
        "L'80 % della giornata sono riunioni.", "Il turno dalle 06:00 alle 14:30 è pesante.", "i tempi sono troppo lunghi",
        "La sala 4.12 è piccola per 12 persone.", "la versione 3.11.2 è lenta", "il ticket 4711 è aperto",
    ),
}  # fmt: skip

IBAN_LENGTHS = {"DE": 22, "FR": 27, "ES": 24, "IT": 27, "GB": 22}


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply, what of it tells who somebody is, and of what kind that is; plain ones tell nothing."""

    language: str
    text: str
    personal: str = ""
    kind: str = ""


def everybody() -> list[str]:
    """Return the directory that the replies speak of."""
    return [name for names in STAFF.values() for name in names]


def made_up(seed: int, n: int = 1_000) -> list[Reply]:
    """Return ``n`` replies, as many in each language; of five about two name somebody and two give a number away."""
    rng = random.Random(seed)
    languages = [*STAFF]
    made = []
    for number in range(n):
        language = languages[number % len(languages)]
        share = rng.random()
        make = _naming if share < 0.4 else _giving if share < 0.8 else _plain
        made.append(make(language, rng))
    return made


def _naming(language: str, rng: random.Random) -> Reply:
    name = rng.choice(STAFF[language])
    kind, spelled = rng.choice([*_SPELLINGS.items()])
    who = spelled(name)
    return Reply(language, rng.choice(NAMED[language]).format(who=who), who, kind)


def _giving(language: str, rng: random.Random) -> Reply:
    kind, made = rng.choice([*_NUMBERS.items()])
    it = made(rng)
    return Reply(language, rng.choice(GIVEN[language]).format(it=it), it, kind)


def _plain(language: str, rng: random.Random) -> Reply:
    return Reply(language, rng.choice(PLAIN[language]))


def _bare(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def _german(name: str) -> str:
    return name.translate(str.maketrans({"ü": "ue", "ö": "oe", "ä": "ae", "ß": "ss"}))


_SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "full name": lambda name: name,
    "first name": lambda name: name.split()[0],
    "last name": lambda name: name.split()[-1],
    "short form": lambda name: SHORT.get(name, name.split()[0]),
    "capitals": lambda name: name.split()[-1].upper(),
    "without accents": lambda name: _bare(name.split()[-1]),
    "accents spelt out": lambda name: _german(name.split()[-1]),
    "full name in lower case": lambda name: name.lower(),
    "last name first": lambda name: f"{name.split()[-1]}, {name.split()[0]}",
}


def _digits(rng: random.Random, n: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(n))


def _iban(rng: random.Random) -> str:
    country = rng.choice([*IBAN_LENGTHS])
    bank = "".join(rng.choice("ABCDEFGHKLMN") for _ in range(4)) if country == "GB" else ""
    rest = bank + _digits(rng, IBAN_LENGTHS[country] - 4 - len(bank))
    check = 98 - int("".join(str(int(c, 36)) for c in f"{rest}{country}00")) % 97
    plain = f"{country}{check:02d}{rest}"
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4)) if rng.random() < 0.5 else plain


def _card(rng: random.Random) -> str:
    plain = "4" + _digits(rng, 14)
    total = sum(sum(divmod(2 * int(c), 10)) if n % 2 == 0 else int(c) for n, c in enumerate(plain))
    plain += str(-total % 10)
    sign = rng.choice(["", " ", "-"])
    return sign.join(plain[at : at + 4] for at in range(0, 16, 4))


def _phone(rng: random.Random) -> str:
    form = rng.choice(
        [
            "+49 30 {a}{b}",
            "030/{a}{b}",
            "+33 1 {c} {c} {c} {c}",
            "+44 20 7946 0{a}",
            "+39 06 {a} {b}",
            "(555) 0{c}-01{c}",
        ]
    )
    return form.format(a=_digits(rng, 3), b=_digits(rng, 4), c=_digits(rng, 2))


def _mail(rng: random.Random) -> str:
    name = rng.choice(["a.mueller", "kim", "pat_lee", "info+hr", "j.o.hara", "x99"])
    return f"{name}@{rng.choice(['example.com', 'mail.example.org', 'firma.example'])}"


_NUMBERS: Mapping[str, Callable[[random.Random], str]] = {
    "e-mail": _mail,
    "phone": _phone,
    "IBAN": _iban,
    "card": _card,
    "machine": lambda rng: f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}",
    "link": lambda rng: f"https://intra.example/{_digits(rng, 3)}",
    "file": lambda rng: rng.choice(
        [r"C:\Users\kim\plan.xlsx", r"\\server\share\pay.csv", "/home/kim/notes.txt"]
    ),
    "chat mention": lambda rng: rng.choice(["<@U02ABCDEF9>", "<at>Kim Lee</at>", "@kim.lee"]),
    "number of staff": lambda rng: _digits(rng, 7),
    "money": lambda rng: rng.choice([f"{_digits(rng, 2)}.500 €", "$4,200", "EUR 3 100", "52k €"]),
}
