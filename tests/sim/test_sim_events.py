"""AGENT_STATE_EVENT of the simulator: what it says, who gets it, and the peripheral's own acts."""

from collections.abc import AsyncIterator

import pytest
from support.raw_client import (
    AGENT_MODE,
    ALL_EVENTS,
    AVAILABLE,
    BULK_MODE,
    CLIENT_CONTROL,
    CLIENT_EVENTS,
    LOGIN,
    LOGOUT,
    NOT_READY,
    RawClient,
    state_of,
    values,
)

from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Simulator
from ctios_fast.sim.plant.agent_machine import MASK_BIT


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(pair="both-active", agents=3) as simulator:
        yield simulator


@pytest.fixture
async def watcher(sim: Simulator) -> AsyncIterator[RawClient]:
    """A session of all events on side B."""
    async with await RawClient.connect(sim.side_b) as client:
        await client.open(ALL_EVENTS)
        yield client


# --- what it says -----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", range(9, 26))
async def test_the_event_in_every_version(sim: Simulator, version: int) -> None:
    async with await RawClient.connect(sim.side_a, version=version) as client:
        await client.open(ALL_EVENTS)
        sim.set_agent_state("1002", AgentState(AVAILABLE))
        event = await client.receive("AGENT_STATE_EVENT")
        expected = {
            "MonitorID": 0,
            "PeripheralID": 5000,
            "SessionID": 0,
            "PeripheralType": 17,
            "SkillGroupState": 3,
            "StateDuration": 0,
            "SkillGroupNumber": 0xFFFFFFFF,
            "SkillGroupID": 0xFFFFFFFF,
            "SkillGroupPriority": 0,
            "AgentState": 3,
            "EventReasonCode": 0,
            "MRDID": 1,
            "NumTasks": 0,
            "AgentMode": 1,
            "MaxTaskLimit": 1,
            "ICMAgentID": 5001,
            "AgentAvailabilityStatus": 1,
        }
        expected |= {"NumFltSkillGroups": 0} if version >= 13 else {}
        expected |= {"DepartmentID": 0} if version >= 19 else {}
        assert event["fields"] == expected
        floating = [["AgentID", "1002"], ["AgentExtension", "3002"], ["AgentInstrument", "3002"]]
        floating += [["Direction", 0]] if version >= 16 else []
        floating += [["MaxBeyondTaskLimit", 0]] if version >= 22 else []
        assert event["floating"] == floating


async def test_the_event_names_the_agents_own_session_and_signature(
    sim: Simulator, watcher: RawClient
) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        floating = client.identity("one", AgentID="1001", ClientSignature="desk 1")
        await client.open(AGENT_MODE, floating=floating)
        await client.set_state(LOGIN)
        event = await watcher.receive("AGENT_STATE_EVENT")
        assert event["fields"]["SessionID"] == sim.side_a.sessions[0].session_id != 0
        assert values(event)["CTIClientSignature"] == "desk 1"


async def test_a_client_without_signature_is_named_by_its_session_alone(
    sim: Simulator, watcher: RawClient
) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open_agent()
        await client.set_state(LOGIN)
        event = await watcher.receive("AGENT_STATE_EVENT")
        assert event["fields"]["SessionID"] != 0
        assert "CTIClientSignature" not in values(event)


async def test_only_an_available_agent_is_shown_as_available(sim: Simulator, watcher: RawClient) -> None:
    shown = {}
    for state in MASK_BIT:
        sim.set_agent_state("1001", state)
        event = await watcher.receive("AGENT_STATE_EVENT")
        shown[event["fields"]["AgentState"]] = event["fields"]["AgentAvailabilityStatus"]
    assert shown == {state: int(state == AVAILABLE) for state in MASK_BIT}


# --- who gets it ------------------------------------------------------------------------------------


async def test_both_sides_see_one_agent(sim: Simulator, watcher: RawClient) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open_agent()
        await client.set_state(LOGIN)
        assert [state_of(event) for event in await client.settle()] == [
            ("1001", LOGIN, 0),
            ("1001", NOT_READY, 0),
        ]
        assert [state_of(await watcher.receive()) for _ in range(2)] == [
            ("1001", LOGIN, 0),
            ("1001", NOT_READY, 0),
        ]
    async with await RawClient.connect(sim.side_b) as client:
        conf = await client.open_agent()
        assert conf["fields"]["AgentState"] == NOT_READY


async def test_an_agents_client_gets_its_own_agents_events_only(sim: Simulator, watcher: RawClient) -> None:
    async with await RawClient.connect(sim.side_b) as client:
        await client.open_agent(1)
        for agent in sim.agents:
            sim.set_agent_state(agent.agent_id, AgentState(AVAILABLE))
        assert [state_of(event)[0] for event in await client.settle()] == ["1002"]
        assert [state_of(event)[0] for event in await watcher.settle()] == ["1001", "1002", "1003"]


async def test_a_client_of_both_services_gets_each_event_once(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(CLIENT_EVENTS | ALL_EVENTS, floating=client.identity(AgentID="1001"))
        sim.set_agent_state("1001", AgentState(AVAILABLE))
        sim.set_agent_state("1002", AgentState(AVAILABLE))
        assert [state_of(event)[0] for event in await client.settle()] == ["1001", "1002"]


@pytest.mark.parametrize("services", [0, CLIENT_CONTROL])
async def test_a_client_without_event_services_gets_none(sim: Simulator, services: int) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(services)
        sim.set_agent_state("1001", AgentState(AVAILABLE))
        assert await client.settle() == []


@pytest.mark.parametrize("state", MASK_BIT, ids=lambda state: state.name)
@pytest.mark.parametrize("services", [ALL_EVENTS, CLIENT_EVENTS], ids=["all events", "client events"])
async def test_each_state_has_its_own_bit_in_the_mask(
    sim: Simulator, services: int, state: AgentState
) -> None:
    bit = MASK_BIT[state]
    async with (
        await RawClient.connect(sim.side_a) as wants,
        await RawClient.connect(sim.side_a) as wants_not,
    ):
        await wants.open(services, AgentStateMask=bit, floating=wants.identity(AgentID="1001"))
        await wants_not.open(services, AgentStateMask=0x3FFF & ~bit, floating=wants.identity(AgentID="1002"))
        for agent_id in ("1001", "1002"):
            for each in MASK_BIT:
                sim.set_agent_state(agent_id, each)
        own = 2 if services == ALL_EVENTS else 1
        assert [state_of(event)[1] for event in await wants.settle()] == [state] * own
        assert state not in [state_of(event)[1] for event in await wants_not.settle()]


async def test_the_unknown_state_is_in_no_mask(sim: Simulator, watcher: RawClient) -> None:
    sim.set_agent_state("1001", AgentState.AGENT_STATE_UNKNOWN)
    assert await watcher.settle() == []


async def test_clients_of_different_versions_get_the_same_event_each_in_its_own_form(sim: Simulator) -> None:
    clients = [
        await RawClient.connect(side, version=v)
        for v in (9, 14, 19, 20, 25)
        for side in (sim.side_a, sim.side_b)
    ]
    for client in clients:
        await client.open(ALL_EVENTS)
    sim.set_agent_state("1003", AgentState(NOT_READY), 12)
    for client in clients:
        assert state_of(await client.receive()) == ("1003", NOT_READY, 12)
        client.drop()
    assert sim.counters.events_sent == len(clients)


async def test_a_closed_session_gets_no_events(sim: Simulator, watcher: RawClient) -> None:
    await watcher.ask("CLOSE_REQ", {"Status": 0})
    sim.set_agent_state("1001", AgentState(AVAILABLE))
    assert sim.counters.events_sent == 0


# --- the peripheral's own acts ----------------------------------------------------------------------


async def test_forced_logout_reaches_the_agents_client_and_all_events(
    sim: Simulator, watcher: RawClient
) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open_agent()
        await client.set_state(LOGIN)
        await client.settle()
        await watcher.settle()
        sim.force_logout("1001")
        assert state_of(await client.receive()) == ("1001", LOGOUT, 50002)
        assert state_of(await watcher.receive()) == ("1001", LOGOUT, 50002)
        assert sim.side_a.sessions[0].agent is sim.agent("1001"), "the session stays"


async def test_forced_logout_with_a_reason_and_from_any_state(sim: Simulator, watcher: RawClient) -> None:
    sim.set_agent_state("1001", AgentState.AGENT_STATE_TALKING)
    sim.force_logout("1001", 50004)
    assert [state_of(event)[1:] for event in await watcher.settle()] == [(4, 0), (LOGOUT, 50004)]


async def test_forced_logout_of_a_logged_out_agent_sends_nothing(sim: Simulator, watcher: RawClient) -> None:
    sim.force_logout("1001")
    assert await watcher.settle() == []


def test_commands_name_existing_agents_and_states(sim: Simulator) -> None:
    with pytest.raises(LookupError):
        sim.force_logout("1")
    with pytest.raises(LookupError):
        sim.set_agent_state("1", AgentState(AVAILABLE))
    with pytest.raises(ValueError, match="99"):
        sim.set_agent_state("1001", 99)  # type: ignore[arg-type]


async def test_a_disconnect_logs_nobody_out(sim: Simulator, watcher: RawClient) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open_agent()
        await client.set_state(LOGIN)
        await watcher.receive()
        await watcher.receive()
    async with await RawClient.connect(sim.side_a) as client:
        conf = await client.open_agent(client_id="another")
        assert conf["fields"]["AgentState"] == NOT_READY
    assert await watcher.settle() == []


async def test_a_burst_reaches_every_watcher_whole_and_in_order(sim: Simulator) -> None:
    clients = [await RawClient.connect(sim.side_a) for _ in range(20)]
    for client in clients:
        await client.open(BULK_MODE)
    for reason in range(500):
        sim.set_agent_state("1001", AgentState(NOT_READY), reason)
    for client in clients:
        assert [state_of(await client.receive())[2] for _ in range(500)] == list(range(500))
        assert await client.settle() == []
        client.drop()
