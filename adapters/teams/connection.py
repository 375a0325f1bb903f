"""What is needed to reach Teams and to be reached by it, and which addresses are believed to be Teams."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import SplitResult, urlsplit

Kind = Literal["secret", "managed_identity"]

PUBLIC_CLOUD = ("https://smba.trafficmanager.net/",)
"""The connector of the public cloud, in every region: ``https://smba.trafficmanager.net/emea/``, ``…/teams/`` and so on."""

LOGIN_URL = "https://login.microsoftonline.com"

OPENID_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
"""Where the keys are announced that Teams signs with."""


_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/?")


class Misconfigured(ValueError):
    """A connection that would be open to everybody, or could never work; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One app registration, for the people of the tenants that are named; nobody else is believed."""

    app_id: str
    tenants: tuple[str, ...]
    """The tenants that are served; the first is where the app is registered."""
    secret: str = field(default="", repr=False)
    kind: Kind = "secret"
    """``managed_identity`` needs no secret: the app id is that of a user-assigned identity of this machine in Azure."""
    service_urls: tuple[str, ...] = PUBLIC_CLOUD
    """What the address of a connector begins with; no token goes anywhere else."""
    login_url: str = LOGIN_URL
    openid_url: str = OPENID_URL
    insecure_local: bool = False
    """Whether, without an app id, everybody on this machine is believed: for trying things out."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tenants", tuple(tenant.strip().lower() for tenant in self.tenants))
        if not all(map(_safe, (*self.service_urls, self.login_url, self.openid_url))):
            raise Misconfigured("The addresses of Teams must begin with https:// and hold no user name.")
        if not self.tenants or not all(self.tenants):
            raise Misconfigured("Name the tenant whose people may use Rapport (its Directory ID).")
        if self.app_id and self.kind == "secret" and not self.secret:
            raise Misconfigured("The app needs its client secret, or a managed identity.")
        if not self.app_id and not self.insecure_local:
            raise Misconfigured("Without an app id anybody could speak as anybody: set it (Application ID).")

    @property
    def home(self) -> str:
        """Return the tenant in which the app is registered."""
        return self.tenants[0]

    def may_listen(self, host: str) -> None:
        """Refuse to serve an open door to more than this machine."""
        if not self.app_id and not is_loopback(host):
            raise Misconfigured("Without an app id Rapport listens on 127.0.0.1 only.")

    def serves(self, url: object) -> bool:
        """Say whether this is the address of a connector that we trust: only such a one is ever sent a token.

        It is one that is known, or lies below one on the very same host.
        """
        parts = _parts(url)
        if parts is None:
            return False
        return any(_within(parts, known) for known in map(_parts, self.service_urls) if known is not None)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _within(parts: SplitResult, known: SplitResult) -> bool:
    """Say whether an address is on the very same host and port, at or below the path that is known."""
    same = (parts.scheme, parts.hostname, parts.port) == (known.scheme, known.hostname, known.port)
    return same and f"{parts.path}/".startswith(f"{known.path.rstrip('/')}/")


def _safe(address: str) -> bool:
    """Say whether an address is encrypted, or leads to this machine."""
    parts = _parts(address)
    return parts is not None and (parts.scheme == "https" or is_loopback(parts.hostname or ""))


def _parts(url: object) -> SplitResult | None:
    """Take an address apart; ``None`` if it is more than scheme, host, port and path, or could be read in two ways."""
    if not isinstance(url, str) or not _ADDRESS.fullmatch(url):
        return None
    parts = urlsplit(url)
    try:
        parts.port  # noqa: B018 - raises where it is none
    except ValueError:
        return None
    return None if {".", ".."} & set(parts.path.split("/")) else parts
