"""Arguments: the key-value pairs that CTI OS methods take and events carry.

Keys are the guide's keywords, as plain strings or the ``CTIOS_`` constants of ``ctios_fast.keywords``;
upper and lower case are the same, and spaces around a key do not count (CTI OS Developer's Guide, helper
classes).
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

__all__ = ["Arguments", "made"]


def _shown(key: str, value: object) -> object:
    return "***" if "password" in key.lower() else value


class Arguments(MutableMapping[str, Any]):
    """A mapping of keywords to numbers, text, booleans or nested Arguments.

    It reads as a ``dict`` does; the CTI OS method names are there too. Values of passwords are not shown.
    """

    __slots__ = ("_index", "_values")

    def __init__(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        self._values: dict[str, Any] = {}
        self._index: dict[str, str] | None = None
        for source in (values, more):
            for key, value in (source or {}).items():
                self[key] = value

    def _key(self, key: str) -> str:
        # the key under which the value stands
        if key in self._values:
            return key
        if self._index is None:
            self._index = {known.lower(): known for known in self._values}
        return self._index[key.strip().lower()]

    def __getitem__(self, key: str) -> Any:
        try:
            return self._values[self._key(key)]
        except KeyError:
            raise KeyError(key) from None

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"a keyword is text, not {type(key).__name__}")
        try:
            key = self._key(key)
        except KeyError:
            key = key.strip()
            if self._index is not None:
                self._index[key.lower()] = key
        self._values[key] = value

    def __delitem__(self, key: str) -> None:
        try:
            del self._values[self._key(key)]
        except KeyError:
            raise KeyError(key) from None
        self._index = None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        try:
            self._key(key)  # type: ignore[arg-type]
        except (KeyError, AttributeError):
            return False
        return True

    def __repr__(self) -> str:
        shown = ", ".join(f"{key}={_shown(key, value)!r}" for key, value in self._values.items())
        return f"Arguments({shown})"

    # --- the names that CTI OS has for it --------------------------------------------------------

    def get_value(self, key: str) -> Any:
        """The value; ``KeyError`` where there is none."""
        return self[key]

    def get_value_int(self, key: str) -> int:
        """The value as an integer; ``ValueError`` where it is none."""
        return int(self[key])

    def get_value_string(self, key: str) -> str:
        """The value as text."""
        return str(self[key])

    def get_value_bool(self, key: str) -> bool:
        """The value as a boolean; the texts ``"0"``, ``"false"`` and ``""`` are false."""
        value = self[key]
        return value.strip().lower() not in ("", "0", "false") if isinstance(value, str) else bool(value)

    def get_value_array(self, key: str) -> "Arguments":
        """The nested Arguments; ``TypeError`` where the value is something else."""
        value = self[key]
        if not isinstance(value, Arguments):
            raise TypeError(f"{key} holds {type(value).__name__}, not Arguments")
        return value

    def set_value(self, key: str, value: Any) -> None:
        """Set the value, replacing one that is there."""
        self[key] = value

    add_item = set_value

    def remove_item(self, key: str) -> None:
        """Take the pair away; ``KeyError`` where there is none."""
        del self[key]

    def is_valid(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self

    def num_elements(self) -> int:
        """How many pairs there are."""
        return len(self._values)

    def clone(self) -> "Arguments":
        """A copy; nested Arguments are copied too."""
        return made({k: v.clone() if isinstance(v, Arguments) else v for k, v in self._values.items()})

    def dump(self) -> str:
        """All pairs as ``key1 = value1; key2 = value2``; passwords are not shown."""
        return "; ".join(f"{key} = {_shown(key, value)}" for key, value in self._values.items())


def made(values: dict[str, Any], _new: Callable[[type[Arguments]], Arguments] = object.__new__) -> Arguments:
    """Arguments over a dict whose keys are keywords as they stand; the dict is taken over."""
    args = _new(Arguments)
    args._values = values
    args._index = None
    return args
