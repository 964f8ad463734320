"""The dispatcher reuses a message view only while nothing else refers to it, so no handler sees it change."""

import struct
import subprocess
import sys
import threading
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctios_fast.core import Dispatcher, Message, codec
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.messages import AgentStateEvent
from ctios_fast.protocol import numbers as ged


def beat(invoke_id: int) -> bytes:
    return codec(25).encode(ged.HEARTBEAT_CONF, {"InvokeID": invoke_id})


def raw(number: int, body: bytes) -> bytes:
    return struct.pack(">II", len(body), number) + body


def state_event(agent_id: str, version: int = 25) -> bytes:
    layout = codec(version).describe(ged.AGENT_STATE_EVENT)
    assert layout is not None
    fields = {field.name: 0 for field in layout.fixed}
    return codec(version).encode(ged.AGENT_STATE_EVENT, fields, [("AgentID", agent_id)])


def dispatcher_of(*frames: bytes) -> Dispatcher:
    dispatcher = Dispatcher(codec(25))
    dispatcher.frames.feed(b"".join(frames))
    return dispatcher


def test_a_view_that_was_not_kept_is_reused_for_the_next_message_of_its_type() -> None:
    dispatcher = dispatcher_of(beat(1), raw(ged.HEARTBEAT_REQ, b"\0\0\0\2"), beat(3), beat(4))
    seen: list[tuple[int, int]] = []
    dispatcher.on(ged.HEARTBEAT_CONF, lambda message: seen.append((id(message), message["InvokeID"])))
    dispatcher.on(ged.HEARTBEAT_REQ, lambda message: None)
    dispatcher.dispatch()
    assert [number for _, number in seen] == [1, 3, 4]
    assert len({identity for identity, _ in seen}) == 1


def test_a_kept_view_stays_what_it_was() -> None:
    frames = [beat(number) for number in range(50)]
    dispatcher = dispatcher_of(*frames)
    kept: list[Message] = []
    dispatcher.on(ged.HEARTBEAT_CONF, kept.append)
    dispatcher.dispatch()
    assert [bytes(message) for message in kept] == frames
    assert len(set(map(id, kept))) == 50


@pytest.mark.parametrize("keep", ["closure", "traceback", "iterator", "property"])
def test_every_kind_of_reference_keeps_a_view(keep: str) -> None:
    dispatcher = dispatcher_of(state_event("1001"), state_event("1002"))
    kept: list[object] = []

    def handler(message: Message) -> None:
        if keep == "closure":
            kept.append(lambda: message["AgentID"])
        elif keep == "iterator":
            kept.append(item["AgentID"] for item in [message])
        elif keep == "property":
            kept.append(message.__getitem__)
        else:
            raise LookupError

    dispatcher.on(ged.AGENT_STATE_EVENT, handler)
    dispatcher.on_handler_error = lambda handler, message, error: kept.append(error)
    dispatcher.dispatch()
    first = kept[0]
    if keep == "closure":
        assert first() == "1001"  # type: ignore[operator]
    elif keep == "iterator":
        assert next(first) == "1001"  # type: ignore[call-overload]
    elif keep == "property":
        assert first("AgentID") == "1001"  # type: ignore[operator]
    else:
        frame = first.__traceback__.tb_next.tb_frame  # type: ignore[attr-defined]
        assert frame.f_locals["message"]["AgentID"] == "1001"


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=40))
def test_one_view_serves_frames_of_any_length(rows: list[tuple[int, bool]]) -> None:
    frames = [raw(120, bytes([index % 256]) * size) for index, (size, _) in enumerate(rows)]
    dispatcher = dispatcher_of(*frames)
    keep = iter([keep for _, keep in rows])
    kept: list[Message] = []
    seen: list[bytes] = []

    def handler(message: Message) -> None:
        seen.append(bytes(message))
        assert len(message) == len(seen[-1])
        if next(keep):
            kept.append(message)

    dispatcher.on(120, handler)
    dispatcher.dispatch()
    assert seen == frames
    assert list(map(bytes, kept)) == [frame for frame, (_, keep) in zip(frames, rows, strict=True) if keep]


def test_every_view_has_its_message_class() -> None:
    # no other test of this process creates the class of this message
    frame = codec(25).encode("CLIENT_EVENT_REPORT_CONF", {"InvokeID": 1})
    dispatcher = dispatcher_of(frame, frame)
    seen: list[str] = []
    dispatcher.on("CLIENT_EVENT_REPORT_CONF", lambda message: seen.append(type(message).__name__))
    dispatcher.dispatch()
    assert seen == ["ClientEventReportConf"] * 2


def test_creating_a_class_may_feed_the_buffer() -> None:
    program = """
import sys
from ctios_fast.core import Dispatcher, codec

class Finder:
    # any code may run while the class is created
    def find_spec(self, name, path=None, target=None):
        dispatcher.frames.feed(bytes(200_000))

frame = codec(25).encode("HEARTBEAT_CONF", {"InvokeID": 0x01020304})
dispatcher = Dispatcher(codec(25))
dispatcher.frames.feed(frame)
seen = []
dispatcher.on("HEARTBEAT_CONF", lambda message: seen.append(bytes(message)))
sys.modules.pop("ctios_fast.core.classes.factory", None)
sys.meta_path.insert(0, Finder())
dispatcher.dispatch()
assert seen == [frame]
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_view_follows_the_codec_of_its_frame() -> None:
    dispatcher = dispatcher_of(state_event("1001", 14), state_event("1002"))
    dispatcher.codec = codec(14)
    seen: list[tuple[int, str]] = []

    def handler(message: Message) -> None:
        seen.append((message.version, message["AgentID"]))
        dispatcher.codec = codec(25)

    dispatcher.on(ged.AGENT_STATE_EVENT, handler)
    dispatcher.dispatch()
    assert seen == [(14, "1001"), (25, "1002")]


def test_a_large_view_is_freed() -> None:
    dispatcher = dispatcher_of(raw(120, b"x" * 60_000))
    dispatcher.on(120, lambda message: None)
    tracemalloc.start()
    try:
        dispatcher.dispatch()
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 10_000


def test_a_nested_dispatch_of_another_dispatcher_uses_its_own_views() -> None:
    inner = dispatcher_of(beat(7))
    outer = dispatcher_of(beat(1), beat(2))
    seen: list[int] = []
    inner.on(ged.HEARTBEAT_CONF, lambda message: seen.append(message["InvokeID"]))

    def handler(message: Message) -> None:
        inner.dispatch()
        seen.append(message["InvokeID"])

    outer.on(ged.HEARTBEAT_CONF, handler)
    outer.dispatch()
    assert seen == [7, 1, 2]


def test_a_view_handed_to_another_thread_stays_what_it_was() -> None:
    dispatcher = dispatcher_of(beat(1), beat(2))
    go = threading.Event()
    seen: list[int] = []

    def reader(message: Message) -> None:
        go.wait(10)
        seen.append(message["InvokeID"])

    threads: list[threading.Thread] = []

    def handler(message: Message) -> None:
        threads.append(threading.Thread(target=reader, args=(message,)))
        threads[-1].start()

    dispatcher.on(ged.HEARTBEAT_CONF, handler)
    dispatcher.dispatch()
    go.set()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [1, 2]


def test_a_malformed_frame_leaves_the_reusable_view_alone() -> None:
    dispatcher = dispatcher_of(beat(1), raw(ged.HEARTBEAT_CONF, b"\0"), beat(2))
    seen: list[int] = []
    dispatcher.on(ged.HEARTBEAT_CONF, lambda message: seen.append(message["InvokeID"]))
    dispatcher.dispatch()
    assert (seen, dispatcher.malformed) == ([1, 2], 1)


def test_filtered_frames_take_no_view() -> None:
    dispatcher = dispatcher_of(state_event("1001"), state_event("1002"), state_event("1001"))
    dispatcher.filter = FrameFilter(25, messages=[ged.AGENT_STATE_EVENT], where={"AgentID": {"1001"}})
    kept: list[Message] = []
    dispatcher.on(ged.AGENT_STATE_EVENT, kept.append)
    dispatcher.dispatch()
    assert [message["AgentID"] for message in kept] == ["1001", "1001"]
    assert dispatcher.filtered == 1


def test_a_deleted_dispatcher_frees_its_views() -> None:
    dispatcher = dispatcher_of(state_event("1001"))
    dispatcher.on(AgentStateEvent, lambda message: None)
    before = sys.getrefcount(AgentStateEvent)  # each instance holds its class
    dispatcher.dispatch()
    assert sys.getrefcount(AgentStateEvent) == before + 1
    del dispatcher
    assert sys.getrefcount(AgentStateEvent) == before
