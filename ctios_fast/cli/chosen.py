"""Which messages, connections and directions ``ctios-fast decode`` reads."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from ctios_fast.protocol.naming import message_number
from ctios_fast.protocol.numbers import NAMES
from ctios_fast.records.capture.conversation import CapturedFrame, Mark


class MessageName(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """The name or the number of a message."""

    name = "message"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the message's number."""
        try:
            return message_number(int(value) if str(value).isdecimal() else str(value).upper())
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names that begin with a word."""
        return [CompletionItem(name) for name in NAMES.values() if name.startswith(incomplete.upper())]


class Chosen(NamedTuple):
    """What of the input is wanted. None is everything.

    ``messages``: numbers of messages.
    ``connection``: its name, or the number of the connection in the order in which they appear.
    ``direction``: "client" or "server".
    """

    messages: frozenset[int] | None
    connection: str | None
    direction: str | None

    @property
    def of_captures(self) -> bool:
        """Whether it names what only captures have."""
        return self.connection is not None or self.direction is not None

    def of(self, items: Iterator[CapturedFrame | Mark]) -> Iterator[CapturedFrame | Mark]:
        """Yield the frames that are wanted, and what a capture lacks of the streams that are."""
        numbers: dict[str, int] = {}  # of the connections so far
        for item in items:
            if isinstance(item, CapturedFrame):
                connection, direction, message = item.connection, item.direction, item.message
            else:
                connection, direction, message = str(item["connection"]), str(item["direction"]), None
            number = numbers.setdefault(connection, len(numbers) + 1)
            if (
                self.connection in (None, connection, str(number))
                and self.direction in (None, direction)
                and (self.messages is None or message is None or message in self.messages)
            ):
                yield item
