"""LinkMaker: makes the links of one connection, with the options of its session."""

from collections.abc import Callable

from ctios_fast.core import Codec, Dispatcher

from .clock import Clock
from .dial import dial
from .lag import LagWatch
from .link import Link
from .options import ConnectionOptions
from .sides import Side

__all__ = ["LinkMaker"]


class LinkMaker:
    """Makes links.

    - ``lags``: gets the turns of all of them.
    - ``on_lost``: called once with each link that is over, and what ended it; see ``Link``.
    """

    __slots__ = ("_clock", "_codec", "_lags", "_on_lost", "_options")

    def __init__(
        self,
        codec: Codec,
        options: ConnectionOptions,
        clock: Clock,
        lags: LagWatch,
        on_lost: Callable[[Link, BaseException | None], object],
    ) -> None:
        self._codec = codec
        self._options = options
        self._clock = clock
        self._lags = lags
        self._on_lost = on_lost

    async def dial(self, side: Side, dispatcher: Callable[[], Dispatcher]) -> Link:
        """Connect to the side and return the link. Raises what ``dial.dial`` raises.

        ``dispatcher``: returns the dispatcher of a link; called once for each address that is tried.
        """
        options = self._options
        return await dial(
            side,
            lambda: self._link(dispatcher()),
            ssl=options.ssl,
            server_hostname=options.server_hostname,
            timeout=options.connect_timeout,
            clock=self._clock,
        )

    def _link(self, dispatcher: Dispatcher) -> Link:
        options = self._options
        link: Link = Link(
            self._codec,
            on_lost=lambda error: self._on_lost(link, error),
            max_frame=options.max_frame,
            max_buffered=options.max_buffered,
            clock=self._clock,
            dispatcher=dispatcher,
            turn_time=options.turn_time or 0.0,
            keepalive=options.keepalive,
            on_turn=self._lags.turn_ended,
        )
        return link
