"""What proves who is who: the keys that our side verifies by, and the tokens that it asks for."""

from aiohttp import web

from tests.platforms.teams.people import Json
from tests.platforms.teams.world import World

SCOPE = "https://api.botframework.com/.default"
RESOURCE = "https://api.botframework.com"
LIFE_S = 3599


def openid(world: World) -> Json:
    """Return the discovery document of whoever signs activities."""
    return {
        "issuer": "https://api.botframework.com",
        "authorization_endpoint": "https://invalid.botframework.com",
        "jwks_uri": f"{world.base}/v1/.well-known/keys",
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    }


def tenant(world: World, named: str) -> Json:
    """Return the discovery document of a tenant, where apps get their tokens.

    It says https, as MSAL insists, of a server that is plain HTTP: whoever imitates a login knows that.
    """
    base = f"https://{world.base.partition('://')[2]}/{named}"
    return {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
    }


def credentials(world: World, named: str, asked: Json) -> web.Response:
    """Answer a request for a token by client credentials."""
    world.asked_for_tokens.append(asked | {"tenant": named})
    if asked.get("grant_type") != "client_credentials" or asked.get("scope") != SCOPE:
        return _no("invalid_scope")
    if named != world.tenant or asked.get("client_id") != world.app_id:
        return _no("unauthorized_client")
    if asked.get("client_secret") != world.secret:
        return _no("invalid_client", 401)
    return web.json_response(
        {
            "token_type": "Bearer",
            "expires_in": LIFE_S,
            "ext_expires_in": LIFE_S,
            "access_token": world.grant(),
        }
    )


def managed(world: World, asked: Json, header: str) -> web.Response:
    """Answer as the identity endpoint of an Azure app does."""
    world.asked_for_tokens.append(asked)
    if header != world.secret or asked.get("resource") != RESOURCE or asked.get("client_id") != world.app_id:
        return web.json_response({"statusCode": 400, "message": "No identity found"}, status=400)
    expires = int(world.now()) + 24 * 3600
    return web.json_response(
        {
            "access_token": world.grant(),
            "expires_on": str(expires),
            "resource": RESOURCE,
            "token_type": "Bearer",
            "client_id": world.app_id,
        }
    )


def _no(code: str, status: int = 400) -> web.Response:
    said = {"error": code, "error_description": f"AADSTS0: {code}", "error_codes": [0]}
    return web.json_response(said, status=status)
