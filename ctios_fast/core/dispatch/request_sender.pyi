from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ctios_fast.core.classes.base import TypedMessage
from ctios_fast.core.codec import Codec

from .pending import OpenRequests, Request

# A message class, an OpenSettings or a PlainMessage. ``invoke_id`` is None for a message without InvokeID.
class MessageWriter(Protocol):
    @property
    def number(self) -> int: ...
    def encode_request(self, codec: Codec, invoke_id: int | None, fields: Any, /) -> bytes: ...

class SendByKeywords(Protocol):
    def __call__(
        self,
        request: Request[Any],
        message_class: type[TypedMessage],
        timeout: float | None = None,
        /,
        **fields: Any,
    ) -> None: ...

class RequestSender:
    write: Callable[[bytes], object] | None
    def __init__(self, codec: Codec, book: OpenRequests) -> None: ...
    def send(
        self,
        request: Request[Any],
        message: MessageWriter,
        fields: Mapping[str, Any],
        timeout: float | None = None,
        write: Callable[[bytes], object] | None = None,
    ) -> None: ...
    def post(self, message: MessageWriter, fields: Mapping[str, Any]) -> int | None: ...
    def by_keywords(
        self, timeout: float, not_sent: Callable[[Request[Any], BaseException], bool]
    ) -> SendByKeywords: ...
