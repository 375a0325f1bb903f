"""What must be done for Teams before the install, and the letters to those who administer its three parts."""

from collections.abc import Iterator, Mapping

from adapters.cli.tasks import YOU, Task, missing
from adapters.settings import Settings
from bot.cases import preparation
from bot.cases.preparation import Standing

NAME = "Teams"
ENTRA, AZURE, ADMIN = "Entra admin", "Azure owner", "Teams admin"

MESSAGES = "/api/messages"
"""Where Teams calls; a test holds it to the door's own path."""


def wanted(settings: Settings) -> bool:
    """Say whether anything is set for Teams."""
    secret = settings.teams_app_secret.get_secret_value()
    return bool(settings.teams_app_id or secret or settings.teams_tenants or settings.teams_insecure_local)


def tasks(now: Standing, settings: Settings) -> Iterator[Task]:
    """Yield what is to be done; that the bot and the package are right shows only once somebody has met the app."""
    met, lacking = now.met.get("teams", 0), _lacking(settings)
    yield Task(
        YOU,
        settings.public_url.startswith("https://"),
        f"An https address that the internet reaches, as RAPPORT_PUBLIC_URL; {MESSAGES}, /about and /upload/ go to Rapport",
    )
    if settings.teams_kind == "secret":
        yield Task(
            ENTRA, not lacking, "Register the app, single tenant; hand over both ids and a client secret"
        )
        yield Task(
            AZURE,
            met > 0,
            f"Make the Azure Bot (Single Tenant) with that app: endpoint {_endpoint(settings)}, channel Microsoft Teams",
        )
    else:
        yield Task(
            AZURE,
            met > 0,
            "Make a managed identity for this machine and the Azure Bot (User-Assigned Managed Identity): "
            f"endpoint {_endpoint(settings)}, channel Microsoft Teams; hand over both ids",
        )
    yield Task(YOU, not lacking, f"Give Rapport its settings: {missing(lacking)}")
    yield Task(
        ADMIN,
        met > 0,
        "Upload the package (rapport manifest teams --out rapport.zip) under Manage apps, and allow it",
    )
    yield Task(
        ADMIN,
        0 < now.employed <= met,
        f"Install it by a setup policy, testers first ({met} met it so far)",
    )


def letters(now: Standing, settings: Settings) -> Mapping[str, str]:
    endpoint, kind = _endpoint(settings), settings.teams_kind
    entra = {ENTRA: preparation.to_entra_admin(now)} if kind == "secret" else {}
    return entra | {
        AZURE: preparation.to_azure_owner(now, endpoint, kind),
        ADMIN: preparation.to_teams_admin(now),
    }


def _endpoint(settings: Settings) -> str:
    return f"{settings.public_url.rstrip('/') or 'https://…'}{MESSAGES}"


def _lacking(settings: Settings) -> list[str]:
    needed = {"APP_ID": settings.teams_app_id, "TENANTS": settings.teams_tenants}
    if settings.teams_kind == "secret":
        needed["APP_SECRET"] = settings.teams_app_secret.get_secret_value()
    return [f"RAPPORT_TEAMS_{name}" for name, value in needed.items() if not value]
