"""What the filters ``decode`` and ``encode`` share: their options and their two streams."""

import io
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO, NoReturn

import click

from ctios_fast._checks import MAX_FRAME_SIZE, MIN_FRAME_SIZE
from ctios_fast.core import DEFAULT_MAX_FRAME, NEWEST_VERSION, OLDEST_VERSION
from ctios_fast.core.text_encoding import checked_encoding

from .exit_statuses import STREAM_FAILED, WRONG_USAGE
from .output_paths import overwrites
from .parameter_types import InputPath, Integer, Words, shortened
from .standard_streams import described, standard_input

protocol_version_option = click.option(
    "--protocol-version",
    type=Integer(OLDEST_VERSION, NEWEST_VERSION),
    default=NEWEST_VERSION,
    metavar="VERSION",
    show_default=True,
    help=f"Protocol version of the session, {OLDEST_VERSION} to {NEWEST_VERSION}.",
)
max_frame_option = click.option(
    "--max-frame",
    type=Integer(MIN_FRAME_SIZE, MAX_FRAME_SIZE),
    default=DEFAULT_MAX_FRAME,
    show_default=True,
    metavar="BYTES",
    help=f"Largest frame accepted, its header included, {MIN_FRAME_SIZE} to {MAX_FRAME_SIZE}.",
)


def _encoding(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    try:
        return checked_encoding(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


encoding_option = click.option(
    "--encoding",
    callback=_encoding,
    metavar="NAME",
    help="Text encoding of what is not ASCII, such as utf-8. Without it such text is hex.",
)
direction_option = click.option(
    "--direction",
    type=Words(["client", "server"]),
    help="Only what this side of a connection in a capture sent.",
)
file_argument = click.argument("file", default="-", type=InputPath())


def complain(text: str) -> None:
    """Write one line to standard error, with the beginning of a long word of the command line."""
    click.echo(shortened(text), err=True)


def _input(file: str) -> AbstractContextManager[io.BufferedReader]:
    if file != "-":
        return open(file, "rb")
    return nullcontext(standard_input())


def run_filter(file: str, work: Callable[[io.BufferedReader, BinaryIO], int]) -> NoReturn:
    """Call ``work`` with input and output, and exit with the status it returns.

    ``file``: a path, or ``-`` for standard input.
    ``work``: takes the two streams and returns an exit status.

    Exits with one line and the status of a failed stream if a file cannot be read or written.
    """
    try:
        with _input(file) as source:
            if overwrites("-", file):
                complain(
                    "ctios-fast: the input is the file that standard output writes: write to another one"
                )
                sys.exit(WRONG_USAGE)
            status = work(source, sys.stdout.buffer)
    except OSError as error:
        # an error of writing a table has the file; an error of reading has none
        error.filename = error.filename or ("standard input" if file == "-" else file)
        complain(f"ctios-fast: {described(error)}")
        status = STREAM_FAILED
    sys.exit(status)
