"""The requests of a call, byte by byte: what was asked for, the identity of the call, and nothing else."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest
from support.call_messages import Connection
from support.call_steps import DEVICE, SECOND, CallDesk
from support.struct_server import PERIPHERAL, text
from support.wire_steps import (
    CONSULT_LAYOUT,
    DTMF_LAYOUT,
    JOIN_LAYOUT,
    ONE_CALL_AND_TYPE_LAYOUT,
    ONE_CALL_LAYOUT,
    SET_CALL_DATA_LAYOUT,
    START_RECORDING_LAYOUT,
    STOP_RECORDING_LAYOUT,
    TWO_CALLS_LAYOUT,
)

from ctios_fast import CilCode, MethodError
from ctios_fast.model.calls import call_rows
from ctios_fast.model.request_rows import RequestRow

FIRST, OTHER = Connection(501, DEVICE), Connection(502, DEVICE)
NONE16, NONE32 = 0xFFFF, 0xFFFFFFFF

#: Tags of floating fields.
INSTRUMENT, ANI, USER_TO_USER, DIALED, CALLER_ENTERED = 6, 8, 9, 11, 12
VARIABLE1, CONNECTION, CALLED, WRAPUP, ACTIVE = 13, 25, 28, 46, 50
FACILITY, OTHER_ONE, HELD, DTMF, AUTHORIZATION, ACCOUNT = 51, 52, 53, 67, 77, 78
NAMED_VARIABLE, NAMED_ARRAY, CUSTOMER_PHONE, CUSTOMER_ACCOUNT = 82, 83, 95, 96

VARIABLES: Final = {f"call_variable{number}": f"value {number}" for number in range(1, 11)}
SENT_VARIABLES: Final = [(VARIABLE1 - 1 + number, text(f"value {number}")) for number in range(1, 11)]
ECC: Final = {"user.plan": "gold", "user.order[0]": 17, "user.order[2]": "19"}
SENT_ECC: Final = [
    (NAMED_VARIABLE, text("user.plan") + text("gold")),
    (NAMED_ARRAY, b"\0" + text("user.order") + text("17")),
    (NAMED_ARRAY, b"\2" + text("user.order") + text("19")),
]
NEW_CALL: Final = {
    "dialed_number": SECOND,
    "call_placement_type": 2,
    "call_manner_type": 1,
    "call_option": 3,
    "facility_type": 1,
    "priority": True,
    "post_route": True,
    "user_to_user_info": "from the desk",
    **VARIABLES,
    "ecc": ECC,
    "call_wrapup_data": "sold",
    "facility_code": "9",
    "authorization_code": "auth",
    "account_code": "account",
}
SENT_NEW_CALL: Final = [
    (USER_TO_USER, b"from the desk"),
    *SENT_VARIABLES,
    (WRAPUP, text("sold")),
    *SENT_ECC,
    (FACILITY, text("9")),
    (AUTHORIZATION, text("auth")),
    (ACCOUNT, text("account")),
]
IDENTITY: Final = [(CONNECTION, text(DEVICE)), (INSTRUMENT, text(DEVICE))]
DIALING: Final = [(ACTIVE, text(DEVICE)), (DIALED, text(SECOND)), (INSTRUMENT, text(DEVICE))]
BOTH: Final = [(ACTIVE, text(DEVICE)), (HELD, text(DEVICE)), (INSTRUMENT, text(DEVICE))]


class Sent(NamedTuple):
    """A request: how it is asked for, its number, its layout, and all its values.

    - ``fixed``: every value after the InvokeID.
    - ``floating``: every floating field, in any order.
    - ``state``: what the call is in: ``ringing``, ``talking``, ``held``, or ``two`` with the other one held.
    """

    ask: Callable[[Any], Any]
    number: int
    layout: str
    fixed: tuple[int, ...]
    floating: list[tuple[int, bytes]]
    state: str = "talking"


ONE = (PERIPHERAL, 501, 0)
REQUESTS: Final[dict[str, Sent]] = {
    "answer": Sent(lambda call: call.answer(), 42, ONE_CALL_LAYOUT, ONE, IDENTITY, "ringing"),
    "hold": Sent(lambda call: call.hold(), 54, ONE_CALL_AND_TYPE_LAYOUT, (*ONE, 0), IDENTITY),
    "retrieve": Sent(
        lambda call: call.retrieve(),
        62,
        ONE_CALL_LAYOUT,
        ONE,
        [(HELD, text(DEVICE)), (INSTRUMENT, text(DEVICE))],
        "held",
    ),
    "clear": Sent(lambda call: call.clear(), 44, ONE_CALL_LAYOUT, ONE, IDENTITY),
    "clear_connection": Sent(
        lambda call: call.clear_connection(), 46, ONE_CALL_AND_TYPE_LAYOUT, (*ONE, NONE16), IDENTITY
    ),
    "deflect": Sent(
        lambda call: call.deflect(called_device_id=SECOND),
        52,
        ONE_CALL_AND_TYPE_LAYOUT,
        (*ONE, 0),
        [*IDENTITY, (CALLED, text(SECOND))],
        "ringing",
    ),
    "send_dtmf_signal": Sent(
        lambda call: call.send_dtmf_signal(dtmf_string="12#"),
        91,
        DTMF_LAYOUT,
        (*ONE, 0, 0),
        [*IDENTITY, (DTMF, text("12#"))],
    ),
    "send_dtmf_signal, all fields": Sent(
        lambda call: call.send_dtmf_signal(dtmf_string="1", tone_duration=70, pause_duration=80),
        91,
        DTMF_LAYOUT,
        (*ONE, 70, 80),
        [*IDENTITY, (DTMF, text("1"))],
    ),
    "start_record": Sent(
        lambda call: call.start_record(),
        147,
        START_RECORDING_LAYOUT,
        (PERIPHERAL, 501, 0, 0, 0, 0, 0, 0, 0, 0),
        IDENTITY,
    ),
    "stop_record": Sent(
        lambda call: call.stop_record(),
        149,
        STOP_RECORDING_LAYOUT,
        (PERIPHERAL, 501, 0, 0, 0, 0, 0),
        IDENTITY,
    ),
    "alternate": Sent(
        lambda call: call.alternate(),
        40,
        TWO_CALLS_LAYOUT,
        (PERIPHERAL, 501, 502, 0, 0),
        [(ACTIVE, text(DEVICE)), (OTHER_ONE, text(DEVICE)), (INSTRUMENT, text(DEVICE))],
        "two",
    ),
    "reconnect": Sent(
        lambda call: call.reconnect(), 60, TWO_CALLS_LAYOUT, (PERIPHERAL, 501, 502, 0, 0), BOTH, "two"
    ),
    "conference": Sent(
        lambda call: call.conference(), 48, JOIN_LAYOUT, (PERIPHERAL, 502, 501, *(0,) * 12), BOTH, "two"
    ),
    "transfer": Sent(
        lambda call: call.transfer(), 64, JOIN_LAYOUT, (PERIPHERAL, 501, 502, *(0,) * 12), BOTH, "two"
    ),
    "make_consult_call": Sent(
        lambda call: call.make_consult_call(dialed_number=SECOND, consult_type=2),
        50,
        CONSULT_LAYOUT,
        (*ONE, 0, 0, 2, *(0,) * 8),
        DIALING,
    ),
    "make_consult_call, all fields": Sent(
        lambda call: call.make_consult_call(**NEW_CALL, consult_type=1),
        50,
        CONSULT_LAYOUT,
        (*ONE, 2, 1, 1, 0, 3, 1, 0, 1, 1, 1, 2),
        [*DIALING, *SENT_NEW_CALL],
    ),
    "single_step_conference": Sent(
        lambda call: call.single_step_conference(dialed_number=SECOND),
        48,
        JOIN_LAYOUT,
        (PERIPHERAL, NONE32, 501, NONE16, 0, *(0,) * 10),
        DIALING,
    ),
    "single_step_conference, all fields": Sent(
        lambda call: call.single_step_conference(**NEW_CALL, alert_rings=7, answering_machine=4),
        48,
        JOIN_LAYOUT,
        (PERIPHERAL, NONE32, 501, NONE16, 0, 2, 1, 7, 3, 1, 4, 1, 1, 1, 2),
        [*DIALING, *SENT_NEW_CALL],
    ),
    "single_step_transfer": Sent(
        lambda call: call.single_step_transfer(dialed_number=SECOND),
        64,
        JOIN_LAYOUT,
        (PERIPHERAL, 501, NONE32, 0, NONE16, *(0,) * 10),
        DIALING,
    ),
    "single_step_transfer, all fields": Sent(
        lambda call: call.single_step_transfer(**NEW_CALL, alert_rings=7, answering_machine=4),
        64,
        JOIN_LAYOUT,
        (PERIPHERAL, 501, NONE32, 0, NONE16, 2, 1, 7, 3, 1, 4, 1, 1, 1, 2),
        [*DIALING, *SENT_NEW_CALL],
    ),
    "set_call_data": Sent(
        lambda call: call.set_call_data(call_variable3="new"),
        26,
        SET_CALL_DATA_LAYOUT,
        (PERIPHERAL, 0, 501, 0, 0, 1, 0, 0, 0),
        [(CONNECTION, text(DEVICE)), (VARIABLE1 + 2, text("new"))],
    ),
    "set_call_data, all fields": Sent(
        lambda call: call.set_call_data(
            ani="5551234",
            user_to_user_info="from the desk",
            caller_entered_digits="42",
            **VARIABLES,
            ecc=ECC,
            call_wrapup_data="sold",
            customer_phone_number="5550000",
            customer_account_number="A7",
            call_type=3,
            called_party_disposition=4,
            campaign_id=5,
            query_rule_id=6,
        ),
        26,
        SET_CALL_DATA_LAYOUT,
        (PERIPHERAL, 0, 501, 1, 2, 3, 4, 5, 6),
        [
            (CONNECTION, text(DEVICE)),
            (ANI, text("5551234")),
            (USER_TO_USER, b"from the desk"),
            (CALLER_ENTERED, text("42")),
            *SENT_VARIABLES,
            (WRAPUP, text("sold")),
            *SENT_ECC,
            (CUSTOMER_PHONE, text("5550000")),
            (CUSTOMER_ACCOUNT, text("A7")),
        ],
    ),
    "snapshot": Sent(lambda call: call.snapshot(), 82, ONE_CALL_LAYOUT, ONE, [(CONNECTION, text(DEVICE))]),
}


async def in_state(calls: CallDesk, state: str) -> Any:
    """The first call, in that state."""
    if state == "ringing":
        calls.deliver(FIRST)
        await calls.settle()
        return calls.found(FIRST)
    opened = await calls.open_calls(*([OTHER, FIRST] if state == "two" else [FIRST]))
    held = {"two": OTHER, "held": FIRST}.get(state)
    if held is not None:
        calls.hold(held)
        await calls.settle()
    return opened[-1]


def test_every_request_of_a_call_has_its_bytes_here() -> None:
    rows = {row.method for row in vars(call_rows).values() if isinstance(row, RequestRow)}
    assert {name.partition(",")[0] for name in REQUESTS} == rows | {"snapshot"}


@pytest.mark.covers(
    "Call.Alternate",
    "Call.Answer",
    "Call.Clear",
    "Call.ClearConnection",
    "Call.Conference",
    "Call.Hold",
    "Call.MakeConsultCall",
    "Call.Reconnect",
    "Call.Retrieve",
    "Call.SendDTMFSignal",
    "Call.SetCallData",
    "Call.SingleStepConference",
    "Call.SingleStepTransfer",
    "Call.StartRecord",
    "Call.StopRecord",
    "Call.Transfer",
)
@pytest.mark.parametrize("name", REQUESTS)
async def test_a_request_carries_what_was_asked_for_and_nothing_else(calls: CallDesk, name: str) -> None:
    sent = REQUESTS[name]
    call = await in_state(calls, sent.state)
    sent.ask(call)
    frame = await calls.peer.receive(sent.number)
    assert frame.fixed(sent.layout)[1:] == sent.fixed
    assert sorted(frame.floating(sent.layout)) == sorted(sent.floating)


#: The most bytes of each field: of the data of a call, and of a further call.
LIMITS: Final = {
    **{f"call_variable{number}": 40 for number in range(1, 11)},
    "user_to_user_info": 131,
    "ani": 39,
    "caller_entered_digits": 39,
    "call_wrapup_data": 39,
    "customer_phone_number": 19,
    "customer_account_number": 31,
}
NEW_CALL_LIMITS: Final = {
    "dialed_number": 39,
    "call_variable1": 40,
    "call_wrapup_data": 39,
    "facility_code": 39,
    "authorization_code": 39,
    "account_code": 39,
}


def assert_limit(ask: Callable[[], object], name: str, limit: int) -> None:
    """The refusal names the field, its limit and the length that was given."""
    with pytest.raises(MethodError, match=rf"{name} must have at most {limit} \w+, got {limit + 1}") as error:
        ask()
    assert error.value.code is CilCode.E_CTIOS_INVALID_ARGUMENT


async def test_data_that_are_too_long_are_refused_with_name_and_limit(calls: CallDesk) -> None:
    (call,) = await calls.open_calls(FIRST)
    for name, limit in LIMITS.items():
        assert_limit(
            lambda name=name, limit=limit: call.set_call_data(**{name: "x" * (limit + 1)}), name, limit
        )
        call.set_call_data(**{name: "x" * limit})
        await calls.peer.receive(26)  # nothing was sent for the refused value


async def test_fields_of_a_further_call_that_are_too_long_are_refused_with_name_and_limit(
    calls: CallDesk,
) -> None:
    (call,) = await calls.open_calls(FIRST)
    for name, limit in NEW_CALL_LIMITS.items():
        given = {"dialed_number": SECOND, name: "x" * (limit + 1)}
        assert_limit(lambda given=given: call.make_consult_call(**given, consult_type=1), name, limit)
        assert_limit(lambda given=given: call.single_step_transfer(**given), name, limit)
        assert_limit(lambda given=given: call.single_step_conference(**given), name, limit)
    assert_limit(lambda: call.send_dtmf_signal(dtmf_string="1" * 32), "dtmf_string", 31)
