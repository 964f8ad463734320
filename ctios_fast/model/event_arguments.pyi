# Written by ci/make_event_types.py from event_types.toml: change the data, not this file.
# A class knows more keywords than its base class.
# mypy: disable-error-code="override"

from typing import Literal, TypeAlias, TypeVar, overload

from ctios_fast.enums import AgentState

from .arguments import Arguments

_D = TypeVar("_D")

SessionEvent: TypeAlias = Literal[
    "OnConnection",
    "OnConnectionFailure",
    "OnConnectionRejected",
    "OnConnectionClosed",
    "OnCloseConnection",
    "OnHeartbeat",
    "OnMissingHeartbeat",
    "OnMonitorModeEstablished",
    "OnCTIOSFailure",
    "OnCTIOSFailureEvent",
    "OnCurrentAgentReset",
    "OnCurrentCallChanged",
    "OnSnapshotDeviceConf",
    "OnTranslationRoute",
    "OnRecovered",
    "OnStandbyOpened",
    "OnStandbyLost",
    "OnStandbyActive",
    "OnActiveMaintenanceRequest",
    "OnActiveMaintenance",
    "OnLag",
]
AgentEvent: TypeAlias = Literal[
    "OnSetAgentModeEvent",
    "OnSetAgentMode",
    "OnSetAgentModeConf",
    "OnQueryAgentStateConf",
    "OnSetAgentStateConf",
    "OnAgentStateChange",
    "OnAgentStateChanged",
    "OnPreLogout",
    "OnPostLogout",
    "OnLogoutFailed",
    "OnControlFailureConf",
    "OnControlFailure",
    "OnMakeCallConf",
    "OnSupervisorAssistConf",
    "OnEmergencyCallConf",
    "OnBadCallConf",
    "OnReleaseCallConf",
    "OnAgentDeskSettingsConf",
    "OnQueryDeviceInfoConf",
    "OnAgentGreetingControlConf",
    "OnAgentStatistics",
    "OnNewAgentStatisticsEvent",
    "OnAgentInfoEvent",
    "OnAgentInfo",
    "OnNewAgentTeamMember",
    "OnStartMonitoringAgent",
    "OnStopMonitoringAgent",
    "OnSuperviseCallConf",
    "OnEmergencyCall",
    "OnChatMessage",
    "OnSetCallDataConf",
]
CallEvent: TypeAlias = Literal[
    "OnControlFailureConf",
    "OnControlFailure",
    "OnCallBegin",
    "OnBeginCall",
    "OnCallEnd",
    "OnEndCall",
    "OnCallDataUpdate",
    "OnCallServiceInitiatedEvent",
    "OnServiceInitiated",
    "OnCallServiceInitiated",
    "OnCallOriginated",
    "OnCallReachedNetworkEvent",
    "OnCallReachedNetwork",
    "OnCallDelivered",
    "OnCallEstablished",
    "OnCallHeld",
    "OnCallRetrieved",
    "OnCallFailed",
    "OnCallConnectionCleared",
    "OnCallCleared",
    "OnCallConferenced",
    "OnCallTransferred",
    "OnCallDiverted",
    "OnCallQueuedEvent",
    "OnCallQueued",
    "OnCallDequeuedEvent",
    "OnCallDequeued",
    "OnAgentPrecallEvent",
    "OnAgentPrecall",
    "OnAgentPrecallAbortEvent",
    "OnAgentPrecallAbort",
    "OnAlternateCallConf",
    "OnAnswerCallConf",
    "OnCallStartRecordingConf",
    "OnStartRecordingConf",
    "OnCallStopRecordingConf",
    "OnStopRecordConf",
    "OnClearCallConf",
    "OnClearConnectionConf",
    "OnConferenceCallConf",
    "OnConsultationCallConf",
    "OnMakeConsultCallConf",
    "OnDeflectCallConf",
    "OnHoldCallConf",
    "OnReconnectCallConf",
    "OnRetrieveCallConf",
    "OnSendDTMFConf",
    "OnSendDTMFSignalConf",
    "OnSetCallDataConf",
    "OnSnapshotCallConf",
    "OnTransferCallConf",
]
SkillGroupEvent: TypeAlias = Literal[
    "OnControlFailureConf",
    "OnControlFailure",
    "OnSkillGroupStatisticsUpdated",
    "OnNewSkillGroupStatistics",
    "OnNewSkillGroupStatisticsEvent",
    "OnSkillInfoEvent",
]
ButtonEnablementEvent: TypeAlias = Literal["OnButtonEnablementChange", "OnSupervisorButtonChange"]
MonitoredAgentEvent: TypeAlias = Literal[
    "OnMonitoredAgentStateChange", "OnMonitoredAgentInfoEvent", "OnMonitoredAgentInfo"
]
MonitoredCallEvent: TypeAlias = Literal[
    "OnMonitoredTranslationRoute",
    "OnMonitoredCallBegin",
    "OnMonitoredCallEnd",
    "OnMonitoredEndCall",
    "OnMonitoredCallDataUpdate",
    "MonitoredCallServiceInitiatedEvent",
    "OnMonitoredCallServiceInitiated",
    "OnMonitoredCallServiceInitiatedEvent",
    "OnMonitoredCallOriginated",
    "MonitoredCallReachedNetworkEvent",
    "OnMonitoredCallReachedNetwork",
    "OnMonitoredCallReachedNetworkEvent",
    "OnMonitoredCallDelivered",
    "OnMonitoredCallEstablished",
    "OnMonitoredCallHeld",
    "OnMonitoredCallRetrieved",
    "OnMonitoredCallFailed",
    "OnMonitoredCallConnectionCleared",
    "OnMonitoredCallCleared",
    "OnMonitoredCallConferenced",
    "OnMonitoredCallTransferred",
    "OnMonitoredCallDiverted",
    "MonitoredCallQueuedEvent",
    "OnMonitoredCallQueued",
    "OnMonitoredCallQueuedEvent",
    "MonitoredCallDequeuedEvent",
    "OnMonitoredCallDequeued",
    "OnMonitoredCallDequeuedEvent",
    "OnMonitoredCallAgentPrecallEvent",
    "OnMonitoredCallAgentPrecallAbortEvent",
]
SilentMonitorEvent: TypeAlias = Literal[
    "OnCallRTPStarted",
    "OnCallRTPStopped",
    "OnSilentMonitorStartedEvent",
    "OnSilentMonitorStarted",
    "OnSilentMonitorStopRequestedEvent",
    "OnSilentMonitorStopRequested",
]
EventName: TypeAlias = (
    SessionEvent
    | AgentEvent
    | CallEvent
    | SkillGroupEvent
    | ButtonEnablementEvent
    | MonitoredAgentEvent
    | MonitoredCallEvent
    | SilentMonitorEvent
)

class ConnectionArguments(Arguments):
    """The server that the session is connected to."""

    @overload
    def __getitem__(self, key: Literal["CurrentServer"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["EventTime"]) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["CurrentServer"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["EventTime"], default: object = ...) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class StandbyArguments(ConnectionArguments):
    """The server and the side of a standby session."""

    @overload
    def __getitem__(self, key: Literal["CurrentServer", "Side"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["EventTime"]) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["CurrentServer", "Side"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["EventTime"], default: object = ...) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class ConnectionFailureArguments(Arguments):
    """The server that could not be reached or was lost, and why.

    ReasonCode is a ``FailureReason``.
    """

    @overload
    def __getitem__(self, key: Literal["FailedServer", "ErrorMessage"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["EventTime", "ReasonCode"]) -> int: ...
    @overload
    def __getitem__(self, key: Literal["FinalAttempt"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["FailedServer", "ErrorMessage"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["EventTime", "ReasonCode"], default: object = ...) -> int: ...
    @overload
    def get(self, key: Literal["FinalAttempt"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["FinalAttempt"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class StandbyLossArguments(Arguments):
    """The server and the side of the standby session that was lost, and why.

    ReasonCode is a ``FailureReason``.
    """

    @overload
    def __getitem__(self, key: Literal["FailedServer", "Side", "ErrorMessage"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["EventTime", "ReasonCode"]) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["FailedServer", "Side", "ErrorMessage"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["EventTime", "ReasonCode"], default: object = ...) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class ConnectionRejectedArguments(Arguments):
    """Why the server refused the session.

    StatusCode and FailureCode are a ``StatusCode``.
    """

    @overload
    def __getitem__(self, key: Literal["ErrorMessage"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["FailureCode", "StatusCode"]) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["ErrorMessage"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["FailureCode", "StatusCode"], default: object = ...) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class TimeArguments(Arguments):
    """The time of day in milliseconds."""

    @overload
    def __getitem__(self, key: Literal["EventTime"]) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["EventTime"], default: object = ...) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class MissingHeartbeatArguments(Arguments):
    """How many heartbeats in a row are unanswered.

    HeartbeatInterval is in milliseconds.
    """

    @overload
    def __getitem__(
        self, key: Literal["EventTime", "ConsecutiveMissedHeartbeats", "HeartbeatInterval"]
    ) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal["EventTime", "ConsecutiveMissedHeartbeats", "HeartbeatInterval"],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class MonitorModeArguments(Arguments):
    """The client's id and the status of the system."""

    @overload
    def __getitem__(self, key: Literal["CILConnectionID"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["StatusSystem"]) -> Arguments: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["CILConnectionID"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["StatusSystem"], default: object = ...) -> Arguments: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class AgentModeArguments(MonitorModeArguments):
    """The agent of the session, the client's id and the status of the system."""

    @overload
    def __getitem__(
        self, key: Literal["CILConnectionID", "AgentID", "UniqueObjectID", "ClientAgentTemporaryID"]
    ) -> str: ...
    @overload
    def __getitem__(self, key: Literal["PeripheralID"]) -> int: ...
    @overload
    def __getitem__(self, key: Literal["StatusSystem"]) -> Arguments: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal["CILConnectionID", "AgentID", "UniqueObjectID", "ClientAgentTemporaryID"],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(self, key: Literal["PeripheralID"], default: object = ...) -> int: ...
    @overload
    def get(self, key: Literal["StatusSystem"], default: object = ...) -> Arguments: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CtiosFailureArguments(Arguments):
    """A failure or a change of the system's status.

    FailureCode is a ``FailureCode``, SystemEventID a ``SystemEvent``.
    """

    @overload
    def __getitem__(self, key: Literal["ErrorMessage"]) -> str: ...
    @overload
    def __getitem__(
        self, key: Literal["FailureCode", "SystemEventID", "SystemEventArg1", "StatusCode"]
    ) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["ErrorMessage"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["FailureCode"], default: object = ...) -> int: ...
    @overload
    def get(
        self, key: Literal["SystemEventID", "SystemEventArg1", "StatusCode"], default: None = ...
    ) -> int | None: ...
    @overload
    def get(
        self, key: Literal["SystemEventID", "SystemEventArg1", "StatusCode"], default: _D
    ) -> int | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CurrentObjectArguments(Arguments):
    """The object that is current now, or was until now."""

    @overload
    def __getitem__(self, key: Literal["UniqueObjectID"]) -> str: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: _D) -> str | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class RecoveredArguments(Arguments):
    """What was repaired after a gap in the events: counts, and the seconds that it took."""

    @overload
    def __getitem__(
        self,
        key: Literal[
            "Asked",
            "Repaired",
            "GivenUp",
            "QuestionsGivenUp",
            "AgentsAsked",
            "LogoutsFound",
            "MonitorsAsked",
            "MonitorsRestored",
            "MonitorsLost",
            "TeamMembersLeft",
            "DevicesAsked",
            "CallsAsked",
            "CallsEnded",
            "CallsBegun",
            "CallsRenamed",
            "CallsRefreshed",
            "CallsUnverified",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Seconds"]) -> float: ...
    @overload
    def __getitem__(self, key: Literal["UnverifiedCalls"]) -> Arguments: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal[
            "Asked",
            "Repaired",
            "GivenUp",
            "QuestionsGivenUp",
            "AgentsAsked",
            "LogoutsFound",
            "MonitorsAsked",
            "MonitorsRestored",
            "MonitorsLost",
            "TeamMembersLeft",
            "DevicesAsked",
            "CallsAsked",
            "CallsEnded",
            "CallsBegun",
            "CallsRenamed",
            "CallsRefreshed",
            "CallsUnverified",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: Literal["Seconds"], default: object = ...) -> float: ...
    @overload
    def get(self, key: Literal["UnverifiedCalls"], default: None = ...) -> Arguments | None: ...
    @overload
    def get(self, key: Literal["UnverifiedCalls"], default: _D) -> Arguments | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class MaintenanceArguments(Arguments):
    """Whether the maintenance of the active side begins."""

    @overload
    def __getitem__(self, key: Literal["EventTime"]) -> int: ...
    @overload
    def __getitem__(self, key: Literal["MaintenanceModeStatus"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["EventTime"], default: object = ...) -> int: ...
    @overload
    def get(self, key: Literal["MaintenanceModeStatus"], default: object = ...) -> bool: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class LagArguments(Arguments):
    """How long received messages waited, in seconds, and what kept them."""

    @overload
    def __getitem__(self, key: Literal["Cause", "TurnLastMessage"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["EventTime", "TurnMessages"]) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Over"]) -> bool: ...
    @overload
    def __getitem__(self, key: Literal["Lag", "Seconds", "TurnSeconds"]) -> float: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["Cause"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["TurnLastMessage"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["TurnLastMessage"], default: _D) -> str | _D: ...
    @overload
    def get(self, key: Literal["EventTime"], default: object = ...) -> int: ...
    @overload
    def get(self, key: Literal["TurnMessages"], default: None = ...) -> int | None: ...
    @overload
    def get(self, key: Literal["TurnMessages"], default: _D) -> int | _D: ...
    @overload
    def get(self, key: Literal["Over"], default: object = ...) -> bool: ...
    @overload
    def get(self, key: Literal["Lag", "Seconds"], default: object = ...) -> float: ...
    @overload
    def get(self, key: Literal["TurnSeconds"], default: None = ...) -> float | None: ...
    @overload
    def get(self, key: Literal["TurnSeconds"], default: _D) -> float | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class ConfirmationArguments(Arguments):
    """The object whose request is confirmed."""

    @overload
    def __getitem__(self, key: Literal["UniqueObjectID", "AgentID"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["InvokeID", "PeripheralID"]) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["AgentID"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["AgentID"], default: _D) -> str | _D: ...
    @overload
    def get(self, key: Literal["InvokeID", "PeripheralID"], default: None = ...) -> int | None: ...
    @overload
    def get(self, key: Literal["InvokeID", "PeripheralID"], default: _D) -> int | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class ControlFailureArguments(Arguments):
    """A refused request.

    FailureCode is a ``ControlFailureCode``; StatusCode is there if the server refused.
    """

    @overload
    def __getitem__(self, key: Literal["ErrorMessage", "UniqueObjectID", "AgentID"]) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "InvokeID", "FailureCode", "PeripheralErrorCode", "MessageType", "PeripheralID", "StatusCode"
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["ErrorMessage", "UniqueObjectID"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["AgentID"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["AgentID"], default: _D) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal["InvokeID", "FailureCode", "PeripheralErrorCode", "MessageType"],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: Literal["PeripheralID", "StatusCode"], default: None = ...) -> int | None: ...
    @overload
    def get(self, key: Literal["PeripheralID", "StatusCode"], default: _D) -> int | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class MakeCallArguments(Arguments):
    """The connection of the call that the agent makes."""

    @overload
    def __getitem__(self, key: Literal["AgentID", "UniqueObjectID", "NewConnectionDeviceID"]) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "InvokeID",
            "PeripheralID",
            "NewConnectionCallID",
            "NewConnectionDeviceIDType",
            "LineHandle",
            "LineType",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self, key: Literal["AgentID", "UniqueObjectID", "NewConnectionDeviceID"], default: object = ...
    ) -> str: ...
    @overload
    def get(
        self,
        key: Literal[
            "InvokeID",
            "PeripheralID",
            "NewConnectionCallID",
            "NewConnectionDeviceIDType",
            "LineHandle",
            "LineType",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class SupervisedCallArguments(Arguments):
    """The connection of the call to or of the supervisor."""

    @overload
    def __getitem__(self, key: Literal["AgentID", "UniqueObjectID", "ConnectionDeviceID"]) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "InvokeID", "PeripheralID", "ConnectionCallID", "ConnectionDeviceIDType", "LineHandle", "LineType"
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self, key: Literal["AgentID", "UniqueObjectID", "ConnectionDeviceID"], default: object = ...
    ) -> str: ...
    @overload
    def get(
        self,
        key: Literal["InvokeID", "PeripheralID", "ConnectionCallID", "ConnectionDeviceIDType"],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: Literal["LineHandle", "LineType"], default: None = ...) -> int | None: ...
    @overload
    def get(self, key: Literal["LineHandle", "LineType"], default: _D) -> int | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class DeskSettingsArguments(Arguments):
    """The agent's desk settings.

    DeskSettingsMask is a ``DeskSettingsMask``; times are in seconds.
    """

    @overload
    def __getitem__(self, key: Literal["AgentID", "UniqueObjectID"]) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "InvokeID",
            "PeripheralID",
            "DeskSettingsMask",
            "WrapupDataIncomingMode",
            "WrapupDataOutgoingMode",
            "LogoutNonActivityTime",
            "QualityRecordingRate",
            "RingNoAnswerTime",
            "SilentMonitorWarningMessage",
            "SilentMonitorAudibleIndication",
            "SupervisorAssistCallMethod",
            "EmergencyCallMethod",
            "AutoRecordOnEmergency",
            "RecordingMode",
            "WorkModeTimer",
            "RingNoAnswerDN",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["AgentID", "UniqueObjectID"], default: object = ...) -> str: ...
    @overload
    def get(
        self,
        key: Literal[
            "InvokeID",
            "PeripheralID",
            "DeskSettingsMask",
            "WrapupDataIncomingMode",
            "WrapupDataOutgoingMode",
            "LogoutNonActivityTime",
            "QualityRecordingRate",
            "RingNoAnswerTime",
            "SilentMonitorWarningMessage",
            "SilentMonitorAudibleIndication",
            "SupervisorAssistCallMethod",
            "EmergencyCallMethod",
            "AutoRecordOnEmergency",
            "RecordingMode",
            "WorkModeTimer",
            "RingNoAnswerDN",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class DeviceSnapshotArguments(Arguments):
    """The calls of a device."""

    @overload
    def __getitem__(self, key: Literal["UniqueObjectID", "AgentID"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["InvokeID", "NumCalls", "PeripheralID"]) -> int: ...
    @overload
    def __getitem__(self, key: Literal["ValidCalls"]) -> Arguments: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["AgentID"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["AgentID"], default: _D) -> str | _D: ...
    @overload
    def get(self, key: Literal["InvokeID", "NumCalls"], default: object = ...) -> int: ...
    @overload
    def get(self, key: Literal["PeripheralID"], default: None = ...) -> int | None: ...
    @overload
    def get(self, key: Literal["PeripheralID"], default: _D) -> int | _D: ...
    @overload
    def get(self, key: Literal["ValidCalls"], default: object = ...) -> Arguments: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class DeviceInfoArguments(Arguments):
    """What a device can do."""

    @overload
    def __getitem__(self, key: Literal["AgentID", "UniqueObjectID", "AgentInstrument"]) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "InvokeID",
            "PeripheralID",
            "PeripheralType",
            "TypeOfDevice",
            "ClassOfDevice",
            "NumLines",
            "MaxActiveCalls",
            "MaxHeldCalls",
            "MaxDevicesInConference",
            "MakeCallSetup",
            "TransferConferenceSetup",
            "CallEventsSupported",
            "CallControlSupported",
            "OtherFeaturesSupported",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self, key: Literal["AgentID", "UniqueObjectID", "AgentInstrument"], default: object = ...
    ) -> str: ...
    @overload
    def get(
        self,
        key: Literal[
            "InvokeID",
            "PeripheralID",
            "PeripheralType",
            "TypeOfDevice",
            "ClassOfDevice",
            "NumLines",
            "MaxActiveCalls",
            "MaxHeldCalls",
            "MaxDevicesInConference",
            "MakeCallSetup",
            "TransferConferenceSetup",
            "CallEventsSupported",
            "CallControlSupported",
            "OtherFeaturesSupported",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...
    @overload
    def get_indexed(self, key: Literal["Line"], *, first: int = 1) -> list[Arguments]: ...
    @overload
    def get_indexed(self, key: str, *, first: int = 1) -> list[object]: ...

class AgentStateArguments(Arguments):
    """The agent and the state.

    Monitored and SupervisorBtnEnablementMask come with monitored agents only. Recovered says that a repair
    found the state.
    """

    @overload
    def __getitem__(
        self,
        key: Literal["AgentID", "AgentExtension", "AgentInstrument", "UniqueObjectID", "CTIClientSignature"],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "PeripheralID",
            "PeripheralType",
            "SkillGroupNumber",
            "SkillGroupID",
            "StateDuration",
            "SkillGroupPriority",
            "EventReasonCode",
            "EnablementMask",
            "MRDID",
            "SupervisorBtnEnablementMask",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored", "Recovered"]) -> bool: ...
    @overload
    def __getitem__(self, key: Literal["AgentState", "SkillGroupState"]) -> AgentState | int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal["AgentID", "AgentExtension", "AgentInstrument", "UniqueObjectID"],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(self, key: Literal["CTIClientSignature"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["CTIClientSignature"], default: _D) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "PeripheralID",
            "PeripheralType",
            "SkillGroupNumber",
            "SkillGroupID",
            "StateDuration",
            "SkillGroupPriority",
            "EventReasonCode",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(
        self, key: Literal["EnablementMask", "MRDID", "SupervisorBtnEnablementMask"], default: None = ...
    ) -> int | None: ...
    @overload
    def get(
        self, key: Literal["EnablementMask", "MRDID", "SupervisorBtnEnablementMask"], default: _D
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored", "Recovered"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored", "Recovered"], default: _D) -> bool | _D: ...
    @overload
    def get(
        self, key: Literal["AgentState", "SkillGroupState"], default: object = ...
    ) -> AgentState | int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class AgentQueryArguments(Arguments):
    """The agent's state and its skill groups, which are SkillGroup[1] and so on."""

    @overload
    def __getitem__(
        self, key: Literal["AgentID", "AgentExtension", "AgentInstrument", "UniqueObjectID"]
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "NumSkillGroups",
            "MRDID",
            "NumTasks",
            "AgentMode",
            "MaxTaskLimit",
            "ICMAgentID",
            "AgentAvailabilityStatus",
            "DepartmentID",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["AgentState"]) -> AgentState | int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal["AgentID", "AgentExtension", "AgentInstrument", "UniqueObjectID"],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(
        self,
        key: Literal[
            "NumSkillGroups",
            "MRDID",
            "NumTasks",
            "AgentMode",
            "MaxTaskLimit",
            "ICMAgentID",
            "AgentAvailabilityStatus",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: Literal["DepartmentID"], default: None = ...) -> int | None: ...
    @overload
    def get(self, key: Literal["DepartmentID"], default: _D) -> int | _D: ...
    @overload
    def get(self, key: Literal["AgentState"], default: object = ...) -> AgentState | int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...
    @overload
    def get_indexed(self, key: Literal["SkillGroup"], *, first: int = 1) -> list[Arguments]: ...
    @overload
    def get_indexed(self, key: str, *, first: int = 1) -> list[object]: ...

class AgentStatisticsArguments(Arguments):
    """The agent's figures.

    One that the server does not know is 4294967295.
    """

    @overload
    def __getitem__(
        self, key: Literal["AgentID", "AgentExtension", "AgentInstrument", "UniqueObjectID"]
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "PeripheralID",
            "AvailTimeSession",
            "LoggedOnTimeSession",
            "NotReadyTimeSession",
            "ICMAvailableTimeSession",
            "RoutableTimeSession",
            "AgentOutCallsSession",
            "AgentOutCallsTalkTimeSession",
            "AgentOutCallsTimeSession",
            "AgentOutCallsHeldSession",
            "AgentOutCallsHeldTimeSession",
            "HandledCallsSession",
            "HandledCallsTalkTimeSession",
            "HandledCallsAfterCallTimeSession",
            "HandledCallsTimeSession",
            "IncomingCallsHeldSession",
            "IncomingCallsHeldTimeSession",
            "InternalCallsSession",
            "InternalCallsTimeSession",
            "InternalCallsRcvdSession",
            "InternalCallsRcvdTimeSession",
            "InternalCallsHeldSession",
            "InternalCallsHeldTimeSession",
            "AutoOutCallsSession",
            "AutoOutCallsTalkTimeSession",
            "AutoOutCallsTimeSession",
            "AutoOutCallsHeldSession",
            "AutoOutCallsHeldTimeSession",
            "PreviewCallsSession",
            "PreviewCallsTalkTimeSession",
            "PreviewCallsTimeSession",
            "PreviewCallsHeldSession",
            "PreviewCallsHeldTimeSession",
            "ReservationCallsSession",
            "ReservationCallsTalkTimeSession",
            "ReservationCallsTimeSession",
            "ReservationCallsHeldSession",
            "ReservationCallsHeldTimeSession",
            "BargeInCallsSession",
            "InterceptCallsSession",
            "MonitorCallsSession",
            "WhisperCallsSession",
            "EmergencyCallsSession",
            "AvailTimeToday",
            "LoggedOnTimeToday",
            "NotReadyTimeToday",
            "ICMAvailableTimeToday",
            "RoutableTimeToday",
            "AgentOutCallsToday",
            "AgentOutCallsTalkTimeToday",
            "AgentOutCallsTimeToday",
            "AgentOutCallsHeldToday",
            "AgentOutCallsHeldTimeToday",
            "HandledCallsToday",
            "HandledCallsTalkTimeToday",
            "HandledCallsAfterCallTimeToday",
            "HandledCallsTimeToday",
            "IncomingCallsHeldToday",
            "IncomingCallsHeldTimeToday",
            "InternalCallsToday",
            "InternalCallsTimeToday",
            "InternalCallsRcvdToday",
            "InternalCallsRcvdTimeToday",
            "InternalCallsHeldToday",
            "InternalCallsHeldTimeToday",
            "AutoOutCallsToday",
            "AutoOutCallsTalkTimeToday",
            "AutoOutCallsTimeToday",
            "AutoOutCallsHeldToday",
            "AutoOutCallsHeldTimeToday",
            "PreviewCallsToday",
            "PreviewCallsTalkTimeToday",
            "PreviewCallsTimeToday",
            "PreviewCallsHeldToday",
            "PreviewCallsHeldTimeToday",
            "ReservationCallsToday",
            "ReservationCallsTalkTimeToday",
            "ReservationCallsTimeToday",
            "ReservationCallsHeldToday",
            "ReservationCallsHeldTimeToday",
            "BargeInCallsToday",
            "InterceptCallsToday",
            "MonitorCallsToday",
            "WhisperCallsToday",
            "EmergencyCallsToday",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal["AgentID", "AgentExtension", "AgentInstrument", "UniqueObjectID"],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(
        self,
        key: Literal[
            "PeripheralID",
            "AvailTimeSession",
            "LoggedOnTimeSession",
            "NotReadyTimeSession",
            "ICMAvailableTimeSession",
            "RoutableTimeSession",
            "AgentOutCallsSession",
            "AgentOutCallsTalkTimeSession",
            "AgentOutCallsTimeSession",
            "AgentOutCallsHeldSession",
            "AgentOutCallsHeldTimeSession",
            "HandledCallsSession",
            "HandledCallsTalkTimeSession",
            "HandledCallsAfterCallTimeSession",
            "HandledCallsTimeSession",
            "IncomingCallsHeldSession",
            "IncomingCallsHeldTimeSession",
            "InternalCallsSession",
            "InternalCallsTimeSession",
            "InternalCallsRcvdSession",
            "InternalCallsRcvdTimeSession",
            "InternalCallsHeldSession",
            "InternalCallsHeldTimeSession",
            "AutoOutCallsSession",
            "AutoOutCallsTalkTimeSession",
            "AutoOutCallsTimeSession",
            "AutoOutCallsHeldSession",
            "AutoOutCallsHeldTimeSession",
            "PreviewCallsSession",
            "PreviewCallsTalkTimeSession",
            "PreviewCallsTimeSession",
            "PreviewCallsHeldSession",
            "PreviewCallsHeldTimeSession",
            "ReservationCallsSession",
            "ReservationCallsTalkTimeSession",
            "ReservationCallsTimeSession",
            "ReservationCallsHeldSession",
            "ReservationCallsHeldTimeSession",
            "BargeInCallsSession",
            "InterceptCallsSession",
            "MonitorCallsSession",
            "WhisperCallsSession",
            "EmergencyCallsSession",
            "AvailTimeToday",
            "LoggedOnTimeToday",
            "NotReadyTimeToday",
            "ICMAvailableTimeToday",
            "RoutableTimeToday",
            "AgentOutCallsToday",
            "AgentOutCallsTalkTimeToday",
            "AgentOutCallsTimeToday",
            "AgentOutCallsHeldToday",
            "AgentOutCallsHeldTimeToday",
            "HandledCallsToday",
            "HandledCallsTalkTimeToday",
            "HandledCallsAfterCallTimeToday",
            "HandledCallsTimeToday",
            "IncomingCallsHeldToday",
            "IncomingCallsHeldTimeToday",
            "InternalCallsToday",
            "InternalCallsTimeToday",
            "InternalCallsRcvdToday",
            "InternalCallsRcvdTimeToday",
            "InternalCallsHeldToday",
            "InternalCallsHeldTimeToday",
            "AutoOutCallsToday",
            "AutoOutCallsTalkTimeToday",
            "AutoOutCallsTimeToday",
            "AutoOutCallsHeldToday",
            "AutoOutCallsHeldTimeToday",
            "PreviewCallsToday",
            "PreviewCallsTalkTimeToday",
            "PreviewCallsTimeToday",
            "PreviewCallsHeldToday",
            "PreviewCallsHeldTimeToday",
            "ReservationCallsToday",
            "ReservationCallsTalkTimeToday",
            "ReservationCallsTimeToday",
            "ReservationCallsHeldToday",
            "ReservationCallsHeldTimeToday",
            "BargeInCallsToday",
            "InterceptCallsToday",
            "MonitorCallsToday",
            "WhisperCallsToday",
            "EmergencyCallsToday",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class AgentInfoArguments(Arguments):
    """The agent's names."""

    @overload
    def __getitem__(
        self, key: Literal["UniqueObjectID", "AgentID", "AgentLastName", "AgentFirstName", "LoginName"]
    ) -> str: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal["UniqueObjectID", "AgentID", "AgentLastName", "AgentFirstName", "LoginName"],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class TeamMemberArguments(Arguments):
    """A member of a team, and whether it was added or removed."""

    @overload
    def __getitem__(
        self,
        key: Literal[
            "UniqueObjectID",
            "AgentID",
            "AgentExtension",
            "AgentInstrument",
            "AgentTeamName",
            "SupervisorID",
            "AgentLastName",
            "AgentFirstName",
            "AgentName",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "PeripheralID",
            "EventReasonCode",
            "AgentFlags",
            "ConfigOperation",
            "TeamID",
            "StateDuration",
            "AgentAvailabilityStatus",
            "NumSkillGroups",
            "EnablementMask",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Recovered"]) -> bool: ...
    @overload
    def __getitem__(self, key: Literal["AgentState"]) -> AgentState | int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal["UniqueObjectID", "AgentID", "AgentExtension", "AgentInstrument"],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(
        self,
        key: Literal["AgentTeamName", "SupervisorID", "AgentLastName", "AgentFirstName", "AgentName"],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self,
        key: Literal["AgentTeamName", "SupervisorID", "AgentLastName", "AgentFirstName", "AgentName"],
        default: _D,
    ) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal["PeripheralID", "EventReasonCode", "AgentFlags", "ConfigOperation", "TeamID"],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(
        self,
        key: Literal["StateDuration", "AgentAvailabilityStatus", "NumSkillGroups", "EnablementMask"],
        default: None = ...,
    ) -> int | None: ...
    @overload
    def get(
        self,
        key: Literal["StateDuration", "AgentAvailabilityStatus", "NumSkillGroups", "EnablementMask"],
        default: _D,
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Recovered"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Recovered"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: Literal["AgentState"], default: object = ...) -> AgentState | int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...
    @overload
    def get_indexed(self, key: Literal["SkillGroup"], *, first: int = 1) -> list[Arguments]: ...
    @overload
    def get_indexed(self, key: str, *, first: int = 1) -> list[object]: ...

class MonitoredAgentArguments(Arguments):
    """The agent that is monitored, and the supervisor."""

    @overload
    def __getitem__(
        self,
        key: Literal["UniqueObjectID", "AgentReference", "SupervisorID", "SupervisorKey", "BargedInCallID"],
    ) -> str: ...
    @overload
    def __getitem__(self, key: Literal["SupervisorAgentState"]) -> AgentState | int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal["UniqueObjectID", "AgentReference", "SupervisorID", "SupervisorKey"],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(self, key: Literal["BargedInCallID"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["BargedInCallID"], default: _D) -> str | _D: ...
    @overload
    def get(self, key: Literal["SupervisorAgentState"], default: object = ...) -> AgentState | int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class EmergencyCallArguments(Arguments):
    """The call and the agent who needs help."""

    @overload
    def __getitem__(
        self,
        key: Literal[
            "ConnectionDeviceID", "ClientID", "ClientAddress", "AgentExtension", "AgentID", "AgentInstrument"
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self, key: Literal["PeripheralID", "ConnectionCallID", "ConnectionDeviceIDType", "SessionID"]
    ) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal[
            "ConnectionDeviceID", "ClientID", "ClientAddress", "AgentExtension", "AgentID", "AgentInstrument"
        ],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(
        self,
        key: Literal["PeripheralID", "ConnectionCallID", "ConnectionDeviceIDType", "SessionID"],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class ChatArguments(Arguments):
    """A text message and its sender.

    ICMCentralControllerTime is in seconds since 1970.
    """

    @overload
    def __getitem__(
        self, key: Literal["Distribution", "Message", "Source", "ClientID", "AgentID", "Target"]
    ) -> str: ...
    @overload
    def __getitem__(self, key: Literal["ICMCentralControllerTime"]) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self, key: Literal["Distribution", "Message", "Source", "ClientID"], default: object = ...
    ) -> str: ...
    @overload
    def get(self, key: Literal["AgentID", "Target"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["AgentID", "Target"], default: _D) -> str | _D: ...
    @overload
    def get(self, key: Literal["ICMCentralControllerTime"], default: object = ...) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class ButtonArguments(Arguments):
    """The mask of the buttons that are enabled, a ``ButtonEnablement``."""

    @overload
    def __getitem__(self, key: Literal["UniqueObjectID"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["EnablementMask", "MessageID"]) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: _D) -> str | _D: ...
    @overload
    def get(self, key: Literal["EnablementMask"], default: object = ...) -> int: ...
    @overload
    def get(self, key: Literal["MessageID"], default: None = ...) -> int | None: ...
    @overload
    def get(self, key: Literal["MessageID"], default: _D) -> int | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class SupervisorButtonArguments(Arguments):
    """The mask of the supervisor's buttons that are enabled, a ``SupervisorButtonEnablement``."""

    @overload
    def __getitem__(self, key: Literal["UniqueObjectID"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["SupervisorBtnEnablementMask", "MessageID"]) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: _D) -> str | _D: ...
    @overload
    def get(self, key: Literal["SupervisorBtnEnablementMask"], default: object = ...) -> int: ...
    @overload
    def get(self, key: Literal["MessageID"], default: None = ...) -> int | None: ...
    @overload
    def get(self, key: Literal["MessageID"], default: _D) -> int | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class SilentMonitorArguments(Arguments):
    """Who monitors whom, and the call of the monitoring.

    SilentMonitorCallDisposition comes with its end. Recovered says that a repair found the end.
    """

    @overload
    def __getitem__(
        self,
        key: Literal[
            "SilentMonitorInitiatingAgentUID",
            "SilentMonitorInitiatingDeviceID",
            "SilentMonitorTargetAgentUID",
            "SilentMonitorTargetDeviceID",
            "SilentMonitorCallUID",
        ],
    ) -> str: ...
    @overload
    def __getitem__(self, key: Literal["SilentMonitorCallDisposition"]) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Recovered"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal[
            "SilentMonitorInitiatingAgentUID",
            "SilentMonitorInitiatingDeviceID",
            "SilentMonitorTargetAgentUID",
            "SilentMonitorTargetDeviceID",
            "SilentMonitorCallUID",
        ],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(self, key: Literal["SilentMonitorCallDisposition"], default: None = ...) -> int | None: ...
    @overload
    def get(self, key: Literal["SilentMonitorCallDisposition"], default: _D) -> int | _D: ...
    @overload
    def get(self, key: Literal["Recovered"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Recovered"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class SkillGroupStatisticsArguments(Arguments):
    """The skill group and its figures, nested under Statistics."""

    @overload
    def __getitem__(self, key: Literal["UniqueObjectID"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["PeripheralID", "SkillGroupNumber", "SkillGroupID"]) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Statistics"]) -> Arguments: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: object = ...) -> str: ...
    @overload
    def get(
        self, key: Literal["PeripheralID", "SkillGroupNumber", "SkillGroupID"], default: object = ...
    ) -> int: ...
    @overload
    def get(self, key: Literal["Statistics"], default: object = ...) -> Arguments: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class SkillInfoArguments(Arguments):
    """The skill group's name."""

    @overload
    def __getitem__(self, key: Literal["SkillGroupName", "UniqueObjectID"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["SkillGroupNumber"]) -> int: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["SkillGroupName", "UniqueObjectID"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["SkillGroupNumber"], default: object = ...) -> int: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CallArguments(Arguments):
    """The call and its status, a ``CallStatus``.

    Monitored and SupervisorBtnEnablementMask come with monitored calls only.
    """

    @overload
    def __getitem__(
        self, key: Literal["UniqueObjectID", "ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"]
    ) -> str: ...
    @overload
    def __getitem__(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"]
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: object = ...) -> str: ...
    @overload
    def get(
        self,
        key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self, key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"], default: _D
    ) -> str | _D: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: None = ...
    ) -> int | None: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: _D
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CallEndArguments(CallArguments):
    """The call.

    Recovered says that a repair after a gap found the end.
    """

    @overload
    def __getitem__(
        self, key: Literal["UniqueObjectID", "ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"]
    ) -> str: ...
    @overload
    def __getitem__(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"]
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored", "Recovered"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: object = ...) -> str: ...
    @overload
    def get(
        self,
        key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self, key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"], default: _D
    ) -> str | _D: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: None = ...
    ) -> int | None: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: _D
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored", "Recovered"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored", "Recovered"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CallFailedArguments(CallArguments):
    """The call, and why it failed.

    FailureCode is an ``EventCause``.
    """

    @overload
    def __getitem__(
        self,
        key: Literal[
            "UniqueObjectID", "ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget", "ErrorMessage"
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask", "FailureCode"]
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID", "ErrorMessage"], default: object = ...) -> str: ...
    @overload
    def get(
        self,
        key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self, key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"], default: _D
    ) -> str | _D: ...
    @overload
    def get(self, key: Literal["FailureCode"], default: object = ...) -> int: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: None = ...
    ) -> int | None: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: _D
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CallDataArguments(CallArguments):
    """The call and what is known of its data.

    ECC has the named variables.
    """

    @overload
    def __getitem__(
        self,
        key: Literal[
            "UniqueObjectID",
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ANI",
            "UserToUserInfo",
            "DNIS",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallWrapupData",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "PeripheralID",
            "PeripheralType",
            "CallType",
            "RouterCallKeyDay",
            "RouterCallKeyCallID",
            "ConnectionCallID",
            "ServiceNumber",
            "ServiceID",
            "SkillGroupNumber",
            "SkillGroupID",
            "SkillGroupPriority",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: Literal["ECC", "CTIClients"]) -> Arguments: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: object = ...) -> str: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ANI",
            "UserToUserInfo",
            "DNIS",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallWrapupData",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
        ],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ANI",
            "UserToUserInfo",
            "DNIS",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallWrapupData",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
        ],
        default: _D,
    ) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "PeripheralID",
            "PeripheralType",
            "CallType",
            "RouterCallKeyDay",
            "RouterCallKeyCallID",
            "ConnectionCallID",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "ServiceNumber",
            "ServiceID",
            "SkillGroupNumber",
            "SkillGroupID",
            "SkillGroupPriority",
        ],
        default: None = ...,
    ) -> int | None: ...
    @overload
    def get(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "ServiceNumber",
            "ServiceID",
            "SkillGroupNumber",
            "SkillGroupID",
            "SkillGroupPriority",
        ],
        default: _D,
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: Literal["ECC", "CTIClients"], default: None = ...) -> Arguments | None: ...
    @overload
    def get(self, key: Literal["ECC", "CTIClients"], default: _D) -> Arguments | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CallContextArguments(CallDataArguments):
    """The call and its data.

    Recovered says that a repair after a gap found the call, OldUniqueObjectID that it was renamed.
    """

    @overload
    def __getitem__(
        self,
        key: Literal[
            "UniqueObjectID",
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ANI",
            "UserToUserInfo",
            "DNIS",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallWrapupData",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
            "OldUniqueObjectID",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "PeripheralID",
            "PeripheralType",
            "CallType",
            "RouterCallKeyDay",
            "RouterCallKeyCallID",
            "ConnectionCallID",
            "ServiceNumber",
            "ServiceID",
            "SkillGroupNumber",
            "SkillGroupID",
            "SkillGroupPriority",
            "RouterCallKeySequenceNumber",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored", "Recovered"]) -> bool: ...
    @overload
    def __getitem__(self, key: Literal["ECC", "CTIClients"]) -> Arguments: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: object = ...) -> str: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ANI",
            "UserToUserInfo",
            "DNIS",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallWrapupData",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
            "OldUniqueObjectID",
        ],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ANI",
            "UserToUserInfo",
            "DNIS",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallWrapupData",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
            "OldUniqueObjectID",
        ],
        default: _D,
    ) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "PeripheralID",
            "PeripheralType",
            "CallType",
            "RouterCallKeyDay",
            "RouterCallKeyCallID",
            "ConnectionCallID",
            "RouterCallKeySequenceNumber",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "ServiceNumber",
            "ServiceID",
            "SkillGroupNumber",
            "SkillGroupID",
            "SkillGroupPriority",
        ],
        default: None = ...,
    ) -> int | None: ...
    @overload
    def get(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "ServiceNumber",
            "ServiceID",
            "SkillGroupNumber",
            "SkillGroupID",
            "SkillGroupPriority",
        ],
        default: _D,
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored", "Recovered"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored", "Recovered"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: Literal["ECC", "CTIClients"], default: None = ...) -> Arguments | None: ...
    @overload
    def get(self, key: Literal["ECC", "CTIClients"], default: _D) -> Arguments | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CallLineArguments(CallArguments):
    """The call, and the line, service and skill group that it is at."""

    @overload
    def __getitem__(
        self, key: Literal["UniqueObjectID", "ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"]
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "ServiceNumber",
            "ServiceID",
            "LineType",
            "SkillGroupNumber",
            "SkillGroupID",
            "SkillGroupPriority",
            "TrunkNumber",
            "TrunkGroupNumber",
            "EventCause",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID"], default: object = ...) -> str: ...
    @overload
    def get(
        self,
        key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self, key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"], default: _D
    ) -> str | _D: ...
    @overload
    def get(self, key: Literal["ServiceNumber", "ServiceID", "LineType"], default: object = ...) -> int: ...
    @overload
    def get(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "SkillGroupNumber",
            "SkillGroupID",
            "SkillGroupPriority",
            "TrunkNumber",
            "TrunkGroupNumber",
            "EventCause",
        ],
        default: None = ...,
    ) -> int | None: ...
    @overload
    def get(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "SkillGroupNumber",
            "SkillGroupID",
            "SkillGroupPriority",
            "TrunkNumber",
            "TrunkGroupNumber",
            "EventCause",
        ],
        default: _D,
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CallReachedNetworkArguments(CallArguments):
    """The call, its trunk, and the device that it calls."""

    @overload
    def __getitem__(
        self,
        key: Literal[
            "UniqueObjectID",
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ConnectionDeviceID",
            "TrunkUsedDeviceID",
            "CalledDeviceID",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "ConnectionDeviceIDType",
            "TrunkUsedDeviceIDType",
            "CalledDeviceIDType",
            "LocalConnectionState",
            "EventCause",
            "LineHandle",
            "LineType",
            "TrunkNumber",
            "TrunkGroupNumber",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal["UniqueObjectID", "ConnectionDeviceID", "TrunkUsedDeviceID", "CalledDeviceID"],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(
        self,
        key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self, key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"], default: _D
    ) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "ConnectionDeviceIDType",
            "TrunkUsedDeviceIDType",
            "CalledDeviceIDType",
            "LocalConnectionState",
            "EventCause",
            "LineHandle",
            "LineType",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(
        self,
        key: Literal[
            "CallStatus", "EnablementMask", "SupervisorBtnEnablementMask", "TrunkNumber", "TrunkGroupNumber"
        ],
        default: None = ...,
    ) -> int | None: ...
    @overload
    def get(
        self,
        key: Literal[
            "CallStatus", "EnablementMask", "SupervisorBtnEnablementMask", "TrunkNumber", "TrunkGroupNumber"
        ],
        default: _D,
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CallDivertedArguments(CallArguments):
    """The call, the device that it was diverted from, and the one that it goes to."""

    @overload
    def __getitem__(
        self,
        key: Literal[
            "UniqueObjectID",
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ConnectionDeviceID",
            "DivertingDeviceID",
            "CalledDeviceID",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "PeripheralID",
            "PeripheralType",
            "ConnectionDeviceIDType",
            "ConnectionCallID",
            "ServiceNumber",
            "ServiceID",
            "DivertingDeviceType",
            "CalledDeviceType",
            "LocalConnectionState",
            "EventCause",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID", "ConnectionDeviceID"], default: object = ...) -> str: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "DivertingDeviceID",
            "CalledDeviceID",
        ],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "DivertingDeviceID",
            "CalledDeviceID",
        ],
        default: _D,
    ) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "PeripheralID",
            "PeripheralType",
            "ConnectionDeviceIDType",
            "ConnectionCallID",
            "ServiceNumber",
            "ServiceID",
            "DivertingDeviceType",
            "CalledDeviceType",
            "LocalConnectionState",
            "EventCause",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: None = ...
    ) -> int | None: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: _D
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CallDequeuedArguments(CallArguments):
    """The call and the queue that it left."""

    @overload
    def __getitem__(
        self,
        key: Literal[
            "UniqueObjectID",
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ConnectionDeviceID",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "ConnectionDeviceIDType",
            "LocalConnectionState",
            "EventCause",
            "LineHandle",
            "LineType",
            "ServiceNumber",
            "ServiceID",
            "NumQueued",
            "NumSkillGroups",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID", "ConnectionDeviceID"], default: object = ...) -> str: ...
    @overload
    def get(
        self,
        key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self, key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"], default: _D
    ) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "ConnectionDeviceIDType",
            "LocalConnectionState",
            "EventCause",
            "LineHandle",
            "LineType",
            "ServiceNumber",
            "ServiceID",
            "NumQueued",
            "NumSkillGroups",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: None = ...
    ) -> int | None: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: _D
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CallQueuedArguments(CallDequeuedArguments):
    """The call, its devices, and the queue that it waits in."""

    @overload
    def __getitem__(
        self,
        key: Literal[
            "UniqueObjectID",
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ConnectionDeviceID",
            "QueuedDeviceID",
            "CallingDeviceID",
            "CalledDeviceID",
            "LastRedirectedDeviceID",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "ConnectionDeviceIDType",
            "LocalConnectionState",
            "EventCause",
            "LineHandle",
            "LineType",
            "ServiceNumber",
            "ServiceID",
            "NumQueued",
            "NumSkillGroups",
            "QueuedDeviceIDType",
            "CallingDeviceIDType",
            "CalledDeviceIDType",
            "LastRedirectedDeviceIDType",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal[
            "UniqueObjectID",
            "ConnectionDeviceID",
            "QueuedDeviceID",
            "CallingDeviceID",
            "CalledDeviceID",
            "LastRedirectedDeviceID",
        ],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(
        self,
        key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self, key: Literal["ICMEnterpriseUniqueID", "DeviceUniqueObjectID", "FilterTarget"], default: _D
    ) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "ConnectionDeviceIDType",
            "LocalConnectionState",
            "EventCause",
            "LineHandle",
            "LineType",
            "ServiceNumber",
            "ServiceID",
            "NumQueued",
            "NumSkillGroups",
            "QueuedDeviceIDType",
            "CallingDeviceIDType",
            "CalledDeviceIDType",
            "LastRedirectedDeviceIDType",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: None = ...
    ) -> int | None: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: _D
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class RtpStoppedArguments(CallArguments):
    """The call and the address of its media stream.

    Direction says whether it is the agent's input or output.
    """

    @overload
    def __getitem__(
        self,
        key: Literal[
            "UniqueObjectID",
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ConnectionDeviceID",
            "ClientAddress",
            "AgentID",
            "AgentExtension",
            "AgentInstrument",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "MonitorID",
            "PeripheralID",
            "ClientPort",
            "Direction",
            "ConnectionDeviceIDType",
            "ConnectionCallID",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID", "ConnectionDeviceID"], default: object = ...) -> str: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ClientAddress",
            "AgentID",
            "AgentExtension",
            "AgentInstrument",
        ],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ClientAddress",
            "AgentID",
            "AgentExtension",
            "AgentInstrument",
        ],
        default: _D,
    ) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "MonitorID",
            "PeripheralID",
            "ClientPort",
            "Direction",
            "ConnectionDeviceIDType",
            "ConnectionCallID",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: None = ...
    ) -> int | None: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: _D
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class RtpStartedArguments(RtpStoppedArguments):
    """The call, the address of its media stream, and the codec."""

    @overload
    def __getitem__(
        self,
        key: Literal[
            "UniqueObjectID",
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ConnectionDeviceID",
            "ClientAddress",
            "AgentID",
            "AgentExtension",
            "AgentInstrument",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "CallStatus",
            "EnablementMask",
            "SupervisorBtnEnablementMask",
            "MonitorID",
            "PeripheralID",
            "ClientPort",
            "Direction",
            "ConnectionDeviceIDType",
            "ConnectionCallID",
            "RTPType",
            "BitRate",
            "EchoCancellation",
            "PacketSize",
            "PayloadType",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["UniqueObjectID", "ConnectionDeviceID"], default: object = ...) -> str: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ClientAddress",
            "AgentID",
            "AgentExtension",
            "AgentInstrument",
        ],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "DeviceUniqueObjectID",
            "FilterTarget",
            "ClientAddress",
            "AgentID",
            "AgentExtension",
            "AgentInstrument",
        ],
        default: _D,
    ) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "MonitorID",
            "PeripheralID",
            "ClientPort",
            "Direction",
            "ConnectionDeviceIDType",
            "ConnectionCallID",
            "RTPType",
            "BitRate",
            "EchoCancellation",
            "PacketSize",
            "PayloadType",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: None = ...
    ) -> int | None: ...
    @overload
    def get(
        self, key: Literal["CallStatus", "EnablementMask", "SupervisorBtnEnablementMask"], default: _D
    ) -> int | _D: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class PrecallAbortArguments(Arguments):
    """The contact and the agent that it was routed to."""

    @overload
    def __getitem__(self, key: Literal["AgentInstrument", "ICMEnterpriseUniqueID"]) -> str: ...
    @overload
    def __getitem__(self, key: Literal["RouterCallKeyDay", "RouterCallKeyCallID"]) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(self, key: Literal["AgentInstrument"], default: object = ...) -> str: ...
    @overload
    def get(self, key: Literal["ICMEnterpriseUniqueID"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["ICMEnterpriseUniqueID"], default: _D) -> str | _D: ...
    @overload
    def get(self, key: Literal["RouterCallKeyDay", "RouterCallKeyCallID"], default: object = ...) -> int: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class PrecallArguments(PrecallAbortArguments):
    """The contact, its data, and the agent that it is routed to.

    ECC has the named variables.
    """

    @overload
    def __getitem__(
        self,
        key: Literal[
            "AgentInstrument",
            "ICMEnterpriseUniqueID",
            "ANI",
            "UserToUserInfo",
            "DNIS",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "RouterCallKeyDay",
            "RouterCallKeyCallID",
            "ServiceNumber",
            "ServiceID",
            "SkillGroupNumber",
            "SkillGroupID",
            "SkillGroupPriority",
            "CallTypeIDTag",
            "PreCallInvokeIDTag",
            "NumNamedVariables",
            "NumNamedArrays",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: Literal["ECC"]) -> Arguments: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal[
            "AgentInstrument",
            "ANI",
            "UserToUserInfo",
            "DNIS",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
        ],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(self, key: Literal["ICMEnterpriseUniqueID"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["ICMEnterpriseUniqueID"], default: _D) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "RouterCallKeyDay",
            "RouterCallKeyCallID",
            "ServiceNumber",
            "ServiceID",
            "SkillGroupNumber",
            "SkillGroupID",
            "SkillGroupPriority",
            "CallTypeIDTag",
            "PreCallInvokeIDTag",
            "NumNamedVariables",
            "NumNamedArrays",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: Literal["ECC"], default: object = ...) -> Arguments: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class TranslationRouteArguments(Arguments):
    """The contact and its data.

    ECC has the named variables.
    """

    @overload
    def __getitem__(
        self,
        key: Literal[
            "ANI",
            "UserToUserInfo",
            "DNIS",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
            "ICMEnterpriseUniqueID",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "RouterCallKeyDay",
            "RouterCallKeyCallID",
            "RouterCallKeySequenceNumber",
            "NumNamedVariables",
            "NumNamedArrays",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["Monitored"]) -> bool: ...
    @overload
    def __getitem__(self, key: Literal["ECC"]) -> Arguments: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal[
            "ANI",
            "UserToUserInfo",
            "DNIS",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
        ],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(self, key: Literal["ICMEnterpriseUniqueID"], default: None = ...) -> str | None: ...
    @overload
    def get(self, key: Literal["ICMEnterpriseUniqueID"], default: _D) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "RouterCallKeyDay",
            "RouterCallKeyCallID",
            "RouterCallKeySequenceNumber",
            "NumNamedVariables",
            "NumNamedArrays",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: Literal["Monitored"], default: None = ...) -> bool | None: ...
    @overload
    def get(self, key: Literal["Monitored"], default: _D) -> bool | _D: ...
    @overload
    def get(self, key: Literal["ECC"], default: object = ...) -> Arguments: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...

class CallSnapshotArguments(Arguments):
    """Everything that is known of a call, with its devices, which are CallDevice[1] and so on."""

    @overload
    def __getitem__(
        self,
        key: Literal[
            "UniqueObjectID",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallWrapupData",
            "CustomerPhoneNumber",
            "CustomerAccountNumber",
            "CalledDeviceID",
            "CallConnectionDeviceID",
            "ICMEnterpriseUniqueID",
            "ANI",
            "DNIS",
            "UserToUserInfo",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
        ],
    ) -> str: ...
    @overload
    def __getitem__(
        self,
        key: Literal[
            "PeripheralID",
            "ConnectionCallID",
            "CallType",
            "CallStatus",
            "RouterCallKeyDay",
            "RouterCallKeyCallID",
            "NumNamedVariables",
            "NumNamedArrays",
            "NumCallDevices",
            "CallConnectionCallID",
            "CallConnectionDeviceIDType",
            "CallDeviceConnectionState",
            "CallDeviceType",
        ],
    ) -> int: ...
    @overload
    def __getitem__(self, key: Literal["ECC", "CTIClients"]) -> Arguments: ...
    @overload
    def __getitem__(self, key: str) -> object: ...
    @overload
    def get(
        self,
        key: Literal[
            "UniqueObjectID",
            "DialedNumber",
            "CallerEnteredDigits",
            "CallWrapupData",
            "CustomerPhoneNumber",
            "CustomerAccountNumber",
            "CalledDeviceID",
            "CallConnectionDeviceID",
        ],
        default: object = ...,
    ) -> str: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "ANI",
            "DNIS",
            "UserToUserInfo",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
        ],
        default: None = ...,
    ) -> str | None: ...
    @overload
    def get(
        self,
        key: Literal[
            "ICMEnterpriseUniqueID",
            "ANI",
            "DNIS",
            "UserToUserInfo",
            "CallVariable1",
            "CallVariable2",
            "CallVariable3",
            "CallVariable4",
            "CallVariable5",
            "CallVariable6",
            "CallVariable7",
            "CallVariable8",
            "CallVariable9",
            "CallVariable10",
        ],
        default: _D,
    ) -> str | _D: ...
    @overload
    def get(
        self,
        key: Literal[
            "PeripheralID",
            "ConnectionCallID",
            "CallType",
            "CallStatus",
            "RouterCallKeyDay",
            "RouterCallKeyCallID",
            "NumNamedVariables",
            "NumNamedArrays",
            "NumCallDevices",
            "CallConnectionCallID",
            "CallConnectionDeviceIDType",
            "CallDeviceConnectionState",
            "CallDeviceType",
        ],
        default: object = ...,
    ) -> int: ...
    @overload
    def get(self, key: Literal["ECC"], default: object = ...) -> Arguments: ...
    @overload
    def get(self, key: Literal["CTIClients"], default: None = ...) -> Arguments | None: ...
    @overload
    def get(self, key: Literal["CTIClients"], default: _D) -> Arguments | _D: ...
    @overload
    def get(self, key: str, default: object = ...) -> object: ...
    @overload
    def get_indexed(self, key: Literal["CallDevice"], *, first: int = 1) -> list[Arguments]: ...
    @overload
    def get_indexed(self, key: str, *, first: int = 1) -> list[object]: ...
