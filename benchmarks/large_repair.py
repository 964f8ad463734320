"""How long the opening and the repair of a large site take: 24,000 agents and 2,000 calls.

A simulator in a process of its own has all agents logged in, and the calls established. A session in bulk
mode, then one in monitor mode, opens with all agents named. Then the side that it uses is killed. In the gap
a tenth of the calls end, as many begin, and a tenth of the agents change their states. Afterwards the model
has to equal the simulator.

Run: ``python -m benchmarks.large_repair [AGENTS CALLS]``. It fails if a repair takes more than 10 seconds, or
leaves a difference.
"""

import asyncio
import multiprocessing
import multiprocessing.connection
import sys
import time
from typing import Any

from ctios_fast import Session
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Population, Simulator
from ctios_fast.sim.plant import Call, Plant, PlantAgent

AGENTS, CALLS = 24_000, 2_000
#: One of this many calls and agents changes in the gap.
PART = 10
MAX_SECONDS = 10.0
#: Agent IDs and extensions of the simulator begin here; the two ranges do not overlap.
FIRST_AGENT, FIRST_EXTENSION = 100_000, 500_000


def establish(plant: Plant, agent: PlantAgent) -> Call:
    """Let a call from outside reach the agent's device, and the agent answer it."""
    call = plant.inbound(agent.extension, ani="5551234", variables={"CallVariable1": "x"})
    plant.answer(plant.alerting(agent))
    return call


class Site:
    """The simulated site of one process."""

    def __init__(self, sim: Simulator, calls: int) -> None:
        self.sim = sim
        self.agents = list(sim.agents)
        for agent in self.agents:
            sim.plant.set_agent_state(agent, AgentState.AGENT_STATE_LOGIN)
        self.calls = [establish(sim.plant, agent) for agent in self.agents[:calls]]

    async def restore(self, side: str) -> None:
        """Bring the side back."""
        await self.sim.restore_side(side)

    async def fail(self, side: str) -> None:
        """Kill the side, and change a part of the calls and agents before anyone has come back."""
        self.sim.fail_side(side)
        plant, count = self.sim.plant, len(self.calls) // PART
        for call in self.calls[:count]:
            plant.clear_call(call.connections[0])
        free = [agent for agent in self.agents if not agent.device.connections][:count]
        self.calls = self.calls[count:] + [establish(plant, agent) for agent in free]
        for agent in self.agents[-(len(self.agents) // PART) :]:
            wanted = AgentState.AGENT_STATE_AVAILABLE
            plant.set_agent_state(
                agent, AgentState.AGENT_STATE_NOT_READY if agent.state is wanted else wanted
            )

    async def truth(self) -> tuple[dict[str, int], dict[tuple[int, str], int]]:
        """The states of all agents by their IDs, and of the connections at their devices."""
        agents = {agent.agent_id: int(agent.state) for agent in self.agents}
        devices = {agent.device.device_id for agent in self.agents}
        return agents, {
            (call.call_id, each.connection_id): int(each.state)
            for call in self.sim.plant.calls
            for each in call.connections
            if each.device.device_id in devices and each.state
        }


def serve(pipe: "multiprocessing.connection.Connection", agents: int, calls: int) -> None:
    """Run the simulator in this process, and do what the other one says."""

    async def run() -> None:
        population = Population.numbered(agents, FIRST_AGENT, FIRST_EXTENSION)
        async with Simulator(population=population) as sim:
            site = Site(sim, calls)
            pipe.send((sim.side_a.port, sim.side_b.port))
            commands = {"fail": site.fail, "truth": site.truth, "restore": site.restore}
            loop = asyncio.get_running_loop()
            while True:
                command, *values = await loop.run_in_executor(None, pipe.recv)
                if command == "end":
                    return
                pipe.send(await commands[command](*values))

    asyncio.run(run())


class Client:
    """A session, and the pipe to the process of the simulator."""

    def __init__(self, pipe: "multiprocessing.connection.Connection") -> None:
        self.pipe = pipe
        self.session = Session(client_id="benchmark")
        self.reports: asyncio.Queue[Any] = asyncio.Queue()
        self.session.subscribe("OnRecovered", self.reports.put_nowait)

    def ask(self, *command: str) -> Any:
        """Let the simulator do something."""
        self.pipe.send(command)
        return self.pipe.recv()

    async def open(self, mode: str, ports: tuple[int, int], agents: int) -> float:
        """Connect and set the mode. Returns how many seconds setting the mode took."""
        named = [str(FIRST_AGENT + number) for number in range(agents)]
        host = "127.0.0.1"
        await self.session.connect(ctios_a=host, port_a=ports[0], ctios_b=host, port_b=ports[1])
        began = time.perf_counter()
        if mode == "bulk":
            await self.session.set_bulk_mode(5000, agents=named)
        else:
            await self.session.set_message_filter("*", peripheral_id=5000, agents=named)
        return time.perf_counter() - began

    async def fail_over(self) -> bool:
        """Let the side fail, and print the figures of the repair. Returns whether they are good."""
        side = self.session.current_side.lower()
        self.ask("fail", side)
        async with asyncio.timeout(10 * MAX_SECONDS):
            report = await self.reports.get()
        states, connections = self.ask("truth")
        calls = self.session.calls.values()
        model = {call.key[1:]: call.status for call in calls if call.key[1:] in connections}
        is_equal = model == connections and states == {
            agent_id: agent.state for agent_id, agent in self.session.agents.items()
        }
        asked = report["AgentsAsked"] + report["DevicesAsked"] + report["CallsAsked"]
        print(
            f"  repair {report['Seconds']:.2f} s: {asked} requests, {report['CallsEnded']} calls ended, "
            f"{report['CallsBegun']} begun, {report['CallsRefreshed']} refreshed; "
            f"the model is {'equal' if is_equal else 'NOT equal'}"
        )
        self.ask("restore", side)
        return is_equal and report["Seconds"] <= MAX_SECONDS


async def measure(
    mode: str, pipe: "multiprocessing.connection.Connection", ports: tuple[int, int], agents: int
) -> bool:
    """Open, and fail over twice, since bulk mode has no calls before the first time."""
    client = Client(pipe)
    seconds = await client.open(mode, ports, agents)
    print(f"{mode}: opening {seconds:.2f} s")
    results = [await client.fail_over() for _ in range(2)]
    print(f"  longest turn of the event loop {client.session.counters()['turn_max']:.2f} s")
    await client.session.disconnect()
    return all(results)


def main() -> None:
    """Measure both modes."""
    agents, calls = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (AGENTS, CALLS)
    spawning = multiprocessing.get_context("spawn")
    pipe, other = spawning.Pipe()
    server = spawning.Process(target=serve, args=(other, agents, calls), daemon=True)
    server.start()
    ports = pipe.recv()
    print(f"{agents} agents, {calls} calls")
    results = [asyncio.run(measure(mode, pipe, ports, agents)) for mode in ("bulk", "monitor")]
    pipe.send(("end",))
    server.join()
    if not all(results):
        sys.exit(f"a repair took more than {MAX_SECONDS:g} s, or left a difference")


if __name__ == "__main__":
    main()
