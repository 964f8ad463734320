"""``ctios-fast encode``: JSON lines back to the byte stream."""

from typing import BinaryIO

import click

from ctios_fast.core import Codec
from ctios_fast.errors import TranscriptError
from ctios_fast.records.transcript import frame_from_record, has_frame, lines, parse_line

from .file_streams import (
    IMPASSABLE,
    INCOMPLETE,
    complain,
    direction_option,
    encoding_option,
    file_argument,
    max_frame_option,
    protocol_version_option,
    run_filter,
)


def _encode(codec: Codec, wanted: dict[str, str], source: BinaryIO, output: BinaryIO) -> int:
    without_frame = 0
    number = 0
    try:
        for line in lines(source):
            number += 1
            if not line or line.isspace():
                continue
            row = parse_line(line)
            if isinstance(row, dict) and any(row.get(key, value) != value for key, value in wanted.items()):
                continue
            if has_frame(row):
                output.write(frame_from_record(codec, row))
            else:
                without_frame += 1
    except TranscriptError as error:
        output.flush()
        complain(f"line {number}: {error}")
        return IMPASSABLE
    if without_frame:
        output.flush()
        complain(
            f"ctios-fast encode: {without_frame} lines describe what a capture lacks; they have no frame"
        )
        return INCOMPLETE
    return 0


@click.command("encode")
@protocol_version_option
@max_frame_option
@encoding_option
@click.option("--connection", metavar="CLIENT>SERVER", help="Only the lines of this connection of a capture.")
@direction_option
@file_argument
def command(
    protocol_version: int,
    max_frame: int,
    encoding: str | None,
    connection: str | None,
    direction: str | None,
    file: str,
) -> None:
    """Turn JSON lines back into the byte stream.

    FILE (standard input if it is absent or -) contains lines as decode prints them, in UTF-8 or, with a
    byte order mark, in UTF-16. The output is the bytes that decode read, if the protocol version and the
    encoding are the same; a line with version is encoded for that version. Of each line, type and fields
    are authoritative; offset and message are ignored. A line with error gives back its hex. Blank lines are
    skipped.

    The lines of a capture give the frames of all its connections and of both directions, in the order of
    the lines. --connection and --direction choose a stream. Lines with missing, skipped or ended have no
    frame; they are counted.

    Exit status: 0; 1 if lines without a frame were counted, with a line on standard error; 3 if a line is
    not JSON or a field does not fit, with the line's number and the field on standard error. The frames of
    all lines before it have been written.
    """
    codec = Codec(protocol_version, max_frame, encoding)
    chosen = {"connection": connection, "direction": direction}
    wanted = {key: value for key, value in chosen.items() if value is not None}
    run_filter(file, lambda source, output: _encode(codec, wanted, source, output))
