"""What must be done for Slack before the install, and the letter to whoever administers it."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from adapters.cli.tasks import YOU, Task, missing
from adapters.settings import Settings
from bot.cases import preparation
from bot.cases.preparation import Standing

NAME, ADMIN = "Slack", "Slack admin"


def wanted(settings: Settings) -> bool:
    """Say whether anything is set for Slack."""
    secrets = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    return bool(settings.slack_client_id or any(secret.get_secret_value() for secret in secrets))


def tasks(_: Standing, settings: Settings) -> Iterator[Task]:
    yield Task(
        ADMIN,
        bool(settings.slack_client_id or settings.slack_bot_token.get_secret_value()),
        "Create and install the app from the manifest (rapport manifest slack > slack.json); hand over its secrets",
    )
    lacking = _lacking(settings)
    yield Task(YOU, not lacking, f"Give Rapport its secrets: {missing(lacking)}")


def letters(now: Standing, settings: Settings) -> Mapping[str, str]:
    from adapters.slack.manifest import SCOPES  # noqa: PLC0415 - only who uses Slack pays for it

    return {ADMIN: preparation.to_slack_admin(now, [*SCOPES], _way(settings))}


def _way(settings: Settings) -> preparation.Way:
    """Return how Slack will be reached, which decides about the secrets that are needed."""
    return "install" if settings.slack_client_id else settings.slack_mode


def _lacking(settings: Settings) -> list[str]:
    bot, signing = settings.slack_bot_token, settings.slack_signing_secret
    match way := _way(settings):
        case "socket":
            needed = {"BOT_TOKEN": bot, "APP_TOKEN": settings.slack_app_token}
        case "http":
            needed = {"BOT_TOKEN": bot, "SIGNING_SECRET": signing}
        case "install":
            needed = {"CLIENT_SECRET": settings.slack_client_secret, "SIGNING_SECRET": signing}
        case _:
            assert_never(way)
    return [f"RAPPORT_SLACK_{name}" for name, value in needed.items() if not value.get_secret_value()]
