"""``make slack-demo``: the made-up company talks through the Slack adapter to a fake Slack, until Ctrl+C.

The page keeps the clock and the curtain; who acts in the fake Slack does so through its doors, see ``control``.
"""

import json
import os
import subprocess
import sys

RAPPORT = (sys.executable, "-c", "from adapters.cli import main; main()")
FAKE = (sys.executable, "-m", "tests.platforms.slack", "--users", "-")


def main() -> int:
    """Make the company if there is none, start the fake with its people, and serve."""
    subprocess.run([*RAPPORT, "demo", "--build-only"], check=True)
    people = subprocess.run([*RAPPORT, "people", "list", "--json", "--demo"], check=True, capture_output=True)
    with subprocess.Popen(FAKE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as fake:
        if fake.stdin is None or fake.stdout is None:
            raise RuntimeError("pipes were asked for")
        fake.stdin.write(people.stdout)
        fake.stdin.close()
        told = json.loads(fake.stdout.readline())
        print(f"The fake Slack is at {told['api_url']}", flush=True)  # noqa: T201 - whoever started it reads this
        settings = {f"RAPPORT_SLACK_{name.upper()}": value for name, value in told.items()}
        try:
            served = subprocess.run(
                [*RAPPORT, "demo", "--slack", *sys.argv[1:]], env=os.environ | settings, check=False
            )
        except KeyboardInterrupt:
            return 0
        finally:
            fake.terminate()
    return served.returncode


if __name__ == "__main__":
    sys.exit(main())
