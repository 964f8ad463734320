"""Messages that a program sends by number, name or class, with the reference's field names.

The caller hides passwords in ``fields`` and ``floating`` first, since a traceback shows variables.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.naming import message_number

from .coercion import optional_seconds, refuse
from .context import Context
from .monitors.monitor_start import MonitorStart, raw_request

__all__ = ["post_message", "send_request"]


def send_request(
    context: Context,
    message: Any,
    fields: Mapping[str, int],
    floating: Iterable[tuple[str, object]],
    timeout: Any,
) -> Request[Message]:
    """Send a request, which is answered by its confirmation. See ``Session.request``."""
    number = _resolved(message, fields)
    if number not in ged.CONFIRMATIONS:
        name = ged.NAMES.get(number, "unknown")
        raise refuse(f"message type {number} ({name}) is not a request with a confirmation")
    request: Request[Message] = raw_request(context.monitors, number, fields) or Request(ged.NAMES[number])
    context.send_plain(request, number, fields, floating, optional_seconds("timeout", timeout))
    if isinstance(request, MonitorStart):
        request.sent()
    return request


def post_message(
    context: Context, message: Any, fields: Mapping[str, int], floating: Iterable[tuple[str, object]]
) -> int | None:
    """Send a message that has no confirmation. See ``Session.send``."""
    number = _resolved(message, fields)
    if number in ged.CONFIRMATIONS:
        raise refuse(f"message type {number} ({ged.NAMES[number]}) has a confirmation: use request()")
    return context.post_plain(number, fields, floating)


def _resolved(message: Any, fields: Any) -> int:
    # The number of the message.
    try:
        number = message_number(message)
    except (TypeError, ValueError) as error:
        raise refuse(str(error)) from None
    if not isinstance(fields, Mapping):
        raise refuse(f"fields must be a mapping of field names, got {type(fields).__name__}")
    return number
