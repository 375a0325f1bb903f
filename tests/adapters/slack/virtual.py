"""Waiting for Slack's limiter in no time."""

from adapters.slack.limiter import Limiter


class Patience:
    """Sleeps in no time and remembers for how long."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def limiter(self) -> Limiter:
        """Return a limiter for which the sleeps have passed, so that nobody really waits."""
        return Limiter(time=lambda: sum(self.slept), sleep=self.sleep)
