"""The Session of the CTI OS object model: one connection to a CTI Server pair, its mode, agents and events.

``connect`` brings the connection up; ``set_agent`` (agent mode) or ``set_bulk_mode`` opens the GED-188
session on it; ``disconnect`` ends both. After a loss the library finds a side again and opens the same mode.
"""

import logging
import ssl as ssl_module
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ctios_fast import keywords as kw
from ctios_fast.connection.addresses import sides
from ctios_fast.connection.clock import Clock
from ctios_fast.connection.connection import Connection
from ctios_fast.connection.heartbeat import DEFAULT_MAX_MISSED
from ctios_fast.connection.link import DEFAULT_MAX_BUFFERED, Link
from ctios_fast.connection.opening import OpenSettings
from ctios_fast.connection.options import ConnectionOptions, check_heartbeat
from ctios_fast.connection.request_book import Request
from ctios_fast.connection.states import ConnectionState
from ctios_fast.core import DEFAULT_MAX_FRAME, Handler, Message, codec
from ctios_fast.core.secret import Secret
from ctios_fast.enums import CilCode
from ctios_fast.errors import ConnectionLost, CtiOsError, MethodError, Refused
from ctios_fast.model.agents.agent import Agent
from ctios_fast.model.agents.handlers import details_reader, state_handler
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import NULL_PERIPHERAL_ID
from ctios_fast.protocol.versions import defined_bits

from .arguments import Arguments
from .connection_events import ConnectionEvents
from .events import EventPublisher, Listener, checked
from .recovery import Recovery

if TYPE_CHECKING:
    import random

__all__ = ["Session"]

_M = TypeVar("_M", bound=Message)

log = logging.getLogger("ctios_fast.session")

DEFAULT_VERSION = 25

_SINCE_SERVICES = 13  # protocol version in which SET_AGENT_STATE_REQ got AgentServiceReq

_CLIENT_EVENTS = 0x00000001
_CLIENT_CONTROL = 0x00000004
_ALL_EVENTS = 0x00000010
_ALL_SKILL_GROUPS_MRD = 1


class Session:
    """A client's session with a CTI Server pair.

    ``client_id``, ``client_password`` and ``client_signature`` identify the client to the server.
    ``version`` is the protocol version to speak (9 to 25). ``heartbeat``: seconds of silence after which
    one is sent (5 at least), None for none; ``max_heartbeats`` unanswered ones in a row end the connection.
    ``request_timeout`` is how long a confirmation may take, in seconds. ``reconnect_attempts``: how often
    both sides are tried after a loss (once at least), None for ever. ``clients``: how many clients the site
    has, which spreads their return after a common failure. ``ssl``: context for TLS. ``max_open_requests``,
    ``max_frame`` and ``max_buffered`` bound what may be unanswered, one received frame and what may wait to
    be sent, the latter two in bytes. ``clock`` and ``rng`` stand in for time and chance in tests.

    ``services_granted``: what the server granted to the open session (CTIServiceMask), 0 without one.
    ``peripheral_id``: the peripheral that the mode was set for.
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_password: str = "",
        client_signature: str | None = None,
        version: int = DEFAULT_VERSION,
        heartbeat: float | None = 30.0,
        max_heartbeats: int = DEFAULT_MAX_MISSED,
        request_timeout: float = 30.0,
        open_timeout: float = 30.0,
        connect_timeout: float = 20.0,
        reconnect_attempts: int | None = None,
        clients: int = 10,
        ssl: ssl_module.SSLContext | None = None,
        max_open_requests: int = 65536,
        max_frame: int = DEFAULT_MAX_FRAME,
        max_buffered: int = DEFAULT_MAX_BUFFERED,
        clock: Clock | None = None,
        rng: "random.Random | None" = None,
    ) -> None:
        self.client_id = client_id
        self._mode: str | None = None
        self._client_password = Secret(client_password)
        del client_password  # an error below shows this method's variables in its traceback
        self.client_signature = client_signature
        self.request_timeout = request_timeout
        self.events = EventPublisher()
        self.current_agent: Agent | None = None
        self._agents: dict[str, Agent] = {}
        self.peripheral_id = NULL_PERIPHERAL_ID
        self._max_heartbeats = max_heartbeats
        self._observer = ConnectionEvents(self)
        self.codec = codec(version)
        self._connection = Connection(
            self.codec,
            self._observer,
            ConnectionOptions(
                ssl=ssl,
                heartbeat=heartbeat,
                max_heartbeats=max_heartbeats,
                connect_timeout=connect_timeout,
                open_timeout=open_timeout,
                clients=clients,
                reconnect_attempts=reconnect_attempts,
                max_open_requests=max_open_requests,
                max_frame=max_frame,
                max_buffered=max_buffered,
                clock=clock,
                rng=rng,
            ),
        )
        self._recovery = Recovery(self.query_agent_state, max_open_requests)
        self.unknown_agents = 0
        self.services_granted = 0
        from ctios_fast.messages import SetAgentStateReq  # of no use before there is a session

        self.fill_details = details_reader().fill
        self.not_sent = self._connection.not_sent
        self.write_state_request: Callable[..., bytes] = SetAgentStateReq.encode
        self.agent_services = 0 if version >= _SINCE_SERVICES else None
        self._connection.dispatcher.on(ged.AGENT_STATE_EVENT, state_handler(self, self._agents))

    def __repr__(self) -> str:
        connection = self.__dict__.get("_connection")  # none yet in the traceback of a failed __init__
        state = "new" if connection is None else connection.state.value
        return f"<Session {self.client_id!r} {state}, mode {self._mode}>"

    # --- what is so -----------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """The protocol version that the session speaks."""
        return self.codec.version

    @property
    def state(self) -> ConnectionState:
        """Where the connection stands."""
        return self._connection.state

    @property
    def is_connected(self) -> bool:
        """Whether the session is connected to a side (its mode may not be set yet)."""
        return self._connection.link is not None and self.state is not ConnectionState.CLOSING

    @property
    def is_open(self) -> bool:
        """Whether the mode is set and the server confirmed it: requests can be made."""
        return self.state is ConnectionState.OPEN

    @property
    def current_server(self) -> str:
        """Host of the side that the session is connected to, or an empty text."""
        side = self._connection.side
        return side.host if side is not None and self._connection.link is not None else ""

    @property
    def current_side(self) -> str:
        """``"A"`` or ``"B"``: the side that the session is connected to, or an empty text."""
        side = self._connection.side
        return side.name if side is not None and self._connection.link is not None else ""

    @property
    def agents(self) -> Mapping[str, Agent]:
        """The agents that the session knows, by agent ID."""
        return self._agents

    def counters(self) -> dict[str, int]:
        """What was counted since the session was made; nothing that is received or refused goes uncounted."""
        connection = self._connection
        dispatcher, book = connection.dispatcher, connection.book
        return {
            "connections": connection.connects,
            "frames": dispatcher.frames_seen,
            "frames_malformed": dispatcher.malformed,
            "frames_without_handler": dispatcher.unhandled,
            "handler_errors": dispatcher.handler_errors,
            "listener_errors": self.events.failures,
            "open_requests": len(book),
            "requests_timed_out": book.timed_out,
            "confirmations_late": book.late,
            "confirmations_unasked": book.unasked,
            "requests_forgotten": book.forgotten,
            "events_of_unknown_agents": self.unknown_agents,
        }

    # --- listeners ------------------------------------------------------------------------------

    def add_event_listener(self, sink: object) -> None:
        """Call the sink's methods that are named after events, such as ``on_post_logout(args)``."""
        self.events.add_sink(sink)

    def remove_event_listener(self, sink: object) -> None:
        """Take a sink away again; ``ValueError`` if it was not added."""
        self.events.remove_sink(sink)

    def subscribe(self, event: str, listener: Listener) -> None:
        """Call the listener with the Arguments of each such event, named as ``OnPostLogout``."""
        self.events.subscribe(event, listener)

    def unsubscribe(self, event: str, listener: Listener) -> None:
        """Take a listener away again; ``ValueError`` if it is not subscribed."""
        self.events.unsubscribe(event, listener)

    @overload
    def on(self, message_type: int, handler: Handler) -> None: ...
    @overload
    def on(self, message_type: type[_M], handler: Callable[[_M], object]) -> None: ...
    def on(self, message_type: Any, handler: Callable[[Any], object]) -> None:
        """Call the handler with each message of that number, or class, without building Arguments.

        Agents are up to date by then. A handler that raises is logged and counted. ``TypeError`` for a
        coroutine function: handlers are called on the loop, not awaited.
        """
        self._connection.dispatcher.on(message_type, checked(handler))

    @overload
    def off(self, message_type: int, handler: Handler) -> None: ...
    @overload
    def off(self, message_type: type[_M], handler: Callable[[_M], object]) -> None: ...
    def off(self, message_type: Any, handler: Callable[[Any], object]) -> None:
        """Take a handler away again; ``ValueError`` if it is not registered."""
        self._connection.dispatcher.off(message_type, handler)

    # --- connecting -----------------------------------------------------------------------------

    def connect(
        self,
        args: Mapping[str, Any] | None = None,
        *,
        ctios_a: str | None = None,
        port_a: int | None = None,
        ctios_b: str | None = None,
        port_b: int | None = None,
        heartbeat: float | None = None,
        attempts: int | None = 1,
    ) -> Request[None]:
        """Connect to one of the two sides; ``OnConnection`` follows, then the mode is to be set.

        The sides are given by name or in ``args`` (CtiosA, PortA, CtiosB, PortB, Heartbeat). Where one host
        is missing the other's is taken; ports are 42027 and 43027 unless given. ``attempts``: how often all
        sides are tried before the answer is ``ConnectionFailed``; None tries for ever. Each failed try fires
        ``OnConnectionFailure``, the last one with FinalAttempt.

        Raises ``MethodError`` without a host, for a port or heartbeat that cannot be, or when the session is
        not disconnected; nothing is changed then.
        """
        given = Arguments(args)
        if self._connection.in_failover:
            raise MethodError(
                CilCode.E_CTIOS_IN_FAILOVER, "the session is looking for a server; disconnect first"
            )
        if self.state is not ConnectionState.DISCONNECTED:
            raise MethodError(
                CilCode.E_CTIOS_MODE_CONFLICT, f"the session is {self.state.value}; disconnect first"
            )
        interval = given.get(kw.CTIOS_HEARTBEAT) if heartbeat is None else heartbeat
        try:
            where = sides(
                ctios_a or given.get(kw.CTIOS_CTIOSA),
                port_a or given.get(kw.CTIOS_PORTA),
                ctios_b or given.get(kw.CTIOS_CTIOSB),
                port_b or given.get(kw.CTIOS_PORTB),
            )
            interval = self._connection.heartbeat if interval is None else check_heartbeat(float(interval))
            if attempts is not None and attempts < 1:
                raise ValueError(f"attempts is 1 at least, or None, not {attempts}")
        except (TypeError, ValueError) as error:
            raise MethodError(CilCode.E_CTIOS_INVALID_ARGUMENT, str(error)) from None
        self._connection.heartbeat = interval
        self._forget_mode()
        for agent in self._agents.values():
            agent.forget_state()
        return self._connection.connect(where, attempts)

    def set_agent(self, agent: Agent) -> Request[None]:
        """Set agent mode: the session serves this one agent (Client Events and Client Control).

        ``OnSetAgentModeEvent`` follows, then ``OnQueryAgentStateConf``, which tells of an agent that is
        logged in already. Fails with ``OpenRefused``, ``RequestTimeout`` or ``ConnectionLost``. Raises
        ``MethodError`` when the session is not connected, has a mode, or the agent lacks its peripheral.
        """
        self._require_modeless()
        if agent.session is not None and agent.session is not self:
            raise MethodError(
                CilCode.E_CTIOS_AGENT_ALREADY_IN_SESSION, f"{agent!r} belongs to another session"
            )
        if agent.peripheral_id is None:
            raise MethodError(CilCode.E_CTIOS_MISSING_ARGUMENT, "the agent has no PeripheralID")
        self._mode = "agent"
        self.peripheral_id = agent.peripheral_id
        self._adopt(agent)
        self.current_agent = agent
        settings = self._settings(
            services=_CLIENT_EVENTS | _CLIENT_CONTROL,
            peripheral_id=agent.peripheral_id,
            agent_id=agent.agent_id,
            agent_instrument=agent.agent_instrument,
            agent_extension=agent.agent_extension,
        )
        return self._set_mode(settings, "SetAgent")

    def set_bulk_mode(self, peripheral_id: int) -> Request[None]:
        """Set bulk mode: all events of the peripheral's agents, and control of any of them.

        ``OnMonitorModeEstablished`` follows. Fails and raises as ``set_agent`` does.
        """
        self._require_modeless()
        self._mode = "bulk"
        self.peripheral_id = peripheral_id
        for agent in self._agents.values():  # made before the mode said which one is theirs
            if agent.peripheral_id is None:
                agent.peripheral_id = peripheral_id
        return self._set_mode(self._settings(services=_ALL_EVENTS | _CLIENT_CONTROL), "SetBulkMode")

    def agent(
        self,
        agent_id: str,
        *,
        agent_instrument: str | None = None,
        agent_extension: str | None = None,
        agent_password: str | None = None,
        auto_login: bool | None = None,
    ) -> Agent:
        """The session's Agent of that ID, made if need be; what is given besides is set on it."""
        agent = self._agents.get(agent_id)
        if agent is None:
            agent = self._adopt(Agent(agent_id, None if self._mode is None else self.peripheral_id))
        for name, value in (
            ("agent_instrument", agent_instrument),
            ("agent_extension", agent_extension),
            ("agent_password", agent_password),
            ("auto_login", auto_login),
        ):
            if value is not None:
                setattr(agent, name, value)
        return agent

    def disconnect(self, args: Mapping[str, Any] | None = None) -> Request[None]:
        """Close the session, or stop looking for a server; ``OnConnectionClosed`` is its last event.

        Agents are not logged out by it. Requests that are open then fail with ``ConnectionLost``. ``args``
        may carry ForcedDisconnect, which changes nothing: a disconnect is never refused.
        """
        del args
        return self._connection.disconnect()

    # --- for the session's own objects ----------------------------------------------------------

    def request(
        self,
        message_type: int,
        fields: Mapping[str, int],
        floating: Iterable[tuple[str, object]] = (),
        timeout: float | None = None,
    ) -> Request[Message]:
        """Send any request of the protocol; its InvokeID is chosen here.

        ``fields``: all fixed fields but InvokeID; ``floating``: pairs in wire order, see ``Codec.encode``.
        ``timeout`` in seconds, the session's ``request_timeout`` unless given. The answer is the
        confirmation. Raises ``MethodError``, ``ConnectionLost``, ``TooManyRequests``, ``SendBufferFull`` and
        ``EncodeError``; nothing was sent then.
        """
        if message_type not in ged.CONFIRMATIONS:
            raise MethodError(CilCode.E_CTIOS_INVALID_ARGUMENT, f"message {message_type} is no request")
        self.require_open()
        return self._connection.request(
            message_type, fields, floating, self.request_timeout if timeout is None else timeout
        )

    def enter(self, request: Request[Any], message_type: int, timeout: float | None) -> Link:
        """Put a request that was made already on the books; see ``Connection.enter``."""
        connection = self._connection
        if connection.state is not ConnectionState.OPEN:
            self.require_open()
        return connection.enter(request, message_type, self.request_timeout if timeout is None else timeout)

    def require_open(self) -> None:
        """Raise ``ConnectionLost`` or ``MethodError`` unless requests can be made."""
        if self._connection.state is ConnectionState.OPEN:
            return
        if self._mode is None:
            raise MethodError(
                CilCode.E_CTIOS_SESSION_NOT_CONNECTED
                if not self.is_connected
                else CilCode.E_CTIOS_MODE_NOT_SET,
                "the session is not connected" if not self.is_connected else "the session has no mode yet",
            )
        raise ConnectionLost(f"the session is {self.state.value}, not open")

    def query_agent_state(self, agent: Agent, timeout: float | None = None) -> Request[Message]:
        """Ask for an agent's state, for ``Agent.query_agent_state``."""
        request = self.request(
            ged.QUERY_AGENT_STATE_REQ,
            {"PeripheralID": self.peripheral_of(agent), "MRDID": _ALL_SKILL_GROUPS_MRD, "ICMAgentID": 0},
            [("AgentID", agent.agent_id)],
            timeout,
        )

        def answered(query: Request[Message]) -> None:
            error = query.exception()
            if error is None:
                agent.state_answer(query.result())
            elif isinstance(error, Refused):
                agent.request_failed(error)

        request.add_done_callback(answered)
        return request

    def peripheral_of(self, agent: Agent) -> int:
        """The peripheral that a request about the agent names."""
        return self.peripheral_id if agent.peripheral_id is None else agent.peripheral_id

    # --- modes ----------------------------------------------------------------------------------

    def _require_modeless(self) -> None:
        if self._mode is not None:
            raise MethodError(
                CilCode.E_CTIOS_SET_AGENT_SESSION_DISCONNECT_REQUIRED,
                f"the session is in {self._mode} mode; disconnect first",
            )
        if self.state in (ConnectionState.DISCONNECTED, ConnectionState.CLOSING):
            raise MethodError(CilCode.E_CTIOS_SESSION_NOT_CONNECTED, "the session is not connected")

    def _settings(self, **settings: Any) -> OpenSettings:
        return OpenSettings(
            client_id=self.client_id,
            client_password=self._client_password,
            client_signature=self.client_signature,
            call_msg_mask=defined_bits("UnsolicitedCallEventMessageMask", self.version),
            agent_state_mask=defined_bits("AgentStateMask", self.version),
            **settings,
        )

    def _set_mode(self, settings: OpenSettings, label: str) -> Request[None]:
        outcome: Request[None] = Request(label)

        def answered(opening: Request[Message]) -> None:
            error = opening.exception()
            if error is not None:
                if self.state in (ConnectionState.CONNECTED, ConnectionState.DISCONNECTED):
                    self._forget_mode()
                outcome.set_exception(error)
            elif self._mode == "agent" and self.current_agent is not None:
                self._ask_current_agent(self.current_agent, outcome)
            else:
                outcome.set_result(None)

        self._connection.open(settings).add_done_callback(answered)
        return outcome

    def _ask_current_agent(self, agent: Agent, outcome: Request[None]) -> None:
        # The state tells whether the agent is logged in already; without it the mode is set all the same.
        try:
            query = self.query_agent_state(agent)
        except CtiOsError as error:
            outcome.set_exception(error)
            return

        def answered(query: Request[Message]) -> None:
            error = query.exception()
            if isinstance(error, ConnectionLost):
                outcome.set_exception(error)
            else:
                if error is not None:
                    log.warning("the state of agent %s cannot be asked for: %s", agent.agent_id, error)
                outcome.set_result(None)

        query.add_done_callback(answered)

    def _forget_mode(self) -> None:
        self._mode = None
        self._recovery.forget()

    def _adopt(self, agent: Agent) -> Agent:
        agent.session = self
        self._agents[agent.agent_id] = agent
        return agent

    # --- what the connection tells --------------------------------------------------------------

    def agent_of(self, peripheral_id: int, agent_id: str | None, instrument: str | None) -> Agent | None:
        """Whose state event that is when it names no agent that is known: a new Agent, or None."""
        if peripheral_id != self.peripheral_id:  # its agents' IDs may be the same
            return None
        if agent_id:
            return self._agents.get(agent_id) or self._adopt(Agent(agent_id, peripheral_id))
        return self._agent_at(instrument)

    def _agent_at(self, instrument: str | None) -> Agent | None:
        # rare: an event that names the device only
        if instrument is None:
            return None
        return next((agent for agent in self._agents.values() if agent.agent_instrument == instrument), None)

    def _mode_opened(self, confirmation: Message, asked: int, reopened: bool) -> None:
        self.services_granted = confirmation["ServicesGranted"]
        if asked & ~self.services_granted:  # it may be fewer than asked for, says the reference
            log.warning(
                "the server granted services %#x of %#x: some of it will not work",
                self.services_granted,
                asked,
            )
        agent = self.current_agent if self._mode == "agent" else None
        self._observer.mode_set(agent, confirmation)
        if reopened:
            self._recovery.start(self._agents.values(), agent)

    def _lost(self, reason: str) -> None:
        self.services_granted = 0
        self._recovery.stop()
        for agent in self._agents.values():
            agent.connection_lost(reason)
