"""Values that the constructors of message classes take for fixed fields that are not given.

A field has a default only if the reference states a neutral value: zero of a reserved field, a value that
leaves a choice to the peripheral, or a value that means "none". Fields that count others are computed and
need no default. Every other fixed field must be given.
"""

from typing import Final, NamedTuple

__all__ = ["DEFAULTS", "Default", "default_of"]

NOTHING = 0xFFFFFFFF  # NULL_SKILL_GROUP, NULL_SERVICE and "no call" are all ones


class Default(NamedTuple):
    """``messages``: their names, or None for every request that has the field."""

    messages: tuple[str, ...] | None
    fields: tuple[str, ...]
    value: int
    source: str


_SUPERVISION = ("SUPERVISOR_ASSIST_REQ", "EMERGENCY_CALL_REQ", "ANSWER_CALL_REQ")
_STATISTICS = ("QUERY_SKILL_GROUP_STATISTICS_REQ",)
_DEVICE = ("SET_DEVICE_ATTRIBUTES_REQ",)

DEFAULTS: Final = (
    Default(None, ("Reserved", "Reserved1", "Reserved2", "Reserved3"), 0, "must be zero (status 22)"),
    Default(("QUERY_DEVICE_INFO_CONF",), ("Reserved",), 0, "reserved, internal use"),
    Default(None, ("CallPlacementType",), 0, "CPT_UNSPECIFIED: default placement"),
    Default(None, ("CallMannerType",), 0, "CMT_UNSPECIFIED: default manner"),
    Default(None, ("CallOption",), 0, "COPT_UNSPECIFIED: no option, defaults"),
    Default(None, ("ConsultType",), 0, "CT_UNSPECIFIED: default (consult)"),
    Default(None, ("FacilityType",), 0, "FT_UNSPECIFIED: default facility"),
    Default(None, ("AnsweringMachine",), 0, "AM_UNSPECIFIED: default behaviour"),
    Default(None, ("AnswerDetectMode",), 0, "ADM_UNSPECIFIED: default behaviour"),
    Default(None, ("AgentWorkMode",), 0, "AWM_UNSPECIFIED: default behaviour"),
    Default(None, ("DestinationCountry",), 0, "DEST_UNSPECIFIED: unknown, default behaviour"),
    Default(None, ("AlertRings",), 0, "0 takes the peripheral's default, typically 10 rings"),
    Default(None, ("AnswerDetectTime",), 0, "0 takes the peripheral's default"),
    Default(None, ("AnswerDetectControl1", "AnswerDetectControl2"), 0, "must be 0 when unused"),
    Default(None, ("ToneDuration", "PauseDuration"), 0, "0 takes the default"),
    Default(None, ("PostRoute",), 0, "not used in Unified CCE"),
    Default(None, ("ForcedFlag",), 0, "0 is normal; belongs to login and logout alone"),
    Default(None, ("CampaignID", "QueryRuleID"), 0, "0 when unused"),
    Default(("OPEN_REQ",), ("PeripheralID",), NOTHING, "needed for Client Events, all ones otherwise"),
    Default(("MAKE_CALL_REQ",), ("SkillGroupNumber",), NOTHING, "NULL_SKILL_GROUP takes the default"),
    Default(_SUPERVISION, ("ConnectionCallID",), NOTHING, "all ones: no call"),
    Default(
        ("SUPERVISE_CALL_REQ",),
        ("AgentConnectionCallID", "SupervisorConnectionCallID"),
        NOTHING,
        "all ones: the agent's active call; the supervisor has no call",
    ),
    Default(_STATISTICS, ("SkillGroupNumber", "SkillGroupID"), NOTHING, "NULL_SKILL_GROUP: other given"),
    Default(_DEVICE, ("ServiceNumber", "ServiceID"), NOTHING, "NULL_SERVICE when not applicable"),
    Default(_DEVICE, ("SkillGroupNumber", "SkillGroupID"), NOTHING, "NULL_SKILL_GROUP when not applicable"),
    Default(_DEVICE, ("SkillGroupPriority",), 0, "0 when not applicable"),
)  # fmt: skip


def default_of(message: str, kind: str, field: str) -> int | None:
    """Return the default of a fixed field, or None if it must be given."""
    for row in DEFAULTS:
        if field in row.fields and (kind == "request" if row.messages is None else message in row.messages):
            return row.value
    return None
