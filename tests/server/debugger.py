#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""debugger.py PID NUMBER [ARGUMENT…]: lets the main thread of a process make one system call, as an intruder would.

An argument is a number, or something whose address is passed: =TEXT, or @ and bytes in hexadecimal. Prints what the
call returned, or "killed" where the process is no more. For root, on x86_64.
"""

import ctypes
import os
import signal
import struct
import sys

SEIZE, INTERRUPT, GETREGS, SETREGS, SINGLESTEP, DETACH = 0x4206, 0x4207, 12, 13, 9, 17
NAMES = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base "
         "ds es fs gs").split()
ORDER = ("rdi", "rsi", "rdx", "r10", "r8", "r9")
BELOW = 65536 # of the stack, where nothing is
WALL = 0x40000000


def ptrace(what, pid, data=None):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
    if libc.ptrace(what, pid, None, data) < 0:
        raise OSError(ctypes.get_errno(), f"ptrace {what:#x}")


def registers(pid):
    room = ctypes.create_string_buffer(8 * len(NAMES))
    ptrace(GETREGS, pid, ctypes.addressof(room))
    return dict(zip(NAMES, struct.unpack(f"<{len(NAMES)}Q", room.raw)))


def set_registers(pid, values):
    room = ctypes.create_string_buffer(struct.pack(f"<{len(NAMES)}Q", *(values[name] for name in NAMES)))
    ptrace(SETREGS, pid, ctypes.addressof(room))


def put_texts(pid, words, place):
    """The arguments as numbers, the texts among them written to the process's memory."""
    numbers = []
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        for word in words:
            if word[0] not in "=@":
                numbers.append(int(word, 0))
                continue
            text = word[1:].encode() + b"\0" if word[0] == "=" else bytes.fromhex(word[1:])
            memory.seek(place)
            memory.write(text)
            numbers.append(place)
            place += len(text)
    return numbers


def call(pid, number, words):
    """What the call returned, or None where it was the last."""
    ptrace(SEIZE, pid)
    ptrace(INTERRUPT, pid)
    os.waitpid(pid, WALL)
    before = registers(pid)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(before["rip"] - 2)
        assert memory.read(2) == b"\x0f\x05", "the thread does not wait in a system call"
    numbers = put_texts(pid, words, before["rsp"] - BELOW)
    asked = before | {"rax": number, "orig_rax": 2**64 - 1, "rip": before["rip"] - 2, "rsp": before["rsp"] - 2 * BELOW}
    set_registers(pid, asked | dict(zip(ORDER, (value % 2**64 for value in numbers))))
    ptrace(SINGLESTEP, pid)
    _, status = os.waitpid(pid, WALL)
    if not os.WIFSTOPPED(status):
        return None
    assert os.WSTOPSIG(status) == signal.SIGTRAP, f"it stopped by signal {os.WSTOPSIG(status)}"
    after = registers(pid)["rax"]
    set_registers(pid, before)
    ptrace(DETACH, pid)
    return after - 2**64 if after >= 2**63 else after


if __name__ == "__main__":
    result = call(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
    print("killed" if result is None else result)
