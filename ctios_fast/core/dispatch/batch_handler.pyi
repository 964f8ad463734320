from collections.abc import Callable, Iterable
from typing import final

from ctios_fast.core.codec import Codec
from ctios_fast.core.dispatch.frame_batch import FrameBatch
from ctios_fast.core.message import Message
from ctios_fast.core.scan.column_arrays import Columns

@final
class BatchHandler(FrameBatch):
    def __init__(
        self,
        codec: Codec,
        message_type: int | str | type[Message],
        handler: Callable[[Columns], object],
        fields: Iterable[str] | None = None,
        *,
        max_rows: int = ...,
        max_string: int = ...,
    ) -> None: ...
    @property
    def handler(self) -> Callable[[Columns], object]: ...
    @property
    def fields(self) -> tuple[str, ...]: ...
    @property
    def max_rows(self) -> int: ...
