"""A softphone in a terminal: one agent, its calls and its buttons. ``help`` lists the commands.

python examples/softphone.py [HOST_A PORT_A [HOST_B PORT_B]]

The agent is logged in at the start. The end of the input, or ``quit``, ends the calls and logs the agent out.
Commands can come from a file; ``wait EVENT`` waits there for an event of a call.
"""

from console import Console, show_buttons
from servers import run, servers

from ctios_fast import (
    Agent,
    AgentState,
    Arguments,
    ButtonEnablement,
    CallStatus,
    Session,
)
from ctios_fast.event_types import EventName

#: Events that are shown: those of the agent's own calls.
SHOWN: tuple[EventName, ...] = (
    "OnCallBegin",
    "OnCallDelivered",
    "OnCallEstablished",
    "OnCallHeld",
    "OnCallRetrieved",
    "OnCallConferenced",
    "OnCallTransferred",
    "OnCallFailed",
    "OnCallEnd",
)


class Softphone(Console):
    """The commands, and what they do."""

    COMMANDS = (
        "login logout ready notready dial answer hold retrieve consult conference transfer drop data "
        "calls current buttons wait help"
    )

    def __init__(self, session: Session, agent: Agent) -> None:
        super().__init__(session, SHOWN)
        self.agent = agent
        session.subscribe("OnAgentStateChange", lambda args: print(" ", AgentState(args["AgentState"]).name))

    def show(self, event: EventName, args: Arguments) -> None:
        """Print an event of a call."""
        state = f" {CallStatus(args.get_value_int('CallStatus')).name}" if "CallStatus" in args else ""
        print(f"  {event}{state} {args['UniqueObjectID']}")

    # --- Commands -------------------------------------------------------------------------------------

    async def login(self, password: str = "") -> None:
        """Log in, with a password if the peripheral wants one."""
        await self.agent.login(agent_password=password)

    async def logout(self, reason: str = "0") -> None:
        """Log out, with a reason code. The agent must be not ready."""
        await self.agent.logout(reason_code=int(reason))

    async def ready(self) -> None:
        """Become available."""
        await self.agent.set_agent_state(AgentState.AVAILABLE)

    async def notready(self, reason: str = "0") -> None:
        """Become not ready, with a reason code."""
        await self.agent.set_agent_state(AgentState.NOT_READY, reason_code=int(reason))

    async def dial(self, number: str) -> None:
        """Make a call."""
        await self.agent.make_call(dialed_number=number)

    async def answer(self) -> None:
        """Answer the current call."""
        await self.call.answer()

    async def hold(self) -> None:
        """Put the current call on hold."""
        await self.call.hold()

    async def retrieve(self) -> None:
        """Take the current call off hold."""
        await self.call.retrieve()

    async def consult(self, number: str) -> None:
        """Hold the current call, and call somebody to transfer it to or to confer with."""
        await self.call.make_consult_call(dialed_number=number, consult_type=1)

    async def conference(self) -> None:
        """Join the current call and the other one."""
        await self.call.conference()

    async def transfer(self) -> None:
        """Connect the current call with the other one, and leave both."""
        await self.call.transfer()

    async def drop(self) -> None:
        """Leave the current call."""
        await self.call.clear_connection()

    async def data(self, *values: str) -> None:
        """Set call variables, as in ``data 1=gold 3=4711``; without any, show the call's data."""
        if not values:
            print(f"  {self.call.get_call_data().dump()}")
            return
        pairs = [each.partition("=") for each in values]
        await self.call.set_call_data({f"CallVariable{number}": text for number, _, text in pairs})

    async def calls(self) -> None:
        """List the calls; a star marks the current one."""
        for uid, call in self.session.calls.items():
            status = "" if call.status is None else CallStatus(call.status).name
            print(f"  {'*' if call is self.session.current_call else ' '} {uid} {status}")

    async def current(self, uid: str) -> None:
        """Make a call the current one, by its UniqueObjectID."""
        self.session.set_current_call(self.session.calls[uid])

    async def buttons(self) -> None:
        """Show what can be done now."""
        show_buttons(ButtonEnablement, self.agent.enablement_mask)

    # --- The console ----------------------------------------------------------------------------------

    def echo(self, line: str) -> str:
        """A line as it is shown again: without the password of ``login``."""
        shown = super().echo(line)
        return "login" if shown.startswith("login ") else shown

    async def finish(self) -> None:
        """End all calls and log out. A peripheral refuses to log out an agent who is talking or ready."""
        while self.session.calls:
            await self.end(next(iter(self.session.calls.values())))
        if self.agent.is_logged_in:
            if self.agent.state != AgentState.NOT_READY:
                await self.agent.set_agent_state(AgentState.NOT_READY)
            await self.agent.logout(reason_code=7)


async def work(host_a: str, port_a: int, host_b: str, port_b: int) -> None:
    """Log in, obey, log out."""
    async with Session(client_id="softphone") as session:
        await session.connect(ctios_a=host_a, port_a=port_a, ctios_b=host_b, port_b=port_b)
        agent = Agent("1001", 5000, agent_instrument="3001")
        await session.set_agent(agent)
        phone = Softphone(session, agent)
        await agent.login()
        await phone.serve()


async def main() -> None:
    """Find the servers and work there."""
    async with servers() as sides:
        await work(*sides)


if __name__ == "__main__":
    run(main)
