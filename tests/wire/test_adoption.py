"""Opening for an agent who is signed in already, and events that name the agent in other ways."""

import pytest
from support.model import Recorder, an_agent, soon
from support.struct_server import (
    AGENT_STATE_EVENT,
    AVAILABLE,
    LOGIN,
    LOGOUT,
    NOT_READY,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    SET_AGENT_STATE_REQ,
    Group,
    StructServer,
)
from support.wire_steps import (
    AGENT_SERVICES,
    OWN_MONITOR,
    STATE_LAYOUT,
    Desk,
    advance,
    answer_opening,
    connected,
    open_agent,
    reconnected,
    reported,
    request_for_state,
    signed_in,
)

from ctios_fast import ConnectionLost, RequestTimeout, Session
from ctios_fast.connection.clock import ManualClock

pytestmark = pytest.mark.usefixtures("keywords")


async def test_an_agent_who_is_signed_in_is_adopted_with_the_skill_groups(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    agent = an_agent()
    peer = await connected(session, server)
    opening = session.set_agent(agent)
    groups = (Group(7, 5007, 1, AVAILABLE), Group(8, 5008, 2, NOT_READY))
    await answer_opening(peer, state=AVAILABLE, groups=groups)
    await soon(opening)
    state = await recorder.wait_for("OnQueryAgentStateConf")
    names = [name for name in recorder.names if name != "OnCTIOSFailure"]
    assert names == ["OnConnection", "OnSetAgentModeEvent", "OnQueryAgentStateConf"]
    assert (state["AgentState"], state["NumSkillGroups"], state["MRDID"]) == (AVAILABLE, 2, 1)
    for number, group in enumerate(groups, 1):
        found = state.get_value_array(f"SkillGroup[{number}]")
        assert dict(found) == {
            "SkillGroupNumber": group.number,
            "SkillGroupID": group.id,
            "SkillGroupPriority": group.priority,
            "SkillGroupState": group.state,
        }
    assert agent.state == AVAILABLE
    assert agent.is_logged_in


async def test_an_event_that_names_the_instrument_only_is_the_agents(desk: Desk) -> None:
    desk.peer.agent_state_event(AVAILABLE, monitor_id=OWN_MONITOR, agent_id="", instrument="3001")
    change = await desk.recorder.wait_for("OnAgentStateChange")
    assert (change["AgentID"], change["AgentState"]) == ("1001", AVAILABLE)
    assert desk.agent.state == AVAILABLE


async def test_an_event_without_identity_is_the_agents(desk: Desk) -> None:
    desk.peer.agent_state_event(AVAILABLE, monitor_id=OWN_MONITOR, agent_id="", instrument="")
    change = await desk.recorder.wait_for("OnAgentStateChange")
    assert (change["AgentID"], change["AgentState"]) == ("1001", AVAILABLE)


async def test_a_login_that_nobody_answers_times_out(
    session: Session, server: StructServer, recorder: Recorder, clock: ManualClock
) -> None:
    desk = await open_agent(session, server, recorder)
    login = desk.agent.login(timeout=5)
    await request_for_state(desk, LOGIN)
    clock.advance(6)
    with pytest.raises(RequestTimeout):
        await soon(login)
    assert desk.agent.state == LOGOUT
    assert "OnLogoutFailed" not in desk.recorder.names


async def test_requests_at_once_are_answered_each_by_its_own_confirmation(desk: Desk) -> None:
    first, second = desk.agent.query_agent_state(), desk.agent.query_agent_state()
    requests = [await desk.peer.receive(QUERY_AGENT_STATE_REQ) for _ in range(2)]
    assert requests[0].invoke_id != requests[1].invoke_id
    desk.peer.query_conf(requests[1], AVAILABLE)
    assert (await soon(second))["AgentState"] == AVAILABLE
    assert not first.done()
    desk.peer.query_conf(requests[0], NOT_READY)
    assert (await soon(first))["AgentState"] == NOT_READY


async def test_an_auto_login_follows_a_forced_logout_in_the_gap(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: Recorder,
    clock: ManualClock,
) -> None:
    agent = an_agent(agent_password="sesame", auto_login=True)
    desk = await open_agent(session, server, recorder, other=other_server, agent=agent)
    await signed_in(desk)
    server.stop()
    desk.peer.close()
    await advance(clock, session, lambda: recorder.of("OnConnection"))
    peer = await other_server.accepted()
    await answer_opening(peer, state=LOGOUT)
    post = await recorder.wait_for("OnPostLogout")
    assert post["EventReasonCode"] == 50002
    request = await peer.receive(SET_AGENT_STATE_REQ)
    assert request.fixed(STATE_LAYOUT)[2] == LOGIN
    assert dict(request.floating(STATE_LAYOUT))[49].rstrip(b"\0") == b"sesame"
    peer.agent_state_event(NOT_READY, monitor_id=OWN_MONITOR)
    peer.state_conf(request)
    await recorder.wait_for("OnSetAgentStateConf")
    assert agent.state == NOT_READY


@pytest.mark.parametrize("state", [AVAILABLE, NOT_READY])
async def test_a_change_of_state_in_the_gap_is_reported_once(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: Recorder,
    clock: ManualClock,
    state: int,
) -> None:
    desk = await open_agent(session, server, recorder, other=other_server)
    await signed_in(desk)
    assert desk.agent.state == NOT_READY
    recorder.clear()
    server.stop()
    peer = await reconnected(session, desk.peer, other_server, clock)
    await answer_opening(peer, state=state)
    await recorder.wait_for("OnQueryAgentStateConf")
    changes = [
        (each["AgentState"], each["EventReasonCode"], each["Recovered"])
        for each in recorder.of("OnAgentStateChange")
    ]
    assert changes == ([(AVAILABLE, 0, True)] if state == AVAILABLE else [])
    assert desk.agent.state == state


async def test_a_malformed_event_is_counted_and_the_session_goes_on(desk: Desk) -> None:
    desk.peer.send(AGENT_STATE_EVENT, b"\0" * 10)
    await reported(desk)
    assert desk.session.counters()["frames_malformed"] == 1
    assert desk.session.is_open


async def test_a_request_that_is_open_when_the_side_is_lost_fails(desk: Desk) -> None:
    query = desk.agent.query_agent_state()
    await desk.peer.receive(QUERY_AGENT_STATE_REQ)
    desk.peer.reset()
    with pytest.raises(ConnectionLost):
        await soon(query)


async def test_a_session_that_the_server_does_not_know_any_more_is_opened_again(
    desk: Desk, server: StructServer, clock: ManualClock
) -> None:
    query = desk.agent.query_agent_state()
    desk.peer.failure_conf(await desk.peer.receive(QUERY_AGENT_STATE_REQ), 4)  # E_CTI_SESSION_NOT_OPEN
    with pytest.raises(ConnectionLost, match="not carried out: E_CTI_SESSION_NOT_OPEN"):
        await soon(query)
    await desk.recorder.wait_for("OnConnectionFailure")
    await advance(clock, desk.session, lambda: desk.recorder.of("OnConnection"))
    peer = await server.accepted()
    request = await peer.receive(OPEN_REQ)
    peer.open_conf(request, services=AGENT_SERVICES, monitor_id=OWN_MONITOR)
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    await desk.recorder.wait_for("OnQueryAgentStateConf")
    assert desk.session.is_open
