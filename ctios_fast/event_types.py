"""The types of events: sinks to derive from, the Arguments of each event, and the names of events.

A program derives a sink from the interfaces of the events that it wants, and overrides their
methods. An editor completes the methods, and the keywords of their Arguments. In a running program
each class of Arguments is ``Arguments``, and each type of names is text.

Written by ci/make_event_types.py from event_types.toml: change the data, not this file.
"""

from ctios_fast.model.arguments import Arguments
from ctios_fast.model.event_arguments import (
    AgentEvent,
    AgentInfoArguments,
    AgentModeArguments,
    AgentQueryArguments,
    AgentStateArguments,
    AgentStatisticsArguments,
    ButtonArguments,
    ButtonEnablementEvent,
    CallArguments,
    CallContextArguments,
    CallDataArguments,
    CallDequeuedArguments,
    CallDivertedArguments,
    CallEndArguments,
    CallEvent,
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
    MonitoredAgentEvent,
    MonitoredCallEvent,
    MonitorModeArguments,
    PrecallAbortArguments,
    PrecallArguments,
    RecoveredArguments,
    RtpStartedArguments,
    RtpStoppedArguments,
    SessionEvent,
    SilentMonitorArguments,
    SilentMonitorEvent,
    SkillGroupEvent,
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
from ctios_fast.model.event_sink import EventSink

__all__ = [
    "AgentEvent",
    "AgentEvents",
    "AgentInfoArguments",
    "AgentModeArguments",
    "AgentQueryArguments",
    "AgentStateArguments",
    "AgentStatisticsArguments",
    "AllInOneEvents",
    "ButtonArguments",
    "ButtonEnablementEvent",
    "ButtonEnablementEvents",
    "CallArguments",
    "CallContextArguments",
    "CallDataArguments",
    "CallDequeuedArguments",
    "CallDivertedArguments",
    "CallEndArguments",
    "CallEvent",
    "CallEvents",
    "CallFailedArguments",
    "CallLineArguments",
    "CallQueuedArguments",
    "CallReachedNetworkArguments",
    "CallSnapshotArguments",
    "ChatArguments",
    "ConfirmationArguments",
    "ConnectionArguments",
    "ConnectionFailureArguments",
    "ConnectionRejectedArguments",
    "ControlFailureArguments",
    "CtiosFailureArguments",
    "CurrentObjectArguments",
    "DeskSettingsArguments",
    "DeviceInfoArguments",
    "DeviceSnapshotArguments",
    "EmergencyCallArguments",
    "EventName",
    "EventSink",
    "LagArguments",
    "MaintenanceArguments",
    "MakeCallArguments",
    "MissingHeartbeatArguments",
    "MonitorModeArguments",
    "MonitoredAgentArguments",
    "MonitoredAgentEvent",
    "MonitoredAgentEvents",
    "MonitoredCallEvent",
    "MonitoredCallEvents",
    "PrecallAbortArguments",
    "PrecallArguments",
    "RecoveredArguments",
    "RtpStartedArguments",
    "RtpStoppedArguments",
    "SessionEvent",
    "SessionEvents",
    "SilentMonitorArguments",
    "SilentMonitorEvent",
    "SilentMonitorEvents",
    "SkillGroupEvent",
    "SkillGroupEvents",
    "SkillGroupStatisticsArguments",
    "SkillInfoArguments",
    "StandbyArguments",
    "StandbyLossArguments",
    "SupervisedCallArguments",
    "SupervisorButtonArguments",
    "TeamMemberArguments",
    "TimeArguments",
    "TranslationRouteArguments",
]


class SessionEvents(EventSink, is_interface=True):
    """The events of a session and its connection."""

    __slots__ = ()

    def on_connection(self, args: ConnectionArguments) -> None:
        """The session is connected to a server.

        The server that the session is connected to.

        OnConnection always has EventTime, CurrentServer.
        """

    def on_connection_failure(self, args: ConnectionFailureArguments) -> None:
        """An attempt to connect failed, or the connection was lost.

        The library keeps trying unless FinalAttempt is set.

        The server that could not be reached or was lost, and why. ReasonCode is a ``FailureReason``.

        OnConnectionFailure always has EventTime, FailedServer, ReasonCode, ErrorMessage.

        It may have FinalAttempt.
        """

    def on_connection_rejected(self, args: ConnectionRejectedArguments) -> None:
        """The server refused the session.

        No other side is tried.

        Why the server refused the session. StatusCode and FailureCode are a ``StatusCode``.

        OnConnectionRejected always has FailureCode, StatusCode, ErrorMessage.
        """

    def on_connection_closed(self, args: Arguments) -> None:
        """The program disconnected the session.

        No event follows.

        OnConnectionClosed has no keywords.
        """

    def on_heartbeat(self, args: TimeArguments) -> None:
        """The server answered a heartbeat.

        The time of day in milliseconds.

        OnHeartbeat always has EventTime.
        """

    def on_missing_heartbeat(self, args: MissingHeartbeatArguments) -> None:
        """Heartbeats in a row are unanswered.

        How many heartbeats in a row are unanswered. HeartbeatInterval is in milliseconds.

        OnMissingHeartbeat always has EventTime, ConsecutiveMissedHeartbeats, HeartbeatInterval.
        """

    def on_monitor_mode_established(self, args: MonitorModeArguments) -> None:
        """Monitor mode or bulk mode is set.

        The client's id and the status of the system.

        OnMonitorModeEstablished always has CILConnectionID, StatusSystem.
        """

    def on_ctios_failure(self, args: CtiosFailureArguments) -> None:
        """The server reported a failure, or the status of a part of the system changed.

        A failure or a change of the system's status. FailureCode is a ``FailureCode``, SystemEventID a
        ``SystemEvent``.

        OnCTIOSFailure always has FailureCode, ErrorMessage.

        It may have StatusCode, SystemEventArg1, SystemEventID.
        """

    def on_current_agent_reset(self, args: CurrentObjectArguments) -> None:
        """The current agent was removed from the session, or replaced.

        The object that is current now, or was until now.

        It may have UniqueObjectID.
        """

    def on_current_call_changed(self, args: CurrentObjectArguments) -> None:
        """Another call is the current one, or none is.

        The object that is current now, or was until now.

        It may have UniqueObjectID.
        """

    def on_snapshot_device_conf(self, args: DeviceSnapshotArguments) -> None:
        """The server listed the calls of a device.

        The calls of a device.

        OnSnapshotDeviceConf always has InvokeID, UniqueObjectID, NumCalls, ValidCalls.

        It may have AgentID, PeripheralID.
        """

    def on_translation_route(self, args: TranslationRouteArguments) -> None:
        """A call is about to arrive by a translation route; its data is known already.

        The contact and its data. ECC has the named variables.

        OnTranslationRoute always has RouterCallKeyDay, RouterCallKeyCallID, RouterCallKeySequenceNumber, ANI,
        UserToUserInfo, DNIS, DialedNumber, CallerEnteredDigits, CallVariable1, CallVariable2, CallVariable3,
        CallVariable4, CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9,
        CallVariable10, NumNamedVariables, NumNamedArrays, ECC.

        It may have ICMEnterpriseUniqueID, Monitored.
        """

    def on_recovered(self, args: RecoveredArguments) -> None:
        """The objects are up to date again after a gap in the events.

        What was repaired after a gap in the events: counts, and the seconds that it took.

        OnRecovered always has Asked, Repaired, GivenUp, QuestionsGivenUp, AgentsAsked, LogoutsFound,
        MonitorsAsked, MonitorsRestored, MonitorsLost, TeamMembersLeft, DevicesAsked, CallsAsked, CallsEnded,
        CallsBegun, CallsRenamed, CallsRefreshed, CallsUnverified, Seconds.

        It may have UnverifiedCalls.
        """

    def on_standby_opened(self, args: StandbyArguments) -> None:
        """A session on the standby side is open.

        The server and the side of a standby session.

        OnStandbyOpened always has EventTime, CurrentServer, Side.
        """

    def on_standby_lost(self, args: StandbyLossArguments) -> None:
        """The session on the standby side is lost.

        The server and the side of the standby session that was lost, and why. ReasonCode is a
        ``FailureReason``.

        OnStandbyLost always has EventTime, FailedServer, Side, ReasonCode, ErrorMessage.
        """

    def on_standby_active(self, args: StandbyArguments) -> None:
        """The session continues on a side that became active.

        The server and the side of a standby session.

        OnStandbyActive always has EventTime, CurrentServer, Side.
        """

    def on_active_maintenance_request(self, args: TimeArguments) -> None:
        """The active side asks whether its maintenance is acceptable.

        The time of day in milliseconds.

        OnActiveMaintenanceRequest always has EventTime.
        """

    def on_active_maintenance(self, args: MaintenanceArguments) -> None:
        """The active side reports whether its maintenance begins.

        Whether the maintenance of the active side begins.

        OnActiveMaintenance always has EventTime, MaintenanceModeStatus.
        """

    def on_lag(self, args: LagArguments) -> None:
        """Received messages wait for longer than ``max_lag``, or no longer do.

        How long received messages waited, in seconds, and what kept them.

        OnLag always has EventTime, Over, Lag, Seconds, Cause.

        It may have TurnLastMessage, TurnMessages, TurnSeconds.
        """


class AgentEvents(EventSink, is_interface=True):
    """The events of agents that the session serves, and of their requests."""

    __slots__ = ()

    def on_set_agent_mode_event(self, args: AgentModeArguments) -> None:
        """Agent mode is set.

        The agent of the session, the client's id and the status of the system.

        OnSetAgentModeEvent always has CILConnectionID, StatusSystem, PeripheralID, AgentID, UniqueObjectID,
        ClientAgentTemporaryID.
        """

    def on_query_agent_state_conf(self, args: AgentQueryArguments) -> None:
        """The server answered a query for the agent's state.

        The agent's state and its skill groups, which are SkillGroup[1] and so on.

        OnQueryAgentStateConf always has AgentID, AgentExtension, AgentInstrument, UniqueObjectID, AgentState,
        NumSkillGroups, MRDID, NumTasks, AgentMode, MaxTaskLimit, ICMAgentID, AgentAvailabilityStatus.

        It may have DepartmentID, SkillGroup[n].
        """

    def on_set_agent_state_conf(self, args: ConfirmationArguments) -> None:
        """The server took a change of state.

        OnAgentStateChange reports the change itself.

        The object whose request is confirmed.

        OnSetAgentStateConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_agent_state_change(self, args: AgentStateArguments) -> None:
        """The agent's state changed.

        The agent and the state. Monitored and SupervisorBtnEnablementMask come with monitored agents only.
        Recovered says that a repair found the state.

        OnAgentStateChange always has PeripheralID, PeripheralType, AgentState, SkillGroupNumber,
        SkillGroupID, StateDuration, SkillGroupPriority, EventReasonCode, SkillGroupState, AgentID,
        AgentExtension, AgentInstrument, UniqueObjectID.

        It may have CTIClientSignature, EnablementMask, MRDID, Monitored, Recovered,
        SupervisorBtnEnablementMask.
        """

    def on_pre_logout(self, args: AgentStateArguments) -> None:
        """The agent is about to be logged out: OnAgentStateChange follows.

        The agent and the state. Monitored and SupervisorBtnEnablementMask come with monitored agents only.
        Recovered says that a repair found the state.

        OnPreLogout always has PeripheralID, PeripheralType, AgentState, SkillGroupNumber, SkillGroupID,
        StateDuration, SkillGroupPriority, EventReasonCode, SkillGroupState, AgentID, AgentExtension,
        AgentInstrument, UniqueObjectID.

        It may have CTIClientSignature, EnablementMask, MRDID, Monitored, Recovered,
        SupervisorBtnEnablementMask.
        """

    def on_post_logout(self, args: AgentStateArguments) -> None:
        """The agent is logged out, and all listeners had OnAgentStateChange.

        The agent and the state. Monitored and SupervisorBtnEnablementMask come with monitored agents only.
        Recovered says that a repair found the state.

        OnPostLogout always has PeripheralID, PeripheralType, AgentState, SkillGroupNumber, SkillGroupID,
        StateDuration, SkillGroupPriority, EventReasonCode, SkillGroupState, AgentID, AgentExtension,
        AgentInstrument, UniqueObjectID.

        It may have CTIClientSignature, EnablementMask, MRDID, Monitored, Recovered,
        SupervisorBtnEnablementMask.
        """

    def on_logout_failed(self, args: ControlFailureArguments) -> None:
        """A logout was refused.

        OnControlFailureConf follows.

        A refused request. FailureCode is a ``ControlFailureCode``; StatusCode is there if the server refused.

        OnLogoutFailed always has InvokeID, FailureCode, PeripheralErrorCode, MessageType, ErrorMessage,
        UniqueObjectID.

        It may have AgentID, PeripheralID, StatusCode.
        """

    def on_control_failure_conf(self, args: ControlFailureArguments) -> None:
        """A request was refused.

        A refused request. FailureCode is a ``ControlFailureCode``; StatusCode is there if the server refused.

        OnControlFailureConf always has InvokeID, FailureCode, PeripheralErrorCode, MessageType, ErrorMessage,
        UniqueObjectID.

        It may have AgentID, PeripheralID, StatusCode.
        """

    def on_make_call_conf(self, args: MakeCallArguments) -> None:
        """The server took a request to make a call.

        The connection of the call that the agent makes.

        OnMakeCallConf always has InvokeID, PeripheralID, AgentID, UniqueObjectID, NewConnectionCallID,
        NewConnectionDeviceIDType, NewConnectionDeviceID, LineHandle, LineType.
        """

    def on_supervisor_assist_conf(self, args: SupervisedCallArguments) -> None:
        """The server took a request for a supervisor's help.

        The connection of the call to or of the supervisor.

        OnSupervisorAssistConf always has InvokeID, PeripheralID, AgentID, UniqueObjectID, ConnectionCallID,
        ConnectionDeviceIDType, ConnectionDeviceID.

        It may have LineHandle, LineType.
        """

    def on_emergency_call_conf(self, args: SupervisedCallArguments) -> None:
        """The server took a request for an emergency call.

        The connection of the call to or of the supervisor.

        OnEmergencyCallConf always has InvokeID, PeripheralID, AgentID, UniqueObjectID, ConnectionCallID,
        ConnectionDeviceIDType, ConnectionDeviceID.

        It may have LineHandle, LineType.
        """

    def on_bad_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a report of a bad line.

        The object whose request is confirmed.

        OnBadCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_release_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a release of the agent's calls.

        The object whose request is confirmed.

        OnReleaseCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_agent_desk_settings_conf(self, args: DeskSettingsArguments) -> None:
        """The server answered a request for the desk settings.

        The agent's desk settings. DeskSettingsMask is a ``DeskSettingsMask``; times are in seconds.

        OnAgentDeskSettingsConf always has InvokeID, PeripheralID, AgentID, UniqueObjectID, DeskSettingsMask,
        WrapupDataIncomingMode, WrapupDataOutgoingMode, LogoutNonActivityTime, QualityRecordingRate,
        RingNoAnswerTime, SilentMonitorWarningMessage, SilentMonitorAudibleIndication,
        SupervisorAssistCallMethod, EmergencyCallMethod, AutoRecordOnEmergency, RecordingMode, WorkModeTimer,
        RingNoAnswerDN.
        """

    def on_query_device_info_conf(self, args: DeviceInfoArguments) -> None:
        """The server answered a query about a device.

        What a device can do.

        OnQueryDeviceInfoConf always has InvokeID, PeripheralID, AgentID, UniqueObjectID, AgentInstrument,
        PeripheralType, TypeOfDevice, ClassOfDevice, NumLines, MaxActiveCalls, MaxHeldCalls,
        MaxDevicesInConference, MakeCallSetup, TransferConferenceSetup, CallEventsSupported,
        CallControlSupported, OtherFeaturesSupported.

        It may have Line[n].
        """

    def on_agent_greeting_control_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request about the agent's greeting.

        The object whose request is confirmed.

        OnAgentGreetingControlConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_agent_statistics(self, args: AgentStatisticsArguments) -> None:
        """The agent's statistics arrived.

        The agent's figures. One that the server does not know is 4294967295.

        OnAgentStatistics always has PeripheralID, AgentID, AgentExtension, AgentInstrument, UniqueObjectID,
        AvailTimeSession, LoggedOnTimeSession, NotReadyTimeSession, ICMAvailableTimeSession,
        RoutableTimeSession, AgentOutCallsSession, AgentOutCallsTalkTimeSession, AgentOutCallsTimeSession,
        AgentOutCallsHeldSession, AgentOutCallsHeldTimeSession, HandledCallsSession,
        HandledCallsTalkTimeSession, HandledCallsAfterCallTimeSession, HandledCallsTimeSession,
        IncomingCallsHeldSession, IncomingCallsHeldTimeSession, InternalCallsSession,
        InternalCallsTimeSession, InternalCallsRcvdSession, InternalCallsRcvdTimeSession,
        InternalCallsHeldSession, InternalCallsHeldTimeSession, AutoOutCallsSession,
        AutoOutCallsTalkTimeSession, AutoOutCallsTimeSession, AutoOutCallsHeldSession,
        AutoOutCallsHeldTimeSession, PreviewCallsSession, PreviewCallsTalkTimeSession,
        PreviewCallsTimeSession, PreviewCallsHeldSession, PreviewCallsHeldTimeSession,
        ReservationCallsSession, ReservationCallsTalkTimeSession, ReservationCallsTimeSession,
        ReservationCallsHeldSession, ReservationCallsHeldTimeSession, BargeInCallsSession,
        InterceptCallsSession, MonitorCallsSession, WhisperCallsSession, EmergencyCallsSession,
        AvailTimeToday, LoggedOnTimeToday, NotReadyTimeToday, ICMAvailableTimeToday, RoutableTimeToday,
        AgentOutCallsToday, AgentOutCallsTalkTimeToday, AgentOutCallsTimeToday, AgentOutCallsHeldToday,
        AgentOutCallsHeldTimeToday, HandledCallsToday, HandledCallsTalkTimeToday,
        HandledCallsAfterCallTimeToday, HandledCallsTimeToday, IncomingCallsHeldToday,
        IncomingCallsHeldTimeToday, InternalCallsToday, InternalCallsTimeToday, InternalCallsRcvdToday,
        InternalCallsRcvdTimeToday, InternalCallsHeldToday, InternalCallsHeldTimeToday, AutoOutCallsToday,
        AutoOutCallsTalkTimeToday, AutoOutCallsTimeToday, AutoOutCallsHeldToday, AutoOutCallsHeldTimeToday,
        PreviewCallsToday, PreviewCallsTalkTimeToday, PreviewCallsTimeToday, PreviewCallsHeldToday,
        PreviewCallsHeldTimeToday, ReservationCallsToday, ReservationCallsTalkTimeToday,
        ReservationCallsTimeToday, ReservationCallsHeldToday, ReservationCallsHeldTimeToday,
        BargeInCallsToday, InterceptCallsToday, MonitorCallsToday, WhisperCallsToday, EmergencyCallsToday.
        """

    def on_agent_info_event(self, args: AgentInfoArguments) -> None:
        """The agent's names are known.

        The agent's names.

        OnAgentInfoEvent always has UniqueObjectID, AgentID, AgentLastName, AgentFirstName, LoginName.

        It may have Monitored.
        """

    def on_new_agent_team_member(self, args: TeamMemberArguments) -> None:
        """An agent belongs to the supervisor's team, or no longer does.

        A member of a team, and whether it was added or removed.

        OnNewAgentTeamMember always has PeripheralID, UniqueObjectID, AgentState, AgentID, AgentExtension,
        AgentInstrument, EventReasonCode, AgentFlags, ConfigOperation, TeamID.

        It may have AgentAvailabilityStatus, AgentFirstName, AgentLastName, AgentName, AgentTeamName,
        EnablementMask, NumSkillGroups, Recovered, StateDuration, SupervisorID, SkillGroup[n].
        """

    def on_start_monitoring_agent(self, args: MonitoredAgentArguments) -> None:
        """The monitoring of an agent began.

        The agent that is monitored, and the supervisor.

        OnStartMonitoringAgent always has UniqueObjectID, AgentReference, SupervisorID, SupervisorKey,
        SupervisorAgentState.

        It may have BargedInCallID.
        """

    def on_stop_monitoring_agent(self, args: MonitoredAgentArguments) -> None:
        """The monitoring of an agent ended.

        The agent that is monitored, and the supervisor.

        OnStopMonitoringAgent always has UniqueObjectID, AgentReference, SupervisorID, SupervisorKey,
        SupervisorAgentState.

        It may have BargedInCallID.
        """

    def on_supervise_call_conf(self, args: SupervisedCallArguments) -> None:
        """The server took a supervisor's action on a call.

        The connection of the call to or of the supervisor.

        OnSuperviseCallConf always has InvokeID, PeripheralID, AgentID, UniqueObjectID, ConnectionCallID,
        ConnectionDeviceIDType, ConnectionDeviceID.

        It may have LineHandle, LineType.
        """

    def on_emergency_call(self, args: EmergencyCallArguments) -> None:
        """An agent of the supervisor's team has an emergency.

        The call and the agent who needs help.

        OnEmergencyCall always has PeripheralID, ConnectionCallID, ConnectionDeviceIDType, ConnectionDeviceID,
        SessionID, ClientID, ClientAddress, AgentExtension, AgentID, AgentInstrument.
        """

    def on_chat_message(self, args: ChatArguments) -> None:
        """A text message arrived.

        A text message and its sender. ICMCentralControllerTime is in seconds since 1970.

        OnChatMessage always has Distribution, Message, Source, ClientID, ICMCentralControllerTime.

        It may have AgentID, Target.
        """

    def on_set_call_data_conf(self, args: ConfirmationArguments) -> None:
        """The server took new data of the call.

        The object whose request is confirmed.

        OnSetCallDataConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """


class CallEvents(EventSink, is_interface=True):
    """The events of the session's calls, and of their requests."""

    __slots__ = ()

    def on_control_failure_conf(self, args: ControlFailureArguments) -> None:
        """A request was refused.

        A refused request. FailureCode is a ``ControlFailureCode``; StatusCode is there if the server refused.

        OnControlFailureConf always has InvokeID, FailureCode, PeripheralErrorCode, MessageType, ErrorMessage,
        UniqueObjectID.

        It may have AgentID, PeripheralID, StatusCode.
        """

    def on_call_begin(self, args: CallContextArguments) -> None:
        """The session knows a new call.

        It is the first event of the call.

        The call and its data. Recovered says that a repair after a gap found the call, OldUniqueObjectID that
        it was renamed.

        OnCallBegin always has UniqueObjectID, PeripheralID, PeripheralType, CallType, RouterCallKeyDay,
        RouterCallKeyCallID, ConnectionCallID, RouterCallKeySequenceNumber.

        It may have ANI, CTIClients, CallStatus, CallVariable1, CallVariable10, CallVariable2, CallVariable3,
        CallVariable4, CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9,
        CallWrapupData, CallerEnteredDigits, DNIS, DeviceUniqueObjectID, DialedNumber, ECC, EnablementMask,
        FilterTarget, ICMEnterpriseUniqueID, Monitored, OldUniqueObjectID, Recovered, ServiceID,
        ServiceNumber, SkillGroupID, SkillGroupNumber, SkillGroupPriority, SupervisorBtnEnablementMask,
        UserToUserInfo.
        """

    def on_call_end(self, args: CallEndArguments) -> None:
        """The session no longer knows the call.

        It is the last event of the call.

        The call. Recovered says that a repair after a gap found the end.

        OnCallEnd always has UniqueObjectID.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, Recovered, SupervisorBtnEnablementMask.
        """

    def on_call_data_update(self, args: CallContextArguments) -> None:
        """The call's data changed.

        The call and its data. Recovered says that a repair after a gap found the call, OldUniqueObjectID that
        it was renamed.

        OnCallDataUpdate always has UniqueObjectID, PeripheralID, PeripheralType, CallType, RouterCallKeyDay,
        RouterCallKeyCallID, ConnectionCallID, RouterCallKeySequenceNumber.

        It may have ANI, CTIClients, CallStatus, CallVariable1, CallVariable10, CallVariable2, CallVariable3,
        CallVariable4, CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9,
        CallWrapupData, CallerEnteredDigits, DNIS, DeviceUniqueObjectID, DialedNumber, ECC, EnablementMask,
        FilterTarget, ICMEnterpriseUniqueID, Monitored, OldUniqueObjectID, Recovered, ServiceID,
        ServiceNumber, SkillGroupID, SkillGroupNumber, SkillGroupPriority, SupervisorBtnEnablementMask,
        UserToUserInfo.
        """

    def on_call_service_initiated_event(self, args: CallLineArguments) -> None:
        """The device has a dial tone.

        The call, and the line, service and skill group that it is at.

        OnCallServiceInitiatedEvent always has UniqueObjectID, ServiceNumber, ServiceID, LineType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, EventCause, FilterTarget,
        ICMEnterpriseUniqueID, Monitored, SkillGroupID, SkillGroupNumber, SkillGroupPriority,
        SupervisorBtnEnablementMask, TrunkGroupNumber, TrunkNumber.
        """

    def on_call_originated(self, args: CallLineArguments) -> None:
        """The peripheral makes the call.

        The call, and the line, service and skill group that it is at.

        OnCallOriginated always has UniqueObjectID, ServiceNumber, ServiceID, LineType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, EventCause, FilterTarget,
        ICMEnterpriseUniqueID, Monitored, SkillGroupID, SkillGroupNumber, SkillGroupPriority,
        SupervisorBtnEnablementMask, TrunkGroupNumber, TrunkNumber.
        """

    def on_call_reached_network_event(self, args: CallReachedNetworkArguments) -> None:
        """An outbound call is connected to another network.

        The call, its trunk, and the device that it calls.

        OnCallReachedNetworkEvent always has UniqueObjectID, ConnectionDeviceID, ConnectionDeviceIDType,
        TrunkUsedDeviceID, TrunkUsedDeviceIDType, CalledDeviceID, CalledDeviceIDType, LocalConnectionState,
        EventCause, LineHandle, LineType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask, TrunkGroupNumber, TrunkNumber.
        """

    def on_call_delivered(self, args: CallLineArguments) -> None:
        """The call alerts at a device.

        The call, and the line, service and skill group that it is at.

        OnCallDelivered always has UniqueObjectID, ServiceNumber, ServiceID, LineType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, EventCause, FilterTarget,
        ICMEnterpriseUniqueID, Monitored, SkillGroupID, SkillGroupNumber, SkillGroupPriority,
        SupervisorBtnEnablementMask, TrunkGroupNumber, TrunkNumber.
        """

    def on_call_established(self, args: CallLineArguments) -> None:
        """The call was answered.

        The call, and the line, service and skill group that it is at.

        OnCallEstablished always has UniqueObjectID, ServiceNumber, ServiceID, LineType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, EventCause, FilterTarget,
        ICMEnterpriseUniqueID, Monitored, SkillGroupID, SkillGroupNumber, SkillGroupPriority,
        SupervisorBtnEnablementMask, TrunkGroupNumber, TrunkNumber.
        """

    def on_call_held(self, args: CallArguments) -> None:
        """The call was put on hold.

        The call and its status, a ``CallStatus``. Monitored and SupervisorBtnEnablementMask come with
        monitored calls only.

        OnCallHeld always has UniqueObjectID.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_call_retrieved(self, args: CallArguments) -> None:
        """The call was taken from hold.

        The call and its status, a ``CallStatus``. Monitored and SupervisorBtnEnablementMask come with
        monitored calls only.

        OnCallRetrieved always has UniqueObjectID.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_call_failed(self, args: CallFailedArguments) -> None:
        """The call could not be completed.

        The call, and why it failed. FailureCode is an ``EventCause``.

        OnCallFailed always has UniqueObjectID, FailureCode, ErrorMessage.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_call_connection_cleared(self, args: CallArguments) -> None:
        """A party left the call.

        The call and its status, a ``CallStatus``. Monitored and SupervisorBtnEnablementMask come with
        monitored calls only.

        OnCallConnectionCleared always has UniqueObjectID.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_call_cleared(self, args: CallArguments) -> None:
        """The last party left the call.

        The call and its status, a ``CallStatus``. Monitored and SupervisorBtnEnablementMask come with
        monitored calls only.

        OnCallCleared always has UniqueObjectID.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_call_conferenced(self, args: CallDataArguments) -> None:
        """Calls were joined into a conference.

        The call and what is known of its data. ECC has the named variables.

        OnCallConferenced always has UniqueObjectID, PeripheralID, PeripheralType, CallType, RouterCallKeyDay,
        RouterCallKeyCallID, ConnectionCallID.

        It may have ANI, CTIClients, CallStatus, CallVariable1, CallVariable10, CallVariable2, CallVariable3,
        CallVariable4, CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9,
        CallWrapupData, CallerEnteredDigits, DNIS, DeviceUniqueObjectID, DialedNumber, ECC, EnablementMask,
        FilterTarget, ICMEnterpriseUniqueID, Monitored, ServiceID, ServiceNumber, SkillGroupID,
        SkillGroupNumber, SkillGroupPriority, SupervisorBtnEnablementMask, UserToUserInfo.
        """

    def on_call_transferred(self, args: CallDataArguments) -> None:
        """The call was transferred.

        The call and what is known of its data. ECC has the named variables.

        OnCallTransferred always has UniqueObjectID, PeripheralID, PeripheralType, CallType, RouterCallKeyDay,
        RouterCallKeyCallID, ConnectionCallID.

        It may have ANI, CTIClients, CallStatus, CallVariable1, CallVariable10, CallVariable2, CallVariable3,
        CallVariable4, CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9,
        CallWrapupData, CallerEnteredDigits, DNIS, DeviceUniqueObjectID, DialedNumber, ECC, EnablementMask,
        FilterTarget, ICMEnterpriseUniqueID, Monitored, ServiceID, ServiceNumber, SkillGroupID,
        SkillGroupNumber, SkillGroupPriority, SupervisorBtnEnablementMask, UserToUserInfo.
        """

    def on_call_diverted(self, args: CallDivertedArguments) -> None:
        """The call was forwarded to another target.

        The call, the device that it was diverted from, and the one that it goes to.

        OnCallDiverted always has UniqueObjectID, PeripheralID, PeripheralType, ConnectionDeviceID,
        ConnectionDeviceIDType, ConnectionCallID, ServiceNumber, ServiceID, DivertingDeviceType,
        CalledDeviceType, LocalConnectionState, EventCause.

        It may have CallStatus, CalledDeviceID, DeviceUniqueObjectID, DivertingDeviceID, EnablementMask,
        FilterTarget, ICMEnterpriseUniqueID, Monitored, SupervisorBtnEnablementMask.
        """

    def on_call_queued_event(self, args: CallQueuedArguments) -> None:
        """The call waits in a queue.

        The call, its devices, and the queue that it waits in.

        OnCallQueuedEvent always has UniqueObjectID, ConnectionDeviceID, ConnectionDeviceIDType,
        LocalConnectionState, EventCause, LineHandle, LineType, ServiceNumber, ServiceID, NumQueued,
        NumSkillGroups, QueuedDeviceID, QueuedDeviceIDType, CallingDeviceID, CallingDeviceIDType,
        CalledDeviceID, CalledDeviceIDType, LastRedirectedDeviceID, LastRedirectedDeviceIDType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_call_dequeued_event(self, args: CallDequeuedArguments) -> None:
        """The call left a queue.

        The call and the queue that it left.

        OnCallDequeuedEvent always has UniqueObjectID, ConnectionDeviceID, ConnectionDeviceIDType,
        LocalConnectionState, EventCause, LineHandle, LineType, ServiceNumber, ServiceID, NumQueued,
        NumSkillGroups.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_agent_precall_event(self, args: PrecallArguments) -> None:
        """A call is about to reach the agent; its data is known already.

        The contact, its data, and the agent that it is routed to. ECC has the named variables.

        OnAgentPrecallEvent always has RouterCallKeyDay, RouterCallKeyCallID, AgentInstrument, ServiceNumber,
        ServiceID, SkillGroupNumber, SkillGroupID, SkillGroupPriority, ANI, UserToUserInfo, DNIS,
        DialedNumber, CallerEnteredDigits, CallVariable1, CallVariable2, CallVariable3, CallVariable4,
        CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9, CallVariable10,
        CallTypeIDTag, PreCallInvokeIDTag, NumNamedVariables, NumNamedArrays, ECC.

        It may have ICMEnterpriseUniqueID, Monitored.
        """

    def on_agent_precall_abort_event(self, args: PrecallAbortArguments) -> None:
        """The call that OnAgentPrecallEvent announced does not come.

        The contact and the agent that it was routed to.

        OnAgentPrecallAbortEvent always has RouterCallKeyDay, RouterCallKeyCallID, AgentInstrument.

        It may have ICMEnterpriseUniqueID, Monitored.
        """

    def on_alternate_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to alternate between two calls.

        The object whose request is confirmed.

        OnAlternateCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_answer_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to answer the call.

        The object whose request is confirmed.

        OnAnswerCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_call_start_recording_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to start a recording.

        The object whose request is confirmed.

        OnCallStartRecordingConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_call_stop_recording_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to stop a recording.

        The object whose request is confirmed.

        OnCallStopRecordingConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_clear_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to clear the call.

        The object whose request is confirmed.

        OnClearCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_clear_connection_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to clear a connection.

        The object whose request is confirmed.

        OnClearConnectionConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_conference_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request for a conference.

        The object whose request is confirmed.

        OnConferenceCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_consultation_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request for a consultation call.

        The object whose request is confirmed.

        OnConsultationCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_deflect_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to deflect the call.

        The object whose request is confirmed.

        OnDeflectCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_hold_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to hold the call.

        The object whose request is confirmed.

        OnHoldCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_reconnect_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to reconnect the call.

        The object whose request is confirmed.

        OnReconnectCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_retrieve_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to retrieve the call.

        The object whose request is confirmed.

        OnRetrieveCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_send_dtmf_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to send tones.

        The object whose request is confirmed.

        OnSendDTMFConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_set_call_data_conf(self, args: ConfirmationArguments) -> None:
        """The server took new data of the call.

        The object whose request is confirmed.

        OnSetCallDataConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """

    def on_snapshot_call_conf(self, args: CallSnapshotArguments) -> None:
        """The server answered a request for everything that it knows of a call.

        Everything that is known of a call, with its devices, which are CallDevice[1] and so on.

        OnSnapshotCallConf always has PeripheralID, ConnectionCallID, CallType, UniqueObjectID, CallStatus,
        DialedNumber, CallerEnteredDigits, CallWrapupData, CustomerPhoneNumber, CustomerAccountNumber,
        RouterCallKeyDay, RouterCallKeyCallID, CalledDeviceID, ECC, NumNamedVariables, NumNamedArrays,
        NumCallDevices, CallConnectionCallID, CallConnectionDeviceIDType, CallConnectionDeviceID,
        CallDeviceConnectionState, CallDeviceType.

        It may have ANI, CTIClients, CallVariable1, CallVariable10, CallVariable2, CallVariable3,
        CallVariable4, CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9, DNIS,
        ICMEnterpriseUniqueID, UserToUserInfo, CallDevice[n].
        """

    def on_transfer_call_conf(self, args: ConfirmationArguments) -> None:
        """The server took a request to transfer the call.

        The object whose request is confirmed.

        OnTransferCallConf always has UniqueObjectID.

        It may have AgentID, InvokeID, PeripheralID.
        """


class SkillGroupEvents(EventSink, is_interface=True):
    """The events of skill groups."""

    __slots__ = ()

    def on_control_failure_conf(self, args: ControlFailureArguments) -> None:
        """A request was refused.

        A refused request. FailureCode is a ``ControlFailureCode``; StatusCode is there if the server refused.

        OnControlFailureConf always has InvokeID, FailureCode, PeripheralErrorCode, MessageType, ErrorMessage,
        UniqueObjectID.

        It may have AgentID, PeripheralID, StatusCode.
        """

    def on_skill_group_statistics_updated(self, args: SkillGroupStatisticsArguments) -> None:
        """The statistics of a skill group arrived.

        The skill group and its figures, nested under Statistics.

        OnSkillGroupStatisticsUpdated always has PeripheralID, SkillGroupNumber, SkillGroupID, UniqueObjectID,
        Statistics.
        """

    def on_skill_info_event(self, args: SkillInfoArguments) -> None:
        """The name of a skill group is known.

        The skill group's name.

        OnSkillInfoEvent always has SkillGroupNumber, SkillGroupName, UniqueObjectID.
        """


class ButtonEnablementEvents(EventSink, is_interface=True):
    """The events that say which buttons of a desktop are enabled."""

    __slots__ = ()

    def on_button_enablement_change(self, args: ButtonArguments) -> None:
        """Other buttons of the agent's desktop are enabled than before.

        The mask of the buttons that are enabled, a ``ButtonEnablement``.

        OnButtonEnablementChange always has EnablementMask.

        It may have MessageID, UniqueObjectID.
        """

    def on_supervisor_button_change(self, args: SupervisorButtonArguments) -> None:
        """Other buttons of the supervisor's desktop are enabled than before.

        The mask of the supervisor's buttons that are enabled, a ``SupervisorButtonEnablement``.

        OnSupervisorButtonChange always has SupervisorBtnEnablementMask.

        It may have MessageID, UniqueObjectID.
        """


class MonitoredAgentEvents(EventSink, is_interface=True):
    """The events of agents that a supervisor monitors."""

    __slots__ = ()

    def on_monitored_agent_state_change(self, args: AgentStateArguments) -> None:
        """OnAgentStateChange about an object that a supervisor monitors.

        The agent and the state. Monitored and SupervisorBtnEnablementMask come with monitored agents only.
        Recovered says that a repair found the state.

        OnMonitoredAgentStateChange always has PeripheralID, PeripheralType, AgentState, SkillGroupNumber,
        SkillGroupID, StateDuration, SkillGroupPriority, EventReasonCode, SkillGroupState, AgentID,
        AgentExtension, AgentInstrument, UniqueObjectID.

        It may have CTIClientSignature, EnablementMask, MRDID, Monitored, Recovered,
        SupervisorBtnEnablementMask.
        """

    def on_monitored_agent_info_event(self, args: AgentInfoArguments) -> None:
        """OnAgentInfoEvent about an object that a supervisor monitors.

        The agent's names.

        OnMonitoredAgentInfoEvent always has UniqueObjectID, AgentID, AgentLastName, AgentFirstName,
        LoginName.

        It may have Monitored.
        """


class MonitoredCallEvents(EventSink, is_interface=True):
    """The events of calls that a supervisor monitors."""

    __slots__ = ()

    def on_monitored_translation_route(self, args: TranslationRouteArguments) -> None:
        """OnTranslationRoute about an object that a supervisor monitors.

        The contact and its data. ECC has the named variables.

        OnMonitoredTranslationRoute always has RouterCallKeyDay, RouterCallKeyCallID,
        RouterCallKeySequenceNumber, ANI, UserToUserInfo, DNIS, DialedNumber, CallerEnteredDigits,
        CallVariable1, CallVariable2, CallVariable3, CallVariable4, CallVariable5, CallVariable6,
        CallVariable7, CallVariable8, CallVariable9, CallVariable10, NumNamedVariables, NumNamedArrays, ECC.

        It may have ICMEnterpriseUniqueID, Monitored.
        """

    def on_monitored_call_begin(self, args: CallContextArguments) -> None:
        """OnCallBegin about an object that a supervisor monitors.

        The call and its data. Recovered says that a repair after a gap found the call, OldUniqueObjectID that
        it was renamed.

        OnMonitoredCallBegin always has UniqueObjectID, PeripheralID, PeripheralType, CallType,
        RouterCallKeyDay, RouterCallKeyCallID, ConnectionCallID, RouterCallKeySequenceNumber.

        It may have ANI, CTIClients, CallStatus, CallVariable1, CallVariable10, CallVariable2, CallVariable3,
        CallVariable4, CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9,
        CallWrapupData, CallerEnteredDigits, DNIS, DeviceUniqueObjectID, DialedNumber, ECC, EnablementMask,
        FilterTarget, ICMEnterpriseUniqueID, Monitored, OldUniqueObjectID, Recovered, ServiceID,
        ServiceNumber, SkillGroupID, SkillGroupNumber, SkillGroupPriority, SupervisorBtnEnablementMask,
        UserToUserInfo.
        """

    def on_monitored_call_end(self, args: CallEndArguments) -> None:
        """OnCallEnd about an object that a supervisor monitors.

        The call. Recovered says that a repair after a gap found the end.

        OnMonitoredCallEnd always has UniqueObjectID.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, Recovered, SupervisorBtnEnablementMask.
        """

    def on_monitored_call_data_update(self, args: CallContextArguments) -> None:
        """OnCallDataUpdate about an object that a supervisor monitors.

        The call and its data. Recovered says that a repair after a gap found the call, OldUniqueObjectID that
        it was renamed.

        OnMonitoredCallDataUpdate always has UniqueObjectID, PeripheralID, PeripheralType, CallType,
        RouterCallKeyDay, RouterCallKeyCallID, ConnectionCallID, RouterCallKeySequenceNumber.

        It may have ANI, CTIClients, CallStatus, CallVariable1, CallVariable10, CallVariable2, CallVariable3,
        CallVariable4, CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9,
        CallWrapupData, CallerEnteredDigits, DNIS, DeviceUniqueObjectID, DialedNumber, ECC, EnablementMask,
        FilterTarget, ICMEnterpriseUniqueID, Monitored, OldUniqueObjectID, Recovered, ServiceID,
        ServiceNumber, SkillGroupID, SkillGroupNumber, SkillGroupPriority, SupervisorBtnEnablementMask,
        UserToUserInfo.
        """

    def monitored_call_service_initiated_event(self, args: CallLineArguments) -> None:
        """OnCallServiceInitiatedEvent about an object that a supervisor monitors.

        The call, and the line, service and skill group that it is at.

        MonitoredCallServiceInitiatedEvent always has UniqueObjectID, ServiceNumber, ServiceID, LineType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, EventCause, FilterTarget,
        ICMEnterpriseUniqueID, Monitored, SkillGroupID, SkillGroupNumber, SkillGroupPriority,
        SupervisorBtnEnablementMask, TrunkGroupNumber, TrunkNumber.
        """

    def on_monitored_call_originated(self, args: CallLineArguments) -> None:
        """OnCallOriginated about an object that a supervisor monitors.

        The call, and the line, service and skill group that it is at.

        OnMonitoredCallOriginated always has UniqueObjectID, ServiceNumber, ServiceID, LineType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, EventCause, FilterTarget,
        ICMEnterpriseUniqueID, Monitored, SkillGroupID, SkillGroupNumber, SkillGroupPriority,
        SupervisorBtnEnablementMask, TrunkGroupNumber, TrunkNumber.
        """

    def monitored_call_reached_network_event(self, args: CallReachedNetworkArguments) -> None:
        """OnCallReachedNetworkEvent about an object that a supervisor monitors.

        The call, its trunk, and the device that it calls.

        MonitoredCallReachedNetworkEvent always has UniqueObjectID, ConnectionDeviceID,
        ConnectionDeviceIDType, TrunkUsedDeviceID, TrunkUsedDeviceIDType, CalledDeviceID, CalledDeviceIDType,
        LocalConnectionState, EventCause, LineHandle, LineType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask, TrunkGroupNumber, TrunkNumber.
        """

    def on_monitored_call_delivered(self, args: CallLineArguments) -> None:
        """OnCallDelivered about an object that a supervisor monitors.

        The call, and the line, service and skill group that it is at.

        OnMonitoredCallDelivered always has UniqueObjectID, ServiceNumber, ServiceID, LineType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, EventCause, FilterTarget,
        ICMEnterpriseUniqueID, Monitored, SkillGroupID, SkillGroupNumber, SkillGroupPriority,
        SupervisorBtnEnablementMask, TrunkGroupNumber, TrunkNumber.
        """

    def on_monitored_call_established(self, args: CallLineArguments) -> None:
        """OnCallEstablished about an object that a supervisor monitors.

        The call, and the line, service and skill group that it is at.

        OnMonitoredCallEstablished always has UniqueObjectID, ServiceNumber, ServiceID, LineType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, EventCause, FilterTarget,
        ICMEnterpriseUniqueID, Monitored, SkillGroupID, SkillGroupNumber, SkillGroupPriority,
        SupervisorBtnEnablementMask, TrunkGroupNumber, TrunkNumber.
        """

    def on_monitored_call_held(self, args: CallArguments) -> None:
        """OnCallHeld about an object that a supervisor monitors.

        The call and its status, a ``CallStatus``. Monitored and SupervisorBtnEnablementMask come with
        monitored calls only.

        OnMonitoredCallHeld always has UniqueObjectID.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_monitored_call_retrieved(self, args: CallArguments) -> None:
        """OnCallRetrieved about an object that a supervisor monitors.

        The call and its status, a ``CallStatus``. Monitored and SupervisorBtnEnablementMask come with
        monitored calls only.

        OnMonitoredCallRetrieved always has UniqueObjectID.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_monitored_call_failed(self, args: CallFailedArguments) -> None:
        """OnCallFailed about an object that a supervisor monitors.

        The call, and why it failed. FailureCode is an ``EventCause``.

        OnMonitoredCallFailed always has UniqueObjectID, FailureCode, ErrorMessage.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_monitored_call_connection_cleared(self, args: CallArguments) -> None:
        """OnCallConnectionCleared about an object that a supervisor monitors.

        The call and its status, a ``CallStatus``. Monitored and SupervisorBtnEnablementMask come with
        monitored calls only.

        OnMonitoredCallConnectionCleared always has UniqueObjectID.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_monitored_call_cleared(self, args: CallArguments) -> None:
        """OnCallCleared about an object that a supervisor monitors.

        The call and its status, a ``CallStatus``. Monitored and SupervisorBtnEnablementMask come with
        monitored calls only.

        OnMonitoredCallCleared always has UniqueObjectID.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_monitored_call_conferenced(self, args: CallDataArguments) -> None:
        """OnCallConferenced about an object that a supervisor monitors.

        The call and what is known of its data. ECC has the named variables.

        OnMonitoredCallConferenced always has UniqueObjectID, PeripheralID, PeripheralType, CallType,
        RouterCallKeyDay, RouterCallKeyCallID, ConnectionCallID.

        It may have ANI, CTIClients, CallStatus, CallVariable1, CallVariable10, CallVariable2, CallVariable3,
        CallVariable4, CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9,
        CallWrapupData, CallerEnteredDigits, DNIS, DeviceUniqueObjectID, DialedNumber, ECC, EnablementMask,
        FilterTarget, ICMEnterpriseUniqueID, Monitored, ServiceID, ServiceNumber, SkillGroupID,
        SkillGroupNumber, SkillGroupPriority, SupervisorBtnEnablementMask, UserToUserInfo.
        """

    def on_monitored_call_transferred(self, args: CallDataArguments) -> None:
        """OnCallTransferred about an object that a supervisor monitors.

        The call and what is known of its data. ECC has the named variables.

        OnMonitoredCallTransferred always has UniqueObjectID, PeripheralID, PeripheralType, CallType,
        RouterCallKeyDay, RouterCallKeyCallID, ConnectionCallID.

        It may have ANI, CTIClients, CallStatus, CallVariable1, CallVariable10, CallVariable2, CallVariable3,
        CallVariable4, CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9,
        CallWrapupData, CallerEnteredDigits, DNIS, DeviceUniqueObjectID, DialedNumber, ECC, EnablementMask,
        FilterTarget, ICMEnterpriseUniqueID, Monitored, ServiceID, ServiceNumber, SkillGroupID,
        SkillGroupNumber, SkillGroupPriority, SupervisorBtnEnablementMask, UserToUserInfo.
        """

    def on_monitored_call_diverted(self, args: CallDivertedArguments) -> None:
        """OnCallDiverted about an object that a supervisor monitors.

        The call, the device that it was diverted from, and the one that it goes to.

        OnMonitoredCallDiverted always has UniqueObjectID, PeripheralID, PeripheralType, ConnectionDeviceID,
        ConnectionDeviceIDType, ConnectionCallID, ServiceNumber, ServiceID, DivertingDeviceType,
        CalledDeviceType, LocalConnectionState, EventCause.

        It may have CallStatus, CalledDeviceID, DeviceUniqueObjectID, DivertingDeviceID, EnablementMask,
        FilterTarget, ICMEnterpriseUniqueID, Monitored, SupervisorBtnEnablementMask.
        """

    def monitored_call_queued_event(self, args: CallQueuedArguments) -> None:
        """OnCallQueuedEvent about an object that a supervisor monitors.

        The call, its devices, and the queue that it waits in.

        MonitoredCallQueuedEvent always has UniqueObjectID, ConnectionDeviceID, ConnectionDeviceIDType,
        LocalConnectionState, EventCause, LineHandle, LineType, ServiceNumber, ServiceID, NumQueued,
        NumSkillGroups, QueuedDeviceID, QueuedDeviceIDType, CallingDeviceID, CallingDeviceIDType,
        CalledDeviceID, CalledDeviceIDType, LastRedirectedDeviceID, LastRedirectedDeviceIDType.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def monitored_call_dequeued_event(self, args: CallDequeuedArguments) -> None:
        """OnCallDequeuedEvent about an object that a supervisor monitors.

        The call and the queue that it left.

        MonitoredCallDequeuedEvent always has UniqueObjectID, ConnectionDeviceID, ConnectionDeviceIDType,
        LocalConnectionState, EventCause, LineHandle, LineType, ServiceNumber, ServiceID, NumQueued,
        NumSkillGroups.

        It may have CallStatus, DeviceUniqueObjectID, EnablementMask, FilterTarget, ICMEnterpriseUniqueID,
        Monitored, SupervisorBtnEnablementMask.
        """

    def on_monitored_call_agent_precall_event(self, args: PrecallArguments) -> None:
        """OnAgentPrecallEvent about an object that a supervisor monitors.

        The contact, its data, and the agent that it is routed to. ECC has the named variables.

        OnMonitoredCallAgentPrecallEvent always has RouterCallKeyDay, RouterCallKeyCallID, AgentInstrument,
        ServiceNumber, ServiceID, SkillGroupNumber, SkillGroupID, SkillGroupPriority, ANI, UserToUserInfo,
        DNIS, DialedNumber, CallerEnteredDigits, CallVariable1, CallVariable2, CallVariable3, CallVariable4,
        CallVariable5, CallVariable6, CallVariable7, CallVariable8, CallVariable9, CallVariable10,
        CallTypeIDTag, PreCallInvokeIDTag, NumNamedVariables, NumNamedArrays, ECC.

        It may have ICMEnterpriseUniqueID, Monitored.
        """

    def on_monitored_call_agent_precall_abort_event(self, args: PrecallAbortArguments) -> None:
        """OnAgentPrecallAbortEvent about an object that a supervisor monitors.

        The contact and the agent that it was routed to.

        OnMonitoredCallAgentPrecallAbortEvent always has RouterCallKeyDay, RouterCallKeyCallID,
        AgentInstrument.

        It may have ICMEnterpriseUniqueID, Monitored.
        """


class SilentMonitorEvents(EventSink, is_interface=True):
    """The events of silent monitoring, and of the media streams of calls."""

    __slots__ = ()

    def on_call_rtp_started(self, args: RtpStartedArguments) -> None:
        """A media stream of a call began.

        The call, the address of its media stream, and the codec.

        OnCallRTPStarted always has UniqueObjectID, MonitorID, PeripheralID, ClientPort, Direction,
        ConnectionDeviceID, ConnectionDeviceIDType, ConnectionCallID, RTPType, BitRate, EchoCancellation,
        PacketSize, PayloadType.

        It may have AgentExtension, AgentID, AgentInstrument, CallStatus, ClientAddress, DeviceUniqueObjectID,
        EnablementMask, FilterTarget, ICMEnterpriseUniqueID, Monitored, SupervisorBtnEnablementMask.
        """

    def on_call_rtp_stopped(self, args: RtpStoppedArguments) -> None:
        """A media stream of a call ended.

        The call and the address of its media stream. Direction says whether it is the agent's input or
        output.

        OnCallRTPStopped always has UniqueObjectID, MonitorID, PeripheralID, ClientPort, Direction,
        ConnectionDeviceID, ConnectionDeviceIDType, ConnectionCallID.

        It may have AgentExtension, AgentID, AgentInstrument, CallStatus, ClientAddress, DeviceUniqueObjectID,
        EnablementMask, FilterTarget, ICMEnterpriseUniqueID, Monitored, SupervisorBtnEnablementMask.
        """

    def on_silent_monitor_started_event(self, args: SilentMonitorArguments) -> None:
        """Silent monitoring began.

        Who monitors whom, and the call of the monitoring. SilentMonitorCallDisposition comes with its end.
        Recovered says that a repair found the end.

        OnSilentMonitorStartedEvent always has SilentMonitorInitiatingAgentUID,
        SilentMonitorInitiatingDeviceID, SilentMonitorTargetAgentUID, SilentMonitorTargetDeviceID,
        SilentMonitorCallUID.

        It may have Recovered, SilentMonitorCallDisposition.
        """

    def on_silent_monitor_stop_requested_event(self, args: SilentMonitorArguments) -> None:
        """Silent monitoring ended.

        Who monitors whom, and the call of the monitoring. SilentMonitorCallDisposition comes with its end.
        Recovered says that a repair found the end.

        OnSilentMonitorStopRequestedEvent always has SilentMonitorInitiatingAgentUID,
        SilentMonitorInitiatingDeviceID, SilentMonitorTargetAgentUID, SilentMonitorTargetDeviceID,
        SilentMonitorCallUID.

        It may have Recovered, SilentMonitorCallDisposition.
        """


class AllInOneEvents(
    SessionEvents,
    AgentEvents,
    CallEvents,
    SkillGroupEvents,
    ButtonEnablementEvents,
    MonitoredAgentEvents,
    MonitoredCallEvents,
    SilentMonitorEvents,
):
    """All events of a session."""

    __slots__ = ()
