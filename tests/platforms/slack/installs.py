"""What is known of installing: who agrees to what, and the codes and refresh tokens that are out."""

from dataclasses import dataclass, field

from tests.platforms.slack.people import Grant


@dataclass
class Code:
    """What an administrator agreed to on the page; it works once."""

    team: str
    user: str
    scopes: str
    redirect_uri: str
    born: float
    used: bool = False


@dataclass
class Desk:
    """Where installs are agreed to; set it before the page is opened."""

    agrees: bool = True
    installer: str = "U0ADMIN001"
    team: str = ""
    """The workspace that is installed into; empty for the first one."""
    org_wide: bool = False
    rotates: bool = False
    """Tokens live 12 hours and come with a refresh token."""
    codes: dict[str, Code] = field(default_factory=dict)
    refresh: dict[str, Grant] = field(default_factory=dict)
