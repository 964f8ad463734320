"""Faults of frames on command, as a client without the library sees them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from support.raw_client import ALL_EVENTS, RawClient, status_of, until

from ctios_fast.core import codec
from ctios_fast.errors import MalformedFrame
from ctios_fast.sim import Simulator
from ctios_fast.sim.control import CommandError, Control
from ctios_fast.sim.server.frame_faults import BadFrame
from ctios_fast.sim.sim_clocks import VirtualClock

ALL_CALL_EVENTS = 0xFFFFFF


class Centre:
    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.simulator = Simulator(agents=3, clock=self.clock, pair="both-active")
        self.control = Control(self.simulator, self.clock)

    async def client(self, side: str = "a", version: int = 25) -> RawClient:
        client = await RawClient.connect(self.simulator.side(side), version=version)
        await client.open(ALL_EVENTS, CallMsgMask=ALL_CALL_EVENTS)
        return client


@pytest.fixture
async def centre() -> AsyncIterator[Centre]:
    centre = Centre()
    async with centre.simulator:
        yield centre


async def states(client: RawClient, count: int) -> list[int]:
    return [(await client.receive("AGENT_STATE_EVENT"))["fields"]["AgentState"] for _ in range(count)]


async def test_frames_are_late_in_their_order(centre: Centre) -> None:
    control = centre.control
    async with await centre.client("a") as late, await centre.client("b") as prompt:
        control.delay_frames(5.0, "A")
        control.agent_state("1001", "LOGIN")
        assert await states(prompt, 2) == [0, 2]
        control.delay_frames(1.0, "A")
        await control.advance(4.0)
        control.agent_state("1001", "AVAILABLE")  # due at 5, after the frames that were due then already
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await late.receive_frame()
        await control.advance(1.0)
        assert await states(late, 3) == [0, 2, 3]
        control.delay_frames(0.0)
        control.agent_state("1001", "NOT_READY")
        assert await states(late, 1) == [2]


async def test_a_later_connection_is_late_too(centre: Centre) -> None:
    centre.control.delay_frames(60.0)
    async with await RawClient.connect(centre.simulator.side_a) as client:
        client.send("OPEN_REQ", client.open_fields(ALL_EVENTS), client.identity())
        await until(lambda: centre.simulator.side_a.sessions)
        await centre.control.advance(60.0)
        assert (await client.receive())["message"] == "OPEN_CONF"


async def test_frames_that_are_late_count_as_buffered(centre: Centre) -> None:
    simulator = Simulator(agents=3, clock=centre.clock, max_buffered=1000)
    control = Control(simulator, centre.clock)
    async with simulator, await RawClient.connect(simulator.side_a) as client:
        await client.open(ALL_EVENTS)
        control.delay_frames(60.0)
        for _ in range(20):
            control.agent_state("1001", "LOGIN")
            control.agent_state("1001", "LOGOUT")
        assert await client.ended()
        assert simulator.counters.dropped_sessions == 1


async def test_the_next_frames_come_twice(centre: Centre) -> None:
    async with await centre.client() as client:
        centre.control.duplicate_frames(1)
        centre.control.agent_state("1001", "LOGIN")
        assert await states(client, 3) == [0, 0, 2]


@pytest.mark.parametrize("version", [9, 14, 25])
async def test_bad_frames_are_bad_in_every_version(centre: Centre, version: int) -> None:
    async def received(what: BadFrame) -> bytes:
        async with await centre.client(version=version) as client:
            centre.control.bad_frame(what)
            header = await client.reader.readexactly(8)
            if what == "overlong":
                return header
            return header + await client.reader.readexactly(int.from_bytes(header[:4], "big"))

    with pytest.raises(MalformedFrame, match="at most 65536 bytes with its header"):
        codec(version).decode(await received("overlong"))
    with pytest.raises(MalformedFrame):
        codec(version).decode(await received("contradictory"))
    assert codec(version).decode(await received("unknown")).name is None


async def test_heartbeats_are_dropped_and_answered_again(centre: Centre) -> None:
    async with await centre.client() as client:
        centre.control.drop_heartbeats(side="A")
        client.send("HEARTBEAT_REQ")
        answer = await client.ask("OPEN_REQ", client.open_fields(ALL_EVENTS), client.identity())
        assert answer["message"] == "FAILURE_CONF"  # the heartbeat before it was not answered
        centre.control.drop_heartbeats(False)
        assert (await client.ask("HEARTBEAT_REQ"))["message"] == "HEARTBEAT_CONF"


async def test_the_next_requests_are_refused(centre: Centre) -> None:
    centre.control.refuse_requests(71, count=2, request="HEARTBEAT_REQ")
    centre.control.refuse_requests(15, request="OPEN_REQ", side="A")
    async with await RawClient.connect(centre.simulator.side_a) as client:
        assert status_of(await client.open(ALL_EVENTS)) == 15
        assert (await client.open(ALL_EVENTS))["message"] == "OPEN_CONF"
        answers = [await client.ask("HEARTBEAT_REQ") for _ in range(3)]
    assert [status_of(answer) for answer in answers[:2]] == [71, 71]
    assert answers[2]["message"] == "HEARTBEAT_CONF"


async def test_any_request_is_refused_until_it_is_ended(centre: Centre) -> None:
    async with await centre.client() as client:
        centre.control.refuse_requests(13, count=1000)
        assert status_of(await client.ask("HEARTBEAT_REQ")) == 13
        centre.control.refuse_requests(13, count=0)
        assert (await client.ask("HEARTBEAT_REQ"))["message"] == "HEARTBEAT_CONF"


async def test_the_gateway_and_the_controller_are_reported(centre: Centre) -> None:
    async with await centre.client() as client:
        for what in (centre.control.gateway, centre.control.controller):
            what("offline")
            what("online")
        events = [(await client.receive("SYSTEM_EVENT"))["fields"] for _ in range(4)]
    assert [event["SystemEventID"] for event in events] == [6, 3, 2, 1]
    assert [event["PGStatus"] != 0 for event in events] == [True, False, True, False]
    assert events[1]["SystemEventArg1"] == 5000


async def test_what_cannot_be_is_refused(centre: Centre) -> None:
    control = centre.control
    for call, error in (
        (lambda: control.delay_frames(-1.0), "the delay is 0 to 3600, not -1.0"),
        (lambda: control.delay_frames(float("nan")), "the delay is 0 to 3600, not nan"),
        (lambda: control.duplicate_frames(-1), "the number of frames is 0 to 1000000, not -1"),
        (lambda: control.bad_frame("rude"), "a bad frame is one of overlong, contradictory, unknown"),  # type: ignore[arg-type]
        (lambda: control.refuse_requests(9999), "there is no status 9999"),
        (lambda: control.refuse_requests(1, request="OPEN_CONF"), "there is no request 'OPEN_CONF'"),
        (lambda: control.refuse_requests(1, request="__name__"), "there is no request '__name__'"),
        (lambda: control.drop_heartbeats(side="C"), "the sides are a and b, not 'C'"),
        (lambda: control.gateway("gone"), "a gateway is 'offline' or 'online', not 'gone'"),
    ):
        with pytest.raises(CommandError, match=error):
            call()
