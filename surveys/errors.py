"""What can go wrong while asking: refusals that a person sees, and mistakes that an author of a survey must mend."""


class SurveyError(Exception):
    """Something about asking went wrong."""


class InvalidAnswer(SurveyError):
    """An answer does not fit its question.

    ``key`` names the sentence shown to the person and ``values`` fill its placeholders. Neither they
    nor the exception's text ever hold what the person wrote, so the exception may be logged.
    """

    def __init__(self, key: str, **values: int | str) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


class QuestionError(SurveyError):
    """A question contradicts its type; ``field`` names the part of it that does."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class TemplateError(SurveyError):
    """A template cannot be used; file, key and line say where."""

    def __init__(self, file: str, path: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {path}: {problem}" if path else f"{file}:{line}: {problem}")
        self.file = file
        self.path = path
        self.line = line
        self.problem = problem


class UnknownZone(SurveyError):
    """No time zone of this name is in the IANA database."""
