"""What simulated people write, in their languages: invented, short, about work and never about a person."""

from collections.abc import Mapping

COMMENTS: Mapping[str, Mapping[bool, tuple[str, ...]]] = {
    "en": {
        True: (
            "The handover between shifts has become much better.",
            "Good team, I like how we help each other.",
            "Colleagues took a lot of time when I was new to the topic.",
            "The new desk set-up is comfortable, thank you.",
            "I can plan my week now, that helps a lot.",
            "Clear priorities for once, and it shows.",
        ),
        False: (
            "Too many meetings in the mornings; it is hard to get real work done.",
            "The tools are slow again and nobody tells us why.",
            "I would like to know what is planned for next year.",
            "The workload was heavy these two weeks.",
            "Priorities change too often.",
            "We hear about changes after they have happened.",
        ),
    },
    "de": {
        True: (
            "Die Übergaben klappen inzwischen viel besser.",
            "Gutes Team, wir helfen einander.",
            "Die Einarbeitung war gründlich und freundlich.",
            "Ich kann meine Woche endlich planen.",
            "Die neuen Bildschirme sind angenehm.",
            "Endlich sind die Prioritäten klar.",
        ),
        False: (
            "Zu viele Besprechungen am Vormittag.",
            "Die Programme sind wieder langsam, und niemand sagt, warum.",
            "Die Arbeitsmenge war in diesen zwei Wochen hoch.",
            "Die Ziele wechseln zu oft.",
            "Ich wüsste gern, was für nächstes Jahr geplant ist.",
            "Von Änderungen erfahren wir erst hinterher.",
        ),
    },
}
"""By language, then by whether the mood is good."""
