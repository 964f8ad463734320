"""Counts the instructions of the core's kernels: ``python -m benchmarks.kernels OUTPUT``, under callgrind.

A kernel prepares everything and returns a function that repeats its work N times. Two runs are counted,
with N and with 2 N repetitions; the difference divided by N is the cost of one, without start-up and
preparation. Kernels use the public API only, so that the same kernels count another revision. A kernel that
a revision does not support is left out, with the reason.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

from .callgrind import counter
from .streams import VERSION, agent_states, calls_delivered, frames_of, mixed

#: Repeats the work of a kernel a number of times.
Kernel = Callable[[int], object]
SOME: Final = 200  # frames in a round of a kernel
OPENED = ExitStack()  # closes what the kernels leave open


def _some(stream: bytes) -> list[bytes]:
    return frames_of(stream)[:SOME]


def _looped(one: Callable[[Any], object], inputs: list[Any]) -> Kernel:
    def times(number: int) -> None:
        for _ in range(number // len(inputs)):
            for each in inputs:
                one(each)

    return times


def _dispatched(stream: bytes, register: Callable[[Any], object]) -> Kernel:
    from ctios_fast.core import Dispatcher, FrameBuffer, codec

    dispatcher = Dispatcher(codec(VERSION), FrameBuffer())
    register(dispatcher)
    data = b"".join(_some(stream))

    def times(number: int) -> None:
        for _ in range(number // SOME):
            dispatcher.frames.feed(data)
            assert dispatcher.dispatch() == SOME

    return times


def split_alone() -> Kernel:
    return _dispatched(agent_states("256 KiB"), lambda dispatcher: None)


def empty_handler() -> Kernel:
    from ctios_fast.messages import AgentStateEvent

    return _dispatched(
        agent_states("256 KiB"), lambda dispatcher: dispatcher.on(AgentStateEvent, lambda event: None)
    )


def typed_handler() -> Kernel:
    from ctios_fast.messages import AgentStateEvent

    from .handlers import by_attribute

    handler = by_attribute(AgentStateEvent.number)
    return _dispatched(agent_states("256 KiB"), lambda dispatcher: dispatcher.on(AgentStateEvent, handler))


def handler_by_name() -> Kernel:
    from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

    from .handlers import by_name

    handler = by_name(AGENT_STATE_EVENT)
    return _dispatched(agent_states("256 KiB"), lambda dispatcher: dispatcher.on(AGENT_STATE_EVENT, handler))


def field_handler() -> Kernel:
    from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

    from .handlers import by_position
    from .streams import WANTED

    handler, fields = by_position(AGENT_STATE_EVENT), WANTED[AGENT_STATE_EVENT]
    return _dispatched(
        agent_states("256 KiB"), lambda dispatcher: dispatcher.on(AGENT_STATE_EVENT, handler, fields)
    )


def batch_handler() -> Kernel:
    from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

    from .handlers import by_column
    from .streams import WANTED

    handler, fields = by_column(AGENT_STATE_EVENT), WANTED[AGENT_STATE_EVENT]
    return _dispatched(
        agent_states("256 KiB"), lambda dispatcher: dispatcher.on_batch(AGENT_STATE_EVENT, handler, fields)
    )


def typed_handlers_of_the_mix() -> Kernel:
    from ctios_fast.messages import class_of

    from .handlers import by_attribute
    from .streams import MIX

    def register(dispatcher: Any) -> None:
        for share in MIX:
            dispatcher.on(class_of(share.message), by_attribute(share.message))

    return _dispatched(mixed("256 KiB"), register)


def handler_in_c() -> Kernel:
    from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

    from .compiled import handler_in_c as built
    from .streams import WANTED

    reader = built().Reader(*WANTED[AGENT_STATE_EVENT])
    return _dispatched(agent_states("256 KiB"), lambda dispatcher: dispatcher.on(AGENT_STATE_EVENT, reader))


def _to_dict(stream: bytes) -> Kernel:
    from ctios_fast.core import codec

    decode = codec(VERSION).decode
    return _looped(lambda frame: decode(frame).to_dict(), _some(stream))


def to_dict_agent_state() -> Kernel:
    return _to_dict(agent_states("256 KiB"))


def to_dict_call_delivered() -> Kernel:
    return _to_dict(calls_delivered("256 KiB"))


def _encoded(name: str) -> Kernel:
    from .comparisons import encoding

    encode = getattr(encoding, name)

    def times(number: int) -> None:
        for _ in range(number // SOME):
            encode(encoding.INPUTS[:SOME])

    return times


def set_agent_state_by_class() -> Kernel:
    return _encoded("set_agent_state_by_class")


def set_agent_state_by_constructor() -> Kernel:
    return _encoded("set_agent_state_by_constructor")


def set_agent_state_by_codec() -> Kernel:
    return _encoded("set_agent_state_by_codec")


def make_call_by_class() -> Kernel:
    return _encoded("make_call_by_class")


def columns() -> Kernel:
    from ctios_fast.bulk.columns import decode_columns
    from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

    from .peers.layouts import fixed

    fields = [*fixed(AGENT_STATE_EVENT).names, "AgentID", "AgentExtension"]
    frames = frames_of(agent_states("256 KiB"))[: 5 * SOME]
    data = b"".join(frames)

    def times(number: int) -> None:
        for _ in range(number // len(frames)):
            assert decode_columns(data, AGENT_STATE_EVENT, VERSION, fields).rows == len(frames)

    return times


def filter_of_agents() -> Kernel:
    from ctios_fast.core.scan.frame_filter import FrameFilter
    from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

    nobody = {str(900_001 + number) for number in range(500)}
    select = FrameFilter(VERSION, AGENT_STATE_EVENT, {"AgentID": nobody}).select
    data = b"".join(_some(agent_states("256 KiB")))

    def times(number: int) -> None:
        for _ in range(number // SOME):
            assert select(data).frames == SOME

    return times


def _model(*, listens: bool) -> Kernel:
    from .comparisons.model import Sink, bulk_session

    session = OPENED.enter_context(bulk_session())
    if listens:
        session.add_event_listener(Sink())
    dispatcher = session._connection.dispatcher
    data = b"".join(_some(agent_states("256 KiB")))

    def times(number: int) -> None:
        for _ in range(number // SOME):
            dispatcher.frames.feed(data)
            dispatcher.dispatch()

    return times


def read_of_one_event() -> Kernel:
    from .comparisons.model import bulk_session

    link = OPENED.enter_context(bulk_session())._connection.link
    frame = _some(agent_states("256 KiB"))[0]

    def times(number: int) -> None:
        for _ in range(number):
            link.frames.feed(frame)
            link.buffer_updated(0)

    return times


def event_of_known_agent() -> Kernel:
    return _model(listens=False)


def event_of_known_agent_to_a_sink() -> Kernel:
    return _model(listens=True)


class _Nowhere:
    """A transport that drops what is written."""

    def write(self, data: bytes) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0


def login_to_state_event() -> Kernel:
    import numpy

    from .comparisons.logins import PASSWORD
    from .comparisons.model import bulk_session
    from .servers import LOGOUT, NOT_READY, confirmation, state_event
    from .streams import agent_id

    session = OPENED.enter_context(bulk_session())
    link, dispatcher = session._connection.link, session._connection.dispatcher
    ids = [agent_id(number) for number in range(SOME)]
    dispatcher.frames.feed(b"".join(state_event(one, LOGOUT) for one in ids))
    dispatcher.dispatch()
    agents = [session.agent(one) for one in ids]
    answers = bytearray(b"".join(confirmation(0) + state_event(one, NOT_READY) for one in ids))
    invoke_ids = numpy.frombuffer(answers, "u1").reshape(SOME, -1)[:, 8:12].view(">u4")[:, 0]

    async def log_in(number: int) -> None:
        for _ in range(number // SOME):
            logins = [one.login(agent_password=PASSWORD, agent_instrument=one.agent_id) for one in agents]
            invoke_ids[:] = numpy.arange(logins[0].invoke_id, logins[-1].invoke_id + 1)
            dispatcher.frames.feed(answers)
            dispatcher.dispatch()
            for login in logins:
                assert await login == NOT_READY
            for agent in agents:
                agent.state = LOGOUT

    def times(number: int) -> None:
        link._transport, transport = _Nowhere(), link._transport
        try:
            link._loop.run_until_complete(log_in(number))
        finally:
            link._transport = transport

    return times


def request_settled() -> Kernel:
    from ctios_fast.connection.clock import LoopClock
    from ctios_fast.connection.request_book import Request, RequestBook
    from ctios_fast.core import codec
    from ctios_fast.protocol.numbers import SET_AGENT_STATE_CONF, SET_AGENT_STATE_REQ

    book = RequestBook(LoopClock(), max_open=10)

    def times(number: int) -> None:
        for _ in range(number):
            request: Request[Any] = Request("SET_AGENT_STATE_REQ")
            body = book.enter(request, SET_AGENT_STATE_REQ, None).to_bytes(4, "big")
            book.settle(codec(VERSION).decode(codec(VERSION).encode_raw(SET_AGENT_STATE_CONF, body)))
            assert request.done()

    return times


#: Each kernel with the number of repetitions in the shorter run.
KERNELS: Final[dict[Callable[[], Kernel], int]] = {
    split_alone: 20_000,
    empty_handler: 20_000,
    typed_handler: 10_000,
    handler_by_name: 10_000,
    field_handler: 10_000,
    batch_handler: 20_000,
    typed_handlers_of_the_mix: 10_000,
    handler_in_c: 20_000,
    to_dict_agent_state: 2_000,
    to_dict_call_delivered: 1_000,
    set_agent_state_by_class: 5_000,
    set_agent_state_by_constructor: 5_000,
    set_agent_state_by_codec: 5_000,
    make_call_by_class: 5_000,
    columns: 10_000,
    filter_of_agents: 20_000,
    read_of_one_event: 2_000,
    event_of_known_agent: 4_000,
    event_of_known_agent_to_a_sink: 2_000,
    login_to_state_event: 2_000,
    request_settled: 2_000,
}


def main(output: str) -> None:
    """Count all kernels.

    ``output``: the JSON file for the counts and for the reasons of what was not counted.
    """
    if os.environ.get("PYTHONHASHSEED") != "0":
        sys.exit("PYTHONHASHSEED must be 0: the order of sets and the shape of dicts change the counts")
    with OPENED:
        _count_all(output, counter())


def _count_all(output: str, count: Callable[[Callable[[], object]], int]) -> None:
    instructions: dict[str, float] = {}
    missing: dict[str, str] = {}
    for make, number in KERNELS.items():
        name = make.__name__
        try:
            times = make()
            times(number)  # fills caches, and lets the interpreter specialise the code
        except Exception as error:
            missing[name] = f"{type(error).__name__}: {error}"
            continue
        once, twice = count(partial(times, number)), count(partial(times, 2 * number))
        instructions[name] = (twice - once) / number
        print(f"{instructions[name]:12,.1f}  {name}", file=sys.stderr, flush=True)
    Path(output).write_text(json.dumps({"instructions": instructions, "missing": missing}, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
