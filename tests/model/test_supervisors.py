"""Supervisors against the simulator in each form: agent mode alone, with a companion, bulk mode alone."""

import gc
import weakref
from typing import Any, NamedTuple

import pytest
from support.model import (
    AVAILABLE,
    LOGOUT,
    NOT_READY,
    TALKING,
    MakeSession,
    Recorder,
    an_agent,
    settled,
    sides,
    soon,
    until,
)

from ctios_fast import (
    Agent,
    Call,
    CallStatus,
    ControlFailure,
    RequestRefused,
    Session,
    SupervisorButtonEnablement,
)
from ctios_fast.model.session_properties import session_context
from ctios_fast.protocol.codes import (
    CALLTYPE_ASSIST,
    CALLTYPE_EMERGENCY,
    CALLTYPE_SUPERVISOR_MONITOR,
    CALLTYPE_SUPERVISOR_WHISPER,
)
from ctios_fast.sim import Simulator

#: Agent mode; agent mode with a companion; the same without a service of supervisors; bulk mode.
FORMS = ["agent", "companion", "plain", "bulk"]
MEMBER = "agent.5000.1002"


class Centre(NamedTuple):
    """A supervisor in one of the forms, a member of the team who talks, and the caller, each with a session.

    ``supervisor``: the supervisor's Agent. ``member``: the team member as the supervisor's session knows it.
    """

    form: str
    boss: Session
    supervisor: Agent
    member: Agent
    agent: Session
    caller: Session
    heard: Recorder
    companion: Session | None
    companions: Recorder | None

    @property
    def hearing(self) -> Session:
        """The supervisor's session that gets the events of all calls, in forms that have one."""
        return self.companion or self.boss

    @property
    def monitoring(self) -> Recorder:
        """The events of the session that gets those of the monitored agent."""
        return self.companions if self.form == "plain" and self.companions is not None else self.heard

    async def settle(self) -> None:
        """Take in everything that the simulator has sent."""
        for session in (self.boss, self.agent, self.caller, *([self.companion] if self.companion else [])):
            await settled(session)


def at(session: Session, instrument: str) -> list[Call]:
    """The calls of a session at a device."""
    return [call for call in session.calls.values() if call.instrument == instrument]


async def desk(make_session: MakeSession, sim: Simulator, number: int) -> Session:
    """A session of an agent who is logged in and not ready."""
    session = make_session(client_id=f"desk-{number}")
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(an_agent(number)))
    assert session.current_agent is not None
    await soon(session.current_agent.login())
    return session


@pytest.fixture(params=FORMS)
async def centre(request: Any, make_session: MakeSession, team: Simulator) -> Centre:
    agent, caller = await desk(make_session, team, 1), await desk(make_session, team, 2)
    boss, companion = make_session(client_id="boss"), None
    await soon(boss.connect(**sides(team)))
    if request.param == "bulk":
        await soon(boss.set_bulk_mode(5000, agents=["1001", "1002", "1003"]))
        supervisor = boss.agent("1001", agent_instrument="3001")
    else:
        if request.param != "agent":
            companion = make_session(client_id="companion")
            await soon(companion.connect(**sides(team)))
            await soon(companion.set_bulk_mode(5000))
        is_asked = request.param != "plain"
        supervisor = Agent("1001", 5000, agent_instrument="3001", supervisor=is_asked)
        await soon(boss.set_agent(supervisor, companion=companion))
        assert supervisor.is_supervisor() is is_asked
    await soon(supervisor.login())
    member = boss.agent("1002", agent_instrument="3002")
    assert caller.current_agent is not None
    await soon(caller.current_agent.make_call(dialed_number="3002"))
    await until(lambda: len(agent.calls) == 1)
    [call] = agent.calls.values()
    await soon(call.answer())
    await until(lambda: call.status == CallStatus.CONNECT)
    companions = None if companion is None else Recorder(companion)
    heard = Recorder(boss)
    centre = Centre(request.param, boss, supervisor, member, agent, caller, heard, companion, companions)
    await centre.settle()
    centre.heard.clear()
    return centre


def statuses(session: Session) -> dict[str, int | None]:
    """The status of each call of a session, by device."""
    return {str(call.instrument): call.status for call in session.calls.values()}


def assert_in_call(centre: Centre, *devices: str) -> None:
    """Exactly these devices are connected in one call, in each session that hears of it."""
    for session, device in ((centre.boss, "3001"), (centre.agent, "3002"), (centre.caller, "3003")):
        hears_all = session is centre.boss and centre.form == "bulk"
        expected = devices if hears_all else {device} & {*devices}
        own = {key: status for key, status in statuses(session).items() if hears_all or key == device}
        assert own == dict.fromkeys(expected, CallStatus.CONNECT)
    if centre.companion is not None:
        assert statuses(centre.companion) == dict.fromkeys(devices, CallStatus.CONNECT)
    sessions = (centre.boss, centre.agent, centre.caller, centre.hearing)
    assert len({call.connection_call_id for session in sessions for call in session.calls.values()}) == 1


def member_call(centre: Centre) -> Call | None:
    """The member's call, in forms whose sessions hear of it."""
    found = at(centre.hearing, "3002")
    return found[0] if found else None


async def test_a_supervisor_barges_in_and_takes_the_call_over(centre: Centre) -> None:
    assert_in_call(centre, "3002", "3003")
    conf = await soon(centre.supervisor.barge_in(agent=centre.member, call=member_call(centre)))
    assert conf["ConnectionDeviceID"] == "3002"
    await centre.settle()
    assert_in_call(centre, "3001", "3002", "3003")
    assert centre.supervisor.state == TALKING
    for event in ("OnSuperviseCallConf", "OnCallBegin", "OnCallEstablished", "OnCallConferenced"):
        assert centre.heard.names.count(event) == 1, event
    assert centre.agent.current_agent is not None
    await soon(centre.supervisor.intercept(agent=centre.member, call=member_call(centre)))
    await centre.settle()
    assert_in_call(centre, "3001", "3003")
    assert centre.supervisor.state == TALKING
    assert centre.agent.current_agent.state == NOT_READY
    [own] = at(centre.boss, "3001")
    await soon(own.clear_connection())
    await centre.settle()
    for session in (centre.boss, centre.agent, centre.caller):
        assert not session.calls
    assert centre.supervisor.state == NOT_READY


async def test_a_supervisor_who_barged_in_leaves_the_others_talking(centre: Centre) -> None:
    await soon(centre.supervisor.barge_in(agent=centre.member))
    await centre.settle()
    await soon(centre.supervisor.clear_supervision(agent=centre.member, call=member_call(centre)))
    await centre.settle()
    assert_in_call(centre, "3002", "3003")
    assert centre.supervisor.state == NOT_READY


async def test_a_supervisor_listens_whispers_and_stops(centre: Centre) -> None:
    await soon(centre.supervisor.start_silent_monitor(agent=centre.member, call=member_call(centre)))
    await centre.settle()
    [own] = at(centre.boss, "3001")
    assert own.call_type == CALLTYPE_SUPERVISOR_MONITOR
    started = centre.heard.of("OnSilentMonitorStartedEvent")[0]
    assert started["SilentMonitorCallUID"] == own.unique_object_id
    assert started["SilentMonitorInitiatingAgentUID"] == "agent.5000.1001"
    assert started["SilentMonitorTargetAgentUID"] == "agent.5000.1002"
    assert statuses(centre.agent) == {"3002": CallStatus.CONNECT}  # the others see no third party
    assert statuses(centre.caller) == {"3003": CallStatus.CONNECT}
    assert centre.supervisor.silent_monitor_call_uid == own.unique_object_id
    assert centre.supervisor.silent_monitor_target_agent_uid == "agent.5000.1002"
    await soon(centre.supervisor.whisper(agent=centre.member, call=member_call(centre)))
    await centre.settle()
    assert own.call_type == CALLTYPE_SUPERVISOR_WHISPER
    await soon(centre.supervisor.stop_silent_monitor(agent=centre.member, call=own))
    await centre.settle()
    assert not own.is_alive
    stopped = centre.heard.of("OnSilentMonitorStopRequestedEvent")[0]
    assert stopped["SilentMonitorCallUID"] == started["SilentMonitorCallUID"]
    assert stopped["SilentMonitorCallDisposition"] == 0
    assert_in_call(centre, "3002", "3003")


async def test_silent_monitoring_stops_with_the_call(centre: Centre) -> None:
    await soon(centre.supervisor.start_silent_monitor(agent=centre.member))
    [call] = centre.agent.calls.values()
    await soon(call.clear_connection())
    await centre.settle()
    assert centre.heard.names.count("OnSilentMonitorStopRequestedEvent") == 1
    assert not centre.boss.calls


async def test_a_call_cannot_be_taken_over_before_a_barge_in(centre: Centre) -> None:
    with pytest.raises(ControlFailure, match="CF_INVALID_OBJECT_STATE"):
        await soon(centre.supervisor.intercept(agent=centre.member))
    (failure,) = centre.heard.of("OnControlFailureConf")
    assert failure["UniqueObjectID"] == "agent.5000.1001"
    assert_in_call(centre, "3002", "3003")


# --- Monitored calls --------------------------------------------------------------------------------


def buttons(centre: Centre) -> set[str]:
    """What the supervisor may do with the monitored agent and its call."""
    mask = centre.supervisor.supervisor_enablement_mask
    assert mask is not None
    return {str(bit.name).removeprefix("ENABLE_") for bit in SupervisorButtonEnablement if bit & mask}


async def test_a_monitored_call_that_is_joined_and_taken_over(centre: Centre) -> None:
    await soon(centre.supervisor.start_monitoring_agent(agent=MEMBER))
    assert centre.heard.names.count("OnStartMonitoringAgent") == 1
    [call] = centre.agent.calls.values()
    await soon(call.hold())
    await soon(call.retrieve())
    await centre.settle()
    for event in ("OnMonitoredCallHeld", "OnMonitoredCallRetrieved"):
        assert centre.monitoring.names.count(event) == 1, event
    monitored = centre.monitoring.session.calls[call.unique_object_id]
    assert monitored.is_monitored
    assert monitored.status == CallStatus.CONNECT
    await soon(centre.supervisor.start_monitoring_call(call=monitored))
    controls = set() if centre.form in ("agent", "bulk") else {"SET_AGENT_LOGOUT"}
    if centre.form != "bulk":
        assert buttons(centre) == controls | {"SILENTMONITOR", "START_SILENTMONITOR"}  # BARGE_IN too
    await soon(centre.supervisor.barge_in())
    await centre.settle()
    assert centre.monitoring.names.count("OnMonitoredCallConferenced") == 1
    if centre.form != "bulk":
        assert buttons(centre) == controls | {"INTERCEPT", "CLEAR"}
    await soon(centre.supervisor.intercept())
    await centre.settle()
    assert not monitored.is_alive
    assert centre.monitoring.names.count("OnMonitoredCallEnd") == 1
    assert_in_call(centre, "3001", "3003")
    if centre.form != "bulk":
        masks = [args["SupervisorBtnEnablementMask"] for args in centre.heard.of("OnSupervisorButtonChange")]
        assert any(mask & SupervisorButtonEnablement.ENABLE_INTERCEPT for mask in masks)
        assert masks[-1] == centre.supervisor.supervisor_enablement_mask
    await soon(centre.supervisor.stop_monitoring_agent())
    assert centre.supervisor.supervisor_enablement_mask == (None if centre.form == "bulk" else 0)


async def test_a_monitored_call_and_its_session_are_freed(centre: Centre) -> None:
    await soon(centre.supervisor.start_monitoring_agent(agent=MEMBER))
    [call] = centre.agent.calls.values()
    await soon(call.hold())
    await soon(call.retrieve())
    await centre.settle()
    monitored = weakref.ref(centre.monitoring.session.calls[call.unique_object_id])
    await soon(centre.supervisor.start_monitoring_call(call=monitored()))
    await soon(centre.supervisor.barge_in())
    await soon(centre.supervisor.clear_supervision())
    await soon(call.clear_connection())
    await centre.settle()
    gc.collect()
    assert monitored() is None
    shown = weakref.ref(session_context(centre.boss).supervisor_buttons) if centre.form != "bulk" else None
    await soon(centre.boss.disconnect())
    if shown is not None:
        assert shown() is None
    if centre.companion is not None:
        assert not any(  # nothing of the supervisor's session is left among the companion's listeners
            getattr(listener, "func", None)
            for listeners in session_context(centre.companion).listeners.values()
            for listener in listeners
        )


# --- Other agents -----------------------------------------------------------------------------------


async def hear_team(centre: Centre) -> None:
    """Have the supervisor's session in agent mode hear of its team's states."""
    if centre.form == "companion":
        assert await soon(centre.supervisor.start_monitoring_all_agent_teams()) == (1,)


async def free_member(centre: Centre) -> None:
    """End the member's call; the events so far are forgotten."""
    [call] = centre.agent.calls.values()
    await soon(call.clear_connection())
    await centre.settle()
    centre.heard.clear()


@pytest.mark.parametrize("centre", ["companion", "bulk"], indirect=True)
async def test_a_member_whom_the_supervisor_logs_out_leaves_the_session_connected(centre: Centre) -> None:
    await hear_team(centre)
    await free_member(centre)
    member = centre.member
    args = {"EventReasonCode": 999, **({"SupervisorID": "1001"} if centre.form == "bulk" else {})}
    assert await soon(member.logout(args)) == LOGOUT
    await centre.settle()
    event = "OnAgentStateChange" if centre.form == "bulk" else "OnMonitoredAgentStateChange"
    change = centre.heard.of(event)[-1]
    assert (change["AgentID"], change["AgentState"], change["EventReasonCode"]) == ("1002", LOGOUT, 999)
    if centre.form == "companion":
        assert {"OnPreLogout", "OnPostLogout"}.isdisjoint(centre.heard.names)
    assert centre.boss.is_open
    assert centre.supervisor.state == NOT_READY
    assert centre.agent.current_agent is not None
    assert centre.agent.current_agent.state == LOGOUT
    assert centre.agent.current_agent.reason_code == 999
    assert member.state == LOGOUT


@pytest.mark.parametrize("centre", ["companion", "bulk"], indirect=True)
async def test_a_member_is_made_ready_by_the_supervisor(centre: Centre) -> None:
    await hear_team(centre)
    await free_member(centre)
    await soon(centre.member.set_agent_state(AVAILABLE))
    await centre.settle()
    assert centre.agent.current_agent is not None
    assert centre.agent.current_agent.state == AVAILABLE == centre.member.state


@pytest.mark.parametrize("centre", ["companion", "bulk"], indirect=True)
async def test_a_member_who_talks_is_made_ready_after_the_call(centre: Centre) -> None:
    await hear_team(centre)
    await soon(centre.member.set_agent_state(AVAILABLE))
    assert centre.agent.current_agent is not None
    assert centre.agent.current_agent.state == TALKING
    await free_member(centre)
    assert centre.agent.current_agent.state == AVAILABLE


# --- Chat and emergencies ---------------------------------------------------------------------------


@pytest.mark.parametrize("centre", ["agent", "bulk"], indirect=True)
@pytest.mark.parametrize("distribution", ["client", "supervisor", "team", "all"])
async def test_a_chat_message_reaches_those_whom_its_distribution_names(
    centre: Centre, distribution: str
) -> None:
    desks = {"agent": centre.agent, "caller": centre.caller}
    recorders = {name: Recorder(session) for name, session in desks.items()}
    sender = centre.agent.current_agent
    assert sender is not None
    to_client = {"client_id": "desk-2"} if distribution == "client" else {}
    sent = sender.send_chat_message(message="hello", distribution=distribution, **to_client)
    if (distribution, centre.form) == ("supervisor", "bulk"):  # no client serves the supervisor
        with pytest.raises(RequestRefused, match="E_CTI_SUPERVISOR_NOT_FOUND"):
            await soon(sent)
        return
    await soon(sent)
    await centre.settle()
    got = {name for name, recorder in recorders.items() if recorder.of("OnChatMessage")}
    got |= {"boss"} if centre.heard.of("OnChatMessage") else set()
    # A bulk session serves no agent, so that only a message to all reaches it.
    boss = {"boss"} if centre.form == "agent" else set()
    assert (
        got
        == {
            "client": {"caller"},
            "supervisor": boss,
            "team": {"caller"} | boss,
            "all": {"caller", "boss"},
        }[distribution]
    )


async def test_the_clients_of_agents_are_learned_with_the_client_monitor_service(
    make_session: MakeSession, team: Simulator
) -> None:
    first = make_session(client_id="first")
    recorder = Recorder(first)
    await soon(first.connect(**sides(team)))
    await soon(first.set_agent(an_agent(1), services=0x7 | 0x40))
    second = await desk(make_session, team, 2)
    await settled(first)
    assert first.current_agent is not None
    assert second.current_agent is not None
    heard = Recorder(second)
    await soon(first.current_agent.send_chat_message(message="hi", distribution="agent", target="1003"))
    await settled(second)
    assert [args["Message"] for args in heard.of("OnChatMessage")] == ["hi"]
    second.chat_client_of = {"1002": "first"}.get
    await soon(second.current_agent.send_chat_message(message="yes", distribution="agent", target="1002"))
    await settled(first)
    (answer,) = recorder.of("OnChatMessage")
    assert (answer["Message"], answer["Source"], answer["ClientID"]) == ("yes", "1003", "desk-2")


@pytest.mark.parametrize("centre", ["agent", "bulk"], indirect=True)
async def test_an_emergency_of_a_member_reaches_the_supervisor(centre: Centre) -> None:
    agent = centre.agent.current_agent
    assert agent is not None
    [call] = centre.agent.calls.values()
    await soon(agent.make_emergency_call(call=call))
    await centre.settle()
    (event,) = centre.heard.of("OnEmergencyCall")
    assert (event["AgentID"], event["AgentInstrument"], event["ClientID"]) == ("1002", "3002", "desk-1")
    assert event["ConnectionCallID"] == call.connection_call_id
    assert len(event) == 10
    [own] = at(centre.boss, "3001")
    assert own.call_type == CALLTYPE_EMERGENCY


@pytest.mark.parametrize("centre", ["agent", "bulk"], indirect=True)
async def test_a_members_request_for_help_calls_the_supervisor(centre: Centre) -> None:
    agent = centre.agent.current_agent
    assert agent is not None
    [call] = centre.agent.calls.values()
    await soon(agent.request_supervisor_assist(call=call))
    await centre.settle()
    [own] = at(centre.boss, "3001")
    assert (own.call_type, own.status) == (CALLTYPE_ASSIST, CallStatus.ALERTING)


# --- Opening and losses -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("centre", "whose"),
    [
        ("agent", ("boss",)),
        ("bulk", ("boss",)),
        *((form, whose) for form in ("companion", "plain") for whose in (("boss",), ("companion",))),
        *((form, ("boss", "companion")) for form in ("companion", "plain")),
    ],
    indirect=["centre"],
)
async def test_supervision_goes_on_after_a_lost_session(
    centre: Centre, team: Simulator, whose: tuple[str, ...]
) -> None:
    await soon(centre.supervisor.start_monitoring_agent(agent=MEMBER))
    if centre.form in ("agent", "companion"):
        await soon(centre.supervisor.start_monitoring_all_agent_teams())
    recovered: list[str] = []
    for name in whose:
        session: Session = getattr(centre, name)
        session.subscribe("OnRecovered", lambda args, name=name: recovered.append(name))
        [link] = [each for each in team.side_a.sessions if each.client_id == session.client_id]
        link.reset()
    await until(lambda: sorted(recovered) == sorted(whose))
    await centre.settle()
    [call] = centre.agent.calls.values()
    await soon(call.hold())
    await soon(call.retrieve())
    await centre.settle()
    await soon(centre.supervisor.barge_in())
    await centre.settle()
    assert_in_call(centre, "3001", "3002", "3003")
    if centre.form != "bulk":
        assert {"INTERCEPT", "CLEAR"} <= buttons(centre)
    await soon(centre.supervisor.intercept())
    await centre.settle()
    assert_in_call(centre, "3001", "3003")
    if centre.form != "agent":
        assert await soon(centre.member.logout(reason_code=999)) == LOGOUT
    assert centre.boss.is_open


async def test_an_agent_who_is_not_a_supervisor_gets_an_agents_session(
    make_session: MakeSession, team: Simulator
) -> None:
    session = make_session()
    await soon(session.connect(**sides(team)))
    agent = an_agent(1, supervisor=True)
    await soon(session.set_agent(agent))
    assert agent.is_agent()
    assert not agent.is_supervisor()
    await soon(agent.login())
    assert agent.state == NOT_READY


async def test_nothing_holds_the_sessions_of_a_supervisor_once_they_are_dropped(team: Simulator) -> None:
    companion, boss = (
        Session(client_id="companion", heartbeat=None),
        Session(client_id="boss", heartbeat=None),
    )
    for session in (companion, boss):
        await soon(session.connect(**sides(team)))
    await soon(companion.set_bulk_mode(5000))
    supervisor = Agent("1001", 5000, agent_instrument="3001", supervisor=True)
    await soon(boss.set_agent(supervisor, companion=companion))
    member = boss.agent("1002", agent_instrument="3002")
    await soon(member.login())
    await soon(member.logout(reason_code=999))
    gone = [weakref.ref(each) for each in (boss, member, supervisor)]
    await soon(boss.disconnect())
    del boss, session, member, supervisor
    gc.collect()
    assert [each() for each in gone] == [None] * 3
    assert companion.is_open  # it outlives the session that it served, and keeps nothing of it
    await soon(companion.disconnect())


async def test_a_logout_of_a_member_in_the_gap_is_not_the_supervisors_own(
    make_session: MakeSession, team: Simulator
) -> None:
    boss, member = make_session(client_id="boss"), await desk(make_session, team, 1)
    await soon(boss.connect(**sides(team)))
    supervisor = Agent("1001", 5000, agent_instrument="3001", supervisor=True)
    await soon(boss.set_agent(supervisor))
    await soon(supervisor.login())
    await settled(boss)
    heard = Recorder(boss)
    [link] = [each for each in team.side_a.sessions if each.client_id == "boss"]
    link.reset()
    assert member.current_agent is not None
    await soon(member.current_agent.logout(reason_code=1))
    await heard.wait_for("OnMonitoredAgentStateChange")
    await settled(boss)
    assert heard.of("OnAgentStateChange") == []
    [change] = heard.of("OnMonitoredAgentStateChange")
    assert (change["AgentID"], change["AgentState"], change["Recovered"]) == ("1002", LOGOUT, True)
    assert "OnPostLogout" not in heard.names
