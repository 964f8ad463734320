"""The Agent of the CTI OS object model: logging in and out, states, and what events report of it.

An Agent belongs to one session: the one that ``set_agent`` gave it to, or, in bulk mode, the one that made
it. Its methods send at once and return a ``Request`` that may be awaited or left to the events.

Arguments that cannot be used are refused at the call (``MethodError``). Failures that depend on the state of
the agent or the connection come through the request, so that one of many does not stop the others.
"""

from collections.abc import Mapping
from typing import Any

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import FieldReader, Message
from ctios_fast.core.secret import Secret
from ctios_fast.enums import AgentState, CilCode
from ctios_fast.errors import ConnectionLost, EncodeError, MethodError, Refused, RequestTimeout
from ctios_fast.keywords import (
    CTIOS_AGENTEXTENSION,
    CTIOS_AGENTID,
    CTIOS_AGENTINSTRUMENT,
    CTIOS_AGENTSTATE,
    CTIOS_UNIQUEOBJECTID,
)
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.coercion import (
    boolean,
    hidden,
    integer,
    optional_seconds,
    received,
    refuse,
)
from ctios_fast.model.context import Buttons, Context
from ctios_fast.model.cti_object import Property, properties
from ctios_fast.model.object_request import ObjectRequest
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import (
    ALL_SKILL_GROUPS_MRD,
    NULL_PERIPHERAL_TYPE,
    NULL_SKILL_GROUP,
)

from . import states
from .agent_values import (
    STATE_KEYWORDS,
    checked_agent_id,
    checked_extension,
    checked_instrument,
    checked_peripheral_id,
    checked_reason,
    hidden_password,
    signing_extras,
)
from .desktop import DESK_PROPERTIES, AgentRequests
from .reasons import FORCED_LOGOUT
from .requests import LoginRequest, StateChange
from .returning import Return, return_after
from .states import STATES, agent_state

__all__ = ["MAX_DOMAINS", "Agent", "details_reader"]

#: Protocol version in which SET_AGENT_STATE_REQ got AgentServiceReq.
_SINCE_SERVICES = 13

#: Media routing domains beside voice whose states are kept for one agent. A site has a handful.
MAX_DOMAINS = 256

_NO_PASSWORD = Secret("")
_LABELS = {state: f"agent state {state.name}" for state in states.ASKABLE}
#: States whose events need more than taking the state in.
_LOGOUT = int(states.LOGOUT)
_UNKNOWN = int(states.UNKNOWN)

#: Arguments of a change of state about which nothing is known, in the order that they have.
_NO_DETAILS: dict[str, Any] = {
    kw.CTIOS_PERIPHERALID: None,
    kw.CTIOS_PERIPHERALTYPE: NULL_PERIPHERAL_TYPE,
    kw.CTIOS_AGENTSTATE: states.UNKNOWN,
    kw.CTIOS_SKILLGROUPNUMBER: NULL_SKILL_GROUP,
    kw.CTIOS_SKILLGROUPID: NULL_SKILL_GROUP,
    kw.CTIOS_STATEDURATION: 0,
    kw.CTIOS_SKILLGROUPPRIORITY: 0,
    kw.CTIOS_EVENTREASONCODE: 0,
    kw.CTIOS_SKILLGROUPSTATE: states.UNKNOWN,
    kw.CTIOS_AGENTID: "",
    kw.CTIOS_AGENTEXTENSION: "",
    kw.CTIOS_AGENTINSTRUMENT: "",
    kw.CTIOS_UNIQUEOBJECTID: "",
}


def details_reader() -> FieldReader:
    """Reads what an AGENT_STATE_EVENT adds to the Arguments of its event, under CTI OS's keywords."""
    return FieldReader(
        kw.CTIOS_PERIPHERALID,
        kw.CTIOS_PERIPHERALTYPE,
        kw.CTIOS_SKILLGROUPNUMBER,
        kw.CTIOS_SKILLGROUPID,
        kw.CTIOS_STATEDURATION,
        kw.CTIOS_SKILLGROUPPRIORITY,
        kw.CTIOS_EVENTREASONCODE,
        kw.CTIOS_SKILLGROUPSTATE,
        kw.CTIOS_CTICLIENTSIGNATURE,
    )


class _Gap:
    """What a gap in the events, or a state of UNKNOWN, leaves open about an agent."""

    __slots__ = (
        "before_unknown",
        "is_back",
        "is_doubtful",
        "is_named",
        "is_returning",
        "reason",
        "return_to",
    )

    def __init__(self) -> None:
        #: Whether the program named the agent when it set the mode, and nothing was heard of it since.
        self.is_named = False
        #: Whether events may have been missed since the state was heard of.
        self.is_doubtful = False
        #: Whether the library logs the agent in again if the gap logged it out.
        self.is_returning = False
        #: Whether the library has logged the agent in again, and the state from before is still to come.
        self.is_back = False
        #: The state that the agent goes back to then, with its reason.
        self.return_to: Return | None = None
        #: Reason of a logout that the program asked for and whose answer was lost; None without one.
        self.reason: int | None = None
        #: The state before an event said UNKNOWN, which is neither in nor out.
        self.before_unknown: AgentState | int | None = None


#: The gap of an agent that has none. It is never changed.
_NO_GAP = _Gap()


class Agent(AgentRequests):
    """One agent of a peripheral.

    - ``agent_id``: the id it logs in with, 1 to 11 ASCII characters.
    - ``peripheral_id``: the peripheral (ACD) that it belongs to; bulk mode fills it in.
    - ``agent_instrument``: the device that requests act on.
    - ``agent_extension``: the extension; used where there is no instrument.
    - ``agent_password``: kept, since the peripheral can ask for it again at logout, and never shown.
    - ``auto_login``: whether the library logs the agent in again after a forced logout, and brings it back to
      the state from before.

    ``state`` is the overall AgentState in the voice domain, None until something was heard of it; a number
    that is not an AgentState stays a number. ``reason_code`` is that of the last state event, 0 without one.
    ``domain_states`` has the states of other media routing domains, by MRDID.

    Raises ``MethodError`` for a value that cannot be used.
    """

    __slots__ = (
        "_changes",
        "_gap",
        "_is_pre_logout_fired",
        "_password",
        "_return",
        "agent_extension",
        "agent_id",
        "agent_instrument",
        "auto_login",
        "domain_states",
        "reason_code",
        "state",
    )

    PROPERTIES = properties(
        Property(kw.CTIOS_AGENTID, "agent_id", checked_agent_id),
        Property(kw.CTIOS_PERIPHERALID, "peripheral_id", checked_peripheral_id),
        Property(kw.CTIOS_AGENTINSTRUMENT, "agent_instrument", checked_instrument),
        Property(kw.CTIOS_AGENTEXTENSION, "agent_extension", checked_extension),
        Property(kw.CTIOS_EXTENSION, "agent_extension"),
        Property(kw.CTIOS_AGENTPASSWORD, "agent_password", hidden_password, is_readable=False),
        Property(kw.CTIOS_AUTOLOGIN, "auto_login", boolean),
        *DESK_PROPERTIES,
        Property(kw.CTIOS_AGENTSTATE, "state"),
        Property(kw.CTIOS_EVENTREASONCODE, "reason_code"),
        Property(kw.CTIOS_LASTERROR, "last_error"),
        Property(kw.CTIOS_UNIQUEOBJECTID, "unique_object_id"),
    )

    def __init__(
        self,
        agent_id: str,
        peripheral_id: int | None = None,
        *,
        agent_instrument: str | None = None,
        agent_extension: str | None = None,
        agent_password: "str | Secret | None" = None,
        auto_login: bool = False,
    ) -> None:
        agent_password = hidden(agent_password)  # first of all: a traceback shows this function's variables
        super().__init__()
        self.agent_id = checked_agent_id("agent_id", agent_id)
        self.peripheral_id = checked_peripheral_id("peripheral_id", peripheral_id)
        self.agent_instrument = checked_instrument("agent_instrument", agent_instrument)
        self.agent_extension = checked_extension("agent_extension", agent_extension)
        self.auto_login = boolean("auto_login", auto_login)
        self.state: AgentState | int | None = None
        self.reason_code = 0
        self.domain_states: dict[int, AgentState | int] | None = None
        self._password = agent_password or _NO_PASSWORD
        #: The oldest request for a state that is not answered yet. ``later`` of each request is the next one.
        #: A tuple of them would be one more object for the garbage collector in a job of many logins.
        self._changes: StateChange | None = None
        #: Whether listeners have had the OnPreLogout of the logout under way.
        self._is_pre_logout_fired = False
        #: What a gap in the events left open; None for most agents at most times, which saves memory.
        self._gap: _Gap | None = None
        #: The state that the agent goes back to after an auto login, with its reason. Without auto login it
        #: is None.
        self._return: Return | None = None

    @classmethod
    def named_by_server(cls, agent_id: str, peripheral_id: int, context: Context) -> "Agent":
        """An agent that an event names. Its id is taken as the server wrote it."""
        agent = cls.__new__(cls)
        agent.__init__("0", peripheral_id)  # type: ignore[misc]
        agent.agent_id = agent_id
        agent.context = context
        return agent

    def __repr__(self) -> str:
        if not hasattr(self, "state"):  # a traceback of a failed __init__ shows it
            return "<Agent new>"
        state = "unknown" if self.state is None else getattr(self.state, "name", self.state)
        return f"<Agent {self.agent_id} of peripheral {self.peripheral_id}, state {state}>"

    # --- Properties ---------------------------------------------------------------------------------

    @property
    def unique_object_id(self) -> str:
        """The agent's identity within its session: ``agent.<PeripheralID>.<AgentID>``."""
        return f"agent.{self.peripheral_id}.{self.agent_id}"

    @property
    def is_logged_in(self) -> bool:
        """Whether the last event or answer about the agent says that it is logged in."""
        return self.state is not None and self.state not in states.NOT_SIGNED_IN

    @property
    def is_doubtful(self) -> bool:
        """Whether events may have been missed since ``state`` was heard of, so that it may be stale."""
        return self._gap is not None and self._gap.is_doubtful

    @property
    def agent_password(self) -> Secret:
        """The password, hidden. It may be set as text."""
        return self._password

    @agent_password.setter
    def agent_password(self, password: "str | Secret | None") -> None:
        self._password = hidden(password) or _NO_PASSWORD

    def _set_property(self, row: Property, value: Any) -> None:
        is_identity = row.attribute in ("agent_id", "peripheral_id")
        present = getattr(self, row.attribute)
        if is_identity and self.context is not None and present is not None and present != value:
            raise refuse(f"{row.keyword} cannot change: the agent belongs to a session under {present}")
        super()._set_property(row, value)

    # --- Requests -----------------------------------------------------------------------------------

    def login(
        self,
        args: Mapping[str, Any] | None = None,
        *,
        agent_password: "str | Secret | None" = None,
        agent_instrument: str | None = None,
        timeout: float | None = None,
    ) -> "Request[AgentState | int]":
        """Log the agent in; the answer is the state that it is in then.

        - ``args``: may carry AgentID, PeripheralID (they must be the agent's own), AgentInstrument,
          AgentExtension, AgentPassword, AutoLogin, AgentWorkMode, PositionID and SupervisorID, and for a
          mobile agent RemoteLogin, AgentRemoteNumber and AgentCallMode.
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
            args = taken = received("login", args, STATE_KEYWORDS)  # type: ignore[assignment]
            if isinstance(taken, MethodError):
                raise taken
            given = taken
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
        is_known = self.state is not None and (self._gap is None or not self._gap.is_doubtful)
        if is_known and self.state in states.NOT_SIGNED_IN:
            return self._ask_state("Login", states.LOGIN, 0, given, timeout)
        context = self._require_context()
        return self._already_in(context) if is_known else self._login_after_query(context, given, timeout)

    def _already_in(self, context: Context) -> "Request[AgentState | int]":
        there: Request[AgentState | int] = Request("Login")
        error = context.unready()
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

        def asked(query: Request[Message]) -> None:
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
        args: Mapping[str, Any] | None = None,
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
        one is logged out without ``OnPreLogout`` and ``OnPostLogout``.

        Fails with ``ForcedLogout`` if a fail-over logged the agent out first, ``ControlFailure``,
        ``RequestRefused``, ``RequestTimeout``, ``ConnectionLost``, and with ``MethodError``
        (E_CTIOS_AGENT_NOT_LOGIN) for an agent that is known to be logged out. Raises ``MethodError`` for
        arguments that cannot be used.
        """
        args = given = received("logout", args, STATE_KEYWORDS)  # type: ignore[assignment]
        if isinstance(given, MethodError):
            raise given
        reason = checked_reason(given, reason_code)
        timeout = optional_seconds("timeout", timeout)
        context = self._require_context()
        if given is not None:
            self._take(given)
        self._require_instrument()
        if self._gap is not None:
            self._gap.is_returning = False
        error = context.unready()
        if error is None and self.state == states.LOGOUT and not self.is_doubtful:
            error = MethodError(CilCode.E_CTIOS_AGENT_NOT_LOGIN, f"agent {self.agent_id} is not logged in")
        if error is not None:
            failed: Request[AgentState | int] = Request(_LABELS[states.LOGOUT])
            failed.set_exception(error)
            return failed
        if self._is_reported(context) and not self._is_pre_logout_fired:
            self._is_pre_logout_fired = True
            context.fire("OnPreLogout", self._state_arguments, reason)
        return self._ask_state(_LABELS[states.LOGOUT], states.LOGOUT, reason, given, timeout)

    def set_agent_state(
        self,
        state: int | Mapping[str, Any],
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
        return self._ask_state(_LABELS[number], number, reason, given, timeout)  # type: ignore[index]

    def query_agent_state(self, *, timeout: float | None = None) -> Request[Message]:
        """Ask for the agent's state; ``OnQueryAgentStateConf`` reports it, and the answer is the message.

        ``timeout``: seconds, the session's ``request_timeout`` unless given.

        Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost`` or
        ``MethodError``.
        """
        timeout = optional_seconds("timeout", timeout)
        context = self._require_context()
        query = ObjectRequest("QUERY_AGENT_STATE_REQ", self.apply_answer, self._fire_refusal)
        context.send(
            query,
            context.messages.QueryAgentStateReq,
            timeout,
            peripheral_id=self._peripheral(context),
            mrd_id=ALL_SKILL_GROUPS_MRD,
            icm_agent_id=0,
            agent_id=self.agent_id,
        )
        return query

    def _take(self, given: Arguments) -> None:
        # All are checked before any is set.
        if kw.CTIOS_REMOTELOGIN in given:
            self._check_remote_login(given)
        values: list[tuple[str, Any]] = []
        for row in self.PROPERTIES.values():
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
        context = self.context or self._require_context()
        instrument = self.agent_instrument or self._require_instrument()
        is_signing = wanted in states.SIGNING
        work_mode, position, supervisor = (
            (0, None, None) if given is None else signing_extras(given, is_signing)
        )
        if wanted == states.LOGIN and self._facts is not None and self._facts.is_remote:
            instrument, work_mode = self._facts.remote_login(instrument)
        is_waiting = is_signing or states.is_waited_for(wanted, self._state_ahead())
        change = StateChange(label, self, wanted, reason, is_waiting)
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

    # --- Answers ------------------------------------------------------------------------------------

    def change_confirmed(self, confirmation: Message) -> None:
        """Fire OnSetAgentStateConf. Called by a request for a state."""
        context = self.context
        if context is not None and context.listeners["OnSetAgentStateConf"]:
            context.fire("OnSetAgentStateConf", self._confirmation_arguments, confirmation)

    def change_over(self, change: StateChange) -> None:
        """Forget the request for a state, which waits for no event any more. Called by the request."""
        self._drop(change)

    def change_failed(self, change: StateChange, error: BaseException) -> None:
        """Forget the request for a state, and fire the events of its failure. Called by the request."""
        was_sent = self._drop(change)
        events: tuple[str, ...] = ()
        if change.wanted == states.LOGOUT:
            self._is_pre_logout_fired = False
            events = ("OnLogoutFailed",)
            if was_sent and isinstance(error, ConnectionLost):
                self._open_gap().reason = change.reason
        if isinstance(error, Refused) and self._fire_refusal(error, *events):
            change.reported()

    def connection_lost(self, reason: str) -> None:
        """The connection is gone: fail what waits for a state event. Called by the registry."""
        change, self._changes = self._changes, None
        self._is_pre_logout_fired = False
        while change is not None:
            if change.wanted == states.LOGOUT:
                self._open_gap().reason = change.reason
            change.lost(reason)
            change = change.later
        self.doubt()

    def needs_repair(self) -> bool:
        """Whether events of a gap may have changed the state, or the agent has to be logged in again."""
        gap = self._gap
        if gap is None:
            return False
        return gap.is_returning or (gap.is_doubtful and (gap.is_named or self.state is not None))

    def ask_at_opening(self) -> None:
        """Have the state asked for once the mode is open, though nothing was heard of the agent yet."""
        gap = self._open_gap()
        gap.is_doubtful = gap.is_named = True

    async def repair(self) -> None:
        """Ask for the state after a gap, and log the agent in again if the gap logged it out.

        Raises what the query, the login or the way back to the state from before fails with. What is refused
        is not repeated.
        """
        await self.query_agent_state()
        gap = self._gap or _NO_GAP
        if gap.is_returning:
            try:
                await self._return_after(gap)
            except Refused:
                gap.is_returning = False
                raise
        self._gap = None

    async def _return_after(self, gap: _Gap) -> None:
        # A loss in the middle is followed by another repair, which goes on.
        if not self.is_logged_in:
            await self.login()
            gap.is_back = True
        if gap.is_back and gap.return_to is not None and self.state in states.JUST_LOGGED_IN:
            wanted, reason = gap.return_to
            if wanted != states.NOT_READY or reason not in (0, self.reason_code):
                await self.set_agent_state(wanted, reason_code=reason)

    def doubt(self) -> None:
        """Events may have been missed though the connection is up, as when the peripheral was offline."""
        gap = self._open_gap()
        gap.is_doubtful = True
        if self.auto_login and self.is_logged_in and gap.reason is None:
            gap.is_returning = True
            if not gap.is_back:
                gap.return_to = return_after(self.state, self.reason_code, self._return)

    def _open_gap(self) -> _Gap:
        if self._gap is None:
            self._gap = _Gap()
        return self._gap

    def forget(self) -> None:
        """Reset the known state: information from a previous connection is stale. Called by the registry."""
        self.state = None
        self.reason_code = 0
        self.domain_states = None
        self._gap = None
        self._return = None
        super().forget()

    # --- Events -------------------------------------------------------------------------------------

    def apply_device(self, instrument: str | None, extension: str | None) -> None:
        """Take in the device of an event. None and empty texts change nothing."""
        # Reuse the existing text when unchanged, and share one between instrument and extension.
        if instrument != self.agent_instrument and instrument:
            self.agent_instrument = instrument
        if extension != self.agent_extension and extension:
            self.agent_extension = instrument if extension == instrument else extension

    def apply_state(self, state: int, reason: int, message: Message | None = None) -> None:
        """Take in a state of the voice domain, and fire its events.

        - ``state``, ``reason``: AgentState and EventReasonCode, as numbers of the wire.
        - ``message``: the AGENT_STATE_EVENT that carries them; None where a repair found the state.
        """
        context: Context = self.context  # type: ignore[assignment]
        is_leaving = False
        if self._gap is not None or state == _LOGOUT or state == _UNKNOWN:  # noqa: SIM109, it is faster
            is_leaving = self._prepare(state, reason, message)
        try:
            known: AgentState | int = STATES[state]
        except IndexError:
            known = state
        self.state = known
        self.reason_code = reason
        if self.auto_login:
            self._return = return_after(state, reason, self._return)
        if (
            context.hears_all
            and not context.listeners["OnAgentStateChange"]
            and not is_leaving
            and self._changes is None
        ):
            return  # most events: they change the state and no more
        self._report_state(context, reason, message, is_leaving)
        if self._changes is not None:
            self._show(known, reason)

    def _report_state(self, context: Context, reason: int, message: Message | None, is_leaving: bool) -> None:
        buttons = self._buttons()
        if buttons is not None and message is not None:
            buttons.take(message)
        if context.hears_all or message is None or self._is_own(context, message):
            context.fire("OnAgentStateChange", self._state_arguments, reason, message)
        else:
            context.fire("OnMonitoredAgentStateChange", self._monitored_arguments, reason, message)
        if is_leaving:
            self._is_pre_logout_fired = False
            context.fire("OnPostLogout", self._state_arguments, reason, message)
        if buttons is not None:
            buttons.report(self.unique_object_id, ged.AGENT_STATE_EVENT)

    def _prepare(self, state: int, reason: int, message: Message | None) -> bool:
        # Before LOGOUT, UNKNOWN, or the end of a gap is taken in. Returns whether OnPostLogout follows.
        if self._gap is not None:
            self._gap.is_doubtful = False
        if state not in states.NOT_SIGNED_IN:
            return False
        if state == states.UNKNOWN:
            if self.state != states.UNKNOWN:
                self._open_gap().before_unknown = self.state
            return False
        gap = self._gap or _NO_GAP
        before = gap.before_unknown if self.state == states.UNKNOWN else self.state
        if gap is not _NO_GAP:
            gap.reason = None
        context: Context = self.context  # type: ignore[assignment]
        if message is not None and not self._is_own(context, message):
            return False
        if before == states.LOGOUT or not self._is_reported(context):
            return False
        if not self._is_pre_logout_fired:  # logged out by the peripheral, not by a request
            context.fire("OnPreLogout", self._state_arguments, reason, message)
        return True

    def _is_reported(self, context: Context) -> bool:
        # Whether OnPreLogout and OnPostLogout report the agent's logouts. They make a program disconnect, so
        # that those of another agent would end the session of the one it serves.
        return context.hears_all or self is context.current_agent

    def _is_own(self, context: Context, message: Message) -> bool:
        return context.is_own(message.get("MonitorID")) or self is context.current_agent

    def _show(self, state: AgentState | int, reason: int) -> None:
        # One event answers one request, the oldest that it fits: later ones have events of their own.
        change = self._changes
        while change is not None:
            if change.shown(state, reason):
                if change.done():
                    self._drop(change)
                return
            change = change.later

    def _state_ahead(self) -> int | None:
        # The state that the agent will be in after the open requests, None if unknown.
        change = self._changes
        if change is None:
            return self.state
        while change.later is not None:
            change = change.later
        return change.wanted

    def _add_change(self, change: StateChange) -> None:
        # Adds a request that was sent to those that are not answered.
        last = self._changes
        if last is None:
            self._changes = change
            return
        while last.later is not None:
            last = last.later
        last.later = change

    def _drop(self, change: StateChange) -> bool:
        # Returns whether the change was among those that are not answered.
        before, each = None, self._changes
        while each is not change:
            if each is None:
                return False
            before, each = each, each.later
        if before is None:
            self._changes = change.later
        else:
            before.later = change.later
        return True

    def apply_domain_state(self, domain: int, state: int, reason: int, message: Message) -> bool:
        """Take in a state of another media routing domain, by its MRDID, and fire its event.

        Returns False, and does nothing, for a new domain once MAX_DOMAINS are known.
        """
        if self.domain_states is None:
            self.domain_states = {}
        if domain not in self.domain_states and len(self.domain_states) >= MAX_DOMAINS:
            return False
        self.domain_states[domain] = agent_state(state)
        context: Context = self.context  # type: ignore[assignment]
        is_own = context.hears_all or self._is_own(context, message)
        context.fire(
            "OnAgentStateChange" if is_own else "OnMonitoredAgentStateChange",
            self._domain_arguments,
            domain,
            reason,
            message,
            is_own,
        )
        return True

    def apply_answer(self, message: Message) -> None:
        """Take in a QUERY_AGENT_STATE_CONF.

        After a gap, an agent that is found logged out though it was not was logged out meanwhile. The events
        of that logout are fired, since the server does not repeat them: with the reason that the program gave
        if it had asked for the logout, otherwise with that of a forced logout.
        """
        state = message["AgentState"]
        gap = self._gap or _NO_GAP
        is_missed = gap.is_doubtful and self.is_logged_in and state == states.LOGOUT
        reason = FORCED_LOGOUT if gap.reason is None else gap.reason
        if gap is not _NO_GAP:
            gap.is_doubtful = False
            gap.reason = None
        if not is_missed:  # a listener that logs the agent in must find the state that the event reports
            self._identify(message)
            self.state = agent_state(state)
        context: Context = self.context  # type: ignore[assignment]
        context.fire("OnQueryAgentStateConf", self._query_arguments, message)
        if is_missed:
            self.apply_state(state, reason)

    def _identify(self, message: Message) -> None:
        for name, attribute in (
            ("AgentExtension", "agent_extension"),
            ("AgentInstrument", "agent_instrument"),
        ):
            value = message.get(name)
            if value:
                setattr(self, attribute, value)

    # --- Arguments of events ------------------------------------------------------------------------

    def _state_arguments(self, reason: int, message: Message | None = None) -> Arguments:
        if message is None:
            values = {
                **_NO_DETAILS,
                kw.CTIOS_PERIPHERALID: self.peripheral_id,
                kw.CTIOS_EVENTREASONCODE: reason,
            }
        else:
            values = self.context.readers["agent"](message, _NO_DETAILS)  # type: ignore[union-attr]
        state = self.state
        values[CTIOS_AGENTSTATE] = states.UNKNOWN if state is None else state
        values[CTIOS_AGENTID] = self.agent_id
        values[CTIOS_AGENTEXTENSION] = self.agent_extension or ""
        values[CTIOS_AGENTINSTRUMENT] = self.agent_instrument or ""
        values[CTIOS_UNIQUEOBJECTID] = f"agent.{self.peripheral_id}.{self.agent_id}"
        buttons = self._buttons()
        if buttons is not None:
            values[kw.CTIOS_ENABLEMENTMASK] = buttons.mask()
        return arguments_over(values)

    def _buttons(self) -> Buttons | None:
        # None for any other agent than that of agent mode
        context = self.context
        return context.buttons if context is not None and self is context.current_agent else None

    def _monitored_arguments(self, reason: int, message: Message | None) -> Arguments:
        args = self._state_arguments(reason, message)
        args[kw.CTIOS_MONITORED] = True
        return args

    def _domain_arguments(self, domain: int, reason: int, message: Message, is_own: bool) -> Arguments:
        args = (self._state_arguments if is_own else self._monitored_arguments)(reason, message)
        args[CTIOS_AGENTSTATE] = self.domain_states[domain]  # type: ignore[index]
        args["MRDID"] = domain
        return args

    def _confirmation_arguments(self, confirmation: Message) -> Arguments:
        return arguments_over(
            {
                kw.CTIOS_INVOKEID: confirmation["InvokeID"],
                kw.CTIOS_AGENTID: self.agent_id,
                kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
            }
        )

    def _identity(self) -> dict[str, Any]:
        return {
            kw.CTIOS_PERIPHERALID: self.peripheral_id,
            kw.CTIOS_AGENTID: self.agent_id,
            kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
        }

    def _query_arguments(self, message: Message) -> Arguments:
        fields = message.fixed()
        values: dict[str, Any] = {
            kw.CTIOS_AGENTID: message.get("AgentID", self.agent_id),
            kw.CTIOS_AGENTEXTENSION: message.get("AgentExtension", ""),
            kw.CTIOS_AGENTINSTRUMENT: message.get("AgentInstrument", ""),
            kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
            **{name: value for name, value in fields.items() if name != "InvokeID"},
        }
        values[CTIOS_AGENTSTATE] = agent_state(values[CTIOS_AGENTSTATE])
        names = ("SkillGroupNumber", "SkillGroupID", "SkillGroupPriority", "SkillGroupState")
        groups = zip(*(message[name] for name in names), strict=False)
        for number, group in enumerate(groups, 1):
            values[f"SkillGroup[{number}]"] = arguments_over(dict(zip(names, group, strict=True)))
        return arguments_over(values)
