"""``records/transcript``: arguments, versions and limits. ``tests/cli`` tests the forms of the records."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from support.strategies import header

from ctios_fast.core import Codec, codec
from ctios_fast.errors import MalformedFrame, TranscriptError
from ctios_fast.records.transcript import (
    StreamReader,
    chunks,
    frame_from_record,
    has_frame,
    parse_line,
    record,
    record_of_malformed,
    records,
)

HEARTBEAT = header(5, b"\0\0\0\7")
ROW: dict[str, Any] = {"type": 5, "fields": {"InvokeID": 7}}


def malformed() -> MalformedFrame:
    with pytest.raises(MalformedFrame) as caught:
        codec(25).decode(header(5, b"\0"))
    return caught.value


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: record("x", 0), TypeError, "message must be a Message, got str"),
        (lambda: record(codec(25).decode(HEARTBEAT), -1), ValueError, "offset must be 0 or more, got -1"),
        (lambda: record(codec(25).decode(HEARTBEAT), "0"), TypeError, "offset must be an integer"),
        (
            lambda: record_of_malformed(ValueError("x"), 0),
            TypeError,
            "error must be a MalformedFrame, got ValueError",
        ),
        (lambda: record_of_malformed(malformed(), -1), ValueError, "offset must be 0 or more, got -1"),
        (lambda: StreamReader(25), TypeError, "codec must be a Codec, got int"),
        (lambda: list(records(io.BytesIO(), 25)), TypeError, "codec must be a Codec, got int"),
        (lambda: chunks(io.BytesIO(), 0), ValueError, "size must be 1 or more, got 0"),
        (lambda: chunks(io.BytesIO(), -1), ValueError, "size must be 1 or more, got -1"),
        (lambda: chunks(io.BytesIO(), 1.5), TypeError, "size must be an integer, 1 or more, got 1.5"),
        (lambda: parse_line(5), TypeError, "line must be str or bytes, got int"),
        (lambda: frame_from_record(25, ROW), TypeError, "codec must be a Codec, got int"),
        (lambda: frame_from_record(codec(25), [ROW]), TranscriptError, "must be a JSON object"),
    ],
)
def test_wrong_arguments_are_refused_at_once(
    call: Callable[[], object], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=re.escape(text)):
        call()


@pytest.mark.parametrize("version", [9, 14, 19, 20, 25])
def test_a_record_with_a_version_is_encoded_for_it(version: int) -> None:
    row = {**ROW, "floating": [["AgentID", "1001"]], "version": version}
    del_version = {key: value for key, value in row.items() if key != "version"}
    assert frame_from_record(codec(25), row) == frame_from_record(codec(version), del_version)


@pytest.mark.parametrize("version", [8, 26, "25", True, None])
def test_a_version_that_does_not_exist_is_refused(version: object) -> None:
    with pytest.raises(TranscriptError, match="version"):
        frame_from_record(codec(25), {**ROW, "version": version})


def test_the_limit_of_the_codec_holds_for_every_version() -> None:
    row = {"type": 60000, "hex": "00" * 93, "version": 14}
    assert len(frame_from_record(Codec(25, 101), row)) == 101
    with pytest.raises(TranscriptError, match="above the limit of 100"):
        frame_from_record(Codec(25, 100), row)


@pytest.mark.parametrize(
    "form", [{"offset": 9, "missing": 5}, {"offset": 9, "skipped": 5}, {"offset": 9, "ended": "TLS"}]
)
def test_a_record_without_a_frame_is_refused_by_name(form: dict[str, Any]) -> None:
    row = {"time": 0.0, "connection": "a>b", "direction": "client", "version": 25, **form}
    assert not has_frame(row)
    with pytest.raises(TranscriptError, match="it has no frame"):
        frame_from_record(codec(25), row)
    assert has_frame(ROW)
    assert has_frame(5)
