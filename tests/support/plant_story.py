"""A small plant whose events are given as short lines, and a picture of a plant's configuration."""

import dataclasses
import random
from typing import Any

from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import AgentState, LocalConnectionState
from ctios_fast.sim.plant import (
    Connection,
    DeskSettings,
    Plant,
    PlantAgent,
    PlantEvent,
    PlantSettings,
    Population,
)

NAMES = {
    value: name.removesuffix("_EVENT").removeprefix("CALL_").lower()
    for name, value in vars(messages).items()
    if name.endswith("_EVENT")
}


class Story:
    """Agents 1001 (the supervisor) to 1006 at extensions 3001 to 3006; queue 9001 of their group."""

    def __init__(self, settings: PlantSettings | None = None, **desk: float | bool) -> None:
        self.clock = ManualClock(1000.0)
        population = Population.numbered(6, skill_groups=1, team_size=6, desk=DeskSettings(**desk))  # type: ignore[arg-type]
        self.plant = Plant(population, self.clock, random.Random(1), settings or PlantSettings(rtp=False))
        self.events: list[PlantEvent] = []
        self.plant.subscribe(self.events.append)

    def agent(self, number: int) -> PlantAgent:
        return self.plant.agent(str(1000 + number))

    def log_in(self, *numbers: int, ready: bool = False) -> None:
        for number in numbers:
            self.plant.set_agent_state(self.agent(number), AgentState.AGENT_STATE_LOGIN)
            if ready:
                self.plant.set_agent_state(self.agent(number), AgentState.AGENT_STATE_AVAILABLE)
        self.events.clear()

    def talk(self, number: int) -> Connection:
        """Connect an outside caller through the queue; return the agent's connection."""
        agent = self.agent(number)
        if agent.state is not AgentState.AGENT_STATE_AVAILABLE:
            self.plant.set_agent_state(agent, AgentState.AGENT_STATE_AVAILABLE)
        self.plant.inbound("9001", ani="5550001")
        self.plant.answer(self.plant.alerting(agent))
        self.events.clear()
        return self.plant.active(agent)

    def lines(self) -> list[str]:
        """Return the events since the last call as texts: "delivered 3001 ALERTING", "state 1001 TALKING"."""
        lines = [_line(event) for event in self.events]
        self.events.clear()
        return lines


def _line(event: PlantEvent) -> str:
    floating = dict(event.floating)
    if event.message == messages.AGENT_STATE_EVENT:
        state = AgentState(event.fields["AgentState"]).name.removeprefix("AGENT_STATE_")
        return f"state {floating['AgentID']} {state}"
    words = [NAMES[event.message]]
    if "ConnectionDeviceID" in floating:
        words.append(str(floating["ConnectionDeviceID"]))
    if "LocalConnectionState" in event.fields:
        words.append(LocalConnectionState(event.fields["LocalConnectionState"]).name.removeprefix("LCS_"))
    return " ".join(words)


def picture(plant: Plant) -> Any:
    """Everything that administrators can change."""
    population = plant.population
    return (
        plant.snapshot(),
        {
            key: (a.first_name, a.last_name, a.login_name, a.supervisor)
            for key, a in population.agents.items()
        },
        {key: (g.group_id, g.name, len(g.queues)) for key, g in population.skill_groups.items()},
        {key: dataclasses.astuple(service) for key, service in population.services.items()},
        {key: dataclasses.astuple(team) for key, team in population.teams.items()},
        list(population.devices),
        list(population.queues),
    )
