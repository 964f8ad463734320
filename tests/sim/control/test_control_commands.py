"""The commands in JSON and in Python: what each does to the plant, and how each refuses."""

import inspect
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from support.control_centre import ControlCentre

from ctios_fast.sim.control import (
    COMMANDS,
    CommandError,
    Control,
    check_command,
    run_command,
    run_line,
    start_command,
)
from ctios_fast.sim.sim_clocks import VirtualClock

ROOT = Path(__file__).parent.parent.parent.parent


class Console:
    """A plant and the commands to it, each given as on the control socket."""

    def __init__(self, *available: str) -> None:
        self.clock = VirtualClock()
        self.centre = ControlCentre(self.clock)
        self.control = Control(self.centre, self.clock)
        for agent in available:
            self.control.agent_state(agent, "LOGIN")
            self.control.agent_state(agent, "AVAILABLE")

    async def do(self, do: str, **keys: Any) -> dict[str, Any]:
        line = json.dumps({"do": do, **keys}).encode()
        answer = json.loads(await run_line(self.control, line))
        assert isinstance(answer, dict)
        return answer

    async def ok(self, do: str, **keys: Any) -> dict[str, Any]:
        answer = await self.do(do, **keys)
        assert answer.pop("ok") is True, answer
        return answer

    async def error(self, do: str, **keys: Any) -> str:
        answer = await self.do(do, **keys)
        assert answer["ok"] is False
        assert set(answer) == {"ok", "error"}
        return str(answer["error"])

    async def states(self, agent: str) -> list[str]:
        """The states of the agent's connections, in the order of the calls."""
        snapshot = await self.ok("snapshot")
        return [
            party["state"]
            for call in snapshot["calls"]
            for party in call["parties"]
            if party["agent"] == agent
        ]

    async def agent(self, agent: str) -> dict[str, Any]:
        agents = (await self.ok("snapshot"))["agents"]
        return next(found for found in agents if found["id"] == agent)


# --- the table ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_fits_the_methods_of_control(name: str) -> None:
    command = COMMANDS[name]
    signature = inspect.signature(getattr(Control, name))
    takes = {p.name: p.default is inspect.Parameter.empty for p in signature.parameters.values()}
    del takes["self"]
    assert {p.keyword or p.name: p.required for p in command.parameters} == takes


def test_every_command_of_the_contract_is_in_the_table() -> None:
    contract = {
        "call", "answer", "hold", "retrieve", "alternate", "reconnect", "hangup", "consult", "conference",
        "transfer", "set_data", "agent_state", "force_logout", "fail_side", "restore_side", "swap",
        "peripheral", "advance", "snapshot",
    }  # fmt: skip
    assert contract <= set(COMMANDS)


# --- calls ----------------------------------------------------------------------------------------


async def test_a_call_with_its_data_rings_at_the_agent_and_is_answered() -> None:
    console = Console("1001")
    answer = await console.ok(
        "call", to="1001", **{"from": "5550001"}, variables={"CallVariable1": "x"}, ecc={"user.a": "b"}
    )
    call = (await console.ok("snapshot"))["calls"][0]
    assert answer == {"call": call["id"]}
    assert call["variables"] == {"CallVariable1": "x"}
    assert call["ecc"] == {"user.a": "b"}
    assert await console.states("1001") == ["ALERTING"]
    assert await console.ok("answer", agent="1001") == {}
    assert await console.states("1001") == ["CONNECT"]
    assert (await console.agent("1001"))["state"] == "TALKING"


@pytest.mark.parametrize("to", ["1001", "3001", "9001"])
async def test_a_call_goes_to_an_agent_id_an_extension_or_a_queue(to: str) -> None:
    console = Console("1001")
    await console.ok("call", to=to)
    assert await console.states("1001") == ["ALERTING"]


async def test_hold_and_retrieve() -> None:
    console = Console("1001")
    await console.ok("call", to="1001")
    await console.ok("answer", agent="1001")
    await console.ok("hold", agent="1001")
    assert await console.states("1001") == ["HOLD"]
    assert await console.error("hold", agent="1001") == "agent 1001 has no active call"
    await console.ok("retrieve", agent="1001")
    assert await console.states("1001") == ["CONNECT"]
    assert await console.error("retrieve", agent="1001") == "agent 1001 has no held call"


async def consulting() -> Console:
    """Agent 1001 has a held call with a caller and talks with 1002."""
    console = Console("1001", "1002")
    await console.ok("call", to="1001")
    await console.ok("answer", agent="1001")
    assert "call" in await console.ok("consult", agent="1001", to="1002")
    await console.ok("answer", agent="1002")
    assert await console.states("1001") == ["HOLD", "CONNECT"]
    return console


async def test_alternate_changes_the_active_call() -> None:
    console = await consulting()
    await console.ok("alternate", agent="1001")
    assert await console.states("1001") == ["CONNECT", "HOLD"]


async def test_reconnect_clears_the_active_call() -> None:
    console = await consulting()
    await console.ok("reconnect", agent="1001")
    assert await console.states("1001") == ["CONNECT"]
    assert await console.states("1002") == []


async def test_reconnect_clears_a_call_that_was_not_answered() -> None:
    console = Console("1001", "1002")
    await console.ok("call", to="1001")
    await console.ok("answer", agent="1001")
    await console.ok("consult", agent="1001", to="3002")
    await console.ok("reconnect", agent="1001")
    assert await console.states("1001") == ["CONNECT"]
    assert await console.states("1002") == []


async def test_conference_makes_one_call_of_two() -> None:
    console = await consulting()
    answer = await console.ok("conference", agent="1001")
    calls = (await console.ok("snapshot"))["calls"]
    assert [call["id"] for call in calls] == [answer["call"]]
    assert len(calls[0]["parties"]) == 3


async def test_transfer_leaves_the_agent_out() -> None:
    console = await consulting()
    answer = await console.ok("transfer", agent="1001")
    calls = (await console.ok("snapshot"))["calls"]
    assert [call["id"] for call in calls] == [answer["call"]]
    assert [party["agent"] for party in calls[0]["parties"]] == [None, "1002"]


async def test_transfer_before_the_answer() -> None:
    console = Console("1001", "1002")
    await console.ok("call", to="1001")
    await console.ok("answer", agent="1001")
    await console.ok("consult", agent="1001", to="1002")
    await console.ok("transfer", agent="1001")
    assert await console.states("1001") == []
    assert await console.states("1002") == ["ALERTING"]


async def test_the_agent_hangs_up() -> None:
    console = Console("1001")
    await console.ok("call", to="1001")
    await console.ok("answer", agent="1001")
    await console.ok("hangup", agent="1001")
    assert (await console.ok("snapshot"))["calls"] == []
    assert await console.error("hangup", agent="1001") == "agent 1001 has no present call"


async def test_the_caller_hangs_up() -> None:
    console = Console("1001")
    call = (await console.ok("call", to="1001"))["call"]
    await console.ok("hangup", call=call)
    assert (await console.ok("snapshot"))["calls"] == []
    assert await console.error("hangup", call=call) == f"there is no call {call} in progress"


@pytest.mark.parametrize("keys", [{}, {"agent": "1001", "call": 5}])
async def test_hangup_takes_an_agent_or_a_call(keys: dict[str, Any]) -> None:
    assert "give one of the two" in await Console("1001").error("hangup", **keys)


async def test_set_data_changes_what_it_names() -> None:
    console = Console("1001")
    call = (await console.ok("call", to="1001", variables={"CallVariable1": "x", "CallVariable2": "y"}))[
        "call"
    ]
    await console.ok("set_data", call=call, variables={"CallVariable2": "z"}, ecc={"user.list[3]": "third"})
    found = (await console.ok("snapshot"))["calls"][0]
    assert found["variables"] == {"CallVariable1": "x", "CallVariable2": "z"}
    assert found["ecc"] == {"user.list[3]": "third"}


# --- agents ---------------------------------------------------------------------------------------


async def test_agent_states_follow_the_rules_of_the_plant() -> None:
    console = Console()
    await console.ok("agent_state", agent="1001", state="LOGIN")
    await console.ok("agent_state", agent="1001", state="NOT_READY", reason=7)
    agent = await console.agent("1001")
    assert (agent["state"], agent["reason"]) == ("NOT_READY", 7)
    assert "cannot go to LOGIN" in await console.error("agent_state", agent="1001", state="LOGIN")
    assert "WORK_READY" in await console.error("agent_state", agent="1001", state="TALKING")


async def test_force_logout_reaches_an_agent_in_a_call() -> None:
    console = Console("1001")
    await console.ok("call", to="1001")
    await console.ok("answer", agent="1001")
    await console.ok("force_logout", agent="1001", reason=50002)
    agent = await console.agent("1001")
    assert (agent["state"], agent["reason"]) == ("LOGOUT", 50002)
    assert await console.states("1001") == ["CONNECT"]


# --- sides ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["kill", "freeze", "garbage", "mid_frame", "graceful"])
async def test_a_side_fails_in_the_way_that_is_given(how: str) -> None:
    console = Console()
    await console.ok("fail_side", side="A", how=how)
    assert console.centre.asked == [("fail_side", "A", how)]


async def test_the_sides_and_the_peripheral_are_commanded() -> None:
    console = Console()
    await console.ok("restore_side", side="B")
    await console.ok("swap")
    await console.ok("peripheral", state="offline")
    await console.ok("peripheral", state="offline", end_calls=False)
    await console.ok("peripheral", state="online")
    assert console.centre.asked == [
        ("restore_side", "B"),
        ("swap",),
        ("set_peripheral", False, True),
        ("set_peripheral", False, False),
        ("set_peripheral", True, True),
    ]


async def test_what_the_pair_forbids_is_an_error_with_its_reason() -> None:
    console = Console()
    console.centre.refusal = "side B is down and cannot become active"
    for command, keys in (("swap", {}), ("fail_side", {"side": "B"}), ("restore_side", {"side": "B"})):
        assert await console.error(command, **keys) == console.centre.refusal


# --- time -----------------------------------------------------------------------------------------


async def test_advance_makes_what_falls_due_and_then_drains() -> None:
    console = Console()
    times: list[float] = []
    for delay in (5.0, 1.0, 60.0, 61.0):
        console.clock.call_later(delay, lambda: times.append(console.clock.time()))
    await console.ok("advance", seconds=60)
    assert times == [1.0, 5.0, 60.0]
    assert console.centre.drains == 1
    await console.ok("advance", seconds=0.5)
    assert console.clock.time() == 60.5


async def test_advance_sends_before_too_much_waits() -> None:
    console = Console()
    drained_before: list[int] = []

    def send() -> None:
        drained_before.append(console.centre.drains)
        console.centre.buffered = 2 * 1024 * 1024

    for second in range(1, 4):
        console.clock.call_later(second, send)
    await console.ok("advance", seconds=3)
    assert drained_before == [0, 1, 2]


async def test_time_that_moves_by_itself_cannot_be_advanced() -> None:
    control = Control(ControlCentre())
    answer = json.loads(await run_line(control, b'{"do": "advance", "seconds": 60}'))
    assert "only a virtual clock can be advanced" in answer["error"]


async def test_advance_waits_for_a_command_that_a_timer_has_started() -> None:
    console = Console()
    order: list[object] = []
    console.clock.call_later(1, start_command, console.control, {"do": "restore_side", "side": "A"})
    console.clock.call_later(2, lambda: order.extend(console.centre.asked))
    await console.ok("advance", seconds=3)
    assert order == [("restore_side", "A")]


@pytest.mark.parametrize("request_", [{"do": "swap"}, {"do": "restore_side", "side": "A"}, {"do": "nothing"}])
async def test_a_refused_command_of_a_timer_is_logged(
    request_: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    console = Console()
    console.centre.refusal = "side B is down"
    console.clock.call_later(1, start_command, console.control, request_)
    with caplog.at_level(logging.WARNING, "ctios_fast.sim.control"):
        await console.ok("advance", seconds=1)
    assert "a command of the scenario was refused: " in caplog.text


# --- what is not understood -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"", "the line is not JSON: Expecting value at character 1"),
        (b"{", "the line is not JSON: "),
        (b"\xff", "the line is not UTF-8"),
        (b"[" * 60000, "the line is not JSON"),  # how deep JSON may nest depends on the interpreter
        (b"1" * 60000, "it nests or counts too far"),
        (b"[]", "a command is a JSON object"),
        (b"{}", 'needs the key "do"'),
        (b'{"do": "sing"}', 'unknown command "sing"; the commands are call, answer, '),
        (b'{"do": ["call"]}', 'unknown command ["call"]'),
        (b'{"do": "answer"}', 'answer needs the key "agent", an agent id'),
        (b'{"do": "answer", "agent": "1001", "agnet": 1}', 'unknown key "agnet" of answer: it takes agent'),
        (b'{"do": "swap", "side": "A"}', 'unknown key "side" of swap: it takes no other key'),
        (b'{"do": "answer", "agent": 1001}', '"agent" of answer must be an agent id, a string of 1 to 39'),
        (b'{"do": "answer", "agent": ""}', '"agent" of answer must be an agent id'),
        (b'{"do": "answer", "agent": "10\\u000001"}', '"agent" of answer must be an agent id'),
        (b'{"do": "answer", "agent": "\\ud800"}', '"agent" of answer must be an agent id'),
        (b'{"do": "answer", "agent": "1", "agent": "2"}', 'the key "agent" is given twice'),
        (b'{"do": "answer", "agent": "999"}', "there is no agent with the id '999'"),
        (b'{"do": "call", "to": "77"}', "'77' is not an agent id, an extension, a queue or a dialled number"),
        (
            b'{"do": "call", "to": "3001", "variables": {"CallVariable11": "x"}}',
            "CallVariable1 to CallVariable10",
        ),
        (
            b'{"do": "call", "to": "3001", "variables": {"CallVariable1": 5}}',
            "with strings of at most 40 bytes",
        ),
        (b'{"do": "call", "to": "3001", "ecc": ["a"]}', '"ecc" of call must be an object'),
        (b'{"do": "call", "to": "3001", "ecc": {"": "x"}}', '"ecc" of call must be an object'),
        (b'{"do": "set_data", "call": true}', '"call" of set_data must be a ConnectionCallID'),
        (b'{"do": "set_data", "call": 4294967296}', '"call" of set_data must be a ConnectionCallID'),
        (b'{"do": "set_data", "call": 7}', "there is no call 7 in progress"),
        (b'{"do": "fail_side", "side": "C"}', '"side" of fail_side must be "A" or "B", not "C"'),
        (b'{"do": "fail_side", "side": "A", "how": "softly"}', '"how" of fail_side must be "kill", '),
        (b'{"do": "peripheral", "state": "gone"}', '"state" of peripheral must be "offline" or "online"'),
        (b'{"do": "advance", "seconds": "60"}', '"seconds" of advance must be a number from 0 to 2678400'),
        (b'{"do": "advance", "seconds": -1}', '"seconds" of advance must be a number from 0 to 2678400'),
        (b'{"do": "advance", "seconds": 1e999}', '"seconds" of advance must be a number from 0 to 2678400'),
        (b'{"do": "advance", "seconds": NaN}', "NaN is not a JSON number"),
        (b'{"do": "advance", "seconds": true}', '"seconds" of advance must be a number from 0 to 2678400'),
        (
            b'{"do": "force_logout", "agent": "1001", "reason": 65536}',
            "an integer from 0 to 65535, not 65536",
        ),
    ],
)
async def test_what_is_wrong_is_said(line: bytes, error: str) -> None:
    console = Console()
    before = console.control.snapshot()
    answer = json.loads(await run_line(console.control, line))
    assert answer["ok"] is False
    assert error in answer["error"]
    assert len(answer["error"]) < 700
    assert console.control.snapshot() == before


async def test_a_fault_of_the_simulator_is_answered_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    console = Console()
    console.centre.snapshot = lambda: 1 // 0  # type: ignore[method-assign, assignment, return-value]
    assert "the simulator failed with ZeroDivisionError" in await console.error("snapshot")
    assert "Traceback" in caplog.text


async def test_the_same_checks_without_json() -> None:
    console = Console()
    command, arguments = check_command({"do": "call", "to": "1001", "from": "555"})
    assert (command.name, arguments) == ("call", {"to": "1001", "caller": "555"})
    with pytest.raises(CommandError, match="nobody is logged in"):
        await run_command(console.control, {"do": "call", "to": "1001"})
    with pytest.raises(CommandError, match="there is no agent state 'TALKATIVE'"):
        console.control.agent_state("1001", "TALKATIVE")
    with pytest.raises(CommandError, match="'offline' or 'online'"):
        console.control.peripheral("gone")
    with pytest.raises(CommandError, match="0 to 255, not 300"):
        console.control.set_data(1, ecc={"user.list[300]": "x"})


def test_the_documentation_has_the_table() -> None:
    page = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    rows = []
    for command in COMMANDS.values():
        keys = ", ".join(f"`{p.name}`" if p.required else f"(`{p.name}`)" for p in command.parameters)
        answers = f" Answers `{command.answer}`." if command.answer not in ("", "*") else ""
        rows.append(f"| `{command.name}` | {keys + ' ' if keys else ''}| {command.does}{answers} |\n")
    assert "".join(rows) in page


# --- supervisors and configuration ----------------------------------------------------------------


async def test_a_supervisor_joins_a_call_and_leaves_it() -> None:
    console = Console("1002")
    console.control.agent_state("1001", "LOGIN")
    await console.ok("call", to="1002", **{"from": "5550001"})
    await console.ok("answer", agent="1002")
    for action in ("monitor", "whisper", "clear", "barge_in", "intercept"):
        await console.ok("supervise", supervisor="1001", agent="1002", action=action)
    assert await console.states("1001") == ["CONNECT"]
    assert await console.states("1002") == []
    assert "no active call" in await console.error(
        "supervise", supervisor="1001", agent="1002", action="monitor"
    )
    with pytest.raises(
        CommandError, match="one of clear, monitor, whisper, barge_in, intercept, not 'shout'"
    ):
        console.control.supervise("1001", "1002", "shout")


@pytest.mark.parametrize("do", ["emergency", "assist"])
async def test_an_agent_calls_a_supervisor(do: str) -> None:
    console = Console("1002")
    assert "no supervisor of agent 1002 is free" in await console.error(do, agent="1002")
    console.control.agent_state("1001", "LOGIN")
    answer = await console.ok(do, agent="1002")
    assert await console.states("1001") == ["ALERTING"]
    assert answer == {"call": (await console.ok("snapshot"))["calls"][0]["id"]}


async def test_the_configuration_changes() -> None:
    console = Console()
    population = console.control.plant.population
    await console.ok("add_group", group=7, name="Night", queue="9907")
    await console.ok(
        "add_agent", agent="2001", extension="4001", first_name="Ann", last_name="Lee", groups=[1, 7]
    )
    await console.ok("rename_agent", agent="2001", login_name="ann.lee")
    await console.ok("add_team", team=9, name="Night")
    await console.ok("join_team", team=9, agent="2001", supervisor=True)
    await console.ok("join_team", team=9, agent="1001", temporary=True)
    agent = await console.agent("2001")
    assert (agent["skill_groups"], agent["teams"]) == ([1, 7], [9])
    assert population.agents["2001"].login_name == "ann.lee"
    assert population.teams[9].flags == {"2001": 5, "1001": 2}
    await console.ok("restore_team", team=9)
    assert population.teams[9].flags == {"2001": 5}
    await console.ok("leave_group", agent="2001", group=1)
    await console.ok("join_group", agent="2001", group=2)
    await console.ok("add_service", service=70, name="Help", groups=[7])
    await console.ok("rename_group", group=7, name="Late")
    assert population.skill_groups[7].name == "Late"
    await console.ok("remove_group", group=7)
    assert population.services[70].members == ()
    assert (await console.agent("2001"))["skill_groups"] == [2]
    await console.ok("remove_service", service=70)
    await console.ok("add_device", device="7000")
    await console.ok("remove_device", device="7000")
    await console.ok("leave_team", team=9, agent="2001")
    await console.ok("remove_agent", agent="2001")
    assert not {"2001", "4001", "7000", "9907"} & (population.agents.keys() | population.devices.keys())
    assert 7 not in population.skill_groups
    assert 70 not in population.services


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ({"do": "add_group", "group": 0, "name": "x"}, '"group" of add_group must be an integer from 1 to'),
        ({"do": "add_group", "group": 1.0, "name": "x"}, "must be an integer from 1 to 2147483647, not 1.0"),
        ({"do": "add_group", "group": 9, "name": 5}, "must be a string of at most 255 bytes"),
        ({"do": "add_service", "service": 9, "name": "x", "groups": [0]}, "a list of at most 100 integers"),
        ({"do": "join_team", "team": 1, "agent": "1001", "supervisor": 1}, "must be true or false"),
        ({"do": "supervise", "supervisor": "1001", "agent": "1002", "action": "x"}, '"clear", "monitor"'),
    ],
)
async def test_wrong_values_of_the_configuration_are_refused(command: dict[str, Any], error: str) -> None:
    with pytest.raises(CommandError, match=re.escape(error)):
        await run_command(Console().control, command)
