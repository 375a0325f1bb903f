"""Microsoft Teams, made from the settings."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.engine.limits import Limits
from adapters.outbound import is_loopback
from adapters.settings import Settings
from bot.store.unit import Store

if TYPE_CHECKING:
    from adapters.teams.connection import Connection
    from adapters.teams.send import TeamsPlatform

APP_LINK = "https://teams.microsoft.com/l/app/"
"""Opens the app in Teams, where people can add it; learn.microsoft.com, ``deep-link-application``."""

LIMITS = Limits(batch=20, at_once=20, timeout_s=25.0)
"""What the engine keeps to with Teams: no rate, because the adapter paces itself (40 a second in a tenant).

A batch is small, because Teams can't be asked what arrived: after a crash so many messages stay uncertain. The time
is that of two calls, for a person's conversation may have to be made before it is written to.
"""

ONLY_IMITATED = (
    "The demo talks only to a Teams that is imitated on this machine: RAPPORT_TEAMS_SERVICE_URLS, "
    "RAPPORT_TEAMS_LOGIN_URL and RAPPORT_TEAMS_OPENID_URL must be addresses of 127.0.0.1. This starts both: "
    "make teams-demo"
)


def wanted(settings: Settings) -> bool:
    """Say whether somebody means to serve Teams."""
    return bool(settings.teams_app_id) or settings.teams_insecure_local


def missing(settings: Settings) -> list[str]:
    """Say in words what must still be set before people in Teams can be served, or is set and can't be so."""
    return list(_lacking(settings)) or _impossible(settings)


def _lacking(settings: Settings) -> Iterator[str]:
    secret = settings.teams_app_secret.get_secret_value()
    if not _listed(settings.teams_tenants):
        yield "RAPPORT_TEAMS_TENANTS is missing: the directory id of the tenant whose people may use Rapport."
    if settings.teams_app_id and settings.teams_kind == "secret" and not secret:
        yield (
            "RAPPORT_TEAMS_APP_SECRET is missing: Rapport writes to people with it. In Azure a managed identity "
            "can take its place (RAPPORT_TEAMS_KIND=managed_identity)."
        )
    if not settings.teams_app_id and not is_loopback(f"http://{settings.host}"):
        yield (
            "Without RAPPORT_TEAMS_APP_ID anybody could speak as anybody: that goes with RAPPORT_HOST=127.0.0.1 only."
        )
    near = all(map(is_loopback, _listed(settings.teams_service_urls) or [""]))
    if not settings.teams_paced and not near:
        yield "RAPPORT_TEAMS_PACED=false goes with an imitated Teams on this machine only."


def missing_for_demo(settings: Settings) -> Iterator[str]:
    """Say what must still be set before the demo can talk through Teams, which it does only to an imitated one."""
    addresses = [*_listed(settings.teams_service_urls), settings.teams_login_url, settings.teams_openid_url]
    if not settings.teams_service_urls or not all(map(is_loopback, addresses)):
        yield ONLY_IMITATED
    elif not settings.teams_app_id:
        yield "RAPPORT_TEAMS_APP_ID is missing: what an imitated Teams sends is signed for it."
    else:
        yield from missing(settings)


def _impossible(settings: Settings) -> list[str]:
    try:
        connection(settings)
    except ValueError as error:
        return [f"RAPPORT_TEAMS_…: {error}"]
    return []


def platform(settings: Settings, store: Store) -> "TeamsPlatform":
    """Make Teams, over the store's own references."""
    from adapters.references import StoredReferences  # noqa: PLC0415 - only who uses Teams pays for it
    from adapters.teams.connect import connect  # noqa: PLC0415 - loaded only where Teams is set up

    return connect(connection(settings), StoredReferences(store), paced=settings.teams_paced)


def connection(settings: Settings) -> "Connection":
    """Return what is needed to reach Teams and to be reached by it, as it was set."""
    from adapters.teams.connection import LOGIN_URL, OPENID_URL, PUBLIC_CLOUD, Connection  # noqa: PLC0415 - loaded only where Teams is set up

    return Connection(
        app_id=settings.teams_app_id,
        tenants=tuple(_listed(settings.teams_tenants)),
        secret=settings.teams_app_secret.get_secret_value(),
        kind=settings.teams_kind,
        service_urls=tuple(_listed(settings.teams_service_urls)) or PUBLIC_CLOUD,
        login_url=settings.teams_login_url or LOGIN_URL,
        openid_url=settings.teams_openid_url or OPENID_URL,
        insecure_local=settings.teams_insecure_local,
    )


def link(settings: Settings) -> str:
    """Return where people get the app themselves; empty: nowhere."""
    named = settings.teams_catalogue_id or settings.teams_app_id
    return f"{APP_LINK}{named}" if named else ""


def _listed(text: str) -> list[str]:
    return [part for each in text.split(",") if (part := each.strip())]
