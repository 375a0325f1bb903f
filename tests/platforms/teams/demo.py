"""``make teams-demo``: the made-up company talks through the Teams adapter to a fake Teams, until Ctrl+C.

Everybody gets the app as soon as the demo serves. The page keeps the clock and the curtain; who acts in the fake
Teams does so through its doors, see ``control``.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from urllib.request import Request, urlopen

RAPPORT = (sys.executable, "-c", "from adapters.cli import main; main()")
FAKE = (sys.executable, "-m", "tests.platforms.teams", "--users", "-")
PORT = 3978


def main() -> int:
    """Make the company if there is none, start the fake with its people, serve, and give everybody the app."""
    parser = argparse.ArgumentParser(prog="make teams-demo", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="of the page; Teams is served at the next one")
    port = parser.parse_args().port
    subprocess.run([*RAPPORT, "demo", "--build-only"], check=True)
    people = subprocess.run([*RAPPORT, "people", "list", "--json", "--demo"], check=True, capture_output=True)
    with subprocess.Popen(
        [*FAKE, "--messages-url", f"http://127.0.0.1:{port + 1}/api/messages"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as fake:
        try:
            return _served(_told(fake, people.stdout), port)
        except KeyboardInterrupt:
            return 0
        finally:
            fake.terminate()


def _told(fake: "subprocess.Popen[bytes]", people: bytes) -> dict[str, str]:
    if fake.stdin is None or fake.stdout is None:
        raise RuntimeError("pipes were asked for")
    fake.stdin.write(people)
    fake.stdin.close()
    told: dict[str, str] = json.loads(fake.stdout.readline())
    return told


def _served(told: dict[str, str], port: int) -> int:
    """Serve the demo to its end; as soon as it answers, everybody gets the app."""
    settings = {f"RAPPORT_TEAMS_{name.upper()}": value for name, value in told.items()}
    demo = [*RAPPORT, "demo", "--teams", "--port", str(port)]
    with subprocess.Popen(demo, env=os.environ | settings) as served:
        try:
            while served.poll() is None and not _answers(f"http://127.0.0.1:{port + 1}/readyz"):
                time.sleep(0.1)
            if served.poll() is None:
                doors = f"{told['login_url']}/fake"
                with urlopen(Request(f"{doors}/installs", b"{}"), timeout=120) as installed:
                    lacking = json.load(installed)["unheard"]
                print(f"The fake Teams is at {doors}/people; {len(lacking)} lack the app.", flush=True)  # noqa: T201 - whoever started it reads this
            return served.wait()
        finally:
            served.terminate()


def _answers(url: str) -> bool:
    with suppress(OSError), urlopen(url, timeout=1) as answer:
        return bool(answer.status == 200)
    return False


if __name__ == "__main__":
    sys.exit(main())
