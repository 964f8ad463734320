"""The simulated server's own messages in one protocol version: confirmations, refusals, session messages."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from ctios_fast.core import Codec, codec
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import (
    AgentMode,
    AgentState,
    ControlFailureCode,
    DeviceIDType,
    PeripheralType,
    SessionType,
    StatusCode,
    SystemEventID,
)
from ctios_fast.sim.plant import PlantAgent
from ctios_fast.sim.plant.agent_reports import availability, tasks_of

from .frame_encoder import Floating, FrameEncoder, encoder

__all__ = ["Replies", "replies"]

_SINGLE_LINE: Final = 0
_MAX_TASKS: Final = 1
_MAX_QUERIED_GROUPS: Final = 20


class Replies:
    """The server's messages in one protocol version; every method returns one frame."""

    def __init__(self, version: int) -> None:
        self.version: Final = version
        self.codec: Final[Codec] = codec(version)
        self.encoder: Final[FrameEncoder] = encoder(version)

    def message(self, number: int, fields: dict[str, int], floating: Floating = ()) -> bytes:
        """Any message of the version."""
        frame = self.encoder.encode(number, fields, floating)
        assert frame is not None, f"version {self.version} lacks message {number}"
        return frame

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
        self,
        invoke_id: int,
        granted: int,
        agent: PlantAgent | None,
        peripherals: Iterable[int],
        *,
        monitor_id: int = 0,
        pg_status: int = 0,
        time: int = 0,
        session_type: SessionType = SessionType.ACTIVE,
    ) -> bytes:
        """OPEN_CONF; ``agent`` is a Client Events session's own, ``peripherals`` the IDs to list."""
        floating: list[tuple[str, object]] = []
        if agent is not None and agent.logged_in:
            floating += [
                ("AgentExtension", agent.extension),
                ("AgentID", agent.agent_id),
                ("AgentInstrument", agent.instrument),
            ]
        listed = list(peripherals)
        floating.append(("NumPeripherals", len(listed)))
        for peripheral in listed:
            floating += [("FltPeripheralID", peripheral), ("MultilineAgentControl", _SINGLE_LINE)]
        fields: dict[str, int] = {
            "InvokeID": invoke_id,
            "ServicesGranted": granted,
            "MonitorID": monitor_id,
            "PGStatus": pg_status,
            "ICMCentralControllerTime": time,
            "PeripheralOnline": int(not pg_status),
            "PeripheralType": int(PeripheralType.PT_ENTERPRISE_AGENT),
            "AgentState": int(AgentState.AGENT_STATE_UNKNOWN if agent is None else agent.state),
            "DepartmentID": 0,
            "SessionType": int(session_type),
        }
        return self.message(messages.OPEN_CONF, fields, floating)

    def system_event(
        self, event: SystemEventID, argument: int, *, pg_status: int = 0, time: int = 0, text: str = ""
    ) -> bytes:
        """SYSTEM_EVENT."""
        fields: dict[str, int] = {
            "PGStatus": pg_status,
            "ICMCentralControllerTime": time,
            "SystemEventID": int(event),
            "SystemEventArg1": argument,
            "SystemEventArg2": 0,
            "SystemEventArg3": 0,
            "EventDeviceType": int(DeviceIDType.DEVID_NONE),
        }
        return self.message(messages.SYSTEM_EVENT, fields, [("Text", text)] if text else ())

    def query_agent_state_conf(self, invoke_id: int, agent: PlantAgent, mrd: int) -> bytes:
        """QUERY_AGENT_STATE_CONF; the agent's identifiers only if it is logged in."""
        media = agent.media.get(mrd, agent.voice)
        groups = [member for member in agent.memberships if member.group.mrd == mrd][:_MAX_QUERIED_GROUPS]
        fields: dict[str, int] = {
            "InvokeID": invoke_id,
            "AgentState": int(media.state),
            "NumSkillGroups": len(groups),
            "MRDID": mrd,
            "NumTasks": tasks_of(agent),
            "AgentMode": int(AgentMode.ROUTABLE if agent.routable else AgentMode.NOT_ROUTABLE),
            "MaxTaskLimit": _MAX_TASKS,
            "ICMAgentID": agent.skill_target_id,
            "AgentAvailabilityStatus": int(availability(agent, media)),
            "DepartmentID": agent.department_id,
        }
        floating: list[tuple[str, object]] = []
        if agent.logged_in:
            floating += [
                ("AgentID", agent.agent_id),
                ("AgentExtension", agent.extension),
                ("AgentInstrument", agent.instrument),
            ]
        for member in groups:
            floating += [
                ("SkillGroupNumber", member.group.number),
                ("SkillGroupID", member.group.group_id),
                ("SkillGroupPriority", member.priority),
                ("SkillGroupState", int(member.state)),
            ]
        floating += [("InternalAgentState", int(media.state)), ("MaxBeyondTaskLimit", 0)]
        return self.message(messages.QUERY_AGENT_STATE_CONF, fields, floating)


@cache
def replies(version: int) -> Replies:
    """The ``Replies`` of a version, created once."""
    return Replies(version)
