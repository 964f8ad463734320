"""The commands to a simulated contact centre as a Python interface."""

import asyncio
import re
from collections.abc import Coroutine, Mapping
from typing import Final, Protocol

from ctios_fast.protocol.enums import AgentState, SupervisoryAction, SystemEventID
from ctios_fast.sim.plant import CallDataChanges, Plant
from ctios_fast.sim.server.frame_faults import BadFrame
from ctios_fast.sim.sim_clocks import VirtualClock

from .administration import Administration
from .command_error import CommandError, refusals

__all__ = ["SUPERVISION", "Control", "ControlledCentre"]

MAX_UNSENT: Final = 1024 * 1024
"""Bytes that may wait for clients while a virtual clock is moved; then they are sent first."""

COMPONENT_FAILED: Final = 50002
"""Reason code with which the peripheral logs agents out when a component fails."""

SUPERVISION: Final = {action.name.removeprefix("SUPERVISOR_").lower(): action for action in SupervisoryAction}
"""Word of the command "supervise" -> what the supervisor does."""

_ARRAY_ELEMENT: Final = re.compile(r"(?P<name>[^\[\]]+)\[(?P<index>\d{1,3})\]")
_MAX_INDEX: Final = 255


class ControlledCentre(Protocol):
    """What the commands need of a simulated pair of CTI Servers; ``Simulator`` has it."""

    @property
    def plant(self) -> Plant:
        """The agents and calls."""

    @property
    def buffered(self) -> int:
        """Bytes that wait for clients."""

    def snapshot(self) -> dict[str, object]:
        """One moment of the plant and of the sessions."""

    def fail_side(self, side: str, how: str) -> None:
        """Let a side fail."""

    async def restore_side(self, side: str) -> None:
        """Bring a side back."""

    def swap(self) -> None:
        """Make the standby side the active one."""

    def set_peripheral(self, *, online: bool, end_calls: bool) -> None:
        """Take the peripheral off-line or back."""

    def send_system_event(self, event: SystemEventID, argument: int = 0) -> None:
        """Send a SYSTEM_EVENT to every session."""

    def delay_frames(self, seconds: float, side: str | None) -> None:
        """Send frames later."""

    def duplicate_frames(self, count: int, side: str | None) -> None:
        """Send the next frames twice."""

    def send_bad_frame(self, what: BadFrame, side: str | None) -> None:
        """Send a frame that clients must not accept."""

    def drop_heartbeats(self, drop: bool, side: str | None) -> None:
        """Answer no heartbeats, or answer them again."""

    def refuse_requests(self, status: int, count: int, request: str | None, side: str | None) -> None:
        """Refuse the next requests."""

    async def drained(self) -> None:
        """Wait until the sockets have taken everything that was sent."""


class Control(Administration):
    """Commands to a simulated contact centre, each a method.

    ``centre``: the simulated pair of CTI Servers.
    ``clock``: its clock if that is a ``VirtualClock``, which ``advance`` moves; else None.

    Agents are given by their ids, calls by their ConnectionCallIDs. A method raises CommandError, whose text
    is one sentence, if there is no such agent or call or if the rules of the contact centre forbid the
    command. Then nothing has changed.
    """

    def __init__(self, centre: ControlledCentre, clock: VirtualClock | None = None) -> None:
        super().__init__(centre.plant)
        self._centre: Final = centre
        self._clock: Final = clock
        self._running: Final[set[asyncio.Task[object]]] = set()  # commands that were started, not awaited

    # --- calls --------------------------------------------------------------------------------------

    def call(
        self,
        to: str,
        caller: str = "",
        variables: Mapping[str, str] | None = None,
        ecc: Mapping[str, str] | None = None,
    ) -> int:
        """Let a call come in from outside and return its ConnectionCallID.

        ``to``: an agent id, an extension, a queue or a dialled number.
        ``caller``: the caller's number (ANI); "" for a caller who hides it.
        ``variables``: values of CallVariable1 to CallVariable10.
        ``ecc``: named variables; "name[3]" is the element 3 of a named array.
        """
        names, arrays = _split(ecc or {})
        with refusals():
            call = self.plant.inbound(to, ani=caller, variables=variables, ecc=names, arrays=arrays)
        return call.call_id

    def answer(self, agent: str) -> None:
        """Answer the call that rings at the agent."""
        with refusals():
            self.plant.answer(self.plant.alerting(self._agent(agent)))

    def hold(self, agent: str) -> None:
        """Hold the agent's active call."""
        with refusals():
            self.plant.hold(self.plant.active(self._agent(agent)))

    def retrieve(self, agent: str) -> None:
        """Retrieve the agent's held call."""
        with refusals():
            self.plant.retrieve(self.plant.held(self._agent(agent)))

    def alternate(self, agent: str) -> None:
        """Hold the agent's active call and retrieve the held one."""
        with refusals():
            found = self._agent(agent)
            self.plant.alternate(self.plant.active(found), self.plant.held(found))

    def reconnect(self, agent: str) -> None:
        """Clear the agent's active call, whether it was answered or not, and retrieve the held one."""
        with refusals():
            found = self._agent(agent)
            held = self.plant.held(found)
            self.plant.reconnect(self.plant.present(found), held)

    def hangup(self, agent: str | None = None, call: int | None = None) -> None:
        """Let an agent or a caller hang up; give one of the two.

        ``agent``: the agent leaves its active call, else the one that it has.
        ``call``: the outside party of this call leaves it.
        """
        if (agent is None) is (call is None):
            raise CommandError("hangup takes either an agent or a call: give one of the two")
        with refusals():
            if call is not None:
                self.plant.caller_hangs_up(self.plant.call(call))
            elif agent is not None:
                self.plant.clear_connection(self.plant.present(self._agent(agent)))

    def consult(self, agent: str, to: str) -> int:
        """Hold the agent's active call, call ``to`` and return the new call's ConnectionCallID.

        ``to``: an agent id, an extension, a queue, a dialled number, or an outside number.
        """
        with refusals():
            found = self._agent(agent)
            return self.plant.consult(self.plant.active(found), self._number_of(to)).call_id

    def conference(self, agent: str) -> int:
        """Make one call of the agent's held and active calls and return its ConnectionCallID."""
        with refusals():
            found = self._agent(agent)
            return self.plant.conference(self.plant.held(found), self.plant.active(found)).call_id

    def transfer(self, agent: str) -> int:
        """Connect the parties of the agent's held and active calls; return the call's ConnectionCallID.

        The active call may still ring at its destination.
        """
        with refusals():
            found = self._agent(agent)
            held = self.plant.held(found)
            return self.plant.transfer(held, self.plant.present(found)).call_id

    def set_data(
        self,
        call: int,
        variables: Mapping[str, str] | None = None,
        ecc: Mapping[str, str] | None = None,
    ) -> None:
        """Change call variables and named variables; what is not named stays as it is.

        ``variables``, ``ecc``: as in ``call``.
        """
        names, arrays = _split(ecc or {})
        changes = CallDataChanges(variables=dict(variables or {}), ecc=names, arrays=arrays)
        with refusals():
            self.plant.set_call_data(self.plant.call(call), changes)

    # --- agents -------------------------------------------------------------------------------------

    def agent_state(self, agent: str, state: str, reason: int = 0) -> None:
        """Ask for an agent's state as the agent's own desktop does.

        ``state``: LOGIN, LOGOUT, NOT_READY, AVAILABLE, WORK_NOT_READY or WORK_READY; LOGIN leads to
        NOT_READY.
        ``reason``: reason code of NOT_READY and LOGOUT.
        """
        try:
            wanted = AgentState[f"AGENT_STATE_{state}"]
        except KeyError:
            raise CommandError(f"there is no agent state {state!r}") from None
        with refusals():
            self.plant.set_agent_state(self._agent(agent), wanted, reason)

    def force_logout(self, agent: str, reason: int = COMPONENT_FAILED) -> None:
        """Log an agent out as the peripheral does by itself, whatever its state is.

        ``reason``: EventReasonCode.
        """
        with refusals():
            self.plant.force_logout(self._agent(agent), reason)

    # --- supervisors --------------------------------------------------------------------------------

    def supervise(self, supervisor: str, agent: str, action: str) -> None:
        """Let a supervisor join, take over or leave the active call of an agent of the team.

        ``action``: "monitor", "whisper", "barge_in", "intercept" or "clear".
        """
        wanted = SUPERVISION.get(action)
        if wanted is None:
            raise CommandError(
                f"an action of a supervisor is one of {', '.join(SUPERVISION)}, not {action!r}"
            )
        with refusals():
            by, found = self._agent(supervisor), self._agent(agent)
            target = self.plant.supervised(by, found) or self.plant.active(found)
            self.plant.supervise(by, target, wanted)

    def emergency(self, agent: str) -> int:
        """Let the agent call a supervisor in an emergency; return the new call's ConnectionCallID."""
        with refusals():
            return self.plant.emergency_call(self._agent(agent)).call_id

    def assist(self, agent: str) -> int:
        """Let the agent call a supervisor for help; return the new call's ConnectionCallID."""
        with refusals():
            return self.plant.supervisor_assist(self._agent(agent)).call_id

    # --- faults -------------------------------------------------------------------------------------

    def fail_side(self, side: str, how: str = "kill") -> None:
        """Let a side fail.

        ``side``: "A" or "B".
        ``how``: "kill" resets its connections; "freeze" keeps them and sends nothing; "garbage" sends bytes
        that are not a frame, then resets; "mid_frame" resets in the middle of a frame; "graceful" is an
        orderly shutdown.
        """
        with refusals():
            self._centre.fail_side(side, how)

    async def restore_side(self, side: str) -> None:
        """Bring a side back after any failure."""
        try:
            with refusals():
                await self._centre.restore_side(side)
        except OSError as error:
            raise CommandError(f"side {side} cannot listen again: {error.strerror or error}") from None

    def swap(self) -> None:
        """Make the standby side the active one."""
        with refusals():
            self._centre.swap()

    def peripheral(self, state: str, end_calls: bool = True) -> None:
        """Take the peripheral off-line or back on-line.

        ``state``: "offline" or "online".
        ``end_calls``: going off-line sends END_CALL_EVENT for all calls.
        """
        _check_on_off("peripheral", state)
        with refusals():
            self._centre.set_peripheral(online=state == "online", end_calls=end_calls)

    def gateway(self, state: str) -> None:
        """Report the peripheral gateway off-line or back on-line by SYSTEM_EVENT.

        ``state``: "offline" or "online".
        """
        self._system_event(
            "gateway",
            state,
            offline=SystemEventID.SYS_PERIPHERAL_GATEWAY_OFFLINE,
            online=SystemEventID.SYS_PERIPHERAL_ONLINE,
        )

    def controller(self, state: str) -> None:
        """Report the central controller off-line or back on-line by SYSTEM_EVENT.

        ``state``: "offline" or "online".
        """
        self._system_event(
            "controller",
            state,
            offline=SystemEventID.SYS_CENTRAL_CONTROLLER_OFFLINE,
            online=SystemEventID.SYS_CENTRAL_CONTROLLER_ONLINE,
        )

    def _system_event(self, what: str, state: str, *, offline: SystemEventID, online: SystemEventID) -> None:
        _check_on_off(what, state)
        event = online if state == "online" else offline
        argument = self.plant.population.peripheral_id if event is SystemEventID.SYS_PERIPHERAL_ONLINE else 0
        self._centre.send_system_event(event, argument)

    def delay_frames(self, seconds: float, side: str | None = None) -> None:
        """Send every frame ``seconds`` later from now on, in the same order; 0 ends it.

        ``side``: "A" or "B"; None: both. So it is for the faults below.
        """
        with refusals():
            self._centre.delay_frames(seconds, side)

    def duplicate_frames(self, count: int = 1, side: str | None = None) -> None:
        """Send the next ``count`` frames of each connection twice."""
        with refusals():
            self._centre.duplicate_frames(count, side)

    def bad_frame(self, what: BadFrame, side: str | None = None) -> None:
        """Send each session a frame that it must not accept.

        ``what``: "overlong", "contradictory" or "unknown".
        """
        with refusals():
            self._centre.send_bad_frame(what, side)

    def drop_heartbeats(self, drop: bool = True, side: str | None = None) -> None:
        """Answer no HEARTBEAT_REQ from now on; ``drop`` False answers them again."""
        with refusals():
            self._centre.drop_heartbeats(drop, side)

    def refuse_requests(
        self, status: int, count: int = 1, request: str | None = None, side: str | None = None
    ) -> None:
        """Refuse the next ``count`` requests by FAILURE_CONF with ``status``; 0 ends it.

        ``request``: the name of a message, such as "OPEN_REQ"; None: any request.
        """
        with refusals():
            self._centre.refuse_requests(status, count, request, side)

    # --- time and truth -----------------------------------------------------------------------------

    async def advance(self, seconds: float) -> None:
        """Move the virtual clock; return when everything that fell due has been sent.

        ``seconds``: 0 to ``MAX_ADVANCE``.
        """
        if self._clock is None:
            raise CommandError("time moves by itself here: only a virtual clock can be advanced")
        with refusals():
            await self._clock.advance(seconds, self._settle)
        await self._centre.drained()

    @property
    def virtual(self) -> bool:
        """Whether time moves by ``advance`` only."""
        return self._clock is not None

    async def delivered(self) -> None:
        """Wait until the clients' sockets have taken what was sent; not for clients that do not read."""
        await self._centre.drained()

    async def _settle(self) -> None:
        while self._running:
            await asyncio.wait(self._running)
        if self._centre.buffered > MAX_UNSENT:
            await self._centre.drained()

    def snapshot(self) -> dict[str, object]:
        """One consistent moment: agents, calls, skill groups with statistics, sides and sessions."""
        return self._centre.snapshot()

    def start(self, command: Coroutine[object, None, object]) -> None:
        """Run an asynchronous command from a timer; ``advance`` waits for it before it moves on."""
        task = asyncio.get_running_loop().create_task(command)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _number_of(self, to: str) -> str:
        """What a device dials to reach an agent by its id; any other number as it is."""
        agent = self.plant.population.agents.get(to)
        return to if agent is None else agent.extension


def _check_on_off(what: str, state: str) -> None:
    if state not in ("offline", "online"):
        raise CommandError(f"a {what} is 'offline' or 'online', not {state!r}")


def _split(ecc: Mapping[str, str]) -> tuple[dict[str, str], dict[str, dict[int, str]]]:
    """Named variables, and elements of named arrays by name and index."""
    names: dict[str, str] = {}
    arrays: dict[str, dict[int, str]] = {}
    for key, value in ecc.items():
        element = _ARRAY_ELEMENT.fullmatch(key)
        if element is None:
            names[key] = value
            continue
        index = int(element["index"])
        if index > _MAX_INDEX:
            raise CommandError(f"the index of a named array is 0 to {_MAX_INDEX}, not {index}")
        arrays.setdefault(element["name"], {})[index] = value
    return names, arrays
