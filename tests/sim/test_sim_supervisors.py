"""Teams and supervisors over the wire, in both forms: a supervisor's own session, and All Events.

The client is ``RawClient``, which shares no code with the library.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.model import talking
from support.raw_client import (
    AGENT_MODE,
    ALL_EVENTS,
    BULK_MODE,
    CLIENT_EVENTS,
    NOT_READY,
    RawClient,
    Record,
    code_of,
    names,
    status_of,
    values,
)
from support.raw_requests import (
    ALL_CALLS,
    NONE,
    NULL,
    TEAM_CONFIG_MASK,
    call_monitor,
    device_monitor,
    members,
    supervision,
)

from ctios_fast.sim import Population, Simulator
from ctios_fast.sim.plant import Team

PERIPHERAL_MONITOR, SUPERVISOR = 0x20, 0x80
SUPERVISOR_MODE = AGENT_MODE | SUPERVISOR | PERIPHERAL_MONITOR
CLEAR, LISTEN, WHISPER, BARGE_IN, INTERCEPT = range(5)
LOGOUT = 1
ADD, REMOVE = 1, 2


def large_population() -> Population:
    """130 teams of agent 1001, of which the first has 69 agents beside it."""
    agents = [str(1001 + i) for i in range(70)]
    population = Population.numbered(70)
    teams = [Team(1, "Team1", agents[1:], [agents[0]])]
    teams += [Team(number, f"Team{number}", [], [agents[0]]) for number in range(2, 131)]
    return Population(population.agents.values(), teams=teams)


async def open_supervisor(client: RawClient, services: int = SUPERVISOR_MODE, **changes: int) -> Record:
    """Open the session of agent 1001; the team's configuration is still to be received."""
    floating = client.identity("boss", AgentID="1001")
    return await client.open(services, floating=floating, **({"CallMsgMask": ALL_CALLS} | changes))


@pytest.fixture
async def supervisor(team: Simulator) -> AsyncIterator[RawClient]:
    """The session of agent 1001, who supervises 1002 to 1004; its team's configuration received."""
    team.set_agent_state("1001", NOT_READY)
    async with await RawClient.connect(team.side_a) as client:
        await open_supervisor(client)
        assert names(await client.settle()) == ["AGENT_TEAM_CONFIG"]
        yield client


@pytest.fixture
async def bulk(team: Simulator) -> AsyncIterator[RawClient]:
    """An All Events session with Client Control and all masks."""
    async with await RawClient.connect(team.side_a) as client:
        await client.open(BULK_MODE, CallMsgMask=ALL_CALLS)
        yield client


# --- opening ----------------------------------------------------------------------------------------


async def test_the_service_is_granted_with_client_events_and_with_the_peripheral_monitor(
    team: Simulator,
) -> None:
    for services in (CLIENT_EVENTS | SUPERVISOR, AGENT_MODE | SUPERVISOR, SUPERVISOR_MODE):
        async with await RawClient.connect(team.side_a) as client:
            conf = await open_supervisor(client, services)
            assert conf["message"] == "OPEN_CONF"
            assert conf["fields"]["ServicesGranted"] == services


@pytest.mark.parametrize("services", [SUPERVISOR, ALL_EVENTS | SUPERVISOR])
async def test_the_service_is_refused_without_client_events(team: Simulator, services: int) -> None:
    async with await RawClient.connect(team.side_a) as client:
        assert status_of(await client.open(services)) == 12


# --- teams ------------------------------------------------------------------------------------------


async def test_a_team_of_70_comes_in_two_messages() -> None:
    async with (
        Simulator(population=large_population()) as sim,
        await RawClient.connect(sim.side_a) as client,
    ):
        await open_supervisor(client)
        configs = await client.settle()
        first = [record for record in configs if record["fields"]["TeamID"] == 1]
        assert [record["fields"]["NumberOfAgents"] for record in first] == [64, 6]
        assert {record["fields"]["ConfigOperation"] for record in configs} == {ADD}
        listed = members(first[0]) + members(first[1])
        assert listed == [("1001", 5), *((str(1001 + i), 0) for i in range(1, 70))]
        assert [record["fields"]["TeamID"] for record in configs] == [1, *range(1, 131)]


@pytest.mark.parametrize("version", [9, 15, 19, 25])
async def test_130_teams_come_in_three_segments(version: int) -> None:
    async with (
        Simulator(population=large_population()) as sim,
        await RawClient.connect(sim.side_a, version=version) as client,
    ):
        await client.open(BULK_MODE)
        invoke_id = client.send("LIST_AGENT_TEAM_REQ", {"SupervisorID": 5000})
        segments = [await client.receive("LIST_AGENT_TEAM_CONF") for _ in range(3)]
        assert {segment["fields"]["InvokeID"] for segment in segments} == {invoke_id}
        assert [segment["fields"]["SegmentNumber"] for segment in segments] == [0, 1, 2]
        assert [segment["fields"]["More"] for segment in segments] == [1, 1, 0]
        assert [segment["fields"]["NumberOfAgentTeams"] for segment in segments] == [64, 64, 2]
        teams = [value for segment in segments for name, value in segment["floating"] if name == "TeamID"]
        assert teams == list(range(1, 131))


async def test_a_supervisor_without_teams_gets_one_empty_segment() -> None:
    population = Population.numbered(1)
    population.agents["1001"].supervisor = True
    async with Simulator(population=population) as sim, await RawClient.connect(sim.side_a) as client:
        await client.open(BULK_MODE)
        answer = await client.ask("LIST_AGENT_TEAM_REQ", {"SupervisorID": 5000})
        assert (answer["fields"]["NumberOfAgentTeams"], answer["fields"]["More"]) == (0, 0)


async def test_without_its_mask_bit_a_supervisor_gets_no_team_configuration(team: Simulator) -> None:
    async with await RawClient.connect(team.side_a) as client:
        await open_supervisor(client, CallMsgMask=0xFFFFFFFF & ~TEAM_CONFIG_MASK)
        assert await client.settle() == []


async def test_the_members_of_a_team_follow_the_confirmation_of_an_all_events_monitor(
    team: Simulator, bulk: RawClient
) -> None:
    assert await bulk.settle() == [], "an All Events session gets no list when it is opened"
    conf = await bulk.ask("MONITOR_AGENT_TEAM_START_REQ", {"TeamID": 1})
    number = conf["fields"]["MonitorID"]
    (config,) = await bulk.settle()
    assert members(config) == [("1001", 5), ("1002", 0), ("1003", 0), ("1004", 0)]
    team.set_agent_state("1002", NOT_READY)
    copies = [record["fields"]["MonitorID"] for record in await bulk.settle()]
    assert copies == [0, number], "one as All Events client, one of the monitor"
    await bulk.ask("MONITOR_AGENT_TEAM_STOP_REQ", {"MonitorID": number})
    assert status_of(await bulk.ask("MONITOR_AGENT_TEAM_STOP_REQ", {"MonitorID": number})) == 55


async def test_a_supervisor_monitors_its_own_teams_only() -> None:
    population = Population.numbered(8, team_size=4)
    async with Simulator(population=population) as sim, await RawClient.connect(sim.side_a) as client:
        await open_supervisor(client)
        (config,) = await client.settle()
        assert config["fields"]["TeamID"] == 1
        assert status_of(await client.ask("MONITOR_AGENT_TEAM_START_REQ", {"TeamID": 2})) == 65


# --- monitors of a supervisor's session ---------------------------------------------------------------


async def test_a_device_monitor_brings_the_calls_of_a_team_member(
    team: Simulator, supervisor: RawClient
) -> None:
    conf = await supervisor.ask("MONITOR_START_REQ", *device_monitor("3002"))
    number = conf["fields"]["MonitorID"]
    connection = talking(team, "1002")
    events = await supervisor.settle()
    assert {record["fields"]["MonitorID"] for record in events} == {number}
    assert {"BEGIN_CALL", "CALL_DELIVERED", "CALL_ESTABLISHED"} <= set(names(events))
    conf = await supervisor.ask("MONITOR_START_REQ", *call_monitor(connection))
    of_call = conf["fields"]["MonitorID"]
    team.plant.clear_connection(connection)
    ends = [r["fields"]["MonitorID"] for r in await supervisor.settle() if r["message"] == "END_CALL_EVENT"]
    assert sorted(ends) == sorted([number, of_call, of_call]), "the caller's connection and the agent's"
    await supervisor.ask("MONITOR_STOP_REQ", {"MonitorID": number})
    talking(team, "1002")
    assert await supervisor.settle() == []


# --- supervision of calls -----------------------------------------------------------------------------


async def of_call(client: RawClient) -> list[str]:
    """The call events that a client got since the last look, without agent states and RTP streams."""
    return [name for name in names(await client.settle()) if not name.startswith(("AGENT_STATE", "RTP_"))]


@pytest.mark.parametrize("form", ["own session", "All Events"])
async def test_each_action_is_seen_by_everyone_concerned(
    team: Simulator, supervisor: RawClient, bulk: RawClient, form: str
) -> None:
    asks = supervisor if form == "own session" else bulk
    connection = talking(team, "1002")
    async with await RawClient.connect(team.side_a) as agent:
        await agent.open_agent(1, CallMsgMask=ALL_CALLS)
        clients = (supervisor, agent, bulk)
        for client in clients:
            await client.settle()
        seen: dict[int, list[list[str]]] = {}
        for action in (LISTEN, WHISPER, BARGE_IN, CLEAR, BARGE_IN, INTERCEPT):
            fields, floating = supervision(action)
            invoke_id = asks.send("SUPERVISE_CALL_REQ", fields, floating)
            conf = await asks.receive("SUPERVISE_CALL_CONF")
            assert conf["fields"]["InvokeID"] == invoke_id
            assert conf["fields"]["ConnectionCallID"] == connection.call_id
            assert values(conf)["ConnectionDeviceID"] == connection.connection_id
            seen[action] = [await of_call(client) for client in clients]
        joins = ["BEGIN_CALL", "CALL_ESTABLISHED"]
        leaves = ["CALL_CONNECTION_CLEARED", "END_CALL"]
        assert seen[LISTEN] == [joins, [], joins], "the agent and the caller do not notice"
        assert seen[WHISPER] == [["CALL_DATA_UPDATE"], [], ["CALL_DATA_UPDATE"]]
        barge_in = [*joins, "CALL_CONFERENCED"]
        assert seen[BARGE_IN] == [barge_in, ["CALL_CONFERENCED"], barge_in]
        assert seen[CLEAR] == [leaves, [], leaves]
        assert seen[INTERCEPT] == [[], leaves, leaves]
    (call,) = team.plant.calls
    assert [c.device.number for c in call.connections if c.agent] == ["3001"]


async def test_a_supervision_ends_although_the_agent_holds_the_call(
    team: Simulator, supervisor: RawClient
) -> None:
    connection = talking(team, "1002")
    await supervisor.ask("SUPERVISE_CALL_REQ", *supervision(LISTEN))
    team.plant.hold(connection)
    await supervisor.settle()
    conf = await supervisor.ask("SUPERVISE_CALL_REQ", *supervision(CLEAR))
    assert conf["message"] == "SUPERVISE_CALL_CONF"
    assert (await of_call(supervisor))[-1] == "END_CALL"


async def test_a_supervision_that_is_not_possible_is_refused(
    team: Simulator, supervisor: RawClient, bulk: RawClient
) -> None:
    privilege, no_active_call, object_state, nothing_to_clear = 8, 24, 22, 27
    for client in (supervisor, bulk):
        refused = await client.ask("SUPERVISE_CALL_REQ", *supervision(LISTEN))
        assert code_of(refused) == no_active_call
    talking(team, "1002")
    await supervisor.settle()
    await bulk.settle()
    assert code_of(await supervisor.ask("SUPERVISE_CALL_REQ", *supervision(INTERCEPT))) == object_state
    assert code_of(await supervisor.ask("SUPERVISE_CALL_REQ", *supervision(CLEAR))) == nothing_to_clear
    team.set_agent_state("1003", NOT_READY)
    await supervisor.settle()
    await bulk.settle()
    of_another = supervision(LISTEN, instrument="3003")
    assert code_of(await bulk.ask("SUPERVISE_CALL_REQ", *of_another)) == privilege, "is not a supervisor"
    assert code_of(await supervisor.ask("SUPERVISE_CALL_REQ", *of_another)) == privilege, "is not its device"
    for client in (supervisor, bulk):
        fields, floating = supervision(LISTEN)
        assert status_of(await client.ask("SUPERVISE_CALL_REQ", fields, floating[:1])) == 6
        unknown = [["AgentID", "9999"], *floating[1:]]
        assert status_of(await client.ask("SUPERVISE_CALL_REQ", fields, unknown)) == 8
        wrong = fields | {"SupervisoryAction": 5}
        assert status_of(await client.ask("SUPERVISE_CALL_REQ", wrong, floating)) == 82
    async with await RawClient.connect(team.side_a) as agent:
        await agent.open_agent(2)
        assert status_of(await agent.ask("SUPERVISE_CALL_REQ", *supervision(LISTEN))) == 12


async def test_the_supervisors_own_call_is_none_or_one_at_its_device(
    team: Simulator, supervisor: RawClient
) -> None:
    connection = talking(team, "1002")
    fields, floating = supervision(LISTEN)
    unknown = fields | {"SupervisorConnectionCallID": 4711}
    assert code_of(await supervisor.ask("SUPERVISE_CALL_REQ", unknown, floating)) == 13
    of_agent = fields | {"SupervisorConnectionCallID": connection.call_id}
    named = [*floating, ["SupervisorConnectionDeviceID", connection.connection_id]]
    assert code_of(await supervisor.ask("SUPERVISE_CALL_REQ", of_agent, named)) == 12
    await supervisor.ask("SUPERVISE_CALL_REQ", fields, floating)
    await supervisor.settle()
    own = team.plant.active(team.agent("1001"))
    fields, floating = supervision(CLEAR)
    named = [*floating, ["SupervisorConnectionDeviceID", own.connection_id]]
    conf = await supervisor.ask(
        "SUPERVISE_CALL_REQ", fields | {"SupervisorConnectionCallID": own.call_id}, named
    )
    assert conf["message"] == "SUPERVISE_CALL_CONF"


async def test_a_supervisor_session_without_the_peripheral_monitor_need_not_name_itself(
    team: Simulator,
) -> None:
    team.set_agent_state("1001", NOT_READY)
    talking(team, "1002")
    async with await RawClient.connect(team.side_a) as client:
        await open_supervisor(client, AGENT_MODE | SUPERVISOR, CallMsgMask=0, AgentStateMask=0)
        fields, floating = supervision(LISTEN)
        assert (await client.ask("SUPERVISE_CALL_REQ", fields, floating[:1]))["message"] == (
            "SUPERVISE_CALL_CONF"
        )


# --- states of team members -----------------------------------------------------------------------------


async def test_a_team_member_is_logged_out_over_all_events(
    team: Simulator, supervisor: RawClient, bulk: RawClient
) -> None:
    await supervisor.ask("MONITOR_AGENT_TEAM_START_REQ", {"TeamID": 1})
    team.set_agent_state("1002", NOT_READY)
    await supervisor.settle()
    await bulk.settle()
    fields, floating = bulk.state_request(LOGOUT, 1, EventReasonCode=999)
    floating.append(["SupervisorID", "1001"])
    refused = await supervisor.ask("SET_AGENT_STATE_REQ", fields, floating)
    assert code_of(refused) == 8, "a Client Events session controls its own device only"
    assert (await bulk.ask("SET_AGENT_STATE_REQ", fields, floating))["message"] == "SET_AGENT_STATE_CONF"
    (event,) = await supervisor.settle()
    assert (event["fields"]["AgentState"], event["fields"]["EventReasonCode"]) == (LOGOUT, 999)
    assert (await supervisor.ask("QUERY_AGENT_STATISTICS_REQ", *own_statistics()))["message"] == (
        "QUERY_AGENT_STATISTICS_CONF"
    ), "the supervisor's session stays"


def own_statistics() -> tuple[Record, list[Any]]:
    return {"PeripheralID": 5000}, [["AgentID", "1001"]]


async def test_a_session_with_the_peripheral_monitor_must_name_the_agent(
    team: Simulator, supervisor: RawClient
) -> None:
    fields, _ = own_statistics()
    assert status_of(await supervisor.ask("QUERY_AGENT_STATISTICS_REQ", fields)) == 6
    message = fields | {"Distribution": 1}
    assert status_of(await supervisor.ask("USER_MESSAGE_REQ", message, [["Text", "hello"]])) == 6


# --- help ---------------------------------------------------------------------------------------------


def help_request(agent: str) -> tuple[Record, list[Any]]:
    fields = {"PeripheralID": 5000, "ConnectionCallID": NULL, "ConnectionDeviceIDType": NONE}
    return fields, [["ConnectionDeviceID", ""], ["AgentID", agent]]


async def test_an_emergency_names_the_client_that_declared_it(
    team: Simulator, supervisor: RawClient, bulk: RawClient
) -> None:
    team.set_agent_state("1002", NOT_READY)
    async with await RawClient.connect(team.side_a) as desk, await RawClient.connect(team.side_a) as other:
        await desk.open_agent(1, client_id="desk")
        await other.open_agent(2, client_id="other")
        await bulk.settle()
        sessions = {session.client_id: session.session_id for session in team.side_a.sessions}
        for client, client_id in ((desk, "desk"), (bulk, "test")):
            conf = await client.ask("EMERGENCY_CALL_REQ", *help_request("1002"))
            assert conf["message"] == "EMERGENCY_CALL_CONF"
            for receiver in (supervisor, bulk):
                (event,) = [r for r in await receiver.settle() if r["message"] == "EMERGENCY_CALL_EVENT"]
                assert values(event)["ClientID"] == client_id
                assert event["fields"]["SessionID"] == sessions[client_id]
                assert values(event)["AgentID"] == "1002"
            team.plant.clear_connection(team.plant.present(team.agent("1002")))
            for receiver in (supervisor, bulk, desk):
                await receiver.settle()
        assert "EMERGENCY_CALL" not in names(await other.settle()), "a member is not a supervisor"


async def test_an_assist_call_rings_at_the_supervisor(
    team: Simulator, supervisor: RawClient, bulk: RawClient
) -> None:
    team.set_agent_state("1002", NOT_READY)
    await bulk.settle()
    conf = await bulk.ask("SUPERVISOR_ASSIST_REQ", *help_request("1002"))
    assert conf["message"] == "SUPERVISOR_ASSIST_CONF"
    events = await supervisor.settle()
    begin = next(r for r in events if r["message"] == "BEGIN_CALL_EVENT")
    assert begin["fields"]["CallType"] == 19
    assert begin["fields"]["ConnectionCallID"] == conf["fields"]["ConnectionCallID"]
    assert "CALL_DELIVERED" in names(events)


# --- messages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("distribution", "floating", "receivers"),
    [
        (0, [["ClientID", "two"]], ["two"]),
        (1, [["AgentID", "1002"]], ["boss"]),
        (2, [["AgentInstrument", "3002"]], ["boss", "two", "three"]),
        (3, [], ["boss", "two", "three", "listener"]),
    ],
)
async def test_messages_of_an_all_events_client_reach_client_supervisor_team_or_all(
    distribution: int, floating: list[Any], receivers: list[str]
) -> None:
    population = Population.numbered(8, team_size=4)
    async with Simulator(population=population) as sim:
        clients: dict[str, RawClient] = {}
        for name in ("boss", "two", "three", "other", "listener", "sender"):
            clients[name] = await RawClient.connect(sim.side_a)
        await open_supervisor(clients["boss"])
        await clients["boss"].settle()
        for name, number in (("two", 1), ("three", 2), ("other", 5)):
            await clients[name].open_agent(number, client_id=name)
        await clients["listener"].open(ALL_EVENTS, floating=clients["listener"].identity("listener"))
        await clients["sender"].open(BULK_MODE, floating=clients["sender"].identity("sender"))
        fields = {"PeripheralID": 5000, "Distribution": distribution}
        conf = await clients["sender"].ask("USER_MESSAGE_REQ", fields, [*floating, ["Text", "hello"]])
        assert conf["message"] == "USER_MESSAGE_CONF"
        expected = [*receivers, "other"] if distribution == 3 else receivers
        for name, client in clients.items():
            events = await client.settle()
            assert names(events) == (["USER_MESSAGE"] if name in expected else []), name
            for event in events:
                assert event["fields"]["Distribution"] == distribution
                assert (values(event)["ClientID"], values(event)["Text"]) == ("sender", "hello")
            client.drop()


async def test_a_message_that_reaches_nobody_is_refused(team: Simulator, bulk: RawClient) -> None:
    for status, distribution, floating in (
        (63, 0, [["ClientID", "nobody"]]),
        (6, 0, []),
        (64, 1, [["AgentID", "1002"]]),
        (6, 1, []),
        (6, 2, []),
        (8, 2, [["AgentID", "9999"]]),
        (71, 4, []),
    ):
        fields = {"PeripheralID": 5000, "Distribution": distribution}
        answer = await bulk.ask("USER_MESSAGE_REQ", fields, [*floating, ["Text", "hello"]])
        assert status_of(answer) == status, (distribution, floating)
