"""Columns with plain ``struct``: a loop over the frames collects each field in a list; the lists become
arrays.

Collecting in lists is faster than assigning to elements of arrays. One tag scan finds both texts.
"""

import struct
from typing import Any

import numpy as np

from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

from .layouts import fixed

_HEADER = struct.Struct(">II").unpack_from
_TAG = struct.Struct(">HH").unpack_from
_LAYOUT = fixed(AGENT_STATE_EVENT)
_FIXED = struct.Struct(">" + "".join(_LAYOUT.codes)).unpack_from
_TYPES = {"I": "u4", "H": "u2", "i": "i4"}


def agent_states(data: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """Return all fixed fields, AgentID and AgentExtension of AGENT_STATE_EVENTs of versions 20 to 25."""
    rows: list[tuple[int, ...]] = []
    ids: list[bytes] = []
    extensions: list[bytes] = []
    at = 0
    size = len(data)
    while size - at >= 8:
        length, number = _HEADER(data, at)
        at += 8
        end = at + length
        if end > size:
            break
        if number == AGENT_STATE_EVENT:
            rows.append(_FIXED(data, at))
            agent_id = extension = b""
            at += _LAYOUT.size
            while at < end:
                tag, length = _TAG(data, at)
                at += 4
                if tag == 5:
                    agent_id = data[at : at + length - 1]
                elif tag == 4:
                    extension = data[at : at + length - 1]
                at += length
            ids.append(agent_id)
            extensions.append(extension)
        at = end
    numbers = {
        name: np.array(column, _TYPES[code])
        for name, column, code in zip(_LAYOUT.names, zip(*rows, strict=True), _LAYOUT.codes, strict=True)
    }
    return numbers | {"AgentID": np.array(ids, np.bytes_), "AgentExtension": np.array(extensions, np.bytes_)}
