"""``ctios-fast decode`` and ``encode`` as programs: the forms of the lines and the exit statuses."""

import codecs
import itertools
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.full_device import needs_full_device
from support.reference_codec import HEADER, MESSAGES
from support.strategies import BARE_NUMBERS, build, build_full, damage, floating, header

from ctios_fast.core import codec
from ctios_fast.records.transcript import records

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "ctios_fast"]
HEARTBEAT = header(5, b"\0\0\0\7")
HEARTBEAT_LINE = {
    "offset": 0,
    "type": 5,
    "message": "HEARTBEAT_REQ",
    "fields": {"InvokeID": 7},
    "floating": [],
}
CUT_HEARTBEAT = header(5, b"\0\0\0")


def run(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *arguments], input=data, capture_output=True, cwd=ROOT, timeout=50)


def decode(data: bytes, *arguments: str, status: int = 0) -> list[dict[str, Any]]:
    done = run("decode", *arguments, data=data)
    assert done.returncode == status, done.stderr
    assert bool(done.stderr) == (status == 3)
    return [json.loads(line) for line in done.stdout.splitlines()]


def encode(rows: list[dict[str, Any]], *arguments: str) -> bytes:
    done = run("encode", *arguments, data="\n".join(map(json.dumps, rows)).encode())
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def fixed_zeros(number: int, version: int = 25) -> bytes:
    layout = codec(version).describe(number)
    assert layout is not None
    return bytes(layout.fixed_size)


def with_floating(number: int, *fields: tuple[int, bytes], version: int = 25) -> bytes:
    rest = b"".join(floating(version, tag, data) for tag, data in fields)
    return header(number, fixed_zeros(number, version) + rest)


def shown(number: int, *fields: tuple[int, bytes], version: int = 25) -> list[list[Any]]:
    """Floating fields of a message as ``decode`` shows them; what it shows is also encoded again."""
    frame = with_floating(number, *fields, version=version)
    option = f"--protocol-version={version}"
    (row,) = decode(frame, option)
    assert encode([row], option) == frame
    pairs = row["floating"]
    assert isinstance(pairs, list)
    return pairs


# --- decode: input ---


def test_standard_input_is_read_without_a_file_and_for_a_dash(tmp_path: Path) -> None:
    assert decode(HEARTBEAT) == [HEARTBEAT_LINE]
    assert decode(HEARTBEAT, "-") == [HEARTBEAT_LINE]
    file = tmp_path / "stream"
    file.write_bytes(HEARTBEAT)
    assert decode(b"", str(file)) == [HEARTBEAT_LINE]


def test_an_empty_stream_gives_no_lines() -> None:
    assert decode(b"") == []
    assert encode([]) == b""


def test_the_protocol_version_selects_layout_and_tag_width() -> None:
    frame = with_floating(30, (5, b"1001\0"), version=14)
    (row,) = decode(frame, "--protocol-version", "14")
    assert row["floating"] == [["AgentID", "1001"]]
    assert "DepartmentID" not in row["fields"]
    (newest,) = decode(with_floating(30, (5, b"1001\0")))
    assert newest["fields"]["DepartmentID"] == 0


@pytest.mark.parametrize("version", ["8", "26", "x"])
def test_an_unknown_version_is_wrong_usage(version: str) -> None:
    for command in ("decode", "encode"):
        assert run(command, "--protocol-version", version).returncode == 2


def test_a_missing_file_is_wrong_usage(tmp_path: Path) -> None:
    done = run("decode", str(tmp_path / "absent"))
    assert done.returncode == 2
    assert b"No such file or directory" in done.stderr


# --- decode: form of a line ---


def test_a_line_has_the_keys_of_its_form_in_order() -> None:
    rows = decode(HEARTBEAT + with_floating(30, (5, b"1001\0")))
    assert [list(row) for row in rows] == [["offset", "type", "message", "fields", "floating"]] * 2
    assert [row["offset"] for row in rows] == [0, len(HEARTBEAT)]
    assert rows[1]["message"] == "AGENT_STATE_EVENT"
    assert list(rows[1]["fields"])[:3] == ["MonitorID", "PeripheralID", "SessionID"]


def test_fixed_fields_are_numbers_and_int_is_signed() -> None:
    layout = codec(25).describe(4)  # OPEN_CONF has UINT, TIME, BOOL, USHORT and INT
    assert layout is not None
    (row,) = decode(header(4, b"\xff" * layout.fixed_size))
    largest = {"UINT": 2**32 - 1, "TIME": 2**32 - 1, "BOOL": 0xFFFF, "USHORT": 0xFFFF, "INT": -1}
    assert {field.type for field in layout.fixed} == set(largest)
    assert row["fields"] == {field.name: largest[field.type] for field in layout.fixed}
    assert encode([row]) == header(4, b"\xff" * layout.fixed_size)


def test_floating_fields_keep_wire_order_and_repeats() -> None:
    assert shown(30, (5, b"2\0"), (62, b"\xff\xff\xff\xff"), (4, b"1\0"), (62, b"\0\0\0\1"), (5, b"3\0")) == [
        ["AgentID", "2"],
        ["FltSkillGroupNumber", -1],  # INT in this message
        ["AgentExtension", "1"],
        ["FltSkillGroupNumber", 1],
        ["AgentID", "3"],
    ]


def test_a_string_is_text_only_in_its_plain_form() -> None:
    assert shown(
        30,
        (5, b"1001\0"),
        (5, b"\0"),
        (5, b""),
        (5, b"1001"),
        (5, b"1001\0\0"),
        (5, b"1\x001\0"),
        (5, b"\xe9\0"),
    ) == [
        ["AgentID", "1001"],
        ["AgentID", ""],
        ["AgentID", {"hex": ""}],
        ["AgentID", {"hex": "31303031"}],
        ["AgentID", {"hex": "313030310000"}],
        ["AgentID", {"hex": "31003100"}],
        ["AgentID", {"hex": "e900"}],
    ]


def test_a_number_of_another_width_is_hex() -> None:
    assert shown(30, (150, b"\0\0\0\5"), (150, b"\0\5"), (150, b""), (123, b"\0\0\0\5")) == [
        ["Duration", 5],
        ["Duration", {"hex": "0005"}],
        ["Duration", {"hex": ""}],
        ["NextAgentState", {"hex": "00000005"}],
    ]


def test_an_array_is_always_a_list() -> None:
    number = next(number for number, row in MESSAGES.items() if row["name"] == "CONFIG_SERVICE_EVENT")
    assert shown(
        number, (187, b""), (187, b"\0\0\0\1"), (187, b"\0\0\0\1\0\0\0\2"), (187, b"\0\0\0\1\0")
    ) == [
        ["ServiceMember", []],
        ["ServiceMember", [1]],
        ["ServiceMember", [1, 2]],
        ["ServiceMember", {"hex": "0000000100"}],
    ]


def test_named_variables_and_arrays_show_their_parts() -> None:
    begin_call = 23
    assert shown(
        begin_call,
        (82, b"user.a\0x\0"),
        (83, b"\7user.b\0\0"),
        (82, b"user.a\0x"),
        (82, b"a\0b\0c\0"),
        (82, b"a\0"),
        (83, b"\xffn\0v\0"),
        (83, b"\0n\0\xe9\0"),
        (83, b""),
    ) == [
        ["NamedVariable", {"name": "user.a", "value": "x"}],
        ["NamedArray", {"name": "user.b", "index": 7, "value": ""}],
        ["NamedVariable", {"hex": b"user.a\0x".hex()}],
        ["NamedVariable", {"hex": b"a\0b\0c\0".hex()}],
        ["NamedVariable", {"hex": "6100"}],
        ["NamedArray", {"name": "n", "index": 255, "value": "v"}],
        ["NamedArray", {"hex": "006e00e900"}],
        ["NamedArray", {"hex": ""}],
    ]


def test_unspecified_data_is_hex_and_passwords_are_printed() -> None:
    assert shown(3, (1, b"me\0"), (2, b"secret")) == [
        ["ClientID", "me"],
        ["ClientPassword", {"hex": b"secret".hex()}],
    ]
    done = run("decode", "--help")
    assert done.returncode == 0
    assert b"PASSWORDS ARE PRINTED" in done.stdout


def test_unlisted_tags_are_named_by_the_tag_table_or_by_number() -> None:
    assert shown(5, (5, b"1001\0"), (999, b"\1\2"), (65535, b""), (233, b"a\0"), (194, b"x\0")) == [
        ["AgentID", "1001"],
        ["tag:999", {"hex": "0102"}],
        ["tag:65535", {"hex": ""}],
        ["tag:233", {"hex": "6100"}],  # in the table, without a field's name
        ["AgentIDLong", {"hex": "7800"}],  # in the table, without a type
    ]


def test_a_tag_stays_a_number_if_the_message_uses_its_name_for_another() -> None:
    assert shown(30, (3, b"a\0"), (23, b"b\0")) == [
        ["CTIClientSignature", "a"],
        ["tag:23", {"hex": "6200"}],
    ]
    assert shown(5, (3, b"a\0"), (23, b"b\0")) == [["ClientSignature", "a"], ["CTIClientSignature", "b"]]


def test_messages_without_published_layout_show_their_body() -> None:
    named = next(number for number in BARE_NUMBERS if codec(25).decode(header(number, b"")).name)
    rows = decode(header(named, b"\1\2") + header(60000, b""))
    assert rows[0] == {
        "offset": 0,
        "type": named,
        "message": codec(25).decode(header(named, b"")).name,
        "hex": "0102",
    }
    assert rows[1] == {"offset": 10, "type": 60000, "message": None, "hex": ""}
    assert encode(rows) == header(named, b"\1\2") + header(60000, b"")


def test_the_two_layouts_of_failure_conf_differ_by_length() -> None:
    stream = header(1, b"\0\0\0\1\0\0\0\2") + header(1, b"\0\0\0\1\0\2\0\0\0\3")
    rows = decode(stream)
    assert [row["fields"] for row in rows] == [
        {"InvokeID": 1, "Status": 2},
        {"InvokeID": 1, "FailureCode": 2, "PeripheralErrorCode": 3},
    ]
    assert encode(rows) == stream


def test_messages_and_fields_newer_than_the_version_are_read_and_written() -> None:
    newest = max(MESSAGES.values(), key=lambda row: row.get("since", 0))
    assert newest["since"] > 14
    frame = build_full(random.Random(1), 14, newest["number"])
    (row,) = decode(frame, "--protocol-version", "14")
    assert row["message"] == newest["name"]
    assert encode([row], "--protocol-version", "14") == frame


# --- decode: bad streams ---


def test_a_malformed_frame_has_its_line_and_decoding_continues() -> None:
    rows = decode(HEARTBEAT + CUT_HEARTBEAT + HEARTBEAT, status=1)
    assert [row["offset"] for row in rows] == [0, 12, 23]
    assert list(rows[1]) == ["offset", "type", "error", "hex"]
    assert (rows[1]["type"], rows[1]["hex"]) == (5, CUT_HEARTBEAT.hex())
    assert "HEARTBEAT_REQ" in rows[1]["error"]
    assert "InvokeID" in rows[1]["error"]
    assert rows[2] == {**HEARTBEAT_LINE, "offset": 23}


@pytest.mark.parametrize(
    ("tail", "clue"),
    [
        (HEADER.pack(65529, 5), b"65537 bytes at stream offset 23 is above the limit of 65536"),
        (HEADER.pack(0xFFFFFFFF, 5), b"above the limit"),
        (HEARTBEAT[:-1], b"ends inside the frame at offset 23"),
        (HEARTBEAT[:8], b"ends inside"),
        (HEARTBEAT[:3], b"ends inside"),
    ],
)
def test_a_stream_that_cannot_be_followed_ends_with_status_3(tail: bytes, clue: bytes) -> None:
    done = run("decode", data=HEARTBEAT + CUT_HEARTBEAT + tail)  # 3 even after a malformed frame
    assert done.returncode == 3
    assert clue in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert len(done.stdout.splitlines()) == 2


def test_max_frame_includes_the_header() -> None:
    large = header(60000, bytes(70000))
    (row,) = decode(large, "--max-frame", "70008")
    assert encode([row], "--max-frame", "70008") == large
    assert decode(large, "--max-frame", "70007", status=3) == []
    done = run("encode", "--max-frame", "70007", data=json.dumps(row).encode())
    assert done.returncode == 3
    assert b"above the limit of 70007" in done.stderr
    documented = header(30, fixed_zeros(30) + floating(25, 999, bytes(65535)))
    (row,) = decode(documented, "--max-frame", "100000")
    assert encode([row], "--max-frame", "100000") == documented


# --- encode ---


@pytest.mark.parametrize("version", [14, 19, 20, 25])
def test_decode_then_encode_is_byte_identical(version: int, tmp_path: Path) -> None:
    rng = random.Random(version)
    frames = [build_full(rng, version, number) for number in MESSAGES]
    frames += [build(rng, version, number) for number in (*MESSAGES, *BARE_NUMBERS)]
    frames += [damage(rng, version, frame) for frame in frames if HEADER.unpack_from(frame)[1] in MESSAGES]
    rng.shuffle(frames)
    stream = b"".join(frames)
    option = f"--protocol-version={version}"
    done = run("decode", option, data=stream)
    assert done.returncode == 1
    lines = tmp_path / "lines"
    lines.write_bytes(done.stdout)
    back = run("encode", option, str(lines))
    assert (back.returncode, back.stderr) == (0, b"")
    assert back.stdout == stream


def test_type_is_authoritative_and_message_and_offset_are_ignored() -> None:
    row = {**HEARTBEAT_LINE, "message": "OPEN_REQ", "offset": -1}
    assert encode([row]) == HEARTBEAT
    assert encode([{"type": 5, "fields": {"InvokeID": 7}}]) == HEARTBEAT


def test_fields_may_have_any_order() -> None:
    (row,) = decode(header(2, b"\0\0\0\1") + header(1, b"\0\0\0\1\0\0\0\2"))[1:]
    row["fields"] = dict(reversed(row["fields"].items()))
    assert encode([row]) == header(1, b"\0\0\0\1\0\0\0\2")


def test_an_error_line_gives_back_its_hex() -> None:
    assert (
        encode([{"offset": 0, "type": 5, "error": "x", "hex": "00ff"}, HEARTBEAT_LINE])
        == b"\0\xff" + HEARTBEAT
    )


def test_blank_lines_are_skipped_but_numbered() -> None:
    done = run("encode", data=b"\n  \t\r\n" + json.dumps(HEARTBEAT_LINE).encode() + b"\r\n\nx\n")
    assert done.returncode == 3
    assert done.stdout == HEARTBEAT
    assert done.stderr.startswith(b"line 5: ")


def agent_state(**changes: Any) -> dict[str, Any]:
    fields = dict.fromkeys((field["name"] for field in MESSAGES[30]["fixed"]), 0)
    return {"type": 30, "fields": {**fields, **changes}, "floating": []}


def agent_state_with(name: str, value: object) -> dict[str, Any]:
    return {**agent_state(), "floating": [["AgentExtension", "1"], [name, value]]}


def without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {**row, "fields": {key: value for key, value in row["fields"].items() if key != name}}


BAD_LINES: dict[str, tuple[object, str]] = {
    "not an object": ([1], "object"),
    "no form": ({"type": 5}, "fields"),
    "no type": ({"fields": {"InvokeID": 1}, "floating": []}, "type"),
    "type is text": ({**HEARTBEAT_LINE, "type": "5"}, "type"),
    "type is a truth value": ({**HEARTBEAT_LINE, "type": True}, "type"),
    "type is negative": ({**HEARTBEAT_LINE, "type": -1}, "type"),
    "type beyond 32 bits": ({"type": 2**32, "hex": ""}, "type"),
    "unknown key": ({**HEARTBEAT_LINE, "filds": {}}, "filds"),
    "unknown key that is not printable": ({**HEARTBEAT_LINE, "a\nb\udce9": 1}, "a\\nb\\udce9"),
    "hex and fields": ({**HEARTBEAT_LINE, "hex": ""}, "fields"),
    "hex for a published layout": ({"type": 5, "hex": "00000007"}, "hex"),
    "fields for a message without layout": ({"type": 60000, "fields": {}, "floating": []}, "type"),
    "error without hex": ({"type": 5, "error": "x"}, "hex"),
    "error with bad hex": ({"type": 5, "error": "x", "hex": "0"}, "hex"),
    "body with bad hex": ({"type": 60000, "hex": "zz"}, "hex"),
    "body is a number": ({"type": 60000, "hex": 12}, "hex"),
    "fields is a list": ({"type": 5, "fields": [], "floating": []}, "fields"),
    "floating is an object": ({"type": 5, "fields": {"InvokeID": 1}, "floating": {}}, "floating"),
    "floating is not a pair": ({"type": 5, "fields": {"InvokeID": 1}, "floating": [["AgentID"]]}, "floating"),
    "floating name is a number": ({"type": 5, "fields": {"InvokeID": 1}, "floating": [[5, "a"]]}, "floating"),
    "fixed field missing": (without(agent_state(), "MRDID"), "MRDID"),
    "fixed field unknown": (agent_state(Nonsense=1), "Nonsense"),
    "fixed field given as floating": (agent_state_with("MRDID", 1), "MRDID"),
    "fixed field is text": (agent_state(MRDID="1"), "MRDID"),
    "fixed field is a truth value": (agent_state(MRDID=True), "MRDID"),
    "fixed field is a fraction": (agent_state(MRDID=1.0), "MRDID"),
    "fixed field is null": (agent_state(MRDID=None), "MRDID"),
    "INT too large": (agent_state(MRDID=2**31), "MRDID"),
    "INT too small": (agent_state(MRDID=-(2**31) - 1), "MRDID"),
    "UINT negative": (agent_state(MonitorID=-1), "MonitorID"),
    "UINT beyond 64 bits": (agent_state(MonitorID=2**70), "MonitorID"),
    "USHORT too large": (agent_state(AgentMode=65536), "AgentMode"),
    "floating field unknown": (agent_state_with("Nonsense", 1), "Nonsense"),
    "floating field without a tag": (
        {"type": 3, "fields": dict.fromkeys((field["name"] for field in MESSAGES[3]["fixed"]), 0)}
        | {"floating": [["UniqueInstanceID", "a"]]},
        "UniqueInstanceID",
    ),
    "tag too large": (agent_state_with("tag:65536", {"hex": ""}), "tag:65536"),
    "tag is not a number": (agent_state_with("tag:x", {"hex": ""}), "tag:x"),
    "unknown tag with text": (agent_state_with("tag:999", "a"), "tag:999"),
    "floating number too large": (agent_state_with("NextAgentState", 65536), "NextAgentState"),
    "floating number is a truth value": (agent_state_with("NextAgentState", False), "NextAgentState"),
    "floating number is text": (agent_state_with("NextAgentState", "1"), "NextAgentState"),
    "floating number is a list": (agent_state_with("NextAgentState", [1]), "NextAgentState"),
    "floating value is null": (agent_state_with("NextAgentState", None), "NextAgentState"),
    "floating text is a number": (agent_state_with("AgentID", 1001), "AgentID"),
    "floating text is not ASCII": (agent_state_with("AgentID", "é"), "AgentID"),
    "floating text is a lone surrogate": (agent_state_with("AgentID", "\udce9"), "AgentID"),
    "floating text has a NUL": (agent_state_with("AgentID", "a\0b"), "AgentID"),
    "floating text too long for its length": (agent_state_with("AgentID", "a" * 65535), "AgentID"),
    "floating bad hex": (agent_state_with("AgentID", {"hex": "0g"}), "AgentID"),
    "floating hex is a number": (agent_state_with("AgentID", {"hex": 1}), "AgentID"),
    "floating odd keys": (agent_state_with("AgentID", {"hex": "00", "value": "a"}), "AgentID"),
    "floating no keys": (agent_state_with("AgentID", {}), "AgentID"),
    "named variable for text": (agent_state_with("AgentID", {"name": "a", "value": "b"}), "AgentID"),
    "named variable as text": (agent_state_with("NamedVariable", "a"), "NamedVariable"),
    "named variable with an index": (
        agent_state_with("NamedVariable", {"name": "a", "index": 1, "value": "b"}),
        "NamedVariable",
    ),
    "named array without an index": (
        agent_state_with("NamedArray", {"name": "a", "value": "b"}),
        "NamedArray",
    ),
    "named array index too large": (
        agent_state_with("NamedArray", {"name": "a", "index": 256, "value": "b"}),
        "NamedArray",
    ),
    "named array index is a truth value": (
        agent_state_with("NamedArray", {"name": "a", "index": True, "value": "b"}),
        "NamedArray",
    ),
    "named array name is a number": (
        agent_state_with("NamedArray", {"name": 1, "index": 1, "value": "b"}),
        "NamedArray",
    ),
    "text for unspecified data": (agent_state_with("ClientPassword", "secret"), "ClientPassword"),
}
BAD_TEXTS: dict[str, tuple[bytes, bytes]] = {
    "no JSON": (b"hello", b"bad JSON"),
    "cut off": (b'{"type": 5, "fields"', b"bad JSON"),
    "two values": (b"{} {}", b"bad JSON"),
    "not UTF-8": (b'{"type": 5, "message": "\xff"}', b"UTF-8"),
    "key given twice": (
        b'{"type": 5, "fields": {"InvokeID": 1, "InvokeID": 2}, "floating": []}',
        b"InvokeID",
    ),
    "not a number": (b'{"type": 5, "fields": {"InvokeID": NaN}, "floating": []}', b"InvokeID"),
    "nested without end": (b"[" * 200_000, b"bad JSON"),
    "number of many digits": (b'{"type": ' + b"9" * 10_000 + b"}", b"bad JSON"),
}


def assert_line_two_is_refused(line: bytes, clue: bytes) -> None:
    done = run("encode", data=json.dumps(HEARTBEAT_LINE).encode() + b"\n" + line + b"\n")
    assert done.returncode == 3
    assert done.stdout == HEARTBEAT  # the frames before the bad line
    assert done.stderr.startswith(b"line 2: ")
    assert clue in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert b"secret" not in done.stderr


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_field_that_does_not_fit_ends_the_run_naming_line_and_field(case: str) -> None:
    row, field = BAD_LINES[case]
    assert_line_two_is_refused(json.dumps(row).encode(), field.encode())


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_bad_json_ends_the_run_naming_the_line(case: str) -> None:
    assert_line_two_is_refused(*BAD_TEXTS[case])


def test_data_above_the_length_limit_of_older_versions_is_refused() -> None:
    row = {"type": 5, "fields": {"InvokeID": 7}, "floating": [["tag:9", {"hex": "00" * 256}]]}
    done = run("encode", "--protocol-version", "19", data=json.dumps(row).encode())
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"tag:9" in done.stderr
    row["floating"] = [["tag:256", {"hex": ""}]]
    assert run("encode", "--protocol-version", "19", data=json.dumps(row).encode()).returncode == 3


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encode_reads_a_byte_order_mark_and_utf_16(mark: bytes, encoding: str, end: str) -> None:
    stream = HEARTBEAT + with_floating(30, (5, b"1001\0"), (999, b"\1\2")) + CUT_HEARTBEAT
    text = run("decode", data=stream).stdout.decode("ascii").replace("\n", end)
    done = run("encode", data=mark + text.encode(encoding))
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", stream)


def test_a_line_longer_than_that_of_any_frame_is_refused() -> None:
    limit = 64 * 100 + 65536
    line = json.dumps(HEARTBEAT_LINE)
    for size, status, frames in ((limit, 0, 3), (limit + 1, 3, 1)):
        text = f"{line}\n{line.ljust(size - 1)}\n{line}"
        done = run("encode", "--max-frame", "100", data=text.encode())
        assert (done.returncode, done.stdout) == (status, HEARTBEAT * frames)
    assert done.stderr.decode() == (
        f"line 2: the line has more than {limit} characters: its frame would be above the limit for frames\n"
    )


@pytest.mark.parametrize("mark", ["", "\\377\\376"])
def test_an_endless_line_does_not_fill_the_memory(mark: str) -> None:
    done = shell(f'ulimit -v 600000; (printf "{mark}"; cat /dev/zero) | "$PYTHON" -m ctios_fast encode')
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.startswith(b"line 1: the line has more than ")


def test_the_longest_line_of_a_frame_is_encoded() -> None:
    # floating fields without data: two bytes on the wire each, and a long name in the line
    fields = [field for message in MESSAGES.values() for field in message["floating"]]
    field = max(
        (field for field in fields if field.get("tag", 256) < 256), key=lambda field: len(field["name"])
    )
    number = next(number for number, message in MESSAGES.items() if field in message["floating"])
    part = fixed_zeros(number, 14)
    frame = header(number, part + bytes((field["tag"], 0)) * ((65536 - 8 - len(part)) // 2))
    (row,) = decode(frame, "--protocol-version", "14")
    assert row["floating"][0] == [field["name"], {"hex": ""}]
    assert encode([row], "--protocol-version", "14") == frame


def test_a_fault_in_utf_16_names_its_line() -> None:
    line = json.dumps(HEARTBEAT_LINE) + "\n"
    done = run("encode", data=(line + "{}\n").encode("utf-16"))
    assert (done.returncode, done.stdout) == (3, HEARTBEAT)
    assert done.stderr.startswith(b"line 2: ")
    done = run("encode", data=line.encode("utf-16") + b"\0")
    assert (done.returncode, done.stdout) == (3, HEARTBEAT)
    assert b"not UTF-16" in done.stderr
    assert done.stderr.count(b"\n") == 1


# --- both in a pipeline ---


def test_a_live_stream_is_printed_at_once_and_an_interrupt_ends_it_quietly() -> None:
    process = subprocess.Popen(
        [*COMMAND, "decode"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        # a shell may have set this signal to be ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(HEARTBEAT + HEARTBEAT[:5])
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == HEARTBEAT_LINE
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() == b""


@pytest.mark.parametrize(
    ("command", "unit"), [("decode", HEARTBEAT), ("encode", json.dumps(HEARTBEAT_LINE).encode() + b"\n")]
)
def test_a_closed_output_pipe_gives_no_traceback(command: str, unit: bytes, tmp_path: Path) -> None:
    file = tmp_path / "input"
    file.write_bytes(unit * 50_000)
    process = subprocess.Popen(
        [*COMMAND, command, str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 141


def shell(script: str) -> subprocess.CompletedProcess[bytes]:
    words = {**os.environ, "PYTHON": sys.executable}
    return subprocess.run(["/bin/sh", "-c", script], capture_output=True, cwd=ROOT, env=words, timeout=50)


@pytest.mark.parametrize("command", ["decode", "encode"])
@pytest.mark.parametrize(
    "redirection", [pytest.param("{file} > /dev/full", marks=needs_full_device), "{file} >&-", "- <&-"]
)
def test_a_failing_stream_gives_one_line(command: str, redirection: str, tmp_path: Path) -> None:
    file = tmp_path / "input"
    file.write_bytes(HEARTBEAT if command == "decode" else json.dumps(HEARTBEAT_LINE).encode())
    done = shell(f'"$PYTHON" -m ctios_fast {command} {redirection.format(file=file)}')
    assert done.returncode == 3
    assert done.stderr.startswith(b"ctios-fast: ")
    assert done.stderr.count(b"\n") == 1


@needs_full_device
@pytest.mark.parametrize("arguments", ["--version", "--help", "dissector", "completion bash"])
def test_output_that_cannot_be_written_gives_one_line(arguments: str) -> None:
    done = shell(f'"$PYTHON" -m ctios_fast {arguments} > /dev/full')
    assert (done.returncode, done.stderr) == (3, b"ctios-fast: standard output: No space left on device\n")


def test_an_endless_stream_is_read_piece_by_piece() -> None:
    def pieces() -> Iterator[bytes]:
        for size in itertools.cycle((1, 7, 100, 4096)):
            yield (HEARTBEAT * 350)[: size // 12 * 12] or HEARTBEAT

    rows = list(itertools.islice(records(pieces(), codec(25)), 5000))
    assert [row["offset"] for row in rows] == list(range(0, 60000, 12))


# --- the command itself ---


@pytest.mark.parametrize("module", ["ctios_fast", "ctios_fast.cli"])
def test_the_package_runs_as_a_module(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, "--version"], capture_output=True, cwd=ROOT, timeout=50
    )
    assert done.returncode == 0
    assert done.stdout.startswith(b"ctios-fast ")


def test_a_missing_extra_is_named_in_one_line() -> None:
    without_click = "import sys; sys.modules['click'] = None; from ctios_fast.cli.main import main"
    without_rich = (
        "import sys; sys.modules['rich'] = None; from ctios_fast.cli.main import main\n"
        "from ctios_fast.cli.group import COMMANDS, LazyCommand\n"
        "COMMANDS['demo'] = LazyCommand('rich:command', '')"
    )
    for script in (without_click, without_rich):
        done = subprocess.run(
            [sys.executable, "-c", f"{script}\nsys.argv = ['ctios-fast', 'demo']\nmain()"],
            capture_output=True,
            cwd=ROOT,
            timeout=50,
        )
        assert done.returncode == 2
        assert b"pip install 'ctios_fast[cli]'" in done.stderr
        assert done.stderr.count(b"\n") == 1


def test_decode_imports_neither_rich_nor_numpy_nor_tomllib() -> None:
    script = (
        "import sys; sys.argv = ['ctios-fast', 'decode', '--help']\n"
        "before = set(sys.modules)  # coverage may have imported some already\n"
        "from ctios_fast.cli.main import main\n"
        "try: main()\n"
        "finally: print([name for name in ('rich', 'numpy', 'tomllib') if name in {*sys.modules} - before])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, timeout=50)
    assert done.stdout.splitlines()[-1] == b"[]"


def test_help_lists_the_commands_and_version_prints_the_version() -> None:
    listed = run("--help").stdout
    for name in (b"sim", b"demo", b"decode", b"encode"):
        assert name in listed
    assert run("--version").stdout.startswith(b"ctios-fast ")
    assert run("nonsense").returncode == 2
