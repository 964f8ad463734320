"""Columns: a buffer of many frames as one contiguous NumPy array per field, in host byte order.

::

    columns = decode_columns(recording, "AGENT_STATE_EVENT", 25, ["AgentState", "AgentID", "Duration"])
    columns["AgentState"]           # uint16
    columns["AgentID"]              # S4: as wide as the longest value
    columns.valid("Duration")       # bool: True for each event that has the field

Importing this module imports NumPy; nothing else in the package does.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ctios_fast._checks import MAX_FRAME_SIZE, check_frame_limit, check_integer
from ctios_fast.core import DEFAULT_MAX_FRAME, NEWEST_VERSION, OLDEST_VERSION, Codec
from ctios_fast.core.message import Message
from ctios_fast.core.scan.column_plan import ColumnField, ColumnPlan
from ctios_fast.core.scan.column_scan import ColumnCounts, read_columns
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol.naming import message_number

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]
    import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from typing_extensions import Buffer

__all__ = ["MAX_STRING", "Columns", "MalformedAt", "decode_columns"]

#: Longest STRING or UNSPEC value that the reference documents, in bytes. Default of ``max_string``.
MAX_STRING: Final = 255

# From this many bytes on, all arrays of one call are parts of one block: the system maps it in large pages,
# which is faster than many small ones.
_SHARED_BLOCK = 4 << 20
_ALIGNMENT = 64


class MalformedAt(NamedTuple):
    """A malformed frame.

    ``offset``: its position in the buffer, in bytes. ``error``: what is wrong with it.
    """

    offset: int
    error: MalformedFrame


class Columns(Mapping[str, NDArray[Any]]):
    """One array per field, by name. ``decode_columns`` creates it.

    The arrays have one element for each well-formed frame of the message, in the buffer's order. Numbers have
    the field's own width, texts are ``S<width>``. Arrays of one ``Columns`` may share one block of memory: to
    keep one of them and free the others, copy it.

    ``message``, ``name``, ``version``: number and name of the message, protocol version.
    ``rows``: number of elements of each array.
    ``offset``: where the scan stopped, in bytes from the buffer's start; an incomplete frame begins there.
    ``frames``: number of whole frames before ``offset``.
    ``others``: number of frames of other messages.
    ``malformed``: number of malformed frames of this message, which were skipped.
    ``first_malformed``: the first of them, or None.
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
        """Number of fields; ``rows`` is the number of elements of each."""
        return len(self._arrays)

    def valid(self, name: str) -> NDArray[np.bool_]:
        """Return a mask: True for each row that has a value in a field. Other rows hold 0 or ``b""``.

        ``name``: the field. Raises KeyError for a field that was not decoded.
        """
        mask = self._masks[name]
        return np.ones(self.rows, np.bool_) if mask is None else mask

    def to_pandas(self, *, encoding: str | None = None) -> "pd.DataFrame":
        """Return a pandas frame over the same numbers, which are not copied.

        A number that may be absent becomes a nullable integer. STRING becomes an object column of str, as
        ``message[name]`` gives it, and UNSPEC one of bytes, with None for a row without a value.

        ``encoding``: text encoding of what is not ASCII, as for ``Codec``.

        Raises ImportError without pandas.
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
            objects = _text(values, encoding) if field.text else values.astype(object)
            objects[~mask] = None
            return pd.Series(objects, dtype=object, copy=False)

        return pd.DataFrame({field.name: column(field) for field in self._fields}, copy=False)

    def to_arrow(self, *, binary: bool = False) -> "pa.Table":
        """Return an Arrow table over the same numbers, which are not copied. A row without a value is null.

        ``binary``: False for STRING as ``string``, with ``?`` for a byte that is not ASCII; True for the
        original bytes as ``binary``. UNSPEC always becomes ``binary``.

        Raises ImportError without pyarrow.
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


def _text(values: NDArray[np.bytes_], encoding: str | None) -> NDArray[np.object_]:
    try:
        return values.astype(np.str_).astype(object)
    except UnicodeDecodeError:
        return np.char.decode(values, encoding or "latin-1", "backslashreplace").astype(object)


def _packed(values: NDArray[np.bytes_], *, replace: bool) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """Return the values one after another without padding, and the offsets of their starts and of the end."""
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
    """Return the part of a block for ``size`` bytes, and the start of the next part."""
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
    message: int | str | type[Message],
    version: int,
    fields: Iterable[str] | None = None,
    *,
    max_frame: int = DEFAULT_MAX_FRAME,
    max_string: int = MAX_STRING,
) -> Columns:
    """Decode all frames of one message in a buffer into one array per field.

    ``buffer``: frames one after another, headers included, in bytes, bytearray, memoryview, mmap or any other
    contiguous buffer. It is scanned without the GIL and must not be written to during the call.
    ``message``: the message's number, name or class.
    ``version``: protocol version, 9 to 25.
    ``fields``: names of fixed and floating fields, in output order; None for all fixed fields.
    ``max_frame``: largest frame in bytes, its header included.
    ``max_string``: longest STRING or UNSPEC value in bytes.

    - A fixed field is an array of its own width and sign. So is a floating number, with a mask
      (``Columns.valid``): a row is invalid, and 0, if the frame lacks the field or its data has another
      width.
    - STRING is ``S<width>``, as wide as the longest value (at least 1). Each value ends before its first NUL.
      UNSPEC keeps its zero bytes, but NumPy does not show those at the end. A value above ``max_string``
      bytes is invalid and empty, so that one malformed frame cannot inflate an array.
    - If a field repeats in a frame, the first one counts. Named variables, named arrays and array fields
      cannot be columns.
    - A frame of an alternative layout (FAILURE_CONF, CLEAR_CONNECTION_REQ) has a row too: fixed fields that
      its layout lacks are invalid. Its own fixed fields can be asked for by name.
    - Frames of other messages and malformed frames of this message are skipped and counted. An incomplete
      frame ends the scan.

    Raises ValueError for a message or field that does not exist in this version and for a number outside
    its range, TypeError for an argument of a wrong type and for a field that cannot be a column, and
    FrameTooLarge for a frame above ``max_frame`` bytes. Its ``offset`` is the position of that frame;
    ``memoryview(buffer)[:offset]`` can be decoded.
    """
    check_integer("version", version, OLDEST_VERSION, NEWEST_VERSION)
    check_frame_limit(max_frame)
    check_integer("max_string", max_string, 1, MAX_FRAME_SIZE)
    if isinstance(fields, str | bytes) or (fields is not None and not isinstance(fields, Iterable)):
        raise TypeError(f"fields must be a collection of field names or None, got {fields!r}")
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
