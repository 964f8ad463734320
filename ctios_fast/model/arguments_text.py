"""The text form of Arguments: ``key1 = value1; key2 = value2``, as CTI OS dumps them.

Nested Arguments are in braces and lists in brackets. Text that could be misread is written as a JSON string:
empty text, text with spaces around it, text with a separator, text that cannot be printed. Numbers and
booleans are read back as text, which the typed methods of Arguments convert. A password is written as ``***``
and left out when it is read back.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from .argument_values import is_hidden

__all__ = ["REDACTED", "dumped", "parsed", "word"]

#: Written in place of a password.
REDACTED: Final = "***"

_IN_KEYS = frozenset(';="{}')
_IN_VALUES = frozenset(';]}"')
_OPENING = ("{", "[")


def word(text: str, *, is_key: bool = False) -> str:
    """Text as a key or a value of a dump."""
    if (
        not text
        or text == REDACTED
        or text != text.strip()
        or not text.isprintable()
        or not (_IN_KEYS if is_key else _IN_VALUES).isdisjoint(text)
        or text.startswith(_OPENING)
    ):
        from json import dumps  # few programs need it

        return dumps(text, ensure_ascii=False)
    return text


def dumped(pairs: Iterable[tuple[str, Any]]) -> str:
    """A dump of pairs. Values are those of Arguments; passwords are not shown."""
    return "; ".join(f"{word(key, is_key=True)} = {_written(key, value)}" for key, value in pairs)


def _written(key: str, value: Any) -> str:
    if is_hidden(key, value):
        return REDACTED
    if isinstance(value, Mapping):
        return f"{{{dumped(value.items())}}}"
    if isinstance(value, tuple):
        return f"[{'; '.join(_written(key, each) for each in value)}]"
    return word("" if value is None else str(value))


def parsed(text: str, max_depth: int) -> dict[str, Any] | ValueError:
    """What a dump says: text, tuples and nested dicts by key. An error is returned, not raised.

    A traceback of it would show this module's variables, and with them a password in ``text``.
    """
    if not isinstance(text, str):
        return ValueError(f"a dump must be text, got {type(text).__name__}")
    parser = _Parser(text, max_depth)
    try:
        found = parser.pairs("", 0)
    except _SyntaxError as error:
        return ValueError(f"a dump of Arguments must have {error.expected} at offset {parser.offset}")
    return found


class _SyntaxError(Exception):
    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


class _Redacted:
    """The value of a password, which a dump does not have."""


class _Parser:
    """Reads one text from left to right. ``offset`` is the number of characters that are read."""

    def __init__(self, text: str, max_depth: int) -> None:
        self.offset = 0
        self._text = text
        self._max_depth = max_depth

    def pairs(self, closing: str, depth: int) -> dict[str, Any]:
        """Pairs up to the closing character, or to the end where that is empty."""
        if depth > self._max_depth:
            raise _SyntaxError(f"at most {self._max_depth} levels of nesting")
        found: dict[str, Any] = {}
        while not self._closes(closing):
            key = self._word("=")
            if self._peek() != "=":
                raise _SyntaxError("a keyword and an equals sign")
            self.offset += 1
            value = self._value(closing, depth)
            if not isinstance(value, _Redacted):
                found[key] = value
            self._separator(closing)
        return found

    def _values(self, depth: int) -> tuple[Any, ...]:
        if depth > self._max_depth:
            raise _SyntaxError(f"at most {self._max_depth} levels of nesting")
        found: list[Any] = []
        while not self._closes("]"):
            value = self._value("]", depth)
            if not isinstance(value, _Redacted):
                found.append(value)
            self._separator("]")
        return tuple(found)

    def _value(self, closing: str, depth: int) -> Any:
        begin = self._peek()
        if begin == "{":
            self.offset += 1
            return self.pairs("}", depth + 1)
        if begin == "[":
            self.offset += 1
            return self._values(depth + 1)
        text = self._word(";" + closing)
        return _Redacted() if text == REDACTED and begin != '"' else text

    def _peek(self) -> str:
        # the next character that is not a space, empty at the end
        text, offset = self._text, self.offset
        while offset < len(text) and text[offset].isspace():
            offset += 1
        self.offset = offset
        return text[offset : offset + 1]

    def _closes(self, closing: str) -> bool:
        found = self._peek()
        if found != closing:
            if not found:
                raise _SyntaxError(f"a closing {closing}")
            return False
        self.offset += len(closing)
        return True

    def _separator(self, closing: str) -> None:
        found = self._peek()
        if found == ";":
            self.offset += 1
        elif found != closing:
            raise _SyntaxError("a semicolon" + (f" or {closing}" if closing else ""))

    def _word(self, ends: str) -> str:
        if self._peek() == '"':
            from json import JSONDecoder

            try:
                text, self.offset = JSONDecoder().raw_decode(self._text, self.offset)
            except ValueError:
                raise _SyntaxError("a complete quoted text") from None
            return str(text)
        begin = self.offset
        while self.offset < len(self._text) and self._text[self.offset] not in ends:
            self.offset += 1
        return self._text[begin : self.offset].strip()
