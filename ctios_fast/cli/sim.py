"""``ctios-fast sim``: a simulated CTI Server pair until it is interrupted."""

import asyncio
import signal
from types import FrameType

import click

from ctios_fast.core import NEWEST_VERSION, OLDEST_VERSION
from ctios_fast.sim import Simulator

PASSWORD_VARIABLE = "CTIOS_FAST_PASSWORD"  # noqa: S105 - the name of a variable

_PORT = click.IntRange(0, 65535)
_COUNT = click.IntRange(min=0)


async def _serve(simulator: Simulator) -> None:
    """Serve until SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)

    previous = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        try:
            await simulator.start()
        except OSError as error:
            raise click.ClickException(f"cannot listen: {error.strerror or error}") from None
        try:
            click.echo(f"ready a={simulator.side_a.address} b={simulator.side_b.address}")
            await stop.wait()
        finally:
            await simulator.stop()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@click.command("sim")
@click.option("--host", default="127.0.0.1", metavar="H", show_default=True, help="Address to listen on.")
@click.option(
    "--port-a",
    type=_PORT,
    default=42027,
    metavar="P",
    show_default=True,
    help="Port of side A; 0: a free one.",
)
@click.option(
    "--port-b",
    type=_PORT,
    default=43027,
    metavar="P",
    show_default=True,
    help="Port of side B; 0: a free one.",
)
@click.option(
    "--peripheral",
    type=_COUNT,
    default=5000,
    metavar="N",
    show_default=True,
    help="PeripheralID of the agents.",
)
@click.option("--agents", type=_COUNT, default=1000, metavar="N", show_default=True, help="How many agents.")
@click.option(
    "--first-agent",
    type=_COUNT,
    default=1001,
    metavar="N",
    show_default=True,
    help="AgentID of the first agent.",
)
@click.option(
    "--first-extension",
    type=_COUNT,
    default=3001,
    metavar="N",
    show_default=True,
    help="Extension and instrument of the first agent.",
)
@click.option(
    "--password",
    metavar="PW",
    envvar=PASSWORD_VARIABLE,
    help="ClientPassword that OPEN_REQ must carry; without it any is accepted. The environment variable "
    f"{PASSWORD_VARIABLE} serves as well and keeps it out of the list of processes.",
)
@click.option(
    "--protocol-max",
    type=click.IntRange(OLDEST_VERSION, NEWEST_VERSION),
    default=NEWEST_VERSION,
    metavar="V",
    show_default=True,
    help="Newest protocol version accepted.",
)
def command(
    host: str,
    port_a: int,
    port_b: int,
    peripheral: int,
    agents: int,
    first_agent: int,
    first_extension: int,
    password: str | None,
    protocol_max: int,
) -> None:
    """Run a simulated CTI Server pair.

    Both sides are active and share one peripheral's agents. Once they listen, one line is printed:
    "ready a=H:P b=H:P". SIGINT or SIGTERM ends the program with status 0, a port in use with status 1.
    """
    try:
        simulator = Simulator(
            host=host,
            port_a=port_a,
            port_b=port_b,
            peripheral_id=peripheral,
            agents=agents,
            first_agent=first_agent,
            first_extension=first_extension,
            client_password=password,
            protocol_max=protocol_max,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    asyncio.run(_serve(simulator))
