"""A screen-pop service: it listens to a whole peripheral, and shows who calls when an agent's phone rings.

python examples/screen_pop.py [HOST_A PORT_A [HOST_B PORT_B]]

So that there is something to see, agent 1002 calls agent 1001 through the same session, and 1001 answers.
"""

import asyncio

from servers import run, servers

from ctios_fast import CallStatus, Session
from ctios_fast.event_types import CallEndArguments, CallEvents, CallLineArguments

#: A program has a database here. The key is the call variable that the routing script set.
CUSTOMERS = {"4711": "Ada Example, gold, open order 17"}


class ScreenPop(CallEvents):
    """Listens to the calls of all agents."""

    def __init__(self, session: Session) -> None:
        self.session = session
        #: The UniqueObjectID of the first call that rings.
        self.ringing: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.ended = asyncio.Event()
        session.add_event_listener(self)

    def on_call_delivered(self, args: CallLineArguments) -> None:
        """A call has come to a device; the status tells whether it rings there or calls from there."""
        if args["CallStatus"] != CallStatus.LCS_ALERTING:
            return
        call = self.session.calls[args["UniqueObjectID"]]
        customer = call.call_variables[0]
        who = "somebody" if customer is None else CUSTOMERS.get(customer, f"customer {customer}")
        agent = self.session.get_object_from_object_id(args.get("FilterTarget", ""))
        print(f"{agent.unique_object_id if agent else 'a device'}: {who}")
        if not self.ringing.done():
            self.ringing.set_result(call.unique_object_id)

    def on_call_established(self, args: CallLineArguments) -> None:
        """A call was answered."""
        print(f"{args['UniqueObjectID']} is connected")

    def on_call_end(self, args: CallEndArguments) -> None:
        """The last event of a call: the session forgets it now."""
        print(f"{args['UniqueObjectID']} has ended")
        if not self.session.calls or set(self.session.calls) == {args["UniqueObjectID"]}:
            self.ended.set()


async def work(host_a: str, port_a: int, host_b: str, port_b: int) -> None:
    """Show who calls; make the one call that is shown."""
    async with Session(client_id="screen pop") as session:
        await session.connect(ctios_a=host_a, port_a=port_a, ctios_b=host_b, port_b=port_b)
        await session.set_bulk_mode(5000)
        service = ScreenPop(session)

        called = session.agent("1001", agent_instrument="3001")
        caller = session.agent("1002", agent_instrument="3002")
        for agent in (called, caller):
            await agent.login()
        await caller.make_call(dialed_number="3001", call_variable1="4711")
        ringing = session.calls[await service.ringing]
        await ringing.answer()
        await ringing.clear_connection()
        await service.ended.wait()
        for agent in (called, caller):
            await agent.logout(reason_code=7)


async def main() -> None:
    """Find the servers and work there."""
    async with servers() as sides:
        await work(*sides)


if __name__ == "__main__":
    run(main)
