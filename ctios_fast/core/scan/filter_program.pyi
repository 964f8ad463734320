# Compiled filters are made by filters.FrameFilter; nothing here is for Python code.
