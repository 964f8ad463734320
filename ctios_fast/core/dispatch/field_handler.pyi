from collections.abc import Callable, Iterable
from typing import final

from ctios_fast.core.dispatch.c_handler import FrameHandler
from ctios_fast.core.dispatch.field_store import FieldStore
from ctios_fast.core.message import Message

@final
class FieldHandler(FrameHandler):
    def __init__(
        self,
        message_type: int | str | type[Message],
        handler: Callable[..., object],
        fields: Iterable[str],
        *,
        with_message: bool = False,
        store: FieldStore | None = None,
    ) -> None: ...
    @property
    def handler(self) -> Callable[..., object]: ...
    @property
    def fields(self) -> tuple[str, ...]: ...
    @property
    def store(self) -> FieldStore | None: ...
    @property
    def with_message(self) -> bool: ...
