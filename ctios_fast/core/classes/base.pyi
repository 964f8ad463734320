from typing import Any, ClassVar

from ctios_fast.core.codec import Codec
from ctios_fast.core.encode.keyword_writer import KeywordWriter
from ctios_fast.core.message import Message

def new_class(module: str, name: str, namespace: dict[str, Any]) -> type[TypedMessage]: ...

class TypedMessage(Message):
    number: ClassVar[int]
    _writer: ClassVar[KeywordWriter]
    _fields: ClassVar[tuple[str, ...]]
    @classmethod
    def encode_request(
        cls, codec: Codec | int, invoke_id: int | None, fields: dict[str, Any], /
    ) -> bytes: ...
