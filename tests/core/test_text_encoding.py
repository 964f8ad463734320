"""Text that is not ASCII is written in the session's encoding, and no byte of it is lost."""

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import frames, versions

from ctios_fast import messages
from ctios_fast.bulk.filters import FrameFilter
from ctios_fast.connection.opening import OpenSettings
from ctios_fast.core import Codec, FieldReader, NamedArray, NamedVariable, codec
from ctios_fast.core.secret import Secret
from ctios_fast.core.text_encoding import checked_encoding, decoded, encoded
from ctios_fast.errors import EncodeError
from ctios_fast.protocol import numbers as ged
from ctios_fast.records.transcript import format_line, frame_from_record, parse_line, records

ENCODINGS = (None, "ascii", "utf-8", "latin-1", "cp1252", "shift_jis", "gb18030")
#: (encoding, text, bytes of the text in the encoding)
WRITTEN = [
    (None, "Müller", b"M\xfcller"),
    ("utf-8", "Müller", b"M\xc3\xbcller"),
    ("utf-8", "山田 €", "山田 €".encode()),
    ("cp1252", "10 €", b"10 \x80"),
    (
        "shift_jis",
        "表示",
        "表示".encode("shift_jis"),
    ),  # its second byte is a backslash
]
SECRET = "Pa55word"
REQUEST: dict[str, Any] = {
    "invoke_id": 1,
    "peripheral_id": 1,
    "agent_state": 3,
    "event_reason_code": 0,
    "agent_service_req": 0,
    "agent_instrument": "1",
}


def frame_with(encoding: str | None, **texts: object) -> bytes:
    return bytes(messages.SetAgentStateReq.encode(codec(25, encoding), **REQUEST, **texts))  # type: ignore[arg-type]


@pytest.mark.parametrize(("encoding", "text", "data"), WRITTEN)
def test_text_is_written_and_read_in_the_encoding(encoding: str | None, text: str, data: bytes) -> None:
    used = codec(25, encoding)
    frame = frame_with(encoding, agent_id=text)
    assert data + b"\0" in frame
    fields = used.decode(frame).fixed()
    assert (
        used.encode(ged.SET_AGENT_STATE_REQ, fields, [("AgentInstrument", "1"), ("AgentID", text)]) == frame
    )
    view = used.decode(frame)
    assert isinstance(view, messages.SetAgentStateReq)
    read = [
        view["AgentID"],
        view.to_dict()["AgentID"],
        used.to_dict(frame)["AgentID"],
        view.agent_id,
        *FieldReader("AgentID").read(view),
    ]
    assert read == [text] * 5
    assert view.encoding == used.encoding
    assert dict(view.floating())["AgentID"] == (data + b"\0" if encoding is None else text)


def test_named_values_are_written_and_read_in_the_encoding() -> None:
    used = codec(25, "utf-8")
    variable, element = NamedVariable("user.größe", "山"), NamedArray("user.é", 3, "€")
    fields = dict.fromkeys([field.name for field in used.describe(ged.SET_CALL_DATA_REQ).fixed], 0)  # type: ignore[union-attr]
    frame = used.encode(ged.SET_CALL_DATA_REQ, fields, [("NamedVariable", variable), ("NamedArray", element)])
    assert b"user.gr\xc3\xb6\xc3\x9fe\0" in frame
    view = used.decode(frame)
    assert view["NamedVariable"] == [variable]
    assert view["NamedArray"] == [element]
    assert view.floating() == [("NamedVariable", variable), ("NamedArray", element)]
    assert used.encode(view) == frame


@given(st.sampled_from(ENCODINGS), st.data(), versions)
def test_every_frame_is_written_again_with_the_same_bytes(
    encoding: str | None, data: st.DataObject, version: int
) -> None:
    frame = data.draw(frames(version))
    used = codec(version, encoding)
    view = used.decode(frame)
    assert used.encode(view) == frame
    for copied in (pickle.loads(pickle.dumps(view)), copy.copy(view)):
        assert copied == view
        assert copied.to_dict() == view.to_dict() == used.to_dict(frame)


@given(st.binary())
def test_without_an_encoding_each_byte_is_one_character(data: bytes) -> None:
    text = decoded(data, None)
    assert len(text) == len(data)
    assert encoded(text, None) == data


@given(st.sampled_from(ENCODINGS[1:]), st.binary())
def test_text_of_any_bytes_can_be_printed(encoding: str, data: bytes) -> None:
    text = decoded(data, encoding)
    text.encode("utf-8")
    if "\\" not in text:
        assert encoded(text, encoding) in (data, None)


@given(st.sampled_from(ENCODINGS), st.text())
def test_text_is_encoded_without_loss_or_refused(encoding: str | None, text: str) -> None:
    data = encoded(text, encoding)
    assert data is None or decoded(data, encoding) == text
    if text.isascii():
        assert data == text.encode()


@given(st.sampled_from(ENCODINGS), st.text(st.characters(exclude_characters="\0"), max_size=8))
def test_a_field_carries_text_or_the_error_names_the_field(encoding: str | None, text: str) -> None:
    data_of_text = encoded(text, encoding)
    if data_of_text is not None and len(data_of_text) <= 11:
        assert codec(25, encoding).decode(frame_with(encoding, agent_id=text))["AgentID"] == text
        return
    with pytest.raises(EncodeError) as caught:
        frame_with(encoding, agent_id=text)
    assert (caught.value.message, caught.value.field) == ("SET_AGENT_STATE_REQ", "AgentID")
    assert ("too long" in caught.value.reason) == (data_of_text is not None)


@pytest.mark.parametrize("password_type", [str, Secret])
def test_an_error_does_not_show_the_password(password_type: type) -> None:
    for encoding in ("ascii", "cp1252", "shift_jis"):
        with pytest.raises(EncodeError, match=rf"AgentPassword.*not in the encoding {encoding}") as caught:
            frame_with(encoding, agent_password=password_type(SECRET + "\u0416\u20ac"))
        assert SECRET not in str(caught.value)
        assert caught.value.__context__ is None


def test_length_limits_count_bytes() -> None:
    assert frame_with("utf-8", agent_id="é" * 5)
    with pytest.raises(EncodeError, match="13 bytes with its NUL are too long: 12 at most"):
        frame_with("utf-8", agent_id="é" * 6)
    assert frame_with("latin-1", agent_id="é" * 11)


@pytest.mark.parametrize(
    ("encoding", "password", "data"),
    [
        ("utf-8", "é", b"\xc3\xa9"),
        (None, "é", b"\xe9"),
        ("utf-8", b"\xe9", b"\xe9"),  # bytes stay as they are
        ("cp1252", "€", b"\x80"),
    ],
)
def test_passwords_are_written_in_the_encoding(encoding: str | None, password: object, data: bytes) -> None:
    assert frame_with(encoding, agent_password=Secret(password)).endswith(data + b"\0")
    request = OpenSettings("client", Secret(password)).encode_request(codec(25, encoding), 1)
    assert codec(25).decode(request)["ClientPassword"] == data + b"\0"


def test_a_client_password_outside_the_encoding_is_not_shown() -> None:
    with pytest.raises(EncodeError, match=r"OPEN_REQ.*ClientPassword") as caught:
        OpenSettings("client", Secret(SECRET + "€")).encode_request(codec(25), 1)
    assert SECRET not in str(caught.value)


def test_a_byte_outside_the_encoding_is_shown_and_kept() -> None:
    view = codec(25, "utf-8").decode(frame_with(None, agent_id="Müller"))
    assert view["AgentID"] == "M\\xfcller"
    assert dict(view.floating())["AgentID"] == b"M\xfcller\0"


def test_a_message_is_encoded_anew_for_another_encoding() -> None:
    view = codec(25, "utf-8").decode(frame_with("utf-8", agent_id="é"))
    assert codec(25, "latin-1").encode(view) == frame_with("latin-1", agent_id="é")
    assert view != codec(25).decode(bytes(view))


def test_filters_compare_text_in_the_encoding() -> None:
    frame = frame_with("utf-8", agent_id="Müller")
    wanted = FrameFilter(25, ged.SET_AGENT_STATE_REQ, {"AgentID": "Müller"}, encoding="utf-8")
    assert wanted.matches(frame)
    assert pickle.loads(pickle.dumps(wanted)).matches(frame)
    assert FrameFilter.parse("AgentID=Mü*", 25, encoding="utf-8").matches(frame)
    assert not FrameFilter(25, ged.SET_AGENT_STATE_REQ, {"AgentID": "Müller"}).matches(frame)


def test_codecs_are_shared_by_version_and_encoding() -> None:
    assert codec(25, "UTF8") is codec(25, "utf-8")
    assert codec(25) is codec(25, None) is not codec(25, "utf-8")
    assert codec(25, "utf-8").encoding == "utf-8"
    own = Codec(25, 100, "cp1252")
    same = pickle.loads(pickle.dumps(own))
    assert (same.version, same.max_frame, same.encoding) == (25, 100, "cp1252")
    assert repr(own) == "<Codec version 25, cp1252>"


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-16",
        "utf-7",
        "utf-8-sig",
        "cp500",
        "hz",
        "iso2022_jp",
        "unicode_escape",
        "hex",
        "idna",
        "none",
        "",
        "\0",
    ],
)
def test_an_encoding_must_exist_and_keep_ascii(encoding: str) -> None:
    with pytest.raises(ValueError, match="encoding must be a text encoding that keeps ASCII"):
        checked_encoding(encoding)


def test_an_encoding_is_named_by_text() -> None:
    with pytest.raises(TypeError, match="encoding must be the name of an encoding or None, got int"):
        codec(25, 8)  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_record_of_a_frame_gives_the_frame_again(encoding: str | None) -> None:
    used = Codec(25, encoding=encoding)
    for text in ("Müller", "a", b"\x80\xff\0", b"M\xc3\xbcller\0"):
        try:
            frame = frame_with(encoding, agent_id=text)
        except EncodeError:
            continue
        (row,) = records([frame], used)
        line = format_line(row)
        assert line.isascii()
        assert frame_from_record(used, parse_line(line)) == frame
