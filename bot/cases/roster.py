"""A workspace's roster: who of its users is which of HR's people, told by id or e-mail address and never guessed.

Whom nobody can be told to be is kept as a *stranger*, with the reason, until HR says who it is. HR's file says who
works here; the platform only says who can be written to, in which language and in which time zone.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.cases import people_fields, roster_times
from bot.cases.people import MOST_WRITES, present, today
from bot.cases.people_fields import CellProblem
from bot.logs import get_logger
from bot.store.tables import Account, Person, Stranger, Workspace
from bot.store.unit import Store, Unit
from bot.talk.events import Profile

UNKNOWN, SEVERAL, TWICE, LEFT_OUT = "unknown", "several", "twice", "left_out"
CONFLICTS = (UNKNOWN, SEVERAL, TWICE)
"""Why somebody is nobody's account: no person has the address, several have it, several users have it."""

FEW_GONE = 5
"""Up to so many accounts may vanish from one roster to the next without a second thought, however small it is."""

EVERYBODY = 1_000_000
"""More users than any chat has."""

BEFORE = timedelta(days=14)
"""A chat knows no start dates. Whoever is taken from it counts as here for so long: no newcomer to be welcomed, and
old enough here to be asked."""

log = get_logger()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a roster: how many users it names, and how many of them became what."""

    members: int
    known: int = 0
    linked: int = 0
    learned: int = 0
    """People whose language or time zone the platform told, where HR's file says nothing."""
    gone: int = 0
    """Accounts that the roster no longer names."""
    doubted: int = 0
    """Accounts that it no longer names but that stay, because more than half of them vanished at once."""
    conflicts: Mapping[str, int] = field(default_factory=dict)
    """Who is nobody, by the reason."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a platform says of a user, cleaned and checked; empty where it says nothing that can be used."""

    user: str
    name: str
    email: str
    locale: str
    time_zone: str


def take(  # noqa: PLR0913 - whose roster of which workspace, and how far it is to be believed, is what a roster is
    store: Store,
    organisation: int,
    platform: str,
    workspace: str,
    profiles: Sequence[Profile],
    *,
    before: Collection[str] | None = None,
    fewer: bool = False,
) -> Taken:
    """Bring accounts in step with the complete roster of a workspace, in units of at most 500 users.

    Doing it twice changes nothing more. ``before`` names the users who were accounts when the roster was begun to
    be read: whoever joined meanwhile is not taken for gone. A workspace that is not connected has no roster. With ``fewer`` the
    platform has said that many are gone, so that it is believed.
    """
    found = store.read(lambda unit: unit.organisations.workspace(platform, workspace), organisation)
    if found is None or not found.active:
        return Taken(0)
    seen = list({profile.user: cleaned(profile) for profile in profiles}.values())
    gone, doubted = _mark_gone(store, organisation, found.id, seen, before, fewer=fewer)
    left_out = store.read(lambda unit: unit.strangers.left_out(found.id), organisation)
    shared = _shared([each for each in seen if each.user not in left_out])
    counts: Counter[str] = Counter()
    for chunk in _chunks(seen):
        counts += store.write(
            lambda unit, chunk=chunk: _meet(unit, found.id, chunk, shared),  # type: ignore[misc]  # mypy can't infer a lambda with a default
            organisation,
        )
    conflicts = {why: counts[why] for why in (*CONFLICTS, LEFT_OUT) if counts[why]}
    taken = Taken(len(seen), counts["known"], counts["linked"], counts["learned"], gone, doubted, conflicts)
    store.write(
        lambda unit: roster_times.remember(unit, found.id, taken.members, taken.doubted), organisation
    )
    return taken


def reconsider(store: Store, organisation: int = 1) -> int:
    """Look at the strangers of every chat again, because HR's file has changed; return how many are somebody now."""
    numbers = store.read(lambda unit: [row.id for row in unit.workspaces.active()], organisation)
    linked = 0
    for number in numbers:
        seen = store.read(lambda unit, number=number: _undecided(unit, number), organisation)  # type: ignore[misc]  # mypy can't infer a lambda with a default
        shared = _shared(seen)
        for chunk in _chunks(seen):
            linked += store.write(
                lambda unit, number=number, chunk=chunk, shared=shared: _meet(unit, number, chunk, shared),  # type: ignore[misc]  # mypy can't infer a lambda with a default
                organisation,
            )["linked"]
    return linked


def _undecided(unit: Unit, workspace_id: int) -> list[Seen]:
    """Return the strangers whom HR has not left out, as the chat described them last."""
    rows = (row for why in CONFLICTS for row in unit.strangers.because(why, EVERYBODY))
    return [
        Seen(row.user, row.name, row.email, row.locale, row.time_zone)
        for row in rows
        if row.workspace_id == workspace_id
    ]


def met(unit: Unit, workspace_id: int, profile: Profile) -> None:
    """Take up one user whom an event names, by the same rules as a whole roster.

    An event that tells neither name nor address says nothing of who that is: language and time zone are learned
    of an account, and nobody becomes a stranger by it, or a stranger without a name.
    """
    seen = cleaned(profile)
    if not (seen.name or seen.email):
        account = unit.accounts.find(workspace_id, seen.user)
        person = unit.people.get(account.person_id) if account is not None and account.active else None
        if person is not None:
            _learn(person, seen)
        return
    others = unit.strangers.with_address(workspace_id, seen.email) if seen.email else []
    shared = (
        {seen.email} if any(other.user != seen.user and other.why != LEFT_OUT for other in others) else set()
    )
    _meet(unit, workspace_id, [seen], shared)


def left(unit: Unit, workspace_id: int, user: str) -> None:
    """Note that a user is gone from a workspace: nothing is sent there, and a stranger is forgotten."""
    unit.accounts.leave(workspace_id, user)
    unit.strangers.forget(workspace_id, [user])


def since(unit: Unit) -> date:
    """Return the day since when somebody who is taken from a chat counts as being here."""
    return today(unit) - BEFORE


def new_external(unit: Unit, workspace: Workspace, user: str, email: str) -> str:
    """Return the id under which somebody from a chat is known: the address, else platform and user."""
    free = email and len(email) <= people_fields.LONGEST_ID and unit.people.by_external(email) is None
    return email if free else f"{workspace.platform}:{user}"[: people_fields.LONGEST_ID]


def cleaned(profile: Profile) -> Seen:
    """Return what a platform says of a user as it can be kept."""
    return Seen(
        profile.user,
        people_fields.clean(profile.name)[: people_fields.LONGEST_NAME],
        _read(people_fields.email, people_fields.clean(profile.email)),
        _read(people_fields.locale, profile.locale.replace("_", "-")),
        _read(people_fields.zone, profile.time_zone),
    )


def _read(reader: people_fields.Reader, text: str) -> str:
    """Read one of a platform's words as a people file is read; what HR could not write is not learned either."""
    try:
        return reader(text.strip())
    except CellProblem:
        return ""


def _shared(seen: Sequence[Seen]) -> set[str]:
    """Return the addresses that more than one user has."""
    uses = Counter(each.email for each in seen if each.email)
    return {email for email, n in uses.items() if n > 1}


def _chunks(seen: Sequence[Seen]) -> Iterator[Sequence[Seen]]:
    return (seen[start : start + MOST_WRITES] for start in range(0, len(seen), MOST_WRITES))


# --- who is gone ------------------------------------------------------------------------------------------


def _mark_gone(
    store: Store,
    organisation: int,
    workspace_id: int,
    seen: Sequence[Seen],
    before: Collection[str] | None,
    *,
    fewer: bool,
) -> tuple[int, int]:
    """Mark the accounts that a complete roster does not name; return how many, and how many stay in doubt."""
    here = {each.user for each in seen}
    accounts, strangers = store.read(
        lambda unit: (unit.accounts.users(workspace_id), unit.strangers.users(workspace_id)), organisation
    )
    known = accounts if before is None else accounts & frozenset(before)
    vanished = sorted(known - here)
    many = len(vanished) > FEW_GONE and 2 * len(vanished) > len(known)
    doubtful = not here or (many and not fewer)
    if doubtful and vanished:
        log.warning("workspace.roster_doubted", count=len(vanished), remaining=len(known) - len(vanished))
    away = [] if doubtful else [*vanished, *sorted(strangers - here)]
    for start in range(0, len(away), MOST_WRITES):
        users = away[start : start + MOST_WRITES]
        store.write(lambda unit, users=users: _all_left(unit, workspace_id, users), organisation)  # type: ignore[misc]  # mypy can't infer a lambda with a default
    return (0, len(vanished)) if doubtful else (len(vanished), 0)


def _all_left(unit: Unit, workspace_id: int, users: Sequence[str]) -> None:
    for account in unit.accounts.among(workspace_id, users).values():
        account.active = False
    unit.strangers.forget(workspace_id, users)


# --- who is who -------------------------------------------------------------------------------------------


def _meet(unit: Unit, workspace_id: int, seen: Sequence[Seen], shared: Collection[str]) -> Counter[str]:
    """Link whom an id or an address tells, keep the others as strangers; count what each user was or became."""
    room = _Room(unit, workspace_id, seen)
    counts: Counter[str] = Counter()
    for each in seen:
        account = room.accounts.get(each.user)
        person = room.person_of(account)
        told = person or room.tell(each, shared)
        if isinstance(told, str):
            counts[told] += 1
            room.keep(each, told)
            continue
        if person is None:
            room.link(each, told)
        counts["known" if person else "linked"] += 1
        counts["learned"] += _learn(told, each)
    room.save()
    return counts


class _Room:
    """What is known about some users of a workspace, each thing asked for once."""

    def __init__(self, unit: Unit, workspace_id: int, seen: Sequence[Seen]) -> None:
        self.unit, self.workspace_id = unit, workspace_id
        users = [each.user for each in seen]
        self.accounts = unit.accounts.among(workspace_id, users)
        self.strangers = unit.strangers.among(workspace_id, users)
        day = today(unit)
        found = unit.people.by_emails({each.email for each in seen if each.email})
        self.people = {email: _here(people, day) for email, people in found.items()}
        self.owners = unit.recipients.people({account.person_id for account in self.accounts.values()})
        named = unit.people.by_externals({form for user in users for form in (user, user.upper())})
        self.named = {person.external.lower(): person for person in _here(named, day)}
        self.before = {person.id for person in _here(list(self.owners.values()), day)}
        candidates = {person.id for people in self.people.values() for person in people} | self.before
        candidates |= {person.id for person in self.named.values()}
        self.taken = set(unit.accounts.linked(workspace_id, candidates))
        self.fresh: list[Account | Stranger] = []

    def person_of(self, account: Account | None) -> Person | None:
        return self.owners.get(account.person_id) if account is not None and account.active else None

    def tell(self, seen: Seen, shared: Collection[str]) -> Person | str:
        """Return whose account this is, where that is clear, else why it is not.

        HR may know somebody by the very id that the platform has; else one person and one user have the address;
        else it is an account that went and came back.
        """
        stranger = self.strangers.get(seen.user)
        if stranger is not None and stranger.why == LEFT_OUT:
            return LEFT_OUT
        known = self.named.get(seen.user.lower())
        if known is not None:
            return TWICE if known.id in self.taken else known
        if seen.email in shared:
            return TWICE
        found = self.people.get(seen.email, []) if seen.email else []
        if not found:
            return self._returned(seen) or UNKNOWN
        if len(found) > 1:
            return SEVERAL
        return TWICE if found[0].id in self.taken else found[0]

    def _returned(self, seen: Seen) -> Person | None:
        account = self.accounts.get(seen.user)
        owner = self.owners.get(account.person_id) if account is not None else None
        free = owner is not None and owner.id in self.before and owner.id not in self.taken
        return owner if free else None

    def link(self, seen: Seen, person: Person) -> None:
        account = self.accounts.get(seen.user)
        self.taken.add(person.id)
        if account is not None:
            account.person_id, account.active = person.id, True
        else:
            self.fresh.append(
                Account(
                    organisation_id=self.unit.organisation_id,
                    workspace_id=self.workspace_id,
                    user=seen.user,
                    person_id=person.id,
                )
            )

    def keep(self, seen: Seen, why: str) -> None:
        """Remember a stranger as the platform describes them now, if it does."""
        row = self.strangers.pop(seen.user, None)
        if row is not None and not (seen.name or seen.email):
            return
        name = seen.name or seen.email or seen.user
        if row is not None:
            row.name, row.email, row.why = name, seen.email, why
            row.locale, row.time_zone = seen.locale, seen.time_zone
            return
        self.fresh.append(
            Stranger(
                organisation_id=self.unit.organisation_id,
                workspace_id=self.workspace_id,
                user=seen.user,
                name=name,
                email=seen.email,
                locale=seen.locale,
                time_zone=seen.time_zone,
                why=why,
            )
        )

    def save(self) -> None:
        """Write what is new; strangers who are somebody now are none any more."""
        self.unit.accounts.add(*(row for row in self.fresh if isinstance(row, Account)))
        self.unit.strangers.add(*(row for row in self.fresh if isinstance(row, Stranger)))
        if self.strangers:
            self.unit.strangers.forget(self.workspace_id, list(self.strangers))


def _here(people: Sequence[Person], day: date) -> list[Person]:
    return [person for person in people if present(person, day)]


def _learn(person: Person, seen: Seen) -> bool:
    """Keep the language that the platform says where HR's file says nothing, and its time zone; True: something was new."""
    locale = seen.locale if seen.locale and not person.locale else person.seen_locale
    zone = seen.time_zone or person.seen_zone
    changed = (locale, zone) != (person.seen_locale, person.seen_zone)
    person.seen_locale, person.seen_zone = locale, zone
    return changed
