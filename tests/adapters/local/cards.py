"""Cards as the bot makes them, for the page to show: every element, and words that try to be markup."""

from analytics.chart import Chart as ChartData
from analytics.chart import Marker, Point, Series
from bot.talk.cards import (
    Action,
    Ask,
    Button,
    Buttons,
    Card,
    Chart,
    Fact,
    Facts,
    Note,
    Table,
    Text,
)
from surveys.formats import Choice, FreeText, Option, Scale
from surveys.scales import AGREEMENT, SATISFACTION

MADE_UP = Note("Made-up data.")
HUMAN = Button("A person", Action("human.ask"))


def scale(labels: tuple[str, ...]) -> Scale:
    options = tuple(Option(str(number), label) for number, label in enumerate(labels, 1))
    return Scale(options, labels[0], labels[-1])


RECOMMEND = Scale(tuple(Option(str(n), str(n)) for n in range(11)), "Not at all likely", "Extremely likely")


def invitation(wave: str = "12") -> Card:
    return Card(
        "Two questions, about 30 seconds",
        (
            Text("Open until Friday 17:00. Your answers are stored without your name."),
            Ask(
                "satisfaction",
                "All in all, how satisfied are you with your work these two weeks?",
                scale(SATISFACTION["en"]),
                tap=Action("pulse.tap", wave),
            ),
            Buttons(
                (
                    Button("Not this time", Action("pulse.skip", wave)),
                    Button("Why me?", Action("why", wave)),
                    HUMAN,
                )
            ),
            Note(
                "Until the close a key lets you change your answers; whoever runs this server could misuse it. "
                "Then it is destroyed. Results appear only from 5 answers up."
            ),
            MADE_UP,
        ),
        "A short survey is open until Friday 17:00.",
    )


def einladung(wave: str = "12") -> Card:
    return Card(
        "Zwei Fragen, etwa 30 Sekunden",
        (
            Text("Offen bis Freitag 17:00. Deine Antworten liegen ohne Namen vor."),
            Ask(
                "satisfaction",
                "Wie zufrieden warst du in den letzten zwei Wochen alles in allem mit deiner Arbeit?",
                scale(SATISFACTION["de"]),
                tap=Action("pulse.tap", wave),
            ),
            Buttons(
                (
                    Button("Diesmal nicht", Action("pulse.skip", wave)),
                    Button("Warum ich?", Action("why", wave)),
                    Button("Mensch", Action("human.ask")),
                )
            ),
            MADE_UP,
        ),
        "Eine kurze Umfrage ist bis Freitag 17:00 offen.",
    )


def receipt(wave: str = "12") -> Card:
    return Card(
        "Saved",
        (
            Text("You answered. You can change it until Friday 17:00."),
            Text(
                "On 7 December you'll see the result here, and what Ana Ruiz will do about it, or why not. "
                "Neither HR nor your manager gets a list of who answered."
            ),
            Buttons((Button("Change answers", Action("pulse.change", wave)),)),
            MADE_UP,
        ),
        "Saved. You can change your answers until Friday 17:00.",
    )


def form(wave: str = "12") -> Card:
    return Card(
        "One more, and a comment if you like",
        (
            Ask(
                "tools",
                "I have the tools that I need to do my work well.",
                scale(AGREEMENT["en"]),
                hint="Skip it if it does not fit.",
            ),
            Ask(
                "topic",
                "What should change first?",
                Choice(
                    (
                        Option("workload", "Workload"),
                        Option("tools", "Tools"),
                        Option("meetings", "Meetings"),
                        Option("decline", "Prefer not to say"),
                    )
                ),
            ),
            Ask(
                "comment",
                "Anything you want to add?",
                FreeText(500),
                hint="Please name no one. Comments are shown from 10 answers up.",
            ),
            Note("Stored without your name, like the first answer."),
        ),
        "One more question and an optional comment.",
        submit=Button("Save answers", Action("pulse.send", wave), style="primary"),
    )


def why() -> Card:
    return Card(
        "Why you",
        (Text("Drawn by lot from 84 people; the same two questions go to everybody this time."),),
        "Why you were asked.",
    )


SUPPORT = (61, 64, 60, 63, 62, 65, 69, 73, None, 75, 77, 78)
OTHERS = (63, 65, 62, 64, 63, 64, 65, 65, 66, 64, 66, 65)
MONTHS = ("Dec 2025", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov 2026")


def chart() -> Chart:
    return Chart(
        ChartData(
            question="Did satisfaction in Support rise after ticket routing?",
            x_labels=MONTHS,
            series=(
                Series(
                    "Support",
                    tuple(None if v is None else Point(v, v - 6, v + 5) for v in SUPPORT),
                    emphasised=True,
                ),
                Series("six other departments", tuple(Point(v, v - 2, v + 2) for v in OTHERS)),
            ),
            unit="% favourable",
            marker=Marker(5, "ticket routing starts"),
            notes=("August is withheld to protect people.",),
        ),
        "Support rose from 62 to 78 % favourable after ticket routing; six other departments stayed near 65 %.",
    )


def report() -> Card:
    return Card(
        "Support, since ticket routing",
        (
            Text("Grade B (A–D): an estimate with caveats, against 6 other departments.", lead=True),
            Facts(
                (
                    Fact("Satisfaction", "+6 points", "95 % range +1 to +11"),
                    Fact("Resignations", "6, about 8 expected", "chance can explain that"),
                    Fact(
                        "Money a year",
                        "−€8,000 to +€31,000",
                        "5–95 %; 78 % likely to pay, if these inputs are right",
                    ),
                )
            ),
            chart(),
            Buttons(
                (
                    Button("What this doesn't show", Action("report.limits", "7"), style="primary"),
                    Button("Why B?", Action("report.grade", "7")),
                    Button("Inputs", Action("report.inputs", "7")),
                    HUMAN,
                )
            ),
            Note("18 people, 6 months after, 6 before. One month withheld to protect people."),
            MADE_UP,
        ),
        "Support, since ticket routing: satisfaction +6 points, 95 % range +1 to +11.",
    )


def refusal() -> Card:
    return Card(
        "Too small to tell",
        (
            Text(
                "In a team of 7, one resignation more or less is chance; no honest method can see an effect.",
                lead=True,
            ),
            Table(
                "What stands without an effect",
                ("What", "A year", "Pays from"),
                (
                    ("Cost of the tool", "€6,000", "29 saved hours a month (counted at half)"),
                    ("A resignation", "€10,080", "0.6 avoided a year"),
                ),
            ),
            Buttons(
                (
                    Button("Count hours", Action("report.hours", "8"), style="primary"),
                    Button("Team talk guide", Action("report.guide", "8")),
                    Button("Whole company", Action("report.company", "8")),
                )
            ),
            MADE_UP,
        ),
        "Too small to tell; cost and break-even stand.",
    )


def welcome() -> Card:
    return Card(
        "Welcome to Nordwind, Tomás",
        (
            Text("I'm Rapport, a bot. Today, three things:", lead=True),
            Table(
                "Today",
                ("When", "What"),
                (
                    ("09:30", "Coffee with Ingrid Solberg, your buddy"),
                    ("11:00", "Laptop and badge, at reception"),
                    ("14:00", "First look at the team board, with Marc Boyer"),
                ),
            ),
            Text("The rest can wait. Marc and HR see which tasks are done; anything more, I tell you first."),
            Buttons(
                (
                    Button("Done", Action("step.done", "1"), style="primary"),
                    Button("Ask Ingrid", Action("step.ask", "1")),
                    HUMAN,
                )
            ),
            MADE_UP,
        ),
        "Welcome. Three things for today.",
    )


def hostile() -> Card:
    return Card(
        "**Bold** <b>hello</b> <!channel>",
        (
            Text("<img src=x onerror=alert(1)> [link](javascript:alert(1)) <@U123> \u202eright to left"),
            Note("<script>document.title = 'taken'</script>"),
        ),
        "<!channel> hello",
    )


def everything() -> Card:
    """Every element kind and response format once; the golden file shows how it is rendered."""
    return Card(
        "Everything once",
        (
            Text("The most useful line.", lead=True),
            Text("A paragraph."),
            Facts((Fact("Resignations", "6", "about 8 expected"), Fact("Cost", "€6,000"))),
            Ask("r", "How likely?", RECOMMEND, tap=Action("tap", "1:2")),
            Ask("c", "Which one?", Choice((Option("a", "A"), Option("b", "B"))), value="b"),
            Ask("t", "Why?", FreeText(200), hint="Name no one."),
            Buttons((Button("Go", Action("go", "1"), "primary"), Button("Delete", Action("del"), "danger"))),
            Chart(
                ChartData(
                    "Did it rise?",
                    ("Q1", "Q2", "Q3"),
                    (Series("Support", (Point(1.5, 1.0, 2.0), None, Point(3)), emphasised=True),),
                    "points",
                    Marker(1, "start"),
                    zero_line=True,
                    notes=("Q2 is withheld.",),
                ),
                "It rose.",
            ),
            Table("Sizes", ("Team", "n"), (("Support", "18"), ("<b>", "7"))),
            Note("Made-up data."),
        ),
        "Everything once, in one card.",
        submit=Button("Send", Action("send", "1"), "primary"),
    )
