"""Columns: a buffer of many frames as one contiguous NumPy array per field, in host byte order.

::

    columns = decode_columns(recording, "AGENT_STATE_EVENT", 25, ["AgentState", "AgentID", "Duration"])
    columns["AgentState"]           # uint16
    columns["AgentID"]              # S4: as wide as the longest value
    columns.valid("Duration")       # bool: True for each event that has the field

Importing this module imports NumPy. ``on_batch`` of a session gives the same ``Columns`` of each read.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from ctios_fast._checks import MAX_FRAME_SIZE, check_frame_limit, check_integer
from ctios_fast.core import DEFAULT_MAX_FRAME, NEWEST_VERSION, OLDEST_VERSION, Codec
from ctios_fast.core.message import Message
from ctios_fast.core.scan.bounds import MAX_STRING
from ctios_fast.core.scan.column_arrays import Columns, MalformedAt
from ctios_fast.core.scan.column_plan import ColumnPlan
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol.naming import message_number

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["MAX_STRING", "Columns", "MalformedAt", "decode_columns"]


@lru_cache(maxsize=64)
def _plan(version: int, message: int, fields: tuple[str, ...] | None) -> ColumnPlan:
    return ColumnPlan(version, message, fields)


def decode_columns(
    buffer: "Buffer",
    message: int | str | type[Message],
    version: int,
    fields: Iterable[str] | None = None,
    *,
    max_frame: int = DEFAULT_MAX_FRAME,
    max_string: int = MAX_STRING,
) -> Columns:
    """Decode all frames of one message in a buffer into one array per field.

    ``buffer``: frames one after another, headers included, in bytes, bytearray, memoryview, mmap or any other
    contiguous buffer. It is scanned without the GIL and must not be written to during the call.
    ``message``: the message's number, name or class.
    ``version``: protocol version, 9 to 25.
    ``fields``: names of fixed and floating fields, in output order; None for all fixed fields.
    ``max_frame``: largest frame in bytes, its header included.
    ``max_string``: longest STRING or UNSPEC value in bytes.

    - A fixed field is an array of its own width and sign. So is a floating number, with a mask
      (``Columns.valid``): a row is invalid, and 0, if the frame lacks the field or its data has another
      width.
    - STRING is ``S<width>``, as wide as the longest value (at least 1). Each value ends before its first NUL.
      UNSPEC keeps its zero bytes, but NumPy does not show those at the end. A value above ``max_string``
      bytes is invalid and empty, so that one malformed frame cannot inflate an array.
    - If a field repeats in a frame, the first one counts. Named variables, named arrays and array fields
      cannot be columns.
    - A frame of an alternative layout (FAILURE_CONF, CLEAR_CONNECTION_REQ) has a row too: fixed fields that
      its layout lacks are invalid. Its own fixed fields can be asked for by name.
    - Frames of other messages and malformed frames of this message are skipped and counted. An incomplete
      frame ends the scan.

    Raises ValueError for a message or field that does not exist in this version and for a number outside
    its range, TypeError for an argument of a wrong type and for a field that cannot be a column, and
    FrameTooLarge for a frame above ``max_frame`` bytes. Its ``offset`` is the position of that frame;
    ``memoryview(buffer)[:offset]`` can be decoded.
    """
    check_integer("version", version, OLDEST_VERSION, NEWEST_VERSION)
    check_frame_limit(max_frame)
    check_integer("max_string", max_string, 1, MAX_FRAME_SIZE)
    if isinstance(fields, str | bytes) or (fields is not None and not isinstance(fields, Iterable)):
        raise TypeError(f"fields must be a collection of field names or None, got {fields!r}")
    plan = _plan(version, message_number(message), None if fields is None else tuple(fields))
    columns = Columns(plan)
    malformed = columns.decode(buffer, max_frame, max_string)
    if malformed is not None:
        columns.first_malformed = _explained(version, max_frame, *malformed)
    return columns


def _explained(version: int, max_frame: int, offset: int, frame: bytes) -> MalformedAt | None:
    try:
        Codec(version, max_frame).decode(frame)
    except MalformedFrame as error:
        # The traceback would refer to the frame that has the columns, and keep them alive.
        return MalformedAt(offset, error.with_traceback(None))
    return None
