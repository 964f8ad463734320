"""Shared by the softphone and the supervisor: a terminal in which one agent's commands are typed."""

import asyncio
import contextlib
import functools
import inspect
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable
from enum import IntFlag
from typing import ClassVar

from ctios_fast import Arguments, Call, CtiOsError, Session
from ctios_fast.event_types import EventName

#: Seconds that a command waits for events.
PATIENCE = 20.0


class UsageError(Exception):
    """A command has too few words or too many."""


class Console:
    """What every console can do. A subclass adds the commands: ``COMMANDS`` names its methods.

    - ``session``: the session of the agent.
    - ``events``: the events that ``wait`` can wait for.
    """

    #: The commands in the order in which ``help`` lists them.
    COMMANDS: ClassVar[str]

    def __init__(self, session: Session, events: Iterable[EventName]) -> None:
        self.session = session
        #: Events since the last ``wait``, and the wake-up of the command that waits.
        self.heard: list[str] = []
        self.news = asyncio.Event()
        for event in events:
            session.subscribe(event, functools.partial(self.note, event))

    def note(self, event: EventName, args: Arguments) -> None:
        """Show and remember an event, and wake the command that waits."""
        self.show(event, args)
        self.heard.append(event)
        self.news.set()

    def show(self, event: EventName, args: Arguments) -> None:
        """Print an event if it is for the agent to see."""
        raise NotImplementedError

    async def hear(self, is_over: Callable[[], bool], wanted: str) -> None:
        """Wait until events have made something true. Raises ``TimeoutError``, which names ``wanted``."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not is_over():
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise TimeoutError(f"no {wanted} within {PATIENCE:g} seconds") from None

    @property
    def call(self) -> Call:
        """The current call. Raises ``LookupError`` without one."""
        call = self.session.current_call
        if call is None:
            raise LookupError("there is no current call")
        return call

    async def end(self, call: Call) -> None:
        """Leave a call, and wait until it has ended."""
        await call.clear_connection()
        await self.hear(lambda: not call.is_alive, "end of the call")

    # --- Commands -------------------------------------------------------------------------------------

    async def wait(self, event: str) -> None:
        """Wait for an event, unless it came since the last wait."""
        await self.hear(lambda: event in self.heard, event)
        self.heard.clear()

    async def help(self) -> None:
        """List the commands."""
        lines = {
            usage(name, command): inspect.getdoc(command) or "" for name, command in self.commands().items()
        }
        width = max(map(len, lines)) + 4
        for line, text in lines.items():
            print(f"  {line:<{width}}{text.partition(chr(10))[0]}")

    # --- What is typed --------------------------------------------------------------------------------

    def commands(self) -> dict[str, Callable[..., Awaitable[None]]]:
        """The commands by their names."""
        return {name: getattr(self, name) for name in self.COMMANDS.split()}

    async def serve(self) -> None:
        """Obey what is typed until ``quit`` or the end of the input, and finish."""
        lines = typed_lines()
        while (line := await lines.get()) and line.strip() != "quit":
            print(f"> {self.echo(line)}")
            await self.obey(line)
        try:
            await self.finish()
        except (CtiOsError, TimeoutError) as error:
            print(f"  quit: {error}")

    def echo(self, line: str) -> str:
        """A line as it is shown again."""
        return " ".join(line.split())

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

    async def finish(self) -> None:
        """End the agent's calls and log out."""
        raise NotImplementedError


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


def show_buttons(buttons: type[IntFlag], mask: int | None) -> None:
    """Print the names of the buttons that a mask enables."""
    names = [each.name for each in buttons if each.value & (mask or 0) and each.name]
    print("  " + ", ".join(name.removeprefix("ENABLE_").lower() for name in names))


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
