"""The shapes of what people do: buttons, forms, commands, shortcuts, words."""

from typing import Any
from uuid import UUID

from tests.platforms.slack.people import Channel, Grant, Json, User
from tests.platforms.slack.world import World


class Payloads:
    """Builds the payloads of one person's acts."""

    def __init__(self, world: World, user: User) -> None:
        self.world = world
        self.user = user

    @property
    def grant(self) -> Grant:
        workspace = self.world.workspaces[self.user.team]
        return next((g for g in self.world.grants.values() if g.reaches(workspace)), self.world.grant)

    def pressed_in_message(self, channel: Channel, message: Json, action: Json, *, ephemeral: bool) -> Json:
        """``block_actions`` of a message; an ephemeral one is not shown to the app."""
        container: Json = {
            "type": "message",
            "message_ts": message["ts"],
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
        }
        if "thread_ts" in message:
            container["thread_ts"] = message["thread_ts"]
        payload = self._interaction("block_actions", in_message=True) | {
            "container": container,
            "trigger_id": self.world.tickets.trigger(self.user.team, self.user.id),
            "channel": {"id": channel.id, "name": channel.name},
            "state": {"values": {}},
            "response_url": self._url("actions", channel, message["ts"]),
            "actions": [action],
        }
        return payload if ephemeral else payload | {"message": message}

    def pressed_in_view(self, view: Json, action: Json) -> Json:
        """``block_actions`` of a modal or the Home tab."""
        return self._interaction("block_actions") | {
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": self.world.tickets.trigger(self.user.team, self.user.id, view["id"]),
            "view": view,
            "actions": [action],
        }

    def submitted(self, view: Json) -> Json:
        return self._interaction("view_submission") | {
            "trigger_id": self.world.tickets.trigger(self.user.team, self.user.id, view["id"]),
            "view": view,
            "response_urls": [],
        }

    def closed(self, view: Json, *, is_cleared: bool) -> Json:
        return self._interaction("view_closed") | {"view": view, "is_cleared": is_cleared}

    def shortcut(self, callback_id: str) -> Json:
        return self._interaction("shortcut") | {
            "action_ts": self.world.stamp(),
            "callback_id": callback_id,
            "trigger_id": self.world.tickets.trigger(self.user.team, self.user.id),
        }

    def command(self, channel: Channel, command: str, text: str) -> Json:
        """The form of a slash command."""
        workspace = self.world.workspaces[self.user.team]
        fields = {
            "token": self.world.verification_token,
            "team_id": workspace.id,
            "team_domain": workspace.domain,
            "channel_id": channel.id,
            "channel_name": channel.name,
            "user_id": self.user.id,
            "user_name": self.user.name,
            "command": command,
            "text": text,
            "api_app_id": self.world.app_id,
            "is_enterprise_install": str(self.grant.org_wide).lower(),
            "response_url": self._url("commands", channel, ""),
            "trigger_id": self.world.tickets.trigger(self.user.team, self.user.id),
        }
        if workspace.enterprise:
            fields |= {"enterprise_id": workspace.enterprise, "enterprise_name": "Made Up Group"}
        return fields

    def words(self, channel: Channel, text: str, thread: str) -> Json:
        """The ``message`` event of something typed."""
        ts = self.world.stamp()
        spoken: Json = {
            "user": self.user.id,
            "type": "message",
            "ts": ts,
            "client_msg_id": str(UUID(bytes=self.world.random.randbytes(16), version=4)),
            "text": escaped(text),
            "team": self.user.team,
            "blocks": [rich_text(text)],
        }
        if thread:
            spoken |= {"thread_ts": thread, "parent_user_id": self.grant.bot_user}
        return spoken

    def home_opened(self, channel: Channel, tab: str, view: Json | None) -> Json:
        event: Json = {
            "type": "app_home_opened",
            "user": self.user.id,
            "channel": channel.id,
            "tab": tab,
            "event_ts": self.world.stamp(),
        }
        return event | ({"view": view} if view is not None else {})

    def _interaction(self, kind: str, *, in_message: bool = False) -> Json:
        """Return what all interactions share; of an organisation's app only messages are in a team."""
        workspace = self.world.workspaces[self.user.team]
        enterprise = {"id": workspace.enterprise, "name": "Made Up Group"} if workspace.enterprise else None
        team: Json | None = {"id": workspace.id, "domain": workspace.domain}
        if self.grant.org_wide and not in_message:
            team = None
        return {
            "type": kind,
            "user": {
                "id": self.user.id,
                "username": self.user.name,
                "name": self.user.name,
                "team_id": self.user.team,
            },
            "api_app_id": self.world.app_id,
            "token": self.world.verification_token,
            "team": team,
            "enterprise": enterprise,
            "is_enterprise_install": self.grant.org_wide,
        }

    def _url(self, kind: str, channel: Channel, message: str) -> str:
        token = self.world.tickets.hook(self.user.team, self.user.id, channel.id, message)
        return f"{self.world.base}/{kind}/{self.user.team}/{len(self.world.tickets.hooks)}/{token}"


def escaped(text: str) -> str:
    """Write typed text as Slack passes it on."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rich_text(text: str) -> Json:
    section: Json = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": "typed", "elements": [section]}


def acted(element: Json, block_id: str, chosen: Any, stamp: str) -> Json:
    """Return the entry in ``actions`` of an element that was pressed, or in which something was chosen."""
    action: Json = {
        "action_id": element["action_id"],
        "block_id": block_id,
        "type": element["type"],
        "action_ts": stamp,
    }
    if element["type"] == "button":
        kept = {name: element[name] for name in ("text", "value", "style") if name in element}
        return kept | action
    if element["type"] == "overflow" or "options" in element or "option_groups" in element:
        plural = element["type"] in {"checkboxes", "multi_static_select"}
        return action | ({"selected_options": [chosen]} if plural else {"selected_option": chosen})
    return action | {"value": chosen}
