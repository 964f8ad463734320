# Rows of frames that one handler gets together.

from ctios_fast.core.codec cimport Codec
from ctios_fast.core.frames cimport FrameBuffer


# The part of a BatchHandler that a dispatcher uses. Importing that class itself would load the modules of
# columns, which most programs do not need.
cdef class FrameBatch:
    cdef readonly object handler        # what is called
    cdef readonly tuple fields          # names of the columns
    cdef readonly Py_ssize_t max_rows
    cdef Py_ssize_t rows                # taken frames that are still read in the receive buffer
    cdef bint waits                     # whether the dispatcher has it in its list of batches to deliver
    cdef bint settles                   # whether settle is running
    # What is delivered next: tuples of columns, a copy of their last frame, and its codec.
    cdef list ready
    cdef Codec codec                    # of the frames

    # Adds rows of frames in the receive buffer, which must stay where they are until settle. `frame`: the
    # first one; those after it are added while they are well-formed and of the same message, `count` in all
    # at most. Returns the number of bytes taken; 0 if the first frame is malformed. `rows` grows by the
    # number of frames.
    cdef Py_ssize_t take(self, FrameBuffer frames, const unsigned char *frame, Py_ssize_t count) except -1
    # Makes the rows a part of `ready`. The frames are not read any more. After an error they still are.
    cdef int settle(self, FrameBuffer frames) except -1
    # Forgets the rows.
    cdef void drop(self) noexcept
