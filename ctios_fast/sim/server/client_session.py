"""One client's connection to one side and, once OPEN_REQ was granted, its session.

A connection without a session answers every request by E_CTI_SESSION_NOT_OPEN and can still be opened:
after a refusal the client decides what to do with it. A session ends by CLOSE_REQ, by idle time-out, by a
newer session of the same client, by a failure of the side, or with the connection. What messages mean is
decided by the side that accepted the connection (``SessionOwner``).
"""

import select
from collections.abc import Mapping
from typing import Final, Protocol

from ctios_fast.connection.clock import TimerHandle
from ctios_fast.connection.link import Link
from ctios_fast.core import Codec, Message, codec
from ctios_fast.errors import FrameTooLarge, LinkClosed, MalformedFrame, SendBufferFull
from ctios_fast.protocol.codes import NEVER_IDLE
from ctios_fast.protocol.enums import ControlFailureCode, StatusCode
from ctios_fast.sim.plant import PlantAgent

from .frame_encoder import Floating
from .frame_faults import BadFrame, FaultySender, bad_frame
from .registered_variables import RegisteredVariables
from .replies import Replies, replies
from .request_form import invoke_id_of
from .send_gate import SendGate
from .server_context import ServerContext, log

__all__ = ["AFTER_CLOSE", "AFTER_FAILURE", "ClientSession", "SessionOwner"]

AFTER_CLOSE: Final = 5.0
"""Seconds that a closed session's connection is left to the client."""

AFTER_FAILURE: Final = 0.5
"""Seconds between FAILURE_EVENT and the reset, so that the reset does not overtake the event."""

_IDENTITY: Final = ("AgentExtension", "AgentID", "AgentInstrument")

_GONE: Final = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


class SessionOwner(Protocol):
    """The side that accepted a connection."""

    @property
    def name(self) -> str:
        """Name of the side."""

    def connection_made(self, session: "ClientSession") -> None:
        """Decide whether a new connection may stay."""

    def connection_lost(self, session: "ClientSession") -> None:
        """A connection is gone; its session has ended before."""

    def message_received(self, session: "ClientSession", message: Message) -> None:
        """Serve a message."""

    def malformed_received(self, session: "ClientSession", error: MalformedFrame) -> None:
        """Answer a frame that could not be read in the session's version."""

    def session_ended(self, session: "ClientSession", status: StatusCode) -> None:
        """A session has ended for this reason; its services, masks and agent are still there."""


class _ServerLink(Link):
    """A link that lets the server say something before it gives up a stream that it cannot follow."""

    def __init__(self, session: "ClientSession", first_codec: Codec, max_buffered: int) -> None:
        super().__init__(first_codec, on_made=session.made, on_lost=session.lost, max_buffered=max_buffered)
        self._session = session

    def stream_lost(self, error: FrameTooLarge) -> None:
        self._session.stream_lost()


class ClientSession:
    """A client as the server knows it.

    ``services`` (granted), the masks, ``client_id``, ``signature`` and ``agent`` (the own agent of a Client
    Events session) have meaning while ``is_open``. Without a session ``services`` and the masks are 0, so
    that nothing is sent and nothing is allowed.
    """

    def __init__(self, context: ServerContext, owner: SessionOwner) -> None:
        self.owner: Final = owner
        self.version = context.settings.protocol_max  # until OPEN_REQ names one
        self.replies: Replies = replies(self.version)
        self.is_open = False
        self.session_id = 0
        self.client_id = ""
        self.signature: str | None = None
        self.unique_instance = ""  # UniqueInstanceID
        self.services = 0  # ServicesGranted
        self.call_mask = 0  # CallMsgMask of OPEN_REQ
        self.state_mask = 0  # AgentStateMask of OPEN_REQ
        self.config_mask = 0  # ConfigMsgMask of OPEN_REQ
        self.wants_updates = False  # CONFIG_REQUEST_EVENT came: configuration updates may be sent
        self.agent: PlantAgent | None = None
        self.identity: tuple[tuple[str, object], ...] = ()  # the agent's items that OPEN_REQ gave
        self.monitor_id = 0  # MonitorID of OPEN_CONF: a Client Events session's own
        self.variables: RegisteredVariables | None = None  # None: all
        self.standby = False  # opened on a standby side that has not become active
        self.idle_timeout: int = NEVER_IDLE  # seconds
        self._context: Final = context
        self._clock: Final = context.clock
        self._heard_at = 0.0  # when the last message came
        self._timer: TimerHandle | None = None  # to open, idle, or until the connection is ended
        self._failed = False  # FAILURE_EVENT was sent, the reset follows
        self._gate: SendGate | None = None  # only while a fault is simulated
        self._faulty: FaultySender | None = None  # likewise
        self._max_buffered: Final = context.settings.max_buffered
        self.link: Final[Link] = _ServerLink(self, codec(self.version), self._max_buffered)
        dispatcher = self.link.dispatcher
        dispatcher.default = self._message
        dispatcher.on_malformed = self._malformed
        dispatcher.on_handler_error = self._handler_error

    def __repr__(self) -> str:
        state = f"open for {self.client_id!r}" if self.is_open else "not open"
        return f"<ClientSession {self.session_id} on side {self.owner.name} from {self.address}: {state}>"

    @property
    def address(self) -> str:
        """``host:port`` of the client."""
        return self.link.peername

    @property
    def host(self) -> str:
        """The client's host, as ClientAddress shows it."""
        return self.address.rpartition(":")[0]

    @property
    def port(self) -> int:
        """The client's port, as ClientPort shows it."""
        return int(self.address.rpartition(":")[2] or 0)

    @property
    def frozen(self) -> bool:
        """Whether nothing is read and nothing is sent."""
        return self._gate is not None and self._gate.holding

    # --- the connection -------------------------------------------------------------------------

    def made(self, link: Link) -> None:
        """The connection is there; the side decides whether it may stay."""
        self._watch_opening()
        self.owner.connection_made(self)

    def lost(self, error: BaseException | None) -> None:
        """The connection is gone. Nothing happens to the agents: a disconnect is not a logout."""
        self.end()
        if self._faulty is not None:
            self._faulty.discard()
        self._context.budget.remove(self)
        self.owner.connection_lost(self)

    def stream_lost(self) -> None:
        """A frame announces more than the largest size: where the next one begins is unknown."""
        if not self._failed:
            self._context.counters.oversized += 1
            self.fail(StatusCode.E_CTI_INVALID_MESSAGE_LENGTH)

    def client_has_left(self) -> bool:
        """Whether the client has closed its end, so that an answer would reach no one."""
        sock = self.link.get_extra_info("socket")
        if sock is None or sock.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(sock.fileno(), _GONE)
        return bool(poll.poll(0))

    def bytes_waiting(self) -> int:
        """Bytes that the client did not read yet."""
        if self._gate is None and self._faulty is None:
            return self.link.buffered_out
        held = 0 if self._gate is None else self._gate.held_size
        return self.link.buffered_out + held + (0 if self._faulty is None else self._faulty.held_size)

    def send(self, frame: bytes) -> None:
        """Send a frame; a client that does not read is reset once too much waits for it."""
        if self._faulty is None:
            self._pass_on(frame)
        elif self.bytes_waiting() + len(frame) > self._max_buffered:
            self._overflow()
        else:
            self._faulty.send(frame)

    def _pass_on(self, frame: bytes) -> None:
        if self._gate is None:
            try:
                self.link.send(frame)
            except LinkClosed:  # the client is gone, lost() follows
                return
            except SendBufferFull:
                self._overflow()
        elif self.link.is_open:
            self._gate.send(frame, self._max_buffered)
        else:
            return
        worst = self._context.budget.update(self)
        if worst is not None:
            assert isinstance(worst, ClientSession)
            worst.drop(f"{self._context.budget.limit} bytes wait for all clients, most of them for this one")

    def _write(self, frame: bytes) -> None:
        try:
            self.link.send(frame)
        except LinkClosed:
            pass  # closed by the frame before
        except SendBufferFull:
            self._overflow()

    def _overflow(self) -> None:
        self.drop(f"more than {self._max_buffered} bytes wait for it")

    def send_raw(self, data: bytes) -> None:
        """Send bytes that need not be a frame, at once: a simulated fault."""
        if self.link.is_open and not self.frozen:
            self._write(data)
            self.link.flush()

    def drop(self, reason: str) -> None:
        """Reset a client that does not read, and say so in the log."""
        self._context.counters.dropped_sessions += 1
        self._context.log.warning("%r does not read: %s; connection reset", self, reason)
        self.reset()

    def reset(self) -> None:
        """End the session, if there is one, and reset the connection."""
        self.end()
        if self._gate is not None:
            self._gate.discard()
        if self._faulty is not None:
            self._faulty.discard()
        self.link.reset()
        self._context.budget.remove(self)

    # --- messages -------------------------------------------------------------------------------

    def _message(self, message: Message) -> None:
        self._heard()
        self.owner.message_received(self, message)

    def _malformed(self, error: MalformedFrame) -> None:
        self._heard()
        self.owner.malformed_received(self, error)

    def _heard(self) -> None:
        self._heard_at = self._clock.time()
        self._context.counters.requests += 1

    def confirm(self, number: int, message: Message) -> None:
        """Answer a request by a confirmation that carries nothing but InvokeID."""
        self.send(self.replies.confirmation(number, message["InvokeID"]))

    def answer(
        self, number: int, message: Message, fields: Mapping[str, int], floating: Floating = ()
    ) -> None:
        """Answer a request by a confirmation with these fields."""
        self.send(self.replies.message(number, {"InvokeID": message["InvokeID"], **fields}, floating))

    def send_event(self, number: int, fields: Mapping[str, int], floating: Floating = ()) -> bool:
        """Send a message that may be newer than the session's version. Returns whether it was sent."""
        frame = self.replies.encoder.encode(number, fields, floating)
        if frame is None:
            return False
        self.send(frame)
        return True

    def refuse(self, invoke_id: int, status: StatusCode) -> None:
        """Answer a request by FAILURE_CONF."""
        self._context.counters.refusals[status] += 1
        self.send(self.replies.failure_conf(invoke_id, status))

    def refuse_control(self, invoke_id: int, code: ControlFailureCode) -> None:
        """Answer a request by CONTROL_FAILURE_CONF."""
        self._context.counters.control_failures += 1
        self.send(self.replies.control_failure_conf(invoke_id, code))

    def _handler_error(self, handler: object, message: Message, error: BaseException) -> None:
        """A fault of the simulator: the client gets an answer all the same."""
        log.error("cannot serve %s of %r", message.name, self, exc_info=error)
        self.refuse(invoke_id_of(bytes(message)), StatusCode.E_CTI_UNSPECIFIED_FAILURE)

    # --- the session ----------------------------------------------------------------------------

    def open(self, request: Message, services: int, agent: PlantAgent | None, monitor_id: int) -> None:
        """Begin a session as a granted OPEN_REQ asks for it."""
        self._cancel_timer()  # of the wait for OPEN_REQ, or of a session that was closed before
        self.version = request.version
        self.replies = replies(self.version)
        self.link.dispatcher.codec = self.replies.codec
        self.session_id = self._context.next_session_id()
        self.client_id = request["ClientID"]
        self.signature = request.get("ClientSignature")
        self.unique_instance = request.get("UniqueInstanceID") or ""
        self.services = services
        self.call_mask = request["CallMsgMask"]
        self.state_mask = request["AgentStateMask"]
        self.config_mask = request.get("ConfigMsgMask", 0)
        self.wants_updates = False
        self.agent = agent
        self.identity = tuple((name, value) for name in _IDENTITY if (value := request.get(name)))
        self.monitor_id = monitor_id
        self.variables = None
        self.idle_timeout = request["IdleTimeout"]
        self.is_open = True
        self._context.counters.opens += 1
        self._watch_idle()

    def end(self, status: StatusCode = StatusCode.E_CTI_CLIENT_DISCONNECTED) -> None:
        """End the session, if there is one; the connection stays. Client Monitor sessions get ``status``."""
        self._cancel_timer()
        if self.is_open:
            self.is_open = False
            self.owner.session_ended(self, status)
            self.services = self.call_mask = self.state_mask = self.config_mask = 0
            self.agent = None

    def closed_by_client(self) -> None:
        """CLOSE_REQ was confirmed: the session is over, the connection is the client's for a while."""
        self._context.counters.closes += 1
        self.end(StatusCode.E_CTI_NO_ERROR)
        self._timer = self._clock.call_later(AFTER_CLOSE, self._close_connection)

    def _close_connection(self) -> None:
        if self.link.buffered_out:  # a client that does not read would keep it open
            self.link.reset()
        else:
            self.link.close()

    def fail(self, status: StatusCode) -> None:
        """Tell the client why by FAILURE_EVENT, end the session and reset the connection."""
        self.send(self.replies.failure_event(status))
        self.end(status)
        self._failed = True
        self.link.dispatcher.stop()
        self.link.pause_reading()
        if not self.frozen:
            self._reset_soon()

    def _reset_soon(self) -> None:
        self._timer = self._clock.call_later(AFTER_FAILURE, self.link.reset)

    # --- time-outs ------------------------------------------------------------------------------

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch_opening(self) -> None:
        self._timer = self._clock.call_later(self._context.settings.open_timeout, self._check_opened)

    def _check_opened(self) -> None:
        self._timer = None
        if not self.frozen:  # a frozen server does not look at its clock; thaw() starts the wait again
            self._context.counters.unopened_resets += 1
            self._context.log.warning("%r opened no session in time; connection reset", self)
            self.reset()

    def _watch_idle(self) -> None:
        if self.idle_timeout != NEVER_IDLE:
            self._timer = self._clock.call_later(self.idle_timeout, self._check_idle)

    def _check_idle(self) -> None:
        self._timer = None
        if self.frozen:
            return
        now, until = self._clock.time(), self._heard_at + self.idle_timeout
        if now >= until:
            self._context.counters.idle_resets += 1
            self.end(StatusCode.E_CTI_TIMEOUT)
            self.reset()
        else:
            self._timer = self._clock.call_later(until - now, self._check_idle)

    # --- faults on command ----------------------------------------------------------------------

    def _the_gate(self) -> SendGate:
        if self._gate is None:
            self._gate = SendGate(self._write, self._cut, self._overflow)
        return self._gate

    def freeze(self) -> None:
        """Read nothing and send nothing; what would be sent is kept, as far as may wait for a client."""
        if not self.frozen:
            self._the_gate().hold()
            self.link.pause_reading()

    def thaw(self) -> None:
        """Send what was kept and read again."""
        if not self.frozen:
            return
        self._the_gate().release()
        if self._failed:
            self._reset_soon()
            return
        self.link.resume_reading()
        self._heard_at = self._clock.time()
        if self._timer is None:  # it fell due meanwhile
            if self.is_open:
                self._watch_idle()
            else:
                self._watch_opening()

    def _the_faulty_sender(self) -> FaultySender:
        if self._faulty is None:
            self._faulty = FaultySender(self._clock, self._pass_on)
        return self._faulty

    def delay_frames(self, seconds: float) -> None:
        """Send frames that much later from now on; 0 ends it."""
        self._the_faulty_sender().delay = seconds

    def duplicate_frames(self, count: int) -> None:
        """Send the next ``count`` frames twice."""
        self._the_faulty_sender().duplicates = count

    def send_bad_frame(self, what: BadFrame) -> None:
        """Send a frame that the client must not accept."""
        self.send(bad_frame(what, self.replies))

    def cut(self, after_bytes: int) -> None:
        """Send ``after_bytes`` more bytes, then reset the connection, even in the middle of a frame."""
        self._the_gate().cut_after(after_bytes)

    def _cut(self, last_bytes: bytes) -> None:
        self._write(last_bytes)
        self.link.flush()
        self.reset()
