"""What Teams tells a bot, in the fields and forms that it does."""

from typing import Any
from zoneinfo import ZoneInfo

from tests.platforms.teams.people import Conversation, Json, User
from tests.platforms.teams.world import World


class Activities:
    """Makes the activities of one person."""

    def __init__(self, world: World, user: User) -> None:
        self.world = world
        self.user = user

    def message(self, place: Conversation, text: str, *, thread: str = "", targeted: bool = False) -> Json:
        """Return what somebody wrote; in a channel or a group chat the bot is mentioned, unless it is targeted."""
        said = self._said(place, "message") | {"textFormat": "plain", "text": text}
        said["attachments"] = [{"contentType": "text/html", "content": f"<p>{text}</p>"}]
        if targeted:
            said["recipient"] |= {"isTargeted": True}
        elif place.kind != "personal":
            mention = f"<at>{self.world.name}</at>"
            said["text"] = f"{mention} {text}"
            entity = {"type": "mention", "mentioned": self.world.bot, "text": mention}
            said["entities"].insert(0, entity)
        if place.kind == "channel":
            said["conversation"]["id"] = f"{place.id};messageid={thread or said['id']}"
        return said

    def submitted(self, place: Conversation, value: Any, reply_to: str) -> Json:
        """Return the message that ``Action.Submit`` sends: no text, a ``value``, and the message it was pressed in."""
        return self._said(place, "message") | {
            "value": value,
            "replyToId": reply_to,
            "channelData": self._data(place)
            | {"source": {"name": "message"}, "legacy": {"replyToId": f"1:{reply_to}"}},
        }

    def invoke(self, place: Conversation, name: str, value: Any, reply_to: str = "") -> Json:
        """Return what wants an answer at once: ``adaptiveCard/action``, ``task/fetch``, ``task/submit`` …"""
        said = self._said(place, "invoke") | {"name": name, "value": value}
        said["id"] = f"f:{self.world.guid()}"
        said["channelData"] |= {"source": {"name": "message"}}
        return said | ({"replyToId": reply_to} if reply_to else {})

    def executed(
        self,
        place: Conversation,
        action: Json,
        data: Json,
        reply_to: str,
        trigger: str = "manual",
    ) -> Json:
        """Return the invoke of ``Action.Execute``."""
        told = {
            "type": "Action.Execute",
            "id": action.get("id", ""),
            "verb": action.get("verb", ""),
            "data": data,
        }
        return self.invoke(place, "adaptiveCard/action", {"action": told, "trigger": trigger}, reply_to)

    def task(self, place: Conversation, name: str, data: Json, reply_to: str = "") -> Json:
        """Return ``task/fetch`` or ``task/submit``."""
        value = {"data": data, "context": {"theme": "default"}, "tabContext": None}
        return self.invoke(place, name, value, reply_to)

    def installation(self, place: Conversation, action: str) -> Json:
        """Return ``installationUpdate``: it knows neither language nor time zone (T15)."""
        said = self._bare(place, "installationUpdate") | {"action": action}
        said["channelData"] |= {"settings": {"selectedChannel": {"id": place.id}}}
        return said

    def members(self, place: Conversation, change: str, *users: User, bot: bool = True) -> Json:
        """Return ``conversationUpdate`` with ``membersAdded`` or ``membersRemoved``, the bot among them if it moves."""
        listed = [{"id": self.world.bot["id"]}] if bot else []
        listed += [{"id": user.member, "aadObjectId": user.id} for user in users]
        return self._bare(place, "conversationUpdate") | {change: listed}

    def reaction(self, place: Conversation, kind: str, reply_to: str) -> Json:
        return self._said(place, "messageReaction") | {
            "reactionsAdded": [{"type": kind}],
            "replyToId": reply_to,
        }

    def _said(self, place: Conversation, kind: str) -> Json:
        """Return what comes from a client: it says the person's language and time zone."""
        user = self.user
        local = self.world.moment().astimezone(ZoneInfo(user.tz))
        client = {
            "type": "clientInfo",
            "locale": user.locale,
            "country": user.locale[-2:],
            "platform": "Web",
            "timezone": user.tz,
        }
        return self._bare(place, kind) | {
            "localTimestamp": local.isoformat(),
            "locale": user.locale,
            "localTimezone": user.tz,
            "entities": [client],
        }

    def _bare(self, place: Conversation, kind: str) -> Json:
        return {
            "type": kind,
            "id": self.world.new_id(),
            "timestamp": self.world.moment().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "channelId": "msteams",
            "serviceUrl": self.world.service_url,
            "from": self.user.account(),
            "conversation": place.account(),
            "recipient": dict(self.world.bot),
            "channelData": self._data(place),
        }

    def _data(self, place: Conversation) -> Json:
        data: Json = {"tenant": {"id": place.tenant}}
        if place.kind == "channel":
            named = {"teamsChannelId": place.id, "teamsTeamId": place.team}
            data |= named | {"channel": {"id": place.id}, "team": {"id": place.team}}
        return data
