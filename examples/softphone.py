"""A softphone in a terminal: one agent, its calls and its buttons. ``help`` lists the commands.

python examples/softphone.py [HOST_A PORT_A [HOST_B PORT_B]]

The agent is logged in at the start. The end of the input, or ``quit``, ends the calls and logs the agent out.
Commands can come from a file; ``wait EVENT`` waits there.
"""

import asyncio
import contextlib
import inspect
import sys
import threading
from collections.abc import Awaitable, Callable

from servers import run, servers

from ctios_fast import (
    Agent,
    AgentState,
    Arguments,
    ButtonEnablement,
    Call,
    CallStatus,
    CtiOsError,
    Session,
)

#: Events that are shown: those of the agent's own calls.
SHOWN = (
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
#: States in which the agent has nothing to log out from.
LOGGED_OUT = (None, AgentState.LOGOUT, AgentState.UNKNOWN)
#: Seconds that ``wait`` waits.
PATIENCE = 20.0


class UsageError(Exception):
    """A command has too few words or too many."""


class Softphone:
    """The commands, and what they do."""

    def __init__(self, session: Session, agent: Agent) -> None:
        self.session = session
        self.agent = agent
        #: Events since the last command that waited, and the wake-up of the one that waits.
        self.heard: list[str] = []
        self.news = asyncio.Event()
        for event in SHOWN:
            session.subscribe(event, lambda args, event=event: self.show(event, args))
        session.subscribe("OnAgentStateChange", lambda args: print(f"  {args['AgentState'].name}"))

    def show(self, event: str, args: Arguments) -> None:
        """Print an event of a call, and wake who waits for it."""
        status = args.get("CallStatus")
        state = "" if status is None else f" {CallStatus(status).name}"
        print(f"  {event}{state} {args['UniqueObjectID']}")
        self.heard.append(event)
        self.news.set()

    @property
    def call(self) -> Call:
        """The current call. Raises ``LookupError`` without one."""
        call = self.session.current_call
        if call is None:
            raise LookupError("there is no current call")
        return call

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
        mask = self.agent.enablement_mask or 0
        names = [each.name for each in ButtonEnablement if each.value & mask and each.name]
        print("  " + ", ".join(name.removeprefix("ENABLE_").lower() for name in names))

    async def wait(self, event: str) -> None:
        """Wait for an event of a call, unless it came since the last wait."""
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
            print(f"  {usage(name, command):<21}{(command.__doc__ or '').partition(chr(10))[0]}")

    def commands(self) -> dict[str, Callable[..., Awaitable[None]]]:
        """The commands by their names."""
        names = (
            "login logout ready notready dial answer hold retrieve consult conference transfer drop data "
            "calls current buttons wait help"
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
        except (CtiOsError, LookupError, TimeoutError, UsageError, ValueError) as error:
            print(f"  {name}: {error}")

    async def leave(self) -> None:
        """End all calls and log out, since a peripheral logs no agent out who talks or is ready."""
        while self.session.calls:
            call = next(iter(self.session.calls.values()))
            await call.clear_connection()
            await self.hear(lambda call=call: not call.is_alive, "end of the call")
        if self.agent.state not in LOGGED_OUT:
            if self.agent.state != AgentState.NOT_READY:
                await self.agent.set_agent_state(AgentState.NOT_READY)
            await self.agent.logout(reason_code=7)


def usage(name: str, command: Callable[..., object]) -> str:
    """A command and its words, as in ``notready [REASON]``."""
    words = [name]
    for word in inspect.signature(command).parameters.values():
        if word.kind is word.VAR_POSITIONAL:
            words.append(f"[{word.name.upper()} ...]")
        else:
            words.append(word.name.upper() if word.default is word.empty else f"[{word.name.upper()}]")
    return " ".join(words)


def check_words(name: str, command: Callable[..., object], words: list[str]) -> None:
    """Check how many words a command has. Raises ``UsageError``."""
    try:
        inspect.signature(command).bind(*words)
    except TypeError:
        raise UsageError(f"usage: {usage(name, command)}") from None


def echo(line: str) -> str:
    """A line as it is shown again: without the password of ``login``."""
    name, *words = line.split() or [""]
    return name if name == "login" else " ".join([name, *words])


def typed_lines() -> "asyncio.Queue[str]":
    """Read the standard input in a thread, since it may be a file; the last item is an empty text."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is over: nobody waits for the rest
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, daemon=True).start()
    return lines


async def work(host_a: str, port_a: int, host_b: str, port_b: int) -> None:
    """Log in, obey, log out."""
    async with Session(client_id="softphone") as session:
        await session.connect(ctios_a=host_a, port_a=port_a, ctios_b=host_b, port_b=port_b)
        agent = Agent("1001", 5000, agent_instrument="3001")
        await session.set_agent(agent)
        phone = Softphone(session, agent)
        await agent.login()
        lines = typed_lines()
        while (line := await lines.get()) and line.strip() != "quit":
            print(f"> {echo(line)}")
            await phone.obey(line)
        try:
            await phone.leave()
        except (CtiOsError, TimeoutError) as error:
            print(f"  quit: {error}")


async def main() -> None:
    """Find the servers and work there."""
    async with servers() as sides:
        await work(*sides)


if __name__ == "__main__":
    run(main)
