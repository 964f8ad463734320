"""Monitors, supervisors, configuration, statistics, and clients of each other, over the wire."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.model import talking
from support.raw_client import (
    AGENT_MODE,
    ALL_EVENTS,
    ANY_PERIPHERAL,
    BULK_MODE,
    CLIENT_CONTROL,
    RawClient,
    names,
    status_of,
    values,
)
from support.raw_requests import ALL_CALLS, NONE, NULL, call_monitor, device_monitor, supervision

from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Population, Simulator

AVAILABLE = AgentState.AGENT_STATE_AVAILABLE
NOT_READY = AgentState.AGENT_STATE_NOT_READY
PERIPHERAL_MONITOR, CLIENT_MONITOR, SUPERVISOR, SERVER, CONNECTION_MONITOR = 0x20, 0x40, 0x80, 0x100, 0x8


@pytest.fixture
def sim(team: Simulator) -> Simulator:
    return team


@pytest.fixture
async def monitor(sim: Simulator) -> AsyncIterator[RawClient]:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(PERIPHERAL_MONITOR | CLIENT_CONTROL)
        yield client


@pytest.fixture
async def supervisor(sim: Simulator) -> AsyncIterator[RawClient]:
    """The supervisor's own session, its team's configuration received."""
    sim.set_agent_state("1001", NOT_READY)
    async with await RawClient.connect(sim.side_a) as client:
        floating = client.identity("boss", AgentID="1001")
        await client.open(
            AGENT_MODE | SUPERVISOR | PERIPHERAL_MONITOR, floating=floating, CallMsgMask=ALL_CALLS
        )
        (team,) = await client.settle()
        assert team["message"] == "AGENT_TEAM_CONFIG_EVENT"
        assert values(team)["AtcAgentID"] == ["1001", "1002", "1003", "1004"]
        assert values(team)["AgentFlags"] == [5, 0, 0, 0]
        yield client


async def start(client: RawClient, *request: Any) -> int:
    conf = await client.ask("MONITOR_START_REQ", *request)
    assert conf["message"] == "MONITOR_START_CONF", conf
    return int(conf["fields"]["MonitorID"])


# --- device and call monitors -----------------------------------------------------------------------


async def test_each_monitor_that_matches_brings_its_own_copy(sim: Simulator, monitor: RawClient) -> None:
    device = await start(monitor, *device_monitor("3002"))
    other = await start(monitor, *device_monitor("3003"))
    sim.set_agent_state("1002", AVAILABLE)
    call = sim.plant.inbound("1002")
    ringing = sim.plant.alerting(sim.agent("1002"))
    records = await monitor.settle()
    assert names(records)[-2:] == ["BEGIN_CALL", "CALL_DELIVERED"]
    assert {record["fields"]["MonitorID"] for record in records} == {device}
    watched = await start(monitor, *call_monitor(ringing))
    assert len({device, other, watched}) == 3
    sim.plant.answer(ringing)
    established = [r for r in await monitor.settle() if r["message"] == "CALL_ESTABLISHED_EVENT"]
    assert sorted(record["fields"]["MonitorID"] for record in established) == [device, watched]
    sim.plant.caller_hangs_up(call)
    await monitor.settle()
    assert status_of(await monitor.ask("MONITOR_STOP_REQ", {"MonitorID": watched})) == 55, (
        "died with its call"
    )
    await monitor.ask("MONITOR_STOP_REQ", {"MonitorID": device})
    sim.set_agent_state("1002", NOT_READY)
    assert await monitor.settle() == []


async def test_a_call_monitor_follows_its_call_into_a_transfer(sim: Simulator, monitor: RawClient) -> None:
    for agent in ("1001", "1002"):
        sim.set_agent_state(agent, NOT_READY)
    sim.plant.inbound("1001")
    active = sim.plant.alerting(sim.agent("1001"))
    sim.plant.answer(active)
    consult = sim.plant.consult(active, "3002")
    await start(monitor, *call_monitor(consult))
    sim.plant.answer(sim.plant.alerting(sim.agent("1002")))
    sim.plant.transfer(active, consult)
    assert "CALL_TRANSFERRED" in names(await monitor.settle())
    (call,) = sim.plant.calls
    sim.plant.caller_hangs_up(call)
    assert "CALL_CLEARED" in names(await monitor.settle())
    assert len(sim.pair.monitors) == 0


async def test_masks_of_a_monitor_can_be_replaced(sim: Simulator, monitor: RawClient) -> None:
    number = await start(monitor, *device_monitor("3002", calls=0))
    sim.set_agent_state("1002", AVAILABLE)
    sim.plant.inbound("1002")
    assert set(names(await monitor.settle())) == {"AGENT_STATE"}
    masks = {"MonitorID": number, "CallMsgMask": 0x4, "AgentStateMask": 0}
    assert (await monitor.ask("CHANGE_MONITOR_MASK_REQ", masks))["message"] == "CHANGE_MONITOR_MASK_CONF"
    sim.plant.answer(sim.plant.alerting(sim.agent("1002")))
    assert names(await monitor.settle()) == ["CALL_ESTABLISHED"]


async def test_monitors_die_with_their_session(sim: Simulator, monitor: RawClient) -> None:
    await start(monitor, *device_monitor("3002"))
    await monitor.ask("CLOSE_REQ", {"Status": 0})
    assert len(sim.pair.monitors) == 0


async def test_monitors_that_are_refused(monitor: RawClient) -> None:
    await start(monitor, *device_monitor("3002"))
    assert status_of(await monitor.ask("MONITOR_START_REQ", *device_monitor("3002"))) == 89
    assert status_of(await monitor.ask("MONITOR_START_REQ", *device_monitor("9999"))) == 87
    assert status_of(await monitor.ask("MONITOR_START_REQ", *device_monitor("3003", states=0x4000))) == 21
    fields, _ = device_monitor("3003")
    assert status_of(await monitor.ask("MONITOR_START_REQ", fields, [])) == 6
    masks = {"MonitorID": 4711, "CallMsgMask": 0, "AgentStateMask": 0}
    assert status_of(await monitor.ask("CHANGE_MONITOR_MASK_REQ", masks)) == 55


# --- client monitor ---------------------------------------------------------------------------------


async def test_sessions_are_reported_and_can_be_monitored(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as desk, await RawClient.connect(sim.side_a) as client:
        await desk.open_agent(1, client_id="desk 2")
        await client.open(CLIENT_MONITOR)
        (opened,) = await client.settle()
        assert opened["message"] == "CLIENT_SESSION_OPENED_EVENT"
        assert opened["fields"]["PeripheralID"] == 5000
        assert opened["fields"]["ServicesGranted"] == AGENT_MODE
        assert values(opened)["ClientID"] == "desk 2"
        assert values(opened)["AgentID"] == "1002"
        session = {"SessionID": opened["fields"]["SessionID"]}
        conf = await client.ask("SESSION_MONITOR_START_REQ", session)
        number = conf["fields"]["MonitorID"]
        assert status_of(await client.ask("SESSION_MONITOR_START_REQ", session)) == 56
        assert status_of(await client.ask("SESSION_MONITOR_START_REQ", {"SessionID": 4711})) == 63
        sim.set_agent_state("1002", NOT_READY)
        (copy,) = await client.settle()
        assert (copy["message"], copy["fields"]["MonitorID"]) == ("AGENT_STATE_EVENT", number)
        await client.ask("SESSION_MONITOR_STOP_REQ", {"MonitorID": number})
        await desk.settle()
        await desk.ask("CLOSE_REQ", {"Status": 0})
        (closed,) = await client.settle()
        assert closed["message"] == "CLIENT_SESSION_CLOSED_EVENT"
        assert closed["fields"]["Status"] == 0
        async with await RawClient.connect(sim.side_a) as other:
            await other.open(ALL_EVENTS)
            await client.receive("CLIENT_SESSION_OPENED_EVENT")
        closed = await client.receive("CLIENT_SESSION_CLOSED_EVENT")
        assert (closed["fields"]["Status"], closed["fields"]["PeripheralID"]) == (37, ANY_PERIPHERAL)


async def test_the_connection_monitor_raises_alarms(sim: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(CONNECTION_MONITOR)
        await client.ask("CLOSE_REQ", {"Status": 0})
    alarms = [record.getMessage() for record in caplog.records if "alarm" in record.getMessage()]
    assert [alarm.rpartition(":")[2].partition(" ")[2] for alarm in alarms] == [
        "established",
        "ended normally",
    ]


# --- supervisors ------------------------------------------------------------------------------------


async def test_only_supervisors_get_the_service(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        floating = client.identity(AgentID="1002")
        assert status_of(await client.open(AGENT_MODE | SUPERVISOR, floating=floating)) == 12


async def test_a_team_is_listed_and_monitored(sim: Simulator, supervisor: RawClient) -> None:
    answer = await supervisor.ask("LIST_AGENT_TEAM_REQ", {"SupervisorID": 5000})
    assert answer["message"] == "LIST_AGENT_TEAM_CONF"
    assert answer["fields"]["NumberOfAgentTeams"] == 1
    assert answer["fields"]["More"] == 0
    team = {"TeamID": values(answer)["TeamID"]}
    conf = await supervisor.ask("MONITOR_AGENT_TEAM_START_REQ", team)
    number = conf["fields"]["MonitorID"]
    assert status_of(await supervisor.ask("MONITOR_AGENT_TEAM_START_REQ", team)) == 83
    assert status_of(await supervisor.ask("MONITOR_AGENT_TEAM_START_REQ", {"TeamID": 77})) == 65
    sim.set_agent_state("1003", AVAILABLE)
    sim.plant.inbound("1003")
    records = await supervisor.settle()
    assert set(names(records)) == {"AGENT_STATE"}, "a team monitor brings no calls"
    assert {record["fields"]["MonitorID"] for record in records} == {number}
    await supervisor.ask("MONITOR_AGENT_TEAM_STOP_REQ", {"MonitorID": number})
    sim.set_agent_state("1003", NOT_READY)
    assert await supervisor.settle() == []
    assert status_of(await supervisor.ask("LIST_AGENT_TEAM_REQ", {"SupervisorID": 5001})) == 64


async def test_a_supervisor_listens_barges_in_and_leaves(sim: Simulator, supervisor: RawClient) -> None:
    connection = talking(sim, "1002")
    for action, event in ((1, "CALL_ESTABLISHED"), (3, "CALL_CONFERENCED"), (0, "END_CALL")):
        conf = await supervisor.ask("SUPERVISE_CALL_REQ", *supervision(action))
        assert conf["message"] == "SUPERVISE_CALL_CONF", conf
        assert values(conf)["ConnectionDeviceID"] == connection.connection_id
        assert event in names(await supervisor.settle())
    bad, _ = supervision(9)
    assert status_of(await supervisor.ask("SUPERVISE_CALL_REQ", bad, [["AgentID", "1002"]])) == 82


async def test_an_agent_calls_for_help(sim: Simulator, supervisor: RawClient) -> None:
    sim.set_agent_state("1002", NOT_READY)
    async with await RawClient.connect(sim.side_a) as desk:
        await desk.open_agent(1)
        fields = {"PeripheralID": 5000, "ConnectionCallID": NULL, "ConnectionDeviceIDType": NONE}
        nothing = [["ConnectionDeviceID", ""]]
        conf = await desk.ask("EMERGENCY_CALL_REQ", fields, nothing)
        assert conf["message"] == "EMERGENCY_CALL_CONF", conf
        records = await supervisor.settle()
        assert {"BEGIN_CALL", "CALL_DELIVERED", "EMERGENCY_CALL"} <= set(names(records))
        emergency = next(r for r in records if r["message"] == "EMERGENCY_CALL_EVENT")
        assert values(emergency)["AgentID"] == "1002"
        assert values(emergency)["ClientID"] == "test"
        assert emergency["fields"]["SessionID"] == sim.side_a.sessions[1].session_id
        sim.set_agent_state("1003", NOT_READY)
        async with await RawClient.connect(sim.side_a) as other:
            await other.open_agent(2, client_id="other")
            answer = await other.ask("SUPERVISOR_ASSIST_REQ", fields, nothing)
            assert status_of(answer) == 64, "the supervisor is busy"


async def test_help_about_a_call_that_does_not_exist_is_refused(
    sim: Simulator, supervisor: RawClient
) -> None:
    sim.set_agent_state("1002", NOT_READY)
    async with await RawClient.connect(sim.side_a) as desk:
        await desk.open_agent(1)
        fields = {"PeripheralID": 5000, "ConnectionCallID": 77, "ConnectionDeviceIDType": 0}
        for request in ("SUPERVISOR_ASSIST_REQ", "EMERGENCY_CALL_REQ"):
            answer = await desk.ask(request, fields, [["ConnectionDeviceID", "3002.0"]])
            assert answer["message"] == "CONTROL_FAILURE_CONF", answer


async def test_a_bad_line_is_reported_for_a_call_that_exists(sim: Simulator) -> None:
    connection = talking(sim, "1002")
    async with await RawClient.connect(sim.side_a) as desk:
        await desk.open_agent(1)
        fields = {
            "PeripheralID": 5000,
            "ConnectionDeviceIDType": int(connection.id_type),
            "ConnectionCallID": connection.call_id,
        }
        floating = [["ConnectionDeviceID", connection.connection_id], ["AgentID", "1002"]]
        answer = await desk.ask("BAD_CALL_REQ", fields, floating)
        assert answer["message"] == "BAD_CALL_CONF", answer
        assert status_of(await desk.ask("BAD_CALL_REQ", fields | {"ConnectionCallID": NULL}, floating)) == 13
        unknown = await desk.ask("BAD_CALL_REQ", fields | {"ConnectionCallID": 77}, floating)
        assert unknown["message"] == "CONTROL_FAILURE_CONF"
        assert status_of(await desk.ask("BAD_CALL_REQ", fields, floating[:1])) == 6


@pytest.mark.parametrize("action", [0, 1, 2])
async def test_a_logged_in_agent_controls_its_greeting(sim: Simulator, action: int) -> None:
    fields = {"PeripheralID": 5000, "AgentAction": action}
    async with await RawClient.connect(sim.side_a) as desk:
        await desk.open_agent(1)
        assert status_of(await desk.ask("AGENT_GREETING_CONTROL_REQ", fields, [["AgentID", "1002"]])) == 9
        sim.set_agent_state("1002", NOT_READY)
        await desk.settle()
        answer = await desk.ask("AGENT_GREETING_CONTROL_REQ", fields, [["AgentID", "1002"]])
        assert answer["message"] == "AGENT_GREETING_CONTROL_CONF", answer
        bad = fields | {"AgentAction": 3}
        answer = await desk.ask("AGENT_GREETING_CONTROL_REQ", bad, [["AgentID", "1002"]])
        assert answer["message"] == "CONTROL_FAILURE_CONF"


@pytest.mark.parametrize(("version", "names"), [(22, set()), (23, {"PlayZipTone", "ACDSharedLineUsage"})])
async def test_desk_settings_have_the_fields_of_the_version(
    sim: Simulator, version: int, names: set[str]
) -> None:
    async with await RawClient.connect(sim.side_a, version=version) as desk:
        await desk.open_agent(1)
        answer = await desk.ask("AGENT_DESK_SETTINGS_REQ", {"PeripheralID": 5000}, [])
        assert answer["fields"]["DeskSettingsMask"] == 0x60
        assert set(values(answer)) == names


# --- configuration ----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [19, 20, 22, 25])
async def test_configuration_comes_in_blocks_in_the_order_of_the_reference(version: int) -> None:
    population = Population.numbered(25, skill_groups=2, groups_per_agent=2)
    async with (
        Simulator(population=population) as sim,
        await RawClient.connect(sim.side_a, version=version) as client,
    ):
        await client.open(0)
        client.write(client.frame("CONFIG_REQUEST_KEY_EVENT", {"PeripheralID": 5000}))
        keys = await client.receive("CONFIG_KEY_EVENT")
        assert keys["fields"]["ConfigkeyStatus"] == 0
        assert len(bytes.fromhex(values(keys)["AgentConfigKey"]["hex"])) == 8
        request = {"ConfigInformation": 0x3FF, "ConfigMsgMask": 0, "PeripheralID": 5000}
        client.write(client.frame("CONFIG_REQUEST_EVENT", request))
        records = await client.settle()
        blocks = [record for record in records if record["message"] == "CONFIG_BEGIN_EVENT"]
        ends = [r["fields"]["ConfigEndStatus"] for r in records if r["message"] == "CONFIG_END_EVENT"]
        assert len(blocks) == len(ends)
        assert set(ends[:-1]) == {5}
        assert ends[-1] == 0
        agents = [record for record in records if record["message"] == "CONFIG_AGENT_EVENT"]
        assert [record["fields"]["NumRecords"] for record in agents] == [10, 10, 5]
        logins = [name for record in agents for name in values(record)["LoginID"]]
        assert logins == [str(1001 + i) for i in range(25)]
        groups = [value for name, value in agents[0]["floating"] if name == "FltSkillGroupNumber"]
        assert groups[0] == [1, 2]
        kinds = list(dict.fromkeys(names(records)))
        order = ["CONFIG_BEGIN", "CONFIG_SERVICE", "CONFIG_END", "CONFIG_SKILL_GROUP", "CONFIG_AGENT"]
        assert kinds[:5] == order
        assert ("CONFIG_AGENT_DESK_SETTINGS" in kinds) is (version >= 22)


async def test_configuration_of_another_peripheral_is_invalid(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(0)
        request = {"ConfigInformation": 4, "ConfigMsgMask": 0, "PeripheralID": 7}
        client.write(client.frame("CONFIG_REQUEST_EVENT", request))
        assert (await client.receive("CONFIG_END_EVENT"))["fields"]["ConfigEndStatus"] == 3
        client.write(
            client.frame("CONFIG_REQUEST_EVENT", request | {"PeripheralID": 5000, "ConfigInformation": 0})
        )
        assert await client.settle() == []
        assert sim.side_a.sessions[0].wants_updates


# --- statistics, desk settings, device information --------------------------------------------------


async def test_statistics_add_up(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(BULK_MODE)
        sim.set_agent_state("1002", AVAILABLE)
        call = sim.plant.inbound("9001")
        sim.plant.answer(sim.plant.alerting(sim.agent("1002")))
        sim.plant.caller_hangs_up(call)
        sim.set_agent_state("1002", NOT_READY)
        await client.settle()
        answer = await client.ask("QUERY_AGENT_STATISTICS_REQ", {"PeripheralID": 5000}, [["AgentID", "1002"]])
        assert answer["message"] == "QUERY_AGENT_STATISTICS_CONF"
        assert answer["fields"]["HandledCallsToday"] == 1
        assert values(answer)["AgentInstrument"] == "3002"
        group = {"PeripheralID": 5000, "SkillGroupNumber": 1, "SkillGroupID": NULL}
        answer = await client.ask("QUERY_SKILL_GROUP_STATISTICS_REQ", group)
        assert answer["fields"]["HandledCallsToday"] == 1
        assert answer["fields"]["SkillGroupID"] == 101
        by_id = group | {"SkillGroupNumber": NULL, "SkillGroupID": 102}
        assert (await client.ask("QUERY_SKILL_GROUP_STATISTICS_REQ", by_id))["fields"][
            "SkillGroupNumber"
        ] == 2
        unknown = group | {"SkillGroupNumber": 77}
        assert status_of(await client.ask("QUERY_SKILL_GROUP_STATISTICS_REQ", unknown)) == 72
        assert status_of(await client.ask("QUERY_AGENT_STATISTICS_REQ", {"PeripheralID": 5000})) == 6
        desk = await client.ask("AGENT_DESK_SETTINGS_REQ", {"PeripheralID": 5000}, [["AgentID", "1002"]])
        assert desk["fields"]["WrapupDataIncomingMode"] == 1
        info = {"PeripheralID": 5000, "Reserved": 0}
        device = await client.ask("QUERY_DEVICE_INFO_REQ", info, [["AgentInstrument", "3002"]])
        assert (device["message"], device["fields"]["NumLines"]) == ("QUERY_DEVICE_INFO_CONF", 1)
        assert device["fields"]["MakeCallSetup"] == 0x1 | 0x4, "LOGIN and NOT_READY"
        reserved = info | {"Reserved": 1}
        assert (
            status_of(await client.ask("QUERY_DEVICE_INFO_REQ", reserved, [["AgentInstrument", "3002"]]))
            == 22
        )


# --- clients of each other --------------------------------------------------------------------------


async def test_user_messages_reach_client_supervisor_team_and_all(
    sim: Simulator, supervisor: RawClient
) -> None:
    async with await RawClient.connect(sim.side_a) as two, await RawClient.connect(sim.side_a) as three:
        await two.open_agent(1, client_id="two")
        await three.open_agent(2, client_id="three")
        for distribution, floating, receivers in (
            (0, [["ClientID", "three"]], [three]),
            (1, [], [supervisor]),
            (2, [], [supervisor, three]),
            (3, [], [supervisor, three]),
        ):
            fields = {"PeripheralID": 5000, "Distribution": distribution}
            conf = await two.ask("USER_MESSAGE_REQ", fields, [*floating, ["Text", "hello"]])
            assert conf["message"] == "USER_MESSAGE_CONF"
            for client in (supervisor, three):
                received = await client.settle()
                assert names(received) == (["USER_MESSAGE"] if client in receivers else [])
                for event in received:
                    assert (values(event)["ClientID"], values(event)["Text"]) == ("two", "hello")
        unknown = {"PeripheralID": 5000, "Distribution": 0}
        assert status_of(await two.ask("USER_MESSAGE_REQ", unknown, [["ClientID", "x"], ["Text", ""]])) == 63
        assert (
            status_of(await two.ask("USER_MESSAGE_REQ", unknown | {"Distribution": 9}, [["Text", ""]])) == 71
        )


async def test_recording_is_forwarded_to_a_server_application(sim: Simulator) -> None:
    connection = talking(sim, "1002")
    async with await RawClient.connect(sim.side_a) as desk, await RawClient.connect(sim.side_a) as recorder:
        await desk.open_agent(1, client_id="desk")
        fields = {
            "PeripheralID": 5000,
            "ConnectionCallID": connection.call_id,
            "ClientPort": 0,
            "BitRate": 0,
            "PacketSize": 0,
            "ConnectionDeviceIDType": int(connection.id_type),
            "Direction": 2,
            "RTPType": 0,
            "EchoCancellation": 0,
            "PayloadType": 0,
        }
        floating = [["ConnectionDeviceID", connection.connection_id]]
        assert status_of(await desk.ask("START_RECORDING_REQ", fields, floating)) == 12, "nobody records"
        await recorder.open(SERVER)
        name = [["ServiceName", "Cisco:CallRecording"]]
        conf = await recorder.ask("REGISTER_SERVICE_REQ", {"ServerMode": 0}, name)
        service = conf["fields"]["RegisteredServiceID"]
        assert status_of(await recorder.ask("REGISTER_SERVICE_REQ", {"ServerMode": 1}, name)) == 85
        sent = desk.send("START_RECORDING_REQ", fields, floating)
        forwarded = await recorder.receive("START_RECORDING_REQ")
        assert values(forwarded)["ClientID"] == "desk"
        answer = {"InvokeID": forwarded["fields"]["InvokeID"], "SessionID": NULL, "ServerData": 99}
        recorder.write(recorder.frame("START_RECORDING_CONF", answer))
        conf = await desk.receive("START_RECORDING_CONF")
        assert conf["fields"]["InvokeID"] == sent
        assert conf["fields"]["ServerData"] == 99
        assert conf["fields"]["SessionID"] == sim.side_a.sessions[1].session_id
        await recorder.ask("UNREGISTER_SERVICE_REQ", {"RegisteredServiceID": service})
        assert status_of(await desk.ask("START_RECORDING_REQ", fields, floating)) == 12


async def test_a_request_that_a_recorder_leaves_unanswered_is_refused_at_its_end(sim: Simulator) -> None:
    sim.set_agent_state("1002", AVAILABLE)
    sim.plant.inbound("1002")
    talking = sim.plant.alerting(sim.agent("1002"))
    async with await RawClient.connect(sim.side_a) as desk:
        await desk.open_agent(1)
        async with await RawClient.connect(sim.side_a) as recorder:
            await recorder.open(SERVER)
            await recorder.ask(
                "REGISTER_SERVICE_REQ", {"ServerMode": 0}, [["ServiceName", "Cisco:CallRecording"]]
            )
            fields = {
                "PeripheralID": 5000,
                "ConnectionCallID": talking.call_id,
                "ClientPort": 0,
                "SessionID": 0,
                "ServerData": 0,
                "ConnectionDeviceIDType": int(talking.id_type),
                "Direction": 2,
            }
            desk.send("STOP_RECORDING_REQ", fields, [["ConnectionDeviceID", talking.connection_id]])
            await recorder.receive("STOP_RECORDING_REQ")
        assert status_of(await desk.receive("FAILURE_CONF")) == 37


async def test_network_recording_is_reported(sim: Simulator) -> None:
    connection = talking(sim, "1002")
    async with await RawClient.connect(sim.side_a) as desk:
        floating = desk.identity(AgentID="1002")
        await desk.ask("OPEN_REQ", desk.open_fields(AGENT_MODE, CallMsgMask=ALL_CALLS), floating)
        await desk.settle()
        fields = {
            "PeripheralID": 5000,
            "ConnectionCallID": connection.call_id,
            "ConnectionDeviceIDType": int(connection.id_type),
        }
        named = [["ConnectionDeviceID", connection.connection_id]]
        for what, event in (("START", "STARTED"), ("STOP", "ENDED")):
            conf = await desk.ask(f"{what}_NETWORK_RECORDING_REQ", fields, named)
            assert conf["message"] == f"{what}_NETWORK_RECORDING_CONF"
            assert names(await desk.settle()) == [f"NETWORK_RECORDING_{event}"]


async def test_alarms_are_kept_by_name(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(0)
        floating = [["ObjectName", "disk"], ["Text", "full"]]
        conf = await client.ask("CLIENT_EVENT_REPORT_REQ", {"State": 2}, floating)
        assert conf["message"] == "CLIENT_EVENT_REPORT_CONF"
        assert sim.pair.alarms == {"disk": (2, "full")}
