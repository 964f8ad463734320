"""The active and the standby side: who is served where, takeover, graceful shutdown, and what survives."""

import json
from collections.abc import AsyncIterator

import pytest
from support.raw_client import ALL_EVENTS, BULK_MODE, RawClient, Record, status_of, until

from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol.enums import AgentState, SystemEventID
from ctios_fast.sim import Population, Simulator

STANDBY = 0x02000000
NOT_READY = AgentState.AGENT_STATE_NOT_READY
AVAILABLE = AgentState.AGENT_STATE_AVAILABLE
ALL_CALLS = 0xFFFFFFFF


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def sim(clock: ManualClock) -> AsyncIterator[Simulator]:
    async with Simulator(population=Population.numbered(60, skill_groups=1), clock=clock) as simulator:
        yield simulator


@pytest.fixture
async def active(sim: Simulator) -> AsyncIterator[RawClient]:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(BULK_MODE | STANDBY, CallMsgMask=ALL_CALLS)
        yield client


@pytest.fixture
async def standby(sim: Simulator) -> AsyncIterator[RawClient]:
    async with await RawClient.connect(sim.side_b) as client:
        conf = await client.open(BULK_MODE | STANDBY, CallMsgMask=ALL_CALLS)
        assert conf["fields"]["SessionType"] == 2
        yield client


def names(records: list[Record]) -> list[str]:
    return [record["message"].removesuffix("_EVENT") for record in records]


# --- the standby ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "status"), [(23, 15), (24, 107), (25, 107)])
async def test_the_standby_refuses_clients_that_do_not_know_of_sides(
    sim: Simulator, version: int, status: int
) -> None:
    async with await RawClient.connect(sim.side_b, version=version) as client:
        assert status_of(await client.open(ALL_EVENTS)) == status


async def test_the_standby_answers_heartbeats_and_close_only(sim: Simulator, standby: RawClient) -> None:
    assert (await standby.ask("HEARTBEAT_REQ"))["message"] == "HEARTBEAT_CONF"
    assert status_of(await standby.set_state(0)) == 92
    sim.set_agent_state("1001", NOT_READY)
    assert await standby.settle() == []
    assert (await standby.ask("CLOSE_REQ", {"Status": 0}))["message"] == "CLOSE_CONF"


async def test_both_sides_serve_when_both_are_active() -> None:
    async with Simulator(agents=1, pair="both-active") as sim:
        for side in (sim.side_a, sim.side_b):
            async with await RawClient.connect(side, version=14) as client:
                assert (await client.open(ALL_EVENTS))["message"] == "OPEN_CONF"
        assert sim.snapshot()["sides"] == {"A": "active", "B": "active"}
        with pytest.raises(ValueError, match="no standby"):
            sim.swap()


# --- takeover ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["kill", "garbage", "mid_frame", "freeze"])
async def test_the_standby_takes_over_when_the_active_side_is_lost(
    sim: Simulator, active: RawClient, standby: RawClient, how: str
) -> None:
    sim.fail_side("A", how)
    records = await standby.settle()
    assert names(records) == ["STANDBY_ACTIVE", "SYSTEM"]
    sim.set_agent_state("1001", NOT_READY)
    assert names(await standby.settle()) == ["AGENT_STATE"]
    await sim.restore_side("a")
    assert sim.snapshot()["sides"] == {"A": "standby", "B": "active"}


async def test_garbage_and_half_a_frame_come_before_the_reset(sim: Simulator) -> None:
    for side, how, size in (("a", "garbage", 4097), ("b", "mid_frame", 10)):
        async with await RawClient.connect(sim.side(side)) as client:
            await client.open(ALL_EVENTS | STANDBY)
            sim.fail_side(side, how)
            assert await client.receive_until_reset() == size
        await sim.restore_side(side)


async def test_the_takeover_takes_its_time(clock: ManualClock) -> None:
    async with (
        Simulator(agents=1, clock=clock, takeover=3) as sim,
        await RawClient.connect(sim.side_b, version=20) as client,
    ):
        sim.fail_side("a")
        clock.advance(2.9)
        assert status_of(await client.open(ALL_EVENTS)) == 15
        assert sim.snapshot()["sides"] == {"A": "down", "B": "standby"}
        clock.advance(0.2)
        assert (await client.open(ALL_EVENTS))["message"] == "OPEN_CONF"


async def test_the_plant_is_the_same_before_and_after_a_side_is_killed(sim: Simulator) -> None:
    for number in range(50):
        agent = sim.agent(str(1001 + number))
        sim.plant.put_agent(agent, AVAILABLE)
        sim.plant.inbound(agent.agent_id, ani=str(5550000 + number), variables={"CallVariable1": str(number)})
        if number % 2:
            sim.plant.answer(sim.plant.alerting(agent))
    before = sim.plant.snapshot()
    assert len(before["calls"]) == 50
    sim.fail_side("a", "kill")
    assert sim.plant.snapshot() == before
    assert sim.snapshot()["sides"] == {"A": "down", "B": "active"}
    await sim.restore_side("a")
    assert sim.plant.snapshot() == before
    json.dumps(sim.snapshot())


async def test_a_snapshot_names_sessions(sim: Simulator, active: RawClient, standby: RawClient) -> None:
    assert sim.snapshot()["sessions"] == [
        {"side": "A", "client": "test", "version": 25, "monitors": []},
        {"side": "B", "client": "test", "version": 25, "monitors": []},
    ]


async def test_a_frozen_side_that_was_replaced_ends_its_sessions_when_it_thaws(
    sim: Simulator, clock: ManualClock, active: RawClient
) -> None:
    sim.freeze_side("a")
    assert sim.snapshot()["sides"] == {"A": "frozen", "B": "active"}
    sim.thaw_side("a")
    assert status_of(await active.receive("FAILURE_EVENT")) == 15
    clock.advance(1)
    assert await active.ended()
    assert sim.snapshot()["sides"] == {"A": "standby", "B": "active"}


async def test_the_sides_swap(sim: Simulator, active: RawClient, standby: RawClient) -> None:
    async with await RawClient.connect(sim.side_a, version=20) as old:
        await old.open(ALL_EVENTS)
        sim.swap()
        assert status_of(await old.receive("FAILURE_EVENT")) == 15
    assert names(await standby.settle()) == ["STANDBY_ACTIVE", "SYSTEM"]
    assert status_of(await active.set_state(0)) == 92
    sim.swap()
    assert names(await active.settle()) == ["STANDBY_ACTIVE", "SYSTEM"]


async def test_an_agent_may_have_a_session_on_each_side(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as one, await RawClient.connect(sim.side_b) as other:
        for client in (one, other):
            floating = client.identity("desk", AgentID="1001")
            conf = await client.open(5 | STANDBY, floating=floating, CallMsgMask=ALL_CALLS)
            assert conf["message"] == "OPEN_CONF"
        sim.set_agent_state("1001", AVAILABLE)
        sim.plant.inbound("1001")
        assert "BEGIN_CALL" in names(await one.settle())
        sim.fail_side("a")
        assert names(await other.settle()) == ["STANDBY_ACTIVE", "BEGIN_CALL"]


# --- graceful shutdown ------------------------------------------------------------------------------


async def test_a_graceful_shutdown_hands_over_and_rebuilds_calls(
    sim: Simulator, active: RawClient, standby: RawClient
) -> None:
    sim.set_agent_state("1001", AVAILABLE)
    sim.plant.inbound("1001")
    await active.settle()
    async with await RawClient.connect(sim.side_a, version=20) as old:
        await old.open(ALL_EVENTS)
        sim.fail_side("a", "graceful")
        question = await active.receive("ACTIVE_MAINTENANCE_REQ")
        async with await RawClient.connect(sim.side_a) as late:
            assert status_of(await late.open(ALL_EVENTS)) == 110
        answer = {"InvokeID": question["fields"]["InvokeID"], "MaintenanceModeAccepted": 1}
        active.write(active.frame("ACTIVE_MAINTENANCE_RESP", answer))
        outcome = await active.receive("ACTIVE_MAINTENANCE_EVENT")
        assert outcome["fields"]["MaintenanceModeStatus"] == 1
        assert status_of(await old.receive("FAILURE_EVENT")) == 110
    records = await standby.settle()
    assert names(records)[:2] == ["STANDBY_ACTIVE", "SYSTEM"]
    assert {record["fields"]["EventCause"] for record in records[2:]} == {50}
    assert "CALL_DELIVERED" in names(records)
    active.write(active.frame("STOPPING_REQUESTS_TO_THIS_SIDE_IND", {}))
    await active.ended()
    await until(lambda: not sim.side_a.listening)
    assert sim.snapshot()["sides"] == {"A": "down", "B": "active"}
    async with await RawClient.connect(sim.side_b, version=20) as old:
        await old.open(ALL_EVENTS, CallMsgMask=0x7FFFFFF)
        assert "CALL_DELIVERED" in names(await old.settle())


@pytest.mark.parametrize("answer", ["refused", "silence"])
async def test_a_refusal_or_silence_cancels_the_shutdown(
    sim: Simulator, clock: ManualClock, active: RawClient, answer: str
) -> None:
    sim.fail_side("a", "graceful")
    question = await active.receive("ACTIVE_MAINTENANCE_REQ")
    if answer == "refused":
        fields = {"InvokeID": question["fields"]["InvokeID"], "MaintenanceModeAccepted": 0}
        active.write(active.frame("ACTIVE_MAINTENANCE_RESP", fields))
    else:
        clock.advance(5)
    outcome = await active.receive("ACTIVE_MAINTENANCE_EVENT")
    assert outcome["fields"]["MaintenanceModeStatus"] == 0
    assert sim.snapshot()["sides"] == {"A": "active", "B": "standby"}
    async with await RawClient.connect(sim.side_a) as late:
        assert (await late.open(ALL_EVENTS))["message"] == "OPEN_CONF"


async def test_a_client_that_does_not_leave_is_reset_in_time(
    sim: Simulator, clock: ManualClock, active: RawClient
) -> None:
    sim.fail_side("a", "graceful")
    question = await active.receive("ACTIVE_MAINTENANCE_REQ")
    fields = {"InvokeID": question["fields"]["InvokeID"], "MaintenanceModeAccepted": 1}
    active.write(active.frame("ACTIVE_MAINTENANCE_RESP", fields))
    await active.receive("ACTIVE_MAINTENANCE_EVENT")
    clock.advance(5)
    assert await active.ended()
    assert not sim.side_a.listening


# --- peripheral, PG and central controller ----------------------------------------------------------


@pytest.mark.parametrize("end_calls", [True, False])
async def test_the_peripheral_goes_off_line_and_comes_back(
    sim: Simulator, active: RawClient, end_calls: bool
) -> None:
    sim.set_agent_state("1001", AVAILABLE)
    sim.plant.inbound("1001")
    await active.settle()
    sim.set_peripheral(online=False, end_calls=end_calls)
    records = await active.settle()
    assert names(records)[0] == "SYSTEM"
    assert records[0]["fields"]["SystemEventID"] == 4
    assert records[0]["fields"]["PGStatus"] == 4
    assert names(records).count("END_CALL") == (2 if end_calls else 0)
    sim.set_agent_state("1002", NOT_READY)
    assert await active.settle() == []
    async with await RawClient.connect(sim.side_a) as late:
        conf = await late.open(ALL_EVENTS)
        assert (conf["fields"]["PGStatus"], conf["fields"]["PeripheralOnline"]) == (4, 0)
    sim.set_peripheral(online=True)
    records = await active.settle()
    assert records[0]["fields"]["SystemEventID"] == 3
    assert names(records).count("BEGIN_CALL") == (2 if end_calls else 0)
    assert names(records)[-1] == "AGENT_STATE"


async def test_pg_and_central_controller_change_the_status(sim: Simulator, active: RawClient) -> None:
    for event, status in (
        (SystemEventID.SYS_PERIPHERAL_GATEWAY_OFFLINE, 1),
        (SystemEventID.SYS_CENTRAL_CONTROLLER_OFFLINE, 3),
        (SystemEventID.SYS_PERIPHERAL_ONLINE, 2),
        (SystemEventID.SYS_CENTRAL_CONTROLLER_ONLINE, 0),
    ):
        sim.send_system_event(event, 5000)
        (record,) = await active.settle()
        assert record["fields"]["PGStatus"] == status
