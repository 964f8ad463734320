"""The arguments of ``Session.set_message_filter``, checked."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError

from .agents.agent_values import peripheral_number
from .coercion import boolean, integer, received, refuse
from .event_filter import EventFilter, FrameJudge, filter_of_string

__all__ = ["FilterArguments", "message_filter_arguments"]

_KEYWORDS: Final = (kw.CTIOS_FILTER, kw.CTIOS_PERIPHERALID, kw.CTIOS_MONITORSESSIONSNAPSHOTMODE)
#: MonitorSessionSnapshotMode that switches the snapshot off.
_NO_SNAPSHOT: Final = 1


class FilterArguments(NamedTuple):
    """What a program wants of monitor mode.

    - ``wanted``: which events the listeners get.
    - ``peripheral_id``: whose events.
    - ``has_snapshot``: whether agents and calls are asked for at the opening.
    """

    wanted: EventFilter
    peripheral_id: int
    has_snapshot: bool


def message_filter_arguments(
    given: Any, peripheral_id: int | None, snapshot: bool | None, version: int
) -> FilterArguments:
    """The checked arguments. Raises ``MethodError`` and ``FilterSyntaxError``.

    - ``given``: a filter string, a FrameFilter, or Arguments with one of them.
    - ``peripheral_id``, ``snapshot``: win over the Arguments; None is not given.
    - ``version``: protocol version of the session.
    """
    if isinstance(given, Mapping):
        args = received("set_message_filter", given, _KEYWORDS)
        if isinstance(args, MethodError):
            raise args
        if args is None or kw.CTIOS_FILTER not in args:
            raise refuse("set_message_filter() needs Filter", CilCode.E_CTIOS_MISSING_ARGUMENT)
        given = args[kw.CTIOS_FILTER]
        if peripheral_id is None:
            found: Any = args.get(kw.CTIOS_PERIPHERALID)  # checked below
            peripheral_id = found
        if snapshot is None and kw.CTIOS_MONITORSESSIONSNAPSHOTMODE in args:
            keyword = kw.CTIOS_MONITORSESSIONSNAPSHOTMODE
            snapshot = integer(keyword, args[keyword], 0, _NO_SNAPSHOT) != _NO_SNAPSHOT
    if not isinstance(given, str | FrameFilter):
        raise refuse(
            f"the filter must be a CTI OS filter string or a FrameFilter, got {type(given).__name__}"
        )
    if isinstance(given, FrameFilter) and given.version != version:
        raise refuse(
            f"the FrameFilter is for version {given.version} of the protocol, the session has {version}"
        )
    if peripheral_id is None:
        raise refuse("set_message_filter() needs PeripheralID", CilCode.E_CTIOS_MISSING_ARGUMENT)
    return FilterArguments(
        filter_of_string(given, version) if isinstance(given, str) else FrameJudge(given),
        peripheral_number("peripheral_id", peripheral_id),
        True if snapshot is None else boolean("snapshot", snapshot),
    )
