"""A whole simulated contact centre from plain settings: servers, commands, clock and scenario.

The command line and the testing plugin build their simulators here.
"""

import functools
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final, Self

from ctios_fast.connection.clock import Clock, LoopClock
from ctios_fast.core import NEWEST_VERSION
from ctios_fast.core.secret import Secret
from ctios_fast.sim.control import Control, ControlSocket, start_command
from ctios_fast.sim.plant import ConnectionIdForm, IdChange, PlantSettings
from ctios_fast.sim.scenario import Scenario, ScenarioRun

from .side_roles import PairKind
from .sim_clocks import ScaledClock, VirtualClock
from .simulator import Simulator

__all__ = ["Centre", "CentreSettings"]

_SKILL_GROUPS: Final = 10
_TEAM_SIZE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreSettings:
    """Settings of a simulated contact centre.

    - ``host``, ``port_a``, ``port_b``: where the sides listen; port 0 takes a free one.
    - ``peripheral_id``: the one PeripheralID that requests may name.
    - ``agents``, ``first_agent``, ``first_extension``: number of agents, first AgentID, first extension. A
      scenario brings its own.
    - ``client_password``: ClientPassword that OPEN_REQ must carry; None accepts any.
    - ``protocol_max``: newest protocol version accepted.
    - ``scenario``: what happens without commands; None for nothing.
    - ``seed``: of all random choices.
    - ``speed``: simulated seconds of agents and calls in a real second.
    - ``virtual``: all time moves only by the command ``advance``.
    - ``disorder``: seed of the order of events that belong together; None for one fixed order.
    - ``id_change``: how clients learn the IDs of a call after a conference or transfer.
    - ``connection_ids``: form of ConnectionDeviceIDs.
    - ``shared_consult_id``: a consult call has the ConnectionCallID of the call that it is made from.
    - ``pair``, ``takeover``, ``strict``: as ``Simulator`` has them.
    - ``control_path``: Unix socket that takes commands; None for none.
    """

    host: str = "127.0.0.1"
    port_a: int = 0
    port_b: int = 0
    peripheral_id: int = 5000
    agents: int = 1000
    first_agent: int = 1001
    first_extension: int = 3001
    client_password: str | Secret | None = field(default=None, repr=False)
    protocol_max: int = NEWEST_VERSION
    scenario: Scenario | None = None
    seed: int = 0
    speed: float = 1.0
    virtual: bool = False
    disorder: int | None = None
    id_change: IdChange = IdChange.UPDATE
    connection_ids: ConnectionIdForm = ConnectionIdForm.STATIC
    shared_consult_id: bool = False
    pair: PairKind = "active-standby"
    takeover: float = 0.0
    strict: bool = True
    control_path: str | None = None


class Centre:
    """A simulated contact centre; an asynchronous context manager.

    - ``simulator``: its servers, agents and calls.
    - ``control``: its commands.

    Raises ValueError for settings that the protocol cannot carry, and OSError on entry when a port or the
    control socket cannot be used.
    """

    def __init__(self, settings: CentreSettings) -> None:
        virtual = VirtualClock() if settings.virtual else None
        plant_clock: Clock = virtual or LoopClock()
        if settings.speed != 1.0:
            plant_clock = ScaledClock(plant_clock, settings.speed)
        scenario = settings.scenario
        self.simulator: Final = Simulator(
            host=settings.host,
            port_a=settings.port_a,
            port_b=settings.port_b,
            peripheral_id=settings.peripheral_id,
            agents=settings.agents,
            first_agent=settings.first_agent,
            first_extension=settings.first_extension,
            skill_groups=_SKILL_GROUPS,
            team_size=_TEAM_SIZE,
            population=None if scenario is None else scenario.build_population(settings.peripheral_id),
            plant_settings=PlantSettings(
                id_change=settings.id_change,
                connection_ids=settings.connection_ids,
                shared_consult_id=settings.shared_consult_id,
                disorder=settings.disorder,
            ),
            client_password=settings.client_password,
            protocol_max=settings.protocol_max,
            seed=settings.seed,
            clock=virtual,
            plant_clock=plant_clock,
            pair=settings.pair,
            takeover=settings.takeover,
            strict=settings.strict,
        )
        self.control: Final = Control(self.simulator, virtual)
        self._run: ScenarioRun | None = None
        if scenario is not None:
            chance = random.Random(settings.seed)  # noqa: S311 - no secrets
            start = functools.partial(start_command, self.control)
            self._run = ScenarioRun(scenario, self.simulator.plant, plant_clock, chance, start)
        self._socket_path: Final = settings.control_path
        self._running: Final = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as starting:
            await starting.enter_async_context(self.simulator)
            if self._socket_path is not None:
                await starting.enter_async_context(ControlSocket(self.control, self._socket_path))
            if self._run is not None:
                self._run.start()
                starting.callback(self._run.stop)
            self._running.push_async_exit(starting.pop_all())
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._running.aclose()
