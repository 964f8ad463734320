"""``ctios-fast sim``: a simulated CTI Server pair until it is interrupted."""

import asyncio
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from types import FrameType
from typing import Any

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from ctios_fast.protocol.codes import DEFAULT_PORTS
from ctios_fast.sim.centre import Centre, CentreSettings
from ctios_fast.sim.centre_options import CENTRE_OPTIONS, Integer, Number, OneOf, checked_settings, conflict
from ctios_fast.sim.scenario import READY_SCENARIOS

from . import parameter_types
from .output_paths import OutputPath
from .standard_streams import described

PASSWORD_VARIABLE = "CTIOS_FAST_PASSWORD"  # noqa: S105 - the name of a variable

_DEFAULTS = CentreSettings()
_PORT = parameter_types.Integer(0, 65535)

log = logging.getLogger("ctios_fast.sim")


class _Value(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """The value of an option of ``CENTRE_OPTIONS``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._option = CENTRE_OPTIONS[name]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Return the value. Raises click's BadParameter with the error that tests get too."""
        if not isinstance(value, str):
            return value  # a default
        try:
            return self._option.parsed(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the words that the option takes."""
        words = self._option.kind.words if isinstance(self._option.kind, OneOf) else ()
        return [CompletionItem(word) for word in words if word.startswith(incomplete)]


class _ScenarioName(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """The name of a ready scenario, or a file. The command reads it with its other options."""

    name = "scenario"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the ready scenarios that begin with a word; the shell adds files if there are none."""
        names = [CompletionItem(name) for name in READY_SCENARIOS if name.startswith(incomplete)]
        return names or [CompletionItem(incomplete, type="file")]


def _value(name: str, about: str) -> dict[str, Any]:
    """Arguments for an option of ``CENTRE_OPTIONS``: type, help with its range, metavar if it takes words."""
    kind = CENTRE_OPTIONS[name].kind
    if isinstance(kind, OneOf):
        return {"type": _Value(name), "help": f"{about}.", "metavar": f"[{'|'.join(kind.words)}]"}
    bounds = f" ({kind.bounds})" if isinstance(kind, Integer | Number) else ""
    return {"type": _Value(name), "help": f"{about}{bounds}."}


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
            except (OSError, UnicodeError) as error:
                # UnicodeError: of a label without characters, or with more than 63
                reason = described(error) if isinstance(error, OSError) else "--host is not a host name"
                raise click.ClickException(
                    f"cannot listen: {reason}. Give a free port (0 takes any), an address "
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
    help="Port of side A, 1 to 65535; 0: a free one.",
)
@click.option(
    "--port-b",
    type=_PORT,
    default=DEFAULT_PORTS[1],
    metavar="P",
    show_default=True,
    help="Port of side B, 1 to 65535; 0: a free one.",
)
@click.option(
    "--peripheral",
    "peripheral_id",
    **_value("peripheral_id", "PeripheralID of the agents"),
    default=_DEFAULTS.peripheral_id,
    metavar="N",
    show_default=True,
)
@click.option(
    "--agents",
    **_value("agents", "How many agents"),
    default=_DEFAULTS.agents,
    metavar="N",
    show_default=True,
)
@click.option(
    "--first-agent",
    **_value("first_agent", "AgentID of the first agent"),
    default=_DEFAULTS.first_agent,
    metavar="N",
    show_default=True,
)
@click.option(
    "--first-extension",
    **_value("first_extension", "Extension and instrument of the first agent"),
    default=_DEFAULTS.first_extension,
    metavar="N",
    show_default=True,
)
@click.option(
    "--password",
    "client_password",
    **_value(
        "client_password",
        "ClientPassword that OPEN_REQ must carry; without it any is accepted. The environment variable "
        f"{PASSWORD_VARIABLE} serves as well and keeps it out of the list of processes",
    ),
    metavar="PW",
    envvar=PASSWORD_VARIABLE,
)
@click.option(
    "--protocol-max",
    "version",
    **_value("version", "Newest protocol version accepted"),
    default=_DEFAULTS.protocol_max,
    metavar="V",
    show_default=True,
)
@click.option(
    "--scenario",
    type=_ScenarioName(),
    metavar="FILE",
    help="What happens by itself: a TOML file, or the name of a ready scenario: "
    f"{', '.join(READY_SCENARIOS)}. It brings its own agents.",
)
@click.option(
    "--seed",
    **_value("seed", "Seed of all random choices; the same seed gives the same calls"),
    default=_DEFAULTS.seed,
    metavar="N",
    show_default=True,
)
@click.option(
    "--speed",
    **_value("speed", "Simulated seconds of the calls in a real second"),
    default=_DEFAULTS.speed,
    metavar="X",
    show_default=True,
)
@click.option(
    "--clock",
    **_value("clock", "Virtual: time moves only by the command advance"),
    default="real",
    show_default=True,
)
@click.option(
    "--disorder",
    **_value("disorder", "Send events that belong together in any order that the protocol allows"),
    metavar="SEED",
)
@click.option(
    "--id-change",
    **_value("id_change", "How clients learn the IDs of a call after a conference or transfer"),
    default=_DEFAULTS.id_change.value,
    show_default=True,
)
@click.option(
    "--connection-ids",
    **_value("connection_ids", "Form of ConnectionDeviceIDs"),
    default=_DEFAULTS.connection_ids.value,
    show_default=True,
)
@click.option(
    "--shared-consult-id",
    is_flag=True,
    help="Give a consult call the ConnectionCallID of the call that it is started from.",
)
@click.option(
    "--pair",
    **_value("pair", "Whether one side or both serve sessions"),
    default=_DEFAULTS.pair,
    show_default=True,
)
@click.option(
    "--takeover",
    **_value("takeover", "How long after the active side's end the standby becomes active"),
    default=_DEFAULTS.takeover,
    metavar="SECONDS",
    show_default=True,
)
@click.option(
    "--strict/--lenient",
    default=_DEFAULTS.strict,
    show_default=True,
    help="Refuse what the protocol refuses, or take undefined mask bits and a missing ClientPassword.",
)
@click.option(
    "--control",
    "control_path",
    type=OutputPath(allow_dash=False),
    metavar="PATH",
    help="Unix socket for commands, created at PATH.",
)
@click.option("--verbose", is_flag=True, help="Log everything that happens, not only what is refused.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    host: str,
    port_a: int,
    port_b: int,
    control_path: str | None,
    verbose: bool,
    **options: Any,
) -> None:
    """Run a simulated CTI Server pair.

    Both sides share one peripheral's agents and calls. Once they listen, one line is printed:
    "ready a=H:P b=H:P". Refused requests are logged to stderr. Without a scenario nothing happens by itself.

    Exit status: 0 after SIGINT or SIGTERM, once it listens; 1 if it cannot listen, such as on a port in use;
    2 for a wrong option, path or scenario.
    """
    given = {name: value for name, value in options.items() if _given(ctx, name)}
    sentence = conflict(given, _flag)
    if sentence is not None:
        raise click.UsageError(sentence)
    try:
        settings = CentreSettings(
            host=host, port_a=port_a, port_b=port_b, control_path=control_path, **checked_settings(given)
        )
        centre = Centre(settings)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if settings.virtual and control_path is None:
        click.echo("warning: --clock virtual without --control: time will not move", err=True)
    with _log_to_stderr(verbose):
        asyncio.run(_serve(centre))


def _flag(name: str) -> str:
    """The option of the command line with a name of ``CENTRE_OPTIONS``."""
    flag = CENTRE_OPTIONS[name].flag
    return flag if isinstance(flag, str) else next(word for words in flag.values() for word in words)


def _given(ctx: click.Context, name: str) -> bool:
    """Whether an option was given, and is not its default."""
    return ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
