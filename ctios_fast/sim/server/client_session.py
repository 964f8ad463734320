"""One client's connection to one side and, once OPEN_REQ was granted, its session.

A connection without a session answers every request by E_CTI_SESSION_NOT_OPEN and can still be opened:
after a refusal the client decides what to do with it. A session ends by CLOSE_REQ, by idle time-out, by a
newer session of the same client, by a failure of the side, or with the connection.
"""

import logging
from typing import TYPE_CHECKING, Final

from ctios_fast.connection.clock import TimerHandle
from ctios_fast.connection.link import Link
from ctios_fast.core import Message, codec
from ctios_fast.errors import FrameTooLarge, LinkClosed, MalformedFrame, SendBufferFull
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.codes import NEVER_IDLE, NULL_PERIPHERAL_ID
from ctios_fast.protocol.enums import CTIServiceMask, StatusCode
from ctios_fast.sim.plant.peripheral import Agent

from .form import invoke_id_of
from .open_request import Opening
from .replies import replies
from .request_handlers import ControlFailed, Refused, admit
from .shared import Shared

if TYPE_CHECKING:
    from ctios_fast.sim.side import Side

__all__ = ["AFTER_CLOSE", "AFTER_FAILURE", "Session"]

log = logging.getLogger("ctios_fast.sim")

AFTER_CLOSE: Final = 5.0
"""Seconds that a closed session's connection is left to the client."""

AFTER_FAILURE: Final = 0.5
"""Seconds between FAILURE_EVENT and the reset, so that the reset does not overtake the event."""

_ALL_EVENTS: Final = CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value


class _ServerLink(Link):
    """A link that lets the server say something before it gives up a stream that it cannot follow."""

    def __init__(self, session: "Session") -> None:
        settings = session.shared.settings
        super().__init__(
            codec(settings.protocol_max),  # until OPEN_REQ tells the version
            on_made=session.made,
            on_lost=session.lost,
            max_buffered=settings.max_buffered,
        )
        self._session = session

    def stream_lost(self, error: FrameTooLarge) -> None:
        self._session.stream_lost()


class Session:
    """A client as the server knows it.

    ``services`` (granted), ``state_mask``, ``client_id``, ``signature`` and ``agent`` (the own agent of a
    Client Events session) have meaning while ``is_open``; without a session ``services`` and ``state_mask``
    are 0, so that nothing is sent and nothing is allowed.
    """

    __slots__ = (
        "_cut",
        "_failed",
        "_heard_at",
        "_held",
        "_held_size",
        "_idle_timeout",
        "_timer",
        "agent",
        "client_id",
        "is_open",
        "link",
        "replies",
        "services",
        "session_id",
        "shared",
        "side",
        "signature",
        "state_mask",
        "version",
    )

    def __init__(self, shared: Shared, side: "Side") -> None:
        self.shared = shared
        self.side = side
        self.version = shared.settings.protocol_max
        self.replies = replies(self.version)
        self.is_open = False
        self.session_id = 0
        self.client_id = ""
        self.signature: str | None = None
        self.services = 0
        self.state_mask = 0
        self.agent: Agent | None = None
        self._idle_timeout: int = NEVER_IDLE
        self._heard_at = 0.0
        self._timer: TimerHandle | None = None
        self._failed = False
        self._held: list[bytes] | None = None
        self._held_size = 0
        self._cut: int | None = None
        self.link: Link = _ServerLink(self)
        dispatcher = self.link.dispatcher
        dispatcher.default = self._message
        dispatcher.on_malformed = self._malformed
        dispatcher.on_handler_error = self._handler_error

    def __repr__(self) -> str:
        state = f"open for {self.client_id!r}" if self.is_open else "not open"
        return f"<Session {self.session_id} on side {self.side.name} from {self.link.peername}: {state}>"

    # --- the connection -------------------------------------------------------------------------

    def made(self, link: Link) -> None:
        """The connection is there; the side decides whether it may stay."""
        self.side.admit(self)

    def lost(self, error: BaseException | None) -> None:
        """The connection is gone. Nothing happens to the agents: a disconnect is no logout."""
        self._end()
        self.side.forget(self)

    def stream_lost(self) -> None:
        """A frame announces more than the largest size: where the next one begins is unknown."""
        if not self._failed:
            self.shared.counters.oversized += 1
            self.fail(StatusCode.E_CTI_INVALID_MESSAGE_LENGTH)

    def send(self, frame: bytes) -> None:
        """Send a frame; a client that does not read is reset once too much waits for it."""
        if self._cut is not None:
            self._send_cut(frame, self._cut)
        elif self._held is not None:
            self._hold(frame)
        else:
            self._write(frame)

    def _write(self, frame: bytes) -> None:
        try:
            self.link.send(frame)
        except LinkClosed:
            pass  # the client is gone, its end is on its way to lost()
        except SendBufferFull:
            self._drop()

    def _drop(self) -> None:
        self.shared.counters.dropped_sessions += 1
        self.reset()

    def reset(self) -> None:
        """End the session, if there is one, and reset the connection."""
        self._end()
        self.link.reset()

    # --- messages -------------------------------------------------------------------------------

    def _message(self, message: Message) -> None:
        self._heard()
        if message.type == messages.OPEN_REQ:
            self._open(bytes(message))
        else:
            self._request(message)

    def _malformed(self, error: MalformedFrame) -> None:
        self._heard()
        if error.message_type == messages.OPEN_REQ:
            self._open(error.frame)  # it may be well-formed in the version that it asks for
        else:
            bad_format = StatusCode.E_CTI_BAD_MESSAGE_FORMAT
            self._refuse(invoke_id_of(error.frame), bad_format if self.is_open else _NOT_OPEN)

    def _heard(self) -> None:
        self._heard_at = self.shared.clock.time()
        self.shared.counters.requests += 1

    def _request(self, message: Message) -> None:
        invoke_id = message.get("InvokeID", 0) if message.documented else invoke_id_of(bytes(message))
        try:
            if not self.is_open:
                raise Refused(_NOT_OPEN)
            if not self.side.online and message.type != messages.CLOSE_REQ:
                raise Refused(StatusCode.E_CTI_CTI_SERVER_OFFLINE)
            admit(self, message).handler(self, message)
        except Refused as refusal:
            self._refuse(invoke_id, refusal.status)
        except ControlFailed as failure:
            self.shared.counters.control_failures += 1
            self.send(self.replies.control_failure_conf(invoke_id, failure.code))

    def _refuse(self, invoke_id: int, status: StatusCode) -> None:
        self.shared.counters.refusals[status] += 1
        self.send(self.replies.failure_conf(invoke_id, status))

    def _handler_error(self, handler: object, message: Message, error: BaseException) -> None:
        """A fault of the simulator: the client gets an answer all the same."""
        log.error("cannot serve %s of %r", message.name, self, exc_info=error)
        self._refuse(invoke_id_of(bytes(message)), StatusCode.E_CTI_UNSPECIFIED_FAILURE)

    # --- the session ----------------------------------------------------------------------------

    def _open(self, frame: bytes) -> None:
        opening = Opening(frame, self.shared, online=self.side.online, already_open=self.is_open)
        status = opening.examine()
        if status is not None:
            self._refuse(opening.invoke_id, status)
            return
        self._cancel_timer()  # of a session that was closed before on this connection
        request = opening.message
        self.version = opening.version
        self.replies = replies(self.version)
        self.link.dispatcher.codec = self.replies.codec
        self.session_id = self.shared.next_session_id()
        self.client_id = request["ClientID"]
        self.signature = request.get("ClientSignature")
        self.services = opening.granted
        self.state_mask = request["AgentStateMask"]
        self._idle_timeout = request["IdleTimeout"]
        self.is_open = True
        self.shared.counters.opens += 1
        self._take_device(opening.agent)
        self._confirm_open(opening)
        if self.services & _ALL_EVENTS:
            self.shared.events.watch(self)
        if self._idle_timeout != NEVER_IDLE:
            self._timer = self.shared.clock.call_later(self._idle_timeout, self._check_idle)

    def _take_device(self, agent: Agent | None) -> None:
        """Make this the session of the agent's device; an older one of the same client ends."""
        self.agent = agent
        if agent is not None:
            if agent.session is not None:
                self.shared.counters.replaced += 1
                agent.session.fail(StatusCode.E_CTI_NEW_SESSION_OPENED)
            agent.session = self

    def _confirm_open(self, opening: Opening) -> None:
        own = self.shared.peripheral.peripheral_id
        listed = (own,) if opening.message["PeripheralID"] == NULL_PERIPHERAL_ID else ()
        self.send(self.replies.open_conf(opening.invoke_id, self.services, self.agent, listed))
        if self.services & _ALL_EVENTS:
            self.send(self.replies.peripheral_online(own))

    def _end(self) -> None:
        self._cancel_timer()
        if self.is_open:
            self.is_open = False
            self.services = 0
            self.state_mask = 0
            self.shared.events.unwatch(self)
            if self.agent is not None and self.agent.session is self:
                self.agent.session = None
            self.agent = None

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def closed_by_client(self) -> None:
        """CLOSE_REQ was confirmed: the session is over, the connection is the client's for a while."""
        self.shared.counters.closes += 1
        self._end()
        self._timer = self.shared.clock.call_later(AFTER_CLOSE, self._close_connection)

    def _close_connection(self) -> None:
        if self.link.buffered_out:  # a client that does not read would keep it for ever
            self.link.reset()
        else:
            self.link.close()

    def fail(self, status: StatusCode) -> None:
        """Tell the client why by FAILURE_EVENT, end the session and reset the connection."""
        self.send(self.replies.failure_event(status))
        self._end()
        self._failed = True
        self.link.dispatcher.stop()
        self.link.pause_reading()
        if self._held is None:
            self._reset_soon()

    def _reset_soon(self) -> None:
        self._timer = self.shared.clock.call_later(AFTER_FAILURE, self.link.reset)

    def _check_idle(self) -> None:
        if self._held is not None:  # a frozen server does not look at its clock; thaw() looks again
            return
        silent = self.shared.clock.time() - self._heard_at
        if silent >= self._idle_timeout:
            self.shared.counters.idle_resets += 1
            self.reset()
        else:
            self._timer = self.shared.clock.call_later(self._idle_timeout - silent, self._check_idle)

    # --- faults on command ----------------------------------------------------------------------

    def freeze(self) -> None:
        """Read nothing and send nothing; what would be sent is kept, as far as may wait for a client."""
        if self._held is None:
            self._held = []
            self.link.pause_reading()

    def thaw(self) -> None:
        """Send what was kept and read again."""
        if self._held is None:
            return
        held, self._held, self._held_size = self._held, None, 0
        for frame in held:
            self._write(frame)
        if self._failed:
            self._reset_soon()
            return
        self.link.resume_reading()
        self._heard_at = self.shared.clock.time()
        if self.is_open and self._idle_timeout != NEVER_IDLE:
            self._cancel_timer()
            self._timer = self.shared.clock.call_later(self._idle_timeout, self._check_idle)

    def _hold(self, frame: bytes) -> None:
        assert self._held is not None
        self._held_size += len(frame)
        if self._held_size > self.shared.settings.max_buffered:
            self._drop()
        else:
            self._held.append(frame)

    def cut(self, after_bytes: int) -> None:
        """Send that many more bytes, then reset the connection, be it in the middle of a frame."""
        self._cut = after_bytes

    def _send_cut(self, frame: bytes, left: int) -> None:
        if len(frame) < left:
            self._cut = left - len(frame)
            self._write(frame)
        else:
            self._write(frame[:left])
            self.link.flush()
            self.reset()


_NOT_OPEN: Final = StatusCode.E_CTI_SESSION_NOT_OPEN
