"""The addresses of the two CTI Servers of a pair, as ``connect`` gets them.

An address is a host name, an IPv4 address or an IPv6 address, with or without a port: ``cg-a.example``,
``cg-a.example:42027``, ``127.0.0.1:42027``, ``::1``, ``[::1]``, ``[::1]:42027``. All that the library prints
can be given back.
"""

import re
from typing import Any

from ctios_fast._checks import shown
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError
from ctios_fast.protocol.codes import DEFAULT_PORTS

from .sides import Side

__all__ = ["DEFAULT_PORTS", "sides", "split_address"]

MAX_PORT = 65535

_BRACKETED = re.compile(r"\[([^\[\]]+)\](?::([0-9]+))?")
_WITH_PORT = re.compile(r"([^:\[\]]+):([0-9]+)")


def sides(host_a: Any, port_a: Any, host_b: Any, port_b: Any) -> tuple[Side, ...]:
    """Return the sides to try.

    - ``host_a``, ``host_b``: an address, see above; one that is missing is taken from the other side.
    - ``port_a``, ``port_b``: 1 to 65535; 42027 and 43027 if missing. A side without host and port is left
      out.

    Raises ``MethodError`` without a host, ``TypeError`` or ``ValueError`` for a bad host or port.
    """
    name_a, own_port_a = _address("CtiosA", host_a, "PortA", port_a)
    name_b, own_port_b = _address("CtiosB", host_b, "PortB", port_b)
    host = name_a or name_b
    if host is None:
        raise MethodError(CilCode.E_CTIOS_MISSING_ARGUMENT, "neither CtiosA nor CtiosB is given")
    a = Side("A", name_a or host, own_port_a or DEFAULT_PORTS[0])
    b = Side("B", name_b or host, own_port_b or DEFAULT_PORTS[1])
    if name_b is None and own_port_b is None:
        return (a,)
    if name_a is None and own_port_a is None:
        return (b,)
    return (a, b)


def split_address(address: str) -> tuple[str, int | None]:
    """Return host (an IPv6 address without brackets) and port of an address; None for a missing port.

    Raises ``ValueError`` for what is not an address.
    """
    found = _BRACKETED.fullmatch(address) or _WITH_PORT.fullmatch(address)
    host, digits = found.groups() if found else (address, None)
    if not host or any(character in host for character in "[]/ \t\r\n\0"):
        raise ValueError(f"an address is HOST, HOST:PORT, or an IPv6 address in brackets, got {address!r}")
    return host, None if digits is None else _port("the port", digits)


def _address(keyword: str, address: Any, port_keyword: str, port: Any) -> tuple[str | None, int | None]:
    port = None if port is None or port == "" else _port(port_keyword, port)
    if address is None or address == "":
        return None, port
    if not isinstance(address, str):
        raise TypeError(f"{keyword} must be a host name or an IP address, got {address!r}")
    try:
        host, own_port = split_address(address)
    except ValueError as error:
        raise ValueError(f"{keyword}: {error}") from None
    if own_port is not None and port is not None and own_port != port:
        raise ValueError(f"{keyword} has port {own_port}, but {port_keyword} is {port}")
    return host, port or own_port


def _port(name: str, given: Any) -> int:
    allowed = f"{name} must be from 1 to {MAX_PORT}, got {shown(given)}"
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 10:
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError(allowed)
    if not 1 <= given <= MAX_PORT:
        raise ValueError(allowed)
    return given
