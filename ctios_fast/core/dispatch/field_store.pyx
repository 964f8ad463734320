"""Performance trick: messages that only change slots of an object are stored without a call of Python code.

Most messages about a known object only change numbers that the object has: nobody listens, and nothing else
follows. A ``FieldStore`` describes such messages. It finds the object by a text of the frame, checks that the
frame and the object are as described, and writes the numbers into the object's slots. Everything else goes to
the handler in Python, which alone knows what a message means.

Successive frames are taken together, step by step: all are read, then all objects are found, then all are
changed, in wire order. Each step asks for the memory that the next one needs. With many objects, which the
caches do not hold, the processor so waits for all of them at once instead of for each.

What it buys, in instructions a frame (kernels of benchmarks/kernels.py under callgrind, CPython 3.11):
event_of_known_agent 776 with it and 4,536 without, read_of_one_event 7,788 and 11,050.
Off: CTIOS_FAST_WITHOUT=field-store.
"""

cimport cython
from cpython.long cimport PyLong_CheckExact
from cpython.object cimport Py_TYPE, PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcmp, memset

from ctios_fast.core.field_slot cimport FieldSlot, find_slot
from ctios_fast.core.floating cimport LENGTH_BITS, LENGTH_MASK, MAX_TAGS, find_floating
from ctios_fast.core.layout cimport (
    FLAG_REPEATS, HEADER_SIZE, NO_TAG, WIRE_STRING, Layout, Layouts, is_field_name, load_number,
)
from ctios_fast.core.message cimport until_nul
from ctios_fast.core.pyobjects cimport ascii_of, whole_number
from ctios_fast.core.wire cimport load32, prefetch
from .text_dict cimport TextDict, words_of_key

from ctios_fast.core.switches import is_on
from ctios_fast.protocol.naming import message_number

cdef extern from "c/slots.h":
    bint HAS_SLOTS "CTIOS_HAS_SLOTS"
    Py_ssize_t TEXT_OFFSET "CTIOS_TEXT_OFFSET"
    Py_ssize_t slot_offset "ctios_slot_offset"(object descriptor) noexcept
    PyObject **slot_of "ctios_slot"(PyObject *object, Py_ssize_t offset) noexcept

cdef extern from "c/pyobjects.h":
    PyObject *new_int "ctios_new_int"(int64_t number) noexcept      # NULL with an error, for _write to clear

cdef extern from "Python.h":
    void PyErr_Clear() noexcept

cdef enum:
    MAX_ROWS = 32               # largest number of frames that are taken together

cdef bint IS_SUPPORTED = HAS_SLOTS and is_on("field-store")


@cython.final
cdef class FieldStore:
    """Describes the messages that only change slots of an object, and stores them.

    - ``message_type``: the message's number, name or class.
    - ``objects``: the objects by text.
    - ``key``: name of the text field that has an object's key.
    - ``stores``: names of fixed fields whose numbers are stored, with the slot and a sequence of the values
      of the numbers from 0 on; None stores the numbers themselves.
    - ``texts``: names of text fields, with slots. The text of the slot is the field's, or the field is absent
      or empty.
    - ``expects``: slots with the object, such as None, that they contain.
    - ``within``: names of fixed fields with numbers. The field has one of them, or the version lacks it.
    - ``without``: the same; the field has none of them.

    ``is_on`` says whether messages are stored at all; it is False at first. A ``FieldHandler`` that is given
    the store is called with all messages that are not stored.

    Raises ``ValueError`` for names that are not known and for more than it has memory for, ``TypeError`` for
    an attribute of the objects' class that is not a slot.
    """

    def __cinit__(
        self, message_type, TextDict objects not None, str key not None, *, stores, texts, expects, within,
        without,
    ):
        cdef int i
        self._message = message_number(message_type)
        self.objects = objects
        self._run = 1
        for names, most in (
            (stores, MAX_OF_EACH), (texts, MAX_OF_EACH), (expects, MAX_OF_EACH),
            ((*within, *without), MAX_CONDITIONS),
        ):
            if len(names) > most:
                raise ValueError(f"at most {most} names are possible, got {', '.join(names)}")
        for name in (key, *stores, *texts, *within, *without):
            if not is_field_name(name):
                raise ValueError(f"the reference has no field {name!r}")
        self._fields = [(*within, *without), tuple(stores), (key, *texts)]
        self._conditions, self._stored = len(within) + len(without), len(stores)
        self._texts, self._expected = len(texts), len(expects)
        values = [None if each is None else tuple(each) for _, each in stores.values()]
        self._keeps = (values, list(expects.values()))
        for i, (slot, _) in enumerate(stores.values()):
            self._store[i].slot = self.offset_of(slot)
            self._store[i].values = NULL if values[i] is None else <PyObject *>values[i]
        for i, slot in enumerate(texts.values()):
            self._text[i] = self.offset_of(slot)
        for i, (slot, value) in enumerate(expects.items()):
            self._expect[i].slot = self.offset_of(slot)
            self._expect[i].value = <PyObject *>value
        for i, name in enumerate(within):
            self._condition[i].holds_within = True
            self.limit(name, within[name])
        for name in without:
            self.limit(name, without[name])

    cdef Py_ssize_t offset_of(self, str slot) except -1:
        cdef Py_ssize_t offset = slot_offset(getattr(self.objects.kind, slot))
        if offset < 0:
            raise TypeError(f"{self.objects.kind.__name__}.{slot} is not a slot")
        self._near = min(self._near, offset) if self._near else offset
        self._far = max(self._far, offset)
        return offset

    def limit(self, str name not None, numbers):
        """Change the numbers of a field in ``within`` or ``without``."""
        cdef Condition *condition = &self._condition[<int>self._fields[0].index(name)]
        cdef int i
        if len(numbers) > MAX_NUMBERS:
            raise ValueError(f"at most {MAX_NUMBERS} numbers of {name} are possible, got {len(numbers)}")
        condition.count = len(numbers)
        for i, number in enumerate(numbers):
            condition.numbers[i] = number

    # --- Places of the fields -----------------------------------------------------------------------

    cdef int find_places(self, Layout *layout) except -1:
        cdef FieldSlot found
        cdef int i, place
        self._layout = NULL
        self._fits = layout.alternative == NULL
        memset(self._place_of_tag, 0, sizeof(self._place_of_tag))
        self._tags = MAX_TAGS
        for i, name in enumerate(self._fields[0]):
            find_slot(layout, name, &found)
            self._condition[i].is_there = found.fixed != NULL
            self._fits = self._fits and (found.fixed != NULL or found.floating == NULL)
            if found.fixed != NULL:
                self._condition[i].field.at = HEADER_SIZE + found.fixed.offset
                self._condition[i].field.wire_type = found.fixed.type
        for i, name in enumerate(self._fields[1]):
            find_slot(layout, name, &found)
            self._fits = self._fits and found.fixed != NULL
            if found.fixed != NULL:
                self._store[i].field.at = HEADER_SIZE + found.fixed.offset
                self._store[i].field.wire_type = found.fixed.type
        self._wanted = len(self._fields[2])
        for i, name in enumerate(self._fields[2]):
            place = i + 1
            find_slot(layout, name, &found)
            if (
                found.floating == NULL
                or found.floating.type != WIRE_STRING
                or found.floating.flags & FLAG_REPEATS
                or found.floating.tag >= MAX_TAGS
            ):
                self._fits = False
                continue
            self._place_of_tag[found.floating.tag] = place
            if found.floating.second_tag != NO_TAG:
                self._place_of_tag[found.floating.second_tag] = place
        self._layout = layout
        return 0

    # --- Frames -------------------------------------------------------------------------------------

    cdef Py_ssize_t take(
        self, Layouts layouts, const unsigned char *frame, const unsigned char *end, Py_ssize_t max_frame,
        Py_ssize_t count, Py_ssize_t *taken,
    ) except -1:
        cdef Row rows[MAX_ROWS]
        cdef Row *row
        cdef const unsigned char *at = frame
        cdef Py_ssize_t size, limit = min(<Py_ssize_t>self._run, count)
        cdef Py_ssize_t i, k, held, read = 0
        cdef Layout *layout
        taken[0] = 0
        if not IS_SUPPORTED or self._keeps is None or not self.objects:
            return 0                    # the garbage collector may have cleared them
        layout = layouts.find(self._message)
        if layout != self._layout:
            self.find_places(layout)
        if not self._fits:
            return 0
        while read < limit and end - at >= HEADER_SIZE:
            size = HEADER_SIZE + <Py_ssize_t>load32(at)
            if size > end - at or size > max_frame or load32(at + 4) != self._message:
                break
            rows[read].frame = at
            if not self._read(&rows[read], size, layouts.tag_width):
                limit = 0
                break
            read += 1
            at += size
        held = 0
        while held < read:
            row = &rows[held]
            row.object = self.objects.value_at(row.place, row.first, row.second)
            if row.object == NULL:
                break
            prefetch(row.object, self._near)
            prefetch(row.object, self._far)
            held += 1
        for i in range(held):
            for k in range(self._texts):
                prefetch(slot_of(rows[i].object, self._text[k])[0], TEXT_OFFSET)
        i = 0
        while i < held and self._write(&rows[i]):
            i += 1
        # A frame that is not stored is read twice, and those after it too: fewer are read next time.
        if i < read or limit == 0:
            self._run = <int>max(<Py_ssize_t>1, i)
        elif i == limit and self._run < MAX_ROWS:
            self._run *= 2
        taken[0] = i
        if i == 0:
            return 0
        return (at if i == read else rows[i].frame) - frame

    cdef bint _read(self, Row *row, Py_ssize_t size, int tag_width) noexcept:
        # Reads the key and the places of the texts. Returns whether the frame is one that may be stored.
        cdef const unsigned char *frame = row.frame
        cdef const Condition *condition
        cdef int64_t number
        cdef uint64_t key
        cdef int i, k
        cdef bint is_one
        if size - HEADER_SIZE < self._layout.fixed_size:
            return False
        for i in range(self._conditions):
            condition = &self._condition[i]
            if condition.is_there:
                number = load_number(condition.field.wire_type, frame + condition.field.at)
                is_one = False
                for k in range(condition.count):
                    is_one |= condition.numbers[k] == number
                if is_one != condition.holds_within:
                    return False
        for i in range(1, 2 + self._texts):
            row.texts[i] = 0
        if not find_floating(
            self._place_of_tag, self._tags, self._wanted, frame, HEADER_SIZE + self._layout.fixed_size, size,
            row.texts, tag_width,
        ):
            return False
        key = row.texts[1]
        if not words_of_key(frame + (key >> LENGTH_BITS), key & LENGTH_MASK, &row.first, &row.second):
            return False
        row.place = self.objects.place_of(row.first, row.second)
        prefetch(row.place, 0)
        return True

    cdef bint _write(self, Row *row) noexcept:
        # Stores the frame in its object if the object is as it must be; returns whether it was.
        cdef const StoredField *store
        cdef PyObject *values[MAX_OF_EACH]
        cdef PyObject *before
        cdef PyObject *value
        cdef const unsigned char *text
        cdef const char *known
        cdef Py_ssize_t size, length
        cdef int64_t number, present
        cdef int i
        for i in range(self._expected):
            if slot_of(row.object, self._expect[i].slot)[0] != self._expect[i].value:
                return False
        for i in range(self._texts):
            text = row.frame + (row.texts[i + 2] >> LENGTH_BITS)
            size = until_nul(text, row.texts[i + 2] & LENGTH_MASK)
            if size == 0:
                continue
            value = slot_of(row.object, self._text[i])[0]
            if value == NULL:
                return False
            known = ascii_of(value, &length)
            if known == NULL or length != size or memcmp(known, text, size) != 0:
                return False
        for i in range(self._stored):
            store = &self._store[i]
            before = slot_of(row.object, store.slot)[0]
            number = load_number(store.field.wire_type, row.frame + store.field.at)
            # Only values that run no code when they are freed are replaced here.
            if before == NULL or not (before == <PyObject *>None or PyLong_CheckExact(<object>before) or (
                store.values != NULL
                and PyTuple_GET_SIZE(<tuple>store.values)
                and Py_TYPE(<object>before) == Py_TYPE(<object>PyTuple_GET_ITEM(<tuple>store.values, 0))
            )):
                return False
            if store.values != NULL:
                if not 0 <= number < PyTuple_GET_SIZE(<tuple>store.values):
                    return False
                values[i] = PyTuple_GET_ITEM(<tuple>store.values, number)
            elif PyLong_CheckExact(<object>before) and whole_number(before, &present) and present == number:
                values[i] = before
            else:
                values[i] = NULL
        for i in range(self._stored):
            store = &self._store[i]
            before = slot_of(row.object, store.slot)[0]
            value = values[i]
            if value == before:
                continue
            if value == NULL:
                value = new_int(load_number(store.field.wire_type, row.frame + store.field.at))
                if value == NULL:               # no memory: the handler stores the whole message, and raises
                    PyErr_Clear()
                    return False
            else:
                Py_INCREF(<object>value)
            slot_of(row.object, store.slot)[0] = value
            Py_XDECREF(before)
        return True
