"""Commands to a simulated CTI Server pair from a test, without await.

The commands are those of ``ctios_fast.sim.Control``, wherever the simulator runs.
"""

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeVar, cast, overload

from ctios_fast.sim.control import COMMANDS, Control

__all__ = ["CarryOut", "ServerControl"]

_P = ParamSpec("_P")
_T = TypeVar("_T")

#: Carries out a command in JSON form and returns its answer. Raises ``CommandError``.
CarryOut = Callable[[dict[str, object]], dict[str, object]]


class _Command(Generic[_P, _T]):
    """A method of ``Control`` as a method of ``ServerControl``."""

    def __init__(self, method: Callable[..., object]) -> None:
        self._method: Final = method
        self._signature: Final = inspect.signature(method)
        command = COMMANDS[method.__name__]
        self._name: Final = command.name
        self._answer: Final = command.answer
        #: Key of the command by parameter of the method.
        self._keys: Final = {each.keyword or each.name: each.name for each in command.parameters}

    def __get__(self, control: "ServerControl", owner: type) -> Callable[_P, _T]:
        @functools.wraps(self._method)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            given = self._signature.bind(control, *args, **kwargs).arguments
            request = {key: given[name] for name, key in self._keys.items() if given.get(name) is not None}
            answer = control.do({"do": self._name, **request})
            del answer["ok"]
            return cast(_T, answer if self._answer == "*" else answer.get(self._answer))

        return call


@overload
def _command(method: Callable[Concatenate[Control, _P], Coroutine[Any, Any, _T]]) -> _Command[_P, _T]: ...
@overload
def _command(method: Callable[Concatenate[Control, _P], _T]) -> _Command[_P, _T]: ...
def _command(method: Callable[..., Any]) -> _Command[..., Any]:
    return _Command(method)


class ServerControl:
    """Commands to a simulated CTI Server pair: calls, agents, faults and time.

    - ``carry_out``: takes a command in JSON form and returns its answer.

    Each method returns when the command has been carried out, and has the parameters of the method of
    ``ctios_fast.sim.Control`` with its name. It raises ``CommandError``, whose text is one sentence, if the
    rules of the contact centre forbid the command; then nothing has changed. It raises ``RuntimeError`` when
    the simulator has ended.
    """

    def __init__(self, carry_out: CarryOut) -> None:
        self._carry_out: Final = carry_out

    def do(self, request: dict[str, object]) -> dict[str, object]:
        """Carry out a command in JSON form, such as ``{"do": "snapshot"}``, and return its answer.

        Raises ``CommandError``.
        """
        return self._carry_out(request)

    call = _command(Control.call)
    answer = _command(Control.answer)
    hold = _command(Control.hold)
    retrieve = _command(Control.retrieve)
    alternate = _command(Control.alternate)
    reconnect = _command(Control.reconnect)
    hangup = _command(Control.hangup)
    consult = _command(Control.consult)
    conference = _command(Control.conference)
    transfer = _command(Control.transfer)
    set_data = _command(Control.set_data)
    agent_state = _command(Control.agent_state)
    force_logout = _command(Control.force_logout)
    fail_side = _command(Control.fail_side)
    restore_side = _command(Control.restore_side)
    swap = _command(Control.swap)
    peripheral = _command(Control.peripheral)
    gateway = _command(Control.gateway)
    controller = _command(Control.controller)
    supervise = _command(Control.supervise)
    emergency = _command(Control.emergency)
    assist = _command(Control.assist)
    add_agent = _command(Control.add_agent)
    remove_agent = _command(Control.remove_agent)
    rename_agent = _command(Control.rename_agent)
    add_group = _command(Control.add_group)
    remove_group = _command(Control.remove_group)
    rename_group = _command(Control.rename_group)
    join_group = _command(Control.join_group)
    leave_group = _command(Control.leave_group)
    add_service = _command(Control.add_service)
    remove_service = _command(Control.remove_service)
    add_device = _command(Control.add_device)
    remove_device = _command(Control.remove_device)
    add_team = _command(Control.add_team)
    join_team = _command(Control.join_team)
    leave_team = _command(Control.leave_team)
    restore_team = _command(Control.restore_team)
    delay_frames = _command(Control.delay_frames)
    duplicate_frames = _command(Control.duplicate_frames)
    bad_frame = _command(Control.bad_frame)
    drop_heartbeats = _command(Control.drop_heartbeats)
    refuse_requests = _command(Control.refuse_requests)
    advance = _command(Control.advance)
    snapshot = _command(Control.snapshot)
