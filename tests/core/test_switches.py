"""Each performance trick can be turned off, and then everything gives the same results."""

import os
import subprocess
import sys

import pytest

from ctios_fast.core.switches import TRICKS

#: Prints the number of objects that 200 equal texts are, then results that no trick may change.
PROGRAM = """
from ctios_fast.core import Dispatcher, FieldReader, codec
from ctios_fast.messages import AgentStateEvent, SetAgentStateReq
from ctios_fast.protocol.enums import AgentState

fields = dict(
    invoke_id=1, peripheral_id=5000, agent_state=AgentState.AGENT_STATE_AVAILABLE, agent_work_mode=0,
    event_reason_code=0, agent_service_req=0, agent_instrument="3001", agent_id="1001",
)
frames = [SetAgentStateReq.encode(25, **fields) for _ in range(3)]
frames += [bytes(SetAgentStateReq(25, **fields)) for _ in range(3)]
invoke_id = fields.pop("invoke_id")
frames += [SetAgentStateReq.encode_request(25, invoke_id, fields) for _ in range(3)]
assert len(set(frames)) == 1

layout = codec(25).describe("AGENT_STATE_EVENT")
event = codec(25).encode(
    "AGENT_STATE_EVENT", {field.name: 7 for field in layout.fixed}, [("AgentID", "1001001")]
)
dispatcher = Dispatcher(codec(25))
reader = FieldReader("AgentID", "PeripheralID")
texts, rows = [], []

def handler(message):
    rows.append((message.agent_id, message.peripheral_id, type(message).__name__))
    texts.append(reader.read(message)[0])

dispatcher.on(AgentStateEvent, handler)
dispatcher.frames.feed(event * 200)
dispatcher.dispatch()
assert set(rows) == {("1001001", 7, "AgentStateEvent")} and set(texts) == {"1001001"}

print("texts", len({id(text) for text in texts}))
print("frame", frames[0].hex(), rows[0])
"""


def run(without: str) -> tuple[dict[str, str], int]:
    environment = {**os.environ, "CTIOS_FAST_WITHOUT": without}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True)
    assert done.stderr == ""
    return dict(line.split(" ", 1) for line in done.stdout.splitlines()), done.returncode


@pytest.fixture(scope="module")
def with_all() -> dict[str, str]:
    values, status = run("")
    assert status == 0
    assert values["texts"] == "1"
    return values


@pytest.mark.parametrize("trick", [*sorted(TRICKS), ",".join(sorted(TRICKS))])
def test_without_a_trick_the_results_are_the_same(trick: str, with_all: dict[str, str]) -> None:
    values, status = run(trick)
    assert status == 0
    assert values["frame"] == with_all["frame"]
    if "text-cache" in trick:
        assert values["texts"] == "200"


def test_a_trick_that_does_not_exist_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import ctios_fast.core"],
        env={**os.environ, "CTIOS_FAST_WITHOUT": "view-reuse, viewreuse"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert (
        "CTIOS_FAST_WITHOUT names viewreuse; the tricks are attribute-table, block-reuse, field-store"
        in done.stderr
    )
