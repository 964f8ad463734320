from ctios_fast.core.dispatch.c_handler import FrameHandler

class StateCounter(FrameHandler):
    def seen(self, state: int) -> int: ...
