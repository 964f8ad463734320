"""Writing a message from the keywords of its class: what a class takes, and the frame that it makes of it.

What a class takes is told by a ``Blueprint``; what that means in one protocol version is a ``Plan``, made at
the first use in that version. Floating fields are written in the order in which the message lists them.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.dict cimport PyDict_GetItem, PyDict_Next
from cpython.mem cimport PyMem_Free
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memset

from .mapping_writer cimport Output, begin, make_room, put_number, put_tagged, too_new
from ctios_fast.core.layout cimport (
    FLOATING_CODE,
    HEADER_SIZE,
    NO_TAG,
    FixedSlot,
    FloatingSlot,
    Layout,
    Layouts,
    field_name,
    layouts_of,
    lookup_of,
    type_width,
)
from ctios_fast.core.wire cimport store32
from .keyword_cache cimport Recipe

from collections.abc import Mapping

from ctios_fast.errors import EncodeError

cdef enum Shape:
    SHAPE_SINGLE = 0
    SHAPE_REPEATED = 1          # one floating field for each item
    SHAPE_ARRAY = 2             # one floating field that holds all items
    SHAPE_GROUP = 3
    SHAPE_VARIABLES = 4
    SHAPE_ARRAYS = 5

SINGLE, REPEATED, ARRAY, GROUP, VARIABLES, ARRAYS = range(6)


cdef tuple _listed(Part part, object message, object value):
    # The items of a part that may have several.
    if part.shape == SHAPE_VARIABLES and isinstance(value, Mapping):
        return tuple(value.items())
    if part.shape == SHAPE_ARRAYS and isinstance(value, Mapping):
        if hasattr(value, "elements"):
            return tuple(value.elements)
        return tuple([
            (name, index, text)
            for name, content in value.items()
            for index, text in (content.items() if isinstance(content, Mapping) else enumerate(content))
        ])
    if isinstance(value, (str, bytes, int)):
        raise EncodeError(message, part.reference, f"takes several values, not {type(value).__name__}")
    try:
        return tuple(value)
    except TypeError:
        raise EncodeError(
            message, part.reference, f"takes several values, not {type(value).__name__}"
        ) from None


cdef int _put(Output *out, Plan plan, Part part, object value) except -1:
    # One floating field.
    if part.slot == NULL or part.slot.tag == NO_TAG:
        raise EncodeError(
            plan.message, part.reference, "no tag is published for this field, so it cannot be sent"
        )
    if part.slot.since > plan.layouts.version:
        raise too_new(plan.layouts, plan.message, part.reference, part.slot.since)
    return put_tagged(
        out, plan.layouts, part.slot, part.slot.tag, part.reference, value, False, plan.message
    )


cdef int _put_items(Output *out, Plan plan, Part part, tuple items) except -1:
    cdef Py_ssize_t row
    if part.shape == SHAPE_ARRAY:
        return _put(out, plan, part, list(items))
    for row in range(len(items)):
        if part.shape == SHAPE_GROUP:
            _put_record(out, plan, part, items[row], row)
        else:
            _put(out, plan, part, items[row])
    return 0


cdef inline bint _is_required(Plan plan, Part column) noexcept:
    return column.required and column.slot.since <= plan.layouts.version


cdef int _put_record(Output *out, Plan plan, Part group, object record, Py_ssize_t row) except -1:
    cdef Part column
    cdef int i
    cdef list values
    try:
        values = _of_record(plan, group, record)
        for i in range(len(group.columns)):
            column = <Part>group.columns[i]
            value = values[i]
            if value is None:
                if _is_required(plan, column):
                    raise EncodeError(plan.message, column.reference, "is missing")
            elif column.shape == SHAPE_SINGLE:
                _put(out, plan, column, value)
            elif value or _is_required(plan, column):
                _put_items(out, plan, column, value)
    except EncodeError as error:
        error.keyword = f"{group.keyword}[{row}]"
        for column in group.columns:
            if column.reference == error.field:
                error.keyword += f".{column.keyword}"
        raise
    return 0


cdef list _of_record(Plan plan, Part group, object record):
    # A record's values by column: items as tuples, counts filled in.
    cdef Part column, counter
    cdef int i
    cdef dict counted = {}
    if isinstance(record, Mapping):
        try:
            record = group.record(**record)
        except TypeError:
            stray = [name for name in record if name not in group.record._fields]
            raise EncodeError(
                plan.message, None, f"{group.record.__name__} has no field {', '.join(map(repr, stray))}"
            ) from None
    elif not isinstance(record, group.record):
        raise EncodeError(
            plan.message, None, f"wants {group.record.__name__} records, not {type(record).__name__}"
        )
    values = list(record)
    for i in range(len(group.columns)):
        column = <Part>group.columns[i]
        if column.shape == SHAPE_SINGLE or values[i] is None:
            continue
        values[i] = _listed(column, plan.message, values[i])
        if column.count >= 0 and (len(values[i]) or _is_required(plan, column)):
            count = counted.setdefault(column.count, len(values[i]))
            if count != len(values[i]):
                raise EncodeError(
                    plan.message,
                    column.reference,
                    f"has {len(values[i])} values, the field beside it {count}",
                )
    for i, count in counted.items():
        counter = <Part>group.columns[i]
        if values[i] is None:
            values[i] = count
        elif values[i] != count:
            raise EncodeError(plan.message, counter.reference, f"says {values[i]}, {count} were given")
    for i in range(len(group.columns)):
        # a count of nothing is still a count
        column = <Part>group.columns[i]
        if values[i] is None and column.shape == SHAPE_SINGLE and _is_required(plan, column) and any(
            [(<Part>other).count == i for other in group.columns]
        ):
            values[i] = 0
    return values


cdef class Part:
    """A floating field, or a group of them, as one version's messages have it."""


cdef class Plan:
    """How one protocol version writes a message."""


cdef class Blueprint:
    """What the constructor of a message class takes.

    ``fixed``: (reference, keyword) of the fixed part's fields, those of alternative layouts included.
    ``parts``: (shape, keyword, reference, record class, columns) of the floating part; columns are such rows.
    ``defaults``: keyword to value. Counts need no default.
    """

    def __init__(self, uint32_t number, tuple fixed, tuple parts, dict defaults):
        self.number = number
        self._parts = parts
        self._defaults = defaults
        self._plans = [None] * 256
        self.references = {keyword: reference for reference, keyword in fixed}
        self._keywords = {reference: keyword for reference, keyword in fixed}
        for part in parts:
            self.references[part[1]] = part[2]
            self._keywords[part[2]] = part[1]

    cdef Plan plan(self, Layouts layouts):
        cdef Plan plan = self._plans[layouts.version]
        if plan is None or plan.layouts is not layouts:
            plan = _new_plan(self, layouts)
            self._plans[layouts.version] = plan
        return plan

    cdef object _stray(self, Plan plan, object keyword):
        # Says why a keyword cannot be given.
        cdef Layout *newest = layouts_of(25).find(self.number)
        reference = self.references.get(keyword)
        if reference is None:
            return EncodeError(plan.message, None, f"has no field {keyword!r}")
        code = lookup_of(newest).get(reference)
        if code is not None and code < FLOATING_CODE:
            return too_new(plan.layouts, plan.message, reference, newest.fixed[<int>code].since)
        return EncodeError(
            plan.message,
            reference,
            "belongs to another layout of the message, which is read and not written by keywords",
        )

    cdef Recipe recipe(self, Layouts layouts, PyObject *names):
        # For a call with these keywords. The names are compared by address: those of a call are interned, so
        # the same keywords have the same addresses, whether the tuple is a constant of the caller's code or
        # a new one, as ``f(**fields)`` makes. Nearly always it is the first recipe.
        cdef PyObject *at = <PyObject *>self._recipes
        while at != <PyObject *>None:
            if (<Recipe>at).layouts == <PyObject *>layouts and (<Recipe>at).is_for(names):
                return <Recipe>at
            at = <PyObject *>(<Recipe>at).next
        return self._learn(layouts, <tuple>names)

    cdef Recipe recipe_for_request(
        self, Layouts layouts, PyObject *invoke_id, dict fields, PyObject **values
    ):
        # The same for an InvokeID (NULL: none) and a dict of the other fields, whose values it puts into
        # their order; None if there is no recipe for them yet.
        cdef PyObject *at = <PyObject *>self._recipes
        while at != <PyObject *>None:
            if (<Recipe>at).layouts == <PyObject *>layouts and (<Recipe>at).gather(invoke_id, fields, values):
                return <Recipe>at
            at = <PyObject *>(<Recipe>at).next
        return None

    cdef Recipe _learn(self, Layouts layouts, tuple names):
        # Names that are equal but not interned may have come before.
        cdef Recipe made, old = self._recipes
        while old is not None:
            if old.layouts == <PyObject *>layouts and <tuple>old.names == names:
                return old
            old = old.next
        made = _new_recipe(self.plan(layouts), names)
        made.next = self._recipes
        self._recipes = old = made
        for _ in range(MOST_RECIPES - 1):
            old = old.next
            if old is None:
                return made
        old.next = None
        return made

    cdef bytes write(self, Layouts layouts, Py_ssize_t max_frame, dict given):
        try:
            return _written(self, self.plan(layouts), max_frame, given)
        except EncodeError as error:
            if error.keyword is None:
                error.keyword = self._keywords.get(error.field)
            raise


cdef Part _new_part(Layout *layout, tuple row, dict counters):
    cdef Part part = Part()
    cdef FloatingSlot *slot
    cdef int i
    cdef bint counted = False
    shape, part.keyword, part.reference, part.record, columns = row
    part.shape = shape
    part.count = -1
    part.slot = NULL
    if columns is None:
        for i in range(layout.floating_count):
            slot = &layout.floating[i]
            if field_name(slot.name) != part.reference:
                continue
            part.slot = slot
            for name in (field_name(slot.array), field_name(slot.repeats)):
                if name is not None and not counted:
                    part.count = counters.get(name, -1)
                    counted = True
            part.required = slot.flags & 1 == 0 and slot.tag != NO_TAG
    else:
        names = [column[2] for column in columns]
        inside = {name: i for i, name in enumerate(names)}
        part.columns = tuple([_new_part(layout, column, inside) for column in columns])
        for i in range(layout.floating_count):
            slot = &layout.floating[i]
            if field_name(slot.name) == names[0]:
                part.count = counters.get(field_name(slot.repeats), -1)
    return part


cdef Plan _new_plan(Blueprint blueprint, Layouts layouts):
    cdef Plan plan = Plan()
    cdef Layout *layout = layouts.find(blueprint.number)
    cdef Part part
    cdef int i
    cdef dict counters = {}
    if layout.fixed_count > MOST_FIXED or len(blueprint._parts) > MOST_PARTS:
        raise RuntimeError("the protocol's data outgrew the tables of core/blueprint")
    plan.layouts = layouts
    plan.layout = layout
    plan.message = <str><object>layout.name
    plan.index = {}
    names = [field_name(layout.fixed[i].name) for i in range(layout.fixed_count)]
    plan.fixed_names = tuple(names)
    keywords = blueprint._keywords
    for i in range(layout.fixed_count):
        plan.index[keywords[names[i]]] = i
    plan.defaults = tuple([blueprint._defaults.get(keywords[name]) for name in names])
    for i in range(layout.floating_count):
        # the fields that count others at the message's own level, numbered as they come
        for name in (field_name(layout.floating[i].repeats), field_name(layout.floating[i].array)):
            if name is not None and name in keywords and name not in counters:
                counters[name] = len(counters)
    if len(counters) > MOST_COUNTS:
        raise RuntimeError("the protocol's data outgrew the tables of core/blueprint")
    plan.counts = len(counters)
    plan.parts = [_new_part(layout, row, counters) for row in blueprint._parts]
    for i in range(MOST_COUNTS):
        plan.count_fixed[i] = -1
        plan.count_part[i] = -1
    for i in range(len(plan.parts)):
        part = <Part>plan.parts[i]
        plan.index[part.keyword] = FLOATING_CODE + i
        if part.shape == SHAPE_SINGLE:
            if part.required and part.slot.since <= layouts.version:
                plan.required |= <uint64_t>1 << i
            if part.reference in counters:
                plan.count_part[<int>counters[part.reference]] = i
                if part.slot.since > layouts.version:
                    plan.required &= ~(<uint64_t>1 << i)
        else:
            plan.counted |= <uint64_t>1 << i
    for name, number in counters.items():
        if name in names:
            plan.count_fixed[<int>number] = names.index(name)
    return plan


cdef Recipe _new_recipe(Plan plan, tuple names):
    cdef Recipe recipe = Recipe.__new__(Recipe, names)
    recipe.begin(plan.layouts, plan.layout)
    recipe.usable = recipe.usable and _fill_recipe(recipe, plan, names)
    return recipe


cdef bint _fill_recipe(Recipe recipe, Plan plan, tuple names) except -1:
    # False where only the general writer can do it: groups and all else that there may be several of, and
    # whatever is an error.
    cdef FixedSlot *slot
    cdef Part part
    cdef int i
    cdef dict arguments = {}        # code in plan.index -> number of the argument
    if plan.layout.since > plan.layouts.version:
        return False
    for i, name in enumerate(names):
        if name not in plan.index:
            return False
        arguments[plan.index[name]] = i
    if len(arguments) < len(names):
        return False
    counts = [plan.count_fixed[i] for i in range(plan.counts)]
    counting = [plan.count_part[i] for i in range(plan.counts)]
    for i in range(plan.layout.fixed_count):
        slot = &plan.layout.fixed[i]
        default = 0 if i in counts else plan.defaults[i]
        if default is not None:
            recipe.preset(slot, default, plan.message, plan.fixed_names[i])
        if i in arguments:
            recipe.add_number(slot, arguments[i], default is not None, i in counts)
        elif default is None:
            return False
    for i in range(len(plan.parts)):
        part = <Part>plan.parts[i]
        required = (plan.required >> i & 1) != 0
        argument = arguments.get(FLOATING_CODE + i)
        if argument is None:
            if required:
                return False
            continue
        if part.shape != SHAPE_SINGLE or part.slot == NULL or part.slot.tag == NO_TAG or i in counting:
            return False
        if part.slot.since > plan.layouts.version or not recipe.add_field(part.slot, argument, not required):
            return False
    return True


cdef bytes _written(Blueprint blueprint, Plan plan, Py_ssize_t max_frame, dict given):
    cdef Output out
    cdef Layout *layout = plan.layout
    cdef FixedSlot *slot
    cdef PyObject *values[MOST_PARTS]
    cdef unsigned char filled[MOST_FIXED]
    cdef int64_t counts[MOST_COUNTS]
    cdef int fixed_left = layout.fixed_count
    cdef uint64_t present = 0, rest
    cdef Py_ssize_t position = 0
    cdef PyObject *key
    cdef PyObject *value
    cdef PyObject *code
    cdef int i
    cdef Part part
    cdef list kept = None
    if layout.since > plan.layouts.version:
        raise too_new(plan.layouts, plan.message, None, layout.since)
    memset(filled, 0, layout.fixed_count)
    begin(&out, plan.layouts)
    try:
        make_room(&out, HEADER_SIZE + layout.fixed_size)
        out.size = HEADER_SIZE + layout.fixed_size
        while PyDict_Next(given, &position, &key, &value):
            code = PyDict_GetItem(plan.index, <object>key)
            if code == NULL:
                if <object>value is None and <object>key in blueprint.references:
                    continue
                raise blueprint._stray(plan, <object>key)
            if <object>value is None:
                continue
            i = <int><object>code
            if i < FLOATING_CODE:
                slot = &layout.fixed[i]
                put_number(
                    out.bytes + HEADER_SIZE + slot.offset, slot.type, <object>value, plan.message,
                    <object>plan.fixed_names[i],
                )
                filled[i] = 1
                fixed_left -= 1
            else:
                values[i - FLOATING_CODE] = value
                present |= <uint64_t>1 << (i - FLOATING_CODE)
        if plan.counts or present & plan.counted:
            kept = []
            present = _count(plan, &out, values, present, filled, &fixed_left, counts, kept)
        if fixed_left:
            _put_defaults(plan, &out, filled)
        rest = plan.required & ~present
        if rest:
            raise EncodeError(plan.message, (<Part>plan.parts[_lowest(rest)]).reference, "is missing")
        while present:
            i = _lowest(present)
            present &= present - 1
            part = <Part>plan.parts[i]
            if part.shape == SHAPE_SINGLE:
                _put(&out, plan, part, <object>values[i])
            else:
                _put_items(&out, plan, part, <tuple>values[i])
        if out.size > max_frame:
            raise EncodeError(plan.message, None, f"{out.size} bytes are above the limit of {max_frame}")
        store32(out.bytes, <uint32_t>(out.size - HEADER_SIZE))
        store32(out.bytes + 4, layout.number)
        return PyBytes_FromStringAndSize(<const char *>out.bytes, out.size)
    finally:
        if out.bytes != out.stack:
            PyMem_Free(out.bytes)


cdef inline int _lowest(uint64_t bits) noexcept nogil:
    # The number of the lowest bit that is set; there is one.
    cdef int i = 0
    while not bits >> i & 0xFF:
        i += 8
    while not bits >> i & 1:
        i += 1
    return i


cdef uint64_t _count(
    Plan plan, Output *out, PyObject **values, uint64_t present, unsigned char *filled, int *fixed_left,
    int64_t *counts, list kept,
) except? 0:
    # Lists what there may be several of, and fills in or checks what counts it. Returns what is present.
    cdef Part part
    cdef FixedSlot *slot
    cdef int i, place
    cdef int64_t found
    cdef uint64_t rest = present & plan.counted
    for i in range(plan.counts):
        counts[i] = -1
    while rest:
        i = _lowest(rest)
        rest &= rest - 1
        part = <Part>plan.parts[i]
        items = _listed(part, plan.message, <object>values[i])
        kept.append(items)
        values[i] = <PyObject *>items
        if part.count >= 0:
            if counts[part.count] >= 0 and counts[part.count] != len(items):
                raise EncodeError(
                    plan.message,
                    part.reference,
                    f"has {len(items)} values, what it comes with {counts[part.count]}",
                )
            counts[part.count] = len(items)
    for i in range(plan.counts):
        found = max(counts[i], 0)
        place = plan.count_fixed[i]
        if place >= 0:
            slot = &plan.layout.fixed[place]
            if not filled[place]:
                put_number(
                    out.bytes + HEADER_SIZE + slot.offset, slot.type, found, plan.message,
                    <object>plan.fixed_names[place],
                )
                filled[place] = 1
                fixed_left[0] -= 1
            else:
                _same_count(plan, <object>plan.fixed_names[place], _stored(out, slot), found)
        place = plan.count_part[i]
        if place >= 0:
            part = <Part>plan.parts[place]
            if present >> place & 1:
                _same_count(plan, part.reference, <object>values[place], found)
            elif counts[i] >= 0 or plan.required >> place & 1:
                number = <object>found
                kept.append(number)
                values[place] = <PyObject *>number
                present |= <uint64_t>1 << place
    return present


cdef object _stored(Output *out, FixedSlot *slot):
    # The count that was written already.
    cdef const unsigned char *p = out.bytes + HEADER_SIZE + slot.offset
    return int.from_bytes(p[:type_width(slot.type)], "big")


cdef int _same_count(Plan plan, object reference, object said, int64_t found) except -1:
    if said != found:
        raise EncodeError(plan.message, reference, f"says {said}, {found} were given")
    return 0


cdef int _put_defaults(Plan plan, Output *out, unsigned char *filled) except -1:
    cdef FixedSlot *slot
    cdef int i
    for i in range(plan.layout.fixed_count):
        if not filled[i]:
            default = plan.defaults[i]
            if default is None:
                raise EncodeError(plan.message, plan.fixed_names[i], "is missing")
            slot = &plan.layout.fixed[i]
            put_number(
                out.bytes + HEADER_SIZE + slot.offset, slot.type, default, plan.message, plan.fixed_names[i]
            )
    return 0
