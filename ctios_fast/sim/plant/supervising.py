"""Supervisors at agents' calls, and agents that call a supervisor for help."""

from typing import Final

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import (
    AgentState,
    CallDirection,
    CallType,
    ControlFailureCode,
    EventCause,
    LocalConnectionState,
    StatusCode,
    SupervisoryAction,
)

from .call_context import CallContext
from .call_control import CallControl
from .call_flow import CallFlow
from .call_machine import Trigger
from .call_merging import CallMerging
from .call_records import count_action
from .call_reports import is_silent_monitor
from .desk import AgentDesk
from .entities import Connection, PlantAgent
from .floor import Floor
from .plant_error import ControlRefusal, RequestRefusal

__all__ = ["Supervising"]

_CONNECT: Final = LocalConnectionState.LCS_CONNECT
_HOLD: Final = LocalConnectionState.LCS_HOLD
_LISTEN: Final = {
    SupervisoryAction.SUPERVISOR_MONITOR: (
        CallType.CALLTYPE_SUPERVISOR_MONITOR,
        EventCause.CEC_SUPERVISOR_MONITOR,
        "MonitorCalls",
    ),
    SupervisoryAction.SUPERVISOR_WHISPER: (
        CallType.CALLTYPE_SUPERVISOR_WHISPER,
        EventCause.CEC_SUPERVISOR_WHISPER,
        "WhisperCalls",
    ),
}
"""Action -> type of the supervisor's call, cause of its events, figure that counts it."""

_HELPERS: Final = frozenset({AgentState.AGENT_STATE_NOT_READY, AgentState.AGENT_STATE_AVAILABLE})


class Supervising:
    """The operations of supervisors, and emergency and assist calls."""

    def __init__(
        self, floor: Floor, desk: AgentDesk, flow: CallFlow, control: CallControl, merging: CallMerging
    ) -> None:
        self._floor: Final = floor
        self._desk: Final = desk
        self._flow: Final = flow
        self._control: Final = control
        self._merging: Final = merging

    def supervises(self, supervisor: PlantAgent, agent: PlantAgent) -> bool:
        """Whether the agent is in a team of which the other is a supervisor."""
        teams = self._floor.population.teams
        return supervisor is not agent and any(
            supervisor.agent_id in teams[team_id].supervisors for team_id in agent.teams if team_id in teams
        )

    @staticmethod
    def supervised(supervisor: PlantAgent, agent: PlantAgent) -> Connection | None:
        """The agent's connection that the supervisor supervises now, else None."""
        return next((c for c in agent.device.connections if c.is_supervised_by(supervisor)), None)

    def supervise(self, supervisor: PlantAgent, target: Connection, action: int) -> Connection:
        """Monitor, whisper to, barge in on, intercept or leave the call of an agent of the team.

        ``target``: the agent's connection, which is also returned.
        ``action``: SupervisoryAction.

        Raises ControlRefusal: CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE if the agent is not of the
        supervisor's team, CF_NO_ACTIVE_CALL if the agent's call is not connected, CF_RESOURCE_BUSY if the
        supervisor has a call or another supervisor is there, CF_INVALID_OBJECT_STATE for a supervisor that is
        not NOT_READY or an interception without a barge-in, CF_NO_CONNECTION_TO_CLEAR if there is nothing to
        leave. Raises RequestRefusal E_CTI_INVALID_SUPERVISORY_ACTION for another action.
        """
        self._control.check_online()
        try:
            wanted = SupervisoryAction(action)
        except ValueError:
            raise RequestRefusal(
                StatusCode.E_CTI_INVALID_SUPERVISORY_ACTION, f"SupervisoryAction is 0 to 4, not {action}"
            ) from None
        agent = self._control.require_agent(target)
        if not self.supervises(supervisor, agent):
            raise ControlRefusal(
                ControlFailureCode.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE,
                f"agent {supervisor.agent_id} is not a supervisor of agent {agent.agent_id}",
            )
        present = target.supervised_by
        own = present if target.is_supervised_by(supervisor) else None
        if wanted is SupervisoryAction.SUPERVISOR_CLEAR:
            self._leave(supervisor, own)
            return target
        self._control.require(target, ControlFailureCode.CF_NO_ACTIVE_CALL, _CONNECT, _HOLD)
        if wanted is SupervisoryAction.SUPERVISOR_INTERCEPT:
            self._intercept(supervisor, target, own)
            return target
        if own is None:
            self._require_idle(supervisor, present)
        with self._floor.outlet:
            if wanted is SupervisoryAction.SUPERVISOR_BARGE_IN:
                self._barge_in(supervisor, target, own)
            else:
                self._listen(supervisor, target, own, wanted)
        return target

    def _require_idle(self, supervisor: PlantAgent, present: Connection | None) -> None:
        if present is not None:
            raise ControlRefusal(ControlFailureCode.CF_RESOURCE_BUSY, "another supervisor is at this call")
        if supervisor.device.connections:
            raise ControlRefusal(
                ControlFailureCode.CF_RESOURCE_BUSY, f"supervisor {supervisor.agent_id} has a call"
            )
        if supervisor.state is not AgentState.AGENT_STATE_NOT_READY:
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_OBJECT_STATE,
                f"supervisor {supervisor.agent_id} must be NOT_READY to supervise a call",
            )

    def _listen(
        self, supervisor: PlantAgent, target: Connection, own: Connection | None, action: SupervisoryAction
    ) -> None:
        floor = self._floor
        call_type, cause, figure = _LISTEN[action]
        if own is not None:
            if not is_silent_monitor(own.call):
                raise ControlRefusal(
                    ControlFailureCode.CF_INVALID_OBJECT_STATE, "the supervisor talks in the call already"
                )
            if own.call.call_type is call_type:
                raise ControlRefusal(
                    ControlFailureCode.CF_INVALID_OBJECT_STATE,
                    "the supervisor listens or whispers in this way already",
                )
            count_action(supervisor, figure, floor.now())
            own.call.call_type = call_type  # from listening to whispering, or back
            floor.report.data_update(own)
            return
        count_action(supervisor, figure, floor.now())
        call = floor.new_call(call_type, CallContext())
        call.calling, call.called = supervisor.device, target.device
        listener = floor.connect(call, supervisor.device, Trigger.JOIN, CallDirection.OUT)
        listener.established_at = floor.now()
        listener.supervises, target.supervised_by = target, listener
        floor.report.begin(listener)
        floor.report.established(listener, supervisor.device, cause)
        self._desk.refresh(supervisor)
        self._flow.start_stream(listener)

    def _barge_in(self, supervisor: PlantAgent, target: Connection, own: Connection | None) -> None:
        floor = self._floor
        if own is not None:
            if own.call is target.call:
                raise ControlRefusal(
                    ControlFailureCode.CF_INVALID_OBJECT_STATE, "the supervisor has barged in already"
                )
            self._flow.drop(own, EventCause.CEC_SUPERVISOR_BARGE_IN)
        cause = EventCause.CEC_SUPERVISOR_BARGE_IN
        count_action(supervisor, "BargeInCalls", floor.now())
        call = target.call
        joined = floor.connect(call, supervisor.device, Trigger.JOIN, CallDirection.IN, group=target.group)
        joined.established_at = floor.now()
        joined.supervising = True
        joined.handled = False
        joined.supervises, target.supervised_by = target, joined
        floor.report.begin(joined)
        floor.report.established(joined, supervisor.device, cause)
        parties = list(call.connections)
        key = target.key
        floor.report.merged(
            messages.CALL_CONFERENCED_EVENT,
            (target, key),
            None,
            parties,
            supervisor.device,
            [c.device for c in parties],
            cause,
        )
        self._desk.refresh(supervisor)
        self._flow.start_stream(joined)

    def _intercept(self, supervisor: PlantAgent, target: Connection, own: Connection | None) -> None:
        if own is None or own.call is not target.call:
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_OBJECT_STATE, "a call can be intercepted after a barge-in only"
            )
        with self._floor.outlet:
            count_action(supervisor, "InterceptCalls", self._floor.now())
            own.supervising = False
            own.handled = True
            self._flow.drop(target, EventCause.CEC_SUPERVISOR_INTERCEPT)

    def _leave(self, supervisor: PlantAgent, own: Connection | None) -> None:
        if own is None:
            raise ControlRefusal(
                ControlFailureCode.CF_NO_CONNECTION_TO_CLEAR,
                f"supervisor {supervisor.agent_id} does not supervise this call",
            )
        with self._floor.outlet:
            self._flow.drop(own, EventCause.CEC_SUPERVISOR_CLEAR)

    # --- help ---------------------------------------------------------------------------------------

    def emergency_call(self, agent: PlantAgent, connection: Connection | None = None) -> Connection:
        """Call a supervisor of the team in an emergency; return the new call's connection.

        ``connection``: the call that the emergency is about, if any; an active call is held.

        EMERGENCY_CALL_EVENT is published even if no supervisor is free. Raises RequestRefusal
        E_CTI_SUPERVISOR_NOT_FOUND then, E_CTI_AGENT_NOT_LOGGED_ON for an agent that is logged out; and
        ControlRefusal CF_RESOURCE_BUSY if the device has a call that is not connected, or two.
        """
        self._require_line(agent)
        with self._floor.outlet:
            count_action(agent, "EmergencyCalls", self._floor.now())
            helper = self._helper(agent)
            if helper is None:
                self._floor.report.emergency(connection, agent)
            else:
                new = self._call_helper(agent, helper, CallType.CALLTYPE_EMERGENCY)
                self._floor.report.emergency(connection or new, agent)
        if helper is None:
            raise self._nobody(agent)
        return new

    def supervisor_assist(self, agent: PlantAgent) -> Connection:
        """Call a supervisor of the team for help; return the new call's connection.

        An active call is held. Raises RequestRefusal and ControlRefusal as ``emergency_call`` does.
        """
        self._require_line(agent)
        helper = self._helper(agent)
        if helper is None:
            raise self._nobody(agent)
        with self._floor.outlet:
            return self._call_helper(agent, helper, CallType.CALLTYPE_ASSIST)

    def _require_line(self, agent: PlantAgent) -> None:
        self._control.check_online()
        if not agent.logged_in:
            raise RequestRefusal(
                StatusCode.E_CTI_AGENT_NOT_LOGGED_ON, f"agent {agent.agent_id} is not logged in"
            )
        states = [c.state for c in agent.device.connections]
        if states and states != [_CONNECT]:
            raise ControlRefusal(
                ControlFailureCode.CF_RESOURCE_BUSY,
                f"device {agent.instrument} has no line for a call to a supervisor",
            )

    @staticmethod
    def _nobody(agent: PlantAgent) -> RequestRefusal:
        return RequestRefusal(
            StatusCode.E_CTI_SUPERVISOR_NOT_FOUND, f"no supervisor of agent {agent.agent_id} is free"
        )

    def _helper(self, agent: PlantAgent) -> PlantAgent | None:
        population = self._floor.population
        for team_id in agent.teams:
            for agent_id in population.teams[team_id].supervisors:
                supervisor = population.agents[agent_id]
                if (
                    supervisor is not agent
                    and supervisor.state in _HELPERS
                    and not supervisor.device.connections
                ):
                    return supervisor
        return None

    def _call_helper(self, agent: PlantAgent, helper: PlantAgent, call_type: CallType) -> Connection:
        active = self._floor.at_device(agent, _CONNECT)
        if active is not None:
            return self._merging.consult(active, helper.extension, call_type=call_type)
        flow, floor = self._flow, self._floor
        call = floor.new_call(call_type, CallContext(dialed_number=helper.extension))
        connection = flow.originate(call, agent, None, helper.device)
        connection.internal = True
        flow.ring(call, helper)
        return connection
