"""The properties that CTI OS documents for agents and calls, from bytes to keywords and attributes."""

from typing import Any, Final

import pytest
from support.call_messages import ALERTING, Connection
from support.call_steps import CALLER, DEVICE, CallDesk
from support.model import Recorder, an_agent, failing
from support.object_methods import check_methods
from support.struct_server import NOT_READY, StructServer
from support.wire_steps import open_agent, reported, signed_in

from ctios_fast import CilCode, Session

FIRST: Final = Connection(501, DEVICE)

#: The properties of an agent of agent mode, by CTI OS's name: the keyword, the attribute and the value.
AGENT: Final[dict[str, tuple[str, str, Any]]] = {
    "AgentID": ("AgentID", "agent_id", "1001"),
    "PeripheralID": ("PeripheralID", "peripheral_id", 5000),
    "PeripheralType": ("PeripheralType", "peripheral_type", 17),
    "AgentInstrument": ("AgentInstrument", "agent_instrument", "3001"),
    "AgentExtension": ("AgentExtension", "agent_extension", "3001"),
    "Extension": ("Extension", "agent_extension", "3001"),
    "AgentState": ("AgentState", "state", NOT_READY),
    "AgentAvailabilityStatus": ("AgentAvailabilityStatus", "agent_availability_status", 0),
    "AgentCallMode": ("AgentCallMode", "agent_call_mode", 3),
    "AgentRemoteNumber": ("AgentRemoteNumber", "agent_remote_number", "5559"),
    "AutoLogin": ("AutoLogin", "auto_login", True),
    "IsSupervisor": ("IsSupervisor", "supervisor", False),
    "CTIOS_INCOMINGOROUTGOING": ("IncomingOrOutgoing", "incoming_or_outgoing", 1),
}


@pytest.mark.covers(*(f"Agent[{name}]" for name in AGENT), "Agent[AgentPassword]", "Agent[EnablementMask]")
async def test_an_agent_has_the_documented_properties(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    agent = an_agent(agent_password="sesame", auto_login=True)
    agent.set_value("AgentRemoteNumber", "5559")
    agent.set_value("AgentCallMode", 3)
    desk = await signed_in(await open_agent(session, server, recorder, agent=agent))
    desk.peer.agent_state_event(NOT_READY, direction=1)
    await reported(desk)
    for name, (keyword, attribute, value) in AGENT.items():
        assert agent.get_value(keyword) == getattr(agent, attribute) == value, name
    assert agent.get_value("EnablementMask") == agent.enablement_mask > 0
    assert agent.agent_password.reveal() == "sesame"
    with pytest.raises(KeyError):
        agent.get_value("AgentPassword")


#: What BEGIN_CALL and CALL_DELIVERED say of a call, and the documented properties that show it.
BEGINNING: Final[dict[str, Any]] = {
    "CallType": 1,
    "RouterCallKeyDay": 151_000,
    "RouterCallKeyCallID": 77,
    "ANI": CALLER,
    "UserToUserInfo": b"hello\0",
    "DNIS": "8000",
    "DialedNumber": "18005551000",
    "CallerEnteredDigits": "42",
    "CallWrapupData": "wrap",
    **{f"CallVariable{number}": f"value {number}" for number in range(1, 11)},
}
DELIVERY: Final[dict[str, Any]] = {
    "ServiceNumber": 3,
    "ServiceID": 5003,
    "SkillGroupNumber": 7,
    "SkillGroupID": 5007,
    "LineType": 1,
}
CALL: Final[dict[str, Any]] = {
    **BEGINNING,
    "UserToUserInfo": "hello",
    **DELIVERY,
    "PeripheralID": 5000,
    "ConnectionCallID": 501,
    "CallStatus": ALERTING,
    "ICMEnterpriseUniqueID": "icm.151000.77",
    "UniqueObjectID": FIRST.uid,
}
#: The attributes that show the same.
ATTRIBUTES: Final[dict[str, str]] = {
    "ANI": "ani",
    "DNIS": "dnis",
    "DialedNumber": "dialed_number",
    "CallWrapupData": "call_wrapup_data",
    "CallType": "call_type",
    "CallStatus": "status",
    "LineType": "line_type",
    "PeripheralID": "peripheral_id",
    "ConnectionCallID": "connection_call_id",
    "ICMEnterpriseUniqueID": "icm_enterprise_unique_id",
    "UniqueObjectID": "unique_object_id",
}
#: The documented methods of a call that every object has.
METHODS: Final = (
    "DumpProperties GetAllProperties GetElement GetNumProperties GetPropertyName GetPropertyType IsValid"
    " GetLastError GetValueString"
)


@pytest.mark.covers(
    *(f"Call[{name}]" for name in CALL),
    "Call[ECC]",
    "Call.GetCallContext",
    "Call.GetCallData",
)
async def test_a_call_has_the_documented_properties(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", FIRST, **BEGINNING, NamedVariable=[("user.account", "0815")])
    calls.send(
        "CALL_DELIVERED",
        FIRST,
        LocalConnectionState=ALERTING,
        AlertingDeviceID=DEVICE,
        CallingDeviceID=CALLER,
        CalledDeviceID=DEVICE,
        LineHandle=1,
        **DELIVERY,
    )
    await calls.settle()
    call = calls.found(FIRST)
    for keyword, value in CALL.items():
        assert call.get_value(keyword) == value, keyword
    for keyword, attribute in ATTRIBUTES.items():
        assert getattr(call, attribute) == CALL[keyword], attribute
    assert call.call_variables == tuple(f"value {number}" for number in range(1, 11))
    assert call.get_value("ECC")["user.account"] == call.ecc["user.account"] == "0815"
    data, context = call.get_call_data(), call.get_call_context()
    assert (data["CallVariable10"], data["ECC"]["user.account"]) == ("value 10", "0815")
    assert (context["ANI"], context["CallerEnteredDigits"]) == (CALLER, "42")


@pytest.mark.covers(*(f"Call.{method}" for method in METHODS.split()), "Call.GetValue methods")
async def test_a_call_has_every_documented_method_of_an_object(calls: CallDesk) -> None:
    [call] = await calls.open_calls(FIRST)
    check_methods(call)


@pytest.mark.covers("E_CTIOS_CALL_ALREADY_CURRENT_IN_SESSION", "Session.SetCurrentCall")
async def test_the_current_call_cannot_become_current(calls: CallDesk) -> None:
    first, second = await calls.open_calls(FIRST, Connection(502, DEVICE))
    calls.session.set_current_call(second)
    assert calls.session.current_call is second
    assert (
        failing(lambda: calls.session.set_current_call(second))
        is CilCode.E_CTIOS_CALL_ALREADY_CURRENT_IN_SESSION
    )
    calls.session.set_current_call(first)
    assert calls.session.current_call is first
