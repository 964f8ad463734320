"""A compiled filter agrees with a plain predicate over message views, and takes any bytes."""

import pickle
import random
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reference_codec import MESSAGES, UNDOCUMENTED, split
from support.strategies import (
    bare,
    build,
    damaged_frames,
    floating,
    frames,
    header,
    random_frames,
    streams,
    versions,
)
from support.threads import lets_others_run

from ctios_fast.core import Message, codec
from ctios_fast.core.scan.frame_filter import FrameFilter, Selection
from ctios_fast.core.scan.value_sets import NumberSet, TextSet
from ctios_fast.errors import FrameTooLarge, MalformedFrame
from ctios_fast.protocol import numbers as ged

STATE = ged.AGENT_STATE_EVENT
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda value, other: value == other,
    "!=": lambda value, other: value != other,
    "<": lambda value, other: value < other,
    "<=": lambda value, other: value <= other,
    ">": lambda value, other: value > other,
    ">=": lambda value, other: value >= other,
    "in": lambda value, other: value in other,
    "not in": lambda value, other: value not in other,
    "prefix": lambda value, other: value.startswith(other),
}


def state_event(agent: bytes = b"1001\0", more: bytes = b"", **fields: int) -> bytes:
    layout = codec(25).describe(STATE)
    assert layout is not None
    fixed = b"".join(
        (fields.get(field.name, 0) % 256**field.size).to_bytes(field.size, "big") for field in layout.fixed
    )
    return header(STATE, fixed + floating(25, 5, agent) + more)


# --- the predicate ---------------------------------------------------------------------------------


def flat(value: Any) -> list[Any]:
    """The numbers and texts of a field as a flat list. Other values, such as None, are left out."""
    if isinstance(value, list):
        return [one for part in value for one in flat(part)]
    return [value] if isinstance(value, int | str) else []


def meets(value: Any, condition: Any) -> bool:
    """Whether one value meets a condition of ``where``."""
    if isinstance(condition, tuple):
        operator, other = condition
        others = [*other] if operator in ("in", "not in") else [other]
        if others and not any(isinstance(value, str) == isinstance(one, str) for one in others):
            return False
        return COMPARISONS[operator](value, other)
    if isinstance(condition, range | int | str):
        return value in condition if isinstance(condition, range) else value == condition
    return any(meets(value, one) for one in condition)


def predicate(version: int, chosen: Iterable[int] | None, where: dict[str, Any]) -> Callable[[bytes], bool]:
    def accepts(frame: bytes) -> bool:
        number = int.from_bytes(frame[4:8], "big")
        if chosen is not None and number not in chosen:
            return False
        try:
            message = codec(version).decode(frame)
        except MalformedFrame:
            return True
        return all(
            any(meets(one, condition) for one in flat(message.get(name))) for name, condition in where.items()
        )

    return accepts


def comparable(message: Message) -> dict[str, list[Any]]:
    """Fields of a message that can be compared, with the values that they have."""
    found = {}
    layout = codec(message.version).describe(message.type)
    assert layout is not None
    for field in (*layout.fixed, *layout.floating):
        if field.type in ("UNSPEC", "NAMEDVAR", "NAMEDARRAY") or getattr(field, "tag", 0) is None:
            continue
        found[field.name] = flat(message.get(field.name))
    return found


NUMBERS = (0, 1, -1, 127, 255, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, -(1 << 31))
TEXTS = ("", "1", "1001", "12345678", "123456789", "a", "\xe9", "A" * 40)


def scalar(draw: Any, values: list[Any], text: bool) -> Any:
    plain = [value for value in values if isinstance(value, str) == text]
    return draw(st.sampled_from([*plain, *plain, *(TEXTS if text else NUMBERS)]))


def condition(draw: Any, values: list[Any], text: bool, depth: int = 0) -> Any:
    def one() -> Any:
        return scalar(draw, values, text)

    shapes = ["value", "==", "!=", "in", "not in", "set"]
    shapes += ["prefix"] if text else ["range", "<", "<=", ">", ">="]
    match draw(st.sampled_from(shapes if depth == 0 else shapes[:-1])):
        case "value":
            return one()
        case "range":
            start = one()
            return range(start, start + draw(st.integers(-2, 300)))
        case "in" | "not in" as operator:
            return (operator, {one() for _ in range(draw(st.integers(0, 4)))})
        case "prefix":
            return ("prefix", one()[: draw(st.integers(0, 9))])
        case "set":
            return [condition(draw, values, text, depth + 1) for _ in range(draw(st.integers(0, 3)))]
        case operator:
            return (operator, one())


@st.composite
def filtered(draw: Any) -> tuple[int, list[int] | None, dict[str, Any], list[bytes]]:
    """A version, the arguments of a filter, and frames to match; compared values often come from a frame."""
    version = draw(versions)
    number = draw(st.sampled_from(sorted(MESSAGES)))
    kinds = st.one_of(
        frames(version, st.just(number)),
        frames(version),
        frames(version, bare),
        damaged_frames(version),
        random_frames(),
    )
    drawn = draw(st.lists(kinds, min_size=1, max_size=5))
    sample = draw(frames(version, st.just(number)))
    fields = comparable(codec(version).decode(sample))
    layout = codec(version).describe(number)
    assert layout is not None
    types = {field.name: field.type for field in (*layout.floating, *layout.fixed)}
    chosen = draw(st.lists(st.sampled_from(sorted(fields)), max_size=3, unique=True)) if fields else []
    where = {name: condition(draw, fields[name], types[name] == "STRING") for name in chosen}
    return version, draw(st.sampled_from([None, [number]])), where, [sample, *drawn]


@given(filtered())
def test_a_filter_accepts_what_a_predicate_over_views_accepts(case: Any) -> None:
    version, chosen, where, candidates = case
    frame_filter = FrameFilter(version, chosen, where)
    accepts = predicate(version, chosen, where)
    for frame in candidates:
        if chosen is None and is_malformed(version, frame):
            continue  # accepted only if its message has the compared fields
        assert frame_filter.matches(frame) is accepts(frame)


def is_malformed(version: int, frame: bytes) -> bool:
    try:
        codec(version).decode(frame)
    except MalformedFrame:
        return True
    return False


@given(st.data(), versions)
def test_malformed_frames_of_wanted_messages_are_accepted_and_others_are_not(
    data: st.DataObject, version: int
) -> None:
    frame = data.draw(st.one_of(damaged_frames(version), random_frames()))
    number = int.from_bytes(frame[4:8], "big")
    names = list(comparable_names(version, number))
    name = data.draw(st.sampled_from(names)) if names else None
    where: dict[str, Any] = {} if name is None else {name: ("not in", ())}
    wanted = FrameFilter(version, number, where)
    others = FrameFilter(version, [one for one in MESSAGES if one != number])
    if is_malformed(version, frame):
        assert wanted.matches(frame)
    assert not others.matches(frame)


def comparable_names(version: int, number: int) -> list[str]:
    layout = codec(version).describe(number)
    assert layout is not None
    return [
        field.name
        for field in (*layout.fixed, *layout.floating)
        if field.type not in ("UNSPEC", "NAMEDVAR", "NAMEDARRAY") and getattr(field, "tag", 0) is not None
    ]


@given(st.data(), versions)
def test_select_finds_the_frames_that_match(data: st.DataObject, version: int) -> None:
    stream = data.draw(streams(version))
    number = data.draw(st.sampled_from(sorted(MESSAGES)))
    where = {"PeripheralID": ("<", 1 << 31)} if "PeripheralID" in comparable_names(version, number) else {}
    frame_filter = FrameFilter(version, number, where) | FrameFilter(version, 35)
    whole, tail = split(stream)
    if tail.verdict == "too large":
        with pytest.raises(FrameTooLarge) as caught:
            frame_filter.select(stream)
        assert caught.value.offset == tail.offset
        stream = stream[: tail.offset]
    offsets = [
        frame.offset
        for frame in whole
        if frame_filter.matches(stream[frame.offset : frame.offset + 8 + len(frame.body)])
    ]
    assert frame_filter.select(stream) == Selection(offsets, len(whole), tail.offset)


@given(st.binary(max_size=300), versions)
def test_random_bytes_raise_nothing_but_frame_too_large(noise: bytes, version: int) -> None:
    every = FrameFilter(version, where={"AgentID": {"1"}, "PeripheralID": range(9)})
    every.matches(noise)
    verdict = split(noise)[1]
    if verdict.verdict == "too large":
        with pytest.raises(FrameTooLarge):
            every.select(noise)
    else:
        assert every.select(noise).offset == verdict.offset


@pytest.mark.parametrize("number", sorted(MESSAGES))
def test_every_field_of_every_message_can_be_compared_with_its_values(number: int) -> None:
    rng = random.Random(number)
    for version in (14, 25):
        for frame in (build(rng, version, number) for _ in range(4)):
            message = codec(version).decode(frame)
            for name, values in comparable(message).items():
                for value in values:
                    assert FrameFilter(version, number, {name: value}).matches(frame), name
                    others = FrameFilter(version, number, {name: ("!=", value)})
                    assert others.matches(frame) is any(other != value for other in values), name


# --- what a condition means ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "accepted"),
    [
        (3, [3]),
        ({3, 4, 900}, [3, 4]),
        ([], []),
        (range(2, 5), [2, 3, 4]),
        (range(0, 10, 4), [0, 4, 8]),
        (range(5, 2), []),
        (("==", 3), [3]),
        (("!=", 3), [0, 1, 2, 4, 5, 6, 7, 8, 9]),
        (("<", 2), [0, 1]),
        (("<=", 2), [0, 1, 2]),
        ((">", 7), [8, 9]),
        ((">=", 8), [8, 9]),
        ((">", 1 << 70), []),
        (("<", 1 << 70), list(range(10))),
        (("in", (1, 2)), [1, 2]),
        (("not in", range(1, 9)), [0, 9]),
        (("not in", ()), list(range(10))),
        ([0, ("<", 2), range(8, 10)], [0, 1, 8, 9]),
        ([("!=", 3), 3], list(range(10))),
        (True, [1]),
        (1 << 40, []),
    ],
)
def test_a_condition_on_numbers_accepts_the_right_ones(condition: Any, accepted: list[int]) -> None:
    frame_filter = FrameFilter(25, STATE, {"AgentState": condition})
    assert [state for state in range(10) if frame_filter.matches(state_event(AgentState=state))] == accepted


@pytest.mark.parametrize(
    ("condition", "accepted"),
    [
        ("1001", [b"1001\0", b"1001", b"1001\0junk"]),
        ("", [b"", b"\0", b"\0junk"]),
        (("prefix", "100"), [b"1001\0", b"1001", b"1001\0junk", b"1002\0", b"10011001100110011\0"]),
        (("prefix", ["2", "10011"]), [b"10011001100110011\0", b"2\0"]),
        ({"10011001100110011", "2"}, [b"10011001100110011\0", b"2\0"]),
        ({"12345678", "1234567"}, [b"12345678\0", b"12345678"]),
        ("\xe9", [b"\xe9\0"]),
        (
            ("not in", {"1001", "1002", ""}),
            [b"10011001100110011\0", b"2\0", b"12345678\0", b"12345678", b"\xe9\0"],
        ),
    ],
)
def test_conditions_on_texts_compare_up_to_the_nul(condition: Any, accepted: list[bytes]) -> None:
    texts = [
        b"1001\0", b"1001", b"1001\0junk", b"1002\0", b"10011001100110011\0", b"2\0", b"", b"\0", b"\0junk",
        b"12345678\0", b"12345678", b"\xe9\0",
    ]  # fmt: skip
    frame_filter = FrameFilter(25, STATE, {"AgentID": condition})
    assert [text for text in texts if frame_filter.matches(state_event(text))] == accepted


def test_conditions_on_several_fields_hold_together() -> None:
    frame_filter = FrameFilter(25, STATE, {"AgentID": {"1001", "1002"}, "AgentState": 3})
    assert frame_filter.matches(state_event(b"1001\0", AgentState=3))
    assert not frame_filter.matches(state_event(b"1001\0", AgentState=4))
    assert not frame_filter.matches(state_event(b"1003\0", AgentState=3))


def test_a_message_without_the_field_meets_no_condition_on_it() -> None:
    body = state_event()[8:-9]
    for condition in ("1001", ("!=", "1001"), ("not in", ()), ("prefix", "")):
        assert not FrameFilter(25, STATE, {"AgentID": condition}).matches(header(STATE, body))
    for width in (0, 1, 2, 3, 5):
        odd = state_event(more=floating(25, 150, bytes(width)))
        assert not FrameFilter(25, STATE, {"Duration": ("not in", ())}).matches(odd)
    assert FrameFilter(25, STATE, {"Duration": 0}).matches(state_event(more=floating(25, 150, bytes(4))))


def test_one_value_of_a_repeating_field_is_enough() -> None:
    more = b"".join(floating(25, 62, number.to_bytes(4, "big")) for number in (5, 6, 7))
    more += floating(25, 62, b"\x09")
    event = state_event(more=more)
    for number in (5, 6, 7):
        assert FrameFilter(25, STATE, {"FltSkillGroupNumber": number}).matches(event)
    assert not FrameFilter(25, STATE, {"FltSkillGroupNumber": 9}).matches(event)
    assert FrameFilter(25, STATE, {"FltSkillGroupNumber": ("!=", 5)}).matches(event)
    assert not FrameFilter(25, STATE, {"FltSkillGroupNumber": ("not in", {5, 6, 7})}).matches(event)


def test_of_a_field_that_does_not_repeat_the_first_occurrence_counts() -> None:
    event = state_event(b"1001\0", more=floating(25, 5, b"1002\0"))
    assert FrameFilter(25, STATE, {"AgentID": "1001"}).matches(event)
    assert not FrameFilter(25, STATE, {"AgentID": "1002"}).matches(event)


def test_one_element_of_an_array_is_enough() -> None:
    number = ged.CONFIG_AGENT_EVENT
    layout = codec(25).describe(number)
    assert layout is not None
    (tag,) = (field.tag for field in layout.floating if field.name == "FltAgentMRDID")
    assert tag is not None
    array = b"".join(value.to_bytes(4, "big") for value in (1, 2, 3))
    event = header(number, bytes(layout.fixed_size) + floating(25, tag, array))
    assert FrameFilter(25, number, {"FltAgentMRDID": 3}).matches(event)
    assert not FrameFilter(25, number, {"FltAgentMRDID": 4}).matches(event)
    uneven = header(number, bytes(layout.fixed_size) + floating(25, tag, array[:-1]))
    assert not FrameFilter(25, number, {"FltAgentMRDID": 1}).matches(uneven)


def test_a_field_of_two_kinds_is_compared_where_the_kind_fits() -> None:
    as_text = FrameFilter(25, where={"SupervisorID": "5"})
    as_number = FrameFilter(25, where={"SupervisorID": 5})
    rows = [
        (message["number"], field["type"], field.get("tag"))
        for message in MESSAGES.values()
        for part in ("fixed", "floating")
        for field in message[part]
        if field["name"] == "SupervisorID"
    ]
    assert {kind for _, kind, _ in rows} == {"STRING", "UINT"}
    for number, kind, tag in rows:
        layout = codec(25).describe(number)
        assert layout is not None
        if kind == "STRING":
            event = header(number, bytes(layout.fixed_size) + floating(25, tag, b"5\0"))
        else:
            values = {field.name: 5 if field.name == "SupervisorID" else 0 for field in layout.fixed}
            event = header(
                number, b"".join(values[field.name].to_bytes(field.size, "big") for field in layout.fixed)
            )
        assert as_text.matches(event) is (kind == "STRING")
        assert as_number.matches(event) is (kind == "UINT")


def test_joined_filters_accept_what_either_accepts() -> None:
    first = FrameFilter(25, STATE, {"AgentID": "1001"})
    second = FrameFilter(25, STATE, {"AgentState": 3})
    both = first | second | FrameFilter(25, ged.HEARTBEAT_CONF)
    assert both.matches(state_event(b"1001\0", AgentState=9))
    assert both.matches(state_event(b"1009\0", AgentState=3))
    assert not both.matches(state_event(b"1009\0", AgentState=9))
    assert both.matches(header(ged.HEARTBEAT_CONF, bytes(4)))
    assert both.messages == {STATE, ged.HEARTBEAT_CONF}
    assert (first | FrameFilter(25)).messages is None
    with pytest.raises(ValueError, match="one has 25, the other 24"):
        first | FrameFilter(24)
    with pytest.raises(TypeError):
        first | 5  # type: ignore[operator]


@pytest.mark.parametrize("number", [999, 0xFFFF, 0x80000001])
def test_a_message_that_the_reference_lacks_cannot_be_chosen_by_number(number: int) -> None:
    frame = header(number, b"anything")
    assert FrameFilter(25).matches(frame)
    assert not FrameFilter(25, STATE).matches(frame)
    assert not FrameFilter(25, where={"PeripheralID": range(1 << 32)}).matches(frame)
    assert (FrameFilter(25) | FrameFilter(25, STATE, {"AgentState": 3})).matches(frame)
    with pytest.raises(ValueError, match=f"no message with number {number}"):
        FrameFilter(25, [number, STATE])


@pytest.mark.parametrize("number", [120, *list(UNDOCUMENTED)[:3]])
def test_messages_without_layout_are_chosen_by_number_alone(number: int) -> None:
    frame = header(number, b"anything")
    assert FrameFilter(25).matches(frame)
    assert FrameFilter(25, [number, STATE]).matches(frame)
    assert not FrameFilter(25, STATE).matches(frame)
    assert not FrameFilter(25, where={"PeripheralID": range(1 << 32)}).matches(frame)
    assert (FrameFilter(25, number) | FrameFilter(25, STATE, {"AgentState": 3})).matches(frame)


def test_a_frame_is_compared_in_its_own_layout() -> None:
    short, long = (
        header(ged.FAILURE_CONF, b"\0\0\0\1\0\0\0\2"),
        header(ged.FAILURE_CONF, b"\0\0\0\1\0\2\0\0\0\7"),
    )
    by_status = FrameFilter(25, ged.FAILURE_CONF, {"Status": 2})
    assert (by_status.matches(short), by_status.matches(long)) == (True, False)
    both = FrameFilter(25, ged.FAILURE_CONF, {"InvokeID": 1})
    assert both.matches(short)
    assert both.matches(long)
    assert FrameFilter(25, "FAILURE_CONF", {"InvokeID": 5}).matches(header(ged.FAILURE_CONF, bytes(9)))
    assert not FrameFilter(25, "FAILURE_CONF", {"InvokeID": 5}).matches(short)


def test_matches_accepts_bytes_that_are_not_one_frame() -> None:
    frame_filter = FrameFilter(25, STATE, {"AgentID": "9"})
    event = state_event()
    assert not frame_filter.matches(event)
    assert all(frame_filter.matches(event[:size]) for size in range(len(event)))
    assert frame_filter.matches(event + b"\0")


def test_a_set_of_many_ids_accepts_exactly_these() -> None:
    rng = random.Random(5)
    ids = {str(rng.randrange(10 ** rng.randrange(1, 14))) for _ in range(5000)}
    frame_filter = FrameFilter(25, STATE, {"AgentID": ids})
    for number in range(5000):
        for text in (str(number), str(rng.randrange(10**13))):
            assert frame_filter.matches(state_event(text.encode() + b"\0")) is (text in ids)
    assert all(frame_filter.matches(state_event(text.encode())) for text in ids)


@given(st.sets(st.text("ab12", max_size=20)), st.sets(st.text("ab12", max_size=20)))
def test_a_text_set_contains_exactly_its_texts(texts: set[str], probes: set[str]) -> None:
    values = TextSet(text.encode() for text in texts)
    for text in texts | probes:
        assert (text.encode() in values) is (text in texts)
        assert (text.encode() + b"\0rest" in values) is (text in texts)


@given(st.sets(st.integers(-(1 << 31), (1 << 32) - 1)), st.sets(st.integers(-300, 300)))
def test_a_number_set_contains_exactly_its_numbers(numbers: set[int], probes: set[int]) -> None:
    values = NumberSet([*numbers, *numbers, 1 << 90, -(1 << 63)])
    for number in numbers | probes:
        assert (number in values) is (number in numbers)
    assert 1 << 40 not in values
    assert -(1 << 63) not in values


# --- errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("messages", "where", "kind", "text"),
    [
        (STATE, {"AgentId": "1"}, ValueError, "AGENT_STATE_EVENT has no field 'AgentId' .* mean AgentID"),
        ([STATE, 24], {"AgentID": "1"}, ValueError, "END_CALL_EVENT has no field 'AgentID'"),
        (None, {"Agent": "1"}, ValueError, "no message has a field 'Agent'"),
        (120, {"AgentID": "1"}, ValueError, "SUPERVISOR_ASSIST_EVENT has no published layout"),
        (99999, {"AgentID": "1"}, ValueError, "no message with number 99999"),
        ("AGENT_EVENT", None, ValueError, "no message 'AGENT_EVENT'"),
        (-1, None, ValueError, "no message with number -1"),
        (STATE, {"AgentID": 1001}, TypeError, "AgentID of AGENT_STATE_EVENT is a text"),
        (STATE, {"AgentID": {"1001", 5}}, TypeError, "AgentID of AGENT_STATE_EVENT is a text"),
        (STATE, {"AgentState": "3"}, TypeError, "AgentState of AGENT_STATE_EVENT is a number"),
        (STATE, {"AgentState": ("prefix", "3")}, TypeError, "is a number: it cannot be compared with texts"),
        (None, {"AgentState": "3"}, TypeError, "AgentState is a number"),
        (9, {"UserToUserInfo": "3"}, TypeError, "UserToUserInfo of CALL_DELIVERED_EVENT holds bytes"),
        (9, {"NamedVariable": "3"}, TypeError, "NamedVariable of CALL_DELIVERED_EVENT holds bytes"),
        (STATE, {"AgentState": 3.0}, TypeError, "AgentState cannot be compared with a float"),
        (STATE, {"AgentState": None}, TypeError, "AgentState cannot be compared with a NoneType"),
        (STATE, {"AgentID": b"1001"}, TypeError, "AgentID cannot be compared with a bytes"),
        (STATE, {"AgentState": (1, 2, 3)}, TypeError, "a tuple must be an operator and a value"),
        (STATE, {"AgentState": (1, 2)}, TypeError, "a tuple must be an operator and a value"),
        (STATE, {"AgentState": ("=", 2)}, ValueError, "no operator '='"),
        (STATE, {"AgentState": ("<", "2")}, TypeError, "'<' takes a number, got str"),
        (STATE, {"AgentState": ("in", 2)}, TypeError, "'in' takes a set, list or tuple, got int"),
        (STATE, {"AgentID": ("in", "1001")}, TypeError, "'in' takes a set, list or tuple, got str"),
        (STATE, {"AgentID": ("prefix", 1)}, TypeError, "a prefix must be a str"),
        (STATE, {"AgentID": ("prefix", [1])}, TypeError, "a prefix must be a str"),
        (STATE, {"AgentID": "\u20ac"}, ValueError, "AgentID has a character that is not ASCII"),
        (STATE, {"AgentID": "1\0"}, ValueError, "has a NUL"),
        (STATE, {5: "1"}, TypeError, "name must be a str"),
        (STATE, {"AgentState": range(0, 1 << 40, 2)}, ValueError, "at most 65536 numbers"),
    ],
)
def test_an_invalid_filter_says_why(messages: Any, where: Any, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        FrameFilter(25, messages, where)


def test_the_error_about_a_newer_field_names_the_version_it_came_in() -> None:
    with pytest.raises(ValueError, match="DepartmentID' in version 14: it was added in version 19"):
        FrameFilter(14, STATE, {"DepartmentID": 1})
    with pytest.raises(ValueError, match="protocol version 8"):
        FrameFilter(8)


def test_a_filter_can_be_pickled_and_shown_without_its_values() -> None:
    frame_filter = FrameFilter(25, [STATE, 120], {}) | FrameFilter(25, STATE, {"AgentID": {"1001"}})
    again = pickle.loads(pickle.dumps(frame_filter))
    assert repr(again) == "<FrameFilter v25 AGENT_STATE_EVENT, SUPERVISOR_ASSIST_EVENT by AgentID>"
    assert again.matches(header(120, b""))
    assert repr(FrameFilter(20)) == "<FrameFilter v20 all messages>"


# --- many values, deep and huge ones -----------------------------------------------------------------


@given(st.sets(st.text("ab1", max_size=6), max_size=12), st.text("ab1", max_size=8))
def test_any_of_many_prefixes_is_enough(prefixes: set[str], agent: str) -> None:
    wanted = FrameFilter(25, STATE, {"AgentID": ("prefix", sorted(prefixes))})
    expected = any(agent.startswith(prefix) for prefix in prefixes)
    assert wanted.matches(state_event(agent.encode() + b"\0")) is expected
    assert wanted.matches(state_event(agent.encode() + b"\0", more=b"")) is expected


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-3, 6)), max_size=8), st.integers(-12, 12))
def test_any_of_many_ranges_is_enough(rows: list[tuple[int, int]], number: int) -> None:
    ranges = [range(first, first + size) for first, size in rows]
    wanted = FrameFilter(25, STATE, {"ICMAgentID": ranges})
    assert wanted.matches(state_event(ICMAgentID=number)) is any(number in one for one in ranges)


def test_joining_many_filters_takes_time_in_proportion() -> None:
    def joined(count: int) -> tuple[float, FrameFilter]:
        filters = [FrameFilter(25, STATE, {"AgentID": str(number)}) for number in range(count)]
        begin = time.thread_time()
        wanted = filters[0]
        for one in filters[1:]:
            wanted = wanted | one
        wanted.matches(state_event())
        return time.thread_time() - begin, wanted

    fewer = min(joined(100)[0] for _ in range(3))
    more, wanted = joined(1600)
    assert (
        more < 64 * fewer
    )  # 16 times as many filters; copying all earlier ones at each step would take 256 times as long
    for number in range(0, 1600, 100):
        assert wanted.matches(state_event(str(number).encode() + b"\0"))
    assert not wanted.matches(state_event(b"1600\0"))


def test_joining_a_filter_twice_leaves_it_as_it_was() -> None:
    first, second, third = (FrameFilter(25, STATE, {"AgentID": agent}) for agent in "123")
    both = first | second
    other = first | third
    again = both | third
    agents = [b"1\0", b"2\0", b"3\0"]
    accepted = [[one.matches(state_event(agent)) for agent in agents] for one in (first, both, other, again)]
    assert accepted == [[True, False, False], [True, True, False], [True, False, True], [True, True, True]]


def test_threads_may_use_a_joined_filter_at_once_for_the_first_time() -> None:
    stream = b"".join(state_event(b"%d\0" % number) for number in range(1000, 3000))
    size = len(state_event(b"1000\0"))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            agents = ({f"{number}" for number in range(first, first + 250)} for first in (1000, 2000))
            low, high = (FrameFilter(25, STATE, {"AgentID": some}) for some in agents)
            wanted = low | high
            begins = threading.Barrier(4)

            def select(wanted: FrameFilter = wanted, begins: threading.Barrier = begins) -> list[int]:
                begins.wait()
                return wanted.select(stream).offsets

            with ThreadPoolExecutor(4) as threads:
                found = [each.result() for each in [threads.submit(select) for _ in range(4)]]
            rows = [*range(250), *range(1000, 1250)]
            assert found == [[row * size for row in rows]] * 4
    finally:
        sys.setswitchinterval(interval)


def test_the_depth_of_conditions_is_limited() -> None:
    condition: Any = 3
    for _ in range(10):
        condition = [condition]
    assert FrameFilter(25, STATE, {"AgentState": condition}).matches(state_event(AgentState=3))
    for _ in range(5000):
        condition = [condition]
    with pytest.raises(ValueError, match="AgentState: conditions can be nested at most 16 deep"):
        FrameFilter(25, STATE, {"AgentState": condition})


@pytest.mark.parametrize("number", [2**63, -(2**64), 10**5000], ids=["2**63", "-2**64", "10**5000"])
def test_numbers_of_any_size_are_compared(number: int) -> None:
    event = state_event(AgentState=3)
    assert not FrameFilter(25, STATE, {"AgentState": number}).matches(event)
    assert FrameFilter(25, STATE, {"AgentState": ("<", number)}).matches(event) is (number > 0)
    assert FrameFilter(25, STATE, {"AgentState": range(abs(number))}).matches(event)
    with pytest.raises(ValueError, match="at most 65536 numbers"):
        FrameFilter(25, STATE, {"AgentState": range(0, abs(number), 7)})
    with pytest.raises(ValueError, match="protocol version"):
        FrameFilter(abs(number))
    with pytest.raises(ValueError, match="max_frame must be 8 to"):
        FrameFilter(25).select(event, abs(number))


# --- memory, threads -------------------------------------------------------------------------------


def test_another_thread_runs_while_a_buffer_is_filtered() -> None:
    stream = state_event() * 80_000
    frame_filter = FrameFilter(25, STATE, {"AgentID": "5"})
    assert lets_others_run(lambda: frame_filter.select(stream), times=30)


def test_creating_filters_repeatedly_keeps_no_memory() -> None:
    ids = {str(number) for number in range(500)}
    stream = state_event() * 2000

    def once() -> None:
        FrameFilter(25, where={"AgentID": ids, "PeripheralID": range(5000)}).select(stream)
        FrameFilter(25, where={"AgentID": ("prefix", "10"), "AgentState": {1, 2}}).matches(stream)
        with pytest.raises(TypeError):
            FrameFilter(25, STATE, {"AgentID": 5})

    once()
    tracemalloc.start()
    try:
        once()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(10):
            once()
        assert tracemalloc.get_traced_memory()[0] - before < 100_000
    finally:
        tracemalloc.stop()
