"""The platforms that are configured: made from the settings, no other is even imported."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from adapters import tone
from adapters.about_page import AboutPage
from adapters.engine.embedded import EmbeddedEngine, Tuning
from adapters.engine.limits import Limits
from adapters.http import Mounting, Server
from adapters.outbound import is_loopback
from adapters.settings import Settings
from adapters.upload_page import UploadPage
from adapters.wiring import teams
from adapters.wiring.serving import Ready, Service
from bot import jobs
from bot.cases import forecast, unreached, upload
from bot.clock import SystemClock
from bot.errors import StoreError
from bot.store.store import open_store
from bot.store.unit import Store
from bot.talk.platform import Paced, Platform

if TYPE_CHECKING:
    from adapters.slack import Connection, SlackPlatform

DOUBT = timedelta(seconds=15)
"""How long Slack may still work on a message after we gave up waiting for its answer: asked sooner, it might not show yet."""

NOTHING_CONFIGURED = (
    "No chat platform is configured. For Slack set RAPPORT_SLACK_BOT_TOKEN (xoxb-…) and, for Socket Mode, "
    "RAPPORT_SLACK_APP_TOKEN (xapp-…); for Teams RAPPORT_TEAMS_APP_ID, RAPPORT_TEAMS_APP_SECRET and "
    "RAPPORT_TEAMS_TENANTS. To see Rapport at work now, run: rapport demo"
)

ONLY_IMITATED = (
    "The demo talks only to a Slack that is imitated on this machine: RAPPORT_SLACK_API_URL must be an address of "
    "127.0.0.1. This starts both: make slack-demo"
)


def missing(settings: Settings) -> list[str]:
    """Say in words what must still be set before people can be served; empty: nothing."""
    slack, in_teams = _wants_slack(settings), teams.wanted(settings)
    if not slack and not in_teams:
        return [NOTHING_CONFIGURED]
    return [
        *(_missing_for_slack(settings) if slack else ()),
        *(teams.missing(settings) if in_teams else ()),
        *tone.lacking(settings.tone),
    ]


def _wants_slack(settings: Settings) -> bool:
    return bool(settings.slack_client_id or settings.slack_bot_token.get_secret_value())


def _missing_for_slack(settings: Settings) -> list[str]:
    if settings.slack_client_id:
        return _missing_for_installing(settings)
    if settings.slack_mode == "socket" and not settings.slack_app_token.get_secret_value():
        return ["RAPPORT_SLACK_APP_TOKEN (xapp-…) is missing: Socket Mode connects with it."]
    if settings.slack_mode == "http" and not settings.slack_signing_secret.get_secret_value():
        return [
            "RAPPORT_SLACK_SIGNING_SECRET is missing: without it nobody can tell Slack's requests from others."
        ]
    return []


def _missing_for_installing(settings: Settings) -> list[str]:
    """Say what the page on which administrators install the app still needs."""
    needed = {
        "RAPPORT_SLACK_CLIENT_SECRET": settings.slack_client_secret.get_secret_value(),
        "RAPPORT_SLACK_SIGNING_SECRET": settings.slack_signing_secret.get_secret_value(),
        "RAPPORT_PUBLIC_URL": settings.public_url,
    }
    lacking = [f"{name} is missing: /slack/install needs it." for name, value in needed.items() if not value]
    if settings.slack_mode != "http":
        lacking.append("RAPPORT_SLACK_CLIENT_ID goes with RAPPORT_SLACK_MODE=http.")
    if settings.slack_bot_token.get_secret_value():
        lacking.append(
            "Set either RAPPORT_SLACK_BOT_TOKEN (one workspace) or RAPPORT_SLACK_CLIENT_ID, not both."
        )
    return lacking


def missing_for_demo(settings: Settings, chat: str) -> list[str]:
    """Say what must still be set before the demo can talk through a chat, which it does only to an imitated one."""
    if chat == "teams":
        return list(teams.missing_for_demo(settings))
    if not is_loopback(settings.slack_api_url):
        return [ONLY_IMITATED]
    return _missing_for_slack(settings) if _wants_slack(settings) else [NOTHING_CONFIGURED]


def configured(settings: Settings, store: Store) -> Mapping[str, Platform]:
    """Make the platforms that are configured, one or both; no other is even imported."""
    made: list[Platform] = []
    if settings.slack_client_id:
        made.append(installable_slack(settings, store))
    elif _wants_slack(settings):
        made.append(slack_platform(settings))
    if teams.wanted(settings):
        made.append(teams.platform(settings, store))
    return {platform.name: platform for platform in made}


def slack_platform(settings: Settings) -> "SlackPlatform":
    """Make Slack, for the workspace of the one token."""
    from adapters import slack  # noqa: PLC0415 - only who uses Slack pays for it

    return slack.connect(slack_connection(settings))


def installable_slack(settings: Settings, store: Store) -> Platform:
    """Make Slack for every workspace that installs the app from our own page."""
    from adapters.installations import installable  # noqa: PLC0415 - loaded only where Slack is set up
    from adapters.slack.installable import Credentials  # noqa: PLC0415 - loaded only where Slack is set up

    further = (name.strip() for name in settings.slack_workspaces.split(","))
    credentials = Credentials(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        base_url=settings.public_url,
        workspaces=frozenset(filter(None, further)),
    )
    return installable(store, slack_connection(settings), credentials)


def slack_connection(settings: Settings) -> "Connection":
    """Return what is needed to reach Slack, as it was set."""
    from adapters import slack  # noqa: PLC0415 - loaded only where Slack is set up

    secrets = (settings.slack_signing_secret, settings.slack_signing_secret_old)
    return slack.Connection(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
        signing_secrets=tuple(filter(None, (secret.get_secret_value() for secret in secrets))),
        api_url=settings.slack_api_url,
        mode=settings.slack_mode,
        reconcile=settings.slack_reconcile,
        paced=settings.slack_paced,
    )


def service(settings: Settings, platforms: Mapping[str, Platform] | None = None) -> Service:
    """Open the store as the one server, with the platforms that are configured or given."""
    url, grace = settings.database_url.get_secret_value(), timedelta(seconds=settings.grace_seconds)
    store = open_store(url, keys_dir=settings.keys_dir, clock=SystemClock(), role="server")
    if not store.organisations():
        store.close()
        raise StoreError("There is no organisation in this database yet. Make it with: rapport init")
    served = configured(settings, store) if platforms is None else platforms
    limits = {"slack": slack_limits(settings), "teams": teams.LIMITS}
    sweeps = jobs.reading_by(partial(tone.scorer, settings.tone))
    engine = EmbeddedEngine(store, served, sweeps, Tuning(limits=limits, rosters=True))
    mounted = _mounted(settings, served)
    upload.announce(store, settings.public_url)
    announce_paces(store, served)
    unreached.announce(store, "teams", teams.link(settings))
    if settings.public_url:
        mounted += [UploadPage(store, settings.public_url), AboutPage(store)]
    return Service(store, engine, served, grace, Server(settings.host, settings.port, Ready(store), mounted))


def announce_paces(store: Store, served: Mapping[str, Platform]) -> None:
    """Let HR be told before a launch how long sending takes on each platform."""
    paces = {name: each.messages_per_minute for name, each in served.items() if isinstance(each, Paced)}
    forecast.announce(store, paces)


def _mounted(settings: Settings, served: Mapping[str, Platform]) -> list[Mounting]:
    """Return the platforms that are reached over HTTP: Slack may be, everybody else is who can be."""
    in_socket = {"slack"} if settings.slack_mode == "socket" else set()
    return [each for name, each in served.items() if name not in in_socket and isinstance(each, Mounting)]


def slack_limits(settings: Settings) -> Limits:
    """Return what the engine keeps to with Slack: no rate, because the adapter paces each method itself."""
    return Limits(batch=50 if settings.slack_reconcile else 10, doubt=DOUBT)
