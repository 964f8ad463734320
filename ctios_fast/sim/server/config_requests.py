"""Configuration acquisition: keys, and blocks of records between CONFIG_BEGIN_EVENT and CONFIG_END_EVENT.

``_ITEMS`` lists the items in the order of an upload, each with its bit in ConfigInformation, the field of its
key, its record message and the function that yields its records. None of these messages has an InvokeID.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ctios_fast.core import Message
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import (
    ConfigDeviceType,
    ConfigEndStatus,
    ConfigKeyStatus,
    ConfigMsgMask,
    ConfigRecordType,
    ConfigType,
)
from ctios_fast.sim.plant import DeskSettings, PlantAgent, Population

from .agent_requests import desk_settings_mask
from .client_session import ClientSession
from .server_pair import ServerPair

__all__ = ["request_configuration", "request_keys"]

Record = list[tuple[str, object]]

_MAX_RECORDS: Final = 10
_MAX_SKILLS: Final = 100
_MAX_MRDS: Final = 40
_MAX_MEMBERS: Final = 10
_ADD: Final = ("RecordType", int(ConfigRecordType.CONFIG_RECORD_ADD))
_AGENT: Final = 1
_SUPERVISOR: Final = 2
_UNLIMITED: Final = 0xFFFFFFFF
_NO_PRECISION_QUEUE: Final = "NULL"
_VOICE_NAME: Final = "Cisco_Voice"


# --- records ----------------------------------------------------------------------------------------


def _services(population: Population) -> Iterator[Record]:
    for service in population.services.values():
        members = service.members[:_MAX_MEMBERS]
        yield [
            _ADD,
            ("FltPeripheralID", population.peripheral_id),
            ("PeripheralNumber", service.number),
            ("MaxQueued", _UNLIMITED),
            ("Extension", ""),
            ("ServiceSkillTargetID", service.service_id),
            ("PeripheralName", service.name),
            ("Description", ""),
            ("ServiceLevelThreshold", 0),
            ("ServiceLevelType", 0),
            ("ConfigParam", ""),
            ("FltMRDomainID", service_mrd(population, members)),
            ("NumServiceMembers", len(members)),
            ("ServiceMember", list(members)),
            ("ServicePriority", [0] * len(members)),
        ]


def service_mrd(population: Population, members: tuple[int, ...]) -> int:
    """The media routing domain of a service's first skill group."""
    group = population.skill_groups.get(members[0]) if members else None
    return 1 if group is None else group.mrd


def _skill_groups(population: Population) -> Iterator[Record]:
    for group in population.skill_groups.values():
        yield [
            _ADD,
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


def _agents(population: Population) -> Iterator[Record]:
    desks = _desks(population)
    for agent in population.agents.values():
        groups = [member.group.number for member in agent.memberships][:_MAX_SKILLS]
        media = list(agent.media.items())[:_MAX_MRDS]
        yield [
            _ADD,
            ("FltPeripheralID", population.peripheral_id),
            ("AgentType", _SUPERVISOR if agent.supervisor else _AGENT),
            ("AgentDeskSettingsID", desks[_desk_key(agent)]),
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


def _devices(population: Population) -> Iterator[Record]:
    for device in population.devices.values():
        yield [
            _ADD,
            ("FltPeripheralID", population.peripheral_id),
            ("PeripheralNumber", zlib.crc32(device.device_id.encode("utf-8", "replace")) & 0x7FFFFFFF),
            (
                "DeviceType",
                int(
                    ConfigDeviceType.ROUTE_POINT
                    if device.agent is None
                    else ConfigDeviceType.AGENT_DEVICE_EXTENSION
                ),
            ),
            ("MaxQueued", 0),
            ("FltServiceID", 0),
            ("DialedNumber", device.number),
            ("DNIS", ""),
            ("Extension", device.number),
            ("Description", ""),
        ]


def _domains(population: Population) -> Iterator[Record]:
    mrds = {mrd for agent in population.agents.values() for mrd in agent.media}
    for mrd in sorted(mrds | {group.mrd for group in population.skill_groups.values()}):
        yield [
            _ADD,
            ("FltMRDomainID", mrd),
            ("FltEnterpriseName", _VOICE_NAME if mrd == 1 else f"Domain{mrd}"),
            ("FltDescription", ""),
            ("FltMaxTaskDuration", 0),
            ("FltInterruptible", 0),
        ]


def _peripherals(population: Population) -> Iterator[Record]:
    yield [
        _ADD,
        ("ConfigPeripheralID", population.peripheral_id),
        ("DefaultAgentDeskSettingsID", 1),
    ]


def _desk_key(agent: PlantAgent) -> tuple[object, ...]:
    desk = agent.desk
    return tuple(getattr(desk, name) for name in DeskSettings.__slots__)


def _desks(population: Population) -> dict[tuple[object, ...], int]:
    """The different desk settings of the agents, numbered from 1."""
    numbers: dict[tuple[object, ...], int] = {}
    for agent in population.agents.values():
        numbers.setdefault(_desk_key(agent), len(numbers) + 1)
    return numbers


def _desk_settings(population: Population) -> Iterator[Record]:
    shown: set[int] = set()
    numbers = _desks(population)
    for agent in population.agents.values():
        number = numbers[_desk_key(agent)]
        if number in shown:
            continue
        shown.add(number)
        desk = agent.desk
        yield [
            _ADD,
            ("AgentDeskSettingsID", number),
            ("FltDeskSettingsMask", desk_settings_mask(desk)),
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


def _nothing(population: Population) -> Iterator[Record]:
    return iter(())


class _Item(NamedTuple):
    bit: int
    key: str  # field of its key, "" where it has none
    message: int
    records: Callable[[Population], Iterator[Record]]


_ITEMS: Final = (
    _Item(ConfigMsgMask.SERVICE_INFORMATION, "ServiceConfigKey", messages.CONFIG_SERVICE_EVENT, _services),
    _Item(
        ConfigMsgMask.SKILL_GROUP_INFORMATION,
        "SkillGroupConfigKey",
        messages.CONFIG_SKILL_GROUP_EVENT,
        _skill_groups,
    ),
    _Item(ConfigMsgMask.AGENT_INFORMATION, "AgentConfigKey", messages.CONFIG_AGENT_EVENT, _agents),
    _Item(ConfigMsgMask.AGENT_SERVICES_INFORMATION, "", messages.CONFIG_AGENT_SERVICE_EVENT, _nothing),
    _Item(ConfigMsgMask.DEVICE_INFORMATION, "DeviceConfigKey", messages.CONFIG_DEVICE_EVENT, _devices),
    _Item(
        ConfigMsgMask.CALL_TYPE_INFORMATION, "CallTypeConfigKey", messages.CONFIG_CALL_TYPE_EVENT, _nothing
    ),
    _Item(ConfigMsgMask.MEDIA_ROUTING_DOMAIN_INFORMATION, "", messages.CONFIG_MRD_EVENT, _domains),
    _Item(
        ConfigMsgMask.PERIPHERAL_INFORMATION,
        "PeripheralConfigKey",
        messages.CONFIG_PERIPHERAL_EVENT,
        _peripherals,
    ),
    _Item(
        ConfigMsgMask.AGENT_DESK_SETTINGS_INFORMATION,
        "AgentDeskSettingsConfigKey",
        messages.CONFIG_AGENT_DESK_SETTINGS_EVENT,
        _desk_settings,
    ),
    _Item(ConfigMsgMask.TERMINAL_INFORMATION, "", messages.CONFIG_TERMINAL_EVENT, _nothing),
)


# --- requests ---------------------------------------------------------------------------------------


def _key(item: _Item, population: Population) -> tuple[str, object]:
    """Eight bytes that change with the records; a plant's configuration never changes while it runs."""
    size = len(population.agents) + len(population.skill_groups) + len(population.services)
    return item.key, zlib.crc32(f"{item.key} {population.peripheral_id} {size}".encode()).to_bytes(8, "big")


def request_keys(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """CONFIG_REQUEST_KEY_EVENT is answered by CONFIG_KEY_EVENT."""
    known = message["PeripheralID"] == pair.peripheral_id
    population = pair.plant.population
    status = ConfigKeyStatus.CONFIG_SUCCESS if known else ConfigKeyStatus.CONFIG_UNKNOWN_CUSTOMER
    keys = [_key(item, population) for item in _ITEMS if item.key] if known else []
    session.send_event(messages.CONFIG_KEY_EVENT, {"ConfigkeyStatus": int(status)}, keys)


def request_configuration(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """CONFIG_REQUEST_EVENT: one block for each item that is asked for and that the session's version has.

    All blocks but the last end with CONFIGEND_PARTIAL. With ConfigInformation 0 nothing is sent; updates may
    follow from then on.
    """
    if message["PeripheralID"] != pair.peripheral_id:
        _end(session, ConfigEndStatus.CONFIGEND_INVALID, f"PeripheralID {message['PeripheralID']} is unknown")
        return
    session.wants_updates = True
    wanted = message["ConfigInformation"]
    if not wanted:
        return
    population = pair.plant.population
    blocks = [
        (item, records)
        for item in _ITEMS
        if wanted & item.bit and not session.replies.encoder.lacks(item.message)
        if (records := list(item.records(population)))
    ]
    if not blocks:
        _end(session, ConfigEndStatus.CONFIGEND_EMPTY, "")
    for item, records in blocks:
        fields = {"ConfigType": int(ConfigType.SOLICITED), "ConfigInformation": int(item.bit)}
        session.send_event(messages.CONFIG_BEGIN_EVENT, fields, [_key(item, population)] if item.key else ())
        for start in range(0, len(records), _MAX_RECORDS):
            part = records[start : start + _MAX_RECORDS]
            session.send_event(
                item.message, {"NumRecords": len(part)}, [entry for record in part for entry in record]
            )
        last = item is blocks[-1][0]
        _end(session, ConfigEndStatus.CONFIGEND_SUCCESS if last else ConfigEndStatus.CONFIGEND_PARTIAL, "")


def _end(session: ClientSession, status: ConfigEndStatus, text: str) -> None:
    session.send_event(
        messages.CONFIG_END_EVENT, {"ConfigEndStatus": int(status)}, [("Text", text)] if text else ()
    )
