"""One agent logs in, works and logs out; every request is awaited.

python examples/login_logout.py [HOST_A PORT_A [HOST_B PORT_B]]
"""

from servers import run, servers

from ctios_fast import Agent, AgentState, ControlFailure, Session


async def work(host_a: str, port_a: int, host_b: str, port_b: int) -> None:
    """Log in, work and log out, as a desktop does."""
    async with Session(client_id="desktop") as session:  # disconnects at the end
        await session.connect(ctios_a=host_a, port_a=port_a, ctios_b=host_b, port_b=port_b)
        agent = Agent("1001", 5000, agent_instrument="3001")
        await session.set_agent(agent)

        await agent.login(agent_password="sesame")
        await agent.set_agent_state(AgentState.AVAILABLE)
        print(f"{agent.agent_id} is ready on side {session.current_side}")
        try:
            await agent.logout(reason_code=7)
        except ControlFailure as failure:
            print(f"not yet: {failure.name}")

        await agent.set_agent_state(AgentState.NOT_READY, reason_code=12)
        await agent.logout(reason_code=7)
        print(f"{agent.agent_id} is logged out, reason {agent.reason_code}")


async def main() -> None:
    """Find the servers and work there."""
    async with servers() as sides:
        await work(*sides)


if __name__ == "__main__":
    run(main)
