import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser; without one the test is skipped, or fails where it must run.

    One for each module: while it lives, no other event loop can run in this thread.
    """
    if not Path(CHROMIUM).exists():
        _not_there(f"there is no {CHROMIUM}")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        except Error as error:
            _not_there(f"Chromium did not start: {error}")
        yield browser
        browser.close()


def _not_there(reason: str) -> None:
    if os.environ.get("RAPPORT_TESTS_MUST_RUN") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
