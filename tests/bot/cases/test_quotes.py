"""Quotes from the form to HR: who is asked, what is kept, who sees it, what a judgement does, when it is forgotten."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from analytics.text import themes
from bot.cases import model_report, quoting, surveys
from bot.store import quotes, vault
from bot.store.store import Store
from bot.store.tables import Quote
from bot.talk.cards import Action, Card, Table
from bot.talk.events import Invalid, OpenForm, Private, Replace
from tests.bot.cases.welcoming import Company, faults, fields, offered, shown, text
from tests.canary import WORD
from tests.fakes import FakeClock

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PAY, LOW, FOOD = "the pay is bad for this work", "the pay is bad and too low", "good food in the canteen"
NOTHING = "it is what it is, really"
SHOWN = {"The pay is bad for this work.", "The pay is bad and too low.", "Good food in the canteen."}
IN_WORDS = "In people's words"


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(MONDAY)
    return Company(store, clock)


@pytest.fixture
def hr(company: Company) -> int:
    number = company.has("People", 1)[0]
    company.store.write(lambda unit: unit.people.grant(number, "hr_admin", unit.now))
    return number


def asked(company: Company, people: int = 40) -> list[int]:
    """Open a pulse for a department."""
    found = company.has("Support", people, head=True)
    company.runs(owner=found[0])
    company.opens()
    return found


def says(company: Company, person: int, comment: str, choice: str = "") -> None:
    company.answers(person, job_satisfaction="4", pulse_comment=comment, pulse_comment_quote=choice)


def closes(company: Company) -> None:
    company.clock.move_to(company.wave().closes_at + timedelta(minutes=1))
    company.closes()


def fielded(company: Company, *said: tuple[int, str, str], people: int = 40) -> list[int]:
    """Let so many people say something with a choice each, one after the other, and close."""
    found = asked(company, people)
    everybody = iter(found)
    for times, comment, choice in said:
        for _ in range(times):
            says(company, next(everybody), comment, choice)
    closes(company)
    return found


def agreed(company: Company) -> list[int]:
    """Field a wave of which something may be quoted."""
    return fielded(company, (7, PAY, "yes"), (7, LOW, "yes"), (6, FOOD, "yes"), (10, NOTHING, "no"))


def kept(company: Company) -> list[Quote]:
    return company.store.read(lambda unit: list(unit.session.exec(select(Quote))))


def sealed(company: Company, person: int) -> Mapping[str, str]:
    def read(unit):
        wave = company.wave_in(unit).id
        return dict(vault.unseal(unit, wave, vault.collect(unit, wave), {person: ""})[0][1])

    return company.store.read(read)


def opened(company: Company, reader: int) -> Card:
    return shown(company.tap(reader, shown(company.types(reader, "results")), IN_WORDS))


def all_quotes(company: Company, reader: int) -> list[Card]:
    """Walk through the quotes as somebody does who presses Next."""
    card = shown(company.tap(reader, opened(company, reader), "Read quotes"))
    found = []
    while "Next quote" in offered(card):
        found.append(card)
        card = shown(company.tap(reader, card, "Next quote"))
    return found


def words(card: Card) -> str:
    return next(line for line in text(card).splitlines() if line.startswith("“")).strip("“”")


def audited(company: Company, act: str) -> list[dict[str, object]]:
    entries = company.store.read(lambda unit: unit.audit.entries(limit=1000))
    return [
        entry.details | {"object": entry.object, "actor": entry.actor}
        for entry in entries
        if entry.act == act
    ]


# --- consent ----------------------------------------------------------------------------------------------


def test_whoever_may_comment_is_asked_and_nothing_is_chosen_for_them(company: Company):
    person = asked(company)[0]

    asks = fields(shown(company.press(person, Action("answer.open", "1"))))

    consent = asks["pulse-comment-quote"]
    assert [option.value for option in consent.response.options] == ["yes", "no"]
    assert consent.value == ""
    assert consent.tap is None


@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_question_fits_its_place(company: Company, locale: str):
    company.has("Support", 12, locale=locale)
    company.runs("feedback")
    company.opens()

    card = shown(company.types(1, "feedback"))

    assert faults(card) == []
    assert [*fields(card)] == ["feedback-comment", "feedback-comment-quote"]


def test_where_comments_are_not_read_nobody_is_asked(company: Company):
    company.store.write(lambda unit: surveys.read_comments(unit, "command", "off"))
    people = asked(company)

    asks = fields(shown(company.press(people[0], Action("answer.open", "1"))))
    says(company, people[0], PAY, "yes")

    assert "pulse-comment-quote" not in asks
    assert "pulse-comment-quote" not in sealed(company, people[0])


def test_what_held_at_the_launch_decides_whether_people_are_asked(company: Company):
    person = asked(company)[0]
    company.store.write(lambda unit: surveys.read_comments(unit, "command", "off"))

    assert "pulse-comment-quote" in fields(shown(company.press(person, Action("answer.open", "1"))))


@pytest.mark.parametrize(
    ("steps", "held"),
    [
        ([(PAY, "")], "no"),
        ([(PAY, "no")], "no"),
        ([(PAY, "yes")], "yes"),
        ([(PAY, "yes"), ("", "no")], "no"),
        ([(PAY, ""), ("", "yes")], "yes"),
        ([(PAY, "yes"), ("", "")], "yes"),
        ([(PAY, "yes"), (LOW, "")], "no"),
        ([(PAY, "no"), (LOW, "yes")], "yes"),
        ([("", "yes")], None),
        ([("", "yes"), (PAY, "")], "no"),
    ],
)
def test_a_choice_belongs_to_the_words_it_was_made_with(
    company: Company, steps: Sequence[tuple[str, str]], held: str | None
):
    person = asked(company)[0]

    for comment, choice in steps:
        says(company, person, comment, choice)

    assert sealed(company, person).get("pulse-comment-quote") == held


def test_a_choice_alone_is_no_answer(company: Company):
    person = asked(company)[0]

    company.press(person, Action("answer.send", "1"), {"pulse-comment-quote": "yes"})

    assert company.store.read(lambda unit: vault.collect(unit, 1)) == []


@pytest.mark.parametrize("choice", ["maybe", "YES", "1", "on", "yes; no", "ja"])
def test_anything_but_the_two_choices_is_refused_and_nothing_is_kept(company: Company, choice: str):
    person = asked(company)[0]

    reply = company.press(
        person, Action("answer.send", "1"), {"pulse-comment": PAY, "pulse-comment-quote": choice}
    )

    assert isinstance(reply, Invalid)
    assert [*reply.fields] == ["pulse-comment-quote"]
    assert company.store.read(lambda unit: vault.collect(unit, 1)) == []


def test_with_the_comment_its_choice_is_deleted(company: Company):
    people = asked(company)
    for person in people[:20]:
        says(company, person, PAY, "yes")
        company.press(person, Action("answer.withdraw", "1"))
    for person in people[20:]:
        says(company, person, NOTHING, "no")

    closes(company)

    assert kept(company) == []


# --- the close --------------------------------------------------------------------------------------------


def test_what_may_be_quoted_is_kept_without_person_cell_or_time(company: Company):
    agreed(company)

    found = kept(company)
    assert {quote.text for quote in found} == SHOWN
    assert {(quote.theme, quote.tone) for quote in found} == {("pay", "negative"), ("facilities", "positive")}
    assert {(quote.taxonomy.partition("/")[0], quote.model) for quote in found} == {("themes", "plain-1")}
    assert {column.name for column in Quote.metadata.tables["quote"].columns} == {
        *("organisation_id", "id", "wave_id", "theme", "tone", "taxonomy", "model", "text"),
        *("judged_theme", "judged_tone"),
    }


def test_words_that_nobody_released_never_leave(company: Company, hr: int):
    secret = f"the pay is bad, {WORD}"
    fielded(company, (8, PAY, "yes"), (12, secret, "no"), (12, secret, ""), (5, NOTHING, ""))

    assert {quote.text for quote in kept(company)} == {"The pay is bad for this work."}
    cards = [opened(company, hr), *all_quotes(company, hr)]
    assert all(WORD not in text(card) for card in cards)


@pytest.mark.parametrize("comments", range(6, 13))
def test_nothing_is_kept_of_fewer_than_ten_comments(company: Company, comments: int):
    fielded(company, (6, PAY, "yes"), (comments - 6, NOTHING, "no"))

    assert bool(kept(company)) is (comments >= 10)


@pytest.mark.parametrize("speaking", range(3, 8))
def test_a_theme_of_fewer_than_five_people_is_not_quoted(company: Company, speaking: int):
    fielded(company, (speaking, FOOD, "yes"), (8, PAY, "yes"), (15, NOTHING, "no"))

    assert ("facilities" in {quote.theme for quote in kept(company)}) is (speaking >= 5)


@pytest.mark.parametrize("willing", [0, 1, 4, 5])
def test_fewer_than_five_who_said_yes_are_not_quoted_so_that_a_quote_points_to_no_few(
    company: Company, willing: int
):
    fielded(company, (willing, PAY, "yes"), (20, LOW, "no"), (5, NOTHING, "no"))

    assert bool(kept(company)) is (willing >= 5)


def test_raised_thresholds_hold_for_quotes(company: Company):
    company.store.write(lambda unit: setattr(unit.organisations.get(), "k_comments", 20))

    fielded(company, (12, PAY, "yes"), (7, NOTHING, "no"))

    assert kept(company) == []


@pytest.mark.parametrize(
    ("named", "quoted"), [("xaver", False), ("support", False), ("lyon", False), ("everybody", True)]
)
def test_names_of_people_departments_and_sites_are_not_quoted(company: Company, named: str, quoted: bool):
    company.has("Sales", 1, name="Xaver Boyer")
    company.store.write(lambda unit: setattr(unit.placements.history()[0], "site", "Lyon"))

    fielded(company, (20, f"{named} says the pay is bad", "yes"), (8, NOTHING, "no"))

    assert bool(kept(company)) is quoted


def test_a_closing_that_starts_over_keeps_quotes_once(company: Company, monkeypatch: pytest.MonkeyPatch):
    found = asked(company)
    for person in found[:20]:
        says(company, person, PAY, "yes")
    for person in found[20:]:
        says(company, person, NOTHING, "no")
    company.clock.move_to(company.wave().closes_at + timedelta(minutes=1))

    def breaks(*_: object) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as broken:
        broken.setattr(vault, "empty_mailbox", breaks)
        with pytest.raises(RuntimeError):
            company.closes()
    assert kept(company) == []
    company.closes()

    assert [quote.text for quote in kept(company)] == ["The pay is bad for this work."]


# --- who sees it ------------------------------------------------------------------------------------------


def test_hr_reads_what_was_written_about_and_the_quotes_one_by_one(company: Company, hr: int):
    agreed(company)

    overview = opened(company, hr)
    (table,) = [element for element in overview.elements if isinstance(element, Table)]
    assert table.rows == (
        ("Several people wrote about “Facilities and food”.", "1"),
        ("Several people wrote about “Pay and benefits”, with more complaint than praise.", "2"),
    )
    read = all_quotes(company, hr)
    assert {words(card) for card in read} == SHOWN
    assert any("Read as: Pay and benefits, complaint." in text(card) for card in read)
    assert [fault for card in (overview, *read) for fault in faults(card)] == []


def test_it_is_answered_in_private(company: Company, hr: int):
    agreed(company)
    results = shown(company.types(hr, "results"))

    assert isinstance(company.tap(hr, results, IN_WORDS), Private)


def test_without_quotes_there_is_still_a_sentence_of_ours(company: Company, hr: int):
    fielded(company, (14, PAY, "no"), (10, NOTHING, ""))

    card = opened(company, hr)

    assert "Several people wrote about “Pay and benefits”" in text(card)
    assert "No comment may be quoted" in text(card)
    assert "Read quotes" not in offered(card)
    assert faults(card) == []


def test_what_was_written_at_any_time_is_read_from_the_same_place(company: Company, hr: int):
    company.runs("feedback", first_on=MONDAY.date().replace(day=1))
    company.opens()
    people = company.has("Sales", 14)
    company.clock.move_to(datetime(2026, 12, 1, 0, 5, tzinfo=UTC))
    company.opens()
    wave = company.wave()
    for number, person in enumerate(people):
        comment, choice = (FOOD, "yes") if number < 8 else (NOTHING, "no")
        company.press(
            person,
            Action("answer.send", str(wave.id)),
            {"feedback-comment": comment, "feedback-comment-quote": choice},
        )
    company.clock.move_to(wave.closes_at + timedelta(minutes=1))
    company.closes()
    company.clock.move_to(datetime(2027, 1, 4, 9, 0, tzinfo=UTC))
    agreed(company)

    first = opened(company, hr)
    standing = shown(company.tap(hr, first, "Feedback at any time"))

    assert "Facilities and food" in text(standing)
    assert "Feedback at any time" not in offered(standing)
    card = shown(company.tap(hr, standing, "Read quotes"))
    assert words(card) == "Good food in the canteen."
    assert faults(first) == faults(standing) == []


def test_where_no_theme_is_shown_no_button_leads_there(company: Company, hr: int):
    fielded(company, (4, PAY, "yes"), (20, NOTHING, "no"))

    assert IN_WORDS not in offered(shown(company.types(hr, "results")))


def test_nobody_but_hr_gets_there(company: Company, hr: int):
    head, employee, owner = [*agreed(company)[:2], company.has("Board", 1)[0]]
    company.store.write(lambda unit: unit.people.grant(owner, "owner", unit.now))
    quote = kept(company)[0].id

    for reader in (head, employee, owner):
        assert IN_WORDS not in offered(shown(company.types(reader, "results")))
        for name in ("open", "read"):
            assert company.refused(reader, Action(f"quotes.{name}", "1")).startswith("refused.role")
        for name in ("next", "right", "differ", "relabel"):
            assert company.refused(reader, Action(f"quotes.{name}", f"1/{quote}")).startswith("refused.role")
        assert company.refused(reader, Action("model_report.open")).startswith("refused.role")


def test_hr_that_has_left_gets_there_no_more(company: Company, hr: int):
    agreed(company)
    company.store.write(lambda unit: setattr(unit.people.get(hr), "ends_on", MONDAY.date()))

    assert company.refused(hr, Action("quotes.open", "1")).startswith("refused.role")


@pytest.mark.parametrize("ref", ["", "x", "2", "1/unknown", "99999999999999999/x"])
def test_a_reference_that_leads_nowhere_is_an_old_button(company: Company, hr: int, ref: str):
    agreed(company)

    assert company.refused(hr, Action("quotes.right", ref)) == "refused.old_button"


def test_a_department_is_never_quoted(company: Company, hr: int):
    agreed(company)

    assert IN_WORDS not in offered(shown(company.types(hr, "results", "Support")))


# --- what HR says to it -----------------------------------------------------------------------------------


def judged(company: Company, hr: int, card: Card, theme: str = "", tone: str = "", keep: str = "") -> Card:
    """Fill in the form beside a quote; what is left out goes as it stands."""
    form = company.tap(hr, card, "Read differently")
    assert isinstance(form, OpenForm)
    assert faults(form.card) == []
    assert form.card.submit is not None
    said = {"theme": theme, "tone": tone, "keep": keep}
    values = {key: said[key] or ask.value for key, ask in fields(form.card).items()}
    return shown(company.press(hr, form.card.submit.action, values))


def deleted(company: Company, hr: int, card: Card) -> Card:
    return judged(company, hr, card, keep="delete")


def test_a_judgement_wins_is_logged_without_words_and_can_be_taken_back(company: Company, hr: int):
    agreed(company)
    first = next(card for card in all_quotes(company, hr) if "Pay and benefits" in text(card))

    card = judged(company, hr, first, "workload", "neutral")
    again = next(one for one in all_quotes(company, hr) if words(one) == words(first))
    assert "HR says: Workload and hours, neither praise nor complaint." in text(card)
    assert text(again) == text(card)
    assert "Workload and hours" in text(opened(company, hr))

    back = judged(company, hr, again, "pay", "negative")

    assert "HR says that is right." in text(back)
    log = audited(company, "quote.judged")
    assert [(entry["from"], entry["to"]) for entry in log] == [
        ("pay/negative", "workload/neutral"),
        ("workload/neutral", "pay/negative"),
    ]
    assert {entry["actor"] for entry in log} == {f"person:{hr}"}
    assert words(first) not in str(log)


def test_published_figures_stay_as_they_are(company: Company, hr: int):
    agreed(company)
    before = text(shown(company.types(hr, "results")))

    for card in all_quotes(company, hr):
        judged(company, hr, card, "none", "unclear")

    assert text(shown(company.types(hr, "results"))) == before


def test_a_confirmation_leads_to_the_next_quote_and_twice_is_logged_once(company: Company, hr: int):
    agreed(company)
    first, second, *_ = all_quotes(company, hr)

    reply = company.tap(hr, first, "That's right")
    company.tap(hr, first, "That's right")

    assert isinstance(reply, Replace)
    assert words(reply.card) == words(second)
    assert len(audited(company, "quote.judged")) == 1


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, ["theme", "tone"]),
        ({"theme": "pay"}, ["tone"]),
        ({"theme": "weather", "tone": "positive"}, ["theme"]),
        ({"theme": "pay", "tone": "no_content"}, ["tone"]),
        ({"theme": "pay", "tone": "positive", "keep": "maybe"}, ["keep"]),
        ({"theme": "<!channel>", "tone": "' OR 1=1"}, ["theme", "tone"]),
    ],
)
def test_what_is_no_theme_or_tone_is_refused(
    company: Company, hr: int, values: dict[str, str], wrong: list[str]
):
    agreed(company)
    quote = kept(company)[0]

    reply = company.press(hr, Action("quotes.relabel", f"1/{quote.id}"), values)

    assert isinstance(reply, Invalid)
    assert sorted(reply.fields) == wrong
    assert kept(company)[0].judged_theme == ""


def test_a_quote_can_be_deleted_and_nothing_of_it_is_left(company: Company, hr: int):
    agreed(company)
    gone, *rest = all_quotes(company, hr)

    following = deleted(company, hr, gone)

    assert words(following) == words(rest[0])
    assert {words(card) for card in all_quotes(company, hr)} == {words(card) for card in rest}
    assert len(kept(company)) == len(rest)
    assert [entry["actor"] for entry in audited(company, "quote.removed")] == [f"person:{hr}"]
    for card in rest:
        last = deleted(company, hr, card)
    assert "No comment may be quoted" in text(last)


def test_a_judged_quote_that_is_deleted_leaves_its_judgement_without_the_words(company: Company, hr: int):
    agreed(company)
    first = all_quotes(company, hr)[0]
    company.tap(hr, first, "That's right")

    deleted(company, hr, first)

    assert words(first) not in {quote.text for quote in kept(company)}
    assert sum(row.judged for row in company.store.read(model_report.by_theme)) == 1


# --- forgetting -------------------------------------------------------------------------------------------


def test_words_are_forgotten_a_year_after_the_close_and_not_before(company: Company, hr: int):
    agreed(company)
    company.tap(hr, all_quotes(company, hr)[0], "That's right")
    closed = company.wave().closed_at
    assert closed is not None

    company.clock.move_to(closed + quoting.KEPT)
    assert company.store.write(quoting.forget) == 0
    company.clock.advance(timedelta(seconds=1))
    assert company.store.write(quoting.forget) == 3
    assert company.store.write(quoting.forget) == 0

    assert [(quote.text, quote.judged_theme != "") for quote in kept(company)] == [("", True)]
    assert company.store.read(lambda unit: quotes.shown(unit, 1)) == []


# --- the model report -------------------------------------------------------------------------------------


def test_the_report_says_how_to_begin(company: Company, hr: int):
    card = shown(company.press(hr, Action("model_report.open")))

    assert "Nothing is judged yet" in text(card)
    assert faults(card) == []


def test_the_report_counts_what_was_right_by_theme_and_tone_with_its_interval(company: Company, hr: int):
    agreed(company)
    for card in all_quotes(company, hr):
        if "Read as: Pay and benefits" in text(card) and "low" in words(card):
            judged(company, hr, card, "workload", "negative")
        else:
            company.tap(hr, card, "That's right")

    card = shown(company.tap(hr, opened(company, hr), "How often is this right?"))

    by_theme, by_tone = (element.rows for element in card.elements if isinstance(element, Table))
    assert by_theme == (
        ("Pay and benefits", themes.builtin().version, "2", "50% (range 9 to 91)"),
        ("Facilities and food", themes.builtin().version, "1", "100% (range 21 to 100)"),
    )
    assert by_tone == (
        ("complaint", "plain-1", "2", "100% (range 34 to 100)"),
        ("praise", "plain-1", "1", "100% (range 21 to 100)"),
    )
    assert "fewer than 20 judgements" in text(card)
    assert faults(card) == []
