"""The events that agents fire (CTI OS Developer's Guide, IAgentEvents and IMonitoredAgentEvents)."""

from typing import Final

from ctios_fast.model.publisher import EventTable

__all__ = ["AGENT_EVENTS"]

AGENT_EVENTS: Final = EventTable(
    names=(
        "OnSetAgentModeEvent",
        "OnQueryAgentStateConf",
        "OnSetAgentStateConf",
        "OnAgentStateChange",
        "OnMonitoredAgentStateChange",
        "OnPreLogout",
        "OnPostLogout",
        "OnLogoutFailed",
        "OnControlFailureConf",
        "OnMakeCallConf",
        "OnSupervisorAssistConf",
        "OnEmergencyCallConf",
        "OnBadCallConf",
        "OnSetCallDataConf",
        "OnReleaseCallConf",
        "OnAgentDeskSettingsConf",
        "OnSnapshotDeviceConf",
        "OnQueryDeviceInfoConf",
        "OnAgentGreetingControlConf",
        "OnAgentStatistics",
    ),
    aliases={
        "OnControlFailure": "OnControlFailureConf",
        "OnSetAgentMode": "OnSetAgentModeEvent",
        "OnSetAgentModeConf": "OnSetAgentModeEvent",
        "OnAgentStateChanged": "OnAgentStateChange",
        "OnNewAgentStatisticsEvent": "OnAgentStatistics",
    },
)
