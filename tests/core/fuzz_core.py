"""Fuzzing harness of the compiled core, run by ``ci/fuzz``. ``TARGETS`` lists what it feeds.

The first byte of an input chooses the target, the second the protocol version. A target may raise the
errors that its docstring names. Any other exception and any report of a sanitizer is a fault of the core.
"""

import contextlib
import sys
from typing import Any

import atheris

from ctios_fast import messages
from ctios_fast.bulk.columns import Columns, decode_columns
from ctios_fast.bulk.filters import FrameFilter
from ctios_fast.core import Dispatcher, FieldReader, FrameBuffer, codec
from ctios_fast.core.dispatch.field_handler import FieldHandler
from ctios_fast.core.dispatch.field_store import FieldStore
from ctios_fast.core.dispatch.text_dict import TextDict
from ctios_fast.core.layout import NEWEST_VERSION, OLDEST_VERSION
from ctios_fast.core.secret import Secret
from ctios_fast.errors import EncodeError, FilterSyntaxError, FrameTooLarge, MalformedFrame
from ctios_fast.protocol.numbers import AGENT_STATE_EVENT, NAMES

NUMBERS = sorted(NAMES)
CLASSES = [cls for cls in map(messages.class_of, NUMBERS) if cls is not None and cls._fields]


def splitter(version: int, data: atheris.FuzzedDataProvider) -> None:
    """The dispatcher takes any bytes in any pieces, or raises FrameTooLarge."""
    frames = FrameBuffer()
    dispatcher = Dispatcher(codec(version), frames)
    dispatcher.default = lambda message: repr(message)
    dispatcher.on_malformed = str
    if data.ConsumeBool():
        dispatcher.filter = FrameFilter.parse("MessageId=30;AgentId=10*,5128;AgentState=3", version)
    try:
        while data.remaining_bytes():
            frames.feed(data.ConsumeBytes(data.ConsumeIntInRange(1, 300)))
            dispatcher.dispatch()
    except FrameTooLarge:
        pass


def _frame(data: atheris.FuzzedDataProvider) -> bytes:
    number = data.PickValueInList(NUMBERS) if data.ConsumeBool() else data.ConsumeUInt(4)
    body = data.ConsumeBytes(data.ConsumeIntInRange(0, 1500))
    return len(body).to_bytes(4, "big") + number.to_bytes(4, "big") + body


def decoder(version: int, data: atheris.FuzzedDataProvider) -> None:
    """A well-formed frame can be read in every way and is written again with the same bytes."""
    frame = _frame(data)
    try:
        message = codec(version).decode(frame)
    except MalformedFrame as error:
        str(error)
        return
    message.to_dict()
    message.check()
    repr(message)
    if message.documented:
        again = codec(version).encode(message)
        assert again == frame


def readers(version: int, data: atheris.FuzzedDataProvider) -> None:
    """A handler of fields and a reader get what the message gives, and nothing of a malformed frame."""
    frame = _frame(data)
    number = int.from_bytes(frame[4:8], "big")
    layout = codec(version).describe(number)
    if layout is None:
        return
    known = [field.name for field in (*layout.fixed, *layout.floating)] + ["tag:7"]
    picked = [data.PickValueInList(known) for _ in range(data.ConsumeIntInRange(1, 8))]
    names = tuple(dict.fromkeys(picked))
    got: list[tuple[object, ...]] = []
    dispatcher = Dispatcher(codec(version))
    dispatcher.on(number, lambda *values: got.append(values), names)
    dispatcher.frames.feed(frame)
    dispatcher.dispatch()
    try:
        message = codec(version).decode(frame)
    except MalformedFrame:
        assert not got
        return
    wanted = tuple(message.get(name) for name in names)
    assert got == [wanted]
    assert FieldReader(*names).read(message) == wanted


def batches(version: int, data: atheris.FuzzedDataProvider) -> None:
    """Batch handlers get the columns of all frames before one that is too large, in any pieces."""
    number = data.PickValueInList(NUMBERS)
    layout = codec(version).describe(number)
    if layout is None:
        return
    known = [field.name for field in (*layout.fixed, *layout.floating)] or ["tag:7"]  # which is refused
    picked = [data.PickValueInList(known) for _ in range(data.ConsumeIntInRange(1, 6))]
    names = tuple(dict.fromkeys(picked))
    got: list[Columns] = []
    dispatcher = Dispatcher(codec(version))
    try:
        dispatcher.on_batch(number, got.append, names, max_rows=data.ConsumeIntInRange(1, 9))
    except (TypeError, ValueError):  # named variables, arrays, fields without a tag
        return
    if data.ConsumeBool():
        dispatcher.on(number, lambda message: None)
    stream = b""
    try:
        while data.remaining_bytes():
            if data.ConsumeBool():
                body = data.ConsumeBytes(data.ConsumeIntInRange(0, 200))
                piece = len(body).to_bytes(4, "big") + number.to_bytes(4, "big") + body
            else:
                piece = data.ConsumeBytes(data.ConsumeIntInRange(1, 100))
            stream += piece
            dispatcher.frames.feed(piece)
            dispatcher.dispatch()
    except FrameTooLarge:
        stream = stream[: dispatcher.frames.consumed]
    whole = decode_columns(stream, number, version, names)
    assert sum(columns.rows for columns in got) == whole.rows
    assert dispatcher.malformed == whole.malformed
    if got:
        joined = Columns.concatenate(got)
        assert all((joined[name] == whole[name]).all() for name in names)


def encoder(version: int, data: atheris.FuzzedDataProvider) -> None:
    """Any arguments give a frame, or EncodeError is raised."""
    number = data.PickValueInList(NUMBERS)
    layout = codec(version).describe(number)
    if layout is None:
        return
    fields = {field.name: data.ConsumeInt(data.ConsumeIntInRange(1, 5)) for field in layout.fixed}
    floating: list[tuple[str, object]] = []
    while data.remaining_bytes() and len(floating) < 50:
        name = data.PickValueInList([field.name for field in layout.floating] + ["tag:7", "NamedVariable"])
        value: object = data.PickValueInList(["int", "text", "bytes", "list", "named", "none"])
        values: dict[object, object] = {
            "int": data.ConsumeInt(4),
            "text": data.ConsumeUnicode(20),
            "bytes": data.ConsumeBytes(20),
            "list": [data.ConsumeInt(2)],
            "named": (data.ConsumeUnicode(5), data.ConsumeUnicode(5)),
            "none": None,
        }
        floating.append((name, values[value]))
    try:
        frame = codec(version).encode(number, fields, floating)
    except EncodeError as error:
        str(error)
        return
    codec(version).decode(frame)


def classes(version: int, data: atheris.FuzzedDataProvider) -> None:
    """A class that learned a call's keywords gives the general writer's frame, or the same EncodeError."""
    cls = CLASSES[data.ConsumeIntInRange(0, len(CLASSES) - 1)]
    given: dict[str, object] = {}
    while data.remaining_bytes() and len(given) < 40:
        values: tuple[object, ...] = (
            data.ConsumeInt(data.ConsumeIntInRange(1, 9)),
            data.ConsumeUnicode(20),
            data.ConsumeBytes(20),
            Secret(data.ConsumeUnicode(5)),
            None,
            bool(data.ConsumeBool()),
        )
        given[data.PickValueInList(list(cls._fields))] = values[data.ConsumeIntInRange(0, len(values) - 1)]
    frames = []
    for make in (type("General", (cls,), {}), cls.encode, cls):
        try:
            frames.append(bytes(make(codec(version), **given)))
        except EncodeError as error:
            frames.append(str(error).encode())
    assert frames[0] == frames[1] == frames[2]


def columns(version: int, data: atheris.FuzzedDataProvider) -> None:
    """Any stream, cut anywhere, gives columns, or FrameTooLarge is raised."""
    number = data.PickValueInList(NUMBERS)
    layout = codec(version).describe(number)
    if layout is None:
        return
    names = [field.name for field in layout.fixed] + [
        field.name
        for field in layout.floating
        if field.tag is not None
        and field.array is None
        and field.type not in ("NAMEDVAR", "NAMEDARRAY", "UNSPEC")
    ]
    stream = b"".join(
        len(body).to_bytes(4, "big") + number.to_bytes(4, "big") + body
        for body in (data.ConsumeBytes(data.ConsumeIntInRange(0, 400)) for _ in range(5))
    ) + data.ConsumeBytes(100)
    with contextlib.suppress(FrameTooLarge):
        decode_columns(stream, number, version, names)


def filters(version: int, data: atheris.FuzzedDataProvider) -> None:
    """A filter text parses, or FilterSyntaxError is raised; a parsed filter takes any frame."""
    try:
        wanted = FrameFilter.parse(data.ConsumeUnicodeNoSurrogates(120), version)
    except FilterSyntaxError as error:
        str(error)
        wanted = FrameFilter.parse("MessageId=30;AgentId=10*,5128;AgentState=3", version)
    wanted.matches(_frame(data))


class Desk:
    """What the events of ``stores`` change."""

    __slots__ = ("busy", "phone", "reason", "state")

    def __init__(self) -> None:
        self.state: object = None
        self.reason: object = 0
        self.phone: str | None = "3001"
        self.busy: object = None


def _events(version: int, data: atheris.FuzzedDataProvider) -> list[bytes]:
    # Frames with texts that a store may find, whole and broken ones.
    layout = codec(version).describe(AGENT_STATE_EVENT)
    assert layout is not None
    width = 1 if version < 20 else 2
    frames = []
    while data.remaining_bytes() and len(frames) < 100:
        fixed = bytearray(data.ConsumeBytes(layout.fixed_size).ljust(layout.fixed_size, b"\0"))
        for field in layout.fixed:
            if field.name in ("AgentState", "EventReasonCode"):
                fixed[field.offset : field.offset + 2] = bytes([0, data.ConsumeIntInRange(0, 11)])
        body = bytes(fixed)
        for _ in range(data.ConsumeIntInRange(0, 5)):
            tag = data.PickValueInList([4, 5, 6, 7, 194])
            text = data.PickValueInList([b"1001\0", b"1002", b"3001\0", b"3001", b"", data.ConsumeBytes(20)])
            body += tag.to_bytes(width, "big") + len(text).to_bytes(width, "big") + text
        body = body[: len(body) - data.PickValueInList([0] * 9 + [1])]
        frames.append(len(body).to_bytes(4, "big") + AGENT_STATE_EVENT.to_bytes(4, "big") + body)
    return frames


def stores(version: int, data: atheris.FuzzedDataProvider) -> None:
    """Handlers with a store and without it leave the same."""
    frames = _events(version, data)
    left = []
    for is_on in (True, False):
        desks: TextDict[Desk] = TextDict(Desk)
        for key in ("1001", "1002", "30"):
            desks[key] = Desk()
        store = FieldStore(
            AGENT_STATE_EVENT,
            desks,
            "AgentID",
            stores={"AgentState": ("state", range(10)), "EventReasonCode": ("reason", None)},
            texts={"AgentInstrument": "phone"},
            expects={"busy": None},
            within={},
            without={"AgentState": (9,)},
        )
        store.is_on = is_on

        def handled(
            agent: str | None, state: int, reason: int, phone: str | None, desks: Any = desks
        ) -> None:
            desk = desks.get(agent)
            if desk is not None:
                desk.state, desk.reason, desk.phone = state, reason, phone or desk.phone
                if state == 9:
                    desk.busy = None if desk.busy else True

        dispatcher = Dispatcher(codec(version))
        fields = ("AgentID", "AgentState", "EventReasonCode", "AgentInstrument")
        dispatcher.on(AGENT_STATE_EVENT, FieldHandler(AGENT_STATE_EVENT, handled, fields, store=store))
        for at in range(0, len(frames), 7):
            dispatcher.frames.feed(b"".join(frames[at : at + 7]))
            dispatcher.dispatch()
        counts = dispatcher.frames_seen, dispatcher.malformed, dispatcher.handler_errors
        left.append((counts, [(desk.state, desk.reason, desk.phone, desk.busy) for desk in desks.values()]))
    assert left[0] == left[1]
    assert left[0][0][0] == len(frames)


TARGETS = (splitter, decoder, readers, batches, encoder, columns, filters, classes, stores)


def one_input(raw: bytes) -> None:
    """Called by libFuzzer with each input."""
    if len(raw) < 2:
        return
    version = OLDEST_VERSION + raw[1] % (NEWEST_VERSION - OLDEST_VERSION + 1)
    TARGETS[raw[0] % len(TARGETS)](version, atheris.FuzzedDataProvider(raw[2:]))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
