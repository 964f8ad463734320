"""Frames as JSON lines and back: what ``ctios-fast decode`` prints and ``ctios-fast encode`` reads.

A record is a JSON-shaped dict. Each frame gives one record in one of three forms::

    {"offset": 0, "type": 5, "message": "HEARTBEAT_REQ", "fields": {"InvokeID": 7}, "floating": []}
    {"offset": 12, "type": 60000, "message": null, "hex": "..."}
    {"offset": 30, "type": 3, "error": "OPEN_REQ, ...", "hex": "..."}

The first form is a message with a published layout: fixed fields by name, floating fields as ``[name,
value]`` pairs in wire order. The second form is a message without a published layout; ``hex`` is its body.
The third form is a frame whose body contradicts its layout; ``hex`` is the whole frame, header included.
``type`` is authoritative; ``message`` is informational. ``offset`` is the position of the frame in its
stream.

A floating value is a number, a string, a list of numbers (array fields), ``{"name", "value"}`` (NAMEDVAR) or
``{"name", "index", "value"}`` (NAMEDARRAY). All other values are ``{"hex": "..."}``: UNSPEC, unknown tags
(named ``tag:N``), and data that does not have the plain form of its type. Encoding a record therefore
reproduces the original bytes. Nothing is masked: a password on the wire is in the record.

The records of a capture (``ctios_fast.records.capture``) have more keys: ``CAPTURE_KEYS``. A record with
``version`` is encoded for that version. Records of the forms ``CAPTURE_MARKS`` describe what a capture
lacks; they have no frame.
"""

import codecs
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, BinaryIO, Final, NamedTuple, cast

from ctios_fast._checks import check_integer
from ctios_fast.core import (
    DEFAULT_MAX_FRAME,
    NEWEST_VERSION,
    OLDEST_VERSION,
    Codec,
    FrameBuffer,
    Message,
    NamedArray,
    NamedVariable,
)
from ctios_fast.errors import EncodeError, MalformedFrame, TranscriptError, TruncatedStream

__all__ = [
    "CAPTURE_KEYS",
    "CAPTURE_MARKS",
    "StreamReader",
    "chunks",
    "format_line",
    "frame_from_record",
    "has_frame",
    "lines",
    "parse_line",
    "record",
    "record_of_malformed",
    "records",
]

#: Keys that a record of a capture has beside those of its form.
CAPTURE_KEYS: Final = ("time", "connection", "direction", "version")
#: Keys that mark a record of a capture that has no frame.
CAPTURE_MARKS: Final = ("missing", "skipped", "ended")

_CHUNK: Final = 256 * 1024
_MAX_NUMBER: Final = 0xFFFFFFFF


# --- Frames to records ---


def _json_value(value: object) -> object:
    """Return a floating value of the codec in its JSON-shaped form.

    The codec gives bytes where no plain form exists.
    """
    match value:
        case bytes():
            return {"hex": value.hex()}
        case NamedVariable():
            return {"name": value.name, "value": value.value}
        case NamedArray():
            return {"name": value.name, "index": value.index, "value": value.value}
        case _:
            return value


def record(message: Message, offset: int) -> dict[str, object]:
    """Return the record of a message.

    ``message``: a decoded message.
    ``offset``: the position of its frame in the stream, in bytes from 0.

    Raises TypeError or ValueError for an argument of the wrong type or a negative offset.
    """
    if not isinstance(message, Message):
        raise TypeError(f"message must be a Message, got {type(message).__name__}")
    check_integer("offset", offset, 0)
    head = {"offset": offset, "type": message.type, "message": message.name}
    if not message.documented:
        return {**head, "hex": message.body.hex()}
    floating = [[name, _json_value(value)] for name, value in message.floating()]
    return {**head, "fields": message.fixed(), "floating": floating}


def record_of_malformed(error: MalformedFrame, offset: int) -> dict[str, object]:
    """Return the record of a frame that could not be decoded.

    ``error``: what ``Codec.decode`` raised.
    ``offset``: the position of the frame in the stream, in bytes from 0.

    Raises TypeError or ValueError for an argument of the wrong type or a negative offset.
    """
    if not isinstance(error, MalformedFrame):
        raise TypeError(f"error must be a MalformedFrame, got {type(error).__name__}")
    check_integer("offset", offset, 0)
    return {"offset": offset, "type": error.message_type, "error": str(error), "hex": error.frame.hex()}


class StreamReader:
    """Turns the bytes of one direction of a connection into records, in pieces of any size.

    ``codec``: decodes the frames. Its ``max_frame`` is the largest frame accepted.

    Raises TypeError for anything but a Codec.
    """

    def __init__(self, codec: Codec) -> None:
        _check_codec(codec)
        self._codec = codec
        self._frames = FrameBuffer(codec.max_frame)

    def feed(self, data: bytes) -> Iterator[dict[str, object]]:
        """Take bytes and return an iterator over the records of all frames that they complete.

        ``data``: the next bytes of the stream.

        Raises FrameTooLarge at a frame above ``max_frame``. No later frame can be found in that stream.
        """
        self._frames.feed(data)  # before the first record is asked for: the iterator may never be used
        return self._whole_frames()

    def _whole_frames(self) -> Iterator[dict[str, object]]:
        frames = self._frames
        offset = frames.consumed
        while (frame := frames.next_frame()) is not None:
            try:
                yield record(self._codec.decode(frame), offset)
            except MalformedFrame as error:
                yield record_of_malformed(error, offset)
            offset = frames.consumed

    def end(self) -> None:
        """Report the end of the stream. Raises TruncatedStream if the stream ended inside a frame."""
        if self._frames.buffered:
            raise TruncatedStream(self._frames.consumed, self._frames.buffered)


def chunks(stream: BinaryIO, size: int = _CHUNK) -> Iterator[bytes]:
    """Return an iterator over the pieces of a binary file, each as soon as it is available.

    ``stream``: a file opened for reading bytes.
    ``size``: largest piece, in bytes.

    Raises TypeError or ValueError for a size that is not an integer above 0.
    """
    check_integer("size", size, 1)
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    return iter(lambda: read(size), b"")


def records(stream: BinaryIO | Iterable[bytes], codec: Codec) -> Iterator[dict[str, object]]:
    """Yield the records of a byte stream. Memory does not grow with the stream's length.

    ``stream``: a binary file, or its pieces.
    ``codec``: decodes the frames. Its ``max_frame`` is the largest frame accepted.

    Raises FrameTooLarge or TruncatedStream after the records of everything before the fault.
    """
    reader = StreamReader(codec)
    for piece in chunks(cast(BinaryIO, stream)) if hasattr(stream, "read") else stream:
        yield from reader.feed(piece)
    reader.end()


def format_line(row: Mapping[str, object]) -> str:
    """Return a record as one line of JSON in ASCII, without a line end."""
    return json.dumps(row)


# --- Text to records ---

#: A line of a frame has at most this many characters for each byte of the frame, and some others: the longest
#: form is that of a floating field of two bytes, with its name.
_CHARACTERS_PER_BYTE: Final = 64
_MAX_OTHER_CHARACTERS: Final = 65_536
_UTF16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def lines(source: BinaryIO, max_frame: int = DEFAULT_MAX_FRAME) -> Iterator[str | bytes]:
    """Yield the lines of a file of records, for ``parse_line``.

    ``source``: a binary file in UTF-8 or, if it starts with a byte order mark, in UTF-16. PowerShell writes
    UTF-16 when it redirects output to a file.
    ``max_frame``: largest frame in bytes, its header included. It limits the length of a line.

    Raises TranscriptError for bytes that are not UTF-16 after such a mark, and for a line that is longer
    than any line of a frame: 64 characters for each byte of the largest frame, and 65,536 more.
    """
    limit = _CHARACTERS_PER_BYTE * max_frame + _MAX_OTHER_CHARACTERS
    line = source.readline(limit + 1)
    mark = line[:2]
    if mark in _UTF16:
        yield from _decoded_lines(_UTF16[mark], itertools.chain([line[2:]], chunks(source)), limit)
        return
    line = line.removeprefix(codecs.BOM_UTF8)
    while line:
        if len(line) > limit:
            raise _too_long(limit)
        yield line
        line = source.readline(limit + 1)


def _decoded_lines(encoding: str, pieces: Iterable[bytes], limit: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    parts: list[str] = []  # of the present line
    size = 0  # of these parts, in characters
    try:
        for piece in pieces:
            *ends, rest = decoder.decode(piece).split("\n")
            for end in ends:
                yield "".join([*parts, end])
                parts.clear()
                size = 0
            parts.append(rest)
            size += len(rest)
            if size > limit:
                raise _too_long(limit)
        parts.append(decoder.decode(b"", final=True))
    except UnicodeDecodeError as error:
        raise TranscriptError(None, f"the text is not UTF-16: {error.reason}") from None
    yield "".join(parts)


def _too_long(limit: int) -> TranscriptError:
    return TranscriptError(
        None, f"the line has more than {limit} characters: its frame would be above the limit for frames"
    )


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        raise TranscriptError(next(name for name in names if names.count(name) > 1), "given twice")
    return row


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique_keys)


def parse_line(line: str | bytes) -> object:
    """Return the value of one line of JSON.

    ``line``: text, or bytes in UTF-8.

    Raises TranscriptError for bad JSON and for a key that is given twice; TypeError for another type.
    """
    if not isinstance(line, str | bytes):
        raise TypeError(f"line must be str or bytes, got {type(line).__name__}")
    try:
        return _DECODER.decode(line if isinstance(line, str) else line.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise TranscriptError(None, f"bad JSON at column {error.pos + 1}: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise TranscriptError(None, f"bad JSON at byte {error.start + 1}: not UTF-8") from None
    except TranscriptError:
        raise
    except (ValueError, RecursionError):  # a number of thousands of digits, or very deep nesting
        raise TranscriptError(None, "bad JSON: a number too long or nested too deeply") from None


# --- Records to frames ---


def _check_codec(codec: object) -> None:
    if not isinstance(codec, Codec):
        raise TypeError(f"codec must be a Codec, got {type(codec).__name__}")


def _number(field: str, value: object) -> int:
    if type(value) is not int:  # bool is a subclass of int, but JSON's true and false are not numbers
        raise TranscriptError(field, "must be a whole number")
    return value


def _text(codec: Codec, field: str, value: object) -> str:
    if not isinstance(value, str):
        raise TranscriptError(field, "must be a string")
    if "\0" in value or (codec.encoding is None and not value.isascii()):
        raise TranscriptError(
            field, 'must be ASCII without NUL; write other bytes as {"hex": ...}, or give an encoding'
        )
    return value


def _hex(field: str, value: object) -> bytes:
    if not isinstance(value, str):
        raise TranscriptError(field, "hex must be a string")
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise TranscriptError(field, "bad hex: must consist of pairs of hexadecimal digits") from None


#: Object forms of a floating value, by their keys in sorted order.
_OBJECT_FORMS: Final[dict[tuple[str, ...], Callable[[Codec, str, dict[str, object]], object]]] = {
    ("hex",): lambda _codec, field, row: _hex(field, row["hex"]),
    ("name", "value"): lambda codec, field, row: NamedVariable(
        _text(codec, field, row["name"]), _text(codec, field, row["value"])
    ),
    ("index", "name", "value"): lambda codec, field, row: NamedArray(
        _text(codec, field, row["name"]),
        _number(field, row["index"]),
        _text(codec, field, row["value"]),
    ),
}


def _codec_value(codec: Codec, field: str, value: object) -> object:
    """Return a floating value in the form that the codec takes.

    The codec decides whether it fits the field.
    """
    if isinstance(value, str):
        return _text(codec, field, value)
    if isinstance(value, list):
        return [_number(field, element) for element in value]
    if isinstance(value, dict):
        form = _OBJECT_FORMS.get(tuple(sorted(value)))
        if form is None:
            raise TranscriptError(
                field, "an object must have the keys hex, or name and value, or name, index and value"
            )
        return form(codec, field, value)
    return _number(field, value)


def _floating(codec: Codec, rows: object) -> Iterator[tuple[str, object]]:
    if not isinstance(rows, list):
        raise TranscriptError("floating", "must be a list of [name, value] pairs")
    for row in rows:
        if not isinstance(row, list) or len(row) != 2 or not isinstance(row[0], str):
            raise TranscriptError("floating", "must be a list of [name, value] pairs")
        yield row[0], _codec_value(codec, row[0], row[1])


def _fields(rows: object) -> dict[str, int]:
    if not isinstance(rows, dict):
        raise TranscriptError("fields", "must be an object of names and numbers")
    return {name: _number(name, value) for name, value in rows.items()}


def _frame_of_error(codec: Codec, row: dict[str, Any]) -> bytes:
    frame = _hex("hex", row["hex"])
    if len(frame) > codec.max_frame:
        raise TranscriptError("hex", f"{len(frame)} bytes are above the limit of {codec.max_frame}")
    return frame


def _frame_of_body(codec: Codec, row: dict[str, Any]) -> bytes:
    layout = codec.describe(row["type"])
    if layout is not None:
        raise TranscriptError("hex", f"{layout.name} has a published layout: give fields and floating")
    return codec.encode_raw(row["type"], _hex("hex", row["hex"]))


def _frame_of_fields(codec: Codec, row: dict[str, Any]) -> bytes:
    number = row["type"]
    if codec.describe(number) is None:
        raise TranscriptError("type", f"message {number} has no published layout: give its body as hex")
    fields = _fields(row["fields"])
    floating = list(_floating(codec, row.get("floating", [])))
    # as_received: a stream may contain fields newer than its version, and encode must reproduce them
    return codec.encode(number, fields, floating, as_received=True)


class _Form(NamedTuple):
    """A form of a record: its mark (a key), the keys that it needs and may have, and its encoder."""

    mark: str
    needed: frozenset[str]
    allowed: frozenset[str]
    encode: Callable[[Codec, dict[str, Any]], bytes]


_FORMS: Final = (
    _Form("error", frozenset({"hex"}), frozenset({"type", "offset", "message"}), _frame_of_error),
    _Form("hex", frozenset({"type"}), frozenset({"offset", "message"}), _frame_of_body),
    _Form("fields", frozenset({"type"}), frozenset({"floating", "offset", "message"}), _frame_of_fields),
)


@lru_cache(maxsize=64)
def _codec(version: int, max_frame: int, encoding: str | None) -> Codec:
    return Codec(version, max_frame, encoding)


def _codec_of(row: dict[str, Any], codec: Codec) -> Codec:
    """Return the codec for a record: that of its own version if it has one."""
    if "version" not in row:
        return codec
    version = _number("version", row["version"])
    if not OLDEST_VERSION <= version <= NEWEST_VERSION:
        raise TranscriptError("version", f"must be {OLDEST_VERSION} to {NEWEST_VERSION}")
    return codec if version == codec.version else _codec(version, codec.max_frame, codec.encoding)


def has_frame(row: object) -> bool:
    """Return False for a record that only describes what a capture lacks, True for any other value."""
    return not (isinstance(row, dict) and any(mark in row for mark in CAPTURE_MARKS))


def frame_from_record(codec: Codec, row: object) -> bytes:
    """Return the frame of a record: the bytes from which the record was decoded.

    ``codec``: encodes the frame; a record with ``version`` has a codec of that version. Its ``max_frame``
    is the largest frame accepted.
    ``row``: a record of a stream or of a capture. ``floating`` may be absent. ``offset``, ``message``,
    ``time``,
    ``connection`` and ``direction`` are ignored.

    Raises TranscriptError naming the key or field that is missing, unknown, of the wrong JSON type or out
    of range; for a frame above ``max_frame``; and for a record that has no frame (``has_frame``). Raises
    TypeError for anything but a Codec.
    """
    _check_codec(codec)
    if not isinstance(row, dict):
        raise TranscriptError(None, "must be a JSON object")
    if not has_frame(row):
        mark = next(mark for mark in CAPTURE_MARKS if mark in row)
        raise TranscriptError(mark, "this record describes what a capture lacks: it has no frame")
    form = next((form for form in _FORMS if form.mark in row), None)
    if form is None:
        raise TranscriptError("fields", "missing")
    if missing := form.needed - row.keys():
        raise TranscriptError(min(missing), "missing")
    if unknown := row.keys() - form.needed - form.allowed - {form.mark, *CAPTURE_KEYS}:
        raise TranscriptError(min(unknown), "unknown key")
    if "type" in form.needed and not 0 <= _number("type", row["type"]) <= _MAX_NUMBER:
        raise TranscriptError("type", "must be a number of 32 bits")
    try:
        return form.encode(_codec_of(row, codec), row)
    except EncodeError as error:
        raise TranscriptError(error.field or error.message, error.reason) from None
