"""Announcements of a call before it begins: agent pre-calls and translation routes."""

import pytest
from support.call_messages import Connection, send
from support.call_steps import CALLER, DEVICE, SECOND, CallDesk
from support.struct_server import StructServer
from support.supervisor_steps import open_supervisor
from support.wire_steps import FOREIGN_MONITOR, FullRecorder

from ctios_fast import Session

KEY = {"RouterCallKeyDay": 151_000, "RouterCallKeyCallID": 77, "RouterCallKeySequenceNumber": 2}
VARIABLES = {f"CallVariable{number}": f"value {number}" for number in range(1, 11)}
ANNOUNCED = {
    **KEY,
    **VARIABLES,
    "ANI": CALLER,
    "DialedNumber": "18005551000",
    "CallerEnteredDigits": "42",
    "UserToUserInfo": b"hello\0",
    "NamedVariable": [("user.account", "0815")],
    "NamedArray": [("user.visits", 1, "Monday")],
}
TARGET = {
    "AgentInstrument": DEVICE,
    "ServiceNumber": 3,
    "ServiceID": 5003,
    "SkillGroupNumber": 7,
    "SkillGroupID": 5007,
    "SkillGroupPriority": 1,
    "FltCallTypeID": 5100,
    "PreCallInvokeID": 12,
}


def assert_announced(args: object, **expected: object) -> None:
    """The Arguments carry what was announced."""
    values = {
        "ICMEnterpriseUniqueID": "icm.151000.77",
        "RouterCallKeyDay": 151_000,
        "RouterCallKeyCallID": 77,
        "ANI": CALLER,
        "DialedNumber": "18005551000",
        "CallerEnteredDigits": "42",
        "UserToUserInfo": "hello",
        "NumNamedVariables": 1,
        "NumNamedArrays": 1,
        **VARIABLES,
        **expected,
    }
    assert {key: args[key] for key in values} == values  # type: ignore[index]
    assert dict(args["ECC"]) == {"user.account": "0815", "user.visits[1]": "Monday"}  # type: ignore[index]


async def test_a_call_is_announced_to_the_agent_before_it_begins(calls: CallDesk) -> None:
    calls.send("AGENT_PRE_CALL", **ANNOUNCED, **TARGET)
    await calls.settle()
    assert_announced(
        calls.one("OnAgentPrecallEvent"),
        AgentInstrument=DEVICE,
        ServiceNumber=3,
        ServiceID=5003,
        SkillGroupNumber=7,
        SkillGroupID=5007,
        SkillGroupPriority=1,
        CallTypeIDTag=5100,
        PreCallInvokeIDTag=12,
    )
    assert calls.ids == []
    assert calls.session.current_call is None

    # The call that follows carries the same enterprise-wide id.
    call = Connection(501, DEVICE)
    calls.deliver(call, **KEY)
    await calls.settle()
    assert calls.one("OnCallBegin")["ICMEnterpriseUniqueID"] == "icm.151000.77"
    assert calls.ids == [call.uid]


async def test_an_announced_call_that_cannot_be_routed_is_aborted(calls: CallDesk) -> None:
    calls.send("AGENT_PRE_CALL", **ANNOUNCED, **TARGET)
    calls.send("AGENT_PRE_CALL_ABORT", AgentInstrument=DEVICE, **KEY)
    await calls.settle()
    assert calls.events == ["OnAgentPrecallEvent", "OnAgentPrecallAbortEvent"]
    abort = calls.one("OnAgentPrecallAbortEvent")
    expected = {
        "ICMEnterpriseUniqueID": "icm.151000.77",
        "RouterCallKeyDay": 151_000,
        "RouterCallKeyCallID": 77,
        "AgentInstrument": DEVICE,
    }
    assert {key: abort[key] for key in expected} == expected
    assert calls.ids == []


async def test_bulk_mode_sees_the_announcements_of_every_agent(bulk_calls: CallDesk) -> None:
    for device in (DEVICE, SECOND):
        bulk_calls.send("AGENT_PRE_CALL", **{**ANNOUNCED, **TARGET, "AgentInstrument": device})
        bulk_calls.send("AGENT_PRE_CALL_ABORT", AgentInstrument=device, **KEY)
    await bulk_calls.settle()
    assert bulk_calls.events == ["OnAgentPrecallEvent", "OnAgentPrecallAbortEvent"] * 2
    assert [args["AgentInstrument"] for args in bulk_calls.of("OnAgentPrecallEvent")] == [DEVICE, SECOND]


async def test_the_announcement_for_a_monitored_agent_is_a_monitored_event(calls: CallDesk) -> None:
    calls.send(
        "AGENT_PRE_CALL",
        monitor_id=FOREIGN_MONITOR,
        **{**ANNOUNCED, **TARGET, "AgentInstrument": SECOND},
    )
    calls.send("AGENT_PRE_CALL_ABORT", monitor_id=FOREIGN_MONITOR, AgentInstrument=SECOND, **KEY)
    await calls.settle()
    assert calls.events == ["OnMonitoredCallAgentPrecallEvent", "OnMonitoredCallAgentPrecallAbortEvent"]
    for event in calls.events:
        assert calls.one(event)["Monitored"] is True
        assert calls.one(event)["AgentInstrument"] == SECOND


async def test_a_translation_route_announces_a_call(bulk_calls: CallDesk) -> None:
    bulk_calls.send("CALL_TRANSLATION_ROUTE", monitor_id=0, DNIS="8000", **ANNOUNCED)
    await bulk_calls.settle()
    assert_announced(bulk_calls.one("OnTranslationRoute"), DNIS="8000", RouterCallKeySequenceNumber=2)
    assert bulk_calls.ids == []

    call = Connection(501, DEVICE)
    bulk_calls.send("BEGIN_CALL", call, **KEY)
    await bulk_calls.settle()
    assert bulk_calls.one("OnCallBegin")["ICMEnterpriseUniqueID"] == "icm.151000.77"
    assert bulk_calls.found(call).get_value("ICMEnterpriseUniqueID") == "icm.151000.77"


@pytest.mark.covers("IMonitoredCallEvents.OnMonitoredTranslationRoute")
async def test_a_supervisors_session_gets_translation_routes_of_the_peripheral_as_monitored(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    peer = (await open_supervisor(session, server)).peer
    send(peer, "CALL_TRANSLATION_ROUTE", None, DNIS="8000", **ANNOUNCED)
    args = await recorder.wait_for("OnMonitoredTranslationRoute")
    assert_announced(args, DNIS="8000", RouterCallKeySequenceNumber=2)
    assert args["Monitored"] is True
    assert "OnTranslationRoute" not in recorder.names


@pytest.mark.parametrize("message", ["AGENT_PRE_CALL", "CALL_TRANSLATION_ROUTE"])
async def test_an_announcement_with_the_least_that_the_reference_requires(
    bulk_calls: CallDesk, message: str
) -> None:
    more = {"AgentInstrument": DEVICE} if message == "AGENT_PRE_CALL" else {"DNIS": "8000"}
    bulk_calls.send(message, **KEY, **more)
    await bulk_calls.settle()
    (event,) = bulk_calls.events
    args = bulk_calls.one(event)
    assert args["ICMEnterpriseUniqueID"] == "icm.151000.77"
    assert (args["NumNamedVariables"], args["NumNamedArrays"]) == (0, 0)
    assert dict(args["ECC"]) == {}
