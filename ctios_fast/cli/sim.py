"""``ctios-fast sim``: a simulated CTI Server pair until it is interrupted."""

import asyncio
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from types import FrameType
from typing import Literal

import click
from click.core import ParameterSource

from ctios_fast.core import NEWEST_VERSION, OLDEST_VERSION
from ctios_fast.protocol.codes import DEFAULT_PORTS
from ctios_fast.sim.centre import Centre, CentreSettings
from ctios_fast.sim.plant import ConnectionIdForm, IdChange
from ctios_fast.sim.scenario import READY_SCENARIOS, Scenario, ScenarioError, load_scenario
from ctios_fast.sim.sim_clocks import MAX_SPEED, MIN_SPEED

PASSWORD_VARIABLE = "CTIOS_FAST_PASSWORD"  # noqa: S105 - the name of a variable

_MAX_SEED = (1 << 64) - 1
_MAX_TAKEOVER = 3600.0
_PORT = click.IntRange(0, 65535)
_COUNT = click.IntRange(min=0)
_SEED = click.IntRange(0, _MAX_SEED)

log = logging.getLogger("ctios_fast.sim")


async def _serve(centre: Centre) -> None:
    """Serve until SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)

    previous = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        async with AsyncExitStack() as running:
            try:
                await running.enter_async_context(centre)
            except OSError as error:
                raise click.ClickException(
                    f"cannot listen: {error.strerror or error}. Give a free port (0 takes any), an address "
                    "of this machine, and a control socket in a folder that exists"
                ) from None
            simulator = centre.simulator
            click.echo(f"ready a={simulator.side_a.address} b={simulator.side_b.address}")
            await stop.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def _log_to_stderr(verbose: bool) -> Iterator[None]:
    """Write the log of the simulator to stderr: what it refuses; with ``verbose`` everything that it does."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG if verbose else logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


@click.command("sim")
@click.option("--host", default="127.0.0.1", metavar="H", show_default=True, help="Address to listen on.")
@click.option(
    "--port-a",
    type=_PORT,
    default=DEFAULT_PORTS[0],
    metavar="P",
    show_default=True,
    help="Port of side A; 0: a free one.",
)
@click.option(
    "--port-b",
    type=_PORT,
    default=DEFAULT_PORTS[1],
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
@click.option(
    "--scenario",
    metavar="FILE",
    help="What happens by itself: a TOML file, or the name of a ready scenario: "
    f"{', '.join(READY_SCENARIOS)}. It brings its own agents.",
)
@click.option(
    "--seed",
    type=_SEED,
    default=0,
    metavar="N",
    show_default=True,
    help="Of all random choices: the same seed gives the same calls.",
)
@click.option(
    "--speed",
    type=click.FloatRange(MIN_SPEED, MAX_SPEED),
    default=1.0,
    metavar="X",
    show_default=True,
    help="Simulated seconds of the calls in a real second.",
)
@click.option(
    "--clock",
    type=click.Choice(["real", "virtual"]),
    default="real",
    show_default=True,
    help="Virtual: time moves only by the command advance.",
)
@click.option(
    "--disorder",
    type=_SEED,
    metavar="SEED",
    help="Send events that belong together in any order that the protocol allows.",
)
@click.option(
    "--id-change",
    type=click.Choice([change.value for change in IdChange]),
    default=IdChange.UPDATE.value,
    show_default=True,
    help="How clients learn the IDs of a call after a conference or transfer.",
)
@click.option(
    "--connection-ids",
    type=click.Choice([form.value for form in ConnectionIdForm]),
    default=ConnectionIdForm.STATIC.value,
    show_default=True,
    help="Form of ConnectionDeviceIDs.",
)
@click.option(
    "--shared-consult-id",
    is_flag=True,
    help="Give a consult call the ConnectionCallID of the call that it is made from.",
)
@click.option(
    "--pair",
    type=click.Choice(["active-standby", "both-active"]),
    default="active-standby",
    show_default=True,
    help="Whether one side or both serve sessions.",
)
@click.option(
    "--takeover",
    type=click.FloatRange(0.0, _MAX_TAKEOVER),
    default=0.0,
    metavar="SECONDS",
    show_default=True,
    help="How long after the active side's end the standby becomes active.",
)
@click.option(
    "--strict/--lenient",
    default=True,
    show_default=True,
    help="Refuse what the protocol refuses, or take undefined mask bits and a missing ClientPassword.",
)
@click.option("--control", "control_path", metavar="PATH", help="Unix socket for commands, made at PATH.")
@click.option("--verbose", is_flag=True, help="Log everything that happens, not only what is refused.")
@click.pass_context
def command(
    ctx: click.Context,
    host: str,
    port_a: int,
    port_b: int,
    peripheral: int,
    agents: int,
    first_agent: int,
    first_extension: int,
    password: str | None,
    protocol_max: int,
    scenario: str | None,
    seed: int,
    speed: float,
    clock: str,
    disorder: int | None,
    id_change: str,
    connection_ids: str,
    shared_consult_id: bool,
    pair: Literal["active-standby", "both-active"],
    takeover: float,
    strict: bool,
    control_path: str | None,
    verbose: bool,
) -> None:
    """Run a simulated CTI Server pair.

    Both sides share one peripheral's agents and calls. Once they listen, one line is printed:
    "ready a=H:P b=H:P". Refused requests are logged to stderr. SIGINT or SIGTERM ends the program with status
    0, a port in use with status 1. Without a scenario nothing happens by itself.
    """
    chosen = None if scenario is None else _scenario(ctx, scenario)
    virtual = clock == "virtual"
    if virtual and _given(ctx, "speed"):
        raise click.UsageError("--speed does not go with --clock virtual, which moves by advance only")
    settings = CentreSettings(
        host=host,
        port_a=port_a,
        port_b=port_b,
        peripheral_id=peripheral,
        agents=agents,
        first_agent=first_agent,
        first_extension=first_extension,
        client_password=password,
        protocol_max=protocol_max,
        scenario=chosen,
        seed=seed,
        speed=speed,
        virtual=virtual,
        disorder=disorder,
        id_change=IdChange(id_change),
        connection_ids=ConnectionIdForm(connection_ids),
        shared_consult_id=shared_consult_id,
        pair=pair,
        takeover=takeover,
        strict=strict,
        control_path=control_path,
    )
    try:
        centre = Centre(settings)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if virtual and control_path is None:
        click.echo("warning: --clock virtual without --control: time will not move", err=True)
    with _log_to_stderr(verbose):
        asyncio.run(_serve(centre))


def _scenario(ctx: click.Context, name: str) -> Scenario:
    """The scenario that was chosen. Raises click's UsageError."""
    for option in ("agents", "first_agent", "first_extension"):
        if _given(ctx, option):
            raise click.UsageError(
                f"--{option.replace('_', '-')} does not go with --scenario, which has its own agents"
            )
    try:
        return load_scenario(name)
    except ScenarioError as error:
        raise click.UsageError(str(error)) from None


def _given(ctx: click.Context, name: str) -> bool:
    """Whether an option was given, and is not its default."""
    return ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
