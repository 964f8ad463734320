"""``ctios-fast decode``: a byte stream or a packet capture to JSON lines, or a capture to a table."""

import io
from typing import BinaryIO, Final

import click
from click.core import ParameterSource

from ctios_fast._checks import MIN_FRAME_SIZE
from ctios_fast.core import NEWEST_VERSION, Codec, codec
from ctios_fast.errors import MissingExtra
from ctios_fast.protocol.numbers import NAMES
from ctios_fast.records.capture.conversation import sender
from ctios_fast.records.capture.copies import DEFAULT_WITHIN
from ctios_fast.records.capture.reader import DEFAULT_PORTS, CaptureReader, looks_like_capture
from ctios_fast.records.transcript import StreamReader

from .chosen import Chosen, ConnectionName, MessageName
from .decoding import Table, decode_capture, decode_stream
from .exit_statuses import WRONG_USAGE
from .file_streams import (
    complain,
    direction_option,
    encoding_option,
    file_argument,
    max_frame_option,
    protocol_version_option,
    run_filter,
)
from .output_paths import OutputPath, is_same_file, overwrites
from .parameter_types import Integer, Seconds

_OTHER: Final = {"client": "server", "server": "client"}


@click.command("decode")
@protocol_version_option
@max_frame_option
@encoding_option
@click.option(
    "--pcap",
    is_flag=True,
    help="FILE is a packet capture (extra [pcap]); it is also recognised by its first bytes.",
)
@click.option(
    "--port",
    "ports",
    type=Integer(1, 65535),
    multiple=True,
    default=DEFAULT_PORTS,
    metavar="PORT",
    show_default=True,
    help="Port of a CTI Server in the capture, 1 to 65535; may be given several times.",
)
@click.option(
    "--message",
    "messages",
    type=MessageName(),
    multiple=True,
    metavar="NAME",
    help="Only this message, by its name or number; may be given several times.",
)
@click.option(
    "--connection",
    type=ConnectionName(),
    metavar="N",
    help="Only this connection of a capture: its number, from 1 in the order in which connections appear, or "
    "its name client>server.",
)
@direction_option
@click.option(
    "--distinct",
    is_flag=True,
    help="One copy of an event of a capture that several connections or monitors heard.",
)
@click.option(
    "--within",
    type=Seconds(1e9),
    default=DEFAULT_WITHIN,
    metavar="SECONDS",
    show_default=True,
    help="With --distinct: the time from the first copy to the last.",
)
@click.option(
    "--csv",
    "csv_file",
    type=OutputPath(allow_dash=True),
    metavar="FILE",
    help="Write the fields of the one --message in a capture to a CSV file, instead of JSON lines.",
)
@click.option(
    "--parquet",
    "parquet_file",
    type=OutputPath(allow_dash=True),
    metavar="FILE",
    help="The same to a Parquet file (extra [arrow]).",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME",
    help="With --csv and --parquet: this field; may be given several times. Without it, all fixed fields.",
)
@file_argument
@click.pass_context
def command(
    context: click.Context,
    protocol_version: int,
    max_frame: int,
    encoding: str | None,
    pcap: bool,
    ports: tuple[int, ...],
    messages: tuple[int, ...],
    connection: str | None,
    direction: str | None,
    distinct: bool,
    within: float,
    csv_file: str | None,
    parquet_file: str | None,
    fields: tuple[str, ...],
    file: str,
) -> None:
    """Turn a byte stream or a packet capture into JSON lines.

    FILE (standard input if it is absent or -) is one direction of a CTI Server connection, raw. Each frame
    gives one line: offset, type, message, fields and floating. A message without a published layout has its
    body as hex. A malformed frame has error and the whole frame as hex; decoding continues after it.

    FILE may be a capture in pcap or pcapng format, also compressed by gzip. The lines of all connections
    with CTI Servers then begin with time (seconds since the epoch), connection (client>server), direction
    (client or server) and version. Each connection's version comes from its OPEN_REQ; --protocol-version is
    for connections without one. A connection is recognised by --port or, on other ports, by its first
    message. Lines with missing describe bytes that the capture lacks, lines with skipped describe bytes
    that are not part of a whole frame, and lines with ended say where a stream cannot be followed any
    further.

    --message, --connection and --direction choose what is read. --csv and --parquet write one row for each
    frame of one message, with the columns time, connection, direction, version and the fields. A copy, for
    --distinct, is an event from a server with the bytes of an earlier one, MonitorID aside, to another
    connection or monitor; the copies are counted.

    PASSWORDS ARE PRINTED: the tool shows what is on the wire. Treat its output accordingly.

    Exit status: 0; 1 if a frame was malformed, or bytes are missing from a capture; 2 for a wrong option or
    path, or a --connection that the capture lacks; 3 if the stream cannot be read any further (a length above
    the limit, an end inside a frame, a damaged capture file), with a line on standard error. If the options
    choose frames and none matches, standard error has a line and the status is 0.
    """
    capture = CaptureReader(
        protocol_version=protocol_version,
        max_frame=max_frame,
        ports=ports,
        encoding=encoding,
        distinct=distinct,
        within=within,
    )
    chosen = Chosen(frozenset(messages) if messages else None, connection, direction)
    if _given(context, "within") and not distinct:
        raise click.UsageError("--within goes with --distinct: give both")
    if direction is not None and messages and all(_sender(each) == _OTHER[direction] for each in messages):
        names = " and ".join(NAMES[each] for each in dict.fromkeys(messages))
        raise click.UsageError(
            f"--direction {direction} does not go with --message: only a {_OTHER[direction]} sends {names}"
        )
    table = _table(file, messages, fields, csv_file, parquet_file)
    for_captures = {
        "--port": _given(context, "ports"),
        "--connection and --direction": chosen.of_captures,
        "--distinct": distinct,
        "--csv and --parquet": table is not None,
    }

    def work(source: io.BufferedReader, output: BinaryIO) -> int:
        if pcap or looks_like_capture(source.peek(MIN_FRAME_SIZE), max_frame):
            return decode_capture(capture, chosen, table, encoding, source, output)
        wrong = next((option for option, given in for_captures.items() if given), None)
        if wrong is not None:
            verb = "are" if " and " in wrong else "is"
            complain(f"ctios-fast decode: {wrong} {verb} for captures, and the input is not one")
            return WRONG_USAGE
        return decode_stream(
            StreamReader(Codec(protocol_version, max_frame, encoding)), chosen, source, output
        )

    run_filter(file, work)


def _sender(message: int) -> str | None:
    return sender(codec(NEWEST_VERSION), message)


def _given(context: click.Context, name: str) -> bool:
    """Whether an option was given, and is not its default."""
    return context.get_parameter_source(name) is not ParameterSource.DEFAULT


def _table(
    file: str,
    messages: tuple[int, ...],
    fields: tuple[str, ...],
    csv_file: str | None,
    parquet_file: str | None,
) -> Table | None:
    """Return where columns go, None without --csv and --parquet. Raises click's UsageError."""
    if csv_file is None and parquet_file is None:
        if fields:
            raise click.UsageError("--field goes with --csv or --parquet: give one of the two")
        return None
    if len(set(messages)) != 1:
        raise click.UsageError("--csv and --parquet take the fields of one message: give --message once")
    if csv_file is not None and parquet_file is not None and is_same_file(csv_file, parquet_file):
        raise click.UsageError("--csv and --parquet have the same file: give each one of its own")
    for written in (csv_file, parquet_file):
        if written is not None and overwrites(written, file):
            raise click.UsageError(f"{written} is the file to read: give another one to write")
    from ctios_fast.records.capture.capture_columns import ColumnCollector

    from .capture_tables import check_parquet

    try:
        collector = ColumnCollector(messages[0], fields or None)
        if parquet_file is not None:
            check_parquet()
    except (ValueError, TypeError, MissingExtra) as error:
        raise click.UsageError(str(error)) from None
    return Table(collector, csv_file, parquet_file)
