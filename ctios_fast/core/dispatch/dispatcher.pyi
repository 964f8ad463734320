from collections.abc import Callable, Iterable
from typing import Concatenate, Literal, TypeAlias, TypeVar, final, overload

from ctios_fast.core.codec import Codec
from ctios_fast.core.frames import FrameBuffer
from ctios_fast.core.message import Message
from ctios_fast.core.scan.column_arrays import Columns
from ctios_fast.errors import MalformedFrame

_M = TypeVar("_M", bound=Message)

Handler: TypeAlias = Callable[[Message], object]

class FrameGate:
    @property
    def version(self) -> int: ...

@final
class Dispatcher:
    codec: Codec
    frames: FrameBuffer
    filter: FrameGate | None
    default: Handler | None
    on_malformed: Callable[[MalformedFrame], object] | None
    on_handler_error: Callable[[Callable[..., object], Message, BaseException], object] | None
    def __init__(self, codec: Codec, frames: FrameBuffer | None = None) -> None: ...
    @property
    def last_message(self) -> int: ...
    @property
    def frames_seen(self) -> int: ...
    @property
    def malformed(self) -> int: ...
    @property
    def unhandled(self) -> int: ...
    @property
    def filtered(self) -> int: ...
    @property
    def unfinished(self) -> bool: ...
    @property
    def handler_errors(self) -> int: ...
    @overload
    def on(self, message_type: int | str, handler: Handler) -> None: ...
    @overload
    def on(self, message_type: type[_M], handler: Callable[[_M], object]) -> None: ...
    @overload
    def on(
        self,
        message_type: int | str | type[Message],
        handler: Callable[..., object],
        fields: Iterable[str],
        *,
        with_message: Literal[False] = False,
    ) -> None: ...
    @overload
    def on(
        self,
        message_type: int | str,
        handler: Callable[Concatenate[Message, ...], object],
        fields: Iterable[str],
        *,
        with_message: bool,
    ) -> None: ...
    @overload
    def on(
        self,
        message_type: type[_M],
        handler: Callable[Concatenate[_M, ...], object],
        fields: Iterable[str],
        *,
        with_message: bool,
    ) -> None: ...
    def on_batch(
        self,
        message_type: int | str | type[Message],
        handler: Callable[[Columns], object],
        fields: Iterable[str] | None = None,
        *,
        max_rows: int = ...,
        max_string: int = ...,
    ) -> None: ...
    def on_first(self, message_type: int | str | type[Message], handler: Handler) -> None: ...
    def off(self, message_type: int | str | type[Message], handler: Callable[..., object]) -> None: ...
    def stop(self) -> None: ...
    def dispatch(self, seconds: float = 0) -> int: ...
