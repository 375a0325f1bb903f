"""The page and its doors, served on this machine only."""

import html
from pathlib import Path

from aiohttp import web

from adapters.local.doors import Doors
from adapters.local.guards import LIMIT, Handler, json_only, loopback_only, told, with_headers

PAGE = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def application(doors: Doors, banner: str) -> web.Application:
    """Return the web application; each request passes the guards first."""

    async def let_go(_: web.Application) -> None:
        doors.chat.hub.close()

    app = web.Application(middlewares=[told, loopback_only, json_only], client_max_size=LIMIT)
    app.on_response_prepare.append(with_headers)
    app.on_shutdown.append(let_go)
    app.add_routes([*_page(banner), *doors.routes()])
    return app


def _page(banner: str) -> list[web.RouteDef]:
    files = {f"/{file.name}": file for file in sorted(PAGE.iterdir()) if file.suffix in TYPES}
    index = files.pop("/index.html")
    shown = index.read_text("utf-8").replace("{{banner}}", html.escape(banner))
    routes = [web.get(path, _static(file.read_text("utf-8"), file)) for path, file in files.items()]
    return [web.get("/", _static(shown, index)), *routes]


def _static(content: str, file: Path) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(text=content, content_type=TYPES[file.suffix], charset="utf-8")

    return handler
