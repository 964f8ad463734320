"""Agents' states: what they ask for, what calls do to them, and the time that they spend in each."""

from collections.abc import Callable
from typing import Final

from ctios_fast.protocol.enums import (
    AgentState,
    AgentWorkMode,
    CallType,
    ControlFailureCode,
    LocalConnectionState,
)

from .agent_machine import (
    AFTER_CALLS,
    CALL_WORK,
    DURING_CALLS,
    TAKES_REASON,
    AfterCalls,
    CallLoad,
    UnsettableState,
    WrongState,
    outcome,
)
from .call_data_limits import check_text
from .call_records import count
from .entities import VOICE_MRD, MediaState, PlantAgent, SkillGroup
from .floor import Floor
from .plant_error import ControlRefusal
from .tallies import STATE_FIGURE, AgentTallies

__all__ = ["AgentDesk"]

_REASON_BITS: Final = 0xFFFF
_LOGIN: Final = AgentState.AGENT_STATE_LOGIN
_LOGOUT: Final = AgentState.AGENT_STATE_LOGOUT
_NOT_READY: Final = AgentState.AGENT_STATE_NOT_READY
_AVAILABLE: Final = AgentState.AGENT_STATE_AVAILABLE
_RESERVED: Final = AgentState.AGENT_STATE_RESERVED
_BUSY_OTHER: Final = AgentState.AGENT_STATE_BUSY_OTHER
_WORK_READY: Final = AgentState.AGENT_STATE_WORK_READY
_WORK: Final = frozenset({_WORK_READY, AgentState.AGENT_STATE_WORK_NOT_READY})
_OF_ONE_GROUP: Final = (CALL_WORK | _WORK) - {_BUSY_OTHER}
"""States that the agent has in the group of its call; in the others it is BUSY_OTHER."""

_WORK_NOT_ALLOWED: Final = 2
_WORK_REQUIRED: Final = frozenset({0, 3})
_LISTENING: Final = frozenset({CallType.CALLTYPE_SUPERVISOR_MONITOR, CallType.CALLTYPE_SUPERVISOR_WHISPER})
_ACTIVE: Final = frozenset(
    {
        LocalConnectionState.LCS_CONNECT,
        LocalConnectionState.LCS_INITIATE,
        LocalConnectionState.LCS_FAIL,
    }
)


class AgentDesk:
    """Moves agents from state to state.

    ``when_available``: called with an agent that has become available and has no call.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor: Final = floor
        self.when_available: Callable[[PlantAgent], object] | None = None

    # --- requests -----------------------------------------------------------------------------------

    def set_agent_state(
        self,
        agent: PlantAgent,
        state: int,
        reason: int = 0,
        *,
        forced: bool = False,
        mrd: int = VOICE_MRD,
        work_mode: AgentWorkMode | None = None,
        remote_number: str = "",
    ) -> None:
        """Do what SET_AGENT_STATE_REQ asks for. During call work the state is kept and entered after it.

        ``state``: the AgentState wanted.
        ``reason``: EventReasonCode, for NOT_READY and LOGOUT.
        ``forced``: ForcedFlag 1: login and logout from any state.
        ``mrd``: the media routing domain.
        ``work_mode``, ``remote_number``: of a login; a mobile agent has a number.

        Raises ControlRefusal: CF_VALUE_OUT_OF_RANGE for a state that cannot be asked for, a missing reason or
        a remote number that the protocol cannot carry, CF_INVALID_OBJECT_STATE where the present state does
        not allow it, CF_OBJECT_NOT_KNOWN for an agent that was removed or a domain that it is not in,
        CF_REQUEST_INCOMPATIBLE_WITH_OBJECT where the desk settings forbid it.
        """
        reason &= _REASON_BITS
        self._require_known(agent)
        media = agent.media.get(mrd)
        if media is None:
            raise ControlRefusal(
                ControlFailureCode.CF_OBJECT_NOT_KNOWN,
                f"agent {agent.agent_id} is not in media routing domain {mrd} but in {sorted(agent.media)}",
            )
        if not self._floor.online:
            raise ControlRefusal(ControlFailureCode.CF_RESOURCE_OUT_OF_SERVICE, "the peripheral is off-line")
        try:
            path = outcome(media.state, state, forced=forced)
        except UnsettableState:
            raise ControlRefusal(
                ControlFailureCode.CF_VALUE_OUT_OF_RANGE,
                f"agent state {state} cannot be asked for: it comes with calls, or does not exist",
            ) from None
        except WrongState:
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_OBJECT_STATE,
                f"agent {agent.agent_id} is {_name(media.state)} and cannot go to {_name(AgentState(state))}",
            ) from None
        self._check_desk(agent, state, reason)
        check_text("remote number", remote_number)
        with self._floor.outlet:
            if path.kept is not None:
                agent.next_state = path.kept
                agent.next_reason = reason
                return
            if state == _LOGIN and mrd == VOICE_MRD:
                agent.work_mode = work_mode or AgentWorkMode.AWM_UNSPECIFIED
                agent.remote_number = remote_number
            for step in path.steps:
                # the reason belongs to the state asked for, not to those that follow from it
                self._enter_domain(agent, mrd, step, reason if step == state else 0)
            if mrd == VOICE_MRD:
                self.refresh(agent)

    def _require_known(self, agent: PlantAgent) -> None:
        if self._floor.population.agents.get(agent.agent_id) is not agent:
            raise ControlRefusal(
                ControlFailureCode.CF_OBJECT_NOT_KNOWN, f"agent {agent.agent_id} was removed"
            )

    @staticmethod
    def _check_desk(agent: PlantAgent, state: int, reason: int) -> None:
        desk = agent.desk
        required = (state == _NOT_READY and desk.idle_reason_required) or (
            state == _LOGOUT and desk.logout_reason_required
        )
        if required and not reason:
            raise ControlRefusal(
                ControlFailureCode.CF_VALUE_OUT_OF_RANGE,
                f"agent {agent.agent_id} must give a reason for {_name(AgentState(state))}",
            )
        if state in _WORK and desk.wrapup_incoming == _WORK_NOT_ALLOWED:
            raise ControlRefusal(
                ControlFailureCode.CF_REQUEST_INCOMPATIBLE_WITH_OBJECT,
                f"the desk settings of agent {agent.agent_id} allow no after-call work",
            )

    def force_logout(self, agent: PlantAgent, reason: int) -> None:
        """Log an agent out as the peripheral does by itself; nothing happens to one that is logged out.

        Calls at its device go on.
        """
        reason &= _REASON_BITS
        if agent.logged_in:
            with self._floor.outlet:
                agent.next_state = None
                self.enter(agent, _LOGOUT, reason)

    def put(self, agent: PlantAgent, state: AgentState, reason: int = 0) -> None:
        """Put an agent into any state, whatever it is in, as a test or an operator does.

        Raises ControlRefusal CF_OBJECT_NOT_KNOWN for an agent that was removed, ValueError for a value that
        is not an AgentState.
        """
        self._require_known(agent)
        state = AgentState(state)
        reason &= _REASON_BITS
        with self._floor.outlet:
            self.enter(agent, state, reason)

    # --- states -------------------------------------------------------------------------------------

    def enter(
        self, agent: PlantAgent, state: AgentState, reason: int = 0, group: SkillGroup | None = None
    ) -> None:
        """Put an agent into a state of the voice domain and report it.

        ``group``: the skill group of the call that brings the state about.
        """
        now = self._floor.now()
        self.settle(agent, now)
        old = agent.voice.state
        if old in _WORK and state not in _WORK:
            self._count_records(agent, now - agent.work_since, now)
            agent.work_since = -1
        agent.group = group
        agent.voice.state = state
        agent.voice.reason = reason if state in TAKES_REASON else 0
        agent.voice.since = now
        agent.work_timer_serial += 1
        self._set_memberships(agent, state, group)
        if old is _AVAILABLE or state is _AVAILABLE:
            self._keep_available(agent, state is _AVAILABLE)
        if state is _LOGIN:
            self._begin_session(agent)
        elif state is _LOGOUT:
            self._count_records(agent, 0, now)
            agent.next_state = None
        elif state in _WORK:
            if old not in _WORK:
                agent.work_since = now
            if agent.desk.work_mode_timer:
                self._floor.clock.call_later(
                    agent.desk.work_mode_timer, self._work_over, agent, agent.work_timer_serial
                )
        self._floor.agent_report.state(agent)
        if state is _AVAILABLE and self.when_available is not None and not agent.device.connections:
            self.when_available(agent)

    def _enter_domain(self, agent: PlantAgent, mrd: int, state: AgentState, reason: int) -> None:
        if mrd == VOICE_MRD:
            self.enter(agent, state, reason)
            return
        agent.media[mrd] = MediaState(state, reason if state in TAKES_REASON else 0, self._floor.now())
        for member in agent.memberships:
            if member.group.mrd == mrd:
                member.enter(state, self._floor.now())
        self._floor.agent_report.state(agent, mrd)

    def _set_memberships(self, agent: PlantAgent, state: AgentState, group: SkillGroup | None) -> None:
        now = self._floor.now()
        voice = [m for m in agent.memberships if m.group.mrd == VOICE_MRD]
        if state not in _OF_ONE_GROUP or len(voice) < 2:
            for member in voice:
                member.enter(state, now)
            return
        group = _counting_group(agent, group)
        for member in voice:
            member.enter(state if member.group is group else _BUSY_OTHER, now)

    @staticmethod
    def _keep_available(agent: PlantAgent, available: bool) -> None:
        for member in agent.memberships:
            if available and agent.routable:
                member.group.available[agent] = None
            else:
                member.group.available.pop(agent, None)

    def groups_changed(self, agent: PlantAgent) -> None:
        """Bring an agent's states in its skill groups in line after it has joined or left one."""
        state = agent.voice.state
        self._set_memberships(agent, state, agent.group)
        if state is _LOGOUT:
            return
        available = state is _AVAILABLE
        self._keep_available(agent, available)
        self._floor.agent_report.state(agent)
        if available and self.when_available is not None and not agent.device.connections:
            self.when_available(agent)

    def _work_over(self, agent: PlantAgent, serial: int) -> None:
        if serial == agent.work_timer_serial:
            with self._floor.outlet:
                self._leave_work(agent)

    def _leave_work(self, agent: PlantAgent) -> None:
        state = _AVAILABLE if agent.state is _WORK_READY else _NOT_READY
        self.enter(agent, state)

    # --- calls --------------------------------------------------------------------------------------

    def reserve(self, agent: PlantAgent, group: SkillGroup | None) -> None:
        """Reserve an available agent for a call that is on its way."""
        agent.ready_before_call = True
        self.enter(agent, _RESERVED, group=group)

    def refresh(self, agent: PlantAgent | None) -> None:
        """Bring an agent's state in line with the calls at its device."""
        if agent is None:
            return
        if not agent.logged_in:
            self._count_records(agent, 0, self._floor.now())
            return
        load, group = self._load(agent)
        state = agent.voice.state
        if load in (CallLoad.NONE, CallLoad.RINGING):
            if state in CALL_WORK and (load is CallLoad.NONE or state is not _RESERVED):
                self._after_calls(agent)
            elif agent.records and state not in _WORK:
                self._count_records(agent, 0, self._floor.now())
            if load is CallLoad.RINGING and agent.state is _AVAILABLE:
                self.reserve(agent, group)
            return
        target = DURING_CALLS[load]
        if state not in CALL_WORK:
            agent.ready_before_call = state in (_AVAILABLE, _WORK_READY)
        if state is not target or _counting_group(agent, group) is not _counting_group(agent, agent.group):
            self.enter(agent, target, group=group)
        if agent.records:
            self._count_records(agent, 0, self._floor.now())

    @staticmethod
    def _load(agent: PlantAgent) -> tuple[CallLoad, SkillGroup | None]:
        load, group = CallLoad.NONE, None
        for connection in agent.device.connections:
            state = connection.state
            if state in _ACTIVE:
                found = CallLoad.SUPERVISING if connection.call.call_type in _LISTENING else CallLoad.ACTIVE
            elif state is LocalConnectionState.LCS_HOLD:
                found = CallLoad.HELD
            elif state is LocalConnectionState.LCS_ALERTING:
                found = CallLoad.RINGING
            else:
                continue
            if found.value < load.value:
                load, group = found, connection.group
        return load, group

    def _after_calls(self, agent: PlantAgent) -> None:
        desk = agent.desk
        records = agent.records
        incoming = any(record.incoming for record in records)
        wrapup = (
            bool(records) and (desk.wrapup_incoming if incoming else desk.wrapup_outgoing) in _WORK_REQUIRED
        )
        available = desk.available_after_incoming if incoming else desk.available_after_outgoing
        ready = agent.ready_before_call or (bool(records) and available)
        kept, reason = agent.next_state, agent.next_reason
        state = AFTER_CALLS[AfterCalls(kept, ready, wrapup)]
        agent.next_state = None
        if state not in _WORK:
            self._count_records(agent, 0, self._floor.now())
        elif len(records) > 1:  # after-call work belongs to one call: the one that was handled, or the last
            last = next((r for r in reversed(records) if r.kind.after), records[-1])
            records.remove(last)
            self._count_records(agent, 0, self._floor.now())
            agent.records.append(last)
        self.enter(agent, state, reason if kept is state else 0, agent.group if state in _WORK else None)

    def _count_records(self, agent: PlantAgent, after: int, now: int) -> None:
        for record in agent.records:
            count(agent, record, after, now)
        agent.records.clear()

    # --- time ---------------------------------------------------------------------------------------

    def _begin_session(self, agent: PlantAgent) -> None:
        now = self._floor.now()
        if agent.tallies is None:
            agent.tallies = AgentTallies()
        agent.tallies.session.reset()
        agent.counted_until = now

    def settle(self, agent: PlantAgent, now: int) -> None:
        """Add the time in the present state, up to now, to the agent's figures."""
        start, agent.counted_until = agent.counted_until, now
        state = agent.voice.state
        if state is _LOGOUT or start == now:
            return
        if agent.tallies is None:
            agent.tallies = AgentTallies()
        agent.tallies.add_time(STATE_FIGURE[state], start, now, agent.routable)


def _counting_group(agent: PlantAgent, group: SkillGroup | None) -> SkillGroup | None:
    """The agent's group in which a call of ``group`` counts: its first, if it is not in that group."""
    voice = [m.group for m in agent.memberships if m.group.mrd == VOICE_MRD]
    return group if group in voice or not voice else voice[0]


def _name(state: AgentState) -> str:
    return state.name.removeprefix("AGENT_STATE_")
