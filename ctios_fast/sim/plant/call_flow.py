"""The steps that calls consist of: a device is called, rings, answers, holds, leaves.

Each step changes the state of connections by the table of ``call_machine``, reports it, and brings the
agents' states in line. The operations of clients and callers are sequences of these steps; they check first
what is forbidden, so that a step never fails.
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from ctios_fast.protocol.enums import (
    AgentState,
    CallDirection,
    CallType,
    ControlFailureCode,
    EventCause,
    LocalConnectionState,
)

from .call_machine import Trigger
from .call_records import HANDED_OVER_TYPES, record_of
from .call_reports import NO_CAUSE, is_silent_monitor
from .desk import AgentDesk
from .entities import Call, Connection, Device, PlantAgent, Queue, SkillGroup
from .floor import Floor
from .plant_error import ControlRefusal
from .tallies import INDEX

__all__ = ["CallFlow", "Destination"]

_NULL: Final = LocalConnectionState.LCS_NULL
_INITIATE: Final = LocalConnectionState.LCS_INITIATE
_ALERTING: Final = LocalConnectionState.LCS_ALERTING
_CONNECT: Final = LocalConnectionState.LCS_CONNECT
_CALLS_QUEUED: Final = INDEX["CallsQ"]
_TIME_QUEUED: Final = INDEX["CallsQTime"]
_RING_NO_ANSWER: Final = 32767
"""Reason code with which an agent that did not answer is made not ready."""
_FIRST_RTP_PORT: Final = 16384
_RTP_PORTS: Final = 16000


class Destination(NamedTuple):
    """Where a dialled number leads: one of the three."""

    agent: PlantAgent | None = None
    queue: Queue | None = None
    outside: str = ""

    def device(self, floor: Floor) -> Device:
        """The device, made anew for an outside number."""
        if self.agent is not None:
            return self.agent.device
        if self.queue is not None:
            return self.queue.device
        return floor.outside(self.outside)


class CallFlow:
    """The steps, over one floor.

    ``when_joined``: called when the party answers that a single-step conference waits for.
    """

    def __init__(self, floor: Floor, desk: AgentDesk) -> None:
        self._floor: Final = floor
        self._desk: Final = desk
        self._port = 0
        self.when_joined: Callable[[Connection], object] | None = None
        desk.when_available = self._serve

    # --- destinations -------------------------------------------------------------------------------

    def destination(self, dialed: str) -> Destination:
        """Where a number leads: an extension, a queue, a dialled number, else outside."""
        population = self._floor.population
        number = population.dialed_numbers.get(dialed)
        target = dialed if number is None else number.target
        queue = population.queues.get(target)
        if queue is not None:
            return Destination(queue=queue)
        agent = population.agent_at(target)
        if agent is not None:
            return Destination(agent=agent)
        return Destination(outside=dialed)

    def check_free(self, destination: Destination) -> None:
        """Raise ControlRefusal if a call could not ring or wait there, or not leave the plant."""
        agent = destination.agent
        if agent is not None:
            cause = self._unreachable(agent)
            if cause is EventCause.CEC_BUSY:
                raise ControlRefusal(
                    ControlFailureCode.CF_RESOURCE_BUSY, f"device {agent.instrument} has a call already"
                )
            if cause is not None:
                raise ControlRefusal(
                    ControlFailureCode.CF_RESOURCE_OUT_OF_SERVICE,
                    f"nobody is logged in at device {agent.instrument}",
                )
        elif destination.queue is None:
            self._floor.free_trunk_group()

    @staticmethod
    def _unreachable(agent: PlantAgent) -> EventCause | None:
        if not agent.logged_in:
            return EventCause.CEC_DEST_NOT_OBTAINABLE
        if agent.device.connections:
            return EventCause.CEC_BUSY
        return None

    # --- calling ------------------------------------------------------------------------------------

    def originate(
        self, call: Call, agent: PlantAgent, group: SkillGroup | None, called: Device
    ) -> Connection:
        """An agent's device takes a line and dials."""
        floor, report = self._floor, self._floor.report
        call.calling = agent.device
        call.called = called
        connection = floor.connect(
            call, agent.device, Trigger.SEIZE, CallDirection.OUT, group=group or _default_group(agent)
        )
        report.begin(connection)
        report.service_initiated(connection)
        self._desk.refresh(agent)
        report.originated(connection)
        return connection

    def extend(self, caller: Connection, destination: Destination, called: Device) -> None:
        """Let the call of ``caller`` ring or wait at its destination, or fail."""
        call = caller.call
        if destination.agent is not None:
            cause = self._unreachable(destination.agent)
            if cause is not None:
                self._fail(caller, called, cause)
                return
            self.ring(call, destination.agent)
        elif destination.queue is not None:
            self.enqueue(call, destination.queue)
        else:
            try:
                self._floor.free_trunk_group()
            except ControlRefusal:
                self._fail(caller, called, EventCause.CEC_TRUNKS_BUSY)
                return
            self.ring_outside(caller, called)

    def ring_outside(self, caller: Connection, called: Device) -> None:
        """Ring at an outside number; a trunk must be free."""
        floor = self._floor
        trunk = floor.free_trunk_group()
        outside = floor.connect(caller.call, called, Trigger.OFFER, CallDirection.IN, trunk=trunk)
        floor.report.begin(outside)
        floor.report.reached_network(caller, outside)
        self._report_ringing(outside, NO_CAUSE)
        if floor.settings.external_answer_time is not None:
            outside.timer = floor.clock.call_later(
                floor.settings.external_answer_time, self._outside_answers, outside
            )

    def _outside_answers(self, outside: Connection) -> None:
        outside.timer = None
        if outside.state is _ALERTING:
            with self._floor.outlet:
                self.establish(outside)

    def _fail(self, caller: Connection, called: Device, cause: EventCause) -> None:
        caller.trigger(Trigger.FAIL)
        self._floor.report.failed(caller, called, cause)
        self._desk.refresh(caller.agent)

    def ring(self, call: Call, agent: PlantAgent, cause: EventCause = NO_CAUSE) -> Connection:
        """Ring at an agent's device."""
        floor = self._floor
        connection = floor.connect(
            call, agent.device, Trigger.OFFER, CallDirection.IN, group=call.group or _default_group(agent)
        )
        floor.report.begin(connection)
        self._report_ringing(connection, cause)
        self._desk.refresh(agent)
        if agent.desk.ring_no_answer_time:
            connection.timer = floor.clock.call_later(
                agent.desk.ring_no_answer_time, self.ring_no_answer, connection
            )
        return connection

    def _report_ringing(self, ringing: Connection, cause: EventCause) -> None:
        report = self._floor.report
        report.delivered(ringing, ringing.device, cause)
        for other in self._floor.others(ringing):  # a calling agent hears it ring
            if other.state is _INITIATE and other.agent is not None:
                report.delivered(other, ringing.device, cause)

    # --- queues -------------------------------------------------------------------------------------

    def enqueue(self, call: Call, queue: Queue, cause: EventCause = NO_CAUSE) -> None:
        """Let a call wait for an agent, who may be free at once."""
        floor = self._floor
        call.queue = queue
        call.group = queue.group
        call.service = queue.service
        if call.queued_at < 0:
            call.queued_at = floor.now()
        connection = floor.connect(call, queue.device, Trigger.ENQUEUE, CallDirection.IN, group=queue.group)
        connection.queue = queue
        queue.waiting[connection] = None
        floor.report.begin(connection)
        floor.report.queued(connection, queue, cause)
        agent = next((a for a in queue.group.available if not a.device.connections), None)
        if agent is not None:
            self._reserve(connection, queue, agent)

    def _serve(self, agent: PlantAgent) -> None:
        """Give an agent that has become available the call that has waited longest."""
        if not agent.routable:
            return
        best: Connection | None = None
        for member in agent.memberships:
            for queue in member.group.queues:
                first = next((c for c in queue.waiting if c.call.reserved is None), None)
                if first is not None and (best is None or first.call.queued_at < best.call.queued_at):
                    best = first
        if best is not None and best.queue is not None:
            self._reserve(best, best.queue, agent)

    def _reserve(self, waiting: Connection, queue: Queue, agent: PlantAgent) -> None:
        floor, call = self._floor, waiting.call
        call.reserved = agent
        floor.assign_router_key(call)
        floor.report.pre_call(call, agent, queue.group)
        self._desk.reserve(agent, queue.group)
        if floor.settings.route_time:
            waiting.timer = floor.clock.call_later(floor.settings.route_time, self._arrive, waiting, agent)
        else:
            self._deliver(waiting, agent)

    def _arrive(self, waiting: Connection, agent: PlantAgent) -> None:
        """The time on the way to the agent has passed."""
        waiting.timer = None
        with self._floor.outlet:
            if self._unreachable(agent) is None:
                self._deliver(waiting, agent)
                return
            call = waiting.call
            call.reserved = None
            self._floor.report.pre_call_abort(call, agent)
            self._desk.refresh(agent)
            queue = waiting.queue
            other = None if queue is None else next(iter(queue.group.available), None)
            if queue is not None and other is not None and not other.device.connections:
                self._reserve(waiting, queue, other)

    def _deliver(self, waiting: Connection, agent: PlantAgent) -> None:
        floor, call = self._floor, waiting.call
        queue = waiting.queue
        call.reserved = None
        call.last_redirect = waiting.device
        self._leave_queue(waiting)
        if queue is not None:
            floor.report.dequeued(waiting, queue)
        self.ring(call, agent)
        floor.release(waiting)
        floor.report.connection_cleared(waiting, EventCause.CEC_REDIRECTED)
        floor.end(waiting)

    def _leave_queue(self, waiting: Connection) -> None:
        queue = waiting.queue
        if queue is None or waiting not in queue.waiting:
            return
        del queue.waiting[waiting]
        floor = self._floor
        now = floor.now()
        waited = now - waiting.created_at
        for span in queue.group.tallies.spans:
            counts = span.at(now)
            counts[_CALLS_QUEUED] += 1
            counts[_TIME_QUEUED] += waited
            span.longest = max(span.longest, waited)

    def ring_no_answer(self, ringing: Connection) -> None:
        """A device has rung long enough: the call goes back to its queue or ends."""
        ringing.timer = None
        if ringing.state is not _ALERTING:
            return
        with self._floor.outlet:
            call, agent = ringing.call, ringing.agent
            talking = [c for c in self._floor.others(ringing) if c.agent is not None]
            queue = None if talking else call.queue
            self.divert(
                ringing, None if queue is None else queue.device, EventCause.CEC_CALL_FORWARD_NO_ANSWER
            )
            if agent is not None and agent.state is AgentState.AGENT_STATE_RESERVED:
                agent.next_state = None
                self._desk.enter(agent, AgentState.AGENT_STATE_NOT_READY, _RING_NO_ANSWER)
            if queue is not None:
                self.enqueue(call, queue, EventCause.CEC_CALL_NOT_ANSWERED)
            elif len(call.connections) < 2:
                self.clear(call, EventCause.CEC_CALL_NOT_ANSWERED)

    def divert(self, ringing: Connection, to: Device | None, cause: EventCause) -> None:
        """A ringing call leaves its device; END_CALL follows. The agent's state is the caller's affair."""
        floor = self._floor
        floor.release(ringing)
        ringing.call.last_redirect = ringing.device
        floor.report.diverted(ringing, to, cause)
        floor.end(ringing)

    # --- talking ------------------------------------------------------------------------------------

    def establish(self, answering: Connection, cause: EventCause = NO_CAUSE) -> None:
        """A ringing device answers; callers that still wait for an answer become connected too."""
        floor, now = self._floor, self._floor.now()
        if answering.timer is not None:
            answering.timer.cancel()
            answering.timer = None
        newly = [answering, *(o for o in floor.others(answering) if o.state is _INITIATE)]
        for connection in newly:
            connection.trigger(Trigger.ESTABLISH)
            connection.established_at = now
        for connection in newly:
            if connection is answering or connection.agent is not None:
                floor.report.established(connection, answering.device, cause)
        for connection in newly:
            self._desk.refresh(connection.agent)
            self.start_stream(connection)
        if answering.call.pending_conference is not None and self.when_joined is not None:
            self.when_joined(answering)

    def hold(self, connection: Connection, cause: EventCause = NO_CAUSE) -> None:
        """Put a connection on hold."""
        connection.trigger(Trigger.HOLD)
        connection.held_at = self._floor.now()
        connection.held_count += 1
        self._floor.report.held(connection, cause)
        self.stop_stream(connection)

    def retrieve(self, connection: Connection, cause: EventCause = NO_CAUSE) -> None:
        """Take a connection back from hold."""
        self.unhold(connection)
        self._floor.report.retrieved(connection, cause)
        self.start_stream(connection)

    def unhold(self, connection: Connection) -> None:
        """As ``retrieve``, without an event, as a conference does it."""
        connection.trigger(Trigger.RETRIEVE)
        connection.held_time += self._floor.now() - connection.held_at
        connection.held_at = -1

    def start_stream(self, connection: Connection) -> None:
        """The device of a connected agent begins to hear and to send."""
        if self._floor.settings.rtp and connection.agent is not None and connection.state is _CONNECT:
            self._port = (self._port + 2) % _RTP_PORTS
            connection.rtp_port = _FIRST_RTP_PORT + self._port
            self._floor.report.rtp(connection, started=True)

    def stop_stream(self, connection: Connection) -> None:
        """The device stops to hear and to send."""
        if connection.rtp_port:
            self._floor.report.rtp(connection, started=False)
            connection.rtp_port = 0

    # --- leaving ------------------------------------------------------------------------------------

    def drop(self, leaving: Connection, cause: EventCause = NO_CAUSE) -> None:
        """A device leaves its call, which ends if nobody is left to talk to."""
        call = leaving.call
        remaining = list(self._floor.others(leaving))
        if len(remaining) < 2:
            self._end_call(call, [leaving, *remaining], cause)
            return
        self._clear_connections([leaving], cause)
        self.settle_agents([leaving])

    def clear(self, call: Call, cause: EventCause = NO_CAUSE) -> None:
        """Every device leaves the call."""
        self._end_call(call, [c for c in call.connections if c.state is not _NULL], cause)

    def _end_call(self, call: Call, connections: list[Connection], cause: EventCause) -> None:
        self._clear_connections(connections, cause, last=call)
        self.settle_agents(connections)

    def _clear_connections(
        self, connections: list[Connection], cause: EventCause, last: Call | None = None
    ) -> None:
        floor = self._floor
        for connection in connections:
            if connection.supervised_by is not None and is_silent_monitor(connection.supervised_by.call):
                listener = connection.supervised_by  # who listens to a call leaves with it
                self.drop(listener, EventCause.CEC_SUPERVISOR_CLEAR)
            self.leave(connection)
            floor.report.connection_cleared(connection, cause)
            self.stop_stream(connection)
        if last is not None and floor.identity.connections_of(last) == len(connections):
            named = [c for c in connections if c.agent is not None] or connections[-1:]
            for connection in named:
                floor.report.cleared(connection, cause)
        for connection in connections:
            floor.end(connection)

    def leave(self, connection: Connection, call_type: CallType | None = None) -> None:
        """Release a connection and keep its record until the agent's after-call work is over.

        ``call_type``: the type that the call had for this connection, if it has another by now.
        """
        floor, call, agent = self._floor, connection.call, connection.agent
        if (call_type or call.call_type) in HANDED_OVER_TYPES and connection.direction is CallDirection.IN:
            connection.handled = True
        if connection.queue is not None:
            self._leave_queue(connection)
            floor.report.dequeued(connection, connection.queue)
            if call.reserved is not None:
                reserved, call.reserved = call.reserved, None
                floor.report.pre_call_abort(call, reserved)
                self._desk.refresh(reserved)
        if call.pending_conference is connection:
            call.pending_conference = None
        supervising = connection.supervising or is_silent_monitor(call)
        record = None if agent is None or supervising else record_of(connection, floor.now())
        floor.release(connection)
        if agent is not None and record is not None:
            agent.records.append(record)

    def settle_agents(self, connections: Iterable[Connection]) -> None:
        """Bring the states of the connections' agents in line."""
        for connection in connections:
            self._desk.refresh(connection.agent)


def _default_group(agent: PlantAgent) -> SkillGroup | None:
    return agent.memberships[0].group if agent.memberships else None
