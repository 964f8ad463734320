"""Columns: a buffer of many frames as one contiguous NumPy array for each field, in host byte order.

::

    columns = decode_columns(recording, "AGENT_STATE_EVENT", 25, ["AgentState", "AgentID", "Duration"])
    columns["AgentState"]           # uint16
    columns["AgentID"]              # S4: as wide as the longest
    columns.valid("Duration")       # bool: which events carried it

Importing this module imports NumPy; nothing else in the package does.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ctios_fast.core import DEFAULT_MAX_FRAME, Codec
from ctios_fast.core.scan.column_plan import ColumnField, ColumnPlan
from ctios_fast.core.scan.column_scan import ColumnCounts, read_columns
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol.message_names import message_number

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]
    import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from typing_extensions import Buffer

__all__ = ["MAX_STRING", "Columns", "MalformedAt", "decode_columns"]

#: Longest STRING or UNSPEC value that the reference documents, in bytes; what `decode_columns` takes at most
#: unless told otherwise.
MAX_STRING: Final = 255

# From this many bytes on all arrays of one call are cut from one block: the system hands it out in large
# pages, which is quicker than many small ones.
_SHARED_BLOCK = 4 << 20
_ALIGNMENT = 64


class MalformedAt(NamedTuple):
    """A malformed frame: where it begins, in bytes from the buffer's start, and what is wrong with it."""

    offset: int
    error: MalformedFrame


class Columns(Mapping[str, NDArray[Any]]):
    """One array for each field, by name; made by `decode_columns`.

    The arrays have one element for each well-formed frame of the message, in the buffer's order. Numbers have
    the field's own width, texts are ``S<width>``. Arrays of one ``Columns`` may share one block of memory:
    to keep one of them and free the others, copy it.

    ``message``, ``name``, ``version``: what was decoded. ``rows``: elements of each array. ``offset``: where
    the scan stopped, in bytes from the buffer's start; what follows is the beginning of a frame that has not
    come whole. ``frames``: whole frames before it. ``others``: those of other messages. ``malformed``:
    those of this message that were skipped, the first of which ``first_malformed`` tells about.
    """

    def __init__(
        self,
        plan: ColumnPlan,
        version: int,
        counts: ColumnCounts,
        arrays: list[tuple[NDArray[Any], NDArray[np.bool_] | None]],
        first_malformed: MalformedAt | None,
    ) -> None:
        self.message = plan.message
        self.name = plan.name
        self.version = version
        self.rows = counts.rows
        self.offset = counts.offset
        self.frames = counts.frames
        self.others = counts.others
        self.malformed = counts.malformed
        self.first_malformed = first_malformed
        self._fields = plan.fields
        self._arrays = {field.name: values for field, (values, _) in zip(plan.fields, arrays, strict=True)}
        self._masks = {field.name: mask for field, (_, mask) in zip(plan.fields, arrays, strict=True)}

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        """Number of fields; ``rows`` has that of their elements."""
        return len(self._arrays)

    def valid(self, name: str) -> NDArray[np.bool_]:
        """Which rows have a value in that field; where one has none, the array holds 0 or ``b""``."""
        mask = self._masks[name]
        return np.ones(self.rows, np.bool_) if mask is None else mask

    def to_pandas(self) -> "pd.DataFrame":
        """A pandas frame over the same numbers, which are not copied.

        Numbers that rows may be without become pandas' nullable integers. STRING becomes str in object
        columns, as ``message[name]`` gives it, UNSPEC bytes; None where a row has none.
        Raises ``ImportError`` where pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError("to_pandas needs pandas: pip install 'ctios_fast[pandas]'") from error

        def column(field: ColumnField) -> Any:
            values, mask = self._arrays[field.name], self._masks[field.name]
            if mask is None:
                return values
            if field.code != "S":
                return pd.arrays.IntegerArray(values, ~mask, copy=False)
            objects = _text(values) if field.text else values.astype(object)
            objects[~mask] = None
            return pd.Series(objects, dtype=object, copy=False)

        return pd.DataFrame({field.name: column(field) for field in self._fields}, copy=False)

    def to_arrow(self, *, binary: bool = False) -> "pa.Table":
        """An Arrow table over the same numbers, which are not copied; null where a row has no value.

        STRING becomes ``string``, in which a byte that is not ASCII is shown as ``?``, or with ``binary`` the
        very bytes; UNSPEC becomes ``binary``. Raises ``ImportError`` where pyarrow is not installed.
        """
        try:
            import pyarrow as pa
        except ImportError as error:
            raise ImportError("to_arrow needs pyarrow: pip install 'ctios_fast[arrow]'") from error

        def column(field: ColumnField) -> Any:
            values, mask = self._arrays[field.name], self._masks[field.name]
            missing = None if mask is None else pa.py_buffer(np.packbits(mask, bitorder="little"))
            if field.code != "S":
                kind = pa.from_numpy_dtype(values.dtype)
                return pa.Array.from_buffers(kind, self.rows, [missing, pa.py_buffer(values)])
            data, offsets = _packed(values, replace=field.text and not binary)
            large = offsets.dtype == np.int64
            if field.text and not binary:
                kind = pa.large_string() if large else pa.string()
            else:
                kind = pa.large_binary() if large else pa.binary()
            return pa.Array.from_buffers(
                kind, self.rows, [missing, pa.py_buffer(offsets), pa.py_buffer(data)]
            )

        return pa.table({field.name: column(field) for field in self._fields})

    def __repr__(self) -> str:
        return f"<Columns {self.name} v{self.version}: {len(self)} fields, {self.rows} rows>"


def _text(values: NDArray[np.bytes_]) -> NDArray[np.object_]:
    try:
        return values.astype(np.str_).astype(object)
    except UnicodeDecodeError:
        return np.char.decode(values, "ascii", "surrogateescape").astype(object)


def _packed(values: NDArray[np.bytes_], *, replace: bool) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """The values behind one another without padding, and the offsets of their ends, from 0 on."""
    lengths = np.char.str_len(values)
    ends = np.zeros(len(values) + 1, np.int64)
    np.cumsum(lengths, out=ends[1:])
    cells = values.view(np.uint8).reshape(len(values), values.dtype.itemsize)
    data = cells[np.arange(values.dtype.itemsize) < lengths[:, np.newaxis]]
    if replace:
        data[data > 127] = ord("?")
    return data, ends if ends[-1] > np.iinfo(np.int32).max else ends.astype(np.int32)


_dtype = lru_cache(maxsize=512)(np.dtype)


@lru_cache(maxsize=64)
def _plan(version: int, message: int, fields: tuple[str, ...] | None) -> ColumnPlan:
    return ColumnPlan(version, message, fields)


def _place(start: int, size: int) -> tuple[slice, int]:
    """Room in a block, and where the next one begins."""
    return slice(start, start + size), start + -(-size // _ALIGNMENT) * _ALIGNMENT


def _allocate(
    plan: ColumnPlan, rows: int, widths: tuple[int, ...]
) -> list[tuple[NDArray[Any], NDArray[np.bool_] | None]]:
    types = [
        _dtype(f"S{width}" if field.code == "S" else field.code)
        for field, width in zip(plan.fields, widths, strict=True)
    ]
    if rows * sum(widths) < _SHARED_BLOCK:
        return [
            (np.empty(rows, kind), np.empty(rows, np.bool_) if field.masked else None)
            for field, kind in zip(plan.fields, types, strict=True)
        ]

    places: list[tuple[slice, slice | None]] = []
    end = 0
    for field, width in zip(plan.fields, widths, strict=True):
        values, end = _place(end, rows * width)
        mask = None
        if field.masked:
            mask, end = _place(end, rows)
        places.append((values, mask))
    block = np.empty(end, np.uint8)
    return [
        (block[values].view(kind), None if mask is None else block[mask].view(np.bool_))
        for (values, mask), kind in zip(places, types, strict=True)
    ]


def decode_columns(
    buffer: "Buffer",
    message: int | str,
    version: int,
    fields: Iterable[str] | None = None,
    *,
    max_frame: int = DEFAULT_MAX_FRAME,
    max_string: int = MAX_STRING,
) -> Columns:
    """All frames of one message in the buffer, as one array for each field.

    ``buffer`` holds frames behind one another, headers included: bytes, bytearray, memoryview, mmap or
    anything else with a contiguous buffer. It is scanned without the GIL and must not be written to
    meanwhile. ``message`` is the number or the reference's name, ``fields`` are names of its fixed and
    floating fields in the order in which the columns shall stand; None for all fixed fields.

    - A fixed field is an array of its own width and sign. So is a floating number, with a mask
      (``Columns.valid``): a row is invalid, and 0, where the frame has not got the field or its data has
      another width.
    - STRING is ``S<width>``, as wide as its longest value (at least 1), each cut at its first NUL. UNSPEC is
      the same without the cut; NumPy does not show zero bytes at a value's end. A value above ``max_string``
      bytes is invalid and empty, so that one odd frame cannot make an array grow without measure.
    - Of a field that repeats in a frame the first is taken. Named variables, named arrays and array fields
      make no column.
    - A frame of an alternative layout (FAILURE_CONF, CLEAR_CONNECTION_REQ) has a row all the same: fixed
      fields that its layout lacks are invalid, and its own can be asked for by name.
    - Frames of other messages are passed over, malformed ones of this message skipped; both are counted.
      A frame that has not come whole ends the scan.

    Raises ``ValueError`` for a message or field that does not exist in this version, ``TypeError`` for a
    field that makes no column, ``FrameTooLarge`` for a frame above ``max_frame`` bytes; its ``offset`` tells
    where it begins, and what stands before it can be decoded as ``memoryview(buffer)[:offset]``.
    """
    if isinstance(fields, str):
        raise TypeError("fields is a collection of names, not one name")
    plan = _plan(version, message_number(message), None if fields is None else tuple(fields))
    arrays: list[tuple[NDArray[Any], NDArray[np.bool_] | None]] = []

    def allocate(rows: int, widths: tuple[int, ...]) -> list[tuple[NDArray[Any], NDArray[np.bool_] | None]]:
        arrays.extend(_allocate(plan, rows, widths))
        return arrays

    counts = read_columns(plan, buffer, max_frame, max_string, allocate)
    return Columns(plan, version, counts, arrays, _first_malformed(version, max_frame, counts))


def _first_malformed(version: int, max_frame: int, counts: ColumnCounts) -> MalformedAt | None:
    if counts.malformed_frame is None:
        return None
    try:
        Codec(version, max_frame).decode(counts.malformed_frame)
    except MalformedFrame as error:
        return MalformedAt(counts.malformed_at, error)
    return None
