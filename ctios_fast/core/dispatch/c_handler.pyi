from typing import final

from ctios_fast.core.message import Message

class FrameHandler:
    def __call__(self, message: Message) -> None: ...

@final
class Field:
    @property
    def name(self) -> str: ...
    def __init__(self, name: str) -> None: ...
