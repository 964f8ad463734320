"""``ctios-fast decode``: a byte stream to JSON lines."""

from typing import BinaryIO

import click

from ctios_fast.cli.streams import (
    IMPASSABLE,
    MALFORMED,
    complain,
    file_argument,
    max_frame_option,
    protocol_version_option,
    run_filter,
)
from ctios_fast.core import Codec
from ctios_fast.protocol.errors import FrameTooLarge
from ctios_fast.transcript import StreamReader, TruncatedStream, chunks, format_line


def _decode(reader: StreamReader, source: BinaryIO, output: BinaryIO) -> int:
    status = 0
    try:
        for piece in chunks(source):
            for row in reader.feed(piece):
                if "error" in row:
                    status = MALFORMED
                output.write(format_line(row).encode("ascii") + b"\n")
            output.flush()  # a reader of a live stream sees each frame as it comes
        reader.end()
    except (FrameTooLarge, TruncatedStream) as error:
        output.flush()
        complain(f"ctios-fast decode: {error}")
        return IMPASSABLE
    return status


@click.command("decode")
@protocol_version_option
@max_frame_option
@file_argument
def command(protocol_version: int, max_frame: int, file: str) -> None:
    """Turn a byte stream into JSON lines.

    FILE (standard input if it is absent or -) is one direction of a CTI Server connection, raw. Each frame
    gives one line: offset, type, message, fields and floating; a message without a published layout has its
    body as hex; a malformed frame has error and the whole frame as hex, and decoding goes on behind it.

    PASSWORDS ARE PRINTED: the tool's purpose is to show what is on the wire. Treat its output accordingly.

    Exit status: 0; 1 if a frame was malformed; 3 if the stream cannot be passed over (a length above the
    limit, an end inside a frame), with a line on standard error.
    """
    reader = StreamReader(Codec(protocol_version, max_frame))
    run_filter(file, lambda source, output: _decode(reader, source, output))
