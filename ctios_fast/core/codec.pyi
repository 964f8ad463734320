from collections.abc import Iterable, Mapping
from typing import Final, final

from typing_extensions import Buffer

from .layout import MessageLayout
from .message import Message

DEFAULT_MAX_FRAME: Final = 65536

@final
class Codec:
    def __init__(self, version: int, max_frame: int = 65536) -> None: ...
    @property
    def version(self) -> int: ...
    @property
    def tag_width(self) -> int: ...
    @property
    def max_frame(self) -> int: ...
    def describe(self, message_type: int) -> MessageLayout | None: ...
    def decode(self, frame: Buffer) -> Message: ...
    def encode(
        self,
        message_type: int,
        fields: Mapping[str, int],
        floating: Iterable[tuple[str, object]] = (),
        *,
        as_received: bool = False,
    ) -> bytes: ...
    def encode_raw(self, message_type: int, body: Buffer) -> bytes: ...

def codec(version: int) -> Codec: ...
