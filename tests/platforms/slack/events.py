"""Events out: retried by Slack's timetable, doubled and reordered on demand."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from random import Random

from tests.platforms.slack.people import Json, User
from tests.platforms.slack.reach import Answer, Reach
from tests.platforms.slack.world import World

RETRY_AFTER_S = (0.0, 60.0, 300.0)
"""At once, about a minute, about five minutes after the first delivery failed."""

Wait = Callable[[float], Awaitable[None]]


class Events:
    """Tells the app what happened until it answers 2xx, at most four times with the same ``event_id``.

    ``wait`` stands for Slack's minutes: replace it to steer them. With ``copies`` each event is delivered that
    often, in parallel, as a first delivery each time.
    """

    def __init__(self, world: World, reach: Reach) -> None:
        self.world = world
        self.reach = reach
        self.wait: Wait = asyncio.sleep
        self.copies = 1
        self.dead: list[Json] = []
        """Events that the app never took."""
        self._held: list[Json] | None = None
        self._tasks: set[asyncio.Task[list[Answer]]] = set()

    def soon(self, event: Json, team: str) -> None:
        """Deliver in the background, if an app is there to hear it."""
        if self._held is not None:
            self._held.append(self.callback(event, team))
        elif self.reach.connected:
            self._background(self.tell(self.callback(event, team)))

    async def first(self, event: Json, team: str) -> Answer:
        """Deliver an event and return the first answer; if it failed, the retries go on in the background."""
        callback = self.callback(event, team)
        if self._held is not None:
            self._held.append(callback)
            return Answer(0, None, failed="held")
        answer = await self.reach.deliver("events_api", callback)
        for _ in range(self.copies - 1):
            self._background(self._until_taken(callback))
        if not answer.ok:
            self._background(self._retried(callback, answer))
        return answer

    async def send(self, event: Json, team: str = "") -> list[Answer]:
        """Deliver an event, with retries, and return every answer; while held it waits with the others."""
        callback = self.callback(event, team or self.world.team)
        if self._held is not None:
            self._held.append(callback)
            return []
        return await self.tell(callback)

    async def tell(self, callback: Json) -> list[Answer]:
        every = await asyncio.gather(*(self._until_taken(callback) for _ in range(self.copies)))
        return [answer for answers in every for answer in answers]

    def hold(self) -> None:
        """Keep events back from now on."""
        self._held = []

    async def release(self, order: Random | None = None) -> list[Answer]:
        """Deliver what was held, the newest first, or shuffled by ``order``."""
        held, self._held = self._held or [], None
        held.reverse()
        if order is not None:
            order.shuffle(held)
        return [answer for callback in held for answer in await self.tell(callback)]

    async def verify(self) -> bool:
        """Ask the app whether its URL is its own, as Slack does when it is entered."""
        challenge = self.world.random.randbytes(20).hex()
        payload = {
            "token": self.world.verification_token,
            "challenge": challenge,
            "type": "url_verification",
        }
        answer = await self.reach.deliver("events_api", payload)
        said = answer.body.get("challenge") if isinstance(answer.body, dict) else answer.body
        return answer.ok and said == challenge

    async def settle(self) -> None:
        """Wait until everything told in the background is answered or given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def joins(self, user: User) -> list[Answer]:
        return await self.send(self._about(user, "team_join"), user.team)

    async def changes(self, user: User, **more: str | bool) -> list[Answer]:
        """Change an account (``deleted=True`` removes it) and tell the app."""
        for name, value in more.items():
            setattr(user, name, value)
        user.updated = int(self.world.now())
        return await self.send(self._about(user, "user_change"), user.team)

    def callback(self, event: Json, team: str) -> Json:
        """Wrap an event as the Events API does."""
        workspace = self.world.workspaces[team]
        grant = next((g for g in self.world.grants.values() if g.reaches(workspace)), self.world.grant)
        enterprise = workspace.enterprise or None
        return {
            "token": self.world.verification_token,
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": enterprise,
            **({"enterprise_id": enterprise} if enterprise else {}),
            "api_app_id": self.world.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self.world.new_id("Ev"),
            "event_time": int(self.world.now()),
            "authorizations": [
                {
                    "enterprise_id": enterprise,
                    "team_id": None if grant.org_wide else team,
                    "user_id": grant.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": grant.org_wide,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self.world.random.randbytes(16).hex()}",
        }

    async def _until_taken(self, callback: Json) -> list[Answer]:
        answer = await self.reach.deliver("events_api", callback)
        return [answer, *await self._retried(callback, answer)]

    async def _retried(self, callback: Json, first: Answer) -> list[Answer]:
        """Tell it up to three times more, and return those answers."""
        answers = [first]
        for number, seconds in enumerate(RETRY_AFTER_S, start=1):
            last = answers[-1]
            if last.ok or last.headers.get("X-Slack-No-Retry") == "1":
                return answers[1:]
            await self.wait(seconds)
            answers.append(await self.reach.deliver("events_api", callback, number, last.failed))
        if not answers[-1].ok:
            self.dead.append(callback)
        return answers[1:]

    def _background(self, telling: Coroutine[None, None, list[Answer]]) -> None:
        task = asyncio.get_running_loop().create_task(telling)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _about(self, user: User, kind: str) -> Json:
        shape = user.shape(self.world.moment(), locale=True)
        return {
            "type": kind,
            "user": shape,
            "cache_ts": int(self.world.now()),
            "event_ts": self.world.stamp(),
        }
