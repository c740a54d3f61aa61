"""Plans, from the description in stats/plan/plan.c: what people read, round a program."""

import program
from golden import Golden, run

VERSION = 7
NONE = 0xFFFFFFFF


def optional(e, text, note):
    e.u8(text is not None, note if text is not None else f"no {note}")
    if text is not None:
        e.text(text)


def label(e, english=None, simplified=None, traditional=None):
    for text, language in ((english, "en"), (simplified, "zh-Hans"), (traditional, "zh-Hant")):
        optional(e, text, language)


def variable(e, name, index, labels, in_codebook, declared, largest, values=(), absences=(), taken=0, differ=0):
    e.text(name, "variable")
    e.varint(index, "in the program")
    label(e, *labels)
    e.u8(in_codebook, "in the codebook" if in_codebook else "derived")
    e.u8(declared, "decimals declared")
    e.varint(largest[0], "largest number: mantissa")
    e.signed(largest[1], "exponent")
    e.varint(len(values), "values")
    for value, value_labels in values:
        e.u8(isinstance(value, str), "a text" if isinstance(value, str) else "a number")
        if isinstance(value, str):
            e.text(value)
        else:
            e.signed(value)
        label(e, *value_labels)
    e.varint(len(absences), "columns that files lack")
    for column, count, files in absences:
        e.text(column)
        e.varint(count, "files")
        for number in files:
            e.varint(number, "file")
    e.u8(taken, "taken from dictionaries")
    e.varint(differ, "another file's dictionary differs")


def construct(e, name, labels, index, valid_min, children, weights):
    e.text(name, "construct")
    label(e, *labels)
    e.varint(index, "variable")
    e.varint(valid_min, "valid at least")
    e.u8(weights is not None, "weighted" if weights is not None else "not weighted")
    e.varint(len(children), "children")
    for i, (is_construct, child) in enumerate(children):
        e.u8(is_construct, "a construct" if is_construct else "an item")
        e.varint(child)
        if weights is not None:
            mantissa, scale = weights[i]
            e.signed(mantissa, "weight")
            e.u8(scale, "its decimals")


def question(e):
    e.varint(2, "a grid of variables")
    e.varint(0)
    e.varint(0)
    label(e, "Both", None, None)
    e.u32(0, "base: a filter")
    optional(e, "q >= 2", "base as written")
    e.varint(2, "nets")
    e.text("Good", "net")
    e.u8(0, "of codes")
    e.varint(2, "codes")
    e.signed(4)
    e.signed(5)
    e.text("Bad", "net")
    e.u8(0, "of codes")
    e.varint(1, "codes")
    e.signed(1)
    e.u8(3, "top box")
    e.u8(255, "bottom box as the analysis says")
    e.u8(1, "with NPS")


def argument(e, name, given=False, variables=(), integer=0, integers=None, number=0.0, questions=()):
    e.u8(given, f"argument {name}: " + ("given" if given else "its default"))
    e.varint(len(variables), "variables")
    for v in variables:
        e.varint(v)
    e.signed(integer, "integer")
    e.double(number, "number")
    kind = 1 if integers is not None else 8 if questions else 0
    e.u8(kind, {0: "no list", 1: "a list of integers", 8: "a list of questions"}[kind])
    e.varint(len(integers or questions), "list")
    e.varint(0, "rows")
    for v in integers or ():
        e.signed(v)
    for put in questions:
        put(e)


def banner(e):
    e.text("tables", "analysis")
    e.text("sheet", "name")
    label(e)
    e.varint(9, "arguments")
    argument(e, "questions", True, questions=[question])
    argument(e, "top", integer=2)
    argument(e, "bottom", integer=2)
    argument(e, "means", integer=1)
    argument(e, "deviations")
    argument(e, "counts")
    argument(e, "letters", True, integer=1)
    argument(e, "lower_confidence", number=0.9)
    argument(e, "mark_base", integer=100)
    e.varint(0, "breakdowns")
    e.u32(NONE, "no filter")
    optional(e, None, "filter as written")
    e.u32(NONE, "no weight")
    e.double(0.95, "confidence")
    e.varint(30, "small base")
    e.u64(1, "seed")
    e.varint(0, "loops")


def analysis(e):
    e.text("nps", "analysis")
    e.text("loyalty", "name")
    label(e, "Loyalty", None, "忠誠度")
    e.varint(4, "arguments")
    argument(e, "items", True, [0])
    argument(e, "promoters", True, integers=[5])
    argument(e, "detractors", True, integers=[1, 2, 3])
    argument(e, "interval", True, integer=1)
    e.varint(2, "breakdowns")
    for by in ([1], [1, 0]):
        e.u8(len(by), "by")
        for v in by:
            e.varint(v)
    e.u32(0, "filter")
    optional(e, "q >= 2", "filter as written")
    e.u32(NONE, "no weight")
    e.double(0.95, "confidence")
    e.varint(30, "small base")
    e.u64(20240229, "seed")
    e.varint(0, "loops")


def file(e):
    e.text("2026-01.csv", "file")
    e.raw(run(0x40, 32), "SHA-256")
    e.varint(4096, "bytes")
    e.varint(40, "records")
    e.varint(2, "quarantined")
    e.varint(1, "places")
    e.varint(7, "line")
    e.text("3 fields instead of 2")
    e.varint(2, "blank rows")
    e.varint(11, "line")
    e.varint(12, "line")
    e.varint(0, "repeated headers")
    e.varint(1, "totals")
    e.varint(13, "line")
    e.text("Qualtrics", "read as")
    e.varint(3, "header rows")
    e.varint(2, "lines skipped before them")
    e.varint(5, "notices")
    e.text("答卷", "sheet")
    e.varint(0, "hidden rows")
    e.varint(1, "rows with long numbers")
    e.varint(14, "line")
    e.varint(0, "rows with far cells")
    e.varint(0, "rows that may be totals")


def inner_program(e):
    e.u8(program.VERSION, "version of programs")
    e.varint(2, "variables")
    program.scale(e, "q", "q", [], 1, 5, 0)
    program.start(e, "m", program.MEAN, "mean")
    program.inputs(e, 0)
    e.u8(0, "not weighted")
    e.u8(0, "as it is")
    e.varint(1, "valid at least")
    e.varint(1, "filters")
    e.varint(1, "nodes")
    program.node(e, program.GE, ">=", 0, values=[2])
    e.varint(0, "weights")
    e.varint(0, "accumulators")


def golden():
    g = Golden("plan", "Plans (stats/plan/plan.h).")
    e = g.entry("whole", VERSION)
    e.u8(VERSION, "version")
    label(e, "Title", "标题", None)
    e.raw(run(0x20, 32), "digest of the specification")
    inner_program(e)
    e.varint(2, "variables")
    variable(e, "q", 0, ("Overall", "总体", "整體"), 1, 0, (0, 0), [(1, ("bad",)), (5, ("good", "好"))], [("q", 7, range(1, 6))], 5, 1)
    variable(e, "m", 1, (), 0, 3, (12345, -2), [("x", (None, "其他"))])
    e.varint(1, "constructs")
    construct(e, "c", ("C",), 1, 1, [(0, 0)], [(15, 1)])
    e.varint(2, "analyses")
    analysis(e)
    banner(e)
    e.varint(512, "random groups")
    e.raw((7).to_bytes(8, "little"), "seed")
    e.raw((0).to_bytes(4, "little"), "unit")
    e.varint(1, "files")
    file(e)
    optional(e, "w", "weight offered")
    e.text('{"chapters":[{"name":"drivers"}]}', "what the specification says of the report")
    e.u8(1, "goes on without lost shards")
    e.u8(1, "rows come back")
    e.raw((0).to_bytes(4, "little"), "their key")
    e.text("q", "its title")
    e.u8(1, "with reasons")
    e.u8(0, "formulas as they are")
    e.varint(1, "columns")
    e.text("m", "title")
    e.raw((1).to_bytes(4, "little"), "variable")
    return g
