# SPDX-License-Identifier: EUPL-1.2
"""Take from the running process every way out but the files it already holds open.

What remains is a list of system calls for memory, threads, clocks, and reading and writing what is open. Every other is
refused with EPERM: no socket of any family, no program started, no other process, no file opened, made, named, renamed
or removed, no call that a later kernel brings. Refused, not killed: a library that asks in passing goes on without.
The filter binds all threads and can never be taken off. It needs no privilege. Linux on x86-64 and 64-bit ARM alone;
`locked_in` says no everywhere else, and who asked must then not go on.

Cannot hide that a decoder was taken over: it could still write what it likes into its output, which is why that is
checked afterwards by who did not decode it.

Sources: seccomp(2), prctl(2); numbers of the calls from `asm/unistd_64.h` and `asm-generic/unistd.h` of Linux.
"""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Machine:
    """The numbers of one processor: its name for seccomp, the calls that remain, and those that are looked into."""

    audit: int
    seccomp: int
    clone: int
    prctl: int
    newfstatat: int
    remain: tuple[int, ...]


_CLONE3 = 435  # the same number everywhere
# In order: read write readv writev pread64 pwrite64 lseek close fstat ftruncate fsync dup fcntl; mmap mprotect munmap
# mremap madvise brk; futex set_robust_list rseq membarrier sched_yield sched_getaffinity getcpu; rt_sigaction
# rt_sigprocmask rt_sigreturn sigaltstack restart_syscall; getpid gettid uname sysinfo getrusage getrandom;
# clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday; exit exit_group.
_MACHINES = {
    "x86_64": _Machine(
        0xC000003E, 317, 56, 157, 262,
        (0, 1, 19, 20, 17, 18, 8, 3, 5, 77, 74, 32, 72, 9, 10, 11, 25, 28, 12, 202, 273, 334, 324, 24, 204, 309,
         13, 14, 15, 131, 219, 39, 186, 63, 99, 98, 318, 228, 229, 230, 35, 96, 60, 231),
    ),
    "aarch64": _Machine(
        0xC00000B7, 277, 220, 167, 79,
        (63, 64, 65, 66, 67, 68, 62, 57, 80, 46, 82, 23, 25, 222, 226, 215, 216, 233, 214, 98, 99, 293, 283, 124, 123,
         168, 134, 135, 139, 132, 128, 172, 178, 160, 179, 165, 278, 113, 114, 115, 101, 169, 93, 94),
    ),
}  # fmt: skip

_LOAD, _EQUAL, _SET, _RETURN = 0x20, 0x15, 0x45, 0x06  # instructions of classic BPF
_ALLOW, _KILL, _EPERM, _ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050000 | 38
_NUMBER, _ARCH, _FIRST, _FOURTH = 0, 4, 16, 40  # where `struct seccomp_data` has them; low halves, little endian
_THREAD = 0x10000  # CLONE_THREAD: within this process
_EMPTY_PATH = 0x1000  # AT_EMPTY_PATH: of an open file
_NAME_A_THREAD, _NAME_MEMORY, _NO_NEW_PRIVILEGES = 15, 0x53564D41, 38


def _program(machine: _Machine) -> Iterator[tuple[int, int, int, int]]:
    """The filter, instruction by instruction: code, steps on true, steps on false, value."""
    yield _LOAD, 0, 0, _ARCH
    yield _EQUAL, 1, 0, machine.audit
    yield _RETURN, 0, 0, _KILL
    yield _LOAD, 0, 0, _NUMBER
    for number in machine.remain:
        yield _EQUAL, 0, 1, number
        yield _RETURN, 0, 0, _ALLOW
    yield _EQUAL, 0, 1, _CLONE3  # its flags lie in memory, where no filter can look: libraries then take clone
    yield _RETURN, 0, 0, _ENOSYS
    for number, place, test in (
        (machine.clone, _FIRST, ((_SET, _THREAD),)),
        (machine.newfstatat, _FOURTH, ((_SET, _EMPTY_PATH),)),
        (machine.prctl, _FIRST, ((_EQUAL, _NAME_A_THREAD), (_EQUAL, _NAME_MEMORY))),
    ):
        yield _EQUAL, 0, 2 + 2 * len(test), number
        yield _LOAD, 0, 0, place
        for code, value in test:
            yield code, 0, 1, value
            yield _RETURN, 0, 0, _ALLOW
        yield _RETURN, 0, 0, _EPERM
    yield _RETURN, 0, 0, _EPERM


class _Filter(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def can_lock_in() -> bool:
    """Whether this system is one that `locked_in` knows."""
    return sys.platform == "linux" and platform.machine() in _MACHINES and sys.maxsize > 2**32


def locked_in() -> bool:
    """Take every way out from this process, for good; whether that was done, and was seen to hold."""
    if not can_lock_in():
        return False
    machine = _MACHINES[platform.machine()]
    instructions = b"".join(struct.pack("=HBBI", *one) for one in _program(machine))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    wanted = _Filter(len(instructions) // 8, instructions)
    if libc.prctl(_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), *(ctypes.c_ulong(0),) * 3) != 0:
        return False
    all_threads = ctypes.c_ulong(1)  # SECCOMP_FILTER_FLAG_TSYNC
    mode = ctypes.c_ulong(1)  # SECCOMP_SET_MODE_FILTER
    if libc.syscall(ctypes.c_long(machine.seccomp), mode, all_threads, ctypes.byref(wanted)) != 0:
        return False
    return _holds()


def _holds() -> bool:
    """Whether no socket is made and no file is opened any more."""
    for attempt in (lambda: socket.socket(socket.AF_UNIX), lambda: os.open("/", os.O_RDONLY)):
        try:
            attempt()
        except PermissionError:
            continue
        except OSError:
            return False
        return False
    return True
