"""The keywords that CTI OS documents for its events, as data: the tables of the Developer's Guide.

Only events that the tests with ``struct_server`` see are here. EnablementMask, which CTI OS's own server
computed, is optional in these tables.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from support.statistics_messages import AGENT_FIGURES


class Keywords(NamedTuple):
    """``always``: carried by every such event. ``optional``: carried by some."""

    always: frozenset[str]
    optional: frozenset[str] = frozenset()


def _keywords(always: str, optional: str = "") -> Keywords:
    return Keywords(frozenset(always.split()), frozenset(optional.split()))


_STATE = _keywords(
    "PeripheralID PeripheralType AgentState SkillGroupNumber SkillGroupID StateDuration SkillGroupPriority"
    " EventReasonCode SkillGroupState AgentID AgentExtension UniqueObjectID AgentInstrument",
    "CTIClientSignature EnablementMask",
)

_FAILURE = _keywords(
    "InvokeID PeripheralID FailureCode PeripheralErrorCode AgentID UniqueObjectID MessageType ErrorMessage"
)

_MONITORING = (
    "SilentMonitorInitiatingAgentUID SilentMonitorInitiatingDeviceID SilentMonitorTargetAgentUID"
    " SilentMonitorTargetDeviceID SilentMonitorCallUID"
)

EVENTS: Mapping[str, Keywords] = {
    "OnConnection": _keywords("EventTime CurrentServer"),
    "OnConnectionClosed": _keywords(""),
    "OnConnectionFailure": _keywords("EventTime FailedServer ReasonCode"),
    "OnConnectionRejected": _keywords(""),
    "OnCTIOSFailure": _keywords("FailureCode ErrorMessage", "SystemEventID SystemEventArg1"),
    "OnCurrentAgentReset": _keywords("", "UniqueObjectID"),
    "OnHeartbeat": _keywords("EventTime"),
    "OnMissingHeartbeat": _keywords("EventTime ConsecutiveMissedHeartbeats HeartbeatInterval"),
    "OnMonitorModeEstablished": _keywords("CILConnectionID StatusSystem"),
    "OnSetAgentModeEvent": _keywords(
        "PeripheralID AgentID UniqueObjectID ClientAgentTemporaryID CILConnectionID StatusSystem"
    ),
    "OnQueryAgentStateConf": _keywords(
        "AgentID AgentExtension AgentInstrument AgentState NumSkillGroups MRDID NumTasks AgentMode"
        " MaxTaskLimit ICMAgentID AgentAvailabilityStatus",
        "SkillGroup[1] SkillGroup[2]",
    ),
    "OnSetAgentStateConf": _keywords(""),
    "OnAgentStateChange": _STATE,
    "OnMonitoredAgentStateChange": Keywords(
        _STATE.always | {"Monitored"}, _STATE.optional | {"SupervisorBtnEnablementMask"}
    ),
    "OnSupervisorButtonChange": _keywords("SupervisorBtnEnablementMask", "UniqueObjectID MessageID"),
    "OnEmergencyCall": _keywords(
        "PeripheralID ConnectionCallID ConnectionDeviceIDType SessionID ConnectionDeviceID ClientID"
        " ClientAddress AgentExtension AgentID AgentInstrument"
    ),
    "OnChatMessage": _keywords("Distribution AgentID Target Message Source"),
    "OnSilentMonitorStartedEvent": _keywords(_MONITORING),
    "OnSilentMonitorStopRequestedEvent": _keywords(f"{_MONITORING} SilentMonitorCallDisposition"),
    "OnPreLogout": _STATE,
    "OnPostLogout": _STATE,
    "OnLogoutFailed": _FAILURE,
    "OnControlFailureConf": _FAILURE,
    "OnMakeCallConf": _keywords(
        "NewConnectionCallID NewConnectionDeviceIDType LineHandle LineType NewConnectionDeviceID"
    ),
    "OnAgentDeskSettingsConf": _keywords(
        "InvokeID PeripheralID DeskSettingsMask WrapupDataIncomingMode WrapupDataOutgoingMode"
        " LogoutNonActivityTime QualityRecordingRate RingNoAnswerTime SilentMonitorWarningMessage"
        " SilentMonitorAudibleIndication SupervisorAssistCallMethod EmergencyCallMethod"
        " AutoRecordOnEmergency RecordingMode WorkModeTimer RingNoAnswerDN"
    ),
    "OnSnapshotDeviceConf": _keywords("UniqueObjectID NumCalls ValidCalls"),
    "OnAgentGreetingControlConf": _keywords("InvokeID"),
    "OnSetCallDataConf": _keywords("UniqueObjectID"),
    "OnAgentStatistics": Keywords(
        frozenset({"PeripheralID", "AgentExtension", "AgentID", "AgentInstrument", *AGENT_FIGURES})
    ),
    "OnSkillGroupStatisticsUpdated": _keywords("PeripheralID SkillGroupNumber SkillGroupID Statistics"),
}

#: What this library adds to the confirmations of an agent's requests.
_CONFIRMATION = frozenset({"InvokeID", "PeripheralID", "AgentID", "UniqueObjectID"})

#: Keywords of this library beyond the documented ones.
OWN: Mapping[str, frozenset[str]] = {
    "OnAgentStateChange": frozenset({"MRDID", "Recovered"}),
    "OnMonitoredAgentStateChange": frozenset({"MRDID", "Recovered"}),
    "OnPreLogout": frozenset({"Recovered"}),
    "OnPostLogout": frozenset({"Recovered"}),
    "OnLogoutFailed": frozenset({"StatusCode"}),
    "OnControlFailureConf": frozenset({"StatusCode"}),
    "OnConnectionFailure": frozenset({"ErrorMessage", "FinalAttempt"}),
    "OnConnectionRejected": frozenset({"FailureCode", "ErrorMessage", "StatusCode"}),
    "OnCTIOSFailure": frozenset({"StatusCode"}),
    "OnSetAgentStateConf": frozenset({"InvokeID", "AgentID", "UniqueObjectID"}),
    "OnQueryAgentStateConf": frozenset({"UniqueObjectID", "DepartmentID"}),
    "OnMakeCallConf": _CONFIRMATION,
    "OnAgentDeskSettingsConf": _CONFIRMATION
    | {"DefaultDevicePortAddress", "PlayZipTone", "ACDSharedLineUsage"},
    "OnSnapshotDeviceConf": _CONFIRMATION,
    "OnAgentGreetingControlConf": _CONFIRMATION,
    "OnSetCallDataConf": _CONFIRMATION,
    "OnChatMessage": frozenset({"ClientID", "ICMCentralControllerTime"}),
    "OnAgentStatistics": frozenset({"UniqueObjectID"}),
    "OnSkillGroupStatisticsUpdated": frozenset({"UniqueObjectID"}),
}

#: Events of this library that CTI OS does not have.
OWN_EVENTS = frozenset(
    {
        "OnBadCallConf",
        "OnEmergencyCallConf",
        "OnQueryDeviceInfoConf",
        "OnRecovered",
        "OnReleaseCallConf",
        "OnSuperviseCallConf",
        "OnSupervisorAssistConf",
    }
)


def check_keywords(event: str, args: Mapping[str, Any]) -> None:
    """Fail unless the event carries all of its keywords and no unknown ones."""
    if event in OWN_EVENTS:
        return
    table = EVENTS[event]
    keywords = set(args)
    missing = table.always - keywords
    unknown = keywords - table.always - table.optional - OWN.get(event, frozenset())
    assert not missing, f"{event} lacks {sorted(missing)}"
    assert not unknown, f"{event} has the undocumented {sorted(unknown)}"
