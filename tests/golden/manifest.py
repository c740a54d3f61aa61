"""Manifests, from the description in store/manifest.c: version 5, and 4, 3 and 2, which are still read."""

from golden import Golden, run, xxh3

VERSION = 5
LABELS = 4
MIDDLE = 3
OLDEST = 2
EXPONENT_MIN = -300


def skipped(e, lines, what):
    e.varint(len(lines), what)
    for line in lines:
        e.varint(line, "line")


def file(e, version, name, sha256, size, records, quarantined, places, blank=(), repeated=(), reading=("", 1, 0, 0, "")):
    e.text(name, "file")
    e.raw(sha256, "SHA-256")
    e.varint(size, "bytes")
    e.varint(records, "records")
    e.varint(quarantined, "quarantined")
    e.varint(len(places), "places")
    for line, problem in places:
        e.varint(line, "line")
        e.text(problem)
    if version > OLDEST:
        skipped(e, blank, "blank rows")
        skipped(e, repeated, "repeated headers")
    if version > MIDDLE:
        e.text(reading[0], "read as")
        e.varint(reading[1], "header rows")
        e.varint(reading[2], "lines skipped before them")
        e.varint(reading[3], "notices")
    if version > LABELS:
        e.text(reading[4], "sheet")


def shard(e, name, size, first_ordinal, rows, file_index):
    e.raw(name, "shard: SHA-256")
    e.varint(size, "bytes")
    e.varint(first_ordinal, "first ordinal")
    e.varint(rows, "rows")
    e.varint(file_index, "file")


def column(e, version, name, decimals, as_numbers, largest=None, label="", lacking=()):
    e.text(name, "column")
    if version > MIDDLE:
        e.text(label, "label")
    e.u8(decimals, "decimals")
    e.u8(as_numbers, "kept as numbers" if as_numbers else "kept as texts")
    if version > OLDEST:
        e.u8(largest is not None, "largest number: " + ("known" if largest is not None else "unknown"))
        if largest is not None:
            e.varint(largest[0], "mantissa")
            e.varint(largest[1] - EXPONENT_MIN, f"exponent {largest[1]}, from {EXPONENT_MIN}")
    if version > LABELS:
        e.varint(len(lacking), "files that lack it")
        for i, number in enumerate(lacking):
            e.varint(number - (lacking[i - 1] + 1 if i > 0 else 0), f"file {number}")


def whole(e, version):
    e.raw(b"CANVMNFS", "magic")
    e.u32(version, "version")
    e.varint(2, "files")
    file(e, version, "2026-01.csv", run(0x00, 32), 4096, 40, 2, [(7, "3 fields instead of 2"), (9, "a quote")], (11, 12), ())
    file(e, version, "问卷.csv", run(0x20, 32), 300, 5, 0, [], (), (3,), ("Qualtrics", 3, 2, 5, "答卷"))
    e.varint(3, "shards")
    shard(e, run(0x40, 32), 640, 0, 20, 0)
    shard(e, run(0x60, 32), 512, 30, 10, 0)
    shard(e, run(0x80, 32), 256, 40, 4, 1)
    e.varint(2, "columns")
    column(e, version, "score", 0, 0, label="满意吗？", lacking=(1,))
    column(e, version, "amount", 2, 1, (99999, -2))
    e.u64(xxh3(e.data()), "XXH3 of all before")


def golden():
    g = Golden("manifest", "Manifests (store/manifest.h).")
    whole(g.entry("newest", VERSION), VERSION)
    whole(g.entry("labels", LABELS, "read, and written as the newest"), LABELS)
    whole(g.entry("middle", MIDDLE, "read, and written as the newest"), MIDDLE)
    whole(g.entry("oldest", OLDEST, "read, and written as the newest"), OLDEST)
    return g
