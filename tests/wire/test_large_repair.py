"""A repair of 500 agents and 80 calls: every request is counted, and so are those that are in flight."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from support.call_messages import CONNECT, Connection, snapshot_conf
from support.call_steps import CallDesk, bulk_desk, monitor_desk
from support.model import until
from support.struct_server import (
    NOT_READY,
    OPEN_REQ,
    PERIPHERAL,
    QUERY_AGENT_STATE_REQ,
    SNAPSHOT_CALL_REQ,
    SNAPSHOT_DEVICE_REQ,
    Frame,
    Peer,
    StructServer,
)
from support.wire_steps import (
    MONITOR_SERVICES,
    ONE_CALL_LAYOUT,
    QUERY_LAYOUT,
    SNAPSHOT_DEVICE_LAYOUT,
    FullRecorder,
    reconnected,
)

from ctios_fast import Session
from ctios_fast.connection.clock import ManualClock

AGENTS, CALLS, ENDED, BEGUN, WINDOW = 500, 80, 10, 20, 100
REQUESTS = 2 * AGENTS + CALLS + BEGUN


#: Layouts of the requests of a repair.
LAYOUTS = {
    QUERY_AGENT_STATE_REQ: QUERY_LAYOUT,
    SNAPSHOT_DEVICE_REQ: SNAPSHOT_DEVICE_LAYOUT,
    SNAPSHOT_CALL_REQ: ONE_CALL_LAYOUT,
}


def instrument(number: int) -> str:
    return str(30000 + number)


class Counting:
    """Answers the requests of a repair, as late as the window allows, and counts them.

    ``devices``: the calls that each device has, by instrument.
    """

    def __init__(self, peer: Peer, devices: dict[str, int]) -> None:
        self.peer = peer
        self.devices = devices
        self.asked: Counter[tuple[int, str]] = Counter()
        self.most_in_flight = 0
        self._waiting: list[Frame] = []

    async def serve(self) -> None:
        """Answer all requests; some wait until no more come without an answer."""
        while True:
            try:
                async with asyncio.timeout(0.02):
                    self._waiting.append(await self.peer.receive_any())
            except TimeoutError:
                self.most_in_flight = max(self.most_in_flight, len(self._waiting))
                for request in self._waiting:
                    self._answer(request)
                self._waiting.clear()

    def _answer(self, request: Frame) -> None:
        name = request.floating(LAYOUTS[request.number])[0][1].rstrip(b"\0").decode()
        self.asked[request.number, name] += 1
        if request.number == QUERY_AGENT_STATE_REQ:
            device = instrument(int(name) - 10000)
            self.peer.query_conf(request, NOT_READY, agent_id=name, instrument=device)
        elif request.number == SNAPSHOT_DEVICE_REQ:
            call_id = self.devices.get(name)
            self.peer.device_conf(request, [] if call_id is None else [(call_id, name, CONNECT)])
        elif self.devices.get(name) == request.fixed(ONE_CALL_LAYOUT)[2]:
            snapshot_conf(self.peer, request, (self.devices[name], name, CONNECT))
        else:
            self.peer.control_failure_conf(request, 11, 0)


@pytest.mark.parametrize("make_desk", [bulk_desk, monitor_desk])
async def test_each_agent_device_and_call_is_asked_for_once_within_the_window(
    make_desk: Callable[..., Awaitable[CallDesk]],
    session: Session,
    server: StructServer,
    recorder: FullRecorder,
    clock: ManualClock,
) -> None:
    calls = await make_desk(session, server, recorder)
    for number in range(AGENTS):
        calls.peer.agent_state_event(
            NOT_READY, agent_id=str(10000 + number), instrument=instrument(number), monitor_id=0
        )
    for number in range(CALLS):
        calls.deliver(Connection(500 + number, instrument(number)), instrument(number))
    await until(lambda: len(calls.session.calls) == CALLS)
    calls.clear()
    peer = calls.peer = await reconnected(calls.session, calls.peer, server, clock)
    peer.open_conf(await peer.receive(OPEN_REQ), services=MONITOR_SERVICES, peripherals=(PERIPHERAL,))
    on_the_line = {instrument(number): 500 + number for number in range(ENDED, CALLS)}
    on_the_line |= {instrument(AGENTS - 1 - number): 900 + number for number in range(BEGUN)}
    counting = Counting(peer, on_the_line)
    serving = asyncio.create_task(counting.serve())
    report = await calls.recorder.wait_for("OnRecovered")
    serving.cancel()
    assert set(counting.asked.values()) == {1}
    assert sum(counting.asked.values()) == REQUESTS
    kinds = Counter(number for number, _ in counting.asked)
    assert kinds == {
        QUERY_AGENT_STATE_REQ: AGENTS,
        SNAPSHOT_DEVICE_REQ: AGENTS,
        SNAPSHOT_CALL_REQ: CALLS + BEGUN,
    }
    assert counting.most_in_flight == WINDOW
    counts = {name: report[name] for name in ("CallsEnded", "CallsBegun", "CallsRefreshed", "GivenUp")}
    assert counts == {"CallsEnded": ENDED, "CallsBegun": BEGUN, "CallsRefreshed": CALLS - ENDED, "GivenUp": 0}
    assert len(calls.ended()) == ENDED
    assert len(calls.of("OnCallBegin")) == BEGUN
    assert len(calls.session.calls) == CALLS - ENDED + BEGUN
