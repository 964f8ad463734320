"""The events about teams and monitored agents (CTI OS Developer's Guide, IAgentEvents)."""

from typing import Final

from ctios_fast.model.publisher import EventTable

__all__ = ["MONITOR_EVENTS"]

MONITOR_EVENTS: Final = EventTable(
    names=(
        "OnNewAgentTeamMember",
        "OnStartMonitoringAgent",
        "OnStopMonitoringAgent",
        "OnControlFailureConf",
    )
)
