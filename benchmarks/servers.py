"""The servers of the benchmarks, each in a process of its own: ``python -m benchmarks.servers NAME ...``.

They use blocking sockets and ``struct``: they are fast, equal for every client, and use none of the
client's processor time. Each prints its port and serves one connection after another; after each connection
it prints the number of bytes received.

``stream STREAM SIZE``  sends a prepared stream as fast as the client reads
``confirm``             grants OPEN_REQ, confirms SET_AGENT_STATE_REQ
``login AGENTS``        the same, and sends agent states: all logged out at first, then each login
``statistics``          grants OPEN_REQ, answers queries for states (with 20 skill groups) and statistics
"""

import random
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final, NamedTuple

from ctios_fast.core import codec
from ctios_fast.protocol import numbers as ged

from .streams import PERIPHERAL, VERSION, agent_id, stream

HOST: Final = "127.0.0.1"
LOGOUT: Final = 1
NOT_READY: Final = 2

_HEADER = struct.Struct(">II")
_CONFIRMED = struct.Struct(">III")
_REQUEST_FIXED = 21  # bytes of SET_AGENT_STATE_REQ before its floating fields
_TAG = struct.Struct(">HH")
_READ = 256 << 10


class Server(NamedTuple):
    """A running server."""

    port: int
    said: IO[str]

    def received(self) -> int:
        """Return the number of bytes received on the connection that has just ended."""
        return int(self.said.readline())


@contextmanager
def serving(*arguments: object) -> Iterator[Server]:
    """Run one of the servers during a block."""
    command = [sys.executable, "-m", "benchmarks.servers", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Server(int(process.stdout.readline()), process.stdout)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _serve(converse: Callable[[socket.socket], int]) -> None:
    with socket.create_server((HOST, 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    received = converse(connection)
                except ConnectionError:  # the client reset the connection
                    received = -1
            print(received, flush=True)


def _frames(connection: socket.socket, replies: Callable[[int, memoryview], bytes]) -> int:
    """Answer each frame. The answers to the frames of one read leave in one write."""
    rest = b""
    received = 0
    while read := connection.recv(_READ):
        received += len(read)
        data = memoryview(rest + read)
        at = 0
        answers = []
        while len(data) - at >= _HEADER.size:
            length, number = _HEADER.unpack_from(data, at)
            end = at + _HEADER.size + length
            if end > len(data):
                break
            answers.append(replies(number, data[at + _HEADER.size : end]))
            at = end
        rest = bytes(data[at:])
        connection.sendall(b"".join(answers))
    return received


def _invoke_id(body: memoryview) -> int:
    return int.from_bytes(body[:4], "big")


def _zeros(message: int, **fields: int) -> dict[str, int]:
    layout = codec(VERSION).describe(message)
    assert layout is not None
    return {field.name: 0 for field in layout.fixed} | fields


def _opened(body: memoryview) -> bytes:
    asked = int.from_bytes(body[16:20], "big")  # ServicesRequested is the fifth number
    fields = _zeros(
        ged.OPEN_CONF, InvokeID=_invoke_id(body), ServicesGranted=asked, PeripheralOnline=1, AgentState=9
    )
    return codec(VERSION).encode(ged.OPEN_CONF, fields)


def _closed(body: memoryview) -> bytes:
    return _CONFIRMED.pack(4, ged.CLOSE_CONF, _invoke_id(body))


def confirmation(invoke_id: int) -> bytes:
    """Return a SET_AGENT_STATE_CONF."""
    return _CONFIRMED.pack(4, ged.SET_AGENT_STATE_CONF, invoke_id)


def _confirm(number: int, body: memoryview) -> bytes:
    if number == ged.SET_AGENT_STATE_REQ:
        return confirmation(_invoke_id(body))
    if number == ged.OPEN_REQ:
        return _opened(body)
    if number == ged.CLOSE_REQ:
        return _closed(body)
    raise ValueError(f"message {number} has no answer here")


def _identity(agent: str) -> list[tuple[str, object]]:
    return [(field, agent) for field in ("AgentID", "AgentExtension", "AgentInstrument")]


def _skill_groups(groups: Sequence[int], prefix: str = "") -> list[tuple[str, object]]:
    """Return the fields of skill groups in which the agent is not ready."""
    return [
        (f"{prefix}SkillGroup{field}", value)
        for group in groups
        for field, value in (("Number", group), ("ID", 5000 + group), ("Priority", 0), ("State", NOT_READY))
    ]


def _agent_id(body: memoryview, at: int) -> bytes:
    """Return the AgentID of a request whose floating fields begin at an offset."""
    while True:
        tag, length = _TAG.unpack_from(body, at)
        if tag == 5:
            return bytes(body[at + 4 : at + 3 + length])
        at += 4 + length


def state_event(agent: str, state: int) -> bytes:
    """Return an AGENT_STATE_EVENT."""
    fields = _zeros(
        ged.AGENT_STATE_EVENT, PeripheralID=PERIPHERAL, AgentState=state, SkillGroupNumber=0xFFFFFFFF,
        SkillGroupID=0xFFFFFFFF,
    )  # fmt: skip
    floating = [("CTIClientSignature", "wallboard"), *_identity(agent)]
    return codec(VERSION).encode(ged.AGENT_STATE_EVENT, fields, floating)


def statistics_state_event(agent: str, groups: Sequence[int]) -> bytes:
    """Return the AGENT_STATE_EVENT of an agent that is not ready in some skill groups."""
    fields = _zeros(
        ged.AGENT_STATE_EVENT, PeripheralID=PERIPHERAL, AgentState=NOT_READY, SkillGroupNumber=0xFFFFFFFF,
        SkillGroupID=0xFFFFFFFF, MRDID=1, NumFltSkillGroups=len(groups),
    )  # fmt: skip
    floating = [*_identity(agent), *_skill_groups(groups, "Flt")]
    return codec(VERSION).encode(ged.AGENT_STATE_EVENT, fields, floating)


def _statistics() -> Callable[[int, memoryview], bytes]:
    version = codec(VERSION)
    group_frame = version.encode(
        ged.QUERY_SKILL_GROUP_STATISTICS_CONF,
        _zeros(ged.QUERY_SKILL_GROUP_STATISTICS_CONF, PeripheralID=PERIPHERAL, SkillGroupID=0xFFFFFFFF),
    )

    def reply(number: int, body: memoryview) -> bytes:
        if number == ged.QUERY_SKILL_GROUP_STATISTICS_REQ:
            return group_frame[:8] + bytes(body[:12]) + group_frame[20:]
        if number in (ged.QUERY_AGENT_STATISTICS_REQ, ged.QUERY_AGENT_STATE_REQ):
            return answer(number, body)
        return _confirm(number, body)

    def answer(number: int, body: memoryview) -> bytes:
        floating_begins = 8 if number == ged.QUERY_AGENT_STATISTICS_REQ else 16
        agent = _agent_id(body, floating_begins).decode()
        floating = _identity(agent)
        confirmation = number + 1
        fields = _zeros(confirmation, InvokeID=_invoke_id(body))
        if number == ged.QUERY_AGENT_STATISTICS_REQ:
            fields["PeripheralID"] = PERIPHERAL
        else:
            groups = random.Random(agent).sample(range(1, 301), 20)
            fields |= {"AgentState": NOT_READY, "NumSkillGroups": len(groups), "MRDID": 1}
            floating += _skill_groups(groups)
        return version.encode(confirmation, fields, floating)

    return reply


def _login(agents: int) -> Callable[[int, memoryview], bytes]:
    ids = [agent_id(number) for number in range(agents)]
    at_first = b"".join(state_event(agent, LOGOUT) for agent in ids)
    logged_in = {agent.encode(): state_event(agent, NOT_READY) for agent in ids}

    def reply(number: int, body: memoryview) -> bytes:
        if number == ged.OPEN_REQ:
            return _opened(body) + at_first
        confirmed = _confirm(number, body)
        if number != ged.SET_AGENT_STATE_REQ:
            return confirmed
        return confirmed + logged_in[_agent_id(body, _REQUEST_FIXED)]

    return reply


def _stream(name: str, size: str) -> Callable[[socket.socket], int]:
    data = memoryview(stream(name, size))

    def send(connection: socket.socket) -> int:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return len(connection.recv(1))  # until the client has read everything and closed

    return send


def main(name: str, *arguments: str) -> None:
    """Serve until killed."""
    match name:
        case "stream":
            _serve(_stream(*arguments))
        case "confirm":
            _serve(lambda connection: _frames(connection, _confirm))
        case "login":
            reply = _login(int(arguments[0]))
            _serve(lambda connection: _frames(connection, reply))
        case "statistics":
            answered = _statistics()
            _serve(lambda connection: _frames(connection, answered))


if __name__ == "__main__":
    main(*sys.argv[1:])
