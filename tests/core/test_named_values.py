"""Named variables and arrays of a message as mappings, with names and indices that come twice."""

from ctios_fast.core import codec
from ctios_fast.core.message import NamedArray, NamedVariable
from ctios_fast.messages import NamedArrays, NamedVariables
from ctios_fast.protocol import numbers as ged

TWICE = NamedVariables([NamedVariable("a", "1"), NamedVariable("b", "2"), NamedVariable("a", "3")])
ONCE = NamedVariables([NamedVariable("a", "1"), NamedVariable("b", "2")])
ARRAYS = NamedArrays([NamedArray("a", 0, "1"), NamedArray("b", 5, "2"), NamedArray("a", 0, "3")])


def test_iteration_gives_every_variable_in_wire_order() -> None:
    assert list(TWICE) == ["a", "b", "a"]
    assert list(TWICE.values()) == ["1", "2", "3"]
    assert list(TWICE.items()) == [("a", "1"), ("b", "2"), ("a", "3")]
    assert len(TWICE) == len(TWICE.items()) == len(TWICE.values()) == 3
    assert TWICE["a"] == "1"
    assert TWICE.get_all("a") == ["1", "3"]


def test_views_contain_every_value_of_a_repeated_name() -> None:
    assert ("a", "3") in TWICE.items()
    assert ("a", "2") not in TWICE.items()
    assert "3" in TWICE.values()
    assert "4" not in TWICE.values()


def test_variables_are_equal_by_their_pairs() -> None:
    assert NamedVariables(ONCE.elements) == ONCE
    assert ONCE != TWICE
    assert ONCE == {"b": "2", "a": "1"}
    assert TWICE != {"a": "1", "b": "2"}  # a dict cannot hold its second "a"
    assert ONCE != [("a", "1"), ("b", "2")]


def test_an_array_maps_each_index_to_its_first_value() -> None:
    assert dict(ARRAYS) == {"a": {0: "1"}, "b": {5: "2"}}
    assert ARRAYS["a"] == {0: "1"}
    assert list(ARRAYS) == ["a", "b"]
    assert len(ARRAYS) == 2
    assert ARRAYS.get_all("a") == [NamedArray("a", 0, "1"), NamedArray("a", 0, "3")]


def test_arrays_are_equal_by_their_elements() -> None:
    assert NamedArrays(ARRAYS.elements) == ARRAYS
    assert NamedArrays(ARRAYS.elements[:2]) != ARRAYS
    assert ARRAYS == {"a": {0: "1"}, "b": {5: "2"}}
    assert ARRAYS != "a"


def test_repr_evaluates_to_an_equal_object() -> None:
    assert repr(ONCE) == "NamedVariables([('a', '1'), ('b', '2')])"
    assert repr(ARRAYS) == "NamedArrays([('a', 0, '1'), ('b', 5, '2'), ('a', 0, '3')])"
    for values, kind in ((ONCE, "NamedVariables"), (ARRAYS, "NamedArrays")):
        again = eval(repr(values), {"NamedVariables": NamedVariables, "NamedArrays": NamedArrays})
        assert repr(again) == repr(values), kind


def test_names_are_right_among_many_and_a_repeated_one_is_the_same_object() -> None:
    def first_of(name: str) -> NamedVariable:
        layout = codec(25).describe(ged.CALL_DELIVERED_EVENT)
        assert layout is not None
        fields = {field.name: 0 for field in layout.fixed}
        frame = codec(25, encoding="utf-8").encode(
            ged.CALL_DELIVERED_EVENT, fields, [("NamedVariable", (name, "value"))]
        )
        found: NamedVariable = codec(25, encoding="utf-8").decode(frame)["NamedVariable"][0]
        return found

    names = [f"user.{number:0{length}}" for number in range(300) for length in (1, 3, 4, 11, 12, 59, 60)]
    for name in [*names[:50], *names, "", "a", "\xe4" * 9, "user.\xe4", *reversed(names)]:
        assert first_of(name) == (name, "value")
    assert first_of("user.segment").name is first_of("user.segment").name
