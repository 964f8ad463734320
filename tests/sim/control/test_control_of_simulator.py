"""The commands on a simulated pair of CTI Servers, with clients that share nothing with the library."""

import logging
from typing import Any

import pytest
from support.raw_client import ALL_EVENTS, RawClient, values

from ctios_fast.sim import CommandError, Control, Simulator, VirtualClock
from ctios_fast.sim.control import run_command

ALL_CALL_EVENTS = 0xFFFFFF


def of_plant(snapshot: dict[str, Any]) -> dict[str, Any]:
    return {key: snapshot[key] for key in ("agents", "calls", "skill_groups")}


@pytest.mark.parametrize("how", ["kill", "freeze", "garbage", "mid_frame", "graceful"])
async def test_fifty_calls_survive_the_end_of_a_side(how: str) -> None:
    clock = VirtualClock()
    async with Simulator(agents=60, skill_groups=3, team_size=10, clock=clock) as simulator:
        control = Control(simulator, clock)
        async with await RawClient.connect(simulator.side_a) as client:
            await client.open(ALL_EVENTS, CallMsgMask=ALL_CALL_EVENTS)
            for number in range(50):
                agent = str(1001 + number)
                control.agent_state(agent, "LOGIN")
                control.agent_state(agent, "AVAILABLE")
                control.call(agent, caller=f"555{number:04d}")
                if number % 2:
                    control.answer(agent)
            await control.advance(60.0)
            before = control.snapshot()
            assert len(before["calls"]) == 50
            assert before["sides"] == {"A": "active", "B": "standby"}
            assert [session["side"] for session in before["sessions"]] == ["A"]
            control.fail_side("A", how)
            after = control.snapshot()
            assert of_plant(after) == of_plant(before)
            assert after["sides"]["B"] == "active"
            await control.restore_side("A")
            restored = control.snapshot()
            assert of_plant(restored) == of_plant(before)
            assert restored["sides"] == {"A": "standby", "B": "active"}
            control.swap()
            assert control.snapshot()["sides"] == {"A": "active", "B": "standby"}


async def test_on_a_virtual_clock_clients_get_what_was_sent_before_a_side_failed() -> None:
    clock = VirtualClock()
    async with Simulator(agents=1, skill_groups=1, clock=clock) as simulator:
        control = Control(simulator, clock)
        async with await RawClient.connect(simulator.side_a) as client:
            await client.open(ALL_EVENTS, CallMsgMask=ALL_CALL_EVENTS)
            await client.settle()
            await run_command(control, {"do": "call", "to": "9001"})
            await run_command(control, {"do": "fail_side", "side": "A", "how": "kill"})
            received = [await client.receive() for _ in range(4)]
            assert [record["message"] for record in received][-1] == "CALL_QUEUED_EVENT"
            assert await client.ended()


async def test_takeover_takes_its_time() -> None:
    clock = VirtualClock()
    async with Simulator(agents=1, clock=clock, takeover=30.0) as simulator:
        control = Control(simulator, clock)
        control.fail_side("A")
        await control.advance(29.9)
        assert control.snapshot()["sides"] == {"A": "down", "B": "standby"}
        await control.advance(0.1)
        assert control.snapshot()["sides"] == {"A": "down", "B": "active"}


async def test_what_the_pair_forbids_says_why() -> None:
    async with Simulator(agents=1, pair="both-active") as simulator:
        with pytest.raises(CommandError, match="cannot be swapped"):
            await run_command(Control(simulator), {"do": "swap"})


@pytest.mark.parametrize("version", [9, 14, 19, 20, 25])
async def test_the_longest_data_of_a_call_reach_clients(
    version: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with Simulator(agents=1, skill_groups=1) as simulator:
        control = Control(simulator)
        async with await RawClient.connect(simulator.side_a, version=version) as client:
            await client.open(ALL_EVENTS, CallMsgMask=ALL_CALL_EVENTS if version > 19 else 0x7FFFFF)
            variables = {f"CallVariable{n}": "v" * 40 for n in range(1, 11)}
            ecc = {f"user.{n:03d}".ljust(32, "x"): "e" * 210 for n in range(8)}
            control.call("9001", caller="5" * 39, variables=variables, ecc=ecc)
            begin = await client.receive("BEGIN_CALL_EVENT")
            assert values(begin)["ANI"] == "5" * 39
            assert values(begin)["CallVariable10"] == "v" * 40
            await client.receive("CALL_DELIVERED_EVENT")
            await client.receive("BEGIN_CALL_EVENT")
            await client.receive("CALL_QUEUED_EVENT")
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    "data",
    [
        {"caller": "5" * 40},
        {"variables": {"CallVariable1": "v" * 41}},
        {"ecc": {f"user.{n}": "e" * 210 for n in range(10)}},
    ],
)
async def test_longer_data_are_refused(data: dict[str, Any]) -> None:
    async with Simulator(agents=1, skill_groups=1) as simulator:
        control = Control(simulator)
        with pytest.raises(CommandError, match="at most"):
            control.call("9001", **data)
        assert control.snapshot()["calls"] == []


async def test_a_client_that_does_not_read_does_not_stop_time() -> None:
    clock = VirtualClock()
    async with Simulator(agents=200, clock=clock, max_buffered=64 * 1024 * 1024) as simulator:
        control = Control(simulator, clock)
        async with await RawClient.connect(simulator.side_a) as client:
            await client.open(ALL_EVENTS)
            client.reader._transport.pause_reading()  # type: ignore[attr-defined]

            def shift() -> None:
                for agent in simulator.agents:
                    control.agent_state(agent.agent_id, "LOGIN")
                    control.agent_state(agent.agent_id, "LOGOUT")

            for second in range(120):
                clock.call_later(second, shift)
            await control.advance(120.0)
            assert simulator.buffered > 1024 * 1024
            assert clock.time() == 120.0
