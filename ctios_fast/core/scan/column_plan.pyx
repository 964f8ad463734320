"""The plan of a column scan: which bytes of a message's frames fill which column.

A plan is created once and serves any number of buffers. Fields are looked up as in ``Message.__getitem__``:
in the fixed part of the frame's layout, then by the tag that the message lists for the name, then by the tag
table.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memset

from ctios_fast.core.layout cimport (
    FLAG_ARRAY,
    HEADER_SIZE,
    NO_TAG,
    WIRE_CHAR,
    WIRE_INT,
    WIRE_NAMEDARRAY,
    WIRE_NAMEDVAR,
    WIRE_SHORT,
    WIRE_STRING,
    FloatingSlot,
    Layout,
    layouts_of,
    message_name,
    type_width,
)
from ctios_fast.core.field_slot cimport FieldSlot, find_slot
from ctios_fast.core.floating cimport MAX_PLACES, MAX_TAGS
from .transpose cimport LANES, NO_COLUMN, UNUSED_BYTE, WINDOW, Window, transposes

from typing import NamedTuple

from ctios_fast.core.layout import NEWEST_VERSION
from ctios_fast.core.switches import is_on
from ctios_fast.protocol.naming import suggestion


cdef enum:
    MIN_IN_WINDOW = 2           # numbers in a window; a single one is faster in a loop of its own

cdef bint TRANSPOSES = transposes() and is_on("transpose")


class ColumnField(NamedTuple):
    """A wanted column.

    * ``name``: the column's name, that of its field in the reference unless another one was given
    * ``code``: NumPy's type code: ``"u2"``, ``"i4"`` … for numbers, ``"S"`` for byte strings
    * ``masked``: whether a row may lack a value
    * ``text``: whether byte strings end at the first NUL
    """

    name: str
    code: str
    masked: bool
    text: bool


cdef str _code(int wire_type):
    cdef int width = type_width(wire_type)
    if width == 0:
        return "S"
    return f"{'i' if wire_type in (WIRE_CHAR, WIRE_SHORT, WIRE_INT) else 'u'}{width}"


cdef class ColumnPlan:
    """The wanted columns of one message in one version; see ``ctios_fast.bulk.columns``.

    * ``names``: the reference's names of the fields, None for all fixed fields
    * ``labels``: names of the columns, None for those of the fields
    """

    def __cinit__(self, version, uint32_t message, names=None, labels=None):
        cdef Layout *layout
        cdef Py_ssize_t i
        self.layouts = layouts_of(version)
        self.message = message
        self.name = message_name(message)
        layout = self.layouts.find(message)
        if layout == NULL:
            raise ValueError(f"message {self.name or message} has no published layout, so it has no columns")
        while layout != NULL:
            if self.layout_count == MAX_LAYOUTS:
                raise RuntimeError("ged188.toml has more layouts of a message than MAX_LAYOUTS: raise it")
            self.candidates[self.layout_count] = layout
            self.layout_count += 1
            layout = layout.alternative
        if names is None:
            names = [field.name for field in self.layouts.describe(message).fixed]
        names = list(names)
        self.columns = <Column *>PyMem_Calloc(len(names) + 1, sizeof(Column))
        if self.columns == NULL:
            raise MemoryError
        fields = []
        for i, name in enumerate(names):
            if not isinstance(name, str):
                raise TypeError(f"a field's name must be a str, got {type(name).__name__}")
            if name in names[:i]:
                raise ValueError(f"field {name} is named twice: name each field once")
            code = self._add(i, name)
            fields.append(
                ColumnField(
                    name if labels is None else labels[i],
                    _code(code), self.columns[i].masked, self.columns[i].text,
                )
            )
        self.count = len(names)
        self.names = tuple(names)
        self.fields = tuple(fields)
        self.codes = [field.code for field in fields]
        self.index = {field.name: i for i, field in enumerate(fields)}
        if TRANSPOSES:
            self._plan_windows()

    def __dealloc__(self):
        PyMem_Free(self.columns)
        PyMem_Free(self.windows)

    cdef int _plan_windows(self) except -1:
        # Assigns the fixed numbers of two and four bytes to windows, in the order of their offsets.
        cdef Window *window
        cdef Py_ssize_t i, at
        cdef int lane, half, width
        end = HEADER_SIZE + min([self.candidates[i].fixed_size for i in range(self.layout_count)])
        left = sorted(
            [
                (self.columns[i].sources[0].at, i)
                for i in range(self.count)
                if self.columns[i].width >= 2 and not self.columns[i].masked
            ]
        )
        self.windows = <Window *>PyMem_Calloc(len(left) + 1, sizeof(Window))
        if self.windows == NULL:
            raise MemoryError
        while left and end >= WINDOW:
            window = &self.windows[self.window_count]
            window.at = min(left[0][0], end - WINDOW)
            window.lanes = 0
            half = -1                               # a lane that can take another number of two bytes
            memset(window.order, UNUSED_BYTE, WINDOW)
            taken = []
            for at, i in left:
                width = self.columns[i].width
                if at + width > window.at + WINDOW:
                    break
                if width == 2 and half >= 0:
                    window.second[half] = i
                    window.order[4 * half + 2] = at - window.at + 1
                    window.order[4 * half + 3] = at - window.at
                    half = -1
                elif window.lanes < LANES:
                    lane = window.lanes
                    window.lanes += 1
                    window.first[lane] = i
                    window.second[lane] = NO_COLUMN
                    window.halves[lane] = width == 2
                    half = lane if width == 2 else half
                    for k in range(width):
                        window.order[4 * lane + k] = at - window.at + width - 1 - k
                else:
                    continue
                taken.append((at, i))
            if len(taken) < MIN_IN_WINDOW:
                del left[0]
                continue
            for at, i in taken:
                self.columns[i].in_window = True
                left.remove((at, i))
            self.window_count += 1
        return 0

    cdef int _source(self, Layout *layout, str name, ColumnSource *source, int *wire_type) except -1:
        # Looks the field up in a layout, as Message.__getitem__ does. Leaves `source` alone if it is absent.
        cdef FieldSlot found
        cdef const FloatingSlot *slot
        find_slot(layout, name, &found)
        if found.fixed != NULL:
            source.kind = SOURCE_FIXED
            source.at = HEADER_SIZE + found.fixed.offset
            wire_type[0] = found.fixed.type
            return 0
        slot = found.floating
        if slot == NULL or slot.tag == NO_TAG:
            return 0
        wire_type[0] = slot.type
        if slot.type == WIRE_NAMEDVAR or slot.type == WIRE_NAMEDARRAY:
            raise TypeError(f"field {name} of {self.name} is a named variable, which a column cannot hold")
        if slot.flags & FLAG_ARRAY:
            raise TypeError(f"field {name} of {self.name} is an array, which a column cannot hold")
        if slot.tag >= MAX_TAGS or self.places == MAX_PLACES:
            raise RuntimeError("ged188.toml has tags or fields above MAX_TAGS or MAX_PLACES: raise them")
        source.kind = SOURCE_FLOATING
        if not self.place_of_tag[slot.tag]:
            self.places += 1
            self.tags = max(self.tags, <Py_ssize_t>slot.tag + 1)
            self.place_of_tag[slot.tag] = <uint8_t>self.places
            if slot.second_tag != NO_TAG and not self.place_of_tag[slot.second_tag]:
                self.tags = max(self.tags, <Py_ssize_t>slot.second_tag + 1)
                self.place_of_tag[slot.second_tag] = <uint8_t>self.places
            if type_width(slot.type) == 0:
                self.place_kind[self.places] = PLACE_TEXT if slot.type == WIRE_STRING else PLACE_BYTES
        source.at = self.place_of_tag[slot.tag] - 1
        return 0

    cdef int _add(self, Py_ssize_t at, str name) except -1:
        # Adds the column and returns its wire type in the first layout that has the field.
        cdef Column *column = &self.columns[at]
        cdef int i, wire_type, chosen = -1
        for i in range(self.layout_count):
            wire_type = -1
            self._source(self.candidates[i], name, &column.sources[i], &wire_type)
            if wire_type < 0:
                continue
            if chosen < 0:
                chosen = wire_type
            elif type_width(wire_type) != type_width(chosen):
                column.sources[i].kind = SOURCE_NONE
        if chosen < 0:
            raise self._unknown(name)
        column.width = type_width(chosen)
        column.text = chosen == WIRE_STRING
        for i in range(self.layout_count):
            # A fixed field whose offset differs between layouts is also looked up row by row.
            column.masked |= (
                column.sources[i].kind != SOURCE_FIXED or column.sources[i].at != column.sources[0].at
            )
        return chosen

    def _unknown(self, name):
        described = self.layouts.describe(self.message)
        newest = layouts_of(NEWEST_VERSION).describe(self.message)
        for field in newest.fixed:
            if field.name == name:
                return ValueError(
                    f"{self.name} has field {name} from version {field.since} on, "
                    f"but not in version {self.layouts.version}"
                )
        for field in described.floating:
            if field.name == name:
                return ValueError(f"field {name} of {self.name} has no published tag, so it cannot be found")
        known = [field.name for field in (*described.fixed, *described.floating)]
        return ValueError(
            f"{self.name} has no field {name!r} in version {self.layouts.version}{suggestion(name, known)}"
        )
