"""What the process that parses a file from outside may still do: compute, read, answer,
nothing else.

Limits of the kernel (memory, processor time, waiting, no writing to files) hold
everywhere. On Linux a filter of system calls also refuses the network, other programs
and processes, and every change to files; it is written here because the only Python
binding of libseccomp is copyleft.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import struct
import time
from functools import cache
from typing import Final

from ingest.answers import Limits

#: Machine -> its name in the kernel's audit interface, and which of the two tables of
#: numbers it uses.
_MACHINES: Final = {
    "x86_64": (0xC000003E, 0),
    "aarch64": (0xC00000B7, 1),
    "loongarch64": (0xC0000102, 1),
    "riscv64": (0xC00000F3, 1),
}
#: Number of a call on x86_64 and on the other machines; -1 where there is no such call.
_REFUSED: Final[dict[str, tuple[int, int]]] = {
    # the network, and the one way round a filter
    **{
        "socket": (41, 198),
        "socketpair": (53, 199),
        "connect": (42, 203),
        "io_uring_setup": (425, 425),
    },
    # other programs and processes
    **{
        "execve": (59, 221),
        "execveat": (322, 281),
        "fork": (57, -1),
        "vfork": (58, -1),
        "clone": (56, 220),
    },
    **{
        "clone3": (435, 435),
        "ptrace": (101, 117),
        "process_vm_readv": (310, 270),
        "process_vm_writev": (311, 271),
    },
    **{
        "kill": (62, 129),
        "tkill": (200, 130),
        "tgkill": (234, 131),
        "rt_sigqueueinfo": (129, 138),
    },
    **{
        "rt_tgsigqueueinfo": (297, 240),
        "pidfd_open": (434, 434),
        "pidfd_send_signal": (424, 424),
    },
    **{"pidfd_getfd": (438, 438), "setns": (308, 268), "unshare": (272, 97)},
    # files
    **{
        "creat": (85, -1),
        "unlink": (87, -1),
        "unlinkat": (263, 35),
        "rename": (82, -1),
        "renameat": (264, 38),
    },
    **{
        "renameat2": (316, 276),
        "mkdir": (83, -1),
        "mkdirat": (258, 34),
        "rmdir": (84, -1),
        "link": (86, -1),
    },
    **{
        "linkat": (265, 37),
        "symlink": (88, -1),
        "symlinkat": (266, 36),
        "mknod": (133, -1),
        "mknodat": (259, 33),
    },
    **{
        "truncate": (76, 45),
        "ftruncate": (77, 46),
        "fallocate": (285, 47),
        "chmod": (90, -1),
        "fchmod": (91, 52),
    },
    **{
        "fchmodat": (268, 53),
        "fchmodat2": (452, 452),
        "chown": (92, -1),
        "lchown": (94, -1),
        "fchown": (93, 55),
    },
    **{
        "fchownat": (260, 54),
        "utime": (132, -1),
        "utimes": (235, -1),
        "futimesat": (261, -1),
    },
    **{
        "utimensat": (280, 88),
        "setxattr": (188, 5),
        "lsetxattr": (189, 6),
        "fsetxattr": (190, 7),
    },
    **{
        "removexattr": (197, 14),
        "lremovexattr": (198, 15),
        "fremovexattr": (199, 16),
        "openat2": (437, 437),
    },
    **{"mount": (165, 40), "umount2": (166, 39), "chroot": (161, 51)},
    # parts of the kernel no parser needs
    **{
        "bpf": (321, 280),
        "perf_event_open": (298, 241),
        "userfaultfd": (323, 282),
        "keyctl": (250, 219),
    },
    **{
        "add_key": (248, 217),
        "request_key": (249, 218),
        "memfd_create": (319, 279),
        "shmget": (29, 194),
    },
    **{"msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180)},
}
_TO_CHANGE: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: Calls that are refused when an argument, counted from 0, has any of these bits: files
#: opened to be changed, and limits of another process (0 is this one, which can only
#: lower its own).
_REFUSED_FOR: Final[dict[str, tuple[tuple[int, int], int, int]]] = {
    "openat": ((257, 56), 2, _TO_CHANGE),
    "open": ((2, -1), 1, _TO_CHANGE),
    "prlimit64": ((302, 261), 0, 0xFFFFFFFF),
}

# linux/bpf_common.h, linux/seccomp.h, linux/prctl.h
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 1  # EPERM
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_X32: Final = 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = (
    1,
    4,
    22,
    38,
)
_FILTER: Final = 2
#: The processor time of a whole life, in times that of one file.
_LIFE: Final = 10


def confine(limits: Limits) -> bool:
    """Confine this process for good; return whether the filter of system calls is on.

    It is off where the kernel has none or the machine is none of `_MACHINES`; the limits hold.
    """
    lower(resource.RLIMIT_AS, limits.memory_bytes)
    lower(resource.RLIMIT_CPU, _LIFE * limits.cpu_s)
    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_CORE, 0)
    _control(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _control(_PR_SET_DUMPABLE, 0)
    return _control(_PR_SET_NO_NEW_PRIVS, 1) and _filter(os.uname().machine)


def allow(limits: Limits) -> None:
    """Give this process the time for one more file; when it is used up the kernel ends the
    process.
    """
    used = math.ceil(time.process_time())
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (min(used + limits.cpu_s, most), most))
    signal.setitimer(signal.ITIMER_REAL, limits.wall_s)


def wait_for_others() -> None:
    """Stop the clock: what comes now takes as long as whoever asked lets it take."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def prepare() -> None:
    """Do what can be done once for all processes that will be forked from this one."""
    _libc()
    _program(os.uname().machine)


def lower(kind: int, limit: int) -> None:
    """Lower a limit; one that is lower already stays."""
    now = resource.getrlimit(kind)[1]
    most = limit if now == resource.RLIM_INFINITY else min(limit, now)
    resource.setrlimit(kind, (most, most))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _control(
    option: int,
    value: int,
    address: int = 0,
) -> bool:
    prctl = getattr(_libc(), "prctl", None)
    return (
        prctl is not None
        and prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(address), 0, 0) == 0
    )


def _filter(machine: str) -> bool:
    program = _program(machine)
    if not program:
        return False
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack(
        "HL", len(program) // 8, ctypes.addressof(code)
    )  # struct sock_fprog
    block = ctypes.create_string_buffer(header, len(header))
    return _control(_PR_SET_SECCOMP, _FILTER, ctypes.addressof(block))


@cache
def _program(machine: str) -> bytes:
    """Return the filter in the kernel's own code, eight bytes an instruction; empty for another
    machine.
    """
    if machine not in _MACHINES:
        return b""
    architecture, column = _MACHINES[machine]
    code = [
        _op(_LOAD, _ARCHITECTURE),
        _op(_EQUAL, architecture, 1, 0),
        _op(_RETURN, _REFUSE),
        _op(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":  # the same calls under other numbers
        code += [_op(_AT_LEAST, _X32, 0, 1), _op(_RETURN, _REFUSE)]
    for numbers in _REFUSED.values():
        if numbers[column] >= 0:
            code += [_op(_EQUAL, numbers[column], 0, 1), _op(_RETURN, _REFUSE)]
    for numbers, argument, bits in _REFUSED_FOR.values():
        if numbers[column] >= 0:
            code += [
                _op(_EQUAL, numbers[column], 0, 4),
                _op(_LOAD, _ARGUMENTS + 8 * argument),
                _op(_ANY_BIT, bits, 0, 1),
                _op(_RETURN, _REFUSE),
                _op(_RETURN, _ALLOW),
            ]
    return b"".join([*code, _op(_RETURN, _ALLOW)])


def _op(
    code: int,
    value: int,
    when_true: int = 0,
    when_false: int = 0,
) -> bytes:
    return struct.pack("HBBI", code, when_true, when_false, value)
