"""``/golive``: what is shown before anybody agrees, the form for what is missing, the consents, and the way back."""

import re
from collections.abc import Mapping

from bot.cases import forecast, rehearsal
from bot.cases.context import ActionHandler, Caller, CommandHandler
from bot.cases.installation import left
from bot.cases.people import named
from bot.cases.permissions import require_role
from bot.cases.reach import called
from bot.cases.rehearsal import CONSENTING, MANY_HIDDEN, Planned, State
from bot.errors import Refused
from bot.store.tables import Person
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Element, Fact, Facts, Note, Text
from bot.talk.commands import Role
from bot.talk.events import Invalid, OpenForm, Private, Replace, Reply
from bot.talk.fallback import card
from surveys.anonymity.outlook import EXPECTED_RESPONSE
from surveys.formats import Choice, FreeText, Option
from surveys.loader import builtin

AGREED, NOT_NEEDED = "agreed", "not_needed"
SHORTEST_REASON = 8


# --- what people press ------------------------------------------------------------------------------------


def asked(caller: Caller, text: str) -> Reply:
    """Answer ``/golive`` with where the organisation stands."""
    _require(caller)
    return Private(overview(caller))


def shown(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return asked(caller, "")


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    _require(caller)
    return OpenForm(form(caller))


def saved(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Keep the contact, the works council's word and the testers; what was left empty stays as it was."""
    _require(caller)
    contact, problems = _contact(caller, values.get("contact", "").strip())
    problems |= _council_problems(caller, values)
    testers = [part.strip() for part in re.split(r"[,;\n]", values.get("testers", "")) if part.strip()]
    people = {text: caller.unit.people.by_external(text) or named(caller.unit, text) for text in testers}
    unknown = [text for text, person in people.items() if person is None]
    if unknown:
        problems["testers"] = caller.words("golive.form.testers_unknown", ids=", ".join(unknown[:10]))
    if problems:
        return Invalid(problems)
    _keep(caller, contact, _council(caller, values))
    _keep_testers(caller, [person.external for person in people.values() if person is not None])
    return Replace(overview(caller))


def consented(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    _require(caller)
    if action.value not in CONSENTING:
        raise Refused("refused.golive.changed")
    live = rehearsal.consent(caller.unit, caller.person, Role(action.value), action.ref)
    return Replace(started(caller) if live else overview(caller))


def stopped(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Return to rehearsal at once: going back is always the safe direction."""
    rehearsal.stop(caller.unit, caller.person)
    return Replace(_told(caller, "golive.stopped.title", caller.words("golive.stopped.body")))


COMMANDS: Mapping[str, CommandHandler] = {"golive": asked}

ACTIONS: Mapping[str, ActionHandler] = {
    "golive.show": shown,
    "golive.details": opened,
    "golive.save": saved,
    "golive.consent": consented,
    "golive.stop": stopped,
}


def _require(caller: Caller) -> None:
    require_role(caller.unit, caller.person, *CONSENTING)


# --- cards ------------------------------------------------------------------------------------------------


def overview(caller: Caller) -> Card:
    """Show where the organisation stands and, in rehearsal, all that a consent would cover."""
    now = rehearsal.state(caller.unit)
    return _before(caller, now) if now.rehearsal else _live(caller)


def started(caller: Caller) -> Card:
    return _told(caller, "golive.live.title", caller.words("golive.started.body"))


def form(caller: Caller) -> Card:
    """Ask for what is shown before anybody agrees; empty fields leave things as they are."""
    w, now = caller.words, rehearsal.state(caller.unit)
    return card(
        w("golive.form.title"),
        Note(w("golive.form.note")),
        Ask(
            "contact",
            w("golive.form.contact"),
            FreeText(254),
            hint=w("golive.form.contact_hint"),
            value=now.contact.external if now.contact else "",
        ),
        Ask("council", w("golive.form.council"), _choice(caller)),
        Ask(
            "reason",
            w("golive.form.reason"),
            FreeText(300),
            hint=now.works_council or w("golive.form.reason_hint"),
        ),
        Ask(
            "testers",
            w("golive.form.testers"),
            FreeText(4000),
            hint=w("golive.form.testers_hint"),
            value=", ".join(person.external for person in now.testers),
        ),
        fallback=w("golive.form.fallback"),
        submit=Button(w("button.save"), Action("golive.save"), "primary"),
    )


def _choice(caller: Caller) -> Choice:
    w = caller.words
    return Choice(
        (
            Option(AGREED, w("golive.form.council.agreed")),
            Option(NOT_NEEDED, w("golive.form.council.not_needed")),
        )
    )


def _before(caller: Caller, now: State) -> Card:
    w = caller.words
    n = len(now.testers)
    line = w("rehearsal.line", n=n) if n else w("golive.nobody")
    return card(
        w("golive.title"),
        Text(line, lead=True),
        *_readiness(caller, now),
        Facts((*_missing_fact(caller, now), *_facts(caller, now))),
        Buttons(_buttons(caller, now)),
    )


def _readiness(caller: Caller, now: State) -> list[Element]:
    w = caller.words
    lines: list[Element] = []
    if not now.missing:
        lines.append(Text(w("golive.ready_alone" if now.alone else "golive.ready")))
    if now.outlook.share_hidden >= MANY_HIDDEN and now.surveys:
        share = w.percent(EXPECTED_RESPONSE)
        lines.append(Text(w("launch.small_teams", invited=now.invited_per_team, share=share)))
    return lines


def _missing_fact(caller: Caller, now: State) -> list[Fact]:
    if not now.missing:
        return []
    w = caller.words
    items = [_missing(caller, entry) for entry in now.missing]
    return [Fact(w("golive.fact.missing"), w("golive.missing", items=w.join(items)))]


def _missing(caller: Caller, entry: str) -> str:
    key, _, survey = entry.partition(" ")
    if not survey:
        return caller.words(key)
    return caller.words(key, survey=builtin()[survey].title_in(caller.words.language))


def _facts(caller: Caller, now: State) -> list[Fact]:
    w = caller.words
    surveys = [fact for planned in now.surveys for fact in _survey(caller, planned)]
    council = now.works_council or w("launch.no_agreement")
    return [
        *(surveys or [Fact(w("golive.fact.survey"), w("golive.no_survey"))]),
        Fact(w("golive.fact.contact"), now.contact.name if now.contact else w("golive.none")),
        Fact(w("golive.fact.council"), council),
        Fact(w("golive.fact.disclosure"), _disclosure(caller)),
        *(Fact(w(f"golive.fact.{role.value}"), _given(caller, now, role)) for role in CONSENTING),
    ]


def _survey(caller: Caller, planned: Planned) -> list[Fact]:
    """Say who answers for a survey, when it opens, and how many it will ask once the organisation is live."""
    w = caller.words
    title = builtin()[planned.survey.key].title_in(w.language)
    owner = planned.owner.name if planned.owner else w("golive.none")
    results = [w("golive.survey_detail", day=planned.results_on)] if planned.results_on else []
    detail = "; ".join([forecast.opening(caller, planned.survey), *results])
    asked = forecast.mailing_fact(caller, planned.survey, testers_only=False)
    return [Fact(title, owner, detail), *([asked] if asked else [])]


def _given(caller: Caller, now: State, role: Role) -> str:
    given = now.consents.get(role.value) if role.value in rehearsal.given(caller.unit, now) else None
    person = caller.unit.people.get(given.person_id) if given else None
    if given is None or person is None:
        return caller.words("golive.consent.open")
    return caller.words("golive.consent.given", name=person.name, day=given.at.date())


def _buttons(caller: Caller, now: State) -> tuple[Button, ...]:
    w = caller.words
    roles = rehearsal.open_roles(caller.unit, caller.person, now)
    agree = [
        Button(w(f"button.golive.consent.{role.value}"), Action("golive.consent", now.act, role.value))
        for role in roles
    ]
    details = Button(w("button.golive.details"), Action("golive.details"))
    first, *rest = [*agree, details]
    primary = Button(first.label, first.action, "primary")
    return (primary, *rest, Button(w("button.person"), Action("human.ask")))


def _disclosure(caller: Caller) -> str:
    """Return the first contact as the caller will read it, word for word."""
    w = caller.words
    hello = w("contact.hello", organisation=caller.organisation.name, **called(caller.person))
    promise = w(
        "contact.disclosure",
        k=caller.organisation.k_scores,
        platform=w(f"platform.{caller.source.platform}"),
    )
    return f"{hello} {promise}"


def _live(caller: Caller) -> Card:
    since = caller.organisation.live_at or caller.unit.now
    return _told(caller, "golive.live.title", caller.words("golive.live.body", day=since.date()))


def _told(caller: Caller, title: str, body: str) -> Card:
    w = caller.words
    owner = Role.OWNER in caller.unit.people.grants(caller.person.id)
    live = not caller.unit.organisations.get().rehearsal
    back = [Button(w("button.golive.stop"), Action("golive.stop"), "danger")] if owner and live else []
    person = Button(w("button.person"), Action("human.ask"))
    return card(w(title), Text(body, lead=True), Buttons((*back, person)))


# --- the form's values ------------------------------------------------------------------------------------


def _contact(caller: Caller, text: str) -> tuple[Person | None, dict[str, str]]:
    """Find the contact at work by HR id or address; nothing written changes nothing."""
    found = named(caller.unit, text)
    if not text or (found is not None and not left(caller.unit, found)):
        return found, {}
    return None, {"contact": caller.words("golive.form.contact_unknown")}


def _council_problems(caller: Caller, values: Mapping[str, str]) -> dict[str, str]:
    choice, reason = values.get("council", ""), values.get("reason", "").strip()
    if not choice and not reason:
        return {}
    if choice not in {AGREED, NOT_NEEDED}:
        return {"council": caller.words("golive.form.council_choose")}
    if len(reason) < SHORTEST_REASON:
        return {"reason": caller.words("golive.form.reason_short")}
    return {}


def _council(caller: Caller, values: Mapping[str, str]) -> str:
    choice, reason = values.get("council", ""), values.get("reason", "").strip()
    if not choice:
        return ""
    key = "golive.council.agreed" if choice == AGREED else "golive.council.not_needed"
    return caller.words(key, reason=reason[:300])


def _keep(caller: Caller, contact: Person | None, council: str) -> None:
    organisation, unit = caller.unit.organisations.get(), caller.unit
    changed = {}
    if contact is not None and contact.id != organisation.contact_id:
        organisation.contact_id = contact.id
        changed["contact"] = f"person:{contact.id}"
    if council and council != organisation.works_council:
        organisation.works_council = council
        changed["works_council"] = council
    if changed:
        unit.audit.record(unit.now, f"person:{caller.person.id}", "golive.details", details=changed)


def _keep_testers(caller: Caller, externals: list[str]) -> None:
    unit, actor = caller.unit, f"person:{caller.person.id}"
    named = {person.id for person in rehearsal.name_testers(unit, externals, actor)}
    others = [person.external for person in rehearsal.state(unit).testers if person.id not in named]
    rehearsal.forget_testers(unit, others, actor)
