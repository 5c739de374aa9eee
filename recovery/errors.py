"""Typed refusals. Each carries one human sentence, shown where the person is (architecture, decision 9)."""


class WinbackError(Exception):
    """Any error of ours whose text may be shown to a person as it stands."""

    @property
    def sentence(self) -> str:
        return str(self)


class Refusal(WinbackError):
    """What was asked is against a rule of the playbook; nothing has changed."""


class FieldRefusal(Refusal):
    """One input can't be taken; `field` is its name in the value it belongs to, so that a modal can show it there."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class NotAllowed(Refusal):
    """The person may not do this here (playbook, section 4)."""


class UnknownCase(Refusal):
    """There is no case with this number, or not one this person may see."""


class PolicyError(WinbackError):
    """The policy file can't be used; the text names the key, what is wrong and an example."""


class UnusableAnswer(WinbackError):
    """A delivery that we know but can't understand; it is kept with this sentence and can be replayed."""
