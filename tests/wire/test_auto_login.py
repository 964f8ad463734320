"""Auto login after a fail-over, byte by byte: the login, and the way back to the state from before."""

import random

import pytest
from support.model import MakeSession
from support.struct_server import (
    AVAILABLE,
    LOGIN,
    LOGOUT,
    NOT_READY,
    RESERVED,
    SET_AGENT_STATE_REQ,
    TALKING,
    WORK_NOT_READY,
    WORK_READY,
    StructServer,
)
from support.wire_steps import (
    OWN_MONITOR,
    STATE_LAYOUT,
    Desk,
    FullRecorder,
    advance,
    answer_opening,
    open_agent,
    recovered,
    request_for_state,
)

from ctios_fast.connection.clock import ManualClock

#: The state of an agent that holds a call.
HOLD = 10
#: Reasons: one that the agent gave, one that the peripheral gives for a call that was not answered.
LUNCH, CALL_NOT_ANSWERED = 7, 32767


@pytest.fixture
async def desk(make_session: MakeSession, clock: ManualClock, server: StructServer) -> Desk:
    """An agent with auto login that is logged in, in agent mode."""
    session = make_session(clock=clock, rng=random.Random(188), clients=1)
    desk = await open_agent(session, server, FullRecorder(session))
    desk.agent.auto_login = True
    return desk


async def heard(desk: Desk, *states: tuple[int, int]) -> None:
    """The server reports these states, each with its reason, and the client takes them in."""
    for state, reason in states:
        desk.peer.agent_state_event(state, reason, monitor_id=OWN_MONITOR)
    await desk.recorder.wait_for("OnAgentStateChange", len(states))


async def over_to_a_new_connection(desk: Desk, server: StructServer, clock: ManualClock, state: int) -> Desk:
    """Lose the connection; the client finds the agent in that state over a new one."""
    desk.peer.reset()
    await desk.recorder.wait_for("OnConnectionFailure")
    desk.recorder.clear()
    session = desk.session
    await advance(clock, session, lambda: session.is_connected())
    peer = await server.accepted()
    await answer_opening(peer, state=state)
    return desk._replace(peer=peer)


async def logged_in_again(desk: Desk, reason: int = 0) -> None:
    """The client asks for LOGIN; the agent is NOT_READY after it."""
    login = await request_for_state(desk, LOGIN)
    desk.peer.state_conf(login)
    desk.peer.agent_state_event(NOT_READY, reason, monitor_id=OWN_MONITOR)


#: States before the loss, with reasons, and the request that follows the login; None for none.
STORIES = {
    "ready": ([(NOT_READY, 0), (AVAILABLE, 0)], (AVAILABLE, 0)),
    "not ready": ([(NOT_READY, 0)], None),
    "not ready for lunch": ([(AVAILABLE, 0), (NOT_READY, LUNCH)], (NOT_READY, LUNCH)),
    "not ready, as the peripheral chose": ([(AVAILABLE, 0), (NOT_READY, CALL_NOT_ANSWERED)], None),
    "reserved": ([(AVAILABLE, 0), (RESERVED, 0)], (AVAILABLE, 0)),
    "talking, ready before": ([(AVAILABLE, 0), (RESERVED, 0), (TALKING, 0)], (AVAILABLE, 0)),
    "on hold, ready before": ([(AVAILABLE, 0), (TALKING, 0), (HOLD, 0)], (AVAILABLE, 0)),
    "talking, at lunch before": ([(NOT_READY, LUNCH), (TALKING, 0)], (NOT_READY, LUNCH)),
    "talking from the start": ([(TALKING, 0)], None),
    "work, ready after it": ([(TALKING, 0), (WORK_READY, 0)], (AVAILABLE, 0)),
    "work, not ready after it": ([(AVAILABLE, 0), (TALKING, 0), (WORK_NOT_READY, 0)], None),
}


@pytest.mark.parametrize("story", STORIES)
async def test_an_agent_that_was_logged_out_goes_back_to_the_state_before(
    desk: Desk, server: StructServer, clock: ManualClock, story: str
) -> None:
    before, wanted = STORIES[story]
    await heard(desk, *before)
    desk = await over_to_a_new_connection(desk, server, clock, LOGOUT)
    await logged_in_again(desk)
    if wanted is not None:
        request = await request_for_state(desk, *wanted)
        desk.peer.state_conf(request)
        desk.peer.agent_state_event(*wanted, monitor_id=OWN_MONITOR)
    await recovered(desk)
    desk.agent.set_agent_state(AVAILABLE, reason_code=99)
    await request_for_state(desk, AVAILABLE, 99)  # nothing else was sent before it


async def test_an_agent_that_is_still_logged_in_is_left_alone(
    desk: Desk, server: StructServer, clock: ManualClock
) -> None:
    await heard(desk, (AVAILABLE, 0))
    desk = await over_to_a_new_connection(desk, server, clock, NOT_READY)
    await recovered(desk)
    desk.agent.set_agent_state(AVAILABLE, reason_code=99)
    await request_for_state(desk, AVAILABLE, 99)


async def test_a_loss_between_login_and_the_state_before_loses_neither(
    desk: Desk, server: StructServer, clock: ManualClock
) -> None:
    await heard(desk, (AVAILABLE, 0))
    desk = await over_to_a_new_connection(desk, server, clock, LOGOUT)
    await logged_in_again(desk)
    await request_for_state(desk, AVAILABLE)
    desk = await over_to_a_new_connection(desk, server, clock, NOT_READY)
    request = await request_for_state(desk, AVAILABLE)
    desk.peer.state_conf(request)
    desk.peer.agent_state_event(AVAILABLE, monitor_id=OWN_MONITOR)
    await recovered(desk)
    assert desk.agent.state == AVAILABLE


async def test_a_state_before_that_is_refused_is_not_asked_for_again(
    desk: Desk, server: StructServer, clock: ManualClock
) -> None:
    await heard(desk, (AVAILABLE, 0))
    desk = await over_to_a_new_connection(desk, server, clock, LOGOUT)
    await logged_in_again(desk)
    desk.peer.control_failure_conf(await request_for_state(desk, AVAILABLE), 22, 0)
    report = await recovered(desk)
    assert report["GivenUp"] == 1
    assert desk.agent.state == NOT_READY


async def test_a_logout_by_the_program_is_not_undone(
    desk: Desk, server: StructServer, clock: ManualClock
) -> None:
    await heard(desk, (AVAILABLE, 0))
    desk.agent.logout(reason_code=3)
    await request_for_state(desk, LOGOUT, 3)
    desk = await over_to_a_new_connection(desk, server, clock, LOGOUT)
    await desk.recorder.wait_for("OnRecovered")
    assert desk.agent.state == LOGOUT


async def test_a_mobile_agent_is_logged_in_again_with_its_telephone(
    desk: Desk, server: StructServer, clock: ManualClock
) -> None:
    desk.agent.remote_login = True
    desk.agent.agent_remote_number = "5550100"
    desk.agent.agent_call_mode = 4
    await heard(desk, (NOT_READY, 0))
    desk = await over_to_a_new_connection(desk, server, clock, LOGOUT)
    login = await desk.peer.receive(SET_AGENT_STATE_REQ)
    assert (6, b"3001;5550100\0") in login.floating(STATE_LAYOUT)


async def test_auto_login_that_is_set_late_goes_back_too(
    desk: Desk, server: StructServer, clock: ManualClock
) -> None:
    desk.agent.auto_login = False
    await heard(desk, (AVAILABLE, 0))
    desk.agent.set_value("AutoLogin", "1")
    desk = await over_to_a_new_connection(desk, server, clock, LOGOUT)
    await logged_in_again(desk)
    await request_for_state(desk, AVAILABLE)
