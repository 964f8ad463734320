"""``ctios-fast demo``: calls and a shift of many agents on a simulator of its own, and what it took."""

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Column, Table

from ctios_fast.connection.life_cycle import ConnectionState
from ctios_fast.errors import CtiOsError
from ctios_fast.fleet.shift import STEPS, Report, work_shift
from ctios_fast.model.session import Session
from ctios_fast.sim import Population, Simulator
from ctios_fast.sim.plant import MAX_AGENTS

from .demo_calls import CallReport, work_calls
from .parameter_types import Integer
from .standard_streams import described

#: Counters of a session that are 0 after a run in which nothing went wrong.
_CLEAN = (
    "frames_malformed",
    "handler_errors",
    "listener_errors",
    "open_requests",
    "requests_timed_out",
    "confirmations_late",
    "confirmations_unasked",
    "requests_forgotten",
    "events_of_unknown_agents",
)
_FAILURES_SHOWN = 10


async def _run(agents: int, on_step: Callable[[str], object]) -> tuple[CallReport, Report, list[str]]:
    """Work at calls, then the shift; return the reports and whatever was lost or left over."""
    async with Simulator(population=Population.numbered(agents, skill_groups=1)) as simulator:
        calls = await work_calls(simulator)
        sent_before = simulator.counters.events_sent
        session = Session(client_id="ctios-fast-demo")
        try:
            a, b = simulator.side_a, simulator.side_b
            await session.connect(ctios_a=a.host, port_a=a.port, ctios_b=b.host, port_b=b.port)
            await session.set_bulk_mode(simulator.peripheral_id)
            staff = [
                session.agent(agent.agent_id, agent_instrument=agent.instrument) for agent in simulator.agents
            ]
            # The first full pass goes over all objects of the start-up. During the shift it would delay 50
            # requests.
            gc.collect()
            report = await work_shift(session, staff, on_step=lambda agent, step: on_step(step))
            sent = simulator.counters.events_sent - sent_before
            return calls, report, list(_left_over(simulator, session, report, sent))
        finally:  # before the simulator ends, so that the session does not look for another side
            await session.disconnect()


def _left_over(simulator: Simulator, session: Session, report: Report, sent: int) -> Iterator[str]:
    if sent != report.events:
        yield f"the server sent {sent} events, {report.events} came"
    if logged_in := sum(agent.logged_in for agent in simulator.agents):
        yield f"{logged_in} agents are still logged in"
    if sessions := len(simulator.side_a.sessions) + len(simulator.side_b.sessions):
        yield f"{sessions} sessions are still open on the server"
    if not report.closed or session.state is not ConnectionState.DISCONNECTED:
        yield "the session was not closed"
    counters = session.counters()
    yield from (f"{counters[name]} {name.replace('_', ' ')}" for name in _CLEAN if counters[name])


@contextmanager
def _progress(agents: int) -> Iterator[Callable[[str], object]]:
    """Show a bar on standard error if it is a terminal, and yield the function that moves it by a step."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    columns = (TextColumn("{task.description:<9}"), BarColumn(None), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(STEPS[0], total=agents * len(STEPS))
        yield lambda step: bar.update(task, advance=1, description=step)


def _table(calls: CallReport, report: Report, errors: int) -> Table:
    table = Table(Column(), Column(justify="right"), title="ctios-fast demo", show_header=False)
    for row in (
        ("calls answered", str(calls.answered)),
        ("calls held and retrieved", str(calls.held)),
        ("calls transferred", str(calls.transferred)),
        ("agents", str(report.agents)),
        ("events", str(report.events)),
        ("events per second", f"{report.events_per_second:.0f}"),
        ("round trip p50 (ms)", f"{report.round_trip(0.5) * 1000:.2f}"),
        ("round trip p99 (ms)", f"{report.round_trip(0.99) * 1000:.2f}"),
        ("errors", str(errors)),
    ):
        table.add_row(*row)
    return table


@click.command("demo")
@click.option(
    "--agents",
    type=Integer(1, MAX_AGENTS),
    default=500,
    metavar="N",
    show_default=True,
    help=f"How many agents, 1 to {MAX_AGENTS}.",
)
def command(agents: int) -> None:
    """Let agents work on a simulator of its own.

    First up to 50 agents log in, answer calls from a queue, hold, retrieve and transfer them, and log out.
    Then one bulk session takes all agents through login, ready, not ready and logout, and is disconnected
    after the last OnPostLogout. Client and server share this process. The table counts the agent state events
    of the second part; a round trip is the time from a request to its confirmation.

    Exit status: 0; 1 unless every agent went through every step, nothing was lost and nothing is left over.
    """
    with _progress(agents) as on_step:
        try:
            calls, report, left_over = asyncio.run(_run(agents, on_step))
        except (OSError, CtiOsError) as error:
            reason = described(error) if isinstance(error, OSError) else error
            raise click.ClickException(f"cannot begin: {reason}") from None
    problems = [*calls.failures, *(str(failure) for failure in report.failures), *left_over]
    Console().print(_table(calls, report, len(problems)))
    for problem in problems[:_FAILURES_SHOWN]:
        click.echo(problem, err=True)
    if len(problems) > _FAILURES_SHOWN:
        click.echo(f"... and {len(problems) - _FAILURES_SHOWN} more", err=True)
    if problems or report.completed != report.agents:
        sys.exit(1)
