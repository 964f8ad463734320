"""What the filters ``decode`` and ``encode`` share: their options, their two streams, their exit statuses.

=====  ======================================================================================
0      everything was read and written
1      ``decode``: a frame was malformed (it has its line; the rest was decoded), or bytes are missing
       from a capture; ``encode``: lines of a capture have no frame
2      wrong usage, which includes a path that cannot be used and a connection that the input lacks; or
       an extra that is not installed
3      the input cannot be read any further, or a stream cannot be read or written
130    interrupted from the keyboard
141    the reader of standard output has closed it
=====  ======================================================================================
"""

import errno
import io
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO, NoReturn, cast

import click

from ctios_fast._checks import MAX_FRAME_SIZE, MIN_FRAME_SIZE
from ctios_fast.core import DEFAULT_MAX_FRAME, NEWEST_VERSION, OLDEST_VERSION
from ctios_fast.core.text_encoding import checked_encoding

from .group import INTERRUPTED
from .output_paths import overwrites

INCOMPLETE, WRONG_USAGE, IMPASSABLE, READER_GONE = 1, 2, 3, 141

protocol_version_option = click.option(
    "--protocol-version",
    type=click.IntRange(OLDEST_VERSION, NEWEST_VERSION),
    default=NEWEST_VERSION,
    show_default=True,
    help="Protocol version of the session.",
)
max_frame_option = click.option(
    "--max-frame",
    type=click.IntRange(MIN_FRAME_SIZE, MAX_FRAME_SIZE),
    default=DEFAULT_MAX_FRAME,
    show_default=True,
    metavar="BYTES",
    help="Largest frame accepted, its header included.",
)


def _encoding(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    try:
        return checked_encoding(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


encoding_option = click.option(
    "--encoding",
    callback=_encoding,
    help="Text encoding of what is not ASCII, such as utf-8. Without it such text is hex.",
)
direction_option = click.option(
    "--direction",
    type=click.Choice(["client", "server"]),
    help="Only what this side of a connection in a capture sent.",
)
file_argument = click.argument(
    "file", default="-", type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)
)


def complain(text: str) -> None:
    """Write one line to standard error."""
    click.echo(text, err=True)


def _input(file: str) -> AbstractContextManager[io.BufferedReader]:
    if file != "-":
        return open(file, "rb")
    if sys.stdin is None:
        raise OSError(errno.EBADF, "standard input is closed")
    return nullcontext(cast(io.BufferedReader, sys.stdin.buffer))


def _output() -> BinaryIO:
    if sys.stdout is None:
        raise OSError(errno.EBADF, "standard output is closed")
    return sys.stdout.buffer


def _forget_output() -> None:
    """Discard what is still buffered; the interpreter would fail to write it at exit."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run_filter(file: str, work: Callable[[io.BufferedReader, BinaryIO], int]) -> NoReturn:
    """Call ``work`` with input and output, and exit with the status it returns.

    ``file``: a path, or ``-`` for standard input.
    ``work``: takes the two streams and returns an exit status.

    Exits with the status for the failure if a stream fails or the keyboard interrupts.
    """
    try:
        with _input(file) as source:
            output = _output()
            if overwrites("-", file):
                complain(
                    "ctios-fast: the input is the file that standard output writes: write to another one"
                )
                sys.exit(WRONG_USAGE)
            status = work(source, output)
            output.flush()
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        status = READER_GONE
    except OSError as error:
        _forget_output()
        place = f"{error.filename}: " if error.filename else ""
        complain(f"ctios-fast: {place}{error.strerror or error}")
        status = IMPASSABLE
    sys.exit(status)
