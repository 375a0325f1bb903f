"""What an interaction carries for a short time: a trigger to open a modal, a URL to answer by."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.platforms.slack.errors import Refusal

TRIGGER_LIFE_S, URL_LIFE_S, URL_USES = 3.0, 30 * 60.0, 5


@dataclass
class Trigger:
    id: str
    team: str
    user: str
    born: float
    view: str = ""
    """The modal it was pulled in, if it was in one."""
    used: bool = False


@dataclass
class Hook:
    """A response_url: where it was handed out, and for which message if a button was pressed."""

    token: str
    team: str
    user: str
    channel: str
    born: float
    message: str = ""
    uses: int = 0


class Tickets:
    """Hands out triggers and response URLs, and takes them back within their time."""

    def __init__(self, now: Callable[[], float], random: Random) -> None:
        self.now = now
        self.random = random
        self.triggers: dict[str, Trigger] = {}
        self.hooks: dict[str, Hook] = {}

    def trigger(self, team: str, user: str, view: str = "") -> str:
        number = self.random.randrange(10**12, 10**13)
        name = f"{number}.{self.random.randrange(10**11)}.{self.random.randbytes(16).hex()}"
        self.triggers[name] = Trigger(name, team, user, self.now(), view)
        return name

    def pull(self, name: str) -> Trigger:
        """Use a trigger: once, and within three seconds."""
        trigger = self.triggers.get(name)
        if trigger is None:
            raise Refusal("invalid_trigger_id" if name else "invalid_arguments")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self.now() - trigger.born > TRIGGER_LIFE_S:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def hook(self, team: str, user: str, channel: str, message: str = "") -> str:
        """Return the token of a new response URL."""
        token = self.random.randbytes(12).hex()
        self.hooks[token] = Hook(token, team, user, channel, self.now(), message)
        return token

    def use(self, token: str) -> Hook:
        """Use a response URL: five times, within half an hour."""
        hook = self.hooks.get(token)
        if hook is None:
            raise Refusal("no_service")
        if self.now() - hook.born > URL_LIFE_S:
            raise Refusal("expired_url")
        if hook.uses >= URL_USES:
            raise Refusal("used_url")
        hook.uses += 1
        return hook
