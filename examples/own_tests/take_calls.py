"""A program of its own that is to be tested: an agent that answers every call and remembers who called."""

from ctios_fast import Agent, AgentState, Session
from ctios_fast.event_types import CallLineArguments


class Robot:
    """An agent that answers by itself.

    - ``callers``: the numbers of those who called, in their order.
    """

    def __init__(self, session: Session, agent_id: str, instrument: str) -> None:
        self.session = session
        self.agent = Agent(agent_id, 5000, agent_instrument=instrument)
        self.callers: list[str] = []
        session.subscribe("OnCallDelivered", self.on_call_delivered)

    async def start(self) -> None:
        """Log in and become ready. The session must be connected."""
        await self.session.set_agent(self.agent)
        await self.agent.login()
        await self.agent.set_agent_state(AgentState.AVAILABLE)

    def on_call_delivered(self, args: CallLineArguments) -> None:
        """Answer, and write down the caller's number."""
        call = self.session.calls[args["UniqueObjectID"]]
        self.callers.append(call.ani or "hidden")
        call.answer()
