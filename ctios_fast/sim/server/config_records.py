"""The records of the configuration, as CONFIG_*_EVENTs report services, skill groups, agents and devices.

``ITEMS`` lists the items in the order of an upload, each with its bit in ConfigInformation, the field of its
key, its message, the subjects that it has a record for, and the function that builds the record.
"""

import zlib
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import (
    AgentType,
    ConfigDeviceType,
    ConfigMsgMask,
    ConfigRecordType,
)
from ctios_fast.sim.plant import (
    VOICE_MRD,
    CallTypeEntry,
    DeskSettings,
    Device,
    PlantAgent,
    Population,
    Service,
    SkillGroup,
    Terminal,
)

__all__ = ["ITEMS", "Item", "Record"]

Record = list[tuple[str, object]]

_MAX_SKILLS: Final = 100
_MAX_MRDS: Final = 40
_MAX_MEMBERS: Final = 10
_MAX_INSTRUMENTS: Final = 10
_UNLIMITED: Final = 0xFFFFFFFF
_NO_PRECISION_QUEUE: Final = "NULL"
_VOICE_NAME: Final = "Cisco_Voice"


class Item(NamedTuple):
    """One kind of configuration.

    ``bit``: its bit in ConfigInformation and ConfigMsgMask.
    ``key``: the field of its key; "" where it has none.
    ``message``: the number of its event.
    ``subjects``: what it has records for.
    ``record``: builds a record of the population for a subject; ``update`` is True outside of an upload.
    """

    bit: ConfigMsgMask
    key: str
    message: int
    subjects: Callable[[Population], Iterable[Any]]
    record: Callable[[Population, Any, ConfigRecordType, bool], Record]


def _service(population: Population, service: Service, kind: ConfigRecordType, update: bool) -> Record:
    members = service.members[:_MAX_MEMBERS]
    group = population.skill_groups.get(members[0]) if members else None
    return [
        ("RecordType", int(kind)),
        ("FltPeripheralID", population.peripheral_id),
        ("PeripheralNumber", service.number),
        ("MaxQueued", _UNLIMITED),
        ("Extension", service.extension),
        ("ServiceSkillTargetID", service.service_id),
        ("PeripheralName", service.name),
        ("Description", ""),
        ("ServiceLevelThreshold", 0),
        ("ServiceLevelType", 0),
        ("ConfigParam", ""),
        ("FltMRDomainID", VOICE_MRD if group is None else group.mrd),
        ("NumServiceMembers", len(members)),
        ("ServiceMember", list(members)),
        ("ServicePriority", [0] * len(members)),
    ]


def _skill_group(population: Population, group: SkillGroup, kind: ConfigRecordType, update: bool) -> Record:
    return [
        ("RecordType", int(kind)),
        ("FltPeripheralID", population.peripheral_id),
        ("PeripheralNumber", group.number),
        ("FltSkillGroupPriority", 0),
        ("SkillGroupSkillTargetID", group.group_id),
        ("AutoWork", 0),
        ("Extension", ""),
        ("PeripheralName", group.name),
        ("Description", group.description),
        ("FltMRDomainID", group.mrd),
        ("FltPrecisionQueueID", 0),
        ("FltPrecisionQueueName", _NO_PRECISION_QUEUE),
        ("ConfigParam", ""),
    ]


def _agent(population: Population, agent: PlantAgent, kind: ConfigRecordType, update: bool) -> Record:
    """Media routing domains are part of an upload only."""
    groups = [member.group.number for member in agent.memberships][:_MAX_SKILLS]
    media = [] if update else list(agent.media.items())[:_MAX_MRDS]
    terminal = [("ActiveTerminal", agent.active_terminal)] if agent.active_terminal else []
    return [
        ("RecordType", int(kind)),
        ("FltPeripheralID", population.peripheral_id),
        *terminal,
        ("AgentType", int(AgentType.CONFIG_SUPERVISOR if agent.supervisor else AgentType.CONFIG_AGENT)),
        ("AgentDeskSettingsID", population.desk_number(agent.desk)),
        ("LoginID", agent.agent_id),
        ("LoginName", agent.login_name),
        ("LastName", agent.last_name),
        ("FirstName", agent.first_name),
        ("Extension", agent.extension),
        ("Description", ""),
        ("AgentSkillTargetID", agent.skill_target_id),
        ("NumSkills", len(groups)),
        ("SSOEnabled", 0),
        ("NumMRDs", len(media)),
        ("FltSkillGroupNumber", groups),
        ("FltSkillGroupPriority", [0] * len(groups)),
        ("FltAgentMRDID", [mrd for mrd, _ in media]),
        ("FltAgentMRDState", [int(state.state) for _, state in media]),
    ]


def _agent_services(
    population: Population, agent: PlantAgent, kind: ConfigRecordType, update: bool
) -> Record:
    """RecordType comes last here."""
    return [
        ("AgentSkillTargetID", agent.skill_target_id),
        ("NumOfEnabledServices", len(agent.services)),
        ("FltEnabledServices", list(agent.services)),
        ("RecordType", int(kind)),
    ]


def _device(population: Population, device: Device, kind: ConfigRecordType, update: bool) -> Record:
    of_agent = device.agent is not None
    queue = population.queues.get(device.device_id)
    service = None if queue is None else queue.service
    return [
        ("RecordType", int(kind)),
        ("FltPeripheralID", population.peripheral_id),
        ("PeripheralNumber", zlib.crc32(device.device_id.encode("utf-8", "replace")) & 0x7FFFFFFF),
        (
            "DeviceType",
            int(ConfigDeviceType.AGENT_DEVICE_EXTENSION if of_agent else ConfigDeviceType.ROUTE_POINT),
        ),
        ("MaxQueued", 0),
        ("FltServiceID", 0 if service is None else service.service_id),
        ("DialedNumber", device.number),
        ("DNIS", ""),
        ("Extension", device.number),
        ("Description", ""),
    ]


def _call_type(
    population: Population, call_type: CallTypeEntry, kind: ConfigRecordType, update: bool
) -> Record:
    return [
        ("RecordType", int(kind)),
        ("FltCallTypeID", call_type.call_type_id),
        ("CustomerDefinitionID", 0),
        ("EnterpriseName", call_type.name),
        ("Description", call_type.description),
        ("ServiceLevelThreshold", 0),
        ("ServiceLevelType", 0),
    ]


def _domains(population: Population) -> list[int]:
    mrds = {mrd for agent in population.agents.values() for mrd in agent.media}
    return sorted(mrds | {group.mrd for group in population.skill_groups.values()})


def _domain(population: Population, mrd: int, kind: ConfigRecordType, update: bool) -> Record:
    return [
        ("RecordType", int(kind)),
        ("FltMRDomainID", mrd),
        ("FltEnterpriseName", _VOICE_NAME if mrd == VOICE_MRD else f"Domain{mrd}"),
        ("FltDescription", ""),
        ("FltMaxTaskDuration", 0),
        ("FltInterruptible", 0),
    ]


def _peripheral(population: Population, peripheral_id: int, kind: ConfigRecordType, update: bool) -> Record:
    return [
        ("RecordType", int(kind)),
        ("ConfigPeripheralID", peripheral_id),
        ("DefaultAgentDeskSettingsID", 1),
    ]


def _desks(population: Population) -> list[DeskSettings]:
    """The different desk settings of the agents."""
    return list({population.desk_number(a.desk): a.desk for a in population.agents.values()}.values())


def _desk_settings(
    population: Population, desk: DeskSettings, kind: ConfigRecordType, update: bool
) -> Record:
    return [
        ("RecordType", int(kind)),
        ("AgentDeskSettingsID", population.desk_number(desk)),
        ("FltDeskSettingsMask", desk.mask),
        ("FltWrapUpDataIncomingMode", desk.wrapup_incoming),
        ("FltWrapUpDataOutgoingMode", desk.wrapup_outgoing),
        ("FltLogoutNonActivityTime", 0),
        ("FltQualityRecordingRate", 0),
        ("FltRingNoAnswerTime", int(desk.ring_no_answer_time)),
        ("FltSilentMonitorWarningMessage", 0),
        ("FltSilentMonitorAudibleIndication", 0),
        ("FltSupervisorAssistCallMethod", 0),
        ("FltEmergencyCallMethod", 0),
        ("FltAutoRecordOnEmergency", 0),
        ("FltRecordingMode", 0),
        ("FltWorkModeTimer", int(desk.work_mode_timer)),
        ("FltRingNoAnswerDnId", 0),
        ("PlayZipTone", 0),
        ("ACDSharedLineUsage", 0),
    ]


def _terminal(population: Population, terminal: Terminal, kind: ConfigRecordType, update: bool) -> Record:
    instruments = terminal.instruments[:_MAX_INSTRUMENTS]
    return [
        ("RecordType", int(kind)),
        ("TerminalType", terminal.terminal_type),
        ("TerminalDeviceName", terminal.device_name),
        ("TerminalTypeName", terminal.type_name),
        ("NumInstruments", len(instruments)),
        *(("Instrument", instrument) for instrument in instruments),
    ]


ITEMS: Final = (
    Item(
        ConfigMsgMask.SERVICE_INFORMATION,
        "ServiceConfigKey",
        messages.CONFIG_SERVICE_EVENT,
        lambda population: population.services.values(),
        _service,
    ),
    Item(
        ConfigMsgMask.SKILL_GROUP_INFORMATION,
        "SkillGroupConfigKey",
        messages.CONFIG_SKILL_GROUP_EVENT,
        lambda population: population.skill_groups.values(),
        _skill_group,
    ),
    Item(
        ConfigMsgMask.AGENT_INFORMATION,
        "AgentConfigKey",
        messages.CONFIG_AGENT_EVENT,
        lambda population: population.agents.values(),
        _agent,
    ),
    Item(
        ConfigMsgMask.AGENT_SERVICES_INFORMATION,
        "",
        messages.CONFIG_AGENT_SERVICE_EVENT,
        lambda population: [agent for agent in population.agents.values() if agent.services],
        _agent_services,
    ),
    Item(
        ConfigMsgMask.DEVICE_INFORMATION,
        "DeviceConfigKey",
        messages.CONFIG_DEVICE_EVENT,
        lambda population: population.devices.values(),
        _device,
    ),
    Item(
        ConfigMsgMask.CALL_TYPE_INFORMATION,
        "CallTypeConfigKey",
        messages.CONFIG_CALL_TYPE_EVENT,
        lambda population: population.call_types,
        _call_type,
    ),
    Item(
        ConfigMsgMask.MEDIA_ROUTING_DOMAIN_INFORMATION,
        "",
        messages.CONFIG_MRD_EVENT,
        _domains,
        _domain,
    ),
    Item(
        ConfigMsgMask.PERIPHERAL_INFORMATION,
        "PeripheralConfigKey",
        messages.CONFIG_PERIPHERAL_EVENT,
        lambda population: (population.peripheral_id,),
        _peripheral,
    ),
    Item(
        ConfigMsgMask.AGENT_DESK_SETTINGS_INFORMATION,
        "AgentDeskSettingsConfigKey",
        messages.CONFIG_AGENT_DESK_SETTINGS_EVENT,
        _desks,
        _desk_settings,
    ),
    Item(
        ConfigMsgMask.TERMINAL_INFORMATION,
        "",
        messages.CONFIG_TERMINAL_EVENT,
        lambda population: population.terminals,
        _terminal,
    ),
)
"""In the order of an upload."""
