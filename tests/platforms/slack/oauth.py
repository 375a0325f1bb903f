"""Installing the app: codes that work once, tokens that end, refresh tokens that work once."""

from urllib.parse import urlencode

from tests.platforms.slack.errors import Refusal, needed
from tests.platforms.slack.installs import Code
from tests.platforms.slack.people import Grant, Json
from tests.platforms.slack.world import World

TOKEN_LIFE_S, CODE_LIFE_S = 12 * 3600, 600


def authorize(world: World, query: Json) -> str:
    """Return where the page sends the administrator: to the app with a code, or with ``access_denied``."""
    if query.get("client_id") != world.client_id:
        raise Refusal("invalid_client_id")
    target, state = str(needed(query, "redirect_uri")), str(query.get("state") or "")
    desk = world.installs
    if not desk.agrees:
        return f"{target}?{urlencode({'error': 'access_denied', 'state': state})}"
    code = world.random.randbytes(12).hex()
    desk.codes[code] = Code(
        desk.team or world.team, desk.installer, str(query.get("scope") or ""), target, world.now()
    )
    return f"{target}?{urlencode({'code': code, 'state': state})}"


def access(world: World, grant: Grant, arguments: Json) -> Json:
    """Exchange a code or a refresh token for a bot token."""
    if arguments.get("client_id") != world.client_id:
        raise Refusal("invalid_client_id")
    if arguments.get("client_secret") != world.client_secret:
        raise Refusal("bad_client_secret")
    if arguments.get("grant_type") == "refresh_token":
        return _refreshed(world, str(needed(arguments, "refresh_token")))
    code = _redeemed(world, arguments)
    scopes = frozenset(filter(None, code.scopes.split(",")))
    desk = world.installs
    return _answer(world, _token(world, code.team, scopes, org_wide=desk.org_wide), code.user)


def revoke(world: World, grant: Grant, arguments: Json) -> Json:
    grant.revoked = True
    _revoked(world, grant)
    return {"revoked": True}


def uninstall(world: World, grant: Grant, arguments: Json) -> Json:
    if (arguments.get("client_id"), arguments.get("client_secret")) != (world.client_id, world.client_secret):
        raise Refusal("bad_client_secret")
    remove(world, grant.team)
    return {}


def remove(world: World, team: str) -> None:
    """Uninstall the app from a workspace: both events come, in an order that nobody promises."""
    for grant in world.grants.values():
        if grant.team == team:
            grant.revoked = True
    known = next(g for g in world.grants.values() if g.team == team)
    kinds = ["tokens_revoked", "app_uninstalled"]
    world.random.shuffle(kinds)
    for kind in kinds:
        if kind == "tokens_revoked":
            _revoked(world, known)
        else:
            world.emit(_event(world, kind), team)


def shut_out(world: World, *teams: str) -> None:
    """Take the app of an organisation out of some of its teams, and tell it by way of one that is left."""
    enterprise = world.workspaces[teams[0]].enterprise
    for grant in world.grants.values():
        if grant.org_wide and grant.enterprise == enterprise:
            grant.shut_out_of |= set(teams)
    left = next(w.id for w in world.workspaces.values() if w.enterprise == enterprise and w.id not in teams)
    world.emit(_event(world, "team_access_revoked") | {"team_ids": list(teams)}, left)


def _redeemed(world: World, arguments: Json) -> Code:
    code = world.installs.codes.get(str(needed(arguments, "code")))
    if code is None or world.now() - code.born > CODE_LIFE_S:
        raise Refusal("invalid_code")
    if code.used:
        raise Refusal("code_already_used")
    if arguments.get("redirect_uri") not in {None, "", code.redirect_uri}:
        raise Refusal("bad_redirect_uri")
    code.used = True
    return code


def _refreshed(world: World, token: str) -> Json:
    """Give a new pair; the old refresh token never works again, the old access token until it ends."""
    old = world.installs.refresh.pop(token, None)
    if old is None:
        raise Refusal("invalid_refresh_token")
    if old.revoked:
        raise Refusal("token_revoked")
    return _answer(world, _token(world, old.team, old.scopes, org_wide=old.org_wide), "")


def _token(world: World, team: str, scopes: frozenset[str] | None, *, org_wide: bool) -> Grant:
    rotates = world.installs.rotates
    token = f"{'xoxe.xoxb' if rotates else 'xoxb'}-made-up-{world.random.randbytes(12).hex()}"
    grant = world.grant_to(world.workspaces[team], token, scopes, org_wide=org_wide)
    grant.expires_at = world.now() + TOKEN_LIFE_S if rotates else None
    return grant


def _answer(world: World, grant: Grant, user: str) -> Json:
    workspace = world.workspaces[grant.team]
    enterprise = {"id": workspace.enterprise, "name": "Made Up Group"} if workspace.enterprise else None
    answer: Json = {
        "app_id": world.app_id,
        "authed_user": {"id": user} if user else {},
        "scope": ",".join(sorted(grant.scopes or ())),
        "token_type": "bot",
        "access_token": grant.token,
        "bot_user_id": grant.bot_user,
        "team": None if grant.org_wide else {"id": workspace.id, "name": workspace.name},
        "enterprise": enterprise,
        "is_enterprise_install": grant.org_wide,
    }
    if grant.expires_at is not None:
        refresh = f"xoxe-1-made-up-{world.random.randbytes(12).hex()}"
        world.installs.refresh[refresh] = grant
        answer |= {"refresh_token": refresh, "expires_in": TOKEN_LIFE_S}
    return answer


def _revoked(world: World, grant: Grant) -> None:
    event = _event(world, "tokens_revoked") | {"tokens": {"oauth": [], "bot": [grant.bot_user]}}
    world.emit(event, grant.team)


def _event(world: World, kind: str) -> Json:
    return {"type": kind, "event_ts": world.stamp()}
