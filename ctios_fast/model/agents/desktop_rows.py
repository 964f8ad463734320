"""The requests of an agent's desktop as rows: the message of each, and the values that a program may give."""

from typing import TYPE_CHECKING, Any, Final, TypedDict

from ctios_fast import keywords as kw
from ctios_fast.model.call_data_fields import WRAPUP_DATA
from ctios_fast.model.coercion import integer
from ctios_fast.model.new_call import NEW_CALL, NewCallFields
from ctios_fast.model.request_rows import (
    Limit,
    Parameter,
    RequestRow,
    bounded_text,
    number,
    required_text,
)
from ctios_fast.protocol.codes import (
    CTI_SERVICE_CALL_DATA_UPDATE,
    CTI_SERVICE_CLIENT_CONTROL,
    CTI_SERVICE_SUPERVISOR,
)

if TYPE_CHECKING:
    from ctios_fast.messages import (
        AgentDeskSettingsConf,
        AgentGreetingControlConf,
        BadCallConf,
        EmergencyCallConf,
        MakeCallConf,
        QueryDeviceInfoConf,
        ReleaseCallConf,
        SetCallDataConf,
        SnapshotDeviceConf,
        SupervisorAssistConf,
    )

__all__ = [
    "BAD_CALL",
    "DESK_SETTINGS",
    "EMERGENCY_CALL",
    "GREETING",
    "MAKE_CALL",
    "QUERY_DEVICE_INFO",
    "RELEASE_CALL",
    "SNAPSHOT_DEVICE",
    "SUPERVISOR_ASSIST",
    "WRAPUP",
    "DeviceFields",
    "GreetingFields",
    "MakeCallFields",
    "SnapshotFields",
    "WrapupFields",
]

#: The keyword of a request that names a call.
_CALL_KEYWORDS: Final = (kw.CTIOS_CALLREFERENCEOBJECTID,)
#: AgentAction: stop the greeting that is played, disable greetings, enable them.
_MAX_GREETING_ACTION: Final = 2


def _greeting_action(name: str, value: Any, limit: Limit) -> int:
    del limit
    return integer(name, value, 0, _MAX_GREETING_ACTION)


class DeviceFields(TypedDict, total=False):
    """The keywords of ``query_device_info``."""

    agent_instrument: str


class SnapshotFields(DeviceFields, total=False):
    """The keywords of ``snapshot_device``."""

    snapshot_device_type: int


class GreetingFields(TypedDict, total=False):
    """The keywords of ``set_agent_greeting_action``."""

    agent_action: int


class WrapupFields(TypedDict, total=False):
    """The keywords of ``set_wrapup_data``."""

    call_wrapup_data: str


class MakeCallFields(NewCallFields, total=False):
    """The keywords of ``make_call``."""

    agent_instrument: str
    alert_rings: int
    answering_machine: int
    skill_group_number: int
    cct: str


MAKE_CALL: "Final[RequestRow[MakeCallConf]]" = RequestRow(
    "make_call",
    "MakeCallReq",
    "OnMakeCallConf",
    (
        *NEW_CALL,
        Parameter(kw.CTIOS_AGENTINSTRUMENT, required_text),
        Parameter(kw.CTIOS_ALERTRINGS, number),
        Parameter(kw.CTIOS_ANSWERINGMACHINE, number),
        Parameter(kw.CTIOS_SKILLGROUPNUMBER, number),
        Parameter("CCT", bounded_text),
    ),
    services=CTI_SERVICE_CLIENT_CONTROL,
    defaults={"priority": False},
)


DESK_SETTINGS: "Final[RequestRow[AgentDeskSettingsConf]]" = RequestRow(
    "request_desk_settings", "AgentDeskSettingsReq", "OnAgentDeskSettingsConf"
)

SNAPSHOT_DEVICE: "Final[RequestRow[SnapshotDeviceConf]]" = RequestRow(
    "snapshot_device",
    "SnapshotDeviceReq",
    "OnSnapshotDeviceConf",
    (
        Parameter(kw.CTIOS_AGENTINSTRUMENT, required_text),
        Parameter("SnapshotDeviceType", number),
    ),
    services=CTI_SERVICE_CLIENT_CONTROL,
)

QUERY_DEVICE_INFO: "Final[RequestRow[QueryDeviceInfoConf]]" = RequestRow(
    "query_device_info",
    "QueryDeviceInfoReq",
    "OnQueryDeviceInfoConf",
    (Parameter(kw.CTIOS_AGENTINSTRUMENT, required_text),),
    services=CTI_SERVICE_CLIENT_CONTROL,
)

GREETING: "Final[RequestRow[AgentGreetingControlConf]]" = RequestRow(
    "set_agent_greeting_action",
    "AgentGreetingControlReq",
    "OnAgentGreetingControlConf",
    (Parameter(kw.CTIOS_AGENTACTION, _greeting_action, is_required=True),),
    services=CTI_SERVICE_CLIENT_CONTROL,
)

SUPERVISOR_ASSIST: "Final[RequestRow[SupervisorAssistConf]]" = RequestRow(
    "request_supervisor_assist",
    "SupervisorAssistReq",
    "OnSupervisorAssistConf",
    services=CTI_SERVICE_CLIENT_CONTROL,
    also=_CALL_KEYWORDS,
)

EMERGENCY_CALL: "Final[RequestRow[EmergencyCallConf]]" = RequestRow(
    "make_emergency_call",
    "EmergencyCallReq",
    "OnEmergencyCallConf",
    services=CTI_SERVICE_CLIENT_CONTROL | CTI_SERVICE_SUPERVISOR,
    also=_CALL_KEYWORDS,
)

BAD_CALL: "Final[RequestRow[BadCallConf]]" = RequestRow(
    "report_bad_call_line",
    "BadCallReq",
    "OnBadCallConf",
    services=CTI_SERVICE_CLIENT_CONTROL,
    also=_CALL_KEYWORDS,
)

WRAPUP: "Final[RequestRow[SetCallDataConf]]" = RequestRow(
    "set_wrapup_data",
    "SetCallDataReq",
    "OnSetCallDataConf",
    (WRAPUP_DATA._replace(is_required=True),),
    services=CTI_SERVICE_CALL_DATA_UPDATE,
    also=_CALL_KEYWORDS,
)

RELEASE_CALL: "Final[RequestRow[ReleaseCallConf]]" = RequestRow(
    "release_call",
    "ReleaseCallReq",
    "OnReleaseCallConf",
    services=CTI_SERVICE_CALL_DATA_UPDATE,
    also=_CALL_KEYWORDS,
)
