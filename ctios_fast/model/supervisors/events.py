"""The events of supervisors and of chat (CTI OS Developer's Guide, IAgentEvents)."""

from typing import Final

from ctios_fast.model.publisher import EventTable

__all__ = ["SUPERVISOR_EVENTS"]

SUPERVISOR_EVENTS: Final = EventTable(
    names=(
        "OnSuperviseCallConf",
        "OnEmergencyCall",
        "OnChatMessage",
    )
)
