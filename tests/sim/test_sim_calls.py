"""Calls over the wire: what Client Events and All Events clients see and do, in several protocol versions."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.raw_client import (
    AGENT_MODE,
    BULK_MODE,
    LOGIN,
    RawClient,
    Record,
    code_of,
    status_of,
    values,
)

from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Population, Simulator

ALL_CALLS = 0xFFFFFFFF
WITH_DATA = AGENT_MODE | 2
NOBODY = 0xFFFFFFFF
AVAILABLE = AgentState.AGENT_STATE_AVAILABLE


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    population = Population.numbered(4, skill_groups=1, team_size=4)
    async with Simulator(population=population) as simulator:
        yield simulator


@pytest.fixture
async def watcher(sim: Simulator) -> AsyncIterator[RawClient]:
    """A bulk session that hears of all calls."""
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(BULK_MODE | 2, CallMsgMask=ALL_CALLS)
        yield client


async def agent_client(sim: Simulator, number: int, version: int = 25, **changes: int) -> RawClient:
    """A Client Events session of a logged-in agent, with nothing left to be received."""
    client = await RawClient.connect(sim.side_a, version=version)
    mask = ALL_CALLS if version >= 25 else 0x00FFFFFF if version >= 14 else 0x7FFFF
    floating = client.identity(f"desk {number}", AgentID=str(1001 + number))
    services = changes.pop("services", WITH_DATA)
    await client.open(services, floating=floating, CallMsgMask=mask, **changes)
    if sim.agent(str(1001 + number)).state is AgentState.AGENT_STATE_LOGOUT:
        await client.set_state(LOGIN, number)
    await client.settle()
    return client


def names(records: list[Record]) -> list[str]:
    return [record["message"].removesuffix("_EVENT") for record in records]


def calls(records: list[Record]) -> list[str]:
    return [name for name in names(records) if name != "AGENT_STATE" and not name.startswith("RTP")]


def connection(record: Record, prefix: str = "") -> tuple[dict[str, int], list[Any]]:
    """The fixed and floating fields by which a request names an event's connection."""
    fields = {
        "PeripheralID": 5000,
        f"{prefix}ConnectionCallID": record["fields"]["ConnectionCallID"],
        f"{prefix}ConnectionDeviceIDType": record["fields"]["ConnectionDeviceIDType"],
    }
    return fields, [[f"{prefix}ConnectionDeviceID", values(record)["ConnectionDeviceID"]]]


def of(records: list[Record], name: str) -> Record:
    return next(record for record in records if record["message"] == name)


def sending_ports(records: list[Record], name: str) -> list[int]:
    return [values(record)["SendingPort"] for record in records if record["message"] == name]


# --- a call's life ----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [14, 19, 20, 25])
async def test_a_queued_call_is_announced_delivered_answered_held_and_cleared(
    sim: Simulator, version: int
) -> None:
    async with await agent_client(sim, 0, version) as desk:
        sim.set_agent_state("1001", AVAILABLE)
        await desk.settle()
        sim.plant.inbound("9001", ani="5550001", variables={"CallVariable1": "gold"}, ecc={"user.a": "b"})
        records = await desk.settle()
        assert calls(records) == ["AGENT_PRE_CALL", "BEGIN_CALL", "CALL_DELIVERED"]
        begin = of(records, "BEGIN_CALL_EVENT")
        assert values(begin)["ANI"] == "5550001"
        assert values(begin)["CallVariable1"] == "gold"
        assert values(begin)["NamedVariable"] == {"name": "user.a", "value": "b"}
        fields, floating = connection(begin)
        answer = await desk.ask("ANSWER_CALL_REQ", fields, [*floating, ["AgentInstrument", "3001"]])
        assert answer["message"] == "ANSWER_CALL_CONF"
        records = await desk.settle()
        assert calls(records) == ["CALL_ESTABLISHED"]
        assert names(records).count("RTP_STARTED") == 2
        ports = sending_ports(records, "RTP_STARTED_EVENT")
        assert ports[1] == ports[0] + 1
        await desk.ask("HOLD_CALL_REQ", fields | {"Reservation": 0}, floating)
        records = await desk.settle()
        assert calls(records) == ["CALL_HELD"]
        assert sending_ports(records, "RTP_STOPPED_EVENT") == ports
        held, held_floating = connection(begin, "Held")
        await desk.ask("RETRIEVE_CALL_REQ", held, held_floating)
        assert calls(await desk.settle()) == ["CALL_RETRIEVED"]
        await desk.ask("CLEAR_CALL_REQ", fields, floating)
        records = await desk.settle()
        assert calls(records)[-1] == "END_CALL"
        assert "CALL_CLEARED" in calls(records)
        assert sim.plant.calls == ()


async def test_every_copy_carries_the_monitor_id_of_its_session(sim: Simulator, watcher: RawClient) -> None:
    async with await RawClient.connect(sim.side_a) as desk:
        conf = await desk.open(
            WITH_DATA, floating=desk.identity("desk", AgentID="1001"), CallMsgMask=ALL_CALLS
        )
        own = conf["fields"]["MonitorID"]
        assert own > 0
        sim.set_agent_state("1001", AVAILABLE)
        sim.plant.inbound("1001")
        records = await desk.settle()
        assert {record["fields"]["MonitorID"] for record in records} == {own}
        assert {record["fields"].get("MonitorID", 0) for record in await watcher.settle()} == {0}


async def test_a_client_hears_of_calls_in_progress_when_it_opens(sim: Simulator, watcher: RawClient) -> None:
    sim.set_agent_state("1001", AVAILABLE)
    call = sim.plant.inbound("1001", variables={"CallVariable2": "x"})
    async with await RawClient.connect(sim.side_a) as desk:
        conf = await desk.ask(
            "OPEN_REQ",
            desk.open_fields(WITH_DATA, CallMsgMask=ALL_CALLS),
            desk.identity("desk", AgentID="1001"),
        )
        begin = await desk.receive("BEGIN_CALL_EVENT")
        assert begin["fields"]["ConnectionCallID"] == call.call_id
        assert begin["fields"]["MonitorID"] == conf["fields"]["MonitorID"]
        assert values(begin)["CallVariable2"] == "x"


async def test_the_call_mask_filters_events(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(BULK_MODE, CallMsgMask=0x2000 | 0x4000, AgentStateMask=0)
        sim.set_agent_state("1001", AVAILABLE)
        call = sim.plant.inbound("1001")
        sim.plant.caller_hangs_up(call)
        assert set(calls(await client.settle())) == {"BEGIN_CALL", "END_CALL"}


async def test_an_agent_calls_consults_and_transfers(sim: Simulator, watcher: RawClient) -> None:
    sim.set_agent_state("1003", AgentState.AGENT_STATE_NOT_READY)
    async with await agent_client(sim, 0) as one, await agent_client(sim, 1) as two:
        make = {
            "PeripheralID": 5000,
            **dict.fromkeys(("CallPlacementType", "CallMannerType", "AlertRings", "CallOption"), 0),
            **dict.fromkeys(("FacilityType", "AnsweringMachine", "Priority", "PostRoute"), 0),
            "NumNamedVariables": 0,
            "NumNamedArrays": 0,
        }
        conf = await one.ask(
            "MAKE_CALL_REQ",
            make | {"SkillGroupNumber": NOBODY},
            [["AgentInstrument", "3001"], ["DialedNumber", "3002"]],
        )
        assert conf["message"] == "MAKE_CALL_CONF"
        begin = of(await two.settle(), "BEGIN_CALL_EVENT")
        fields, floating = connection(begin)
        await two.ask("ANSWER_CALL_REQ", fields, floating)
        await two.settle()
        own = of(await one.settle(), "BEGIN_CALL_EVENT")
        active, active_floating = connection(own, "Active")
        conf = await one.ask(
            "CONSULTATION_CALL_REQ",
            make | active | {"ConsultType": 1},
            [*active_floating, ["DialedNumber", "3003"]],
        )
        assert conf["message"] == "CONSULTATION_CALL_CONF"
        assert conf["fields"]["NewConnectionCallID"] != own["fields"]["ConnectionCallID"]
        consult = of(await one.settle(), "BEGIN_CALL_EVENT")
        held, held_floating = connection(own, "Held")
        active, active_floating = connection(consult, "Active")
        conf = await one.ask("TRANSFER_CALL_REQ", make | held | active, [*active_floating, *held_floating])
        assert conf["message"] == "TRANSFER_CALL_CONF"
        assert conf["fields"]["NumParties"] == 2
        assert calls(await one.settle()).count("END_CALL") == 2
        assert "CALL_TRANSFERRED" in calls(await two.settle())
        (call,) = sim.plant.calls
        assert {party.device.device_id for party in call.connections} == {"3002", "3003"}
        seen = calls(await watcher.settle())
        assert seen[0] == "BEGIN_CALL"


async def test_call_data_are_set_and_reported(sim: Simulator, watcher: RawClient) -> None:
    async with await agent_client(sim, 0) as desk:
        sim.set_agent_state("1001", AVAILABLE)
        sim.plant.inbound("1001", ecc={"user.a": "old"})
        begin = of(await desk.settle(), "BEGIN_CALL_EVENT")
        fields, floating = connection(begin)
        data = {
            "NumNamedVariables": 1,
            "NumNamedArrays": 0,
            "CallType": 0xFFFF,
            "CalledPartyDisposition": 0,
            "CampaignID": 0,
            "QueryRuleID": 0,
        }
        new = [["CallVariable3", "new"], ["NamedVariable", {"name": "user.b", "value": "1"}]]
        answer = await desk.ask("SET_CALL_DATA_REQ", fields | data, [*floating, *new])
        assert answer["message"] == "SET_CALL_DATA_CONF"
        update = of(await desk.settle(), "CALL_DATA_UPDATE_EVENT")
        assert values(update)["CallVariable3"] == "new"
        assert values(update)["NamedVariable"] == [
            {"name": "user.a", "value": "old"},
            {"name": "user.b", "value": "1"},
        ]
        answer = await desk.ask("RELEASE_CALL_REQ", fields, floating)
        assert answer["message"] == "RELEASE_CALL_CONF"


async def test_registered_variables_are_the_only_ones_that_come(sim: Simulator, watcher: RawClient) -> None:
    answer = await watcher.ask(
        "REGISTER_VARIABLES_REQ",
        {"CallVariableMask": 0x2, "NumNamedVariables": 1, "NumNamedArrays": 0},
        [["NamedVariable", {"name": "user.b", "value": ""}]],
    )
    assert answer["message"] == "REGISTER_VARIABLES_CONF"
    sim.set_agent_state("1001", AVAILABLE)
    sim.plant.inbound(
        "1001",
        variables={"CallVariable1": "1", "CallVariable2": "2"},
        ecc={"user.a": "a", "user.b": "b"},
        arrays={"user.c": {0: "c"}},
    )
    begin = of(await watcher.settle(), "BEGIN_CALL_EVENT")
    assert values(begin)["CallVariable2"] == "2"
    assert "CallVariable1" not in values(begin)
    assert values(begin)["NamedVariable"] == {"name": "user.b", "value": "b"}
    assert "NamedArray" not in values(begin)
    assert begin["fields"]["NumNamedVariables"] == 1
    assert begin["fields"]["NumNamedArrays"] == 0


# --- refused ----------------------------------------------------------------------------------------


async def test_a_client_controls_its_own_device_only(sim: Simulator) -> None:
    async with await agent_client(sim, 0) as one, await agent_client(sim, 1) as two:
        sim.set_agent_state("1001", AVAILABLE)
        sim.plant.inbound("1001")
        fields, floating = connection(of(await one.settle(), "BEGIN_CALL_EVENT"))
        assert code_of(await two.ask("ANSWER_CALL_REQ", fields, floating)) == 8
        named = [*floating, ["AgentInstrument", "3001"]]
        assert code_of(await two.ask("ANSWER_CALL_REQ", fields, named)) == 8
        assert status_of(await two.ask("SNAPSHOT_CALL_REQ", fields, floating)) == 35
        assert (
            code_of(
                await two.ask(
                    "SNAPSHOT_DEVICE_REQ",
                    {"PeripheralID": 5000, "SnapshotDeviceType": 76},
                    [["AgentInstrument", "3001"]],
                )
            )
            == 8
        )


async def test_unknown_calls_and_wrong_states_are_refused_by_the_plant(
    sim: Simulator, watcher: RawClient
) -> None:
    fields = {"PeripheralID": 5000, "ConnectionCallID": 4711, "ConnectionDeviceIDType": 0}
    floating = [["ConnectionDeviceID", "3001"], ["AgentInstrument", "3001"]]
    assert code_of(await watcher.ask("ANSWER_CALL_REQ", fields, floating)) == 13
    assert status_of(await watcher.ask("SNAPSHOT_CALL_REQ", fields, floating[:1])) == 13
    alerting = fields | {"ConnectionCallID": NOBODY}
    assert code_of(await watcher.ask("ANSWER_CALL_REQ", alerting, floating)) == 28


# --- snapshots --------------------------------------------------------------------------------------


async def test_snapshots_tell_the_truth(sim: Simulator, watcher: RawClient) -> None:
    sim.set_agent_state("1001", AVAILABLE)
    call = sim.plant.inbound("1001", ani="5550001", variables={"CallVariable1": "x"}, ecc={"user.a": "b"})
    answer = await watcher.settle()
    fields, floating = connection(of(answer, "CALL_DELIVERED_EVENT"))
    snapshot = await watcher.ask("SNAPSHOT_CALL_REQ", fields, floating)
    assert snapshot["message"] == "SNAPSHOT_CALL_CONF"
    assert snapshot["fields"]["NumCallDevices"] == 2
    found = values(snapshot)
    assert (found["ANI"], found["CallVariable1"]) == ("5550001", "x")
    assert found["CallDeviceConnectionState"] == [1, 2]
    device = await watcher.ask(
        "SNAPSHOT_DEVICE_REQ", {"PeripheralID": 5000, "SnapshotDeviceType": 76}, [["AgentInstrument", "3001"]]
    )
    assert device["message"] == "SNAPSHOT_DEVICE_CONF"
    assert device["fields"]["NumCalls"] == 1
    assert values(device)["CallConnectionCallID"] == call.call_id
    assert values(device)["CallState"] == 2


async def test_text_that_is_not_ascii_is_kept_as_it_came(sim: Simulator, watcher: RawClient) -> None:
    sim.set_agent_state("1001", AVAILABLE)
    sim.plant.inbound("1001")
    fields, floating = connection(of(await watcher.settle(), "CALL_DELIVERED_EVENT"))
    data = {
        "NumNamedVariables": 1,
        "NumNamedArrays": 0,
        "CallType": 0xFFFF,
        "CalledPartyDisposition": 0,
        "CampaignID": 0,
        "QueryRuleID": 0,
    }
    latin = {"hex": "fcff00"}
    new = [["CallVariable3", latin], ["NamedVariable", {"hex": b"user.b\0\xfc\0".hex()}]]
    answer = await watcher.ask("SET_CALL_DATA_REQ", fields | data, [*floating, *new])
    assert answer["message"] == "SET_CALL_DATA_CONF"
    update = of(await watcher.settle(), "CALL_DATA_UPDATE_EVENT")
    assert values(update)["CallVariable3"] == latin
    assert values(update)["NamedVariable"] == {"hex": b"user.b\0\xfc\0".hex()}
