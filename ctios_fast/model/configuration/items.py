"""The items of a configuration as data: bit, key, message and fields of each.

``ITEMS`` is the only place that knows them. The order is that of an upload.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from ctios_fast.model.coercion import refuse
from ctios_fast.protocol import codes
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.versions import defined_bits

from . import records

__all__ = ["ITEMS", "MASK", "Item", "item_of", "items_of", "wanted_bits"]

#: The mask of OPEN_REQ and CONFIG_REQUEST_EVENT.
MASK: Final = "ConfigMsgMask"


class Item(NamedTuple):
    """One item of a configuration.

    - ``name``: how programs name it, and the attribute of ``Configuration``.
    - ``bit``: of ConfigMsgMask and ConfigInformation.
    - ``key``: the field of its key in CONFIG_KEY_EVENT and CONFIG_BEGIN_EVENT, empty if it has none.
    - ``message``: number of the message of its records.
    - ``record``: class of its records.
    - ``fields``: attributes of the record, by field of the message.
    - ``identity``: the attributes that identify a record. One attribute is the key of the mapping itself,
      two are a pair.
    - ``renamed``: the field that names the identity from before a change, empty if there is none.
    - ``first``: the field that begins each record of a message.
    - ``peripheral``: the field that names the record's peripheral, empty if there is none.
    """

    name: str
    bit: int
    key: str
    message: int
    record: Any
    fields: Mapping[str, str]
    identity: tuple[str, ...]
    renamed: str = ""
    first: str = "RecordType"
    peripheral: str = "FltPeripheralID"


ITEMS: Final = (
    Item(
        "services",
        codes.SERVICE_INFORMATION,
        "ServiceConfigKey",
        ged.CONFIG_SERVICE_EVENT,
        records.ServiceRecord,
        {
            "PeripheralNumber": "number",
            "PeripheralName": "name",
            "ServiceSkillTargetID": "skill_target_id",
            "Description": "description",
            "Extension": "extension",
            "MaxQueued": "max_queued",
            "ServiceLevelThreshold": "service_level_threshold",
            "ServiceLevelType": "service_level_type",
            "ConfigParam": "config_param",
            "FltMRDomainID": "mrd_id",
            "ServiceMember": "skill_groups",
            "ServicePriority": "priorities",
        },
        ("number",),
        "OldPeripheralNumber",
    ),
    Item(
        "skill_groups",
        codes.SKILL_GROUP_INFORMATION,
        "SkillGroupConfigKey",
        ged.CONFIG_SKILL_GROUP_EVENT,
        records.SkillGroupRecord,
        {
            "PeripheralNumber": "number",
            "PeripheralName": "name",
            "SkillGroupSkillTargetID": "skill_group_id",
            "FltSkillGroupPriority": "priority",
            "AutoWork": "auto_work",
            "Description": "description",
            "Extension": "extension",
            "FltMRDomainID": "mrd_id",
            "FltPrecisionQueueID": "precision_queue_id",
            "FltPrecisionQueueName": "precision_queue_name",
            "ConfigParam": "config_param",
        },
        ("number",),
        "OldPeripheralNumber",
    ),
    Item(
        "agents",
        codes.AGENT_INFORMATION,
        "AgentConfigKey",
        ged.CONFIG_AGENT_EVENT,
        records.AgentRecord,
        {
            "LoginID": "agent_id",
            "LoginName": "login_name",
            "FirstName": "first_name",
            "LastName": "last_name",
            "AgentSkillTargetID": "skill_target_id",
            "AgentType": "agent_type",
            "AgentDeskSettingsID": "desk_settings_id",
            "Extension": "extension",
            "Description": "description",
            "SSOEnabled": "sso_enabled",
            "ActiveTerminal": "active_terminal",
            "FltSkillGroupNumber": "skill_groups",
            "FltSkillGroupPriority": "skill_group_priorities",
            "FltAgentMRDID": "mrd_ids",
            "FltAgentMRDState": "mrd_states",
        },
        ("agent_id",),
        "OldLoginID",
    ),
    Item(
        "agent_services",
        codes.AGENT_SERVICES_INFORMATION,
        "",
        ged.CONFIG_AGENT_SERVICE_EVENT,
        records.AgentServicesRecord,
        {"AgentSkillTargetID": "skill_target_id", "FltEnabledServices": "services"},
        ("skill_target_id",),
        first="AgentSkillTargetID",  # here RecordType is the last field of a record
        peripheral="",
    ),
    Item(
        "devices",
        codes.DEVICE_INFORMATION,
        "DeviceConfigKey",
        ged.CONFIG_DEVICE_EVENT,
        records.DeviceRecord,
        {
            "DeviceType": "device_type",
            "PeripheralNumber": "number",
            "Extension": "extension",
            "DialedNumber": "dialed_number",
            "DNIS": "dnis",
            "FltServiceID": "service_id",
            "MaxQueued": "max_queued",
            "Description": "description",
        },
        ("device_type", "number"),  # numbers of different types may be the same
    ),
    Item(
        "call_types",
        codes.CALL_TYPE_INFORMATION,
        "CallTypeConfigKey",
        ged.CONFIG_CALL_TYPE_EVENT,
        records.CallTypeRecord,
        {
            "FltCallTypeID": "call_type_id",
            "EnterpriseName": "name",
            "Description": "description",
            "CustomerDefinitionID": "customer_definition_id",
            "ServiceLevelThreshold": "service_level_threshold",
            "ServiceLevelType": "service_level_type",
        },
        ("call_type_id",),
        peripheral="",
    ),
    Item(
        "media_routing_domains",
        codes.MEDIA_ROUTING_DOMAIN_INFORMATION,
        "",
        ged.CONFIG_MRD_EVENT,
        records.MediaRoutingDomainRecord,
        {
            "FltMRDomainID": "mrd_id",
            "FltEnterpriseName": "name",
            "FltDescription": "description",
            "FltMaxTaskDuration": "max_task_duration",
            "FltInterruptible": "interruptible",
        },
        ("mrd_id",),
        peripheral="",
    ),
    Item(
        "peripherals",
        codes.PERIPHERAL_INFORMATION,
        "PeripheralConfigKey",
        ged.CONFIG_PERIPHERAL_EVENT,
        records.PeripheralRecord,
        {"ConfigPeripheralID": "peripheral_id", "DefaultAgentDeskSettingsID": "default_desk_settings_id"},
        ("peripheral_id",),
        peripheral="",
    ),
    Item(
        "desk_settings",
        codes.AGENT_DESK_SETTINGS_INFORMATION,
        "AgentDeskSettingsConfigKey",
        ged.CONFIG_AGENT_DESK_SETTINGS_EVENT,
        records.DeskSettingsRecord,
        {
            "AgentDeskSettingsID": "desk_settings_id",
            "FltDeskSettingsMask": "mask",
            "FltWrapUpDataIncomingMode": "wrapup_data_incoming_mode",
            "FltWrapUpDataOutgoingMode": "wrapup_data_outgoing_mode",
            "FltLogoutNonActivityTime": "logout_non_activity_time",
            "FltQualityRecordingRate": "quality_recording_rate",
            "FltRingNoAnswerTime": "ring_no_answer_time",
            "FltSilentMonitorWarningMessage": "silent_monitor_warning_message",
            "FltSilentMonitorAudibleIndication": "silent_monitor_audible_indication",
            "FltSupervisorAssistCallMethod": "supervisor_assist_call_method",
            "FltEmergencyCallMethod": "emergency_call_method",
            "FltAutoRecordOnEmergency": "auto_record_on_emergency",
            "FltRecordingMode": "recording_mode",
            "FltWorkModeTimer": "work_mode_timer",
            "FltRingNoAnswerDnId": "ring_no_answer_dn_id",
            "FltDefaultDevicePortAddress": "default_device_port_address",
            "PlayZipTone": "play_zip_tone",
            "ACDSharedLineUsage": "acd_shared_line_usage",
        },
        ("desk_settings_id",),
        peripheral="",
    ),
    Item(
        "terminals",
        codes.TERMINAL_INFORMATION,
        "",
        ged.CONFIG_TERMINAL_EVENT,
        records.TerminalRecord,
        {
            "TerminalDeviceName": "name",
            "TerminalType": "terminal_type",
            "TerminalTypeName": "type_name",
            "Instrument": "instruments",
        },
        ("name",),
        peripheral="",
    ),
)

_BY_NAME: Final = {item.name: item for item in ITEMS}


def item_of(name: Any) -> Item:
    """The item of that name. Raises ``MethodError`` for an unknown one, and for what is not text."""
    item = _BY_NAME.get(name) if isinstance(name, str) else None
    if item is None:
        raise refuse(f"configuration has no {name!r}; it has {', '.join(_BY_NAME)}")
    return item


def items_of(bits: int) -> tuple[Item, ...]:
    """The items of a mask, in the order of an upload."""
    return tuple(item for item in ITEMS if item.bit & bits)


def wanted_bits(configuration: Any, version: int) -> int:
    """The mask of what a program asks for.

    - ``configuration``: True for everything that the version has, False or None for nothing, one name of
      ``ITEMS``, or several of them.
    - ``version``: of the session.

    Raises ``MethodError`` for what is neither, for an unknown name, and for an item that the version lacks.
    """
    if configuration is None or configuration is False:
        return 0
    has_messages = version >= _SINCE
    defined = defined_bits(MASK, version) if has_messages else 0
    if configuration is True:
        if not has_messages:
            raise refuse(_too_old("a configuration", version))
        return defined
    names = (configuration,) if isinstance(configuration, str) else configuration
    if not isinstance(names, Iterable) or isinstance(names, bytes | Mapping):
        raise refuse(
            f"configuration must be True, a name or a list of names, got {type(configuration).__name__}"
        )
    bits = 0
    for name in names:
        item = item_of(name)
        if not item.bit & defined:
            raise refuse(_too_old(item.name, version))
        bits |= item.bit
    return bits


#: Protocol version from which configuration messages are documented.
_SINCE: Final = 19


def _too_old(what: str, version: int) -> str:
    return f"protocol version {version} has no messages for {what}; use a newer version of the session"
