"""Session events: from the bytes of a message to the event's name, its exact keywords and its values.

The keywords are those of the Developer's Guide; StatusCode is this library's.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.model import Recorder, an_agent, soon
from support.struct_server import (
    AVAILABLE,
    NOT_READY,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    Frame,
    Peer,
    StructServer,
)
from support.wire_steps import (
    AGENT_SERVICES,
    BULK_SERVICES,
    Desk,
    advance,
    answer_opening,
    connected,
    disconnected,
    request_for_state,
)

from ctios_fast import Agent, CtiOsError, OpenRefused, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.model.system_failures import FAILURE_CODES

pytestmark = pytest.mark.usefixtures("keywords")

#: CTI OS's FailureCode for the status of the system, and SystemEventIDs.
STATUS = 10
CONTROLLER_ONLINE, CONTROLLER_OFFLINE, ONLINE, OFFLINE = 1, 2, 3, 4
SERVER_OFFLINE, SERVER_ONLINE = 7, 8

SYSTEM = {"FailureCode", "SystemEventID", "ErrorMessage"}
PERIPHERAL = SYSTEM | {"SystemEventArg1"}
BY_STATUS = {"FailureCode", "StatusCode", "ErrorMessage"}


class Row(NamedTuple):
    """A message of the server, and the OnCTIOSFailure that it fires."""

    send: Callable[[Peer], None]
    keywords: set[str]
    values: dict[str, Any]


def _system(number: int, argument: int = 0, note: str | None = None) -> Callable[[Peer], None]:
    return lambda peer: peer.system_event(number, argument, note=note)


def _by_status(status: int, code: int) -> Row:
    values = {"FailureCode": code, "StatusCode": status}
    return Row(lambda peer: peer.failure_event(status), BY_STATUS, values)


ROWS = {
    "controller online": Row(_system(1), SYSTEM, {"SystemEventID": 1}),
    "controller offline": Row(_system(2), SYSTEM, {"SystemEventID": 2}),
    "peripheral online": Row(_system(3, 5000), PERIPHERAL, {"SystemEventID": 3, "SystemEventArg1": 5000}),
    "peripheral offline": Row(_system(4, 5000), PERIPHERAL, {"SystemEventID": 4, "SystemEventArg1": 5000}),
    "another peripheral": Row(_system(4, 5001), PERIPHERAL, {"SystemEventArg1": 5001}),
    "text": Row(_system(5, note="be quick"), SYSTEM, {"SystemEventID": 5, "ErrorMessage": "be quick"}),
    "gateway offline": Row(_system(6), SYSTEM, {"SystemEventID": 6}),
    "half hour": Row(_system(9), SYSTEM, {"SystemEventID": 9}),
    "instrument out": Row(
        _system(10, 5000, "3001"),
        SYSTEM,
        {"SystemEventID": 10, "ErrorMessage": "SYS_INSTRUMENT_OUT_OF_SERVICE: 3001"},
    ),
    "instrument back": Row(_system(11, 5000, "3001"), SYSTEM, {"SystemEventID": 11}),
    "a number without a name": Row(_system(99), SYSTEM, {"ErrorMessage": "system event 99"}),
    "device in use": _by_status(10, 12),
    "service not granted": _by_status(12, 2),
    "unspecified": _by_status(17, 17),
    "wrong password": _by_status(36, 4),
    "a status without a name": _by_status(9999, 9999),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
async def test_a_message_about_the_system_fires_one_event_with_its_exact_keywords(
    desk: Desk, row: Row
) -> None:
    row.send(desk.peer)
    event = await desk.recorder.wait_for("OnCTIOSFailure")
    assert set(event) == row.keywords
    if row.keywords is not BY_STATUS:
        assert event["FailureCode"] == STATUS
    assert {key: event[key] for key in row.values} == row.values
    assert event["ErrorMessage"]
    assert desk.recorder.names == ["OnCTIOSFailure"]
    assert desk.session.is_open


def test_no_status_is_reported_under_a_failure_code_of_another_meaning() -> None:
    documented = set(range(1, 15))
    assert documented - set(FAILURE_CODES) == set()
    assert set(map(int, FAILURE_CODES.values())) <= documented


def test_the_documentation_lists_every_status_that_gets_a_failure_code() -> None:
    page = (Path(__file__).parents[2] / "docs/connection.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) `(e\w+)` \| ([\d, ]+) \|$", page, re.MULTILINE)
    documented = {
        int(status): (int(code), name) for code, name, all_of in rows for status in all_of.split(",")
    }
    assert documented == {status: (int(code), code.name) for status, code in FAILURE_CODES.items()}


# --- Connecting -------------------------------------------------------------------------------------


async def newly_connected(session: Session, server: StructServer, recorder: Recorder) -> Peer:
    """Connect; the recorder begins after that."""
    peer = await connected(session, server)
    recorder.clear()
    return peer


@pytest.mark.covers(
    "ISessionEvents.OnConnection",
    "ISessionEvents.OnCTIOSFailure",
)
async def test_a_connection_is_followed_by_the_servers_status(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    await soon(session.connect(ctios_a="127.0.0.1", port_a=server.port))
    assert recorder.names == ["OnConnection", "OnCTIOSFailure"]
    event = recorder.of("OnCTIOSFailure")[0]
    assert set(event) == SYSTEM
    assert (event["FailureCode"], event["SystemEventID"]) == (STATUS, SERVER_ONLINE)


async def test_a_connect_that_fails_reports_that_the_server_is_down(
    session: Session, server: StructServer, recorder: Recorder, clock: ManualClock
) -> None:
    server.stop()
    connecting = session.connect(ctios_a="127.0.0.1", port_a=server.port)
    await advance(clock, session, connecting.done)
    with pytest.raises(CtiOsError):
        await soon(connecting)
    failures = recorder.of("OnConnectionFailure")
    assert recorder.names == ["OnConnectionFailure", "OnCTIOSFailure"] * len(failures)
    assert failures[-1]["FinalAttempt"] is True
    for event in recorder.of("OnCTIOSFailure"):
        assert set(event) == SYSTEM
        assert (event["FailureCode"], event["SystemEventID"]) == (STATUS, SERVER_OFFLINE)
        assert str(server.port) in event["ErrorMessage"]


async def test_a_lost_server_is_reported_as_down_and_its_return_as_up(
    desk: Desk, server: StructServer, clock: ManualClock
) -> None:
    desk.peer.close()
    await desk.recorder.wait_for("OnCTIOSFailure")
    assert desk.recorder.names[:2] == ["OnConnectionFailure", "OnCTIOSFailure"]
    await advance(clock, desk.session, lambda: desk.recorder.of("OnConnection"))
    await answer_opening(await server.accepted(), state=NOT_READY)
    await desk.recorder.wait_for("OnQueryAgentStateConf")
    numbers = [args["SystemEventID"] for args in desk.recorder.of("OnCTIOSFailure")]
    assert numbers == [SERVER_OFFLINE, SERVER_ONLINE, CONTROLLER_ONLINE, ONLINE]


@pytest.mark.parametrize(
    ("pg_status", "is_online", "expected"),
    [
        (0, True, [(CONTROLLER_ONLINE, None), (ONLINE, 5000)]),
        (2, True, [(CONTROLLER_OFFLINE, None), (ONLINE, 5000)]),
        (4, False, [(CONTROLLER_ONLINE, None), (OFFLINE, 5000)]),
    ],
    ids=["all is well", "controller offline", "peripheral offline"],
)
async def test_agent_mode_is_followed_by_the_systems_status(
    session: Session,
    server: StructServer,
    recorder: Recorder,
    pg_status: int,
    is_online: bool,
    expected: list[tuple[int, int | None]],
) -> None:
    peer = await newly_connected(session, server, recorder)
    opening = session.set_agent(an_agent())
    request = await peer.receive(OPEN_REQ)
    peer.open_conf(request, services=AGENT_SERVICES, pg_status=pg_status, is_online=is_online)
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    await soon(opening)
    status = ["OnCTIOSFailure", "OnCTIOSFailure"]
    assert recorder.names == ["OnSetAgentModeEvent", *status, "OnQueryAgentStateConf"]
    found = recorder.of("OnCTIOSFailure")
    assert [(args["SystemEventID"], args.get("SystemEventArg1")) for args in found] == expected
    assert [set(args) for args in found] == [SYSTEM, PERIPHERAL]


async def test_bulk_mode_leaves_the_status_of_peripherals_to_the_servers_own_events(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    peer = await newly_connected(session, server, recorder)
    opening = session.set_bulk_mode(5000)
    peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES, peripherals=(5000, 5001))
    for peripheral_id in (5000, 5001):
        peer.system_event(ONLINE, peripheral_id)
    await soon(opening)
    await recorder.wait_for("OnCTIOSFailure", 3)
    found = recorder.of("OnCTIOSFailure")
    assert recorder.names == ["OnMonitorModeEstablished"] + ["OnCTIOSFailure"] * 3
    assert [args["SystemEventID"] for args in found] == [CONTROLLER_ONLINE, ONLINE, ONLINE]
    assert [args.get("SystemEventArg1") for args in found] == [None, 5000, 5001]


# --- Refusals of sessions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "code"), [("agent", 4), ("bulk", 14)], ids=["agent mode", "monitor mode connection denied"]
)
async def test_a_refused_opening_reports_its_status_and_rejects_the_session(
    session: Session, server: StructServer, recorder: Recorder, mode: str, code: int
) -> None:
    peer = await newly_connected(session, server, recorder)
    opening = session.set_agent(an_agent()) if mode == "agent" else session.set_bulk_mode(5000)
    peer.failure_conf(await peer.receive(OPEN_REQ), 36)
    with pytest.raises(OpenRefused) as refused:
        await soon(opening)
    assert recorder.names == ["OnCTIOSFailure", "OnConnectionRejected"]
    event = recorder.of("OnCTIOSFailure")[0]
    assert set(event) == BY_STATUS
    assert (event["FailureCode"], event["StatusCode"]) == (code, 36)
    assert event["ErrorMessage"] == str(refused.value)
    assert "E_CTI_INVALID_PASSWORD (36): " in event["ErrorMessage"]
    assert recorder.of("OnConnectionRejected")[0]["StatusCode"] == 36


async def test_a_side_that_refuses_for_a_reason_of_its_own_is_reported_as_down(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    peer = await newly_connected(session, server, recorder)
    opening = session.set_agent(an_agent())
    peer.failure_conf(await peer.receive(OPEN_REQ), 92)  # not the master
    event = await recorder.wait_for("OnCTIOSFailure")
    assert recorder.names[:2] == ["OnConnectionFailure", "OnCTIOSFailure"]
    assert set(event) == SYSTEM | {"StatusCode"}
    assert (event["SystemEventID"], event["StatusCode"]) == (SERVER_OFFLINE, 92)
    with pytest.raises(OpenRefused):
        await soon(opening)


async def test_a_server_that_goes_offline_is_reported_as_down_with_its_status(desk: Desk) -> None:
    desk.peer.failure_event(15)
    await desk.recorder.wait_for("OnCTIOSFailure", 2)
    assert desk.recorder.names[:3] == ["OnCTIOSFailure", "OnConnectionFailure", "OnCTIOSFailure"]
    (failure,) = desk.recorder.of("OnConnectionFailure")
    assert "the CTI Server ended the session: E_CTI_CTI_SERVER_OFFLINE (15)" in failure["ErrorMessage"]
    for args in desk.recorder.of("OnCTIOSFailure"):
        assert set(args) == SYSTEM | {"StatusCode"}
        assert (args["FailureCode"], args["SystemEventID"], args["StatusCode"]) == (
            STATUS,
            SERVER_OFFLINE,
            15,
        )


async def test_a_takeover_of_an_open_session_is_reported_once(desk: Desk) -> None:
    desk.peer.failure_event(11)
    await desk.recorder.wait_for("OnConnectionRejected")
    assert desk.recorder.names == ["OnCTIOSFailure", "OnConnectionRejected"]
    assert desk.recorder.of("OnCTIOSFailure")[0]["StatusCode"] == 11


# --- Refusals of requests ---------------------------------------------------------------------------

CONTROL = {
    "InvokeID",
    "PeripheralID",
    "FailureCode",
    "PeripheralErrorCode",
    "AgentID",
    "UniqueObjectID",
    "MessageType",
    "ErrorMessage",
}


class Refusal(NamedTuple):
    """How the server refuses a request, and what OnControlFailureConf says of it."""

    send: Callable[[Peer, Frame], None]
    keywords: set[str]
    code: int
    peripheral_error: int
    words: str


REFUSALS = {
    "FAILURE_CONF": Refusal(
        lambda peer, request: peer.failure_conf(request, 12),
        CONTROL | {"StatusCode"},
        12,
        0,
        "E_CTI_FUNCTION_NOT_AVAILABLE (12): Function or service not granted to the client",
    ),
    "FAILURE_CONF of 10 bytes": Refusal(
        lambda peer, request: peer.long_failure_conf(request, 8, 7),
        CONTROL,
        8,
        7,
        "CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE (8): Named device lacks the right",
    ),
    "CONTROL_FAILURE_CONF": Refusal(
        lambda peer, request: peer.control_failure_conf(request, 8, 7),
        CONTROL,
        8,
        7,
        "CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE (8): Named device lacks the right",
    ),
    "an extended code": Refusal(
        lambda peer, request: peer.control_failure_conf(request, 257, 0),
        CONTROL,
        257,
        0,
        "CF_INVALID_PASSWORD_SPECIFIED (257): Agent password invalid",
    ),
    "a status without a name": Refusal(
        lambda peer, request: peer.failure_conf(request, 9999),
        CONTROL | {"StatusCode"},
        9999,
        0,
        "9999 (9999)",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
async def test_a_refusal_says_whether_its_code_is_a_status_and_what_it_means(
    desk: Desk, refusal: Refusal
) -> None:
    ready = desk.agent.set_agent_state(AVAILABLE)
    refusal.send(desk.peer, await request_for_state(desk, AVAILABLE))
    with pytest.raises(CtiOsError) as error:
        await soon(ready)
    assert desk.recorder.names == ["OnControlFailureConf"]
    event = desk.recorder.of("OnControlFailureConf")[0]
    assert set(event) == refusal.keywords
    assert event["FailureCode"] == event.get("StatusCode", refusal.code) == refusal.code
    assert event["PeripheralErrorCode"] == refusal.peripheral_error
    assert event["MessageType"] == 38
    assert event["ErrorMessage"] == str(error.value)
    assert refusal.words in event["ErrorMessage"]


# --- The current agent ------------------------------------------------------------------------------


async def closed(desk: Desk) -> None:
    """Disconnect; the recorder begins after that."""
    await disconnected(desk.session, desk.peer)
    desk.recorder.clear()


async def test_clearing_the_agent_reports_which_one_was_removed(desk: Desk) -> None:
    await closed(desk)
    await soon(desk.session.set_agent(None))
    assert desk.recorder.names == ["OnCurrentAgentReset"]
    assert dict(desk.recorder.of("OnCurrentAgentReset")[0]) == {"UniqueObjectID": "agent.5000.1001"}
    assert desk.session.current_agent is None
    await soon(desk.session.set_agent(None))
    assert desk.recorder.names == ["OnCurrentAgentReset"]


@pytest.mark.covers("ISessionEvents.OnCurrentAgentReset")
async def test_another_agent_takes_the_place_of_the_current_one(desk: Desk, server: StructServer) -> None:
    await closed(desk)
    peer = await newly_connected(desk.session, server, desk.recorder)
    other = Agent("1002", 5000, agent_instrument="3002")
    opening = desk.session.set_agent(other)
    assert dict(desk.recorder.of("OnCurrentAgentReset")[0]) == {"UniqueObjectID": "agent.5000.1001"}
    assert desk.session.current_agent is other
    await answer_opening(peer)
    await soon(opening)


async def test_bulk_mode_takes_the_place_of_the_current_agent(desk: Desk, server: StructServer) -> None:
    await closed(desk)
    peer = await newly_connected(desk.session, server, desk.recorder)
    opening = desk.session.set_bulk_mode(5000)
    assert desk.recorder.names == ["OnCurrentAgentReset"]
    assert desk.session.current_agent is None
    peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES)
    await soon(opening)


async def test_the_same_agent_set_again_is_not_reset(desk: Desk, server: StructServer) -> None:
    await closed(desk)
    peer = await newly_connected(desk.session, server, desk.recorder)
    opening = desk.session.set_agent(desk.agent)
    await answer_opening(peer)
    await soon(opening)
    assert "OnCurrentAgentReset" not in desk.recorder.names
