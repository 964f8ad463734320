"""A contact centre that acts at random, and the byte stream of one All Events client."""

import random
from collections.abc import Callable
from functools import cache

from ctios_fast.connection.clock import ManualClock
from ctios_fast.core import codec
from ctios_fast.protocol.enums import AgentState, ConsultType, SupervisoryAction
from ctios_fast.sim.plant import (
    CallDataChanges,
    Connection,
    DeskSettings,
    Plant,
    PlantAgent,
    PlantError,
    PlantEvent,
    PlantSettings,
    Population,
)
from support import order_checker

__all__ = ["RandomActs", "RandomCentre", "encode_event"]

NOT_READY = AgentState.AGENT_STATE_NOT_READY
AVAILABLE = AgentState.AGENT_STATE_AVAILABLE


@cache
def _layout(message: int, version: int) -> tuple[frozenset[str], frozenset[str]]:
    layout = codec(version).describe(message)
    assert layout is not None
    fixed = frozenset(f.name for f in layout.fixed if f.since <= version)
    return fixed, frozenset(f.name for f in layout.floating if f.since <= version)


def encode_event(event: PlantEvent, version: int = 25) -> bytes:
    """The event as a server sends it to an All Events client of that version."""
    fixed, floating = _layout(event.message, version)
    fields = {name: value for name, value in event.fields.items() if name in fixed}
    if "MonitorID" in fixed:
        fields["MonitorID"] = 0
    return codec(version).encode(
        event.message, fields, [item for item in event.floating if item[0] in floating]
    )


class RandomActs:
    """Random acts of agents, callers and supervisors of a plant with queues 9001 and 9002.

    - ``rng``: chooses acts, agents and numbers.
    - ``clock``: the clock of the plant.
    - ``calls``: number of calls from outside and by agents.
    - ``done``: number of acts by their name.
    - ``refused``: number of acts that the plant refused.
    """

    def __init__(self, rng: random.Random, plant: Plant, clock: ManualClock) -> None:
        self.random = rng
        self.plant = plant
        self.clock = clock
        self.agents = list(plant.population.agents.values())
        self.calls = 0
        self.done: dict[str, int] = {}
        self.refused = 0
        #: Acts with their weights.
        self.acts: list[tuple[int, Callable[[PlantAgent], object]]] = [
            (5, self.call_queue),
            (2, self.call_agent),
            (4, self.make_call),
            (16, self.answer),
            (4, self.hold),
            (4, self.retrieve),
            (12, self.consult),
            (8, self.conference),
            (7, self.transfer),
            (2, self.alternate),
            (2, self.reconnect),
            (3, self.single_step_transfer),
            (4, self.single_step_conference),
            (5, self.clear),
            (1, self.clear_call),
            (3, self.hang_up),
            (1, self.deflect),
            (5, self.supervise),
            (25, self.change_state),
            (2, self.set_data),
            (1, self.ask_for_help),
            (1, self.force_logout),
        ]

    def act(self) -> str:
        """Do one act at random on an agent at random; return its name."""
        act = self.random.choices(self.acts, [weight for weight, _ in self.acts])[0][1]
        self.attempt(act, self.random.choice(self.agents))
        return act.__name__

    def attempt(self, act: Callable[[PlantAgent], object], agent: PlantAgent) -> None:
        """Do one act on an agent; the plant may refuse it."""
        try:
            act(agent)
        except PlantError:
            self.refused += 1
        else:
            self.done[act.__name__] = self.done.get(act.__name__, 0) + 1

    def wind_down(self) -> None:
        """End every call and make every agent not ready, so that all statistics are complete."""
        plant = self.plant
        for agent in self.agents:
            if agent.state is AVAILABLE:
                plant.set_agent_state(agent, NOT_READY, 1)
        while plant.calls:
            plant.clear_call(plant.calls[0].connections[0])
            self.clock.advance(1)
            for agent in self.agents:
                if agent.state not in (NOT_READY, AgentState.AGENT_STATE_LOGOUT):
                    plant.set_agent_state(agent, NOT_READY, 2)
            self.clock.advance(1)

    # --- acts ---------------------------------------------------------------------------------------

    def _number(self) -> str:
        chance = self.random.random()
        if chance < 0.65:
            idle = [a for a in self.agents if a.logged_in and not a.device.connections]
            return self.random.choice(idle or self.agents).extension
        return self.random.choice(("9001", "9002")) if chance < 0.8 else "5550199"

    def call_queue(self, agent: PlantAgent) -> None:
        self.plant.inbound(
            self.random.choice(("9001", "9002")),
            ani=f"555{self.random.randrange(10000):04}",
            variables={"CallVariable1": "x"},
            ecc={"user.one": "1"},
            arrays={"user.many": {0: "a", 2: "b"}},
        )
        self.calls += 1

    def call_agent(self, agent: PlantAgent) -> None:
        self.plant.inbound(self.random.choice((agent.agent_id, agent.extension)), ani="5550000")
        self.calls += 1

    def make_call(self, agent: PlantAgent) -> None:
        self.plant.make_call(agent, self._number())
        self.calls += 1

    def answer(self, agent: PlantAgent) -> None:
        ringing = [
            a for a in self.agents if any(c.state.name == "LCS_ALERTING" for c in a.device.connections)
        ]
        self.plant.answer(self.plant.alerting(self.random.choice(ringing) if ringing else agent))

    def hold(self, agent: PlantAgent) -> None:
        self.plant.hold(self.plant.active(agent))

    def retrieve(self, agent: PlantAgent) -> None:
        self.plant.retrieve(self.plant.held(agent))

    def consult(self, agent: PlantAgent) -> None:
        self.plant.consult(self.plant.active(agent), self._number(), self.random.choice(list(ConsultType)))

    def _two_calls(self, agent: PlantAgent) -> tuple[Connection, Connection]:
        busy = [a for a in self.agents if len(a.device.connections) > 1]
        agent = self.random.choice(busy) if busy else agent
        held = self.plant.held(agent)
        other = [c for c in agent.device.connections if c is not held]
        return held, other[0] if other else self.plant.active(agent)

    def conference(self, agent: PlantAgent) -> None:
        self.plant.conference(*self._two_calls(agent))

    def transfer(self, agent: PlantAgent) -> None:
        self.plant.transfer(*self._two_calls(agent))

    def alternate(self, agent: PlantAgent) -> None:
        held, active = self._two_calls(agent)
        self.plant.alternate(active, held)

    def reconnect(self, agent: PlantAgent) -> None:
        held, active = self._two_calls(agent)
        self.plant.reconnect(active, held)

    def single_step_transfer(self, agent: PlantAgent) -> None:
        self.plant.single_step_transfer(self.plant.active(agent), self._number())

    def single_step_conference(self, agent: PlantAgent) -> None:
        self.plant.single_step_conference(self.plant.active(agent), self._number())

    def clear(self, agent: PlantAgent) -> None:
        self.plant.clear_connection(self.plant.present(agent))

    def clear_call(self, agent: PlantAgent) -> None:
        self.plant.clear_call(self.plant.present(agent))

    def hang_up(self, agent: PlantAgent) -> None:
        if self.plant.calls:
            self.plant.caller_hangs_up(self.random.choice(self.plant.calls))

    def deflect(self, agent: PlantAgent) -> None:
        self.plant.deflect(self.plant.alerting(agent), self._number())

    def supervise(self, agent: PlantAgent) -> None:
        teams = self.plant.population.teams
        own = [supervisor for team_id in agent.teams for supervisor in teams[team_id].supervisors]
        supervisor = self.plant.agent(own[0] if own else teams[1].supervisors[0])
        target = self.plant.active(agent)
        self.plant.supervise(supervisor, target, self.random.choice(list(SupervisoryAction)))

    def change_state(self, agent: PlantAgent) -> None:
        if not agent.logged_in:
            self.plant.set_agent_state(agent, AgentState.AGENT_STATE_LOGIN)
        elif agent.state is AVAILABLE and self.random.random() < 0.9:
            return
        elif self.random.random() < 0.05:
            self.plant.set_agent_state(agent, AgentState.AGENT_STATE_LOGOUT, 7)
        else:
            wanted = self.random.choice((AVAILABLE, AVAILABLE, AVAILABLE, NOT_READY))
            if wanted is not agent.state:
                self.plant.set_agent_state(agent, wanted, self.random.randrange(1, 30000))

    def set_data(self, agent: PlantAgent) -> None:
        changes = CallDataChanges(variables={"CallVariable2": "y"}, ecc={"user.two": "2"}, wrapup="done")
        self.plant.set_call_data(self.plant.active(agent).call, changes)

    def ask_for_help(self, agent: PlantAgent) -> None:
        if self.random.random() < 0.5:
            self.plant.emergency_call(agent)
        else:
            self.plant.supervisor_assist(agent)

    def force_logout(self, agent: PlantAgent) -> None:
        if self.random.random() < 0.2:
            self.plant.force_logout(agent, 50002)


class RandomCentre(RandomActs):
    """Random acts in a plant of its own, by a seed.

    ``outages``: whether the peripheral goes off-line now and then.
    ``stream``: time and frame of every event that the checker knows.
    """

    def __init__(
        self,
        seed: int,
        settings: PlantSettings,
        *,
        agents: int = 12,
        version: int = 25,
        outages: bool = False,
        groups_per_agent: int = 1,
    ) -> None:
        clock = ManualClock(1000.0)
        desk = DeskSettings(wrapup_incoming=0, wrapup_outgoing=2, ring_no_answer_time=25.0)
        population = Population.numbered(
            agents, skill_groups=2, groups_per_agent=groups_per_agent, team_size=4, desk=desk
        )
        plant = Plant(population, clock, random.Random(seed + 1), settings)
        super().__init__(random.Random(seed), plant, clock)
        self.stream: list[tuple[float, bytes]] = []
        self._version = version
        self.plant.subscribe(self._on_event)
        if outages:
            self.acts.append((2, self.outage))

    def _on_event(self, event: PlantEvent) -> None:
        if event.message in order_checker.FIXED:
            self.stream.append((self.clock.time(), encode_event(event, self._version)))

    # --- running ------------------------------------------------------------------------------------

    def run(self, calls: int) -> None:
        """Act until ``calls`` calls have been made, then end every call and make all agents not ready."""
        while self.calls < calls:
            self.act()
            self.clock.advance(self.random.randrange(1, 4))
        self.wind_down()

    def outage(self, agent: PlantAgent) -> None:
        """Take the peripheral off-line for a while; the calls' ends are reported at once or later."""
        if any(c.state.name == "LCS_FAIL" for a in self.agents for c in a.device.connections):
            return  # CALL_FAILED does not name the calling device, which the checker would need afterwards
        self.plant.set_peripheral(online=False, end_calls=self.random.random() < 0.5)
        for _ in range(6):
            self.clock.advance(self.random.randrange(1, 5))
            self.attempt(self.random.choice((self.call_queue, self.hang_up, self.call_agent)), agent)
        self.clock.advance(1)
        self.plant.set_peripheral(online=True)
