"""Requests for configuration, which have no InvokeID and are answered by events."""

from ctios_fast.core import Message
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import ConfigEndStatus, ConfigKeyStatus

from .client_session import ClientSession
from .server_pair import ServerPair

__all__ = ["request_configuration", "request_keys"]


def request_keys(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """CONFIG_REQUEST_KEY_EVENT is answered by CONFIG_KEY_EVENT."""
    known = message["PeripheralID"] == pair.peripheral_id
    status = ConfigKeyStatus.CONFIG_SUCCESS if known else ConfigKeyStatus.CONFIG_UNKNOWN_CUSTOMER
    keys = pair.config.keys() if known else []
    session.send_event(messages.CONFIG_KEY_EVENT, {"ConfigkeyStatus": int(status)}, keys)


def request_configuration(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """CONFIG_REQUEST_EVENT: an upload of what ConfigInformation asks for, 0 for none; updates may follow."""
    if message["PeripheralID"] != pair.peripheral_id:
        text = f"PeripheralID {message['PeripheralID']} is unknown"
        pair.config.end(session, ConfigEndStatus.CONFIGEND_INVALID, text)
        return
    session.wants_updates = True
    if message["ConfigInformation"]:
        pair.config.upload(session, message["ConfigInformation"])
