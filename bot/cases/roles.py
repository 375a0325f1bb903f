"""``/roles``: who is owner or HR admin; owners give and take both, after a second look, and nobody else may.

An HR admin who could give roles could give both consents to going live to people of their choice, so they see the
list and whom to ask. Whoever is concerned and all other owners are told, in rehearsal too.
"""

from collections.abc import Mapping

from bot.cases import installation, people_fields
from bot.cases.context import ActionHandler, Caller, CardBuilder, CommandHandler, Recipient, reference
from bot.cases.messages import say
from bot.cases.people import named
from bot.cases.permissions import require_role
from bot.errors import Refused
from bot.store.tables import Delivery, Person
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Fact, Facts, Note, Text
from bot.talk.commands import Role
from bot.talk.events import Invalid, OpenForm, Private, Replace, Reply
from bot.talk.fallback import card
from bot.talk.inert import inert
from surveys.formats import Choice, FreeText, Option

GIVEN = (Role.OWNER, Role.HR_ADMIN)
GIVE, TAKE = "give", "take"
PURPOSE = "role.changed"

MOST_LISTED = 40
"""Holders that a form lists; no installation should have more."""

LONGEST_LABEL = 70


def asked(caller: Caller, text: str) -> Reply:
    """Answer ``/roles`` with who has which role."""
    require_role(caller.unit, caller.person, *GIVEN)
    return Private(overview(caller))


def shown(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return asked(caller, "")


def giving(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Ask who is to be given which role."""
    _require_owner(caller)
    return OpenForm(_giving_form(caller))


def taking(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Ask from whom which role is to be taken."""
    _require_owner(caller)
    return OpenForm(_taking_form(caller))


def gift_planned(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show what giving would mean, before it is done."""
    _require_owner(caller)
    w, role = caller.words, values.get("role", "")
    if role not in GIVEN:
        return Invalid({"role": w("refused.not_an_option")})
    person = named(caller.unit, values.get("person", ""))
    if person is None:
        return Invalid({"person": w("golive.form.contact_unknown")})
    if person.id == caller.person.id:
        return Invalid({"person": w("refused.roles.self")})
    if role in caller.unit.people.grants(person.id):
        return Invalid({"person": w("roles.has_it", name=person.name)})
    return Replace(_second_look(caller, GIVE, person, role))


def loss_planned(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show what taking would mean, before it is done; the last owner stays."""
    _require_owner(caller)
    w, (number, _, role) = caller.words, values.get("who", "").partition("/")
    if (number, role) not in {(str(each.id), name) for each, name in _holders(caller)}:
        return Invalid({"who": w("refused.not_an_option")})
    person = _person(caller, int(number))
    if role == Role.OWNER and installation.owners_here(caller.unit) == [person.id]:
        return Invalid({"who": w("refused.grant.last_owner")})
    return Replace(_second_look(caller, TAKE, person, role))


def done(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Give or take the role that was shown, once, and tell those whom it concerns."""
    _require_owner(caller)
    number, what = reference(action)
    person, role = _person(caller, number), action.value
    if role not in GIVEN or what not in {GIVE, TAKE} or (what == GIVE and number == caller.person.id):
        raise Refused("refused.old_button")
    if (role in caller.unit.people.grants(person.id)) == (what == GIVE):
        return Replace(overview(caller))
    change = installation.grant if what == GIVE else installation.revoke
    change(caller.unit, person.external, role, caller.person)
    return Replace(_changed(caller, what, person, role, _tell(caller, what, person, role)))


COMMANDS: Mapping[str, CommandHandler] = {"roles": asked}

ACTIONS: Mapping[str, ActionHandler] = {
    "roles.show": shown,
    "roles.give": giving,
    "roles.take": taking,
    "roles.give.plan": gift_planned,
    "roles.take.plan": loss_planned,
    "roles.do": done,
}


def _require_owner(caller: Caller) -> None:
    require_role(caller.unit, caller.person, Role.OWNER)


def _person(caller: Caller, number: int) -> Person:
    person = caller.unit.people.get(number)
    if person is None:
        raise Refused("refused.old_button")
    return person


def _holders(caller: Caller) -> list[tuple[Person, str]]:
    """Return who has which role, owners first; those who have left too, so that theirs can be taken."""
    people = caller.unit.people
    held = ((people.get(number), role.value) for role in GIVEN for number in people.granted(role))
    return [(person, role) for person, role in held if person is not None]


def _tell(caller: Caller, what: str, person: Person, role: str) -> list[str]:
    """Tell the person and every other owner; return the names of those whom it will reach."""
    unit = caller.unit
    change = unit.number("role change")
    others = [number for number in installation.owners_here(unit) if number != person.id]
    told = []
    for number in dict.fromkeys([person.id, *others]):
        args = {"role": role, "what": what, "by": caller.person.id}
        key = f"role:{change}:{number}"
        if number != caller.person.id and say(unit, number, PURPOSE, key=key, ref=str(person.id), args=args):
            told.append(_person(caller, number).name)
    return told


# --- cards ------------------------------------------------------------------------------------------------


def overview(caller: Caller) -> Card:
    """Return who has which role, what it means, and, for owners, the ways to change that."""
    w, holders = caller.words, _holders(caller)
    owner = Role.OWNER in caller.unit.people.grants(caller.person.id)
    facts = [
        Fact(
            w(f"roles.name.{role}"),
            w.join([each.name for each, held in holders if held == role]) or w("golive.none"),
            w(f"roles.means.{role}"),
        )
        for role in GIVEN
    ]
    ways = [
        Button(w("button.roles.give"), Action("roles.give"), "primary"),
        Button(w("button.roles.take"), Action("roles.take")),
    ]
    back = Button(w("button.back"), Action("roster.show"))
    return card(
        w("roles.title"),
        Text(w("roles.lead") if owner else w("roles.lead_hr"), lead=True),
        Facts(tuple(facts)),
        Note(w("roles.note")),
        Buttons((*(ways if owner else ()), back, Button(w("button.person"), Action("human.ask")))),
        fallback=w("roles.fallback"),
    )


def _giving_form(caller: Caller) -> Card:
    w = caller.words
    return card(
        w("button.roles.give"),
        Note(w("roles.note")),
        Ask(
            "person",
            w("roles.form.person"),
            FreeText(people_fields.LONGEST_EMAIL),
            hint=w("golive.form.contact_hint"),
        ),
        Ask("role", w("roles.form.role"), Choice(tuple(Option(r, w(f"roles.name.{r}")) for r in GIVEN))),
        fallback=w("roles.form.fallback"),
        submit=Button(w("button.roles.look"), Action("roles.give.plan"), "primary"),
    )


def _taking_form(caller: Caller) -> Card:
    w = caller.words
    held = _holders(caller)[:MOST_LISTED]
    options = tuple(Option(f"{each.id}/{role}", _label(caller, each, role)) for each, role in held)
    return card(
        w("button.roles.take"),
        Note(w("roles.note")),
        Ask("who", w("roles.form.who"), Choice(options)),
        fallback=w("roles.form.fallback"),
        submit=Button(w("button.roles.look"), Action("roles.take.plan"), "primary"),
    )


def _label(caller: Caller, person: Person, role: str) -> str:
    return inert(f"{caller.words(f'roles.name.{role}')}: {person.name}", LONGEST_LABEL)


def _second_look(caller: Caller, what: str, person: Person, role: str) -> Card:
    w, name = caller.words, caller.words(f"roles.name.{role}")
    go = Action("roles.do", f"{person.id}/{what}", role)
    return card(
        w(f"roles.{what}.title"),
        Text(w(f"roles.{what}.lead", name=person.name, role=name), lead=True),
        Text(w(f"roles.means.{role}")),
        Note(w("roles.note")),
        Buttons(
            (
                Button(w(f"button.roles.{what}.yes"), go, "primary" if what == GIVE else "danger"),
                Button(w("button.cancel"), Action("roles.show")),
                Button(w("button.person"), Action("human.ask")),
            )
        ),
    )


def _changed(caller: Caller, what: str, person: Person, role: str, told: list[str]) -> Card:
    w = caller.words
    news = w("roles.told", names=w.join(told)) if told else w("roles.told_nobody")
    body = w(f"roles.{what}.done", name=person.name, role=w(f"roles.name.{role}"))
    return card(
        w("roles.done.title"),
        Text(f"{body} {news}", lead=True),
        Buttons(
            (
                Button(w("button.roles"), Action("roles.show"), "primary"),
                Button(w("button.person"), Action("human.ask")),
            )
        ),
    )


def changed_card(to: Recipient, delivery: Delivery) -> Card | None:
    """Tell somebody which role they were given or lost, or an owner who else was or did."""
    unit, w = to.unit, to.words
    person, by = unit.people.get(int(delivery.ref)), unit.people.get(int(delivery.args["by"]))
    if person is None or by is None:
        return None
    role, what = str(delivery.args["role"]), str(delivery.args["what"])
    whose = "own" if person.id == to.person.id else "other"
    values = {"by": by.name, "name": person.name, "role": w(f"roles.name.{role}")}
    body = w(f"roles.news.{what}.{whose}", organisation=to.organisation.name, **values)
    means = (Text(w(f"roles.means.{role}")),) if what == GIVE and whose == "own" else ()
    return card(
        w("roles.news.title"),
        Text(body, lead=True),
        *means,
        Buttons(
            (
                Button(w("button.why"), Action("why", delivery.purpose)),
                Button(w("button.person"), Action("human.ask")),
            )
        ),
        fallback=body,
    )


CARDS: Mapping[str, CardBuilder] = {PURPOSE: changed_card}
