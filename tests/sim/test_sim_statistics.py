"""Statistics of agents and skill groups over the wire, for every protocol version."""

from collections.abc import AsyncIterator

import pytest
from support import reference_codec
from support.model import talking
from support.raw_client import AGENT_MODE, BULK_MODE, NOT_READY, NUMBERS, RawClient, Record, status_of, values

from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Population, Simulator
from ctios_fast.sim.plant import DeskSettings

NULL = 0xFFFFFFFF
VERSIONS = range(9, 26)
UNKNOWN_TO_THE_PLANT = {"RouterCallsQNow", "LongestRouterCallQNow"}


@pytest.fixture
async def sim(clock: ManualClock) -> AsyncIterator[Simulator]:
    """Four agents with required after-call work, in group 1 or 2, whose time moves by hand."""
    desk = DeskSettings(wrapup_incoming=0)
    population = Population.numbered(4, skill_groups=2, team_size=4, desk=desk)
    async with Simulator(population=population, plant_clock=clock) as simulator:
        yield simulator


@pytest.fixture
async def client(sim: Simulator) -> AsyncIterator[RawClient]:
    async with await RawClient.connect(sim.side_a) as bulk:
        await bulk.open(BULK_MODE, AgentStateMask=0)
        yield bulk


async def of_agent(client: RawClient, agent: str = "1001") -> Record:
    answer = await client.ask("QUERY_AGENT_STATISTICS_REQ", {"PeripheralID": 5000}, [["AgentID", agent]])
    assert answer["message"] == "QUERY_AGENT_STATISTICS_CONF", answer
    return answer


def group_request(number: int = NULL, group_id: int = NULL) -> Record:
    return {"PeripheralID": 5000, "SkillGroupNumber": number, "SkillGroupID": group_id}


async def of_group(client: RawClient, number: int = NULL, group_id: int = NULL) -> Record:
    answer = await client.ask("QUERY_SKILL_GROUP_STATISTICS_REQ", group_request(number, group_id))
    assert answer["message"] == "QUERY_SKILL_GROUP_STATISTICS_CONF", answer
    return answer


def documented_fields(message: str, version: int) -> set[str]:
    fixed = reference_codec.MESSAGES[NUMBERS[message]]["fixed"]
    return {field["name"] for field in fixed if field.get("since", 0) <= version}


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_version_gets_every_field_that_it_has(sim: Simulator, version: int) -> None:
    connection = talking(sim, "1001")
    sim.plant.clear_connection(connection)
    async with await RawClient.connect(sim.side_a, version=version) as client:
        await client.open(BULK_MODE, AgentStateMask=0)
        agent, group = await of_agent(client), await of_group(client, 1)
        for answer in (agent, group):
            assert answer["fields"].keys() == documented_fields(answer["message"], version)
        assert values(agent) == {"AgentExtension": "3001", "AgentID": "1001", "AgentInstrument": "3001"}
        assert values(group) == {}
        unknown = {name for name, value in group["fields"].items() if value == NULL}
        assert unknown == UNKNOWN_TO_THE_PLANT
        assert (group["fields"]["SkillGroupNumber"], group["fields"]["SkillGroupID"]) == (1, 101)
        assert group["fields"]["AgentsLoggedOn"] == 1


@pytest.mark.parametrize(("number", "group_id"), [(2, NULL), (NULL, 102), (2, 102)])
async def test_a_group_is_named_by_number_by_id_or_by_both(
    client: RawClient, number: int, group_id: int
) -> None:
    fields = (await of_group(client, number, group_id))["fields"]
    assert (fields["SkillGroupNumber"], fields["SkillGroupID"]) == (2, 102)


@pytest.mark.parametrize(
    ("number", "group_id"), [(NULL, NULL), (7, NULL), (NULL, 7), (2, 101), (102, NULL), (NULL, 2)]
)
async def test_a_group_that_is_not_named_or_unknown_is_refused(
    client: RawClient, number: int, group_id: int
) -> None:
    answer = await client.ask("QUERY_SKILL_GROUP_STATISTICS_REQ", group_request(number, group_id))
    assert status_of(answer) == 72


async def test_an_unknown_agent_and_contradicting_names_are_refused(client: RawClient) -> None:
    for status, floating in (
        (8, [["AgentID", "9999"]]),
        (8, [["AgentExtension", "9999"]]),
        (32, [["AgentID", "1001"], ["AgentInstrument", "3002"]]),
        (6, []),
    ):
        answer = await client.ask("QUERY_AGENT_STATISTICS_REQ", {"PeripheralID": 5000}, floating)
        assert status_of(answer) == status, floating


async def test_another_peripheral_is_refused(client: RawClient) -> None:
    answer = await client.ask("QUERY_AGENT_STATISTICS_REQ", {"PeripheralID": 1}, [["AgentID", "1001"]])
    assert status_of(answer) == 7
    answer = await client.ask("QUERY_SKILL_GROUP_STATISTICS_REQ", group_request(1) | {"PeripheralID": 1})
    assert status_of(answer) == 7


async def test_an_agent_mode_session_gets_its_own_statistics_only(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as desk:
        await desk.open(AGENT_MODE, floating=desk.identity(AgentID="1002"))
        own = await desk.ask("QUERY_AGENT_STATISTICS_REQ", {"PeripheralID": 5000})
        assert values(own)["AgentID"] == "1002"
        other = await desk.ask("QUERY_AGENT_STATISTICS_REQ", {"PeripheralID": 5000}, [["AgentID", "1001"]])
        assert status_of(other) == 8


async def test_a_logged_out_agent_keeps_its_figures_of_today_and_of_its_last_session(
    sim: Simulator, client: RawClient, clock: ManualClock
) -> None:
    sim.set_agent_state("1001", AgentState.AGENT_STATE_LOGIN)
    clock.advance(60)
    sim.set_agent_state("1001", AgentState.AGENT_STATE_LOGOUT)
    clock.advance(60)
    fields = (await of_agent(client))["fields"]
    assert (fields["LoggedOnTimeSession"], fields["LoggedOnTimeToday"]) == (60, 60)
    assert (await of_group(client, 1))["fields"]["AgentsLoggedOn"] == 0
    sim.set_agent_state("1001", AgentState.AGENT_STATE_LOGIN)
    clock.advance(10)
    fields = (await of_agent(client))["fields"]
    assert (fields["LoggedOnTimeSession"], fields["LoggedOnTimeToday"]) == (10, 70)


async def test_a_call_is_counted_when_its_after_call_work_ends(
    sim: Simulator, client: RawClient, clock: ManualClock
) -> None:
    clock.advance(1)
    connection = talking(sim, "1001")
    clock.advance(40)
    sim.plant.clear_connection(connection)
    assert sim.agent("1001").state is AgentState.AGENT_STATE_WORK_READY
    clock.advance(19)
    counted = ("HandledCalls", "HandledCallsTime", "HandledCallsTalkTime", "HandledCallsAfterCallTime")
    for expected in ((0, 0, 0, 0), (1, 59, 40, 19)):
        for answer, spans in (
            (await of_agent(client), ("Session", "Today")),
            (await of_group(client, 1), ("To5", "ToHalf", "Today")),
        ):
            for span in spans:
                assert tuple(answer["fields"][name + span] for name in counted) == expected, span
        sim.set_agent_state("1001", NOT_READY)


async def test_spans_end_with_five_minutes_half_an_hour_and_the_day(
    sim: Simulator, client: RawClient, clock: ManualClock
) -> None:
    clock.advance(86400 - 100)
    sim.set_agent_state("1001", NOT_READY)
    clock.advance(100 + 290)
    names = [f"LoggedOnTime{span}" for span in ("To5", "ToHalf", "Today")]
    fields = (await of_group(client, 1))["fields"]
    assert [fields[name] for name in names] == [290, 290, 290]
    clock.advance(20)
    fields = (await of_group(client, 1))["fields"]
    assert [fields[name] for name in names] == [10, 310, 310]
    clock.advance(1500)
    fields = (await of_group(client, 1))["fields"]
    assert [fields[name] for name in names] == [10, 10, 1810]
    agent = (await of_agent(client))["fields"]
    assert (agent["LoggedOnTimeSession"], agent["LoggedOnTimeToday"]) == (1910, 1810)


async def test_calls_that_wait_are_counted_and_their_times_reported(
    sim: Simulator, client: RawClient, clock: ManualClock
) -> None:
    clock.advance(10)
    sim.plant.inbound("9001")
    clock.advance(20)
    second = sim.plant.inbound("9001")
    clock.advance(5)
    fields = (await of_group(client, 1))["fields"]
    assert (fields["CallsQNow"], fields["CallsQTimeNow"], fields["LongestCallQNow"]) == (2, 30, 25)
    assert (fields["CallsQ5"], fields["LongestCallQ5"]) == (0, 0), "counted when they leave the queue"
    sim.plant.caller_hangs_up(second)
    fields = (await of_group(client, 1))["fields"]
    for span in ("5", "Half", "Today"):
        assert (fields[f"CallsQ{span}"], fields[f"CallsQTime{span}"], fields[f"LongestCallQ{span}"]) == (
            1,
            5,
            5,
        )
