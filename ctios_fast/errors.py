"""Every exception of the library.

::

    CtiOsError                      base of all
    ├── MethodError                 a method could not be carried out as called; carries a CilCode
    ├── Refused                     the server or the peripheral refused
    │   ├── OpenRefused             ... to open a session (FAILURE_CONF for OPEN_REQ)
    │   │   └── SessionEnded        ... to keep one open (FAILURE_EVENT, or FAILURE_CONF for a request)
    │   ├── RequestRefused          ... a request, by the CTI Server (FAILURE_CONF)
    │   ├── ControlFailure          ... a request, by the peripheral (CONTROL_FAILURE_CONF)
    │   └── ConfigurationRefused    ... the configuration (CONFIG_END_EVENT)
    ├── ForcedLogout                a fail-over logged the agent out before its own logout did
    ├── RequestTimeout              no answer in time (also a TimeoutError)
    ├── ConnectionFailed            no side could be reached (also a ConnectionError)
    ├── ConnectionLost              the connection ended or does not exist (also a ConnectionError)
    ├── LinkClosed                  one TCP connection is closed (also a ConnectionError)
    ├── SendBufferFull              too many bytes wait to be sent (also a ConnectionError)
    ├── TooManyRequests             too many requests are open
    ├── StreamOverflow              the buffer of a stream of events was full
    ├── ProtocolError               bytes on the wire
    │   ├── FrameTooLarge           a frame above the size limit
    │   ├── MalformedFrame          a frame that contradicts its message's layout
    │   ├── EncodeError             a message that cannot be written (also a ValueError)
    │   ├── TruncatedStream         a recording ends inside a frame
    │   └── TranscriptError         a record that no frame can be made from (also a ValueError)
    ├── FilterSyntaxError           a message filter string that cannot be parsed (also a ValueError)
    ├── CaptureError                a capture file that cannot be read
    └── MissingExtra                an optional dependency is not installed (also an ImportError)

Importing this module imports nothing else of the package; names of codes are looked up in ``protocol`` when
they are first read. Errors carry what is needed to find the fault (message, field,
offset) and never the text of a field, since a field may be a password.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .enums import CilCode

__all__ = [
    "CaptureError",
    "ConfigurationRefused",
    "ConnectionFailed",
    "ConnectionLost",
    "ControlFailure",
    "CtiOsError",
    "EncodeError",
    "FilterSyntaxError",
    "ForcedLogout",
    "FrameTooLarge",
    "LinkClosed",
    "MalformedFrame",
    "MethodError",
    "MissingExtra",
    "OpenRefused",
    "ProtocolError",
    "Refused",
    "RequestRefused",
    "RequestTimeout",
    "SendBufferFull",
    "SessionEnded",
    "StreamOverflow",
    "TooManyRequests",
    "TranscriptError",
    "TruncatedStream",
]


class CtiOsError(Exception):
    """Base of every error that the library raises."""


# --- Methods ----------------------------------------------------------------------------------------


class MethodError(CtiOsError):
    """A method could not be carried out as called. Nothing was sent, and no event follows.

    ``code`` is the CilCode that CTI OS's method would have returned.
    """

    def __init__(self, code: "CilCode", reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.reason} ({self.code.name})"


# --- Refusals ---------------------------------------------------------------------------------------


class Refused(CtiOsError):
    """The CTI Server or the peripheral refused.

    ``code``: the number that the refusal carries. ``name``: its name in the reference, or the number as
    text. ``text``: what it means. ``message_type``: number of the refused message. ``invoke_id``: InvokeID of
    that message.
    """

    #: Enumerations of the reference that name the codes. Some codes are split over two of them.
    ENUMERATIONS: tuple[str, ...] = ("StatusCode",)

    def __init__(self, code: int, message_type: int, invoke_id: int = 0) -> None:
        super().__init__(code, message_type, invoke_id)
        self.code = code
        self.message_type = message_type
        self.invoke_id = invoke_id

    @property
    def name(self) -> str:
        """Name of the code in the reference, or the number as text if it has none."""
        from .protocol import enums

        for enumeration in self.ENUMERATIONS:
            try:
                return str(getattr(enums, enumeration)(self.code).name)
            except ValueError:
                continue
        return str(self.code)

    @property
    def text(self) -> str:
        """What the code means, in a few words of the reference's data; empty if it is not known."""
        from .protocol.code_texts import TEXTS

        return next((TEXTS[each][self.code] for each in self.ENUMERATIONS if self.code in TEXTS[each]), "")

    @property
    def explained(self) -> str:
        """The code by name, number and text."""
        return f"{self.name} ({self.code}){': ' if self.text else ''}{self.text}"

    @property
    def message(self) -> str:
        """Name of the refused message, or its number as text."""
        from .protocol.numbers import NAMES

        return NAMES.get(self.message_type, str(self.message_type))

    def __str__(self) -> str:
        return f"the CTI Server refused {self.message}: {self.explained}"


class OpenRefused(Refused):
    """The server answered OPEN_REQ with FAILURE_CONF. ``status`` is the StatusCode."""

    def __init__(self, status: int) -> None:
        super().__init__(status, 3)  # OPEN_REQ
        self.args = (status,)
        self.status = status

    def __str__(self) -> str:
        return f"the CTI Server refused to open a session: {self.explained}"


class SessionEnded(OpenRefused):
    """The server ended a session that was open. ``status`` is the StatusCode.

    It did so by a FAILURE_EVENT, by the refusal of a request, or by maintenance of the side. ``message_type``
    is always that of FAILURE_EVENT.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.message_type = 2  # FAILURE_EVENT

    def __str__(self) -> str:
        return f"the CTI Server ended the session: {self.explained}"


class RequestRefused(Refused):
    """The CTI Server itself refused a request (FAILURE_CONF). ``status`` is the StatusCode.

    ``cure``: what the program can do, where the library knows it; otherwise empty.
    """

    cure = ""

    def __str__(self) -> str:
        return f"{super().__str__()}; {self.cure}" if self.cure else super().__str__()

    @property
    def status(self) -> int:
        """The StatusCode."""
        return self.code


class ControlFailure(Refused):
    """The peripheral refused a request (CONTROL_FAILURE_CONF).

    ``failure_code`` is a ControlFailureCode. ``peripheral_error_code`` is the peripheral's own.
    """

    ENUMERATIONS = ("ControlFailureCode", "ControlFailureCodeExtended")

    def __init__(
        self, failure_code: int, peripheral_error_code: int, message_type: int, invoke_id: int = 0
    ) -> None:
        super().__init__(failure_code, message_type, invoke_id)
        self.args = (failure_code, peripheral_error_code, message_type, invoke_id)
        self.peripheral_error_code = peripheral_error_code

    @property
    def failure_code(self) -> int:
        """The ControlFailureCode."""
        return self.code

    def __str__(self) -> str:
        return f"{self.message} failed: {self.explained}; peripheral error {self.peripheral_error_code}"


class ConfigurationRefused(Refused):
    """The server has no configuration for the session (CONFIG_END_EVENT). ``status`` is a ConfigEndStatus."""

    ENUMERATIONS = ("ConfigEndStatus",)

    def __init__(self, status: int, explanation: str = "") -> None:
        super().__init__(status, 232)  # CONFIG_REQUEST_EVENT
        self.args = (status, explanation)
        self.explanation = explanation

    @property
    def status(self) -> int:
        """The ConfigEndStatus."""
        return self.code

    @property
    def text(self) -> str:
        """The server's own words; empty without any."""
        return self.explanation


class ForcedLogout(CtiOsError):
    """The peripheral logged the agent out during a fail-over, before the agent's own logout took effect.

    ``agent_id``: the agent. ``reason_code``: the reason in the event, 50002. The program keeps its session.
    """

    def __init__(self, agent_id: str, reason_code: int) -> None:
        super().__init__(agent_id, reason_code)
        self.agent_id = agent_id
        self.reason_code = reason_code

    def __str__(self) -> str:
        return f"agent {self.agent_id} was logged out by the peripheral (reason {self.reason_code})"


class RequestTimeout(CtiOsError, TimeoutError):
    """The server did not answer in time. The request may still have taken effect."""


# --- Connection -------------------------------------------------------------------------------------


class ConnectionFailed(CtiOsError, ConnectionError):
    """No side of the pair could be reached in the attempts allowed."""


class ConnectionLost(CtiOsError, ConnectionError):
    """The connection ended, or there is none, so the request stays unanswered.

    ``expected``: True if the program itself ended the session, or if the loss is reported as an event of
    the session. A request that fails with such an error is not logged, even if nobody awaits it.
    """

    expected = False


class LinkClosed(CtiOsError, ConnectionError):
    """The link is not open: nothing can be sent on it."""


class SendBufferFull(CtiOsError, ConnectionError):
    """The peer does not read: as many bytes as allowed wait to be sent. The frame was not accepted."""


class TooManyRequests(CtiOsError):
    """As many requests as allowed are open. This one was not sent."""


class StreamOverflow(CtiOsError):
    """An event came for which the buffer of a stream had no place. The stream has ended.

    ``event``: name of the event. ``buffer``: events that the buffer takes.
    """

    def __init__(self, event: str, buffer: int) -> None:
        super().__init__(event, buffer)
        self.event = event
        self.buffer = buffer

    def __str__(self) -> str:
        return (
            f"{self.event} came while {self.buffer} events were waiting to be read: read faster, or use a "
            "larger buffer or overflow='drop_oldest'"
        )


# --- Bytes on the wire ------------------------------------------------------------------------------


class ProtocolError(CtiOsError):
    """Base of all errors about bytes on the wire."""


class FrameTooLarge(ProtocolError):
    """A frame announces more bytes than the limit: the stream cannot be followed any further.

    ``length`` is the announced size of the whole frame, with its 8-byte header. ``limit`` is the largest size
    accepted. ``offset`` is where in the stream the frame begins. All are in bytes.
    """

    def __init__(self, length: int, limit: int, offset: int) -> None:
        super().__init__(length, limit, offset)
        self.length = length
        self.limit = limit
        self.offset = offset

    def __str__(self) -> str:
        return (
            f"frame of {self.length} bytes at stream offset {self.offset} "
            f"is above the limit of {self.limit} bytes"
        )


class MalformedFrame(ProtocolError):
    """A frame whose body contradicts its message's layout.

    ``offset`` counts bytes from the frame's first header byte. ``field`` is None where no named field is
    concerned. ``frame`` keeps the bytes; neither the text nor ``repr`` shows them.
    """

    def __init__(
        self,
        message_type: int,
        message: str | None,
        field: str | None,
        offset: int,
        reason: str,
        frame: bytes,
    ) -> None:
        super().__init__(message_type, message, field, offset, reason)
        self.message_type = message_type
        self.message = message
        self.field = field
        self.offset = offset
        self.reason = reason
        self.frame = frame

    def __reduce__(self) -> tuple[object, ...]:
        # repr shows the arguments, so the frame is not one of them
        return type(self), (*self.args, self.frame), self.__dict__

    def __str__(self) -> str:
        name = self.message or f"message {self.message_type}"
        where = f", field {self.field}" if self.field else ""
        return f"{name}{where}, offset {self.offset}: {self.reason}"


class EncodeError(ProtocolError, ValueError):
    """A message that cannot be written: a field missing, unknown, out of range, too long or too new.

    ``message`` and ``field`` are names of the reference. ``keyword`` is the field as a message class spells
    it (``agent_id``, ``skill_groups[1].skill_group_number``), None where no message class was involved.
    """

    keyword: str | None = None

    def __init__(self, message: str | None, field: str | None, reason: str) -> None:
        super().__init__(message, field, reason)
        self.message = message
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        where = ".".join(part for part in (self.message, self.field) if part)
        if self.keyword is not None:
            where = f"{where} ({self.keyword})"
        return f"{where}: {self.reason}" if where else self.reason


class TruncatedStream(ProtocolError):
    """A stream ends inside a frame: the frame begins at ``offset``, and ``left`` bytes of it are there."""

    def __init__(self, offset: int, left: int) -> None:
        super().__init__(offset, left)
        self.offset = offset
        self.left = left

    def __str__(self) -> str:
        return f"the stream ends inside the frame at offset {self.offset}, after {self.left} bytes of it"


class TranscriptError(ProtocolError, ValueError):
    """A line or record that no frame can be made from. ``field`` is the key or field at fault, if any."""

    def __init__(self, field: str | None, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        if self.field is None:
            return self.reason
        return f"{self.field if self.field.isprintable() else ascii(self.field)}: {self.reason}"


# --- Filters and captures ---------------------------------------------------------------------------

#: Characters of a filter string that its error shows on each side of the fault.
_SHOWN = 40
#: Characters of the reason that the error's text shows: it may repeat the part, which may be very long.
_MAX_REASON = 200


class FilterSyntaxError(CtiOsError, ValueError):
    """A filter string that cannot be parsed.

    ``text`` is the string. ``position`` is the index of the first character of the faulty part. ``reason``
    says what is wrong with it. The error's text shows the part with a caret beneath.
    """

    def __init__(self, text: str, position: int, reason: str) -> None:
        super().__init__(text, position, reason)
        self.text = text
        self.position = position
        self.reason = reason

    def __str__(self) -> str:
        start = max(0, self.position - _SHOWN)
        head = "…" if start else ""
        tail = "…" if self.position + _SHOWN < len(self.text) else ""
        shown = re.sub(r"\s", " ", self.text[start : self.position + _SHOWN])
        caret = " " * (len(head) + self.position - start) + "^"
        reason = self.reason if len(self.reason) <= _MAX_REASON else f"{self.reason[:_MAX_REASON]}…"
        return f"{reason}\n  {head}{shown}{tail}\n  {caret}"


class CaptureError(CtiOsError):
    """A file that is not a capture, or that cannot be read to its end."""


class MissingExtra(CtiOsError, ImportError):
    """An optional dependency is not installed."""
