"""Columns: the NumPy arrays that a scan of frames fills, and joining those of several scans.

Only this module of the core imports NumPy. It is imported when the first columns are wanted.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ctios_fast.errors import MalformedFrame

from .column_block import ColumnBlock
from .column_plan import ColumnField, ColumnPlan

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]
    import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]

__all__ = ["Columns", "MalformedAt"]


class MalformedAt(NamedTuple):
    """A malformed frame.

    ``offset``: its position in the buffer, in bytes. ``error``: what is wrong with it.
    """

    offset: int
    error: MalformedFrame


class Columns(ColumnBlock, Mapping[str, NDArray[Any]]):
    """One array per field, by name. ``decode_columns`` and the batch handlers of a dispatcher create it.

    The arrays have one element for each well-formed frame of the message, in the buffer's order. Numbers have
    the field's own width, texts are ``S<width>``. Arrays of one ``Columns`` may share one block of memory: to
    keep one of them and free the others, copy it. Freed blocks of 1 MiB and more serve the next columns: up
    to four are kept, of 64 MiB together.

    ``message``, ``name``, ``version``: number and name of the message, protocol version.
    ``rows``: number of elements of each array.
    ``offset``: where the scan stopped, in bytes from the buffer's start; an incomplete frame begins there.
    ``frames``: number of whole frames before ``offset``.
    ``others``: number of frames of other messages.
    ``malformed``: number of malformed frames of this message, which were skipped.
    ``first_malformed``: the first of them, or None.
    """

    first_malformed: MalformedAt | None = None

    @classmethod
    def concatenate(cls, parts: Iterable["Columns"]) -> "Columns":
        """Return the rows of several ``Columns`` in one, in their order. Each value is copied once.

        ``parts``: one or more, of the same message, version and fields. They stay as they are.

        Texts become as wide as the longest of all parts. The counts are sums, and so is ``offset``: it is
        that in the buffers one after another, like that of ``first_malformed``.

        Raises ValueError without a part and for parts that differ in message, version or fields.
        """
        given = list(parts)
        if not given:
            raise ValueError("concatenate needs at least one Columns, got none")
        first = given[0]
        for part in given:
            if (part.message, part.version, part.plan.fields) != (
                first.message, first.version, first.plan.fields,
            ):  # fmt: skip
                raise ValueError(
                    f"all parts must have the message, version and fields of the first one, {first!r}; "
                    f"got {part!r}"
                )
        joined = cls(first.plan)
        joined.reserve(
            sum(part.rows for part in given),
            [max(part[name].itemsize for part in given) for name in first],
            (
                sum(part.offset for part in given),
                sum(part.frames for part in given),
                sum(part.others for part in given),
                sum(part.malformed for part in given),
            ),
        )
        for name, values in joined.items():
            np.concatenate([part[name] for part in given], out=values)
            mask = joined.mask(name)
            if mask is not None:
                np.concatenate([part.valid(name) for part in given], out=mask)
        offset = 0
        for part in given:
            if part.first_malformed is not None:
                place = offset + part.first_malformed.offset
                joined.first_malformed = part.first_malformed._replace(offset=place)
                break
            offset += part.offset
        return joined

    def __reduce__(self) -> tuple[Any, ...]:
        fields = self.plan.fields
        return _rebuilt, (
            type(self),
            (self.version, self.message, self.plan.names, [field.name for field in fields]),
            (self.offset, self.frames, self.others, self.malformed),
            [(self[field.name], self.mask(field.name)) for field in fields],
            self.rows,
            self.first_malformed,
        )

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

        return pd.DataFrame(
            {
                field.name: pandas_column(field, self[field.name], self.mask(field.name), encoding)
                for field in self.plan.fields
            },
            copy=False,
        )

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

        return pa.table(
            {
                field.name: arrow_column(field, self[field.name], self.mask(field.name), binary)
                for field in self.plan.fields
            }
        )

    def __repr__(self) -> str:
        return f"<Columns {self.name} v{self.version}: {len(self)} fields, {self.rows} rows>"


def pandas_column(
    field: ColumnField, values: NDArray[Any], mask: NDArray[np.bool_] | None, encoding: str | None
) -> Any:
    """Return what ``Columns.to_pandas`` has for one field; ``mask`` is None if every row has a value."""
    import pandas as pd

    if mask is None:
        return values
    if field.code != "S":
        return pd.arrays.IntegerArray(values, ~mask, copy=False)
    objects = texts(values, encoding) if field.text else values.astype(object)
    objects[~mask] = None
    return pd.Series(objects, dtype=object, copy=False)


def arrow_column(
    field: ColumnField, values: NDArray[Any], mask: NDArray[np.bool_] | None, binary: bool
) -> Any:
    """Return what ``Columns.to_arrow`` has for one field; ``mask`` is None if every row has a value."""
    import pyarrow as pa

    rows = len(values)
    missing = None if mask is None else pa.py_buffer(np.packbits(mask, bitorder="little"))
    if field.code != "S":
        kind = pa.from_numpy_dtype(values.dtype)
        return pa.Array.from_buffers(kind, rows, [missing, pa.py_buffer(values)])
    data, offsets = _packed(values, replace=field.text and not binary)
    large = offsets.dtype == np.int64
    if field.text and not binary:
        kind = pa.large_string() if large else pa.string()
    else:
        kind = pa.large_binary() if large else pa.binary()
    return pa.Array.from_buffers(kind, rows, [missing, pa.py_buffer(offsets), pa.py_buffer(data)])


def texts(values: NDArray[np.bytes_], encoding: str | None) -> NDArray[np.object_]:
    """Return texts of the wire as str, as ``message[name]`` gives them."""
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


def _rebuilt(
    cls: type[Columns],
    plan: tuple[int, int, list[str], list[str]],
    counts: tuple[int, int, int, int],
    arrays: list[tuple[NDArray[Any], NDArray[np.bool_] | None]],
    rows: int,
    first_malformed: MalformedAt | None,
) -> Columns:
    """Return what ``Columns.__reduce__`` took apart."""
    columns = cls(ColumnPlan(*plan))
    columns.reserve(rows, [values.itemsize for values, _ in arrays], counts)
    for name, (values, mask) in zip(columns, arrays, strict=True):
        columns[name][:] = values
        if mask is not None:
            columns.valid(name)[:] = mask
    columns.first_malformed = first_malformed
    return columns
