"""States of every kind of accumulator over five rows, from the headers in stats/accumulators/.

The figures are worked out here by the definitions, in whole numbers; only how they are written follows the encoders'
descriptions. `partial_golden_test.c` has the same survey and the same accumulators.

    row  a  b  g      x     w      m        t
    0    5  4  north  1.5   1.00   web;app  p1
    1    3  3  south  -2.0  0.50   web      p2
    2       2  north  n/a   2.00            p1
    3    9  1         0.25  1.005  app      p3
    4    1  5  south  1.5          web      p1

a and b are scales from 1 to 5 (so 9 is invalid), x a number of one decimal (0.25 becomes 0.2, half to even), w a
sampling weight of two (1.005 becomes 1.00). Row 4 has no weight, and is used by nothing that is weighted.
"""

import math
import struct

from golden import Golden, varint, xxh3_128

VERSION = 1
BLANK, INVALID = 0, 6
REASONS = 8
# id, version of the state
KINDS = {
    "facts": (1, 5),
    "frequency": (2, 3),
    "moments": (3, 2),
    "values": (4, 2),
    "buckets": (5, 2),
    "cross": (6, 2),
    "joint": (7, 2),
    "sample": (8, 2),
    "kmeans": (9, 3),
    "silhouette": (10, 4),
    "distinct": (11, 1),
    "duplicates": (12, 1),
    "base": (13, 2),
    "ranks": (14, 1),
    "invalid": (15, 3),
    "weights": (16, 2),
    "products": (17, 1),
    "logistic": (18, 1),
    "scatter": (19, 1),
}

A = [5, 3, None, None, 1]
B = [4, 3, 2, 1, 5]
G = ["north", "south", "north", None, "south"]
X = [15, -20, None, 2, 15]
W = [100, 50, 200, 100, None]
T = ["p1", "p2", "p1", "p3", "p1"]
WEIGHTED = [row for row in range(5) if W[row] is not None]
PLACES = ["north", "south", None]
BOTH = [row for row in WEIGHTED if A[row] is not None]


def total(rows, term):
    return sum(term(row) for row in rows)


def place(e, row, text):
    e.raw(varint(row) + varint(0) + varint(row + 2) + varint(0), f"row {row}: ordinal, file, line, column")
    e.text(text)


def missing(e, **counts):
    reasons = [0] * REASONS
    for reason, n in counts.items():
        reasons[{"blank": BLANK, "invalid": INVALID}[reason]] = n
    e.raw(bytes(reasons), "missing, by reason" + (f": {counts}" if counts else ""))


def facts(e):
    """Of a, g, x, m and t."""
    for name, answered, counts, invalid, rounded, tidied in (
        ("a", 3, {"blank": 1, "invalid": 1}, [(3, "9")], [], []),
        ("g", 4, {"blank": 1}, [], [], []),
        ("x", 4, {"invalid": 1}, [(2, "n/a")], [(3, "0.25")], []),
        ("m", 4, {"blank": 1}, [], [], []),
        ("t", 5, {}, [], [], []),
    ):
        e.varint(answered, f"{name} answered")
        missing(e, **counts)
        e.varint(len(rounded), "rounded")
        for row, text in invalid + rounded:
            place(e, row, text)
        e.varint(len(tidied), "not read as written")
        for row, text in tidied:
            place(e, row, text)
        e.varint(0, "numbers with a per cent sign")


def axis(e, keys, what):
    e.varint(len(keys), what)
    for key in keys:
        if isinstance(key, str):
            e.text(key)
        else:
            e.signed(key)


def frequency(e):
    """Of a by g, weighted."""
    axis(e, ["north", "south"], "groups")
    axis(e, [3, 5], "keys")
    for group in PLACES:
        rows = [row for row in WEIGHTED if G[row] == group]
        cells = [[row for row in rows if A[row] == key] for key in (3, 5)]
        reasons = [[] for _ in range(REASONS)]
        reasons[BLANK] = [row for row in rows if row == 2]
        reasons[INVALID] = [row for row in rows if row == 3]
        for cell in cells + reasons:
            e.varint(len(cell), f"{group}: rows")
            if cell:
                e.wide(total(cell, lambda r: W[r]), "w")
                e.wide(total(cell, lambda r: W[r] ** 2), "w^2")


def moments(e):
    """Of x by g, weighted."""
    axis(e, ["north", "south"], "groups")
    for group in PLACES:
        rows = [row for row in WEIGHTED if G[row] == group]
        valid = [row for row in rows if X[row] is not None]
        e.varint(len(valid), f"{group}: rows")
        missing(e, **({"invalid": 1} if len(valid) < len(rows) else {}))
        e.signed(min(X[r] for r in valid), "min")
        e.signed(max(X[r] for r in valid), "max")
        for power in (1, 2, 3, 4):
            e.wide(total(valid, lambda r: X[r] ** power), f"x^{power}")
        for w, x in ((1, 0), (2, 0), (1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (1, 4)):
            e.wide(total(valid, lambda r: W[r] ** w * X[r] ** x), f"w^{w} x^{x}")


def values(e):
    """Of x, weighted; at most 100 entries."""
    e.u8(0, "not overflown")
    valid = [row for row in WEIGHTED if X[row] is not None]
    e.varint(len(valid), "values")
    before = None
    for row in sorted(valid, key=lambda r: X[r]):
        if before is None:
            e.signed(X[row], "value")
        else:
            e.varint(X[row] - before, "value, from the one before")
        e.varint(1, "rows")
        e.wide(W[row], "w")
        before = X[row]


def buckets(e):
    """Of x, weighted, from -20 to 19, ten each."""
    in_bucket = {0: 50, 2: 100, 3: 100}
    e.varint(len(in_bucket), "buckets in use")
    following = 0
    for bucket, w in in_bucket.items():
        e.varint(bucket - following, f"bucket {bucket}: empty ones before")
        e.varint(1, "rows")
        e.wide(w, "w")
        following = bucket + 1


def cross(e):
    """Of a and b, weighted."""
    e.varint(len(BOTH), "rows")
    for x, y in ((1, 0), (0, 1), (2, 0), (0, 2), (1, 1)):
        e.wide(total(BOTH, lambda r: A[r] ** x * B[r] ** y), f"x^{x} y^{y}")
    for x, y in ((1, 0), (0, 1), (2, 0), (0, 2), (1, 1)):
        e.wide(total(BOTH, lambda r: W[r] * A[r] ** x * B[r] ** y), f"w x^{x} y^{y}")
    e.wide(total(BOTH, lambda r: W[r]), "w")
    e.wide(total(BOTH, lambda r: W[r] ** 2), "w^2")


def joint(e):
    """Of a and b, weighted; at most 100 entries."""
    e.u8(0, "not overflown")
    e.varint(2, "entries")
    e.signed(3, "x")
    e.signed(3, "y")
    e.varint(1, "rows")
    e.wide(50, "w")
    e.varint(5 - 3, "x, from the one before")
    e.signed(4, "y")
    e.varint(1, "rows")
    e.wide(100, "w")


def philox(counter, key):
    """Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011)."""
    c, k = list(counter), list(key)
    for _ in range(10):
        first, second = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [second >> 32 ^ c[1] ^ k[0], second & 0xFFFFFFFF, first >> 32 ^ c[3] ^ k[1], first & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c[1] << 32 | c[0]


def sample(e):
    """Of a and b, weighted; ten rows, seed 12345, stream 1."""
    rows = sorted(BOTH, key=lambda row: philox((row, 0, 1, 0), (12345, 0)))
    e.varint(len(rows), "rows")
    for row in rows:
        e.varint(row, "ordinal")
        e.varint(W[row], "w")
        e.signed(A[row], "a")
        e.signed(B[row], "b")


# Row 0 is nearest to (4, 4), row 1 to (3, 2).
CENTRES = [(4, 4), (3, 2)]
SCALES = (1.0, 0.25)


def squared(row, centre):
    return (A[row] - centre[0]) ** 2 * SCALES[0] + (B[row] - centre[1]) ** 2 * SCALES[1]


def kmeans(e):
    """Of a and b, weighted; one model of two centres, with its farthest rows."""
    for j, row in enumerate(BOTH):
        e.varint(1, f"cluster {j}: rows")
        e.wide(W[row], "w")
        for value in (A[row], B[row]):
            e.wide(W[row] * value, "w x")
            e.wide(W[row] * value * value, "w x^2")
    far = sorted(range(2), key=lambda j: (-squared(BOTH[j], CENTRES[j]), BOTH[j]))
    e.varint(len(far), "farthest rows")
    for j in far:
        e.double(squared(BOTH[j], CENTRES[j]), f"distance: {squared(BOTH[j], CENTRES[j])}")
        e.varint(BOTH[j], "ordinal")
        e.signed(A[BOTH[j]], "a")
        e.signed(B[BOTH[j]], "b")


V = (1.0, 0.5)
CLUSTER_WEIGHT = (200.0, 100.0)


def silhouette(e):
    """Of a and b, weighted; the same model. s = (b - a) / max(a, b), in units of 2^-40, half to even."""
    for j, row in enumerate(BOTH):
        own = (squared(row, CENTRES[j]) + V[j]) / (1 - W[row] / CLUSTER_WEIGHT[j])
        other = squared(row, CENTRES[1 - j]) + V[1 - j]
        s = round((other - own) / max(own, other) * 2**40)
        e.varint(1, f"cluster {j}: rows")
        e.wide(W[row], "w")
        e.wide(W[row] * s, "w s")


def distinct(e):
    """Of t: registers of a HyperLogLog, by the low half of XXH3-128."""
    registers = {}
    for text in T:
        low = xxh3_128(text.encode())[1]
        rest = low << 14 & (1 << 64) - 1
        rank = 64 - rest.bit_length() + 1
        registers[low >> 50] = max(rank, registers.get(low >> 50, 0))
    e.varint(len(T), "rows")
    e.varint(len(registers), "registers in use")
    following = 0
    for register in sorted(registers):
        e.varint(register - following, f"register {register}: empty ones before")
        e.u8(registers[register], "rank")
        following = register + 1


def duplicates(e):
    """Of t: each combination's hash, its rows and the first of them."""
    entries = {}
    for row, text in enumerate(T):
        joined = xxh3_128(struct.pack("<4Q", 0, 0, *xxh3_128(text.encode())))
        entries.setdefault(joined, []).append(row)
    e.varint(len(entries), "combinations")
    for (high, low), rows in sorted(entries.items()):
        e.u64(high, "hash, high")
        e.u64(low, "hash, low")
        e.varint(len(rows), "rows")
        e.varint(rows[0], "first ordinal")


def base(e):
    """Weighted, where a >= 3."""
    e.varint(1, "weight unusable")
    e.varint(0, "weight zero")
    e.varint(2, "filtered out")
    e.varint(2, "of these unknown")
    e.varint(len(BOTH), "used")
    e.wide(total(BOTH, lambda r: W[r]), "w")
    e.wide(total(BOTH, lambda r: W[r] ** 2), "w^2")


def ranks(e):
    """Of a and b, whose tables have the values 1, 3, 5 and 3, 4, 5 once each: doubled mid-ranks 1, 3, 5."""
    rank_a, rank_b = {1: 1, 3: 3, 5: 5}, {3: 1, 4: 3, 5: 5}
    rows = [row for row in range(5) if A[row] in rank_a and B[row] in rank_b]
    e.varint(len(rows), "rows")
    e.wide(total(rows, lambda r: rank_a[A[r]] * rank_b[B[r]]), "product of ranks")


def invalid(e):
    """Of a."""
    e.varint(1, "invalid cells")
    e.varint(1, "texts")
    e.varint(1, "length")
    e.text("9")
    e.varint(1, "cells")
    e.raw(varint(3) + varint(0) + varint(5), "first: ordinal, file, line")


def weights(e):
    """Of w."""
    e.varint(4, "above zero")
    e.varint(0, "zero")
    e.varint(1, "rounded")
    e.varint(-(-5 * 10**18 // 1005), "largest relative error, in 10^-18, rounded up")
    e.varint(50, "smallest")
    e.varint(200, "largest")
    for trouble, places in (
        ("missing", [(4, "")]),
        ("no number", []),
        ("too large", []),
        ("negative", []),
        ("fractional", []),
        ("few digits", [(3, "1.005")]),
    ):
        e.varint(len(places), trouble)
        for row, text in places:
            place(e, row, text)


def products(e):
    """Of a and b, pairwise, weighted, by 256 random groups of seed 9."""
    blocks = {}
    for row in WEIGHTED:
        blocks.setdefault(philox((row, 0, 3, 0), (9, 0)) & 255, []).append(row)
    items = (A, B)
    e.varint(256, "random groups")
    e.varint(len(blocks), "blocks")
    for group, rows in sorted(blocks.items()):
        e.varint(0, "place")
        e.varint(group, "random group")

        def answered(i, j):
            return [row for row in rows if items[i][row] is not None and items[j][row] is not None]

        for i, j in ((0, 0), (0, 1), (1, 1)):
            e.wide(len(answered(i, j)), "rows")
        for i, j in ((0, 0), (0, 1), (1, 1)):
            e.wide(total(answered(i, j), lambda r: W[r]), "w")
        for power in (1, 2):
            for i in range(2):
                for j in range(2):
                    e.wide(total(answered(i, j), lambda r: W[r] * items[i][r] ** power), f"w x^{power}")
        e.wide(total(answered(0, 1), lambda r: W[r] * A[r] * B[r]), "w x y")


def logistic(e):
    """Of b, of which 1 is the event, and x, weighted; eta = x / 16 - 1, detailed."""
    rows = [row for row in WEIGHTED if X[row] is not None]
    event = {row: int(B[row] == 1) for row in rows}
    eta = {row: X[row] / 16 - 1 for row in rows}
    likely = {row: 1 / (1 + math.exp(-abs(eta[row]))) for row in rows}
    chance = {row: likely[row] if eta[row] >= 0 else 1 - likely[row] for row in rows}
    left = {row: (event[row] << 46) - round(chance[row] * 2**46) for row in rows}
    loss = {row: math.log1p(math.exp(eta[row] * (1 - 2 * event[row]))) for row in rows}
    curvature = {row: round(likely[row] * (1 - likely[row]) * 2**46) for row in rows}
    square = {row: round((event[row] - chance[row]) ** 2 * 2**46) for row in rows}
    yes = [row for row in rows if event[row]]
    e.varint(len(rows), "rows")
    e.varint(len(yes), "events")
    e.wide(total(rows, lambda r: W[r]), "w")
    e.wide(total(rows, lambda r: W[r] ** 2), "w^2")
    e.wide(total(yes, lambda r: W[r]), "w of events")
    e.wide(total(rows, lambda r: W[r] * -round(loss[r] * 2**46)), "log likelihood, 2^-46")
    for power in range(2):
        e.wide(total(rows, lambda r: W[r] * left[r] * X[r] ** power), f"w (y - pi) x^{power}, 2^-46")
    for power in range(3):
        e.wide(total(rows, lambda r: W[r] * curvature[r] * X[r] ** power), f"w pi (1 - pi) x^{power}, 2^-46")
    for power in range(3):
        e.wide(total(rows, lambda r: W[r] ** 2 * square[r] * X[r] ** power), f"w^2 (y - pi)^2 x^{power}, 2^-46")
    for y in range(2):
        right = [row for row in rows if event[row] == y and (eta[row] >= 0) == bool(y)]
        e.varint(len(right), f"predicted right, of those with y = {y}")
        e.wide(total(right, lambda r: W[r]), "w")
    e.u8(0, "not coarse")
    e.varint(len(rows), "predicted values")
    before = -700 << 40
    for row in sorted(rows, key=lambda r: eta[r]):
        here = math.floor(eta[row] * 2**40)
        e.signed(here - before, f"eta of row {row}, from the one before")
        before = here
        for y in range(2):
            e.varint(int(event[row] == y), f"rows with y = {y}")
            if event[row] == y:
                e.wide(W[row], "w")
                e.wide(W[row] ** 2, "w^2")


def scatter(e):
    """Of x, with the outcome b, weighted; the residual b - x / 16 - 1 in units of 1/32, its product with w in units of 1/8."""
    rows = [row for row in WEIGHTED if X[row] is not None]
    residual = {row: math.floor((B[row] - X[row] / 16 - 1) * 32) for row in rows}
    z = {row: math.floor(residual[row] * W[row] / 4 + 0.5) for row in rows}
    e.varint(len(rows), "rows")
    for power in range(3):
        e.wide(total(rows, lambda r: z[r] ** 2 * X[r] ** power), f"z^2 x^{power}")


def golden():
    g = Golden("partial", __doc__)
    states = {}
    for name, (_, version) in KINDS.items():
        write = globals()[name]
        states[name] = g.entry(name, version, write.__doc__.splitlines()[0])
        write(states[name])
    whole = g.entry("whole", VERSION, "the partial of all of them")
    whole.u8(VERSION, "version")
    whole.varint(len(KINDS), "accumulators")
    for name, (number, version) in KINDS.items():
        whole.varint(number, f"{name}, kind")
        whole.varint(version, "its version")
        data = states[name].data()
        whole.raw(varint(len(data)) + data, "its state")
    return g
