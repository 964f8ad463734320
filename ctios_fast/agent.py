"""The Agent of the CTI OS object model: logging in and out, states, and what events tell of it.

An Agent belongs to one session: the one that ``set_agent`` gave it to, or, in bulk mode, the one that made
it. Its methods send at once and give a ``Request`` that may be awaited or left to the events.
"""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import agent_states as states
from . import keywords as kw
from .arguments import Arguments
from .connection.clock import TimerHandle
from .connection.requests import Request
from .core import Message
from .core.secret import Secret
from .errors import CilError, ConnectionLost, ControlFailure, MethodError, RequestTimeout
from .protocol import messages as ged
from .reasons import FORCED_LOGOUT, unsigned_reason

if TYPE_CHECKING:
    from .session import Session

__all__ = ["Agent"]

log = logging.getLogger("ctios_fast.agent")

_NULL_SKILL_GROUP = 0xFFFFFFFF
_SINCE_FORCED_FLAG = 13  # protocol version in which SET_AGENT_STATE_REQ got ForcedFlag and AgentServiceReq
_REASONS = range(-0x8000, 0x10000)

#: Keyword of each property that may be set, and the attribute that holds it.
_SETTABLE = {
    kw.CTIOS_AGENTID: "agent_id",
    kw.CTIOS_PERIPHERALID: "peripheral_id",
    kw.CTIOS_AGENTINSTRUMENT: "agent_instrument",
    kw.CTIOS_AGENTEXTENSION: "agent_extension",
    kw.CTIOS_AGENTPASSWORD: "agent_password",
    kw.CTIOS_AUTOLOGIN: "auto_login",
}
_READABLE = {
    **{keyword: name for keyword, name in _SETTABLE.items() if keyword != kw.CTIOS_AGENTPASSWORD},
    kw.CTIOS_AGENTSTATE: "state",
    kw.CTIOS_EVENTREASONCODE: "reason_code",
    kw.CTIOS_UNIQUEOBJECTID: "unique_object_id",
}


class _StateChange:
    """A request for a state that waits for its confirmation, and maybe for the state itself."""

    __slots__ = ("confirmed", "outcome", "seen", "timer", "wanted")

    def __init__(self, wanted: int, waits: bool) -> None:
        self.wanted = wanted
        self.confirmed = False
        self.seen = not waits
        self.timer: TimerHandle | None = None
        self.outcome: Request[int] = Request(f"agent state {wanted}")


class Agent:
    """One agent of a peripheral.

    ``state`` is the overall AgentState, None as long as nothing was heard of it; ``reason_code`` that of
    the last state event, 0 where it had none. The password is kept, since the peripheral can ask for it
    again at logout and at a new login, and is never shown.
    """

    def __init__(
        self,
        agent_id: str,
        peripheral_id: int | None = None,
        *,
        agent_instrument: str | None = None,
        agent_extension: str | None = None,
        agent_password: str | None = None,
        auto_login: bool = False,
    ) -> None:
        self.agent_id = agent_id
        self.peripheral_id = peripheral_id
        self.agent_instrument = agent_instrument
        self.agent_extension = agent_extension
        self.auto_login = auto_login
        self.state: int | None = None
        self.reason_code = 0
        self.session: Session | None = None
        self._password = Secret(agent_password or "")
        self._changes: list[_StateChange] = []
        self._pre_logout_told = False
        self._missed_events = False  # a connection was lost since the state was heard of

    def __repr__(self) -> str:
        state = "unknown" if self.state is None else self.state
        return f"<Agent {self.agent_id} of peripheral {self.peripheral_id}, state {state}>"

    # --- properties -----------------------------------------------------------------------------

    @property
    def unique_object_id(self) -> str:
        """The agent's id as an object of the session: ``agent.<PeripheralID>.<AgentID>``."""
        return f"agent.{self.peripheral_id}.{self.agent_id}"

    @property
    def is_logged_in(self) -> bool:
        """Whether the last that was heard of the agent says so."""
        return self.state is not None and self.state not in states.LOGGED_OUT

    @property
    def agent_password(self) -> Secret:
        """The password, hidden; it may be set as text."""
        return self._password

    @agent_password.setter
    def agent_password(self, password: "str | Secret | None") -> None:
        self._password = password if isinstance(password, Secret) else Secret(password or "")

    def get_value(self, keyword: str) -> Any:
        """A property by its keyword; ``KeyError`` where there is none. A password is not given out."""
        return getattr(self, _named(_READABLE, keyword))

    def set_value(self, keyword: str, value: Any) -> None:
        """Set a property by its keyword; ``KeyError`` for one that cannot be set.

        Identity cannot change while the agent is logged in (``MethodError``).
        """
        name = _named(_SETTABLE, keyword)
        if name in ("agent_id", "peripheral_id") and self.is_logged_in and getattr(self, name) != value:
            raise MethodError(
                CilError.E_CTIOS_INVALID_ARGUMENT, f"{keyword} of a logged-in agent cannot change"
            )
        setattr(self, name, _coerced(name, value))

    # --- requests -------------------------------------------------------------------------------

    def login(
        self,
        args: Mapping[str, Any] | None = None,
        *,
        agent_password: str | None = None,
        agent_instrument: str | None = None,
        timeout: float | None = None,
    ) -> Request[int]:
        """Log the agent in; the answer is the state that it is in then.

        ``args`` may carry AgentID, PeripheralID (they must be the agent's own), AgentInstrument,
        AgentExtension, AgentPassword, AutoLogin, AgentWorkMode, PositionID and SupervisorID. While the
        agent's state is not known it is asked for first, as CTI OS does; ``OnQueryAgentStateConf`` tells it.
        An agent that is logged in already is left as it is: nothing is sent, and the answer is its state.

        Fails with ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost``. ``timeout`` is in seconds.
        """
        given = Arguments(args)
        if agent_password is not None:
            self.agent_password = agent_password
        del args, agent_password  # an error below shows this method's variables in its traceback
        self._take_identity(given)
        if agent_instrument is not None:
            self.agent_instrument = agent_instrument
        session = self._usable_session()
        session.require_open()
        outcome: Request[int] = Request("Login")
        if self.state is not None and not self._missed_events:
            self._login_known(given, outcome, timeout)
            return outcome

        def asked(query: Request[Message]) -> None:
            error = query.exception()
            if error is not None:
                outcome.set_exception(error)
                return
            try:
                self._login_known(given, outcome, timeout)
            except Exception as failure:
                outcome.set_exception(failure)

        session.query_agent_state(self, timeout).add_done_callback(asked)
        return outcome

    def _login_known(self, given: Arguments, outcome: Request[int], timeout: float | None) -> None:
        if self.is_logged_in:
            assert self.state is not None
            outcome.set_result(self.state)
            return
        change = self._ask_state(states.LOGIN, 0, given, timeout)
        _pass_on(change.outcome, outcome)

    def logout(
        self,
        args: Mapping[str, Any] | None = None,
        *,
        reason_code: int | None = None,
        timeout: float | None = None,
    ) -> Request[int]:
        """Log the agent out. Answered after all listeners of ``OnPostLogout`` have run.

        ``args`` may carry EventReasonCode, AgentPassword, AgentInstrument. ``OnPreLogout`` is fired before
        the request is sent; then come ``OnAgentStateChange`` and ``OnPostLogout``, or ``OnLogoutFailed``
        and ``OnControlFailureConf``. The session is left connected: whether to disconnect is decided in
        ``OnPostLogout``.

        Fails with ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost``.
        """
        given = Arguments(args)
        del args  # it may hold a password, which no traceback may show
        self._take_identity(given)
        reason = _reason(given, reason_code)
        session = self._usable_session()
        if self.state in states.LOGGED_OUT:
            raise MethodError(CilError.E_CTIOS_AGENT_NOT_LOGIN, f"agent {self.agent_id} is not logged in")
        session.require_open()
        self._require_instrument()
        if not self._pre_logout_told:
            self._pre_logout_told = True
            self._fire("OnPreLogout", lambda: self._state_arguments(reason))
        try:
            return self._ask_state(states.LOGOUT, reason, given, timeout).outcome
        except Exception:
            self._pre_logout_told = False  # nothing was sent: the next attempt is announced again
            raise

    def set_agent_state(
        self,
        state: int | Mapping[str, Any],
        *,
        reason_code: int | None = None,
        timeout: float | None = None,
    ) -> Request[int]:
        """Ask for a state: NOT_READY, AVAILABLE, WORK_READY, WORK_NOT_READY, and LOGIN or LOGOUT too.

        ``state`` is an AgentState, or Arguments with AgentState and EventReasonCode. Answered when the
        server confirmed and the state event came; while the agent is busy with a call the peripheral keeps
        the state for later, so the confirmation alone answers then. For logging out use ``logout``.

        Fails with ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost``.
        """
        given = Arguments(state) if isinstance(state, Mapping) else Arguments({kw.CTIOS_AGENTSTATE: state})
        del state  # it may hold a password, which no traceback may show
        if kw.CTIOS_AGENTSTATE not in given:
            raise MethodError(CilError.E_CTIOS_MISSING_ARGUMENT, "AgentState is missing")
        wanted = _number(given, kw.CTIOS_AGENTSTATE)
        if wanted not in states.ASKABLE:
            raise MethodError(CilError.E_CTIOS_INVALID_ARGUMENT, f"agent state {wanted} cannot be asked for")
        self._take_identity(given)
        self._usable_session()
        return self._ask_state(wanted, _reason(given, reason_code), given, timeout).outcome

    def query_agent_state(self, *, timeout: float | None = None) -> Request[Message]:
        """Ask for the agent's state; ``OnQueryAgentStateConf`` tells it, and the answer is the message."""
        return self._usable_session().query_agent_state(self, timeout)

    def _usable_session(self) -> "Session":
        if self.session is None:
            raise MethodError(
                CilError.E_CTIOS_INVALID_SESSION, f"agent {self.agent_id} belongs to no session"
            )
        return self.session

    def _take_identity(self, given: Arguments) -> None:
        for keyword in (kw.CTIOS_AGENTID, kw.CTIOS_PERIPHERALID):
            if keyword in given:
                mine = getattr(self, _SETTABLE[keyword])
                if mine is not None and str(given[keyword]) != str(mine):
                    raise MethodError(
                        CilError.E_CTIOS_LOGIN_INCONSISTENT_ARGUMENTS,
                        f"{keyword} is {given[keyword]}, but the agent's is {mine}",
                    )
        for keyword, name in _SETTABLE.items():
            if keyword in given and name not in ("agent_id", "peripheral_id"):
                setattr(self, name, _coerced(name, given[keyword]))

    def _ask_state(self, wanted: int, reason: int, given: Arguments, timeout: float | None) -> _StateChange:
        session = self._usable_session()
        fields = {
            "PeripheralID": session.peripheral_of(self),
            "AgentState": wanted,
            "AgentWorkMode": _number(given, kw.CTIOS_AGENTWORKMODE),
            "NumSkillGroups": 0,
            "EventReasonCode": reason,
        }
        if session.version >= _SINCE_FORCED_FLAG:
            fields |= {"ForcedFlag": 0, "AgentServiceReq": 0}
        floating: list[tuple[str, object]] = [
            ("AgentInstrument", self._require_instrument()),
            ("AgentID", self.agent_id),
        ]
        if wanted in (states.LOGIN, states.LOGOUT):
            floating.append(("AgentPassword", self._password))
            floating += [(name, str(given[name])) for name in ("PositionID", "SupervisorID") if name in given]
        request = session.request(ged.SET_AGENT_STATE_REQ, fields, floating, timeout)
        change = _StateChange(wanted, states.is_waited_for(wanted, self.state))
        self._changes.append(change)
        request.add_done_callback(lambda answered: self._answered(change, answered))
        change.timer = session.after(timeout, self._unseen, change)
        return change

    def _require_instrument(self) -> str:
        instrument = self.agent_instrument or self.agent_extension
        if not instrument:
            raise MethodError(
                CilError.E_CTIOS_MISSING_ARGUMENT, f"agent {self.agent_id} has no AgentInstrument to act on"
            )
        return instrument

    # --- answers and events ---------------------------------------------------------------------

    def _answered(self, change: _StateChange, request: Request[Message]) -> None:
        error = request.exception()
        if error is None:
            change.confirmed = True
            confirmation = request.result()
            self._fire(
                "OnSetAgentStateConf",
                lambda: Arguments.made(
                    {
                        kw.CTIOS_INVOKEID: confirmation["InvokeID"],
                        kw.CTIOS_AGENTID: self.agent_id,
                        kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
                    }
                ),
            )
            self._settle(change)
            return
        self._drop(change)
        if change.wanted == states.LOGOUT:
            self._pre_logout_told = False
        if isinstance(error, ControlFailure):
            self.request_failed(error, logout=change.wanted == states.LOGOUT)
        change.outcome.set_exception(error)

    def request_failed(self, error: ControlFailure, *, logout: bool = False) -> None:
        """Tell that a request about this agent was refused (the session's call)."""

        def arguments() -> Arguments:
            return Arguments.made(
                {
                    kw.CTIOS_INVOKEID: error.invoke_id,
                    kw.CTIOS_PERIPHERALID: self.peripheral_id,
                    kw.CTIOS_FAILURECODE: error.failure_code,
                    kw.CTIOS_PERIPHERALERRORCODE: error.peripheral_error_code,
                    kw.CTIOS_AGENTID: self.agent_id,
                    kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
                    kw.CTIOS_MESSAGETYPE: error.message_type,
                    kw.CTIOS_ERRORMESSAGE: str(error),
                }
            )

        if logout:
            self._fire("OnLogoutFailed", arguments)
        self._fire("OnControlFailureConf", arguments)

    def _settle(self, change: _StateChange) -> None:
        if change.confirmed and change.seen:
            self._drop(change)
            change.outcome.set_result(change.wanted if self.state is None else self.state)

    def _drop(self, change: _StateChange) -> None:
        if change in self._changes:
            self._changes.remove(change)
            _stop_timer(change)

    def _unseen(self, change: _StateChange) -> None:
        # confirmed, but the state never showed
        if change in self._changes and change.confirmed:
            self._drop(change)
            change.outcome.set_exception(
                RequestTimeout(
                    f"the request for agent state {change.wanted} was confirmed, but no event showed it"
                )
            )

    def connection_lost(self, reason: str) -> None:
        """Fail what waits for a state event (the session's call)."""
        changes, self._changes = self._changes, []
        self._pre_logout_told = False
        self._missed_events = True
        for change in changes:
            _stop_timer(change)
            change.outcome.set_exception(ConnectionLost(f"{change.outcome.label} not seen: {reason}"))

    def forget_state(self) -> None:
        """Begin anew: what was heard over an earlier connection says nothing (the session's call)."""
        self.state = None
        self.reason_code = 0
        self._missed_events = False

    def state_event(self, message: Message) -> None:
        """Take in an AGENT_STATE_EVENT of this agent and fire its events (the session's call)."""
        self._identify(message)
        self._missed_events = False
        state = message["AgentState"]
        self._to_state(state, message["EventReasonCode"], message)

    def state_answer(self, message: Message) -> None:
        """Take in a QUERY_AGENT_STATE_CONF (the session's call).

        After a fail-over an agent that is found logged out, though it was not, was logged out by the
        peripheral meanwhile: the events of a forced logout are fired for it, which nobody else would send.
        """
        state = message["AgentState"]
        logout_missed = self._missed_events and self.is_logged_in and state in states.LOGGED_OUT
        self._missed_events = False
        if not logout_missed:  # a listener that logs the agent in has to find what it was told
            self._identify(message)
            self.state = state
        self._fire("OnQueryAgentStateConf", lambda: self._query_arguments(message))
        if logout_missed:
            self._to_state(states.LOGOUT, FORCED_LOGOUT, None)

    def _identify(self, message: Message) -> None:
        for name, attribute in (
            ("AgentExtension", "agent_extension"),
            ("AgentInstrument", "agent_instrument"),
        ):
            value = message.get(name)
            if value:
                setattr(self, attribute, value)

    def _to_state(self, state: int, reason: int, message: Message | None) -> None:
        was_logged_in = self.state is None or self.is_logged_in
        logged_out = state == states.LOGOUT and was_logged_in

        def arguments() -> Arguments:
            return self._state_arguments(reason, message)

        if logged_out and not self._pre_logout_told:
            self._fire("OnPreLogout", arguments)  # the peripheral's own act: nobody was told before
        self.state = state
        self.reason_code = reason
        self._fire("OnAgentStateChange", arguments)
        if logged_out:
            self._pre_logout_told = False
            self._fire("OnPostLogout", arguments)
        for change in tuple(self._changes):
            if not change.seen and states.is_reached(change.wanted, state):
                change.seen = True
                self._settle(change)

    # --- arguments ------------------------------------------------------------------------------

    def _fire(self, event: str, arguments: Any) -> None:
        session = self.session
        if session is not None and session.events.wants(event):
            session.events.fire(event, arguments())

    def _state_arguments(self, reason: int, message: Message | None = None) -> Arguments:
        fields = message.fixed() if message is not None else {}
        values: dict[str, Any] = {
            kw.CTIOS_PERIPHERALID: fields.get("PeripheralID", self.peripheral_id),
            kw.CTIOS_PERIPHERALTYPE: fields.get("PeripheralType", 0xFFFF),
            kw.CTIOS_AGENTSTATE: states.UNKNOWN if self.state is None else self.state,
            kw.CTIOS_SKILLGROUPNUMBER: fields.get("SkillGroupNumber", _NULL_SKILL_GROUP),
            kw.CTIOS_SKILLGROUPID: fields.get("SkillGroupID", _NULL_SKILL_GROUP),
            kw.CTIOS_STATEDURATION: fields.get("StateDuration", 0),
            kw.CTIOS_SKILLGROUPPRIORITY: fields.get("SkillGroupPriority", 0),
            kw.CTIOS_EVENTREASONCODE: reason,
            kw.CTIOS_SKILLGROUPSTATE: fields.get("SkillGroupState", states.UNKNOWN),
            kw.CTIOS_AGENTID: self.agent_id,
            kw.CTIOS_AGENTEXTENSION: self.agent_extension or "",
            kw.CTIOS_AGENTINSTRUMENT: self.agent_instrument or "",
            kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
        }
        signature = message.get("CTIClientSignature") if message is not None else None
        if signature is not None:
            values[kw.CTIOS_CTICLIENTSIGNATURE] = signature
        return Arguments.made(values)

    def _query_arguments(self, message: Message) -> Arguments:
        fields = message.fixed()
        values: dict[str, Any] = {
            kw.CTIOS_AGENTID: message.get("AgentID", self.agent_id),
            kw.CTIOS_AGENTEXTENSION: message.get("AgentExtension", ""),
            kw.CTIOS_AGENTINSTRUMENT: message.get("AgentInstrument", ""),
            kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
            **{name: value for name, value in fields.items() if name != "InvokeID"},
        }
        groups = zip(
            message["SkillGroupNumber"],
            message["SkillGroupID"],
            message["SkillGroupPriority"],
            message["SkillGroupState"],
            strict=False,
        )
        names = ("SkillGroupNumber", "SkillGroupID", "SkillGroupPriority", "SkillGroupState")
        for number, group in enumerate(groups, 1):
            values[f"SkillGroup[{number}]"] = Arguments.made(dict(zip(names, group, strict=True)))
        return Arguments.made(values)


def _stop_timer(change: _StateChange) -> None:
    if change.timer is not None:
        change.timer.cancel()
        change.timer = None


def _named(table: Mapping[str, str], keyword: str) -> str:
    for known, name in table.items():
        if known.lower() == keyword.strip().lower():
            return name
    raise KeyError(keyword)


def _number(given: Arguments, keyword: str) -> int:
    try:
        return int(given.get(keyword, 0))
    except (TypeError, ValueError):
        raise MethodError(CilError.E_CTIOS_INVALID_ARGUMENT, f"{keyword} is no number") from None


def _reason(given: Arguments, reason_code: int | None) -> int:
    # as the unsigned number of the wire
    reason = _number(given, kw.CTIOS_EVENTREASONCODE) if reason_code is None else reason_code
    if reason not in _REASONS:
        raise MethodError(CilError.E_CTIOS_INVALID_ARGUMENT, f"a reason code has 16 bits, {reason} has more")
    return unsigned_reason(reason)


def _coerced(name: str, value: Any) -> Any:
    # CTI OS programs give numbers as text and text as numbers
    if name == "peripheral_id":
        return None if value is None else int(value)
    if name == "auto_login":
        return Arguments({name: value}).get_value_bool(name)
    if name == "agent_password" or value is None:
        return value
    return str(value)


def _pass_on(source: Request[int], target: Request[int]) -> None:
    def done(request: Request[int]) -> None:
        error = request.exception()
        if error is None:
            target.set_result(request.result())
        else:
            target.set_exception(error)

    source.add_done_callback(done)
