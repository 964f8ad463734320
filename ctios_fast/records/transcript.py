"""Frames as JSON lines and back: what ``ctios-fast decode`` prints and ``ctios-fast encode`` reads.

A record is a JSON-shaped dict, one for each frame, in one of three forms::

    {"offset": 0, "type": 5, "message": "HEARTBEAT_REQ", "fields": {"InvokeID": 7}, "floating": []}
    {"offset": 12, "type": 60000, "message": null, "hex": "..."}
    {"offset": 30, "type": 3, "error": "OPEN_REQ, ...", "hex": "..."}

The first is a message with a published layout: fixed fields by name, floating ones as ``[name, value]`` pairs
in wire order. The second has no published layout; ``hex`` is its body. The third is a frame whose body
contradicts its layout; ``hex`` is the whole frame with its header. ``type`` rules, ``message`` is for people,
``offset`` is where in the stream the frame began.

A floating value is a number, a string, a list of numbers (array fields), ``{"name", "value"}`` (NAMEDVAR) or
``{"name", "index", "value"}`` (NAMEDARRAY); UNSPEC, unknown tags (named ``tag:N``) and whatever is not of its
type's plain form stand as ``{"hex": "..."}``. Thereby writing a record always gives the bytes it was read
from. Nothing is masked: a password on the wire is in the record.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple, cast

from ctios_fast.core import Codec, FrameBuffer, Message, NamedArray, NamedVariable
from ctios_fast.errors import EncodeError, MalformedFrame, TranscriptError, TruncatedStream

__all__ = [
    "StreamReader",
    "chunks",
    "format_line",
    "frame_from_record",
    "parse_line",
    "record",
    "record_of_malformed",
    "records",
]

CHUNK = 256 * 1024
NUMBER_LIMIT = 2**32


# --- frames to records ---


def _shown(value: object) -> object:
    """A floating value as the codec gives it, JSON-shaped. Bytes are whatever has no plain form."""
    match value:
        case bytes():
            return {"hex": value.hex()}
        case NamedVariable():
            return {"name": value.name, "value": value.value}
        case NamedArray():
            return {"name": value.name, "index": value.index, "value": value.value}
        case _:
            return value


def record(message: Message, offset: int) -> dict[str, Any]:
    """A message as a record; ``offset`` in bytes from the stream's start."""
    head = {"offset": offset, "type": message.type, "message": message.name}
    if not message.documented:
        return {**head, "hex": message.body.hex()}
    floating = [[name, _shown(value)] for name, value in message.floating()]
    return {**head, "fields": message.fixed(), "floating": floating}


def record_of_malformed(error: MalformedFrame, offset: int) -> dict[str, Any]:
    """The record of a frame that could not be decoded."""
    return {"offset": offset, "type": error.message_type, "error": str(error), "hex": error.frame.hex()}


class StreamReader:
    """Turns the bytes of one direction of a connection into records, however they are cut into pieces.

    The largest frame accepted is the codec's.
    """

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._frames = FrameBuffer(codec.max_frame)

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """Records of all frames that are whole with ``data``, malformed ones included.

        Raises FrameTooLarge where a frame is longer than the codec accepts: nothing behind it can be found.
        """
        self._frames.feed(data)  # now, and not when the first record is asked for
        return self._whole_frames()

    def _whole_frames(self) -> Iterator[dict[str, Any]]:
        frames = self._frames
        offset = frames.consumed
        while (frame := frames.next_frame()) is not None:
            try:
                yield record(self._codec.decode(frame), offset)
            except MalformedFrame as error:
                yield record_of_malformed(error, offset)
            offset = frames.consumed

    def end(self) -> None:
        """Tell that the stream has ended. Raises TruncatedStream if that is inside a frame."""
        if self._frames.buffered:
            raise TruncatedStream(self._frames.consumed, self._frames.buffered)


def chunks(stream: BinaryIO, size: int = CHUNK) -> Iterator[bytes]:
    """What ``stream`` has to give, as soon as it gives it, at most ``size`` bytes at a time."""
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    return iter(lambda: read(size), b"")


def records(stream: BinaryIO | Iterable[bytes], codec: Codec) -> Iterator[dict[str, Any]]:
    """Records of a byte stream: a binary file, or the pieces of one. Memory does not grow with its length.

    Raises FrameTooLarge and TruncatedStream, after the records of everything before the fault.
    """
    reader = StreamReader(codec)
    for piece in chunks(cast(BinaryIO, stream)) if hasattr(stream, "read") else stream:
        yield from reader.feed(piece)
    reader.end()


def format_line(row: Mapping[str, Any]) -> str:
    """A record as one line of JSON (ASCII, without line end)."""
    return json.dumps(row)


# --- records to frames ---


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        raise TranscriptError(next(name for name in names if names.count(name) > 1), "given twice")
    return row


_DECODER = json.JSONDecoder(object_pairs_hook=_unique_keys)


def parse_line(line: str | bytes) -> object:
    """One line of JSON (bytes: UTF-8). Raises TranscriptError for bad JSON and for a key given twice."""
    try:
        return _DECODER.decode(line if isinstance(line, str) else line.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise TranscriptError(None, f"bad JSON at column {error.pos + 1}: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise TranscriptError(None, f"bad JSON at byte {error.start + 1}: not UTF-8") from None
    except TranscriptError:
        raise
    except (ValueError, RecursionError):  # a number of thousands of digits; nesting without end
        raise TranscriptError(None, "bad JSON: a number too long or nested too deeply") from None


def _number(field: str, value: object) -> int:
    if type(value) is not int:  # JSON's true and false are no numbers, though Python's are
        raise TranscriptError(field, "must be a whole number")
    return value


def _text(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise TranscriptError(field, "must be a string")
    if not value.isascii() or "\0" in value:
        raise TranscriptError(field, 'must be ASCII without NUL; other bytes are given as {"hex": ...}')
    return value


def _hex(field: str, value: object) -> bytes:
    if not isinstance(value, str):
        raise TranscriptError(field, "hex must be a string")
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise TranscriptError(field, "bad hex: pairs of hexadecimal digits are needed") from None


#: Object forms of a floating value, by their keys in sorted order.
_OBJECT_FORMS: dict[tuple[str, ...], Callable[[str, dict[str, object]], object]] = {
    ("hex",): lambda field, row: _hex(field, row["hex"]),
    ("name", "value"): lambda field, row: NamedVariable(
        _text(field, row["name"]), _text(field, row["value"])
    ),
    ("index", "name", "value"): lambda field, row: NamedArray(
        _text(field, row["name"]), _number(field, row["index"]), _text(field, row["value"])
    ),
}


def _value(field: str, shown: object) -> object:
    """A floating value in the form that the codec takes; whether it fits the field is the codec's to say."""
    if isinstance(shown, str):
        return _text(field, shown)
    if isinstance(shown, list):
        return [_number(field, element) for element in shown]
    if isinstance(shown, dict):
        form = _OBJECT_FORMS.get(tuple(sorted(shown)))
        if form is None:
            raise TranscriptError(
                field, "an object must have the keys hex, or name and value, or name, index and value"
            )
        return form(field, shown)
    return _number(field, shown)


def _floating(rows: object) -> Iterator[tuple[str, object]]:
    if not isinstance(rows, list):
        raise TranscriptError("floating", "must be a list of [name, value] pairs")
    for row in rows:
        if not isinstance(row, list) or len(row) != 2 or not isinstance(row[0], str):
            raise TranscriptError("floating", "must be a list of [name, value] pairs")
        yield row[0], _value(row[0], row[1])


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
    floating = list(_floating(row.get("floating", [])))
    # as_received: a stream may carry what is newer than its version, and what was read can be written
    return codec.encode(number, fields, floating, as_received=True)


class _Form(NamedTuple):
    """A form of a record: the key that tells it, keys that it must and may have besides, and its writer."""

    mark: str
    needed: frozenset[str]
    allowed: frozenset[str]
    write: Callable[[Codec, dict[str, Any]], bytes]


_FORMS = (
    _Form("error", frozenset({"hex"}), frozenset({"type", "offset", "message"}), _frame_of_error),
    _Form("hex", frozenset({"type"}), frozenset({"offset", "message"}), _frame_of_body),
    _Form("fields", frozenset({"type"}), frozenset({"floating", "offset", "message"}), _frame_of_fields),
)


def frame_from_record(codec: Codec, row: object) -> bytes:
    """The frame of a record, byte for byte what it was read from.

    ``offset`` and ``message`` are not looked at, ``floating`` may be left out; a record with ``error`` gives
    its ``hex`` as it stands. Raises TranscriptError naming the key or field that is missing, unknown, of the
    wrong JSON type or out of range, and for a frame longer than the codec accepts.
    """
    if not isinstance(row, dict):
        raise TranscriptError(None, "a JSON object is needed")
    form = next((form for form in _FORMS if form.mark in row), None)
    if form is None:
        raise TranscriptError("fields", "missing")
    if missing := form.needed - row.keys():
        raise TranscriptError(min(missing), "missing")
    if unknown := row.keys() - form.needed - form.allowed - {form.mark}:
        raise TranscriptError(min(unknown), "key not expected here")
    if "type" in form.needed and not 0 <= _number("type", row["type"]) < NUMBER_LIMIT:
        raise TranscriptError("type", "must be a number of 32 bits")
    try:
        return form.write(codec, row)
    except EncodeError as error:
        raise TranscriptError(error.field or error.message, error.reason) from None
