"""A simulated contact centre without servers: a plant, and a record of what commands do to the sides."""

import random
from typing import Any

from ctios_fast.connection.clock import Clock, ManualClock
from ctios_fast.protocol.enums import SystemEventID
from ctios_fast.sim.plant import Plant, Population


class ControlCentre:
    """Twenty agents with ids from 1001 and extensions from 3001, in two groups with queues 9001 and 9002."""

    def __init__(self, clock: Clock | None = None) -> None:
        population = Population.numbered(20, 1001, 3001, skill_groups=2, team_size=5)
        self.plant = Plant(population, clock or ManualClock(), random.Random(1))
        self.buffered = 0
        self.drains = 0
        self.asked: list[tuple[Any, ...]] = []
        self.refusal = ""

    def snapshot(self) -> dict[str, Any]:
        return self.plant.snapshot() | {"sides": {"A": "active", "B": "standby"}, "sessions": []}

    def fail_side(self, side: str, how: str) -> None:
        self._ask("fail_side", side, how)

    async def restore_side(self, side: str) -> None:
        self._ask("restore_side", side)

    def swap(self) -> None:
        self._ask("swap")

    def set_peripheral(self, *, online: bool, end_calls: bool) -> None:
        self._ask("set_peripheral", online, end_calls)

    def send_system_event(self, event: SystemEventID, argument: int = 0) -> None:
        self._ask("send_system_event", event, argument)

    def delay_frames(self, seconds: float, side: str | None) -> None:
        self._ask("delay_frames", seconds, side)

    def duplicate_frames(self, count: int, side: str | None) -> None:
        self._ask("duplicate_frames", count, side)

    def send_bad_frame(self, what: str, side: str | None) -> None:
        self._ask("send_bad_frame", what, side)

    def drop_heartbeats(self, drop: bool, side: str | None) -> None:
        self._ask("drop_heartbeats", drop, side)

    def refuse_requests(self, status: int, count: int, request: str | None, side: str | None) -> None:
        self._ask("refuse_requests", status, count, request, side)

    async def drained(self) -> None:
        self.drains += 1
        self.buffered = 0

    def _ask(self, *what: Any) -> None:
        if self.refusal:
            raise ValueError(self.refusal)
        self.asked.append(what)
