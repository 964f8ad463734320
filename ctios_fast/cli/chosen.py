"""Which messages, connections and directions ``ctios-fast decode`` reads."""

from collections.abc import Iterator
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from ctios_fast.protocol.naming import message_number
from ctios_fast.protocol.numbers import NAMES
from ctios_fast.records.capture.conversation import CapturedFrame, Mark

__all__ = ["Chosen", "ConnectionName", "Connections", "MessageName"]

#: Digits of the largest number of a message, which has 32 bits.
_MAX_DIGITS: Final = 10
#: Connections that an error lists.
_MAX_SHOWN: Final = 10


class MessageName(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """The name or the number of a message."""

    name = "message"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the message's number. Raises click's BadParameter."""
        text = str(value)
        try:
            return message_number(
                int(text) if text.isdecimal() and len(text) <= _MAX_DIGITS else text.upper()
            )
        except ValueError as error:
            advice = (
                "" if str(error).endswith("?") else ": give the name or the number of a documented message"
            )
            self.fail(f"{error}{advice}", param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names that begin with a word."""
        return [CompletionItem(name) for name in NAMES.values() if name.startswith(incomplete.upper())]


class ConnectionName(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """The number of a connection, or its name ``client>server``."""

    name = "connection"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or the digits of the number without leading zeros."""
        text = str(value)
        if ">" in text:
            return text
        digits = text.lstrip("0")
        if not text.isdecimal() or not digits:
            self.fail(
                f"{text!r} is neither the number of a connection, from 1, nor a name such as "
                "'10.0.0.1:50001>10.0.0.2:42027'",
                param,
                ctx,
            )
        return digits


class Connections:
    """The connections of an input, in the order in which they appear."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}  # by name

    def number(self, name: str) -> int:
        """Return the number of a connection, from 1. A new one gets the next."""
        return self._numbers.setdefault(name, len(self._numbers) + 1)

    def __contains__(self, name: str) -> bool:
        return name in self._numbers

    def __str__(self) -> str:
        """The first connections with their numbers, and the number of the others."""
        shown = [f"{number} is {name}" for name, number in self._numbers.items()][:_MAX_SHOWN]
        more = len(self._numbers) - len(shown)
        return ", ".join([*shown, f"and {more} more"] if more else shown) or "none"


class Chosen:
    """The frames of the input that are wanted, and counts of what was found. None takes everything.

    ``messages``: numbers of messages.
    ``connection``: its name, or the digits of its number in the order in which connections appear.
    ``direction``: "client" or "server".

    ``frames``, ``matching``: numbers of frames that were read, and of those that are wanted.
    """

    def __init__(
        self, messages: frozenset[int] | None, connection: str | None, direction: str | None
    ) -> None:
        self.messages: Final = messages
        self.connection: Final = connection
        self.direction: Final = direction
        self.frames = 0
        self.matching = 0
        self._connections: Final = Connections()
        self._connection_found = connection is None

    @property
    def of_captures(self) -> bool:
        """Whether it has a connection or a direction, which only captures have."""
        return self.connection is not None or self.direction is not None

    def takes(self, message: int) -> bool:
        """Return whether a frame of a byte stream is wanted, and count it."""
        self.frames += 1
        if self.messages is not None and message not in self.messages:
            return False
        self.matching += 1
        return True

    def of(self, items: Iterator[CapturedFrame | Mark]) -> Iterator[CapturedFrame | Mark]:
        """Yield the wanted frames, and what the capture lacks of the wanted streams."""
        for item in items:
            if isinstance(item, CapturedFrame):
                connection, direction, message = item.connection, item.direction, item.message
                self.frames += 1
            else:
                connection, direction, message = str(item["connection"]), str(item["direction"]), None
            number = self._connections.number(connection)
            if self.connection not in (None, connection, str(number)):
                continue
            self._connection_found = True
            if self.direction in (None, direction) and (
                self.messages is None or message is None or message in self.messages
            ):
                self.matching += message is not None
                yield item

    def unknown_connection(self, whole: bool) -> str | None:
        """Return a sentence if what was read lacks the connection that is wanted.

        ``whole``: whether the capture was read to its end.
        """
        if self._connection_found:
            return None
        if not whole:
            return (
                f"the part of the capture that was read has no connection {self.connection} (it has "
                f"{self._connections})"
            )
        return (
            f"the capture has no connection {self.connection}: --connection takes the number or the name of "
            f"one of its connections ({self._connections})"
        )

    def nothing_matched(self, whole: bool = True) -> str | None:
        """Return a sentence if what was read has no frame that is wanted.

        ``whole``: whether the input was read to its end.
        """
        if self.matching or (self.messages is None and not self.of_captures):
            return None
        where = "" if whole else " of the part that was read"
        return f"no frame{where} matches the options (frames read: {self.frames})"
