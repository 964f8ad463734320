"""Decode, encode and dispatch of the core, beside plain ``struct`` and beside bounds.

Run with ``pytest benchmarks``; a table is one comparison.
"""

import pytest

from benchmarks.peers import eager
from ctios_fast.core import Dispatcher, FrameBuffer, codec
from ctios_fast.protocol.messages import AGENT_STATE_EVENT, SET_AGENT_STATE_REQ

CODEC = codec(25)
EVENTS = 2000
INVOKE = {
    "InvokeID": 1, "PeripheralID": 5000, "AgentState": 3, "AgentWorkMode": 0, "NumSkillGroups": 0,
    "EventReasonCode": 0, "ForcedFlag": 0, "AgentServiceReq": 0,
}  # fmt: skip
FLOATING = (("AgentInstrument", "3001"), ("AgentID", "1001"))


def _event(number: int) -> bytes:
    layout = CODEC.describe(AGENT_STATE_EVENT)
    fields = {field.name: 1 for field in layout.fixed} | {"AgentState": number % 5, "NumFltSkillGroups": 0}
    return CODEC.encode(
        AGENT_STATE_EVENT,
        fields,
        [
            ("CTIClientSignature", "wallboard"),
            ("AgentID", str(1001 + number % 500)),
            ("AgentExtension", str(3001 + number % 500)),
            ("AgentInstrument", str(3001 + number % 500)),
        ],
    )


STREAM = b"".join(_event(number) for number in range(EVENTS))
FRAME = _event(7)


def _ours(handler) -> int:
    frames = FrameBuffer()
    dispatcher = Dispatcher(CODEC, frames)
    if handler is not None:
        dispatcher.on(AGENT_STATE_EVENT, handler)
    frames.feed(STREAM)
    return dispatcher.dispatch()


def _reads_three(message) -> None:
    message["AgentState"]
    message["PeripheralID"]
    message["AgentID"]


@pytest.mark.benchmark(group="2000 AGENT_STATE_EVENT: bytes to a handler that reads three fields")
class TestDispatch:
    def test_ctios_fast(self, benchmark):
        assert benchmark(_ours, _reads_three) == EVENTS

    def test_struct_eager(self, benchmark):
        assert benchmark(eager.split, memoryview(STREAM), _reads_three) == EVENTS

    def test_bound_split_alone(self, benchmark):
        assert benchmark(_ours, None) == EVENTS


@pytest.mark.benchmark(group="one AGENT_STATE_EVENT to a dict")
class TestDecode:
    def test_ctios_fast(self, benchmark):
        made = benchmark(lambda: CODEC.decode(FRAME).to_dict())
        assert made["AgentID"] == "1008"

    def test_struct_eager(self, benchmark):
        made = benchmark(lambda: eager.agent_state(memoryview(FRAME)[8:]))
        assert made["AgentID"] == "1008"


@pytest.mark.benchmark(group="one SET_AGENT_STATE_REQ")
class TestEncode:
    def test_ctios_fast(self, benchmark):
        made = benchmark(CODEC.encode, SET_AGENT_STATE_REQ, INVOKE, FLOATING)
        assert made == eager.set_agent_state(1, 3, "3001", "1001")

    def test_struct(self, benchmark):
        made = benchmark(eager.set_agent_state, 1, 3, "3001", "1001")
        assert made == CODEC.encode(SET_AGENT_STATE_REQ, INVOKE, FLOATING)
