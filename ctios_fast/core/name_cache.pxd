# Performance trick: the name of a named variable that was read before is the same str.
#
# A site has some dozens of named (ECC) variables, and an event of a call carries several of them. Their names
# are kept in a table of the process, so that no str is allocated for them, and their hash is known.
#
# What it buys, in instructions under callgrind, on CPython 3.11: reading three named variables of a
# CALL_DELIVERED_EVENT takes 3,893 with it and 4,498 without, a sixth more. The kernel to_dict_call_delivered
# of benchmarks/kernels.py takes 21,993 and 22,982.
# Off: CTIOS_FAST_WITHOUT=name-cache.

# The name of `size` bytes, without a NUL; None if it is not short ASCII text. May read up to seven bytes
# before p: see is_plain.
cdef object cached_name(const unsigned char *p, Py_ssize_t size)
