"""A filter with plain ``struct``: one scan of the tags of each event, and a set of the wanted texts."""

import struct

from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

from .layouts import fixed

_HEADER = struct.Struct(">II").unpack_from
_TAG = struct.Struct(">HH").unpack_from
_FIXED = fixed(AGENT_STATE_EVENT).size


def of_agents(data: bytes, wanted: set[bytes]) -> tuple[list[int], int]:
    """Return the offsets of the AGENT_STATE_EVENTs of some agents, and the number of frames."""
    found = []
    at = frames = 0
    size = len(data)
    while size - at >= 8:
        length, number = _HEADER(data, at)
        frame = at
        at += 8
        end = at + length
        if end > size:
            break
        if number == AGENT_STATE_EVENT:
            at += _FIXED
            while at < end:
                tag, length = _TAG(data, at)
                at += 4
                if tag == 5:
                    if data[at : at + length - 1] in wanted:
                        found.append(frame)
                    break
                at += length
        at = end
        frames += 1
    return found, frames
