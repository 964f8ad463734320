"""The layouts that the authors of the peers would copy from the reference, as ``struct`` formats.

They are generated from the protocol's data. Each peer uses them in its own way.
"""

import struct
from functools import cache
from typing import Final, NamedTuple

from ctios_fast.core import codec

CODES: Final = {
    "CHAR": "b", "UCHAR": "B", "SHORT": "h", "USHORT": "H", "BOOL": "H", "INT": "i", "UINT": "I", "TIME": "I",
}  # fmt: skip
VERSION: Final = 25


class Fixed(NamedTuple):
    """Names and ``struct`` codes of a message's fixed part, and its size."""

    names: tuple[str, ...]
    codes: tuple[str, ...]
    size: int


@cache
def fixed(message: int) -> Fixed:
    """Return the fixed part of a message."""
    layout = codec(VERSION).describe(message)
    assert layout is not None
    codes = tuple(CODES[field.type] for field in layout.fixed)
    return Fixed(tuple(field.name for field in layout.fixed), codes, struct.calcsize(">" + "".join(codes)))


@cache
def tags(message: int) -> dict[int, tuple[str, str, bool]]:
    """Return name, type and repetition of each tag."""
    layout = codec(VERSION).describe(message)
    assert layout is not None
    return {
        field.tag: (field.name, field.type, field.repeats is not None)
        for field in layout.floating
        if field.tag is not None
    }


def with_pads(message: int, wanted: tuple[str, ...]) -> str:
    """Return a format that reads only the wanted fixed fields, with pad bytes between them."""
    layout_format = ">"
    pads = 0
    layout = fixed(message)
    for name, code in zip(layout.names, layout.codes, strict=True):
        if name in wanted:
            layout_format += f"{pads}x{code}" if pads else code
            pads = 0
        else:
            pads += struct.calcsize(">" + code)
    return layout_format
