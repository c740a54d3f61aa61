"""Programs, from the descriptions in stats/program/: decode.c (the whole), variable_codec.c and codec.c (items).

The values are those of tests/stats/sample_program.c: every kind of variable, with all that it can have.
"""

import struct

from golden import Golden

VERSION = 9

SCALE, NOMINAL, NUMBER, DATE, TEXT, MULTI_CELL, MULTI_FLAGS = 1, 2, 3, 4, 5, 6, 7
RECODE, PERIOD, TOP, MEAN, OPTION, CLUSTER, DIFFERENCE, COMPUTE, CONDITION, LOOP, CROSSED = 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26
RANK, REPLICATE, SCORE, DISTANCE = 27, 28, 29, 30
STACKED = 0x80
AND, OR, NOT, EQ, NE, LT, LE, GT, GE, IN, MISSING, HAS = range(1, 13)
NOT_ASKED, NOT_APPLICABLE, REFUSED = 1, 2, 3
RANGE_LOW, RANGE_HIGH, RANGE_LOW_OPEN, RANGE_HIGH_OPEN, RANGE_TEXT, RANGE_GONE = 1, 2, 4, 8, 16, 32
FACTS, FREQUENCY, MOMENTS, CROSS, BASE = 1, 2, 3, 6, 13


def rules(e, *items):
    e.varint(len(items), "rules")
    for text, *meaning in items:
        e.text(text, "cell")
        e.u8(1 if meaning[0] == "missing" else 0, "missing" if meaning[0] == "missing" else "a value")
        if meaning[0] == "missing":
            e.u8(meaning[1], "reason")
        elif meaning[0] == "number":
            e.decimal(meaning[1], meaning[2], "value")
        else:
            e.text(meaning[1], "key")


def bounds(e, *low_high):
    e.u8(1 if low_high else 0, "has a range" if low_high else "has no range")
    for v in low_high:
        e.signed(v)


def texts(e, items, what):
    e.varint(len(items), what)
    for item in items:
        e.text(item)


def inputs(e, *items):
    e.varint(len(items), "inputs")
    for item in items:
        e.varint(item, "variable")


def start(e, name, kind, what):
    e.text(name, "variable")
    e.u8(kind, what)


def optional(e, is_optional=False):
    e.u8(is_optional, "optional" if is_optional else "not optional")


def other(e, key=None):
    e.u8(key is not None, "write-ins are" if key is not None else "no write-ins")
    e.text(key or "", "key")


def leading(e, is_leading=False):
    e.u8(is_leading, "a number beside words" if is_leading else "a number alone")


def scale(e, name, column, rule_items, low, high, reversed_, is_optional=False, is_leading=False):
    start(e, name, SCALE, "scale")
    e.text(column, "column")
    rules(e, *rule_items)
    bounds(e, low, high)
    e.u8(reversed_, "reversed" if reversed_ else "not reversed")
    leading(e, is_leading)
    optional(e, is_optional)


def columns(e):
    rule_items = [("99", "missing", REFUSED), ("very good", "number", 5, 0)]
    scale(e, "satisfaction", "satisfaction", rule_items, 1, 5, 0)
    scale(e, "reversed", "trust", rule_items, 1, 5, 1, True, True)
    start(e, "region", NOMINAL, "nominal")
    e.text("region", "column")
    rules(e, ("n", "key", "north"), ("-", "missing", NOT_ASKED))
    e.u8(1, "closed")
    texts(e, ["north", "south"], "keys")
    other(e)
    optional(e)
    start(e, "income", NUMBER, "number")
    e.text("income", "column")
    rules(e)
    bounds(e, 0, 1000000)
    e.u8(2, "decimals")
    leading(e)
    e.text(",", "between thousands")
    e.text("$", "before")
    e.text("元", "after")
    optional(e)
    start(e, "visited", DATE, "date")
    e.text("visited", "column")
    rules(e)
    bounds(e)
    e.text("%Y-%m-%d", "format")
    texts(e, ["%Y/%m/%d *", "excel"], "further formats")
    optional(e)
    start(e, "comment", TEXT, "text")
    e.text("comment", "column")
    rules(e)
    optional(e)
    start(e, "media", MULTI_CELL, "options in one cell")
    e.text("media", "column")
    rules(e)
    e.u8(0, "open")
    texts(e, ["tv", "radio"], "keys")
    e.text(";", "delimiter")
    other(e, "tv")
    e.u8(0, "no ranking")
    optional(e)
    start(e, "flags", MULTI_FLAGS, "options in columns")
    texts(e, ["tv", "radio"], "columns")
    rules(e)
    texts(e, ["tv", "radio"], "keys")
    e.u8(1, "any text chooses")
    e.u8(1, "none chosen is missing")
    e.u8(NOT_ASKED, "reason")
    optional(e, True)


def derived(e):
    start(e, "bands", RECODE, "recode")
    inputs(e, 3)
    e.u8(1, "keys are texts")
    e.varint(3, "ranges")
    e.u8(RANGE_HIGH | RANGE_HIGH_OPEN, "below")
    e.decimal(1000, 0, "high")
    e.text("low", "key")
    e.u8(RANGE_LOW | RANGE_HIGH, "from, to")
    e.decimal(1000, 0, "low")
    e.decimal(25005, 1, "high")
    e.text("middle", "key")
    e.u8(RANGE_LOW | RANGE_GONE, "from, missing")
    e.decimal(999999, 0, "low")
    e.u8(NOT_APPLICABLE, "reason")
    e.u8(1, "has else")
    e.text("high", "key")
    start(e, "month", PERIOD, "period")
    inputs(e, 4)
    e.u8(2, "month")
    start(e, "top", TOP, "top")
    inputs(e, 0)
    e.decimal(4, 0, "cut")
    e.u8(0, "at least")
    start(e, "radio", OPTION, "option")
    inputs(e, 6)
    e.text("radio", "key")


def arithmetic(e):
    start(e, "index", MEAN, "mean")
    inputs(e, 0, 1, 3)
    e.u8(1, "weighted")
    for weight, rescaled in ((3, True), (2, True), (1, False)):
        e.signed(weight, "weight")
        e.u8(rescaled, "rescaled" if rescaled else "as it is")
        if rescaled:
            e.decimal(1, 0, "from")
            e.decimal(5, 0, "to")
    e.varint(2, "valid at least")
    start(e, "segment", CLUSTER, "cluster")
    inputs(e, 0, 1)
    e.raw(bytes([0, 0, 1]), "shifts")
    e.varint(2, "clusters")
    for coefficient in (0, -2, 3, 7, 4, -5):
        e.signed(coefficient)
    start(e, "gap", DIFFERENCE, "difference")
    inputs(e, 0, 1)


def ranking(e):
    start(e, "order", MULTI_CELL, "options in one cell")
    e.text("order", "column")
    rules(e)
    e.u8(1, "closed")
    texts(e, ["tv", "radio"], "keys")
    e.text("→", "delimiter")
    other(e)
    e.u8(1, "a ranking")
    optional(e)
    start(e, "place", RANK, "rank")
    inputs(e, 15)
    e.text("radio", "key")


def replicate(e):
    start(e, "random group", REPLICATE, "replicate")
    inputs(e, 5)
    e.varint(512, "groups")
    e.u64(0x0123456789ABCDEF, "seed")


def scored(e):
    start(e, "expected", SCORE, "score")
    e.u8(12, "decimals")
    inputs(e, 0, 3)
    e.u8(1, "logistic")
    e.u8(70, "drop")
    for shift, coefficient in ((63, 1 << 61), (0, -5), (7, 9)):
        e.u8(shift, "shift")
        e.signed(coefficient, "coefficient")
    start(e, "distance", DISTANCE, "distance")
    e.u8(9, "decimals")
    inputs(e, 13)
    e.varint(2, "inputs of the cluster")
    e.varint(2, "clusters")
    for value in (1.0, 0.5):
        e.u64(bits(value), f"metric {value}")
    for value in (1.5, 2.0, -4.25, 5.0):
        e.u64(bits(value), f"centre {value}")


def bits(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def node(e, kind, what, variable=None, children=None, values=None):
    e.u8(kind, what)
    if children is not None:
        e.varint(children, "children")
    if variable is not None:
        e.varint(variable, "variable")
    if values is not None:
        e.varint(len(values), "values")
        for v in values:
            e.u8(isinstance(v, str), "a text" if isinstance(v, str) else "a number")
            if isinstance(v, str):
                e.text(v)
            else:
                e.decimal(v, 0, "")


def accumulator(e, kind, what, variables=(), by=(), filter_=None, weight=None, params=()):
    e.varint(kind, what)
    e.varint(len(variables), "variables")
    for v in variables:
        e.varint(v)
    e.u8(len(by), "by")
    for v in by:
        e.varint(v)
    e.varint(0 if filter_ is None else filter_ + 1, "filter + 1")
    e.varint(0 if weight is None else weight + 1, "weight + 1")
    e.varint(len(params), "params")
    for v in params:
        e.signed(v)


def sample(e):
    satisfaction, region, income, comment, media, flags = 0, 2, 3, 5, 6, 7
    bands, month, top, radio, index, segment, gap = 8, 9, 10, 11, 12, 13, 14
    e.u8(VERSION, "version")
    e.varint(20, "variables")
    columns(e)
    derived(e)
    arithmetic(e)
    ranking(e)
    replicate(e)
    scored(e)
    e.varint(1, "filters")
    e.varint(8, "nodes")
    node(e, OR, "or", children=4)
    node(e, AND, "and", children=2)
    node(e, GE, ">=", satisfaction, values=[4])
    node(e, IN, "in", region, values=["north", ""])
    node(e, NOT, "not")
    node(e, MISSING, "missing", comment)
    node(e, LT, "<", month, values=["2025-07"])
    node(e, HAS, "has", flags, values=["tv"])
    e.varint(1, "weights")
    e.varint(income, "variable")
    e.u8(1, "sampling")
    e.varint(7, "accumulators")
    accumulator(e, FACTS, "facts", [satisfaction, region, comment, media, flags])
    accumulator(e, FREQUENCY, "frequency", [satisfaction], [bands, month], 0, 0)
    accumulator(e, MOMENTS, "moments", [index], [segment], None, 0)
    accumulator(e, CROSS, "cross", [index, gap, income], (), 0, None, [-3, 500])
    accumulator(e, FREQUENCY, "frequency", [media], [top])
    accumulator(e, FREQUENCY, "frequency", [satisfaction], [radio])
    accumulator(e, BASE, "base", (), (), 0, 0)


def comparisons(e):
    """One scale, and a filter for each of the comparisons that the sample has not; frequency weights."""
    e.u8(VERSION, "version")
    e.varint(1, "variables")
    scale(e, "q", "q", [], 1, 5, 0)
    e.varint(4, "filters")
    for kind, what in ((EQ, "="), (NE, "<>"), (LE, "<="), (GT, ">")):
        e.varint(1, "nodes")
        node(e, kind, what, 0, values=[3])
    e.varint(1, "weights")
    e.varint(0, "variable")
    e.u8(2, "frequency")
    e.varint(0, "accumulators")


# Numbered from 1.  Some say how many arguments they take, how many decimals they keep, or what they read.
OPERATIONS = """constant input nothing add subtract multiply divide negate abs round min max sum mean count
    count_true eq ne lt le gt ge in and or not if is_missing input_missing is_text has""".split()
COUNTED = "min max sum mean count count_true in and or".split()


def operations(e, *items):
    e.varint(len(items), "nodes")
    for name, *rest in items:
        e.u8(OPERATIONS.index(name) + 1, name)
        if name == "constant":
            e.decimal(*rest, "value")
        elif name in COUNTED:
            e.varint(*rest, "arguments")
        elif name == "round":
            e.varint(*rest, "decimals")
        elif name in ("input", "input_missing"):
            e.varint(*rest, "input")
        elif name in ("is_text", "has"):
            e.varint(rest[0], "input")
            e.text(rest[1], "text")


def computed(e):
    """Every operation; a recode that keeps the texts it does not name; and rows stacked into two loops."""
    e.u8(VERSION, "version")
    e.varint(9, "variables")
    scale(e, "q", "q", [], 1, 5, 0)
    start(e, "n", NOMINAL, "nominal")
    e.text("n", "column")
    rules(e)
    e.u8(0, "open")
    texts(e, [], "keys")
    other(e)
    optional(e)
    start(e, "m", MULTI_CELL, "one cell of options")
    e.text("m", "column")
    rules(e)
    e.u8(0, "open")
    texts(e, [], "keys")
    e.text("|", "delimiter")
    other(e)
    e.u8(0, "no ranking")
    optional(e)
    start(e, "number", COMPUTE, "computed")
    e.u8(4, "decimals")
    inputs(e, 0, 1)
    operations(e, ("constant", 15, 1), ("input", 0), ("add",), ("input", 0), ("subtract",), ("constant", 2, 0),
               ("multiply",), ("constant", 3, 0), ("divide",), ("negate",), ("abs",), ("round", 2), ("nothing",),
               ("min", 2), ("input", 0), ("max", 2), ("input", 0), ("sum", 2), ("input", 0), ("mean", 2),
               ("input", 0), ("count", 2), ("input_missing", 1), ("count_true", 1), ("add",))
    start(e, "flag", CONDITION, "condition")
    inputs(e, 0, 1, 2)
    for_each = []
    for name in "eq ne lt le gt ge".split():
        for_each += [("input", 0), ("constant", 1, 0), (name,)]
    operations(e, *for_each, ("and", 6), ("not",), ("input", 0), ("constant", 1, 0), ("constant", -2, 0), ("in", 3),
               ("input", 0), ("is_missing",), ("input", 0), ("constant", 2, 0), ("if",), ("constant", 3, 0), ("eq",),
               ("is_text", 1, "a"), ("has", 2, "x"), ("or", 5))
    start(e, "kept", RECODE, "recode")
    inputs(e, 1)
    e.u8(1, "keys are texts")
    e.varint(1, "ranges")
    e.u8(RANGE_TEXT, "text")
    e.text("a")
    e.text("A", "key")
    e.u8(2, "others are kept")
    start(e, "brand", LOOP, "loop")
    texts(e, ["a", "b"], "keys")
    start(e, "sat", SCALE | STACKED, "stacked scale")
    texts(e, ["a_sat", "b_sat"], "columns")
    rules(e)
    bounds(e, 1, 5)
    e.u8(0, "not reversed")
    leading(e)
    optional(e)
    start(e, "both", CROSSED, "crossing")
    inputs(e, 6, 1)
    e.varint(0, "filters")
    e.varint(0, "weights")
    e.varint(1, "accumulators")
    e.varint(FREQUENCY, "frequency")
    e.varint(1, "variables")
    e.varint(7)
    e.u8(0x80 | 2, "by, with loops")
    e.varint(2, "loops")
    e.varint(6)
    e.varint(1)
    e.varint(0, "filter + 1")
    e.varint(0, "weight + 1")
    e.varint(0, "params")


def golden():
    g = Golden("program", "Programs (stats/program/program.h).")
    empty = g.entry("empty", VERSION, "nothing at all")
    empty.u8(VERSION, "version")
    for what in ("variables", "filters", "weights", "accumulators"):
        empty.varint(0, what)
    sample(g.entry("sample", VERSION, "every kind of variable"))
    comparisons(g.entry("comparisons", VERSION, "the other filters, and frequency weights"))
    computed(g.entry("computed", VERSION, "every operation of computed variables"))
    return g
