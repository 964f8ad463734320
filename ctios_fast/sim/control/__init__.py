"""Commands to a simulated contact centre: calls, agents, faults and time.

``Control`` is the Python interface. ``COMMANDS`` is the table of the same commands in JSON, ``ControlSocket``
the Unix socket that takes them: one JSON object a line in, one out.
"""

from .command_error import CommandError
from .command_runner import check_command, run_command, run_line, start_command
from .command_table import COMMANDS, Command, Parameter
from .control import Control, ControlledCentre
from .control_socket import ControlSocket

__all__ = [
    "COMMANDS",
    "Command",
    "CommandError",
    "Control",
    "ControlSocket",
    "ControlledCentre",
    "Parameter",
    "check_command",
    "run_command",
    "run_line",
    "start_command",
]
