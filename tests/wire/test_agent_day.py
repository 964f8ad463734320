"""An agent's day in agent mode, byte by byte, in four versions of the protocol."""

import random
from typing import Any

import pytest
from support.model import MakeSession, Recorder, an_agent, soon
from support.struct_server import (
    AVAILABLE,
    CLOSE_REQ,
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
    BULK_SERVICES,
    OPEN_LAYOUT,
    OWN_MONITOR,
    QUERY_LAYOUT,
    STATE_LAYOUT,
    connected,
)

from ctios_fast import Arguments, Session
from ctios_fast.connection.clock import ManualClock

pytestmark = pytest.mark.usefixtures("keywords")

VERSIONS = [14, 19, 20, 25]


@pytest.fixture(params=VERSIONS, ids="version {}".format)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def session(make_session: MakeSession, clock: ManualClock, rng: random.Random, version: int) -> Session:
    return make_session(clock=clock, rng=rng, version=version, client_password="tahini")


IDENTITY = {"AgentID": "1001", "UniqueObjectID": "agent.5000.1001"}
DEVICE = {"AgentExtension": "3001", "AgentInstrument": "3001"}


def assert_holds(args: Arguments, **expected: Any) -> None:
    """The Arguments hold these values, whatever else they hold."""
    assert {key: args.get(key) for key in expected} == expected


@pytest.mark.covers(
    "Session.Connect",
    "Session.Disconnect",
    "Session.SetAgent",
    "Agent.Login",
    "Agent.Logout",
    "Agent.SetAgentState",
    "ISessionEvents.OnConnection",
    "ISessionEvents.OnConnectionClosed",
    "IAgentEvents.OnAgentStateChange",
    "IAgentEvents.OnPreLogout",
    "IAgentEvents.OnPostLogout",
    "IAgentEvents.OnSetAgentModeEvent",
    "IAgentEvents.OnSetAgentStateConf",
    "IAgentEvents.OnQueryAgentStateConf",
)
@pytest.mark.parametrize("monitor_id", [0, OWN_MONITOR], ids=["no monitor", "monitor of its own"])
async def test_an_agent_signs_in_works_and_signs_out(
    session: Session, server: StructServer, recorder: Recorder, version: int, monitor_id: int
) -> None:
    agent = an_agent(agent_password="sesame")

    # The connection.
    peer = await connected(session, server)
    assert recorder.names == ["OnConnection", "OnCTIOSFailure"]

    # OPEN_REQ with the agent's identity; the session gets a monitor.
    opening = session.set_agent(agent)
    request = await peer.receive(OPEN_REQ)
    _invoke_id, asked, idle, peripheral, services, calls, states, config, *reserved = request.fixed(
        OPEN_LAYOUT
    )
    assert (asked, peripheral, services, config, reserved) == (version, 5000, AGENT_SERVICES, 0, [0, 0, 0])
    assert idle == 0xFFFFFFFF  # the session sends no heartbeats
    assert states & 0xF == 0xF
    assert calls & 0x7FFF == 0x7FFF
    fields = dict(request.floating(OPEN_LAYOUT))
    assert fields.pop(1) == b"test\0"
    assert fields.pop(2).rstrip(b"\0") == b"tahini"
    assert fields.pop(5) == b"1001\0"
    assert fields.pop(6) == b"3001\0"
    assert set(fields) <= {3}  # ClientSignature
    assert recorder.names == ["OnConnection", "OnCTIOSFailure"]
    peer.open_conf(request, services=AGENT_SERVICES, monitor_id=monitor_id)

    # The agent's state is asked for.
    query = await peer.receive(QUERY_AGENT_STATE_REQ)
    assert query.fixed(QUERY_LAYOUT)[1] == 5000
    assert (5, b"1001\0") in query.floating(QUERY_LAYOUT)
    peer.query_conf(query, LOGOUT)
    await soon(opening)
    await recorder.wait_for("OnQueryAgentStateConf")
    assert recorder.names[2:] == [
        "OnSetAgentModeEvent",
        "OnCTIOSFailure",  # the controller's status
        "OnCTIOSFailure",  # the peripheral's status
        "OnQueryAgentStateConf",
    ]
    (opened,) = recorder.of("OnSetAgentModeEvent")
    assert_holds(opened, PeripheralID=5000, **IDENTITY)
    status = opened.get_value_array("StatusSystem")
    assert status.get_value_bool("StatusCtiServer")
    assert_holds(
        recorder.of("OnQueryAgentStateConf")[0], AgentState=LOGOUT, NumSkillGroups=0, ICMAgentID=5123
    )
    assert session.services_granted == AGENT_SERVICES
    assert agent.state == LOGOUT

    # Login: the password is in the request, the event comes before the confirmation.
    login = agent.login()
    request = await peer.receive(SET_AGENT_STATE_REQ)
    assert request.fixed(STATE_LAYOUT)[1:7] == (5000, LOGIN, 0, 0, 0, 0)
    fields = dict(request.floating(STATE_LAYOUT))
    assert (fields[5], fields[6], fields[49].rstrip(b"\0")) == (b"1001\0", b"3001\0", b"sesame")
    groups = [Group(7, 5007, 1, NOT_READY), Group(8, 5008, 0, NOT_READY)]
    peer.agent_state_event(NOT_READY, monitor_id=monitor_id, group=groups[0], groups=groups, signature="desk")
    peer.state_conf(request)
    assert await soon(login) == NOT_READY
    assert recorder.names[6:] == ["OnAgentStateChange", "OnSetAgentStateConf"]
    (change,) = recorder.of("OnAgentStateChange")
    assert_holds(
        change,
        AgentState=NOT_READY,
        EventReasonCode=0,
        PeripheralID=5000,
        PeripheralType=17,
        SkillGroupNumber=7,
        SkillGroupID=5007,
        SkillGroupPriority=1,
        SkillGroupState=NOT_READY,
        StateDuration=0,
        CTIClientSignature="desk",
        **IDENTITY,
        **DEVICE,
    )

    # Ready: the confirmation comes first.
    ready = agent.set_agent_state(AVAILABLE)
    request = await peer.receive(SET_AGENT_STATE_REQ)
    assert request.fixed(STATE_LAYOUT)[1:7] == (5000, AVAILABLE, 0, 0, 0, 0)
    assert 49 not in dict(request.floating(STATE_LAYOUT))  # no password
    peer.state_conf(request)
    peer.agent_state_event(AVAILABLE, monitor_id=monitor_id)
    assert await soon(ready) == AVAILABLE
    assert recorder.names[8:] == ["OnSetAgentStateConf", "OnAgentStateChange"]

    # Not ready, with a reason.
    lunch = agent.set_agent_state(NOT_READY, reason_code=7)
    request = await peer.receive(SET_AGENT_STATE_REQ)
    assert request.fixed(STATE_LAYOUT)[1:7] == (5000, NOT_READY, 0, 0, 7, 0)
    peer.state_conf(request)
    peer.agent_state_event(NOT_READY, 7, monitor_id=monitor_id)
    assert await soon(lunch) == NOT_READY
    assert_holds(recorder.of("OnAgentStateChange")[-1], AgentState=NOT_READY, EventReasonCode=7)

    # Logout, with a reason: OnPreLogout before the request, OnPostLogout after the state change.
    before = len(recorder.events)
    logout = agent.logout({"EventReasonCode": 9})
    assert recorder.since(before) == ["OnPreLogout"]
    request = await peer.receive(SET_AGENT_STATE_REQ)
    assert request.fixed(STATE_LAYOUT)[1:7] == (5000, LOGOUT, 0, 0, 9, 0)
    assert dict(request.floating(STATE_LAYOUT))[5] == b"1001\0"
    peer.state_conf(request)
    peer.agent_state_event(LOGOUT, 9, monitor_id=monitor_id)
    assert await soon(logout) == LOGOUT
    assert recorder.since(before) == [
        "OnPreLogout",
        "OnSetAgentStateConf",
        "OnAgentStateChange",
        "OnPostLogout",
    ]
    for event in ("OnAgentStateChange", "OnPostLogout"):
        assert_holds(recorder.of(event)[-1], AgentState=LOGOUT, EventReasonCode=9, **IDENTITY, **DEVICE)
    assert_holds(recorder.of("OnPreLogout")[0], AgentState=NOT_READY, EventReasonCode=9, **IDENTITY)

    # The end: CLOSE_REQ, and nothing after OnConnectionClosed.
    closing = session.disconnect()
    request = await peer.receive(CLOSE_REQ)
    assert request.fixed("II")[1] == 0
    peer.close_conf(request)
    await peer.receive_end()
    await soon(closing)
    assert recorder.names[-1] == "OnConnectionClosed"
    assert recorder.names.count("OnConnectionClosed") == 1
    assert session.counters()["frames_malformed"] == 0


async def test_bulk_mode_hears_every_agent(
    session: Session, server: StructServer, recorder: Recorder, version: int
) -> None:
    peer = await connected(session, server)
    opening = session.set_bulk_mode(5000)
    request = await peer.receive(OPEN_REQ)
    assert request.fixed(OPEN_LAYOUT)[1:5] == (version, 0xFFFFFFFF, 0xFFFFFFFF, BULK_SERVICES)
    assert not {4, 5, 6} & set(dict(request.floating(OPEN_LAYOUT)))  # no agent is named
    peer.open_conf(request, services=BULK_SERVICES, peripherals=(5000, 5001))
    peer.system_event(3, 5000)
    await soon(opening)
    for agent_id, instrument in (("1001", "3001"), ("1002", "3002")):
        peer.agent_state_event(NOT_READY, 3, agent_id=agent_id, instrument=instrument)
        peer.agent_state_event(LOGOUT, 9, agent_id=agent_id, instrument=instrument)
    await recorder.wait_for("OnPostLogout", 2)
    states = [
        name for name in recorder.names if name in ("OnPreLogout", "OnAgentStateChange", "OnPostLogout")
    ]
    assert states == ["OnAgentStateChange", "OnPreLogout", "OnAgentStateChange", "OnPostLogout"] * 2
    assert [args["UniqueObjectID"] for args in recorder.of("OnPostLogout")] == [
        "agent.5000.1001",
        "agent.5000.1002",
    ]


async def test_agents_that_are_named_in_bulk_mode_are_asked_for_after_the_opening(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    peer = await connected(session, server)
    opening = session.set_bulk_mode(5000, agents=["1001", "1002"])
    peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES)
    for agent_id, state in (("1001", NOT_READY), ("1002", LOGOUT)):
        query = await peer.receive(QUERY_AGENT_STATE_REQ)
        assert query.fixed(QUERY_LAYOUT)[1:] == (5000, 1, 0)
        assert query.floating(QUERY_LAYOUT) == [(5, agent_id.encode() + b"\0")]
        assert not opening.done()
        peer.query_conf(query, state, agent_id=agent_id)
    await soon(opening)
    assert [session.agents[key].state for key in ("1001", "1002")] == [NOT_READY, LOGOUT]
    opened = recorder.names[recorder.names.index("OnMonitorModeEstablished") :]
    assert opened == ["OnMonitorModeEstablished", "OnCTIOSFailure"] + ["OnQueryAgentStateConf"] * 2
