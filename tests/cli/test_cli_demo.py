"""``ctios-fast demo`` as people start it: its table, its exit status, what it says when something fails."""

import asyncio
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ctios_fast.cli import demo
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Simulator

EVENTS_PER_AGENT = 5  # login and the not ready that follows it, ready, not ready, logout


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "ctios_fast.cli", "demo", *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        program, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", env=environment, check=False
    )


def table(output: str) -> dict[str, str]:
    rows = [line.strip("│|").split("│") for line in output.splitlines() if line.startswith("│")]
    return {name.strip(): value.strip() for name, value in rows}


def test_more_agents_than_a_simulator_has_are_refused() -> None:
    result = run("--agents", "100001")
    assert result.returncode == 2
    assert "must be an integer, 1 to 100000, got '100001'" in result.stderr


@pytest.mark.parametrize("agents", [1, 500])
def test_every_agent_goes_through_and_the_table_says_so(agents: int) -> None:
    result = run("--agents", str(agents))
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    shown = table(result.stdout)
    assert list(shown) == [
        "calls answered",
        "calls held and retrieved",
        "calls transferred",
        "agents",
        "events",
        "events per second",
        "round trip p50 (ms)",
        "round trip p99 (ms)",
        "errors",
    ]
    calls = 4 * min((agents + 1) // 2, 25)
    assert shown["calls answered"] == shown["calls held and retrieved"] == str(calls)
    assert shown["calls transferred"] == str(calls // 3 if agents > 1 else 0)
    assert shown["agents"] == str(agents)
    assert shown["events"] == str(agents * EVENTS_PER_AGENT)
    assert float(shown["events per second"]) > 0
    assert 0 < float(shown["round trip p50 (ms)"]) <= float(shown["round trip p99 (ms)"])
    assert shown["errors"] == "0"


def test_no_progress_bar_without_a_terminal() -> None:
    result = run("--agents", "2")
    assert "\r" not in result.stdout
    assert "\x1b" not in result.stdout
    assert result.stderr == ""


def test_500_agents_are_the_default() -> None:
    assert {option.name: option.default for option in demo.command.params} == {"agents": 500}


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_number_of_agents_that_makes_no_sense_is_a_usage_error(number: str) -> None:
    result = CliRunner().invoke(demo.command, ["--agents", number])
    assert result.exit_code == 2


class SimulatorWithTwoAtTasks(Simulator):
    """Two of the agents have a task, which they cannot log out from."""

    async def start(self) -> None:
        await super().start()
        for agent_id in ("1002", "1003"):
            self.set_agent_state(agent_id, AgentState.AGENT_STATE_ACTIVE)


def test_agents_that_cannot_be_logged_out_give_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "Simulator", SimulatorWithTwoAtTasks)
    result = CliRunner().invoke(demo.command, ["--agents", "4"])
    assert result.exit_code == 1
    assert table(result.stdout)["agents"] == "4"
    # for each of the two: the state that was refused, and the logout; and both are left over
    assert table(result.stdout)["errors"] == "5"
    assert "agent 1002, ready: " in result.stderr
    assert "CF_INVALID_OBJECT_STATE" in result.stderr
    assert "agent 1003, logout: " in result.stderr
    assert "2 agents are still logged in" in result.stderr


async def test_an_interrupted_demo_ends_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    steps: list[str] = []

    def interrupt(step: str) -> None:
        steps.append(step)
        work.cancel()

    work = asyncio.ensure_future(demo._run(50, interrupt))
    with pytest.raises(asyncio.CancelledError):
        await work
    assert steps
    assert caplog.records == []
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


class SimulatorThatFails(Simulator):
    """Nobody listens on either side."""

    async def start(self) -> None:
        await super().start()
        self.fail_side("a")
        self.fail_side("b")


def test_a_simulator_that_cannot_be_reached_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "Simulator", SimulatorThatFails)
    result = CliRunner().invoke(demo.command, ["--agents", "1"])
    assert result.exit_code == 1
    assert "cannot begin: no side could be reached" in result.stderr
    assert "Traceback" not in result.output
