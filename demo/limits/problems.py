"""What is wrong with a payload, where, in Slack's words."""

from dataclasses import dataclass, field

from demo.jsons import Json


@dataclass(frozen=True, slots=True)
class Problem:
    """`pointer` is a JSON pointer into the payload; `code` is for programs."""

    pointer: str
    message: str
    code: str = "failed_constraint"

    def as_text(self) -> str:
        """E.g. `must be less than 151 characters [json-pointer:/blocks/0/text/text]`."""
        return f"{self.message} [json-pointer:{self.pointer}]"

    def as_json(self) -> Json:
        """The shape of blocks.validate."""
        return {"pointer": self.pointer, "code": self.code, "message": self.message}


@dataclass(slots=True)
class Problems:
    """Collects problems while a payload is walked."""

    found: list[Problem] = field(default_factory=list)

    def add(self, pointer: str, message: str, code: str = "failed_constraint") -> None:
        self.found.append(Problem(pointer, message, code))

    def __bool__(self) -> bool:
        return bool(self.found)

    def texts(self) -> list[str]:
        return [problem.as_text() for problem in self.found]
