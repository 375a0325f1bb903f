"""Requests that cannot be served, told so that the sender can mend them."""


class Problem(Exception):
    """Answered as ``{"error": {"field", "message"}}`` with this status; ``field`` names the culprit, if one does."""

    def __init__(self, status: int, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field
        self.fields: dict[str, str] = {field: message} if field else {}

    @classmethod
    def of_fields(cls, fields: dict[str, str]) -> "Problem":
        """Return the refusal of a form: the first field stands for all, all are listed beside it."""
        field, message = next(iter(fields.items()), ("", "Please look at your answers again."))
        problem = cls(422, message, field)
        problem.fields = dict(fields)
        return problem

    def body(self) -> dict[str, object]:
        error: dict[str, object] = {"field": self.field or None, "message": self.message}
        if len(self.fields) > 1:
            error["fields"] = self.fields
        return {"error": error}
