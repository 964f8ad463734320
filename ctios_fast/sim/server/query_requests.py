"""Requests for the present state of the plant: snapshots, device information, statistics."""

from functools import cache
from typing import Final

from ctios_fast.core import NEWEST_VERSION, Message, codec
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.codes import NULL_SKILL_GROUP
from ctios_fast.protocol.enums import (
    AgentStateMask,
    CallControlMask,
    ClassOfDevice,
    ControlFailureCode,
    CTIServiceMask,
    DeviceIDType,
    LineType,
    OtherFeatureMask,
    PeripheralType,
    StatusCode,
    TransferConferenceSetupMask,
    TypeOfDevice,
    UnsolicitedCallEventMessageMask,
)
from ctios_fast.sim.plant import Connection, PlantError
from ctios_fast.sim.plant.call_reports import context_floating, named_floating

from .client_session import ClientSession
from .refusal import ControlFailed, Refused
from .request_items import agent_of_request, controlled_agent
from .server_pair import ServerPair

__all__ = [
    "query_agent_statistics",
    "query_device_info",
    "query_skill_group_statistics",
    "snapshot_call",
    "snapshot_device",
]

_ALL_EVENTS: Final = CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value
_MAX_CALLS: Final = 16
_MAX_DEVICES: Final = 16
_UNKNOWN: Final = 0xFFFF
_LINE: Final = 1
_MAX_LINES: Final = 2

_CONTROLS: Final = sum(
    bit.value for bit in CallControlMask if bit is not CallControlMask.CONTROL_MAKE_PREDICTIVE_CALL
)
_MERGE_SETUP: Final = (
    TransferConferenceSetupMask.CONF_SETUP_CONSULT_ANY
    | TransferConferenceSetupMask.CONF_SETUP_ANY_SINGLE_CALL
    | TransferConferenceSetupMask.TRANS_SETUP_ANY_SINGLE_CALL
).value
_MAKE_CALL_SETUP: Final = (AgentStateMask.AGENT_LOGIN_MASK | AgentStateMask.AGENT_NOT_READY_MASK).value
_CALL_EVENTS: Final = sum(bit.value for bit in UnsolicitedCallEventMessageMask)


# --- snapshots --------------------------------------------------------------------------------------


def snapshot_call(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """SNAPSHOT_CALL_REQ. The statuses of FAILURE_CONF are the reference's: 13 unknown, 35 not a party."""
    call_id, connection_id = message["ConnectionCallID"], message.get("ConnectionDeviceID") or None
    try:
        call = pair.plant.call(call_id, connection_id)
        parties = pair.plant.snapshot_call(call_id, connection_id)
    except PlantError as error:
        raise Refused(StatusCode.E_CTI_INVALID_CALLID, "ConnectionCallID", error.reason) from None
    if not session.services & _ALL_EVENTS and all(
        party.agent is None or party.agent is not session.agent for party in parties
    ):
        raise Refused(StatusCode.E_CTI_NOT_CALL_PARTY, "ConnectionCallID", call_id)
    parties = parties[:_MAX_DEVICES]
    named, variables, arrays = named_floating(call.context)
    fields = {
        "CallType": int(call.call_type),
        "NumCTIClients": 0,
        "NumCallDevices": len(parties),
        "NumNamedVariables": variables,
        "NumNamedArrays": arrays,
        "CalledPartyDisposition": call.disposition,
    }
    floating = context_floating(call.context)
    if call.router_key is not None:
        day, key, _ = call.router_key
        floating += [("RouterCallKeyDay", day), ("RouterCallKeyCallID", key)]
    floating += named
    for party in parties:
        floating += [
            ("CallConnectionCallID", party.call_id),
            ("CallConnectionDeviceIDType", int(party.id_type)),
            ("CallConnectionDeviceID", party.connection_id),
            ("CallDeviceType", int(_device_type(party))),
            ("CallDeviceID", party.device.number),
            ("CallDeviceConnectionState", int(party.state)),
        ]
    if call.reference:
        floating.append(("CallReferenceID", call.reference))
    if call.original is not None:
        floating.append(("COCConnectionCallID", call.original.call_id))
        if call.original.connections:
            first = call.original.connections[0]
            floating += [
                ("COCCallConnectionDeviceIDType", int(first.id_type)),
                ("COCCallConnectionDeviceID", first.connection_id),
            ]
    session.answer(messages.SNAPSHOT_CALL_CONF, message, fields, floating)


def _device_type(party: Connection) -> DeviceIDType:
    kind = party.device.kind
    return DeviceIDType.DEVID_DEVICE_IDENTIFIER if kind is DeviceIDType.DEVID_AGENT_DEVICE else kind


def snapshot_device(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """SNAPSHOT_DEVICE_REQ: any device for All Events clients, the own one for Client Events clients."""
    instrument = message.get("AgentInstrument") or ""
    if not session.services & _ALL_EVENTS:
        instrument = controlled_agent(pair, session, instrument).device.device_id
    elif not instrument:
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "AgentInstrument", "missing")
    connections = pair.plant.snapshot_device(instrument)[:_MAX_CALLS]
    floating: list[tuple[str, object]] = []
    for connection in connections:
        floating += [
            ("CallConnectionCallID", connection.call_id),
            ("CallConnectionDeviceIDType", int(connection.id_type)),
            ("CallConnectionDeviceID", connection.connection_id),
            ("CallState", int(connection.state)),
            ("SilentMonitorStatus", pair.plant.silent_monitor_status(connection)),
        ]
    session.answer(messages.SNAPSHOT_DEVICE_CONF, message, {"NumCalls": len(connections)}, floating)


def query_device_info(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """QUERY_DEVICE_INFO_REQ."""
    if message["Reserved"]:
        raise Refused(StatusCode.E_CTI_INVALID_RESERVED_FIELD, "Reserved", message["Reserved"])
    instrument = message.get("AgentInstrument") or ""
    if not session.services & _ALL_EVENTS:
        instrument = controlled_agent(pair, session, instrument).device.device_id
    device = pair.plant.population.devices.get(instrument)
    if device is None:
        raise ControlFailed(
            ControlFailureCode.CF_INVALID_CSTA_DEVICE_IDENTIFIER, f"AgentInstrument {instrument!r} is unknown"
        )
    station = device.agent is not None
    fields = {
        "PeripheralType": int(PeripheralType.PT_ENTERPRISE_AGENT),
        "TypeOfDevice": int(TypeOfDevice.DEVT_STATION if station else TypeOfDevice.DEVT_ACD),
        "ClassOfDevice": int(ClassOfDevice.DEVC_VOICE),
        "NumLines": 1 if station else 0,
        "Reserved": 0,
        "MaxActiveCalls": 1 if station else _UNKNOWN,
        "MaxHeldCalls": _MAX_LINES if station else _UNKNOWN,
        "MaxDevicesInConference": pair.plant.settings.max_conference,
        "MakeCallSetup": _MAKE_CALL_SETUP if station else 0,
        "TransferConferenceSetup": _MERGE_SETUP,
        "CallEventsSupported": _CALL_EVENTS,
        "CallControlSupported": _CONTROLS if station else 0,
        "OtherFeaturesSupported": 0
        if pair.plant.settings.shared_consult_id
        else OtherFeatureMask.FEATURE_UNIQUE_CONSULT_CALLID.value,
    }
    lines = [("LineHandle", _LINE), ("LineType", int(LineType.LINETYPE_INBOUND_ACD))] if station else []
    session.answer(messages.QUERY_DEVICE_INFO_CONF, message, fields, lines)


# --- statistics -------------------------------------------------------------------------------------


@cache
def _figures_of(number: int) -> tuple[str, ...]:
    """The fixed fields of a confirmation after its InvokeID."""
    layout = codec(NEWEST_VERSION).describe(number)
    assert layout is not None
    return tuple(field.name for field in layout.fixed[1:])


def query_agent_statistics(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """QUERY_AGENT_STATISTICS_REQ."""
    agent = agent_of_request(pair, session, message)
    figures = pair.plant.agent_statistics(agent)
    figures["PeripheralID"] = pair.peripheral_id
    fields = {name: figures[name] for name in _figures_of(messages.QUERY_AGENT_STATISTICS_CONF)}
    identity = [
        ("AgentExtension", agent.extension),
        ("AgentID", agent.agent_id),
        ("AgentInstrument", agent.instrument),
    ]
    session.answer(messages.QUERY_AGENT_STATISTICS_CONF, message, fields, identity)


def query_skill_group_statistics(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """QUERY_SKILL_GROUP_STATISTICS_REQ: SkillGroupNumber or SkillGroupID, the other NULL_SKILL_GROUP."""
    number, group_id = message["SkillGroupNumber"], message["SkillGroupID"]
    groups = pair.plant.population.skill_groups
    group = groups.get(number)
    if number == NULL_SKILL_GROUP:
        group = next((known for known in groups.values() if known.group_id == group_id), None)
    if group is None or (group_id not in (NULL_SKILL_GROUP, group.group_id)):
        raise Refused(
            StatusCode.E_CTI_INVALID_SKILL_GROUP, "SkillGroupNumber/SkillGroupID", f"{number}/{group_id}"
        )
    figures = pair.plant.skill_group_statistics(group)
    figures |= {
        "PeripheralID": pair.peripheral_id,
        "SkillGroupNumber": group.number,
        "SkillGroupID": group.group_id,
    }
    fields = {name: figures[name] for name in _figures_of(messages.QUERY_SKILL_GROUP_STATISTICS_CONF)}
    session.answer(messages.QUERY_SKILL_GROUP_STATISTICS_CONF, message, fields)
