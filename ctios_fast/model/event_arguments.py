"""The classes of the Arguments of events, and the names of events, as types.

In a running program each class is ``Arguments`` and each name is text. Type checkers and editors read
the stub, which has the keywords of each class, and the names.

Written by ci/make_event_types.py from event_types.toml: change the data, not this file.
"""

from .arguments import Arguments

ConnectionArguments = Arguments
StandbyArguments = Arguments
ConnectionFailureArguments = Arguments
StandbyLossArguments = Arguments
ConnectionRejectedArguments = Arguments
TimeArguments = Arguments
MissingHeartbeatArguments = Arguments
MonitorModeArguments = Arguments
AgentModeArguments = Arguments
CtiosFailureArguments = Arguments
CurrentObjectArguments = Arguments
RecoveredArguments = Arguments
MaintenanceArguments = Arguments
LagArguments = Arguments
ConfirmationArguments = Arguments
ControlFailureArguments = Arguments
MakeCallArguments = Arguments
SupervisedCallArguments = Arguments
DeskSettingsArguments = Arguments
DeviceSnapshotArguments = Arguments
DeviceInfoArguments = Arguments
AgentStateArguments = Arguments
AgentQueryArguments = Arguments
AgentStatisticsArguments = Arguments
AgentInfoArguments = Arguments
TeamMemberArguments = Arguments
MonitoredAgentArguments = Arguments
EmergencyCallArguments = Arguments
ChatArguments = Arguments
ButtonArguments = Arguments
SupervisorButtonArguments = Arguments
SilentMonitorArguments = Arguments
SkillGroupStatisticsArguments = Arguments
SkillInfoArguments = Arguments
CallArguments = Arguments
CallEndArguments = Arguments
CallFailedArguments = Arguments
CallDataArguments = Arguments
CallContextArguments = Arguments
CallLineArguments = Arguments
CallReachedNetworkArguments = Arguments
CallDivertedArguments = Arguments
CallDequeuedArguments = Arguments
CallQueuedArguments = Arguments
RtpStoppedArguments = Arguments
RtpStartedArguments = Arguments
PrecallAbortArguments = Arguments
PrecallArguments = Arguments
TranslationRouteArguments = Arguments
CallSnapshotArguments = Arguments

SessionEvent = str
AgentEvent = str
CallEvent = str
SkillGroupEvent = str
ButtonEnablementEvent = str
MonitoredAgentEvent = str
MonitoredCallEvent = str
SilentMonitorEvent = str
EventName = str
