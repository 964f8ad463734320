"""Context: everything that the objects of the model may use of their session.

Objects of the model never see the Session, the connection or a link. They send through the context, fire
events through it, and read from it what the session is open for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from threading import get_ident
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from ctios_fast.connection.clock import Clock
from ctios_fast.connection.connection import Connection
from ctios_fast.connection.life_cycle import ConnectionState
from ctios_fast.connection.plain_message import PlainMessage
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Codec, Message
from ctios_fast.enums import CilCode
from ctios_fast.errors import ConnectionLost, MethodError, SendBufferFull, TooManyRequests
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import NULL_PERIPHERAL_ID, NULL_PERIPHERAL_TYPE

from .arguments import Arguments
from .configuration.configuration import Configuration
from .modes import PASSIVE_MESSAGES, Mode
from .monitors.monitor_table import Monitor, Monitors, devices_of
from .publisher import EventPublisher, Listener
from .registry import Registry
from .repair_plan import Repairable
from .session_end import SessionEnd
from .supervisors.chat_clients import ChatClients
from .waits import Predicate, wait_for_event

if TYPE_CHECKING:
    import random
    from asyncio import Future

    from ctios_fast.core.dispatch.request_sender import SendByKeywords

__all__ = ["Buttons", "Context", "CurrentAgent", "CurrentCall", "StatisticsPolls", "SupervisorButtons"]

#: Failures that depend on the state of the connection: they come through the request, not from the call.
_STATE_ERRORS = (ConnectionLost, SendBufferFull, TooManyRequests)


class CurrentAgent(Protocol):
    """What the context's users read from the agent of agent mode. An ``Agent`` has it all."""

    agent_id: str
    peripheral_id: int | None
    agent_instrument: str | None
    agent_extension: str | None

    @property
    def unique_object_id(self) -> str:
        """The agent's identity within its session."""


class CurrentCall(Protocol):
    """What the context's users read from the current call of agent mode. A ``Call`` has it all."""

    status: int | None

    @property
    def unique_object_id(self) -> str:
        """The call's identity within its session."""


class Buttons(Protocol):
    """Computes the button mask of agent mode, and reports it."""

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens to OnButtonEnablementChange."""

    def mask(self) -> int:
        """The EnablementMask as it is now."""

    def report(self, unique_object_id: str, message_type: int) -> None:
        """Fire OnButtonEnablementChange for the object and message that changed the mask."""


class StatisticsPolls(Protocol):
    """What asks for the statistics that the program has enabled. ``model/statistics/`` has it."""

    #: How many agents are asked for after their calls.
    after_calls: int

    def call_ended(self, device: str, is_own: bool) -> None:
        """A call at the device has ended; ``is_own``: the event is the session's own."""

    def stop(self) -> None:
        """The mode is over: ask no more."""


class StateWait(Protocol):
    """A wait for states of one agent. The folder of agents has it."""

    def look(self, state: int | None) -> None:
        """The agent is in this state now."""

    def hearing(self, is_heard: bool) -> None:
        """Whether the session hears of every change of the agent's state from now on."""

    def give_up(self, code: CilCode, why: str) -> None:
        """The session cannot hear of the state any more. ``why``: a clause for the error."""


class SupervisorButtons(Buttons, Protocol):
    """Computes the button mask of a supervisor in agent mode, and reports it."""

    def mask_about(self, unique_object_id: str) -> int | None:
        """The mask if the object is the monitored agent or a call of it, None for any other object."""


class CallsOfOthers(Protocol):
    """The calls of the agents that supervisors monitor. The folder of calls has it."""

    def look_up(self, device: str) -> None:
        """Ask for the calls that a monitored device has."""

    def monitor_ended(self, monitor: Monitor) -> None:
        """A monitor is over."""

    def watch(self, device: str) -> None:
        """In bulk mode: the calls of a device are monitored from now on."""

    def unwatch(self, device: str) -> None:
        """In bulk mode: they are no longer monitored."""


def _nobody(name: str) -> None:
    del name


def _nothing() -> None:
    pass


def _nothing_asked(found: Iterable[object]) -> None:
    del found


def _no_devices() -> tuple[str, ...]:
    return ()


def _no_calls(*devices: str | None) -> tuple[Any, ...]:
    del devices
    return ()


class Context:
    """What a session offers to its objects.

    ``codec``: of the protocol version. ``clock``: the session's time. ``events``: the publisher.
    ``end``: what ends with the connection. ``registry``: the objects.
    ``configuration``: what was acquired of the peripheral's configuration.
    ``request_timeout``: seconds that a confirmation may take unless given.
    ``snapshot_due``: whether the calls in progress are asked for when the mode opens, as in monitor mode.
    ``mode``: the mode that is set, None without one. ``peripheral_id``: the peripheral of that mode.
    ``services_granted``: what the server granted (CTIServiceMask), 0 while the session is not open.
    ``session_type``: SessionType, None while the session is not open. ``accepts_maintenance``: the answer
    when the active side asks whether its maintenance is acceptable.
    ``monitor_id``: MonitorID of the session's own events. ``current_agent``: the agent of agent mode.
    ``current_call``: the call of agent mode that buttons are about. ``buttons``: what computes and reports
    button masks, None outside agent mode. ``supervisor_buttons``: the same for the agent and the call that a
    supervisor monitors, None without one. ``monitors``: the monitors of the session.
    ``minimizes_event_args``: whether events of calls have CTI OS's documented keywords only. ``is_strict``:
    whether a request that the state of a call does not allow, or that is about another agent's device in
    agent mode, is refused before it is sent.

    ``send(request, message_class, timeout=None, /, **fields)`` sends a request of the model, and is the only
    way to do so:

    - ``request``: booked until its confirmation comes.
    - ``message_class``: its ``fields`` are given by keyword, without InvokeID; passwords are Secrets.
    - ``timeout``: seconds, ``request_timeout`` unless given.

    What depends on the state of the connection fails ``request``: ``MethodError``, ``ConnectionLost``,
    ``TooManyRequests``, ``SendBufferFull``. It raises ``EncodeError`` for a value that the message cannot
    carry. Nothing was sent in any of these cases.
    """

    __slots__ = (
        "_connection",
        "_end_filter",
        "_send_any",
        "_thread",
        "accepts_maintenance",
        "agent_at",
        "agent_named",
        "ask",
        "ask_for_states",
        "buttons",
        "call_found",
        "call_idle_check",
        "call_vanished",
        "calls_at",
        "calls_of_others",
        "chat",
        "clock",
        "codec",
        "companion",
        "configuration",
        "current_agent",
        "current_call",
        "devices",
        "end",
        "events",
        "hears_all",
        "is_everything_own",
        "is_strict",
        "listeners",
        "messages",
        "minimizes_event_args",
        "mode",
        "monitor_id",
        "monitors",
        "ownership_changed",
        "peripheral_id",
        "peripheral_type",
        "query_current_agent",
        "readers",
        "registry",
        "request_timeout",
        "rng",
        "send",
        "services_granted",
        "session_type",
        "snapshot_due",
        "state_waits",
        "statistics",
        "supervisor_buttons",
        "tally",
    )

    def __init__(
        self, codec: Codec, events: EventPublisher, registry: Registry[Any], request_timeout: float
    ) -> None:
        self.codec = codec
        self.events = events
        self.end = SessionEnd()
        self.registry = registry
        self.configuration = Configuration(registry.max_objects)
        self.request_timeout = request_timeout
        self.mode: Mode | None = None
        self.peripheral_id = NULL_PERIPHERAL_ID
        #: PeripheralType of the peripheral of agent mode, as OPEN_CONF named it; otherwise the null value.
        self.peripheral_type = NULL_PERIPHERAL_TYPE
        self.services_granted = 0
        self.session_type: int | None = None
        self.accepts_maintenance = True
        self.monitor_id = 0
        self.current_agent: CurrentAgent | None = None
        self.current_call: CurrentCall | None = None
        #: The bulk session through which a supervisor's session controls what is not its own; None without.
        self.companion: Context | None = None
        self.buttons: Buttons | None = None
        self.supervisor_buttons: SupervisorButtons | None = None
        self.monitors = Monitors()
        #: The calls of monitored agents. The folder of calls sets it.
        self.calls_of_others: CallsOfOthers | None = None
        self.minimizes_event_args = True
        self.is_strict = True
        #: Seconds after which a call without events is verified, None for never.
        self.call_idle_check: float | None = None
        #: Called with a silent monitor call and the SNAPSHOT_CALL_CONF about it; None if nothing follows.
        self.call_found: Callable[[Any, Message], object] | None = None
        #: Called with the key of a call that ended without a message; None if nothing follows such calls.
        self.call_vanished: Callable[[tuple[int, int, str]], object] | None = None
        #: Finds the agent of a device. The folder of agents sets it.
        self.agent_at: Callable[[str], CurrentAgent | None] = _nobody
        #: The agent of an AgentID, created if it is not known; None where there is no place for it. The
        #: folder of agents sets it.
        self.agent_named: Callable[[str], CurrentAgent | None] = _nobody
        #: Asks once for objects, in the window of a repair. The recovery sets it.
        self.ask: Callable[[Iterable[Repairable]], object] = _nothing_asked
        #: Asks for the states of agents of whose changes the session hears from now on. The folder of agents
        #: sets it.
        self.ask_for_states: Callable[[Iterable[CurrentAgent]], object] = _nothing_asked
        #: Asks for the state of the session's agent; returns None in a mode without one. The folder of agents
        #: sets it.
        self.query_current_agent: Callable[[], Request[Any] | None] = _nothing
        #: The calls at devices that have not ended. The folder of calls sets it.
        self.calls_at: Callable[..., Iterable[Any]] = _no_calls
        #: Which clients serve which agents.
        self.chat = ChatClients(registry.max_objects)
        #: The devices whose calls the session may ask for: those of agents that are logged in, and in agent
        #: mode only the own one. The folder of agents sets it.
        self.devices: Callable[[], Iterable[str]] = _no_devices
        #: What the repair after a gap found, by keyword of OnRecovered. The recovery clears it.
        self.tally: Counter[str] = Counter()
        #: The waits for states of agents, by agent. An agent without one is absent.
        self.state_waits: dict[CurrentAgent, list[StateWait]] = {}
        self.snapshot_due = False
        #: Whether the session hears of every agent of its peripheral, as in bulk mode.
        self.hears_all = False
        #: Whether every event is the session's own: it hears all, and no agent is monitored.
        self.is_everything_own = False
        #: Called after ``is_everything_own`` may have changed. The folder of agents sets it.
        self.ownership_changed: Callable[[], object] = _nothing
        #: Listeners by event, read-only: where there are none, Arguments need not be built.
        self.listeners: Mapping[str, tuple[Listener, ...]] = events.listeners
        #: Compiled field readers by kind. They are the session's own, since a reader is for one thread.
        self.readers: dict[str, Callable[..., dict[str, Any]]] = {}
        #: The module of the message classes, imported with the first session: it takes time.
        self.messages: ModuleType = import_module("ctios_fast.messages")
        #: Called when a mode with a filter of events is over.
        self._end_filter: Callable[[], object] | None = None
        #: Thread of the loop that the session is used on, None before the first connect.
        self._thread: int | None = None
        self._connection: Connection
        self.clock: Clock
        #: The source of random numbers that the program gave, None without one.
        self.rng: random.Random | None = None
        #: Asks for statistics. The folder of skill groups sets it.
        self.statistics: StatisticsPolls
        #: See above. It is compiled, since every request of the model passes here.
        self.send: SendByKeywords
        #: ``send`` of the modes that may control agents and calls.
        self._send_any: SendByKeywords

    def attach(self, connection: Connection) -> None:
        """Use this connection. Called once, by the session."""
        self._connection = connection
        self.send = self._send_any = connection.send_by_keywords(self.request_timeout, self._not_sent)
        self.clock = connection.clock

    # --- Requests -----------------------------------------------------------------------------------

    def unready(self) -> Exception | None:
        """The reason why no request can be sent now, None if one can be.

        Raises ``MethodError`` (E_CTIOS_UNEXPECTED) in a thread other than the session's loop's.
        """
        self.require_thread()
        connection = self._connection
        if connection.state is ConnectionState.OPEN:
            return None
        if self.mode is None:
            if connection.link is None:
                return MethodError(CilCode.E_CTIOS_SESSION_NOT_CONNECTED, "the session is not connected")
            return MethodError(CilCode.E_CTIOS_MODE_NOT_SET, "the session has no mode yet")
        lost = ConnectionLost(f"the session is {connection.state.value}, not open")
        lost.expected = connection.state is ConnectionState.CLOSING  # the program itself is disconnecting
        return lost

    def conflict(self, message: str | None = None) -> MethodError | None:
        """The error of a message that the mode does not allow, such as one that controls a call.

        - ``message``: the reference's name of the request, None for a procedure that controls an agent.

        None if the mode allows it.
        """
        mode = self.mode
        if mode is None or not mode.is_passive or (message is not None and message in PASSIVE_MESSAGES):
            return None
        return MethodError(
            CilCode.E_CTIOS_MODE_CONFLICT,
            f"{message or 'control'} is not allowed in {mode.name} mode, which asks and listens only; "
            "use agent mode or bulk mode to control agents and calls",
        )

    def _send_passively(
        self, request: Request[Any], message_class: Any, timeout: float | None = None, /, **fields: Any
    ) -> None:
        error = self.conflict(request.label)
        if error is None:
            self._send_any(request, message_class, timeout, **fields)
        else:
            self.fail(request, error)

    def enter_mode(self, mode: Mode) -> None:
        """The mode is set."""
        self.mode = mode
        self.hears_all = mode.hears_all
        self.monitored_agents_changed()
        self.send = self._send_passively if mode.is_passive else self._send_any

    def hears(self, agent: CurrentAgent) -> bool:
        """Whether the session hears of every change of the agent's state."""
        return self.hears_all or agent is self.current_agent or self.monitors.reports_states(agent.agent_id)

    def require_thread(self) -> None:
        """Raise ``MethodError`` (E_CTIOS_UNEXPECTED) unless this is the thread of the session's loop."""
        if self._thread is not None and get_ident() != self._thread:
            raise MethodError(
                CilCode.E_CTIOS_UNEXPECTED,
                "the session is used on the thread of its event loop; from another thread use "
                "loop.call_soon_threadsafe or asyncio.run_coroutine_threadsafe",
            )

    def bind_thread(self) -> None:
        """From now on the session is used on the current thread."""
        self._thread = get_ident()

    def _not_sent(self, request: Request[Any], error: BaseException) -> bool:
        # Called with a request that ``send`` did not send. Returns whether the error has been dealt with.
        if isinstance(error, _STATE_ERRORS):
            self.fail(request, self.unready() or error)
            return True
        if isinstance(error, RuntimeError):  # there is no running loop
            self.require_thread()
        return False

    def send_plain(
        self,
        request: Request[Any],
        number: int,
        fields: Mapping[str, int],
        floating: Iterable[tuple[str, object]],
        timeout: float | None,
    ) -> None:
        """Send a request that is given by number and with the reference's field names; see ``send``."""
        conflict = self.conflict(ged.NAMES[number])
        if conflict is not None:
            self.fail(request, conflict)
            return
        fields = {name: value for name, value in fields.items() if name != "InvokeID"}
        seconds = self.request_timeout if timeout is None else timeout
        try:
            self._connection.send(request, PlainMessage(number, floating), fields, seconds)
        except Exception as error:
            if not self._not_sent(request, error):
                raise

    def own(self, request: Request[Any]) -> None:
        """Count a failure of the request that nobody saw as this session's, though it may never be sent."""
        request.on_unseen = self._connection.book.on_unseen

    def fail(self, request: Request[Any], error: BaseException) -> None:
        """Fail a request that was not sent."""
        self.own(request)
        request.failed(error)

    def post_plain(
        self, number: int, fields: Mapping[str, int], floating: Iterable[tuple[str, object]]
    ) -> int | None:
        """Send a message that has no confirmation; returns its InvokeID, None for one without.

        Raises ``MethodError`` or ``ConnectionLost`` where the session is not open, ``SendBufferFull`` and
        ``EncodeError``.
        """
        error = self.unready() or self.conflict(ged.NAMES[number])
        if error is not None:
            raise error
        return self._connection.post(PlainMessage(number, floating), fields)

    # --- Events -------------------------------------------------------------------------------------

    def fire(self, event: str, make_arguments: Callable[..., Arguments], *values: Any) -> bool:
        """Fire an event with ``make_arguments(*values)``, which is called only if there are listeners.

        Returns whether there were any.
        """
        if not self.listeners[event]:
            return False
        events = self.events
        if events.refuses is None or not events.is_refused(event, values[0] if values else None):
            events.fire(event, make_arguments(*values))
        return True

    def wait_for(self, event: str, predicate: Predicate | None, timeout: float | None) -> "Future[Arguments]":
        """The next event of that name that the predicate accepts; see ``Session.wait_for``."""
        self.require_thread()
        return wait_for_event(self, event, predicate, timeout)

    @property
    def is_ended(self) -> bool:
        """Whether no event can come before the next ``connect``."""
        return self._connection.is_ended

    def hold_reading(self, holder: object) -> None:
        """Read nothing from the server until every holder has released it, or the link is lost."""
        self._connection.hold_reading(holder)

    def release_reading(self, holder: object) -> None:
        """End a hold."""
        self._connection.release_reading(holder)

    @property
    def buttons_heard(self) -> bool:
        """Whether anybody listens to the button mask of agent mode."""
        return self.buttons is not None and self.buttons.is_heard

    @property
    def supervisor_buttons_heard(self) -> bool:
        """Whether anybody listens to the button mask of a supervisor."""
        return self.supervisor_buttons is not None and self.supervisor_buttons.is_heard

    # --- What the session is open for -----------------------------------------------------------------

    def is_own(self, monitor_id: int | None) -> bool | None:
        """Whether an event with that MonitorID is the session's own; others belong to a monitor.

        None where the agent or device of the event decides: for a monitor that the session did not start, and
        in bulk mode while a supervisor monitors agents.
        """
        if self.is_everything_own:
            return True
        if self.hears_all:
            return None
        if not monitor_id or monitor_id == self.monitor_id:
            return True
        return self.monitors.is_own(monitor_id)

    def is_own_device(self, *devices: str | None) -> bool:
        """Whether an event at one of these devices is the session's own, where its MonitorID does not tell.

        In bulk mode that is so unless a supervisor monitors the calls of a device's agent. In agent mode it
        is so for the device of the session's agent.
        """
        if self.hears_all:
            return not any(map(self.monitors.watches_device, devices))
        agent = self.current_agent
        return agent is not None and any(
            bool(device) and device in (agent.agent_instrument, agent.agent_extension) for device in devices
        )

    def monitored_agents_changed(self) -> None:
        """Supervisors monitor other agents than before."""
        self.is_everything_own = self.hears_all and not self.monitors.watches
        self.ownership_changed()
        for agent, waits in self.state_waits.items():
            is_heard = self.hears(agent) or self.monitors.will_report_states(agent.agent_id)
            for wait in waits:
                wait.hearing(is_heard)

    def supervisor_left(self, supervisor: Any) -> None:
        """A supervisor whom this session served as the companion has left: it monitors nothing any more."""
        monitors = self.monitors
        agent = monitors.monitored_agent(supervisor)
        monitors.supervisor_left(supervisor)
        for device in () if agent is None else devices_of(agent):
            if self.calls_of_others is not None and not monitors.watches_device(device):
                self.calls_of_others.unwatch(device)
        self.monitored_agents_changed()

    @property
    def heartbeat(self) -> float | None:
        """Seconds of silence after which a heartbeat is sent, None for none."""
        return self._connection.heartbeat

    def lost(self, reason: str) -> None:
        """The connection is gone."""
        if self.services_granted:  # else the mode was not open, and its opening is still to come
            self.snapshot_due = False
        self.services_granted = 0
        self.chat.lost()
        self.session_type = None
        self.monitors.lost()
        self.registry.connection_lost(reason)

    def filter_events(
        self,
        accepts: Callable[[str, Arguments], bool],
        refuses: Callable[[str, object], bool],
        end: Callable[[], object],
    ) -> None:
        """Until the mode is over, listeners get the events that a filter takes; ``end`` is called then.

        ``accepts`` and ``refuses`` are those of ``EventPublisher``.
        """
        self.events.accepts, self.events.refuses = accepts, refuses
        self._end_filter = end

    def forget_mode(self) -> None:
        """The mode is over."""
        for waits in self.state_waits.values():
            for wait in waits:
                wait.give_up(CilCode.E_CTIOS_MODE_NOT_SET, "the mode of the session ended")
        self.monitors.clear()
        self.mode = None
        self.send = self._send_any
        self.snapshot_due = False
        if self._end_filter is not None:
            self.events.accepts = self.events.refuses = None
            self._end_filter()
            self._end_filter = None
        self.current_call = None
        self.buttons = None
        companion, self.companion = self.companion, None
        self.supervisor_buttons = None
        if companion is not None:
            companion.supervisor_left(self.current_agent)
        self.hears_all = self.is_everything_own = False
        self.ownership_changed()
        self.services_granted = 0
        self.statistics.stop()
