"""What a durable store keeps in its index, from docs/store-format.md."""

import hashlib

from golden import Golden, run, xxh3

VERSION = 1
READING_VERSION = 7
SHARD_VERSION = 2
STATE = b"a state"
RECORD = b"a record"
# The file whose record is looked for, and how it is read.
FILE = b"a,b\n1,x\n2,y\n"
SHARD_ROWS = 65536


def value(e, data, what):
    e.u64(xxh3(data), "XXH3 of the rest")
    e.raw(data, what)


def golden():
    g = Golden("store", "What stands in the index of a durable store (docs/store-format.md): keys and values.")
    turn = g.entry("turn", VERSION, "of a store that was opened once, and closed")
    turn.u8(VERSION, "version")
    turn.u64(1, "turn")
    turn.u8(0, "closed")
    key = g.entry("key of a partial", VERSION)
    key.raw(b"p", "partial")
    key.raw(run(0x10, 32), "shard")
    key.raw(run(0x40, 32), "accumulator")
    value(g.entry("partial", VERSION), STATE, "the state")
    key = g.entry("key of a record", VERSION)
    key.raw(b"r", "record")
    key.raw(run(0x70, 32), "digest")
    value(g.entry("record", VERSION), RECORD, "the bytes")
    named = g.entry("digest of a file's reading", READING_VERSION, "SHA-256 of what the file was read by")
    by = b"canvass reading" + bytes([READING_VERSION, SHARD_VERSION]) + hashlib.sha256(FILE).digest()
    by += b"" + b"," + b"." + bytes([0, 0])  # encoding, delimiter, decimal mark, blank rows, totals
    by += b"\x80\x80\x04" + bytes([0, 0])  # rows of a shard, records before, files before
    by += bytes([0, 0]) + bytes([0, 0, 0, 0])  # format, sheet; lines skipped, rows of the header, titles, labels
    named.raw(hashlib.sha256(by).digest(), "digest")
    return g
