"""``ctios-fast decode``: a byte stream, or a packet capture, to JSON lines."""

import io
import logging
from typing import BinaryIO

import click
from click.core import ParameterSource

from ctios_fast._checks import MIN_FRAME_SIZE
from ctios_fast.core import Codec
from ctios_fast.errors import CaptureError, FrameTooLarge, MissingExtra, TruncatedStream
from ctios_fast.records.capture.reader import DEFAULT_PORTS, CaptureReader, looks_like_capture
from ctios_fast.records.transcript import StreamReader, chunks, format_line

from .file_streams import (
    IMPASSABLE,
    INCOMPLETE,
    WRONG_USAGE,
    complain,
    encoding_option,
    file_argument,
    max_frame_option,
    protocol_version_option,
    run_filter,
)


def _decode(reader: StreamReader, source: BinaryIO, output: BinaryIO) -> int:
    status = 0
    try:
        for piece in chunks(source):
            for row in reader.feed(piece):
                if "error" in row:
                    status = INCOMPLETE
                output.write(format_line(row).encode("ascii") + b"\n")
            output.flush()  # so that the reader of a live stream sees each frame at once
        reader.end()
    except (FrameTooLarge, TruncatedStream) as error:
        output.flush()
        complain(f"ctios-fast decode: {error}")
        return IMPASSABLE
    return status


def _decode_capture(reader: CaptureReader, source: BinaryIO, output: BinaryIO) -> int:
    fault: CaptureError | None = None
    live = not source.seekable()
    logging.getLogger("scapy").setLevel(logging.CRITICAL)  # damaged files are reported below
    try:
        for row in reader.records(source):
            output.write(format_line(row).encode("ascii") + b"\n")
            if live:
                output.flush()
            if "ended" in row:
                complain(f"ctios-fast decode: {row['connection']}, {row['direction']}: {row['ended']}")
    except MissingExtra as error:
        complain(f"ctios-fast decode: {error}")
        return WRONG_USAGE
    except CaptureError as error:
        fault = error
    output.flush()
    counters, packets = reader.counters, reader.packets
    lost = {
        "bytes are missing from the capture": counters.missing,
        "bytes could not be read as frames": counters.skipped,
        "packets were IP fragments": packets.fragments,
        "packets could not be read": packets.unread,
    }
    if any(lost.values()):
        text = ", ".join(f"{number} {what}" for what, number in lost.items() if number)
        complain(f"ctios-fast decode: {text}")
    if not counters.connections and packets.packets:
        complain("ctios-fast decode: no connection with a CTI Server was found (--port names its port)")
    if fault is not None:
        complain(f"ctios-fast decode: {fault}")
    if fault is not None or counters.ended:
        return IMPASSABLE
    return INCOMPLETE if counters.malformed or counters.gaps or counters.skipped else 0


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
    type=click.IntRange(1, 65535),
    multiple=True,
    default=DEFAULT_PORTS,
    show_default=True,
    help="Port of a CTI Server in the capture; may be given several times.",
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
    file: str,
) -> None:
    """Turn a byte stream into JSON lines.

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

    PASSWORDS ARE PRINTED: the tool shows what is on the wire. Treat its output accordingly.

    Exit status: 0; 1 if a frame was malformed, or bytes are missing from a capture; 3 if the stream cannot be
    read any further (a length above the limit, an end inside a frame, a damaged capture file), with a line on
    standard error.
    """
    capture = CaptureReader(
        protocol_version=protocol_version, max_frame=max_frame, ports=ports, encoding=encoding
    )
    ports_given = context.get_parameter_source("ports") is not ParameterSource.DEFAULT

    def work(source: io.BufferedReader, output: BinaryIO) -> int:
        if pcap or looks_like_capture(source.peek(MIN_FRAME_SIZE), max_frame):
            return _decode_capture(capture, source, output)
        if ports_given:
            complain("ctios-fast decode: --port is for captures, and the input is not one")
            return WRONG_USAGE
        return _decode(StreamReader(Codec(protocol_version, max_frame, encoding)), source, output)

    run_filter(file, work)
