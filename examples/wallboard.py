"""A wallboard: the agents of a contact centre and their calls, in a live table, by monitor mode.

python examples/wallboard.py [HOST_A PORT_A [HOST_B PORT_B]]

The live table needs the extra ``cli`` (rich) and a terminal. Elsewhere each change is printed as a line.
Without servers the wallboard starts a simulator with a short shift, and ends with it.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable

from servers import Sides, run, servers

from ctios_fast import AgentState, Arguments, Session
from ctios_fast.event_types import CallEndArguments, EventName

#: Agent states, the beginnings and ends of calls and their answers, and the state of the system.
FILTER = "MessageId=eAgentStateEvent,eCallBeginEvent,eCallEstablishedEvent,eCallEndEvent,eCtiOsFailureEvent"
PERIPHERAL = 5000


class Wallboard:
    """What a session in monitor mode knows, as rows of a table. ``show`` gets each row that changes."""

    def __init__(self, session: Session, show: Callable[[tuple[str, str, str]], object]) -> None:
        self._session = session
        self._show = show
        self._shown: dict[str, tuple[str, str, str]] = {}
        session.add_event_listener(self)

    def rows(self, ended: str = "") -> list[tuple[str, str, str]]:
        """Agent ID, state and number of calls of each agent; ``ended`` is a call that counts no more."""
        calls = Counter(call.instrument for key, call in self._session.calls.items() if key != ended)
        return [
            (key, _name(agent.state), str(calls[agent.agent_instrument] or "-"))
            for key, agent in sorted(self._session.agents.items())
            if agent.state is not None
        ]

    def _changed(self, args: Arguments, ended: str = "") -> None:
        for row in self.rows(ended):
            if self._shown.get(row[0]) != row:
                self._shown[row[0]] = row
                self._show(row)

    on_query_agent_state_conf = on_agent_state_change = _changed
    on_call_begin = on_call_established = on_recovered = _changed

    def on_call_end(self, args: CallEndArguments) -> None:
        """A call is still known while its last event is fired."""
        self._changed(args, args["UniqueObjectID"])


def _name(state: int) -> str:
    try:
        return AgentState(state).name.removeprefix("e")
    except ValueError:
        return f"state {state}"


async def shift(sides: Sides) -> None:
    """Two agents of the simulator sign in, talk to each other and go home."""
    async with Session(client_id="shift") as session:
        await session.connect(ctios_a=sides.host_a, port_a=sides.port_a)
        await session.set_bulk_mode(PERIPHERAL)
        caller, called = (session.agent(str(n), agent_instrument=str(n + 2000)) for n in (1001, 1002))
        for agent in (caller, called):
            await agent.login()
        await called.set_agent_state(AgentState.eAvailable)
        ringing = _next(session, "OnCallDelivered")
        await caller.make_call(dialed_number="3002")
        await ringing
        call = next(each for each in session.calls.values() if each.instrument == "3002")
        talking = _next(session, "OnCallEstablished")
        await call.answer()
        await talking
        over = _next(session, "OnCallEnd")
        await call.clear_connection()
        await over
        await called.set_agent_state(AgentState.eNotReady)
        for agent in (caller, called):
            await agent.logout(reason_code=7)


def _next(session: Session, event: EventName) -> "asyncio.Future[None]":
    heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    session.subscribe(event, lambda args: None if heard.done() else heard.set_result(None))
    return heard


async def watch(sides: Sides, show: Callable[[tuple[str, str, str]], object]) -> None:
    """Keep the wallboard up: until the shift of the simulator is over, or without limit."""
    async with Session(client_id="wallboard") as session:
        Wallboard(session, show)
        await session.connect(
            ctios_a=sides.host_a, port_a=sides.port_a, ctios_b=sides.host_b, port_b=sides.port_b
        )
        staff = ["1001", "1002"] if len(sys.argv) == 1 else []  # others become known by their events
        await session.set_message_filter(FILTER, peripheral_id=PERIPHERAL, agents=staff)
        if len(sys.argv) > 1:
            await asyncio.Event().wait()
        await shift(sides)
        # The answer to the wallboard's next question comes after everything that it has to hear.
        await session.agents["1001"].query_agent_state()


async def main() -> None:
    """Show the table; live in a terminal, line by line elsewhere."""
    async with servers() as sides:
        if not sys.stdout.isatty():
            await watch(sides, lambda row: print(*row))
            return
        from rich.live import Live
        from rich.table import Table

        rows: dict[str, tuple[str, str, str]] = {}
        with Live(refresh_per_second=10) as live:

            def show(row: tuple[str, str, str]) -> None:
                rows[row[0]] = row
                table = Table("Agent", "State", "Calls", title="Agents")
                for each in sorted(rows.values()):
                    table.add_row(*each)
                live.update(table)

            await watch(sides, show)


if __name__ == "__main__":
    run(main)
