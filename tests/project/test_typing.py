"""Stubs under a strict type checker: right programs pass, wrong ones do not."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.scripts import needs_sources

from ctios_fast import messages
from ctios_fast.protocol import schema as loader
from ctios_fast.protocol.build import class_shapes as shapes

pytest.importorskip("mypy")
ROOT = Path(__file__).resolve().parent.parent.parent

RIGHT = """
from datetime import datetime
from typing import Literal, assert_type

from ctios_fast import Session
from ctios_fast.core import codec
from ctios_fast.messages import (
    AgentStateEvent,
    CallDeliveredEvent,
    ClearConnectionReq,
    ConfigAgentEvent,
    ConfigTerminalEvent,
    FailureConf,
    ListAgentTeamConf,
    NamedArrays,
    NamedVariables,
    OpenConf,
    OpenReq,
    SetAgentStateReq,
    to_datetime,
)
from ctios_fast.protocol.enums import AgentState, CTIServiceMask, PGStatusCode


def on_state(event: AgentStateEvent) -> None:
    assert_type(event.agent_state, AgentState | int)
    assert_type(event.peripheral_id, int)
    assert_type(event.agent_id, str | None)
    for group in event.flt_skill_groups:
        assert_type(group, AgentStateEvent.FltSkillGroup)
        assert_type(group.flt_skill_group_state, AgentState | int | None)
    assert_type(bytes(event), bytes)
    assert_type(event.version, int)


def on_open(conf: OpenConf) -> None:
    assert_type(conf.session_type is None, bool)
    assert_type(conf.department_id, int | None)
    assert_type(conf.peripheral_online, bool)
    assert_type(conf.pg_status, PGStatusCode | int)
    assert_type(to_datetime(conf.icm_central_controller_time), datetime)


def on_call(event: CallDeliveredEvent) -> None:
    assert_type(event.named_variables, NamedVariables)
    assert_type(event.named_variables["user.a"], str)
    assert_type(event.named_arrays, NamedArrays)
    assert_type(event.user_to_user_info, bytes | None)


def on_config(agents: ConfigAgentEvent, terminals: ConfigTerminalEvent, teams: ListAgentTeamConf) -> None:
    assert_type(agents.records[0].flt_skill_group_number, tuple[int, ...])
    assert_type(terminals.records[0].instruments, tuple[str, ...])
    assert_type(teams.team_id, tuple[int, ...])


def on_failure(conf: FailureConf, request: ClearConnectionReq) -> None:
    assert_type(conf.failure_code is None, bool)
    assert_type(conf.peripheral_error_code, int | None)
    assert_type(request.connection_call_id, int)


number: Literal[30] = AgentStateEvent.number
request = SetAgentStateReq(
    25, invoke_id=1, peripheral_id=5000, agent_state=AgentState.AGENT_STATE_LOGIN, event_reason_code=0,
    agent_service_req=0, agent_instrument="3001", agent_id="1001",
    skill_groups=[SetAgentStateReq.SkillGroup(skill_group_number=5, skill_group_priority=1)],
)
assert_type(request, SetAgentStateReq)
frame = OpenReq.encode(
    codec(25), invoke_id=1, version_number=25, idle_timeout=60, services_requested=CTIServiceMask(1),
    call_msg_mask=0, agent_state_mask=0, config_msg_mask=0, client_id="me", client_password=b"",
)
assert_type(frame, bytes)


def listen(session: Session) -> None:
    session.on(AgentStateEvent, on_state)
    session.on(30, print)
    session.on("AGENT_STATE_EVENT", print)
    session.off(AgentStateEvent, on_state)
"""

EVENTS = """
import asyncio
from concurrent.futures import Future
from typing import assert_type

from ctios_fast import AgentState, Arguments, Event, EventStream, Session
from ctios_fast import sync
from ctios_fast.event_types import (
    AgentEvents,
    AgentQueryArguments,
    AgentStateArguments,
    CallArguments,
    CallContextArguments,
    CallEvents,
    EventName,
    SessionEvents,
)
from ctios_fast.keywords import CTIOS_AGENTID, CTIOS_ECC, CTIOS_MONITORED


class Sink(AgentEvents, CallEvents, SessionEvents):
    def on_agent_state_change(self, args: AgentStateArguments) -> None:
        assert_type(args["AgentID"], str)
        assert_type(args[CTIOS_AGENTID], str)
        assert_type(args["AgentState"], AgentState | int)
        assert_type(args["EventReasonCode"], int)
        assert_type(args.get("EventReasonCode"), int)
        assert_type(args.get(CTIOS_MONITORED), bool | None)
        assert_type(args.get("CTIClientSignature", b""), str | bytes)
        assert_type(args["AField"], object)
        assert_type(args.get_value_int("AField"), int)

    def on_query_agent_state_conf(self, args: AgentQueryArguments) -> None:
        assert_type(args.get_indexed("SkillGroup"), list[Arguments])

    def on_call_begin(self, args: CallContextArguments) -> None:
        assert_type(args.get(CTIOS_ECC), Arguments | None)
        of_call: CallArguments = args
        assert_type(of_call["UniqueObjectID"], str)


async def listen(session: Session, name: EventName) -> None:
    session.add_event_listener(Sink())
    session.subscribe("OnAgentStateChange", lambda args: print(args["AgentID"].upper()))

    @session.subscribe("OnAgentStateChange")
    def show(args: AgentStateArguments) -> int:
        return args["PeripheralID"]

    assert_type(show(AgentStateArguments()), int)

    @session.subscribe("OnMonitoredCallHeld")
    @session.subscribe("OnPostLogout")
    def plain(args: Arguments) -> None: ...

    session.subscribe(name, plain)
    assert_type(session.subscribe(name)(plain)(Arguments()), None)
    session.unsubscribe(name, plain)
    for each in session.events:
        session.subscribe(each, plain)
    waiting = session.wait_for("OnCallBegin", lambda args: args["UniqueObjectID"].startswith("call."))
    assert_type(waiting, asyncio.Future[CallContextArguments])
    assert_type((await waiting)["RouterCallKeySequenceNumber"], int)
    assert_type(await session.wait_for(name), Arguments)
    async for event in session.stream("OnAgentStateChange", "OnPostLogout"):
        assert_type(event, Event[AgentStateArguments])
        assert_type(event.args["AgentID"], str)
    async for which, args in session.stream("OnAgentStateChange", "OnCallBegin"):
        assert_type(args, Arguments)
        print("OnCallBegin" == which)
    assert_type(session.stream(buffer=10), EventStream[Arguments])


def listen_without_await(session: sync.Session) -> None:
    session.subscribe("OnAgentStateChange", lambda args: print(args["AgentID"].upper()))
    assert_type(session.wait_for("OnCallBegin"), Future[CallContextArguments])
    with session.stream("OnAgentStateChange") as events:
        for event in events:
            assert_type(event.args["AgentID"], str)
"""

WRONG_EVENTS = {
    **dict.fromkeys(
        (
            'session.subscribe("OnAgentStateChnage", print)',
            'session.subscribe("OnAgentStateChnage")(print)',
            'session.wait_for("OnAgentStateChnage")',
            'session.stream("OnCallBegin", "OnCallEnds")',
            'session.unsubscribe("OnPostLogot", print)',
            'sync.Session(client_id="me").wait_for("OnCallBegins")',
            'sync.Session(client_id="me").subscribe("OnCallBegins", print)',
            "session.subscribe(str(session), print)",
        ),
        'Value of type variable "_KnownEvent"',
    ),
    'session.subscribe("OnCallHeld", on_state)': "Argument 2",
    'session.subscribe("OnCallHeld")(on_state)': "type variable",
    'session.wait_for("OnPostLogout", lambda args: args["AgentID"] + 1)': "Unsupported operand types",
    'args["AgentState"].upper()': "has no attribute",
    'args["AgntID"].upper()': "has no attribute",
    'args.get("Monitored").real': 'Item "None"',
}

WRONG = {
    "event.agent_sate": "has no attribute",
    "event.agent_id.upper()": 'Item "None"',
    "event.agent_state = 1": "read-only",
    "event.flt_skill_groups[0].nothing": "has no attribute",
    "CloseConf(25)": 'Missing named argument "invoke_id"',
    "CloseConf(25, invoke_id='1')": 'incompatible type "str"',
    "CloseConf(25, invoke_id=1, more=2)": "Unexpected keyword argument",
    "CloseConf('25', invoke_id=1)": 'incompatible type "str"',
    "FailureConf(25, invoke_id=1, status=1, failure_code=1)": "Unexpected keyword argument",
    "session.on(CloseConf, on_state)": 'expected "Callable[[CloseConf], object]"',
    "session.on('AGENT_STATE_EVNT', print)": "No overload variant",
    "session.request('CLEAR_CAL_REQ', {})": "incompatible type",
    "x: str = CloseConf.encode(25, invoke_id=1)": "Incompatible types in assignment",
}

IN_THREADS = """
from typing import assert_type

from ctios_fast.sync import Agent, Call, Session


def work(session: Session, agent: Agent, call: Call) -> None:
    session.set_bulk_mode(5000, agents=[agent])
    call.conference(other=call)
    agent.supervise_call(agent=agent, call=call)
    assert_type(session.current_call, Call | None)
    found = session.get_object_from_object_id("agent.5000.1001")
    if isinstance(found, Agent):
        found.login()
"""


def mypy(tmp_path: Path, program: str) -> str:
    file = tmp_path / "program.py"
    file.write_text(program)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert not done.stderr
    return done.stdout


@pytest.mark.timeout(300)
def test_correct_use_of_the_classes_passes(tmp_path):
    assert mypy(tmp_path, RIGHT) == ""


@pytest.mark.timeout(300)
def test_methods_of_the_facade_take_and_return_its_objects(tmp_path):
    assert mypy(tmp_path, IN_THREADS) == ""


def problems(*files: Path) -> str:
    """What mypy finds in programs that are not part of the package, each with its folder on the path."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary", *map(str, files)],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": os.pathsep.join(sorted({str(file.parent) for file in files}))},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert not done.stderr
    return done.stdout


@needs_sources
@pytest.mark.timeout(300)
@pytest.mark.parametrize("folder", ["examples", "examples/own_tests", "examples/handler_in_c"])
def test_the_examples_pass(folder):
    files = [file for file in (ROOT / folder).glob("*.py") if file.name != "setup.py"]  # Cython has no types
    assert files
    assert problems(*files) == ""


@needs_sources
@pytest.mark.timeout(300)
def test_the_typed_samples_of_the_page_about_events_pass(tmp_path):
    section = (ROOT / "docs" / "events.md").read_text("utf-8").split("## Typed sinks and Arguments\n", 1)[1]
    samples = re.findall(r"^```python\n(.*?)^```", section.split("\n## ", 1)[0], re.DOTALL | re.MULTILINE)
    assert len(samples) > 1
    head = "from ctios_fast import Session\n\nsession = Session(client_id='me')\n"
    assert mypy(tmp_path, head + "\n".join(samples)) == ""


@pytest.mark.timeout(300)
def test_correct_use_of_events_passes(tmp_path):
    assert mypy(tmp_path, EVENTS) == ""


MESSAGES_HEAD = """\
from ctios_fast import Session
from ctios_fast.messages import AgentStateEvent, CloseConf, FailureConf

session = Session(client_id='me')
def on_state(event: AgentStateEvent) -> None: ...
"""

EVENTS_HEAD = """\
from ctios_fast import Session, sync
from ctios_fast.event_types import AgentStateArguments

session = Session(client_id='me')
def on_state(args: AgentStateArguments) -> None: ...
"""


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("head", "parameter", "wrong"),
    [
        (MESSAGES_HEAD, "event: AgentStateEvent", WRONG),
        (EVENTS_HEAD, "args: AgentStateArguments", WRONG_EVENTS),
    ],
    ids=["messages", "events"],
)
def test_each_wrong_use_is_found(tmp_path, head, parameter, wrong):
    uses = "".join(f"def use{n}({parameter}) -> None:\n    {line}\n\n\n" for n, line in enumerate(wrong))
    found = {}
    output = mypy(tmp_path, head + uses)
    if wrong is WRONG_EVENTS:  # one line an error, and no list of overloads or names
        assert max(map(len, output.splitlines())) < 400
        assert output.count("\n") <= len(wrong) + 2
    for line in output.splitlines():
        place, _, text = line.partition(": error: ")
        if text:
            found.setdefault(int(place.rsplit(":", 1)[1]), []).append(text)
    for number, (line, reason) in enumerate(wrong.items()):
        place = head.count("\n") + 2 + 4 * number
        assert any(reason in text for text in found.pop(place, [])), line
    assert found == {}


def test_the_stub_and_the_classes_have_the_same_names():
    stub = Path(messages.__file__).with_suffix(".pyi").read_text("utf-8")
    sections = {part.split("(", 1)[0]: part for part in stub.split("\nclass ")[1:]}
    for shape in shapes.shapes(loader.load()):
        section = sections[shape.name]
        cls = getattr(messages, shape.name)
        for keyword in cls._fields:
            assert f"    def {keyword}(self) -> " in section
        assert section.count("    @property\n") == len(cls._fields)
    assert len(sections) == 163
