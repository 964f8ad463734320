"""A supervisor's session in a random centre gets each event of its device and of each monitor once, in order.

What it must get follows from the stream of an All Events client: the events that name the device's connection
or its agent, and the conferences and transfers that list the device. The clients are plain sockets.
"""

import asyncio
import struct
from collections import Counter
from contextlib import AsyncExitStack

import pytest
from support.frame_reader import FrameReader, frame, number_of
from support.one_side import one_side
from support.order_checker import (
    AGENT_STATE,
    CONFERENCED,
    FIXED,
    PRE_CALL,
    PRE_CALL_ABORT,
    TRANSFERRED,
    decode,
)
from support.random_centre import RandomCentre
from support.raw_requests import ALL_CALLS, TEAM_CONFIG_MASK

from ctios_fast.sim import Side
from ctios_fast.sim.plant import PlantSettings

CALLS = 300
NULL = 0xFFFFFFFF
ALL_EVENTS, SUPERVISOR_MODE = 0x10, 0x1 | 0x4 | 0x20 | 0x80
ANY_CALL = ALL_CALLS & ~TEAM_CONFIG_MASK
OPEN_CONF, HEARTBEAT_REQ, HEARTBEAT_CONF = 4, 5, 6
MONITOR_START_REQ, MONITOR_START_CONF, TEAM_START_REQ, TEAM_START_CONF = 93, 94, 135, 136
AGENT_DEVICE, NONE = 76, 0xFFFF
OWN, DEVICES = "3001", ("3002", "3003", "3009")
TEAM = {"1001", "1002", "1003", "1004"}


class Client:
    """One client of version 25."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.frames = FrameReader(reader)
        self.writer = writer

    @classmethod
    async def open(cls, side: Side, services: int, agent: str = "") -> tuple["Client", int]:
        """Open a session; return it and the MonitorID of OPEN_CONF."""
        client = cls(*await asyncio.open_connection(side.host, side.port))
        peripheral = 5000 if agent else NULL
        fixed = struct.pack(">11I", 1, 25, NULL, peripheral, services, ANY_CALL, 0x3FFF, 0, 0, 0, 0)
        client.writer.write(
            frame(3, fixed + _text(1, f"c{agent}") + _text(2, "") + (_text(5, agent) if agent else b""))
        )
        _, conf = await client.frames.until(OPEN_CONF)
        assert struct.unpack_from(">I", conf, 12) == (services,)
        return client, struct.unpack_from(">I", conf, 16)[0]

    async def start(self, request: int, confirmation: int, body: bytes) -> int:
        """Start a monitor; return its MonitorID."""
        self.writer.write(frame(request, body))
        before, conf = await self.frames.until(confirmation)
        assert before == []
        return int(struct.unpack_from(">I", conf, 12)[0])

    async def received(self) -> list[bytes]:
        """The call and agent events so far."""
        self.writer.write(frame(HEARTBEAT_REQ, struct.pack(">I", 7)))
        before, _ = await self.frames.until(HEARTBEAT_CONF)
        return [data for data in before if number_of(data) in FIXED and number_of(data) != 31]


def _text(tag: int, value: str) -> bytes:
    data = value.encode() + b"\0"
    return struct.pack(">HH", tag, len(data)) + data


def device_monitor(device: str) -> bytes:
    fixed = struct.pack(">5IHH", 1, 5000, 0, ANY_CALL, 0x3FFF, NONE, AGENT_DEVICE)
    return fixed + _text(76, device)


def concerns(event: dict[str, object], device: str) -> bool:
    """Whether an event of the All Events stream belongs to a device, which its connections are named by."""
    number = event["type"]
    if number in (CONFERENCED, TRANSFERRED):
        parties = {party[2] for party in event["parties"]}  # type: ignore[attr-defined]
        return device in parties | {event["PrimaryDeviceID"], event.get("SecondaryDeviceID")}
    if number in (AGENT_STATE, PRE_CALL):
        return event["AgentInstrument"] == device
    if number == PRE_CALL_ABORT:
        return False
    return event.get("ConnectionDeviceID") == device


def without_monitor(data: bytes) -> bytes:
    return data[:8] + b"\0\0\0\0" + data[12:]


@pytest.mark.parametrize("seed", range(3))
async def test_each_monitor_brings_what_concerns_its_device_and_nothing_else(seed: int) -> None:
    centre = RandomCentre(seed, PlantSettings())
    async with one_side(centre.plant, centre.clock) as side, AsyncExitStack() as ending:
        everything, _ = await Client.open(side, ALL_EVENTS)
        ending.callback(everything.writer.transport.abort)
        boss, own = await Client.open(side, SUPERVISOR_MODE, "1001")
        ending.callback(boss.writer.transport.abort)
        monitors = {own: OWN}
        for device in DEVICES:
            number = await boss.start(MONITOR_START_REQ, MONITOR_START_CONF, device_monitor(device))
            monitors[number] = device
        team = await boss.start(TEAM_START_REQ, TEAM_START_CONF, struct.pack(">2I", 1, 1))
        assert len({*monitors, team}) == 5
        centre.run(CALLS)
        stream = await everything.received()
        copies: dict[int, list[bytes]] = {number: [] for number in (*monitors, team)}
        for data in await boss.received():
            copies[struct.unpack_from(">I", data, 8)[0]].append(without_monitor(data))
        decoded = [(data, decode(data)) for data in stream]
        for number, device in monitors.items():
            expected = [data for data, event in decoded if concerns(event, device)]
            assert Counter(map(number_of, copies[number])) == Counter(map(number_of, expected)), device
            assert copies[number] == expected, device
            assert len(expected) > CALLS
        states = [d for d, event in decoded if event["type"] == AGENT_STATE and event["AgentID"] in TEAM]
        assert copies[team] == states
