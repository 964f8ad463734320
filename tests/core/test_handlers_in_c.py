"""Handlers that the dispatcher calls in C, compiled from ``handlers_in_c.pyx``."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from test_recycled_views import beat, raw, state_event

import ctios_fast
from ctios_fast.core import Dispatcher, Message, codec
from ctios_fast.core.dispatch.c_handler import Field, FrameHandler
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.protocol import numbers as ged

SOURCE = Path(__file__).parent / "handlers_in_c.pyx"
EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "handler_in_c"
BUILD = """
import sys
from Cython.Build import cythonize
from setuptools import Extension, setup
from ctios_fast.core import get_include
module = Extension("handlers_in_c", [sys.argv[1]], include_dirs=[get_include()])
setup(script_args=["-q", "build_ext", "--inplace"],
      ext_modules=cythonize(module, include_path=[sys.argv[2]], quiet=True))
"""

needs_compiler = pytest.mark.skipif(
    importlib.util.find_spec("Cython") is None
    or not any(shutil.which(name) for name in (os.environ.get("CC", "cc"), "gcc", "clang", "cl")),
    reason="a handler in C is compiled, which takes Cython and a C compiler",
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("handlers")
    shutil.copy(SOURCE, folder)
    site = Path(ctios_fast.__file__).parent.parent
    subprocess.run([sys.executable, "-c", BUILD, SOURCE.name, site], cwd=folder, check=True, timeout=120)
    (extension,) = (path for path in folder.iterdir() if path.suffix in (".so", ".pyd"))
    spec = importlib.util.spec_from_file_location("handlers_in_c", extension)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def dispatcher_of(*frames: bytes) -> Dispatcher:
    dispatcher = Dispatcher(codec(25))
    dispatcher.frames.feed(b"".join(frames))
    return dispatcher


@needs_compiler
class TestCompiled:
    def test_it_gets_each_well_formed_frame_and_reads_its_fields(self, compiled: Any) -> None:
        frames = [state_event("1001"), raw(ged.AGENT_STATE_EVENT, b"\0\0"), state_event("1002")]
        dispatcher = dispatcher_of(*frames)
        reader = compiled.Reader("PeripheralID", "AgentID")
        dispatcher.on(ged.AGENT_STATE_EVENT, reader)
        assert dispatcher.dispatch() == 3
        assert reader.rows == [
            (ged.AGENT_STATE_EVENT, 0, b"1001", frames[0]),
            (ged.AGENT_STATE_EVENT, 0, b"1002", frames[2]),
        ]
        assert dispatcher.malformed == 1

    @pytest.mark.parametrize("version", [9, 14, 19, 20, 25])
    def test_fields_are_found_in_every_version(self, compiled: Any, version: int) -> None:
        dispatcher = Dispatcher(codec(version))
        reader = compiled.Reader("DepartmentID", "AgentID")
        dispatcher.on(ged.AGENT_STATE_EVENT, reader)
        dispatcher.frames.feed(state_event("1001", version))
        dispatcher.dispatch()
        known = "DepartmentID" in codec(version).decode(state_event("1001", version))
        assert [row[1:3] for row in reader.rows] == [(0 if known else None, b"1001")]

    def test_fields_that_the_frame_lacks_are_absent(self, compiled: Any) -> None:
        dispatcher = dispatcher_of(state_event("1001"), raw(120, b"abc"))
        reader = compiled.Reader("NoSuchField", "AgentExtension")
        for number in (ged.AGENT_STATE_EVENT, 120):
            dispatcher.on(number, reader)
        dispatcher.dispatch()
        assert [row[:3] for row in reader.rows] == [(ged.AGENT_STATE_EVENT, None, None), (120, None, None)]

    def test_it_is_called_in_order_with_handlers_in_python(self, compiled: Any) -> None:
        dispatcher = dispatcher_of(beat(1), beat(2))
        reader = compiled.Reader("InvokeID", "AgentID")
        seen: list[tuple[int, int]] = []

        def handler(message: Message) -> None:
            seen.append((message["InvokeID"], len(reader.rows)))

        for one in (handler, reader, handler):
            dispatcher.on(ged.HEARTBEAT_CONF, one)
        dispatcher.dispatch()
        assert seen == [(1, 0), (1, 1), (2, 1), (2, 2)]
        dispatcher.off(ged.HEARTBEAT_CONF, reader)
        dispatcher.frames.feed(beat(3))
        dispatcher.dispatch()
        assert len(reader.rows) == 2

    def test_it_may_be_the_default_handler_for_any_message_type(self, compiled: Any) -> None:
        dispatcher = dispatcher_of(raw(511, b""), raw(2**32 - 1, b""), raw(120, b"x"))
        by_default, by_number = compiled.Reader("a", "b"), compiled.Reader("a", "b")
        dispatcher.default = by_default
        dispatcher.on(120, by_number)
        dispatcher.dispatch()
        assert [row[0] for row in by_default.rows] == [511, 2**32 - 1]
        assert [row[0] for row in by_number.rows] == [120]

    def test_what_it_raises_is_reported(self, compiled: Any) -> None:
        dispatcher = dispatcher_of(beat(1), beat(2))
        errors: list[tuple[object, int, BaseException]] = []
        error = ValueError("no")
        raiser, reader = compiled.Raiser(error), compiled.Reader("InvokeID", "b")
        dispatcher.on(ged.HEARTBEAT_CONF, raiser)
        dispatcher.on(ged.HEARTBEAT_CONF, reader)
        dispatcher.on_handler_error = lambda *row: errors.append((row[0], row[1]["InvokeID"], row[2]))
        dispatcher.dispatch()
        assert errors == [(raiser, 1, error), (raiser, 2, error)]
        assert [row[1] for row in reader.rows] == [1, 2]
        assert dispatcher.handler_errors == 2

    def test_a_codec_replaced_during_a_frame_does_not_affect_the_frame(self, compiled: Any) -> None:
        dispatcher = dispatcher_of(state_event("1001"))
        reported: list[tuple[int, str]] = []
        for _ in range(2):
            dispatcher.on(ged.AGENT_STATE_EVENT, compiled.Raiser(ValueError("no")))

        def error(handler: object, message: Message, error: BaseException) -> None:
            reported.append((message.version, message["AgentID"]))
            dispatcher.codec = codec(19)

        dispatcher.on_handler_error = error
        dispatcher.dispatch()
        assert reported == [(25, "1001"), (25, "1001")]
        assert (dispatcher.handler_errors, dispatcher.malformed) == (2, 0)

    def test_an_interrupt_ends_the_dispatch_and_frees_the_buffer(self, compiled: Any) -> None:
        dispatcher = dispatcher_of(beat(1), beat(2))
        dispatcher.on(ged.HEARTBEAT_CONF, compiled.Raiser(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            dispatcher.dispatch()
        dispatcher.frames.feed(bytes(100_000))  # the buffer can move again

    def test_the_buffer_does_not_move_while_a_handler_reads_it(self, compiled: Any) -> None:
        dispatcher = dispatcher_of(beat(1))
        feeder = compiled.Feeder(dispatcher.frames, beat(2) * 10_000)  # more than the buffer can take
        dispatcher.on(ged.HEARTBEAT_CONF, feeder)
        dispatcher.dispatch()
        assert feeder.rows == [beat(1)]
        assert dispatcher.handler_errors == 1  # the BufferError of feed()

    def test_beside_a_handler_in_python_it_reads_a_copy(self, compiled: Any) -> None:
        dispatcher = dispatcher_of(beat(1))
        feeder = compiled.Feeder(dispatcher.frames, beat(2))
        dispatcher.on(ged.HEARTBEAT_CONF, lambda message: dispatcher.frames.feed(bytes(100_000)))
        dispatcher.on(ged.HEARTBEAT_CONF, feeder)
        dispatcher.on(ged.HEARTBEAT_CONF, lambda message: dispatcher.stop())
        dispatcher.dispatch()
        assert feeder.rows == [beat(1)]
        assert dispatcher.handler_errors == 0

    def test_filtered_frames_do_not_reach_it(self, compiled: Any) -> None:
        dispatcher = dispatcher_of(state_event("1001"), state_event("1002"))
        dispatcher.filter = FrameFilter(25, messages=[ged.AGENT_STATE_EVENT], where={"AgentID": {"1002"}})
        reader = compiled.Reader("AgentState", "AgentID")
        dispatcher.on(ged.AGENT_STATE_EVENT, reader)
        dispatcher.dispatch()
        assert [row[2] for row in reader.rows] == [b"1002"]

    def test_called_with_a_message_it_handles_its_frame(self, compiled: Any) -> None:
        reader = compiled.Reader("InvokeID", "AgentID")
        reader(codec(25).decode(beat(7)))
        assert reader.rows == [(ged.HEARTBEAT_CONF, 7, None, beat(7))]

    def test_a_handler_without_on_frame_raises_not_implemented(self, compiled: Any) -> None:
        with pytest.raises(NotImplementedError, match="Empty has no on_frame"):
            compiled.Empty()(codec(25).decode(beat(7)))


def test_a_frame_handler_cannot_be_written_in_python() -> None:
    class Plain(FrameHandler):
        def on_frame(self, frame: object) -> None:
            """Never called: C calls C."""

    with pytest.raises(NotImplementedError, match="Plain has no on_frame"):
        Plain()(codec(25).decode(beat(1)))
    with pytest.raises(TypeError):
        Plain()(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="holds no frame"):
        Plain()(Message.__new__(Message))


def test_a_field_shows_its_name() -> None:
    assert Field("AgentID").name == "AgentID"
    assert repr(Field("AgentID")) == "<field AgentID>"
    with pytest.raises(TypeError):
        Field(None)  # type: ignore[arg-type]


@needs_compiler
def test_the_example_counts_the_same_as_python(tmp_path: Path) -> None:
    for path in EXAMPLE.iterdir():
        if path.suffix in (".py", ".pyx"):
            shutil.copy(path, tmp_path)
    subprocess.run(
        [sys.executable, "setup.py", "-q", "build_ext", "--inplace"], cwd=tmp_path, check=True, timeout=120
    )
    shown = subprocess.run(
        [sys.executable, "main.py"], cwd=tmp_path, check=True, timeout=60, capture_output=True, text=True
    ).stdout
    assert shown.splitlines()[0] == "AGENT_STATE_LOGIN: 200 in C, 200 in Python"
    assert len(shown.splitlines()) == 5
