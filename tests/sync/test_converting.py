"""Objects in the containers of a value are replaced."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from ctios_fast import Arguments, ButtonEnablement, CilCode, MethodError
from ctios_fast.sync.converting import MAX_DEPTH, converted


class Thing:
    """What is replaced."""


class Pair(NamedTuple):
    one: object
    other: object


THING, OTHER = Thing(), object()


def replaced(value: Any) -> Any:
    return converted(value, Thing, lambda thing: OTHER)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (THING, OTHER),
        ([1, THING], [1, OTHER]),
        ((THING, 1), (OTHER, 1)),
        (Pair(THING, 1), Pair(OTHER, 1)),
        ({THING, 1}, {OTHER, 1}),
        (frozenset({THING}), frozenset({OTHER})),
        (deque([THING]), [OTHER]),
        (iter([THING]), [OTHER]),
        ({"a": THING}, {"a": OTHER}),
        ({THING: 1}, {OTHER: 1}),
        (OrderedDict(a=THING), {"a": OTHER}),
        ({"a": THING}.values(), [OTHER]),
        ([{"a": ({THING},)}], [{"a": ({OTHER},)}]),
        ({"a": iter([THING])}, {"a": [OTHER]}),
    ],
)
def test_objects_are_replaced_in_every_container(value: Any, expected: Any) -> None:
    found = replaced(value)
    assert found == expected
    assert type(found) is type(expected)


def test_objects_are_replaced_in_nested_arguments() -> None:
    found = replaced(Arguments({"A": {"B": (1, THING)}}))
    assert isinstance(found, Arguments)
    assert found["a"]["b"] == (1, OTHER)


@pytest.mark.parametrize(
    "value",
    [
        "text",
        b"bytes",
        ButtonEnablement.ENABLE_ANSWER,
        ["a", ["b"]],
        {"a": {1, 2}},
        Arguments({"A": {"B": 1}}),
        deque([1]),
        range(3),
        Thing,
    ],
    ids=repr,
)
def test_a_value_without_such_objects_is_returned_itself(value: Any) -> None:
    assert replaced(value) is value


def nested(depth: int) -> list[Any]:
    value: list[Any] = [THING]
    for _ in range(depth - 1):
        value = [value]
    return value


def test_containers_have_a_limit_of_depth() -> None:
    assert repr(replaced(nested(MAX_DEPTH))).startswith("[" * MAX_DEPTH)
    with pytest.raises(MethodError, match="more than 100 containers within one another") as error:
        replaced(nested(MAX_DEPTH + 1))
    assert error.value.code == CilCode.E_CTIOS_INVALID_ARGUMENT


def _endless_list() -> Any:
    value: list[Any] = []
    value.append(value)
    return value


def _endless_dict() -> Any:
    value: dict[str, Any] = {}
    value["itself"] = value
    return value


@pytest.mark.parametrize("make", [_endless_list, _endless_dict])
def test_a_container_of_itself_is_refused(make: Callable[[], Any]) -> None:
    with pytest.raises(MethodError, match="does one contain itself"):
        replaced(make())
