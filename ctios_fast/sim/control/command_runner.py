"""Takes a command in JSON, checks it against the table, calls ``Control`` and makes the answer."""

import inspect
import json
import logging
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from .command_error import CommandError
from .command_table import COMMANDS, Command
from .control import Control

__all__ = ["check_command", "error_line", "run_command", "run_line", "start_command"]

log = logging.getLogger("ctios_fast.sim.control")

_MAX_LOGGED: Final = 200
"""Bytes of a command that the log shows."""

_MAX_SHOWN: Final = 60
"""Characters of a wrong value that an error shows."""


def check_command(request: object) -> tuple[Command, dict[str, object]]:
    """The command that a request names, and the arguments of its method.

    ``request``: the JSON object: "do" and the command's keys.

    Raises CommandError for an unknown command or key, a missing key, or a value of the wrong kind.
    """
    if not isinstance(request, Mapping):
        raise CommandError(f'a command is a JSON object such as {{"do": "snapshot"}}, not {_shown(request)}')
    name = request.get("do")
    if name is None:
        raise CommandError('a command needs the key "do", the name of the command')
    command = COMMANDS.get(name) if isinstance(name, str) else None
    if command is None:
        raise CommandError(f"unknown command {_shown(name)}; the commands are {', '.join(COMMANDS)}")
    known = {parameter.name: parameter for parameter in command.parameters}
    for key in request:
        if key != "do" and key not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes no other key"
            raise CommandError(f"unknown key {_shown(key)} of {command.name}: {takes}")
    arguments: dict[str, Any] = {}
    for parameter in command.parameters:
        if parameter.name not in request:
            if parameter.required:
                raise CommandError(f'{command.name} needs the key "{parameter.name}", {parameter.kind.text}')
            continue
        value = request[parameter.name]
        if not parameter.kind.accepts(value):
            raise CommandError(
                f'"{parameter.name}" of {command.name} must be {parameter.kind.text}, not {_shown(value)}'
            )
        arguments[parameter.keyword or parameter.name] = value
    return command, arguments


async def run_command(control: Control, request: object) -> dict[str, object]:
    """Carry out a command and return its answer: {"ok": true, …}. Raises CommandError."""
    command, arguments = check_command(request)
    if _cuts_off(control, command):
        await control.delivered()
    result = getattr(control, command.name)(**arguments)
    if inspect.isawaitable(result):
        result = await result
    return _answer(command, result)


def start_command(control: Control, request: object) -> None:
    """Carry out a command from a timer, as a scenario does; a refusal is logged."""
    try:
        command, arguments = check_command(request)
        if _cuts_off(control, command):
            control.start(_reported(run_command(control, request)))
            return
        result = getattr(control, command.name)(**arguments)
    except CommandError as refusal:
        log.warning("a command of the scenario was refused: %s", refusal)
        return
    if inspect.iscoroutine(result):
        control.start(_reported(result))


def _cuts_off(control: Control, command: Command) -> bool:
    """Whether clients get what was sent before the command first.

    On a virtual clock a failing side cuts off the same bytes in every run, however fast the clients read.
    """
    return control.virtual and command.name == "fail_side"


async def _reported(command: Any) -> None:
    try:
        await command
    except CommandError as refusal:
        log.warning("a command of the scenario was refused: %s", refusal)


async def run_line(control: Control, line: bytes) -> bytes:
    """Carry out the command in a line and return its answer as a line. Never raises."""
    log.debug("command: %s", line[:_MAX_LOGGED].decode(errors="backslashreplace"))
    try:
        answer = await run_command(control, _parsed(line))
    except CommandError as refusal:
        return error_line(str(refusal))
    except Exception as fault:
        log.exception("a command failed: %s", line[:_MAX_SHOWN].decode(errors="replace"))
        return error_line(f"the simulator failed with {type(fault).__name__}; its log has the details")
    return json.dumps(answer, separators=(", ", ": ")).encode() + b"\n"


def error_line(error: str) -> bytes:
    """The line of an answer to a command that was not carried out."""
    return json.dumps({"ok": False, "error": error}).encode() + b"\n"


def _answer(command: Command, result: Any) -> dict[str, object]:
    if not command.answer:
        return {"ok": True}
    if command.answer == "*":
        return {"ok": True, **result}
    return {"ok": True, command.answer: result}


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except CommandError:
        raise
    except UnicodeDecodeError:
        raise CommandError("the line is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise CommandError(f"the line is not JSON: {error.msg} at character {error.pos + 1}") from None
    except (ValueError, RecursionError):
        raise CommandError("the line is not JSON that can be read: it nests or counts too far") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise CommandError(f"the key {_shown(key)} is given twice")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise CommandError(f"{name} is not a JSON number")


def _shown(value: object) -> str:
    """A value as JSON, shortened."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        text = repr(type(value).__name__)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…"
