"""The events of supervisors, chat and silent monitoring.

CTI OS Developer's Guide, IAgentEvents, IButtonEnablementEvents and ISilentMonitorEvents.
"""

from typing import Final

from ctios_fast.model.publisher import EventTable

__all__ = ["SUPERVISOR_EVENTS"]

SUPERVISOR_EVENTS: Final = EventTable(
    names=(
        "OnSuperviseCallConf",
        "OnSupervisorButtonChange",
        "OnEmergencyCall",
        "OnChatMessage",
        "OnSilentMonitorStartedEvent",
        "OnSilentMonitorStopRequestedEvent",
    ),
    aliases={
        "OnSilentMonitorStarted": "OnSilentMonitorStartedEvent",
        "OnSilentMonitorStopRequested": "OnSilentMonitorStopRequestedEvent",
    },
)
