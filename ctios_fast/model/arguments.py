"""Arguments: the key-value pairs that CTI OS methods take and events carry.

Keys are CTI OS keywords, as plain text or the ``CTIOS_`` constants of ``ctios_fast.keywords``. Upper and
lower case are the same, and spaces around a key do not count.

Passwords are hidden by construction: a value under a keyword that contains "password" is wrapped in a
``Secret`` before anything else happens to it, at every depth. Functions whose names begin with ``_cover`` do
that. They never raise, because a traceback shows the variables of every function that it passes through: they
return a ``_Refusal``, and the caller raises its error after its own variable has been replaced.
"""

import copy
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from itertools import islice
from typing import Any, Final, Self

from ctios_fast.core.secret import Secret

from .argument_values import (
    INT,
    SHORT,
    UINT,
    USHORT,
    as_boolean,
    as_integer,
    as_text,
    invalid,
    is_password,
    not_text,
    wrong,
)
from .arguments_text import REDACTED, pairs_text, parsed, word

__all__ = ["MAX_DEPTH", "Arguments", "arguments_over"]

#: How deeply plain dicts, lists, JSON and dumps may be nested.
MAX_DEPTH: Final = 64

_SCALARS = frozenset({int, str, bool, float})


class Arguments(MutableMapping[str, Any]):
    """A mapping of keywords to numbers, text, booleans or nested Arguments.

    It reads as a ``dict`` does, and has the method names of CTI OS too. ``CreateInstance``, ``AddRef`` and
    ``Release`` have no counterpart, because Python counts references itself.

    A plain dict that is given as a value becomes nested Arguments, and a list becomes a tuple. A value under
    a keyword that contains "password" becomes a ``Secret``; reading it gives the Secret, whose ``reveal()``
    is the only way to the text.

    ``values``: a mapping, or pairs of keyword and value.
    ``more``: further pairs, by name.

    Raises ``TypeError`` for a keyword that is not text and for ``values`` that are not pairs, ``MethodError``
    (E_CTIOS_INVALID_ARGUMENT) for values that are nested too deeply or in themselves.
    """

    __slots__ = ("_index", "_values")

    def __init__(
        self, values: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None, /, **more: Any
    ) -> None:
        covered = _cover_pairs(values)
        values = None
        further = _cover_pairs(more) if more else ()
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

    def _accept(self, *sources: "_Pairs | _Refusal") -> None:
        # all of the pairs, or none where one is refused
        accepted: list[tuple[str, Any]] = []
        for source in sources:
            if isinstance(source, _Refusal):
                raise source.error
            accepted += source
        for key, value in accepted:
            if isinstance(value, Arguments | tuple):
                self._refuse_cycle(key, value)
        for key, value in accepted:
            self._put(key, value)

    def _refuse_cycle(self, key: str, value: "Arguments | tuple[Any, ...]") -> None:
        if _reaches(value, self):
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

    def __getitem__(self, key: str) -> Any:
        values = self._values
        if key in values:
            return values[key]
        known = self._known(key) if isinstance(key, str) else None
        if known is None:
            raise KeyError(key)
        return values[known]

    def __setitem__(self, key: str, value: Any) -> None:
        value = _cover(key, value)
        if not isinstance(key, str):
            raise not_text(key)
        if isinstance(_taken(value), Arguments | tuple):
            self._refuse_cycle(key, value)
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

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or ``default`` where there is none."""
        try:
            return self[key]
        except KeyError:
            return default

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value; where there is none, ``default`` is set first."""
        default = _cover(key, default)
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, values: Any = (), /, **more: Any) -> None:
        """Set all pairs, given as a mapping, as pairs or by name. Nothing is set where one is refused."""
        covered = _cover_pairs(values)
        values = None
        further = _cover_pairs(more) if more else ()
        more = {}
        self._accept(covered, further)

    def clear(self) -> None:
        """Remove all pairs."""
        self._values.clear()
        self._index = None

    def __or__(self, other: Any) -> "Arguments":
        if not isinstance(other, Mapping):
            return NotImplemented
        other = _cover_pairs(other)
        joined = self._shallow()
        joined._accept(other)
        return joined

    def __ror__(self, other: Any) -> "Arguments":
        if not isinstance(other, Mapping):
            return NotImplemented
        other = _cover_pairs(other)
        joined = Arguments()
        joined._accept(other, _cover_pairs(self))
        return joined

    def __ior__(self, other: Any) -> Self:
        other = _cover_pairs(other)
        self._accept(other)
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        if not isinstance(other, Arguments):
            covered = _cover_pairs(other)
            other = Arguments()
            if isinstance(covered, _Refusal):
                return False
            other._accept(covered)
        if len(self) != len(other):
            return False
        return all(key in other and _equal(value, other[key]) for key, value in self._values.items())

    def __repr__(self) -> str:
        return f"Arguments({', '.join(f'{key}={_shown(key, value)}' for key, value in self._values.items())})"

    # --- Copies -------------------------------------------------------------------------------------

    def _shallow(self) -> "Arguments":
        return arguments_over(self._values.copy())

    __copy__ = _shallow

    def __deepcopy__(self, memo: dict[int, Any]) -> "Arguments":
        return arguments_over(
            {
                key: value if isinstance(value, Secret) else copy.deepcopy(value, memo)
                for key, value in self._values.items()
            }
        )

    def clone(self) -> "Arguments":
        """A copy. Nested Arguments are copied too."""
        return arguments_over({key: _cloned(value) for key, value in self._values.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        for key, value in self._values.items():
            if _has_secret(value):
                raise TypeError(f"{key} is a password and cannot be pickled; remove it first")
        return Arguments, (tuple(self._values.items()),)

    # --- Values by key, under the names of CTI OS ---------------------------------------------------

    def get_value(self, key: str) -> Any:
        """The value. Raises ``KeyError`` where there is none, as all methods that read a value by key do."""
        return self[key]

    def get_value_int(self, key: str) -> int:
        """The value as an integer of 64 bits. Text in decimal digits is converted.

        Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT) where the value is something else, as all typed
        methods do. The error names the keyword and what was expected, and shows no password.
        """
        return as_integer(key, self[key], INT)

    def get_value_uint(self, key: str) -> int:
        """The value as an unsigned integer of 32 bits."""
        return as_integer(key, self[key], UINT)

    def get_value_short(self, key: str) -> int:
        """The value as an integer of 16 bits."""
        return as_integer(key, self[key], SHORT)

    def get_value_ushort(self, key: str) -> int:
        """The value as an unsigned integer of 16 bits."""
        return as_integer(key, self[key], USHORT)

    def get_value_bool(self, key: str) -> bool:
        """The value as a boolean. Numbers, and the texts 0, 1, true, false, yes, no and "" are converted."""
        return as_boolean(key, self[key])

    def get_value_string(self, key: str) -> str:
        """The value as text. Numbers and booleans are converted; None is an empty text.

        A password is not given out as text: use ``get_value(key).reveal()``.
        """
        return as_text(key, self[key])

    def get_value_array(self, key: str) -> "Arguments":
        """The nested Arguments."""
        return _nested(key, self[key])

    def set_value(self, key: str, value: Any) -> None:
        """Set the value, replacing one that is there."""
        value = _cover(key, value)
        self[key] = value

    add_item = set_value

    def set_value_int(self, key: str, value: Any) -> None:
        """Set the value as an integer of 64 bits.

        The typed setters convert as the typed getters do and raise the same errors; nothing is set then.
        """
        value = _cover(key, value)
        self[key] = as_integer(key, _taken(value), INT)

    def set_value_uint(self, key: str, value: Any) -> None:
        """Set the value as an unsigned integer of 32 bits."""
        value = _cover(key, value)
        self[key] = as_integer(key, _taken(value), UINT)

    def set_value_short(self, key: str, value: Any) -> None:
        """Set the value as an integer of 16 bits."""
        value = _cover(key, value)
        self[key] = as_integer(key, _taken(value), SHORT)

    def set_value_ushort(self, key: str, value: Any) -> None:
        """Set the value as an unsigned integer of 16 bits."""
        value = _cover(key, value)
        self[key] = as_integer(key, _taken(value), USHORT)

    def set_value_bool(self, key: str, value: Any) -> None:
        """Set the value as a boolean."""
        value = _cover(key, value)
        self[key] = as_boolean(key, _taken(value))

    def set_value_string(self, key: str, value: Any) -> None:
        """Set the value as text. A password is hidden."""
        value = _cover(key, value)
        self[key] = value if isinstance(value, Secret) else as_text(key, _taken(value))

    def set_value_array(self, key: str, value: Any) -> None:
        """Set nested Arguments; a plain mapping becomes nested Arguments."""
        is_mapping = isinstance(value, Mapping)
        value = _cover(key, value) if is_mapping else _Refusal(wrong(key, "nested Arguments", value))
        self[key] = _nested(key, _taken(value))

    def remove_item(self, key: str) -> None:
        """Remove the pair. Raises ``KeyError`` where there is none."""
        del self[key]

    def is_valid(self, key: str) -> bool:
        """Whether there is a value."""
        return key in self

    def num_elements(self) -> int:
        """The number of pairs."""
        return len(self._values)

    # --- Values by position -------------------------------------------------------------------------

    def get_element_key(self, index: int) -> str:
        """The keyword at a position. Positions are counted from 1 to ``num_elements()``, as in CTI OS.

        Raises ``IndexError`` for another position and ``TypeError`` for one that is not an integer, as all
        methods of this group do.
        """
        if isinstance(index, bool) or not isinstance(index, int):
            raise TypeError(f"a position must be an integer, got {type(index).__name__}")
        if not 1 <= index <= len(self._values):
            raise IndexError(f"a position must be from 1 to {len(self._values)}, got {index}")
        return next(islice(self._values, index - 1, None))

    def get_element(self, index: int) -> Any:
        """The value at a position."""
        return self._values[self.get_element_key(index)]

    def get_element_int(self, index: int) -> int:
        """The value at a position as an integer of 64 bits."""
        return self.get_value_int(self.get_element_key(index))

    def get_element_uint(self, index: int) -> int:
        """The value at a position as an unsigned integer of 32 bits."""
        return self.get_value_uint(self.get_element_key(index))

    def get_element_short(self, index: int) -> int:
        """The value at a position as an integer of 16 bits."""
        return self.get_value_short(self.get_element_key(index))

    def get_element_ushort(self, index: int) -> int:
        """The value at a position as an unsigned integer of 16 bits."""
        return self.get_value_ushort(self.get_element_key(index))

    def get_element_bool(self, index: int) -> bool:
        """The value at a position as a boolean."""
        return self.get_value_bool(self.get_element_key(index))

    def get_element_string(self, index: int) -> str:
        """The value at a position as text."""
        return self.get_value_string(self.get_element_key(index))

    def get_element_arguments(self, index: int) -> "Arguments":
        """The nested Arguments at a position."""
        return self.get_value_array(self.get_element_key(index))

    def set_element(self, index: int, value: Any) -> None:
        """Set the value at a position; its keyword stays."""
        try:
            key = self.get_element_key(index)
        except (IndexError, TypeError):
            value = None  # it may be a password
            raise
        value = _cover(key, value)
        self[key] = value

    # --- Text and JSON ------------------------------------------------------------------------------

    def dump(self) -> str:
        """All pairs as ``key1 = value1; key2 = value2``. Passwords are not shown."""
        return pairs_text((key, _written(key, value)) for key, value in self._values.items())

    dump_args = dump

    @classmethod
    def parse(cls, text: str) -> "Arguments":
        """Arguments from the text of ``dump``.

        Numbers and booleans are read as text, which the typed methods convert. A password that the dump does
        not show is left out. Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT) for another text.
        """
        read = _cover_read(parsed(text, MAX_DEPTH) if isinstance(text, str) else _wrong_text("a dump", text))
        text = ""
        args = cls()
        args._accept(read)
        return args

    def to_dict(self) -> dict[str, Any]:
        """The pairs as plain dicts and lists, for JSON. A password is ``"***"``.

        Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT) for a value that JSON cannot express.
        """
        return {key: _plain(key, value) for key, value in self._values.items()}

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
        read = _cover_read(_read_json(text))
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


# --- Hiding passwords -----------------------------------------------------------------------------------

_Pairs = Iterable[tuple[str, Any]]


class _Refusal:
    """The error of a value that cannot be taken, until it can be raised without showing the value."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


def _taken(covered: Any) -> Any:
    """A covered value; raises the error of a _Refusal."""
    if isinstance(covered, _Refusal):
        raise covered.error
    return covered


def _cover(key: object, value: Any) -> Any:
    """The value as it is kept under the keyword, or a _Refusal. Never raises."""
    return _cover_value(value, not isinstance(key, str) or is_password(key), 0)


def _cover_value(value: Any, secret: bool, depth: int) -> Any:
    if value is None or isinstance(value, Secret | _Refusal):
        return value
    if not secret and (type(value) in _SCALARS or isinstance(value, Arguments)):
        return value
    try:
        if isinstance(value, Mapping | list | tuple):
            if depth == MAX_DEPTH:
                return _Refusal(invalid(f"values may be nested {MAX_DEPTH} levels deep at most"))
            if isinstance(value, Mapping):
                return _cover_mapping(value, secret, depth + 1)
            return _cover_sequence(value, secret, depth + 1)
        return Secret(value) if secret else value
    except Exception as error:
        return _Refusal(invalid(f"a {type(value).__name__} could not be read: {type(error).__name__}"))


def _cover_mapping(value: Mapping[Any, Any], secret: bool, depth: int) -> "Arguments | _Refusal":
    nested = Arguments()
    for key, each in value.items():
        if not isinstance(key, str):
            return _Refusal(not_text(key))
        covered = _cover_value(each, secret or is_password(key), depth)
        if isinstance(covered, _Refusal):
            return covered
        nested._put(key, covered)  # noqa: SLF001 - a class of this module
    return nested


def _cover_sequence(value: "list[Any] | tuple[Any, ...]", secret: bool, depth: int) -> Any:
    # ("AgentPassword", "text") is a pair, wherever it is: all that follows such a keyword is hidden
    pair = len(value) > 1 and isinstance(value[0], str) and is_password(value[0])
    covered: list[Any] = []
    for position, each in enumerate(value):
        one = _cover_value(each, secret or (pair and position > 0), depth)
        if isinstance(one, _Refusal):
            return one
        covered.append(one)
    if isinstance(value, tuple) and all(map(_same, covered, value)):
        return value  # a named tuple stays one
    return tuple(covered)


def _same(one: object, other: object) -> bool:
    return one is other


def _cover_pairs(values: Any) -> "_Pairs | _Refusal":
    """Pairs of keyword and covered value, or a _Refusal. Never raises."""
    if values is None:
        return ()
    if isinstance(values, Arguments):
        return tuple(values._values.items())  # noqa: SLF001 - a class of this module
    pairs: list[tuple[str, Any]] = []
    try:
        for key, value in values.items() if isinstance(values, Mapping) else values:
            covered = _cover(key, value)
            if not isinstance(key, str):
                return _Refusal(not_text(key))
            if isinstance(covered, _Refusal):
                return covered
            pairs.append((key, covered))
    except Exception as error:
        kind = f"{type(values).__name__} ({type(error).__name__} while reading it)"
        return _Refusal(TypeError(f"Arguments takes a mapping, or pairs of keyword and value, got {kind}"))
    return pairs


def _cover_read(read: dict[str, Any] | ValueError) -> "_Pairs | _Refusal":
    """What a text said, as ``_cover_pairs`` has it. Never raises."""
    return _Refusal(invalid(str(read))) if isinstance(read, ValueError) else _cover_pairs(read)


def _read_json(text: str | bytes) -> dict[str, Any] | ValueError:
    """A JSON object without redacted passwords, or an error. Never raises, since its frames hold the text."""
    import json  # few programs need it

    try:
        read = json.loads(text, object_pairs_hook=_without_redacted)
    except RecursionError:
        return ValueError(f"JSON for Arguments may be nested {MAX_DEPTH} levels deep at most")
    except json.JSONDecodeError as error:
        return ValueError(f"JSON for Arguments: {error.msg} at line {error.lineno}, column {error.colno}")
    except ValueError:
        return ValueError("JSON for Arguments must be UTF-8 text with numbers that Python can read")
    except TypeError:
        return _wrong_text("JSON for Arguments", text)
    return read if isinstance(read, dict) else ValueError("JSON for Arguments must be an object")


def _wrong_text(what: str, text: object) -> ValueError:
    return ValueError(f"{what} must be text, got {type(text).__name__}")


def _without_redacted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if not (value == REDACTED and is_password(key))}


def _reaches(value: "Arguments | tuple[Any, ...]", target: Arguments) -> bool:
    # whether the target is the value itself or nested in it; each one is looked at once
    seen: set[int] = set()
    todo: list[Any] = [value]
    while todo:
        each = todo.pop()
        if each is target:
            return True
        if isinstance(each, Arguments | tuple) and id(each) not in seen:
            seen.add(id(each))
            todo += each._values.values() if isinstance(each, Arguments) else each  # noqa: SLF001 - of this module
    return False


def _nested(key: str, value: Any) -> Arguments:
    if isinstance(value, Arguments):
        return value
    raise wrong(key, "nested Arguments", value)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, Secret) and isinstance(other, Secret):
        return one.reveal() == other.reveal()
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)


def _cloned(value: Any) -> Any:
    if isinstance(value, Arguments):
        return value.clone()
    return tuple(map(_cloned, value)) if type(value) is tuple else value


def _has_secret(value: Any) -> bool:
    return isinstance(value, Secret) or (isinstance(value, tuple) and any(map(_has_secret, value)))


# --- Text and JSON --------------------------------------------------------------------------------------


def _is_hidden(key: str, value: Any) -> bool:
    # a value that is not given, and Arguments, which hide their own values, are shown
    return isinstance(value, Secret) or (
        is_password(key) and value is not None and not isinstance(value, Arguments)
    )


def _shown(key: str, value: Any) -> str:
    return repr(REDACTED if _is_hidden(key, value) else value)


def _written(key: str, value: Any) -> str:
    if _is_hidden(key, value):
        return REDACTED
    if isinstance(value, Arguments):
        return f"{{{value.dump()}}}"
    if isinstance(value, tuple):
        return f"[{'; '.join(_written(key, each) for each in value)}]"
    return word("" if value is None else str(value))


def _plain(key: str, value: Any) -> Any:
    if _is_hidden(key, value):
        return REDACTED
    if isinstance(value, Arguments):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(key, each) for each in value]
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise wrong(key, "a value that JSON can express", value)
