from typing import Any, ClassVar

from ctios_fast.core.encode.keyword_writer import Blueprint
from ctios_fast.core.message import Message

def new_class(module: str, name: str, namespace: dict[str, Any]) -> type[TypedMessage]: ...

class TypedMessage(Message):
    number: ClassVar[int]
    _blueprint: ClassVar[Blueprint]
    _fields: ClassVar[tuple[str, ...]]
