"""Commands to a simulator from a test without an event loop, in both forms of running one."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from ctios_fast import MethodError, OpenRefused
from ctios_fast.sim import CommandError
from ctios_fast.sim.control import COMMANDS
from ctios_fast.sync import Session
from ctios_fast.testing import CtiServerPair, ServerControl, start_servers


@pytest.fixture(params=[False, True], ids=["thread", "process"])
def pair(request: pytest.FixtureRequest) -> Iterator[CtiServerPair]:
    with start_servers(process=request.param, agents=3, clock="virtual") as servers:
        yield servers


def states(pair: CtiServerPair) -> list[str]:
    return [agent["state"] for agent in pair.control.snapshot()["agents"]]


def test_every_command_is_a_method() -> None:
    assert {name for name in vars(ServerControl) if not name.startswith("_")} == {*COMMANDS, "do"}


def test_a_command_returns_its_answer(pair: CtiServerPair) -> None:
    for agent in ("1001", "1002"):
        pair.control.agent_state(agent, "LOGIN")
        pair.control.agent_state(agent, "AVAILABLE")
    call = pair.control.call("1001", caller="5550001", variables={"CallVariable1": "gold"})
    pair.control.answer("1001")
    consulted = pair.control.consult("1001", to="1002")
    assert consulted != call
    pair.control.answer(agent="1002")
    assert states(pair) == ["TALKING", "TALKING", "LOGOUT"]


def test_a_forbidden_command_raises_and_changes_nothing(pair: CtiServerPair) -> None:
    with pytest.raises(CommandError, match="agent 1001 has no ringing call"):
        pair.control.answer("1001")
    with pytest.raises(CommandError, match="there is no agent with the id '9'"):
        pair.control.hold("9")
    assert states(pair) == ["LOGOUT"] * 3


def test_a_parameter_that_the_method_lacks_is_a_type_error(pair: CtiServerPair) -> None:
    with pytest.raises(TypeError, match="colour"):
        pair.control.answer("1001", colour="red")  # type: ignore[call-arg]


def test_the_clock_moves_by_command(pair: CtiServerPair) -> None:
    pair.control.advance(3600.0)
    pair.control.fail_side("A", how="kill")
    pair.control.advance(0)
    assert pair.control.snapshot()["sides"] == {"A": "down", "B": "active"}
    pair.control.restore_side("A")
    assert pair.control.snapshot()["sides"] == {"A": "standby", "B": "active"}


def test_a_command_in_json_form_is_for_what_comes_from_data(pair: CtiServerPair) -> None:
    assert pair.control.do({"do": "agent_state", "agent": "1001", "state": "LOGIN"}) == {"ok": True}
    with pytest.raises(CommandError, match="unknown command"):
        pair.control.do({"do": "dance"})


def test_the_simulator_itself_is_reached_in_its_thread() -> None:
    with start_servers(agents=3) as pair:
        assert pair.run(lambda simulator: sorted(simulator.plant.population.agents)) == [
            "1001",
            "1002",
            "1003",
        ]
        with pytest.raises(ZeroDivisionError):
            pair.run(lambda simulator: 1 // 0)
        with pytest.raises(MethodError, match="cannot wait for itself"):
            pair.run(lambda simulator: pair.control.swap())


def test_a_simulator_in_a_process_is_reached_by_commands_alone() -> None:
    with (
        start_servers(agents=3, process=True) as pair,
        pytest.raises(RuntimeError, match="only its commands"),
    ):
        pair.run(lambda simulator: simulator)


#: The answer of a side to OPEN_REQ with that ClientPassword, by the option ``client_password``.
OPENINGS: dict[str | None, dict[str, bool]] = {
    None: {"": True, "sesame": True, "wrong": True},
    "": {"": True, "sesame": False, "wrong": False},
    "sesame": {"": False, "sesame": True, "wrong": False},
}


@pytest.mark.parametrize("process", [False, True], ids=["thread", "process"])
@pytest.mark.parametrize("required", OPENINGS)
def test_both_forms_require_the_same_client_password(
    monkeypatch: pytest.MonkeyPatch, required: str | None, process: bool
) -> None:
    monkeypatch.setenv("CTIOS_FAST_PASSWORD", "of another server")
    opened = {}
    with start_servers(process=process, agents=1, client_password=required) as pair:
        for given in OPENINGS[required]:
            with Session(client_id="desktop", client_password=given, heartbeat=None) as session:
                session.connect(**pair.addresses)
                with suppress(OpenRefused):
                    session.set_bulk_mode(pair.a.peripheral_id)
                opened[given] = session.is_connected()
    assert opened == OPENINGS[required]


@pytest.mark.parametrize("process", [False, True], ids=["thread", "process"])
def test_a_command_after_the_end_says_that_the_pair_has_ended(process: bool) -> None:
    with start_servers(process=process, agents=1) as pair:
        pair.control.snapshot()
    with pytest.raises(RuntimeError, match="the simulated CTI Server pair has ended: it runs until"):
        pair.control.snapshot()
    if not process:
        with pytest.raises(RuntimeError, match="the simulated CTI Server pair has ended"):
            pair.run(lambda simulator: simulator)
