"""Other agents: their events are not those of the session's own agent."""

import pytest
from support.model import MakeSession, soon
from support.struct_server import CHAT, LOGOUT, NOT_READY, SET_AGENT_STATE_REQ, VOICE, StructServer
from support.wire_steps import (
    FOREIGN_MONITOR,
    OWN_MONITOR,
    Desk,
    FullRecorder,
    open_agent,
    reported,
    request_for_state,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("keywords")

FORCED = 50002


async def test_the_logout_of_another_agent_fires_no_logout_event_of_the_own(desk: Desk) -> None:
    desk.peer.agent_state_event(NOT_READY, monitor_id=FOREIGN_MONITOR, agent_id="1002", instrument="3002")
    desk.peer.agent_state_event(LOGOUT, 9, monitor_id=FOREIGN_MONITOR, agent_id="1002", instrument="3002")
    await reported(desk)
    assert "OnPreLogout" not in desk.recorder.names
    assert "OnPostLogout" not in desk.recorder.names
    assert all(args["AgentID"] == "1001" for args in desk.recorder.of("OnAgentStateChange"))
    assert desk.agent.state == NOT_READY


@pytest.mark.parametrize("reason", [9, FORCED])
async def test_the_logout_of_another_agent_does_not_answer_the_own_logout(desk: Desk, reason: int) -> None:
    logout = desk.agent.logout()
    desk.peer.state_conf(await request_for_state(desk, LOGOUT))
    desk.peer.agent_state_event(
        LOGOUT, reason, monitor_id=FOREIGN_MONITOR, agent_id="1002", instrument="3002"
    )
    await reported(desk)
    assert not logout.done()
    assert "OnPostLogout" not in desk.recorder.names
    desk.peer.agent_state_event(LOGOUT, monitor_id=OWN_MONITOR)
    assert await soon(logout) == LOGOUT
    assert desk.recorder.names.count("OnPostLogout") == 1


@pytest.mark.parametrize("monitor_id", [OWN_MONITOR, FOREIGN_MONITOR, 0])
async def test_a_lenient_session_logs_another_agent_out_without_logout_events(
    make_session: MakeSession, server: StructServer, monitor_id: int
) -> None:
    session = make_session(strict=False)
    desk = await signed_in(await open_agent(session, server, FullRecorder(session)))
    other = desk.session.agent("1002", agent_instrument="3002")
    logout = other.logout()
    request = await desk.peer.receive(SET_AGENT_STATE_REQ)
    desk.peer.agent_state_event(LOGOUT, 9, monitor_id=monitor_id, agent_id="1002", instrument="3002")
    desk.peer.state_conf(request)
    assert await soon(logout) == LOGOUT
    assert "OnPreLogout" not in desk.recorder.names
    assert "OnPostLogout" not in desk.recorder.names
    assert desk.agent.state == NOT_READY


async def test_an_agent_of_the_same_id_at_another_peripheral_is_another_agent(desk: Desk) -> None:
    desk.peer.agent_state_event(LOGOUT, 9, monitor_id=FOREIGN_MONITOR, peripheral_id=5001)
    await reported(desk)
    assert desk.recorder.names == ["OnAgentStateChange"]
    assert desk.session.counters()["events_of_unknown_agents"] == 1


async def test_a_logout_without_identity_over_a_foreign_monitor_is_not_the_own_one(desk: Desk) -> None:
    desk.peer.agent_state_event(LOGOUT, 9, monitor_id=FOREIGN_MONITOR, agent_id="", instrument="")
    await reported(desk)
    assert desk.recorder.names == ["OnAgentStateChange"]
    assert desk.session.counters()["events_of_unknown_agents"] == 1


async def test_a_monitored_state_change_is_marked_as_one(desk: Desk) -> None:
    for domain in (VOICE, CHAT):
        desk.peer.agent_state_event(
            NOT_READY, 3, monitor_id=FOREIGN_MONITOR, agent_id="1002", instrument="3002", domain=domain
        )
    changes = [await desk.recorder.wait_for("OnMonitoredAgentStateChange", count) for count in (1, 2)]
    for change in changes:
        assert change["Monitored"] is True
        assert (change["AgentID"], change["AgentState"]) == ("1002", NOT_READY)
    await reported(desk)
    assert [args["AgentID"] for args in desk.recorder.of("OnAgentStateChange")] == ["1001"]
