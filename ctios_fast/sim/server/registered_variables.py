"""REGISTER_VARIABLES_REQ: which call variables and ECC variables a session's events carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ctios_fast.sim.plant import PlantEvent

__all__ = ["CALL_VARIABLES", "RegisteredVariables"]

CALL_VARIABLES: Final = tuple(f"CallVariable{n}" for n in range(1, 11))
_COUNTS: Final = {"NamedVariable": "NumNamedVariables", "NamedArray": "NumNamedArrays"}


@dataclass(frozen=True, slots=True)
class RegisteredVariables:
    """What a session registered: names of call variables, named variables and named arrays."""

    call: frozenset[str]
    named: frozenset[str]
    arrays: frozenset[str]

    @classmethod
    def from_mask(cls, mask: int, named: frozenset[str], arrays: frozenset[str]) -> "RegisteredVariables":
        """Bit n - 1 of CallVariableMask is CallVariable n."""
        return cls(frozenset(name for n, name in enumerate(CALL_VARIABLES) if mask >> n & 1), named, arrays)

    def keep(self, event: PlantEvent) -> tuple[Mapping[str, int], list[tuple[str, object]]]:
        """The fixed and floating fields of an event without the variables that were not registered."""
        kept = [item for item in event.floating if self._wanted(*item)]
        counts = {
            count: sum(name == field for name, _ in kept)
            for field, count in _COUNTS.items()
            if count in event.fields
        }
        return {**event.fields, **counts}, kept

    def _wanted(self, name: str, value: object) -> bool:
        if name in CALL_VARIABLES:
            return name in self.call
        if name == "NamedVariable":
            return isinstance(value, tuple) and value[0] in self.named
        if name == "NamedArray":
            return isinstance(value, tuple) and value[0] in self.arrays
        return True
