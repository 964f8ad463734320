"""Calls for ``ctios-fast demo``: agents log in, answer, hold, retrieve and transfer calls, and log out.

Everything goes over one bulk session and real sockets; only the callers are the simulator's. The first half
of the agents takes calls from a queue. Every third call is transferred to an agent of the second half.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from ctios_fast.core import Message
from ctios_fast.errors import CtiOsError
from ctios_fast.model.agents.agent import Agent
from ctios_fast.model.session import Session
from ctios_fast.protocol import codes
from ctios_fast.protocol import numbers as ged
from ctios_fast.sim import Simulator

__all__ = ["CallReport", "work_calls"]

_MAX_PAIRS: Final = 25
_CALLS_PER_AGENT: Final = 4
_TRANSFER_EVERY: Final = 3
_TIME_LIMIT: Final = 30.0
_ALL_CALLS: Final = 0xFFFFFFFF
_ALERTING: Final = 2
_NEW_CALL: Final = dict.fromkeys(
    (
        "CallPlacementType",
        "CallMannerType",
        "AlertRings",
        "CallOption",
        "FacilityType",
        "AnsweringMachine",
        "Priority",
        "PostRoute",
        "NumNamedVariables",
        "NumNamedArrays",
    ),
    0,
)


@dataclass(slots=True)
class CallReport:
    """What happened: numbers of calls, and sentences about what went wrong."""

    calls: int = 0
    answered: int = 0
    held: int = 0
    transferred: int = 0
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Party:
    """A connection as requests name it."""

    call_id: int
    id_type: int
    connection_id: str

    def fields(self, prefix: str = "") -> dict[str, int]:
        return {f"{prefix}ConnectionCallID": self.call_id, f"{prefix}ConnectionDeviceIDType": self.id_type}

    def floating(self, prefix: str = "") -> list[tuple[str, object]]:
        return [(f"{prefix}ConnectionDeviceID", self.connection_id)]


class _CallFloor:
    """The agents at their calls."""

    def __init__(self, session: Session, peripheral_id: int, wanted: int, helpers: dict[str, str]) -> None:
        self._session: Final = session
        self._peripheral: Final = {"PeripheralID": peripheral_id}
        self._wanted: Final = wanted
        self._helpers: Final = helpers  # device of the first half -> device of the second half
        self._ringing: dict[str, asyncio.Future[_Party]] = {}  # helper's device -> its consult call
        self._tasks: set[asyncio.Task[None]] = set()
        self._served = 0
        self.done: Final = asyncio.Event()
        self.report: Final = CallReport()
        self.failures: Final[list[str]] = []

    def delivered(self, event: Message) -> None:
        """Serve the queued call of a CALL_DELIVERED_EVENT. Leave a consult call to its agent."""
        if event["LocalConnectionState"] != _ALERTING:
            return
        device: str = event["AlertingDeviceID"]
        party = _Party(
            event["ConnectionCallID"], event["ConnectionDeviceIDType"], event["ConnectionDeviceID"]
        )
        waiting = self._ringing.pop(device, None)
        if waiting is not None:
            waiting.set_result(party)
            return
        self.report.calls += 1
        task = asyncio.ensure_future(self._serve(party, device, self.report.calls))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, party: _Party, device: str, number: int) -> None:
        try:
            await self._on(ged.ANSWER_CALL_REQ, party)
            self.report.answered += 1
            await self._on(ged.HOLD_CALL_REQ, party, more={"Reservation": 0})
            self.report.held += 1
            await self._on(ged.RETRIEVE_CALL_REQ, party, "Held")
            helper = self._helpers.get(device)
            if helper is not None and number % _TRANSFER_EVERY == 0:
                await self._transfer(party, helper)
            else:
                await self._on(ged.CLEAR_CALL_REQ, party)
        except CtiOsError as error:
            self.failures.append(f"call {number}: {error}")
        self._served += 1
        if self._served >= self._wanted:
            self.done.set()

    async def _transfer(self, party: _Party, helper: str) -> None:
        ringing = self._ringing[helper] = asyncio.get_running_loop().create_future()
        conf = await self._ask(
            ged.CONSULTATION_CALL_REQ,
            {**_NEW_CALL, **party.fields("Active"), "ConsultType": 1},
            [*party.floating("Active"), ("DialedNumber", helper)],
        )
        consult = _Party(
            conf["NewConnectionCallID"], conf["NewConnectionDeviceIDType"], conf["NewConnectionDeviceID"]
        )
        helping = await ringing
        await self._on(ged.ANSWER_CALL_REQ, helping)
        conf = await self._ask(
            ged.TRANSFER_CALL_REQ,
            {**_NEW_CALL, **consult.fields("Active"), **party.fields("Held")},
            [*consult.floating("Active"), *party.floating("Held")],
        )
        self.report.transferred += 1
        result = _Party(
            conf["NewConnectionCallID"], conf["NewConnectionDeviceIDType"], conf["NewConnectionDeviceID"]
        )
        await self._on(ged.CLEAR_CALL_REQ, result)

    def _on(
        self, number: int, party: _Party, prefix: str = "", more: dict[str, int] | None = None
    ) -> Awaitable[Message]:
        return self._ask(number, {**party.fields(prefix), **(more or {})}, party.floating(prefix))

    def _ask(
        self, number: int, fields: dict[str, int], floating: Iterable[tuple[str, object]]
    ) -> Awaitable[Message]:
        return self._session.request(number, {**self._peripheral, **fields}, floating)

    async def stop(self) -> None:
        """End what still runs."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def work_calls(simulator: Simulator) -> CallReport:
    """Let logged-out agents of a simulator with a queue work at calls, and log them out again."""
    free = [agent for agent in simulator.agents if not agent.logged_in][: 2 * _MAX_PAIRS]
    first, second = free[: (len(free) + 1) // 2], free[(len(free) + 1) // 2 :]
    helpers = {one.instrument: other.extension for one, other in zip(first, second, strict=False)}
    wanted = _CALLS_PER_AGENT * len(first)
    session = Session(client_id="ctios-fast-demo-calls")
    floor = _CallFloor(session, simulator.peripheral_id, wanted, helpers)
    try:
        a, b = simulator.side_a, simulator.side_b
        await session.connect(ctios_a=a.host, port_a=a.port, ctios_b=b.host, port_b=b.port)
        await session.set_bulk_mode(simulator.peripheral_id, call_mask=_ALL_CALLS)
        session.on(ged.CALL_DELIVERED_EVENT, floor.delivered)
        staff = [session.agent(agent.agent_id, agent_instrument=agent.instrument) for agent in free]
        await asyncio.gather(*(agent.login() for agent in staff))
        await _all_to(staff[: len(first)], codes.AGENT_STATE_AVAILABLE)
        (queue,) = simulator.plant.population.queues
        for number in range(wanted):
            simulator.plant.inbound(queue, ani=f"555{number:04}", variables={"CallVariable1": str(number)})
        if wanted:
            await asyncio.wait_for(floor.done.wait(), _TIME_LIMIT)
        await _all_to(staff[: len(first)], codes.AGENT_STATE_NOT_READY)
        await asyncio.gather(*(agent.logout() for agent in staff))
    except TimeoutError:
        floor.failures.append(f"{wanted} calls were not served within {_TIME_LIMIT:.0f} s")
    finally:  # before the simulator ends, so that the session does not look for another side
        await floor.stop()
        await session.disconnect()
    floor.report.failures = tuple(floor.failures)
    return floor.report


async def _all_to(agents: list[Agent], state: int) -> None:
    requests: list[Any] = [agent.set_agent_state(state) for agent in agents]
    await asyncio.gather(*requests)
