"""System calls that fail as they do on some network mounts: the kernel itself refuses them (seccomp).

For a child process: what is refused stays refused until it ends.
"""

import ctypes
import errno
import platform
import struct

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_NUMBERS = {"x86_64": {"fcntl": 72, "flock": 73, "mmap": 9}, "aarch64": {"fcntl": 25, "flock": 32, "mmap": 222}}
_SET_LOCK = 6  # fcntl's F_SETLK
_WRITE, _SHARED, _NO_FILE = 2, 1, 0xFFFFFFFF

KNOWN = platform.system() == "Linux" and platform.machine() in _NUMBERS


def refuse(what: str, error: str = "ENOLCK") -> None:
    """From now on refuse this process "flock", "fcntl" (locks only) or "mmap" (shared memory in a file only)."""
    numbers, number = _NUMBERS[platform.machine()], getattr(errno, error)
    tests = {
        "flock": [],
        "fcntl": [(_LOAD, 24), (_EQUAL, _SET_LOCK)],
        "mmap": [(_LOAD, 32), (_ANY_BIT, _WRITE), (_LOAD, 40), (_ANY_BIT, _SHARED), (_LOAD, 48), (_EQUAL, _NO_FILE)],
    }[what]
    program = [_step(_LOAD, 0), *_tested((_EQUAL, numbers[what]), len(tests) + 1)]
    for place, test in enumerate(tests):
        program += _tested(test, len(tests) - place)
    program += [_step(_RETURN, _REFUSE | number), _step(_RETURN, _ALLOW)]
    _install(program)


def _tested(test: tuple[int, int], to_the_end: int) -> list[bytes]:
    """A test that goes on where it holds (where it does not, for the last of mmap) and to the end otherwise."""
    code, value = test
    if code == _LOAD:
        return [_step(code, value)]
    if value == _NO_FILE:
        return [_step(code, value, to_the_end, 0)]
    return [_step(code, value, 0, to_the_end)]


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_so, if_not, value)


def _install(program: list[bytes]) -> None:
    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    steps = ctypes.create_string_buffer(b"".join(program))
    given = Program(len(program), ctypes.addressof(steps))
    library = ctypes.CDLL(None, use_errno=True)
    for arguments in ((38, 1, 0, 0, 0), (22, 2, ctypes.byref(given), 0, 0)):  # no new privileges, then the filter
        if library.prctl(*arguments):
            raise OSError(ctypes.get_errno(), "seccomp is not to be had")
