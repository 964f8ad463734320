"""Traffic of a simulated contact centre: a fixed number of calls a second, whose parties act at random."""

import heapq
import itertools
import random

from ctios_fast.connection.clock import ManualClock
from ctios_fast.sim import Simulator
from ctios_fast.sim.plant import Call, PlantAgent, PlantError

from .random_centre import RandomActs

__all__ = ["CALLS_A_SECOND", "TICK", "Traffic"]

CALLS_A_SECOND = 20
#: Seconds from one call to the next.
TICK = 1 / CALLS_A_SECOND
#: A call ends this many seconds after it began, if its parties have not ended it before.
MIN_LIFE, MAX_LIFE = 1.0, 8.0
#: Acts of each tick beside the new call.
ACTS_A_TICK = 2

#: Acts whose outcome every client of the plant hears in the same way.
_ACTS = frozenset(
    [
        "answer",
        "hold",
        "retrieve",
        "consult",
        "conference",
        "transfer",
        "alternate",
        "reconnect",
        "clear",
        "hang_up",
        "change_state",
        "set_data",
    ]
)


class Traffic(RandomActs):
    """The traffic of one simulator. It runs only in ``tick``, so that it pauses between two calls of it.

    - ``favourite``: an agent that has a part in each second call, None for none.
    - ``begun``: calls from outside and by agents.
    """

    def __init__(
        self, sim: Simulator, clock: ManualClock, seed: int, favourite: PlantAgent | None = None
    ) -> None:
        super().__init__(random.Random(seed), sim.plant, clock)
        self.acts = [(weight, act) for weight, act in self.acts if act.__name__ in _ACTS]
        if favourite is not None:
            self.agents += [favourite] * len(self.agents)
        self.begun = 0
        self._ends: list[tuple[float, int, Call]] = []
        self._order = itertools.count()

    def tick(self) -> None:
        """Begin one call, let the parties of others act, and let the time to the next call pass."""
        self._begin()
        for _ in range(ACTS_A_TICK):
            self.act()
        while self._ends and self._ends[0][0] <= self.clock.time():
            self._end(heapq.heappop(self._ends)[2])
        self.clock.advance(TICK)

    def _begin(self) -> None:
        before = len(self.plant.calls)
        ways = [self.call_agent, self.make_call]
        way, agent = self.random.choice([*ways, self.call_queue]), self.random.choice(self.agents)
        try:
            way(agent)
        except PlantError:  # that agent is busy; a queue never is
            self.call_queue(agent)
        assert len(self.plant.calls) == before + 1
        self.begun += 1
        end = self.clock.time() + self.random.uniform(MIN_LIFE, MAX_LIFE)
        heapq.heappush(self._ends, (end, next(self._order), self.plant.calls[-1]))

    def _end(self, call: Call) -> None:
        if call in self.plant.calls and call.connections:
            self.plant.clear_call(call.connections[0])
