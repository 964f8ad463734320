"""Requests that the tests of the simulator share, as ``RawClient.ask`` takes them."""

from collections.abc import Iterable
from typing import Any

from support.config_checker import ConfigChecker
from support.raw_client import ALL_STATES, BULK_MODE, RawClient, Record

__all__ = [
    "ALL_CALLS",
    "NONE",
    "NULL",
    "TEAM_CONFIG_MASK",
    "acquire_configuration",
    "call_monitor",
    "device_monitor",
    "members",
    "request_configuration",
    "supervision",
]

ALL_CALLS = 0xFFFFFFFF
TEAM_CONFIG_MASK = 0x00800000
NULL, NONE = 0xFFFFFFFF, 0xFFFF
_AGENT_DEVICE = 76


def device_monitor(device: str, calls: int = ALL_CALLS, states: int = ALL_STATES) -> tuple[Record, list[Any]]:
    """MONITOR_START_REQ for an agent's device."""
    fields = {
        "PeripheralID": 5000,
        "ConnectionCallID": 0,
        "CallMsgMask": calls,
        "AgentStateMask": states,
        "ConnectionDeviceIDType": NONE,
        "MonitoredDeviceType": _AGENT_DEVICE,
    }
    return fields, [["MonitoredDeviceID", device]]


def call_monitor(connection: Any) -> tuple[Record, list[Any]]:
    """MONITOR_START_REQ for the call of a connection of the plant."""
    fields = {
        "PeripheralID": 5000,
        "ConnectionCallID": connection.call_id,
        "CallMsgMask": ALL_CALLS,
        "AgentStateMask": 0,
        "ConnectionDeviceIDType": int(connection.id_type),
        "MonitoredDeviceType": NONE,
    }
    return fields, [["ConnectionDeviceID", connection.connection_id]]


def supervision(action: int, instrument: str = "3001", agent: str = "1002") -> tuple[Record, list[Any]]:
    """SUPERVISE_CALL_REQ for an agent's active call."""
    fields = {
        "PeripheralID": 5000,
        "AgentConnectionCallID": NULL,
        "SupervisorConnectionCallID": NULL,
        "AgentConnectionDeviceIDType": NONE,
        "SupervisorConnectionDeviceIDType": NONE,
        "SupervisoryAction": action,
    }
    return fields, [["AgentID", agent], ["SupervisorInstrument", instrument]]


def request_configuration(client: RawClient, wanted: int) -> None:
    """Send CONFIG_REQUEST_EVENT. ``wanted``: ConfigInformation."""
    fields = {"ConfigInformation": wanted, "ConfigMsgMask": 0, "PeripheralID": 5000}
    client.write(client.frame("CONFIG_REQUEST_EVENT", fields))


async def acquire_configuration(
    client: RawClient, checker: ConfigChecker, wanted: int, teams: Iterable[int]
) -> None:
    """Open in bulk mode, upload the configuration, list teams, and let the checker follow.

    ``wanted``: ConfigInformation. ``teams``: TeamIDs.
    """
    masks = {"CallMsgMask": TEAM_CONFIG_MASK, "AgentStateMask": 0, "ConfigMsgMask": wanted}
    answer = await client.open(BULK_MODE, **masks)
    assert answer["message"] == "OPEN_CONF", answer
    request_configuration(client, wanted)
    for team in teams:
        client.send("MONITOR_AGENT_TEAM_START_REQ", {"TeamID": team})
    for event in await client.settle():
        checker.feed(event)


def members(record: Record) -> list[tuple[str, int]]:
    """AtcAgentID and AgentFlags of each member in an AGENT_TEAM_CONFIG_EVENT."""
    ids = [value for name, value in record["floating"] if name == "AtcAgentID"]
    flags = [value for name, value in record["floating"] if name == "AgentFlags"]
    assert len(ids) == len(flags) == record["fields"]["NumberOfAgents"]
    return list(zip(ids, flags, strict=True))
