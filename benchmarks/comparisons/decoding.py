"""One event, already split from its stream, to a dict of all its fields."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.measure import OURS, PEER, Comparison, Prepare, Round, ready, sides
from benchmarks.peers import eager
from benchmarks.streams import SIZES, STREAMS, VERSION, frames_of, in_turns
from ctios_fast.core import codec

AT_ONCE = 2000


def _decoded(stream: Callable[[], bytes], make: Callable[[], Callable[[bytes], dict[Any, Any]]]) -> Prepare:
    def prepared() -> Round:
        frames = frames_of(stream())
        decode = make()
        for frame in frames[:200]:
            assert decode(frame) == codec(VERSION).decode(frame).to_dict()
        turns = in_turns(frames, min(AT_ONCE, len(frames)))

        def work() -> int:
            turn = next(turns)
            for frame in turn:
                decode(frame)
            return len(turn)

        return work

    return ready(prepared)


def _ours() -> Callable[[bytes], dict[Any, Any]]:
    return codec(VERSION).to_dict


def _eager() -> Callable[[bytes], dict[Any, Any]]:
    decoders: dict[int, eager.Decode] = {}
    header = eager.HEADER

    def decode(frame: bytes) -> dict[Any, Any]:
        length, number = header(frame)
        known = decoders.get(number)
        if known is None:
            known = decoders[number] = eager.decoder(number)
        return known(frame, 8, 8 + length)

    return decode


def comparisons() -> Iterator[Comparison]:
    """Return the comparisons of this module."""
    for size in SIZES:
        for name, stream in STREAMS.items():
            yield Comparison(
                f"{name}, one event to a dict of all its fields, {size}",
                "event",
                (
                    *sides(OURS, {"to_dict": _decoded(lambda s=stream, z=size: s(z), _ours)}),
                    *sides(PEER, {"eager": _decoded(lambda s=stream, z=size: s(z), _eager)}),
                ),
            )
