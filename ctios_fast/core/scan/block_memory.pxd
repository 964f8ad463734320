# The memory of columns.

# Returns a writable object with the buffer protocol, of `size` bytes at least. Their values are undefined.
cdef object new_block(Py_ssize_t size)
