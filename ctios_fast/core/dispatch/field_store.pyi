from collections.abc import Collection, Mapping, Sequence
from typing import Any, final

from ctios_fast.core.dispatch.text_dict import TextDict
from ctios_fast.core.message import Message

@final
class FieldStore:
    def __init__(
        self,
        message_type: int | str | type[Message],
        objects: TextDict[Any],
        key: str,
        *,
        stores: Mapping[str, tuple[str, Sequence[object] | None]],
        texts: Mapping[str, str],
        expects: Mapping[str, object],
        within: Mapping[str, Collection[int]],
        without: Mapping[str, Collection[int]],
    ) -> None: ...
    is_on: bool
    @property
    def objects(self) -> TextDict[Any]: ...
    def limit(self, name: str, numbers: Collection[int]) -> None: ...
