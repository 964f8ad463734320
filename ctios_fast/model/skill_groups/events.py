"""The events that skill groups fire (CTI OS Developer's Guide, ISkillGroupEvents)."""

from typing import Final

from ctios_fast.model.publisher import EventTable

__all__ = ["SKILL_GROUP_EVENTS"]

SKILL_GROUP_EVENTS: Final = EventTable(
    names=("OnSkillGroupStatisticsUpdated", "OnControlFailureConf"),
    aliases={
        "OnNewSkillGroupStatistics": "OnSkillGroupStatisticsUpdated",
        "OnNewSkillGroupStatisticsEvent": "OnSkillGroupStatisticsUpdated",
    },
)
