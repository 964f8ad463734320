"""The one way by which requests leave: booked, encoded, sent, and undone if any of that fails.

This is also the one place that keeps passwords out of tracebacks. A traceback shows the variables of every
function that it passes, so no variable here holds a frame, and none holds the fields of a message once
something has raised.
"""

from collections.abc import Mapping
from typing import Any

from ctios_fast.core import Codec
from ctios_fast.errors import ConnectionLost, LinkClosed

from .link import Link
from .plain_message import MessageWriter
from .request_book import Request, RequestBook

__all__ = ["Sender"]


class Sender:
    """Sends the messages of one connection. ``book`` holds its open requests."""

    __slots__ = ("_book", "_codec")

    def __init__(self, codec: Codec, book: RequestBook) -> None:
        self._codec = codec
        self._book = book

    def send(
        self,
        link: Link,
        request: Request[Any],
        message: MessageWriter,
        fields: Mapping[str, Any],
        timeout: float | None,
    ) -> None:
        """Put a request on the books and send it on the link; see ``Connection.send``."""
        try:
            invoke_id = self._book.enter(request, message.number, timeout)
            try:
                link.send(message.encode_request(self._codec, invoke_id, fields))
            except BaseException as error:
                self._book.forget(invoke_id)
                if isinstance(error, LinkClosed):
                    raise ConnectionLost("the connection is ending") from error
                raise
        finally:
            del fields

    def post(self, link: Link, message: MessageWriter, fields: Mapping[str, Any]) -> int | None:
        """Send a message that has no confirmation; see ``Connection.post``."""
        try:
            invoke_id = self._book.invoke_id() if self._has_invoke_id(message.number) else None
            link.send(message.encode_request(self._codec, invoke_id, fields))
        except LinkClosed as error:
            raise ConnectionLost("the connection is ending") from error
        finally:
            del fields
        return invoke_id

    def _has_invoke_id(self, message_type: int) -> bool:
        layout = self._codec.describe(message_type)
        return layout is not None and any(row.name == "InvokeID" for row in layout.fixed)
