"""Building and encoding requests; each has its own InvokeID, agent and device."""

from collections.abc import Callable, Iterable, Iterator

from benchmarks.measure import OURS, PEER, Comparison, Prepare, Round, ready, sides
from benchmarks.peers import requests
from benchmarks.streams import PERIPHERAL, VERSION, agent_id
from ctios_fast import messages
from ctios_fast.core import codec
from ctios_fast.protocol.numbers import MAKE_CALL_REQ, SET_AGENT_STATE_REQ

#: InvokeID, agent and device.
Inputs = Iterable[tuple[int, str, str]]
#: Encodes one request for each input and returns the last one.
Encode = Callable[[Inputs], bytes]
CODEC = codec(VERSION)
INPUTS = [(number, agent_id(number), agent_id(number % 500)) for number in range(1, 5001)]


def set_agent_state_by_class(inputs: Inputs) -> bytes:
    for invoke_id, agent, device in inputs:
        frame = messages.SetAgentStateReq.encode(
            CODEC, invoke_id=invoke_id, peripheral_id=PERIPHERAL, agent_state=3, event_reason_code=0,
            agent_service_req=0, agent_instrument=device, agent_id=agent,
        )  # fmt: skip
    return frame


def set_agent_state_by_constructor(inputs: Inputs) -> bytes:
    for invoke_id, agent, device in inputs:
        frame = bytes(
            messages.SetAgentStateReq(
                CODEC, invoke_id=invoke_id, peripheral_id=PERIPHERAL, agent_state=3, event_reason_code=0,
                agent_service_req=0, agent_instrument=device, agent_id=agent,
            )
        )  # fmt: skip
    return frame


def set_agent_state_by_codec(inputs: Inputs) -> bytes:
    for invoke_id, agent, device in inputs:
        frame = CODEC.encode(
            SET_AGENT_STATE_REQ,
            {
                "InvokeID": invoke_id, "PeripheralID": PERIPHERAL, "AgentState": 3, "AgentWorkMode": 0,
                "NumSkillGroups": 0, "EventReasonCode": 0, "ForcedFlag": 0, "AgentServiceReq": 0,
            },
            (("AgentInstrument", device), ("AgentID", agent)),
        )  # fmt: skip
    return frame


def set_agent_state_by_struct(inputs: Inputs) -> bytes:
    for invoke_id, agent, device in inputs:
        frame = requests.set_agent_state_req(
            invoke_id=invoke_id, peripheral_id=PERIPHERAL, agent_state=3, event_reason_code=0,
            agent_service_req=0, agent_instrument=device, agent_id=agent,
        )  # fmt: skip
    return frame


def make_call_by_class(inputs: Inputs) -> bytes:
    for invoke_id, agent, device in inputs:
        frame = messages.MakeCallReq.encode(
            CODEC, invoke_id=invoke_id, peripheral_id=PERIPHERAL, priority=False, agent_instrument=device,
            dialed_number="5551234567", call_variable1=agent, call_variable2="callback",
        )  # fmt: skip
    return frame


def make_call_by_constructor(inputs: Inputs) -> bytes:
    for invoke_id, agent, device in inputs:
        frame = bytes(
            messages.MakeCallReq(
                CODEC, invoke_id=invoke_id, peripheral_id=PERIPHERAL, priority=False, agent_instrument=device,
                dialed_number="5551234567", call_variable1=agent, call_variable2="callback",
            )
        )  # fmt: skip
    return frame


def make_call_by_codec(inputs: Inputs) -> bytes:
    for invoke_id, agent, device in inputs:
        frame = CODEC.encode(
            MAKE_CALL_REQ,
            {
                "InvokeID": invoke_id, "PeripheralID": PERIPHERAL, "CallPlacementType": 0,
                "CallMannerType": 0, "AlertRings": 0, "CallOption": 0, "FacilityType": 0,
                "AnsweringMachine": 0, "Priority": 0, "PostRoute": 0, "NumNamedVariables": 0,
                "NumNamedArrays": 0, "SkillGroupNumber": 0xFFFFFFFF,
            },
            (
                ("AgentInstrument", device), ("DialedNumber", "5551234567"),
                ("CallVariable1", agent), ("CallVariable2", "callback"),
            ),
        )  # fmt: skip
    return frame


def make_call_by_struct(inputs: Inputs) -> bytes:
    for invoke_id, agent, device in inputs:
        frame = requests.make_call_req(
            invoke_id=invoke_id, peripheral_id=PERIPHERAL, priority=False, agent_instrument=device,
            dialed_number="5551234567", call_variable1=agent, call_variable2="callback",
        )  # fmt: skip
    return frame


def _encoded(make: Encode, expected: Encode) -> Prepare:
    def prepared() -> Round:
        for one in INPUTS[:100]:
            assert make([one]) == expected([one])

        def work() -> int:
            make(INPUTS)
            return len(INPUTS)

        return work

    return ready(prepared)


def comparisons() -> Iterator[Comparison]:
    """Return the comparisons of this module."""
    for name, by_class, by_constructor, by_codec, by_struct in (
        (
            "SET_AGENT_STATE_REQ",
            set_agent_state_by_class,
            set_agent_state_by_constructor,
            set_agent_state_by_codec,
            set_agent_state_by_struct,
        ),
        (
            "MAKE_CALL_REQ",
            make_call_by_class,
            make_call_by_constructor,
            make_call_by_codec,
            make_call_by_struct,
        ),
    ):
        ours = {"Class.encode": by_class, "constructor": by_constructor, "Codec.encode": by_codec}
        yield Comparison(
            f"{name}, built and encoded",
            "request",
            (
                *sides(OURS, {way: _encoded(make, by_struct) for way, make in ours.items()}),
                *sides(PEER, {"struct": _encoded(by_struct, by_struct)}),
            ),
        )
