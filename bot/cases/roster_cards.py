"""``/people``: which users of a chat are nobody here yet, and why; HR links them by hand or leaves them out.

And who of HR's people is in no chat yet.
"""

from collections.abc import Mapping
from typing import Literal

from bot.cases import people_fields, roster, roster_times, unreached, upload
from bot.cases.context import ActionHandler, Caller, CommandHandler
from bot.cases.people import named
from bot.cases.permissions import require_role
from bot.errors import Refused
from bot.store.tables import Person, Stranger
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Element, Fact, Facts, Note, Text
from bot.talk.commands import Role
from bot.talk.events import Invalid, OpenForm, Private, Replace, Reply
from bot.talk.fallback import card
from bot.talk.inert import inert
from bot.talk.language import NAME_LIMIT
from surveys.formats import Choice, FreeText, Option

FIRST = 5
"""First names shown of each kind."""

MOST_LISTED = 40
"""Users that a form lists; of more, one is named by address or user id."""

LONGEST_LABEL = 70
REASONS = (*roster.CONFLICTS, roster.LEFT_OUT)
LINK, LEAVE_OUT = "link", "leave_out"


def asked(caller: Caller, text: str) -> Reply:
    """Answer ``/people`` with who is nobody here yet."""
    require(caller)
    return Private(overview(caller))


def shown(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    require(caller)
    return Private(overview(caller))


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Ask which user is which person."""
    require(caller)
    if not caller.unit.strangers.counts():
        raise Refused("refused.roster.nobody")
    return OpenForm(_form(caller))


def decided(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Link one user to one person, or leave the user out; either is written down."""
    require(caller)
    w = caller.words
    stranger = _stranger(caller, values.get("who", ""))
    if stranger is None:
        return Invalid({"who": w("roster.form.who_unknown")})
    match values.get("act", ""):
        case "link":
            return _linked(caller, stranger, values.get("person", ""))
        case "leave_out":
            _left_out(caller, stranger)
            return Replace(overview(caller))
        case _:
            return Invalid({"act": w("refused.not_an_option")})


COMMANDS: Mapping[str, CommandHandler] = {"people": asked}

ACTIONS: Mapping[str, ActionHandler] = {
    "roster.show": shown,
    "roster.link": opened,
    "roster.decide": decided,
}


def require(caller: Caller) -> None:
    require_role(caller.unit, caller.person, Role.HR_ADMIN, Role.OWNER)


# --- acts -------------------------------------------------------------------------------------------------


def _linked(caller: Caller, stranger: Stranger, text: str) -> Reply:
    w, unit = caller.words, caller.unit
    person = named(unit, text)
    if person is None:
        return Invalid({"person": w("roster.form.person_unknown")})
    if unit.accounts.linked(stranger.workspace_id, [person.id]):
        return Invalid({"person": w("roster.form.person_taken", name=person.name)})
    unit.accounts.link(person.id, stranger.workspace_id, stranger.user)
    _learn(person, stranger)
    _record(caller, "roster.linked", f"person:{person.id}", stranger)
    unit.strangers.forget(stranger.workspace_id, [stranger.user])
    return Replace(overview(caller))


def _learn(person: Person, stranger: Stranger) -> None:
    person.seen_locale = person.seen_locale if person.locale else stranger.locale
    person.seen_zone = person.seen_zone if person.time_zone else stranger.time_zone


def _left_out(caller: Caller, stranger: Stranger) -> None:
    stranger.why = roster.LEFT_OUT
    _record(caller, "roster.left_out", f"workspace:{stranger.workspace_id}", stranger)


def _record(caller: Caller, act: str, about: str, stranger: Stranger) -> None:
    caller.unit.audit.record(
        caller.unit.now, f"person:{caller.person.id}", act, about, {"user": stranger.user}
    )


def _stranger(caller: Caller, text: str) -> Stranger | None:
    """Find the user that a form names: by its own token, by user id, or by an address that only one has."""
    wanted = text.strip()
    workspace, _, user = wanted.partition("/")
    if workspace.isascii() and workspace.isdigit() and len(workspace) < 10 and user:
        return caller.unit.strangers.get(int(workspace), user)
    found = caller.unit.strangers.called(wanted) if wanted else []
    return found[0] if len(found) == 1 else None


# --- cards ------------------------------------------------------------------------------------------------


def overview(caller: Caller) -> Card:
    """Return how many users are nobody here, for each reason, with the first few names, and what can be done."""
    w, counts = caller.words, caller.unit.strangers.counts()
    open_n = sum(n for why, n in counts.items() if why != roster.LEFT_OUT)
    facts = (
        *(_fact(caller, why, counts[why]) for why in REASONS if counts.get(why)),
        *unreached.fact(caller.unit, w),
        *(_read(caller, last) for last in roster_times.last_read(caller.unit)),
    )
    shown_facts: tuple[Element, ...] = (Facts(facts),) if facts else ()
    return card(
        w("roster.title"),
        Text(w("roster.lead", n=open_n) if open_n else w("roster.all_linked"), lead=True),
        *shown_facts,
        Note(w("roster.note")),
        *_without_page(caller),
        Buttons(tuple(_buttons(caller, counts))),
        fallback=w("roster.fallback"),
    )


def _fact(caller: Caller, why: str, n: int) -> Fact:
    w = caller.words
    rows = caller.unit.strangers.because(why, FIRST)
    names = [inert(next(iter(row.name.split()), row.user), NAME_LIMIT) for row in rows]
    more = w("roster.more", n=n - len(names)) if n > len(names) else ""
    return Fact(w(f"roster.why.{why}"), w.number(n), " ".join(filter(None, [w.join(names), more])))


def _read(caller: Caller, last: roster_times.Last) -> Fact:
    """Say when a chat was read, and that a list was not believed."""
    w = caller.words
    doubt = w("roster.doubted", n=last.doubted) if last.doubted else ""
    return Fact(w("roster.last"), w("roster.last.value", moment=w.moment(last.at), n=last.members), doubt)


def _without_page(caller: Caller) -> list[Note]:
    """Say how a file gets in where no page is served for it."""
    return [] if upload.offered(caller.unit) else [Note(caller.words("roster.csv"))]


def _buttons(caller: Caller, counts: Mapping[str, int]) -> list[Button]:
    """Return what can be done, at most four things: where there is much to do, the roles and the way back give room."""
    w = caller.words
    unknown, page = counts.get(roster.UNKNOWN, 0), upload.offered(caller.unit)
    style: Literal["primary", "plain"] = "plain" if unknown else "primary"
    take = [Button(w("button.roster.take", n=unknown), Action("roster.take"), "primary")] if unknown else []
    link = [Button(w("button.roster.link"), Action("roster.link"))] if counts else []
    file = [Button(w("button.roster.csv"), Action("upload.link"), style)] if page else []
    missed = (
        [Button(w("button.unreached"), Action("reach.show"))] if unreached.known(caller.unit, 1).n else []
    )
    further = [
        Button(w("button.roles"), Action("roles.show")),
        Button(w("button.back"), Action("home")),
    ]
    done = [*take, *link, *file, *missed]
    room = (3 if any(button.style == "primary" for button in done) else 2) - len(done)
    return [*done[:3], *further[: max(room, 0)], Button(w("button.person"), Action("human.ask"))]


def _form(caller: Caller) -> Card:
    w = caller.words
    return card(
        w("roster.form.title"),
        Note(w("roster.form.note")),
        _ask_who(caller),
        Ask(
            "act",
            w("roster.form.act"),
            Choice(tuple(Option(value, w(f"roster.form.act.{value}")) for value in (LINK, LEAVE_OUT))),
        ),
        Ask(
            "person",
            w("roster.form.person"),
            FreeText(people_fields.LONGEST_EMAIL),
            hint=w("golive.form.contact_hint"),
        ),
        fallback=w("roster.form.fallback"),
        submit=Button(w("button.save"), Action("roster.decide"), "primary"),
    )


def _ask_who(caller: Caller) -> Ask:
    w, unit = caller.words, caller.unit
    if sum(unit.strangers.counts().values()) > MOST_LISTED:
        return Ask("who", w("roster.form.who"), FreeText(254), hint=w("roster.form.who_hint"))
    rows = [row for why in REASONS for row in unit.strangers.because(why, MOST_LISTED)]
    return Ask("who", w("roster.form.who"), Choice(tuple(_option(row) for row in rows)))


def _option(row: Stranger) -> Option:
    label = f"{row.name} ({row.email or row.user})"
    return Option(f"{row.workspace_id}/{row.user}", inert(label, LONGEST_LABEL) or row.user)
