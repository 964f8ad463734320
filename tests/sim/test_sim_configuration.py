"""Configuration over the wire: uploads with records of every kind, and updates when something changes."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from support import reference_codec
from support.model import talking
from support.raw_client import (
    ALL_EVENTS,
    AVAILABLE,
    BULK_MODE,
    LOGOUT,
    NOT_READY,
    NUMBERS,
    RawClient,
    Record,
    names,
    status_of,
    values,
)
from support.raw_requests import TEAM_CONFIG_MASK, device_monitor, members, request_configuration

from ctios_fast.sim import Control, Population, Simulator
from ctios_fast.sim.control import CommandError
from ctios_fast.sim.plant import CallTypeEntry, DeskSettings, Terminal

EVERYTHING = 0x3FF
SERVICES, GROUPS, AGENTS, DEVICES = 0x1, 0x2, 0x4, 0x8
SOLICITED, UNSOLICITED = 1, 2
ADD, CHANGE, DELETE = range(3)
SUCCESS, PARTIAL = 0, 5
ORDER = [0x1, 0x2, 0x4, 0x200, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100]
SUPERVISOR_MODE = 0x1 | 0x4 | 0x80


def everything() -> Population:
    """Something of every kind of record."""
    population = Population.numbered(
        12, skill_groups=2, groups_per_agent=2, team_size=4, desk=DeskSettings(), mrds=(1, 2)
    )
    agents = list(population.agents.values())
    agents[1].desk = DeskSettings(wrapup_incoming=0)
    agents[2].services = (1, 2)
    agents[3].active_terminal = "SEP4"
    return Population(
        agents,
        skill_groups=population.skill_groups.values(),
        services=population.services.values(),
        queues=population.queues.values(),
        teams=population.teams.values(),
        call_types=[CallTypeEntry(5001, "Sales", "calls about sales")],
        terminals=[Terminal("SEP4", "Phone", 1, ("3004", "3005"))],
    )


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(population=everything()) as simulator:
        yield simulator


@pytest.fixture
def control(sim: Simulator) -> Control:
    return Control(sim)


@pytest.fixture
async def client(sim: Simulator) -> AsyncIterator[RawClient]:
    """A session without services that gets every update."""
    async with await RawClient.connect(sim.side_a) as asking:
        await asking.open(0, ConfigMsgMask=EVERYTHING)
        request_configuration(asking, 0)
        assert await asking.settle() == []
        yield asking


async def keys_of(client: RawClient) -> dict[str, str]:
    client.write(client.frame("CONFIG_REQUEST_KEY_EVENT", {"PeripheralID": 5000}))
    keys = values(await client.receive("CONFIG_KEY_EVENT"))
    return {name: value["hex"] for name, value in keys.items()}


def records_of(event: Record) -> list[Record]:
    """The records of a CONFIG event, split where the reference says that a record begins or ends."""
    last = event["message"] == "CONFIG_AGENT_SERVICE_EVENT"
    records: list[list[Any]] = [[]]
    for name, value in event["floating"]:
        if name == "RecordType" and not last and records[-1]:
            records.append([])
        records[-1].append((name, value))
        if name == "RecordType" and last:
            records.append([])
    found = [values({"floating": record}) for record in records if record]
    assert len(found) == event["fields"]["NumRecords"] <= 10
    return found


def blocks_of(events: list[Record], kind: int) -> list[tuple[int, list[Record]]]:
    """ConfigInformation and records of each block; checks how blocks begin and end."""
    found: list[tuple[int, list[Record]]] = []
    is_open = False
    for event in events:
        if event["message"] == "CONFIG_BEGIN_EVENT":
            assert not is_open
            assert event["fields"]["ConfigType"] == kind
            found.append((event["fields"]["ConfigInformation"], []))
            is_open = True
        elif event["message"] == "CONFIG_END_EVENT":
            assert is_open
            is_open = False
        else:
            assert is_open, event
            found[-1][1].extend(records_of(event))
    assert not is_open
    return found


# --- uploads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", range(19, 26))
async def test_every_record_has_the_required_fields_of_the_version(sim: Simulator, version: int) -> None:
    async with await RawClient.connect(sim.side_a, version=version) as client:
        await client.open(0)
        request_configuration(client, EVERYTHING)
        events = await client.settle()
        kinds = set()
        for event in events:
            row = reference_codec.MESSAGES[NUMBERS[event["message"]]]
            known = {f["name"]: f for f in row["floating"] if f.get("since", row["since"]) <= version}
            required = {name for name, f in known.items() if not f["optional"] and f.get("group") == "Record"}
            if "NumRecords" not in event["fields"]:
                continue
            kinds.add(event["message"])
            for record in records_of(event):
                assert required <= record.keys() <= known.keys(), event["message"]
        expected = {
            row["name"]
            for row in reference_codec.MESSAGES.values()
            if row["name"].startswith("CONFIG_") and row["since"] <= version and _has_records(row)
        }
        assert kinds == expected


def _has_records(row: Record) -> bool:
    return any(field["name"] == "NumRecords" for field in row["fixed"])


async def test_an_upload_has_a_block_for_each_item_in_the_order_of_the_reference(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(0)
        request_configuration(client, EVERYTHING)
        events = await client.settle()
        assert [item for item, _ in blocks_of(events, SOLICITED)] == ORDER
        ends = [e["fields"]["ConfigEndStatus"] for e in events if e["message"] == "CONFIG_END_EVENT"]
        assert ends == [PARTIAL] * (len(ORDER) - 1) + [SUCCESS]
        records = dict(blocks_of(events, SOLICITED))
        assert all(r["RecordType"] == ADD for item in records.values() for r in item)
        assert [r["LoginID"] for r in records[AGENTS]] == [str(1001 + i) for i in range(12)]
        assert {r["AgentDeskSettingsID"] for r in records[AGENTS]} == {1, 2}
        assert [r["AgentDeskSettingsID"] for r in records[0x80]] == [1, 2]
        assert records[0x200] == [
            {
                "AgentSkillTargetID": 5002,
                "NumOfEnabledServices": 2,
                "FltEnabledServices": [1, 2],
                "RecordType": 0,
            }
        ]
        assert records[0x10][0]["EnterpriseName"] == "Sales"
        assert records[0x100][0]["Instrument"] == ["3004", "3005"]
        assert records[AGENTS][3]["ActiveTerminal"] == "SEP4"
        assert records[AGENTS][0]["FltAgentMRDID"] == [1, 2]


async def test_the_blocks_carry_the_keys_of_their_items(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(0)
        keys = await keys_of(client)
        assert all(len(bytes.fromhex(key)) == 8 and int(key, 16) for key in keys.values())
        assert len(set(keys.values())) == len(keys) == 7
        request_configuration(client, EVERYTHING)
        events = await client.settle()
        shown = {
            n: v["hex"] for e in events if e["message"] == "CONFIG_BEGIN_EVENT" for n, v in e["floating"]
        }
        assert shown == keys


# --- updates ----------------------------------------------------------------------------------------


def do_add_agent(control: Control) -> None:
    control.add_agent("2001", "4001", "Ann", "Lee", "alee", [1])


def add_and_remove_agent(control: Control) -> None:
    do_add_agent(control)
    control.remove_agent("2001")


def add_and_remove_service(control: Control) -> None:
    control.add_service(77, "Help", [1, 2])
    control.remove_service(77)


def add_and_remove_device(control: Control) -> None:
    control.add_device("7000")
    control.remove_device("7000")


CHANGES: list[tuple[Callable[[Control], None], list[tuple[int, list[Record]]]]] = [
    (
        lambda control: control.rename_agent("1002", "Ann", "Lee"),
        [(AGENTS, [{"RecordType": CHANGE, "LoginID": "1002", "FirstName": "Ann", "LastName": "Lee",
                    "LoginName": "agent1002", "NumMRDs": 0}])],
    ),
    (
        do_add_agent,
        [
            (AGENTS, [{"RecordType": ADD, "LoginID": "2001", "FirstName": "Ann", "Extension": "4001",
                       "AgentSkillTargetID": 1000000, "NumSkills": 1, "FltSkillGroupNumber": [1]}]),
            (DEVICES, [{"RecordType": ADD, "Extension": "4001", "DeviceType": 4}]),
        ],
    ),
    (
        add_and_remove_agent,
        [
            (AGENTS, [{"RecordType": ADD, "LoginID": "2001"}]),
            (DEVICES, [{"RecordType": ADD, "Extension": "4001"}]),
            (AGENTS, [{"RecordType": DELETE, "LoginID": "2001"}]),
            (DEVICES, [{"RecordType": DELETE, "Extension": "4001"}]),
        ],
    ),
    (
        lambda control: control.rename_group(2, "Sales"),
        [(GROUPS, [{"RecordType": CHANGE, "PeripheralNumber": 2, "PeripheralName": "Sales",
                    "SkillGroupSkillTargetID": 102}])],
    ),
    (
        lambda control: control.add_group(9, "Night", "9099"),
        [
            (GROUPS, [{"RecordType": ADD, "PeripheralNumber": 9, "PeripheralName": "Night"}]),
            (DEVICES, [{"RecordType": ADD, "DialedNumber": "9099", "DeviceType": 5}]),
        ],
    ),
    (
        lambda control: control.remove_group(2),
        [
            (SERVICES, [{"RecordType": CHANGE, "PeripheralNumber": 2, "NumServiceMembers": 0}]),
            (GROUPS, [{"RecordType": DELETE, "PeripheralNumber": 2}]),
            (AGENTS, [{"RecordType": CHANGE, "NumSkills": 1, "FltSkillGroupNumber": [1]}] * 12),
            (DEVICES, [{"RecordType": DELETE, "DialedNumber": "9002"}]),
        ],
    ),
    (
        lambda control: control.leave_group("1001", 2),
        [(AGENTS, [{"RecordType": CHANGE, "LoginID": "1001", "FltSkillGroupNumber": [1]}])],
    ),
    (
        add_and_remove_service,
        [
            (SERVICES, [{"RecordType": ADD, "PeripheralNumber": 77, "ServiceMember": [1, 2]}]),
            (SERVICES, [{"RecordType": DELETE, "PeripheralNumber": 77}]),
        ],
    ),
    (
        add_and_remove_device,
        [
            (DEVICES, [{"RecordType": ADD, "DialedNumber": "7000", "DeviceType": 5}]),
            (DEVICES, [{"RecordType": DELETE, "DialedNumber": "7000"}]),
        ],
    ),
    (
        lambda control: control.join_team(1, "1006", supervisor=True),
        [(AGENTS, [{"RecordType": CHANGE, "LoginID": "1006", "AgentType": 2}])],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CHANGES)
async def test_a_change_is_sent_as_an_update(
    client: RawClient, control: Control, change: Callable[[Control], None], expected: list[Any]
) -> None:
    change(control)
    events = await client.settle()
    blocks = blocks_of(events, UNSOLICITED)
    assert [item for item, _ in blocks] == [item for item, _ in expected]
    for (_, records), (_, shown) in zip(blocks, expected, strict=True):
        assert [
            {name: record[name] for name in part} for record, part in zip(records, shown, strict=True)
        ] == shown
    ends = [e["fields"]["ConfigEndStatus"] for e in events if e["message"] == "CONFIG_END_EVENT"]
    assert set(ends) == {SUCCESS}


async def test_a_change_changes_the_keys_of_its_items_and_no_others(
    client: RawClient, control: Control
) -> None:
    before = await keys_of(client)
    do_add_agent(control)
    events = await client.settle()
    after = await keys_of(client)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"AgentConfigKey", "DeviceConfigKey"}
    shown = {n: v["hex"] for e in events if e["message"] == "CONFIG_BEGIN_EVENT" for n, v in e["floating"]}
    assert shown == {name: after[name] for name in changed}


async def test_updates_go_only_to_sessions_that_requested_configuration_and_want_the_item(
    sim: Simulator, control: Control
) -> None:
    async with await RawClient.connect(sim.side_a) as silent, await RawClient.connect(sim.side_a) as groups:
        await silent.open(ALL_EVENTS, ConfigMsgMask=EVERYTHING)
        await groups.open(0, ConfigMsgMask=GROUPS)
        request_configuration(groups, AGENTS)
        assert [item for item, _ in blocks_of(await groups.settle(), SOLICITED)] == [AGENTS]
        control.rename_group(1, "Sales")
        control.rename_agent("1001", "Ann")
        assert [item for item, _ in blocks_of(await groups.settle(), UNSOLICITED)] == [GROUPS]
        assert await silent.settle() == []
        request_configuration(silent, 0)
        await silent.settle()
        control.rename_agent("1001", "Eve")
        assert [item for item, _ in blocks_of(await silent.settle(), UNSOLICITED)] == [AGENTS]


async def test_a_version_without_configuration_messages_gets_no_updates(
    sim: Simulator, control: Control
) -> None:
    async with await RawClient.connect(sim.side_a, version=18) as client:
        await client.open(0)
        control.rename_agent("1001", "Ann")
        assert await client.settle() == []


# --- what a change means ----------------------------------------------------------------------------


async def test_a_new_agent_logs_in_and_takes_calls_of_its_group(sim: Simulator, control: Control) -> None:
    do_add_agent(control)
    async with await RawClient.connect(sim.side_a) as client:
        floating = client.identity(AgentID="2001")
        conf = await client.ask("OPEN_REQ", client.open_fields(0x5, CallMsgMask=0xFFFFFFFF), floating)
        assert conf["message"] == "OPEN_CONF"
        fields, _ = client.state_request(0)
        floating = [["AgentInstrument", "4001"], ["AgentID", "2001"]]
        for state in (0, AVAILABLE):
            invoke_id = client.send("SET_AGENT_STATE_REQ", fields | {"AgentState": state}, floating)
            events = await client.settle()
            assert invoke_id in [e["fields"].get("InvokeID") for e in events]
        sim.plant.inbound("9001")
        assert "CALL_DELIVERED" in names(await client.settle())


async def test_the_session_of_a_removed_agent_fails_and_its_monitors_end(
    sim: Simulator, control: Control
) -> None:
    async with await RawClient.connect(sim.side_a) as desk, await RawClient.connect(sim.side_a) as monitor:
        await desk.open_agent(1)
        await monitor.open(0x20)
        conf = await monitor.ask("MONITOR_START_REQ", *device_monitor("3002", calls=0, states=0))
        control.remove_agent("1002")
        assert status_of(await desk.receive("FAILURE_EVENT")) == 8
        number = {"MonitorID": conf["fields"]["MonitorID"]}
        assert status_of(await monitor.ask("MONITOR_STOP_REQ", number)) == 55
    async with await RawClient.connect(sim.side_a) as desk:
        assert status_of(await desk.open_agent(1)) == 8


async def test_an_agent_that_joins_a_group_takes_its_waiting_call_and_counts_there(
    sim: Simulator, control: Control
) -> None:
    control.leave_group("1001", 2)
    sim.set_agent_state("1001", AVAILABLE)
    sim.plant.inbound("9002")
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(BULK_MODE, CallMsgMask=0xFFFFFFFF)
        control.join_group("1001", 2)
        events = await client.settle()
        states = [e for e in events if e["message"] == "AGENT_STATE_EVENT"]
        assert [e["fields"]["AgentState"] for e in states] == [AVAILABLE, 8]
        assert values(states[0])["FltSkillGroupNumber"] == [1, 2]
        assert "CALL_DELIVERED" in names(events)
    with pytest.raises(CommandError, match="agent 1001 has a call"):
        control.leave_group("1001", 2)


async def test_a_group_keeps_the_figures_of_an_agent_that_left_it(sim: Simulator, control: Control) -> None:
    connection = talking(sim, "1001")
    sim.plant.clear_connection(connection)
    sim.set_agent_state("1001", NOT_READY)
    group = sim.plant.population.skill_groups[1]
    before = sim.plant.skill_group_statistics(group)
    assert before["HandledCallsToday"] == 1
    control.leave_group("1001", 1)
    after = sim.plant.skill_group_statistics(group)
    assert after["HandledCallsToday"] == 1
    assert after["AgentsLoggedOn"] == before["AgentsLoggedOn"] - 1


REFUSED: list[tuple[Callable[[Control], None], str]] = [
    (lambda c: c.add_agent("1001", "4001"), "agent '1001' exists already"),
    (lambda c: c.add_agent("2001", "3001"), "device '3001' exists already"),
    (lambda c: c.add_agent("2001", "4001", groups=[7]), "there is no skill group 7"),
    (lambda c: c.add_agent("123456789012", "4001"), "the agent id has 1 to 11 bytes, not 12"),
    (lambda c: c.remove_agent("9999"), "there is no agent with the id '9999'"),
    (lambda c: c.rename_agent("1001", "x" * 32), "the first name has at most 31 bytes, not 32"),
    (lambda c: c.add_group(1, "Sales"), "skill group 1 exists already"),
    (lambda c: c.add_group(9, "Sales", "9001"), "device '9001' exists already"),
    (lambda c: c.add_group(9, ""), "the skill group name has 1 to 63 bytes, not 0"),
    (lambda c: c.remove_group(7), "there is no skill group 7"),
    (lambda c: c.join_group("1001", 1), "agent 1001 is in skill group 1 already"),
    (lambda c: c.leave_group("1001", 7), "there is no skill group 7"),
    (lambda c: c.add_service(1, "Help"), "service 1 exists already"),
    (lambda c: c.remove_service(7), "there is no service 7"),
    (lambda c: c.add_device("3001"), "device '3001' exists already"),
    (lambda c: c.remove_device("3001"), "device '3001' is agent 1001's: remove the agent"),
    (lambda c: c.remove_device("9001"), "device '9001' is a queue: remove its skill group"),
    (lambda c: c.remove_device("7000"), "there is no device '7000'"),
    (lambda c: c.add_team(1, "A"), "team 1 exists already"),
    (lambda c: c.join_team(1, "1002"), "agent 1002 is in team 1 already"),
    (lambda c: c.join_team(9, "1002"), "there is no team 9"),
    (lambda c: c.join_team(2, "1002", True, True), "a temporary member of a team is not a supervisor"),
    (lambda c: c.leave_team(2, "1002"), "agent 1002 is not in team 2"),
    (lambda c: c.restore_team(9), "there is no team 9"),
]


@pytest.mark.parametrize(("command", "reason"), REFUSED)
async def test_a_change_that_is_refused_changes_nothing(
    sim: Simulator, client: RawClient, control: Control, command: Callable[[Control], None], reason: str
) -> None:
    before = sim.snapshot()
    with pytest.raises(CommandError, match=reason):
        command(control)
    assert await client.settle() == []
    assert sim.snapshot() == before


async def test_what_calls_or_a_login_forbid_is_refused(sim: Simulator, control: Control) -> None:
    sim.set_agent_state("1001", NOT_READY)
    with pytest.raises(CommandError, match="agent 1001 is logged in"):
        control.remove_agent("1001")
    sim.set_agent_state("1001", LOGOUT)
    sim.plant.inbound("9001")
    with pytest.raises(CommandError, match="calls wait in the queue of skill group 1"):
        control.remove_group(1)


# --- teams ------------------------------------------------------------------------------------------


def team_changes(events: list[Record]) -> list[tuple[int, int, list[Any]]]:
    """TeamID, ConfigOperation and the (AtcAgentID, AgentFlags) of each AGENT_TEAM_CONFIG_EVENT."""
    assert {e["message"] for e in events} <= {"AGENT_TEAM_CONFIG_EVENT"}
    return [(e["fields"]["TeamID"], e["fields"]["ConfigOperation"], members(e)) for e in events]


async def test_changes_of_a_team_reach_its_supervisors_and_all_events_clients(
    sim: Simulator, control: Control
) -> None:
    async with (
        await RawClient.connect(sim.side_a) as own,
        await RawClient.connect(sim.side_a) as other,
        await RawClient.connect(sim.side_a) as bulk,
        await RawClient.connect(sim.side_a) as unmasked,
        await RawClient.connect(sim.side_a) as member,
    ):
        for client, agent in ((own, "1001"), (other, "1005")):
            floating = client.identity(agent, AgentID=agent)
            await client.open(SUPERVISOR_MODE, floating=floating, CallMsgMask=TEAM_CONFIG_MASK)
        await bulk.open(BULK_MODE, CallMsgMask=TEAM_CONFIG_MASK)
        await unmasked.open(BULK_MODE, CallMsgMask=0xFFFFFFFF & ~TEAM_CONFIG_MASK)
        await member.open_agent(1, client_id="member", CallMsgMask=TEAM_CONFIG_MASK)
        for client in (own, other):
            await client.settle()
        steps: list[tuple[Callable[[], None], list[Any]]] = [
            (lambda: control.join_team(1, "1006"), [(1, 1, [("1006", 0)])]),
            (lambda: control.join_team(1, "1007", temporary=True), [(1, 1, [("1007", 2)])]),
            (lambda: control.join_team(1, "1008", supervisor=True), [(1, 1, [("1008", 4)])]),
            (lambda: control.leave_team(1, "1002"), [(1, 2, [("1002", 0)])]),
            (
                lambda: control.restore_team(1),
                [(1, 0, [("1001", 5), ("1008", 4), ("1003", 0), ("1004", 0), ("1006", 0)])],
            ),
            (lambda: control.leave_team(1, "1001"), [(1, 2, [("1001", 5)])]),
        ]
        for change, expected in steps:
            change()
            assert team_changes(await own.settle()) == expected
            assert team_changes(await bulk.settle()) == expected
            for client in (other, unmasked, member):
                assert await client.settle() == []
        control.join_team(1, "1012")
        assert await own.settle() == [], "agent 1001 is not a supervisor of the team any more"
        control.add_team(9, "Night")
        control.join_team(9, "1005", supervisor=True)
        assert team_changes(await other.settle()) == [(9, 1, [("1005", 5)])]


async def test_changes_of_a_team_are_sent_while_the_peripheral_is_off_line(
    sim: Simulator, control: Control
) -> None:
    async with await RawClient.connect(sim.side_a) as bulk:
        await bulk.open(BULK_MODE, CallMsgMask=TEAM_CONFIG_MASK, ConfigMsgMask=EVERYTHING)
        request_configuration(bulk, 0)
        control.peripheral("offline")
        await bulk.settle()
        control.join_team(1, "1006")
        control.rename_agent("1006", "Ann")
        (team, *update) = await bulk.settle()
        assert team_changes([team]) == [(1, 1, [("1006", 0)])]
        assert [item for item, _ in blocks_of(update, UNSOLICITED)] == [AGENTS]


async def test_the_monitor_of_a_team_ends_with_its_supervision(sim: Simulator, control: Control) -> None:
    async with await RawClient.connect(sim.side_a) as boss:
        floating = boss.identity(AgentID="1001")
        await boss.open(SUPERVISOR_MODE, floating=floating)
        number = (await boss.ask("MONITOR_AGENT_TEAM_START_REQ", {"TeamID": 1}))["fields"]["MonitorID"]
        control.leave_team(1, "1001")
        sim.set_agent_state("1002", NOT_READY)
        assert await boss.settle() == []
        assert status_of(await boss.ask("MONITOR_AGENT_TEAM_STOP_REQ", {"MonitorID": number})) == 55
        assert status_of(await boss.ask("MONITOR_AGENT_TEAM_START_REQ", {"TeamID": 1})) == 65


async def test_a_new_member_is_monitored_and_a_former_one_is_not(sim: Simulator, control: Control) -> None:
    async with await RawClient.connect(sim.side_a) as boss:
        floating = boss.identity(AgentID="1001")
        await boss.open(SUPERVISOR_MODE, floating=floating)
        number = (await boss.ask("MONITOR_AGENT_TEAM_START_REQ", {"TeamID": 1}))["fields"]["MonitorID"]
        control.join_team(1, "1006")
        control.leave_team(1, "1002")
        for agent in ("1002", "1006"):
            sim.set_agent_state(agent, NOT_READY)
        (event,) = await boss.settle()
        assert values(event)["AgentID"] == "1006"
        assert event["fields"]["MonitorID"] == number
