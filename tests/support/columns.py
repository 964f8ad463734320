"""Columns in tests: which fields can be columns, the value of one, and whether two ``Columns`` are equal."""

from typing import Any

import numpy as np

from ctios_fast.bulk.columns import Columns
from ctios_fast.core import codec

__all__ = ["as_column", "assert_same_rows", "usable"]


def usable(version: int, number: int) -> list[str]:
    """Return the names of the message's fields that can be columns.

    ``number``: a message that has a layout in that version.
    """
    layout = codec(version).describe(number)
    assert layout is not None
    listed = [
        field.name
        for field in layout.floating
        if field.tag is not None and field.array is None and field.type not in ("NAMEDVAR", "NAMEDARRAY")
    ]
    return [field.name for field in layout.fixed] + listed


def as_column(value: Any, kind: np.dtype[Any], max_string: int) -> Any:
    """Return the column's value for a value of a message view; None for an invalid row."""
    if isinstance(value, list):  # the first value of a repeating field counts
        value = value[0] if value else None
    if kind.kind != "S":
        return value if isinstance(value, int) else None
    if isinstance(value, str):
        value = value.encode("latin-1")
    if value is None or len(value) > max_string:
        return None
    return value.rstrip(b"\0")


def assert_same_rows(left: Columns, right: Columns) -> None:
    """Check that both have the same columns, with the same types, values and masks."""
    assert list(left) == list(right)
    assert left.rows == right.rows
    for name in left:
        assert left[name].dtype == right[name].dtype
        assert np.array_equal(left[name], right[name])
        assert np.array_equal(left.valid(name), right.valid(name))
