"""Makes a scenario happen on a plant: agents and callers act by a clock and a random source.

Agents react to the plant's events, so that clients may act for them as well: whoever is first does it, and a
step that is no longer possible is left out. While the peripheral is off-line agents try again later.
"""

import logging
import random
from collections.abc import Callable, Mapping
from typing import Any, Final

from ctios_fast.connection.clock import Clock, TimerHandle
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import AgentState, LocalConnectionState
from ctios_fast.sim.plant import Connection, Plant, PlantAgent, PlantError, PlantEvent

from .scenario import Fault, Scenario

__all__ = ["ScenarioRun"]

log = logging.getLogger("ctios_fast.sim.scenario")

RETRY: Final = 5.0
"""Seconds after which an agent tries again what the plant refused."""

_COMPLETION_TIME: Final = 5.0
"""Seconds between the looks of an agent whether its consult call was answered."""

_COMPLETION_TRIALS: Final = 6
_HOLD_TIME: Final = 15.0
_TIDY_TIME: Final = 2.0
"""Seconds after which agents leave a call that has lost its caller."""

_ALERTING: Final = LocalConnectionState.LCS_ALERTING
_CONNECT: Final = LocalConnectionState.LCS_CONNECT
_HOLD: Final = LocalConnectionState.LCS_HOLD
_NULL: Final = LocalConnectionState.LCS_NULL
_WORK: Final = frozenset({AgentState.AGENT_STATE_WORK_NOT_READY, AgentState.AGENT_STATE_WORK_READY})


class ScenarioRun:
    """One run of a scenario.

    ``scenario``: what happens.
    ``plant``: where it happens; its population is the scenario's.
    ``clock``: the plant's clock.
    ``chance``: the random source; the same one gives the same run on a virtual clock.
    ``command``: carries a fault out; it gets a command of the control socket.

    ``calls_offered``: calls that have come. ``calls_refused``: calls that the plant did not take.
    """

    def __init__(
        self,
        scenario: Scenario,
        plant: Plant,
        clock: Clock,
        chance: random.Random,
        command: Callable[[Mapping[str, object]], object],
    ) -> None:
        self.calls_offered = 0
        self.calls_refused = 0
        self._scenario: Final = scenario
        self._plant: Final = plant
        self._clock: Final = clock
        self._chance: Final = chance
        self._command: Final = command
        self._queues: Final = tuple(plant.population.queues)
        self._talking: Final[set[Connection]] = set()  # agents' connections whose end is planned
        self._ringing: Final[set[Connection]] = set()  # those whose answer is planned
        self._arrival: TimerHandle | None = None
        self._rate = 0.0
        self._running = False

    # --- life ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin: the scenario's times count from now."""
        self._running = True
        self._plant.subscribe(self._react)
        self._plan_logins()
        for rate in self._scenario.calls.rate:
            self._later(rate.at, self._set_rate, rate.rate)
        for fault in self._scenario.faults:
            self._later(fault.at, self._fault, fault)

    def stop(self) -> None:
        """End: nothing more happens by itself."""
        self._running = False
        self._plant.unsubscribe(self._react)

    def _later(self, delay: float, step: Callable[..., object], *args: Any) -> TimerHandle:
        return self._clock.call_later(delay, self._do, step, *args)

    def _do(self, step: Callable[..., object], *args: Any) -> None:
        if self._running:
            step(*args)

    def _after(self, mean: float) -> float:
        """A random time of that mean."""
        return self._chance.expovariate(1.0 / mean) if mean else 0.0

    # --- agents -------------------------------------------------------------------------------------

    def _plan_logins(self) -> None:
        plan = self._scenario.agents
        agents = list(self._plant.population.agents.values())
        agents = agents[: round(len(agents) * plan.share)]
        for place, agent in enumerate(agents):
            self._later(plan.login_time * place / len(agents), self._log_in, agent)

    def _log_in(self, agent: PlantAgent) -> None:
        if agent.logged_in:
            return
        try:
            self._plant.set_agent_state(agent, AgentState.AGENT_STATE_LOGIN)
            self._plant.set_agent_state(agent, AgentState.AGENT_STATE_AVAILABLE)
        except PlantError:
            self._later(RETRY, self._log_in, agent)

    def _react(self, event: PlantEvent) -> None:
        """Plan what agents do after an event; nothing is done within it."""
        if event.message == messages.CALL_DELIVERED_EVENT:
            for agent in self._agents_at(event):
                self._plan_answer(agent)
        elif event.message == messages.CALL_ESTABLISHED_EVENT:
            for agent in self._agents_at(event):
                self._plan_conversation(agent)
        elif event.message == messages.AGENT_STATE_EVENT and event.fields["AgentState"] in _WORK:
            for agent_id in event.audience.agents:
                agent = self._plant.population.agents[agent_id]
                self._later(
                    self._after(self._scenario.agents.wrapup_time), self._end_work, agent, agent.voice.since
                )

    def _agents_at(self, event: PlantEvent) -> list[PlantAgent]:
        devices = self._plant.population.devices
        found = (devices.get(device_id) for device_id in event.audience.devices)
        return [device.agent for device in found if device is not None and device.agent is not None]

    def _end_work(self, agent: PlantAgent, since: int) -> None:
        if agent.state not in _WORK or agent.voice.since != since:
            return
        try:
            self._plant.set_agent_state(agent, AgentState.AGENT_STATE_AVAILABLE)
        except PlantError:
            self._later(RETRY, self._end_work, agent, since)

    def _plan_answer(self, agent: PlantAgent) -> None:
        for connection in agent.device.connections:
            if connection.state is _ALERTING and connection not in self._ringing:
                self._ringing.add(connection)
                self._later(self._after(self._scenario.agents.answer_time), self._answer, connection)

    def _answer(self, connection: Connection) -> None:
        if connection.state is not _ALERTING:
            self._ringing.discard(connection)
            return
        try:
            self._plant.answer(connection)
        except PlantError:
            self._later(RETRY, self._answer, connection)
        else:
            self._ringing.discard(connection)

    # --- conversations ------------------------------------------------------------------------------

    def _plan_conversation(self, agent: PlantAgent) -> None:
        for connection in agent.device.connections:
            caller = _outside(connection)
            if connection.state is _CONNECT and caller is not None and connection not in self._talking:
                self._talking.add(connection)
                self._plan_call(connection, caller)

    def _plan_call(self, connection: Connection, caller: Connection) -> None:
        plan, chance = self._scenario.calls, self._chance
        length = self._after(plan.talk_time)
        self._later(length, self._end_call, connection, caller)
        kind = chance.random()
        if kind < plan.transfers + plan.conferences:
            merge = self._plant.transfer if kind < plan.transfers else self._plant.conference
            self._later(length / 4, self._consult, connection, merge)
        elif chance.random() < plan.holds:
            self._later(length / 3, self._hold, connection)

    def _end_call(self, connection: Connection, caller: Connection) -> None:
        """The caller or the agent hangs up; agents that are left leave soon after."""
        self._talking.discard(connection)
        if caller.state is _NULL:
            return
        involved = {c.agent: None for c in (*caller.call.connections, connection) if c.agent is not None}
        left = [c for agent in involved for c in agent.device.connections]
        left += [c for mine in tuple(left) for c in mine.call.connections if c.agent is not None]
        try:
            if self._chance.random() < 0.5 and connection.state is _CONNECT:
                self._plant.clear_connection(connection)
            else:
                self._plant.caller_hangs_up(caller.call)
        except PlantError:
            self._later(RETRY, self._end_call, connection, caller)
            return
        self._later(_TIDY_TIME, self._tidy, list(dict.fromkeys(left)), caller)

    def _tidy(self, connections: list[Connection], caller: Connection) -> None:
        if caller.state is not _NULL:  # only the agent has left: the caller talks on with another agent
            self._later(_TIDY_TIME, self._caller_leaves, caller)
        for connection in connections:
            if connection.state is not _NULL and _outside(connection) is None:
                try:
                    self._plant.clear_connection(connection)
                except PlantError:
                    self._later(RETRY, self._tidy, [connection], caller)

    def _caller_leaves(self, caller: Connection) -> None:
        if caller.state is not _NULL:
            try:
                self._plant.caller_hangs_up(caller.call)
            except PlantError:
                self._later(RETRY, self._caller_leaves, caller)

    def _hold(self, connection: Connection) -> None:
        if connection.state is _CONNECT and self._try(self._plant.hold, connection):
            self._later(_HOLD_TIME, self._retrieve, connection)

    def _retrieve(self, connection: Connection) -> None:
        if connection.state is _HOLD and not self._try(self._plant.retrieve, connection):
            self._later(RETRY, self._retrieve, connection)

    def _consult(self, connection: Connection, merge: Callable[[Connection, Connection], object]) -> None:
        """Consult an available agent of the same group, then transfer or confer; without one, talk on."""
        agent, group = connection.agent, connection.group
        if connection.state is not _CONNECT or agent is None or group is None:
            return
        target = next((a for a in group.available if a is not agent and not a.device.connections), None)
        if target is not None and self._try(self._plant.consult, connection, target.extension):
            self._later(
                _COMPLETION_TIME, self._complete, agent, connection, target, merge, _COMPLETION_TRIALS
            )

    def _complete(
        self,
        agent: PlantAgent,
        held: Connection,
        target: PlantAgent,
        merge: Callable[[Connection, Connection], object],
        trials: int,
    ) -> None:
        active = next((c for c in agent.device.connections if c is not held), None)
        if held.state is not _HOLD or active is None:
            return
        answered = active.state is _CONNECT and any(
            c.agent is target and c.state is _CONNECT for c in active.call.connections
        )
        if answered and self._try(merge, held, active):
            return
        if trials:
            self._later(_COMPLETION_TIME, self._complete, agent, held, target, merge, trials - 1)
        elif not self._try(self._plant.reconnect, active, held):
            self._later(RETRY, self._complete, agent, held, target, merge, 0)

    def _try(self, step: Callable[..., object], *args: Any) -> bool:
        try:
            step(*args)
        except PlantError as refusal:
            log.debug("left out: %s", refusal.reason)
            return False
        return True

    # --- callers ------------------------------------------------------------------------------------

    def _set_rate(self, rate: float) -> None:
        self._rate = rate
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None
        self._plan_arrival()

    def _plan_arrival(self) -> None:
        if self._rate:
            self._arrival = self._later(self._after(1.0 / self._rate), self._arrive)

    def _arrive(self) -> None:
        self._plan_arrival()
        self.calls_offered += 1
        queue = self._chance.choice(self._queues)
        number = f"555{self._chance.randrange(10**7):07d}"
        plan = self._scenario.calls
        gives_up = self._chance.random() < plan.abandon_rate
        patience = self._after(plan.patience)
        try:
            call = self._plant.inbound(
                queue, ani=number, variables={"CallVariable1": str(self.calls_offered)}
            )
        except PlantError as refusal:
            self.calls_refused += 1
            log.debug("a call was refused: %s", refusal.reason)
            return
        if gives_up:
            self._later(patience, self._give_up, call.connections[0])

    def _give_up(self, caller: Connection) -> None:
        """The caller hangs up unless an agent talks."""
        answered = any(c.agent is not None and c.state in (_CONNECT, _HOLD) for c in caller.call.connections)
        if caller.state is not _NULL and not answered:
            self._try(self._plant.caller_hangs_up, caller.call)

    # --- faults -------------------------------------------------------------------------------------

    def _fault(self, fault: Fault) -> None:
        if fault.every:
            self._later(fault.every, self._fault, fault)
        log.info("fault: %s", ", ".join(f"{key} {value}" for key, value in fault.command.items()))
        self._command(fault.command)


def _outside(connection: Connection) -> Connection | None:
    """The outside party of a connection's call."""
    return next(
        (c for c in connection.call.connections if c.trunk is not None and c.state is not _NULL), None
    )
