"""The file by a page, in chat: the link, what the file would change or what is wrong with it, and the yes."""

from collections.abc import Iterator, Mapping

from bot.cases import people_words, upload
from bot.cases.context import ActionHandler, Caller, CardBuilder, Recipient
from bot.cases.people_diff import Diff, Part
from bot.cases.upload import Upload
from bot.errors import Refused
from bot.store.tables import Delivery
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Element, Fact, Facts, Note, Text
from bot.talk.events import Invalid, Nothing, OpenForm, Private, Replace, Reply
from bot.talk.fallback import card
from bot.talk.inert import inert
from bot.talk.language import NAME_LIMIT, Words
from surveys.formats import FreeText

MOST_PROBLEMS = 10
"""Problems shown on a card; the terminal shows more."""

LONGEST_NUMBER = 6

# --- what HR presses --------------------------------------------------------------------------------------


def asked(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Give a link that works once, for 15 minutes, for this person."""
    address, w = upload.link(caller.unit, caller.person), caller.words
    open_it = Button(w("button.upload.open"), Action("upload.opened"), "primary", link=address)
    return Private(
        card(
            w("upload.link.title"),
            Text(w("upload.link.body"), lead=True),
            Note(w("upload.link.note")),
            Buttons((open_it, Button(w("button.person"), Action("human.ask")))),
            fallback=w("upload.link.fallback"),
        )
    )


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Do nothing: the platform has opened the page."""
    return Nothing()


def applied(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Have the file taken over; where many would disappear, ask first how many did leave."""
    found = upload.waiting(caller.unit, caller.person.id, action.ref)
    if found is not None and found.diff is not None and found.diff.too_many_gone:
        return OpenForm(_form(caller.words, found.diff, action.ref))
    return Replace(_ordered(caller, upload.order(caller.unit, caller.person, action.ref)))


def confirmed(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Take the number of leavers; only the right one lets the file through."""
    said = values.get("leavers", "").strip()
    leavers = int(said) if said.isascii() and said.isdigit() and len(said) <= LONGEST_NUMBER else -1
    try:
        rows = upload.order(caller.unit, caller.person, action.ref, leavers=leavers)
    except Refused as refused:
        if refused.key == "refused.people.too_many_gone":
            return Invalid({"leavers": caller.words("upload.many.wrong")})
        raise
    return Replace(_ordered(caller, rows))


def discarded(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    upload.discard(caller.unit, caller.person, action.ref)
    return Replace(
        _told(caller, caller.words("upload.discarded.title"), caller.words("upload.discarded.body"))
    )


ACTIONS: Mapping[str, ActionHandler] = {
    "upload.link": asked,
    "upload.opened": opened,
    "upload.apply": applied,
    "upload.many": confirmed,
    "upload.discard": discarded,
}


def _form(w: Words, diff: Diff, digest: str) -> Card:
    n = diff.count("vanish")
    return card(
        w("upload.many.title"),
        Text(w("upload.many.body", n=n, employed=diff.employed)),
        Ask("leavers", w("upload.many.ask"), FreeText(LONGEST_NUMBER), hint=w("upload.many.hint")),
        fallback=w("upload.many.fallback"),
        submit=Button(w("button.upload.apply"), Action("upload.many", digest), "danger"),
    )


def _ordered(caller: Caller, rows: int) -> Card:
    return _told(caller, caller.words("upload.ordered.title"), caller.words("upload.ordered.body", n=rows))


# --- what is sent -----------------------------------------------------------------------------------------


def sent(to: Recipient, delivery: Delivery) -> Card | None:
    """Return what came of a file: what it would change, or what became of it; None: it is over."""
    match delivery.args.get("what"):
        case "shown":
            found = upload.waiting(to.unit, to.person.id, delivery.ref)
            return None if found is None else shown(to, found, again=bool(delivery.args.get("again")))
        case "done":
            return _done(to, delivery)
        case "gone":
            return _told(to, to.words("upload.gone.title"), to.words("upload.gone.body"), _again(to.words))
        case _:
            return _told(
                to, to.words("upload.refused.title"), to.words("upload.refused.body"), _again(to.words)
            )


CARDS: Mapping[str, CardBuilder] = {upload.PURPOSE: sent}


def _done(to: Recipient, delivery: Delivery) -> Card:
    """Say that it is done, and how many users of the chat are somebody now."""
    w, linked = to.words, delivery.args["linked"]
    more = [w("upload.done.linked", n=linked)] if linked else []
    body = " ".join([w("upload.done.body", n=delivery.args["rows"]), *more])
    return _told(to, w("upload.done.title"), body)


def shown(to: Recipient, found: Upload, *, again: bool = False) -> Card:
    """Show what a file would change, or what is wrong with it."""
    if found.problem_count or found.diff is None:
        return _problems(to.words, found)
    if found.diff.empty:
        body = to.words("people.diff.nothing", n=found.diff.rows)
        return _told(to, to.words("upload.nothing.title"), body)
    return _plan(to.words, found, found.diff, again=again)


def _plan(w: Words, found: Upload, diff: Diff, *, again: bool) -> Card:
    lead = w("people.diff.headline", n=diff.rows, employed=diff.employed, unchanged=diff.unchanged)
    changed: tuple[Element, ...] = (Text(w("upload.again")),) if again else ()
    many = w("upload.many.warning", n=diff.count("vanish"), employed=diff.employed)
    warning: tuple[Element, ...] = (Text(many),) if diff.too_many_gone else ()
    go = Button(w("button.upload.apply"), Action("upload.apply", found.digest), "primary")
    stay = Button(w("button.upload.discard"), Action("upload.discard", found.digest))
    return card(
        w("upload.plan.title"),
        *changed,
        Text(lead, lead=True),
        *warning,
        Facts(tuple(_fact(w, kind, part) for kind, part in diff.parts.items())),
        *map(Note, (*people_words.notes(w, found.file), w("upload.plan.note"))),
        Buttons((go, stay, Button(w("button.person"), Action("human.ask")))),
        fallback=w("upload.plan.fallback"),
    )


def _fact(w: Words, kind: str, part: Part) -> Fact:
    names = [inert(sample.name, NAME_LIMIT) or "–" for sample in part.samples]
    more = w("roster.more", n=part.n - len(names)) if part.n > len(names) else ""
    return Fact(w(f"people.diff.{kind.replace('field.', 'field-')}", n=part.n), w.join(names), more)


def _problems(w: Words, found: Upload) -> Card:
    lines = [people_words.problem_line(w, problem) for problem in found.problems[:MOST_PROBLEMS]]
    left = found.problem_count - len(lines)
    return card(
        w("upload.problems.title"),
        Text(w("upload.problems.lead", n=found.problem_count), lead=True),
        *map(Text, [*lines, *_more(w, left)]),
        Buttons((_again(w), Button(w("button.person"), Action("human.ask")))),
        fallback=w("upload.problems.fallback"),
    )


def _more(w: Words, left: int) -> Iterator[str]:
    if left > 0:
        yield w("people.problem.more", n=left)


def _again(w: Words) -> Button:
    return Button(w("button.upload.again"), Action("upload.link"))


def _told(to: Recipient, title: str, body: str, *more: Button) -> Card:
    w = to.words
    look = Button(w("button.people"), Action("roster.show"))
    return card(
        title,
        Text(body, lead=True),
        Buttons((*more, look, Button(w("button.person"), Action("human.ask")))),
        fallback=body,
    )
