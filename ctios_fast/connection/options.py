"""The settings of a client connection: one frozen record, checked when it is made.

Nothing below it checks an option again. An error names the option, the value and the allowed range.
"""

import ssl as ssl_module
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypedDict

from ctios_fast._checks import check_integer, check_optional_integer, shown
from ctios_fast.core import DEFAULT_MAX_FRAME
from ctios_fast.protocol.naming import suggestion

from .clock import Clock
from .heartbeat import DEFAULT_MAX_MISSED, MIN_INTERVAL
from .link import DEFAULT_MAX_BUFFERED

if TYPE_CHECKING:
    import random

__all__ = ["MAX_SECONDS", "ConnectionKeywords", "ConnectionOptions", "check_heartbeat", "refuse_unknown"]

#: Longest time in seconds that an option or a time-out can set: a year. Event loops refuse much longer
#: timers.
MAX_SECONDS = 366 * 24 * 3600.0
#: Longest silence in seconds before TCP probes the path: operating systems have this limit.
MAX_KEEPALIVE = 32767.0
#: Largest frame in bytes that can be allowed.
MAX_FRAME_LIMIT = 1 << 30
#: Smallest frame in bytes that can be allowed: an OPEN_CONF without optional fields fits.
MIN_FRAME_LIMIT = 64
#: CTI OS's value for "no heartbeats".
_NO_HEARTBEAT = -1


class _Fields(NamedTuple):
    # A NamedTuple, because dataclasses would add a tenth to the time of ``import ctios_fast``.
    ssl: ssl_module.SSLContext | None = None
    server_hostname: str | None = None
    heartbeat: float | None = 30.0
    max_heartbeats: int = DEFAULT_MAX_MISSED
    connect_timeout: float = 20.0
    open_timeout: float = 30.0
    close_timeout: float = 5.0
    clients: int = 10
    reconnect_attempts: int | None = None
    stable_after: float = 30.0
    takeover_window: float = 600.0
    keepalive: float | None = 60.0
    turn_time: float | None = 0.1
    max_lag: float | None = 2.0
    max_open_requests: int = 65536
    max_frame: int = DEFAULT_MAX_FRAME
    max_buffered: int = DEFAULT_MAX_BUFFERED
    clock: Clock | None = None
    rng: "random.Random | None" = None
    standby: bool = False
    standby_retry: float = 30.0


class ConnectionKeywords(TypedDict, total=False):
    """The fields of ``ConnectionOptions`` as keyword arguments, for the signatures that pass them on."""

    ssl: ssl_module.SSLContext | None
    server_hostname: str | None
    heartbeat: float | None
    max_heartbeats: int
    connect_timeout: float
    open_timeout: float
    close_timeout: float
    clients: int
    reconnect_attempts: int | None
    stable_after: float
    takeover_window: float
    keepalive: float | None
    turn_time: float | None
    max_lag: float | None
    max_open_requests: int
    max_frame: int
    max_buffered: int
    clock: Clock | None
    rng: "random.Random | None"
    standby: bool
    standby_retry: float


class ConnectionOptions(_Fields):
    """How a client connection behaves. Times are in seconds, sizes in bytes.

    - ``ssl``: the ``ssl.SSLContext`` for TLS; None for plain TCP.
    - ``server_hostname``: the name that the certificate must hold, if it is not the host connected to.
    - ``heartbeat``: a heartbeat is sent after this much silence, 5 at least; None (or -1) for none.
    - ``max_heartbeats``: this many unanswered heartbeats in a row end the connection.
    - ``connect_timeout``: limit for TCP and TLS set-up, over all addresses of a host.
    - ``open_timeout``: limit for the answer to OPEN_REQ; the reference asks for 30 at least.
    - ``close_timeout``: limit for the answer to CLOSE_REQ.
    - ``clients``: number of clients of the site; spreads their return after a common failure. 0: no spread.
    - ``reconnect_attempts``: how often all sides are tried after a loss; None for no limit.
    - ``stable_after``: a session that lasted this long counts as a success; after a shorter one the waits of
      the search for a server go on.
    - ``takeover_window``: for this long after an OPEN_REQ that was given up, a takeover by a newer session of
      this client (status 11) is taken for its late effect, and the session is opened again; 0 for never.
    - ``keepalive``: seconds of silence after which TCP itself probes the path; None to leave it off.
    - ``turn_time``: received frames are handled for this long at most before other callbacks of the event
      loop get their turn; None for no limit.
    - ``max_lag``: received messages that wait for longer, or a turn of the event loop that takes longer, are
      reported by ``OnLag``; None for never.
    - ``max_open_requests``: requests that may be unanswered at once.
    - ``max_frame``: largest received frame, header included.
    - ``max_buffered``: bytes that may wait for a server that does not read.
    - ``standby``: whether a second session is kept open on the standby side, to be used as soon as that side
      becomes active. It needs protocol version 24 and a server that grants it; without them it has no effect.
    - ``standby_retry``: the longest wait between attempts to open that second session.
    - ``clock``, ``rng``: stand in for time and chance in tests.

    Raises ``TypeError`` for a value of a wrong type, ``ValueError`` for one out of range.
    """

    __slots__ = ()

    def __new__(cls, **options: Any) -> Self:
        """Return the record; see the class for the options."""
        refuse_unknown(options)
        given = _Fields(**options)
        return super().__new__(
            cls, *(_CHECKS[name](name, value) for name, value in zip(cls._fields, given, strict=True))
        )

    # These methods of a NamedTuple create a record from another one, and would skip the checks.

    @classmethod
    def _make(cls, iterable: Iterable[Any]) -> Self:  # type: ignore[override]
        return cls(**dict(zip(cls._fields, iterable, strict=True)))

    def _replace(self, **options: Any) -> Self:
        """Return a record with other values for some options. Raises as the class does."""
        return type(self)(**{**self._asdict(), **options})

    __replace__ = _replace

    def __getnewargs_ex__(self) -> tuple[tuple[()], dict[str, Any]]:
        """What ``copy`` and ``pickle`` create the record from."""
        return (), self._asdict()


def refuse_unknown(options: dict[str, Any], others: Iterable[str] = ()) -> None:
    """Raise ``TypeError`` for an option that there is not.

    - ``options``: by name. They are cleared first where one is unknown: it may be a misspelt password, which
      no traceback may show.
    - ``others``: further names that may have been meant.
    """
    known = ConnectionOptions._fields
    unknown = next((name for name in options if name not in known), None)
    if unknown is not None:
        options.clear()
        raise TypeError(f"there is no option {unknown}{suggestion(unknown, (*others, *known))}")


def check_heartbeat(interval: Any) -> float | None:
    """Return a heartbeat interval in seconds, or None for none (None or -1 is given).

    Raises ``TypeError`` for what is not a number, ``ValueError`` below 5 s.
    """
    return _heartbeat("heartbeat", interval)


# --- Checks -----------------------------------------------------------------------------------------

_Check = Callable[[str, Any], Any]


def _number(name: str, value: Any, allowed: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be {allowed}, got {value!r}")
    if not abs(value) <= sys.float_info.max:  # NaN and integers that are too large for a float as well
        raise ValueError(f"{name} must be {allowed}, got {shown(value)}")
    return float(value)


def _seconds(minimum: float, *, maximum: float = MAX_SECONDS, optional: bool = False) -> _Check:
    allowed = f"from {minimum:g} to {maximum:.0f} seconds{', or None' if optional else ''}"

    def check(name: str, value: Any) -> float | None:
        if value is None and optional:
            return None
        seconds = _number(name, value, allowed)
        if not minimum <= seconds <= maximum:
            raise ValueError(f"{name} must be {allowed}, got {value!r}")
        return seconds

    return check


def _integer(minimum: int, maximum: int | None = None) -> _Check:
    return lambda name, value: check_integer(name, value, minimum, maximum)


def _optional_integer(minimum: int) -> _Check:
    return lambda name, value: check_optional_integer(name, value, minimum)


def _heartbeat(name: str, value: Any) -> float | None:
    if value is None:
        return None
    allowed = f"from {MIN_INTERVAL:g} to {MAX_SECONDS:.0f} seconds, or None"
    seconds = _number(name, value, allowed)
    if seconds == _NO_HEARTBEAT:
        return None
    if not MIN_INTERVAL <= seconds <= MAX_SECONDS:
        raise ValueError(f"{name} must be {allowed}, got {value!r}")
    return seconds


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError(f"{name} must be True or False, got {value!r}")


def _tls(name: str, value: Any) -> ssl_module.SSLContext | None:
    if value is None or isinstance(value, ssl_module.SSLContext):
        return value
    raise TypeError(f"{name} must be an ssl.SSLContext, or None for plain TCP, got {value!r}")


def _host_name(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a host name, or None, got {value!r}")
    if not value:
        raise ValueError(f"{name} must be a host name, or None, got {value!r}")
    return value


def _having(*methods: str, of: str) -> _Check:
    def check(name: str, value: Any) -> Any:
        if value is not None and not all(callable(getattr(value, method, None)) for method in methods):
            raise TypeError(f"{name} must be {of}, or None, got {value!r}")
        return value

    return check


_CHECKS: dict[str, _Check] = {
    "ssl": _tls,
    "server_hostname": _host_name,
    "heartbeat": _heartbeat,
    "max_heartbeats": _integer(1),
    "connect_timeout": _seconds(0.001),
    "open_timeout": _seconds(0.001),
    "close_timeout": _seconds(0.001),
    "clients": _integer(0),
    "reconnect_attempts": _optional_integer(1),
    "stable_after": _seconds(0.0),
    "takeover_window": _seconds(0.0),
    "keepalive": _seconds(1.0, maximum=MAX_KEEPALIVE, optional=True),
    "turn_time": _seconds(0.001, optional=True),
    "max_lag": _seconds(0.1, optional=True),
    "max_open_requests": _integer(1, 0xFFFFFFFE),
    "max_frame": _integer(MIN_FRAME_LIMIT, MAX_FRAME_LIMIT),
    "max_buffered": _integer(1),
    "clock": _having("time", "call_later", of="a Clock (time and call_later)"),
    "rng": _having("uniform", of="a random.Random"),
    "standby": _boolean,
    "standby_retry": _seconds(1.0),
}
