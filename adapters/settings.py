"""What an operator may choose. Read once, in ``adapters.wiring`` and the command line; nothing else reads the environment."""

import os
import stat
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

PREFIX = "RAPPORT_"

Mode = Literal["socket", "http"]


class Settings(BaseSettings):
    """Each setting is an environment variable with the prefix ``RAPPORT_``, or a line in ``.env``.

    For each there is also ``RAPPORT_..._FILE``, the path of a file that holds the value (container and systemd
    credentials); such a file may not be readable by everybody.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    database_url: SecretStr = SecretStr("sqlite:///var/rapport.db")
    """Where everything is kept: SQLite (one server) or PostgreSQL (``postgresql+psycopg://``)."""

    keys_dir: Path = Path("rapport-keys")
    """Folder of the wave keys: mode 0700, outside ``var/`` and outside every backup."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """DEBUG, INFO, WARNING or ERROR. No level logs answers or names."""

    port: Annotated[int, Field(ge=1, le=65535)] = 3978
    """Port of the server, and of the demo's page on this machine."""

    host: str = "127.0.0.1"
    """Where the server listens: only this machine, unless a proxy elsewhere must reach it."""

    public_url: str = ""
    """Where browsers, Slack and Teams reach this server: https://…, or an address of this machine alone; empty: nowhere."""

    slack_bot_token: SecretStr = SecretStr("")
    """Slack's bot token (``xoxb-``); without it Slack is not configured."""

    slack_app_token: SecretStr = SecretStr("")
    """Slack's app-level token (``xapp-``, ``connections:write``), for Socket Mode."""

    slack_signing_secret: SecretStr = SecretStr("")
    """Proves that a request over HTTP comes from Slack."""

    slack_signing_secret_old: SecretStr = SecretStr("")
    """The one before, accepted while it is being changed."""

    slack_api_url: str = "https://slack.com/api/"
    """Another address only for tests and emulators."""

    slack_paced: bool = True
    """Whether Slack's published limits are kept; False only with an emulator on this machine."""

    slack_mode: Mode = "socket"
    """socket needs no public address; http wants requests at ``/slack/events``."""

    slack_client_id: str = ""
    """With it, instead of a bot token, workspaces are connected by ``/slack/install`` (``http`` only)."""

    slack_client_secret: SecretStr = SecretStr("")

    slack_workspaces: str = ""
    """Ids of further workspaces that may be connected besides the first, divided by commas."""

    slack_reconcile: bool = True
    """Whether our own messages may be read back after a lost connection, to send nothing twice (``im:history``)."""

    teams_app_id: str = ""
    """The bot's app id in Entra (a GUID); without it Teams is not configured."""

    teams_app_secret: SecretStr = SecretStr("")
    """The app's client secret; a managed identity needs none."""

    teams_kind: Literal["secret", "managed_identity"] = "secret"
    """managed_identity: the app id is that of a user-assigned identity of this machine in Azure."""

    teams_tenants: str = ""
    """Directory ids of the tenants whose people are served, divided by commas; the app is registered in the first."""

    teams_catalogue_id: str = ""
    """The id under which Teams lists the app, where it is another than the app's own: people get the app by it."""

    teams_service_urls: str = ""
    """What the addresses of Teams' connector begin with, divided by commas; empty: the public cloud's."""

    teams_login_url: str = ""
    """Another address only for other clouds, tests and emulators; so are ``teams_openid_url`` and the one above."""

    teams_openid_url: str = ""

    teams_paced: bool = True
    """Whether Teams' published limits are kept; False only with an emulator on this machine."""

    teams_insecure_local: bool = False
    """Whether, without an app id, everybody on this machine is believed: for trying things out, never to serve."""

    tone: Literal["english", "embeddings"] = "english"
    """Which model reads the tone of comments; embeddings needs the extra of that name (``rapport-bot[embeddings]``)."""

    grace_seconds: Annotated[int, Field(ge=0, le=300)] = 20
    """How long a stop waits for messages that are being sent."""

    @field_validator("public_url")
    @classmethod
    def _reachable(cls, value: str) -> str:
        """Refuse an address over which what people upload would travel in clear."""
        address = value.strip().rstrip("/")
        if address and not _safe(address):
            raise ValueError(
                "must begin with https:// (or be an address of this machine, such as http://127.0.0.1:3978)"
            )
        return address

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let a file stand before the variable: who mounts a secret means it."""
        return init_settings, SecretFiles(settings_cls), env_settings, dotenv_settings


class SecretFiles(PydanticBaseSettingsSource):
    """Reads ``RAPPORT_<NAME>_FILE``."""

    @override
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        return (_secret(Path(path)) if path else None), field_name, False

    @override
    def __call__(self) -> dict[str, Any]:
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


def _safe(address: str) -> bool:
    """Say whether an address is encrypted or never leaves this machine, and is nothing but an address."""
    try:
        parts = urlsplit(address)
        host, plain = parts.hostname or "", parts.username is None and not (parts.query or parts.fragment)
        parts.port  # noqa: B018 - raises where it is none
    except ValueError:
        return False
    return (
        bool(host) and plain and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _secret(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        value = path.read_text("utf-8").strip()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    if mode & stat.S_IROTH:
        raise ValueError(f"{path} can be read by everybody on this machine. Run: chmod o-r {path}")
    return value
