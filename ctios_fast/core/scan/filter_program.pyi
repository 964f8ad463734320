# Nothing here is for Python code: frame_filter.FrameFilter creates compiled filters.
