"""The companion: a bulk session through which a supervisor's session controls what is not its own.

A session of one agent controls its own device only: the CTI Server refuses requests about other devices. A
session in bulk mode controls every agent and call of its peripheral. With such a companion the supervisor's
session sends requests about other agents and their calls through it. Each of the two sessions finds a server
and repairs itself on its own.
"""

from collections.abc import Iterable
from typing import Any, Final

from ctios_fast.enums import CilCode
from ctios_fast.model.coercion import refuse
from ctios_fast.model.context import Context
from ctios_fast.model.cti_object import CtiObject, context_of
from ctios_fast.model.named_call import CallReference, named_call
from ctios_fast.protocol.codes import CTI_SERVICE_SUPERVISOR

__all__ = [
    "agent_at_either",
    "call_of_either",
    "check_companion",
    "controlling_context",
    "joined_call",
    "monitored_by",
    "supervising_context",
]

#: What makes a request possible that a session of one agent cannot send.
_CURE: Final = (
    "set the agent with a companion, set_agent(agent, companion=session_in_bulk_mode), or use bulk mode"
)


def check_companion(context: Context, companion: Context, peripheral_id: int) -> None:
    """Raise ``MethodError`` (E_CTIOS_MODE_CONFLICT) unless the session can be the companion of another one.

    - ``context``: of the session that gets the companion.
    - ``companion``: the context of the companion.
    - ``peripheral_id``: the peripheral of the agent who is set.
    """
    mode = companion.mode
    if not _controls_all(companion):
        present = "has no mode" if mode is None else f"is in {mode.name} mode"
        raise refuse(
            f"the companion must be in bulk mode, but it {present}: "
            f"call set_bulk_mode({peripheral_id}) first",
            CilCode.E_CTIOS_MODE_CONFLICT,
        )
    if companion.peripheral_id != peripheral_id:
        raise refuse(
            f"the companion serves peripheral {companion.peripheral_id}, but the agent is of {peripheral_id}",
            CilCode.E_CTIOS_MODE_CONFLICT,
        )
    if companion.codec.version != context.codec.version:
        raise refuse(
            f"the companion speaks version {companion.codec.version} of the protocol, this session "
            f"{context.codec.version}: create both with the same version",
            CilCode.E_CTIOS_MODE_CONFLICT,
        )


def controlling_context(context: Context, what: str) -> Context:
    """The context through which another agent's device, or a call at it, is controlled.

    - ``context``: the object's own.
    - ``what``: the request and its object, for the error.

    It is ``context`` itself, unless the session is in agent mode: then it is the companion's. A session that
    is not strict sends the request itself where it has no companion. Raises ``MethodError``
    (E_CTIOS_MODE_CONFLICT), which names the cure, where no session can send it.
    """
    mode = context.mode
    if mode is None or not mode.is_agent:
        return context
    if context.companion is not None:
        return _usable(context.companion, context.peripheral_id)
    if not context.is_strict:
        return context
    raise refuse(
        f"{what}: a session in agent mode controls its own device only; {_CURE}",
        CilCode.E_CTIOS_MODE_CONFLICT,
    )


def supervising_context(context: Context, is_current: bool, what: str) -> Context:
    """The context through which an agent supervises calls.

    - ``context``: the agent's own.
    - ``is_current``: whether it is the agent of agent mode.
    - ``what``: the request, for the error.

    In agent mode it is ``context`` itself where the server granted Supervisor, otherwise the companion's.
    Raises ``MethodError`` (E_CTIOS_MODE_CONFLICT), which names the cure, where no session can send it.
    """
    mode = context.mode
    if mode is None or _controls_all(context):
        return context
    if mode.is_passive:
        raise refuse(
            f"{what} is not possible in {mode.name} mode, which asks and listens only; use bulk mode, or "
            "agent mode with Agent(supervisor=True)",
            CilCode.E_CTIOS_MODE_CONFLICT,
        )
    if not is_current:
        raise refuse(
            f"{what}: in agent mode only the session's own agent supervises; call it on "
            "session.current_agent, or use bulk mode",
            CilCode.E_CTIOS_MODE_CONFLICT,
        )
    granted = context.services_granted
    if not granted or granted & CTI_SERVICE_SUPERVISOR:  # 0: the session is not open, which fails the request
        return context
    if context.companion is not None:
        return _usable(context.companion, context.peripheral_id)
    raise refuse(
        f"{what} needs the Supervisor service, and the server granted {granted:#x}: set an agent that is "
        f"configured as a supervisor with Agent(supervisor=True); or {_CURE}",
        CilCode.E_CTIOS_MODE_CONFLICT,
    )


def monitored_by(context: Context, supervisor: Any) -> tuple[Any, Any]:
    """The agent and the call that a supervisor monitors, each None without one.

    They belong to the supervisor's session, or to the companion where that hears the agent's calls.

    - ``context``: the supervisor's own.
    """
    sessions = [context] if context.companion is None else [context, context.companion]
    agents = [each.monitors.monitored_agent(supervisor) for each in sessions]
    calls = [each.monitors.monitored_call(supervisor) for each in sessions]
    return _first(agents), _first(calls)


def joined_call(own: Iterable[Any], supervised: Iterable[Any]) -> Any:
    """The supervised agent's call that the supervisor has joined by barging in, None without one.

    - ``own``: the calls at the supervisor's device.
    - ``supervised``: those at the agent's device, which may be of the companion.
    """
    joined = {each.connection_call_id for each in own if not each.is_monitored}
    return _first(each if each.connection_call_id in joined else None for each in supervised)


def agent_at_either(context: Context, device: str | None) -> Any:
    """The agent at a device, of the session or of its companion; None if none is known.

    - ``context``: the session's.
    """
    if not device:
        return None
    sessions = (context, context.companion)
    return _first(each.agent_at(device) for each in sessions if each is not None)


def call_of_either(context: Context, call: Any) -> CallReference | None:
    """The call that the program names, of the session or of its companion.

    - ``context``: the session's.
    - ``call``: a Call, or the UniqueObjectID of one.

    Raises ``MethodError`` (E_CTIOS_INVALID_CALL) for anything else.
    """
    other = context.companion
    if other is not None and (
        context_of(call) is other
        if isinstance(call, CtiObject)
        else isinstance(call, str) and context.registry.find(call) is None
    ):
        return named_call(other, call)
    return named_call(context, call)


def _first(values: Iterable[Any]) -> Any:
    return next((each for each in values if each is not None), None)


def _controls_all(context: Context) -> bool:
    # Whether the session is in bulk mode: it hears all agents and calls, and controls them.
    return context.mode is not None and context.mode.hears_all and not context.mode.is_passive


def _usable(companion: Context, peripheral_id: int) -> Context:
    # A companion that is looking for a server is usable: the request fails with ConnectionLost.
    if not _controls_all(companion) or companion.peripheral_id != peripheral_id:
        raise refuse(
            f"the companion is not in bulk mode for peripheral {peripheral_id} any more: connect it and call "
            f"set_bulk_mode({peripheral_id}) again",
            CilCode.E_CTIOS_MODE_CONFLICT,
        )
    return companion
