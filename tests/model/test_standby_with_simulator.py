"""Standby sessions against the simulator: every fault of the active side, in each mode, on a manual clock."""

import asyncio
import random

import pytest
from support.model import (
    PATIENCE,
    MakeSession,
    Recorder,
    an_agent,
    calls_of,
    calls_of_plant,
    library_tasks,
    settled,
    sides,
    soon,
    talking,
    until,
)
from support.struct_server import accepting
from support.wire_steps import advance

from ctios_fast import ConnectionState, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.model.modes import SUPERVISOR
from ctios_fast.protocol.codes import CTI_SERVICE_ACTIVE_STANDBY
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Simulator

FAULTS = ("kill", "freeze", "garbage", "mid_frame", "graceful", "swap")
MODES = ("agent", "bulk", "monitor")
AGENTS = 5

#: Seconds by which the clock moves at a time, so that real sockets get ahead of the time-outs.
STEP = 0.1


async def set_mode(session: Session, mode: str) -> None:
    """Set one of the modes, for agent 1001 or for all agents of the simulator."""
    named = [str(1001 + number) for number in range(AGENTS)]
    if mode == "agent":
        await soon(session.set_agent(an_agent()))
    elif mode == "bulk":
        await soon(session.set_bulk_mode(5000, agents=named))
    else:
        await soon(session.set_message_filter("*", peripheral_id=5000, agents=named))


def strike(sim: Simulator, fault: str) -> None:
    """Let the fault strike side A."""
    if fault == "swap":
        sim.swap()
    else:
        sim.fail_side("a", fault)


def agrees(session: Session, sim: Simulator, mode: str) -> bool:
    """Whether the calls and agents of the session equal those of the simulator."""
    devices = ["3001"] if mode == "agent" else [agent.device.device_id for agent in sim.agents]
    calls = {key: state for key, state in calls_of_plant(sim.plant).items() if key[1] in devices}
    known = {key: state for key, state in calls_of(session).items() if key[1] in devices}
    agents = all(each.state == int(sim.agent(each.agent_id).state) for each in session.agents.values())
    return known == calls and agents and session.counters()["open_requests"] == 0


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("mode", MODES)
async def test_a_fault_of_the_active_side_costs_no_time(
    make_session: MakeSession, clock: ManualClock, mode: str, fault: str
) -> None:
    async with Simulator(agents=AGENTS, clock=clock) as sim:
        for number in range(AGENTS):
            sim.set_agent_state(str(1001 + number), AgentState.AGENT_STATE_LOGIN)
        session = make_session(clock=clock, rng=random.Random(1), standby=True, heartbeat=5.0)
        recorder = Recorder(session)
        recovered: list[object] = []
        session.subscribe("OnRecovered", recovered.append)
        await soon(session.connect(**sides(sim)))
        await set_mode(session, mode)
        await recorder.wait_for("OnStandbyOpened")
        talking(sim, "1001")
        await until(lambda: session.calls and agrees(session, sim, mode))
        assert (session.current_side, session.standby_side) == ("A", "B")
        before = clock.time()
        strike(sim, fault)
        sim.set_agent_state("1002", AgentState.AGENT_STATE_AVAILABLE)
        await recorder.wait_for("OnStandbyActive")
        await until(lambda: recovered and agrees(session, sim, mode))
        assert clock.time() == before
        assert (session.current_side, session.is_open) == ("B", True)
        counters = session.counters()
        assert (counters["standby_switches"], counters["connections"]) == (1, 2)
        if fault in ("graceful", "swap", "freeze"):
            assert recorder.of("OnConnectionFailure") == []
        if fault != "swap":
            await sim.restore_side("a")
        await advance(clock, session, lambda: session.standby_side, step=STEP)
        assert session.standby_side == "A"
        sim.swap()
        await recorder.wait_for("OnStandbyActive", 2)
        await until(lambda: len(recovered) == 2 and agrees(session, sim, mode))
        assert session.current_side == "A"


@pytest.mark.parametrize("seconds", [0.0, 2.5])
@pytest.mark.parametrize("mode", MODES)
async def test_the_session_follows_a_swap_and_a_swap_back(
    make_session: MakeSession, clock: ManualClock, mode: str, seconds: float
) -> None:
    async with Simulator(agents=AGENTS, clock=clock) as sim:
        for number in range(AGENTS):
            sim.set_agent_state(str(1001 + number), AgentState.AGENT_STATE_LOGIN)
        session = make_session(clock=clock, rng=random.Random(1), standby=True)
        await soon(session.connect(**sides(sim)))
        await set_mode(session, mode)
        await until(lambda: session.standby_side)
        sim.swap()
        sim.set_agent_state("1002", AgentState.AGENT_STATE_AVAILABLE)
        if seconds:
            await advance(
                clock, session, lambda: session.current_side == "B" and session.standby_side, step=STEP
            )
            clock.advance(seconds - clock.time())
        sim.swap()
        swapped = clock.time()
        sim.set_agent_state("1002", AgentState.AGENT_STATE_NOT_READY)
        talking(sim, "1001")
        await advance(
            clock, session, lambda: session.current_side == "A" and agrees(session, sim, mode), step=STEP
        )
        assert clock.time() - swapped < 1.5
        await advance(clock, session, lambda: session.standby_side == "B", step=STEP)
        assert session.counters()["repairs_given_up"] == 0


async def change_roles(sim: Simulator, fault: str) -> None:
    """Let the other side become active; a side that was killed is started again at once."""
    if fault == "swap":
        sim.swap()
    else:
        active = "a" if sim.side("a").active else "b"
        await until(lambda: not accepting())
        sim.fail_side(active, fault)
        await sim.restore_side(active)


async def network_at_rest() -> None:
    """Let everything that was sent arrive, and every attempt to connect end, without time of the clock."""
    for _ in range(3):
        await until(lambda: not {"ctios_fast-resolve", "ctios_fast-dial"} & set(library_tasks()))
        for _ in range(30):
            await asyncio.sleep(0)


@pytest.mark.parametrize("changes", [2, 3, 4, 6])
@pytest.mark.parametrize("fault", ["swap", "kill"])
async def test_the_active_side_is_found_soon_after_changes_in_quick_succession(
    make_session: MakeSession, clock: ManualClock, fault: str, changes: int
) -> None:
    async with Simulator(agents=AGENTS, clock=clock) as sim:
        session = make_session(clock=clock, rng=random.Random(1), standby=True)
        await soon(session.connect(**sides(sim)))
        await set_mode(session, "monitor")
        await until(lambda: session.standby_side)
        for number in range(changes):
            for _ in range(5 if number else 0):
                await network_at_rest()
                clock.advance(STEP)
            await change_roles(sim, fault)
        changed = clock.time()
        active = "A" if sim.side("a").active else "B"
        await network_at_rest()
        while not (session.is_open and session.current_side == active):
            assert clock.time() - changed < 1.5
            clock.advance(STEP)
            await network_at_rest()
        await advance(clock, session, lambda: session.standby_side, step=STEP)
        assert agrees(session, sim, "monitor")


TAKEOVER = 3.0


async def test_the_session_goes_on_at_the_moment_at_which_the_standby_side_is_active(
    make_session: MakeSession, clock: ManualClock
) -> None:
    async with Simulator(agents=AGENTS, clock=clock, takeover=TAKEOVER) as sim:
        session = make_session(clock=clock, rng=random.Random(1), standby=True)
        await soon(session.connect(**sides(sim)))
        await set_mode(session, "bulk")
        await until(lambda: session.standby_side)
        sim.fail_side("a")
        await until(lambda: not session.is_open)
        clock.advance(TAKEOVER)
        await until(lambda: session.is_open)
        assert session.counters()["standby_switches"] == 1


async def test_without_a_standby_session_the_waits_of_the_search_come_first(
    make_session: MakeSession, clock: ManualClock
) -> None:
    async with Simulator(agents=AGENTS, clock=clock, takeover=TAKEOVER) as sim:
        session = make_session(clock=clock, rng=random.Random(1))
        await soon(session.connect(**sides(sim)))
        await set_mode(session, "bulk")
        sim.fail_side("a")
        await until(lambda: not session.is_open)
        before = clock.time()
        async with asyncio.timeout(PATIENCE):
            while not session.is_open:
                await asyncio.sleep(0)
                if session.state is ConnectionState.WAITING:
                    clock.advance(0.01)
        assert 15 <= clock.time() - before <= 17, (
            "two rounds fail within a second, the third follows after 15"
        )


@pytest.mark.parametrize("standby", [True, False])
async def test_monitors_are_renewed_when_a_side_has_become_active(
    make_session: MakeSession, team: Simulator, standby: bool
) -> None:
    session = make_session(standby=standby)
    recorder = Recorder(session)
    recovered: list[object] = []
    session.subscribe("OnRecovered", recovered.append)
    await soon(session.connect(**sides(team)))
    supervisor = an_agent(supervisor=True)
    await soon(session.set_agent(supervisor, services=SUPERVISOR.services | CTI_SERVICE_ACTIVE_STANDBY))
    await soon(supervisor.login())
    await soon(supervisor.start_monitoring_all_agent_teams())
    if standby:
        await until(lambda: session.standby_side)
    team.swap()
    if not standby:
        team.swap()  # the same side again, which has forgotten the monitors
    await until(lambda: recovered)
    await settled(session)
    recorder.clear()
    team.set_agent_state("1002", AgentState.AGENT_STATE_LOGIN)
    event = await recorder.wait_for("OnMonitoredAgentStateChange")
    assert event["AgentID"] == "1002"
    assert session.current_side == ("B" if standby else "A")
    assert session.counters()["repairs_given_up"] == 0
