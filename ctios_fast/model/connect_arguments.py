"""What ``Session.connect`` takes: sides, heartbeat and attempts, from keywords or from Arguments."""

from typing import Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.connection.addresses import sides
from ctios_fast.connection.options import check_heartbeat
from ctios_fast.connection.sides import Side

from .arguments import Arguments
from .coercion import MAX_UINT, integer, refuse

__all__ = ["CONNECT_KEYWORDS", "ConnectArguments", "connect_arguments"]

#: The Arguments that give the hosts and ports of the two sides, in the order of ``sides``.
_SIDES: Final = (kw.CTIOS_CTIOSA, kw.CTIOS_PORTA, kw.CTIOS_CTIOSB, kw.CTIOS_PORTB)
#: Keywords that the Arguments may carry.
CONNECT_KEYWORDS: Final = (*_SIDES, kw.CTIOS_HEARTBEAT)


class ConnectArguments(NamedTuple):
    """``sides``: to try. ``heartbeat``: seconds, None for none. ``attempts``: None for no limit."""

    sides: tuple[Side, ...]
    heartbeat: float | None
    attempts: int | None


def connect_arguments(
    given: Arguments,
    addresses: tuple[Any, Any, Any, Any],
    heartbeat: Any,
    attempts: Any,
    *,
    present_heartbeat: float | None,
) -> ConnectArguments:
    """Check and complete the arguments of a connect.

    - ``given``: the Arguments of the call, which count where a keyword was not given.
    - ``addresses``: host and port of side A and of side B, each None if not given.
    - ``heartbeat``, ``attempts``: as given by keyword.
    - ``present_heartbeat``: taken if neither gives one.

    Raises ``MethodError`` for a value that cannot be used.
    """
    interval: Any = given.get(kw.CTIOS_HEARTBEAT) if heartbeat is None else heartbeat
    try:
        where = sides(
            *(
                given.get(keyword) if value is None else value
                for keyword, value in zip(_SIDES, addresses, strict=True)
            )
        )
        interval = present_heartbeat if interval is None else check_heartbeat(float(interval))
    except (TypeError, ValueError) as error:
        raise refuse(str(error)) from None
    if attempts is not None:
        attempts = integer("attempts", attempts, 1, MAX_UINT)
    return ConnectArguments(where, interval, attempts)
