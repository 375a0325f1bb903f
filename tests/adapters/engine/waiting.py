"""Waiting for something to happen in the event loop, with a generous end."""

import asyncio
from collections.abc import Callable

PATIENCE_S = 20.0


async def until(happened: Callable[[], object]) -> None:
    """Go on as soon as it has happened; fail if it does not."""
    async with asyncio.timeout(PATIENCE_S):
        while not happened():  # noqa: ASYNC110 - what is waited for happens in another process, thread or library
            await asyncio.sleep(0.005)
