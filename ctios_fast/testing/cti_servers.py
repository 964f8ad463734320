"""A simulated CTI Server pair that runs beside a test: in a thread of its process, or as a process."""

import functools
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypedDict, TypeVar

from ctios_fast.core.secret import Secret
from ctios_fast.sim import Simulator
from ctios_fast.sim.centre import Centre, CentreSettings
from ctios_fast.sim.control import CommandError, run_command
from ctios_fast.sync.loop_thread import LoopThread

from .server_control import ServerControl

__all__ = ["CtiServer", "CtiServerPair", "SideAddresses", "start_in_process", "start_process"]

_T = TypeVar("_T")

#: Seconds that a simulator may take to start.
_START_TIME: Final = 30.0

#: Seconds that a command may take.
_COMMAND_TIME: Final = 60.0

_PASSWORD_VARIABLE: Final = "CTIOS_FAST_PASSWORD"  # noqa: S105 - the name of a variable

#: What is said of commands after the end.
_ENDED: Final = "the simulated CTI Server pair has ended: it runs until its test or its context ends"

#: Bytes of an answer; a snapshot of many agents is long.
_MAX_ANSWER: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CtiServer:
    """Where one side of a CTI Server pair listens.

    - ``host``, ``port``: its address.
    - ``peripheral_id``: PeripheralID of its agents.
    """

    host: str
    port: int
    peripheral_id: int


class SideAddresses(TypedDict):
    """The keywords of ``Session.connect`` that say where the sides are."""

    ctios_a: str
    port_a: int
    ctios_b: str
    port_b: int


class CtiServerPair:
    """A simulated CTI Server pair.

    - ``a``, ``b``: its sides. Side A is active at first, unless both are.
    - ``control``: its commands.
    """

    def __init__(self, a: CtiServer, b: CtiServer, control: ServerControl) -> None:
        self.a: Final = a
        self.b: Final = b
        self.control: Final = control

    @property
    def addresses(self) -> SideAddresses:
        """``ctios_a``, ``port_a``, ``ctios_b`` and ``port_b``, as ``Session.connect`` takes them."""
        return {
            "ctios_a": self.a.host,
            "port_a": self.a.port,
            "ctios_b": self.b.host,
            "port_b": self.b.port,
        }

    def run(self, work: Callable[[Simulator], _T]) -> _T:
        """Call ``work`` with the simulator, on the thread that it runs in, and return its result.

        For what has no command, such as ``pair.run(lambda simulator: simulator.plant.set_peripheral(...))``.

        Raises what ``work`` raises, and RuntimeError for a simulator that is a process of its own or has
        ended.
        """
        raise RuntimeError("this simulator is a process of its own: only its commands reach it")


class _PairInProcess(CtiServerPair):
    def __init__(self, centre: Centre, thread: LoopThread) -> None:
        def carry_out(request: dict[str, Any]) -> dict[str, Any]:
            return self._run(lambda: run_command(centre.control, request))

        a, b = (
            CtiServer(side.host, side.port, centre.simulator.peripheral_id)
            for side in (centre.simulator.side_a, centre.simulator.side_b)
        )
        super().__init__(a, b, ServerControl(carry_out))
        self._centre: Final = centre
        self._thread: Final = thread

    def run(self, work: Callable[[Simulator], _T]) -> _T:
        async def call() -> _T:
            return work(self._centre.simulator)

        return self._run(call)

    def _run(self, begin: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        # Runs the coroutine that ``begin`` returns in the simulator's thread.
        if self._thread.is_over:
            raise RuntimeError(_ENDED)
        return self._thread.run(begin(), _COMMAND_TIME)


@contextmanager
def start_in_process(settings: CentreSettings) -> Iterator[CtiServerPair]:
    """Run a simulator in a thread of this process, until the context ends.

    - ``settings``: what it is like.

    Raises ValueError for settings that the protocol cannot carry, and OSError when a port is in use.
    """
    thread = LoopThread("cti-servers")
    try:
        centre = Centre(settings)
        thread.run(centre.__aenter__(), _START_TIME)
        try:
            yield _PairInProcess(centre, thread)
        finally:
            if not thread.is_over:
                thread.run(centre.__aexit__(None, None, None), _START_TIME)
    finally:
        if not thread.is_over:
            thread.stop()


@contextmanager
def start_process(
    options: list[str], peripheral_id: int, client_password: Secret | None
) -> Iterator[CtiServerPair]:
    """Run ``ctios-fast sim`` on free ports as a process, until the context ends.

    - ``options``: its further options, such as ``["--agents", "50"]``.
    - ``peripheral_id``: PeripheralID of its agents.
    - ``client_password``: ClientPassword that OPEN_REQ must carry, None for any. The environment of the
      process has it: a command line is readable for everybody.

    Needs the extra ``cli`` and a system with Unix sockets. Raises RuntimeError, with what the process
    printed, if it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="cti-") as folder:
        path = os.path.join(folder, "control")
        command = [sys.executable, "-m", "ctios_fast.cli", "sim", "--port-a", "0", "--port-b", "0"]
        command += ["--peripheral", str(peripheral_id), "--control", path, *options]
        environment = dict(os.environ)
        environment.pop(_PASSWORD_VARIABLE, None)  # a program's own one is not for this server
        if client_password:
            environment[_PASSWORD_VARIABLE] = client_password.reveal()
        elif client_password is not None:  # an empty variable would count as none
            command += ["--password", ""]
        log_path = os.path.join(folder, "log")
        with open(log_path, "wb") as log:
            process = subprocess.Popen(  # noqa: S603 - the interpreter that runs this
                command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        with process:
            try:
                a, b = (CtiServer(*address, peripheral_id) for address in _addresses(process, log_path))
                yield CtiServerPair(a, b, ServerControl(functools.partial(_over_socket, path)))
            finally:
                process.terminate()


def _addresses(process: "subprocess.Popen[str]", log_path: str) -> list[tuple[str, int]]:
    # The process prints one line, "ready a=HOST:PORT b=HOST:PORT".
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], _START_TIME)
    line = process.stdout.readline() if readable else ""
    words = line.split()
    if words[:1] != ["ready"]:
        process.kill()
        with open(log_path, encoding="utf-8", errors="replace") as log:
            raise RuntimeError(f"the simulator did not start: {log.read().strip() or 'it printed nothing'}")
    found = []
    for word in words[1:]:
        host, _, port = word.partition("=")[2].rpartition(":")
        found.append((host.strip("[]"), int(port)))
    return found


def _over_socket(path: str, request: dict[str, Any]) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_COMMAND_TIME)
        try:
            connection.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            raise RuntimeError(_ENDED) from None
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile("rb") as answers:
            line = answers.readline(_MAX_ANSWER)
    if not line:
        raise RuntimeError(f"the simulated CTI Server pair ended before it answered {request.get('do')!r}")
    answer: dict[str, Any] = json.loads(line)
    if not answer["ok"]:
        raise CommandError(answer["error"])
    return answer
