"""Columns of a capture: one array per field of all frames of one message, beside who sent each one and when.

::

    with open("night.pcapng", "rb") as file:
        columns = CaptureReader().columns(file, "AGENT_STATE_EVENT", ["AgentState", "AgentID"])
    columns["time"]                 # float64: seconds since the epoch
    columns["connection"]           # S27: b"10.0.0.1:50001>10.0.0.2:42027"
    columns["AgentState"]           # uint16

Importing this module imports NumPy.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from ctios_fast._checks import MAX_FRAME_SIZE
from ctios_fast.core import NEWEST_VERSION, Codec, codec
from ctios_fast.core.message import Message
from ctios_fast.core.scan.bounds import MAX_STRING
from ctios_fast.core.scan.column_arrays import Columns, arrow_column, pandas_column
from ctios_fast.core.scan.column_plan import ColumnField, ColumnPlan
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol.naming import message_number
from ctios_fast.records.transcript import CAPTURE_KEYS

from .conversation import DIRECTIONS, CapturedFrame

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]
    import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]

__all__ = ["CaptureColumns", "ColumnCollector"]

_Column = tuple[ColumnField, NDArray[Any], NDArray[np.bool_] | None]
"""Kind, values and mask of a column; the mask is None if every row has a value."""

_NUMBERS: Final = {"time": np.float64, "version": np.uint8}
"""Key of a record with a number -> type of its column."""


class CaptureColumns(Mapping[str, NDArray[Any]]):
    """One array per column, by name. The arrays have one element for each well-formed frame.

    The first four columns are ``time``, ``connection``, ``direction`` and ``version``, as in the records of a
    capture; connection and direction are ``S<width>``. The fields follow, as in ``Columns``. A row is invalid
    (``valid``), and 0 or empty, if its protocol version lacks the field.

    ``message``, ``name``: number and name of the message.
    ``rows``: number of elements of each array, in the order in which the frames were complete.
    ``malformed``: malformed frames of the message, which have no row.
    ``undocumented``: frames of the message in versions that lack it, which have no row.
    """

    def __init__(
        self,
        message: int,
        name: str,
        columns: Mapping[str, _Column],
        rows: int,
        malformed: int,
        undocumented: int,
    ) -> None:
        self.message: Final = message
        self.name: Final = name
        self.rows: Final = rows
        self.malformed: Final = malformed
        self.undocumented: Final = undocumented
        self._columns: Final = columns

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name][1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return f"<CaptureColumns {self.name}: {len(self)} columns, {self.rows} rows>"

    def is_text(self, name: str) -> bool:
        """Return whether a column has text; another column of bytes is UNSPEC."""
        return self._columns[name][0].text

    def valid(self, name: str) -> NDArray[np.bool_]:
        """Return an array that is True for each row that has a value. Raises KeyError for another name."""
        mask = self._columns[name][2]
        return np.ones(self.rows, np.bool_) if mask is None else mask

    def to_pandas(self, *, encoding: str | None = None) -> "pd.DataFrame":
        """Return a pandas frame, as ``Columns.to_pandas`` does; connection and direction are categories.

        ``encoding``: text encoding of what is not ASCII, as for ``Codec``.

        Raises ImportError without pandas.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError("to_pandas needs pandas: pip install 'ctios_fast[pandas]'") from error

        def column(name: str) -> Any:
            field, values, mask = self._columns[name]
            if name in CAPTURE_KEYS and field.text:
                return pd.Series(values.astype(np.str_), dtype="category")
            return pandas_column(field, values, mask, encoding)

        return pd.DataFrame({name: column(name) for name in self}, copy=False)

    def to_arrow(self, *, binary: bool = False) -> "pa.Table":
        """Return an Arrow table, as ``Columns.to_arrow`` does; connection and direction are dictionaries.

        ``binary``: True for the original bytes of STRING as ``binary``.

        Raises ImportError without pyarrow.
        """
        try:
            import pyarrow as pa
        except ImportError as error:
            raise ImportError("to_arrow needs pyarrow: pip install 'ctios_fast[arrow]'") from error

        def column(name: str) -> Any:
            field, values, mask = self._columns[name]
            if name in CAPTURE_KEYS and field.text:
                return arrow_column(field, values, mask, False).dictionary_encode()
            return arrow_column(field, values, mask, binary)

        return pa.table({name: column(name) for name in self})


class ColumnCollector:
    """Takes frames one after another, keeps those of one message, and decodes them together.

    ``message``: the message's number, name or class.
    ``fields``: names of fields; None for all fixed fields of the newest version that occurs.
    ``connection``, ``direction``: only frames with these values; None for all.

    Raises ValueError and TypeError as ``decode_columns`` does, and ValueError for another direction.
    """

    def __init__(
        self,
        message: int | str | type[Message],
        fields: Iterable[str] | None = None,
        *,
        connection: str | None = None,
        direction: str | None = None,
    ) -> None:
        if direction is not None and direction not in DIRECTIONS:
            raise ValueError(f"direction must be 'client', 'server' or None, got {direction!r}")
        if isinstance(fields, str | bytes) or (fields is not None and not isinstance(fields, Iterable)):
            raise TypeError(f"fields must be a collection of field names or None, got {fields!r}")
        self._message = message_number(message)
        self._fields = None if fields is None else tuple(fields)
        ColumnPlan(NEWEST_VERSION, self._message, self._fields)  # checks message and fields
        self._connection = connection
        self._direction = direction
        self._versions: dict[int, _OneVersion] = {}
        self._rows = 0

    def add(self, frame: CapturedFrame) -> None:
        """Take one frame. One of another message, connection or direction is passed over."""
        if (
            frame.message != self._message
            or (self._connection is not None and frame.connection != self._connection)
            or (self._direction is not None and frame.direction != self._direction)
        ):
            return
        of_version = self._versions.get(frame.version)
        if of_version is None:
            of_version = self._versions[frame.version] = _OneVersion(frame.version)
        of_version.frames.append(frame)
        of_version.places.append(self._rows)
        self._rows += 1

    def columns(self) -> CaptureColumns:
        """Return the columns of all frames taken so far."""
        versions = [self._versions[version] for version in sorted(self._versions)]
        known = [part for part in versions if _has(part.version, self._message)]
        fields = self._fields
        if fields is None:
            newest = codec(known[-1].version if known else NEWEST_VERSION).describe(self._message)
            assert newest is not None
            fields = tuple(field.name for field in newest.fixed)
        parts = [
            part.decoded(self._message, [name for name in fields if _has(part.version, self._message, name)])
            for part in known
        ]
        frames = [frame for part, _ in parts for frame in part.frames]
        order = _ranks([place for part, _ in parts for place in part.places])
        found = _capture_columns(frames, order)
        kinds = Columns(ColumnPlan(NEWEST_VERSION, self._message, fields))
        kinds.decode(b"", MAX_FRAME_SIZE, MAX_STRING)
        for field in kinds.plan.fields:
            found[field.name] = _field_column(
                field, kinds[field.name].dtype, [columns for _, columns in parts], order
            )
        undocumented = sum(len(part.frames) for part in versions if part not in known)
        malformed = self._rows - undocumented - len(frames)
        return CaptureColumns(self._message, kinds.name, found, len(frames), malformed, undocumented)


@cache
def _has(version: int, message: int, *fields: str) -> bool:
    """Whether a version has a message with these fields."""
    try:
        ColumnPlan(version, message, fields)
    except ValueError:
        return False
    return True


def _ranks(places: list[int]) -> NDArray[np.int64]:
    """Return for each place how many others are before it."""
    ranks = np.empty(len(places), np.int64)
    ranks[np.argsort(np.array(places, np.int64), kind="stable")] = np.arange(len(places))
    return ranks


def _capture_columns(frames: list[CapturedFrame], order: NDArray[np.int64]) -> dict[str, _Column]:
    """Return the columns of the keys that all records of a capture have.

    ``order``: the row of each frame.
    """
    columns: dict[str, _Column] = {}
    for name in CAPTURE_KEYS:
        given = [getattr(frame, name) for frame in frames]
        is_text = name not in _NUMBERS
        if is_text:
            names = {text: number for number, text in enumerate(dict.fromkeys(given))}
            table = np.array([text.encode("ascii") for text in names] or [b""], "S")
            values = table[np.array([names[text] for text in given], np.int64)]
        else:
            values = np.array(given, _NUMBERS[name])
        rows = np.empty_like(values)
        rows[order] = values
        columns[name] = ColumnField(name, _code(values.dtype), False, is_text), rows, None
    return columns


def _field_column(
    field: ColumnField, kind: np.dtype[Any], parts: list[Columns], order: NDArray[np.int64]
) -> _Column:
    """Return the column of one field over the columns of several versions, some of which lack it.

    ``kind``: NumPy's type of the field in the newest version.
    ``order``: the row of each frame.
    """
    having = [part for part in parts if field.name in part]
    kind = np.result_type(kind, *(part[field.name].dtype for part in having))
    values, mask = np.zeros(len(order), kind), np.zeros(len(order), np.bool_)
    masked, start = field.masked or len(having) < len(parts), 0
    for part in parts:
        rows = order[start : start + part.rows]
        start += part.rows
        if field.name in part:
            values[rows] = part[field.name]
            mask[rows] = part.valid(field.name)
            masked = masked or part.mask(field.name) is not None
    return ColumnField(field.name, _code(kind), masked, field.text), values, mask if masked else None


def _code(kind: np.dtype[Any]) -> str:
    """Return the code of a type in ``ColumnField``: without its width for bytes."""
    return "S" if kind.kind == "S" else kind.str[1:]


class _OneVersion:
    """The frames of one protocol version, and the number of each among all frames."""

    def __init__(self, version: int) -> None:
        self.version: Final = version
        self.frames: list[CapturedFrame] = []
        self.places: list[int] = []

    def decoded(self, message: int, fields: list[str]) -> "tuple[_OneVersion, Columns]":
        """Return the well-formed frames and their columns."""
        part = self
        columns = part._decode(message, fields)
        if columns.malformed:
            part = _OneVersion(self.version)
            check = Codec(self.version, MAX_FRAME_SIZE)
            for frame, place in zip(self.frames, self.places, strict=True):
                if _well_formed(check, frame.data):
                    part.frames.append(frame)
                    part.places.append(place)
            columns = part._decode(message, fields)
        return part, columns

    def _decode(self, message: int, fields: list[str]) -> Columns:
        data = b"".join([frame.data for frame in self.frames])
        columns = Columns(ColumnPlan(self.version, message, fields))
        columns.decode(data, MAX_FRAME_SIZE, MAX_STRING)
        return columns


def _well_formed(check: Codec, frame: bytes) -> bool:
    try:
        check.decode(frame)
    except MalformedFrame:
        return False
    return True
