"""Arguments: the key-value pairs that CTI OS methods take and events carry.

Keys are CTI OS keywords, as plain text or the ``CTIOS_`` constants of ``ctios_fast.keywords``. Upper and
lower case are the same, and spaces around a key do not count.

Passwords are hidden by construction: ``argument_cover`` wraps a value under a keyword that names one in a
``Secret`` before anything else happens to it. A method that takes a value covers it first of all, and raises
what is wrong with it after its own variable has been replaced.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from itertools import islice
from typing import Any, Self

from ctios_fast.core.secret import Secret

from .argument_cover import MAX_DEPTH, Cover, Pairs, Refusal, taken
from .argument_values import (
    INT,
    SHORT,
    UINT,
    USHORT,
    as_boolean,
    as_integer,
    as_text,
    invalid,
    is_hidden,
    not_text,
    wrong,
)
from .arguments_json import plain_pairs, read_json
from .arguments_text import REDACTED, dumped, parsed
from .nested_values import cloned, equal, has_secret, reaches
from .typed_values import TypedElements

__all__ = ["Arguments", "arguments_over", "covered", "nested"]

#: Stands for a missing value where None is one.
_MISSING = object()


class Arguments(TypedElements, MutableMapping[str, object]):
    """A mapping of keywords to numbers, text, booleans or nested Arguments.

    It reads as a ``dict`` does, and has the method names of CTI OS too. ``CreateInstance``, ``AddRef`` and
    ``Release`` have no counterpart, because Python counts references itself.

    A plain dict given as a value becomes nested Arguments, and a list a tuple. A value under a keyword that
    contains "password" becomes a ``Secret``, whose ``reveal()`` is the only way to the text.

    - ``values``: a mapping, or pairs of keyword and value.
    - ``more``: further pairs, by name.

    Raises ``TypeError`` for a keyword that is not text and for ``values`` that are not pairs, ``MethodError``
    (E_CTIOS_INVALID_ARGUMENT) for values that are nested too deeply or in themselves.
    """

    __slots__ = ("_index", "_values")

    def __init__(
        self, values: Mapping[str, object] | Iterable[tuple[str, object]] | None = None, /, **more: object
    ) -> None:
        covered = _COVER.pairs(values)
        values = None
        further = _COVER.pairs(more) if more else ()
        more = {}
        #: The pairs, under the keywords as they were first given.
        self._values: dict[str, Any] = {}
        #: Those keywords by their lower case; None until a look-up needs it.
        self._index: dict[str, str] | None = None
        self._accept(covered, further)

    # --- Look-up ------------------------------------------------------------------------------------

    def _known(self, key: str) -> str | None:
        # the keyword under which the value is kept, None without one
        if key in self._values:
            return key
        if self._index is None:
            self._index = {known.lower(): known for known in self._values}
        return self._index.get(key.strip().lower())

    def _accept(self, *sources: "Pairs | Refusal") -> None:
        # all of the pairs, or none where one is refused
        accepted: list[tuple[str, Any]] = []
        for source in sources:
            if isinstance(source, Refusal):
                raise source.error
            accepted += source
        for key, value in accepted:
            if isinstance(value, Arguments | tuple):
                self._refuse_cycle(key, value)
        for key, value in accepted:
            self._put(key, value)

    def _refuse_cycle(self, key: str, value: "Arguments | tuple[Any, ...]") -> None:
        if reaches(value, self):
            raise invalid(f"{key} would nest these Arguments in themselves; set a clone() of them")

    def _put(self, key: str, value: Any) -> None:
        # the value is covered
        known = self._known(key)
        if known is None:
            known = key.strip()
            if self._index is not None:
                self._index[known.lower()] = known
        self._values[known] = value

    # --- The mapping --------------------------------------------------------------------------------

    def __getitem__(self, key: str) -> object:
        values = self._values
        if key in values:
            return values[key]
        known = self._known(key) if isinstance(key, str) else None
        if known is None:
            raise KeyError(key)
        return values[known]

    def __setitem__(self, key: str, value: object) -> None:
        value = _COVER.value(key, value)
        if not isinstance(key, str):
            raise not_text(key)
        kept = taken(value)
        if isinstance(kept, Arguments | tuple):
            self._refuse_cycle(key, kept)
        self._put(key, value)

    def __delitem__(self, key: str) -> None:
        known = self._known(key) if isinstance(key, str) else None
        if known is None:
            raise KeyError(key)
        del self._values[known]
        if self._index is not None:
            del self._index[known.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._known(key) is not None

    def get(self, key: str, default: object = None) -> object:
        """The value, or ``default`` where there is none."""
        try:
            return self[key]
        except KeyError:
            return default

    def setdefault(self, key: str, default: object = None) -> object:
        """The value; where there is none, ``default`` is set first."""
        default = _COVER.value(key, default)
        if key not in self:
            self[key] = default
        return self[key]

    def update(  # type: ignore[override]  # a mapping of another kind of keys is refused
        self, values: Mapping[str, object] | Iterable[tuple[str, object]] = (), /, **more: object
    ) -> None:
        """Set all pairs, given as a mapping, as pairs or by name. Nothing is set where one is refused."""
        covered = _COVER.pairs(values)
        values = ()
        further = _COVER.pairs(more) if more else ()
        more = {}
        self._accept(covered, further)

    def clear(self) -> None:
        """Remove all pairs."""
        self._values.clear()
        self._index = None

    def __or__(self, other: Mapping[str, object]) -> "Arguments":
        if not isinstance(other, Mapping):
            return NotImplemented
        covered = _COVER.pairs(other)
        other = {}
        joined = self._shallow()
        joined._accept(covered)
        return joined

    def __ror__(self, other: Mapping[str, object]) -> "Arguments":
        if not isinstance(other, Mapping):
            return NotImplemented
        covered = _COVER.pairs(other)
        other = {}
        joined = Arguments()
        joined._accept(covered, _COVER.pairs(self))
        return joined

    def __ior__(self, other: Mapping[str, object]) -> Self:
        covered = _COVER.pairs(other)
        other = {}
        self._accept(covered)
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        if not isinstance(other, Arguments):
            covered = _COVER.pairs(other)
            other = Arguments()
            if isinstance(covered, Refusal):
                return False
            other._accept(covered)
        if len(self) != len(other):
            return False
        return all(key in other and equal(value, other[key]) for key, value in self._values.items())

    def __repr__(self) -> str:
        return f"Arguments({', '.join(f'{key}={_shown(key, value)}' for key, value in self._values.items())})"

    # --- Copies -------------------------------------------------------------------------------------

    def _shallow(self) -> "Arguments":
        return arguments_over(self._values.copy())

    __copy__ = _shallow

    def __deepcopy__(self, memo: dict[int, Any]) -> "Arguments":
        from copy import deepcopy  # which has called this method, so that it is loaded only where it is used

        return arguments_over(
            {
                key: value if isinstance(value, Secret) else deepcopy(value, memo)
                for key, value in self._values.items()
            }
        )

    def clone(self) -> "Arguments":
        """A copy. Nested Arguments are copied too."""
        return arguments_over({key: cloned(value) for key, value in self._values.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        for key, value in self._values.items():
            if has_secret(value):
                raise TypeError(f"{key} is a password and cannot be pickled; remove it first")
        return Arguments, (tuple(self._values.items()),)

    # --- Values by key, under the names of CTI OS ---------------------------------------------------

    def _found(self, keyword: str) -> tuple[str, Any]:
        return keyword, self[keyword]

    def get_value_array(self, key: str) -> "Arguments":
        """The nested Arguments."""
        return nested(key, self[key])

    def set_value(self, key: str, value: object) -> None:
        """Set the value, replacing one that is there."""
        value = _COVER.value(key, value)
        self[key] = value

    add_item = set_value

    def set_value_int(self, key: str, value: object) -> None:
        """Set the value as an integer of 64 bits.

        The typed setters convert as the typed getters do and raise the same errors; nothing is set then.
        """
        value = _COVER.value(key, value)
        self[key] = as_integer(key, taken(value), INT)

    def set_value_uint(self, key: str, value: object) -> None:
        """Set the value as an unsigned integer of 32 bits."""
        value = _COVER.value(key, value)
        self[key] = as_integer(key, taken(value), UINT)

    def set_value_short(self, key: str, value: object) -> None:
        """Set the value as an integer of 16 bits."""
        value = _COVER.value(key, value)
        self[key] = as_integer(key, taken(value), SHORT)

    def set_value_ushort(self, key: str, value: object) -> None:
        """Set the value as an unsigned integer of 16 bits."""
        value = _COVER.value(key, value)
        self[key] = as_integer(key, taken(value), USHORT)

    def set_value_bool(self, key: str, value: object) -> None:
        """Set the value as a boolean."""
        value = _COVER.value(key, value)
        self[key] = as_boolean(key, taken(value))

    def set_value_string(self, key: str, value: object) -> None:
        """Set the value as text. A password is hidden."""
        value = _COVER.value(key, value)
        self[key] = value if isinstance(value, Secret) else as_text(key, taken(value))

    def set_value_array(self, key: str, value: object) -> None:
        """Set nested Arguments; a plain mapping becomes nested Arguments."""
        is_mapping = isinstance(value, Mapping)
        value = _COVER.value(key, value) if is_mapping else Refusal(wrong(key, "nested Arguments", value))
        self[key] = nested(key, taken(value))

    def remove_item(self, key: str) -> None:
        """Remove the pair. Raises ``KeyError`` where there is none."""
        del self[key]

    def is_valid(self, key: str) -> bool:
        """Whether there is a value."""
        return key in self

    def num_elements(self) -> int:
        """The number of pairs."""
        return len(self._values)

    # --- Arrays: one pair for each element, under the keyword with an index -------------------------

    def get_indexed(self, key: str, *, first: int = 1) -> list[object]:
        """The values of ``key[1]``, ``key[2]`` and so on, up to the first that is missing.

        ``first``: the first index. CTI OS counts from 1, but the elements of ECC arrays from 0.
        """
        name = _name(key)
        values: list[object] = []
        while (value := self.get(f"{name}[{first + len(values)}]", _MISSING)) is not _MISSING:
            values.append(value)
        return values

    def set_indexed(self, key: str, values: Sequence[object], *, first: int = 1) -> None:
        """Set ``key[1]``, ``key[2]`` and so on, and remove what a longer array had after them.

        - ``values``: a list or a tuple.
        - ``first``: the first index, as in ``get_indexed``.

        Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT); nothing is set where a value is refused.
        """
        values = _COVER.value(key, values)
        if not isinstance(taken(values), tuple):
            raise wrong(key, "a list of values", values)
        name = _name(key)
        before = len(self.get_indexed(name, first=first))
        self.update((f"{name}[{index}]", each) for index, each in enumerate(values, first))
        for index in range(first + len(values), first + before):
            del self[f"{name}[{index}]"]

    # --- Values by position -------------------------------------------------------------------------

    def get_element_key(self, index: int) -> str:
        """The keyword at a position from 1 to ``num_elements()``.

        Raises ``IndexError`` for another position, ``TypeError`` for one that is not an integer.
        """
        if isinstance(index, bool) or not isinstance(index, int):
            raise TypeError(f"a position must be an integer, got {type(index).__name__}")
        if not 1 <= index <= len(self._values):
            raise IndexError(f"a position must be from 1 to {len(self._values)}, got {index}")
        return next(islice(self._values, index - 1, None))

    def get_element_arguments(self, index: int) -> "Arguments":
        """The nested Arguments at a position."""
        return self.get_value_array(self.get_element_key(index))

    def set_element(self, index: int, value: object) -> None:
        """Set the value at a position; its keyword stays."""
        try:
            key = self.get_element_key(index)
        except (IndexError, TypeError):
            value = None  # it may be a password
            raise
        value = _COVER.value(key, value)
        self[key] = value

    # --- Text and JSON ------------------------------------------------------------------------------

    def dump(self) -> str:
        """All pairs as ``key1 = value1; key2 = value2``. Passwords are not shown."""
        return dumped(self._values.items())

    dump_args = dump

    @classmethod
    def parse(cls, text: str) -> "Arguments":
        """Arguments from the text of ``dump``.

        Numbers and booleans are read as text, which the typed methods convert. A password that the dump does
        not show is left out. Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT) for another text.
        """
        read = _COVER.read(parsed(text, MAX_DEPTH))
        text = ""
        args = cls()
        args._accept(read)
        return args

    def to_dict(self) -> dict[str, object]:
        """The pairs as plain dicts and lists, for JSON. A password is ``"***"``.

        Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT) for a value that JSON cannot express.
        """
        return plain_pairs(self._values)

    def to_json(self, *, indent: int | None = None) -> str:
        """The pairs as JSON text. A password is ``"***"``. Raises as ``to_dict`` does.

        ``indent``: spaces a level; None for one line.
        """
        import json  # few programs need it

        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Arguments":
        """Arguments from a JSON object. A password that is ``"***"`` is left out.

        Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT) for another text.
        """
        read = _COVER.read(read_json(text))
        text = ""
        args = cls()
        args._accept(read)
        return args


def arguments_over(
    values: dict[str, Any], _new: Callable[[type[Arguments]], Arguments] = object.__new__
) -> Arguments:
    """Arguments over a dict, without a copy and without checks; the dict must not be used afterwards.

    For the library's events. Keys must be keywords as CTI OS writes them, nested dicts must be Arguments
    already, and a password must be a ``Secret``.
    """
    args = _new(Arguments)
    args._values = values  # noqa: SLF001 - a class of this module
    args._index = None  # noqa: SLF001 - a class of this module
    return args


def nested(key: str, value: Any) -> Arguments:
    """The value, which must be nested Arguments. Raises ``MethodError`` for another one."""
    if isinstance(value, Arguments):
        return value
    raise wrong(key, "nested Arguments", value)


def _name(key: str) -> str:
    if not isinstance(key, str):
        raise not_text(key)
    return key.strip()


def _shown(key: str, value: Any) -> str:
    return repr(REDACTED if is_hidden(key, value) else value)


def _of_covered(pairs: Pairs) -> Arguments:
    args = Arguments()
    for key, value in pairs:
        args._put(key, value)  # noqa: SLF001 - a class of this module
    return args


_COVER = Cover(Arguments, _of_covered)

#: The value as Arguments keep it under a keyword, or a Refusal. Never raises.
covered = _COVER.value
