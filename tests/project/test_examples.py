"""The examples run on their own simulator and on given servers; ``test_pages.py`` runs the pages."""

import asyncio
import io
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from support.scripts import load_script

from ctios_fast import Agent, ConnectionState, Session
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Simulator

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"

LOGIN_LOGOUT = """\
1001 is ready on side A
not yet: CF_INVALID_OBJECT_STATE
1001 is logged out, reason 7
"""
EVENT_SINK = """\
connected to 127.0.0.1
1001: eLogin, reason 0
1001: eNotReady, reason 0
1001: eAvailable, reason 0
1001: eNotReady, reason 12
1001: eLogout, reason 7
closed
"""
BULK = """\
  100 eLogin
  100 eNotReady
  100 eLogout
"""
WALLBOARD = """\
1001 Logout -
1002 Logout -
1001 Login -
1001 NotReady -
1002 Login -
1002 NotReady -
1002 Available -
1001 Talking 1
1002 Reserved 1
1002 Talking 1
1002 Talking -
1001 Talking -
1002 Available -
1001 NotReady -
1002 NotReady -
1001 Logout -
1002 Logout -
"""
SCREEN_POP = """\
agent.5000.1001: Ada Example, gold, open order 17
call.5000.16777217.3001 is connected
call.5000.16777217.3002 is connected
call.5000.16777217.3001 has ended
call.5000.16777217.3002 has ended
"""
TYPED = """\
dial 5550199
wait OnCallEstablished
calls
buttons
hold
wait OnCallHeld
answer
retrieve
wait OnCallRetrieved
data 1=gold
data
drop
wait OnCallEnd
nonsense
drop
"""
SOFTPHONE = """\
  eLogin
  eNotReady
> dial 5550199
  OnCallBegin call.5000.16777217.3001
  eTalking
  OnCallDelivered LCS_INITIATE call.5000.16777217.3001
> wait OnCallEstablished
  OnCallEstablished LCS_CONNECT call.5000.16777217.3001
> calls
  * call.5000.16777217.3001 LCS_CONNECT
> buttons
  release, hold, transfer_init, conference_init, supervisor_assist, emergency_call, bad_line_call, \
statistics, chat, record, ready, notready, workready, worknotready
> hold
  OnCallHeld LCS_HOLD call.5000.16777217.3001
  eHold
> wait OnCallHeld
> answer
  answer: answer() needs a call in state LCS_ALERTING, <Call call.5000.16777217.3001 status 4> is LCS_HOLD \
(E_CTIOS_CALL_NOT_ALERTING)
> retrieve
  OnCallRetrieved LCS_CONNECT call.5000.16777217.3001
  eTalking
> wait OnCallRetrieved
> data 1=gold
> data
  CallVariable1 = gold
> drop
  OnCallEnd LCS_NULL call.5000.16777217.3001
  eNotReady
> wait OnCallEnd
> nonsense
  nonsense: no such command; try help
> drop
  drop: there is no current call
  eLogout
"""
SUPERVISED = """\
team
login 1002 3002
monitor 1002
buttons
dial 1002 5550199
wait OnMonitoredCallEstablished
buttons
barge
wait OnCallEstablished
buttons
intercept
wait OnMonitoredCallEnd
drop
wait OnCallEnd
logout 1002
team
nonsense
"""
SUPERVISOR = """\
supervisor of the teams 1
> team
    1001 eNotReady    0
    1002 eLogout      -
    1003 eLogout      -
    1004 eLogout      -
> login 1002 3002
  OnMonitoredAgentStateChange 1002 eLogin
  OnMonitoredAgentStateChange 1002 eNotReady
> monitor 1002
> buttons
  set_agent_logout, set_agent_ready
> dial 1002 5550199
  OnMonitoredAgentStateChange 1002 eTalking
> wait OnMonitoredCallEstablished
  OnMonitoredCallEstablished call.5000.16777217.3002
> buttons
  set_agent_logout, silentmonitor, start_silentmonitor
> barge
  OnCallEstablished call.5000.16777217.3001
  OnMonitoredCallConferenced call.5000.16777217.3002
  OnMonitoredAgentStateChange 1001 eTalking
> wait OnCallEstablished
> buttons
  set_agent_logout, intercept, clear
> intercept
  OnMonitoredCallEnd call.5000.16777217.3002
  OnMonitoredAgentStateChange 1002 eNotReady
> wait OnMonitoredCallEnd
> drop
  OnCallEnd call.5000.16777217.3001
  OnMonitoredAgentStateChange 1001 eNotReady
> wait OnCallEnd
> logout 1002
  OnMonitoredAgentStateChange 1002 eLogout
> team
    1001 eNotReady    1
  * 1002 eLogout      -
    1003 eLogout      -
    1004 eLogout      -
> nonsense
  nonsense: no such command; try help
  OnMonitoredAgentStateChange 1001 eLogout
"""
OUTPUT = {
    "login_logout.py": LOGIN_LOGOUT,
    "event_sink.py": EVENT_SINK,
    "bulk.py": BULK,
    "screen_pop.py": SCREEN_POP,
    "softphone.py": SOFTPHONE,
    "supervisor.py": SUPERVISOR,
}
#: What is typed.
INPUT = {"softphone.py": TYPED, "supervisor.py": SUPERVISED}
#: What the simulator of given servers needs, and how many sessions an example opens if not one.
SETTINGS = {"supervisor.py": {"team_size": 4}}
SESSIONS = {"supervisor.py": 2}
#: Examples that do not end on given servers.
ENDLESS = {"wallboard.py": WALLBOARD}


def example(name: str) -> ModuleType:
    """Return an example as a module."""
    return load_script(EXAMPLES / f"{name}.py")


def test_every_example_is_tested() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {*OUTPUT, *ENDLESS, "console.py", "servers.py"}


def printed(name: str, typed: str) -> str:
    """What an example prints, without errors, when a text is typed and the input then ends."""
    result = subprocess.run(
        [sys.executable, EXAMPLES / name], input=typed, capture_output=True, text=True, timeout=50
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


@pytest.mark.parametrize("name", [*OUTPUT, *ENDLESS])
def test_an_example_runs_on_its_own_simulator(name: str) -> None:
    assert printed(name, INPUT.get(name, "")) == {**OUTPUT, **ENDLESS}[name]


@pytest.mark.parametrize("name", [name.removesuffix(".py") for name in OUTPUT])
async def test_an_example_runs_on_the_servers_of_its_arguments(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Simulator(**SETTINGS.get(f"{name}.py", {})) as simulator:
        a, b = simulator.side_a, simulator.side_b
        arguments = [a.host, str(a.port), b.host, str(b.port)]
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(INPUT.get(f"{name}.py", "")))
        await example(name).main()
        assert capsys.readouterr().out == OUTPUT[f"{name}.py"]
        assert simulator.counters.closes == SESSIONS.get(f"{name}.py", 1)
        assert not any(agent.logged_in for agent in simulator.agents)


def softphone(*lines: str) -> list[str]:
    """What the softphone prints when these lines are typed and the input then ends."""
    return printed("softphone.py", "".join(f"{line}\n" for line in lines)).splitlines()


CONSULTING = ("dial 5550199", "wait OnCallEstablished", "consult 5550198", "wait OnCallEstablished")
FIRST_CALL, SECOND_CALL = "call.5000.16777217.3001", "call.5000.16777218.3001"


def test_the_softphone_explains_every_command() -> None:
    lines = [line.split(maxsplit=1) for line in softphone("help", "quit") if line.startswith("  ")]
    explained = {name: text for name, *text in lines}
    assert {"login", "dial", "answer", "consult", "conference", "transfer", "wait"} <= set(explained)
    assert all(text for name, text in explained.items() if not name.startswith("e"))


def test_the_softphone_consults_and_makes_a_conference() -> None:
    lines = softphone(*CONSULTING, "calls", "conference", "wait OnCallConferenced", "calls", "drop")
    two, one = [n for n, line in enumerate(lines) if line == "> calls"]
    assert lines[two + 1 : two + 3] == [f"  * {FIRST_CALL} LCS_HOLD", f"    {SECOND_CALL} LCS_CONNECT"]
    assert f"  OnCallConferenced LCS_CONNECT {FIRST_CALL}" in lines
    assert lines[one + 1 : one + 3] == [f"  * {FIRST_CALL} LCS_CONNECT", "> drop"]


def test_the_softphone_transfers_a_call_and_has_none_left() -> None:
    lines = softphone(*CONSULTING, "transfer", "wait OnCallTransferred", "calls", "buttons")
    assert f"  OnCallTransferred LCS_NULL {FIRST_CALL}" in lines
    assert lines[lines.index("> calls") + 1] == "> buttons"


@pytest.mark.parametrize(
    "typed", [CONSULTING, ("ready",), ("logout 3",)], ids=["calls", "ready", "logged out"]
)
def test_the_softphone_ends_its_calls_and_logs_out_at_the_end_of_the_input(typed: tuple[str, ...]) -> None:
    lines = softphone(*typed)
    assert sum("OnCallBegin" in line for line in lines) == sum("OnCallEnd" in line for line in lines)
    assert lines[-1] == "  eLogout"


def test_the_softphone_says_how_a_command_is_used() -> None:
    lines = softphone("dial", "hold 1 2", "notready 1 2")
    assert {"  dial: usage: dial NUMBER", "  hold: usage: hold"} <= set(lines)
    assert "  notready: usage: notready [REASON]" in lines


def test_the_softphone_shows_no_password() -> None:
    lines = softphone("logout", "login sesame", "login sesame too many")
    assert lines.count("> login") == 2
    assert lines.count("  eLogin") == 2
    assert not any("sesame" in line for line in lines)


def test_the_supervisor_leaves_its_call_and_logs_out_at_the_end_of_the_input() -> None:
    typed = SUPERVISED.partition("intercept")[0] + "listen\nchat lunch at noon\n"
    lines = printed("supervisor.py", typed).splitlines()
    # the peripheral refuses it to a supervisor who has joined the call
    assert lines[lines.index("> listen") + 1].startswith("  listen: ")
    assert lines[lines.index("> chat lunch at noon") + 1] == "  OnCallEnd call.5000.16777217.3001"
    assert lines[-1] == "  OnMonitoredAgentStateChange 1001 eLogout"


async def test_waiting_in_the_softphone_says_what_did_not_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = example("softphone")
    monkeypatch.setattr("console.PATIENCE", 0.0)
    session = Session(client_id="softphone")
    await module.Softphone(session, Agent("1001", 5000)).obey("wait OnCallEnd")
    assert capsys.readouterr().out == "  wait: no OnCallEnd within 0 seconds\n"


async def test_the_wallboard_shows_agents_of_given_servers_once_they_are_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = example("wallboard")
    shown: asyncio.Queue[tuple[str, str, str]] = asyncio.Queue()
    async with Simulator() as simulator:
        side = simulator.side_a
        sides = module.Sides(side.host, side.port, side.host, side.port)
        monkeypatch.setattr(sys, "argv", ["wallboard", side.host, str(side.port)])
        watching = asyncio.create_task(module.watch(sides, shown.put_nowait))
        async with asyncio.timeout(20), Session(client_id="desktop") as session:
            await session.connect(ctios_a=side.host, port_a=side.port)
            agent = Agent("1001", 5000, agent_instrument="3001")
            await session.set_agent(agent)
            await agent.login()
            while not watching.done():
                await agent.set_agent_state(AgentState.AGENT_STATE_AVAILABLE)
                if not shown.empty():
                    break
                await agent.set_agent_state(AgentState.AGENT_STATE_NOT_READY)
            assert (await shown.get())[0] == "1001"
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def test_the_event_sink_keeps_its_session_after_a_forced_logout(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = example("event_sink")
    async with Simulator() as simulator:
        simulator.set_agent_state("1001", AgentState.AGENT_STATE_TALKING)
        session = Session(client_id="desktop")
        desktop = module.Desktop(session, Agent("1001", 5000, agent_instrument="3001"))
        side = simulator.side_a
        asked = asyncio.Event()
        session.subscribe("OnQueryAgentStateConf", lambda args: asked.set())
        await session.connect(ctios_a=side.host, port_a=side.port)
        await asked.wait()
        assert "already logged in" in capsys.readouterr().out

        simulator.force_logout("1001")
        await desktop.agent.query_agent_state()
        assert "logged out by the peripheral: the session stays" in capsys.readouterr().out
        assert session.state is ConnectionState.OPEN
        assert not desktop.over.is_set()

        await session.disconnect()
        assert desktop.over.is_set()


async def test_the_event_sink_ends_if_no_server_is_reached(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Simulator() as simulator:
        port = str(simulator.side_a.port)
    monkeypatch.setattr(sys, "argv", ["event_sink", "127.0.0.1", port])
    await example("event_sink").main()
    assert "connection failure" in capsys.readouterr().out


async def test_the_event_sink_ends_if_it_is_rejected(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Simulator(client_password="sesame") as simulator:
        monkeypatch.setattr(sys, "argv", ["event_sink", "127.0.0.1", str(simulator.side_a.port)])
        await example("event_sink").main()
    assert "E_CTI_INVALID_PASSWORD" in capsys.readouterr().out
