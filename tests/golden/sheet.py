"""Sheets: which columns rows have that come back (stats/sheet/sheet.h)."""

from golden import Golden
import plan

VERSION = 1
ROW, VALUE, REASON, NOTHING = 1, 2, 3, 4


def column(e, source, what, title, variable=None, filter_=None):
    e.u8(source, what)
    e.text(title, "title")
    if variable is not None:
        e.varint(variable, "variable")
        e.varint(0 if filter_ is None else filter_ + 1, "no filter" if filter_ is None else "filter, from 1")


def golden():
    g = Golden("sheet", "Columns of rows that come back (stats/sheet/sheet.h).")
    e = g.entry("whole", VERSION)
    e.u8(VERSION, "version")
    e.u8(1, "formulas are guarded")
    plan.inner_program(e)
    e.varint(4, "columns")
    column(e, ROW, "the row's number", "row")
    column(e, VALUE, "answers", "满意度", 0)
    column(e, REASON, "reasons", "m.missing", 1, 0)
    column(e, NOTHING, "nothing", "groups.segment")
    return g
