"""Calls that come into the plant from outside."""

from collections.abc import Mapping
from typing import Final

from ctios_fast.protocol.enums import AgentState, CallDirection, CallType, ControlFailureCode

from .call_context import CallContext
from .call_data_limits import check_context
from .call_flow import CallFlow, Destination
from .call_machine import Trigger
from .desk import AgentDesk
from .entities import Call
from .floor import Floor
from .plant_error import ControlRefusal

__all__ = ["Arrivals"]

ANONYMOUS: Final = "anonymous"


class Arrivals:
    """The operation of an outside caller."""

    def __init__(self, floor: Floor, desk: AgentDesk, flow: CallFlow) -> None:
        self._floor: Final = floor
        self._desk: Final = desk
        self._flow: Final = flow

    def inbound(
        self,
        to: str,
        *,
        ani: str = "",
        dnis: str = "",
        variables: Mapping[str, str] | None = None,
        ecc: Mapping[str, str] | None = None,
        arrays: Mapping[str, Mapping[int, str]] | None = None,
    ) -> Call:
        """A call from outside to an agent id, an extension, a queue or a dialled number.

        A call to a queue waits for an agent of its group and is announced by AGENT_PRE_CALL_EVENT; so is a
        call to the agent id of an available agent. Any other call rings at the device.

        ``ani``: the caller's number; "" for one that hides it.
        ``dnis``: the number that it dialled; "" for ``to``.
        ``variables``, ``ecc``, ``arrays``: data of the call.

        Raises ControlRefusal: CF_RESOURCE_BUSY or CF_RESOURCE_OUT_OF_SERVICE if the device cannot ring,
        CF_EXTERNAL_TRUNK_LIMIT_EXCEEDED, CF_INVALID_DESTINATION for a number that the plant does not have,
        CF_VALUE_OUT_OF_RANGE for data that events cannot carry.
        """
        context = CallContext(
            ani=ani,
            dnis=dnis or to,
            dialed_number=dnis or to,
            variables=dict(variables or {}),
            ecc=dict(ecc or {}),
            arrays={name: dict(values) for name, values in (arrays or {}).items()},
        )
        check_context(context)
        floor, flow, report = self._floor, self._flow, self._floor.report
        agent = floor.population.agents.get(to)
        destination = Destination(agent=agent) if agent is not None else flow.destination(to)
        if destination.outside:
            raise _no_destination(to)
        flow.check_free(destination)
        trunk = floor.free_trunk_group()
        announced = agent is not None and agent.state is AgentState.AGENT_STATE_AVAILABLE
        with floor.outlet:
            call = floor.new_call(_type_of(destination, announced), context)
            call.calling = floor.outside(ani or ANONYMOUS)
            call.called = destination.device(floor)
            if destination.queue is not None:
                call.group, call.service = destination.queue.group, destination.queue.service
            caller = floor.connect(call, call.calling, Trigger.SEIZE, CallDirection.OUT, trunk=trunk)
            report.begin(caller)
            report.trunk_seized(caller)
            if destination.queue is not None:
                flow.enqueue(call, destination.queue)
            elif destination.agent is not None:
                if announced:
                    floor.assign_router_key(call)
                    report.pre_call(call, destination.agent, None)
                    self._desk.reserve(destination.agent, None)
                flow.ring(call, destination.agent)
        return call


def _type_of(destination: Destination, announced: bool) -> CallType:
    if destination.queue is not None:
        return CallType.CALLTYPE_PREROUTE_ACD_IN
    return CallType.CALLTYPE_PREROUTE_DIRECT_AGENT if announced else CallType.CALLTYPE_OTHER_IN


def _no_destination(to: str) -> ControlRefusal:
    return ControlRefusal(
        ControlFailureCode.CF_INVALID_DESTINATION,
        f"{to!r} is not an agent id, an extension, a queue or a dialled number of the plant",
    )
