"""From bytes, in pieces as from a socket, to a Python handler that reads three fields or none.

The bound of a handler is its bare call from C: ``map`` calls through the vectorcall protocol, the cheapest
way in CPython, and a ``deque`` of length 0 discards the results.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

from benchmarks import compiled, handlers
from benchmarks.measure import BOUND, OURS, PEER, Comparison, Prepare, Round, Side, ready, sides
from benchmarks.peers import libraries
from benchmarks.peers.eager import EagerClient
from benchmarks.peers.frugal import FrugalClient
from benchmarks.streams import MIX, SIZES, STREAMS, VERSION, WANTED, agent_states, frames_of, in_turns, pieces
from ctios_fast.core import Dispatcher, FrameBuffer, Message, codec
from ctios_fast.core.scan.column_scan import count_frames
from ctios_fast.messages import class_of
from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

MESSAGES = tuple(share.message for share in MIX)
#: Pieces of 64 KiB in a round.
AT_ONCE = 16
Feed = Callable[[Iterable[memoryview]], object]


def of(dispatcher: Dispatcher) -> Feed:
    """Feed a dispatcher's buffer as a transport does, with the copy that the kernel would make."""
    frames = dispatcher.frames
    get_buffer, received, dispatch = frames.get_buffer, frames.received, dispatcher.dispatch

    def feed(data: Iterable[memoryview]) -> None:
        for piece in data:
            at = 0
            while at < len(piece):
                with memoryview(get_buffer(-1)) as free:
                    size = min(len(free), len(piece) - at)
                    free[:size] = piece[at : at + size]
                received(size)
                dispatch()
                at += size

    return feed


def protocol(client: Any) -> Feed:
    """Feed a peer's ``asyncio.Protocol`` as a transport does."""

    def feed(data: Iterable[memoryview]) -> None:
        for piece in data:
            client.data_received(bytes(piece))

    return feed


def dispatcher(by_message: dict[Any, Callable[..., object]]) -> Dispatcher:
    """Return a dispatcher with some handlers."""
    created = Dispatcher(codec(VERSION), FrameBuffer())
    for message, handler in by_message.items():
        created.on(message, handler)
    return created


def _count(data: bytes) -> int:
    return count_frames(data)[0]


def _expected(frames: list[bytes]) -> handlers.Seen:
    messages = map(codec(VERSION).decode, frames)
    return [tuple(message[name] for name in WANTED[message.type]) for message in messages]


def round_of(feed: Feed, own: Sequence[memoryview], events: float, at_once: int = AT_ONCE) -> Round:
    """Return a round that feeds the next ``at_once`` pieces and returns the number of their events.

    ``events``: the number of events divided by the number of bytes.
    """
    turns = in_turns(own, min(at_once, len(own)))

    def work() -> int:
        turn = next(turns)
        feed(turn)
        return round(sum(map(len, turn)) * events)

    return work


def fed(
    stream: Callable[[], bytes],
    make: Callable[[handlers.Seen | None], Feed],
    reads: bool = True,
    at_once: int = AT_ONCE,
) -> Prepare:
    """Return a side that is fed the stream.

    ``make`` gets a list in which handlers store the fields, or None. ``at_once``: pieces of a round.
    """

    def prepared() -> Round:
        data = stream()
        if reads:
            some = frames_of(data[: 64 << 10])[:-1]
            seen: handlers.Seen = []
            make(seen)([memoryview(b"".join(some))])
            assert seen == _expected(some)
        own = pieces(data)
        events = _count(data) / len(data)
        return round_of(make(None), own, events, at_once)

    return ready(prepared)


def _typed(seen: handlers.Seen | None) -> Feed:
    return of(dispatcher({class_of(number): handlers.by_attribute(number, seen) for number in MESSAGES}))


def _named(seen: handlers.Seen | None) -> Feed:
    return of(dispatcher({number: handlers.by_name(number, seen) for number in MESSAGES}))


def _by_fields(seen: handlers.Seen | None) -> Feed:
    created = Dispatcher(codec(VERSION), FrameBuffer())
    for number in MESSAGES:
        created.on(number, handlers.by_position(number, seen), WANTED[number])
    return of(created)


def _by_batch(seen: handlers.Seen | None) -> Feed:
    created = Dispatcher(codec(VERSION), FrameBuffer())
    for number in MESSAGES:
        created.on_batch(number, handlers.by_column(number, seen), WANTED[number])
    return of(created)


def _in_c(seen: handlers.Seen | None) -> Feed:
    reader = compiled.handler_in_c().Reader
    return of(dispatcher({number: reader(*WANTED[number], seen) for number in MESSAGES}))


def _to_dict(seen: handlers.Seen | None) -> Feed:
    def handler(message: Message) -> None:
        message.to_dict()

    def keeping(message: Message) -> None:
        fields = message.to_dict()
        seen.append(tuple(fields[name] for name in WANTED[message.type]))  # type: ignore[union-attr]

    return of(dispatcher(dict.fromkeys(MESSAGES, handler if seen is None else keeping)))


def _eager(seen: handlers.Seen | None) -> Feed:
    return protocol(EagerClient({number: handlers.by_name(number, seen) for number in MESSAGES}))


def _frugal(seen: handlers.Seen | None) -> Feed:
    return protocol(FrugalClient(WANTED, {number: handlers.by_position(number, seen) for number in MESSAGES}))


def _split_alone(seen: handlers.Seen | None) -> Feed:
    del seen
    return of(dispatcher({}))


def _empty(seen: handlers.Seen | None) -> Feed:
    del seen
    return of(dispatcher({class_of(number): handlers.empty() for number in MESSAGES}))


def bare_calls(handler: Callable[..., object], *arguments: object, calls: int = 20_000) -> Round:
    """Call a Python function from C."""

    def work() -> int:
        deque(map(handler, *(repeat(argument, calls) for argument in arguments)), maxlen=0)
        return calls

    return work


def bare_call_of_empty() -> Round:
    """Call the empty handler with an event, and nothing else."""
    return bare_calls(handlers.empty(), codec(VERSION).decode(frames_of(agent_states("256 KiB"))[0]))


def _bare_call_of_three() -> Round:
    # The handler that gets three fields, called with those of one event and nothing else.
    number = AGENT_STATE_EVENT
    event = codec(VERSION).decode(frames_of(agent_states("256 KiB"))[0])
    return bare_calls(handlers.by_position(number), *(event[name] for name in WANTED[number]))


def _copy(stream: Callable[[], bytes]) -> Prepare:
    def prepared() -> Round:
        data = stream()
        events = _count(data) / len(data)
        own = pieces(data)
        target = memoryview(bytearray(max(map(len, own))))

        def copy(data: Iterable[memoryview]) -> None:
            for piece in data:
                target[: len(piece)] = piece

        return round_of(copy, own, events)

    return ready(prepared)


def _reading(name: str, size: str) -> Comparison:
    def stream() -> bytes:
        return STREAMS[name](size)

    in_c = {"handler in C": fed(stream, _in_c)} if compiled.can_be_built() else {}
    # A round of the batch handler has more pieces: one of 16 takes 0.2 ms. Its start, with the other
    # side's data in the caches, would be a large part. Batches of several messages come in another order than
    # the events, which a side's check does not allow.
    batches = {} if name == "the mix" else {"batch handler": fed(stream, _by_batch, at_once=8 * AT_ONCE)}
    compared = [
        *sides(OURS, in_c),
        *sides(OURS, batches),
        *sides(
            OURS,
            {
                "field handler": fed(stream, _by_fields),
                "typed handler": fed(stream, _typed),
                "message[name]": fed(stream, _named),
            },
        ),
        *sides(PEER, {"eager": fed(stream, _eager), "frugal": fed(stream, _frugal)}),
        *sides(BOUND, {"splitting alone": fed(stream, _split_alone, reads=False), "memcpy": _copy(stream)}),
    ]
    if name == "AGENT_STATE_EVENT":
        compared += sides(BOUND, {"bare call with three": ready(_bare_call_of_three)})
        compared += [
            Side(library, PEER, fed(stream, lambda seen, decode=decode: protocol(decode(seen))), rounds=5)
            for library, decode in libraries.CLIENTS.items()
        ]
    return Comparison(f"{name}, bytes to a handler that reads three fields, {size}", "event", tuple(compared))


def _emptiness(size: str) -> Comparison:
    def stream() -> bytes:
        return agent_states(size)

    return Comparison(
        f"AGENT_STATE_EVENT, bytes to an empty handler, {size}",
        "event",
        (
            *sides(OURS, {"empty handler": fed(stream, _empty, reads=False)}),
            *sides(
                BOUND,
                {
                    "bare call": ready(bare_call_of_empty),
                    "splitting alone": fed(stream, _split_alone, reads=False),
                },
            ),
        ),
    )


def _dicts(name: str, size: str) -> Comparison:
    def stream() -> bytes:
        return STREAMS[name](size)

    return Comparison(
        f"{name}, bytes to a handler that gets every field in a dict, {size}",
        "event",
        (
            *sides(OURS, {"to_dict": fed(stream, _to_dict)}),
            *sides(PEER, {"eager": fed(stream, _eager)}),
        ),
    )


def _crowds(size: str) -> Comparison:
    def of_agents(agents: int) -> Callable[[], bytes]:
        return lambda: agent_states(size, agents)

    return Comparison(
        f"AGENT_STATE_EVENT of many agents, bytes to a handler that reads three fields, {size}",
        "event",
        tuple(
            sides(OURS, {f"{agents:,} agents": fed(of_agents(agents), _typed) for agents in (100, 100_000)})
        ),
    )


def comparisons() -> Iterator[Comparison]:
    """Return the comparisons of this module."""
    for size in SIZES:
        for name in STREAMS:
            yield _reading(name, size)
        yield _emptiness(size)
        for name in STREAMS:
            yield _dicts(name, size)
        yield _crowds(size)
