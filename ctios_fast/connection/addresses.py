"""Where the two CTI Servers of a pair are, as ``connect`` is told."""

from typing import Any

from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError
from ctios_fast.protocol.codes import DEFAULT_PORTS

from .sides import Side

__all__ = ["DEFAULT_PORTS", "sides"]


def sides(host_a: Any, port_a: Any, host_b: Any, port_b: Any) -> tuple[Side, ...]:
    """The sides to try. A missing host is taken from the other; without a port of its own it is no side.

    Raises ``MethodError`` without a host, ``ValueError`` or ``TypeError`` for a port that cannot be.
    """
    if not host_a and not host_b:
        raise MethodError(CilCode.E_CTIOS_MISSING_ARGUMENT, "neither CtiosA nor CtiosB is given")
    a = Side("A", str(host_a or host_b), _port(port_a, DEFAULT_PORTS[0]))
    b = Side("B", str(host_b or host_a), _port(port_b, DEFAULT_PORTS[1]))
    if not host_b and not port_b:
        return (a,)
    if not host_a and not port_a:
        return (b,)
    return (a, b)


def _port(given: Any, usual: int) -> int:
    port = int(given or usual)
    if not 0 < port < 0x10000:
        raise ValueError(f"a port is 1 to 65535, not {port}")
    return port
