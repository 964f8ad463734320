"""Named (ECC) variables and arrays of a message, as mappings that keep the wire's order and repetitions."""

from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView

from ctios_fast.core.message import NamedArray, NamedVariable

__all__ = ["NamedArrays", "NamedVariables"]


class _Items(ItemsView[str, str]):
    """All pairs, repeated names included."""

    _mapping: "NamedVariables"

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._mapping.elements)

    def __contains__(self, pair: object) -> bool:
        return pair in self._mapping.elements


class _Values(ValuesView[str]):
    """All values, those of repeated names included."""

    _mapping: "NamedVariables"

    def __iter__(self) -> Iterator[str]:
        return (value for _, value in self._mapping.elements)

    def __contains__(self, value: object) -> bool:
        return any(value == own for _, own in self._mapping.elements)


class NamedVariables(Mapping[str, str]):
    """The named variables of a message: name to value.

    ``variables[name]`` is the first value of that name, ``get_all(name)`` returns all of them. Iteration,
    ``items()``, ``values()`` and ``len`` cover all pairs in wire order, repeated names included; ``elements``
    holds them as ``NamedVariable``. Two instances are equal if their pairs are. One without repeated names
    equals any mapping with the same items.
    """

    __slots__ = ("_first", "elements")

    def __init__(self, elements: Sequence[NamedVariable] = ()) -> None:
        self.elements = tuple(elements)
        self._first: dict[str, str] | None = None  # the first value of each name; None until one is looked up

    def _first_values(self) -> dict[str, str]:
        if self._first is None:
            self._first = dict(reversed(self.elements))
        return self._first

    def __getitem__(self, name: str) -> str:
        return self._first_values()[name]

    def get_all(self, name: str) -> list[str]:
        """All values of that name, in the wire's order."""
        return [value for own, value in self.elements if own == name]

    def __contains__(self, name: object) -> bool:
        return name in self._first_values()

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.elements)

    def __len__(self) -> int:
        return len(self.elements)

    def items(self) -> ItemsView[str, str]:
        """All pairs in the wire's order."""
        return _Items(self)

    def values(self) -> ValuesView[str]:
        """All values in the wire's order."""
        return _Values(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NamedVariables):
            return self.elements == other.elements
        if isinstance(other, Mapping):
            return len(self) == len(other) and dict(self.elements) == dict(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"NamedVariables({[tuple(pair) for pair in self.elements]})"


class NamedArrays(Mapping[str, Mapping[int, str]]):
    """The named arrays of a message: name to its elements by index.

    If an index is repeated, its first value counts. ``elements`` holds every ``NamedArray`` in wire order,
    ``get_all(name)`` returns those of one name.
    """

    __slots__ = ("_arrays", "elements")

    def __init__(self, elements: Sequence[NamedArray] = ()) -> None:
        self.elements = tuple(elements)
        self._arrays: dict[str, dict[int, str]] = {}
        for name, index, value in self.elements:
            self._arrays.setdefault(name, {}).setdefault(index, value)

    def __getitem__(self, name: str) -> Mapping[int, str]:
        return self._arrays[name]

    def get_all(self, name: str) -> list[NamedArray]:
        """All elements of that name, in the wire's order."""
        return [element for element in self.elements if element.name == name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NamedArrays):
            return self.elements == other.elements
        if isinstance(other, Mapping):
            return self._arrays == dict(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"NamedArrays({[tuple(element) for element in self.elements]})"
