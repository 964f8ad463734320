"""The clocks of the simulator: one that is moved, one that runs at another speed."""

import asyncio

import pytest

from ctios_fast.connection.clock import ManualClock
from ctios_fast.sim.sim_clocks import MAX_ADVANCE, ScaledClock, VirtualClock


async def nothing() -> None:
    """After a call nothing is to be done."""


async def test_calls_come_at_their_times_and_in_their_order() -> None:
    clock = VirtualClock()
    seen: list[tuple[str, float]] = []

    def note(name: str) -> None:
        seen.append((name, clock.time()))
        if name == "b":
            clock.call_later(0.1, note, "after b")

    for name, delay in (("c", 2.0), ("a", 0.3), ("b", 1.1), ("never", 3.1)):
        clock.call_later(delay, note, name)
    clock.call_later(0.5, note, "cancelled").cancel()
    await clock.advance(3.0, nothing)
    assert seen == [("a", 0.3), ("b", 1.1), ("after b", 1.1 + 0.1), ("c", 2.0)]
    assert clock.time() == 3.0


async def test_steps_of_any_size_give_the_same_times() -> None:
    async def times(steps: list[float]) -> list[float]:
        clock = VirtualClock()
        seen: list[float] = []

        def tick() -> None:
            seen.append(clock.time())
            clock.call_later(0.7, tick)

        tick()
        for step in steps:
            await clock.advance(step, nothing)
        return seen

    assert await times([10.0]) == await times([0.5] * 20)


async def test_the_loop_goes_on_while_time_moves() -> None:
    clock = VirtualClock()
    turns = 0

    def tick() -> None:
        clock.call_later(0.001, tick)

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    tick()
    task = asyncio.create_task(others())
    await clock.advance(30.0, nothing)
    task.cancel()
    assert turns > 1


async def test_one_advance_follows_the_other() -> None:
    clock = VirtualClock()
    seen: list[float] = []
    for second in range(1, 5):
        clock.call_later(second, lambda: seen.append(clock.time()))

    async def yielding() -> None:
        await asyncio.sleep(0)

    await asyncio.gather(clock.advance(2, yielding), clock.advance(2, yielding))
    assert seen == [1, 2, 3, 4]
    assert clock.time() == 4


@pytest.mark.parametrize("seconds", [-0.1, MAX_ADVANCE + 1, float("nan"), float("inf")])
async def test_an_advance_out_of_range_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="the clock moves by 0 to 2678400 seconds"):
        await VirtualClock().advance(seconds, nothing)


def test_a_scaled_clock_runs_faster() -> None:
    base = ManualClock()
    clock = ScaledClock(base, 10.0)
    seen: list[float] = []
    clock.call_later(60.0, lambda: seen.append(clock.time()))
    base.advance(5.9)
    assert seen == []
    base.advance(0.2)
    assert seen == [pytest.approx(60.0)]


@pytest.mark.parametrize("speed", [0.0, -1.0, 1e9, float("nan")])
def test_a_speed_out_of_range_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match=r"the speed is 0.01 to 1000"):
        ScaledClock(ManualClock(), speed)
