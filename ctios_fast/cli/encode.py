"""``ctios-fast encode``: JSON lines back to the byte stream."""

from typing import BinaryIO

import click

from ctios_fast.core import Codec
from ctios_fast.errors import TranscriptError
from ctios_fast.records.transcript import frame_from_record, parse_line

from .file_streams import (
    IMPASSABLE,
    complain,
    file_argument,
    max_frame_option,
    protocol_version_option,
    run_filter,
)


def _encode(codec: Codec, source: BinaryIO, output: BinaryIO) -> int:
    for number, line in enumerate(source, 1):
        if line.isspace():
            continue
        try:
            frame = frame_from_record(codec, parse_line(line))
        except TranscriptError as error:
            output.flush()
            complain(f"line {number}: {error}")
            return IMPASSABLE
        output.write(frame)
    return 0


@click.command("encode")
@protocol_version_option
@max_frame_option
@file_argument
def command(protocol_version: int, max_frame: int, file: str) -> None:
    """Turn JSON lines back into the byte stream.

    FILE (standard input if it is absent or -) has the lines that decode prints; what comes out is byte for
    byte what decode read, if the protocol version is the same. Of each line, type and fields rule; offset and
    message are not looked at. A line with error gives back its hex. Blank lines are passed over.

    Exit status: 0; 3 if a line is no JSON or a field does not fit, with the line's number and the field on
    standard error. What stood before that line has been written.
    """
    codec = Codec(protocol_version, max_frame)
    run_filter(file, lambda source, output: _encode(codec, source, output))
