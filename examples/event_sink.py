"""One agent in the style of CTI OS: an event sink, Arguments, keyword constants, and nothing awaited.

python examples/event_sink.py [HOST_A PORT_A [HOST_B PORT_B]]
"""

import asyncio

from servers import run, servers

from ctios_fast import CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE, Agent, AgentState, Arguments, Session
from ctios_fast.event_types import (
    AgentEvents,
    AgentQueryArguments,
    AgentStateArguments,
    ConnectionArguments,
    ConnectionFailureArguments,
    ConnectionRejectedArguments,
    ControlFailureArguments,
    SessionEvents,
)
from ctios_fast.keywords import (
    CTIOS_AGENTID,
    CTIOS_AGENTINSTRUMENT,
    CTIOS_AGENTPASSWORD,
    CTIOS_AGENTSTATE,
    CTIOS_CTIOSA,
    CTIOS_CTIOSB,
    CTIOS_CURRENTSERVER,
    CTIOS_ERRORMESSAGE,
    CTIOS_EVENTREASONCODE,
    CTIOS_FINALATTEMPT,
    CTIOS_PORTA,
    CTIOS_PORTB,
)

LUNCH, END_OF_SHIFT = 12, 7
LOGGED_OUT = (AgentState.LOGOUT, AgentState.UNKNOWN)


class Desktop(SessionEvents, AgentEvents):
    """An event sink: each method is named after its event.

    ``over`` is set when no further event can come.
    """

    def __init__(self, session: Session, agent: Agent) -> None:
        self.session = session
        self.agent = agent
        self.over = asyncio.Event()
        session.add_event_listener(self)

    def on_connection(self, args: ConnectionArguments) -> None:
        """Set the mode at the first connection. After a loss, the library sets it again."""
        print(f"connected to {args[CTIOS_CURRENTSERVER]}")
        if self.session.current_agent is None:
            self.session.set_agent(self.agent)

    def on_connection_failure(self, args: ConnectionFailureArguments) -> None:
        """Report the failure. The library keeps trying, unless this was the last attempt."""
        print(f"connection failure: {args[CTIOS_ERRORMESSAGE]}")
        if args.is_valid(CTIOS_FINALATTEMPT):
            self.over.set()

    def on_connection_rejected(self, args: ConnectionRejectedArguments) -> None:
        """Report that the server refused this client."""
        print(f"rejected: {args[CTIOS_ERRORMESSAGE]}")
        self.over.set()

    def on_query_agent_state_conf(self, args: AgentQueryArguments) -> None:
        """Log in, unless the agent is logged in. The library sends this query once the mode is set."""
        if args[CTIOS_AGENTSTATE] in LOGGED_OUT:
            self.agent.login(Arguments({CTIOS_AGENTPASSWORD: "sesame"}))
        else:
            print("already logged in")

    def on_agent_state_change(self, args: AgentStateArguments) -> None:
        """Go through a shift: ready, a break, and the logout."""
        state, reason = args[CTIOS_AGENTSTATE], args[CTIOS_EVENTREASONCODE]
        print(f"{args[CTIOS_AGENTID]}: {AgentState(state).name}, reason {reason}")
        if state == AgentState.AVAILABLE:
            self.agent.set_agent_state(
                Arguments({CTIOS_AGENTSTATE: AgentState.NOT_READY, CTIOS_EVENTREASONCODE: LUNCH})
            )
        elif state == AgentState.NOT_READY and reason == LUNCH:
            self.agent.logout(Arguments({CTIOS_EVENTREASONCODE: END_OF_SHIFT}))
        elif state == AgentState.NOT_READY:
            self.agent.set_agent_state(Arguments({CTIOS_AGENTSTATE: AgentState.AVAILABLE}))

    def on_control_failure_conf(self, args: ControlFailureArguments) -> None:
        """End the session after a refusal. A session may be disconnected without a logout."""
        print(f"refused: {args[CTIOS_ERRORMESSAGE]}")
        self.session.disconnect()

    def on_post_logout(self, args: AgentStateArguments) -> None:
        """Disconnect, but not after a logout that a fail-over forced."""
        if args[CTIOS_AGENTSTATE] != AgentState.LOGOUT:
            return
        if args[CTIOS_EVENTREASONCODE] & 0xFFFF == CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE:
            print("logged out by the peripheral: the session stays")
        elif self.session.is_connected():
            self.session.disconnect()

    def on_connection_closed(self, args: Arguments) -> None:
        """End the program: no event comes after this one."""
        print("closed")
        self.over.set()


async def main() -> None:
    """Find the servers, connect, and wait for the end."""
    async with servers() as (host_a, port_a, host_b, port_b), Session(client_id="desktop") as session:
        agent = Agent("1001", 5000)
        agent.set_value(CTIOS_AGENTINSTRUMENT, "3001")
        desktop = Desktop(session, agent)
        session.connect(
            Arguments({CTIOS_CTIOSA: host_a, CTIOS_PORTA: port_a, CTIOS_CTIOSB: host_b, CTIOS_PORTB: port_b})
        )
        await desktop.over.wait()


if __name__ == "__main__":
    run(main)
