"""Conditions of a frame filter as rules, the form that is compiled.

A ``Test`` checks whether one field has one of several values. An ``Alternative`` holds if all of its tests
do, a ``Clause`` if one of its alternatives does, a ``Rule`` if all of its clauses do. A filter accepts a
frame if one of its rules holds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import index
from typing import Literal, SupportsIndex

from ctios_fast.core.text_encoding import encoded, expected_characters
from ctios_fast.protocol.naming import message_number

__all__ = ["Alternative", "Clause", "Condition", "Operator", "Rule", "Test", "joined", "rule_of"]

Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in", "prefix"]

Scalar = SupportsIndex | str
#: A condition on a field in ``where``: one value; a range; a comparison, which is a tuple of operator and
#: value; or a set, list or other collection of these, of which one must hold.
Condition = Scalar | range | tuple[Operator, object] | Collection[object]

_MIN_NUMBER, _MAX_NUMBER = -(1 << 63), (1 << 63) - 1
_MAX_STEPS = 1 << 16
_MAX_DEPTH = 16


@dataclass(frozen=True, slots=True)
class Test:
    """A field has one of the values, or with ``negated`` has another value.

    ``texts`` and ``prefixes`` are bytes as on the wire, without NUL. ``ranges`` are first and last number.
    ``present``: any value passes. A frame that lacks the field always fails the test.
    """

    field: str
    texts: frozenset[bytes] = frozenset()
    prefixes: tuple[bytes, ...] = ()
    numbers: frozenset[int] = frozenset()
    ranges: tuple[tuple[int, int], ...] = ()
    present: bool = False
    negated: bool = False

    @property
    def for_text(self) -> bool:
        """Whether the test applies to text fields. Without any value it applies to both kinds."""
        return self.present or bool(self.texts or self.prefixes) or not (self.numbers or self.ranges)

    @property
    def for_numbers(self) -> bool:
        """Whether the test applies to number fields."""
        return self.present or bool(self.numbers or self.ranges) or not (self.texts or self.prefixes)


Alternative = tuple[Test, ...]
Clause = tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Clauses that must all hold for frames of ``messages``, or of all messages if that is None.

    ``strict``: compiling raises ValueError unless each of the messages has each of the fields.
    """

    messages: frozenset[int] | None
    clauses: tuple[Clause, ...]
    strict: bool = False


def wire_text(field: str, text: str, encoding: str | None) -> bytes:
    """Return the text as it is on the wire in this encoding; ``ValueError`` for one that cannot be there."""
    data = encoded(text, encoding)
    if data is None:
        raise ValueError(f"the text {text!r} for field {field} {expected_characters(encoding)}")
    if b"\0" in data:
        raise ValueError(f"the text {text!r} for field {field} has a NUL, which ends a text on the wire")
    return data


def _clamped(number: int) -> int:
    return max(_MIN_NUMBER, min(_MAX_NUMBER, number))


def _range_of(operator: str, number: int) -> tuple[int, int]:
    first, last = {
        "<": (_MIN_NUMBER, number - 1),
        "<=": (_MIN_NUMBER, number),
        ">": (number + 1, _MAX_NUMBER),
        ">=": (number, _MAX_NUMBER),
    }[operator]
    return _clamped(first), _clamped(last)


def _one_value(field: str, value: object, encoding: str | None, negated: bool = False) -> Test:
    if isinstance(value, str):
        return Test(field, texts=frozenset({wire_text(field, value, encoding)}), negated=negated)
    if isinstance(value, range):
        if value.step == 1 or not value:
            ranges = ((_clamped(value.start), _clamped(value.stop - 1)),) if value else ()
            return Test(field, ranges=ranges, negated=negated)
        if abs(value[-1] - value[0]) // abs(value.step) >= _MAX_STEPS:
            raise ValueError(f"field {field}: a range with a step can have at most {_MAX_STEPS} numbers")
        return Test(field, numbers=frozenset(value), negated=negated)
    if isinstance(value, SupportsIndex):
        return Test(field, numbers=frozenset({index(value)}), negated=negated)
    raise TypeError(f"field {field} cannot be compared with a {type(value).__name__}")


def _several(field: str, values: object, encoding: str | None, negated: bool = False) -> Test:
    if isinstance(values, str | bytes | bytearray | memoryview) or not isinstance(values, Iterable):
        raise TypeError(f"field {field}: 'in' takes a set, list or tuple, got {type(values).__name__}")
    return _merged(field, [_one_value(field, value, encoding) for value in values], negated)


def _prefixes(field: str, prefixes: object, encoding: str | None) -> Test:
    if isinstance(prefixes, str):
        prefixes = (prefixes,)
    if not isinstance(prefixes, Iterable):
        raise TypeError(f"field {field}: a prefix must be a str, got {type(prefixes).__name__}")
    found = []
    for prefix in prefixes:
        if not isinstance(prefix, str):
            raise TypeError(f"field {field}: a prefix must be a str, got {type(prefix).__name__}")
        found.append(wire_text(field, prefix, encoding))
    return Test(field, prefixes=tuple(found))


def _compared(field: str, comparison: tuple[object, ...], encoding: str | None) -> Test:
    if len(comparison) != 2 or not isinstance(comparison[0], str):
        raise TypeError(f"field {field}: a tuple must be an operator and a value, such as ('<', 10)")
    operator, value = comparison
    match operator:
        case "==" | "!=":
            return _one_value(field, value, encoding, operator == "!=")
        case "in" | "not in":
            return _several(field, value, encoding, operator == "not in")
        case "prefix":
            return _prefixes(field, value, encoding)
        case "<" | "<=" | ">" | ">=":
            if isinstance(value, str) or not isinstance(value, SupportsIndex):
                raise TypeError(f"field {field}: {operator!r} takes a number, got {type(value).__name__}")
            return Test(field, ranges=(_range_of(operator, index(value)),))
    raise ValueError(f"field {field}: there is no operator {operator!r}")


def _merged(field: str, tests: list[Test], negated: bool = False) -> Test:
    return Test(
        field,
        texts=frozenset().union(*(test.texts for test in tests)),
        prefixes=tuple(prefix for test in tests for prefix in test.prefixes),
        numbers=frozenset().union(*(test.numbers for test in tests)),
        ranges=tuple(each for test in tests for each in test.ranges),
        present=any(test.present for test in tests),
        negated=negated,
    )


def _tests(field: str, condition: object, encoding: str | None, depth: int = 0) -> Iterator[Test]:
    """The tests of a condition, of which one must hold."""
    if depth > _MAX_DEPTH:
        raise ValueError(f"field {field}: conditions can be nested at most {_MAX_DEPTH} deep")
    if isinstance(condition, tuple):
        yield _compared(field, condition, encoding)
    elif isinstance(condition, Collection) and not isinstance(condition, str | bytes | bytearray | range):
        tests = [test for one in condition for test in _tests(field, one, encoding, depth + 1)]
        yield _merged(field, [test for test in tests if not test.negated])
        yield from (test for test in tests if test.negated)
    else:
        yield _one_value(field, condition, encoding)


def joined(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules that accept the same frames, with the rules of a single clause merged.

    A filter that was joined from many filters on one field then has one set of values instead of many steps.
    """
    several: list[Rule] = []
    single: dict[frozenset[int] | None, list[Clause]] = {}
    for rule in rules:
        if len(rule.clauses) == 1:
            single.setdefault(rule.messages, []).append(rule.clauses[0])
        else:
            several.append(Rule(rule.messages, tuple(dict.fromkeys(rule.clauses))))
    return (*several, *(Rule(messages, (_one_clause(clauses),)) for messages, clauses in single.items()))


def _one_clause(clauses: Iterable[Clause]) -> Clause:
    by_field: dict[str, list[Test]] = {}
    others: list[Alternative] = []
    for clause in clauses:
        for alternative in clause:
            if len(alternative) == 1 and not alternative[0].negated:
                by_field.setdefault(alternative[0].field, []).append(alternative[0])
            else:
                others.append(alternative)
    return (*((_merged(field, tests),) for field, tests in by_field.items()), *others)


def rule_of(
    messages: int | str | Iterable[int | str] | None,
    where: Mapping[str, Condition] | None,
    encoding: str | None = None,
) -> Rule:
    """The rule for a filter's arguments. Field names are looked up later, when the rule is compiled."""
    numbers = None
    if messages is not None:
        given = (messages,) if isinstance(messages, int | str | type) else messages
        numbers = frozenset(message_number(message) for message in given)
    clauses = []
    for field, condition in (where or {}).items():
        if not isinstance(field, str):
            raise TypeError(f"a field's name must be a str, got {type(field).__name__}")
        clauses.append(tuple((test,) for test in _tests(field, condition, encoding)))
    return Rule(numbers, tuple(clauses), strict=numbers is not None)
