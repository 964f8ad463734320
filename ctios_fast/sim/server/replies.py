"""The simulated server's messages, encoded for one protocol version: confirmations, refusals and events.

A ``Replies`` belongs to a version, not to a client, so that an event is encoded once for all clients that
speak it.
"""

import time
from collections.abc import Iterable
from functools import cache
from typing import Final

from ctios_fast.core import Codec, codec
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import (
    AgentAvailabilityStatus,
    AgentMode,
    AgentState,
    CallDirection,
    ControlFailureCode,
    DeviceIDType,
    PeripheralType,
    SessionType,
    StatusCode,
    SystemEventID,
)
from ctios_fast.sim.plant.peripheral import Agent

__all__ = ["Replies", "replies"]

_NULL_SKILL_GROUP: Final = 0xFFFFFFFF
_MRD: Final = 1
_MAX_TASKS: Final = 1
_SINGLE_LINE: Final = 0

Floating = list[tuple[str, object]]


class Replies:
    """The server's messages in one protocol version; every method returns one frame."""

    def __init__(self, version: int) -> None:
        self.version: Final = version
        self.codec: Final[Codec] = codec(version)
        self._fixed = {
            number: frozenset(field.name for field in layout.fixed)
            for number in (
                messages.OPEN_CONF,
                messages.SYSTEM_EVENT,
                messages.AGENT_STATE_EVENT,
                messages.QUERY_AGENT_STATE_CONF,
            )
            if (layout := self.codec.describe(number)) is not None
        }

    def _encode(
        self, number: int, fields: dict[str, int], floating: Iterable[tuple[str, object]] = ()
    ) -> bytes:
        """Leave out the fixed fields that the version does not have."""
        known = self._fixed[number]
        return self.codec.encode(number, {name: fields[name] for name in fields if name in known}, floating)

    def confirmation(self, number: int, invoke_id: int) -> bytes:
        """A confirmation that carries nothing but InvokeID."""
        return self.codec.encode(number, {"InvokeID": invoke_id})

    def failure_conf(self, invoke_id: int, status: StatusCode) -> bytes:
        """FAILURE_CONF in its form of 8 bytes, which all published versions but one print."""
        return self.codec.encode(messages.FAILURE_CONF, {"InvokeID": invoke_id, "Status": int(status)})

    def failure_event(self, status: StatusCode) -> bytes:
        """FAILURE_EVENT."""
        return self.codec.encode(messages.FAILURE_EVENT, {"Status": int(status)})

    def control_failure_conf(
        self, invoke_id: int, code: ControlFailureCode, peripheral_error: int = 0
    ) -> bytes:
        """CONTROL_FAILURE_CONF."""
        fields = {"InvokeID": invoke_id, "FailureCode": int(code), "PeripheralErrorCode": peripheral_error}
        return self.codec.encode(messages.CONTROL_FAILURE_CONF, fields)

    def open_conf(
        self, invoke_id: int, granted: int, agent: Agent | None, peripherals: Iterable[int]
    ) -> bytes:
        """OPEN_CONF; ``agent`` is a Client Events session's own, ``peripherals`` the IDs to list."""
        floating: Floating = []
        if agent is not None and agent.logged_in:
            floating += [
                ("AgentExtension", agent.extension),
                ("AgentID", agent.agent_id),
                ("AgentInstrument", agent.instrument),
            ]
        if self.version >= 14:
            listed = list(peripherals)
            floating.append(("NumPeripherals", len(listed)))
            for peripheral in listed:
                floating += [("FltPeripheralID", peripheral), ("MultilineAgentControl", _SINGLE_LINE)]
        fields: dict[str, int] = {
            "InvokeID": invoke_id,
            "ServicesGranted": granted,
            "MonitorID": 0,
            "PGStatus": 0,
            "ICMCentralControllerTime": int(time.time()),
            "PeripheralOnline": 1,
            "PeripheralType": int(PeripheralType.PT_ENTERPRISE_AGENT),
            "AgentState": int(AgentState.AGENT_STATE_UNKNOWN if agent is None else agent.state),
            "DepartmentID": 0,
            "SessionType": int(SessionType.ACTIVE),
        }
        return self._encode(messages.OPEN_CONF, fields, floating)

    def peripheral_online(self, peripheral_id: int) -> bytes:
        """SYSTEM_EVENT that tells an All Events client of a peripheral that is online."""
        fields: dict[str, int] = {
            "PGStatus": 0,
            "ICMCentralControllerTime": int(time.time()),
            "SystemEventID": int(SystemEventID.SYS_PERIPHERAL_ONLINE),
            "SystemEventArg1": peripheral_id,
            "SystemEventArg2": 0,
            "SystemEventArg3": 0,
            "EventDeviceType": int(DeviceIDType.DEVID_NONE),
        }
        return self._encode(messages.SYSTEM_EVENT, fields)

    def agent_state_event(
        self,
        peripheral_id: int,
        agent: Agent,
        state: AgentState,
        reason: int,
        session_id: int,
        signature: str | None,
    ) -> bytes:
        """AGENT_STATE_EVENT; ``session_id`` and ``signature`` are of the agent's Client Events session."""
        number = int(state)
        fields: dict[str, int] = {
            "MonitorID": 0,
            "PeripheralID": peripheral_id,
            "SessionID": session_id,
            "PeripheralType": int(PeripheralType.PT_ENTERPRISE_AGENT),
            "SkillGroupState": number,
            "StateDuration": 0,
            "SkillGroupNumber": _NULL_SKILL_GROUP,
            "SkillGroupID": _NULL_SKILL_GROUP,
            "SkillGroupPriority": 0,
            "AgentState": number,
            "EventReasonCode": reason,
            "MRDID": _MRD,
            "NumTasks": 0,
            "AgentMode": int(AgentMode.ROUTABLE),
            "MaxTaskLimit": _MAX_TASKS,
            "ICMAgentID": agent.skill_target_id,
            "AgentAvailabilityStatus": int(_availability(state)),
            "NumFltSkillGroups": 0,
            "DepartmentID": 0,
        }
        floating: Floating = [] if signature is None else [("CTIClientSignature", signature)]
        floating += [
            ("AgentID", agent.agent_id),
            ("AgentExtension", agent.extension),
            ("AgentInstrument", agent.instrument),
        ]
        if self.version >= 16:
            floating.append(("Direction", int(CallDirection.NONE)))
        if self.version >= 22:
            floating.append(("MaxBeyondTaskLimit", 0))
        return self._encode(messages.AGENT_STATE_EVENT, fields, floating)

    def query_agent_state_conf(self, invoke_id: int, agent: Agent, mrd: int) -> bytes:
        """QUERY_AGENT_STATE_CONF; the agent's identifiers only if it is logged in."""
        fields: dict[str, int] = {
            "InvokeID": invoke_id,
            "AgentState": int(agent.state),
            "NumSkillGroups": 0,
            "MRDID": mrd,
            "NumTasks": 0,
            "AgentMode": int(AgentMode.ROUTABLE),
            "MaxTaskLimit": _MAX_TASKS,
            "ICMAgentID": agent.skill_target_id,
            "AgentAvailabilityStatus": int(_availability(agent.state)),
            "DepartmentID": 0,
        }
        floating: Floating = []
        if agent.logged_in:
            floating += [
                ("AgentID", agent.agent_id),
                ("AgentExtension", agent.extension),
                ("AgentInstrument", agent.instrument),
            ]
        if self.version >= 19:
            floating.append(("InternalAgentState", int(agent.state)))
        if self.version >= 22:
            floating.append(("MaxBeyondTaskLimit", 0))
        return self._encode(messages.QUERY_AGENT_STATE_CONF, fields, floating)


def _availability(state: AgentState) -> AgentAvailabilityStatus:
    if state is AgentState.AGENT_STATE_AVAILABLE:
        return AgentAvailabilityStatus.ICM_AVAILABLE
    return AgentAvailabilityStatus.NOT_AVAILABLE


@cache
def replies(version: int) -> Replies:
    """The ``Replies`` of a version, made once."""
    return Replies(version)
