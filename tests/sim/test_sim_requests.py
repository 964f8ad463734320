"""Requests against the simulator: agent states asked for, queried and refused; messages of bad form."""

import struct
from collections.abc import AsyncIterator
from typing import Any

import pytest
from support import reference_codec
from support.raw_client import (
    AGENT_MODE,
    ALL_EVENTS,
    ANY_PERIPHERAL,
    AVAILABLE,
    BULK_MODE,
    CLIENT_CONTROL,
    CLIENT_EVENTS,
    LOGIN,
    LOGOUT,
    NOT_READY,
    NUMBERS,
    RawClient,
    code_of,
    state_of,
    status_of,
    values,
)

from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Simulator
from ctios_fast.sim.server.request_table import REQUESTS as REQUESTS_SERVED

RESERVED, TALKING, WORK_NOT_READY, WORK_READY = 8, 4, 5, 6


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(pair="both-active", agents=3) as simulator:
        yield simulator


@pytest.fixture
async def client(sim: Simulator) -> AsyncIterator[RawClient]:
    """A bulk session."""
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(BULK_MODE)
        yield client


# --- an agent's day ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", range(9, 26))
async def test_an_agent_logs_in_works_and_logs_out_in_every_version(sim: Simulator, version: int) -> None:
    async with await RawClient.connect(sim.side_a, version=version) as client:
        await client.open_agent()
        assert (await client.set_state(LOGIN))["message"] == "SET_AGENT_STATE_CONF"
        assert state_of(await client.receive()) == ("1001", LOGIN, 0)
        assert state_of(await client.receive()) == ("1001", NOT_READY, 0)
        assert (await client.set_state(AVAILABLE))["message"] == "SET_AGENT_STATE_CONF"
        assert state_of(await client.receive()) == ("1001", AVAILABLE, 0)
        assert (await client.set_state(NOT_READY, EventReasonCode=7))["message"] == "SET_AGENT_STATE_CONF"
        assert state_of(await client.receive()) == ("1001", NOT_READY, 7)
        assert (await client.set_state(LOGOUT, EventReasonCode=65535))["message"] == "SET_AGENT_STATE_CONF"
        assert state_of(await client.receive()) == ("1001", LOGOUT, 65535)
        assert await client.settle() == []


async def test_reasons_are_carried_for_not_ready_and_logout_alone(client: RawClient) -> None:
    reasons = []
    for state in (LOGIN, AVAILABLE, NOT_READY, LOGOUT):
        await client.set_state(state, EventReasonCode=5)
        reasons += [state_of(event)[1:] for event in await client.settle()]
    assert reasons == [(LOGIN, 0), (NOT_READY, 0), (AVAILABLE, 0), (NOT_READY, 5), (LOGOUT, 5)]


async def test_not_ready_may_be_asked_for_again_with_another_reason(client: RawClient) -> None:
    await client.set_state(LOGIN)
    await client.settle()
    for reason in (1, 2):
        await client.set_state(NOT_READY, EventReasonCode=reason)
        assert state_of(await client.receive()) == ("1001", NOT_READY, reason)


async def test_other_states_than_login_and_logout_need_no_agent_id(client: RawClient) -> None:
    await client.set_state(LOGIN, 1)
    await client.settle()
    fields, _ = client.state_request(AVAILABLE)
    answer = await client.ask("SET_AGENT_STATE_REQ", fields, [["AgentInstrument", "3002"]])
    assert answer["message"] == "SET_AGENT_STATE_CONF"
    assert state_of(await client.receive()) == ("1002", AVAILABLE, 0)


async def test_strings_without_closing_nul_are_understood(client: RawClient) -> None:
    fields, _ = client.state_request(LOGIN)
    floating = [["AgentInstrument", {"hex": b"3003".hex()}], ["AgentID", {"hex": b"1003".hex()}]]
    assert (await client.ask("SET_AGENT_STATE_REQ", fields, floating))["message"] == "SET_AGENT_STATE_CONF"
    assert state_of(await client.receive()) == ("1003", LOGIN, 0)


@pytest.mark.parametrize("mode", [3, 4])
async def test_a_remote_agent_logs_in_with_a_telephone_number(client: RawClient, mode: int) -> None:
    fields, _ = client.state_request(LOGIN, AgentWorkMode=mode)
    floating = [["AgentInstrument", "3001;5551234"], ["AgentID", "1001"]]
    assert (await client.ask("SET_AGENT_STATE_REQ", fields, floating))["message"] == "SET_AGENT_STATE_CONF"


async def test_authentication_only_confirms_and_changes_nothing(sim: Simulator, client: RawClient) -> None:
    assert (await client.set_state(LOGIN, ForcedFlag=2))["message"] == "SET_AGENT_STATE_CONF"
    assert await client.settle() == []
    assert not sim.agent("1001").logged_in


async def test_skill_groups_of_a_login_are_accepted(client: RawClient) -> None:
    fields, floating = client.state_request(LOGIN, NumSkillGroups=2)
    floating += [
        ["SkillGroupNumber", 1],
        ["SkillGroupPriority", 0],
        ["SkillGroupNumber", 2],
        ["SkillGroupPriority", 0],
    ]
    assert (await client.ask("SET_AGENT_STATE_REQ", fields, floating))["message"] == "SET_AGENT_STATE_CONF"


async def test_agent_state_control_alone_is_enough_to_control_agent_states(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(ALL_EVENTS | 0x2000)
        assert (await client.set_state(LOGIN))["message"] == "SET_AGENT_STATE_CONF"


async def test_events_may_come_before_the_confirmation() -> None:
    async with (
        Simulator(pair="both-active", agents=1, events_first=True) as sim,
        await RawClient.connect(sim.side_a) as client,
    ):
        await client.open_agent()
        fields, floating = client.state_request(LOGIN)
        invoke_id = client.send("SET_AGENT_STATE_REQ", fields, floating)
        assert state_of(await client.receive()) == ("1001", LOGIN, 0)
        assert state_of(await client.receive()) == ("1001", NOT_READY, 0)
        assert (await client.receive("SET_AGENT_STATE_CONF"))["fields"]["InvokeID"] == invoke_id


async def test_a_burst_of_requests_is_answered_in_order(client: RawClient) -> None:
    day = (LOGIN, AVAILABLE, NOT_READY, LOGOUT)
    sent = [client.send("SET_AGENT_STATE_REQ", *client.state_request(state)) for state in day * 50]
    records = await client.settle()
    answered = [r["fields"]["InvokeID"] for r in records if r["message"] == "SET_AGENT_STATE_CONF"]
    assert answered == sent
    assert len(records) == len(sent) + 50 * 5


# --- the wrong state --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("current", "wanted"),
    [
        (NOT_READY, LOGIN),
        (AVAILABLE, LOGIN),
        (LOGOUT, LOGOUT),
        (LOGOUT, NOT_READY),
        (LOGOUT, AVAILABLE),
        (LOGOUT, WORK_READY),
        (AVAILABLE, LOGOUT),
        (TALKING, LOGOUT),
        (WORK_READY, LOGOUT),
        (NOT_READY, WORK_READY),
        (NOT_READY, WORK_NOT_READY),
        (AVAILABLE, WORK_NOT_READY),
    ],
)
async def test_the_peripheral_refuses_what_the_state_does_not_allow(
    sim: Simulator, client: RawClient, current: int, wanted: int
) -> None:
    sim.set_agent_state("1001", AgentState(current))
    await client.settle()
    answer = await client.set_state(wanted)
    assert code_of(answer) == 22
    assert answer["fields"]["PeripheralErrorCode"] == 0
    assert await client.settle() == []
    assert sim.agent("1001").state == current
    assert sim.counters.control_failures == 1


@pytest.mark.parametrize("current", [AVAILABLE, TALKING, WORK_READY, RESERVED, NOT_READY])
async def test_force_logs_an_agent_out_from_any_state(
    sim: Simulator, client: RawClient, current: int
) -> None:
    sim.set_agent_state("1001", AgentState(current))
    await client.settle()
    await client.set_state(LOGOUT, ForcedFlag=1, EventReasonCode=3)
    assert state_of(await client.receive()) == ("1001", LOGOUT, 3)


async def test_force_means_nothing_for_other_states(client: RawClient) -> None:
    assert code_of(await client.set_state(AVAILABLE, ForcedFlag=1)) == 22


@pytest.mark.parametrize("state", [4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 999, 65535])
async def test_states_that_cannot_be_asked_for_are_out_of_range(client: RawClient, state: int) -> None:
    assert code_of(await client.set_state(state)) == 3


@pytest.mark.parametrize("flag", [3, 255])
async def test_an_unknown_forced_flag_is_out_of_range(client: RawClient, flag: int) -> None:
    assert code_of(await client.set_state(LOGIN, ForcedFlag=flag)) == 3


@pytest.mark.parametrize(
    "floating",
    [
        [["AgentInstrument", "9999"], ["AgentID", "1001"]],
        [["AgentInstrument", "3001"], ["AgentID", "9999"]],
        [["AgentInstrument", "3001;555"], ["AgentID", "1001"]],
        [["AgentInstrument", {"hex": "80ff"}], ["AgentID", "1001"]],
    ],
    ids=str,
)
async def test_unknown_agents_are_not_known(client: RawClient, floating: list[Any]) -> None:
    fields, _ = client.state_request(LOGIN)
    assert code_of(await client.ask("SET_AGENT_STATE_REQ", fields, floating)) == 4


REFUSED: dict[str, tuple[int, dict[str, int], list[Any]]] = {
    "agent and instrument contradict": (32, {}, [["AgentInstrument", "3001"], ["AgentID", "1002"]]),
    "no instrument": (6, {}, [["AgentID", "1001"]]),
    "no agent at login": (6, {}, [["AgentInstrument", "3001"]]),
    "no agent at logout": (6, {"AgentState": LOGOUT}, [["AgentInstrument", "3001"]]),
    "empty agent at login": (6, {}, [["AgentInstrument", "3001"], ["AgentID", ""]]),
    "other peripheral": (7, {"PeripheralID": 5001}, [["AgentInstrument", "3001"], ["AgentID", "1001"]]),
    "no peripheral": (
        7,
        {"PeripheralID": ANY_PERIPHERAL},
        [["AgentInstrument", "3001"], ["AgentID", "1001"]],
    ),
    "skill group that is not there": (
        39,
        {"NumSkillGroups": 1},
        [["AgentInstrument", "3001"], ["AgentID", "1001"]],
    ),
    "skill group that is not counted": (
        39,
        {},
        [
            ["AgentInstrument", "3001"],
            ["AgentID", "1001"],
            ["SkillGroupNumber", 1],
            ["SkillGroupPriority", 0],
        ],
    ),
    "eleven skill groups": (
        39,
        {"NumSkillGroups": 11},
        [
            ["AgentInstrument", "3001"],
            ["AgentID", "1001"],
            *[["SkillGroupNumber", 1], ["SkillGroupPriority", 0]] * 11,
        ],
    ),
    "unknown work mode": (50, {"AgentWorkMode": 5}, [["AgentInstrument", "3001"], ["AgentID", "1001"]]),
    "unknown tag": (3, {}, [["AgentInstrument", "3001"], ["AgentID", "1001"], ["tag:119", {"hex": "00"}]]),
    "tag of another message": (26, {}, [["AgentInstrument", "3001"], ["AgentID", "1001"], ["ClientID", "x"]]),
    "password too long": (
        23,
        {},
        [["AgentInstrument", "3001"], ["AgentID", "1001"], ["AgentPassword", "x" * 64]],
    ),
}


@pytest.mark.parametrize(("status", "fields", "floating"), REFUSED.values(), ids=REFUSED)
async def test_requests_that_the_server_refuses(
    sim: Simulator, client: RawClient, status: int, fields: dict[str, int], floating: list[Any]
) -> None:
    base, _ = client.state_request(LOGIN)
    assert status_of(await client.ask("SET_AGENT_STATE_REQ", base | fields, floating)) == status
    assert await client.settle() == []
    assert not sim.agent("1001").logged_in
    assert sim.counters.refusals == {status: 1}


# --- who may control whom ---------------------------------------------------------------------------


async def test_an_agents_client_controls_its_own_agent_only(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open_agent(0)
        assert code_of(await client.set_state(LOGIN, 1)) == 8
        assert not sim.agent("1002").logged_in
        assert (await client.set_state(LOGIN, 0))["message"] == "SET_AGENT_STATE_CONF"


async def test_a_client_of_all_events_controls_any_agent(client: RawClient) -> None:
    for number in range(3):
        assert (await client.set_state(LOGIN, number))["message"] == "SET_AGENT_STATE_CONF"
        await client.settle()


async def test_an_agents_client_of_all_events_controls_any_agent(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(AGENT_MODE | ALL_EVENTS, floating=client.identity(AgentID="1001"))
        assert (await client.set_state(LOGIN, 1))["message"] == "SET_AGENT_STATE_CONF"


async def test_a_client_without_an_agent_and_without_all_events_controls_nobody(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(CLIENT_CONTROL)
        assert code_of(await client.set_state(LOGIN)) == 8


@pytest.mark.parametrize("services", [CLIENT_EVENTS, ALL_EVENTS])
async def test_requests_need_the_client_control_service(sim: Simulator, services: int) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(services, floating=client.identity(AgentID="1001"))
        assert status_of(await client.set_state(LOGIN)) == 12
        query = {"PeripheralID": 5000, "MRDID": 1, "ICMAgentID": 5000}
        assert status_of(await client.ask("QUERY_AGENT_STATE_REQ", query)) == 12


# --- agent passwords --------------------------------------------------------------------------------


@pytest.mark.parametrize("password", [None, "", "wrong", "right"])
async def test_agent_passwords_are_not_checked_unless_asked(client: RawClient, password: str | None) -> None:
    fields, floating = client.state_request(LOGIN)
    floating += [] if password is None else [["AgentPassword", password]]
    assert (await client.ask("SET_AGENT_STATE_REQ", fields, floating))["message"] == "SET_AGENT_STATE_CONF"


@pytest.mark.parametrize(
    ("floating", "message", "number"),
    [
        ([], "FAILURE_CONF", 6),
        ([["AgentPassword", "wrong"]], "CONTROL_FAILURE_CONF", 19),
        ([["AgentPassword", ""]], "CONTROL_FAILURE_CONF", 19),
        ([["AgentPassword", "right"]], "SET_AGENT_STATE_CONF", None),
        ([["AgentPassword", {"hex": b"right".hex()}]], "SET_AGENT_STATE_CONF", None),
        ([["SSOEnabled", 1]], "SET_AGENT_STATE_CONF", None),
        ([["SSOEnabled", 0]], "FAILURE_CONF", 6),
    ],
)
@pytest.mark.parametrize("state", [LOGIN, LOGOUT])
async def test_agent_passwords_are_checked_at_login_and_logout_when_asked(
    state: int, floating: list[Any], message: str, number: int | None
) -> None:
    async with Simulator(pair="both-active", agents=2, check_agent_passwords={"1001": "right"}) as sim:
        if state == LOGOUT:
            sim.set_agent_state("1001", AgentState(NOT_READY))
        async with await RawClient.connect(sim.side_a) as client:
            await client.open(BULK_MODE)
            fields, names = client.state_request(state)
            answer = await client.ask("SET_AGENT_STATE_REQ", fields, names + floating)
            assert answer["message"] == message
            assert number in (None, answer["fields"].get("Status"), answer["fields"].get("FailureCode"))


async def test_other_states_need_no_password(client: RawClient) -> None:
    async with Simulator(pair="both-active", agents=1, check_agent_passwords={"1001": "right"}) as sim:
        sim.set_agent_state("1001", AgentState(NOT_READY))
        async with await RawClient.connect(sim.side_a) as other:
            await other.open(BULK_MODE)
            assert (await other.set_state(AVAILABLE))["message"] == "SET_AGENT_STATE_CONF"


async def test_authentication_only_checks_the_password() -> None:
    passwords = {"1001": "right"}
    async with (
        Simulator(pair="both-active", agents=1, check_agent_passwords=passwords) as sim,
        await RawClient.connect(sim.side_a) as client,
    ):
        await client.open(BULK_MODE)
        fields, floating = client.state_request(LOGIN, ForcedFlag=2)
        wrong = await client.ask("SET_AGENT_STATE_REQ", fields, [*floating, ["AgentPassword", "wrong"]])
        assert code_of(wrong) == 19
        right = await client.ask("SET_AGENT_STATE_REQ", fields, [*floating, ["AgentPassword", "right"]])
        assert right["message"] == "SET_AGENT_STATE_CONF"


# --- query ------------------------------------------------------------------------------------------


def query(**changes: int) -> dict[str, int]:
    return {"PeripheralID": 5000, "MRDID": 1, "ICMAgentID": 0} | changes


@pytest.mark.parametrize("version", [9, 14, 18, 19, 21, 22, 25])
async def test_the_state_of_a_logged_in_agent(sim: Simulator, version: int) -> None:
    sim.set_agent_state("1002", AgentState(AVAILABLE))
    async with await RawClient.connect(sim.side_b, version=version) as client:
        await client.open(BULK_MODE)
        answer = await client.ask("QUERY_AGENT_STATE_REQ", query(MRDID=77), [["AgentID", "1002"]])
        assert answer["message"] == "QUERY_AGENT_STATE_CONF"
        fields = answer["fields"]
        assert (fields["AgentState"], fields["NumSkillGroups"], fields["MRDID"]) == (AVAILABLE, 0, 77)
        assert (fields["AgentMode"], fields["AgentAvailabilityStatus"], fields["ICMAgentID"]) == (1, 1, 5001)
        expected = {"AgentID": "1002", "AgentExtension": "3002", "AgentInstrument": "3002"}
        if version >= 19:
            expected |= {"InternalAgentState": AVAILABLE}
        if version >= 22:
            expected |= {"MaxBeyondTaskLimit": 0}
        assert values(answer) == expected


async def test_the_state_of_a_logged_out_agent_names_nobody(client: RawClient) -> None:
    answer = await client.ask("QUERY_AGENT_STATE_REQ", query(ICMAgentID=5000))
    assert answer["fields"]["AgentState"] == LOGOUT
    assert answer["fields"]["AgentAvailabilityStatus"] == 0
    assert values(answer) == {"InternalAgentState": LOGOUT, "MaxBeyondTaskLimit": 0}


@pytest.mark.parametrize(
    ("fields", "floating"),
    [
        ({"ICMAgentID": 5002}, []),
        ({}, [["AgentExtension", "3003"]]),
        ({"ICMAgentID": -1}, [["AgentInstrument", "3003"]]),
        ({}, [["AgentID", {"hex": b"1003".hex()}]]),
    ],
)
async def test_any_identifier_finds_the_agent(
    client: RawClient, fields: dict[str, int], floating: list[Any]
) -> None:
    answer = await client.ask("QUERY_AGENT_STATE_REQ", query(**fields), floating)
    assert answer["fields"]["ICMAgentID"] == 5002


@pytest.mark.parametrize(
    ("status", "fields", "floating"),
    [
        (6, {}, []),
        (6, {"ICMAgentID": -1}, []),
        (8, {"ICMAgentID": 4999}, []),
        (8, {}, [["AgentID", "1004"]]),
        (32, {"ICMAgentID": 5001}, [["AgentID", "1001"]]),
        (7, {"PeripheralID": 1, "ICMAgentID": 5000}, []),
        (3, {"ICMAgentID": 5000}, [["tag:118", {"hex": ""}]]),
    ],
)
async def test_queries_that_the_server_refuses(
    client: RawClient, status: int, fields: dict[str, int], floating: list[Any]
) -> None:
    assert status_of(await client.ask("QUERY_AGENT_STATE_REQ", query(**fields), floating)) == status


# --- form -------------------------------------------------------------------------------------------

REQUESTS = [row for row in reference_codec.MESSAGES.values() if row["kind"] == "request"]
OPEN_TO_ALL = {number for number, request in REQUESTS_SERVED.items() if not request.services}


def plain(version: int, row: dict[str, Any]) -> tuple[dict[str, int], list[Any]]:
    """A request with every fixed field zero and the floating fields that it requires."""
    fixed = {
        field["name"]: 5000 if field["name"] == "PeripheralID" else 0
        for field in row["fixed"]
        if field.get("since", 0) <= max(version, row.get("since", 0))
    }
    required = [field for field in row["floating"] if not field["optional"] and "repeats" not in field]
    texts = {"STRING": "1", "UNSPEC": {"hex": ""}}
    return fixed, [[field["name"], texts.get(field["type"], 0)] for field in required if "array" not in field]


@pytest.mark.parametrize("row", REQUESTS, ids=lambda row: row["name"])
async def test_every_request_needs_an_open_session(sim: Simulator, row: dict[str, Any]) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        if row["name"] != "OPEN_REQ":
            fields, floating = plain(25, row)
            fields["InvokeID"] = 4321
            answer = await client.ask(row["name"], fields, floating)
            assert status_of(answer) == 4


@pytest.mark.parametrize(
    "row",
    [row for row in REQUESTS if NUMBERS[row["name"]] not in OPEN_TO_ALL and row["name"] != "OPEN_REQ"],
    ids=lambda row: row["name"],
)
async def test_requests_whose_service_was_not_granted_are_not_available(
    sim: Simulator, row: dict[str, Any]
) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        await client.open(0)
        fields, floating = plain(25, row)
        fields["InvokeID"] = 4321
        assert status_of(await client.ask(row["name"], fields, floating)) == 12
        assert status_of(await client.ask(row["name"], fields)) == 12, "required fields are missing"


@pytest.mark.parametrize(
    "row",
    [row for row in REQUESTS if row.get("since", 0) > 14],
    ids=lambda row: f"{row['name']}-{row['since']}",
)
async def test_messages_newer_than_the_session_are_not_of_its_version(
    sim: Simulator, row: dict[str, Any]
) -> None:
    async with await RawClient.connect(sim.side_a, version=row["since"] - 1) as client:
        await client.open(BULK_MODE)
        fixed, floating = plain(client.version, row)
        fixed["InvokeID"] = 4321
        tagged = [field for field in floating if reference_codec.floating_tag(row, field[0]) < 256]
        assert status_of(await client.ask(row["name"], fixed, tagged)) == 48


@pytest.mark.parametrize("number", [0, 66, 120, 151, 285, 511, 512, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize(
    ("body", "invoke_id"), [(b"", 0), (b"abc", 0), (struct.pack(">I", 99) + b"more", 99)]
)
async def test_unknown_message_numbers_are_refused(
    client: RawClient, number: int, body: bytes, invoke_id: int
) -> None:
    client.send_raw(number, body)
    record = await client.receive("FAILURE_CONF")
    assert (record["fields"]["InvokeID"], status_of(record)) == (invoke_id, 48)
    assert await client.settle() == []


@pytest.mark.parametrize(
    "name", ["HEARTBEAT_REQ", "CLOSE_REQ", "SET_AGENT_STATE_REQ", "QUERY_AGENT_STATE_REQ"]
)
async def test_incomplete_requests_are_of_bad_format(client: RawClient, name: str) -> None:
    for body, invoke_id in ((b"", 0), (b"\0\0\0", 0), (b"\0\0\0\x21" + b"\0\1", 0x21)):
        client.send_raw(NUMBERS[name], body)
        record = await client.receive("FAILURE_CONF")
        assert (record["fields"]["InvokeID"], status_of(record)) == (invoke_id, 25)
    assert await client.settle() == []


@pytest.mark.parametrize(
    "name",
    [
        "SYSTEM_EVENT",
        "AGENT_STATE_EVENT",
        "HEARTBEAT_CONF",
        "OPEN_CONF",
        "FAILURE_CONF",
        "STOPPING_REQUESTS_TO_THIS_SIDE_IND",
        "START_RECORDING_CONF",
    ],
)
async def test_messages_that_clients_do_not_send_are_refused_and_the_session_goes_on(
    client: RawClient, name: str
) -> None:
    row = reference_codec.MESSAGES[NUMBERS[name]]
    fixed = {field["name"]: 0 for field in row["fixed"]}
    client.write(client.frame(name, fixed))
    assert status_of(await client.receive()) == 12
    assert await client.settle() == []


async def test_a_tag_newer_than_the_session_is_not_of_its_version(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a, version=22) as client:
        await client.open(BULK_MODE)
        fields, floating = client.state_request(LOGIN)
        answer = await client.ask("SET_AGENT_STATE_REQ", fields, [*floating, ["ActiveTerminal", "x"]])
        assert status_of(answer) == 49


async def test_a_fault_of_the_simulator_is_answered_and_logged(
    client: RawClient, sim: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(sim.plant, "find_agent", broken)
    assert status_of(await client.set_state(LOGIN)) == 17
    assert "cannot serve SET_AGENT_STATE_REQ" in caplog.text
    assert await client.settle() == []
