"""The Agent of the CTI OS object model: its identity and properties, and the requests for its state.

An Agent belongs to one session: the one that ``set_agent`` gave it to, or, in bulk mode, the one that made
it. Its methods send at once and return a ``Request`` that may be awaited or left to the events.

Arguments that cannot be used are refused at the call (``MethodError``). Failures that depend on the state of
the agent or the connection come through the request, so that one of many does not stop the others.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.core.secret import Secret
from ctios_fast.enums import AgentState, CilCode
from ctios_fast.errors import EncodeError, MethodError, Refused, RequestTimeout
from ctios_fast.model.arguments import Arguments
from ctios_fast.model.coercion import boolean, hidden, integer, optional_seconds, received, refuse, text
from ctios_fast.model.configuration.configured import CONFIGURED_AGENT_PROPERTIES, ConfiguredAgent
from ctios_fast.model.context import Context
from ctios_fast.model.cti_object import Property, join_session, properties
from ctios_fast.model.monitors.monitoring_requests import MonitoringRequests
from ctios_fast.model.object_request import ObjectRequest
from ctios_fast.model.repair_plan import NotRepeated
from ctios_fast.model.supervisors.companion import controlling_context
from ctios_fast.model.supervisors.requests import SUPERVISOR_PROPERTIES, SupervisorRequests

from . import states
from .agent_values import (
    LOGIN_KEYWORDS,
    MAX_LOGIN_NAME,
    STATE_KEYWORDS,
    checked_agent_id,
    checked_extension,
    checked_instrument,
    checked_peripheral_id,
    checked_reason,
    hidden_password,
    signing_extras,
    unknown_login_name,
)
from .desk_properties import DESK_PROPERTIES
from .gap import NO_GAP, Gap
from .requests import CompanionRequest, LoginRequest, StateChange
from .state_arguments import asked_arguments
from .state_of_agent import ChangeOfAgent, StateOfAgent
from .states import agent_state
from .statistics_of_agent import STATISTICS_PROPERTIES

if TYPE_CHECKING:
    from ctios_fast.messages import QueryAgentStateConf

__all__ = ["Agent", "agent_named_by_server", "apply_device", "repair"]

#: Protocol version in which SET_AGENT_STATE_REQ got AgentServiceReq.
_SINCE_SERVICES: Final = 13

_NO_PASSWORD: Final = Secret("")
_LABELS: Final = {state: f"agent state {state.name}" for state in states.ASKABLE}


class Agent(SupervisorRequests, MonitoringRequests, StateOfAgent, ConfiguredAgent):
    """One agent of a peripheral.

    - ``agent_id``: the id it logs in with, 1 to 11 ASCII characters.
    - ``peripheral_id``: the peripheral (ACD) that it belongs to; bulk mode fills it in.
    - ``agent_instrument``: the device that requests act on.
    - ``agent_extension``: the extension; used where there is no instrument.
    - ``agent_password``: kept, since the peripheral can ask for it again at logout, and never shown.
    - ``auto_login``: whether the library logs the agent in again after a forced logout, and brings it back to
      the state from before.
    - ``supervisor``: whether ``set_agent`` opens a supervisor's session.

    ``state``, ``reason_code`` and ``domain_states`` are what ``StateOfAgent`` keeps.

    Raises ``MethodError`` for a value that cannot be used.
    """

    __slots__ = (
        "_password",
        "agent_extension",
        "agent_id",
        "agent_instrument",
    )

    _PROPERTIES = properties(
        Property(kw.CTIOS_AGENTID, "agent_id", checked_agent_id),
        Property(kw.CTIOS_PERIPHERALID, "peripheral_id", checked_peripheral_id),
        Property(kw.CTIOS_AGENTINSTRUMENT, "agent_instrument", checked_instrument),
        Property(kw.CTIOS_AGENTEXTENSION, "agent_extension", checked_extension),
        Property(kw.CTIOS_EXTENSION, "agent_extension"),
        Property(kw.CTIOS_AGENTPASSWORD, "agent_password", hidden_password, is_readable=False),
        Property(kw.CTIOS_AUTOLOGIN, "auto_login", boolean),
        *DESK_PROPERTIES,
        Property(kw.CTIOS_AGENTFLAGS, "agent_flags"),
        *CONFIGURED_AGENT_PROPERTIES,
        *SUPERVISOR_PROPERTIES,
        *STATISTICS_PROPERTIES,
        Property(kw.CTIOS_AGENTSTATE, "state"),
        Property(kw.CTIOS_EVENTREASONCODE, "reason_code"),
        Property(kw.CTIOS_LASTERROR, "last_error"),
        Property(kw.CTIOS_UNIQUEOBJECTID, "unique_object_id"),
    )

    @property
    def monitored_agent(self) -> "Agent | None":
        """The Agent whose calls this supervisor monitors, None without one.

        It is an Agent of the companion session if that session hears the calls.
        """
        found = super().monitored_agent
        return found if isinstance(found, Agent) else None

    def get_monitored_agent(self) -> "Agent | None":
        """CTI OS's name of ``monitored_agent``."""
        return self.monitored_agent

    def __init__(
        self,
        agent_id: str,
        peripheral_id: int | None = None,
        *,
        agent_instrument: str | None = None,
        agent_extension: str | None = None,
        agent_password: "str | Secret | None" = None,
        auto_login: bool = False,
        supervisor: bool = False,
    ) -> None:
        agent_password = hidden(agent_password)  # first of all: a traceback shows this function's variables
        super().__init__()
        self.agent_id = checked_agent_id("agent_id", agent_id)
        self.peripheral_id = checked_peripheral_id("peripheral_id", peripheral_id)
        self.agent_instrument = checked_instrument("agent_instrument", agent_instrument)
        self.agent_extension = checked_extension("agent_extension", agent_extension)
        self.auto_login = boolean("auto_login", auto_login)
        self._password = agent_password or _NO_PASSWORD
        if supervisor is not False:
            self.supervisor = supervisor

    def __repr__(self) -> str:
        if not hasattr(self, "agent_id"):  # a traceback of a failed __init__ shows it
            return "<Agent new>"
        state = "unknown" if self.state is None else getattr(self.state, "name", self.state)
        return f"<Agent {self.agent_id} of peripheral {self.peripheral_id}, state {state}>"

    # --- Properties ---------------------------------------------------------------------------------

    @property
    def unique_object_id(self) -> str:
        """The agent's identity within its session: ``agent.<PeripheralID>.<AgentID>``."""
        return f"agent.{self.peripheral_id}.{self.agent_id}"

    @property
    def agent_password(self) -> Secret:
        """The password, hidden. It may be set as text."""
        return self._password

    @agent_password.setter
    def agent_password(self, password: "str | Secret | None") -> None:
        self._password = hidden(password) or _NO_PASSWORD

    def _identity(self) -> dict[str, Any]:
        return {
            kw.CTIOS_PERIPHERALID: self.peripheral_id,
            kw.CTIOS_AGENTID: self.agent_id,
            kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
        }

    def _set_property(self, row: Property, value: Any) -> None:
        is_identity = row.attribute in ("agent_id", "peripheral_id")
        present = getattr(self, row.attribute)
        if is_identity and self._context is not None and present is not None and present != value:
            raise refuse(f"{row.keyword} cannot change: the agent belongs to a session under {present}")
        super()._set_property(row, value)

    def _apply_device(self, instrument: str | None, extension: str | None) -> None:
        # Takes in the device of an event. None and empty texts change nothing.
        # Reuse the existing text when unchanged, and share one between instrument and extension.
        if instrument != self.agent_instrument and instrument:
            self.agent_instrument = instrument
        if extension != self.agent_extension and extension:
            self.agent_extension = instrument if extension == instrument else extension

    # --- Requests -----------------------------------------------------------------------------------

    def login(
        self,
        args: Mapping[str, object] | None = None,
        *,
        agent_password: "str | Secret | None" = None,
        agent_instrument: str | None = None,
        timeout: float | None = None,
    ) -> "Request[AgentState | int]":
        """Log the agent in; the answer is the state that it is in then.

        - ``args``: may carry AgentID, PeripheralID (they must be the agent's own), AgentInstrument,
          AgentExtension, AgentPassword, AutoLogin, AgentWorkMode, PositionID and SupervisorID, and for a
          mobile agent RemoteLogin, AgentRemoteNumber and AgentCallMode. LoginName instead of AgentID needs
          the configuration of agents, and must be the agent's own.
        - ``agent_password``, ``agent_instrument``: kept as the agent's.
        - ``timeout``: seconds for all of it, the session's ``request_timeout`` unless given.

        While the agent's state is not known it is asked for first, as CTI OS does; ``OnQueryAgentStateConf``
        reports it. An agent that is logged in already is left as it is: nothing is sent, and the answer is
        its state.

        Fails with ``ControlFailure``, ``RequestRefused``, ``RequestTimeout``, ``ConnectionLost``,
        ``MethodError``. Raises ``MethodError`` for arguments that cannot be used.
        """
        if agent_password is not None:
            agent_password = hidden(agent_password)  # first of all: a traceback shows variables
        given: Arguments | None = None
        if args is not None:
            args = taken = received("login", args, LOGIN_KEYWORDS)  # type: ignore[assignment]
            if isinstance(taken, MethodError):
                raise taken
            given = taken
        conflict = self._conflict("Login")
        if conflict is not None:
            return conflict
        if timeout is not None:
            timeout = optional_seconds("timeout", timeout)
        if agent_instrument != self.agent_instrument:
            agent_instrument = checked_instrument("agent_instrument", agent_instrument)
        if given is not None:
            self._take(given)
        if agent_password is not None:
            self._password = agent_password
        if agent_instrument is not None:
            self.agent_instrument = agent_instrument
        return self._login(given, timeout)

    def _login(self, given: Arguments | None, timeout: float | None) -> "Request[AgentState | int]":
        twin = self._twin("login")
        if twin is not None:
            return self._by_companion(twin.login(self._as_supervisor(given), timeout=timeout))
        is_known = self.state is not None and (self._gap is None or not self._gap.is_doubtful)
        if is_known and self.state in states.NOT_SIGNED_IN:
            return self._ask_state("Login", states.LOGIN, 0, given, timeout)
        context = self._require_context()
        return (
            self._already_in(context)
            if is_known or context.conflict() is not None
            else self._login_after_query(context, given, timeout)
        )

    def _already_in(self, context: Context) -> "Request[AgentState | int]":
        there: Request[AgentState | int] = Request("Login")
        error = context.unready() or context.conflict()
        if error is None:
            there.set_result(self.state)  # type: ignore[arg-type]
        else:
            context.fail(there, error)
        return there

    def _login_after_query(
        self, context: Context, given: Arguments | None, timeout: float | None
    ) -> "Request[AgentState | int]":
        login = LoginRequest(context.request_timeout if timeout is None else timeout, context.clock.time)
        context.own(login)

        def asked(query: "Request[QueryAgentStateConf]") -> None:
            if login.done():
                return  # cancelled meanwhile: LOGIN is not sent
            error = query.exception()
            # A refused query does not prevent the login itself, which may be allowed.
            if error is not None and not isinstance(error, Refused):
                login.set_exception(error)
            elif self.is_logged_in and error is None:
                login.set_result(self.state)  # type: ignore[arg-type]
            elif login.remaining <= 0:
                login.set_exception(RequestTimeout("the query for the agent's state took all of the time"))
            else:
                try:
                    login.follow(self._ask_state("Login", states.LOGIN, 0, given, login.remaining))
                except (EncodeError, MethodError) as refused:
                    login.set_exception(refused)

        self.query_agent_state(timeout=timeout).add_done_callback(asked)
        return login

    def logout(
        self,
        args: Mapping[str, object] | None = None,
        *,
        reason_code: int | None = None,
        timeout: float | None = None,
    ) -> "Request[AgentState | int]":
        """Log the agent out. Answered after all listeners of ``OnPostLogout`` have run.

        - ``args``: may carry EventReasonCode, AgentPassword, AgentInstrument.
        - ``reason_code``: -32768 to 65535, 0 unless given.
        - ``timeout``: seconds, the session's ``request_timeout`` unless given.

        ``OnPreLogout`` is fired before the request is sent. Then come ``OnAgentStateChange`` and
        ``OnPostLogout``, or ``OnLogoutFailed`` and ``OnControlFailureConf``. The session is left connected:
        whether to disconnect is decided in ``OnPostLogout``. In agent mode, another agent than the current
        one is logged out through the companion session, in the name of the current one (SupervisorID);
        ``OnPreLogout`` and ``OnPostLogout`` are events of the companion then.

        Fails with ``ForcedLogout`` if a fail-over logged the agent out first, ``ControlFailure``,
        ``RequestRefused``, ``RequestTimeout``, ``ConnectionLost``, and with ``MethodError``
        (E_CTIOS_AGENT_NOT_LOGIN) for an agent that is known to be logged out. Raises ``MethodError`` for
        arguments that cannot be used.
        """
        args = given = received("logout", args, STATE_KEYWORDS)  # type: ignore[assignment]
        if isinstance(given, MethodError):
            raise given
        conflict = self._conflict(_LABELS[states.LOGOUT])
        if conflict is not None:
            return conflict
        reason = checked_reason(given, reason_code)
        timeout = optional_seconds("timeout", timeout)
        context = self._require_context()
        if given is not None:
            self._take(given)
        twin = self._twin("logout")
        if twin is not None:
            asked = twin.logout(self._as_supervisor(given), reason_code=reason, timeout=timeout)
            return self._by_companion(asked, "OnLogoutFailed")
        self._require_instrument()
        if self._gap is not None:
            self._gap.is_returning = False
        error = context.unready() or context.conflict()
        if error is None and self.state == states.LOGOUT and not self.is_doubtful:
            error = MethodError(CilCode.E_CTIOS_AGENT_NOT_LOGIN, f"agent {self.agent_id} is not logged in")
        if error is not None:
            failed: Request[AgentState | int] = Request(_LABELS[states.LOGOUT])
            failed.set_exception(error)
            return failed
        if self._is_reported(context) and not self._is_pre_logout_fired:
            self._is_pre_logout_fired = True
            context.fire("OnPreLogout", asked_arguments, self, reason, context)
        return self._ask_state(_LABELS[states.LOGOUT], states.LOGOUT, reason, given, timeout)

    def set_agent_state(
        self,
        state: int | Mapping[str, object],
        *,
        reason_code: int | None = None,
        timeout: float | None = None,
    ) -> "Request[AgentState | int]":
        """Ask for a state: NOT_READY, AVAILABLE, WORK_READY, WORK_NOT_READY, and LOGIN or LOGOUT too.

        - ``state``: an AgentState, or Arguments with AgentState and EventReasonCode.
        - ``reason_code``: -32768 to 65535, 0 unless given.
        - ``timeout``: seconds, the session's ``request_timeout`` unless given.

        Answered when the server confirmed and the state event came. While the agent is busy with a call the
        peripheral keeps the state for later, so the confirmation alone answers then. For logging out use
        ``logout``.

        Fails and raises as ``logout`` does.
        """
        given: Arguments | None = None
        wanted: Any = None
        if isinstance(state, int):
            wanted = state
        else:
            taken = received("set_agent_state", state, STATE_KEYWORDS)
            del state  # it may hold a password, which no traceback may show
            if isinstance(taken, MethodError):
                raise taken
            given = taken
        conflict = self._conflict("SetAgentState")
        if conflict is not None:
            return conflict
        if not isinstance(wanted, int):
            if given is None or kw.CTIOS_AGENTSTATE not in given:
                raise refuse("AgentState is missing", CilCode.E_CTIOS_MISSING_ARGUMENT)
            wanted = given[kw.CTIOS_AGENTSTATE]
        if isinstance(wanted, bool):  # True is 1, which would log the agent out
            raise refuse(f"AgentState must be an AgentState, got {wanted}")
        number = agent_state(integer(kw.CTIOS_AGENTSTATE, wanted, 0, 0xFFFF))
        if number not in states.ASKABLE:
            allowed = ", ".join(f"{each.name} ({each.value})" for each in sorted(states.ASKABLE))
            raise refuse(f"AgentState must be one of {allowed}, got {number}")
        reason = checked_reason(given, reason_code)
        timeout = optional_seconds("timeout", timeout)
        if given is not None:
            self._take(given)
        twin = self._twin("set_agent_state")
        if twin is not None:
            asked = twin.set_agent_state(
                self._as_supervisor(given, number), reason_code=reason, timeout=timeout
            )
            events = ("OnLogoutFailed",) if number == states.LOGOUT else ()
            return self._by_companion(asked, *events)
        return self._ask_state(_LABELS[number], number, reason, given, timeout)  # type: ignore[index]

    def _conflict(self, label: str) -> "Request[AgentState | int] | None":
        # The failed request where the mode allows no control: that is the error whatever values are missing.
        context = self._context
        error = None if context is None else context.conflict()
        if context is None or error is None:
            return None
        refused: Request[AgentState | int] = Request(label)
        context.fail(refused, context.unready() or error)
        return refused

    def query_agent_state(self, *, timeout: float | None = None) -> "Request[QueryAgentStateConf]":
        """Ask for the agent's state; ``OnQueryAgentStateConf`` reports it, and the answer is the message.

        ``timeout``: seconds, the session's ``request_timeout`` unless given.

        Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost`` or
        ``MethodError``.
        """
        return self._query(self._apply_answer, optional_seconds("timeout", timeout))

    def _query(
        self, take_in: Callable[[Message], object], timeout: float | None
    ) -> "Request[QueryAgentStateConf]":
        query: ObjectRequest[QueryAgentStateConf] = ObjectRequest(
            "QUERY_AGENT_STATE_REQ", take_in, self._fire_refusal
        )
        self._send_state_query(query, timeout)
        return query

    def _check_login_name(self, given: Arguments) -> None:
        # The wire has AgentIDs only.
        name = text(kw.CTIOS_LOGINNAME, given[kw.CTIOS_LOGINNAME], MAX_LOGIN_NAME, empty=False)
        configuration = self._require_context().configuration
        owners = [record.agent_id for record in configuration.find("agents", login_name=name)]
        if not owners and kw.CTIOS_AGENTID not in given:
            raise unknown_login_name(name)
        if owners and self.agent_id not in owners:
            raise refuse(
                f"LoginName is {name!r}, which is the login name of agent {owners[0]}, not {self.agent_id}",
                CilCode.E_CTIOS_LOGIN_INCONSISTENT_ARGUMENTS,
            )

    def _take(self, given: Arguments) -> None:
        # All are checked before any is set.
        if kw.CTIOS_LOGINNAME in given:
            self._check_login_name(given)
        if kw.CTIOS_REMOTELOGIN in given:
            self._check_remote_login(given)
        values: list[tuple[str, Any]] = []
        for row in self._PROPERTIES.values():
            if row.coerce is None or row.keyword not in given:
                continue
            value = row.coerce(row.keyword, given[row.keyword])
            if row.attribute in ("agent_id", "peripheral_id"):
                mine = getattr(self, row.attribute)
                if mine is not None and value != mine:
                    raise refuse(
                        f"{row.keyword} is {value}, but the agent's is {mine}",
                        CilCode.E_CTIOS_LOGIN_INCONSISTENT_ARGUMENTS,
                    )
            else:
                values.append((row.attribute, value))
        for attribute, value in values:
            setattr(self, attribute, value)

    def _ask_state(
        self, label: str, wanted: int, reason: int, given: Arguments | None, timeout: float | None
    ) -> StateChange:
        context = self._context or self._require_context()
        instrument = self.agent_instrument or self._require_instrument()
        is_signing = wanted in states.SIGNING
        work_mode, position, supervisor = (
            (0, None, None) if given is None else signing_extras(given, is_signing)
        )
        if wanted == states.LOGIN and self._facts is not None and self._facts.is_remote:
            instrument, work_mode = self._facts.remote_login(instrument)
        is_waiting = is_signing or states.is_waited_for(wanted, self._state_ahead())
        change = ChangeOfAgent(label, self, wanted, reason, is_waiting)
        try:
            context.send(
                change,
                context.messages.SetAgentStateReq,
                timeout,
                peripheral_id=context.peripheral_id if self.peripheral_id is None else self.peripheral_id,
                agent_state=wanted,
                event_reason_code=reason,
                agent_service_req=0 if context.codec.version >= _SINCE_SERVICES else None,
                agent_instrument=instrument,
                agent_id=self.agent_id,
                agent_password=self._password if is_signing else None,
                agent_work_mode=work_mode,
                position_id=position,
                supervisor_id=supervisor,
            )
        except BaseException:
            if wanted == states.LOGOUT:
                self._is_pre_logout_fired = False  # the next attempt is announced again
            raise
        if not change.done():
            self._add_change(change)
        return change

    # --- Another agent than that of agent mode -------------------------------------------------------

    def _twin(self, method: str) -> "Agent | None":
        # The companion's Agent, which sends requests for the state of another agent; None where this one does
        # so itself. Raises ``MethodError`` where neither can.
        if not self._is_foreign:
            return None
        context = self._require_context()
        controlling = controlling_context(context, f"{method}() of agent {self.agent_id}")
        if controlling is context:
            return None
        twin: Agent | None = controlling.agent_named(self.agent_id)  # type: ignore[assignment]
        if twin is None:
            raise refuse(f"the companion session has no place for agent {self.agent_id}: raise max_objects")
        twin._apply_device(self.agent_instrument, self.agent_extension)  # noqa: SLF001 - a class of this module
        if self._password:
            twin.agent_password = self._password
        return twin

    def _as_supervisor(self, given: Arguments | None, state: int | None = None) -> Arguments:
        # The Arguments of a request for the agent's state, in the name of the agent of agent mode.
        context = self._require_context()
        args = Arguments() if given is None else Arguments(given)
        if kw.CTIOS_SUPERVISORID not in args and context.current_agent is not None:
            args[kw.CTIOS_SUPERVISORID] = context.current_agent.agent_id
        if state is not None:
            args[kw.CTIOS_AGENTSTATE] = state
        return args

    def _by_companion(self, step: "Request[AgentState | int]", *events: str) -> "Request[AgentState | int]":
        # A refusal fires these events, and OnControlFailureConf, in this session too.
        request = CompanionRequest(step, lambda error: self._fire_refusal(error, *events))
        self._require_context().own(request)
        return request

    # --- After a gap --------------------------------------------------------------------------------

    async def _repair(self) -> None:
        # Asks for the state after a gap, and logs the agent in again if the gap logged it out. Raises what
        # the query, the login or the way back to the state from before fails with. A login or way back that
        # is refused is not repeated.
        await self._query(self._apply_late_answer if self.is_doubtful else self._apply_answer, None)
        gap = self._gap or NO_GAP
        if gap.is_returning:
            try:
                await self._return_after(gap)
            except Refused as error:
                gap.is_returning = False
                raise NotRepeated(error) from None
        self._gap = None

    async def _return_after(self, gap: Gap) -> None:
        # A loss in the middle is followed by another repair, which goes on.
        if not self.is_logged_in:
            await self.login()
            gap.is_back = True
        if gap.is_back and gap.return_to is not None and self.state in states.JUST_LOGGED_IN:
            wanted, reason = gap.return_to
            if wanted != states.NOT_READY or reason not in (0, self.reason_code):
                await self.set_agent_state(wanted, reason_code=reason)


def agent_named_by_server(agent_id: str, peripheral_id: int, context: Context) -> Agent:
    """An agent that a message names. Its id is taken as the server wrote it."""
    agent = Agent("0", peripheral_id)
    agent.agent_id = agent_id
    join_session(agent, context)
    return agent


#: What other modules do with an agent. A program does not see it among the agent's methods.
apply_device: Final = Agent._apply_device  # noqa: SLF001 - a class of this module
repair: Final = Agent._repair  # noqa: SLF001 - a class of this module
