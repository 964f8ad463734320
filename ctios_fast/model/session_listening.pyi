# Written by ci/make_event_types.py from event_types.toml: change the data, not this file.
# pyright: reportInvalidTypeVarUse=false
import asyncio
from collections.abc import Callable, Sequence
from typing import Literal, Never, TypeVar, overload

from .arguments import Arguments
from .event_arguments import (
    AgentInfoArguments,
    AgentModeArguments,
    AgentQueryArguments,
    AgentStateArguments,
    AgentStatisticsArguments,
    ButtonArguments,
    CallArguments,
    CallContextArguments,
    CallDataArguments,
    CallDequeuedArguments,
    CallDivertedArguments,
    CallEndArguments,
    CallFailedArguments,
    CallLineArguments,
    CallQueuedArguments,
    CallReachedNetworkArguments,
    CallSnapshotArguments,
    ChatArguments,
    ConfirmationArguments,
    ConnectionArguments,
    ConnectionFailureArguments,
    ConnectionRejectedArguments,
    ControlFailureArguments,
    CtiosFailureArguments,
    CurrentObjectArguments,
    DeskSettingsArguments,
    DeviceInfoArguments,
    DeviceSnapshotArguments,
    EmergencyCallArguments,
    EventName,
    LagArguments,
    MaintenanceArguments,
    MakeCallArguments,
    MissingHeartbeatArguments,
    MonitoredAgentArguments,
    MonitorModeArguments,
    PrecallAbortArguments,
    PrecallArguments,
    RecoveredArguments,
    RtpStartedArguments,
    RtpStoppedArguments,
    SilentMonitorArguments,
    SkillGroupStatisticsArguments,
    SkillInfoArguments,
    StandbyArguments,
    StandbyLossArguments,
    SupervisedCallArguments,
    SupervisorButtonArguments,
    TeamMemberArguments,
    TimeArguments,
    TranslationRouteArguments,
)
from .publisher import Listener
from .session_snapshot import SessionSnapshot
from .streams import EventStream, Overflow

# The listeners of each class of Arguments: a decorator returns the function itself.
_ConnectionArguments = TypeVar("_ConnectionArguments", bound=Callable[[ConnectionArguments], object])
_StandbyArguments = TypeVar("_StandbyArguments", bound=Callable[[StandbyArguments], object])
_ConnectionFailureArguments = TypeVar(
    "_ConnectionFailureArguments", bound=Callable[[ConnectionFailureArguments], object]
)
_StandbyLossArguments = TypeVar("_StandbyLossArguments", bound=Callable[[StandbyLossArguments], object])
_ConnectionRejectedArguments = TypeVar(
    "_ConnectionRejectedArguments", bound=Callable[[ConnectionRejectedArguments], object]
)
_TimeArguments = TypeVar("_TimeArguments", bound=Callable[[TimeArguments], object])
_MissingHeartbeatArguments = TypeVar(
    "_MissingHeartbeatArguments", bound=Callable[[MissingHeartbeatArguments], object]
)
_MonitorModeArguments = TypeVar("_MonitorModeArguments", bound=Callable[[MonitorModeArguments], object])
_AgentModeArguments = TypeVar("_AgentModeArguments", bound=Callable[[AgentModeArguments], object])
_CtiosFailureArguments = TypeVar("_CtiosFailureArguments", bound=Callable[[CtiosFailureArguments], object])
_CurrentObjectArguments = TypeVar("_CurrentObjectArguments", bound=Callable[[CurrentObjectArguments], object])
_RecoveredArguments = TypeVar("_RecoveredArguments", bound=Callable[[RecoveredArguments], object])
_MaintenanceArguments = TypeVar("_MaintenanceArguments", bound=Callable[[MaintenanceArguments], object])
_LagArguments = TypeVar("_LagArguments", bound=Callable[[LagArguments], object])
_ConfirmationArguments = TypeVar("_ConfirmationArguments", bound=Callable[[ConfirmationArguments], object])
_ControlFailureArguments = TypeVar(
    "_ControlFailureArguments", bound=Callable[[ControlFailureArguments], object]
)
_MakeCallArguments = TypeVar("_MakeCallArguments", bound=Callable[[MakeCallArguments], object])
_SupervisedCallArguments = TypeVar(
    "_SupervisedCallArguments", bound=Callable[[SupervisedCallArguments], object]
)
_DeskSettingsArguments = TypeVar("_DeskSettingsArguments", bound=Callable[[DeskSettingsArguments], object])
_DeviceSnapshotArguments = TypeVar(
    "_DeviceSnapshotArguments", bound=Callable[[DeviceSnapshotArguments], object]
)
_DeviceInfoArguments = TypeVar("_DeviceInfoArguments", bound=Callable[[DeviceInfoArguments], object])
_AgentStateArguments = TypeVar("_AgentStateArguments", bound=Callable[[AgentStateArguments], object])
_AgentQueryArguments = TypeVar("_AgentQueryArguments", bound=Callable[[AgentQueryArguments], object])
_AgentStatisticsArguments = TypeVar(
    "_AgentStatisticsArguments", bound=Callable[[AgentStatisticsArguments], object]
)
_AgentInfoArguments = TypeVar("_AgentInfoArguments", bound=Callable[[AgentInfoArguments], object])
_TeamMemberArguments = TypeVar("_TeamMemberArguments", bound=Callable[[TeamMemberArguments], object])
_MonitoredAgentArguments = TypeVar(
    "_MonitoredAgentArguments", bound=Callable[[MonitoredAgentArguments], object]
)
_EmergencyCallArguments = TypeVar("_EmergencyCallArguments", bound=Callable[[EmergencyCallArguments], object])
_ChatArguments = TypeVar("_ChatArguments", bound=Callable[[ChatArguments], object])
_ButtonArguments = TypeVar("_ButtonArguments", bound=Callable[[ButtonArguments], object])
_SupervisorButtonArguments = TypeVar(
    "_SupervisorButtonArguments", bound=Callable[[SupervisorButtonArguments], object]
)
_SilentMonitorArguments = TypeVar("_SilentMonitorArguments", bound=Callable[[SilentMonitorArguments], object])
_SkillGroupStatisticsArguments = TypeVar(
    "_SkillGroupStatisticsArguments", bound=Callable[[SkillGroupStatisticsArguments], object]
)
_SkillInfoArguments = TypeVar("_SkillInfoArguments", bound=Callable[[SkillInfoArguments], object])
_CallArguments = TypeVar("_CallArguments", bound=Callable[[CallArguments], object])
_CallEndArguments = TypeVar("_CallEndArguments", bound=Callable[[CallEndArguments], object])
_CallFailedArguments = TypeVar("_CallFailedArguments", bound=Callable[[CallFailedArguments], object])
_CallDataArguments = TypeVar("_CallDataArguments", bound=Callable[[CallDataArguments], object])
_CallContextArguments = TypeVar("_CallContextArguments", bound=Callable[[CallContextArguments], object])
_CallLineArguments = TypeVar("_CallLineArguments", bound=Callable[[CallLineArguments], object])
_CallReachedNetworkArguments = TypeVar(
    "_CallReachedNetworkArguments", bound=Callable[[CallReachedNetworkArguments], object]
)
_CallDivertedArguments = TypeVar("_CallDivertedArguments", bound=Callable[[CallDivertedArguments], object])
_CallDequeuedArguments = TypeVar("_CallDequeuedArguments", bound=Callable[[CallDequeuedArguments], object])
_CallQueuedArguments = TypeVar("_CallQueuedArguments", bound=Callable[[CallQueuedArguments], object])
_RtpStoppedArguments = TypeVar("_RtpStoppedArguments", bound=Callable[[RtpStoppedArguments], object])
_RtpStartedArguments = TypeVar("_RtpStartedArguments", bound=Callable[[RtpStartedArguments], object])
_PrecallAbortArguments = TypeVar("_PrecallAbortArguments", bound=Callable[[PrecallAbortArguments], object])
_PrecallArguments = TypeVar("_PrecallArguments", bound=Callable[[PrecallArguments], object])
_TranslationRouteArguments = TypeVar(
    "_TranslationRouteArguments", bound=Callable[[TranslationRouteArguments], object]
)
_CallSnapshotArguments = TypeVar("_CallSnapshotArguments", bound=Callable[[CallSnapshotArguments], object])
_Arguments = TypeVar("_Arguments", bound=Callable[[Arguments], object])

# A name that is known only when the program runs. Text has the shape of a Sequence: so mypy takes
# the overload of such a name for the one that a misspelt name was meant for, and reports it alone.
# Without the Sequence it lists all overloads, and without the type variable all names.
_KnownEvent = TypeVar("_KnownEvent", bound=EventName | Sequence[Never])

class SessionListening(SessionSnapshot):
    @property
    def events(self) -> tuple[EventName, ...]: ...
    def add_event_listener(self, sink: object) -> None: ...
    def remove_event_listener(self, sink: object) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnConnection"], listener: Callable[[ConnectionArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnConnection"]
    ) -> Callable[[_ConnectionArguments], _ConnectionArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnStandbyOpened", "OnStandbyActive"],
        listener: Callable[[StandbyArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnStandbyOpened", "OnStandbyActive"]
    ) -> Callable[[_StandbyArguments], _StandbyArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnConnectionFailure"], listener: Callable[[ConnectionFailureArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnConnectionFailure"]
    ) -> Callable[[_ConnectionFailureArguments], _ConnectionFailureArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnStandbyLost"], listener: Callable[[StandbyLossArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnStandbyLost"]
    ) -> Callable[[_StandbyLossArguments], _StandbyLossArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnConnectionRejected"],
        listener: Callable[[ConnectionRejectedArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnConnectionRejected"]
    ) -> Callable[[_ConnectionRejectedArguments], _ConnectionRejectedArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnHeartbeat", "OnActiveMaintenanceRequest"],
        listener: Callable[[TimeArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnHeartbeat", "OnActiveMaintenanceRequest"]
    ) -> Callable[[_TimeArguments], _TimeArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnMissingHeartbeat"], listener: Callable[[MissingHeartbeatArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnMissingHeartbeat"]
    ) -> Callable[[_MissingHeartbeatArguments], _MissingHeartbeatArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnMonitorModeEstablished"], listener: Callable[[MonitorModeArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnMonitorModeEstablished"]
    ) -> Callable[[_MonitorModeArguments], _MonitorModeArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnSetAgentModeEvent", "OnSetAgentMode", "OnSetAgentModeConf"],
        listener: Callable[[AgentModeArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSetAgentModeEvent", "OnSetAgentMode", "OnSetAgentModeConf"]
    ) -> Callable[[_AgentModeArguments], _AgentModeArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnCTIOSFailure", "OnCTIOSFailureEvent"],
        listener: Callable[[CtiosFailureArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCTIOSFailure", "OnCTIOSFailureEvent"]
    ) -> Callable[[_CtiosFailureArguments], _CtiosFailureArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnCurrentAgentReset", "OnCurrentCallChanged"],
        listener: Callable[[CurrentObjectArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCurrentAgentReset", "OnCurrentCallChanged"]
    ) -> Callable[[_CurrentObjectArguments], _CurrentObjectArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnRecovered"], listener: Callable[[RecoveredArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnRecovered"]
    ) -> Callable[[_RecoveredArguments], _RecoveredArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnActiveMaintenance"], listener: Callable[[MaintenanceArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnActiveMaintenance"]
    ) -> Callable[[_MaintenanceArguments], _MaintenanceArguments]: ...
    @overload
    def subscribe(self, event: Literal["OnLag"], listener: Callable[[LagArguments], object]) -> None: ...
    @overload
    def subscribe(self, event: Literal["OnLag"]) -> Callable[[_LagArguments], _LagArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSetAgentStateConf",
            "OnBadCallConf",
            "OnReleaseCallConf",
            "OnAgentGreetingControlConf",
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
            "OnTransferCallConf",
        ],
        listener: Callable[[ConfirmationArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSetAgentStateConf",
            "OnBadCallConf",
            "OnReleaseCallConf",
            "OnAgentGreetingControlConf",
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
            "OnTransferCallConf",
        ],
    ) -> Callable[[_ConfirmationArguments], _ConfirmationArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnLogoutFailed", "OnControlFailureConf", "OnControlFailure"],
        listener: Callable[[ControlFailureArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnLogoutFailed", "OnControlFailureConf", "OnControlFailure"]
    ) -> Callable[[_ControlFailureArguments], _ControlFailureArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnMakeCallConf"], listener: Callable[[MakeCallArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnMakeCallConf"]
    ) -> Callable[[_MakeCallArguments], _MakeCallArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnSupervisorAssistConf", "OnEmergencyCallConf", "OnSuperviseCallConf"],
        listener: Callable[[SupervisedCallArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSupervisorAssistConf", "OnEmergencyCallConf", "OnSuperviseCallConf"]
    ) -> Callable[[_SupervisedCallArguments], _SupervisedCallArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnAgentDeskSettingsConf"], listener: Callable[[DeskSettingsArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnAgentDeskSettingsConf"]
    ) -> Callable[[_DeskSettingsArguments], _DeskSettingsArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnSnapshotDeviceConf"], listener: Callable[[DeviceSnapshotArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSnapshotDeviceConf"]
    ) -> Callable[[_DeviceSnapshotArguments], _DeviceSnapshotArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnQueryDeviceInfoConf"], listener: Callable[[DeviceInfoArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnQueryDeviceInfoConf"]
    ) -> Callable[[_DeviceInfoArguments], _DeviceInfoArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentStateChange",
            "OnAgentStateChanged",
            "OnMonitoredAgentStateChange",
            "OnPreLogout",
            "OnPostLogout",
        ],
        listener: Callable[[AgentStateArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentStateChange",
            "OnAgentStateChanged",
            "OnMonitoredAgentStateChange",
            "OnPreLogout",
            "OnPostLogout",
        ],
    ) -> Callable[[_AgentStateArguments], _AgentStateArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnQueryAgentStateConf"], listener: Callable[[AgentQueryArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnQueryAgentStateConf"]
    ) -> Callable[[_AgentQueryArguments], _AgentQueryArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnAgentStatistics", "OnNewAgentStatisticsEvent"],
        listener: Callable[[AgentStatisticsArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnAgentStatistics", "OnNewAgentStatisticsEvent"]
    ) -> Callable[[_AgentStatisticsArguments], _AgentStatisticsArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentInfoEvent", "OnAgentInfo", "OnMonitoredAgentInfoEvent", "OnMonitoredAgentInfo"
        ],
        listener: Callable[[AgentInfoArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentInfoEvent", "OnAgentInfo", "OnMonitoredAgentInfoEvent", "OnMonitoredAgentInfo"
        ],
    ) -> Callable[[_AgentInfoArguments], _AgentInfoArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnNewAgentTeamMember"], listener: Callable[[TeamMemberArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnNewAgentTeamMember"]
    ) -> Callable[[_TeamMemberArguments], _TeamMemberArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnStartMonitoringAgent", "OnStopMonitoringAgent"],
        listener: Callable[[MonitoredAgentArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnStartMonitoringAgent", "OnStopMonitoringAgent"]
    ) -> Callable[[_MonitoredAgentArguments], _MonitoredAgentArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnEmergencyCall"], listener: Callable[[EmergencyCallArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnEmergencyCall"]
    ) -> Callable[[_EmergencyCallArguments], _EmergencyCallArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnChatMessage"], listener: Callable[[ChatArguments], object]
    ) -> None: ...
    @overload
    def subscribe(self, event: Literal["OnChatMessage"]) -> Callable[[_ChatArguments], _ChatArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnButtonEnablementChange"], listener: Callable[[ButtonArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnButtonEnablementChange"]
    ) -> Callable[[_ButtonArguments], _ButtonArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnSupervisorButtonChange"],
        listener: Callable[[SupervisorButtonArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSupervisorButtonChange"]
    ) -> Callable[[_SupervisorButtonArguments], _SupervisorButtonArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSilentMonitorStartedEvent",
            "OnSilentMonitorStarted",
            "OnSilentMonitorStopRequestedEvent",
            "OnSilentMonitorStopRequested",
        ],
        listener: Callable[[SilentMonitorArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSilentMonitorStartedEvent",
            "OnSilentMonitorStarted",
            "OnSilentMonitorStopRequestedEvent",
            "OnSilentMonitorStopRequested",
        ],
    ) -> Callable[[_SilentMonitorArguments], _SilentMonitorArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSkillGroupStatisticsUpdated", "OnNewSkillGroupStatistics", "OnNewSkillGroupStatisticsEvent"
        ],
        listener: Callable[[SkillGroupStatisticsArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSkillGroupStatisticsUpdated", "OnNewSkillGroupStatistics", "OnNewSkillGroupStatisticsEvent"
        ],
    ) -> Callable[[_SkillGroupStatisticsArguments], _SkillGroupStatisticsArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnSkillInfoEvent"], listener: Callable[[SkillInfoArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSkillInfoEvent"]
    ) -> Callable[[_SkillInfoArguments], _SkillInfoArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallHeld",
            "OnMonitoredCallHeld",
            "OnCallRetrieved",
            "OnMonitoredCallRetrieved",
            "OnCallConnectionCleared",
            "OnMonitoredCallConnectionCleared",
            "OnCallCleared",
            "OnMonitoredCallCleared",
        ],
        listener: Callable[[CallArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallHeld",
            "OnMonitoredCallHeld",
            "OnCallRetrieved",
            "OnMonitoredCallRetrieved",
            "OnCallConnectionCleared",
            "OnMonitoredCallConnectionCleared",
            "OnCallCleared",
            "OnMonitoredCallCleared",
        ],
    ) -> Callable[[_CallArguments], _CallArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnCallEnd", "OnEndCall", "OnMonitoredCallEnd", "OnMonitoredEndCall"],
        listener: Callable[[CallEndArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallEnd", "OnEndCall", "OnMonitoredCallEnd", "OnMonitoredEndCall"]
    ) -> Callable[[_CallEndArguments], _CallEndArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnCallFailed", "OnMonitoredCallFailed"],
        listener: Callable[[CallFailedArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallFailed", "OnMonitoredCallFailed"]
    ) -> Callable[[_CallFailedArguments], _CallFailedArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallConferenced",
            "OnMonitoredCallConferenced",
            "OnCallTransferred",
            "OnMonitoredCallTransferred",
        ],
        listener: Callable[[CallDataArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallConferenced",
            "OnMonitoredCallConferenced",
            "OnCallTransferred",
            "OnMonitoredCallTransferred",
        ],
    ) -> Callable[[_CallDataArguments], _CallDataArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallBegin",
            "OnBeginCall",
            "OnMonitoredCallBegin",
            "OnCallDataUpdate",
            "OnMonitoredCallDataUpdate",
        ],
        listener: Callable[[CallContextArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallBegin",
            "OnBeginCall",
            "OnMonitoredCallBegin",
            "OnCallDataUpdate",
            "OnMonitoredCallDataUpdate",
        ],
    ) -> Callable[[_CallContextArguments], _CallContextArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallServiceInitiatedEvent",
            "OnServiceInitiated",
            "OnCallServiceInitiated",
            "MonitoredCallServiceInitiatedEvent",
            "OnMonitoredCallServiceInitiated",
            "OnMonitoredCallServiceInitiatedEvent",
            "OnCallOriginated",
            "OnMonitoredCallOriginated",
            "OnCallDelivered",
            "OnMonitoredCallDelivered",
            "OnCallEstablished",
            "OnMonitoredCallEstablished",
        ],
        listener: Callable[[CallLineArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallServiceInitiatedEvent",
            "OnServiceInitiated",
            "OnCallServiceInitiated",
            "MonitoredCallServiceInitiatedEvent",
            "OnMonitoredCallServiceInitiated",
            "OnMonitoredCallServiceInitiatedEvent",
            "OnCallOriginated",
            "OnMonitoredCallOriginated",
            "OnCallDelivered",
            "OnMonitoredCallDelivered",
            "OnCallEstablished",
            "OnMonitoredCallEstablished",
        ],
    ) -> Callable[[_CallLineArguments], _CallLineArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallReachedNetworkEvent",
            "OnCallReachedNetwork",
            "MonitoredCallReachedNetworkEvent",
            "OnMonitoredCallReachedNetwork",
            "OnMonitoredCallReachedNetworkEvent",
        ],
        listener: Callable[[CallReachedNetworkArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallReachedNetworkEvent",
            "OnCallReachedNetwork",
            "MonitoredCallReachedNetworkEvent",
            "OnMonitoredCallReachedNetwork",
            "OnMonitoredCallReachedNetworkEvent",
        ],
    ) -> Callable[[_CallReachedNetworkArguments], _CallReachedNetworkArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnCallDiverted", "OnMonitoredCallDiverted"],
        listener: Callable[[CallDivertedArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallDiverted", "OnMonitoredCallDiverted"]
    ) -> Callable[[_CallDivertedArguments], _CallDivertedArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallDequeuedEvent",
            "OnCallDequeued",
            "MonitoredCallDequeuedEvent",
            "OnMonitoredCallDequeued",
            "OnMonitoredCallDequeuedEvent",
        ],
        listener: Callable[[CallDequeuedArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallDequeuedEvent",
            "OnCallDequeued",
            "MonitoredCallDequeuedEvent",
            "OnMonitoredCallDequeued",
            "OnMonitoredCallDequeuedEvent",
        ],
    ) -> Callable[[_CallDequeuedArguments], _CallDequeuedArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallQueuedEvent",
            "OnCallQueued",
            "MonitoredCallQueuedEvent",
            "OnMonitoredCallQueued",
            "OnMonitoredCallQueuedEvent",
        ],
        listener: Callable[[CallQueuedArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallQueuedEvent",
            "OnCallQueued",
            "MonitoredCallQueuedEvent",
            "OnMonitoredCallQueued",
            "OnMonitoredCallQueuedEvent",
        ],
    ) -> Callable[[_CallQueuedArguments], _CallQueuedArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallRTPStopped"], listener: Callable[[RtpStoppedArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallRTPStopped"]
    ) -> Callable[[_RtpStoppedArguments], _RtpStoppedArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallRTPStarted"], listener: Callable[[RtpStartedArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallRTPStarted"]
    ) -> Callable[[_RtpStartedArguments], _RtpStartedArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentPrecallAbortEvent", "OnAgentPrecallAbort", "OnMonitoredCallAgentPrecallAbortEvent"
        ],
        listener: Callable[[PrecallAbortArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentPrecallAbortEvent", "OnAgentPrecallAbort", "OnMonitoredCallAgentPrecallAbortEvent"
        ],
    ) -> Callable[[_PrecallAbortArguments], _PrecallAbortArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnAgentPrecallEvent", "OnAgentPrecall", "OnMonitoredCallAgentPrecallEvent"],
        listener: Callable[[PrecallArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnAgentPrecallEvent", "OnAgentPrecall", "OnMonitoredCallAgentPrecallEvent"]
    ) -> Callable[[_PrecallArguments], _PrecallArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnTranslationRoute", "OnMonitoredTranslationRoute"],
        listener: Callable[[TranslationRouteArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnTranslationRoute", "OnMonitoredTranslationRoute"]
    ) -> Callable[[_TranslationRouteArguments], _TranslationRouteArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnSnapshotCallConf"], listener: Callable[[CallSnapshotArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSnapshotCallConf"]
    ) -> Callable[[_CallSnapshotArguments], _CallSnapshotArguments]: ...
    @overload
    def subscribe(self, event: _KnownEvent, listener: Callable[[Arguments], object]) -> None: ...
    @overload
    def subscribe(self, event: _KnownEvent) -> Callable[[_Arguments], _Arguments]: ...
    def unsubscribe(self, event: _KnownEvent, listener: Listener) -> None: ...
    @overload
    def stream(
        self,
        event: Literal["OnConnection"],
        /,
        *more: Literal["OnConnection"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ConnectionArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnStandbyOpened", "OnStandbyActive"],
        /,
        *more: Literal["OnStandbyOpened", "OnStandbyActive"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[StandbyArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnConnectionFailure"],
        /,
        *more: Literal["OnConnectionFailure"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ConnectionFailureArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnStandbyLost"],
        /,
        *more: Literal["OnStandbyLost"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[StandbyLossArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnConnectionRejected"],
        /,
        *more: Literal["OnConnectionRejected"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ConnectionRejectedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnHeartbeat", "OnActiveMaintenanceRequest"],
        /,
        *more: Literal["OnHeartbeat", "OnActiveMaintenanceRequest"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[TimeArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnMissingHeartbeat"],
        /,
        *more: Literal["OnMissingHeartbeat"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[MissingHeartbeatArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnMonitorModeEstablished"],
        /,
        *more: Literal["OnMonitorModeEstablished"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[MonitorModeArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSetAgentModeEvent", "OnSetAgentMode", "OnSetAgentModeConf"],
        /,
        *more: Literal["OnSetAgentModeEvent", "OnSetAgentMode", "OnSetAgentModeConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[AgentModeArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCTIOSFailure", "OnCTIOSFailureEvent"],
        /,
        *more: Literal["OnCTIOSFailure", "OnCTIOSFailureEvent"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CtiosFailureArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCurrentAgentReset", "OnCurrentCallChanged"],
        /,
        *more: Literal["OnCurrentAgentReset", "OnCurrentCallChanged"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CurrentObjectArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnRecovered"],
        /,
        *more: Literal["OnRecovered"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[RecoveredArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnActiveMaintenance"],
        /,
        *more: Literal["OnActiveMaintenance"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[MaintenanceArguments]: ...
    @overload
    def stream(
        self, event: Literal["OnLag"], /, *more: Literal["OnLag"], buffer: int = ..., overflow: Overflow = ...
    ) -> EventStream[LagArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnSetAgentStateConf",
            "OnBadCallConf",
            "OnReleaseCallConf",
            "OnAgentGreetingControlConf",
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
            "OnTransferCallConf",
        ],
        /,
        *more: Literal[
            "OnSetAgentStateConf",
            "OnBadCallConf",
            "OnReleaseCallConf",
            "OnAgentGreetingControlConf",
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
            "OnTransferCallConf",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ConfirmationArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnLogoutFailed", "OnControlFailureConf", "OnControlFailure"],
        /,
        *more: Literal["OnLogoutFailed", "OnControlFailureConf", "OnControlFailure"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ControlFailureArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnMakeCallConf"],
        /,
        *more: Literal["OnMakeCallConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[MakeCallArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSupervisorAssistConf", "OnEmergencyCallConf", "OnSuperviseCallConf"],
        /,
        *more: Literal["OnSupervisorAssistConf", "OnEmergencyCallConf", "OnSuperviseCallConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[SupervisedCallArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnAgentDeskSettingsConf"],
        /,
        *more: Literal["OnAgentDeskSettingsConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[DeskSettingsArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSnapshotDeviceConf"],
        /,
        *more: Literal["OnSnapshotDeviceConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[DeviceSnapshotArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnQueryDeviceInfoConf"],
        /,
        *more: Literal["OnQueryDeviceInfoConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[DeviceInfoArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnAgentStateChange",
            "OnAgentStateChanged",
            "OnMonitoredAgentStateChange",
            "OnPreLogout",
            "OnPostLogout",
        ],
        /,
        *more: Literal[
            "OnAgentStateChange",
            "OnAgentStateChanged",
            "OnMonitoredAgentStateChange",
            "OnPreLogout",
            "OnPostLogout",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[AgentStateArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnQueryAgentStateConf"],
        /,
        *more: Literal["OnQueryAgentStateConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[AgentQueryArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnAgentStatistics", "OnNewAgentStatisticsEvent"],
        /,
        *more: Literal["OnAgentStatistics", "OnNewAgentStatisticsEvent"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[AgentStatisticsArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnAgentInfoEvent", "OnAgentInfo", "OnMonitoredAgentInfoEvent", "OnMonitoredAgentInfo"
        ],
        /,
        *more: Literal[
            "OnAgentInfoEvent", "OnAgentInfo", "OnMonitoredAgentInfoEvent", "OnMonitoredAgentInfo"
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[AgentInfoArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnNewAgentTeamMember"],
        /,
        *more: Literal["OnNewAgentTeamMember"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[TeamMemberArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnStartMonitoringAgent", "OnStopMonitoringAgent"],
        /,
        *more: Literal["OnStartMonitoringAgent", "OnStopMonitoringAgent"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[MonitoredAgentArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnEmergencyCall"],
        /,
        *more: Literal["OnEmergencyCall"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[EmergencyCallArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnChatMessage"],
        /,
        *more: Literal["OnChatMessage"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ChatArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnButtonEnablementChange"],
        /,
        *more: Literal["OnButtonEnablementChange"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ButtonArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSupervisorButtonChange"],
        /,
        *more: Literal["OnSupervisorButtonChange"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[SupervisorButtonArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnSilentMonitorStartedEvent",
            "OnSilentMonitorStarted",
            "OnSilentMonitorStopRequestedEvent",
            "OnSilentMonitorStopRequested",
        ],
        /,
        *more: Literal[
            "OnSilentMonitorStartedEvent",
            "OnSilentMonitorStarted",
            "OnSilentMonitorStopRequestedEvent",
            "OnSilentMonitorStopRequested",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[SilentMonitorArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnSkillGroupStatisticsUpdated", "OnNewSkillGroupStatistics", "OnNewSkillGroupStatisticsEvent"
        ],
        /,
        *more: Literal[
            "OnSkillGroupStatisticsUpdated", "OnNewSkillGroupStatistics", "OnNewSkillGroupStatisticsEvent"
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[SkillGroupStatisticsArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSkillInfoEvent"],
        /,
        *more: Literal["OnSkillInfoEvent"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[SkillInfoArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallHeld",
            "OnMonitoredCallHeld",
            "OnCallRetrieved",
            "OnMonitoredCallRetrieved",
            "OnCallConnectionCleared",
            "OnMonitoredCallConnectionCleared",
            "OnCallCleared",
            "OnMonitoredCallCleared",
        ],
        /,
        *more: Literal[
            "OnCallHeld",
            "OnMonitoredCallHeld",
            "OnCallRetrieved",
            "OnMonitoredCallRetrieved",
            "OnCallConnectionCleared",
            "OnMonitoredCallConnectionCleared",
            "OnCallCleared",
            "OnMonitoredCallCleared",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCallEnd", "OnEndCall", "OnMonitoredCallEnd", "OnMonitoredEndCall"],
        /,
        *more: Literal["OnCallEnd", "OnEndCall", "OnMonitoredCallEnd", "OnMonitoredEndCall"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallEndArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCallFailed", "OnMonitoredCallFailed"],
        /,
        *more: Literal["OnCallFailed", "OnMonitoredCallFailed"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallFailedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallConferenced",
            "OnMonitoredCallConferenced",
            "OnCallTransferred",
            "OnMonitoredCallTransferred",
        ],
        /,
        *more: Literal[
            "OnCallConferenced",
            "OnMonitoredCallConferenced",
            "OnCallTransferred",
            "OnMonitoredCallTransferred",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallDataArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallBegin",
            "OnBeginCall",
            "OnMonitoredCallBegin",
            "OnCallDataUpdate",
            "OnMonitoredCallDataUpdate",
        ],
        /,
        *more: Literal[
            "OnCallBegin",
            "OnBeginCall",
            "OnMonitoredCallBegin",
            "OnCallDataUpdate",
            "OnMonitoredCallDataUpdate",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallContextArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallServiceInitiatedEvent",
            "OnServiceInitiated",
            "OnCallServiceInitiated",
            "MonitoredCallServiceInitiatedEvent",
            "OnMonitoredCallServiceInitiated",
            "OnMonitoredCallServiceInitiatedEvent",
            "OnCallOriginated",
            "OnMonitoredCallOriginated",
            "OnCallDelivered",
            "OnMonitoredCallDelivered",
            "OnCallEstablished",
            "OnMonitoredCallEstablished",
        ],
        /,
        *more: Literal[
            "OnCallServiceInitiatedEvent",
            "OnServiceInitiated",
            "OnCallServiceInitiated",
            "MonitoredCallServiceInitiatedEvent",
            "OnMonitoredCallServiceInitiated",
            "OnMonitoredCallServiceInitiatedEvent",
            "OnCallOriginated",
            "OnMonitoredCallOriginated",
            "OnCallDelivered",
            "OnMonitoredCallDelivered",
            "OnCallEstablished",
            "OnMonitoredCallEstablished",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallLineArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallReachedNetworkEvent",
            "OnCallReachedNetwork",
            "MonitoredCallReachedNetworkEvent",
            "OnMonitoredCallReachedNetwork",
            "OnMonitoredCallReachedNetworkEvent",
        ],
        /,
        *more: Literal[
            "OnCallReachedNetworkEvent",
            "OnCallReachedNetwork",
            "MonitoredCallReachedNetworkEvent",
            "OnMonitoredCallReachedNetwork",
            "OnMonitoredCallReachedNetworkEvent",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallReachedNetworkArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCallDiverted", "OnMonitoredCallDiverted"],
        /,
        *more: Literal["OnCallDiverted", "OnMonitoredCallDiverted"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallDivertedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallDequeuedEvent",
            "OnCallDequeued",
            "MonitoredCallDequeuedEvent",
            "OnMonitoredCallDequeued",
            "OnMonitoredCallDequeuedEvent",
        ],
        /,
        *more: Literal[
            "OnCallDequeuedEvent",
            "OnCallDequeued",
            "MonitoredCallDequeuedEvent",
            "OnMonitoredCallDequeued",
            "OnMonitoredCallDequeuedEvent",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallDequeuedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallQueuedEvent",
            "OnCallQueued",
            "MonitoredCallQueuedEvent",
            "OnMonitoredCallQueued",
            "OnMonitoredCallQueuedEvent",
        ],
        /,
        *more: Literal[
            "OnCallQueuedEvent",
            "OnCallQueued",
            "MonitoredCallQueuedEvent",
            "OnMonitoredCallQueued",
            "OnMonitoredCallQueuedEvent",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallQueuedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCallRTPStopped"],
        /,
        *more: Literal["OnCallRTPStopped"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[RtpStoppedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCallRTPStarted"],
        /,
        *more: Literal["OnCallRTPStarted"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[RtpStartedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnAgentPrecallAbortEvent", "OnAgentPrecallAbort", "OnMonitoredCallAgentPrecallAbortEvent"
        ],
        /,
        *more: Literal[
            "OnAgentPrecallAbortEvent", "OnAgentPrecallAbort", "OnMonitoredCallAgentPrecallAbortEvent"
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[PrecallAbortArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnAgentPrecallEvent", "OnAgentPrecall", "OnMonitoredCallAgentPrecallEvent"],
        /,
        *more: Literal["OnAgentPrecallEvent", "OnAgentPrecall", "OnMonitoredCallAgentPrecallEvent"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[PrecallArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnTranslationRoute", "OnMonitoredTranslationRoute"],
        /,
        *more: Literal["OnTranslationRoute", "OnMonitoredTranslationRoute"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[TranslationRouteArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSnapshotCallConf"],
        /,
        *more: Literal["OnSnapshotCallConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallSnapshotArguments]: ...
    @overload
    def stream(
        self, *events: _KnownEvent, buffer: int = ..., overflow: Overflow = ...
    ) -> EventStream[Arguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnConnection"],
        predicate: Callable[[ConnectionArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[ConnectionArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnStandbyOpened", "OnStandbyActive"],
        predicate: Callable[[StandbyArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[StandbyArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnConnectionFailure"],
        predicate: Callable[[ConnectionFailureArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[ConnectionFailureArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnStandbyLost"],
        predicate: Callable[[StandbyLossArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[StandbyLossArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnConnectionRejected"],
        predicate: Callable[[ConnectionRejectedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[ConnectionRejectedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnHeartbeat", "OnActiveMaintenanceRequest"],
        predicate: Callable[[TimeArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[TimeArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnMissingHeartbeat"],
        predicate: Callable[[MissingHeartbeatArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[MissingHeartbeatArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnMonitorModeEstablished"],
        predicate: Callable[[MonitorModeArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[MonitorModeArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSetAgentModeEvent", "OnSetAgentMode", "OnSetAgentModeConf"],
        predicate: Callable[[AgentModeArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[AgentModeArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCTIOSFailure", "OnCTIOSFailureEvent"],
        predicate: Callable[[CtiosFailureArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CtiosFailureArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCurrentAgentReset", "OnCurrentCallChanged"],
        predicate: Callable[[CurrentObjectArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CurrentObjectArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnRecovered"],
        predicate: Callable[[RecoveredArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[RecoveredArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnActiveMaintenance"],
        predicate: Callable[[MaintenanceArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[MaintenanceArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnLag"],
        predicate: Callable[[LagArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[LagArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnSetAgentStateConf",
            "OnBadCallConf",
            "OnReleaseCallConf",
            "OnAgentGreetingControlConf",
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
            "OnTransferCallConf",
        ],
        predicate: Callable[[ConfirmationArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[ConfirmationArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnLogoutFailed", "OnControlFailureConf", "OnControlFailure"],
        predicate: Callable[[ControlFailureArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[ControlFailureArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnMakeCallConf"],
        predicate: Callable[[MakeCallArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[MakeCallArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSupervisorAssistConf", "OnEmergencyCallConf", "OnSuperviseCallConf"],
        predicate: Callable[[SupervisedCallArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[SupervisedCallArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnAgentDeskSettingsConf"],
        predicate: Callable[[DeskSettingsArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[DeskSettingsArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSnapshotDeviceConf"],
        predicate: Callable[[DeviceSnapshotArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[DeviceSnapshotArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnQueryDeviceInfoConf"],
        predicate: Callable[[DeviceInfoArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[DeviceInfoArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnAgentStateChange",
            "OnAgentStateChanged",
            "OnMonitoredAgentStateChange",
            "OnPreLogout",
            "OnPostLogout",
        ],
        predicate: Callable[[AgentStateArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[AgentStateArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnQueryAgentStateConf"],
        predicate: Callable[[AgentQueryArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[AgentQueryArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnAgentStatistics", "OnNewAgentStatisticsEvent"],
        predicate: Callable[[AgentStatisticsArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[AgentStatisticsArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnAgentInfoEvent", "OnAgentInfo", "OnMonitoredAgentInfoEvent", "OnMonitoredAgentInfo"
        ],
        predicate: Callable[[AgentInfoArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[AgentInfoArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnNewAgentTeamMember"],
        predicate: Callable[[TeamMemberArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[TeamMemberArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnStartMonitoringAgent", "OnStopMonitoringAgent"],
        predicate: Callable[[MonitoredAgentArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[MonitoredAgentArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnEmergencyCall"],
        predicate: Callable[[EmergencyCallArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[EmergencyCallArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnChatMessage"],
        predicate: Callable[[ChatArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[ChatArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnButtonEnablementChange"],
        predicate: Callable[[ButtonArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[ButtonArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSupervisorButtonChange"],
        predicate: Callable[[SupervisorButtonArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[SupervisorButtonArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnSilentMonitorStartedEvent",
            "OnSilentMonitorStarted",
            "OnSilentMonitorStopRequestedEvent",
            "OnSilentMonitorStopRequested",
        ],
        predicate: Callable[[SilentMonitorArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[SilentMonitorArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnSkillGroupStatisticsUpdated", "OnNewSkillGroupStatistics", "OnNewSkillGroupStatisticsEvent"
        ],
        predicate: Callable[[SkillGroupStatisticsArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[SkillGroupStatisticsArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSkillInfoEvent"],
        predicate: Callable[[SkillInfoArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[SkillInfoArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallHeld",
            "OnMonitoredCallHeld",
            "OnCallRetrieved",
            "OnMonitoredCallRetrieved",
            "OnCallConnectionCleared",
            "OnMonitoredCallConnectionCleared",
            "OnCallCleared",
            "OnMonitoredCallCleared",
        ],
        predicate: Callable[[CallArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CallArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCallEnd", "OnEndCall", "OnMonitoredCallEnd", "OnMonitoredEndCall"],
        predicate: Callable[[CallEndArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CallEndArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCallFailed", "OnMonitoredCallFailed"],
        predicate: Callable[[CallFailedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CallFailedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallConferenced",
            "OnMonitoredCallConferenced",
            "OnCallTransferred",
            "OnMonitoredCallTransferred",
        ],
        predicate: Callable[[CallDataArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CallDataArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallBegin",
            "OnBeginCall",
            "OnMonitoredCallBegin",
            "OnCallDataUpdate",
            "OnMonitoredCallDataUpdate",
        ],
        predicate: Callable[[CallContextArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CallContextArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallServiceInitiatedEvent",
            "OnServiceInitiated",
            "OnCallServiceInitiated",
            "MonitoredCallServiceInitiatedEvent",
            "OnMonitoredCallServiceInitiated",
            "OnMonitoredCallServiceInitiatedEvent",
            "OnCallOriginated",
            "OnMonitoredCallOriginated",
            "OnCallDelivered",
            "OnMonitoredCallDelivered",
            "OnCallEstablished",
            "OnMonitoredCallEstablished",
        ],
        predicate: Callable[[CallLineArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CallLineArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallReachedNetworkEvent",
            "OnCallReachedNetwork",
            "MonitoredCallReachedNetworkEvent",
            "OnMonitoredCallReachedNetwork",
            "OnMonitoredCallReachedNetworkEvent",
        ],
        predicate: Callable[[CallReachedNetworkArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CallReachedNetworkArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCallDiverted", "OnMonitoredCallDiverted"],
        predicate: Callable[[CallDivertedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CallDivertedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallDequeuedEvent",
            "OnCallDequeued",
            "MonitoredCallDequeuedEvent",
            "OnMonitoredCallDequeued",
            "OnMonitoredCallDequeuedEvent",
        ],
        predicate: Callable[[CallDequeuedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CallDequeuedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallQueuedEvent",
            "OnCallQueued",
            "MonitoredCallQueuedEvent",
            "OnMonitoredCallQueued",
            "OnMonitoredCallQueuedEvent",
        ],
        predicate: Callable[[CallQueuedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CallQueuedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCallRTPStopped"],
        predicate: Callable[[RtpStoppedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[RtpStoppedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCallRTPStarted"],
        predicate: Callable[[RtpStartedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[RtpStartedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnAgentPrecallAbortEvent", "OnAgentPrecallAbort", "OnMonitoredCallAgentPrecallAbortEvent"
        ],
        predicate: Callable[[PrecallAbortArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[PrecallAbortArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnAgentPrecallEvent", "OnAgentPrecall", "OnMonitoredCallAgentPrecallEvent"],
        predicate: Callable[[PrecallArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[PrecallArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnTranslationRoute", "OnMonitoredTranslationRoute"],
        predicate: Callable[[TranslationRouteArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[TranslationRouteArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSnapshotCallConf"],
        predicate: Callable[[CallSnapshotArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[CallSnapshotArguments]: ...
    @overload
    def wait_for(
        self,
        event: _KnownEvent,
        predicate: Callable[[Arguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> asyncio.Future[Arguments]: ...
