"""Random calls with disorder over real sockets: clients of four versions on one port pass the checker.

The clients are plain sockets and ``struct``; neither they nor the checker import anything of the package.
"""

import asyncio
import struct
from contextlib import AsyncExitStack

import pytest
from support.frame_reader import FrameReader, frame, number_of
from support.one_side import one_side
from support.order_checker import FIXED, OrderChecker, decode
from support.random_centre import RandomCentre

from ctios_fast.sim.plant import ConnectionIdForm, IdChange, PlantSettings

VERSIONS = (14, 19, 20, 25)
ALL_EVENTS = 0x10
CALLS = 150
HEARTBEAT_REQ, HEARTBEAT_CONF, OPEN_CONF, SYSTEM_EVENT = 5, 6, 4, 31
CALL_MASK = {14: 0x00FFFFFF, 19: 0x03FFFFFF, 20: 0x03FFFFFF, 25: 0xFFFFFFFF}


def opening(version: int) -> bytes:
    fixed = struct.pack(
        ">11I", 1, version, 0xFFFFFFFF, 0xFFFFFFFF, ALL_EVENTS, CALL_MASK[version], 0x3FFF, 0, 0, 0, 0
    )
    head = ">BB" if version < 20 else ">HH"
    client = b"order\0"
    return frame(3, fixed + struct.pack(head, 1, len(client)) + client + struct.pack(head, 2, 1) + b"\0")


@pytest.mark.parametrize("id_change", IdChange)
async def test_clients_of_four_versions_see_the_published_order(id_change: IdChange) -> None:
    seed = 1 + list(IdChange).index(id_change)
    settings = PlantSettings(
        id_change=id_change, connection_ids=ConnectionIdForm.OPAQUE, shared_consult_id=True, disorder=seed
    )
    centre = RandomCentre(seed, settings)
    clients = {}
    async with one_side(centre.plant, centre.clock) as side, AsyncExitStack() as ending:
        for version in VERSIONS:
            reader, writer = await asyncio.open_connection(side.host, side.port)
            ending.callback(writer.transport.abort)
            frames = FrameReader(reader)
            clients[version] = frames, writer
            writer.write(opening(version))
            assert (await frames.until(OPEN_CONF))[0] == []
            assert (await frames.until(SYSTEM_EVENT))[0] == []
        centre.run(CALLS)
        times = [at for at, _ in centre.stream]
        agents = {agent.agent_id: int(agent.state) for agent in centre.agents}
        for version, (frames, writer) in clients.items():
            writer.write(frame(HEARTBEAT_REQ, struct.pack(">I", 7)))
            received, _ = await frames.until(HEARTBEAT_CONF)
            known = [data for data in received if number_of(data) in FIXED]
            checker = OrderChecker()
            for at, data in zip(times, known, strict=True):
                checker.feed(at, decode(data, version))
            checker.finish(centre.clock.time(), {}, agents)
            assert checker.calls_begun >= CALLS
            for agent in centre.agents:
                statistics = centre.plant.agent_statistics(agent)
                for name, seen in checker.figures(agent.agent_id).items():
                    assert statistics[f"{name}Today"] == seen, (agent.agent_id, name)
