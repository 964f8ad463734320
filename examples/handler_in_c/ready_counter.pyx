# cython: language_level=3
"""A handler that is called from C: counts the events of each agent state."""

from ctios_fast.core.dispatch.c_handler cimport Field, Frame, FrameHandler

cdef enum:
    STATES = 16
    NO_STATE = -1


cdef class StateCounter(FrameHandler):
    """Register an instance for AGENT_STATE_EVENT: ``session.on(AGENT_STATE_EVENT, counter)``."""

    cdef Field _state
    cdef long long _seen[STATES]

    def __cinit__(self):
        self._state = Field("AgentState")

    cdef int on_frame(self, const Frame *frame) except -1:
        cdef long long state = self._state.number(frame, NO_STATE)
        if 0 <= state < STATES:
            self._seen[state] += 1
        return 0

    def seen(self, int state):
        """The number of events of that state."""
        return self._seen[state] if 0 <= state < STATES else 0
