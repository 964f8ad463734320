from collections.abc import Callable, Sequence
from typing import NamedTuple

from typing_extensions import Buffer

from .column_plan import ColumnPlan

class ColumnCounts(NamedTuple):
    rows: int
    frames: int
    others: int
    malformed: int
    offset: int
    malformed_at: int
    malformed_frame: bytes | None

def read_columns(
    plan: ColumnPlan,
    buffer: Buffer,
    max_frame: int,
    limit: int,
    allocate: Callable[[int, tuple[int, ...]], Sequence[tuple[object, object]]],
) -> ColumnCounts: ...
def count_frames(buffer: Buffer, max_frame: int = 65536) -> tuple[int, int]: ...
