"""The Agent of the CTI OS object model: logging in and out, states, and what events tell of it.

An Agent belongs to one session: the one that ``set_agent`` gave it to, or, in bulk mode, the one that made
it. Its methods send at once and give a ``Request`` that may be awaited or left to the events.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.core.secret import Secret
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError, Refused
from ctios_fast.keywords import (
    CTIOS_AGENTEXTENSION,
    CTIOS_AGENTID,
    CTIOS_AGENTINSTRUMENT,
    CTIOS_AGENTSTATE,
    CTIOS_UNIQUEOBJECTID,
)
from ctios_fast.model.arguments import Arguments, made
from ctios_fast.protocol import numbers as ged

from . import states
from .reasons import FORCED_LOGOUT, unsigned_reason
from .requests import StateChange

if TYPE_CHECKING:
    from ctios_fast.model.session import Session

__all__ = ["Agent"]

log = logging.getLogger("ctios_fast.agent")

_NULL_SKILL_GROUP = 0xFFFFFFFF
_SIGNING = (states.LOGIN, states.LOGOUT)
_REASONS = range(-0x8000, 0x10000)
_NO_PASSWORD = Secret("")
_LABELS = {state: f"agent state {state}" for state in states.ASKABLE}

#: Arguments of a change of state about which nothing is known, in the order that they have.
_NO_DETAILS: dict[str, Any] = {
    kw.CTIOS_PERIPHERALID: None,
    kw.CTIOS_PERIPHERALTYPE: 0xFFFF,
    kw.CTIOS_AGENTSTATE: states.UNKNOWN,
    kw.CTIOS_SKILLGROUPNUMBER: _NULL_SKILL_GROUP,
    kw.CTIOS_SKILLGROUPID: _NULL_SKILL_GROUP,
    kw.CTIOS_STATEDURATION: 0,
    kw.CTIOS_SKILLGROUPPRIORITY: 0,
    kw.CTIOS_EVENTREASONCODE: 0,
    kw.CTIOS_SKILLGROUPSTATE: states.UNKNOWN,
    kw.CTIOS_AGENTID: "",
    kw.CTIOS_AGENTEXTENSION: "",
    kw.CTIOS_AGENTINSTRUMENT: "",
    kw.CTIOS_UNIQUEOBJECTID: "",
}

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


class Agent:
    """One agent of a peripheral.

    ``state`` is the overall AgentState, None as long as nothing was heard of it; ``reason_code`` that of
    the last state event, 0 where it had none. The password is kept, since the peripheral can ask for it
    again at logout and at a new login, and is never shown.
    """

    __slots__ = (
        "__weakref__",
        "_changes",
        "_missed_events",
        "_password",
        "_pre_logout_told",
        "agent_extension",
        "agent_id",
        "agent_instrument",
        "auto_login",
        "peripheral_id",
        "reason_code",
        "session",
        "state",
    )

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
        self._password = Secret(agent_password) if agent_password else _NO_PASSWORD
        self._changes: tuple[StateChange, ...] = ()
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
        if isinstance(password, Secret):
            self._password = password
        else:
            self._password = Secret(password) if password else _NO_PASSWORD

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
                CilCode.E_CTIOS_INVALID_ARGUMENT, f"{keyword} of a logged-in agent cannot change"
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
        given = None if args is None else Arguments(args)
        if agent_password is not None:
            self.agent_password = agent_password
        del args, agent_password  # an error below shows this method's variables in its traceback
        if given is not None:
            self._take_identity(given)
        if agent_instrument is not None:
            self.agent_instrument = agent_instrument
        if self.state is not None and not self._missed_events:
            return self._login_known(given, timeout)
        session = self._usable_session()
        session.require_open()
        outcome: Request[int] = Request("Login")

        def asked(query: Request[Message]) -> None:
            error = query.exception()
            if error is not None:
                outcome.set_exception(error)
                return
            try:
                _pass_on(self._login_known(given, timeout), outcome)
            except Exception as failure:
                outcome.set_exception(failure)

        session.query_agent_state(self, timeout).add_done_callback(asked)
        return outcome

    def _login_known(self, given: Arguments | None, timeout: float | None) -> Request[int]:
        if self.state in states.LOGGED_OUT:
            return self._ask_state("Login", states.LOGIN, 0, given, timeout)
        self._usable_session().require_open()
        assert self.state is not None
        there: Request[int] = Request("Login")
        there.set_result(self.state)
        return there

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
        given = None if args is None else Arguments(args)
        del args  # it may hold a password, which no traceback may show
        if given is not None:
            self._take_identity(given)
        reason = _reason(given, reason_code)
        session = self._usable_session()
        if self.state in states.LOGGED_OUT:
            raise MethodError(CilCode.E_CTIOS_AGENT_NOT_LOGIN, f"agent {self.agent_id} is not logged in")
        session.require_open()
        self._require_instrument()
        if not self._pre_logout_told:
            self._pre_logout_told = True
            self._fire("OnPreLogout", self.state_arguments, reason)
        try:
            return self._ask_state(_LABELS[states.LOGOUT], states.LOGOUT, reason, given, timeout)
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
        given = Arguments(state) if isinstance(state, Mapping) else None
        wanted = _integer(state, kw.CTIOS_AGENTSTATE) if given is None else None
        del state  # it may hold a password, which no traceback may show
        if given is not None:
            if kw.CTIOS_AGENTSTATE not in given:
                raise MethodError(CilCode.E_CTIOS_MISSING_ARGUMENT, "AgentState is missing")
            wanted = _number(given, kw.CTIOS_AGENTSTATE)
        if wanted not in states.ASKABLE:
            raise MethodError(CilCode.E_CTIOS_INVALID_ARGUMENT, f"agent state {wanted} cannot be asked for")
        if given is not None:
            self._take_identity(given)
        return self._ask_state(_LABELS[wanted], wanted, _reason(given, reason_code), given, timeout)

    def query_agent_state(self, *, timeout: float | None = None) -> Request[Message]:
        """Ask for the agent's state; ``OnQueryAgentStateConf`` tells it, and the answer is the message."""
        return self._usable_session().query_agent_state(self, timeout)

    def _usable_session(self) -> "Session":
        if self.session is None:
            raise MethodError(CilCode.E_CTIOS_INVALID_SESSION, f"agent {self.agent_id} belongs to no session")
        return self.session

    def _take_identity(self, given: Arguments) -> None:
        for keyword in (kw.CTIOS_AGENTID, kw.CTIOS_PERIPHERALID):
            if keyword in given:
                mine = getattr(self, _SETTABLE[keyword])
                if mine is not None and str(given[keyword]) != str(mine):
                    raise MethodError(
                        CilCode.E_CTIOS_LOGIN_INCONSISTENT_ARGUMENTS,
                        f"{keyword} is {given[keyword]}, but the agent's is {mine}",
                    )
        for keyword, name in _SETTABLE.items():
            if keyword in given and name not in ("agent_id", "peripheral_id"):
                setattr(self, name, _coerced(name, given[keyword]))

    def _ask_state(
        self, label: str, wanted: int, reason: int, given: Arguments | None, timeout: float | None
    ) -> StateChange:
        session = self.session or self._usable_session()
        peripheral_id = session.peripheral_of(self) if self.peripheral_id is None else self.peripheral_id
        instrument = self.agent_instrument or self._require_instrument()
        password = self._password if wanted in _SIGNING else None
        work_mode = 0
        position = supervisor = None
        if given is not None:
            work_mode = _number(given, kw.CTIOS_AGENTWORKMODE)
            if password is not None:
                position, supervisor = _text(given, kw.CTIOS_POSITIONID), _text(given, kw.CTIOS_SUPERVISORID)

        change = StateChange(label, self, wanted)
        link = session.enter(change, ged.SET_AGENT_STATE_REQ, timeout)
        try:
            # no variable holds the frame: there is a password in it, and a traceback shows variables
            link.send(
                session.write_state_request(
                    session.codec,
                    invoke_id=change.invoke_id,
                    peripheral_id=peripheral_id,
                    agent_state=wanted,
                    agent_work_mode=work_mode,
                    event_reason_code=reason,
                    agent_service_req=session.agent_services,
                    agent_instrument=instrument,
                    agent_id=self.agent_id,
                    agent_password=password,
                    position_id=position,
                    supervisor_id=supervisor,
                )
            )
        except BaseException as error:
            session.not_sent(change, error)
            raise
        self._changes = (*self._changes, change)
        return change

    def _require_instrument(self) -> str:
        instrument = self.agent_instrument or self.agent_extension
        if not instrument:
            raise MethodError(
                CilCode.E_CTIOS_MISSING_ARGUMENT, f"agent {self.agent_id} has no AgentInstrument to act on"
            )
        return instrument

    # --- answers and events ---------------------------------------------------------------------

    def state_confirmed(self, confirmation: Message) -> None:
        """Tell that a request for a state was confirmed (its own call)."""
        session = self.session
        if session is not None and session.events.listeners["OnSetAgentStateConf"]:
            args = {
                kw.CTIOS_INVOKEID: confirmation["InvokeID"],
                kw.CTIOS_AGENTID: self.agent_id,
                kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
            }
            session.events.fire("OnSetAgentStateConf", made(args))

    def state_refused(self, change: StateChange, error: BaseException) -> None:
        """Tell that a request for a state failed (its own call)."""
        self.drop(change)
        if change.wanted == states.LOGOUT:
            self._pre_logout_told = False
        if isinstance(error, Refused):
            self.request_failed(error, logout=change.wanted == states.LOGOUT)

    def request_failed(self, error: Refused, *, logout: bool = False) -> None:
        """Tell that a request about this agent was refused (the session's call)."""

        def arguments() -> Arguments:
            return made(
                {
                    kw.CTIOS_INVOKEID: error.invoke_id,
                    kw.CTIOS_PERIPHERALID: self.peripheral_id,
                    kw.CTIOS_FAILURECODE: error.code,
                    kw.CTIOS_PERIPHERALERRORCODE: getattr(error, "peripheral_error_code", 0),
                    kw.CTIOS_AGENTID: self.agent_id,
                    kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
                    kw.CTIOS_MESSAGETYPE: error.message_type,
                    kw.CTIOS_ERRORMESSAGE: str(error),
                }
            )

        if logout:
            self._fire("OnLogoutFailed", arguments)
        self._fire("OnControlFailureConf", arguments)

    def drop(self, change: StateChange) -> bool:
        """Wait for this state no longer; False when nobody did (the request's call)."""
        if change not in self._changes:
            return False
        rest = [other for other in self._changes if other is not change] if len(self._changes) > 1 else ()
        self._changes = tuple(rest)
        return True

    def connection_lost(self, reason: str) -> None:
        """Fail what waits for a state event (the session's call)."""
        changes, self._changes = self._changes, ()
        self._pre_logout_told = False
        self._missed_events = True
        for change in changes:
            change.lost(reason)

    def forget_state(self) -> None:
        """Begin anew: what was heard over an earlier connection says nothing (the session's call)."""
        self.state = None
        self.reason_code = 0
        self._missed_events = False

    def state_event(self, state: int, reason: int, message: Message | None = None) -> None:
        """Take in the state that an AGENT_STATE_EVENT tells and fire its events (the session's call)."""
        self._missed_events = False
        logged_out = state == states.LOGOUT and (self.state is None or self.state not in states.LOGGED_OUT)
        if logged_out and not self._pre_logout_told:
            # the peripheral's own act: nobody was told before
            self._fire("OnPreLogout", self.state_arguments, reason, message)
        self.state = state
        self.reason_code = reason
        session = self.session
        if session is not None and session.events.listeners["OnAgentStateChange"]:
            session.events.fire("OnAgentStateChange", self.state_arguments(reason, message))
        if logged_out:
            self._pre_logout_told = False
            self._fire("OnPostLogout", self.state_arguments, reason, message)
        if self._changes:
            for change in self._changes:
                change.state_shown(state)

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
            self.state_event(states.LOGOUT, FORCED_LOGOUT)

    def _identify(self, message: Message) -> None:
        for name, attribute in (
            ("AgentExtension", "agent_extension"),
            ("AgentInstrument", "agent_instrument"),
        ):
            value = message.get(name)
            if value:
                setattr(self, attribute, value)

    # --- arguments ------------------------------------------------------------------------------

    def _fire(self, event: str, arguments: Callable[..., Arguments], *values: Any) -> None:
        session = self.session
        if session is not None and session.events.listeners[event]:
            session.events.fire(event, arguments(*values))

    def state_arguments(self, reason: int, message: Message | None = None) -> Arguments:
        """What the events of a change of state carry (the session's call)."""
        session = self.session
        if message is None or session is None:
            values = {
                **_NO_DETAILS,
                kw.CTIOS_PERIPHERALID: self.peripheral_id,
                kw.CTIOS_EVENTREASONCODE: reason,
            }
        else:
            values = session.fill_details(message, _NO_DETAILS)
        values[CTIOS_AGENTSTATE] = states.UNKNOWN if self.state is None else self.state
        values[CTIOS_AGENTID] = self.agent_id
        values[CTIOS_AGENTEXTENSION] = self.agent_extension or ""
        values[CTIOS_AGENTINSTRUMENT] = self.agent_instrument or ""
        values[CTIOS_UNIQUEOBJECTID] = f"agent.{self.peripheral_id}.{self.agent_id}"
        return made(values)

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
            values[f"SkillGroup[{number}]"] = made(dict(zip(names, group, strict=True)))
        return made(values)


def _named(table: Mapping[str, str], keyword: str) -> str:
    for known, name in table.items():
        if known.lower() == keyword.strip().lower():
            return name
    raise KeyError(keyword)


def _number(given: Arguments | None, keyword: str) -> int:
    return 0 if given is None else _integer(given.get(keyword, 0), keyword)


def _integer(value: Any, keyword: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise MethodError(CilCode.E_CTIOS_INVALID_ARGUMENT, f"{keyword} is no number") from None


def _text(given: Arguments, keyword: str) -> str | None:
    return str(given[keyword]) if keyword in given else None


def _reason(given: Arguments | None, reason_code: int | None) -> int:
    # as the unsigned number of the wire
    reason = _number(given, kw.CTIOS_EVENTREASONCODE) if reason_code is None else reason_code
    if reason not in _REASONS:
        raise MethodError(CilCode.E_CTIOS_INVALID_ARGUMENT, f"a reason code has 16 bits, {reason} has more")
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
