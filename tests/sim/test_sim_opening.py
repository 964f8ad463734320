"""OPEN_REQ against the simulator: granted services, contents of the answer, and every documented refusal."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.raw_client import (
    AGENT_MODE,
    ALL_EVENTS,
    ANY_PERIPHERAL,
    BULK_MODE,
    CLIENT_CONTROL,
    CLIENT_EVENTS,
    LOGIN,
    NUMBERS,
    RawClient,
    status_of,
)

from ctios_fast.sim import Simulator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(pair="both-active", agents=3) as simulator:
        yield simulator


@pytest.fixture
async def client(sim: Simulator) -> AsyncIterator[RawClient]:
    async with await RawClient.connect(sim.side_a) as client:
        yield client


AGENT = {"AgentID": "1001"}


# --- granted ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", range(9, 26))
async def test_every_version_opens_with_its_own_layout(sim: Simulator, version: int) -> None:
    async with await RawClient.connect(sim.side_a, version=version) as client:
        conf = await client.open(BULK_MODE)
        assert conf["message"] == "OPEN_CONF"
        fields = conf["fields"]
        assert fields["ServicesGranted"] == BULK_MODE
        assert (fields["MonitorID"], fields["PGStatus"], fields["PeripheralOnline"]) == (0, 0, 1)
        assert (fields["PeripheralType"], fields["AgentState"]) == (17, 9)
        assert fields.get("SessionType") == (1 if version >= 24 else None)
        assert conf["floating"] == (
            [["NumPeripherals", 1], ["FltPeripheralID", 5000], ["MultilineAgentControl", 0]]
            if version >= 14
            else []
        )
        assert await client.settle() == []


async def test_all_events_open_is_followed_by_one_system_event_for_the_peripheral(client: RawClient) -> None:
    await client.ask("OPEN_REQ", client.open_fields(ALL_EVENTS), client.identity())
    event = await client.receive("SYSTEM_EVENT")
    assert event["fields"]["SystemEventID"] == 3
    assert event["fields"]["SystemEventArg1"] == 5000
    assert event["fields"]["PGStatus"] == 0
    assert event["fields"]["EventDeviceType"] == 0xFFFF
    assert event["floating"] == []
    assert await client.settle() == []


async def test_agent_mode_gets_no_system_event(client: RawClient) -> None:
    await client.open_agent()
    assert await client.settle() == []


async def test_services_that_are_not_simulated_are_not_granted(client: RawClient) -> None:
    simulated = ALL_EVENTS | CLIENT_CONTROL | 2 | 8 | 32 | 64 | 0x100 | 0x2000 | 0x02000000
    conf = await client.open(simulated | 0x400 | 0x800 | 0x1000 | 0x80000 | 0x100000 | 0x80000000)
    assert conf["fields"]["ServicesGranted"] == simulated


async def test_a_peripheral_given_in_the_request_is_not_listed(client: RawClient) -> None:
    conf = await client.open(ALL_EVENTS, PeripheralID=5000)
    assert conf["floating"] == [["NumPeripherals", 0]]


async def test_open_conf_tells_the_state_of_a_logged_out_agent_without_its_items(client: RawClient) -> None:
    conf = await client.open_agent()
    assert conf["fields"]["AgentState"] == 1
    assert conf["floating"] == [["NumPeripherals", 0]]


async def test_open_conf_names_an_agent_that_is_logged_in(sim: Simulator, client: RawClient) -> None:
    sim.set_agent_state("1001", 3)
    conf = await client.open_agent()
    assert conf["fields"]["AgentState"] == 3
    assert conf["floating"] == [
        ["AgentExtension", "3001"],
        ["AgentID", "1001"],
        ["AgentInstrument", "3001"],
        ["NumPeripherals", 0],
    ]


@pytest.mark.parametrize(
    "items",
    [
        {"AgentID": "1001"},
        {"AgentExtension": "3001"},
        {"AgentInstrument": "3001"},
        {"AgentExtension": "3001", "AgentID": "1001", "AgentInstrument": "3001"},
        {"AgentID": {"hex": b"1001".hex()}},
        {"AgentID": "1001", "AgentExtension": {"hex": ""}},
    ],
    ids=str,
)
async def test_the_agent_may_be_named_by_any_item(client: RawClient, items: dict[str, Any]) -> None:
    conf = await client.open(AGENT_MODE, floating=client.identity(**items))
    assert conf["message"] == "OPEN_CONF"


@pytest.mark.parametrize("idle", [20, 21, 0xFFFFFFFE, 0xFFFFFFFF])
async def test_idle_timeouts_from_20_seconds_are_accepted(client: RawClient, idle: int) -> None:
    assert (await client.open(ALL_EVENTS, IdleTimeout=idle))["message"] == "OPEN_CONF"


async def test_every_bit_of_the_call_mask_is_defined_in_the_newest_version(client: RawClient) -> None:
    assert (await client.open(ALL_EVENTS, CallMsgMask=0xFFFFFFFF))["message"] == "OPEN_CONF"


async def test_a_session_without_services_can_be_opened(client: RawClient) -> None:
    assert (await client.open(0))["fields"]["ServicesGranted"] == 0


@pytest.mark.parametrize("password", [b"", b"\0", b"secret", b"secret\0", b"\xff\xfe"])
async def test_without_a_password_of_its_own_the_server_accepts_any(
    client: RawClient, password: bytes
) -> None:
    conf = await client.open(ALL_EVENTS, floating=client.identity(password=password))
    assert conf["message"] == "OPEN_CONF"


# --- refused ----------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[int, int, dict[str, int], dict[str, Any]]] = {
    "version below the oldest": (1, ALL_EVENTS, {"VersionNumber": 8}, {}),
    "version above the newest": (1, ALL_EVENTS, {"VersionNumber": 26}, {}),
    "version zero": (1, ALL_EVENTS, {"VersionNumber": 0}, {}),
    "version enormous": (1, ALL_EVENTS, {"VersionNumber": 0xFFFFFFFF}, {}),
    "idle time-out of 19": (18, ALL_EVENTS, {"IdleTimeout": 19}, {}),
    "idle time-out of 0": (18, ALL_EVENTS, {"IdleTimeout": 0}, {}),
    "call mask newer than version 22": (20, ALL_EVENTS, {"VersionNumber": 22, "CallMsgMask": 0x10000000}, {}),
    "reserved 1": (22, ALL_EVENTS, {"Reserved1": 1}, {}),
    "reserved 2": (22, ALL_EVENTS, {"Reserved2": 1}, {}),
    "reserved 3": (22, ALL_EVENTS, {"Reserved3": 0x80000000}, {}),
    "service bit 0x200": (19, ALL_EVENTS | 0x200, {}, {}),
    "service bit 0x4000": (19, ALL_EVENTS | 0x4000, {}, {}),
    "service bit 0x40000000": (19, ALL_EVENTS | 0x40000000, {}, {}),
    "agent state bit 0x4000": (21, ALL_EVENTS, {"AgentStateMask": 0x4000}, {}),
    "agent state bits all": (21, ALL_EVENTS, {"AgentStateMask": 0xFFFFFFFF}, {}),
    "config bit 0x400": (95, ALL_EVENTS, {"ConfigMsgMask": 0x400}, {}),
    "client events without a peripheral": (7, AGENT_MODE, {"PeripheralID": ANY_PERIPHERAL}, AGENT),
    "client events for another peripheral": (7, AGENT_MODE, {"PeripheralID": 5001}, AGENT),
    "all events for another peripheral": (7, ALL_EVENTS, {"PeripheralID": 5001}, {}),
    "client events without an agent": (6, AGENT_MODE, {}, {}),
    "client events with an empty agent": (6, AGENT_MODE, {}, {"AgentID": ""}),
    "unknown agent": (8, AGENT_MODE, {}, {"AgentID": "1004"}),
    "unknown extension": (8, AGENT_MODE, {}, {"AgentExtension": "1001"}),
    "unknown instrument": (8, AGENT_MODE, {}, {"AgentInstrument": "x"}),
    "agent that is not ASCII": (8, AGENT_MODE, {}, {"AgentID": {"hex": "ff00"}}),
    "agent with a NUL inside": (8, AGENT_MODE, {}, {"AgentID": {"hex": "31003100"}}),
    "agent and extension contradict": (32, AGENT_MODE, {}, {"AgentID": "1001", "AgentExtension": "3002"}),
    "extension and instrument contradict": (
        32,
        AGENT_MODE,
        {},
        {"AgentExtension": "3001", "AgentInstrument": "3002"},
    ),
    "supervisor": (12, AGENT_MODE | 128, {}, AGENT),
    "supervisor without client events": (12, ALL_EVENTS | 128, {}, {}),
    "unknown tag": (3, ALL_EVENTS, {}, {"tag:120": {"hex": "00"}}),
    "enormous unknown tag": (3, ALL_EVENTS, {}, {"tag:65535": {"hex": ""}}),
    "tag of other messages": (26, ALL_EVENTS, {}, {"AgentPassword": "x"}),
    "AgentID too long": (23, AGENT_MODE, {}, {"AgentID": "123456789012"}),
    "ClientSignature too long": (23, ALL_EVENTS, {}, {"ClientSignature": "x" * 64}),
    "number of the wrong width": (23, ALL_EVENTS, {}, {"ApplicationPathID": {"hex": "0001"}}),
}


@pytest.mark.parametrize(("status", "services", "fields", "floating"), REFUSED.values(), ids=REFUSED)
async def test_documented_refusals(
    client: RawClient, status: int, services: int, fields: dict[str, int], floating: dict[str, Any]
) -> None:
    record = await client.ask("OPEN_REQ", client.open_fields(services, **fields), client.identity(**floating))
    assert status_of(record) == status
    assert len(record["fields"]) == 2, "FAILURE_CONF has its 8-byte form"


@pytest.mark.parametrize(("status", "services", "fields", "floating"), REFUSED.values(), ids=REFUSED)
async def test_after_a_refusal_the_connection_can_still_be_opened(
    sim: Simulator,
    client: RawClient,
    status: int,
    services: int,
    fields: dict[str, int],
    floating: dict[str, Any],
) -> None:
    await client.ask("OPEN_REQ", client.open_fields(services, **fields), client.identity(**floating))
    assert sim.side_a.sessions == ()
    assert status_of(await client.ask("HEARTBEAT_REQ")) == 4
    assert (await client.open_agent())["message"] == "OPEN_CONF"
    assert sim.counters.refusals[status] == 1 + (status == 4)


NEWER_BITS = [
    (19, 13, "ServicesRequested", 0x00200000 | ALL_EVENTS),
    (19, 13, "ServicesRequested", 0x00400000 | ALL_EVENTS),
    (19, 23, "ServicesRequested", 0x02000000 | ALL_EVENTS),
    (95, 19, "ConfigMsgMask", 32),
    (95, 21, "ConfigMsgMask", 64),
    (95, 21, "ConfigMsgMask", 128),
    (95, 22, "ConfigMsgMask", 256),
    (95, 23, "ConfigMsgMask", 512),
]


@pytest.mark.parametrize(("status", "last_without", "field", "value"), NEWER_BITS)
async def test_bits_are_undefined_before_the_version_that_brought_them(
    sim: Simulator, status: int, last_without: int, field: str, value: int
) -> None:
    for version, expected in ((last_without, "FAILURE_CONF"), (last_without + 1, "OPEN_CONF")):
        async with await RawClient.connect(sim.side_a, version=version) as client:
            record = await client.open(ALL_EVENTS, **{field: value})
            assert record["message"] == expected
            if expected == "FAILURE_CONF":
                assert status_of(record) == status


@pytest.mark.parametrize("missing", ["ClientID", "ClientPassword"])
async def test_client_id_and_password_are_required(client: RawClient, missing: str) -> None:
    floating = [field for field in client.identity() if field[0] != missing]
    assert status_of(await client.ask("OPEN_REQ", client.open_fields(ALL_EVENTS), floating)) == 6


@pytest.mark.parametrize("version", [9, 12, 13, 19, 20, 25])
async def test_a_fixed_part_of_wrong_size_is_bad_format(sim: Simulator, version: int) -> None:
    async with await RawClient.connect(sim.side_a, version=version) as client:
        whole = client.frame("OPEN_REQ", client.open_fields(ALL_EVENTS, InvokeID=77))[8:]
        for body in (whole[:8], whole[:-1], whole + b"\1"):
            client.send_raw(NUMBERS["OPEN_REQ"], body)
            record = await client.receive("FAILURE_CONF")
            assert (record["fields"]["InvokeID"], status_of(record)) == (77, 25)


@pytest.mark.parametrize(
    ("body", "invoke_id"), [(b"", 0), (b"\0\0\0", 0), (b"\0\0\0\5", 5), (b"\0\0\0\5\0\0\0", 5)]
)
async def test_a_request_too_short_for_a_version_is_bad_format(
    client: RawClient, body: bytes, invoke_id: int
) -> None:
    client.send_raw(NUMBERS["OPEN_REQ"], body)
    record = await client.receive("FAILURE_CONF")
    assert (record["fields"]["InvokeID"], status_of(record)) == (invoke_id, 25)


async def test_a_floating_field_that_runs_over_the_end_is_bad_format(client: RawClient) -> None:
    frame = client.frame("OPEN_REQ", client.open_fields(ALL_EVENTS, InvokeID=1), client.identity())
    client.send_raw(NUMBERS["OPEN_REQ"], frame[8:] + b"\0\3\0\5ab")
    assert status_of(await client.receive()) == 25


@pytest.mark.parametrize("version", [9, 14, 19])
async def test_two_byte_tags_of_newer_versions_are_not_tags_of_older_ones(
    sim: Simulator, version: int
) -> None:
    async with await RawClient.connect(sim.side_a, version=25) as client:
        record = await client.open(ALL_EVENTS, VersionNumber=version)
        assert record["message"] == "FAILURE_CONF"


async def test_the_newest_version_can_be_limited() -> None:
    async with Simulator(pair="both-active", agents=1, protocol_max=17) as sim:
        for version, expected in ((17, "OPEN_CONF"), (18, "FAILURE_CONF")):
            async with await RawClient.connect(sim.side_a, version=version) as client:
                assert (await client.open(ALL_EVENTS))["message"] == expected


@pytest.mark.parametrize("services", [ALL_EVENTS, AGENT_MODE])
async def test_an_open_session_cannot_be_opened_again(client: RawClient, services: int) -> None:
    await client.open(services, floating=client.identity(**AGENT))
    assert status_of(await client.open(services, floating=client.identity(**AGENT))) == 5
    assert status_of(await client.open(services, VersionNumber=14)) == 5
    assert await client.settle() == []


async def test_a_supervisor_refused_does_not_end_the_older_session(sim: Simulator, client: RawClient) -> None:
    await client.open_agent()
    async with await RawClient.connect(sim.side_b) as other:
        record = await other.open(AGENT_MODE | 128, floating=other.identity(**AGENT))
        assert status_of(record) == 12
    assert await client.settle() == []


# --- client password --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "right"),
    [
        (b"sesame", True),
        (b"sesame\0", True),
        (b"", False),
        (b"\0", False),
        (b"sesam\0", False),
        (b"sesame\0\0", False),
        (b"Sesame\0", False),
        (b"\xff\0", False),
    ],
)
async def test_the_client_password_with_or_without_closing_nul(password: bytes, right: bool) -> None:
    async with (
        Simulator(pair="both-active", agents=1, client_password="sesame") as sim,
        await RawClient.connect(sim.side_b) as client,
    ):
        record = await client.open(ALL_EVENTS, floating=client.identity(password=password))
        if right:
            assert record["message"] == "OPEN_CONF"
        else:
            assert status_of(record) == 36


async def test_the_password_is_not_shown() -> None:
    sim = Simulator(
        pair="both-active", agents=1, client_password="sesame", check_agent_passwords={"1001": "open"}
    )
    shown = f"{sim!r} {vars(sim)!r} {sim.pair.settings!r} {sim.side_a!r}"
    assert "sesame" not in shown
    assert "open'" not in shown


# --- the device's other clients ---------------------------------------------------------------------


@pytest.mark.parametrize("second", ["side_a", "side_b"])
async def test_a_device_of_another_client_is_in_use(sim: Simulator, client: RawClient, second: str) -> None:
    await client.open_agent(client_id="one")
    async with await RawClient.connect(getattr(sim, second)) as other:
        assert status_of(await other.open_agent(client_id="two")) == 10
    assert await client.settle() == []


@pytest.mark.parametrize("second", ["side_a", "side_b"])
async def test_the_same_client_takes_its_device_over(sim: Simulator, client: RawClient, second: str) -> None:
    await client.open_agent(client_id="one")
    async with await RawClient.connect(getattr(sim, second)) as other:
        assert (await other.open_agent(client_id="one"))["message"] == "OPEN_CONF"
        assert status_of(await client.receive("FAILURE_EVENT")) == 11
        assert await client.ended()
        assert sim.session_of("1001") in getattr(sim, second).sessions
        assert await other.set_state(LOGIN)
        assert len(await other.settle()) == 2
    assert sim.counters.replaced == 1


async def test_a_device_is_free_again_when_its_session_is_closed(sim: Simulator, client: RawClient) -> None:
    await client.open_agent(client_id="one")
    await client.ask("CLOSE_REQ", {"Status": 0})
    async with await RawClient.connect(sim.side_b) as other:
        assert (await other.open_agent(client_id="two"))["message"] == "OPEN_CONF"


async def test_all_events_clients_do_not_hold_devices(sim: Simulator, client: RawClient) -> None:
    await client.open(BULK_MODE)
    async with await RawClient.connect(sim.side_a) as other:
        assert (await other.open_agent())["message"] == "OPEN_CONF"


async def test_requests_sent_behind_the_opening_are_read_in_its_version(sim: Simulator) -> None:
    for version in (9, 14, 19, 20, 25):
        async with await RawClient.connect(sim.side_a, version=version) as client:
            opening = client.frame("OPEN_REQ", client.open_fields(BULK_MODE, InvokeID=1), client.identity())
            query = client.frame(
                "QUERY_AGENT_STATE_REQ",
                {"InvokeID": 2, "PeripheralID": 5000, "MRDID": 1, "ICMAgentID": -1},
                [["AgentID", "1002"]],
            )
            client.write(opening + query)
            await client.receive("OPEN_CONF")
            await client.receive("SYSTEM_EVENT")
            answer = await client.receive("QUERY_AGENT_STATE_CONF")
            assert answer["fields"]["InvokeID"] == 2
            assert answer["fields"]["ICMAgentID"] == 5001


async def test_the_counters_tell_of_openings(sim: Simulator, client: RawClient) -> None:
    await client.open(ALL_EVENTS, IdleTimeout=1)
    await client.open(CLIENT_EVENTS, floating=client.identity(**AGENT))
    assert sim.counters.connections == 1
    assert sim.counters.opens == 1
    assert dict(sim.counters.refusals) == {18: 1}


# --- what programs in the field send ----------------------------------------------------------------

SLOPPY: dict[str, tuple[dict[str, int], list[Any]]] = {
    "undefined service bits": ({"ServicesRequested": ALL_EVENTS | 0x4000}, RawClient.identity()),
    "undefined agent state bits": ({"AgentStateMask": 0xFFFFFFFF}, RawClient.identity()),
    "undefined configuration bits": ({"ConfigMsgMask": 0x400}, RawClient.identity()),
    "no password": ({}, [["ClientID", "test"]]),
}


@pytest.mark.parametrize(("fields", "floating"), SLOPPY.values(), ids=SLOPPY)
@pytest.mark.parametrize("strict", [False, True])
async def test_a_lenient_server_takes_what_a_strict_one_refuses(
    strict: bool, fields: dict[str, int], floating: list[Any]
) -> None:
    async with Simulator(agents=1, strict=strict) as sim, await RawClient.connect(sim.side_a) as client:
        answer = await client.ask("OPEN_REQ", client.open_fields(ALL_EVENTS, **fields), floating)
        assert answer["message"] == ("FAILURE_CONF" if strict else "OPEN_CONF")
        if not strict:
            assert answer["fields"]["ServicesGranted"] == ALL_EVENTS


async def test_a_lenient_server_still_demands_a_password_that_it_checks() -> None:
    async with (
        Simulator(agents=1, strict=False, client_password="sesame") as sim,
        await RawClient.connect(sim.side_a) as client,
    ):
        answer = await client.ask("OPEN_REQ", client.open_fields(ALL_EVENTS), [["ClientID", "test"]])
        assert status_of(answer) == 6
