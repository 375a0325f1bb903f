"""Every row that Rapport keeps, the vault's own tables apart (``vault.py``).

Rows are dumb: a table class does not validate, so checks stand at the boundary that receives a value.
Each key starts with the organisation; a row can never point into another one. Numbers (``id``) are given
out per organisation and noun by ``Unit.number``.
"""

from datetime import date, datetime, time
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKeyConstraint, Index, MetaData, UniqueConstraint
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraint names are the same on SQLite and PostgreSQL, so that one history migrates both."""

metadata = MetaData(naming_convention=NAMING)

Args = tuple[Any, ...]


class Row(SQLModel):
    """What all our tables share: one metadata with one naming rule."""

    metadata: ClassVar[MetaData] = metadata


def _to(table: str, column: str = "id", *, own: str) -> ForeignKeyConstraint:
    """Point within the same organisation only."""
    return ForeignKeyConstraint(["organisation_id", own], [f"{table}.organisation_id", f"{table}.{column}"])


def org_key() -> Any:
    """Start a key with the organisation."""
    return Field(primary_key=True, foreign_key="organisation.id")


# --- the organisation -------------------------------------------------------------------------------------


class Organisation(Row, table=True):
    """The tenant, with the settings that people can read in it."""

    id: int = Field(primary_key=True)
    name: str
    created_at: datetime
    made_up: bool = False
    """A demonstration: every card says so."""
    locale: str = "en"
    time_zone: str = "UTC"
    formality: str = "du"
    """How German addresses people: du or sie."""
    currency: str = "EUR"
    k_scores: int = 5
    k_comments: int = 10
    blind_reminders: bool = False
    sentiment: str = "off"
    """Whether tone and themes are read out of comments: off, or aggregate (at the close, in groups)."""
    themes: int = 0
    """Which of its own versions of the themes is in force; 0: the built-in ones."""
    themes_since: datetime | None = None
    rehearsal: bool = True
    """Until an HR admin and an owner go live, deliveries reach the named testers only."""
    live_at: datetime | None = None
    works_council: str = ""
    """The agreement as recorded, or "not needed, because ..."; empty: nothing recorded yet."""
    contact_id: int | None = None
    """The person whom "Talk to a person" leads to."""
    contact_hours: str = ""
    emergency: str = ""
    help_line: str = ""


class Counter(Row, table=True):
    """The last number given out for a noun."""

    organisation_id: int = org_key()
    noun: str = Field(primary_key=True)
    last: int = 0


class Setting(Row, table=True):
    """A small value that the running system keeps, such as the demo's clock or a heartbeat."""

    organisation_id: int = org_key()
    key: str = Field(primary_key=True)
    value: str
    at: datetime


class Workspace(Row, table=True):
    """A Slack team or Teams tenant, or the local page."""

    __table_args__: ClassVar[Args] = (UniqueConstraint("platform", "external"),)
    organisation_id: int = org_key()
    id: int = Field(primary_key=True)
    platform: str
    external: str
    active: bool = True
    tokens: float = 20.0
    """Sends still allowed at ``refilled_at``: a token bucket."""
    refilled_at: datetime | None = None
    blocked_until: datetime | None = None
    disconnected_at: datetime | None = None
    """When the app was removed there; from then on the time runs after which what waited is dropped."""


class Installation(Row, table=True):
    """What the app's being installed in a workspace lets us in with; ``installations.py`` alone opens the tokens."""

    __table_args__: ClassVar[Args] = (_to("workspace", own="workspace_id"),)
    organisation_id: int = org_key()
    workspace_id: int = Field(primary_key=True)
    enterprise: str = ""
    """The platform's own organisation, if the workspace is part of one, or is one that installed as a whole."""
    bot_user: str
    scopes: str
    """What was agreed to, sorted, with commas between."""
    token: bytes
    """Sealed; so is ``refresh_token``, which is None where tokens do not end."""
    refresh_token: bytes | None = None
    expires_at: datetime | None = None
    installed_at: datetime


class Reference(Row, table=True):
    """How a platform without a directory writes to a user, in the adapter's own words, which nothing else reads.

    It stands for a conversation of several people where the platform has the app in one.
    """

    __table_args__: ClassVar[Args] = (_to("workspace", own="workspace_id"),)
    organisation_id: int = org_key()
    workspace_id: int = Field(primary_key=True)
    user: str = Field(primary_key=True)
    data: dict[str, Any] = Field(sa_type=JSON)


class CareRouting(Row, table=True):
    """To whom it is passed on that somebody may want to talk, after which signs in a reply under a name; no row: to nobody."""

    __table_args__: ClassVar[Args] = (_to("person", own="contact_id"), _to("person", own="stand_in_id"))
    organisation_id: int = org_key()
    contact_id: int
    stand_in_id: int | None = None
    """Who is told where the contact can't be."""
    hours: str
    """When they are there, in words, as shown to whoever writes."""
    signs: list[str] = Field(sa_type=JSON)
    since: datetime


# --- people -----------------------------------------------------------------------------------------------


class Person(Row, table=True):
    """Somebody who works, worked or will work here; ``external`` is HR's own number."""

    __table_args__: ClassVar[Args] = (
        UniqueConstraint("organisation_id", "external"),
        Index("ix_person_email", "organisation_id", "email"),
    )
    organisation_id: int = org_key()
    id: int = Field(primary_key=True)
    external: str
    name: str
    email: str = ""
    locale: str = ""
    time_zone: str = ""
    starts_on: date
    ends_on: date | None = None
    """The last day, if known; people leave at its end."""
    disclosed_at: datetime | None = None
    """When the first contact with the disclosure reached the person; no survey is sent before."""
    disclosure_version: int = 0
    paused_until: datetime | None = None
    opted_out: bool = False
    """No surveys and prompts; onboarding steps and answers to own commands still come."""
    chosen_locale: str = ""
    """The language that the person chose; no file of HR's changes it."""
    seen_locale: str = ""
    """What a chat platform says where HR's file says nothing."""
    chosen_zone: str = ""
    """The time zone that the person chose, or ``chat``: the platform's word before HR's; no file of HR's changes it."""
    seen_zone: str = ""
    """What a chat platform says last."""
    quiet_from: time | None = None
    """Own quiet hours, from here to ``quiet_until`` on the person's clock; equal: none. None: the usual ones."""
    quiet_until: time | None = None
    prefers: int | None = None
    """The workspace in which the person wants to be written to; None: the one connected first."""


class Account(Row, table=True):
    """A person on a platform."""

    __table_args__: ClassVar[Args] = (
        _to("person", own="person_id"),
        _to("workspace", own="workspace_id"),
        Index("ix_account_person", "organisation_id", "person_id"),
    )
    organisation_id: int = org_key()
    workspace_id: int = Field(primary_key=True)
    user: str = Field(primary_key=True)
    person_id: int
    active: bool = True


class Stranger(Row, table=True):
    """A user of a workspace who is nobody's account yet, and why; forgotten once linked or gone."""

    __table_args__: ClassVar[Args] = (_to("workspace", own="workspace_id"),)
    organisation_id: int = org_key()
    workspace_id: int = Field(primary_key=True)
    user: str = Field(primary_key=True)
    name: str
    email: str = ""
    locale: str = ""
    time_zone: str = ""
    why: str
    """unknown: nobody has this address; several: more than one person; twice: more than one user; left_out: HR's word."""


class Placement(Row, table=True):
    """Where a person belonged, from a date until before another."""

    __table_args__: ClassVar[Args] = (
        _to("person", own="person_id"),
        Index("ix_placement_path", "organisation_id", "path", "starts_on"),
    )
    organisation_id: int = org_key()
    person_id: int = Field(primary_key=True)
    starts_on: date = Field(primary_key=True)
    until: date | None = None
    """First day on which it no longer holds; None: still holds."""
    path: str
    """The department, such as ``Operations/Support``."""
    manager_id: int | None = None
    site: str = ""
    share: float = 1.0
    """Employment share, 0 to 1."""
    band: str = ""
    """Salary band; never a salary."""


class Headship(Row, table=True):
    """Who heads a department; a manager is the head of a path, its subtree included."""

    __table_args__: ClassVar[Args] = (_to("person", own="person_id"),)
    organisation_id: int = org_key()
    path: str = Field(primary_key=True)
    person_id: int = Field(primary_key=True)
    starts_on: date = Field(primary_key=True)
    until: date | None = None


class Separation(Row, table=True):
    """Somebody left. ``kind``: voluntary, involuntary, retirement, end_of_contract, death, other."""

    __table_args__: ClassVar[Args] = (_to("person", own="person_id"),)
    organisation_id: int = org_key()
    person_id: int = Field(primary_key=True)
    on: date = Field(primary_key=True)
    """The last day."""
    kind: str
    path: str
    """The department at the end."""


class Grant(Row, table=True):
    """A role that is given, not derived: hr_admin or owner."""

    __table_args__: ClassVar[Args] = (_to("person", own="person_id"),)
    organisation_id: int = org_key()
    person_id: int = Field(primary_key=True)
    role: str = Field(primary_key=True)
    granted_at: datetime
    granted_by: int | None = None


class Tester(Row, table=True):
    """Somebody whom deliveries reach during rehearsal."""

    __table_args__: ClassVar[Args] = (_to("person", own="person_id"),)
    organisation_id: int = org_key()
    person_id: int = Field(primary_key=True)


class InstallCode(Row, table=True):
    """A one-time code that makes its first user the first owner; only its hash is kept."""

    organisation_id: int = org_key()
    digest: str = Field(primary_key=True)
    expires_at: datetime
    used_by: int | None = None


class Approval(Row, table=True):
    """One of the two consents to going live (HR admin and owner)."""

    __table_args__: ClassVar[Args] = (_to("person", own="person_id"),)
    organisation_id: int = org_key()
    act: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    person_id: int
    at: datetime


# --- surveys ----------------------------------------------------------------------------------------------


class Survey(Row, table=True):
    """An instrument in use: a template, its owner and its calendar."""

    __table_args__: ClassVar[Args] = (
        UniqueConstraint("organisation_id", "key"),
        _to("person", own="owner_id"),
    )
    organisation_id: int = org_key()
    id: int = Field(primary_key=True)
    key: str
    version: int
    owner_id: int
    first_on: date
    """The local date of the first wave; the template's cadence counts from it."""
    active: bool = True
    results_days: int = 7
    """How many days after close everyone who was asked sees the result."""


class Wave(Row, table=True):
    """One fielding of a survey. State: opening, open, closing, closed, unreadable."""

    __table_args__: ClassVar[Args] = (
        UniqueConstraint("organisation_id", "survey_id", "local_date"),
        _to("survey", own="survey_id"),
    )
    organisation_id: int = org_key()
    id: int = Field(primary_key=True)
    survey_id: int
    local_date: date
    state: str
    opens_at: datetime
    closes_at: datetime
    results_on: date
    k_scores: int
    k_comments: int
    mode: str
    blind_reminders: bool
    sentiment: str = "off"
    """As it was at the launch."""
    themes: int = 0
    """As in force at the launch."""
    tone_model: str = ""
    """What read the tone of comments at the close, with its version; empty: nothing did, or nobody noted it."""
    owner: str
    """The owner's name as shown at launch."""
    title: dict[str, str] = Field(sa_type=JSON)
    questions: list[dict[str, Any]] = Field(sa_type=JSON)
    """The questions as asked, frozen at launch."""
    asked: int = 0
    """How many people were invited."""
    closed_at: datetime | None = None


class ThemeVersion(Row, table=True):
    """A version of an organisation's own themes, as the file that described it; never changed, its number never given twice."""

    organisation_id: int = org_key()
    number: int = Field(primary_key=True)
    text: str
    at: datetime


class Invitation(Row, table=True):
    """Who was asked in a wave, what, and in which reporting cell; never whether they answered."""

    __table_args__: ClassVar[Args] = (
        _to("wave", own="wave_id"),
        _to("person", own="person_id"),
        Index("ix_invitation_person", "organisation_id", "person_id"),
    )
    organisation_id: int = org_key()
    wave_id: int = Field(primary_key=True)
    person_id: int = Field(primary_key=True)
    cell: str
    """The department path whose group the person's sheet counts in, frozen at launch."""
    items: list[str] = Field(sa_type=JSON)
    """The keys of the questions that this person is asked."""
    due_at: datetime
    no_reminder: bool = False
    """The person said "Not this time"."""


class Reading(Row, table=True):
    """A metric of a group in a period, as released, or the fact that it is withheld.

    ``source``: measured (a wave of ours), imported (a user's own history) or made up (the demo).
    """

    __table_args__: ClassVar[Args] = (
        UniqueConstraint("organisation_id", "source", "wave_id", "period", "path", "item", "metric"),
        Index("ix_reading_path", "organisation_id", "path", "item", "metric", "period"),
    )
    organisation_id: int = org_key()
    id: int = Field(primary_key=True)
    source: str
    wave_id: int = 0
    """0: not from a wave of ours."""
    period: date
    """The local date of the wave, or the first of the month."""
    path: str
    """The department; empty: the whole organisation."""
    item: str
    """The question's key, or empty for figures about the whole wave."""
    metric: str
    state: str
    """shown, band or withheld."""
    reason: str = ""
    """Why withheld: privacy, language or unreadable; one word for every privacy reason."""
    band: str = ""
    unit: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    """Respondents, rounded by the release rules."""
    asked: int | None = None
    variance: float | None = None
    """Sampling variance of ``value``, for the report's weights."""


class Term(Row, table=True):
    """A word or a topic of the comments of a whole wave, as released; of what may not be shown there is no row."""

    __table_args__: ClassVar[Args] = (_to("wave", own="wave_id"),)
    organisation_id: int = org_key()
    wave_id: int = Field(primary_key=True)
    question: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    """emerging: a word that came up more often than before; topic: words that are often written together."""
    place: int = Field(primary_key=True)
    text: str
    people: int
    """At least so many people wrote it."""
    value: float
    """Of a word: at least so many times as often; of a topic: how stable it is. Rounded down to steps."""


class Quote(Row, table=True):
    """A comment that may be quoted: its author said yes and every rule lets it pass. No person, no cell, no time."""

    __table_args__: ClassVar[Args] = (
        _to("wave", own="wave_id"),
        Index("ix_quote_wave", "organisation_id", "wave_id"),
        {"sqlite_with_rowid": False},
    )
    organisation_id: int = org_key()
    id: str = Field(primary_key=True)
    """Random, so that no order follows from it."""
    wave_id: int
    theme: str
    tone: str
    """What it was read as, by ``taxonomy`` and ``model``."""
    taxonomy: str
    model: str
    text: str
    """Masked and evened out; empty once it was taken out or its time is over, where a judgement is left."""
    judged_theme: str = ""
    judged_tone: str = ""
    """What HR says that it is; empty: nobody has said."""


# --- onboarding -------------------------------------------------------------------------------------------


class Enrolment(Row, table=True):
    """A person in a journey. State: active, done, cancelled."""

    __table_args__: ClassVar[Args] = (
        UniqueConstraint("organisation_id", "person_id", "journey"),
        _to("person", own="person_id"),
    )
    organisation_id: int = org_key()
    id: int = Field(primary_key=True)
    person_id: int
    journey: str
    version: int
    anchor: date
    """The first working day."""
    buddy_id: int | None = None
    state: str = "active"
    created_at: datetime


class StepRun(Row, table=True):
    """One step of an enrolment with its absolute due instant. State: due, sent, done, skipped."""

    __table_args__: ClassVar[Args] = (
        _to("enrolment", own="enrolment_id"),
        Index("ix_steprun_due", "organisation_id", "state", "due_at"),
    )
    organisation_id: int = org_key()
    enrolment_id: int = Field(primary_key=True)
    step: str = Field(primary_key=True)
    due_at: datetime
    state: str = "due"
    tasks: dict[str, bool] = Field(default_factory=dict, sa_type=JSON)
    nudge_at: datetime | None = None
    nudges: int = 0
    done_at: datetime | None = None
    answer: str = ""
    """What a new hire answered to an attributed question; it carries their name by its own words."""


# --- automation and its effect ----------------------------------------------------------------------------


class Rollout(Row, table=True):
    """An automation starting in a department on a date, with its purpose and its cost; may be planned."""

    __table_args__: ClassVar[Args] = (Index("ix_rollout_path", "organisation_id", "path"),)
    organisation_id: int = org_key()
    id: int = Field(primary_key=True)
    path: str
    name: str
    purpose: str
    starts_on: date
    one_off_cost: float = 0.0
    monthly_cost: float = 0.0
    hours_saved: float | None = None
    """Hours saved a month, all people together; None: not counted yet."""
    hourly_rate: float | None = None
    salary: float | None = None
    """Mean yearly salary used for the replacement cost; entered, never computed from people."""
    source: str = "entered"


class Report(Row, table=True):
    """A report that was asked for. State: queued, ready, failed."""

    __table_args__: ClassVar[Args] = (UniqueConstraint("organisation_id", "path", "digest"),)
    organisation_id: int = org_key()
    id: int = Field(primary_key=True)
    path: str
    digest: str
    """Of the inputs: the same inputs give the same report."""
    state: str
    asked_by: int | None = None
    body: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    built_at: datetime | None = None


# --- delivery ---------------------------------------------------------------------------------------------


class Delivery(Row, table=True):
    """One message to be sent: purpose, reference and arguments, never its text or a name.

    State: pending, sending, sent, retry, uncertain, dead, expired, cancelled.
    """

    __table_args__: ClassVar[Args] = (
        UniqueConstraint("organisation_id", "key"),
        _to("person", own="person_id"),
        _to("workspace", own="workspace_id"),
        Index("ix_delivery_due", "organisation_id", "workspace_id", "state", "due_at"),
        Index("ix_delivery_person", "organisation_id", "person_id", "due_at"),
        Index("ix_delivery_receipt", "organisation_id", "conversation", "message"),
    )
    organisation_id: int = org_key()
    id: str = Field(primary_key=True)
    """Random; travels to the platform with the message so that it can be asked for it."""
    workspace_id: int
    person_id: int
    key: str
    """Natural key, such as ``wave:12:invite:7``: the same message can be wanted only once."""
    purpose: str
    ref: str
    args: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    due_at: datetime
    expires_at: datetime | None = None
    priority: int = 5
    must_arrive: bool = False
    """Sent again when nobody can tell whether it arrived (onboarding steps, legal notes)."""
    state: str = "pending"
    attempts: int = 0
    claim: str = ""
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    conversation: str = ""
    message: str = ""
    error: str = ""


class InboxEvent(Row, table=True):
    """An event that was handled; redeliveries find it. Kept 24 hours; ``digest`` hides the sender."""

    __table_args__: ClassVar[Args] = (Index("ix_inboxevent_at", "organisation_id", "received_at"),)
    organisation_id: int = org_key()
    platform: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    received_at: datetime


class Audit(Row, table=True):
    """Append-only record of acts that need an account; each entry chained to the one before."""

    organisation_id: int = org_key()
    number: int = Field(primary_key=True)
    at: datetime
    actor: str
    act: str
    object: str
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    digest: str
