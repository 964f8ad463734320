"""Turns what becomes of a session's connection into the session's events, with the guide's keywords."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ctios_fast import keywords as kw
from ctios_fast.connection.observer import FailureReason
from ctios_fast.connection.sides import Side
from ctios_fast.core import Handler, Message
from ctios_fast.errors import MalformedFrame, OpenRefused
from ctios_fast.model.agents.agent import Agent

from .arguments import made

if TYPE_CHECKING:
    from .session import Session

__all__ = ["ConnectionEvents"]

log = logging.getLogger("ctios_fast.session")


class ConnectionEvents:
    """The ``Observer`` of a session's connection."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    def _fire(self, event: str, values: Callable[[], dict[str, Any]]) -> None:
        events = self._session.events
        if events.listeners[event]:
            events.fire(event, made(values()))

    def connected(self, side: Side) -> None:
        self._fire(
            "OnConnection", lambda: {kw.CTIOS_EVENTTIME: _event_time(), kw.CTIOS_CURRENTSERVER: side.host}
        )

    def failed(self, side: Side, reason: FailureReason, final: bool, error: BaseException) -> None:
        self._session._lost(str(error))
        if final:
            self._session._forget_mode()

        def values() -> dict[str, Any]:
            told = {
                kw.CTIOS_EVENTTIME: _event_time(),
                kw.CTIOS_FAILEDSERVER: side.host,
                kw.CTIOS_REASONCODE: int(reason),
                kw.CTIOS_ERRORMESSAGE: str(error) or type(error).__name__,
            }
            return {**told, kw.CTIOS_FINALATTEMPT: True} if final else told

        self._fire("OnConnectionFailure", values)

    def opened(self, confirmation: Message, asked: int, reopened: bool) -> None:
        self._session._mode_opened(confirmation, asked, reopened)

    def mode_set(self, agent: Agent | None, confirmation: Message) -> None:
        """Tell that the session is open, for this agent or for all (the session's call)."""
        if agent is None:
            self._fire("OnMonitorModeEstablished", lambda: self._status(confirmation))
            return
        identity = {
            kw.CTIOS_PERIPHERALID: agent.peripheral_id,
            kw.CTIOS_AGENTID: agent.agent_id,
            kw.CTIOS_UNIQUEOBJECTID: agent.unique_object_id,
            kw.CTIOS_CLIENTAGENTTEMPORARYID: agent.unique_object_id,
        }
        self._fire("OnSetAgentModeEvent", lambda: {**identity, **self._status(confirmation)})

    def rejected(self, error: OpenRefused) -> None:
        self._session._lost(str(error))
        self._session._forget_mode()
        self._fire(
            "OnConnectionRejected",
            lambda: {kw.CTIOS_FAILURECODE: error.status, kw.CTIOS_ERRORMESSAGE: str(error)},
        )

    def closed(self) -> None:
        self._session._lost("the session was disconnected")
        self._session._forget_mode()
        self._fire("OnConnectionClosed", dict)

    def heartbeat(self) -> None:
        self._fire("OnHeartbeat", lambda: {kw.CTIOS_EVENTTIME: _event_time()})

    def heartbeat_missing(self, count: int) -> None:
        interval = self._session._connection.heartbeat or 0
        self._fire(
            "OnMissingHeartbeat",
            lambda: {
                kw.CTIOS_EVENTTIME: _event_time(),
                kw.CTIOS_CONSECUTIVEMISSEDHEARTBEATS: count,
                kw.CTIOS_HEARTBEATINTERVAL: round(interval * 1000),
            },
        )

    def server_failure(self, status: int) -> None:
        log.warning("the CTI Server reports a failure: status %d", status)

    def malformed(self, error: MalformedFrame) -> None:
        """Counted and logged by the connection."""

    def handler_failed(self, handler: Handler, message: Message, error: BaseException) -> None:
        log.error("handler %r of %s raised", handler, message.name, exc_info=error)

    def _status(self, confirmation: Message) -> dict[str, Any]:
        fields = confirmation.fixed()
        status = fields["PGStatus"]
        online = bool(fields["PeripheralOnline"])
        return {
            kw.CTIOS_CILCONNECTIONID: self._session.client_id,
            kw.CTIOS_STATUSSYSTEM: made(
                {
                    kw.CTIOS_STATUSCTISERVER: True,
                    kw.CTIOS_STATUSCTISERVERDRIVER: not status & 1,  # PGS_OPC_DOWN
                    kw.CTIOS_STATUSCENTRALCONTROLLER: not status & 2,  # PGS_CC_DOWN
                    kw.CTIOS_STATUSPERIPHERALS: made({str(self._session.peripheral_id): online}),
                }
            ),
        }


def _event_time() -> int:
    # time of day in milliseconds, as the guide has it
    now = time.localtime()
    return ((now.tm_hour * 60 + now.tm_min) * 60 + now.tm_sec) * 1000 + time.time_ns() // 1_000_000 % 1000
