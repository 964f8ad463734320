"""A supervisor in a terminal: the team, its calls, and what a supervisor can do. ``help`` lists the commands.

python examples/supervisor.py [HOST_A PORT_A [HOST_B PORT_B]]

The supervisor is logged in at the start, and the states of all teams are monitored. A second session, in bulk
mode, is the companion that controls the agents of the team. The end of the input, or ``quit``, logs the
supervisor out.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from servers import run, servers
from softphone import UsageError, check_words, typed_lines, usage

from ctios_fast import Agent, AgentState, Arguments, CtiOsError, Session, SupervisorButtonEnablement

PERIPHERAL, SUPERVISOR = 5000, "1001"
#: Events that are shown.
SHOWN = (
    "OnMonitoredAgentStateChange",
    "OnMonitoredCallEstablished",
    "OnMonitoredCallConferenced",
    "OnMonitoredCallEnd",
    "OnCallEstablished",
    "OnCallEnd",
    "OnSilentMonitorStartedEvent",
    "OnSilentMonitorStopRequestedEvent",
    "OnEmergencyCall",
    "OnChatMessage",
)
#: States of an agent who is not logged in.
LOGGED_OUT = (None, AgentState.LOGOUT, AgentState.UNKNOWN)
#: The reason by which Unified CCE knows that a supervisor changed the state of an agent.
BY_SUPERVISOR = 999
#: Seconds that ``wait`` and commands for other agents wait.
PATIENCE = 20.0


class Console:
    """The commands, and what they do."""

    def __init__(self, session: Session, supervisor: Agent) -> None:
        self.session = session
        self.supervisor = supervisor
        #: Events since the last ``wait``, and the wake-up of what waits.
        self.heard: list[str] = []
        self.news = asyncio.Event()
        for event in session.events:
            session.subscribe(event, lambda args, event=event: self.note(event, args))

    def note(self, event: str, args: Arguments) -> None:
        """Remember an event, show it if it is one of those, and wake what waits."""
        if event in SHOWN:
            print(f"  {event} {described(event, args)}")
        self.heard.append(event)
        self.news.set()

    def member(self, agent_id: str) -> Agent:
        """An agent of a team. Raises ``LookupError`` for any other."""
        if agent_id not in self.session.agents:
            raise LookupError(f"no agent {agent_id} is known")
        return self.session.agents[agent_id]

    # --- The team -------------------------------------------------------------------------------------

    async def team(self) -> None:
        """Show the agents, their states, and the calls that they have handled today; a star: monitored."""
        for agent_id, agent in sorted(self.session.agents.items()):
            handled: Any = "-"
            if agent.state not in LOGGED_OUT:
                handled = (await agent.query_agent_statistics())["HandledCallsToday"]
            star = "*" if agent is self.supervisor.get_monitored_agent() else " "
            state = "-" if agent.state is None else AgentState(agent.state).name
            print(f"  {star} {agent_id} {state:<12} {handled}")

    async def login(self, agent_id: str, instrument: str) -> None:
        """Log a member in at a device."""
        await self.member(agent_id).login(agent_instrument=instrument)
        await self.hear(lambda: self.member(agent_id).state == AgentState.NOT_READY, "state")

    async def ready(self, agent_id: str) -> None:
        """Make a member ready."""
        await self.member(agent_id).set_agent_state(AgentState.AVAILABLE)
        await self.hear(lambda: self.member(agent_id).state == AgentState.AVAILABLE, "state")

    async def logout(self, agent_id: str) -> None:
        """Log a member out, who must not be ready."""
        await self.member(agent_id).logout(reason_code=BY_SUPERVISOR)
        await self.hear(lambda: self.member(agent_id).state == AgentState.LOGOUT, "state")

    async def dial(self, agent_id: str, number: str) -> None:
        """Have a member call a number."""
        await self.member(agent_id).make_call(dialed_number=number)
        await self.hear(lambda: self.member(agent_id).state == AgentState.TALKING, "state")

    async def chat(self, *words: str) -> None:
        """Send a text to all clients of the team."""
        await self.supervisor.send_chat_message(message=" ".join(words), distribution="team")

    # --- Calls ----------------------------------------------------------------------------------------

    async def monitor(self, agent_id: str) -> None:
        """Hear the calls of a member."""
        await self.supervisor.start_monitoring_agent(agent=self.member(agent_id))

    async def barge(self) -> None:
        """Join the call of the monitored agent. The supervisor must not be ready."""
        await self.supervisor.barge_in()

    async def intercept(self) -> None:
        """Take the call over after joining it: the agent is dropped."""
        await self.supervisor.intercept()

    async def listen(self) -> None:
        """Listen to the call of the monitored agent."""
        await self.supervisor.start_silent_monitor()

    async def leave(self) -> None:
        """Leave the call of the monitored agent."""
        await self.supervisor.clear_supervision()

    async def drop(self) -> None:
        """End the supervisor's own call."""
        call = self.session.current_call
        if call is None:
            raise LookupError("there is no current call")
        await call.clear_connection()

    async def buttons(self) -> None:
        """Show what can be done with the monitored agent and its call."""
        mask = self.supervisor.supervisor_enablement_mask or 0
        names = [each.name for each in SupervisorButtonEnablement if each.value & mask and each.name]
        print("  " + ", ".join(name.removeprefix("ENABLE_").lower() for name in names))

    # --- The console ----------------------------------------------------------------------------------

    async def wait(self, event: str) -> None:
        """Wait for an event, unless it came since the last wait."""
        await self.hear(lambda: event in self.heard, event)
        self.heard.clear()

    async def hear(self, is_over: Callable[[], bool], wanted: str) -> None:
        """Wait until events have made something true. Raises ``TimeoutError``, which names ``wanted``."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not is_over():
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise TimeoutError(f"no {wanted} within {PATIENCE:g} seconds") from None

    async def help(self) -> None:
        """List the commands."""
        for name, command in self.commands().items():
            print(f"  {usage(name, command):<24}{(command.__doc__ or '').partition(chr(10))[0]}")

    def commands(self) -> dict[str, Callable[..., Awaitable[None]]]:
        """The commands by their names."""
        names = (
            "team login ready logout dial chat monitor barge intercept listen leave drop buttons wait help"
        )
        return {name: getattr(self, name) for name in names.split()}

    async def obey(self, line: str) -> None:
        """Carry out one line; what goes wrong is printed."""
        name, *words = line.split() or [""]
        command = self.commands().get(name)
        if command is None:
            print(f"  {name}: no such command; try help" if name else "")
            return
        try:
            check_words(name, command, words)
            await command(*words)
        except (CtiOsError, LookupError, TimeoutError, UsageError) as error:
            print(f"  {name}: {error}")

    async def log_out(self) -> None:
        """End the supervisor's own calls, and log out. The other agents stay as they are."""
        for call in [each for each in self.session.calls.values() if not each.is_monitored]:
            await call.clear_connection()
            await self.hear(lambda call=call: not call.is_alive, "end of the call")
        await self.supervisor.logout(reason_code=7)


def described(event: str, args: Arguments) -> str:
    """An event in a few words."""
    if event == "OnMonitoredAgentStateChange":
        return f"{args['AgentID']} {AgentState(args['AgentState']).name}"
    if event == "OnChatMessage":
        return f"{args['Source']}: {args['Message']}"
    return str(args.get("SilentMonitorCallUID") or args.get("UniqueObjectID") or args.get("AgentID"))


async def work(session: Session, companion: Session) -> None:
    """Log in, obey, log out. Both sessions are connected."""
    await companion.set_bulk_mode(PERIPHERAL)
    supervisor = Agent(SUPERVISOR, PERIPHERAL, agent_instrument="3001", supervisor=True)
    await session.set_agent(supervisor, companion=companion)
    await supervisor.login()
    teams = await supervisor.start_monitoring_all_agent_teams()
    print(f"supervisor of the teams {', '.join(map(str, teams))}")
    console = Console(session, supervisor)
    lines = typed_lines()
    while (line := await lines.get()) and line.strip() != "quit":
        print(f"> {' '.join(line.split())}")
        await console.obey(line)
    try:
        await console.log_out()
    except (CtiOsError, TimeoutError) as error:
        print(f"  quit: {error}")


async def main() -> None:
    """Find the servers and work there."""
    async with (
        servers(team_size=4) as sides,
        Session(client_id="companion") as companion,
        Session(client_id="supervisor") as session,
    ):
        for each in (companion, session):
            await each.connect(
                ctios_a=sides.host_a, port_a=sides.port_a, ctios_b=sides.host_b, port_b=sides.port_b
            )
        await work(session, companion)


if __name__ == "__main__":
    run(main)
