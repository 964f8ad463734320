"""Statistics that a program reads through the library agree with the calls of a random centre."""

import asyncio

import pytest
from support.model import Recorder, settled, soon
from support.one_side import one_side
from support.order_checker import FIXED, decode
from support.random_centre import RandomCentre, encode_event
from support.statistics_checker import EMERGENCY_CALL, StatisticsChecker, StatisticsError, decode_answer

from ctios_fast import Arguments, Session
from ctios_fast.sim.plant import PlantEvent, PlantSettings

SEED = 0
CALLS = 5000
CALLS_BETWEEN_LOOKS = 50
#: Calls that the centre has at once, at most: callers hang up. Otherwise more and more wait in the queues,
#: and the checker, which looks at each of them every second, takes ever longer.
MAX_WAITING = 40


class Watched:
    """A random centre, a session in bulk mode, and the checker of what the session reads."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.centre = RandomCentre(SEED, PlantSettings())
        population = self.centre.plant.population
        self.groups = list(population.skill_groups)
        self.checker = StatisticsChecker(
            {agent.agent_id: agent.memberships[0].group.number for agent in self.centre.agents},
            {device_id: queue.group.number for device_id, queue in population.queues.items()},
        )
        self.centre.plant.subscribe(self._on_event)

    def _on_event(self, event: PlantEvent) -> None:
        now = self.centre.clock.time()
        if event.message in FIXED:
            self.checker.feed(now, decode(encode_event(event)))
        elif event.message == EMERGENCY_CALL:
            self.checker.feed_emergency(now, str(dict(event.floating)["AgentID"]))

    async def run(self) -> None:
        """Make the calls, and look at the statistics now and then."""
        centre = self.centre
        while centre.calls < CALLS:
            done = centre.calls
            while centre.calls < done + CALLS_BETWEEN_LOOKS:
                centre.act()
                if len(centre.plant.calls) > MAX_WAITING:
                    centre.attempt(centre.hang_up, centre.agents[0])
                centre.clock.advance(centre.random.randrange(1, 4))
            await settled(self.session)
            await self.look()
        centre.wind_down()
        centre.clock.advance(1)
        await settled(self.session)
        await self.look()

    async def look(self) -> None:
        """Read the statistics of each agent and group, and check every figure."""
        now = self.centre.clock.time()
        agents = [self.session.agent(agent.agent_id) for agent in self.centre.agents]
        answers = await asyncio.gather(*(soon(agent.query_agent_statistics()) for agent in agents))
        for agent, answer in zip(agents, answers, strict=True):
            seen = self.checker.check(now, agent.agent_id, bytes(answer))
            assert agent.statistics is not None
            assert len(agent.statistics) == 84
            assert all(value == seen[name] for name, value in agent.statistics.items())
            calls = seen["AgentOutCallsToday"] + seen["HandledCallsToday"]
            handled = seen["AgentOutCallsTimeToday"] + seen["HandledCallsTimeToday"]
            computed = agent.statistics.computed
            assert computed["CallsHandledToday"] == calls
            assert computed["AvgHandleTimeToday"] == (handled / calls if calls else 0)
        for number in self.groups:
            group = self.session.skill_group(number)
            seen = self.checker.check(now, number, bytes(await soon(group.query_statistics())))
            assert group.statistics is not None
            assert len(group.statistics) == 145
            assert group.statistics.arguments() == {name: seen[name] for name in group.statistics}
            assert group.statistics["RouterCallsQNow"] is None
            assert group.statistics["AgentsReady"] == seen["AgentsLoggedOn"] - seen["AgentsNotReady"]


async def watched(session: Session) -> Watched:
    """Run a centre under the eyes of a session."""
    watched = Watched(session)
    async with one_side(watched.centre.plant, watched.centre.clock) as side:
        await soon(session.connect(ctios_a=side.host, port_a=side.port))
        await soon(session.set_bulk_mode(5000))
        await watched.run()
        await soon(session.disconnect())
    return watched


@pytest.mark.timeout(300)  # it takes 13 seconds of a processor that may be shared
async def test_the_statistics_of_five_thousand_calls_hold(session: Session) -> None:
    seen = await watched(session)
    assert seen.checker.calls_begun >= CALLS
    assert seen.checker.answers >= 14 * CALLS / CALLS_BETWEEN_LOOKS


async def test_a_figure_that_the_library_reads_wrongly_is_found(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StatisticsChecker, "feed_emergency", lambda self, time, agent_id: None)
    with pytest.raises(StatisticsError, match="EmergencyCalls"):
        await watched(session)


async def test_polled_groups_are_those_of_the_simulator(session: Session, recorder: Recorder) -> None:
    seen = Watched(session)
    async with one_side(seen.centre.plant, seen.centre.clock) as side:
        await soon(session.connect(ctios_a=side.host, port_a=side.port))
        await soon(session.set_bulk_mode(5000))
        for number in seen.groups:
            session.enable_skill_group_statistics({"PeripheralID": 5000, "SkillGroupNumber": number})
        await recorder.wait_for("OnSkillGroupStatisticsUpdated", len(seen.groups))
        heard: dict[int, Arguments] = {
            args["SkillGroupNumber"]: args for args in recorder.of("OnSkillGroupStatisticsUpdated")
        }
        for number in seen.groups:
            answer = await soon(session.skill_group(number).query_statistics())
            figures = decode_answer(bytes(answer))[1]
            args = heard[number].get_value_array("Statistics")
            assert all(figures[name] == value for name, value in args.items())
        await soon(session.disconnect())
