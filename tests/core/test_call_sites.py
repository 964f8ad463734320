"""A message class that has learned the keywords of a call writes the same frame as the general writer.

A class derived from a message class always uses the general writer: the tests compare with such a class.
"""

import contextlib
import enum
import inspect
import itertools
import pickle
import random
import traceback
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from support.memory import check_that_nothing_is_kept
from test_typed_messages import CASES, SET_STATE, keywords

from ctios_fast import messages
from ctios_fast.core import Codec, codec
from ctios_fast.core.secret import Secret
from ctios_fast.errors import EncodeError
from ctios_fast.protocol import enums

SECRET = "Agent-Pa55word"


class Digits(str):
    pass


class Number(enum.IntEnum):
    TWO = 2


class Indexed:
    def __index__(self) -> int:
        return 2


def outcome(make: Any, *args: Any, **given: Any) -> object:
    """The frame that a call returns, or everything that its error contains."""
    try:
        return bytes(make(*args, **given))
    except EncodeError as error:
        return str(error), error.message, error.field, error.keyword, error.reason
    except (TypeError, ValueError) as error:
        return type(error), str(error)


def general(cls: Any) -> Any:
    return type(cls.__name__, (cls,), {})


def assert_same(cls: Any, version_or_codec: Any, given: dict[str, Any]) -> object:
    """Call the class twice: the first call learns the keywords, the second uses what was learned."""
    expected = outcome(general(cls), version_or_codec, **given)
    for make in (cls.encode, cls.encode, cls):
        assert outcome(make, version_or_codec, **given) == expected
    assert_same_by_request(cls, version_or_codec, given)
    return expected


def assert_same_by_request(cls: Any, version_or_codec: Any, given: dict[str, Any]) -> None:
    """Compare ``encode_request``, which takes the InvokeID and the other fields in a dict, with the class."""
    fields = {key: value for key, value in given.items() if key != "invoke_id"}
    invoke_id = given.get("invoke_id")
    first = fields if invoke_id is None else {"invoke_id": invoke_id} | fields
    expected = outcome(general(cls), version_or_codec, **first)
    for _ in range(2):
        assert outcome(cls.encode_request, version_or_codec, invoke_id, fields) == expected
    assert "invoke_id" not in fields


@pytest.mark.parametrize(("name", "version"), CASES)
def test_both_ways_agree_on_every_message(name: str, version: int) -> None:
    cls = getattr(messages, name)
    given = keywords(name, version)
    assert isinstance(assert_same(cls, version, given), bytes)
    for keyword in given:
        assert_same(cls, version, {key: value for key, value in given.items() if key != keyword})
        assert_same(cls, version, given | {keyword: None})
    assert_same(cls, version, {key: value for key, value in given.items() if not isinstance(value, tuple)})
    assert_same(cls, version, {})
    if version > 14:
        assert_same(cls, version - 1, given)
    assert_same(cls, Codec(version, 20), given)


EDGES = [2**bits + by for bits in (0, 7, 8, 15, 16, 30, 31, 32, 62, 63, 64) for by in (-1, 0, 1)]
ODD_NUMBERS = [*EDGES, Number.TWO, Indexed(), np.uint16(2), np.int64(-1), 1.0, 1j, *enums.AgentState]
ODD_TEXTS = [Digits("11"), "caf\u00e9", "\u20ac", "a\0b", "1234567\0", "12345678\0"]
ODD_BYTES = [bytearray(b"ab"), memoryview(b"ab"), memoryview(b"abcd")[::2]]
LONG = [char * size for char in ("x", b"x") for size in (255, 1100, 70_000)]
SEVERAL = [(), (1,), [2], {}]
ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.text(st.characters(max_codepoint=127), max_size=70)
    | st.binary(max_size=20)
    | st.text(st.characters(max_codepoint=300), max_size=15).map(Secret)
    | st.sampled_from([*ODD_NUMBERS, *ODD_TEXTS, *ODD_BYTES, *LONG, *SEVERAL])
)


@hypothesis.settings(max_examples=1500, deadline=None, derandomize=True, database=None)
@hypothesis.given(st.data())
def test_both_ways_agree_on_any_values(data: st.DataObject) -> None:
    name, version = data.draw(st.sampled_from(CASES))
    cls = getattr(messages, name)
    given = keywords(name, version)
    chosen = data.draw(st.permutations([key for key in given if not isinstance(given[key], tuple)]))
    given = {key: given[key] for key in chosen}
    for key in data.draw(st.lists(st.sampled_from((*cls._fields, "stray")), max_size=4)):
        given[key] = data.draw(ODD)
    assert_same(cls, version, given)


def test_both_ways_agree_on_numbers_at_the_edges_of_their_width() -> None:
    given = keywords("AgentStateEvent", 25)
    for keyword in ("peripheral_id", "agent_state", "mrdid", "icm_agent_id", "num_flt_skill_groups"):
        for value in (*EDGES, *(-edge for edge in EDGES)):
            assert_same(messages.AgentStateEvent, 25, given | {keyword: value})
    for value in EDGES:
        assert_same(messages.SetAgentStateReq, 25, SET_STATE | {"forced_flag": value, "sso_enabled": value})


@pytest.mark.parametrize("version", [19, 25])
def test_both_ways_agree_on_texts_and_bytes_at_the_edges_of_their_length(version: int) -> None:
    for size in itertools.chain(range(1, 25), (39, 40, 41, 63, 64, 65, 253, 254, 255, 256, 900, 1000, 1100)):
        for value in ("x" * size, b"x" * size, Secret("x" * size), "x" * (size - 1) + "\0"):
            for keyword in ("agent_id", "agent_instrument", "agent_password"):
                assert_same(messages.SetAgentStateReq, version, SET_STATE | {keyword: value})
            call = keywords("MakeCallReq", version)
            assert_same(messages.MakeCallReq, version, call | {"user_to_user_info": value})


def test_both_ways_agree_around_the_longest_frame_that_is_learned() -> None:
    given = keywords("SetCallDataReq", 25)
    given = {key: value for key, value in given.items() if not isinstance(value, tuple)}
    for size in range(41):
        texts = {f"call_variable{number}": "x" * 40 for number in range(1, 11)}
        for raw in (500, 520, 560, 600):
            assert_same(
                messages.SetCallDataReq,
                25,
                given | texts | {"call_variable1": "x" * size, "user_to_user_info": b"x" * raw},
            )


# --- one line of a program -------------------------------------------------------------------------


def test_one_call_serves_classes_versions_and_codecs_in_turn() -> None:
    def call(cls: Any, version_or_codec: Any) -> bytes:
        frame: bytes = cls.encode(version_or_codec, invoke_id=7)
        return frame

    classes = [messages.CloseReq, messages.HeartbeatReq, messages.CloseConf, messages.HeartbeatConf]
    small = Codec(25, 11)
    for _ in range(3):
        for cls, version in itertools.product(classes, range(14, 26)):
            expected = codec(version).encode(cls.number, {"InvokeID": 7} | _zeros(cls, version))
            assert outcome(call, cls, version) == outcome(general(cls), version, invoke_id=7)
            if cls is not messages.CloseReq:
                assert call(cls, version) == call(cls, codec(version)) == expected
                with pytest.raises(EncodeError, match="above the limit of 11"):
                    call(cls, small)


def _zeros(cls: Any, version: int) -> dict[str, int]:
    layout = codec(version).describe(cls.number)
    assert layout is not None
    return {field.name: 0 for field in layout.fixed if field.name != "InvokeID"}


def test_one_call_writes_a_newer_field_only_in_versions_that_have_it() -> None:
    def call(version: int) -> bytes:
        return messages.SetAgentStateReq.encode(version, active_terminal="SEP", **SET_STATE)

    for _ in range(2):
        assert b"SEP" in call(25)
        with pytest.raises(EncodeError, match="needs protocol version 23"):
            call(22)


def test_more_calls_than_are_remembered_write_the_same_frame() -> None:
    orders = list(itertools.permutations(SET_STATE))[:100]
    calls = []
    for order in orders:
        arguments = ", ".join(f"{keyword}=given[{keyword!r}]" for keyword in order)
        scope: dict[str, Any] = {"cls": messages.SetAgentStateReq}
        exec(f"def call(given):\n    return cls.encode(25, {arguments})", scope)
        calls.append(scope["call"])
    expected = bytes(general(messages.SetAgentStateReq)(25, **SET_STATE))
    for _ in range(3):
        for call in calls:
            assert call(SET_STATE) == expected
            with pytest.raises(EncodeError, match=r"agent_id.*not ASCII"):
                call(SET_STATE | {"agent_id": "\u20ac"})


def test_keywords_created_at_run_time_write_the_same_frame() -> None:
    expected = messages.SetAgentStateReq.encode(25, **SET_STATE)
    for seed in range(50):
        names = list(SET_STATE)
        random.Random(seed).shuffle(names)
        fresh = {"".join(list(name)): SET_STATE[name] for name in names}
        assert not any(given is known for given, known in zip(fresh, names, strict=True))
        assert messages.SetAgentStateReq.encode(25, **fresh) == expected
        assert bytes(messages.SetAgentStateReq(25, **fresh)) == expected
        assert messages.SetAgentStateReq.encode(25, invoke_id=fresh.pop("invoke_id"), **fresh) == expected


def test_a_keyword_may_run_python_when_it_is_compared() -> None:
    class Name(str):
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            messages.CloseConf.encode(25, **{f"stray{random.random()}": None, "invoke_id": 1})
            return str.__eq__(self, other)

    for _ in range(40):
        with contextlib.suppress(EncodeError):
            messages.CloseConf.encode(25, **{Name("invoke_id"): 1})
    assert messages.CloseConf.encode(25, invoke_id=1) == codec(25).encode(8, {"InvokeID": 1})


def test_the_same_keyword_twice_is_a_type_error() -> None:
    again = {"invoke_id": 2}
    for make in (messages.CloseConf.encode, messages.CloseConf):
        with pytest.raises(TypeError, match="multiple values for keyword"):
            make(25, invoke_id=1, **again)  # type: ignore[misc]
        with pytest.raises(TypeError, match="keywords must be strings"):
            make(25, **{5: 2})  # type: ignore[misc]


def test_only_the_version_is_positional() -> None:
    for count, args in enumerate([(), (25, 1), (25, 1, 2)]):
        with pytest.raises(TypeError, match=f"exactly 1 positional argument .{(0, 2, 3)[count]} given"):
            messages.CloseConf.encode(*args, invoke_id=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"at most 1 positional argument .2 given"):
        messages.CloseConf(25, 1, invoke_id=1)  # type: ignore[misc]
    with pytest.raises(TypeError):
        messages.CloseConf.encode("25", invoke_id=1)  # type: ignore[arg-type]
    assert messages.CloseConf(invoke_id=1) == messages.CloseConf(25, invoke_id=1)


def test_a_class_derived_from_a_message_class_writes_the_same() -> None:
    class Mine(messages.CloseConf):
        pass

    assert (
        Mine.encode(25, invoke_id=1) == messages.CloseConf.encode(25, invoke_id=1) == bytes(Mine(invoke_id=1))
    )
    assert type(Mine(invoke_id=1)) is Mine


def test_encode_has_a_signature_and_a_docstring() -> None:
    encode = messages.CloseConf.encode
    assert str(inspect.signature(encode)) == "(version_or_codec, /, **fields)"
    assert encode.__doc__ == "The frame as bytes, without a message. Raises ``EncodeError``."
    assert encode.__name__ == "encode"


# --- requests, whose fields come in a dict -----------------------------------------------------------


def test_encode_request_takes_keywords_created_at_run_time() -> None:
    expected = messages.SetAgentStateReq.encode(25, **SET_STATE)
    for seed in range(50):
        names = [name for name in SET_STATE if name != "invoke_id"]
        random.Random(seed).shuffle(names)
        fields = {"".join(list(name)): SET_STATE[name] for name in names}
        for _ in range(2):
            assert messages.SetAgentStateReq.encode_request(25, SET_STATE["invoke_id"], fields) == expected


def test_encode_request_takes_a_message_without_an_invoke_id() -> None:
    fields = {"status": 1}
    for _ in range(3):
        assert messages.FailureEvent.encode_request(25, None, fields) == messages.FailureEvent.encode(
            25, status=1
        )
    with pytest.raises(EncodeError, match="has no field 'invoke_id'"):
        messages.FailureEvent.encode_request(25, 7, fields)


def test_encode_request_refuses_wrong_arguments() -> None:
    encode = messages.CloseReq.encode_request
    with pytest.raises(TypeError, match="multiple values for the field invoke_id"):
        encode(25, 1, {"invoke_id": 2, "status": 0})
    with pytest.raises(TypeError, match="exactly three positional arguments"):
        encode(25, 1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="exactly three positional arguments"):
        encode(25, 1, fields={})  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Expected dict, got list"):
        encode(25, 1, [("status", 0)])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="name must be a str, got int"):
        encode(25, 1, {5: 0})  # type: ignore[dict-item]


def test_encode_request_takes_more_fields_than_it_remembers() -> None:
    names = messages.SetCallDataReq._fields
    stray = {f"stray{number}": None for number in range(100)}
    with pytest.raises(EncodeError, match="has no field 'stray0'"):
        messages.SetCallDataReq.encode_request(25, 1, dict.fromkeys(names[1:]) | stray)


# --- secrets ----------------------------------------------------------------------------------------


def test_a_secret_is_written_like_text() -> None:
    given = SET_STATE | {"agent_password": Secret(SECRET)}
    frame = messages.SetAgentStateReq.encode(25, **given)
    assert frame == messages.SetAgentStateReq.encode(25, **SET_STATE | {"agent_password": SECRET})
    assert SECRET.encode() in frame
    read = codec(25).decode(frame)
    floating = [(name, Secret(str(value))) for name, value in read.floating()]
    assert codec(25).encode(read.type, read.fixed(), floating) == frame
    variables = [(Secret("user.a"), Secret("1"))]
    with pytest.raises(EncodeError, match="expected text or bytes, got Secret"):
        messages.SetCallDataReq.encode(25, **keywords("SetCallDataReq", 25) | {"named_variables": variables})


@pytest.mark.parametrize(
    "changed",
    [
        {"agent_password": Secret(SECRET * 10)},
        {"agent_password": Secret(SECRET + "\u20ac")},
        {"agent_password": Secret(SECRET + "\0")},
        {"agent_state": Secret(SECRET)},
        {"sso_enabled": Secret(SECRET)},
        {"agent_password": Secret(SECRET), "agent_id": "x" * 300},
        {"agent_password": Secret(SECRET), "agent_id": None, "peripheral_id": "x"},
        {"agent_password": Secret(SECRET), "nothing": 1},
    ],
)
def test_no_traceback_shows_a_secret(changed: dict[str, Any]) -> None:
    def request(version: int, **fields: Any) -> bytes:
        return messages.SetAgentStateReq.encode_request(version, fields.pop("invoke_id"), fields)

    for make in (messages.SetAgentStateReq.encode, messages.SetAgentStateReq, request):
        with pytest.raises(EncodeError) as caught:
            make(25, **SET_STATE | changed)
        shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        while shown is not None:
            assert SECRET not in "".join(shown.format())
            shown = shown.__cause__ or shown.__context__  # type: ignore[assignment]
        assert SECRET.encode() not in pickle.dumps(caught.value)


def test_a_secret_is_a_text_that_cannot_be_read_by_accident() -> None:
    secret = Secret(SECRET)
    assert secret.reveal() == SECRET
    assert repr(secret) == str(secret) == f"{secret}" == "Secret('***')"
    assert secret
    assert not Secret("")
    assert Secret(Digits(SECRET)).reveal() == SECRET
    assert not hasattr(secret, "_text")
    with pytest.raises(TypeError):
        Secret(None)


# --- leaks ------------------------------------------------------------------------------------------


def test_calls_leak_no_references() -> None:
    text, raw, secret = f"1{len(SECRET)}", bytes(7), Secret("".join(list("abc")))
    given = SET_STATE | {"agent_id": text, "position_id": raw, "agent_password": secret}
    shared = messages.SetAgentStateReq, codec(25), text, raw, secret, None
    stray = [{"agent_id": "\u20ac"}, {"agent_id": [text]}, {"nothing": text}, {"forced_flag": 2**70}]
    order = random.Random(1)

    def work(times: int) -> None:
        for _ in range(times):
            messages.SetAgentStateReq.encode(codec(25), **given)
            messages.SetAgentStateReq(codec(25), **given)
            fields = dict(given)
            messages.SetAgentStateReq.encode_request(codec(25), fields.pop("invoke_id"), fields)
            names = list(given)
            order.shuffle(names)
            messages.SetAgentStateReq.encode(25, **{name: given[name] for name in names})
            for changed in stray:
                for make in (messages.SetAgentStateReq.encode, messages.SetAgentStateReq):
                    with contextlib.suppress(EncodeError):
                        make(25, **given | changed)

    check_that_nothing_is_kept(work, shared, warm_up=50, first=20, more=300, leaves_cycles=True)
