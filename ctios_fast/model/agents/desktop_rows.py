"""The requests of an agent's desktop as rows: the message of each, and the values that a program may give."""

from collections.abc import Mapping
from typing import Any, Final, TypedDict

from ctios_fast import keywords as kw
from ctios_fast.model.call_data_fields import CALL_VARIABLES, ECC, USER_TO_USER_INFO, WRAPUP_DATA
from ctios_fast.model.coercion import integer
from ctios_fast.model.request_rows import (
    Limit,
    Parameter,
    RequestRow,
    bounded_text,
    flag,
    number,
    required_text,
)
from ctios_fast.protocol.codes import (
    CTI_SERVICE_CALL_DATA_UPDATE,
    CTI_SERVICE_CLIENT_CONTROL,
    CTI_SERVICE_SUPERVISOR,
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


class MakeCallFields(TypedDict, total=False):
    """The keywords of ``make_call``."""

    dialed_number: str
    agent_instrument: str
    call_placement_type: int
    call_manner_type: int
    alert_rings: int
    call_option: int
    facility_type: int
    answering_machine: int
    priority: bool
    post_route: bool
    skill_group_number: int
    user_to_user_info: bytes | str
    call_variable1: str
    call_variable2: str
    call_variable3: str
    call_variable4: str
    call_variable5: str
    call_variable6: str
    call_variable7: str
    call_variable8: str
    call_variable9: str
    call_variable10: str
    ecc: Mapping[str, Any]
    call_wrapup_data: str
    facility_code: str
    authorization_code: str
    account_code: str
    cct: str


MAKE_CALL: Final = RequestRow(
    "make_call",
    "MakeCallReq",
    "OnMakeCallConf",
    (
        Parameter(kw.CTIOS_DIALEDNUMBER, required_text, is_required=True),
        Parameter(kw.CTIOS_AGENTINSTRUMENT, required_text),
        Parameter(kw.CTIOS_CALLPLACEMENTTYPE, number),
        Parameter(kw.CTIOS_CALLMANNERTYPE, number),
        Parameter(kw.CTIOS_ALERTRINGS, number),
        Parameter(kw.CTIOS_CALLOPTION, number),
        Parameter(kw.CTIOS_FACILITYTYPE, number),
        Parameter(kw.CTIOS_ANSWERINGMACHINE, number),
        Parameter(kw.CTIOS_PRIORITY, flag),
        Parameter(kw.CTIOS_POSTROUTE, flag),
        Parameter(kw.CTIOS_SKILLGROUPNUMBER, number),
        USER_TO_USER_INFO,
        *CALL_VARIABLES,
        ECC,
        WRAPUP_DATA,
        Parameter(kw.CTIOS_FACILITYCODE, bounded_text),
        Parameter(kw.CTIOS_AUTHORIZATIONCODE, bounded_text),
        Parameter(kw.CTIOS_ACCOUNTCODE, bounded_text),
        Parameter("CCT", bounded_text),
    ),
    services=CTI_SERVICE_CLIENT_CONTROL,
    defaults={"priority": False},
)


DESK_SETTINGS: Final = RequestRow("request_desk_settings", "AgentDeskSettingsReq", "OnAgentDeskSettingsConf")

SNAPSHOT_DEVICE: Final = RequestRow(
    "snapshot_device",
    "SnapshotDeviceReq",
    "OnSnapshotDeviceConf",
    (
        Parameter(kw.CTIOS_AGENTINSTRUMENT, required_text),
        Parameter("SnapshotDeviceType", number),
    ),
    services=CTI_SERVICE_CLIENT_CONTROL,
)

QUERY_DEVICE_INFO: Final = RequestRow(
    "query_device_info",
    "QueryDeviceInfoReq",
    "OnQueryDeviceInfoConf",
    (Parameter(kw.CTIOS_AGENTINSTRUMENT, required_text),),
    services=CTI_SERVICE_CLIENT_CONTROL,
)

GREETING: Final = RequestRow(
    "set_agent_greeting_action",
    "AgentGreetingControlReq",
    "OnAgentGreetingControlConf",
    (Parameter(kw.CTIOS_AGENTACTION, _greeting_action, is_required=True),),
    services=CTI_SERVICE_CLIENT_CONTROL,
)

SUPERVISOR_ASSIST: Final = RequestRow(
    "request_supervisor_assist",
    "SupervisorAssistReq",
    "OnSupervisorAssistConf",
    services=CTI_SERVICE_CLIENT_CONTROL,
    also=_CALL_KEYWORDS,
)

EMERGENCY_CALL: Final = RequestRow(
    "make_emergency_call",
    "EmergencyCallReq",
    "OnEmergencyCallConf",
    services=CTI_SERVICE_CLIENT_CONTROL | CTI_SERVICE_SUPERVISOR,
    also=_CALL_KEYWORDS,
)

BAD_CALL: Final = RequestRow(
    "report_bad_call_line",
    "BadCallReq",
    "OnBadCallConf",
    services=CTI_SERVICE_CLIENT_CONTROL,
    also=_CALL_KEYWORDS,
)

WRAPUP: Final = RequestRow(
    "set_wrapup_data",
    "SetCallDataReq",
    "OnSetCallDataConf",
    (WRAPUP_DATA._replace(is_required=True),),
    services=CTI_SERVICE_CALL_DATA_UPDATE,
    also=_CALL_KEYWORDS,
)

RELEASE_CALL: Final = RequestRow(
    "release_call",
    "ReleaseCallReq",
    "OnReleaseCallConf",
    services=CTI_SERVICE_CALL_DATA_UPDATE,
    also=_CALL_KEYWORDS,
)
