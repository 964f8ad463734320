"""The Session of the CTI OS object model: one connection to a CTI Server pair, its mode, objects and events.

``connect`` brings the connection up; ``set_agent`` (agent mode) or ``set_bulk_mode`` opens the GED-188
session on it; ``disconnect`` ends both. After a loss the library finds a side again and opens the same mode.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack, overload

from ctios_fast import keywords as kw
from ctios_fast.connection.addresses import sides
from ctios_fast.connection.clock import Clock
from ctios_fast.connection.connection import Connection
from ctios_fast.connection.life_cycle import ConnectionState
from ctios_fast.connection.opening import OpenSettings
from ctios_fast.connection.options import ConnectionOptions, check_heartbeat
from ctios_fast.connection.request_book import Request, expected
from ctios_fast.core import Codec, Handler, Message, codec
from ctios_fast.core.secret import Secret
from ctios_fast.enums import CilCode
from ctios_fast.errors import ConnectionLost, MethodError
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import NEWEST_VERSION, NULL_ID
from ctios_fast.protocol.naming import message_number

from . import modes
from .agents.agent import Agent, peripheral_number
from .agents.handlers import AGENTS
from .arguments import Arguments
from .coercion import (
    hidden,
    hidden_fields,
    hidden_pairs,
    integer,
    optional_seconds,
    received,
    refuse,
    text,
)
from .connection_events import SESSION_EVENTS, ConnectionEvents
from .context import Context
from .cti_object import CtiObject
from .kinds import KINDS
from .method_only import method_only
from .modes import Mode
from .publisher import EventPublisher, Listener, checked
from .recovery import Recovery
from .registry import DEFAULT_MAX_OBJECTS, Registry
from .skill_groups.handlers import SKILL_GROUPS
from .skill_groups.skill_group import SkillGroup
from .system_status import SystemStatus

if TYPE_CHECKING:
    import random
    import ssl as ssl_module

__all__ = ["Session"]

_M = TypeVar("_M", bound=Message)

log = logging.getLogger("ctios_fast.session")

#: Keywords that ``connect`` takes.
_CONNECT_KEYWORDS = (
    kw.CTIOS_CTIOSA,
    kw.CTIOS_PORTA,
    kw.CTIOS_CTIOSB,
    kw.CTIOS_PORTB,
    kw.CTIOS_HEARTBEAT,
)
_MASK = 0xFFFFFFFF
#: Characters that ClientID, ClientPassword and ClientSignature may have.
_MAX_IDENTITY = 63


class ConnectionSettings(TypedDict, total=False):
    """The options of ``ConnectionOptions``, as keywords of ``Session``."""

    ssl: "ssl_module.SSLContext | None"
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
    max_open_requests: int
    max_frame: int
    max_buffered: int
    clock: Clock | None
    rng: "random.Random | None"


class Session:
    """A client's session with a CTI Server pair.

    - ``client_id``, ``client_password``, ``client_signature``: identify the client to the server, in at most
      63 characters each.
    - ``version``: the protocol version to speak, 9 to 25.
    - ``encoding``: text encoding of what is not ASCII, such as ``"utf-8"``, which Unified CCX uses. None:
      each byte above 127 is the Latin-1 character of that number, in both directions.
    - ``request_timeout``: seconds that a confirmation may take.
    - ``max_objects``: objects of one kind (agents, skill groups) that the server may make known.
    - ``options``: how the connection behaves, by keyword. They are those of
      ``ctios_fast.connection.options.ConnectionOptions``, such as ``heartbeat``, ``ssl``,
      ``connect_timeout``, ``reconnect_attempts``, ``clients``, ``max_open_requests``, ``max_buffered``.

    ``async with Session(...) as session:`` disconnects at the end.

    Raises ``MethodError``, ``TypeError`` or ``ValueError`` for an option that cannot be used.
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_password: "str | Secret" = "",
        client_signature: str | None = None,
        version: int = NEWEST_VERSION,
        encoding: str | None = None,
        request_timeout: float = 30.0,
        max_objects: int = DEFAULT_MAX_OBJECTS,
        **options: Unpack[ConnectionSettings],
    ) -> None:
        # First of all: an error below shows this method's variables in its traceback.
        self._client_password = hidden(client_password) or Secret("")
        del client_password
        if len(self._client_password.reveal()) > _MAX_IDENTITY:
            raise refuse(f"client_password must have at most {_MAX_IDENTITY} characters")
        checked_options = ConnectionOptions(**options)
        self.client_signature = client_signature
        #: Counts and calls listeners.
        self._events = EventPublisher((SESSION_EVENTS, *(kind.events for kind in KINDS)))
        registry: Registry[CtiObject] = Registry(integer("max_objects", max_objects, 0, _MASK))
        tables = [registry.add_kind(kind.name, kind.max_key, kind.find) for kind in KINDS]
        self._agents = registry[AGENTS.name]
        self._context = Context(
            codec(version, encoding),
            self._events,
            registry,
            _request_timeout(request_timeout),
        )
        self._recovery = Recovery(self._context, checked_options.max_open_requests)
        self._status = SystemStatus()
        client_id = _client_id(client_id)
        self._observer = ConnectionEvents(self._context, self._recovery, self._status, client_id)
        self._connection = Connection(self._context.codec, self._observer, checked_options)
        self._context.attach(self._connection)
        on = self._connection.dispatcher.on
        on(ged.SYSTEM_EVENT, self._observer.on_system_event)
        for kind, table in zip(KINDS, tables, strict=True):
            for number, handler in kind.handlers(self._context, table).items():
                on(number, handler)

    def __repr__(self) -> str:
        connection = self.__dict__.get("_connection")  # none yet in the traceback of a failed __init__
        if connection is None:
            return "<Session new>"
        mode = self._context.mode
        return f"<Session {self.client_id!r} {connection.state.value}, mode {mode.name if mode else None}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.disconnect()

    # --- State --------------------------------------------------------------------------------------

    @property
    def client_id(self) -> str:
        """The ClientID of the next opening. Setting it raises ``MethodError`` for what cannot be used."""
        return self._observer.client_id

    @client_id.setter
    def client_id(self, client_id: str) -> None:
        self._observer.client_id = _client_id(client_id)

    @property
    def client_signature(self) -> str | None:
        """The ClientSignature of the next opening, None for none. Setting it raises ``MethodError``."""
        return self._client_signature

    @client_signature.setter
    def client_signature(self, signature: str | None) -> None:
        self._client_signature = (
            None if signature is None else text("client_signature", signature, _MAX_IDENTITY)
        )

    @property
    def codec(self) -> Codec:
        """The codec of the session's protocol version."""
        return self._context.codec

    @property
    def version(self) -> int:
        """The protocol version that the session speaks."""
        return self._context.codec.version

    @property
    def request_timeout(self) -> float:
        """Seconds that a confirmation may take unless a request says otherwise."""
        return self._context.request_timeout

    @property
    def state(self) -> ConnectionState:
        """The state of the connection."""
        return self._connection.state

    @method_only
    def is_connected(self) -> bool:
        """Whether the session is connected to a side. Its mode may not be set yet."""
        return self._connection.link is not None and self.state is not ConnectionState.CLOSING

    @method_only
    def is_agent(self) -> bool:
        """Whether the session is in agent mode."""
        return self._context.mode is not None and self._context.mode.is_agent

    @property
    def is_open(self) -> bool:
        """Whether the mode is set and the server confirmed it: requests can be made."""
        return self.state is ConnectionState.OPEN

    @property
    def lag(self) -> float:
        """Seconds for which the oldest received event waits for its handlers; 0 if none waits."""
        return self._connection.lag

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
    def services_granted(self) -> int:
        """What the server granted to the open session (CTIServiceMask), 0 without one."""
        return self._context.services_granted

    @property
    def peripheral_id(self) -> int:
        """The peripheral that the mode was set for."""
        return self._context.peripheral_id

    @property
    def current_agent(self) -> Agent | None:
        """The agent of agent mode; None in other modes and without a mode."""
        return self._context.current_agent

    @property
    def agents(self) -> Mapping[str, Agent]:
        """The agents that the session knows, by agent ID. Read-only."""
        return self._agents.by_key

    def get_system_status(self) -> Arguments:
        """The status of server, controller and peripherals, as CTI OS reports it with StatusSystem."""
        return self._status.as_arguments()

    def get_object_from_object_id(self, unique_object_id: str) -> CtiObject | None:
        """The object of a UniqueObjectID such as ``agent.5000.1001``, None if it is not known.

        Raises ``MethodError`` for an id that is not text.
        """
        if not isinstance(unique_object_id, str):
            raise refuse(f"a UniqueObjectID must be text, got {type(unique_object_id).__name__}")
        return self._context.registry.find(unique_object_id)

    def counters(self) -> dict[str, int]:
        """Counts since the session was made. Everything that is received, dropped or refused is counted."""
        connection = self._connection
        dispatcher, book = connection.dispatcher, connection.book
        return {
            "connections": connection.connects,
            "frames": dispatcher.frames_seen,
            "frames_malformed": dispatcher.malformed,
            "frames_without_handler": dispatcher.unhandled,
            "handler_errors": dispatcher.handler_errors,
            "listener_errors": self._events.failures,
            "open_requests": len(book),
            "requests_timed_out": book.timed_out,
            "confirmations_late": book.late,
            "confirmations_unasked": book.unasked,
            "requests_forgotten": book.forgotten,
            "objects_repaired": self._recovery.repaired,
            "repairs_given_up": self._recovery.given_up,
            "first_queries_failed": self._recovery.unanswered,
            **self._context.registry.counters(),
        }

    # --- Listeners ----------------------------------------------------------------------------------

    @property
    def events(self) -> tuple[str, ...]:
        """The names of all events that the session fires."""
        return self._events.events

    def add_event_listener(self, sink: object) -> None:
        """Call the sink's methods that are named after events, such as ``on_post_logout(args)``.

        Raises ``TypeError`` for a class, for a sink without such a method, and for a misspelt one.
        """
        self._events.add_sink(sink)

    def remove_event_listener(self, sink: object) -> None:
        """Take a sink away. Raises ``ValueError`` if it was not added."""
        self._events.remove_sink(sink)

    def subscribe(self, event: str, listener: Listener) -> None:
        """Call the listener with the Arguments of each event of that name, such as ``OnPostLogout``.

        Raises ``ValueError`` for an unknown name, ``TypeError`` for a coroutine function.
        """
        self._events.subscribe(event, listener)

    def unsubscribe(self, event: str, listener: Listener) -> None:
        """Take a listener away. Raises ``ValueError`` if it is not subscribed."""
        self._events.unsubscribe(event, listener)

    @overload
    def on(self, message_type: int | str, handler: Handler) -> None: ...
    @overload
    def on(self, message_type: type[_M], handler: Callable[[_M], object]) -> None: ...
    def on(self, message_type: Any, handler: Callable[[Any], object]) -> None:
        """Call the handler with each message of that number, name or class, without building Arguments.

        The objects are up to date by then. A handler that raises is logged and counted.

        Raises ``ValueError`` for a message that the reference does not have, ``TypeError`` for a coroutine
        function: handlers are called on the loop, not awaited.
        """
        self._connection.dispatcher.on(message_type, checked(handler))

    @overload
    def off(self, message_type: int | str, handler: Handler) -> None: ...
    @overload
    def off(self, message_type: type[_M], handler: Callable[[_M], object]) -> None: ...
    def off(self, message_type: Any, handler: Callable[[Any], object]) -> None:
        """Take a handler away. Raises ``ValueError`` if it is not registered."""
        self._connection.dispatcher.off(message_type, handler)

    # --- Connecting ---------------------------------------------------------------------------------

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

        - ``args``: may carry CtiosA, PortA, CtiosB, PortB and Heartbeat.
        - ``ctios_a``, ``ctios_b``: hosts. Where one is missing the other's is taken.
        - ``port_a``, ``port_b``: 42027 and 43027 unless given.
        - ``heartbeat``: seconds, 5 at least; the session's unless given.
        - ``attempts``: how often all sides are tried; None for ever.

        Each failed try fires ``OnConnectionFailure``, the last one with FinalAttempt.

        Fails with ``ConnectionFailed`` when no side was reached. Raises ``MethodError`` for arguments that
        cannot be used, with E_CTIOS_IN_FAILOVER during a fail-over, and with
        E_CTIOS_SESSION_NOT_DISCONNECTED if the session is not disconnected; nothing is changed then.
        """
        args = given = received("connect", args, _CONNECT_KEYWORDS)  # type: ignore[assignment]
        if isinstance(given, MethodError):
            raise given
        given = given or Arguments()
        if self._connection.in_failover:
            raise refuse("the session is looking for a server; disconnect first", CilCode.E_CTIOS_IN_FAILOVER)
        if self.state is not ConnectionState.DISCONNECTED:
            raise refuse(
                f"the session is {self.state.value}; disconnect first",
                CilCode.E_CTIOS_SESSION_NOT_DISCONNECTED,
            )
        interval = given.get(kw.CTIOS_HEARTBEAT) if heartbeat is None else heartbeat
        try:
            where = sides(
                given.get(kw.CTIOS_CTIOSA) if ctios_a is None else ctios_a,
                given.get(kw.CTIOS_PORTA) if port_a is None else port_a,
                given.get(kw.CTIOS_CTIOSB) if ctios_b is None else ctios_b,
                given.get(kw.CTIOS_PORTB) if port_b is None else port_b,
            )
            interval = self._connection.heartbeat if interval is None else check_heartbeat(float(interval))
        except (TypeError, ValueError) as error:
            raise refuse(str(error)) from None
        if attempts is not None:
            attempts = integer("attempts", attempts, 1, _MASK)
        self._context.bind_thread()
        self._connection.heartbeat = interval
        self._forget_mode()
        self._context.registry.forget()
        return self._connection.connect(where, attempts)

    def disconnect(self, args: Mapping[str, Any] | None = None) -> Request[None]:
        """Close the session, or stop looking for a server; ``OnConnectionClosed`` is its last event.

        Agents are not logged out by it. Requests that are open then fail with ``ConnectionLost``. ``args``
        may carry ForcedDisconnect, which changes nothing: a disconnect is never refused.
        """
        del args
        self._context.require_thread()
        return self._connection.disconnect()

    # --- Modes --------------------------------------------------------------------------------------

    def set_agent(
        self,
        agent: Agent | None,
        *,
        services: int | None = None,
        call_mask: int | None = None,
        agent_mask: int | None = None,
        config_mask: int | None = None,
    ) -> Request[None]:
        """Set agent mode: the session serves this one agent. None clears the current agent.

        - ``agent``: with its PeripheralID.
        - ``services``: ServicesRequested; Client Events, Call Data Update and Client Control unless given.
        - ``call_mask``, ``agent_mask``, ``config_mask``: the masks of OPEN_REQ; all call and agent events of
          the version, and no configuration events, unless given.

        ``OnSetAgentModeEvent`` follows, then ``OnQueryAgentStateConf``, which reports an agent that is logged
        in already.

        Fails with ``OpenRefused``, ``RequestTimeout`` or ``ConnectionLost``. Raises ``MethodError`` when the
        session is not connected, has a mode, or the agent lacks its peripheral.
        """
        if agent is None:
            return self._clear_agent()
        if not isinstance(agent, Agent):
            raise refuse(f"set_agent() takes an Agent or None, got {type(agent).__name__}")
        mode = _chosen(modes.AGENT, services, call_mask, agent_mask, config_mask)
        self._require_modeless()
        self._require_free(agent)
        if agent.peripheral_id is None:
            raise refuse("the agent has no PeripheralID", CilCode.E_CTIOS_MISSING_ARGUMENT)
        self._enter_mode(mode, agent.peripheral_id)
        self._adopt(agent)
        self._context.current_agent = agent
        settings = self._settings(
            mode,
            peripheral_id=agent.peripheral_id,
            agent_id=agent.agent_id,
            agent_instrument=agent.agent_instrument,
            agent_extension=agent.agent_extension,
        )
        return self._open(settings, "SetAgent", partial(self._ask_for_agent, agent))

    def set_bulk_mode(
        self,
        peripheral_id: int,
        *,
        agents: Iterable["str | Agent"] = (),
        services: int | None = None,
        call_mask: int | None = None,
        agent_mask: int | None = None,
        config_mask: int | None = None,
    ) -> Request[None]:
        """Set bulk mode: all events of the peripheral's agents, and control of any of them.

        - ``peripheral_id``: 0 to 4294967294.
        - ``agents``: agent IDs or Agents of the peripheral that the session knows from the start. A server
          reports an agent only when its state changes. Other agents become known by their events.
        - ``services``, ``call_mask``, ``agent_mask``, ``config_mask``: see ``set_agent``; All Events, Client
          Control and Call Data Update are asked for unless given.

        ``OnMonitorModeEstablished`` follows. Then each of ``agents`` is asked for, several at a time, and
        ``OnQueryAgentStateConf`` reports its state. The await returns when all have answered. A refusal is
        an answer: it is counted (``first_queries_failed``), and the agent's ``state`` stays None. After a
        loss the await fails; the library opens the mode again and asks for the agents that are left.

        Fails and raises as ``set_agent`` does, and raises ``MethodError`` for ``agents`` that cannot be used;
        nothing is changed then.
        """
        peripheral_id = peripheral_number("peripheral_id", peripheral_id)
        named = _named(agents, peripheral_id)
        mode = _chosen(modes.BULK, services, call_mask, agent_mask, config_mask)
        self._require_modeless()
        for each in named:
            self._require_free(each)
        self._enter_mode(mode, peripheral_id)
        for each in named:
            agent = self.agent(each) if isinstance(each, str) else self._adopt(each)
            agent.peripheral_id = peripheral_id
            agent.ask_at_opening()
        return self._open(self._settings(mode), "SetBulkMode", self._await_first_queries)

    def agent(
        self,
        agent_id: str,
        *,
        agent_instrument: str | None = None,
        agent_extension: str | None = None,
        agent_password: "str | Secret | None" = None,
        auto_login: bool | None = None,
    ) -> Agent:
        """Return the session's Agent of that ID; it is made if the session does not know it.

        The other parameters, where given, are set on it. They are those of ``Agent``.

        Raises ``MethodError`` for a value that cannot be used.
        """
        agent_password = hidden(agent_password)
        agent = self._agents.get(agent_id) if isinstance(agent_id, str) else None
        if agent is None:
            context = self._context
            made = Agent(agent_id, None if context.mode is None else context.peripheral_id)
            agent = self._agents.get(made.agent_id) or self._adopt(made)  # the id may have been a number
        for keyword, value in (
            (kw.CTIOS_AGENTINSTRUMENT, agent_instrument),
            (kw.CTIOS_AGENTEXTENSION, agent_extension),
            (kw.CTIOS_AGENTPASSWORD, agent_password),
            (kw.CTIOS_AUTOLOGIN, auto_login),
        ):
            if value is not None:
                agent.set_value(keyword, value)
        return agent

    def skill_group(self, skill_group_number: int) -> SkillGroup:
        """Return the session's SkillGroup of that number; it is made if the session does not know it.

        Raises ``MethodError`` for a number that cannot be used.
        """
        number = integer("skill_group_number", skill_group_number, 0, NULL_ID - 1)
        table = self._context.registry[SKILL_GROUPS.name]
        group: SkillGroup | None = table.get(number)
        if group is None:
            context = self._context
            group = SkillGroup(number, None if context.mode is None else context.peripheral_id, context)
            table.add(number, group)
        return group

    # --- Requests of the protocol -------------------------------------------------------------------

    def request(
        self,
        message: "int | str | type[Message]",
        fields: Mapping[str, int],
        floating: Iterable[tuple[str, object]] = (),
        timeout: float | None = None,
    ) -> Request[Message]:
        """Send any request of the protocol; its InvokeID is chosen here. The answer is the confirmation.

        - ``message``: number, name or class of the request.
        - ``fields``: its fixed fields, under the reference's names.
        - ``floating``: pairs of name and value in wire order, see ``Codec.encode``.
        - ``timeout``: seconds, the session's ``request_timeout`` unless given.

        Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost``,
        ``TooManyRequests``, ``SendBufferFull`` and, without a connection or mode, ``MethodError``. Raises
        ``MethodError`` for a message that is not a request, and ``EncodeError``; nothing was sent then.
        """
        fields, floating = hidden_fields(fields), hidden_pairs(floating)
        number = _resolved(message)
        _check_fields(fields)
        if number not in ged.CONFIRMATIONS:
            name = ged.NAMES.get(number, "unknown")
            raise refuse(f"message type {number} ({name}) is not a request with a confirmation")
        request: Request[Message] = Request(ged.NAMES[number])
        self._context.send_plain(request, number, fields, floating, optional_seconds("timeout", timeout))
        return request

    def send(
        self,
        message: "int | str | type[Message]",
        fields: Mapping[str, int],
        floating: Iterable[tuple[str, object]] = (),
    ) -> int | None:
        """Send a message that has no confirmation, such as CONFIG_REQUEST_EVENT.

        The parameters are those of ``request``. Returns the InvokeID, None for a message without one.

        Raises ``MethodError`` for a message that has a confirmation or without an open mode,
        ``ConnectionLost``, ``SendBufferFull`` and ``EncodeError``.
        """
        fields, floating = hidden_fields(fields), hidden_pairs(floating)
        number = _resolved(message)
        _check_fields(fields)
        if number in ged.CONFIRMATIONS:
            raise refuse(f"message type {number} ({ged.NAMES[number]}) has a confirmation: use request()")
        return self._context.post_plain(number, fields, floating)

    # --- Setting a mode -----------------------------------------------------------------------------

    def _clear_agent(self) -> Request[None]:
        self._context.require_thread()
        mode = self._context.mode
        if mode is not None and self.state is not ConnectionState.DISCONNECTED:
            raise refuse(
                f"the session is in {mode.name} mode; disconnect before clearing its agent",
                CilCode.E_CTIOS_SET_AGENT_SESSION_DISCONNECT_REQUIRED,
            )
        agent = self._context.current_agent
        self._context.current_agent = None
        if agent is not None:
            self._agents.remove(agent.agent_id)
        cleared: Request[None] = Request("SetAgent")
        cleared.set_result(None)
        return cleared

    def _require_modeless(self) -> None:
        self._context.require_thread()
        mode = self._context.mode
        if mode is not None:
            raise refuse(
                f"the session is in {mode.name} mode; disconnect first",
                CilCode.E_CTIOS_SET_AGENT_SESSION_DISCONNECT_REQUIRED,
            )
        if self.state in (ConnectionState.DISCONNECTED, ConnectionState.CLOSING):
            raise refuse("the session is not connected", CilCode.E_CTIOS_SESSION_NOT_CONNECTED)

    def _require_free(self, agent: "str | Agent") -> None:
        if isinstance(agent, Agent) and agent.context not in (None, self._context):
            raise refuse(f"{agent!r} belongs to another session", CilCode.E_CTIOS_AGENT_ALREADY_IN_SESSION)

    def _enter_mode(self, mode: Mode, peripheral_id: int) -> None:
        context = self._context
        context.mode = mode
        context.hears_all = mode.hears_all
        context.peripheral_id = peripheral_id
        context.current_agent = None
        context.registry.use_peripheral(peripheral_id)

    def _settings(self, mode: Mode, **settings: Any) -> OpenSettings:
        return OpenSettings(
            client_id=self.client_id,
            client_password=self._client_password,
            client_signature=self.client_signature,
            services=mode.services,
            call_msg_mask=mode.call_mask(self.version),
            agent_state_mask=mode.agent_mask(self.version),
            config_msg_mask=mode.config_mask(self.version),
            **settings,
        )

    def _open(
        self, settings: OpenSettings, label: str, then: Callable[[Request[None]], object]
    ) -> Request[None]:
        # ``then`` answers the request that is returned, once the session is open.
        outcome: Request[None] = Request(label)

        def answered(opening: Request[Message]) -> None:
            error = opening.exception()
            if error is None:
                then(outcome)
                return
            if self.state in (ConnectionState.CONNECTED, ConnectionState.DISCONNECTED):
                self._forget_mode()
            outcome.set_exception(error)

        self._connection.open(settings).add_done_callback(answered)
        return outcome

    def _ask_for_agent(self, agent: Agent, outcome: Request[None]) -> None:
        # The state tells whether the agent is logged in already. The mode is set without it as well.
        def asked(query: Request[Message]) -> None:
            error = query.exception()
            if isinstance(error, ConnectionLost):
                outcome.set_exception(error)
                return
            if error is not None:
                log.warning("the state of the current agent cannot be asked for: %s", error)
            outcome.set_result(None)

        agent.query_agent_state().add_done_callback(asked)

    def _await_first_queries(self, outcome: Request[None]) -> None:
        def asked(task: object) -> None:
            if self.is_open:
                outcome.set_result(None)
            else:
                words = "the connection was lost while agents were asked for their states"
                outcome.set_exception(expected(ConnectionLost(words)))

        if self._recovery.task is None:
            outcome.set_result(None)
        else:
            self._recovery.task.add_done_callback(asked)

    def _forget_mode(self) -> None:
        self._recovery.stop()
        self._context.forget_mode()

    def _adopt(self, agent: Agent) -> Agent:
        agent.context = self._context
        self._agents.add(agent.agent_id, agent)
        return agent


def _client_id(value: Any) -> str:
    return text("client_id", value, _MAX_IDENTITY, empty=False)


def _request_timeout(seconds: Any) -> float:
    given = optional_seconds("request_timeout", seconds)
    if given is None:
        raise refuse("request_timeout must be a number of seconds above 0, got None")
    return given


def _chosen(mode: Mode, services: Any, call_mask: Any, agent_mask: Any, config_mask: Any) -> Mode:
    masks = [
        None if value is None else integer(name, value, 0, NULL_ID)
        for name, value in (
            ("services", services),
            ("call_mask", call_mask),
            ("agent_mask", agent_mask),
            ("config_mask", config_mask),
        )
    ]
    return mode.changed(*masks)


def _named(agents: Any, peripheral_id: int) -> "list[str | Agent]":
    # The agents that a program names, each once: an Agent where it gave one, otherwise the id.
    if isinstance(agents, str | bytes | Mapping) or not isinstance(agents, Iterable):
        raise refuse(f"agents must be a list of agent IDs or Agents, got {type(agents).__name__}")
    named: dict[str, str | Agent] = {}
    for each in agents:
        agent = each if isinstance(each, Agent) else Agent(each, peripheral_id)
        if agent.peripheral_id not in (None, peripheral_id):
            raise refuse(f"{agent!r} is given for peripheral {peripheral_id}")
        before = named.get(agent.agent_id)
        if agent is each:
            if isinstance(before, Agent) and before is not agent:
                raise refuse(f"agents has two Agents with the ID {agent.agent_id}")
            named[agent.agent_id] = agent
        elif before is None:
            named[agent.agent_id] = agent.agent_id
    return list(named.values())


def _check_fields(fields: Any) -> None:
    if not isinstance(fields, Mapping):
        raise refuse(f"fields must be a mapping of field names, got {type(fields).__name__}")


def _resolved(message: Any) -> int:
    # The number of a message that is given by number, name or class.
    try:
        return message_number(message)
    except (TypeError, ValueError) as error:
        raise refuse(str(error)) from None
