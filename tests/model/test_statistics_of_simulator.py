"""Statistics that the library reads from the simulator agree with the calls that it made."""

import asyncio
import random
from collections.abc import Mapping

import pytest
from support.model import Recorder, settled, soon
from support.order_checker import FIXED, OrderChecker, decode
from support.random_centre import RandomActs, encode_event

from ctios_fast import Arguments, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.sim import Simulator
from ctios_fast.sim.plant import DeskSettings, PlantEvent, Population

#: Figures that the checker counts from the events, without the simulator's own statistics.
COUNTED = ("HandledCalls", "AgentOutCalls", "InternalCalls", "InternalCallsRcvd")
#: Figures of a group that are the sums of its agents' figures, where each agent has one group.
SUMS = (
    *("LoggedOnTime", "AvailTime", "NotReadyTime", "HandledCalls", "HandledCallsTime", "AgentOutCalls"),
    *("InternalCallsRcvd", "IncomingCallsHeld", "BargeInCalls"),
)
#: The numbers of agents of a group by their state.
STATES = (
    *("AgentsAvail", "AgentsNotReady", "AgentsTalkingIn", "AgentsTalkingOut", "AgentsTalkingOther"),
    *("AgentsWorkNotReady", "AgentsWorkReady", "AgentsBusyOther", "AgentsReserved", "AgentsHold"),
    *("AgentsTalkingAutoOut", "AgentsTalkingPreview", "AgentsTalkingReservation"),
)

Figures = Mapping[str, int | None]


def check_agent(figures: Figures, computed: Mapping[str, float | int | None]) -> None:
    """The figures of an agent do not contradict each other."""
    values = {name: value for name, value in figures.items() if value is not None}
    assert len(values) == 84, "an agent has no figure that is unknown"
    for span in ("Session", "Today"):
        part = {name.removesuffix(span): value for name, value in values.items() if name.endswith(span)}
        assert part["LoggedOnTime"] >= part["AvailTime"] + part["NotReadyTime"]
        assert part["HandledCallsTime"] == part["HandledCallsTalkTime"] + part["HandledCallsAfterCallTime"]
        assert part["AgentOutCallsTime"] >= part["AgentOutCallsTalkTime"] >= part["AgentOutCallsHeldTime"]
        assert part["HandledCallsTalkTime"] >= part["IncomingCallsHeldTime"]
        assert part["HandledCalls"] >= part["IncomingCallsHeld"]
        assert part["AgentOutCalls"] >= part["AgentOutCallsHeld"]
    for name, value in values.items():
        if name.endswith("Session"):
            assert value <= values[name.removesuffix("Session") + "Today"], name
    calls = values["AgentOutCallsToday"] + values["HandledCallsToday"]
    handled = values["AgentOutCallsTimeToday"] + values["HandledCallsTimeToday"]
    assert computed["CallsHandledToday"] == calls
    assert computed["AvgHandleTimeToday"] == (handled / calls if calls else 0)


def check_group(figures: Figures, agents: list[Figures]) -> None:
    """The figures of a group do not contradict each other nor those of its agents."""
    assert len(figures) == 145
    known = {name: value for name, value in figures.items() if value is not None}
    assert set(figures) - set(known) == {"RouterCallsQNow", "LongestRouterCallQNow"}
    assert known["AgentsReady"] == known["AgentsLoggedOn"] - known["AgentsNotReady"]
    assert known["AgentsLoggedOn"] == sum(known[name] for name in STATES)
    for name, value in known.items():
        if name.endswith("To5"):
            stem = name.removesuffix("To5")
            assert value <= known[f"{stem}ToHalf"] <= known[f"{stem}Today"], name
    for name in SUMS:
        assert known[f"{name}Today"] == sum(agent[f"{name}Today"] or 0 for agent in agents), name


async def make_calls(acts: RandomActs, session: Session, recorder: Recorder, calls: int) -> None:
    """Act until that many calls have been made; then end all of them."""
    while acts.calls < calls:
        for _ in range(100):
            acts.act()
            acts.clock.advance(acts.random.randrange(1, 4))
        await settled(session)
        recorder.clear()
    acts.wind_down()
    await settled(session)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("calls", "is_checked"), [(300, True), (5_000, False)])
async def test_statistics_agree_with_the_calls(
    session: Session, recorder: Recorder, calls: int, is_checked: bool
) -> None:
    # The checker keeps every call, so that its time grows with the square of their number.
    clock = ManualClock(1000.0)
    desk = DeskSettings(wrapup_incoming=0, wrapup_outgoing=2, ring_no_answer_time=25.0)
    population = Population.numbered(12, skill_groups=2, team_size=4, desk=desk)
    checker = OrderChecker()
    async with Simulator(pair="both-active", population=population, plant_clock=clock) as sim:

        def on_event(event: PlantEvent) -> None:
            if event.message in FIXED:
                checker.feed(clock.time(), decode(encode_event(event), 25))

        if is_checked:
            sim.plant.subscribe(on_event)
        acts = RandomActs(random.Random(5), sim.plant, clock)
        await soon(session.connect(ctios_a=sim.side_a.host, port_a=sim.side_a.port))
        await soon(session.set_bulk_mode(5000))
        await make_calls(acts, session, recorder, calls)
        if is_checked:
            checker.finish(clock.time(), {}, {agent.agent_id: int(agent.state) for agent in acts.agents})

        heard: dict[int, Arguments] = {}
        session.subscribe(
            "OnSkillGroupStatisticsUpdated", lambda args: heard.update({args["SkillGroupNumber"]: args})
        )
        for number in population.skill_groups:
            session.enable_skill_group_statistics({"PeripheralID": 5000, "SkillGroupNumber": number})
        agents = [session.agent(agent.agent_id) for agent in acts.agents]
        await asyncio.gather(*(agent.query_agent_statistics() for agent in agents))
        await recorder.wait_for("OnSkillGroupStatisticsUpdated", len(population.skill_groups))

        read: dict[str, Figures] = {}
        for agent in agents:
            figures = agent.statistics
            assert figures is not None
            read[agent.agent_id] = figures
            check_agent(figures, figures.computed)
            seen = checker.figures(agent.agent_id)
            for name in {*seen, *COUNTED} if is_checked else ():
                assert figures[f"{name}Today"] == seen.get(name, 0), (agent, name)
        for number, group in population.skill_groups.items():
            figures = session.skill_group(number).statistics
            assert figures is not None
            assert heard[number].get_value_array("Statistics") == figures.arguments()
            check_group(figures, [read[agent.agent_id] for agent in group.agents])
        assert sum(figures["HandledCallsToday"] or 0 for figures in read.values()) > 100
