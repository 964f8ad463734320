"""A bulk job: one session logs many agents in and out, and gets the events of all of them.

python examples/bulk.py [HOST_A PORT_A [HOST_B PORT_B]]
"""

from collections import Counter

from servers import run, servers

from ctios_fast import (
    CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE,
    Agent,
    AgentState,
    Arguments,
    CtiOsError,
    Session,
)
from ctios_fast.core import Message
from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

STAFF = {str(1001 + i): str(3001 + i) for i in range(100)}
END_OF_SHIFT = 7


async def main() -> None:
    """Log the staff in; log it out; disconnect after the last OnPostLogout."""
    states: Counter[str] = Counter()

    def on_state(message: Message) -> None:
        # The message itself: no Arguments are built, and a field is decoded when it is read.
        states[AgentState(message["AgentState"]).name] += 1

    def on_post_logout(args: Arguments) -> None:
        if args["EventReasonCode"] == CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE:
            return
        if not any(agent.is_logged_in for agent in agents) and session.is_connected():
            session.disconnect()

    async with (
        servers() as (host_a, port_a, host_b, port_b),
        Session(client_id="night-job") as session,  # disconnects at the end, if that has not happened yet
    ):
        await session.connect(ctios_a=host_a, port_a=port_a, ctios_b=host_b, port_b=port_b)
        agents = [Agent(agent_id, agent_instrument=device) for agent_id, device in STAFF.items()]
        await session.set_bulk_mode(5000, agents=agents)  # queries the state of each
        session.on(AGENT_STATE_EVENT, on_state)
        session.subscribe("OnPostLogout", on_post_logout)

        # A method sends its request at once: all of these are open at the same time.
        logins = [agent.login() for agent in agents]
        for agent, login in zip(agents, logins, strict=True):
            try:
                await login
            except CtiOsError as error:
                print(f"agent {agent.agent_id} is not logged in: {error}")

        logouts = [agent.logout(reason_code=END_OF_SHIFT) for agent in agents if agent.is_logged_in]
        for logout in logouts:
            try:
                await logout
            except CtiOsError as error:
                print(error)

    for state, count in states.items():
        print(f"{count:5} {state}")


if __name__ == "__main__":
    run(main)
