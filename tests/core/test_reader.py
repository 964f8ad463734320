"""A FieldReader reads several fields at once and gives for each what ``Message.get`` gives."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reference_codec import MESSAGES, TAGS
from support.strategies import bare, documented, floating, frames, header, random_frames, versions

from ctios_fast.core import FieldReader, Message, codec
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol import numbers as ged

NAMES = sorted(
    {field["name"] for message in MESSAGES.values() for field in [*message["fixed"], *message["floating"]]}
    | {row["field"] for row in TAGS.values() if row.get("field")}
)
#: One reader that sees every kind of message, so that it keeps many layouts.
FAMILIAR = FieldReader("InvokeID", "AgentID", "AgentState", "PeripheralID", "NamedVariable", "tag:5")

names = st.lists(
    st.one_of(st.sampled_from(NAMES), st.integers(0, 400).map("tag:{}".format)),
    min_size=1,
    max_size=12,
    unique=True,
)


def own_names(message: Message) -> list[str]:
    return [name for name in message.to_dict() if not name.startswith("tag:")]


def expected(message: Message, wanted: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(message.get(name) for name in wanted)


@given(st.data(), versions, names)
def test_a_reader_gives_what_get_gives_for_each_name(
    data: st.DataObject, version: int, wanted: list[str]
) -> None:
    message = codec(version).decode(data.draw(frames(version, st.one_of(documented, bare))))
    own = own_names(message)
    if own:
        wanted = list(dict.fromkeys([*wanted, *data.draw(st.lists(st.sampled_from(own), max_size=30))]))
    reader = FieldReader(*wanted)
    assert reader.read(message) == reader(message) == expected(message, reader.names)
    assert FAMILIAR.read(message) == expected(message, FAMILIAR.names)


@given(st.data(), versions)
def test_every_field_of_a_random_frame_can_be_read_at_once(data: st.DataObject, version: int) -> None:
    try:
        message = codec(version).decode(data.draw(random_frames()))
    except MalformedFrame:
        return
    reader = FieldReader(*own_names(message)[:64])
    assert reader.read(message) == expected(message, reader.names)


@given(st.data(), versions, names)
def test_fill_adds_the_fields_that_the_message_has(
    data: st.DataObject, version: int, wanted: list[str]
) -> None:
    message = codec(version).decode(data.draw(frames(version)))
    reader = FieldReader(*dict.fromkeys([*own_names(message)[:40], *wanted]))
    template = dict.fromkeys([wanted[-1], "else"], "as it was")
    found = dict(zip(reader.names, reader.read(message), strict=True))
    assert reader.fill(message, template) == {
        **template, **{name: value for name, value in found.items() if value is not None}
    }  # fmt: skip
    assert template == dict.fromkeys([wanted[-1], "else"], "as it was")


def test_a_repeated_text_is_the_same_object_and_right_among_many() -> None:
    def event(agent: str) -> Message:
        fields = {field.name: 0 for field in layout.fixed}
        return codec(25).decode(
            codec(25).encode(ged.AGENT_STATE_EVENT, fields, [("CTIClientSignature", agent)])
        )

    layout = codec(25).describe(ged.AGENT_STATE_EVENT)
    assert layout is not None
    reader = FieldReader("CTIClientSignature")
    assert reader.read(event("1001"))[0] is reader.read(event("1001"))[0]
    long = "a text of more than 15"
    for agents in (3000, 30000):  # the second number exceeds the places of the cache
        texts = [f"{number:0{length}}" for number in range(agents) for length in (5, 8, 15)]
        for agent in [*texts[:100], *texts, *reversed(texts), "", "1", "\xe9", "1001\xe9", long]:
            message = event(agent)
            assert reader.read(message) == (message["CTIClientSignature"],)


def test_a_text_ends_at_its_first_nul_whatever_was_read_before() -> None:
    layout = codec(25).describe(ged.AGENT_STATE_EVENT)
    assert layout is not None
    fields = {field.name: 0 for field in layout.fixed}
    reader = FieldReader("CTIClientSignature")
    after = (b"", b"\0", b"\0\0", b"\0x", b"\0" * 12, b"\0" * 12 + b"x", b"\0\xff")
    for _ in range(2):
        for text in (b"", b"1", b"1001", b"1234567", b"12345678", b"123456789012345", b"1234567890123456"):
            for rest in after:
                message = codec(25).decode(
                    codec(25).encode(ged.AGENT_STATE_EVENT, fields, [("CTIClientSignature", text + rest)])
                )
                assert reader.read(message) == (text.decode(),) == (message["CTIClientSignature"],)


def test_a_password_is_not_kept() -> None:
    secret = "".join(["se", "same"])
    fields = dict.fromkeys(("PeripheralID", "AgentState", "AgentWorkMode", "NumSkillGroups"), 0)
    fields |= dict.fromkeys(("InvokeID", "EventReasonCode", "ForcedFlag", "AgentServiceReq"), 0)
    floating = [("AgentInstrument", "3001"), ("AgentID", "1001"), ("AgentPassword", secret)]
    message = codec(25).decode(codec(25).encode(ged.SET_AGENT_STATE_REQ, fields, floating))
    reader = FieldReader("AgentPassword", "AgentID")
    first, second = reader.read(message), reader.read(message)
    assert first == second == (secret, "1001")
    assert first[0] is not second[0]
    assert first[1] is second[1]


def test_one_reader_takes_every_message_in_every_version() -> None:
    reader = FieldReader("InvokeID", "AgentID", "ForcedFlag", "PeripheralID")
    frame = {"InvokeID": 7, "PeripheralID": 1, "AgentState": 2, "AgentWorkMode": 0, "NumSkillGroups": 0}
    old = {**frame, "EventReasonCode": 0}
    new = {**old, "ForcedFlag": 1, "AgentServiceReq": 0}
    for _ in range(2):
        for version, fields, flag in ((12, old, None), (13, new, 1), (25, new, 1)):
            encoded = codec(version).encode(
                ged.SET_AGENT_STATE_REQ, fields, [("AgentInstrument", "3001"), ("AgentID", "1001")]
            )
            assert reader.read(codec(version).decode(encoded)) == (7, "1001", flag, 1)
        heartbeat = codec(25).encode(ged.HEARTBEAT_CONF, {"InvokeID": 9})
        assert reader.read(codec(25).decode(heartbeat)) == (9, None, None, None)


def test_a_value_outlives_its_message() -> None:
    message = codec(25).decode(codec(25).encode(ged.HEARTBEAT_CONF, {"InvokeID": 0xFFFFFFF0}))
    reader = FieldReader("InvokeID")
    first = reader.read(message)
    del message
    assert first == (0xFFFFFFF0,)


def test_a_message_without_a_published_layout_has_no_fields() -> None:
    message = codec(25).decode(codec(25).encode_raw(999, b"abc"))
    assert FieldReader("InvokeID", "AgentID", "tag:5").read(message) == (None, None, None)


def test_a_reader_without_names_reads_nothing() -> None:
    message = codec(25).decode(codec(25).encode(ged.HEARTBEAT_CONF, {"InvokeID": 1}))
    assert FieldReader().read(message) == ()


@pytest.mark.parametrize(
    ("wanted", "error", "says"),
    [
        (["AgentId"], ValueError, "no field 'AgentId'"),
        (["tag:"], ValueError, "no field"),
        (["AgentID", "AgentID"], ValueError, "twice"),
        ([5], TypeError, "must be a str, got int"),
        ([b"AgentID"], TypeError, "must be a str, got bytes"),
        ([f"tag:{number}" for number in range(65)], ValueError, "64 fields at most, 65"),
    ],
)
def test_names_that_cannot_be_read_are_refused(
    wanted: list[object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        FieldReader(*wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize("thing", [None, b"", {}])
def test_only_messages_are_read(thing: object) -> None:
    with pytest.raises(TypeError):
        FieldReader("AgentID").read(thing)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        FieldReader("AgentID")(thing)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        FieldReader("AgentID").fill(thing, {})  # type: ignore[arg-type]


def test_a_message_without_a_frame_has_no_fields() -> None:
    assert FieldReader("AgentID").read(Message.__new__(Message)) == (None,)


def test_readers_can_be_copied_and_pickled() -> None:
    reader = FieldReader("AgentID", "AgentState")
    assert copy.copy(reader).names == pickle.loads(pickle.dumps(reader)).names == reader.names
    assert repr(reader) == "<FieldReader AgentID, AgentState>"


@pytest.mark.parametrize("tag", [0, 0xFFFF])
def test_a_tag_at_the_edge_of_the_range_is_not_read_as_a_field(tag: int) -> None:
    layout = codec(25).describe(ged.AGENT_STATE_EVENT)
    assert layout is not None
    frame = header(ged.AGENT_STATE_EVENT, bytes(layout.fixed_size) + floating(25, tag, b"1001\0"))
    message = codec(25).decode(frame)
    names = tuple(field.name for field in layout.floating)
    read = FieldReader(*names).read(message)
    assert read == expected(message, names)
    assert not any(read)
