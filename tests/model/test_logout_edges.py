"""Logging out with unusual events and confirmations: forced, of another monitor, repeated, missing."""

from collections.abc import Callable

import pytest
from support.model import Recorder, settled, soon
from support.scripted_peer import Peer, confirmed, refused, rejected, state_event
from support.scripted_server import Serve

from ctios_fast import (
    Agent,
    AgentState,
    ControlFailure,
    ForcedLogout,
    RequestRefused,
    RequestTimeout,
    Session,
)
from ctios_fast.connection.clock import ManualClock
from ctios_fast.core import Message
from ctios_fast.protocol import numbers as ged

LOGOUT, NOT_READY, AVAILABLE, UNKNOWN = 1, 2, 3, 9
FORCED = 50002
LOGGED_OUT = ["OnPreLogout", "OnAgentStateChange", "OnPostLogout"]


def answering(peer: Peer, *frames: Callable[[Message], bytes]) -> None:
    """Answer requests for an agent state with these frames."""
    peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [make(request) for make in frames]


def event(state: int, reason: int = 0) -> Callable[[Message], bytes]:
    return lambda request: state_event(state, reason)


# --- Forced logout -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frames",
    [(event(LOGOUT, FORCED), confirmed), (confirmed, event(LOGOUT, FORCED)), (event(LOGOUT, FORCED),)],
    ids=["event first", "confirmation first", "no confirmation"],
)
async def test_a_forced_logout_is_not_the_success_of_the_agents_own(
    peer: Peer, peer_agent: Agent, recorder: Recorder, frames: tuple[Callable[[Message], bytes], ...]
) -> None:
    answering(peer, *frames)
    with pytest.raises(ForcedLogout) as error:
        await soon(peer_agent.logout(reason_code=7))
    assert (error.value.agent_id, error.value.reason_code) == ("1001", FORCED)
    assert "50002" in str(error.value)
    assert [name for name in recorder.names if name in LOGGED_OUT] == LOGGED_OUT


async def test_a_logout_with_the_forced_reason_as_its_own_succeeds(peer: Peer, peer_agent: Agent) -> None:
    answering(peer, confirmed, event(LOGOUT, FORCED))
    assert await soon(peer_agent.logout(reason_code=FORCED)) == LOGOUT


async def test_a_logout_by_the_peripheral_for_another_reason_answers_the_request(
    peer: Peer, peer_agent: Agent
) -> None:
    answering(peer, event(LOGOUT, 50004), confirmed)
    assert await soon(peer_agent.logout()) == LOGOUT


# --- Events of other agents and monitors -------------------------------------------------------------


@pytest.mark.covers("IMonitoredAgentEvents.OnMonitoredAgentStateChange")
async def test_the_logout_of_a_monitored_agent_fires_no_logout_events(
    peer: Peer, peer_agent: Agent, session: Session, recorder: Recorder
) -> None:
    peer.send(
        state_event(NOT_READY, agent="1002", monitor=77),
        state_event(LOGOUT, FORCED, agent="1002", monitor=77),
    )
    await settled(session)
    assert recorder.names == ["OnMonitoredAgentStateChange"] * 2
    assert all(args["Monitored"] is True for args in recorder.of("OnMonitoredAgentStateChange"))
    assert session.agents["1002"].state is AgentState.LOGOUT
    assert peer_agent.is_logged_in


async def test_another_agents_logout_on_the_sessions_monitor_fires_no_logout_events(
    peer: Peer, peer_agent: Agent, session: Session, recorder: Recorder
) -> None:
    peer.send(state_event(NOT_READY, agent="1002"), state_event(LOGOUT, agent="1002"))
    await settled(session)
    assert recorder.names == ["OnAgentStateChange"] * 2


async def test_the_current_agents_logout_on_another_monitor_fires_the_logout_events(
    peer: Peer, peer_agent: Agent, session: Session, recorder: Recorder
) -> None:
    peer.send(state_event(LOGOUT, monitor=77))
    await settled(session)
    assert recorder.names == LOGGED_OUT


async def test_in_bulk_mode_every_agents_logout_is_reported(
    peer: Peer, peer_bulk: Session, recorder: Recorder
) -> None:
    peer.send(state_event(NOT_READY, agent="1002", monitor=77), state_event(LOGOUT, agent="1002", monitor=77))
    await settled(peer_bulk)
    assert recorder.names == ["OnAgentStateChange", *LOGGED_OUT]


# --- Repeated events ---------------------------------------------------------------------------------


async def test_one_logout_event_for_each_skill_group_is_one_logout(
    peer: Peer, peer_agent: Agent, session: Session, recorder: Recorder
) -> None:
    answering(
        peer,
        lambda request: state_event(LOGOUT, 7, skill_group=1),
        confirmed,
        lambda request: state_event(LOGOUT, 7, skill_group=2),
    )
    assert await soon(peer_agent.logout(reason_code=7)) == LOGOUT
    await settled(session)
    assert recorder.names.count("OnPreLogout") == recorder.names.count("OnPostLogout") == 1
    assert [args["SkillGroupNumber"] for args in recorder.of("OnAgentStateChange")] == [1, 2]


async def test_a_logout_of_another_media_routing_domain_does_not_log_the_agent_out(
    peer: Peer, peer_agent: Agent, session: Session, recorder: Recorder
) -> None:
    peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [
        confirmed(request),
        state_event(LOGOUT, domain=5001),
    ]
    request = peer_agent.logout()
    await peer.next(ged.SET_AGENT_STATE_REQ)
    await settled(session)
    assert not request.done()
    assert recorder.names == ["OnPreLogout", "OnSetAgentStateConf", "OnAgentStateChange"]
    args = recorder.of("OnAgentStateChange")[0]
    assert (args["AgentState"], args["MRDID"]) == (LOGOUT, 5001)
    assert (peer_agent.state, peer_agent.domain_states) == (NOT_READY, {5001: LOGOUT})
    peer.send(state_event(LOGOUT))
    assert await soon(request) == LOGOUT
    assert recorder.names[-1] == "OnPostLogout"


# --- Missing confirmations, refusals -----------------------------------------------------------------


async def test_a_logout_without_a_confirmation_succeeds_with_its_event(
    peer: Peer, serve: Serve, manual: Session, clock: ManualClock
) -> None:
    answering(peer, event(LOGOUT, 7))
    await soon(manual.connect(**await serve(peer.behaviour)))
    await soon(manual.set_bulk_mode(5000))
    agent = manual.agent("1001", agent_instrument="3001")
    request = agent.logout(reason_code=7, timeout=8)
    await peer.next(ged.SET_AGENT_STATE_REQ)
    await settled(manual)
    assert agent.state == LOGOUT
    clock.advance(9)
    assert await soon(request) == LOGOUT


async def test_another_state_without_a_confirmation_times_out(
    peer: Peer, serve: Serve, manual: Session, clock: ManualClock
) -> None:
    answering(peer, event(AVAILABLE))
    await soon(manual.connect(**await serve(peer.behaviour)))
    await soon(manual.set_bulk_mode(5000))
    agent = manual.agent("1001", agent_instrument="3001")
    await soon(agent.query_agent_state())
    request = agent.set_agent_state(AVAILABLE, timeout=8)
    await peer.next(ged.SET_AGENT_STATE_REQ)
    await settled(manual)
    clock.advance(9)
    with pytest.raises(RequestTimeout):
        await soon(request)


async def test_a_logout_whose_event_came_succeeds_after_a_loss(
    peer: Peer, peer_agent: Agent, session: Session
) -> None:
    answering(peer, event(LOGOUT))
    request = peer_agent.logout()
    await peer.next(ged.SET_AGENT_STATE_REQ)
    await settled(session)
    peer.cut()
    assert await soon(request) == LOGOUT


async def test_refusals_by_the_server_and_by_the_peripheral_differ(
    peer: Peer, peer_agent: Agent, recorder: Recorder
) -> None:
    answering(peer, lambda request: rejected(request, 17))
    with pytest.raises(RequestRefused) as by_server:
        await soon(peer_agent.logout())
    assert (by_server.value.status, by_server.value.name) == (17, "E_CTI_UNSPECIFIED_FAILURE")
    assert not isinstance(by_server.value, ControlFailure)
    answering(peer, lambda request: refused(request, 257))
    with pytest.raises(ControlFailure) as by_peripheral:
        await soon(peer_agent.logout())
    assert by_peripheral.value.name == "CF_INVALID_PASSWORD_SPECIFIED"
    server, peripheral = recorder.of("OnLogoutFailed")
    assert (server["FailureCode"], server["StatusCode"]) == (17, 17)
    assert peripheral["FailureCode"] == 257
    assert "StatusCode" not in peripheral


# --- UNKNOWN is neither logged in nor logged out -----------------------------------------------------


async def test_a_logout_that_passes_through_unknown_is_reported_once(
    peer: Peer, peer_agent: Agent, session: Session, recorder: Recorder
) -> None:
    answering(peer, confirmed, event(UNKNOWN), event(LOGOUT))
    assert await soon(peer_agent.logout()) == LOGOUT
    await settled(session)
    assert recorder.names == [
        "OnPreLogout",
        "OnSetAgentStateConf",
        "OnAgentStateChange",
        "OnAgentStateChange",
        "OnPostLogout",
    ]


async def test_a_forced_logout_after_unknown_is_reported(
    peer: Peer, peer_agent: Agent, session: Session, recorder: Recorder
) -> None:
    peer.send(state_event(UNKNOWN), state_event(LOGOUT, FORCED))
    await settled(session)
    assert recorder.names == ["OnAgentStateChange", *LOGGED_OUT]


async def test_unknown_after_a_logout_does_not_report_it_again(
    peer: Peer, peer_agent: Agent, session: Session, recorder: Recorder
) -> None:
    peer.send(state_event(LOGOUT), state_event(UNKNOWN), state_event(LOGOUT))
    await settled(session)
    assert recorder.names.count("OnPostLogout") == 1


async def test_an_agent_in_state_unknown_can_be_logged_out_and_in(
    peer: Peer, peer_agent: Agent, session: Session, recorder: Recorder
) -> None:
    peer.send(state_event(UNKNOWN))
    await settled(session)
    answering(peer, confirmed, event(LOGOUT))
    assert await soon(peer_agent.logout()) == LOGOUT
    peer.send(state_event(UNKNOWN))
    await settled(session)
    answering(peer, confirmed, event(NOT_READY))
    assert await soon(peer_agent.login()) == NOT_READY
