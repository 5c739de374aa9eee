"""What every table of the policy file is: frozen, and strict about unknown keys."""

from typing import Self

from pydantic import BaseModel, ConfigDict, PrivateAttr


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class KeyedTable(Table):
    """A table that has a key of its own, such as [programmes.relational]."""

    _key: str = PrivateAttr("")

    @property
    def key(self) -> str:
        return self._key

    def keyed(self, key: str) -> Self:
        """Give the same table, knowing the key it stands under."""
        named = self.model_copy()
        named.__pydantic_private__ = {"_key": key}
        return named
