"""Installations: the app comes into a workspace with tokens of its own, which are renewed, and given to sending alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.cases import roster_times, troubles, workspaces
from bot.errors import KeyLost, Refused
from bot.logs import get_logger
from bot.store import installations
from bot.store.installations import Terms, Tokens
from bot.store.unit import Store, Unit

__all__ = ["Held", "Installed", "Tokens", "find", "held", "install", "renew", "rotate_key"]

log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What a platform granted: ``external`` is the workspace, or the platform's organisation if it installed as a whole."""

    platform: str
    external: str
    bot_user: str
    scopes: Sequence[str]
    tokens: Tokens
    enterprise: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """How many installations there are, and which workspaces' tokens cannot be read, as the platform calls them."""

    total: int
    lost: tuple[str, ...]


def install(unit: Unit, new: Installed, admitted: Collection[str] = ()) -> None:
    """Connect a workspace and keep its tokens; one that was removed goes on as the same workspace.

    The first workspace of a platform is welcome, and each that is known already. Others must be ``admitted`` by whoever
    runs the server: users are told apart by their e-mail addresses, which the administrators of a workspace can set.
    Raises ``Refused``, also for a workspace of another organisation.
    """
    unit.organisations.get()
    others = [row.external for row in unit.workspaces.all() if row.platform == new.platform]
    row = workspaces.connect(unit, new.platform, new.external)
    if others and new.external not in {*others, *admitted}:
        raise Refused("refused.workspace.unlisted", id=new.external)
    installations.put(
        unit,
        row.id,
        Terms(bot_user=new.bot_user, scopes=new.scopes, enterprise=new.enterprise),
        new.tokens,
    )
    troubles.over(unit, row.id)
    roster_times.want(unit, row.id)
    unit.audit.record(
        unit.now, "platform", "workspace.installed", f"workspace:{row.id}", {"scopes": sorted(new.scopes)}
    )


def find(store: Store, platform: str, external: str) -> Tokens | None:
    """Return the tokens of a workspace; None: the app isn't installed there, or the key of its tokens is lost."""
    organisation = store.organisation_of(platform, external)
    if organisation is None:
        return None
    try:
        return _looked_up(store, platform, external, organisation)
    except KeyLost:
        log.exception("key.lost", organisation=organisation, platform=platform)
        return None


def renew(store: Store, platform: str, external: str, spent: str, tokens: Tokens) -> bool:
    """Keep renewed tokens in place of those whose refresh token is ``spent``.

    False, and nothing is kept, where the app was removed or installed anew meanwhile.
    """
    organisation = store.organisation_of(platform, external)
    if organisation is None:
        return False
    return store.write(lambda unit: _renew(unit, platform, external, spent, tokens), organisation)


def rotate_key(store: Store, organisation: int) -> int:
    """Seal all tokens of an organisation under a new key, then destroy the old one; return how many installations.

    If it is interrupted both keys stay, every token can be read, and doing it again finishes it. Raises ``KeyLost``
    where a token can't be read: that workspace has to install the app again first.
    """
    n = store.write(_rewrap, organisation)
    store.write(installations.drop_keys, organisation)
    return n


def held(unit: Unit) -> Held:
    """Return how many installations there are, and whose tokens cannot be read."""
    rows = [row for row in unit.workspaces.all() if installations.installed_at(unit, row.id) is not None]
    return Held(len(rows), tuple(row.external for row in rows if not _readable(unit, row.id)))


def _readable(unit: Unit, workspace_id: int) -> bool:
    try:
        installations.get(unit, workspace_id)
    except KeyLost:
        return False
    return True


def _looked_up(store: Store, platform: str, external: str, organisation: int) -> Tokens | None:
    """Read a workspace's tokens; once more if that fails, because their key may have been changed at that moment."""
    try:
        return store.read(lambda unit: _tokens(unit, platform, external), organisation)
    except KeyLost:
        return store.read(lambda unit: _tokens(unit, platform, external), organisation)


def _tokens(unit: Unit, platform: str, external: str) -> Tokens | None:
    row = unit.organisations.workspace(platform, external)
    return installations.get(unit, row.id) if row is not None and row.active else None


def _renew(unit: Unit, platform: str, external: str, spent: str, tokens: Tokens) -> bool:
    row = unit.organisations.workspace(platform, external)
    return row is not None and row.active and installations.renew(unit, row.id, spent, tokens)


def _rewrap(unit: Unit) -> int:
    n = installations.rewrap(unit)
    unit.audit.record(unit.now, "system", "key.rotated", "tokens", {"installations": n})
    return n
