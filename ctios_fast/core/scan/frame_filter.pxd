# Frame filters, which decide whether a frame is wanted before any Python object is created for it.

from ctios_fast.core.dispatch.dispatcher cimport FrameGate
from .filter_program cimport Program
from ctios_fast.core.layout cimport MESSAGE_NUMBERS, Layout, Layouts


cdef class FrameFilter(FrameGate):
    cdef list _rules                            # of Rule; filters joined from this one append to it
    cdef Py_ssize_t _rule_count                 # number of rules at the list's start that are this filter's
    cdef bint _compiled
    cdef list _values                           # TestValues that the programs point to
    cdef Layouts _layouts
    cdef Program *_programs[MESSAGE_NUMBERS]    # NULL: no frame of that message is wanted
    cdef bint _all_others                       # messages that are not in the reference are wanted

    cdef list rules(self)
    cdef Program *_program(self, int number, list rules, dict values) except? NULL
    cdef object _first_step(self, list steps, dict slots, list rules, Layout *layout, dict values)
    cdef object _step(
        self, list steps, dict slots, test, Layout *layout, dict values, on_true, on_false
    )
