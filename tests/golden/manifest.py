"""Manifests, from the descriptions in store/manifest.c and store/column_codes.c: version 7, and 6 to 2, which are
still read."""

from golden import Golden, run, xxh3

VERSION = 7
TOTALS = 6
SHEETS = 5
LABELS = 4
MIDDLE = 3
OLDEST = 2
EXPONENT_MIN = -300


def skipped(e, lines, what):
    e.varint(len(lines), what)
    for line in lines:
        e.varint(line, "line")


def file(e, version, name, sha256, size, records, quarantined, places, blank=(), repeated=(), reading=("", 1, 0, 0, ""), totals=(), remarks=((), (), (), ())):
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
    if version > SHEETS:
        skipped(e, totals, "totals")
    if version > MIDDLE:
        e.text(reading[0], "read as")
        e.varint(reading[1], "header rows")
        e.varint(reading[2], "lines skipped before them")
        e.varint(reading[3], "notices")
    if version > LABELS:
        e.text(reading[4], "sheet")
    if version > SHEETS:
        for lines, what in zip(remarks[:3], ("hidden rows", "rows with long numbers", "rows with far cells")):
            skipped(e, lines, what)
    if version > TOTALS:
        skipped(e, remarks[3], "rows that may be totals")


def shard(e, name, size, first_ordinal, rows, file_index):
    e.raw(name, "shard: SHA-256")
    e.varint(size, "bytes")
    e.varint(first_ordinal, "first ordinal")
    e.varint(rows, "rows")
    e.varint(file_index, "file")


def codes(e, values=(), missing=(), measure=0, dates="", weight=False, joined=False):
    has = [(values, "values"), (missing, "missing codes"), (measure, "measure"), (dates, "dates"), (weight, "weight"), (joined, "a set")]
    flags = sum(1 << i for i, (what, _) in enumerate(has) if what)
    e.u8(flags, "codes: " + (", ".join(name for what, name in has if what) or "nothing"))
    if values:
        e.varint(len(values), "labels")
        for code, label in values:
            e.text(code, "code")
            e.text(label, "label")
    if missing:
        e.varint(len(missing), "missing")
        for low, high in missing:
            e.u8(high is not None, "a range" if high is not None else "a code")
            e.text(low, "low")
            if high is not None:
                e.text(high, "high")
    if measure:
        e.u8(measure, "measure")
    if dates:
        e.text(dates, "date format")


def response_set(e, name, label, counted, columns):
    e.text(name, "set")
    e.text(label, "label")
    e.text(counted, "counted")
    e.varint(len(columns), "columns")
    for column_index in columns:
        e.varint(column_index, "column")


def column(e, version, name, decimals, as_numbers, largest=None, label="", lacking=(), known={}, differ=0):
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
        codes(e, **known)
        e.varint(differ, "another file's codes differ")


def whole(e, version):
    e.raw(b"CANVMNFS", "magic")
    e.u32(version, "version")
    e.varint(2, "files")
    file(e, version, "2026-01.csv", run(0x00, 32), 4096, 40, 2, [(7, "3 fields instead of 2"), (9, "a quote")], (11, 12), ())
    file(e, version, "问卷.csv", run(0x20, 32), 300, 5, 0, [], (), (3,), ("Qualtrics", 3, 2, 5, "答卷"), (9,), ((4, 5), (), (3,), (5,)))
    e.varint(3, "shards")
    shard(e, run(0x40, 32), 640, 0, 20, 0)
    shard(e, run(0x60, 32), 512, 30, 10, 0)
    shard(e, run(0x80, 32), 256, 40, 4, 1)
    e.varint(2, "columns")
    score = {"values": [("1", "no"), ("9", "refused")], "missing": [("9", None), ("90", "")], "measure": 2}
    column(e, version, "score", 0, 0, label="满意吗？", lacking=(1,), known=score, differ=2)
    column(e, version, "amount", 2, 1, (99999, -2), known={"dates": "%Y", "weight": True, "joined": True})
    if version > LABELS:
        e.varint(1, "sets")
        response_set(e, "media", "Media", "1", [1, 0])
    e.u64(xxh3(e.data()), "XXH3 of all before")


def golden():
    g = Golden("manifest", "Manifests (store/manifest.h).")
    whole(g.entry("newest", VERSION), VERSION)
    whole(g.entry("totals", TOTALS, "read, and written as the newest"), TOTALS)
    whole(g.entry("sheets", SHEETS, "read, and written as the newest"), SHEETS)
    whole(g.entry("labels", LABELS, "read, and written as the newest"), LABELS)
    whole(g.entry("middle", MIDDLE, "read, and written as the newest"), MIDDLE)
    whole(g.entry("oldest", OLDEST, "read, and written as the newest"), OLDEST)
    return g
