"""Columns by plain ``struct``: a loop over the frames gathers each field in a list, arrays are made of these.

Gathering in lists is quicker than assigning to the elements of arrays, and one tag scan finds both texts.
"""

import numpy as np

from .eager import AGENT_STATE_FIXED, AGENT_STATE_NAMES, HEADER, TAG

TEXTS = {5: "AgentID", 4: "AgentExtension"}
TYPES = {"I": "u4", "H": "u2", "i": "i4"}
FIXED_TYPES = [TYPES[code] for code in AGENT_STATE_FIXED.format[1:]]


def agent_states(data: memoryview) -> dict[str, np.ndarray]:
    """All fixed fields, AgentID and AgentExtension of AGENT_STATE_EVENTs of versions 20 to 25."""
    rows: list[tuple[int, ...]] = []
    texts: dict[str, list[bytes]] = {name: [] for name in TEXTS.values()}
    position = 0
    while position + 8 <= len(data):
        length, message_type = HEADER.unpack_from(data, position)
        end = position + 8 + length
        if end > len(data):
            break
        if message_type == 30:
            rows.append(AGENT_STATE_FIXED.unpack_from(data, position + 8))
            found = {}
            at = position + 8 + AGENT_STATE_FIXED.size
            while at < end:
                tag, size = TAG.unpack_from(data, at)
                at += 4
                if tag in TEXTS:
                    found[TEXTS[tag]] = bytes(data[at : at + size - 1])
                at += size
            for name, column in texts.items():
                column.append(found.get(name, b""))
        position = end
    made = {
        name: np.array(column, kind)
        for name, column, kind in zip(AGENT_STATE_NAMES, zip(*rows, strict=True), FIXED_TYPES, strict=True)
    }
    return made | {name: np.array(column, np.bytes_) for name, column in texts.items()}
