"""Logging an agent out: what the logout page of the Developer's Guide says of every order of messages."""

import pytest
from support.model import MakeSession, Recorder, soon
from support.struct_server import (
    AVAILABLE,
    CHAT,
    LOGOUT,
    NOT_READY,
    OPEN_REQ,
    UNKNOWN,
    Group,
    StructServer,
)
from support.wire_steps import (
    BULK_SERVICES,
    OWN_MONITOR,
    Desk,
    connected,
    reported,
    request_for_state,
)

from ctios_fast import ControlFailure, CtiOsError, RequestRefused, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.errors import ForcedLogout

pytestmark = pytest.mark.usefixtures("keywords")

FORCED = 50002
LOGOUT_EVENTS = ["OnPreLogout", "OnAgentStateChange", "OnPostLogout"]


# --- A forced logout --------------------------------------------------------------------------------


async def test_a_forced_logout_before_the_confirmation_fails_the_agents_own_logout(desk: Desk) -> None:
    logout = desk.agent.logout()
    request = await request_for_state(desk, LOGOUT)
    desk.peer.agent_state_event(LOGOUT, FORCED, monitor_id=OWN_MONITOR)
    desk.peer.state_conf(request)
    with pytest.raises(ForcedLogout):
        await soon(logout)
    post = await desk.recorder.wait_for("OnPostLogout")
    assert (post["AgentState"], post["EventReasonCode"]) == (LOGOUT, FORCED)
    assert [name for name in desk.recorder.names if name in LOGOUT_EVENTS] == LOGOUT_EVENTS
    assert desk.agent.state == LOGOUT
    assert desk.session.is_open


async def test_a_forced_logout_after_the_confirmation_fails_the_agents_own_logout(desk: Desk) -> None:
    logout = desk.agent.logout()
    desk.peer.state_conf(await request_for_state(desk, LOGOUT))
    desk.peer.agent_state_event(LOGOUT, FORCED, monitor_id=OWN_MONITOR)
    with pytest.raises(ForcedLogout):
        await soon(logout)
    assert (await desk.recorder.wait_for("OnPostLogout"))["EventReasonCode"] == FORCED


@pytest.mark.parametrize("answer", ["state_conf", "failure_conf", "control_failure_conf"])
async def test_an_answer_after_a_forced_logout_changes_nothing(desk: Desk, answer: str) -> None:
    logout = desk.agent.logout()
    request = await request_for_state(desk, LOGOUT)
    desk.peer.agent_state_event(LOGOUT, FORCED, monitor_id=OWN_MONITOR)
    with pytest.raises(ForcedLogout):
        await soon(logout)
    details = {"state_conf": (), "failure_conf": (9,), "control_failure_conf": (8, 0)}[answer]
    getattr(desk.peer, answer)(request, *details)
    await reported(desk)
    assert not {"OnLogoutFailed", "OnControlFailureConf"} & set(desk.recorder.names)
    assert desk.recorder.names.count("OnPostLogout") == 1


async def test_a_forced_logout_without_any_confirmation_fails_the_logout_at_once(desk: Desk) -> None:
    logout = desk.agent.logout()
    await request_for_state(desk, LOGOUT)
    desk.peer.agent_state_event(LOGOUT, FORCED, monitor_id=OWN_MONITOR)
    with pytest.raises(ForcedLogout) as error:
        await soon(logout)
    assert (error.value.agent_id, error.value.reason_code) == ("1001", FORCED)


async def test_a_forced_logout_fails_a_logout_that_was_asked_for_as_a_state(desk: Desk) -> None:
    logout = desk.agent.set_agent_state(LOGOUT)
    request = await request_for_state(desk, LOGOUT)
    desk.peer.agent_state_event(LOGOUT, FORCED, monitor_id=OWN_MONITOR)
    desk.peer.state_conf(request)
    with pytest.raises(ForcedLogout):
        await soon(logout)


async def test_a_forced_logout_on_its_own_fires_all_three_events(desk: Desk) -> None:
    desk.peer.agent_state_event(LOGOUT, FORCED, monitor_id=OWN_MONITOR)
    post = await desk.recorder.wait_for("OnPostLogout")
    assert post["EventReasonCode"] == FORCED
    assert desk.recorder.names == LOGOUT_EVENTS
    assert desk.session.is_open


async def test_a_logout_with_a_reason_of_the_peripheral_is_not_a_forced_logout(desk: Desk) -> None:
    logout = desk.agent.logout()
    request = await request_for_state(desk, LOGOUT)
    desk.peer.agent_state_event(LOGOUT, 50004, monitor_id=OWN_MONITOR)
    desk.peer.state_conf(request)
    assert await soon(logout) == LOGOUT
    assert desk.recorder.of("OnPostLogout")[0]["EventReasonCode"] == 50004


# --- Other domains -------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [0, FORCED])
async def test_a_logout_event_of_another_domain_is_not_the_logout(desk: Desk, reason: int) -> None:
    logout = desk.agent.logout()
    desk.peer.state_conf(await request_for_state(desk, LOGOUT))
    desk.peer.agent_state_event(LOGOUT, reason, monitor_id=OWN_MONITOR, domain=CHAT)
    await reported(desk)
    assert not logout.done()
    assert "OnPostLogout" not in desk.recorder.names
    assert desk.agent.state == NOT_READY
    desk.peer.agent_state_event(LOGOUT, monitor_id=OWN_MONITOR)
    assert await soon(logout) == LOGOUT
    assert desk.recorder.names.count("OnPostLogout") == 1


async def test_a_logout_from_another_domain_fires_no_logout_events(desk: Desk) -> None:
    desk.peer.agent_state_event(NOT_READY, monitor_id=OWN_MONITOR, domain=CHAT)
    desk.peer.agent_state_event(LOGOUT, 9, monitor_id=OWN_MONITOR, domain=CHAT)
    await reported(desk)
    assert not {"OnPreLogout", "OnPostLogout"} & set(desk.recorder.names)
    assert desk.agent.state == NOT_READY


# --- Several events for one logout ------------------------------------------------------------------


async def test_one_logout_event_for_each_skill_group_is_one_logout(desk: Desk) -> None:
    logout = desk.agent.logout()
    request = await request_for_state(desk, LOGOUT)
    groups = [Group(number, 5000 + number, 1, LOGOUT) for number in (7, 8, 9)]
    for group in groups:
        desk.peer.agent_state_event(LOGOUT, 9, monitor_id=OWN_MONITOR, group=group)
    desk.peer.state_conf(request)
    assert await soon(logout) == LOGOUT
    assert desk.recorder.names.count("OnPreLogout") == 1
    assert desk.recorder.names.count("OnPostLogout") == 1
    changes = desk.recorder.of("OnAgentStateChange")
    assert [args["SkillGroupNumber"] for args in changes] == [7, 8, 9]
    names = desk.recorder.names
    assert names.index("OnPreLogout") < names.index("OnAgentStateChange") < names.index("OnPostLogout")


async def test_one_forced_logout_event_for_each_skill_group_is_one_forced_logout(desk: Desk) -> None:
    logout = desk.agent.logout()
    request = await request_for_state(desk, LOGOUT)
    desk.peer.agent_state_event(LOGOUT, FORCED, monitor_id=OWN_MONITOR, group=Group(7, 5007, 1, LOGOUT))
    desk.peer.state_conf(request)
    desk.peer.agent_state_event(LOGOUT, FORCED, monitor_id=OWN_MONITOR, group=Group(8, 5008, 1, LOGOUT))
    with pytest.raises(ForcedLogout):
        await soon(logout)
    await reported(desk)
    assert desk.recorder.names.count("OnPreLogout") == 1
    assert desk.recorder.names.count("OnPostLogout") == 1


async def test_the_logout_of_one_skill_group_is_not_the_agents_logout(desk: Desk) -> None:
    group = Group(7, 5007, 1, LOGOUT)
    desk.peer.agent_state_event(NOT_READY, 3, monitor_id=OWN_MONITOR, group=group)
    await reported(desk)
    assert not {"OnPreLogout", "OnPostLogout"} & set(desk.recorder.names)


async def test_a_logout_by_way_of_unknown_is_one_logout(desk: Desk) -> None:
    logout = desk.agent.logout()
    request = await request_for_state(desk, LOGOUT)
    desk.peer.state_conf(request)
    desk.peer.agent_state_event(UNKNOWN, monitor_id=OWN_MONITOR)
    desk.peer.agent_state_event(LOGOUT, 9, monitor_id=OWN_MONITOR)
    assert await soon(logout) == LOGOUT
    assert desk.recorder.names.count("OnPreLogout") == 1
    assert desk.recorder.names.count("OnPostLogout") == 1


# --- The confirmation -------------------------------------------------------------------------------


async def test_a_logout_event_without_a_confirmation_is_a_success(desk: Desk, clock: ManualClock) -> None:
    logout = desk.agent.logout(timeout=5)
    await request_for_state(desk, LOGOUT)
    desk.peer.agent_state_event(LOGOUT, 9, monitor_id=OWN_MONITOR)
    await desk.recorder.wait_for("OnPostLogout")
    clock.advance(6)
    assert await soon(logout) == LOGOUT
    assert desk.recorder.names.count("OnPostLogout") == 1
    assert "OnLogoutFailed" not in desk.recorder.names


async def test_a_logout_event_before_the_connection_is_lost_is_a_success(desk: Desk) -> None:
    logout = desk.agent.logout()
    await request_for_state(desk, LOGOUT)
    desk.peer.agent_state_event(LOGOUT, 9, monitor_id=OWN_MONITOR)
    desk.peer.close()
    assert await soon(logout) == LOGOUT
    assert desk.recorder.names.count("OnPostLogout") == 1
    assert "OnLogoutFailed" not in desk.recorder.names


async def test_a_confirmed_logout_without_an_event_fails_when_its_time_is_over(
    desk: Desk, clock: ManualClock
) -> None:
    logout = desk.agent.logout(timeout=5)
    desk.peer.state_conf(await request_for_state(desk, LOGOUT))
    await desk.recorder.wait_for("OnSetAgentStateConf")
    assert not logout.done()
    clock.advance(6)
    with pytest.raises(CtiOsError, match="confirmed, but"):
        await soon(logout)
    assert "OnPostLogout" not in desk.recorder.names


# --- Refusals ---------------------------------------------------------------------------------------


async def test_a_refused_logout_carries_its_status(desk: Desk) -> None:
    logout = desk.agent.logout()
    desk.peer.failure_conf(await request_for_state(desk, LOGOUT), 12)
    with pytest.raises(RequestRefused) as refused:
        await soon(logout)
    assert not isinstance(refused.value, ControlFailure)
    assert refused.value.status == 12
    assert desk.recorder.names == ["OnPreLogout", "OnLogoutFailed", "OnControlFailureConf"]
    for args in (desk.recorder.of("OnLogoutFailed")[0], desk.recorder.of("OnControlFailureConf")[0]):
        assert args["FailureCode"] == 12
        assert args["MessageType"] == 38
        assert args["AgentID"] == "1001"
        assert args["UniqueObjectID"] == "agent.5000.1001"
    assert desk.agent.state == NOT_READY


async def test_a_control_failure_of_a_logout_carries_its_code_and_the_peripherals_error(desk: Desk) -> None:
    logout = desk.agent.logout()
    desk.peer.control_failure_conf(await request_for_state(desk, LOGOUT), 12, 0xBEEF)
    with pytest.raises(ControlFailure) as failed:
        await soon(logout)
    assert not isinstance(failed.value, RequestRefused)
    assert failed.value.code == 12
    assert failed.value.peripheral_error_code == 0xBEEF
    assert desk.recorder.names == ["OnPreLogout", "OnLogoutFailed", "OnControlFailureConf"]
    for args in (desk.recorder.of("OnLogoutFailed")[0], desk.recorder.of("OnControlFailureConf")[0]):
        assert (args["FailureCode"], args["PeripheralErrorCode"]) == (12, 0xBEEF)


async def test_a_status_and_a_failure_code_of_the_same_number_have_different_texts(desk: Desk) -> None:
    texts = []
    for refuse in (
        lambda request: desk.peer.failure_conf(request, 12),
        lambda request: desk.peer.control_failure_conf(request, 12, 0),
    ):
        logout = desk.agent.logout()
        refuse(await request_for_state(desk, LOGOUT))
        with pytest.raises(CtiOsError):
            await soon(logout)
        texts.append(desk.recorder.of("OnControlFailureConf")[-1]["ErrorMessage"])
    assert "E_CTI_" in texts[0]
    assert "CF_" in texts[1]


async def test_a_logout_can_be_tried_again_after_a_refusal(desk: Desk) -> None:
    refused = desk.agent.logout()
    desk.peer.control_failure_conf(await request_for_state(desk, LOGOUT), 8, 0)
    with pytest.raises(ControlFailure):
        await soon(refused)
    desk.recorder.clear()
    logout = desk.agent.logout()
    assert desk.recorder.names == ["OnPreLogout"]
    desk.peer.state_conf(await request_for_state(desk, LOGOUT))
    desk.peer.agent_state_event(LOGOUT, monitor_id=OWN_MONITOR)
    assert await soon(logout) == LOGOUT
    assert [name for name in desk.recorder.names if name in LOGOUT_EVENTS] == LOGOUT_EVENTS


async def test_a_refused_state_is_not_a_failed_logout(desk: Desk) -> None:
    ready = desk.agent.set_agent_state(AVAILABLE)
    desk.peer.control_failure_conf(await request_for_state(desk, AVAILABLE), 8, 0)
    with pytest.raises(ControlFailure):
        await soon(ready)
    assert desk.recorder.names == ["OnControlFailureConf"]


# --- The page, step by step -------------------------------------------------------------------------


async def test_post_logout_comes_after_every_listener_had_the_state_change(desk: Desk) -> None:
    order: list[str] = []
    for name in ("first", "second"):
        desk.session.subscribe("OnAgentStateChange", lambda args, name=name: order.append(f"{name} change"))
        desk.session.subscribe("OnPostLogout", lambda args, name=name: order.append(f"{name} post"))
    logout = desk.agent.logout()
    request = await request_for_state(desk, LOGOUT)
    desk.peer.agent_state_event(LOGOUT, monitor_id=OWN_MONITOR)
    desk.peer.state_conf(request)
    await soon(logout)
    assert order == ["first change", "second change", "first post", "second post"]


async def test_a_request_in_the_state_change_is_answered_before_a_disconnect_in_post_logout(
    desk: Desk,
) -> None:
    asked = []
    desk.session.subscribe(
        "OnAgentStateChange", lambda args: asked.append(desk.agent.query_agent_state()) if not asked else None
    )
    desk.session.subscribe("OnPostLogout", lambda args: asked.append(desk.session.disconnect()))
    logout = desk.agent.logout()
    request = await request_for_state(desk, LOGOUT)
    desk.peer.agent_state_event(LOGOUT, monitor_id=OWN_MONITOR)
    desk.peer.state_conf(request)
    await desk.peer.receive(36)
    closing = await desk.peer.receive(7)
    desk.peer.close_conf(closing)
    assert await soon(logout) == LOGOUT
    await soon(asked[1])
    assert desk.recorder.names[-1] == "OnConnectionClosed"
    for request in asked[:1]:
        with pytest.raises(CtiOsError):
            await soon(request)


async def test_in_bulk_mode_every_agents_logout_fires_the_logout_events_once(
    make_session: MakeSession, clock: ManualClock, server: StructServer
) -> None:
    session: Session = make_session(clock=clock)
    recorder = Recorder(session)
    peer = await connected(session, server)
    opening = session.set_bulk_mode(5000)
    peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES, peripherals=(5000,))
    peer.system_event(3, 5000)
    await soon(opening)
    for agent_id, instrument in (("1001", "3001"), ("1002", "3002")):
        peer.agent_state_event(NOT_READY, 3, agent_id=agent_id, instrument=instrument)
        for number in (7, 8):
            group = Group(number, 5000 + number, 1, LOGOUT)
            peer.agent_state_event(LOGOUT, 9, agent_id=agent_id, instrument=instrument, group=group)
    await recorder.wait_for("OnAgentStateChange", 6)
    assert [args["AgentID"] for args in recorder.of("OnPreLogout")] == ["1001", "1002"]
    assert [args["AgentID"] for args in recorder.of("OnPostLogout")] == ["1001", "1002"]
