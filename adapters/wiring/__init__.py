"""Puts the parts together: settings → store, clock, platforms, engine. It knows all rings and holds no rule."""

from adapters.wiring.demo import (
    DemoFiles,
    DemoPlace,
    DemoRun,
    DemoSize,
    Imitated,
    build_made_up,
    build_own,
    demo_place,
    demo_service,
)
from adapters.wiring.platforms import (
    configured,
    missing,
    missing_for_demo,
    service,
    slack_connection,
)
from adapters.wiring.serving import Ready, Service, connect, handler, serve
from adapters.wiring.teams import connection as teams_connection

__all__ = [
    "DemoFiles",
    "DemoPlace",
    "DemoRun",
    "DemoSize",
    "Imitated",
    "Ready",
    "Service",
    "build_made_up",
    "build_own",
    "configured",
    "connect",
    "demo_place",
    "demo_service",
    "handler",
    "missing",
    "missing_for_demo",
    "serve",
    "service",
    "slack_connection",
    "teams_connection",
]
