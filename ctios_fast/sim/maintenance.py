"""The graceful shutdown of a side: its clients are asked, the other side takes over, the side stops.

ACTIVE_MAINTENANCE_REQ goes to clients that know of active and standby sides. Each has 5 seconds to accept; a
refusal or silence cancels the shutdown. Then ACTIVE_MAINTENANCE_EVENT reports the outcome, the other side
becomes active, and each client has 5 seconds to send STOPPING_REQUESTS_TO_THIS_SIDE_IND.
"""

from collections.abc import Callable
from typing import Final

from ctios_fast.connection.clock import Clock, TimerHandle
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import CTIServiceMask, StatusCode
from ctios_fast.sim.server.client_session import ClientSession

__all__ = ["ANSWER_TIME", "Maintenance"]

ANSWER_TIME: Final = 5.0
"""Seconds that a client has for each of its two answers."""

_ACTIVE_STANDBY: Final = CTIServiceMask.CTI_SERVICE_ACTIVE_STANDBY.value
_CONTINUE: Final = 1
_CANCEL: Final = 0
_ACCEPTED: Final = 1


class Maintenance:
    """One shutdown.

    ``sessions``: the open sessions of the side.
    ``hand_over``: makes the other side active.
    ``stop``: ends the side; it is called last. ``cancelled``: called instead if a client refuses.
    """

    def __init__(
        self,
        clock: Clock,
        sessions: tuple[ClientSession, ...],
        *,
        hand_over: Callable[[], None],
        stop: Callable[[], None],
        cancelled: Callable[[], None],
    ) -> None:
        self._clock: Final = clock
        self._sessions: Final = sessions
        self._hand_over: Final = hand_over
        self._stop: Final = stop
        self._cancelled: Final = cancelled
        self._asked: Final = {s: n for n, s in enumerate(sessions, 1) if s.services & _ACTIVE_STANDBY}
        self._waiting: dict[ClientSession, None] = dict.fromkeys(self._asked)
        self._handed_over = False
        self._timer: TimerHandle | None = None

    def begin(self) -> None:
        """Ask the clients; nothing is to be asked if none of them knows of sides."""
        if not self._asked:
            self._proceed()
            return
        self._timer = self._clock.call_later(ANSWER_TIME, self._cancel)
        for session, number in self._asked.items():
            session.send_event(messages.ACTIVE_MAINTENANCE_REQ, {"InvokeID": number})

    def answered(self, session: ClientSession, accepted: int) -> None:
        """ACTIVE_MAINTENANCE_RESP."""
        if session in self._waiting and not self._handed_over:
            if accepted != _ACCEPTED:
                self._cancel()
                return
            self.session_gone(session)

    def stopping(self, session: ClientSession) -> None:
        """STOPPING_REQUESTS_TO_THIS_SIDE_IND: the connection is closed."""
        session.end(StatusCode.E_CTI_NO_ERROR)
        session.link.close()
        self.session_gone(session)

    def session_gone(self, session: ClientSession) -> None:
        """A session needs not be waited for any longer."""
        if session in self._waiting:
            del self._waiting[session]
            if not self._waiting:
                self._next()

    def _next(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._handed_over:
            self._stop()
        else:
            self._proceed()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._waiting.clear()
        self._tell(_CANCEL)
        self._cancelled()

    def _proceed(self) -> None:
        self._handed_over = True
        self._tell(_CONTINUE)
        self._hand_over()
        for session in self._sessions:
            if session.is_open and session not in self._asked:
                session.fail(StatusCode.E_CTI_SERVER_IN_MAINTENANCE_MODE)
        self._waiting = {session: None for session in self._asked if session.is_open}
        if self._waiting:
            self._timer = self._clock.call_later(ANSWER_TIME, self._stop)
        else:
            self._stop()

    def _tell(self, status: int) -> None:
        for session in self._asked:
            if session.is_open:
                session.send_event(messages.ACTIVE_MAINTENANCE_EVENT, {"MaintenanceModeStatus": status})
