"""Monitor mode against the simulator: what it knows after the opening, and while agents work."""

from support.model import MakeSession, calls_of, calls_of_plant, sides, soon, until

from ctios_fast import Agent, AgentState, Arguments, Session
from ctios_fast.sim import Simulator


async def talking(session: Session, simulator: Simulator) -> tuple[Agent, Agent]:
    """Log agents 1001 and 1002 in over a bulk session, and connect them by a call."""
    await soon(session.connect(**sides(simulator)))
    await soon(session.set_bulk_mode(5000))
    caller, called = (session.agent(str(n), agent_instrument=str(n + 2000)) for n in (1001, 1002))
    for agent in (caller, called):
        await soon(agent.login())
    await soon(called.set_agent_state(AgentState.eAvailable))
    await soon(caller.make_call(dialed_number="3002"))
    await until(lambda: any(call.instrument == "3002" for call in session.calls.values()))
    call = next(call for call in session.calls.values() if call.instrument == "3002")
    await soon(call.answer())
    await until(lambda: call.status == 3)
    return caller, called


async def test_the_snapshot_finds_calls_that_are_in_progress_at_the_opening(
    make_session: MakeSession, session: Session
) -> None:
    snapshots: dict[str, list[Arguments]] = {}
    for event in ("OnSnapshotDeviceConf", "OnSnapshotCallConf"):
        session.subscribe(event, lambda args, event=event: snapshots.setdefault(event, []).append(args))
    async with Simulator() as simulator, make_session() as desk:
        caller, _ = await talking(desk, simulator)
        await soon(session.connect(**sides(simulator)))
        await soon(session.set_message_filter("*", peripheral_id=5000, agents=["1001", "1002", "1003"]))
        assert calls_of(session) == calls_of_plant(simulator.plant)
        assert len(session.calls) == 2
        assert {call.instrument for call in session.get_all_calls().values()} == {"3001", "3002"}
        assert len(snapshots["OnSnapshotDeviceConf"]) == 2
        assert {args["UniqueObjectID"] for args in snapshots["OnSnapshotCallConf"]} == set(session.calls)
        assert session.agents["1001"].state == caller.state
        assert session.agents["1003"].state == AgentState.eLogout

        for call in list(desk.calls.values()):
            if call.instrument == "3002":
                await soon(call.clear_connection())
        await until(lambda: not session.calls)
        assert not calls_of_plant(simulator.plant)
        await session.disconnect()


async def test_a_filter_of_agents_keeps_calls_up_to_date_without_their_events(
    make_session: MakeSession, session: Session
) -> None:
    heard: list[str] = []
    for event in session.events:
        if event.startswith(("OnCall", "OnAgentStateChange")):
            session.subscribe(event, lambda args, event=event: heard.append(event))
    async with Simulator() as simulator, make_session() as desk:
        await soon(session.connect(**sides(simulator)))
        await soon(session.set_message_filter("MessageId=30;AgentId=1002", peripheral_id=5000))
        await talking(desk, simulator)
        await until(lambda: {call.status for call in session.calls.values()} == {3})
        assert set(heard) == {"OnAgentStateChange"}
        assert set(session.get_all_agents()) == {"agent.5000.1001", "agent.5000.1002"}
        await session.disconnect()


async def test_a_repair_does_not_count_the_calls_that_the_opening_found(
    make_session: MakeSession, session: Session
) -> None:
    recovered: list[Arguments] = []
    session.subscribe("OnRecovered", recovered.append)
    async with Simulator() as simulator, make_session() as desk:
        await talking(desk, simulator)
        await soon(session.connect(**sides(simulator)))
        await soon(session.set_message_filter("*", peripheral_id=5000, agents=["1001", "1002"]))
        simulator.fail_side("a")
        await until(lambda: recovered)
        assert recovered[0]["CallsBegun"] == 0
        assert recovered[0]["CallsRefreshed"] == 2
        await session.disconnect()
