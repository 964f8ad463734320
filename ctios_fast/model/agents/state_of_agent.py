"""StateOfAgent: how events, answers, requests and gaps change what is known of an agent's state.

``state`` changes in two places: ``_apply_state`` takes in an event, ``_apply_answer`` the answer to a query.

**Requests for states.** A ``StateChange`` that was sent waits here until an event shows its state; the event
answers the oldest request that it fits.

**Logouts.** OnPreLogout comes before a logout is asked for, or before the event of one that nobody asked for.
OnPostLogout comes after every listener had the OnAgentStateChange. One logout is reported once, also where
each skill group has an event of its own, and where UNKNOWN lies between.

**Gaps.** After a loss, or a time in which the peripheral was out of reach, the state is doubtful until it was
asked for. A logout in the gap is found by the answer, and reported then.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from ctios_fast.core import Message
from ctios_fast.enums import AgentState, CilCode
from ctios_fast.errors import ConnectionLost, Refused
from ctios_fast.model.coercion import optional_seconds
from ctios_fast.model.context import Context
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import NULL_PERIPHERAL_ID

from . import states
from .desktop import AgentRequests
from .gap import LOGOUTS_FOUND, NO_GAP, Gap
from .reasons import FORCED_LOGOUT
from .requests import StateChange
from .returning import Return, return_after
from .state_arguments import (
    confirmation_arguments,
    domain_arguments,
    monitored_arguments,
    query_arguments,
    state_arguments,
)
from .state_waits import StateWait, wanted_states
from .states import STATES, agent_state

__all__ = [
    "MAX_DOMAINS",
    "NEVER_QUIET",
    "QUIET_SLOTS",
    "ChangeOfAgent",
    "StateOfAgent",
    "apply_domain_state",
    "apply_listed_state",
    "apply_state",
    "ask_after_gap",
    "ask_at_opening",
    "doubt_unheard",
    "needs_repair",
]

#: Media routing domains beside voice whose states are kept for one agent. A site has a handful.
MAX_DOMAINS: Final = 256

#: States whose events need more than taking the state in.
_LOGOUT: Final = int(states.LOGOUT)
_UNKNOWN: Final = int(states.UNKNOWN)
#: What an event is for an agent: an own one without a logout, an own one with it, or a monitor's.
_STAYS, _LEAVES, _MONITORED = 0, 1, 2
#: Slots of an agent for which ``_apply_state`` only changes the state and the reason code while nobody
#: listens: no gap is open, no request waits, and the state is not followed.
QUIET_SLOTS: Final[Mapping[str, object]] = {"_changes": None, "_gap": None, "_is_followed": False}
#: States for which it may do more.
NEVER_QUIET: Final = (_LOGOUT, _UNKNOWN)


class StateOfAgent(AgentRequests):
    """The base of ``Agent`` that keeps its state.

    ``state``: the overall AgentState in the voice domain, None until something was heard of it. A number that
    is not an AgentState stays a number. ``reason_code``: that of the last state event, 0 without one.
    ``domain_states``: the states of other media routing domains, by MRDID.
    """

    __slots__ = (
        "_changes",
        "_gap",
        "_is_pre_logout_fired",
        "_return",
        "domain_states",
        "reason_code",
        "state",
    )

    def __init__(self) -> None:
        super().__init__()
        self.state: AgentState | int | None = None
        self.reason_code = 0
        self.domain_states: dict[int, AgentState | int] | None = None
        #: The oldest request for a state that is not answered yet. ``later`` of each request is the next one.
        #: A tuple of them would be one more object for the garbage collector in a job of many logins.
        self._changes: StateChange | None = None
        #: Whether listeners have had the OnPreLogout of the logout under way.
        self._is_pre_logout_fired = False
        #: What a gap in the events left open; None for most agents at most times, which saves memory.
        self._gap: Gap | None = None
        #: The state that the agent goes back to after an auto login, with its reason. Without auto login it
        #: is None.
        self._return: Return | None = None

    @property
    def is_logged_in(self) -> bool:
        """Whether the last event or answer about the agent says that it is logged in."""
        return self.state is not None and self.state not in states.NOT_SIGNED_IN

    @property
    def is_doubtful(self) -> bool:
        """Whether events may have been missed since ``state`` was heard of, so that it may be stale."""
        return self._gap is not None and self._gap.is_doubtful

    def wait_for_state(
        self, *wanted: AgentState | int, timeout: float | None = None
    ) -> "asyncio.Future[AgentState]":
        """A future of the first of these states that the agent is in, from this call on.

        - ``wanted``: states such as ``AgentState.AVAILABLE``.
        - ``timeout``: seconds, None for no limit.

        If ``state`` is one of them at the call, the future is done at once; ``is_doubtful`` tells whether
        that state may be stale. Otherwise the first event, answer or list that shows one of them completes
        it, even if the agent has left the state by the time the program goes on. So the method may be called
        before the request that leads to the state.

        Raises ``MethodError`` for what is not an AgentState, without a state, and where the agent does not
        belong to a session. The future fails

        - with ``TimeoutError`` when the seconds are over;
        - with ``ConnectionLost`` when the session is closed, lost with no side left to try, refused by the
          server, or not connected;
        - with ``MethodError`` when the session cannot hear of the state any more though it is connected: its
          mode ended (E_CTIOS_MODE_NOT_SET), the agent left the session (E_CTIOS_INVALID_SESSION), or the
          agent was monitored and is not any more, such as one who left its team (E_CTIOS_INVALID_AGENT).
        """
        states = wanted_states(wanted)
        timeout = optional_seconds("timeout", timeout)
        context = self._require_context()
        context.require_thread()
        waits = context.state_waits

        def follow(wait: StateWait) -> None:
            waits.setdefault(self, []).append(wait)
            self._follow_or_not()

        def unfollow(wait: StateWait) -> None:
            waits[self].remove(wait)
            if not waits[self]:
                del waits[self]
                self._follow_or_not()

        peripheral_id = self._peripheral(context)
        name = f"agent {self.agent_id}"
        if peripheral_id != NULL_PERIPHERAL_ID:  # it is not known before a mode is set
            name += f" of peripheral {peripheral_id}"
        wait = StateWait(context, name, states, context.hears(self), follow, unfollow)
        wait.look(self.state)
        return wait.begin(timeout)

    def _follow_or_not(self) -> None:
        super()._follow_or_not()
        if self._context is not None and self in self._context.state_waits:
            self._is_followed = True

    def _state_heard(self, message: Message | None) -> None:
        super()._state_heard(message)
        self._show_to_waits()

    def _show_to_waits(self) -> None:
        context: Context = self._context  # type: ignore[assignment]
        for wait in context.state_waits.get(self, ()):
            wait.look(self.state)

    def _leave(self) -> None:
        if self._context is not None:
            for wait in self._context.state_waits.get(self, ()):
                wait.give_up(CilCode.E_CTIOS_INVALID_SESSION, "the agent left the session")
        super()._leave()

    # --- Events -------------------------------------------------------------------------------------

    def _apply_state(self, state: int, reason: int, message: Message) -> None:
        # Takes in a state of the voice domain, and fires its events.
        # ``state``, ``reason``: AgentState and EventReasonCode, as numbers of the wire. ``message``: the
        # AGENT_STATE_EVENT that carries them, or the QUERY_AGENT_STATE_CONF in which a repair found them.
        context: Context = self._context  # type: ignore[assignment]
        verdict: int | None = None
        if self._gap is not None or state == _LOGOUT or state == _UNKNOWN:  # noqa: SIM109, it is faster
            verdict = self._prepare(state, reason, message)
        try:
            known: AgentState | int = STATES[state]
        except IndexError:
            known = state
        self.state = known
        self.reason_code = reason
        if self._is_followed:
            self._follow(state, reason, message)
        # Nobody hears of most events of bulk mode: they only change the state.
        if verdict or not context.is_everything_own or context.listeners["OnAgentStateChange"]:
            if verdict is None:
                is_leaving, is_own = False, context.is_everything_own or self._is_own(context, message)
            else:
                is_leaving, is_own = verdict == _LEAVES, verdict != _MONITORED
            if is_own:
                self._report_state(context, reason, message, is_leaving)
            elif self._report_monitored(context, reason, message):
                return
        if self._changes is not None:
            self._show(known, reason)

    def _report_monitored(self, context: Context, reason: int, message: Message) -> bool:
        # Returns whether the session's own copy of the event answers requests.
        buttons = context.supervisor_buttons
        self._take_groups(context, message)
        context.fire("OnMonitoredAgentStateChange", monitored_arguments, self, reason, message, context)
        if buttons is not None:
            buttons.report(self.unique_object_id, ged.AGENT_STATE_EVENT)
        return self is context.current_agent

    def _follow(self, state: int, reason: int, message: Message) -> None:
        if self.auto_login:
            self._return = return_after(state, reason, self._return)
        self._state_heard(message)

    def _report_state(self, context: Context, reason: int, message: Message, is_leaving: bool) -> None:
        buttons = None if context.buttons is None else self._buttons  # the property takes longer
        if buttons is not None:
            self._take_desk(message)
        context.fire("OnAgentStateChange", state_arguments, self, reason, message, context)
        if is_leaving:
            self._is_pre_logout_fired = False
            context.fire("OnPostLogout", state_arguments, self, reason, message, context)
        if buttons is not None:
            buttons.report(self.unique_object_id, ged.AGENT_STATE_EVENT)

    def _prepare(self, state: int, reason: int, message: Message) -> int:
        # Before LOGOUT, UNKNOWN, or the end of a gap is taken in. Returns one of the verdicts.
        is_own = self._is_own(self._context, message)  # type: ignore[arg-type]
        verdict = _STAYS if is_own else _MONITORED
        gap = self._gap or NO_GAP
        if gap is not NO_GAP:
            gap.is_doubtful = False
        if state not in states.NOT_SIGNED_IN:
            if gap is not NO_GAP:
                gap.before_copy = None
            return verdict
        if state == states.UNKNOWN:
            if self.state != states.UNKNOWN:
                self._open_gap().before_unknown = self.state
            return verdict
        before = gap.before_unknown if self.state == states.UNKNOWN else self.state
        if is_own:
            return _LEAVES if self._leaves(before, reason, message) else _STAYS
        # the session's own copy of a monitored LOGOUT is to come, if there is one
        if before != states.LOGOUT and self is self._context.current_agent:  # type: ignore[union-attr]
            self._open_gap().before_copy = before
        return verdict

    def _leaves(self, before: AgentState | int | None, reason: int, message: Message) -> bool:
        # Before an own LOGOUT is taken in; ``before``: the state. Returns whether OnPostLogout follows.
        gap = self._gap
        if gap is not None:
            gap.reason = None
            if gap.before_copy is not None:
                before, gap.before_copy = gap.before_copy, None
        context: Context = self._context  # type: ignore[assignment]
        if before == states.LOGOUT or not self._is_reported(context):
            return False
        if not self._is_pre_logout_fired:  # logged out by the peripheral, not by a request
            context.fire("OnPreLogout", state_arguments, self, reason, message, context)
        return True

    def _is_reported(self, context: Context) -> bool:
        # Whether OnPreLogout and OnPostLogout report the agent's logouts. They make a program disconnect, so
        # that those of another agent would end the session of the one it serves.
        return self is context.current_agent or (context.hears_all and not self._is_monitored(context))

    def _is_monitored(self, context: Context) -> bool:
        return context.monitors.is_monitored(self.agent_id)

    def _is_own(self, context: Context, message: Message) -> bool:
        if context.is_everything_own:
            return True
        if message.type != ged.AGENT_STATE_EVENT:  # a repair found the state
            return self._is_reported(context)
        is_own = context.is_own(message.get("MonitorID"))
        if is_own is not None:
            return is_own
        return not self._is_monitored(context) if context.hears_all else self is context.current_agent

    def _apply_domain_state(self, domain: int, state: int, reason: int, message: Message) -> bool:
        # Takes in a state of another media routing domain, by its MRDID, and fires its event. Returns False,
        # and does nothing, for a new domain once MAX_DOMAINS are known.
        if self.domain_states is None:
            self.domain_states = {}
        if domain not in self.domain_states and len(self.domain_states) >= MAX_DOMAINS:
            return False
        self.domain_states[domain] = agent_state(state)
        context: Context = self._context  # type: ignore[assignment]
        is_own = context.is_everything_own or self._is_own(context, message)
        context.fire(
            "OnAgentStateChange" if is_own else "OnMonitoredAgentStateChange",
            domain_arguments,
            self,
            domain,
            reason,
            message,
            is_own,
            context,
        )
        return True

    # --- Answers to a query -------------------------------------------------------------------------

    def _apply_answer(self, message: Message) -> None:
        # After a gap, an agent that is found in another state or in other skill groups changed meanwhile: its
        # event is fired, since the server does not repeat it. One that is found logged out though it was not
        # was logged out. The events of that logout are fired: with the reason that the program gave if it had
        # asked for the logout, otherwise with that of a forced logout. An agent whose monitoring has just
        # begun may have logged out long ago: that is a change like any other.
        state = message["AgentState"]
        gap = self._gap or NO_GAP
        is_missed = gap.is_doubtful and not gap.is_unheard and self.is_logged_in and state == states.LOGOUT
        context: Context = self._context  # type: ignore[assignment]
        groups_before = self._group_ids() if gap.is_doubtful else None
        if self._buttons is None:
            self._take_groups(context, message)
        else:
            self._take_desk(message)
        is_same_state = state == self.state
        is_changed = (
            gap.is_doubtful
            and self.state is not None
            and state != states.UNKNOWN
            and not (is_same_state and groups_before in (None, self._group_ids()))
        )
        reason = FORCED_LOGOUT if gap.reason is None else gap.reason
        if gap is not NO_GAP:
            gap.is_doubtful = False
            gap.reason = None
        if not is_missed:  # a listener that logs the agent in must find the state that the event reports
            self._identify(message)
            self.state = agent_state(state)
            if self._is_followed and not is_changed:
                self._state_heard(message)
        context.fire("OnQueryAgentStateConf", query_arguments, self, message)
        if is_missed:
            context.tally[LOGOUTS_FOUND] += 1
            self._apply_state(state, reason, message)
        elif is_changed:  # the answer has no reason
            self._apply_state(state, self.reason_code if is_same_state else 0, message)
        elif self._buttons is not None:  # the first answer is what a desktop begins with
            self._buttons.report(self.unique_object_id, message.type)

    def _apply_listed_state(self, state: int) -> None:
        # Takes in the state that a list of a team's members names, where nothing newer was heard.
        self.state = agent_state(state)
        if self._is_followed:
            self._state_heard(None)

    def _apply_late_answer(self, message: Message) -> None:
        # Takes in the answer to a query that a repair made while the state was doubtful. Where an event has
        # reported the state since, the answer is reported and changes nothing.
        if self.is_doubtful:
            self._apply_answer(message)
        else:
            context: Context = self._context  # type: ignore[assignment]
            context.fire("OnQueryAgentStateConf", query_arguments, self, message)

    def _identify(self, message: Message) -> None:
        is_moved = False
        for name, attribute in (
            ("AgentExtension", "agent_extension"),
            ("AgentInstrument", "agent_instrument"),
        ):
            value = message.get(name)
            if value and value != getattr(self, attribute):  # an equal one would only take memory
                setattr(self, attribute, value)
                is_moved = True
        if is_moved and self._context is not None:
            self._context.monitors.device_changed(self)

    # --- Requests for states ------------------------------------------------------------------------

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

    def _show(self, state: AgentState | int, reason: int) -> None:
        # One event answers one request, the oldest that it fits: later ones have events of their own.
        change = self._changes
        while change is not None:
            if change.shown(state, reason):
                if change.done():
                    self._drop(change)
                return
            change = change.later

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

    def _change_confirmed(self, confirmation: Message) -> None:
        context = self._context
        if context is not None and context.listeners["OnSetAgentStateConf"]:
            context.fire("OnSetAgentStateConf", confirmation_arguments, self, confirmation)

    def _change_failed(self, change: StateChange, error: BaseException) -> None:
        # Forgets the request for a state, and fires the events of its failure.
        was_sent = self._drop(change)
        events: tuple[str, ...] = ()
        if change.wanted == states.LOGOUT:
            self._is_pre_logout_fired = False
            events = ("OnLogoutFailed",)
            if was_sent and isinstance(error, ConnectionLost):
                self._open_gap().reason = change.reason
        if isinstance(error, Refused) and self._fire_refusal(error, *events):
            change.reported()

    # --- Gaps ---------------------------------------------------------------------------------------

    def _connection_lost(self, reason: str) -> None:
        change, self._changes = self._changes, None
        self._is_pre_logout_fired = False
        while change is not None:
            if change.wanted == states.LOGOUT:
                self._open_gap().reason = change.reason
            change.lost(reason)
            change = change.later
        self._doubt()

    def _doubt(self) -> None:
        gap = self._open_gap()
        if not gap.is_doubtful:
            gap.is_unheard = False
        gap.is_doubtful = True
        if self.auto_login and self.is_logged_in and gap.reason is None:
            gap.is_returning = True
            if not gap.is_back:
                gap.return_to = return_after(self.state, self.reason_code, self._return)

    def _ask_at_opening(self) -> None:
        # Has the state asked for once the mode is open, though nothing was heard of the agent yet.
        gap = self._open_gap()
        gap.is_doubtful = gap.is_named = True

    def _ask_after_gap(self) -> None:
        # Has the state asked for after a gap, though nothing was heard of the agent before.
        self._open_gap().is_named = True

    def _doubt_unheard(self) -> None:
        # The session did not hear of changes of the state until now, and hears of them from now on.
        gap = self._open_gap()
        if not gap.is_doubtful:
            gap.is_unheard = True
        gap.is_doubtful = gap.is_named = True

    def _needs_repair(self) -> bool:
        # Whether events of a gap may have changed the state, or the agent has to be logged in again.
        gap = self._gap
        if gap is None:
            return False
        return gap.is_returning or (gap.is_doubtful and (gap.is_named or self.state is not None))

    def _open_gap(self) -> Gap:
        if self._gap is None:
            self._gap = Gap()
        return self._gap

    def _forget(self) -> None:
        self.state = None
        self.reason_code = 0
        self.domain_states = None
        self._gap = None
        self._return = None
        super()._forget()


class ChangeOfAgent(StateChange):
    """A request for the state of one Agent."""

    __slots__ = ()

    _agent: StateOfAgent

    def _report_confirmed(self, message: Message) -> None:
        self._agent._change_confirmed(message)  # noqa: SLF001 - a class of this module

    def _report_over(self) -> None:
        self._agent._drop(self)  # noqa: SLF001 - a class of this module

    def _report_failed(self, error: BaseException) -> None:
        self._agent._change_failed(self, error)  # noqa: SLF001 - a class of this module


#: What other modules do with the state of an agent. A program does not see it among the agent's methods.
apply_state: Final = StateOfAgent._apply_state  # noqa: SLF001 - a class of this module
apply_domain_state: Final = StateOfAgent._apply_domain_state  # noqa: SLF001 - a class of this module
apply_listed_state: Final = StateOfAgent._apply_listed_state  # noqa: SLF001 - a class of this module
doubt_unheard: Final = StateOfAgent._doubt_unheard  # noqa: SLF001 - a class of this module
ask_after_gap: Final = StateOfAgent._ask_after_gap  # noqa: SLF001 - a class of this module
ask_at_opening: Final = StateOfAgent._ask_at_opening  # noqa: SLF001 - a class of this module
needs_repair: Final = StateOfAgent._needs_repair  # noqa: SLF001 - a class of this module
