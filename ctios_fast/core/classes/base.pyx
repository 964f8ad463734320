"""The base of the message classes, and their calls with keywords.

Performance trick: message classes are called without a tuple and a dict of their arguments. Their
``tp_vectorcall`` is a function of this module, which reads the arguments from the caller's array. CPython
offers this only for types that C code creates. So a class is created from a type specification, changed,
and then made immutable. The garbage collector does not track instances: a message cannot be in a cycle.

What it buys, in instructions a call (kernel ``set_agent_state_by_constructor`` of ``benchmarks/kernels.py``
under callgrind, CPython 3.11): 3,335 with it and 10,838 without. Off: ``CTIOS_FAST_WITHOUT=vectorcall``.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_SIZE

from ctios_fast.core.encode.keyword_writer cimport KeywordWriter
from ctios_fast.core.codec cimport Codec
from ctios_fast.core.message cimport Message
from ctios_fast.core.encode.keyword_cache cimport (
    INVOKE_ID, MAX_GATHERED, MAX_TEMPLATE_FRAME, FrameTemplate, find_template, find_template_for_call,
    find_template_for_request,
)
from ctios_fast.core.pyobjects cimport PyMethodDef, VectorArgs, new_method
from .properties cimport attribute_of

cdef extern from "Python.h":
    Py_ssize_t PyVectorcall_NARGS(size_t)
    ctypedef struct PyType_Slot:
        int slot
        void *pfunc
    ctypedef struct PyType_Spec:
        const char *name
        int basicsize
        int itemsize
        unsigned int flags
        PyType_Slot *slots
    unsigned int Py_TPFLAGS_DEFAULT
    unsigned int Py_TPFLAGS_BASETYPE
    unsigned long Py_TPFLAGS_IMMUTABLETYPE
    int Py_tp_getattro
    ctypedef struct PyTypeObject:
        object (*tp_new)(type, PyObject *, PyObject *)
        object (*tp_vectorcall)(PyObject *, VectorArgs, size_t, PyObject *)
        unsigned long tp_flags
    type PyType_FromSpecWithBases(PyType_Spec *spec, object bases)

from ctios_fast.core.codec import codec as shared_codec
from ctios_fast.core.switches import is_on
from ctios_fast.protocol.codes import NEWEST_VERSION

cdef bint CALLS_DIRECTLY = is_on("vectorcall")
cdef object _NEWEST_VERSION = NEWEST_VERSION


cdef Codec _codec_of(object version_or_codec):
    if isinstance(version_or_codec, Codec):
        return <Codec>version_or_codec
    return <Codec>shared_codec(version_or_codec)


cdef bytes _write_by_keywords(KeywordWriter writer, Codec codec, VectorArgs values, PyObject *names):
    # The frame for the keywords of a call, without a template.
    return writer.write(codec.layouts, codec.max_frame, _fields_of(values, names))


cdef dict _fields_of(VectorArgs values, PyObject *names):
    # The keywords of a call as a dict; NULL: there are none.
    cdef dict given = {}
    cdef Py_ssize_t i
    if names != NULL:
        for i in range(len(<tuple>names)):
            given[(<tuple>names)[i]] = <object>values[i]
    return given


cdef Py_ssize_t _write_by_template(
    KeywordWriter writer, Codec codec, VectorArgs values, PyObject *names, unsigned char *frame
) except -1:
    # Writes the frame for the keywords of a call and returns its size; 0 if _write_by_keywords must be used.
    cdef FrameTemplate template
    if names == NULL:
        return 0
    template = find_template(writer, codec.layouts, names)
    return template.write(values, frame, codec.max_frame) if template.usable else 0


cdef object _encode(PyObject *writer, VectorArgs arguments, Py_ssize_t count, PyObject *names):
    # The method ``encode`` of a message class.
    cdef unsigned char frame[MAX_TEMPLATE_FRAME]
    cdef Codec codec
    cdef Py_ssize_t size
    if count != 1:
        raise TypeError(f"encode() takes exactly 1 positional argument ({count} given)")
    codec = _codec_of(<object>arguments[0])
    size = _write_by_template(<KeywordWriter>writer, codec, arguments + 1, names, frame)
    if size:
        return PyBytes_FromStringAndSize(<const char *>frame, size)
    return _write_by_keywords(<KeywordWriter>writer, codec, arguments + 1, names)


cdef object _encode_request(PyObject *writer, VectorArgs arguments, Py_ssize_t count, PyObject *names):
    # The method ``encode_request`` of a message class.
    cdef unsigned char frame[MAX_TEMPLATE_FRAME]
    cdef PyObject *values[MAX_GATHERED]
    cdef PyObject *invoke_id
    cdef Codec codec
    cdef FrameTemplate template
    cdef Py_ssize_t size = 0
    cdef dict fields
    if count != 3 or names != NULL:
        raise TypeError("encode_request() takes exactly three positional arguments: codec, invoke_id, fields")
    codec = _codec_of(<object>arguments[0])
    invoke_id = NULL if arguments[1] == <PyObject *>None else arguments[1]
    fields = <dict?><object>arguments[2]
    template = find_template_for_request(
        <KeywordWriter>writer, codec.layouts, invoke_id, fields, values
    )
    if template is not None and template.usable:
        size = template.write(values, frame, codec.max_frame)
        if size:
            return PyBytes_FromStringAndSize(<const char *>frame, size)
    return _encode_fields(<KeywordWriter>writer, codec, <object>arguments[1], fields)


cdef bytes _encode_fields(KeywordWriter writer, Codec codec, object invoke_id, dict fields):
    # Writes a request without a template, and creates the template for later requests with these names.
    if invoke_id is not None:
        if INVOKE_ID in fields:
            raise TypeError("encode_request() got multiple values for the field invoke_id")
        fields = {INVOKE_ID: invoke_id, **fields}
    names = tuple(fields)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"a field's name must be a str, got {type(name).__name__}")
    find_template(writer, codec.layouts, <PyObject *>names)
    return writer.write(codec.layouts, codec.max_frame, fields)


cdef KeywordWriter writer_of(object message_class):
    # Raises TypeError for anything but a message class.
    if not isinstance(message_class, type) or not issubclass(message_class, TypedMessage):
        raise TypeError(f"a message class is needed, got {message_class!r}")
    return message_class._writer


cdef bytes write_request(
    KeywordWriter writer, Codec codec, object invoke_id, VectorArgs values, PyObject *names
):
    # The frame of a request. Its other fields are the keywords of a call; NULL: there are none.
    cdef unsigned char frame[MAX_TEMPLATE_FRAME]
    cdef PyObject *gathered[MAX_GATHERED]
    cdef FrameTemplate template
    cdef Py_ssize_t i, size, count = 0 if names == NULL else PyTuple_GET_SIZE(<object>names)
    if 0 < count < MAX_GATHERED:
        template = find_template_for_call(writer, codec.layouts, names)
        if template is not None and template.usable:
            gathered[0] = <PyObject *>invoke_id
            for i in range(count):
                gathered[i + 1] = values[i]
            size = template.write(gathered, frame, codec.max_frame)
            if size:
                return PyBytes_FromStringAndSize(<const char *>frame, size)
    return _encode_fields(writer, codec, invoke_id, _fields_of(values, names))


cdef object _new_instance(
    PyObject *message_class, VectorArgs arguments, size_t flagged_count, PyObject *names
):
    # The tp_vectorcall of message classes: creates an instance without a tuple and a dict for __init__.
    cdef unsigned char frame[MAX_TEMPLATE_FRAME]
    cdef Py_ssize_t size, count = PyVectorcall_NARGS(flagged_count)
    cdef KeywordWriter writer
    cdef Codec codec
    cdef TypedMessage message
    if count > 1:
        raise TypeError(f"__init__() takes at most 1 positional argument ({count} given)")
    codec = _codec_of(<object>arguments[0] if count else _NEWEST_VERSION)
    writer = (<object>message_class)._writer
    message = <TypedMessage>(<PyTypeObject *>TypedMessage).tp_new(
        <type>message_class, <PyObject *>_NO_ARGUMENTS, NULL
    )
    size = _write_by_template(writer, codec, arguments + count, names, frame)
    if size:
        message.show(
            codec.layouts, writer.plan(codec.layouts).layout, writer.number, frame, size
        )
    else:
        message.show_own(writer, codec, _write_by_keywords(writer, codec, arguments + count, names))
    return message


cdef tuple _NO_ARGUMENTS = ()
cdef PyMethodDef _encode_definition
cdef PyMethodDef _encode_request_definition


@cython.no_gc
cdef class TypedMessage(Message):
    """Base of the message classes. An instance is created from keywords, or when a frame is read.

    A message is a view of bytes: creating it encodes it, and ``bytes(message)`` is the frame to send.
    ``encode(version_or_codec, /, **fields)`` of a class returns only these bytes.
    """

    def __init__(self, version_or_codec=NEWEST_VERSION, /, **fields):
        # For classes derived from a message class. Calls of message classes go to _new_instance.
        cdef Codec codec
        cdef KeywordWriter writer
        if self.data != NULL:
            raise TypeError("a message cannot be initialised twice: create another one")
        codec = _codec_of(version_or_codec)
        writer = type(self)._writer
        self.show_own(writer, codec, writer.write(codec.layouts, codec.max_frame, fields))

    cdef int show_own(self, KeywordWriter writer, Codec codec, bytes frame) except -1:
        # Makes this object the view of a frame that the writer wrote.
        return self.show(
            codec.layouts, writer.plan(codec.layouts).layout, writer.number,
            <const unsigned char *>PyBytes_AS_STRING(frame), len(frame),
        )


def new_class(str module not None, str name not None, dict namespace not None):
    """Return a new subclass of ``TypedMessage`` with these attributes.

    The class is created from a type specification, because the garbage collector tracks instances of classes
    from a class statement. Messages need no tracking: they cannot be part of a cycle.
    """
    cdef PyType_Spec spec
    cdef PyType_Slot slots[2]
    cdef bytes path = f"{module}.{name}".encode("ascii")
    slots[0].slot = Py_tp_getattro
    slots[0].pfunc = <void *>attribute_of
    slots[1].slot = 0
    slots[1].pfunc = NULL
    spec.name = PyBytes_AS_STRING(path)
    spec.basicsize = 0
    spec.itemsize = 0
    spec.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE
    spec.slots = slots
    message_class = PyType_FromSpecWithBases(&spec, (TypedMessage,))
    for attribute, value in namespace.items():
        setattr(message_class, attribute, value)
    message_class.encode = new_method(
        &_encode_definition,
        b"encode",
        b"encode($self, version_or_codec, /, **fields)\n--\n\n"
        b"The frame as bytes, without a message. Raises ``EncodeError``.",
        _encode,
        namespace["_writer"],
    )
    message_class.encode_request = new_method(
        &_encode_request_definition,
        b"encode_request",
        b"encode_request($self, codec, invoke_id, fields, /)\n--\n\n"
        b"The frame of ``encode(codec, invoke_id=invoke_id, **fields)``, from fields that were collected\n"
        b"in a dict. ``invoke_id`` None: the message has no InvokeID. Raises ``EncodeError``.",
        _encode_request,
        namespace["_writer"],
    )
    # tp_vectorcall is not inherited: derived classes are called in the usual way.
    if CALLS_DIRECTLY:
        (<PyTypeObject *>message_class).tp_vectorcall = _new_instance
    # attribute_of does not look into the class again. So the class must not change.
    (<PyTypeObject *>message_class).tp_flags |= Py_TPFLAGS_IMMUTABLETYPE
    return message_class
