"""Bytes with what they mean beside them: the second source of tests/golden/*.hex.

Nothing here knows the program. A writer (message.py, plan.py, ...) says field by field what stands in a format, from
its description in docs/ or in the header of the file that encodes it, and the tests compare what the program makes of
the same values. XXH3 is that of libxxhash itself.
"""

import ctypes
import ctypes.util
import os
import struct

FOLDER = os.path.dirname(os.path.abspath(__file__))
LINE_BYTES = 32


class Hash128(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


_xxhash = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
_xxhash.XXH3_64bits.restype = ctypes.c_uint64
_xxhash.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
_xxhash.XXH3_128bits.restype = Hash128
_xxhash.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def xxh3(data):
    return _xxhash.XXH3_64bits(bytes(data), len(data))


def xxh3_128(data):
    """(high, low)"""
    h = _xxhash.XXH3_128bits(bytes(data), len(data))
    return h.high, h.low


def varint(v):
    """LEB128, the shortest form."""
    out = b""
    while v > 0x7F:
        out += bytes([v & 0x7F | 0x80])
        v >>= 7
    return out + bytes([v])


def zigzag(v):
    return varint(v * 2 if v >= 0 else -v * 2 - 1)


def wide(v):
    """A length byte, then as few bytes of two's complement as hold the number; 0 has none."""
    length = 0 if v == 0 else (v if v >= 0 else ~v).bit_length() // 8 + 1
    return bytes([length]) + v.to_bytes(length, "little", signed=True)


def run(first, count):
    """COUNT bytes that count up from FIRST: stands for a digest or an id."""
    return bytes(range(first, first + count))


class Entry:
    """One value's bytes, field by field."""

    def __init__(self, name, version, about):
        self.name, self.version, self.about = name, version, about
        self.parts = []

    def data(self):
        return b"".join(part for part, _ in self.parts)

    def raw(self, data, note=""):
        self.parts.append((bytes(data), note))

    def u8(self, v, note=""):
        self.raw(bytes([v]), note)

    def u16(self, v, note=""):
        self.raw(struct.pack("<H", v), note)

    def u32(self, v, note=""):
        self.raw(struct.pack("<I", v), note)

    def u64(self, v, note=""):
        self.raw(struct.pack("<Q", v), note)

    def double(self, v, note=""):
        self.raw(struct.pack("<d", v), note)

    def varint(self, v, note=""):
        self.raw(varint(v), f"{note}: {v}" if note else str(v))

    def signed(self, v, note=""):
        self.raw(zigzag(v), f"{note}: {v}" if note else str(v))

    def wide(self, v, note=""):
        self.raw(wide(v), f"{note}: {v}" if note else str(v))

    def text(self, v, note=""):
        data = v.encode() if isinstance(v, str) else v
        self.raw(varint(len(data)) + data, f"{note} '{data.decode()}'" if note else f"'{data.decode()}'")

    def decimal(self, mantissa, scale, note=""):
        """Normalised: no zeros end the mantissa while it has decimals."""
        while scale > 0 and mantissa % 10 == 0:
            mantissa, scale = mantissa // 10, scale - 1
        self.raw(zigzag(mantissa) + bytes([scale]), f"{note}: {mantissa} * 10^-{scale}")

    def entry(self, other):
        self.parts += other.parts

    def lines(self):
        yield f"[{self.name}] version {self.version}" + (f": {self.about}" if self.about else "")
        for data, note in self.parts:
            for at in range(0, max(len(data), 1), LINE_BYTES):
                shown = data[at : at + LINE_BYTES].hex()
                yield (shown + ("  # " + note if note and at == 0 else "")).rstrip()


class Golden:
    """A file of entries, each with the version of its format."""

    def __init__(self, name, head):
        self.name, self.head = name, head
        self.entries = []

    def entry(self, name, version, about=""):
        self.entries.append(Entry(name, version, about))
        return self.entries[-1]

    def content(self):
        lines = [f"# {line}".rstrip() for line in self.head.strip().splitlines()]
        lines.append(f"# Written by {self.name}.py; see golden.py.")
        for entry in self.entries:
            lines.append("")
            lines += entry.lines()
        return "\n".join(lines) + "\n"

    def path(self):
        return os.path.join(FOLDER, self.name + ".hex")
