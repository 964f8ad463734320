"""The peers that declare a structure with a library: ``construct`` compiled, ``dissect.cstruct``, ``ctypes``.

Each decodes AGENT_STATE_EVENT. Where a library has no good splitter or tag scan of its own, the peer uses
that of the other peers. A library that is not installed has no row.
"""

import asyncio
import ctypes
import struct
from collections.abc import Callable
from typing import Any

from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

from .layouts import fixed, tags

HEADER = struct.Struct(">II").unpack_from
TAG = struct.Struct(">HH").unpack_from

#: Decodes the body of one event to an object with the fixed fields, and the texts by tag.
Decode = Callable[[bytes], tuple[Any, dict[int, str]]]

_AGENT_ID = next(tag for tag, (name, _, _) in tags(AGENT_STATE_EVENT).items() if name == "AgentID")
_FIXED = fixed(AGENT_STATE_EVENT)


def _texts(data: bytes, at: int) -> dict[int, str]:
    found = {}
    end = len(data)
    while at < end:
        tag, length = TAG(data, at)
        at += 4
        found[tag] = data[at : at + length - 1].decode()
        at += length
    return found


class LibraryClient(asyncio.Protocol):
    """Decodes each AGENT_STATE_EVENT and reads three of its fields."""

    def __init__(self, decode: Decode, seen: list[tuple[Any, ...]] | None):
        self._decode = decode
        self._rest = b""
        self._seen = seen

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        at = 0
        size = len(data)
        while size - at >= 8:
            length, number = HEADER(data, at)
            start = at + 8
            if start + length > size:
                break
            at = start + length
            if number == AGENT_STATE_EVENT:
                event, texts = self._decode(data[start:at])
                read = event.PeripheralID, event.AgentState, texts[_AGENT_ID]
                if self._seen is not None:
                    self._seen.append(read)
        self._rest = data[at:]


def _by_construct() -> Decode:
    from construct import (
        CString,
        FixedSized,
        GreedyRange,
        Int16sb,
        Int16ub,
        Int32sb,
        Int32ub,
        Struct,
        this,
    )

    numbers = {"I": Int32ub, "i": Int32sb, "H": Int16ub, "h": Int16sb}
    columns = [name / numbers[code] for name, code in zip(_FIXED.names, _FIXED.codes, strict=True)]
    field = Struct("tag" / Int16ub, "size" / Int16ub, "text" / FixedSized(this.size, CString("ascii")))
    parse = Struct(*columns, "floating" / GreedyRange(field)).compile().parse

    def decode(body: bytes) -> tuple[Any, dict[int, str]]:
        event = parse(body)
        return event, {one.tag: one.text for one in event.floating}

    return decode


def _by_dissect() -> Decode:
    from dissect.cstruct import cstruct

    numbers = {"I": "uint32", "i": "int32", "H": "uint16", "h": "int16"}
    columns = "".join(
        f"{numbers[code]} {name};" for name, code in zip(_FIXED.names, _FIXED.codes, strict=True)
    )
    declared = cstruct(endian=">")
    declared.load(f"struct AgentState {{ {columns} }};")  # compiled by default
    event = declared.AgentState

    def decode(body: bytes) -> tuple[Any, dict[int, str]]:
        return event(body), _texts(body, _FIXED.size)

    return decode


def _by_ctypes() -> Decode:
    numbers = {"I": ctypes.c_uint32, "i": ctypes.c_int32, "H": ctypes.c_uint16, "h": ctypes.c_int16}

    class AgentState(ctypes.BigEndianStructure):
        _pack_ = 1
        _fields_ = [(name, numbers[code]) for name, code in zip(_FIXED.names, _FIXED.codes, strict=True)]

    from_buffer_copy = AgentState.from_buffer_copy

    def decode(body: bytes) -> tuple[Any, dict[int, str]]:
        return from_buffer_copy(body), _texts(body, _FIXED.size)

    return decode


def _clients() -> dict[str, Callable[[list[tuple[Any, ...]] | None], LibraryClient]]:
    clients: dict[str, Callable[[list[tuple[Any, ...]] | None], LibraryClient]] = {}
    makers = {"construct, compiled": _by_construct, "dissect.cstruct": _by_dissect, "ctypes": _by_ctypes}
    for name, make in makers.items():
        try:
            decode = make()
        except ImportError:
            continue
        clients[name] = lambda seen, decode=decode: LibraryClient(decode, seen)  # type: ignore[misc]
    return clients


CLIENTS = _clients()
