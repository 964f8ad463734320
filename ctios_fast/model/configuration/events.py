"""The events that report names of the configuration (CTI OS Developer's Guide, three interfaces)."""

from typing import Final

from ctios_fast.model.publisher import EventTable

__all__ = ["CONFIGURATION_EVENTS"]

CONFIGURATION_EVENTS: Final = EventTable(
    names=("OnAgentInfoEvent", "OnMonitoredAgentInfoEvent", "OnSkillInfoEvent"),
    aliases={"OnAgentInfo": "OnAgentInfoEvent", "OnMonitoredAgentInfo": "OnMonitoredAgentInfoEvent"},
)
