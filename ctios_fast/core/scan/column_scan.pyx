"""Decodes a buffer of many frames into arrays: the first pass finds rows, the second fills columns with them.

The first pass checks every frame of the message, and notes the offsets of the frame and of its wanted
floating fields. Frames that follow each other and have the same places are noted together, as a run. The
second pass goes through the noted frames in blocks that fit the processor's first cache, and fills a block
column by column, each in a loop of a few instructions; fixed numbers are transposed together where the
processor can. Both passes need no GIL.

A large buffer is decoded in parts: both passes take a part while it is in the processor's second cache. The
caller allocates memory after the first part, for as many rows as it expects in all. If that is too little, or
if a later text is longer, the caller moves the columns to other memory.
"""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_RawFree, PyMem_RawRealloc
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memchr, memcmp, memcpy, memset

from .column_plan cimport (
    PLACE_NUMBER, PLACE_TEXT, SOURCE_FIXED, SOURCE_FLOATING, Column, ColumnPlan, ColumnSource,
)
from .transpose cimport AT_ONCE, LANES, NO_COLUMN, Window, transpose
from ctios_fast.core.layout cimport HEADER_SIZE, checked_max_frame
from ctios_fast.core.floating cimport LENGTH_BITS, LENGTH_MASK, find_floating
from ctios_fast.core.wire cimport before_nul, load_word, load16, load32, prefetch, raw32, store_word, word_at

from ctios_fast.errors import FrameTooLarge

from ctios_fast.core.codec import DEFAULT_MAX_FRAME

cdef extern from *:
    Py_ssize_t PY_SSIZE_T_MAX

cdef enum:
    BLOCK = 128                 # rows that are filled together
    TOGETHER = 8                # frames that are compared with a shape at once
    FIRST_RUNS = 256            # runs that memory is allocated for at first
    SPARE = 4                   # words allocated after the last run
    LAYOUT_SHIFT = 56           # a run's first word: its first frame's offset; from this bit on, its layout
    SAME_SHIFT = 63             # the bit of a run that has the same places as the run before
    AHEAD = 2048                # prefetch distance of the first pass, in bytes
    NEXT_BLOCK = 16384          # prefetch distance of the second pass: about one block of frames
    FIRST_ROWS = 2048           # of the first part of a scan
    PART_BYTES = 256 << 10      # of the buffer in each other part, about


# --- First pass: finding rows ----------------------------------------------------------------------

cdef inline uint64_t frame_offset(uint64_t first_word) noexcept nogil:
    return first_word & (<uint64_t>1 << LAYOUT_SHIFT) - 1


cdef inline int _layout(uint64_t first_word) noexcept nogil:
    # Number of the layout among the plan's candidates.
    return <int>(first_word >> LAYOUT_SHIFT & 0x7F)


cdef inline void _clear_places(uint64_t *run, Py_ssize_t places) noexcept nogil:
    # Clears the places of the floating fields. The first four are cleared by plain stores, which cost less
    # than a call of memset. A run with fewer places overwrites words that are set later, or the SPARE words
    # after the last run.
    run[1] = run[2] = run[3] = run[4] = 0
    if places > SPARE:
        memset(run + 1 + SPARE, 0, (places - SPARE) * sizeof(uint64_t))


cdef inline bint _find_places_of(
    ColumnPlan plan, const unsigned char *frame, Py_ssize_t size, uint64_t *run, int tag_width
) noexcept nogil:
    # Fills in a run's layout and places from its frame; false if the frame is malformed. The layout is chosen
    # as for message views: one whose fixed part fills the body, else the first whose floating fields fill the
    # rest.
    cdef int k
    cdef Py_ssize_t fixed
    if plan.layout_count > 1:
        for k in range(plan.layout_count):
            if size == HEADER_SIZE + plan.candidates[k].fixed_size:
                _clear_places(run, plan.places)
                run[0] |= <uint64_t>k << LAYOUT_SHIFT
                return True
    for k in range(plan.layout_count):
        fixed = HEADER_SIZE + plan.candidates[k].fixed_size
        if size < fixed:
            continue
        _clear_places(run, plan.places)
        if find_floating(
            &plan.place_of_tag[0], <uint32_t>plan.tags, plan.places, frame, fixed, size, run, tag_width
        ):
            run[0] |= <uint64_t>k << LAYOUT_SHIFT
            return True
    return False


cdef inline bint _has_shape(const Shape *shape, const unsigned char *frame) noexcept nogil:
    # Whether the frame has the shape's size, message and floating fields. That many bytes must be in memory.
    cdef uint32_t differences = 0
    cdef int i
    for i in range(shape.count):
        differences |= raw32(frame + shape.at[i]) ^ shape.heads[i]
    return differences == 0


cdef inline bint _all_have_shape(const Shape *shape, const unsigned char *frame) noexcept nogil:
    # Whether TOGETHER frames that follow each other have the shape. As many bytes must be in memory. All
    # words equal a head if both the bits that any of them has and the bits that all have are the head's.
    cdef uint32_t any_bits, all_bits, differences = 0
    cdef const unsigned char *at
    cdef int i, _
    for i in range(shape.count):
        at = frame + shape.at[i]
        any_bits = all_bits = raw32(at)
        for _ in range(1, TOGETHER):
            at += shape.size
            any_bits |= raw32(at)
            all_bits &= raw32(at)
        differences |= (any_bits ^ shape.heads[i]) | (all_bits ^ shape.heads[i])
    return differences == 0


cdef void _keep_shape(
    Shape *shape, const unsigned char *frame, Py_ssize_t size, Py_ssize_t fixed
) noexcept nogil:
    # Keeps the shape of a well-formed frame, whose tags have two bytes. A frame that another thread changes
    # meanwhile has no shape.
    cdef Py_ssize_t at = fixed
    shape.size = 0
    shape.count = 2
    shape.at[0] = 0
    shape.heads[0] = raw32(frame)
    shape.at[1] = 4
    shape.heads[1] = raw32(frame + 4)
    while at < size:
        if shape.count == MAX_HEADS or size - at < 4:
            return
        shape.at[shape.count] = <uint32_t>at
        shape.heads[shape.count] = raw32(frame + at)
        shape.count += 1
        at += 4 + <Py_ssize_t>load16(frame + at + 2)
    if at == size:
        shape.size = size


cdef inline Py_ssize_t _rows_of_shape(
    const Shape *shape, const unsigned char *frame, Py_ssize_t size, Py_ssize_t count
) noexcept nogil:
    # Number of frames that follow each other and have the shape: a multiple of TOGETHER, `count` at most.
    # `size`: bytes of memory from the frame on.
    cdef Py_ssize_t all_of_them = shape.size * TOGETHER
    cdef Py_ssize_t ahead, rows = 0
    while rows + TOGETHER <= count and size >= all_of_them and _all_have_shape(shape, frame):
        for ahead in range(AHEAD, AHEAD + all_of_them, 64):
            prefetch(frame, ahead)
        frame += all_of_them
        size -= all_of_them
        rows += TOGETHER
    return rows


cdef inline Py_ssize_t _words(const Scan *scan) noexcept nogil:
    # Words of a run.
    return 3 + scan.places


cdef inline Py_ssize_t _rows_of(const Scan *scan, const uint64_t *run) noexcept nogil:
    return <Py_ssize_t>run[1 + scan.places]


cdef inline Py_ssize_t _frame_size(const Scan *scan, const uint64_t *run) noexcept nogil:
    return <Py_ssize_t>run[2 + scan.places]


cdef bint _grow_runs(Scan *scan) noexcept nogil:
    cdef Py_ssize_t capacity = scan.capacity * 2 if scan.capacity else FIRST_RUNS
    cdef void *grown = PyMem_RawRealloc(scan.runs, (capacity * _words(scan) + SPARE) * sizeof(uint64_t))
    if grown == NULL:
        scan.no_memory = True
        return False
    scan.runs = <uint64_t *>grown
    scan.capacity = capacity
    return True


cdef inline Py_ssize_t _measured(
    const unsigned char *value, Py_ssize_t length, Py_ssize_t longest, Py_ssize_t limit, bint text
) noexcept nogil:
    # The larger of the length of a value and `longest`. Values above the limit do not count.
    cdef const void *nul
    if text:
        length -= value[length - 1] == 0
        if length > longest:
            nul = memchr(value, 0, length)
            if nul != NULL:
                length = <const unsigned char *>nul - value
    return length if longest < length <= limit else longest


cdef inline bint _end_with_nul(
    const unsigned char *last, Py_ssize_t size, Py_ssize_t k, Py_ssize_t rows
) noexcept nogil:
    # Whether the last bytes of the values from row `k` of a run on are NUL. `last`: that of its first row.
    cdef unsigned char any_bit = 0
    while k < rows:
        any_bit |= last[k * size]
        k += 1
    return any_bit == 0


cdef void _measure(ColumnPlan plan, Scan *scan) noexcept nogil:
    # Updates the length of the longest value of each slot from the latest rows. It runs slot by slot, which
    # keeps the inner loop short.
    cdef Py_ssize_t slot, length, longest, size, rows, k
    cdef const unsigned char *value
    cdef const uint64_t *run
    cdef const uint64_t *end = scan.runs + scan.run_count * _words(scan)
    cdef bint text
    for slot in range(1, 1 + scan.places):
        if plan.place_kind[slot] == PLACE_NUMBER:
            continue
        text = plan.place_kind[slot] == PLACE_TEXT
        longest = scan.longest[slot]
        run = scan.runs + scan.measured_runs * _words(scan)
        k = scan.measured_rows
        while run < end:
            length = <Py_ssize_t>(run[slot] & LENGTH_MASK)
            if length > longest:
                size = _frame_size(scan, run)
                value = scan.data + frame_offset(run[0]) + (run[slot] >> LENGTH_BITS)
                rows = _rows_of(scan, run)
                if text and length == longest + 1 and _end_with_nul(value + longest, size, k, rows):
                    k = rows
                while k < rows:
                    longest = _measured(value + k * size, length, longest, scan.limit, text)
                    k += 1
            k = 0
            run += _words(scan)
        scan.longest[slot] = longest
    scan.measured = scan.row_count
    scan.measured_runs = max(scan.run_count - 1, 0)
    scan.measured_rows = _rows_of(scan, end - _words(scan)) if scan.run_count else 0


cdef inline Py_ssize_t _take_run(
    ColumnPlan plan, Scan *scan, Py_ssize_t count, int tag_width
) noexcept nogil:
    cdef const unsigned char *frame
    cdef Py_ssize_t at = scan.offset
    cdef Py_ssize_t first = scan.row_count
    cdef Py_ssize_t whole, more
    cdef Py_ssize_t places = scan.places
    cdef Py_ssize_t words = _words(scan)
    cdef uint64_t *run
    cdef uint64_t *before
    while count > 0 and scan.size - at >= HEADER_SIZE:
        frame = scan.data + at
        whole = HEADER_SIZE + <Py_ssize_t>load32(frame)
        if whole > scan.max_frame or whole > scan.size - at or load32(frame + 4) != plan.message:
            break
        prefetch(frame, AHEAD)
        if scan.run_count == scan.capacity and not _grow_runs(scan):
            break
        run = scan.runs + scan.run_count * words
        before = run - words                        # used only if there is a run before
        if whole == scan.shape.size and _has_shape(&scan.shape, frame):
            if at == scan.run_end:
                more = _rows_of_shape(
                    &scan.shape, frame, scan.size - at, min(count, BLOCK - (scan.row_count - scan.measured))
                )
                if more:
                    before[1 + places] += <uint64_t>more
                    scan.row_count += more - 1
                    count -= more - 1
                    at += (more - 1) * whole
                else:
                    before[1 + places] += 1
            else:
                memcpy(run, before, words * sizeof(uint64_t))
                run[0] = <uint64_t>at | <uint64_t>1 << SAME_SHIFT
                run[1 + places] = 1
                scan.run_count += 1
        else:
            run[0] = <uint64_t>at
            if not _find_places_of(plan, frame, whole, run, tag_width):
                break
            run[1 + places] = 1
            run[2 + places] = <uint64_t>whole
            if whole != scan.last_size or scan.keeps_no_shape:
                scan.shape.size = 0
                scan.last_size = whole
            else:
                _keep_shape(&scan.shape, frame, whole, HEADER_SIZE + plan.candidates[0].fixed_size)
                if at == scan.run_end and memcmp(run + 1, before + 1, places * sizeof(uint64_t)) == 0:
                    before[1 + places] += 1
                    scan.run_count -= 1
            scan.run_count += 1
        scan.row_count += 1
        at += whole
        scan.run_end = at
        if scan.row_count - scan.measured == BLOCK:
            _measure(plan, scan)
        count -= 1
    scan.offset = at
    return scan.row_count - first


cdef Py_ssize_t take_run(ColumnPlan plan, Scan *scan, Py_ssize_t count) noexcept nogil:
    if plan.layouts.tag_width == 1:
        return _take_run(plan, scan, count, 1)
    return _take_run(plan, scan, count, 2)


cdef inline void _find_rows(ColumnPlan plan, Scan *scan, Py_ssize_t most, int tag_width) noexcept nogil:
    cdef const unsigned char *frame
    cdef Py_ssize_t whole
    while scan.row_count < most:
        scan.frames += _take_run(plan, scan, most - scan.row_count, tag_width)
        if scan.row_count == most:
            return
        scan.ended = True
        if scan.no_memory or scan.size - scan.offset < HEADER_SIZE:
            return
        frame = scan.data + scan.offset
        whole = HEADER_SIZE + <Py_ssize_t>load32(frame)
        if whole > scan.max_frame:
            scan.too_large = whole
            return
        if whole > scan.size - scan.offset:
            return
        scan.ended = False
        scan.frames += 1
        if load32(frame + 4) != plan.message:
            scan.others += 1
        else:
            if not scan.malformed:
                scan.malformed_at = scan.offset
                scan.malformed_size = whole
            scan.malformed += 1
        scan.offset += whole


cdef void _find(ColumnPlan plan, Scan *scan, Py_ssize_t most) noexcept nogil:
    if scan.ended:
        return
    if plan.layouts.tag_width == 1:
        _find_rows(plan, scan, most, 1)
    else:
        _find_rows(plan, scan, most, 2)


cdef void find_first_rows(ColumnPlan plan, Scan *scan) noexcept nogil:
    _find(plan, scan, FIRST_ROWS)


cdef void find_all_rows(ColumnPlan plan, Scan *scan) noexcept nogil:
    _find(plan, scan, PY_SSIZE_T_MAX)


# --- Second pass: filling columns ----------------------------------------------------------------------

# The rows that are being filled.
cdef struct Block:
    const unsigned char *frames[BLOCK]
    uint64_t places[BLOCK]       # of the column that is being filled
    const uint64_t *runs[BLOCK]
    Py_ssize_t count
    bint uniform                # whether all rows have the same places
    Py_ssize_t transposed       # of them: rows whose numbers in windows are taken together

cdef const unsigned char _zero[4]


cdef inline void _store_number(unsigned char *to, const unsigned char *value, int width) noexcept nogil:
    cdef uint16_t half
    cdef uint32_t whole
    if width == 4:
        whole = load32(value)
        memcpy(to, &whole, 4)
    elif width == 2:
        half = load16(value)
        memcpy(to, &half, 2)
    else:
        to[0] = value[0]


cdef void _transposed(
    const Block *block, const Window *window, const Target *targets, Py_ssize_t first
) noexcept nogil:
    cdef unsigned char *firsts[LANES]
    cdef unsigned char *seconds[LANES]
    cdef int lane
    for lane in range(window.lanes):
        firsts[lane] = _place(&targets[window.first[lane]], first)
        seconds[lane] = NULL
        if window.second[lane] != NO_COLUMN:
            seconds[lane] = _place(&targets[window.second[lane]], first)
    transpose(window, block.frames, block.transposed, firsts, seconds)


cdef inline unsigned char *_place(const Target *target, Py_ssize_t row) noexcept nogil:
    return target.values + row * target.width


cdef inline void _fixed_numbers(
    const Block *block, unsigned char *to, Py_ssize_t at, int width, Py_ssize_t i
) noexcept nogil:
    # From row `i` of the block on.
    to += i * width
    while i + 4 <= block.count:
        _store_number(to, block.frames[i] + at, width)
        _store_number(to + width, block.frames[i + 1] + at, width)
        _store_number(to + 2 * width, block.frames[i + 2] + at, width)
        _store_number(to + 3 * width, block.frames[i + 3] + at, width)
        to += 4 * width
        i += 4
    while i < block.count:
        _store_number(to, block.frames[i] + at, width)
        to += width
        i += 1


cdef inline void _find_places(Block *block, const Column *column, int layouts) noexcept nogil:
    # Collects the places of the column's floating field in the rows; 0 where a row lacks it.
    cdef Py_ssize_t i
    cdef const ColumnSource *source = &column.sources[0]
    cdef const uint64_t *run
    for i in range(block.count):
        run = block.runs[i]
        if layouts > 1:
            source = &column.sources[_layout(run[0])]
        block.places[i] = run[1 + source.at] if source.kind == SOURCE_FLOATING else 0


cdef inline void _any_numbers(
    const Block *block, unsigned char *to, uint8_t *valid, const Column *column, int width
) noexcept nogil:
    # Numbers that a row may lack: floating fields, and fields of messages with several layouts.
    cdef const unsigned char *value
    cdef const ColumnSource *source
    cdef uint64_t place
    cdef Py_ssize_t i
    for i in range(block.count):
        source = &column.sources[_layout(block.runs[i][0])]
        place = block.places[i]
        value = &_zero[0]
        if source.kind == SOURCE_FIXED:
            value = block.frames[i] + source.at
        elif <int>(place & LENGTH_MASK) == width:
            value = block.frames[i] + (place >> LENGTH_BITS)
        valid[i] = value != &_zero[0]
        _store_number(to, value, width)
        to += width


cdef inline uint64_t _short_value(
    const unsigned char *frame, uint64_t place, uint8_t *valid, Py_ssize_t width, bint text
) noexcept nogil:
    # A value of up to eight bytes in a word; zero if it is longer than the width.
    cdef Py_ssize_t length = <Py_ssize_t>(place & LENGTH_MASK)
    cdef const unsigned char *value = frame + (place >> LENGTH_BITS)
    cdef uint64_t word
    valid[0] = place != 0
    if place == 0:
        return 0
    if length >= 8:
        word = load_word(value)
    else:
        # Loads the word that ends with the value. There are two shifts, since a shift by 64 is undefined.
        word = load_word(value + length - 8) >> 8 >> (56 - 8 * length)
    if text:
        word = before_nul(word)
    if length > width and (not text or (value[width] and word >> 8 * (width - 1))):
        valid[0] = 0
        return 0
    return word


cdef inline Py_ssize_t _whole_words(const Block *block, Py_ssize_t left, Py_ssize_t width) noexcept nogil:
    # Number of rows whose values can be written as a word of eight bytes without exceeding the column.
    # `left`: bytes up to its end.
    return min(block.count, (left - 8) // width + 1 if left >= 8 else 0)


cdef inline void _short_values(
    const Block *block, unsigned char *to, Py_ssize_t left, uint8_t *valid, Py_ssize_t width, bint text,
    Py_ssize_t i,
) noexcept nogil:
    # From row `i` of the block on. Writes each value as a whole word, whose excess bytes the next row
    # overwrites. The last rows are copied by their exact width. `left`: bytes up to the column's end.
    cdef Py_ssize_t whole = _whole_words(block, left, width)
    cdef unsigned char last[8]
    to += i * width
    while i < whole:
        store_word(to, _short_value(block.frames[i], block.places[i], valid + i, width, text))
        to += width
        i += 1
    while i < block.count:
        store_word(last, _short_value(block.frames[i], block.places[i], valid + i, width, text))
        memcpy(to, last, width)
        to += width
        i += 1


cdef Py_ssize_t _uniform_values(
    const Block *block, const Column *column, unsigned char *to, Py_ssize_t left, uint8_t *valid,
    Py_ssize_t width,
) noexcept nogil:
    # Like _short_values, for rows that all have a value of the same length at the same place. Returns the
    # number of rows that it filled; the others need _short_values.
    cdef uint64_t place = block.runs[0][1 + column.sources[0].at]
    cdef Py_ssize_t length = <Py_ssize_t>(place & LENGTH_MASK)
    cdef Py_ssize_t at = <Py_ssize_t>(place >> LENGTH_BITS) + length - 8
    cdef Py_ssize_t i
    cdef Py_ssize_t whole = _whole_words(block, left, width)
    cdef uint64_t word, after, all_bits = 0, nuls = 0
    cdef int shift = <int>(64 - 8 * length)
    if column.sources[0].kind != SOURCE_FLOATING or not 0 < length <= 8:
        return 0
    if column.text and block.frames[0][at + 7] == 0:
        length -= 1
    if length > width:
        return 0
    after = 0 if length == 8 else ~<uint64_t>0 << 8 * length
    for i in range(whole):
        word = load_word(block.frames[i] + at) >> shift
        store_word(to, word)
        all_bits |= word
        word |= after
        nuls |= (word - <uint64_t>0x0101010101010101) & ~word
        to += width
    if column.text and (all_bits & after or nuls & <uint64_t>0x8080808080808080):
        return 0                # not all texts have the length of the first one
    memset(valid, 1, whole)
    return whole


cdef inline void _long_values(
    const Block *block, unsigned char *to, Py_ssize_t left, uint8_t *valid, Py_ssize_t width, bint text
) noexcept nogil:
    # Writes values of more than eight bytes word by word. See _short_values.
    cdef Py_ssize_t i, k, length, rest
    cdef const unsigned char *value
    cdef uint64_t place, word
    cdef unsigned char last[8]
    for i in range(block.count):
        place = block.places[i]
        length = rest = <Py_ssize_t>(place & LENGTH_MASK)
        value = block.frames[i] + (place >> LENGTH_BITS)
        for k in range(0, width, 8):
            word = word_at(value, rest, k)
            if text:
                word = before_nul(word)
                if word >> 56 == 0:
                    rest = 0
            if left - k >= 8:
                store_word(to + k, word)
            else:
                store_word(last, word)
                memcpy(to + k, last, width - k)
        valid[i] = place != 0
        if length > width and (not text or (value[width] and to[width - 1])):
            valid[i] = 0
            memset(to, 0, width)
        to += width
        left -= width


cdef inline void _fetch_next(const unsigned char *to, Py_ssize_t size) noexcept nogil:
    # Prefetches what the next block writes: with many columns the processor's own prefetching fails.
    cdef Py_ssize_t at
    for at in range(size, 2 * size, 64):
        prefetch(to, at)


cdef void _fill_column(
    Block *block, const Column *column, int layouts, const Target *target, Py_ssize_t first,
    Py_ssize_t capacity,
) noexcept nogil:
    cdef Py_ssize_t width = target.width
    cdef unsigned char *to = _place(target, first)
    cdef Py_ssize_t done = block.transposed if column.in_window else 0
    cdef uint8_t *valid = target.valid + first
    cdef Py_ssize_t left = (capacity - first) * width
    _fetch_next(to, block.count * width)
    if column.masked:
        _fetch_next(valid, block.count)
        if column.width == 0 and width <= 8 and block.uniform:
            done = _uniform_values(block, column, to, left, valid, width)
            if done == block.count:
                return
        _find_places(block, column, layouts)
    if column.width == 0:
        if width > 8:
            _long_values(block, to, left, valid, width, column.text)
        elif column.text:
            _short_values(block, to, left, valid, width, True, done)
        else:
            _short_values(block, to, left, valid, width, False, done)
    elif column.masked:
        if column.width == 4:
            _any_numbers(block, to, valid, column, 4)
        elif column.width == 2:
            _any_numbers(block, to, valid, column, 2)
        else:
            _any_numbers(block, to, valid, column, 1)
    elif column.width == 4:
        _fixed_numbers(block, to, column.sources[0].at, 4, done)
    elif column.width == 2:
        _fixed_numbers(block, to, column.sources[0].at, 2, done)
    else:
        _fixed_numbers(block, to, column.sources[0].at, 1, done)


cdef void _next_block(Block *block, const Scan *scan, const uint64_t **run, Py_ssize_t *row) noexcept nogil:
    # Collects the block's frames, from a row of a run on. Moves both to the row after the block.
    cdef const unsigned char *frame
    cdef Py_ssize_t i = 0
    cdef Py_ssize_t end, size
    block.uniform = True
    while i < block.count:
        if row[0] == _rows_of(scan, run[0]):
            run[0] += _words(scan)
            row[0] = 0
        if i and not run[0][0] >> SAME_SHIFT:
            block.uniform = False
        size = _frame_size(scan, run[0])
        frame = scan.data + frame_offset(run[0][0]) + row[0] * size
        end = min(block.count, i + _rows_of(scan, run[0]) - row[0])
        row[0] += end - i
        while i < end:
            block.frames[i] = frame
            block.runs[i] = run[0]
            prefetch(frame, NEXT_BLOCK)
            prefetch(frame, NEXT_BLOCK - 64)
            frame += size
            i += 1


cdef void fill_columns(
    ColumnPlan plan, Scan *scan, const Target *targets, Py_ssize_t capacity
) noexcept nogil:
    cdef Block block
    cdef Py_ssize_t first = scan.filled
    cdef Py_ssize_t end = first + scan.row_count
    cdef Py_ssize_t i, row = 0
    cdef const uint64_t *run = scan.runs
    while first < end:
        block.count = min(<Py_ssize_t>BLOCK, end - first)
        _next_block(&block, scan, &run, &row)
        block.transposed = block.count // AT_ONCE * AT_ONCE
        for i in range(plan.window_count):
            _transposed(&block, &plan.windows[i], targets, first)
        for i in range(plan.count):
            _fill_column(&block, &plan.columns[i], plan.layout_count, &targets[i], first, capacity)
        first += block.count
    scan.filled = end
    _drop_runs(scan)


cdef bint _fits(ColumnPlan plan, Scan *scan, const Target *targets, Py_ssize_t capacity) noexcept nogil:
    # Whether the columns have memory for the rows that were found, and for their longest values.
    cdef Py_ssize_t i
    if scan.row_count > capacity - scan.filled:
        return False
    for i in range(plan.count):
        if column_width(plan, scan, i) > targets[i].width:
            return False
    return True


cdef bint fill_as_found(
    ColumnPlan plan, Scan *scan, const Target *targets, Py_ssize_t capacity
) noexcept nogil:
    cdef Py_ssize_t rows
    while _fits(plan, scan, targets, capacity):
        fill_columns(plan, scan, targets, capacity)
        if scan.ended:
            return True
        rows = <Py_ssize_t>(<double>scan.filled * PART_BYTES / <double>scan.offset)
        _find(plan, scan, max(rows // BLOCK, 1) * BLOCK)
    return False


cdef Py_ssize_t expected_rows(const Scan *scan) noexcept nogil:
    cdef double rows = <double>(scan.filled + scan.row_count)
    return <Py_ssize_t>(rows / <double>scan.offset * <double>scan.size * 1.02) + BLOCK


# --- Both passes ----------------------------------------------------------------------------------------

cdef Py_ssize_t column_width(ColumnPlan plan, Scan *scan, Py_ssize_t at) noexcept nogil:
    cdef Column *column = &plan.columns[at]
    cdef int i
    cdef Py_ssize_t longest = 1
    if column.width:
        return column.width
    if scan.measured != scan.row_count:
        _measure(plan, scan)
    for i in range(plan.layout_count):
        if column.sources[i].kind == SOURCE_FLOATING:
            longest = max(longest, scan.longest[1 + column.sources[i].at])
    return longest


cdef int open_scan(Scan *scan, ColumnPlan plan, Py_ssize_t max_frame, Py_ssize_t limit) except -1:
    memset(scan, 0, sizeof(Scan))
    scan.max_frame = max_frame
    scan.limit = limit
    scan.malformed_at = -1
    scan.places = plan.places
    scan.keeps_no_shape = plan.layout_count > 1 or plan.layouts.tag_width == 1
    scan.longest = <Py_ssize_t *>PyMem_Calloc(1 + scan.places, sizeof(Py_ssize_t))
    if scan.longest == NULL:
        raise MemoryError
    restart_scan(scan)
    return 0


cdef void restart_scan(Scan *scan) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(1 + scan.places):
        scan.longest[i] = 1
    scan.filled = 0
    _drop_runs(scan)


cdef void _drop_runs(Scan *scan) noexcept nogil:
    scan.shape.size = scan.last_size = 0        # a shape is that of the row before
    scan.run_count = scan.row_count = 0
    scan.measured = scan.measured_runs = scan.measured_rows = 0


cdef void close_scan(Scan *scan) noexcept:
    PyMem_Free(scan.longest)
    PyMem_RawFree(scan.runs)
    scan.longest = NULL
    scan.runs = NULL


cdef Py_ssize_t last_offset(const Scan *scan) noexcept nogil:
    cdef const uint64_t *run = scan.runs + (scan.run_count - 1) * _words(scan)
    return <Py_ssize_t>frame_offset(run[0]) + (_rows_of(scan, run) - 1) * _frame_size(scan, run)


def count_frames(buffer, max_frame=DEFAULT_MAX_FRAME):
    """Split the buffer and do nothing else: the number of whole frames and the offset at which they end.

    Raises ``FrameTooLarge`` for a frame above ``max_frame`` bytes.
    """
    cdef Py_buffer view
    cdef const unsigned char *data
    cdef Py_ssize_t at = 0, frames = 0, whole = 0
    cdef Py_ssize_t largest = checked_max_frame(max_frame)
    PyObject_GetBuffer(buffer, &view, PyBUF_SIMPLE)
    try:
        data = <const unsigned char *>view.buf
        with nogil:
            while view.len - at >= HEADER_SIZE:
                whole = HEADER_SIZE + <Py_ssize_t>load32(data + at)
                if whole > largest or whole > view.len - at:
                    break
                at += whole
                frames += 1
        if view.len - at >= HEADER_SIZE and whole > largest:
            raise FrameTooLarge(whole, largest, at)
    finally:
        PyBuffer_Release(&view)
    return frames, at
