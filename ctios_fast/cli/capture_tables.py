"""Writes the columns of a capture to files: CSV, and Parquet by pyarrow (extra ``[arrow]``)."""

import csv
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from ctios_fast.core.scan.column_arrays import texts
from ctios_fast.errors import MissingExtra
from ctios_fast.records.capture.capture_columns import CaptureColumns

_ROWS_AT_ONCE = 10_000


def write_csv(columns: CaptureColumns, file: str, encoding: str | None) -> None:
    """Write a line of names, then a line for each row, in UTF-8.

    Texts are as ``message[name]`` gives them, UNSPEC is hexadecimal, and a value that is absent is empty.

    ``file``: a path; "-" is standard output. Raises OSError.
    """
    with _opened(file) as output:
        text = io.TextIOWrapper(output, "utf-8", newline="")
        try:
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(columns)
            for start in range(0, columns.rows, _ROWS_AT_ONCE):
                rows = slice(start, start + _ROWS_AT_ONCE)
                cells = (_cells(columns, name, rows, encoding) for name in columns)
                writer.writerows(zip(*cells, strict=True))
        finally:
            text.detach()  # flushes, and does not close standard output


def _cells(columns: CaptureColumns, name: str, rows: slice, encoding: str | None) -> Iterator[Any]:
    values, valid = columns[name][rows], columns.valid(name)[rows]
    if columns.is_text(name):
        given = texts(values, encoding).tolist()
    elif values.dtype.kind == "S":
        given = [value.hex() for value in values.tolist()]
    else:
        given = values.tolist()
    return (value if present else "" for value, present in zip(given, valid.tolist(), strict=True))


def write_parquet(columns: CaptureColumns, file: str) -> None:
    """Write a Parquet file with the table of ``CaptureColumns.to_arrow``.

    ``file``: a path; "-" is standard output. Raises OSError, and MissingExtra without pyarrow.
    """
    from pyarrow import parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]

    with _opened(file) as output:
        parquet.write_table(columns.to_arrow(), output)


def check_parquet() -> None:
    """Raise MissingExtra without pyarrow."""
    try:
        import pyarrow.parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: F401
    except ImportError as error:
        raise MissingExtra(
            "--parquet needs pyarrow, which is not installed: pip install 'ctios_fast[arrow]'"
        ) from error


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdout.buffer
        return
    try:
        with open(file, "wb") as output:
            yield output
    except OSError as error:
        error.filename = file  # an error of write names no file
        raise
