"""The compiled tables against the protocol's data: layouts in all versions, numbers, enumerations."""

import enum
import pickle

import pytest

from ctios_fast.core import (
    NEWEST_VERSION,
    OLDEST_VERSION,
    Codec,
    FixedField,
    FloatingField,
    MessageLayout,
    codec,
)
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol import enums
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol import schema as loader
from ctios_fast.protocol.build import generate

REFERENCE = loader.load()
VERSIONS = range(9, 26)


def expected_layout(message: loader.Message, version: int) -> MessageLayout:
    fixed = []
    offset = 0
    for field in message.layouts[0]:
        if field.since <= max(version, message.since):
            fixed.append(FixedField(field.name, field.type, offset, field.width, field.since))
            offset += field.width
    floating = tuple(
        FloatingField(
            field.name,
            field.tag,
            field.type,
            field.max,
            field.since,
            field.optional,
            field.repeats,
            field.group,
            field.array,
        )
        for field in message.floating
    )
    return MessageLayout(
        message.number, message.name, message.kind, message.since, offset, tuple(fixed), floating
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_fixed_parts_have_the_published_sizes(version: int) -> None:
    checked = 0
    for message in REFERENCE.messages:
        for first, last, size in message.fixed_bytes:
            if first <= version <= last:
                layout = codec(version).describe(message.number)
                assert layout is not None
                assert layout.fixed_size == size, message.name
                checked += 1
    assert checked >= (37 if version >= 14 else 20)


def test_every_message_with_published_sizes_has_one_in_the_supported_versions() -> None:
    sized = [message for message in REFERENCE.messages if message.fixed_bytes]
    assert len(sized) == 43
    for message in sized:
        covered = {v for first, last, _ in message.fixed_bytes for v in range(first, last + 1)}
        assert covered >= set(range(15, 26)), message.name


@pytest.mark.parametrize("version", VERSIONS)
def test_compiled_layouts_match_the_data(version: int) -> None:
    assert len(REFERENCE.messages) == 163
    for message in REFERENCE.messages:
        described = codec(version).describe(message.number)
        assert described is not None
        assert described == expected_layout(message, version)
        assert described.fixed_size == message.fixed_size(version)


@pytest.mark.parametrize("version", VERSIONS)
def test_fixed_fields_follow_each_other_without_gaps(version: int) -> None:
    for message in REFERENCE.messages:
        layout = codec(version).describe(message.number)
        assert layout is not None
        end = 0
        for field in layout.fixed:
            assert field.offset == end
            end += field.size
        assert layout.fixed_size == end


def test_a_name_and_a_tag_belong_to_one_field_of_a_message() -> None:
    for message in REFERENCE.messages:
        names = [field.name for field in message.layouts[0]] + [field.name for field in message.floating]
        tags = [field.tag for field in message.floating if field.tag is not None]
        assert len(set(names)) == len(names), message.name
        assert len(set(tags)) == len(tags), message.name


@pytest.mark.parametrize("number", [*REFERENCE.undocumented, 0, 999, 511, 512, 0xFFFF, 2**32 - 1, 2**32, -1])
def test_a_number_without_published_layout_has_no_description(number: int) -> None:
    assert codec(25).describe(number) is None


def test_tags_have_one_byte_before_version_20_and_two_from_then_on() -> None:
    assert {version: codec(version).tag_width for version in VERSIONS} == {
        version: 1 if version < 20 else 2 for version in VERSIONS
    }


def test_a_version_has_one_shared_codec() -> None:
    assert (OLDEST_VERSION, NEWEST_VERSION) == (9, 25)
    for version in VERSIONS:
        assert codec(version) is codec(version)
        assert codec(version).version == version


@pytest.mark.parametrize("version", [-1, 0, 8, 26, 2**31, 2**32 - 1, 2**64])
def test_other_versions_are_refused(version: int) -> None:
    for create in (codec, Codec):
        with pytest.raises(ValueError, match="9 to 25"):
            create(version)


@pytest.mark.parametrize("version", [25.0, "25", None])
def test_a_version_is_an_integer(version: object) -> None:
    for create in (codec, Codec):
        with pytest.raises(TypeError):
            create(version)  # type: ignore[arg-type]


@pytest.mark.parametrize("max_frame", [-1, 0, 7, 2**32 + 8])
def test_a_codec_refuses_an_impossible_limit(max_frame: int) -> None:
    with pytest.raises(ValueError, match="max_frame"):
        Codec(25, max_frame)


def test_a_codec_can_be_pickled() -> None:
    same = pickle.loads(pickle.dumps(Codec(19, 1000)))
    assert (same.version, same.max_frame) == (19, 1000)


# --- generated files -------------------------------------------------------------------------------


def test_generated_files_match_the_data() -> None:
    for path, text in zip(generate.OUTPUTS, generate.texts(REFERENCE), strict=True):
        target = generate.PACKAGE / path
        if target.exists():  # an installed package does not have the C header
            assert target.read_text(encoding="utf-8") == text


def test_every_message_has_its_number() -> None:
    expected = {message.number: message.name for message in REFERENCE.messages} | dict(REFERENCE.undocumented)
    assert expected == messages.NAMES
    for number, name in expected.items():
        assert getattr(messages, name) == number
        frame = codec(25).encode_raw(number, bytes(200))
        try:
            shown = codec(25).decode(frame).name
        except MalformedFrame as error:  # a body of zeros need not be well-formed
            shown = error.message
        assert shown == name


def test_every_request_has_its_confirmation() -> None:
    expected = {
        message.number: getattr(messages, message.confirmation)
        for message in REFERENCE.messages
        if message.confirmation
    }
    assert expected == messages.CONFIRMATIONS


def test_every_enumeration_has_its_members() -> None:
    expected = ["MessageType", *(item.name for item in REFERENCE.enumerations)]
    assert sorted(enums.__all__) == sorted(expected)  # type: ignore[attr-defined]
    for item in REFERENCE.enumerations:
        enumeration = getattr(enums, item.name)
        assert issubclass(enumeration, enum.IntFlag if item.is_mask else enum.IntEnum)
        for member in item.members:
            assert enumeration[generate.member_name(member.name)].value == member.value
        assert len(enumeration.__members__) == len(item.members)
    assert {member.name: member.value for member in enums.MessageType} == {
        name: number for number, name in messages.NAMES.items()
    }


def test_members_of_enumerations_can_be_pickled() -> None:
    state = enums.AgentState(3)
    assert pickle.loads(pickle.dumps(state)) is state


def test_an_unknown_enumeration_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="NoSuchThing"):
        enums.NoSuchThing  # type: ignore[attr-defined] # noqa: B018
    assert "AgentState" in dir(enums)
