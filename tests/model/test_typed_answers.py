"""The answer of a request is an instance of the class that the method's annotation names."""

import inspect
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from ctios_fast import Agent, AgentState, Call, Session, SkillGroup, messages
from ctios_fast.model.agents import desktop_rows
from ctios_fast.model.calls import call_rows
from ctios_fast.model.request_rows import RequestRow
from ctios_fast.model.supervisors import supervisor_rows
from ctios_fast.protocol.numbers import CONFIRMATIONS

OWNERS: dict[ModuleType, type] = {desktop_rows: Agent, call_rows: Call, supervisor_rows: Agent}
ROWS = [
    pytest.param(owner, row, id=row.method)
    for module, owner in OWNERS.items()
    for row in vars(module).values()
    if isinstance(row, RequestRow)
]
#: Methods that are not rows, with their requests.
OTHERS = [
    (Agent, "query_agent_state", "QueryAgentStateReq"),
    (Agent, "query_agent_statistics", "QueryAgentStatisticsReq"),
    (Agent, "barge_in", "SuperviseCallReq"),
    (Call, "snapshot", "SnapshotCallReq"),
    (SkillGroup, "query_statistics", "QuerySkillGroupStatisticsReq"),
]


def confirmation_of(request: str) -> str:
    answer = messages.class_of(CONFIRMATIONS[getattr(messages, request).number])
    assert answer is not None
    return answer.__name__


def annotation(owner: type, method: str) -> str:
    return str(inspect.signature(getattr(owner, method)).return_annotation)


def test_there_are_rows() -> None:
    assert len(ROWS) == 29


@pytest.mark.parametrize(("owner", "row"), ROWS)
def test_a_method_names_the_class_of_its_confirmation(owner: type, row: RequestRow[Any]) -> None:
    assert annotation(owner, row.method) == f"Request[{confirmation_of(row.message)}]"


@pytest.mark.parametrize(("owner", "method", "request_name"), OTHERS, ids=[method for _, method, _ in OTHERS])
def test_other_methods_name_it_too(owner: type, method: str, request_name: str) -> None:
    assert annotation(owner, method) == f"Request[{confirmation_of(request_name)}]"


async def test_the_answer_has_the_properties_of_its_class(agent: Agent, session: Session) -> None:
    answer = await agent.query_agent_state()
    assert type(answer) is messages.QueryAgentStateConf
    assert answer.agent_state == AgentState.NOT_READY
    confirmed = await agent.make_call(dialed_number="3002")
    assert type(confirmed) is messages.MakeCallConf
    [call] = session.calls.values()
    assert confirmed.new_connection_call_id == call.connection_call_id


@pytest.mark.parametrize("request_name", ["HoldCallReq", "MakeCallReq", "QueryAgentStateReq"])
def test_the_class_of_a_request_comes_with_that_of_its_confirmation(request_name: str) -> None:
    program = (
        "from ctios_fast.core import codec\n"
        f"from ctios_fast.messages import {request_name} as request\n"
        "from ctios_fast.protocol.numbers import CONFIRMATIONS\n"
        "layout = codec(25).describe(CONFIRMATIONS[request.number])\n"
        "body = bytes(sum(field.size for field in layout.fixed))\n"
        "frame = len(body).to_bytes(4) + layout.number.to_bytes(4) + body\n"
        "print(type(codec(25).decode(frame)).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == request_name.removesuffix("Req") + "Conf", done.stderr
