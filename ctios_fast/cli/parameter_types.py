"""Types of options and arguments of several commands. Their errors say what must be given and what was given.

Click's own types show ranges as ``1<=x<=65535`` and print what they do not understand as Python does.
"""

import math
import os
import sys
from typing import Any, Final

import click

__all__ = ["InputPath", "Integer", "Seconds", "Words", "shortened"]

#: Characters of one word of the command line in an error.
_MAX_SHOWN: Final = 200


def shortened(text: str) -> str:
    """Return an error in which long words of the command line are cut.

    The text has these as they are, in upper case, or as ``repr``.
    """
    for word in sys.argv[1:]:
        for form in {word, word.upper(), repr(word)[1:-1]}:
            if len(form) > _MAX_SHOWN:
                text = text.replace(form, f"{form[:_MAX_SHOWN]}...")
    return text


class Integer(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """An integer in a range, both ends included."""

    name = "integer"

    def __init__(self, minimum: int, maximum: int) -> None:
        self._minimum: Final = minimum
        self._maximum: Final = maximum

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number. Raises click's BadParameter."""
        try:
            number = int(value)
        except ValueError:  # also for thousands of digits
            number = None
        if number is None or not self._minimum <= number <= self._maximum:
            self.fail(
                f"must be an integer, {self._minimum} to {self._maximum}, got {str(value)!r}", param, ctx
            )
        return number


class Seconds(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A number of seconds from 0 on."""

    name = "seconds"

    def __init__(self, maximum: float) -> None:
        self._maximum: Final = maximum

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number. Raises click's BadParameter."""
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not 0.0 <= number <= self._maximum:
            self.fail(
                f"must be a number of seconds, 0 to {self._maximum:.0f}, got {str(value)!r}", param, ctx
            )
        return number


class Words(click.Choice):  # type: ignore[type-arg,unused-ignore]
    """One of some words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the word. Raises click's BadParameter."""
        if value not in self.choices:
            *some, last = map(repr, self.choices)
            self.fail(f"must be {', '.join(some)} or {last}, got {str(value)!r}", param, ctx)
        return value


class InputPath(click.Path):
    """A file to read. "-" is standard input."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, allow_dash=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the path. Raises click's BadParameter."""
        path = os.fsdecode(value)
        if path == "-":
            return path
        try:
            os.stat(path)
            reason = "Is a directory" if os.path.isdir(path) else None
            if reason is None and not os.access(path, os.R_OK):
                reason = "Permission denied"
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
        if reason is not None:
            self.fail(f"{path!r} cannot be read: {reason}: give a file, or - for standard input", param, ctx)
        return path
