"""The CTI Server protocol (GED-188) as data.

- ``ged188.toml`` is the one source; ``schema`` loads it for the build, the documentation and the dissector.
- ``numbers``, ``codes``, ``enums`` and ``class_table`` are generated from it by ``build/``.
- ``naming`` resolves names of messages; ``versions`` says which bits of a mask a version defines.

Nothing here is compiled and nothing here touches a socket.
"""

NOT_BUILT = (
    "ctios_fast is not built in {}. In a checkout, build it with: pip install -e . "
    "(or: python setup.py build_ext --inplace). If ctios_fast is installed, start Python from another folder."
)

if __name__ == "ctios_fast.protocol":  # setup.py loads it under another name, before anything is generated
    try:
        import ctios_fast.protocol.codes  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "ctios_fast.protocol.codes":
            raise
        raise ImportError(NOT_BUILT.format(__path__[0])) from None
