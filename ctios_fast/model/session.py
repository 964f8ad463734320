"""The Session of the CTI OS object model: one connection to a CTI Server pair, its mode, objects and events.

``connect`` brings the connection up; ``set_agent`` (agent mode) or ``set_bulk_mode`` opens the GED-188
session on it; ``disconnect`` ends both. After a loss the library finds a side again and opens the same mode.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, Literal, Self, TypeVar, Unpack, cast, overload

from ctios_fast import keywords as kw
from ctios_fast.connection.connection import Connection
from ctios_fast.connection.life_cycle import ConnectionState
from ctios_fast.connection.options import ConnectionKeywords, ConnectionOptions, refuse_unknown
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Handler, Message, codec
from ctios_fast.core.scan.bounds import DEFAULT_MAX_ROWS, MAX_STRING
from ctios_fast.core.secret import Secret
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import NEWEST_VERSION, NULL_ID

from . import modes
from .agents.agent import Agent
from .agents.agent_values import peripheral_number
from .agents.handlers import AGENTS
from .agents.joining import agent_by_id, id_of_login_name, named_agents
from .arguments import Arguments
from .calls.call import Call
from .calls.call_index import CallsById
from .calls.current_call import change_current_call
from .calls.handlers import CALLS
from .client_identity import ClientIdentity
from .coercion import (
    MAX_UINT,
    boolean,
    hidden,
    hidden_fields,
    hidden_pairs,
    integer,
    optional_seconds,
    received,
    refuse,
)
from .configuration.configuration import Configuration
from .configuration.items import wanted_bits
from .connect_arguments import CONNECT_KEYWORDS, connect_arguments
from .connection_events import ConnectionEvents
from .context import Context
from .cti_object import CtiObject, context_of
from .kinds import EVENT_TABLES, FEATURES, KINDS
from .mode_setting import ModeSetting
from .monitors.agent_team import AgentTeam, agent_team
from .plain_messages import post_message, send_request
from .publisher import EventPublisher, checked, checked_for
from .recovery import Recovery
from .registry import DEFAULT_MAX_OBJECTS, Registry
from .session_counts import counts
from .session_listening import SessionListening
from .session_properties import session_context
from .skill_groups.handlers import SKILL_GROUPS
from .skill_groups.skill_group import SkillGroup
from .supervisors.silent_monitors import SilentMonitors
from .system_status import SystemStatus

if TYPE_CHECKING:
    from ctios_fast.core.scan.column_arrays import Columns
    from ctios_fast.core.scan.frame_filter import FrameFilter
    from ctios_fast.messages import MessageName

__all__ = ["Session"]

_M = TypeVar("_M", bound=Message)


class Session(SessionListening):
    """A client's session with a CTI Server pair.

    - ``client_id``, ``client_password``, ``client_signature``: identify the client to the server, in at most
      63 characters each.
    - ``version``: the protocol version to speak, 9 to 25.
    - ``encoding``: text encoding of what is not ASCII, such as ``"utf-8"``, which Unified CCX uses. None:
      each byte above 127 is the Latin-1 character of that number, in both directions.
    - ``request_timeout``: seconds that a confirmation may take.
    - ``max_objects``: objects of one kind (agents, skill groups) that the server may make known.
    - ``minimize_event_args``: whether events of calls have the keywords that CTI OS documents, and no more.
      False: they have every field of their message as well, under the reference's names.
    - ``strict``: whether a request that the state of a call does not allow, such as answering one that does
      not alert, is refused here, and one about another agent's device in agent mode without a companion.
      False: the peripheral decides.
    - ``call_idle_check``: seconds without an event after which the server is asked whether a call still
      exists, within a sixth of that time. A call that it does not know ends with ``OnCallEnd``. None: never.
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
        minimize_event_args: bool = True,
        strict: bool = True,
        call_idle_check: float | None = 6 * 3600.0,
        **options: Unpack[ConnectionKeywords],
    ) -> None:
        # First of all: an error below shows this method's variables in its traceback.
        client_password = hidden(client_password) or Secret("")
        own = Session.__init__.__code__
        refuse_unknown(cast(dict[str, Any], options), own.co_varnames[1 : 1 + own.co_kwonlyargcount])
        super().__init__()
        #: Who the client is to the server.
        self._identity = ClientIdentity(client_id, client_password, client_signature)
        checked_options = ConnectionOptions(**options)
        #: Counts and calls listeners.
        self._events = EventPublisher(EVENT_TABLES)
        registry: Registry[CtiObject] = Registry(integer("max_objects", max_objects, 0, MAX_UINT))
        tables = [registry.add_kind(kind.name, kind.max_key, kind.find, kind.life) for kind in KINDS]
        #: The agents that the session knows.
        self._agents = registry[AGENTS.name]
        #: What the objects may use of the session.
        self._context = Context(
            codec(version, encoding),
            self._events,
            registry,
            _request_timeout(request_timeout),
        )
        self._context.rng = checked_options.rng
        self._context.is_strict = boolean("strict", strict)
        self._context.call_idle_check = optional_seconds("call_idle_check", call_idle_check)
        self._context.minimizes_event_args = boolean("minimize_event_args", minimize_event_args)
        #: The calls that the session knows.
        self._calls = CallsById(registry[CALLS.name])
        #: Brings objects up to date after a gap in the events.
        self._recovery = Recovery(self._context, checked_options.max_open_requests)
        #: What the server last said about the system.
        self._status = SystemStatus()
        observer = ConnectionEvents(self._context, self._recovery, self._status, self._identity)
        #: The connection to the pair of CTI Servers.
        self._connection = Connection(self._context.codec, observer, checked_options)
        self._context.attach(self._connection)
        #: Sets and clears the mode.
        self._modes = ModeSetting(self._context, self._connection, self._recovery, self._identity)
        on = self._connection.dispatcher.on
        on(ged.SYSTEM_EVENT, observer.on_system_event)
        for kind, table in zip(KINDS, tables, strict=True):
            for number, handler in kind.handlers(self._context, table).items():
                on(number, handler)
        for feature in FEATURES:
            for number, handler in feature.handlers(self._context).items():
                on(number, handler)
        SilentMonitors(self._context, on, self._connection.dispatcher.off)

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

    # --- Objects ------------------------------------------------------------------------------------

    @property
    def agents(self) -> Mapping[str, Agent]:
        """The agents that the session knows, by agent ID. Read-only."""
        return self._agents.by_key

    @property
    def calls(self) -> Mapping[str, Call]:
        """The calls that the session knows, by UniqueObjectID. Read-only."""
        return self._calls

    @property
    def configuration(self) -> Configuration:
        """The peripheral's configuration, as far as the program asked for it when it set the mode."""
        return self._context.configuration

    @property
    def teams(self) -> Mapping[int, AgentTeam]:
        """The teams that the session knows now, by TeamID. Read-only.

        They are those of a supervisor in agent mode; in bulk mode and monitor mode, those that the server or
        the program has named. A session in agent mode that monitors teams through its companion has none:
        they are the companion's.
        """
        teams = self._context.monitors.teams
        return MappingProxyType({team_id: agent_team(team) for team_id, team in teams.items()})

    def set_current_call(self, call: Call) -> None:
        """Make a call the current one. OnCurrentCallChanged and OnButtonEnablementChange follow.

        Raises ``MethodError``: E_CTIOS_MODE_CONFLICT outside agent mode, E_CTIOS_INVALID_CALL for what is not
        a call of this session, E_CTIOS_CALL_ALREADY_CURRENT_IN_SESSION for the call that is current already.
        """
        context = self._context
        context.require_thread()
        if context.current_agent is None:
            raise refuse("only a session in agent mode has a current call", CilCode.E_CTIOS_MODE_CONFLICT)
        if not isinstance(call, Call) or context_of(call) is not context:
            raise refuse(f"{call!r} is not a call of this session", CilCode.E_CTIOS_INVALID_CALL)
        if context.current_call is call:
            raise refuse(
                f"{call!r} is the current call already", CilCode.E_CTIOS_CALL_ALREADY_CURRENT_IN_SESSION
            )
        change_current_call(context, call)

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

    def counters(self) -> dict[str, float]:
        """Counts since the session was made. Everything that is received, dropped or refused is counted.

        ``lag``, ``lag_max`` and ``turn_max`` are seconds, all others whole numbers.
        """
        return counts(self._connection, self._events, self._recovery, self._context)

    # --- Handlers of messages -------------------------------------------------------------------------

    @overload
    def on(self, message_type: "int | MessageName", handler: Handler) -> None: ...
    @overload
    def on(self, message_type: type[_M], handler: Callable[[_M], object]) -> None: ...
    @overload
    def on(
        self,
        message_type: "int | MessageName | type[Message]",
        handler: Callable[..., object],
        fields: Iterable[str],
        *,
        with_message: Literal[False] = False,
    ) -> None: ...
    @overload
    def on(
        self,
        message_type: "int | MessageName",
        handler: Callable[Concatenate[Message, ...], object],
        fields: Iterable[str],
        *,
        with_message: bool,
    ) -> None: ...
    @overload
    def on(
        self,
        message_type: type[_M],
        handler: Callable[Concatenate[_M, ...], object],
        fields: Iterable[str],
        *,
        with_message: bool,
    ) -> None: ...
    def on(
        self,
        message_type: Any,
        handler: Callable[..., object],
        fields: Iterable[str] | None = None,
        *,
        with_message: bool = False,
    ) -> None:
        """Call the handler with each message of a type, without building Arguments.

        - ``message_type``: the message's number, name or class.
        - ``handler``: called on the loop with the message.
        - ``fields``: names of fields, such as ``("agent_state", "AgentID")``. The handler is called with
          their values instead of the message, which is the fastest way to get them; see
          ``Dispatcher.on``.
        - ``with_message``: whether the message is the first argument, before the fields.

        The objects are up to date by then. A handler that raises is logged and counted.

        Raises ``ValueError`` for a message that the reference does not have and for a field that the message
        does not have in any version, ``TypeError`` for a coroutine function, which the loop would not await,
        and for a handler that does not take that many arguments.
        """
        takes_message_alone = fields is None and not with_message
        handler = checked_for(handler, "a message", "message") if takes_message_alone else checked(handler)
        self._connection.dispatcher.on(message_type, handler, fields, with_message=with_message)  # type: ignore[arg-type]

    def on_batch(
        self,
        message_type: "int | MessageName | type[Message]",
        handler: "Callable[[Columns], object]",
        fields: Iterable[str] | None = None,
        *,
        max_rows: int = DEFAULT_MAX_ROWS,
        max_string: int = MAX_STRING,
    ) -> None:
        """Call the handler once per read from the socket, with columns of the read's messages of a type.

        - ``message_type``: the message's number, name or class.
        - ``handler``: called on the loop with ``Columns``: NumPy arrays of which each row is a message, in
          the order in which they came.
        - ``fields``: names of fields, such as ``("agent_state", "AgentID")``; None for all fixed fields.
        - ``max_rows``: largest number of rows of a batch. One that is full is delivered early.
        - ``max_string``: longest text in bytes. A longer one is invalid and empty.

        The objects are up to date with all messages of the batch by then; ``Dispatcher.on_batch`` says more.
        A handler that raises is logged and counted. ``off`` takes it away. Needs NumPy, which is imported.

        Raises ``ValueError`` for a message or field that the session's version does not have and for a bound
        outside its range, ``TypeError`` for a coroutine function, for a handler that does not take one
        argument, and for a field that cannot be a column.
        """
        self._connection.dispatcher.on_batch(
            message_type,
            checked_for(handler, "Columns", "columns"),
            fields,
            max_rows=max_rows,
            max_string=max_string,
        )

    def off(self, message_type: "int | MessageName | type[Message]", handler: Callable[..., object]) -> None:
        """Take a handler away, with or without fields, or of batches.

        Raises ``ValueError`` if it is not registered.
        """
        self._connection.dispatcher.off(message_type, handler)

    # --- Connecting ---------------------------------------------------------------------------------

    def connect(
        self,
        args: Mapping[str, object] | None = None,
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
        - ``attempts``: how often all sides are tried; None for no limit.

        Each failed try fires ``OnConnectionFailure``, the last one with FinalAttempt.

        Fails with ``ConnectionFailed`` when no side was reached. Raises ``MethodError`` for arguments that
        cannot be used, with E_CTIOS_IN_FAILOVER during a fail-over, and with
        E_CTIOS_SESSION_NOT_DISCONNECTED if the session is not disconnected; nothing is changed then.
        """
        args = given = received("connect", args, CONNECT_KEYWORDS)  # type: ignore[assignment]
        if isinstance(given, MethodError):
            raise given
        if self._connection.in_failover:
            raise refuse("the session is looking for a server; disconnect first", CilCode.E_CTIOS_IN_FAILOVER)
        if self.state is not ConnectionState.DISCONNECTED:
            raise refuse(
                f"the session is {self.state.value}; disconnect first",
                CilCode.E_CTIOS_SESSION_NOT_DISCONNECTED,
            )
        wanted = connect_arguments(
            given or Arguments(),
            (ctios_a, port_a, ctios_b, port_b),
            heartbeat,
            attempts,
            present_heartbeat=self._connection.heartbeat,
        )
        self._context.bind_thread()
        self._connection.heartbeat = wanted.heartbeat
        self._modes.forget()
        self._context.registry.forget()
        return self._connection.connect(wanted.sides, wanted.attempts)

    def disconnect(self, args: Mapping[str, object] | None = None) -> Request[None]:
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
        companion: "Session | None" = None,
        services: int | None = None,
        call_mask: int | None = None,
        agent_mask: int | None = None,
        config_mask: int | None = None,
        configuration: "bool | str | Iterable[str]" = (),
    ) -> Request[None]:
        """Set agent mode: the session serves this one agent. None clears the current agent.

        - ``agent``: with its PeripheralID.
        - ``companion``: a session in bulk mode of the same peripheral, through which a supervisor controls
          agents and calls that are not its own. This session does not disconnect it.
        - ``services``: ServicesRequested; Client Events, Call Data Update and Client Control unless given.
          For ``Agent(supervisor=True)`` Supervisor and Peripheral Monitor as well. The server refuses these
          to an agent who is not a supervisor; the session is opened without them then, and
          ``agent.is_supervisor()`` is False.
        - ``call_mask``, ``agent_mask``, ``config_mask``: the masks of OPEN_REQ; all call and agent events of
          the version, and updates of what ``configuration`` names, unless given.
        - ``configuration``: what is acquired of the peripheral's configuration and kept up to date: names
          such as ``("agents", "skill_groups")``, True for everything, nothing unless given.
          ``session.configuration`` has it. The await returns when it was acquired.

        ``OnSetAgentModeEvent`` follows, then ``OnQueryAgentStateConf``, which reports an agent that is logged
        in already.
        ``OnCurrentAgentReset`` reports the agent that was current before, if it is another one.

        Fails with ``OpenRefused``, ``RequestTimeout`` or ``ConnectionLost``. Raises ``MethodError`` when the
        session is not connected, has a mode, or the agent lacks its peripheral.
        """
        if agent is None:
            return self._modes.clear_agent()
        if not isinstance(agent, Agent):
            raise refuse(f"set_agent() takes an Agent or None, got {type(agent).__name__}")
        if companion is not None and (not isinstance(companion, Session) or companion is self):
            raise refuse(f"companion must be another Session in bulk mode, got {companion!r}")
        base = modes.SUPERVISOR if agent.supervisor else modes.AGENT
        wanted = wanted_bits(configuration, self.version)
        mode = base.changed(services, call_mask, agent_mask, config_mask, wanted)
        return self._modes.set_agent(agent, mode, None if companion is None else session_context(companion))

    def set_bulk_mode(
        self,
        peripheral_id: int,
        *,
        agents: Iterable["str | Agent"] = (),
        services: int | None = None,
        call_mask: int | None = None,
        agent_mask: int | None = None,
        config_mask: int | None = None,
        configuration: "bool | str | Iterable[str]" = (),
    ) -> Request[None]:
        """Set bulk mode: all events of the peripheral's agents, and control of any of them.

        - ``peripheral_id``: 0 to 4294967294.
        - ``agents``: agent IDs or Agents of the peripheral that the session knows from the start. A server
          reports an agent only when its state changes. Other agents become known by their events.
        - ``services``, ``call_mask``, ``agent_mask``, ``config_mask``, ``configuration``: see ``set_agent``;
          All Events, Client Control and Call Data Update are asked for unless given.

        ``OnMonitorModeEstablished`` follows. Then each of ``agents`` is asked for, several at a time, and
        ``OnQueryAgentStateConf`` reports its state. The await returns when all have answered. A refusal is
        an answer: it is counted (``first_queries_failed``), and the agent's ``state`` stays None. After a
        loss the await fails; the library opens the mode again and asks for the agents that are left.

        Fails and raises as ``set_agent`` does, and raises ``MethodError`` for ``agents`` that cannot be used;
        nothing is changed then.
        """
        peripheral_id = peripheral_number("peripheral_id", peripheral_id)
        named = named_agents(agents, peripheral_id)
        wanted = wanted_bits(configuration, self.version)
        mode = modes.BULK.changed(services, call_mask, agent_mask, config_mask, wanted)
        return self._modes.set_bulk_mode(peripheral_id, named, mode)

    def set_message_filter(
        self,
        filter: "str | FrameFilter | Mapping[str, object]",  # noqa: A002 - CTI OS's name
        *,
        peripheral_id: int | None = None,
        agents: Iterable["str | Agent"] = (),
        snapshot: bool | None = None,
        services: int | None = None,
        call_mask: int | None = None,
        agent_mask: int | None = None,
        config_mask: int | None = None,
        configuration: "bool | str | Iterable[str]" = (),
    ) -> Request[None]:
        """Set monitor mode: all events of the peripheral that pass a filter, and no control.

        - ``filter``: a CTI OS filter string such as ``MessageId=30;AgentId=10*``, ``*`` for every event; or a
          ``FrameFilter`` of the session's version, which judges the message of each event; or Arguments with
          Filter, and with PeripheralID and MonitorSessionSnapshotMode if need be, where 1
          switches the snapshot off.
        - ``peripheral_id``: 0 to 4294967294. It is required here or in the Arguments.
        - ``agents``: as in ``set_bulk_mode``.
        - ``snapshot``: whether the agents that are known or named are asked for at the opening, and then the
          devices of those that are logged in, and their calls; yes unless given.
        - ``services``, ``call_mask``, ``agent_mask``, ``config_mask``, ``configuration``: see ``set_agent``;
          All Events and Client Control are asked for unless given.

        ``OnMonitorModeEstablished`` follows. The snapshot then fires ``OnQueryAgentStateConf``,
        ``OnSnapshotDeviceConf`` and ``OnSnapshotCallConf``. The await returns when all was answered.

        The filter decides which events the listeners get. Agents and calls are kept up to date by all events.
        A filter that takes any event of calls takes ``OnCallEnd`` too. Methods that control an agent or a
        call fail with ``MethodError`` (E_CTIOS_MODE_CONFLICT); queries and snapshots are allowed.

        Fails and raises as ``set_bulk_mode`` does, and raises ``FilterSyntaxError`` for a filter string that
        cannot be used; nothing is changed then.
        """
        from .filter_arguments import message_filter_arguments  # only programs with filters need it

        given = message_filter_arguments(filter, peripheral_id, snapshot, self._context.codec.version)
        named = named_agents(agents, given.peripheral_id)
        wanted = wanted_bits(configuration, self.version)
        mode = modes.MONITOR.changed(services, call_mask, agent_mask, config_mask, wanted)
        return self._modes.set_message_filter(
            given.wanted, given.peripheral_id, named, mode, has_snapshot=given.has_snapshot
        )

    def agent(
        self,
        agent_id: str | None = None,
        *,
        login_name: str | None = None,
        agent_instrument: str | None = None,
        agent_extension: str | None = None,
        agent_password: "str | Secret | None" = None,
        auto_login: bool | None = None,
    ) -> Agent:
        """Return the session's Agent of that ID; it is made if the session does not know it.

        - ``agent_id``: the ID.
        - ``login_name``: in place of the ID, where the configuration of agents was asked for.

        The other parameters, where given, are set on it. They are those of ``Agent``.

        Raises ``MethodError`` for a value that cannot be used, and for a login name that the configuration
        does not have (E_CTIOS_MISSING_ARGUMENT).
        """
        agent_password = hidden(agent_password)
        if agent_id is None or login_name is not None:
            agent_id = id_of_login_name(self._context, agent_id, login_name)
        agent = agent_by_id(self._context, agent_id)
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

    def team(self, team_id: int) -> AgentTeam | None:
        """The team of a TeamID as it is known now, None if the session does not know it.

        Raises ``MethodError`` for a number that cannot be a TeamID.
        """
        number = integer("team_id", team_id, 0, MAX_UINT)
        team = self._context.monitors.teams.get(number)
        return None if team is None else agent_team(team)

    # --- Requests of the protocol -------------------------------------------------------------------

    def request(
        self,
        message: "int | MessageName | type[Message]",
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
        return send_request(self._context, message, fields, floating, timeout)

    def send(
        self,
        message: "int | MessageName | type[Message]",
        fields: Mapping[str, int],
        floating: Iterable[tuple[str, object]] = (),
    ) -> int | None:
        """Send a message that has no confirmation, such as CONFIG_REQUEST_EVENT.

        The parameters are those of ``request``. Returns the InvokeID, None for a message without one.

        Raises ``MethodError`` for a message that has a confirmation or without an open mode,
        ``ConnectionLost``, ``SendBufferFull`` and ``EncodeError``.
        """
        fields, floating = hidden_fields(fields), hidden_pairs(floating)
        return post_message(self._context, message, fields, floating)


def _request_timeout(seconds: Any) -> float:
    given = optional_seconds("request_timeout", seconds)
    if given is None:
        raise refuse("request_timeout must be a number of seconds above 0, got None")
    return given
