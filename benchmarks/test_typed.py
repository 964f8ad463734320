"""Message classes beside ``message[name]``, a struct that reads everything, and a hand-written encoder."""

import struct

import pytest

from benchmarks.peers import eager
from benchmarks.test_core import CODEC, FRAME, STREAM
from ctios_fast import messages
from ctios_fast.core import Dispatcher, FrameBuffer
from ctios_fast.protocol.messages import AGENT_STATE_EVENT, SET_AGENT_STATE_REQ

EVENTS = 2000
READS = 1000


def _by_property(event) -> None:
    for _ in range(READS):
        event.agent_state  # noqa: B018
        event.peripheral_id  # noqa: B018
        event.agent_id  # noqa: B018


def _by_name(event) -> None:
    for _ in range(READS):
        event["AgentState"]
        event["PeripheralID"]
        event["AgentID"]


def _eager(body: memoryview) -> None:
    for _ in range(READS):
        made = eager.agent_state(body)
        made["AgentState"]
        made["PeripheralID"]
        made["AgentID"]


@pytest.mark.benchmark(group="1000 times three fields of one AGENT_STATE_EVENT")
class TestReading:
    def test_properties(self, benchmark):
        assert messages.AgentStateEvent.number == AGENT_STATE_EVENT
        benchmark(_by_property, CODEC.decode(FRAME))

    def test_by_name(self, benchmark):
        benchmark(_by_name, CODEC.decode(FRAME))

    def test_struct_eager(self, benchmark):
        benchmark(_eager, memoryview(FRAME)[8:])


def _reads_three(event) -> None:
    event.agent_state  # noqa: B018
    event.peripheral_id  # noqa: B018
    event.agent_id  # noqa: B018


def _dispatch() -> int:
    frames = FrameBuffer()
    dispatcher = Dispatcher(CODEC, frames)
    dispatcher.on(messages.AgentStateEvent, _reads_three)
    frames.feed(STREAM)
    return dispatcher.dispatch()


@pytest.mark.benchmark(group="2000 AGENT_STATE_EVENT: bytes to a handler that reads three fields")
class TestDispatch:
    def test_ctios_fast_typed(self, benchmark):
        assert benchmark(_dispatch) == EVENTS


_FIXED = struct.Struct(">IIIIHHHHBI")
_TAG = struct.Struct(">HH")


def _by_struct(invoke_id, peripheral_id, state, mode, groups, reason, forced, service, instrument, agent_id):
    instrument = instrument.encode("ascii") + b"\0"
    agent_id = agent_id.encode("ascii") + b"\0"
    floating = _TAG.pack(6, len(instrument)) + instrument + _TAG.pack(5, len(agent_id)) + agent_id
    size = _FIXED.size - 8 + len(floating)
    fixed = _FIXED.pack(
        size, SET_AGENT_STATE_REQ, invoke_id, peripheral_id, state, mode, groups, reason, forced, service
    )
    return fixed + floating


def _by_class():
    return messages.SetAgentStateReq.encode(
        CODEC,
        invoke_id=1,
        peripheral_id=5000,
        agent_state=3,
        event_reason_code=0,
        agent_service_req=0,
        agent_instrument="3001",
        agent_id="1001",
    )


@pytest.mark.benchmark(group="one SET_AGENT_STATE_REQ")
class TestMaking:
    def test_class_encode(self, benchmark):
        assert benchmark(_by_class)[4:8] == SET_AGENT_STATE_REQ.to_bytes(4, "big")

    def test_class_instance(self, benchmark):
        made = benchmark(
            lambda: messages.SetAgentStateReq(
                CODEC,
                invoke_id=1,
                peripheral_id=5000,
                agent_state=3,
                event_reason_code=0,
                agent_service_req=0,
                agent_instrument="3001",
                agent_id="1001",
            )
        )
        assert made.agent_id == "1001"

    def test_struct_by_hand(self, benchmark):
        made = benchmark(lambda: _by_struct(1, 5000, 3, 0, 0, 0, 0, 0, "3001", "1001"))
        assert made == _by_class()
