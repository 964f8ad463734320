"""Registry: the objects that a session knows, by the protocol's key and by UniqueObjectID.

Each kind of object has a table. An index by UniqueObjectID would have to follow every change of a key; the
registry takes the id apart instead and looks up the key.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from .null_ids import names_nothing
from .repair_plan import Repairs

__all__ = ["DEFAULT_MAX_OBJECTS", "Life", "Registered", "Registry", "Table"]

#: Objects of one kind that a server may name, unless the program says otherwise.
DEFAULT_MAX_OBJECTS = 200_000


class Registered(Protocol):
    """What the registry reads from an object."""

    peripheral_id: int | None


_O = TypeVar("_O", bound=Registered)
_Of = TypeVar("_Of", contravariant=True)


class Life(Protocol[_Of]):
    """What happens to the objects of one kind. It is not among their own methods, which are a program's."""

    def leave(self, each: _Of) -> None:
        """The object belongs to no session from now on."""

    def connection_lost(self, each: _Of, reason: str) -> None:
        """The connection is gone: what the object knows may be stale."""

    def doubt(self, each: _Of) -> None:
        """Events may have been missed though the connection is up."""

    def forget(self, each: _Of) -> None:
        """What was learned over an earlier connection is dropped."""


class Table(Generic[_O]):
    """The objects of one kind, by the protocol's key.

    ``max_objects`` bounds how many objects are adopted because a server names them; ``max_key`` bounds the
    length of their keys. What is refused is counted in ``refused``. Objects that the program itself adds are
    not bounded. ``unknown`` counts events that could not be attributed to an object. ``counts`` has further
    counters of the kind, under the names that they have in the session's. ``repairs`` is what the kind
    contributes to the repair after a gap, None if it contributes nothing. ``joined`` is called with each
    object that joins, None if nothing follows. ``life`` is what happens to the objects.
    """

    __slots__ = (
        "by_key",
        "counts",
        "joined",
        "life",
        "max_key",
        "max_objects",
        "refused",
        "repairs",
        "unknown",
    )

    def __init__(self, max_objects: int, max_key: int, life: Life[_O]) -> None:
        self.life = life
        #: Handlers look up here directly: this is the path of every event.
        self.by_key: dict[Any, _O] = {}
        self.max_objects = max_objects
        self.max_key = max_key
        self.refused = 0
        self.unknown = 0
        self.counts: dict[str, int] = {}
        self.repairs: Repairs | None = None
        self.joined: Callable[[_O], object] | None = None

    def __iter__(self) -> Iterator[_O]:
        return iter(self.by_key.values())

    def __len__(self) -> int:
        return len(self.by_key)

    def get(self, key: Any) -> _O | None:
        """The object of that key, None if it is not known."""
        return self.by_key.get(key)

    def add(self, key: Any, each: _O) -> None:
        """Add an object that the program created. Another one under that key leaves the session."""
        before = self.by_key.get(key)
        if before is not None and before is not each:
            self.life.leave(before)  # no event would reach it any more, so its requests are refused
        self.by_key[key] = each
        if self.joined is not None and before is not each:
            self.joined(each)

    def admits(self, key: Any) -> bool:
        """Whether there is place for an object that a server names; if not, it is counted."""
        if len(self.by_key) >= self.max_objects or (isinstance(key, str) and len(key) > self.max_key):
            self.refused += 1
            return False
        return True

    def adopt(self, key: Any, make: Callable[[], _O]) -> _O | None:
        """The object of a key that a server names, made if it is not known.

        None, and counted, where the table is full, the key is longer than the protocol allows, or it is a
        null id.
        """
        known = self.by_key.get(key)
        if known is not None:
            return known
        if not self._may_adopt(key):
            return None
        each = self.by_key[key] = make()
        if self.joined is not None:
            self.joined(each)
        return each

    def adopt_all(self, keys: Iterable[Any], make: Callable[[Any], _O]) -> None:
        """Adopt the objects of these keys that are not known; ``joined`` is called when all of them are."""
        added = []
        for key in keys:
            if key not in self.by_key and self._may_adopt(key):
                each = self.by_key[key] = make(key)
                added.append(each)
        if self.joined is not None:
            for each in added:
                self.joined(each)

    def _may_adopt(self, key: Any) -> bool:
        if names_nothing(key):
            self.refused += 1
            return False
        return self.admits(key)

    def remove(self, key: Any) -> _O | None:
        """Take an object out; it belongs to no session afterwards."""
        each = self.by_key.pop(key, None)
        if each is not None:
            self.life.leave(each)
        return each


class Registry(Generic[_O]):
    """The tables of all kinds, by the kind's name, which begins the UniqueObjectID of its objects."""

    __slots__ = ("_find", "_further_repairs", "_tables", "max_objects")

    def __init__(self, max_objects: int = DEFAULT_MAX_OBJECTS) -> None:
        self.max_objects = max_objects
        self._tables: dict[str, Table[Any]] = {}
        self._find: dict[str, Callable[[str], _O | None]] = {}
        #: What is repaired after the objects of all kinds.
        self._further_repairs: list[Repairs] = []

    def add_kind(
        self, name: str, max_key: int, find: Callable[[Table[Any], str], _O | None], life: Life[Any]
    ) -> Table[Any]:
        """Add the table of a kind; ``Kind`` says what the parameters are."""
        table: Table[Any] = Table(self.max_objects, max_key, life)
        self._tables[name] = table
        self._find[name] = lambda rest: find(table, rest)
        return table

    def add_repairs(self, repairs: Repairs) -> None:
        """Add what is not an object and needs a repair after a gap. It follows the objects of all kinds."""
        self._further_repairs.append(repairs)

    def __getitem__(self, name: str) -> Table[Any]:
        return self._tables[name]

    def __iter__(self) -> Iterator[_O]:
        for table in self._tables.values():
            yield from table

    def find(self, unique_object_id: str) -> _O | None:
        """The object of a UniqueObjectID such as ``agent.5000.1001``, None if it is not known."""
        kind, _, rest = unique_object_id.partition(".")
        find = self._find.get(kind.lower())
        return None if find is None else find(rest)

    def use_peripheral(self, peripheral_id: int) -> None:
        """The session serves this peripheral from now on.

        Objects that were made before any mode was set belong to it. Those of another one leave the session.
        """
        for table in self._tables.values():
            for key, each in list(table.by_key.items()):
                if each.peripheral_id is None:
                    each.peripheral_id = peripheral_id
                elif each.peripheral_id != peripheral_id:
                    table.remove(key)

    @property
    def repairs(self) -> list[Repairs]:
        """What is contributed to the repair after a gap: by the kinds in their order, then by others."""
        of_kinds = [table.repairs for table in self._tables.values() if table.repairs is not None]
        return of_kinds + self._further_repairs

    def connection_lost(self, reason: str) -> None:
        """Tell every object that the connection is gone."""
        for repairs in self.repairs:
            repairs.gap_began()
        for life, each in self._lives():
            life.connection_lost(each, reason)

    def doubt(self) -> None:
        """Tell every object that events may have been missed."""
        for repairs in self.repairs:
            repairs.gap_began()
        for life, each in self._lives():
            life.doubt(each)

    def forget(self) -> None:
        """Tell every object to drop what it learned over an earlier connection."""
        for life, each in self._lives():
            life.forget(each)

    def _lives(self) -> list[tuple[Life[Any], Any]]:
        # All objects as they are now, each with the life of its kind: a life may remove objects.
        return [(table.life, each) for table in self._tables.values() for each in table]

    def counters(self) -> dict[str, int]:
        """Events that could not be attributed and objects that were refused, by kind."""
        counts: dict[str, int] = {}
        for name, table in self._tables.items():
            counts[f"events_of_unknown_{name}s"] = table.unknown
            counts[f"{name}s_refused"] = table.refused
            counts.update(table.counts)
        return counts
