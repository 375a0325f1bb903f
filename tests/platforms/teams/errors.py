"""How the connector says no."""

from tests.platforms.teams.people import Json


class Refusal(Exception):
    """A status with an error's code; ``after`` are the seconds of ``Retry-After``."""

    def __init__(self, status: int, code: str, message: str = "", *, after: int = 0) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message or code
        self.after = after

    @property
    def body(self) -> Json:
        return {"error": {"code": self.code, "message": self.message}}

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.after)} if self.after else {}


BLOCKED = Refusal(403, "MessageWritesBlocked", "Thread is in a blocked state and new messages can't be sent.")
NOT_INSTALLED = Refusal(403, "ForbiddenOperationException", "Bot is not installed in user's personal scope")
NO_CONVERSATION = Refusal(404, "ConversationNotFound", "Conversation not found.")
NO_ACTIVITY = Refusal(404, "ActivityNotFoundInConversation", "The activity isn't in the conversation.")
TOO_BIG = Refusal(413, "MessageSizeTooBig", "Message size too large.")


def bad(message: str) -> Refusal:
    return Refusal(400, "BadSyntax", message)
