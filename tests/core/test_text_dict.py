"""A dict of objects by text: it is a dict, and its index never has a value that the dict lacks."""

import copy
import pickle
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctios_fast.core.dispatch.text_dict import TextDict


class Thing:
    """An object that is in the index."""


class Other(Thing):
    """An object of another class."""


def indexed(things: TextDict[Thing], keys: list[str]) -> dict[str, Thing]:
    """What the index finds, by key."""
    found = {key: things.find(key.encode()) for key in keys}
    return {key: value for key, value in found.items() if value is not None}


KEYS = [str(number) for number in range(40)] + ["\1", "\1\1", "a" * 7, "a" * 8, "a" * 9, "a" * 15]
#: Keys that no index has.
APART = ["", "a" * 16, "ä", "1\0", "\0"]


class Text(str):
    """A key that equals a str."""

    __slots__ = ()


CHANGES = (
    "set", "set other", "set by a subclass", "del", "del by a subclass", "pop", "popitem", "clear",
    "setdefault", "update", "or",
)  # fmt: skip


def change(things: "dict[str, Thing]", how: str, key: str, value: Thing) -> object:
    """Change a dict in one of the ways; returns what the method returns."""
    if how in ("set", "set other"):
        things[key] = value
    elif how == "set by a subclass":
        things[Text(key)] = value
    elif how in ("del", "del by a subclass"):
        if key in things:
            del things[key if how == "del" else Text(key)]
    elif how == "pop":
        return things.pop(key, None)
    elif how == "popitem":
        return things.popitem() if things else None
    elif how == "clear":
        things.clear()
    elif how == "setdefault":
        return things.setdefault(key, value)
    elif how == "update":
        things.update({key: value}, more=value)
    else:
        things |= {key: value}
    return None


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*CHANGES[:7], *CHANGES[8:]] * 3 + ["clear"]), st.sampled_from(KEYS + APART)
        ),
        max_size=120,
    )
)
def test_it_changes_as_a_dict_does_and_the_index_follows(steps: list[tuple[str, str]]) -> None:
    things: TextDict[Thing] = TextDict(Thing)
    plain: dict[str, Thing] = {}
    for how, key in steps:
        value = Other() if how == "set other" else Thing()
        assert change(things, how, key, value) == change(plain, how, key, value)
        assert things == plain
        assert list(things) == list(plain)
        expected = {key: value for key, value in plain.items() if type(value) is Thing and key in KEYS}
        found = indexed(things, KEYS)
        assert found.items() <= expected.items()
        if not any("subclass" in how for how, _ in steps):
            assert found == expected
    assert [things.find(key.encode()) for key in ("", "a" * 16, "ä")] == [None] * 3


def test_nearly_all_of_many_texts_are_in_the_index() -> None:
    things: TextDict[Thing] = TextDict(Thing)
    rng = random.Random(188)
    for kind in ("digits", "random"):
        for number in range(20_000):
            things[f"{number:08}" if kind == "digits" else f"{rng.randrange(10**11)}"] = Thing()
    assert len(indexed(things, list(things))) > 0.98 * len(things)
    for key in list(things)[::2]:
        del things[key]
    assert len(indexed(things, list(things))) > 0.98 * len(things)


def test_a_text_ends_at_a_nul() -> None:
    things: TextDict[Thing] = TextDict(Thing)
    thing = things["1001"] = Thing()
    assert things.find(b"1001\0") is thing
    assert things.find(b"1001\x003") is thing
    assert things.find(b"\x001001") is None


def test_values_are_freed_when_they_leave() -> None:
    freed: list[str] = []

    class Loud:
        def __init__(self, key: str) -> None:
            self.key = key

        def __del__(self) -> None:
            freed.append(self.key)
            assert things.find(self.key.encode()) is None
            things.pop("9", None)

    things: TextDict[Loud] = TextDict(Loud)
    for key in ("1", "2", "3", "9"):
        things[key] = Loud(key)
    things["1"] = Loud("1")  # frees the one before, which removes 9
    assert freed == ["1", "9"]
    assert things.find(b"1") is things["1"]
    del things["2"]
    things.clear()
    assert sorted(freed) == ["1", "1", "2", "3", "9"]


def test_a_value_that_replaces_itself_while_it_is_freed_is_not_in_the_index() -> None:
    class Stubborn:
        def __del__(self) -> None:
            things.pop("1", None)

    things: TextDict[Stubborn] = TextDict(Stubborn)
    things["1"] = Stubborn()
    things["1"] = Stubborn()
    assert "1" not in things
    assert things.find(b"1") is None


def test_copies_are_plain_dicts() -> None:
    things: TextDict[int] = TextDict(int)
    things["1"] = 1000
    for same in (copy.copy(things), things.copy(), things | {}, pickle.loads(pickle.dumps(things))):
        assert type(same) is dict
        assert same == {"1": 1000}


def test_errors_are_those_of_a_dict() -> None:
    things: TextDict[Thing] = TextDict(Thing)
    with pytest.raises(KeyError):
        del things["1"]
    with pytest.raises(KeyError):
        things.pop("1")
    with pytest.raises(KeyError):
        things.popitem()
    with pytest.raises(TypeError):
        things[[]] = Thing()  # type: ignore[index]
    with pytest.raises(TypeError):
        TextDict(None)  # type: ignore[arg-type]
