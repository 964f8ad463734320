"""The work of ``ctios-fast decode``: lines of a stream or of a capture, or a table of a capture."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from ctios_fast.errors import CaptureError, FrameTooLarge, MissingExtra, TruncatedStream
from ctios_fast.records.capture.conversation import CapturedFrame, Mark
from ctios_fast.records.capture.reader import CaptureReader
from ctios_fast.records.transcript import StreamReader, chunks, format_line

from .chosen import Chosen
from .exit_statuses import INCOMPLETE, STREAM_FAILED, WRONG_USAGE
from .file_streams import complain

if TYPE_CHECKING:
    from ctios_fast.records.capture.capture_columns import ColumnCollector


class Table(NamedTuple):
    """Where the columns of one message go.

    ``collector``: gathers them.
    ``csv``, ``parquet``: files; None for none.
    """

    collector: "ColumnCollector"
    csv: str | None
    parquet: str | None

    def take(self, items: Iterator[CapturedFrame | Mark]) -> None:
        """Gather the frames of what was read."""
        for item in items:
            if isinstance(item, CapturedFrame):
                self.collector.add(item)

    def write(self, encoding: str | None) -> int:
        """Write the files and return the number of malformed frames. Raises OSError."""
        from .capture_tables import write_csv, write_parquet

        columns = self.collector.columns()
        if self.csv is not None:
            write_csv(columns, self.csv, encoding)
        if self.parquet is not None:
            write_parquet(columns, self.parquet)
        return columns.malformed


def decode_stream(reader: StreamReader, chosen: Chosen, source: BinaryIO, output: BinaryIO) -> int:
    """Write the lines of a stream; return the exit status."""
    status = 0
    try:
        for piece in chunks(source):
            for row in reader.feed(piece):
                if not chosen.takes(cast(int, row["type"])):
                    continue
                if "error" in row:
                    status = INCOMPLETE
                output.write(format_line(row).encode("ascii") + b"\n")
            output.flush()  # so that the reader of a live stream sees each frame at once
        reader.end()
    except FrameTooLarge as error:
        output.flush()
        complain(f"ctios-fast decode: {error}; --max-frame sets the limit, if the input is such a stream")
        return STREAM_FAILED
    except TruncatedStream as error:
        output.flush()
        complain(f"ctios-fast decode: {error}")
        return STREAM_FAILED
    _complain_of(chosen.nothing_matched())
    return status


def decode_capture(
    reader: CaptureReader,
    chosen: Chosen,
    table: Table | None,
    encoding: str | None,
    source: BinaryIO,
    output: BinaryIO,
) -> int:
    """Write the lines of a capture, or its table; return the exit status."""
    fault: CaptureError | None = None
    logging.getLogger("scapy").setLevel(logging.CRITICAL)  # damaged files are reported below
    items = _with_complaints(chosen.of(reader.items(source)))
    try:
        if table is None:
            _write_lines(reader, items, output, live=not source.seekable())
        else:
            table.take(items)
    except MissingExtra as error:
        complain(f"ctios-fast decode: {error}")
        return WRONG_USAGE
    except CaptureError as error:
        fault = error
    whole = fault is None
    unknown = chosen.unknown_connection(whole)
    # a file that is not a capture, and a wrong --connection, do not replace an existing table by an empty one
    if table is not None and (unknown is None if whole else reader.packets.packets > 0):
        reader.counters.malformed += table.write(encoding)
    output.flush()
    status = _status(reader, fault)
    if whole or reader.packets.packets:
        _complain_of(unknown or chosen.nothing_matched(whole))
    return status if unknown is None or not whole else WRONG_USAGE


def _complain_of(sentence: str | None) -> None:
    if sentence is not None:
        complain(f"ctios-fast decode: {sentence}")


def _with_complaints(items: Iterator[CapturedFrame | Mark]) -> Iterator[CapturedFrame | Mark]:
    """Pass everything on, and complain of streams that cannot be followed."""
    for item in items:
        if not isinstance(item, CapturedFrame) and "ended" in item:
            complain(f"ctios-fast decode: {item['connection']}, {item['direction']}: {item['ended']}")
        yield item


def _write_lines(
    reader: CaptureReader, items: Iterator[CapturedFrame | Mark], output: BinaryIO, *, live: bool
) -> None:
    for item in items:
        row = reader.record(item) if isinstance(item, CapturedFrame) else item
        output.write(format_line(row).encode("ascii") + b"\n")
        if live:
            output.flush()


def _status(reader: CaptureReader, fault: CaptureError | None) -> int:
    """Complain of what was lost, and return the exit status."""
    counters, packets = reader.counters, reader.packets
    lost = {
        "bytes are missing from the capture": counters.missing,
        "bytes could not be read as frames": counters.skipped,
        "packets were IP fragments": packets.fragments,
        "packets could not be read": packets.unread,
        "copies of events were left out": counters.copies,
    }
    if any(lost.values()):
        text = ", ".join(f"{number} {what}" for what, number in lost.items() if number)
        complain(f"ctios-fast decode: {text}")
    if not packets.packets and fault is None:
        complain("ctios-fast decode: the capture has no packets")
    elif not counters.connections and packets.packets:
        complain("ctios-fast decode: no connection with a CTI Server was found (--port names its port)")
    if fault is not None:
        complain(f"ctios-fast decode: {fault}")
    if fault is not None or counters.ended:
        return STREAM_FAILED
    return INCOMPLETE if counters.malformed or counters.gaps or counters.skipped else 0
