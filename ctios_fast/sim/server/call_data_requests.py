"""Requests about call data: SET_CALL_DATA_REQ, RELEASE_CALL_REQ, SET_DEVICE_ATTRIBUTES_REQ and the like."""

from typing import Final

from ctios_fast.core import Message
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.codes import NULL_CALL_TYPE, NULL_SERVICE
from ctios_fast.protocol.enums import CallType, CTIServiceMask, StatusCode
from ctios_fast.sim.plant import CallDataChanges, Connection, PlantError

from .client_session import ClientSession
from .refusal import Refused
from .registered_variables import RegisteredVariables
from .request_items import arrays_of, carry_out, ecc_of, skill_group_of, text_of, variables_of
from .server_pair import ServerPair

__all__ = ["register_variables", "release_call", "set_app_data", "set_call_data", "set_device_attributes"]

_ALL_EVENTS: Final = CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value
_CALL_TYPES: Final = frozenset(kind.value for kind in CallType)
_ROUTER_KEY: Final = ("RouterCallKeyDay", "RouterCallKeyCallID", "RouterCallKeySequenceNumber")
_ALL_VARIABLES: Final = 0x03FF
_MAX_APP_PATHS: Final = 1000


def _named_connection(pair: ServerPair, session: ClientSession, message: Message) -> Connection:
    """The connection of a call that the client is associated with."""
    call_id, connection_id = message["ConnectionCallID"], message.get("ConnectionDeviceID") or ""
    try:
        connection = pair.plant.find_connection(call_id, connection_id)
    except PlantError as error:
        raise Refused(StatusCode.E_CTI_INVALID_CALLID, "ConnectionCallID", error.reason) from None
    if not session.services & _ALL_EVENTS and all(
        party.agent is not session.agent or party.agent is None for party in connection.call.connections
    ):
        raise Refused(StatusCode.E_CTI_NOT_CALL_PARTY, "ConnectionCallID", call_id)
    return connection


def set_call_data(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """SET_CALL_DATA_REQ: what the message does not carry stays as it is."""
    connection = _named_connection(pair, session, message)
    call_type = message["CallType"]
    if call_type != NULL_CALL_TYPE and call_type not in _CALL_TYPES:
        raise Refused(StatusCode.E_CTI_INVALID_CALL_TYPE, "CallType", call_type)
    key = [message.get(name) for name in _ROUTER_KEY]
    changes = CallDataChanges(
        variables=variables_of(message),
        ecc=ecc_of(message),
        arrays=arrays_of(message),
        wrapup=text_of(message, "CallWrapupData"),
        ani=text_of(message, "ANI"),
        caller_entered_digits=text_of(message, "CallerEnteredDigits"),
        user_to_user_info=message.get("UserToUserInfo"),
        call_type=None if call_type == NULL_CALL_TYPE else CallType(call_type),
        disposition=message["CalledPartyDisposition"] or None,
        campaign_id=message.get("CampaignID") or None,
        query_rule_id=message.get("QueryRuleID") or None,
        customer_phone_number=text_of(message, "CustomerPhoneNumber"),
        customer_account_number=text_of(message, "CustomerAccountNumber"),
        router_key=None if None in key else (int(key[0]), int(key[1]), int(key[2])),
    )
    carry_out(
        pair,
        lambda: pair.plant.set_call_data(connection.call, changes),
        lambda _: session.confirm(messages.SET_CALL_DATA_CONF, message),
    )


def release_call(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """RELEASE_CALL_REQ: the client's updates of the call are complete."""
    pair.plant.release_call(_named_connection(pair, session, message))
    session.confirm(messages.RELEASE_CALL_CONF, message)


def set_device_attributes(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """SET_DEVICE_ATTRIBUTES_REQ: no device of the plant is in a Dialer_Port_Map, so that all are refused."""
    service = message["ServiceNumber"]
    if service != NULL_SERVICE and service not in pair.plant.population.services:
        raise Refused(StatusCode.E_CTI_INVALID_SERVICE, "ServiceNumber", service)
    skill_group_of(pair, message)
    device = message.get("CallingDeviceID") or ""
    raise Refused(StatusCode.E_CTI_INVALID_DEVICE, "CallingDeviceID", f"{device!r} is not a dialer port")


def register_variables(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """REGISTER_VARIABLES_REQ: events carry only these variables from now on."""
    mask = message["CallVariableMask"]
    if mask & ~_ALL_VARIABLES:
        raise Refused(StatusCode.E_CTI_INVALID_CALL_VARIABLE_MASK, "CallVariableMask", f"{mask:#x}")
    ecc_of(message)  # checks the size
    session.variables = RegisteredVariables.from_mask(
        mask,
        frozenset(item.name for item in message.get("NamedVariable") or ()),
        frozenset(item.name for item in message.get("NamedArray") or ()),
    )
    session.confirm(messages.REGISTER_VARIABLES_CONF, message)


def set_app_data(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """SET_APP_DATA_REQ: variables of an application path; those that are absent stay as they are."""
    path = message.get("ApplicationPathID", 0)
    if path not in pair.app_data and len(pair.app_data) >= _MAX_APP_PATHS:
        raise Refused(
            StatusCode.E_CTI_UNSPECIFIED_FAILURE, "ApplicationPathID", f"{path}: {_MAX_APP_PATHS} are kept"
        )
    pair.app_data.setdefault(path, {}).update(variables_of(message))
    session.confirm(messages.SET_APP_DATA_CONF, message)
