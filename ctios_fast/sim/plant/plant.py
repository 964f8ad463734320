"""The contact centre that the simulated CTI Servers show: agents, calls, queues and their statistics.

A plant has no sockets and no loop. Time comes from a clock and chance from a random source, both given to it,
so that the same inputs give the same events. Both sides of a simulated pair share one plant: when a side
dies, its calls go on.
"""

import random
from typing import Final

from ctios_fast.connection.clock import Clock

from .arrivals import Arrivals
from .call_control import CallControl
from .call_flow import CallFlow
from .call_merging import CallMerging
from .configuring import Configuring
from .desk import AgentDesk
from .disorder import Disorder
from .entities import Call, PlantAgent
from .event_outlet import EventOutlet
from .floor import Floor
from .outage import Outage
from .plant_reader import PlantReader
from .plant_settings import PlantSettings
from .population import Population
from .supervising import Supervising

__all__ = ["Plant"]


class Plant:
    """A contact centre.

    ``population``: who and what there is; the plant changes the states in it.
    ``clock``: what time-outs and statistics go by.
    ``chance``: the random source of opaque ids.
    ``settings``: how the plant behaves where peripherals differ.

    Its operations are the public methods of its parts, under the same names. An operation that the plant's
    rules forbid raises PlantError, and then nothing has changed and no event was published. So it is with a
    value that the protocol cannot carry, and with TypeError for a value of another type.

    - events: ``subscribe``, ``unsubscribe``, ``call_after_events``, ``events_held``;
    - agents (``AgentDesk``): ``set_agent_state``, ``force_logout``, ``put_agent``;
    - administrators (``Configuring``): ``add_agent``, ``remove_agent``, ``rename_agent``, ``join_group``,
      ``leave_group``, ``add_skill_group``, ``remove_skill_group``, ``rename_skill_group``, ``add_service``,
      ``remove_service``, ``add_device``, ``remove_device``, ``add_team``, ``join_team``, ``leave_team``,
      ``restore_team``, and ``subscribe_changes`` to what they change;
    - callers (``Arrivals``, ``CallControl``): ``inbound``, ``caller_hangs_up``, ``external_answers``;
    - agents' devices (``CallControl``, ``CallMerging``): ``make_call``, ``answer``, ``hold``, ``retrieve``,
      ``alternate``, ``reconnect``, ``consult``, ``conference``, ``transfer``, ``single_step_conference``,
      ``single_step_transfer``, ``clear_call``, ``clear_connection``, ``deflect``, ``send_dtmf``,
      ``set_call_data``, ``release_call``, ``bad_call``, ``start_recording``, ``stop_recording``;
    - supervisors (``Supervising``): ``supervises``, ``supervised``, ``supervise``, ``emergency_call``,
      ``supervisor_assist``;
    - the peripheral (``Outage``): ``set_peripheral``;
    - look-ups: ``find_agent``, ``find_connection``, ``alerting``, ``active``, ``held``, ``present``,
      ``call``;
    - the truth on request (``PlantReader``): ``snapshot``, ``snapshot_device``, ``snapshot_call``,
      ``silent_monitor_status``, ``begin_call_events``, ``rebuild_events``, ``team_config_events``,
      ``agent_statistics``, ``skill_group_statistics``.
    """

    def __init__(
        self,
        population: Population,
        clock: Clock,
        chance: random.Random | None = None,
        settings: PlantSettings | None = None,
    ) -> None:
        self.population: Final = population
        self.settings: Final = settings or PlantSettings()
        floor = Floor(population, clock, chance or random.Random(0), self.settings)  # noqa: S311 - no secrets
        self._floor: Final = floor
        desk = AgentDesk(floor)
        flow = CallFlow(floor, desk)
        control = CallControl(floor, desk, flow)
        merging = CallMerging(floor, desk, flow, control)
        supervising = Supervising(floor, desk, flow, control, merging)
        arrivals = Arrivals(floor, desk, flow)
        reader = PlantReader(floor, desk)
        # events
        self.subscribe = floor.outlet.subscribe
        self.unsubscribe = floor.outlet.unsubscribe
        self.call_after_events = floor.outlet.call_after
        # agents
        self.set_agent_state = desk.set_agent_state
        self.force_logout = desk.force_logout
        self.put_agent = desk.put
        # administrators
        configuring = Configuring(floor, desk)
        self.subscribe_changes = configuring.subscribe
        self.add_agent = configuring.add_agent
        self.remove_agent = configuring.remove_agent
        self.rename_agent = configuring.rename_agent
        self.join_group = configuring.join_group
        self.leave_group = configuring.leave_group
        self.add_skill_group = configuring.add_skill_group
        self.remove_skill_group = configuring.remove_skill_group
        self.rename_skill_group = configuring.rename_skill_group
        self.add_service = configuring.add_service
        self.remove_service = configuring.remove_service
        self.add_device = configuring.add_device
        self.remove_device = configuring.remove_device
        self.add_team = configuring.add_team
        self.join_team = configuring.join_team
        self.leave_team = configuring.leave_team
        self.restore_team = configuring.restore_team
        # callers
        self.inbound = arrivals.inbound
        self.caller_hangs_up = control.caller_hangs_up
        self.external_answers = control.external_answers
        # agents' devices
        self.make_call = control.make_call
        self.answer = control.answer
        self.hold = control.hold
        self.retrieve = control.retrieve
        self.alternate = control.alternate
        self.reconnect = control.reconnect
        self.clear_call = control.clear_call
        self.clear_connection = control.clear_connection
        self.deflect = control.deflect
        self.send_dtmf = control.send_dtmf
        self.set_call_data = control.set_call_data
        self.release_call = control.release_call
        self.bad_call = control.bad_call
        self.start_recording = control.start_recording
        self.stop_recording = control.stop_recording
        self.consult = merging.consult
        self.conference = merging.conference
        self.transfer = merging.transfer
        self.single_step_conference = merging.single_step_conference
        self.single_step_transfer = merging.single_step_transfer
        # supervisors
        self.supervises = supervising.supervises
        self.supervised = supervising.supervised
        self.supervise = supervising.supervise
        self.emergency_call = supervising.emergency_call
        self.supervisor_assist = supervising.supervisor_assist
        # the peripheral
        self.set_peripheral = Outage(floor).set_peripheral
        # look-ups
        self.find_agent = population.find_agent
        self.find_connection = control.find_connection
        self.alerting = control.alerting
        self.active = control.active
        self.held = control.held
        self.present = control.present
        self.call = reader.call
        # the truth on request
        self.snapshot = reader.snapshot
        self.snapshot_device = reader.snapshot_device
        self.snapshot_call = reader.snapshot_call
        self.silent_monitor_status = reader.silent_monitor_status
        self.begin_call_events = reader.begin_call_events
        self.rebuild_events = reader.rebuild_events
        self.team_config_events = reader.team_config_events
        self.agent_statistics = reader.agent_statistics
        self.skill_group_statistics = reader.skill_group_statistics

    def __repr__(self) -> str:
        return f"<Plant {self.population.peripheral_id}: {len(self._floor.calls)} calls in progress>"

    @property
    def online(self) -> bool:
        """Whether the peripheral is on-line to the CTI Servers."""
        return self._floor.online

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls in progress, oldest first."""
        return tuple(self._floor.calls)

    @property
    def disorder(self) -> Disorder | None:
        """The source of permitted orders; None: the usual order. A server flips it for its confirmations."""
        return self._floor.disorder

    @property
    def events_published(self) -> int:
        """Events that have left the plant so far."""
        return self._floor.outlet.published

    @property
    def callback_failures(self) -> int:
        """Errors of subscribers and callbacks so far. Each is logged; it changes nothing in the plant."""
        return self._floor.outlet.failures

    def events_held(self) -> EventOutlet:
        """A context manager: events that occur in its block are published at the end of the block."""
        return self._floor.outlet

    def agent(self, agent_id: str) -> PlantAgent:
        """The agent of that id. Raises UnknownAgent if there is none."""
        return self.population.find_agent(agent_id=agent_id)
