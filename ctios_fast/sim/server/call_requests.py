"""Requests that control calls: make, answer, hold, consult, conference, transfer, clear and the like.

Each finds the connections that the request names, lets the plant do the work, and confirms. The plant raises
PlantError for what its rules forbid.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ctios_fast.core import Message
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.codes import NULL_ID
from ctios_fast.protocol.enums import (
    ConsultType,
    ControlFailureCode,
    DeviceIDType,
    LineType,
    LocalConnectionState,
    StatusCode,
)
from ctios_fast.sim.plant import CALL_MASK_BIT, Audience, Connection, PlantEvent

from .client_session import ClientSession
from .refusal import ControlFailed, Refused
from .request_items import (
    carry_out,
    check_call_options,
    connection_of,
    context_of,
    controlled_agent,
    skill_group_of,
)
from .server_pair import ServerPair

__all__ = [
    "alternate",
    "bad_call",
    "conference",
    "consult",
    "deflect",
    "make_call",
    "make_predictive_call",
    "on_one_connection",
    "reconnect",
    "send_dtmf",
    "start_network_recording",
    "stop_network_recording",
    "transfer",
]

_UNKNOWN_LINE: Final = 0xFFFF
_LINE: Final = 1
_MAX_PARTIES: Final = 16


class _OneConnection(NamedTuple):
    """A request about one connection: the beginning of its fields' names, and the plant's methods by name."""

    prefix: str
    without_id: str  # finds the connection where ConnectionCallID is 0xFFFFFFFF
    operation: str
    any_party: bool = False


_ON_ONE_CONNECTION: Final = {
    messages.ANSWER_CALL_REQ: _OneConnection("", "alerting", "answer"),
    messages.CLEAR_CALL_REQ: _OneConnection("", "present", "clear_call", any_party=True),
    messages.CLEAR_CONNECTION_REQ: _OneConnection("", "present", "clear_connection", any_party=True),
    messages.HOLD_CALL_REQ: _OneConnection("", "active", "hold"),
    messages.RETRIEVE_CALL_REQ: _OneConnection("Held", "held", "retrieve"),
}


def on_one_connection(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """ANSWER_CALL_REQ, CLEAR_CALL_REQ, CLEAR_CONNECTION_REQ, HOLD_CALL_REQ and RETRIEVE_CALL_REQ."""
    prefix, without_id, operation, any_party = _ON_ONE_CONNECTION[message.type]
    plant = pair.plant
    connection = connection_of(
        pair, session, message, prefix, getattr(plant, without_id), any_party=any_party
    )
    carry_out(
        pair,
        lambda: getattr(plant, operation)(connection),
        lambda _: session.confirm(message.type + 1, message),
    )


def alternate(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """ALTERNATE_CALL_REQ."""
    plant = pair.plant
    active = connection_of(pair, session, message, "Active", plant.active)
    other = connection_of(pair, session, message, "Other", plant.held)
    carry_out(
        pair,
        lambda: plant.alternate(active, other),
        lambda _: session.confirm(messages.ALTERNATE_CALL_CONF, message),
    )


def reconnect(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """RECONNECT_CALL_REQ."""
    plant = pair.plant
    active = connection_of(pair, session, message, "Active", plant.active)
    held = connection_of(pair, session, message, "Held", plant.held)
    carry_out(
        pair,
        lambda: plant.reconnect(active, held),
        lambda _: session.confirm(messages.RECONNECT_CALL_CONF, message),
    )


# --- new calls --------------------------------------------------------------------------------------


def _new_connection(connection: Connection) -> tuple[dict[str, int], list[tuple[str, object]]]:
    """The fields of a confirmation that names a new call."""
    agent_line = connection.agent is not None
    fields = {
        "NewConnectionCallID": connection.call_id,
        "NewConnectionDeviceIDType": int(connection.id_type),
        "LineHandle": _LINE if agent_line else _UNKNOWN_LINE,
        "LineType": int(LineType.LINETYPE_INSIDE) if agent_line else _UNKNOWN_LINE,
    }
    return fields, [("NewConnectionDeviceID", connection.connection_id)]


def _dialed(message: Message) -> str:
    dialed = message.get("DialedNumber") or ""
    if not dialed:
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "DialedNumber", "missing")
    return str(dialed)


def make_call(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """MAKE_CALL_REQ."""
    check_call_options(message)
    agent = controlled_agent(pair, session, message.get("AgentInstrument"))
    dialed, context, group = _dialed(message), context_of(message), skill_group_of(pair, message)
    carry_out(
        pair,
        lambda: pair.plant.make_call(agent, dialed, context=context, group=group),
        lambda new: session.answer(messages.MAKE_CALL_CONF, message, *_new_connection(new)),
    )


def make_predictive_call(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """MAKE_PREDICTIVE_CALL_REQ: the plant has no dialer that could join a customer to an agent."""
    check_call_options(message)
    raise ControlFailed(ControlFailureCode.CF_INVALID_FEATURE, "the simulated plant has no dialer")


def consult(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """CONSULTATION_CALL_REQ."""
    check_call_options(message)
    kind = message["ConsultType"]
    if kind not in ConsultType.__members__.values():
        raise Refused(StatusCode.E_CTI_INVALID_CONSULT_TYPE, "ConsultType", kind)
    active = connection_of(pair, session, message, "Active", pair.plant.active)
    dialed, context = _dialed(message), context_of(message)
    carry_out(
        pair,
        lambda: pair.plant.consult(active, dialed, kind, context=context),
        lambda new: session.answer(messages.CONSULTATION_CALL_CONF, message, *_new_connection(new)),
    )


# --- two calls become one ---------------------------------------------------------------------------


def conference(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """CONFERENCE_CALL_REQ; with DialedNumber and without a held call in a single step."""
    plant = pair.plant
    _merge(
        pair, session, message, messages.CONFERENCE_CALL_CONF, plant.conference, plant.single_step_conference
    )


def transfer(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """TRANSFER_CALL_REQ; with DialedNumber and without a held call in a single step."""
    plant = pair.plant
    _merge(pair, session, message, messages.TRANSFER_CALL_CONF, plant.transfer, plant.single_step_transfer)


def _merge(
    pair: ServerPair,
    session: ClientSession,
    message: Message,
    confirmation: int,
    two_calls: Callable[[Connection, Connection], Connection],
    single_step: Callable[[Connection, str], Connection],
) -> None:
    check_call_options(message)
    dialed = message.get("DialedNumber") or ""
    held_id = message.get("HeldConnectionDeviceID") or ""
    if not dialed and not held_id:
        raise Refused(
            StatusCode.E_CTI_REQUIRED_DATA_MISSING, "HeldConnectionDeviceID/DialedNumber", "missing"
        )
    active = connection_of(pair, session, message, "Active", pair.plant.present)
    if held_id:
        held = connection_of(pair, session, message, "Held", pair.plant.held)
        operation = lambda: two_calls(held, active)  # noqa: E731 - chosen between two
    else:
        operation = lambda: single_step(active, dialed)  # noqa: E731
    carry_out(
        pair,
        operation,
        lambda result: session.answer(confirmation, message, *_merged_call(result)),
    )


def _merged_call(result: Connection) -> tuple[dict[str, int], list[tuple[str, object]]]:
    fields, floating = _new_connection(result)
    parties = list(_parties(result))
    fields["NumParties"] = len(parties)
    for party in parties:
        floating += [
            ("ConnectedPartyCallID", party.call_id),
            ("ConnectedPartyDeviceIDType", int(party.id_type)),
            ("ConnectedPartyDeviceID", party.connection_id),
        ]
    return fields, floating


def _parties(connection: Connection) -> Iterator[Connection]:
    present = [c for c in connection.call.connections if c.state is not LocalConnectionState.LCS_NULL]
    yield from present[:_MAX_PARTIES]


# --- recording --------------------------------------------------------------------------------------


def start_network_recording(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """START_NETWORK_RECORDING_REQ; NETWORK_RECORDING_STARTED_EVENT follows."""
    started = messages.NETWORK_RECORDING_STARTED_EVENT
    _record(pair, session, message, pair.plant.start_recording, started)


def stop_network_recording(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """STOP_NETWORK_RECORDING_REQ; NETWORK_RECORDING_ENDED_EVENT follows."""
    ended = messages.NETWORK_RECORDING_ENDED_EVENT
    _record(pair, session, message, pair.plant.stop_recording, ended)


def _record(
    pair: ServerPair,
    session: ClientSession,
    message: Message,
    operation: Callable[[Connection], None],
    event: int,
) -> None:
    connection = connection_of(pair, session, message, "", pair.plant.active)

    def record() -> None:
        operation(connection)
        pair.plant.events_held().put(_recording_event(pair, connection, event))

    carry_out(pair, record, lambda _: session.confirm(message.type + 1, message))


def _recording_event(pair: ServerPair, connection: Connection, event: int) -> PlantEvent:
    fields = {
        "PeripheralID": pair.peripheral_id,
        "ConnectionCallID": connection.call_id,
        "ConnectionDeviceIDType": int(connection.id_type),
        "RecordingDeviceType": int(DeviceIDType.DEVID_DEVICE_IDENTIFIER),
    }
    floating = (
        ("ConnectionDeviceID", connection.connection_id),
        ("RecordingDeviceID", connection.device.number),
    )
    audience = Audience(
        devices=connection.device.names,
        calls=(connection.call_id,),
        call_mask=CALL_MASK_BIT.get(event, 0),
    )
    return PlantEvent(event, fields, floating, audience)


# --- others -----------------------------------------------------------------------------------------


def deflect(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """DEFLECT_CALL_REQ."""
    connection = connection_of(pair, session, message, "", pair.plant.alerting)
    target = message.get("CalledDeviceID") or ""
    if not target:
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "CalledDeviceID", "missing")
    carry_out(
        pair,
        lambda: pair.plant.deflect(connection, target),
        lambda _: session.confirm(messages.DEFLECT_CALL_CONF, message),
    )


def send_dtmf(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """SEND_DTMF_SIGNAL_REQ."""
    connection = connection_of(pair, session, message, "", pair.plant.active)
    digits = message.get("DTMFString") or ""
    carry_out(
        pair,
        lambda: pair.plant.send_dtmf(connection, digits),
        lambda _: session.confirm(messages.SEND_DTMF_SIGNAL_CONF, message),
    )


def bad_call(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """BAD_CALL_REQ."""
    if message["ConnectionCallID"] == NULL_ID:
        raise Refused(StatusCode.E_CTI_INVALID_CALLID, "ConnectionCallID", f"{NULL_ID:#x}")
    connection = connection_of(pair, session, message, "", pair.plant.active)
    pair.plant.bad_call(connection)
    session.confirm(messages.BAD_CALL_CONF, message)
