"""Paths of files that the commands write. They are checked before anything is read."""

import os
import stat
import sys
from typing import IO, Any

import click

__all__ = ["OutputPath", "is_same_file", "overwrites"]


class OutputPath(click.Path):
    """A file to write, in a folder that exists. "-" is standard output if ``allow_dash`` is True."""

    def __init__(self, *, allow_dash: bool) -> None:
        super().__init__(dir_okay=False, allow_dash=allow_dash)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path. Raises click's BadParameter, which names what is wrong with it."""
        path = os.fsdecode(value)
        if self.allow_dash and path == "-":
            return path
        if not path or "\0" in path:
            self.fail(f"{path!r} is not the name of a file: give a path to write", param, ctx)
        if os.path.isdir(path):
            self.fail(f"{path!r} is a directory: give the path of a file", param, ctx)
        if os.path.exists(path) and not os.access(path, os.W_OK):
            self.fail(f"{path!r} is not writable: give another path", param, ctx)
        folder = os.path.dirname(os.path.realpath(path))
        if not os.path.isdir(folder):
            self.fail(f"{path!r}: there is no folder {folder}: create it, or give another path", param, ctx)
        if not os.path.exists(path) and not os.access(folder, os.W_OK):
            self.fail(f"{path!r}: the folder {folder} is not writable: give another path", param, ctx)
        return path


def is_same_file(one: str, other: str) -> bool:
    """Return True if two output paths name one file, whether it exists or not. "-" is standard output."""
    return _identity(one, sys.stdout) == _identity(other, sys.stdout)


def overwrites(output: str, source: str) -> bool:
    """Return True if writing an output changes the file that is read.

    ``output``: a path; "-" is standard output.
    ``source``: a path; "-" is standard input.
    """
    status = _status(source, sys.stdin)
    # a terminal or a device may be both
    return (
        status is not None and stat.S_ISREG(status.st_mode) and _key(status) == _identity(output, sys.stdout)
    )


def _identity(path: str, stream: IO[Any] | None) -> object:
    # What all names of one file have in common. The real path also compares files that do not exist yet.
    status = _status(path, stream)
    return os.path.realpath(path) if status is None else _key(status)


def _key(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _status(path: str, stream: IO[Any] | None) -> os.stat_result | None:
    try:
        if path != "-":
            return os.stat(path)
        return None if stream is None else os.fstat(stream.fileno())
    except OSError:  # also what a stream without a file number raises
        return None
