"""A supervisor in a terminal: the team, its calls, and what a supervisor can do. ``help`` lists the commands.

python examples/supervisor.py [HOST_A PORT_A [HOST_B PORT_B]]

The supervisor is logged in at the start, and the states of all teams are monitored. A second session, in bulk
mode, is the companion that controls the agents of the team. The end of the input, or ``quit``, logs the
supervisor out.
"""

from typing import Any

from console import PATIENCE, Console, show_buttons
from servers import run, servers

from ctios_fast import Agent, AgentState, Arguments, Session, SupervisorButtonEnablement
from ctios_fast.event_types import EventName

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
#: The reason by which Unified CCE knows that a supervisor changed the state of an agent.
BY_SUPERVISOR = 999


class Desktop(Console):
    """The commands, and what they do."""

    COMMANDS = "team login ready logout dial chat monitor barge intercept listen leave drop buttons wait help"

    def __init__(self, session: Session, supervisor: Agent) -> None:
        super().__init__(session, session.events)
        self.supervisor = supervisor

    def show(self, event: EventName, args: Arguments) -> None:
        """Print an event if it is one of those that are shown."""
        if event in SHOWN:
            print(f"  {event} {described(event, args)}")

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
            if agent.is_logged_in:
                handled = (await agent.query_agent_statistics())["HandledCallsToday"]
            star = "*" if agent is self.supervisor.get_monitored_agent() else " "
            state = "-" if agent.state is None else AgentState(agent.state).name
            print(f"  {star} {agent_id} {state:<12} {handled}")

    async def login(self, agent_id: str, instrument: str) -> None:
        """Log a member in at a device."""
        member = self.member(agent_id)
        await member.login(agent_instrument=instrument)
        await member.wait_for_state(AgentState.NOT_READY, timeout=PATIENCE)

    async def ready(self, agent_id: str) -> None:
        """Make a member ready."""
        member = self.member(agent_id)
        await member.set_agent_state(AgentState.AVAILABLE)
        await member.wait_for_state(AgentState.AVAILABLE, timeout=PATIENCE)

    async def logout(self, agent_id: str) -> None:
        """Log a member out, who must not be ready."""
        member = self.member(agent_id)
        await member.logout(reason_code=BY_SUPERVISOR)
        await member.wait_for_state(AgentState.LOGOUT, timeout=PATIENCE)

    async def dial(self, agent_id: str, number: str) -> None:
        """Have a member call a number."""
        member = self.member(agent_id)
        await member.make_call(dialed_number=number)
        await member.wait_for_state(AgentState.TALKING, timeout=PATIENCE)

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
        await self.call.clear_connection()

    async def buttons(self) -> None:
        """Show what can be done with the monitored agent and its call."""
        show_buttons(SupervisorButtonEnablement, self.supervisor.supervisor_enablement_mask)

    # --- The console ----------------------------------------------------------------------------------

    async def finish(self) -> None:
        """End the supervisor's own calls, and log out. The other agents stay as they are."""
        for call in [each for each in self.session.calls.values() if not each.is_monitored]:
            await self.end(call)
        await self.supervisor.logout(reason_code=7)


def described(event: EventName, args: Arguments) -> str:
    """An event in a few words."""
    if event == "OnMonitoredAgentStateChange":
        return f"{args['AgentID']} {AgentState(args.get_value_int('AgentState')).name}"
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
    await Desktop(session, supervisor).serve()


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
