"""Errors of the protocol itself: frames that cannot be split, decoded or encoded; and the root of all errors.

They carry what is needed to find the fault (message, field, offset) and never the text of a field,
since a field may be a password.
"""

__all__ = ["CtiOsError", "EncodeError", "FrameTooLarge", "MalformedFrame", "ProtocolError"]


class CtiOsError(Exception):
    """Base of every error that the library raises."""


class ProtocolError(CtiOsError):
    """Base of all errors about bytes on the wire."""


class FrameTooLarge(ProtocolError):
    """A frame announces more bytes than the limit: the stream cannot be followed any further.

    ``length`` is the whole frame's announced size with its 8-byte header, ``limit`` the largest size
    accepted, ``offset`` where in the stream the frame begins; all in bytes.
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

    ``offset`` counts bytes from the frame's first header byte; ``field`` is None where no named field is
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
        # the arguments are what repr shows, so the frame is none of them
        return type(self), (*self.args, self.frame), self.__dict__

    def __str__(self) -> str:
        name = self.message or f"message {self.message_type}"
        where = f", field {self.field}" if self.field else ""
        return f"{name}{where}, offset {self.offset}: {self.reason}"


class EncodeError(ProtocolError, ValueError):
    """A message that cannot be written: a field missing, unknown, out of range, too long or too new.

    ``message`` and ``field`` are names of the reference. ``keyword`` is the field as a message class spells
    it (``agent_id``, ``skill_groups[1].skill_group_number``), None where no message class was at work.
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
