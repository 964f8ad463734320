"""The search for floating fields that columns and filters share: frames it accepts and fields it finds.

Under ``ci/sanitize`` the buffers here end where their memory ends, so a read past their end is reported.
"""

import itertools

import pytest
from support.strategies import header

from ctios_fast.bulk.columns import decode_columns
from ctios_fast.core import codec
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol import numbers as ged

VERSIONS = [19, 25]
FIXED = {version: codec(version).describe(ged.AGENT_STATE_EVENT).fixed_size for version in VERSIONS}  # type: ignore[union-attr]
TAGS = {"AgentExtension": 4, "AgentID": 5, "AgentInstrument": 6}
FIELD_SETS = [
    [],
    ["AgentID"],
    ["AgentExtension", "AgentID"],
    ["AgentExtension", "AgentID", "AgentInstrument"],
]


def field(version: int, tag: int, length: int, data: bytes) -> bytes:
    width = 1 if version < 20 else 2
    return tag.to_bytes(width, "big") + length.to_bytes(width, "big") + data


def frame(version: int, floating: bytes) -> bytes:
    return header(ged.AGENT_STATE_EVENT, bytes(FIXED[version]) + floating)


def is_malformed(version: int, data: bytes) -> bool:
    try:
        codec(version).decode(data)
    except MalformedFrame:
        return True
    return False


def assert_agrees_with_decoder(version: int, data: bytes, wanted: list[str]) -> None:
    malformed = is_malformed(version, data)
    columns = decode_columns(data, ged.AGENT_STATE_EVENT, version, [*wanted, "AgentState"])
    assert (columns.rows, columns.malformed) == (not malformed, malformed)
    no_match = FrameFilter(
        version, ged.AGENT_STATE_EVENT, {"AgentState": 7} | dict.fromkeys(wanted, "nobody")
    )
    assert bool(no_match.select(data).offsets) == malformed
    assert no_match.matches(data) == malformed
    if not malformed:
        message = codec(version).decode(data)
        for name in wanted:
            present = name in message
            assert columns.valid(name)[0] == present
            assert columns[name][0] == (str(message[name]).encode() if present else b"")
            by_name = FrameFilter(version, ged.AGENT_STATE_EVENT, {name: message.get(name, "x")})
            assert by_name.select(data).offsets == ([0] if present else [])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("wanted", FIELD_SETS)
def test_a_wrong_length_is_malformed_to_columns_and_filters_too(version: int, wanted: list[str]) -> None:
    max_length = 0xFF if version < 20 else 0xFFFF
    good = field(version, 5, 5, b"1001\0")
    for before, size in itertools.product((b"", good, field(version, 4, 3, b"30\0") + good), range(6)):
        for length in {*range(10), 200, max_length - 1, max_length}:
            for tag in (5, 6, 99):
                data = frame(version, before + field(version, tag, length, b"x" * size))
                assert is_malformed(version, data) == (length != size and not _tiles(version, length, size))
                assert_agrees_with_decoder(version, data, wanted)


def _tiles(version: int, length: int, size: int) -> bool:
    # the bytes after the length that the field states are all "x" and may form a field of their own
    left = size - length
    width = 1 if version < 20 else 2
    return left > 0 and left == 2 * width + int.from_bytes(b"x" * width, "big")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_cut_of_a_frame_is_judged_as_the_decoder_judges_it(version: int) -> None:
    whole = b"".join(field(version, tag, 5, b"1001\0") for tag in (3, 4, 5, 6, 5))
    for end in range(len(whole) + 1):
        for wanted in FIELD_SETS:
            assert_agrees_with_decoder(version, frame(version, whole[:end]), wanted)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("order", list(itertools.permutations((4, 5, 6))))
def test_the_first_field_of_each_tag_counts_wherever_it_is(version: int, order: tuple[int, ...]) -> None:
    for more in itertools.product((4, 5, 6, 99), repeat=2):
        floating = b"".join(
            field(version, tag, 3, b"%d\0" % (10 + place)) for place, tag in enumerate((*order, *more))
        )
        for wanted in FIELD_SETS:
            assert_agrees_with_decoder(version, frame(version, floating), wanted)
        columns = decode_columns(frame(version, floating), ged.AGENT_STATE_EVENT, version, list(TAGS))
        for name, tag in TAGS.items():
            assert columns[name][0] == b"%d" % (10 + order.index(tag))


def test_each_message_of_a_filter_is_searched_for_its_own_tags() -> None:
    wanted = FrameFilter(25, ged.AGENT_STATE_EVENT, {"AgentID": "1001"}) | FrameFilter(
        25, ged.BEGIN_CALL_EVENT, {"ANI": "55", "DialedNumber": "77"}
    )
    begin = codec(25).describe(ged.BEGIN_CALL_EVENT)
    assert begin is not None
    tags = {field.name: field.tag for field in begin.floating}
    fixed = bytes(begin.fixed_size)

    def call(**texts: bytes) -> bytes:
        return header(
            ged.BEGIN_CALL_EVENT,
            fixed + b"".join(field(25, tags[name] or 0, len(text), text) for name, text in texts.items()),
        )

    agent = frame(25, field(25, 5, 5, b"1001\0"))
    other = frame(25, field(25, 5, 5, b"1002\0"))
    chosen = [agent, call(ANI=b"55\0", DialedNumber=b"77\0"), call(DialedNumber=b"77\0", ANI=b"55\0")]
    refused = [other, call(ANI=b"55\0"), call(ANI=b"77\0", DialedNumber=b"55\0")]
    stream = [*chosen, *refused, *reversed(chosen)]
    offsets = list(itertools.accumulate(map(len, stream), initial=0))[:-1]
    expected = [at for at, one in zip(offsets, stream, strict=True) if one in chosen]
    assert wanted.select(b"".join(stream)).offsets == expected
    assert [wanted.matches(one) for one in stream] == [one in chosen for one in stream]


def test_a_filter_for_all_messages_accepts_message_type_zero() -> None:
    stream = header(0, b"") + header(0, b"abc") + header(2**32 - 1, b"")
    assert FrameFilter(25).select(stream).offsets == [0, 8, 19]
    assert FrameFilter(25, ged.HEARTBEAT_REQ).select(stream).offsets == []
