"""``ctios-fast encode``: JSON lines back to the byte stream."""

from typing import BinaryIO, Final

import click

from ctios_fast.core import Codec
from ctios_fast.errors import TranscriptError
from ctios_fast.records.transcript import frame_from_record, has_frame, lines, parse_line

from .chosen import Connections
from .exit_statuses import INCOMPLETE, STREAM_FAILED, WRONG_USAGE
from .file_streams import (
    complain,
    direction_option,
    encoding_option,
    file_argument,
    max_frame_option,
    protocol_version_option,
    run_filter,
)


class _ChosenLines:
    """The lines of a capture that are wanted, and counts of what was found. None takes everything."""

    def __init__(self, connection: str | None, direction: str | None) -> None:
        self._connection: Final = connection
        chosen = {"connection": connection, "direction": direction}
        self._wanted: Final = {key: value for key, value in chosen.items() if value is not None}
        self._connections: Final = Connections()
        self._matching = 0

    def takes(self, row: object) -> bool:
        """Return whether a line is wanted. Raises TranscriptError for a line that is not one of a capture."""
        if not self._wanted or not isinstance(row, dict):
            return True
        for key in self._wanted:
            if key not in row:
                raise TranscriptError(key, f"the line lacks it, and --{key} is for the lines of a capture")
        self._connections.number(str(row.get("connection")))
        wanted = all(row[key] == value for key, value in self._wanted.items())
        self._matching += wanted
        return wanted

    def unknown_connection(self) -> str | None:
        """Return a sentence if no line has the connection that is wanted."""
        if self._connection is None or self._connection in self._connections:
            return None
        return (
            f"no line has the connection {self._connection!r}: --connection takes the name of a connection "
            f"of the lines ({self._connections})"
        )

    def nothing_matched(self) -> str | None:
        """Return a sentence if no line is wanted."""
        return None if self._matching or not self._wanted else "no line matches the options"


def _encode(codec: Codec, max_frame: int, chosen: _ChosenLines, source: BinaryIO, output: BinaryIO) -> int:
    without_frame = number = 0
    try:
        found = lines(source, max_frame)
        while True:
            number += 1
            line = next(found, None)  # an error of reading is one of this line
            if line is None:
                break
            if not line or line.isspace():
                continue
            row = parse_line(line)
            if not chosen.takes(row):
                continue
            if has_frame(row):
                output.write(frame_from_record(codec, row))
            else:
                without_frame += 1
    except TranscriptError as error:
        output.flush()
        complain(f"line {number}: {error}")
        return STREAM_FAILED
    output.flush()
    unknown = chosen.unknown_connection()
    if (sentence := unknown or chosen.nothing_matched()) is not None:
        complain(f"ctios-fast encode: {sentence}")
    if without_frame:
        complain(
            f"ctios-fast encode: {without_frame} lines describe what a capture lacks; they have no frame"
        )
        return INCOMPLETE
    return 0 if unknown is None else WRONG_USAGE


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

    Exit status: 0; 1 if lines without a frame were counted, with a line on standard error; 2 if the lines
    lack the --connection, or FILE is also the output; 3 if a line is not JSON or a field does not fit, with
    the line's number and the field on standard error. The frames of all lines before it have been written.
    """
    codec = Codec(protocol_version, max_frame, encoding)
    chosen = _ChosenLines(connection, direction)
    run_filter(file, lambda source, output: _encode(codec, max_frame, chosen, source, output))
