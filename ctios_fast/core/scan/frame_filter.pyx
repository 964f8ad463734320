"""Frame filters, which decide in C whether a frame is wanted before any Python object is created for it.

The rules of a filter (``filter_rules``) are compiled to one program a message (``filter_program``).
"""

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.mem cimport PyMem_RawFree, PyMem_RawRealloc
from libc.stdint cimport uint32_t
from libc.string cimport memcpy, memset

from ctios_fast.core.dispatch.dispatcher cimport FrameGate
from .filter_program cimport (
    ACCEPT,
    MAX_FLOATING,
    REJECT,
    Program,
    TestValues,
    free_program,
    judge,
    new_program,
    run_program,
)
from ctios_fast.core.layout cimport (
    HEADER_SIZE,
    MESSAGE_NUMBERS,
    NO_TAG,
    WIRE_STRING,
    FloatingSlot,
    Layout,
    Layouts,
    checked_max_frame,
    layouts_of,
    lookup_of,
    message_name,
    type_width,
)
from ctios_fast.core.field_slot cimport FieldSlot, find_slot
from ctios_fast.core.floating cimport MAX_TAGS
from ctios_fast.core.wire cimport load32, prefetch

from typing import NamedTuple

from ctios_fast.errors import FrameTooLarge

from ctios_fast.core.codec import DEFAULT_MAX_FRAME
from ctios_fast.core.layout import NEWEST_VERSION
from ctios_fast.protocol.naming import suggestion

cdef enum:
    AHEAD = 2048                # prefetch distance in bytes


class Selection(NamedTuple):
    """The frames of a buffer that a filter accepts.

    * ``offsets``: offsets of the accepted frames, in bytes
    * ``frames``: number of whole frames in the buffer
    * ``offset``: end of the last whole frame, in bytes
    """

    offsets: list[int]
    frames: int
    offset: int


# --- Compiling -------------------------------------------------------------------------------------

cdef str _kind(int wire_type):
    if type_width(wire_type):
        return "number"
    return "text" if wire_type == WIRE_STRING else "bytes"


cdef object _find(Layout *layout, str name, bint listed):
    # The field's place in a layout, found as in Message.__getitem__: fixed, wire type, offset or tag, flags,
    # second tag. None if the layout lacks the field. `listed`: only fields that the message lists.
    cdef FieldSlot place
    cdef const FloatingSlot *slot
    find_slot(layout, name, &place)
    if place.fixed != NULL:
        return True, place.fixed.type, HEADER_SIZE + place.fixed.offset, 0, NO_TAG
    slot = place.floating
    if slot == NULL or slot.tag == NO_TAG or (listed and not place.listed):
        return None
    return False, slot.type, slot.tag, slot.flags, slot.second_tag


def field_kinds(version, str name, messages=None):
    """The field's kinds in the messages that list it: a set of ``"number"``, ``"text"`` and ``"bytes"``.

    ``messages``: message numbers, or None for all messages of the version.
    """
    cdef Layouts layouts = layouts_of(version)
    cdef Layout *layout
    cdef uint32_t number
    kinds = set()
    for number in range(MESSAGE_NUMBERS) if messages is None else messages:
        layout = layouts.find(number)
        while layout != NULL:
            found = _find(layout, name, True)
            if found is not None:
                kinds.add(_kind(found[1]))
            layout = layout.alternative
    return kinds


def field_names(version, messages=None):
    """Names of all fields that the messages list. Arguments as for ``field_kinds``."""
    cdef Layouts layouts = layouts_of(version)
    cdef Layout *layout
    cdef uint32_t number
    names = set()
    for number in range(MESSAGE_NUMBERS) if messages is None else messages:
        layout = layouts.find(number)
        while layout != NULL:
            names.update(lookup_of(layout))
            layout = layout.alternative
    return names


def _since(uint32_t number, name):
    described = layouts_of(NEWEST_VERSION).describe(number)
    for field in described.fixed if described is not None else ():
        if field.name == name:
            return f": it was added in version {field.since}"
    return ""


def _unknown_field(version, test, messages):
    """The error for a field that none of the messages lists."""
    numbers = None if messages is None else sorted(messages)
    if numbers is None:
        return ValueError(
            f"no message has a field {test.field!r}{suggestion(test.field, field_names(version))}"
        )
    title = message_name(numbers[0]) or f"message {numbers[0]}"
    if layouts_of(version).describe(numbers[0]) is None:
        return ValueError(f"{title} has no published layout, so its fields cannot be compared")
    reason = _since(numbers[0], test.field) or suggestion(test.field, field_names(version, numbers))
    return ValueError(f"{title} has no field {test.field!r} in version {version}{reason}")


def _wrong_kind(test, kinds, where):
    if kinds == {"bytes"}:
        return TypeError(
            f"field {test.field}{where} holds bytes or a named value, which cannot be compared"
        )
    values = "numbers" if "number" not in kinds else "texts"
    return TypeError(
        f"field {test.field}{where} is a {' or '.join(sorted(kinds))}: it cannot be compared with {values}"
    )


def _comparable(test, kinds):
    # Whether each of the test's values can be compared with one of the kinds.
    if (test.texts or test.prefixes) and "text" not in kinds:
        return False
    if (test.numbers or test.ranges) and "number" not in kinds:
        return False
    return kinds != {"bytes"}


def _check_rule(version, rule):
    """Raise if the rule's messages lack a field, or if its kind does not fit the values."""
    choices = [{number} for number in sorted(rule.messages)] if rule.strict else [rule.messages]
    for test in [test for clause in rule.clauses for alternative in clause for test in alternative]:
        for messages in choices:
            kinds = field_kinds(version, test.field, messages)
            if not kinds:
                raise _unknown_field(version, test, messages)
            if not _comparable(test, kinds):
                where = f" of {message_name(min(messages))}" if rule.strict else ""
                raise _wrong_kind(test, kinds, where)


def restored(kind, version, rules):
    """Rebuild a filter from its pickle or for a copy."""
    return kind.of_rules(version, rules)


@cython.no_gc_clear            # the programs point to values that the garbage collector would take first
cdef class FrameFilter(FrameGate):
    """The compiled base of ``ctios_fast.bulk.filters.FrameFilter``, which documents the arguments.

    ``rules``: rules to compile instead of ``messages`` and ``where``.
    """

    def __cinit__(self, version, messages=None, where=None, rules=None, *, encoding=None):
        self._layouts = layouts_of(version, encoding)
        self.version = self._layouts.version
        self._values = []
        if rules is None:
            from .filter_rules import rule_of     # imported late: most programs use no filter

            rules = (rule_of(messages, where, self._layouts.encoding),)
        self._rules = list(rules)
        self._rule_count = len(self._rules)
        for rule in self._rules:
            _check_rule(self.version, rule)
        self.prepare()

    def __dealloc__(self):
        cdef int number
        for number in range(MESSAGE_NUMBERS):
            free_program(self._programs[number])

    cdef int prepare(self) except -1:
        # Compiles the rules before the first frame, so that joining many filters compiles only the result.
        if not self._compiled:
            self._compile()
        return 0

    cdef list rules(self):
        return self._rules[:self._rule_count]

    @property
    def messages(self):
        """Numbers of the messages whose frames can be accepted, or None for all messages."""
        named = [rule.messages for rule in self.rules()]
        return None if None in named else frozenset().union(*named)

    @classmethod
    def of_rules(cls, version, rules not None):
        """The filter that accepts the frames that any of the rules (``filter_rules.Rule``) accepts."""
        return cls.__new__(cls, version, None, None, rules)

    def __or__(self, other):
        if not isinstance(other, FrameFilter):
            return NotImplemented
        if self.version != other.version:
            raise ValueError(
                f"filters of one version can be joined: one has {self.version}, the other {other.version}"
            )
        cdef FrameFilter first = <FrameFilter>self
        cdef FrameFilter joined = <FrameFilter>type(self).of_rules(self.version, ())
        # Rules are appended to the first filter's list, of which that filter reads only its own count. So
        # joining many filters one by one does not copy the list each time.
        joined._rules = first._rules
        if first._rule_count != <Py_ssize_t>len(first._rules):
            joined._rules = first.rules()
        joined._rules.extend((<FrameFilter>other).rules())
        joined._rule_count = len(joined._rules)
        joined._compiled = False
        return joined

    def __reduce__(self):
        return restored, (type(self), self.version, tuple(self.rules()))

    def _compile(self):
        from .filter_rules import joined

        # The filter gets its programs all together: another thread may compile it and scan meanwhile.
        cdef Program *programs[MESSAGE_NUMBERS]
        cdef int number
        cdef dict named = {}
        memset(programs, 0, sizeof(programs))
        rules = joined(self.rules())
        for rule in rules:
            for number in rule.messages or ():
                named.setdefault(number, []).append(rule)
        general = [rule for rule in rules if rule.messages is None]
        values = {}
        try:
            for number in range(MESSAGE_NUMBERS):
                chosen = general + named.get(number, [])
                if chosen:
                    programs[number] = self._program(number, chosen, values)
            kept = list(values.values())
            all_others = any([not rule.clauses for rule in general])
            if not self._compiled:
                self._values = kept
                self._all_others = all_others
                memcpy(self._programs, programs, sizeof(programs))
                memset(programs, 0, sizeof(programs))
                self._compiled = True
        finally:
            for number in range(MESSAGE_NUMBERS):
                free_program(programs[number])

    cdef Program *_program(self, int number, list rules, dict values) except? NULL:
        # The programs of the message's layouts. NULL: no frame of the message is wanted.
        cdef Layout *layout = self._layouts.find(number)
        cdef Program *program = NULL
        cdef Program **following = &program
        cdef bint wanted = False
        if layout == NULL:
            if any([not rule.clauses for rule in rules]):
                return new_program(HEADER_SIZE, ACCEPT, [], {})
            return NULL
        try:
            while layout != NULL:
                steps = []
                slots = {}
                first = self._first_step(steps, slots, rules, layout, values)
                wanted |= first != REJECT
                following[0] = new_program(HEADER_SIZE + layout.fixed_size, first, steps, slots)
                if program != following[0]:
                    program.all = False         # the frame's layout must be determined first
                following = &following[0].alternative
                layout = layout.alternative
        except BaseException:
            free_program(program)
            raise
        if not wanted:
            free_program(program)
            return NULL
        return program

    cdef object _first_step(self, list steps, dict slots, list rules, Layout *layout, dict values):
        # Appends the steps from the last to the first, since each names those after it; returns the first.
        entry = REJECT
        for rule in reversed(rules):
            otherwise = entry
            entry = ACCEPT
            for clause in reversed(rule.clauses):
                following, entry = entry, otherwise
                for alternative in reversed(clause):
                    failing, entry = entry, following
                    for test in reversed(alternative):
                        entry = self._step(steps, slots, test, layout, values, entry, failing)
        return entry

    cdef object _step(
        self, list steps, dict slots, test, Layout *layout, dict values, on_true, on_false
    ):
        cdef int tag
        found = _find(layout, test.field, False)
        if found is None:
            return on_false
        kind = _kind(found[1])
        if not (test.for_text if kind == "text" else kind == "number" and test.for_numbers):
            return on_false
        if on_true == on_false:
            return on_true
        fixed, wire_type, at, flags, second_tag = found
        if not fixed:
            tag = at
            if tag >= MAX_TAGS:
                raise RuntimeError("ged188.toml has tags above MAX_TAGS: raise it")
            if tag not in slots:
                if len(set(slots.values())) == MAX_FLOATING:
                    raise ValueError(f"a filter can test at most {MAX_FLOATING} floating fields of a message")
                slots[tag] = len(set(slots.values())) + 1
            if second_tag != NO_TAG:
                slots.setdefault(second_tag, slots[tag])
            at = slots[tag]
        if test not in values:
            values[test] = TestValues(test)
        tag = 0 if fixed else found[2]
        steps.append((values[test], fixed, wire_type, at, tag, flags, on_true, on_false))
        return len(steps) - 1

    cdef bint accepts(self, const unsigned char *frame, Py_ssize_t size) noexcept nogil:
        cdef const Program *program
        if size < HEADER_SIZE:
            return True
        program = _program_of(self, load32(frame + 4))
        if program == NULL or program.all:
            return program != NULL
        return judge(program, frame, size, self._layouts.tag_width)

    def matches(self, frame):
        """Whether the frame, header included, is accepted. Malformed bytes are accepted too."""
        cdef Py_buffer view
        self.prepare()
        PyObject_GetBuffer(frame, &view, PyBUF_SIMPLE)
        try:
            if view.len < HEADER_SIZE:
                return True
            if <Py_ssize_t>load32(<const unsigned char *>view.buf) != view.len - HEADER_SIZE:
                return True
            return self.accepts(<const unsigned char *>view.buf, view.len)
        finally:
            PyBuffer_Release(&view)

    def select(self, buffer, max_frame=DEFAULT_MAX_FRAME):
        """The offsets of all accepted frames in a buffer of many, as a ``Selection``.

        The buffer is scanned without the GIL and must not be written to meanwhile. An incomplete frame
        ends the scan; one above ``max_frame`` bytes raises ``FrameTooLarge``.
        """
        cdef Py_buffer view
        cdef Py_ssize_t i
        cdef Offsets found
        cdef Py_ssize_t largest = checked_max_frame(max_frame)
        self.prepare()
        memset(&found, 0, sizeof(Offsets))
        try:
            PyObject_GetBuffer(buffer, &view, PyBUF_SIMPLE)
            try:
                with nogil:
                    _scan(self, <const unsigned char *>view.buf, view.len, largest, &found)
                if found.no_memory:
                    raise MemoryError
                if found.too_large:
                    raise FrameTooLarge(found.too_large, largest, found.end)
            finally:
                PyBuffer_Release(&view)
            return Selection([found.offsets[i] for i in range(found.count)], found.frames, found.end)
        finally:
            PyMem_RawFree(found.offsets)

    def __repr__(self):
        fields = sorted({
            test.field for rule in self.rules() for clause in rule.clauses for alternative in clause
            for test in alternative
        })
        if self.messages is None:
            names = "all messages"
        else:
            names = ", ".join(
                [message_name(number) or f"message {number}" for number in sorted(self.messages)]
            )
        # Values are hidden: there may be many, and they may be personal data.
        return f"<FrameFilter v{self.version} {names}{' by ' + ', '.join(fields) if fields else ''}>"


cdef struct Offsets:
    Py_ssize_t *offsets
    Py_ssize_t count
    Py_ssize_t capacity
    bint no_memory
    Py_ssize_t frames           # whole frames
    Py_ssize_t end              # end of the last whole frame
    Py_ssize_t too_large        # size of a frame above max_frame, at `end`


cdef bint _put(Offsets *found, Py_ssize_t offset) noexcept nogil:
    cdef void *grown
    if found.count == found.capacity:
        found.capacity = 2 * found.capacity + 1024
        grown = PyMem_RawRealloc(found.offsets, found.capacity * sizeof(Py_ssize_t))
        if grown == NULL:
            found.no_memory = True
            return False
        found.offsets = <Py_ssize_t *>grown
    found.offsets[found.count] = offset
    found.count += 1
    return True


cdef inline const Program *_program_of(FrameFilter filter, uint32_t number) noexcept nogil:
    # The program for the frames of a message; NULL: none of them is wanted.
    if number < MESSAGE_NUMBERS:
        return filter._programs[number]
    return &_all if filter._all_others else NULL


cdef void _scan(
    FrameFilter filter, const unsigned char *data, Py_ssize_t size, Py_ssize_t max_frame, Offsets *found
) noexcept nogil:
    cdef const unsigned char *frame
    cdef const Program *program = _program_of(filter, 0)
    cdef Py_ssize_t at = 0, frames = 0, whole
    cdef uint32_t number, known = 0
    cdef int tag_width = filter._layouts.tag_width
    while size - at >= HEADER_SIZE:
        frame = data + at
        whole = HEADER_SIZE + <Py_ssize_t>load32(frame)
        if whole > max_frame:
            found.too_large = whole
            break
        if whole > size - at:
            break
        # A scan reads frames in part, so the processor's own prefetching often fails.
        prefetch(frame, AHEAD)
        frames += 1
        number = load32(frame + 4)
        if number != known:
            known = number
            program = _program_of(filter, number)
        if program != NULL and (program.all or run_program(program, frame, whole, tag_width)):
            if not _put(found, at):
                break
        at += whole
    found.frames = frames
    found.end = at


cdef Program _all
_all.all = True
