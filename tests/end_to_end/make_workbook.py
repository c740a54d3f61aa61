#!/usr/bin/env python3
"""Saves a CSV file (UTF-8) as a workbook, as other programs write it.

    make_workbook.py PROGRAM IN.csv OUT.xlsx

PROGRAM: plain (the smallest file that is a workbook), openpyxl, xlsxwriter or libreoffice; table: a table of
xlsxwriter's with a row of totals, of which the first row is hidden, 2 / 3 stands in the second and a stray cell beside
it.  Status 77: it is not installed here.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from xml.sax.saxutils import escape

MISSING = 77
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{0,10}[1-9])?")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def value_of(cell):
    if NUMBER.fullmatch(cell):
        return float(cell) if "." in cell else int(cell)
    return cell if cell != "" else None


def plain_cell(value):
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f"<c><v>{value!r}</v></c>"


def plain(rows, out):
    sheet = "".join("<row>" + "".join(plain_cell(value_of(c)) for c in row) + "</row>" for row in rows)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{RELATION}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets><sheet name="Answers" sheetId="1" r:id="rId1"/>'
            "</sheets></workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{RELATION}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        book.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>')


def with_openpyxl(rows, out):
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([value_of(c) for c in row])
    book.save(out)


def with_xlsxwriter(rows, out):
    import xlsxwriter

    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for i, row in enumerate(rows):
        for k, cell in enumerate(row):
            value = value_of(cell)
            if isinstance(value, str):
                sheet.write_string(i, k, value)
            elif value is not None:
                sheet.write_number(i, k, value)
    book.close()


def with_table(rows, out):
    import xlsxwriter

    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    columns = [{"header": title} for title in rows[0]]
    columns[0]["total_string"] = "Ergebnis"
    columns[1]["total_function"] = "sum"
    data = [[value_of(c) for c in row] for row in rows[1:]]
    sheet.add_table(0, 0, len(rows), len(columns) - 1, {"data": data, "columns": columns, "total_row": True})
    sheet.set_row(1, None, None, {"hidden": True})
    sheet.write_number(2, 1, 2 / 3)
    sheet.write_string(2, 16383, "stray")
    book.close()


def with_libreoffice(path, out):
    program = shutil.which("soffice")
    if program is None:
        raise ImportError
    with tempfile.TemporaryDirectory() as home:
        given = os.path.join(home, "given.csv")
        shutil.copyfile(path, given)
        utf8_with_commas = "--infilter=CSV:44,34,76,1"
        subprocess.run(
            [program, f"-env:UserInstallation=file://{home}/profile", "--headless", utf8_with_commas, "--convert-to", "xlsx", "--outdir", home, given],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        shutil.copyfile(os.path.join(home, "given.xlsx"), out)


def main():
    program, path, out = sys.argv[1:]
    try:
        if program == "libreoffice":
            with_libreoffice(path, out)
        else:
            programs = {"plain": plain, "openpyxl": with_openpyxl, "xlsxwriter": with_xlsxwriter, "table": with_table}
            programs[program](rows_of(path), out)
    except ImportError:
        return MISSING
    return 0


if __name__ == "__main__":
    sys.exit(main())
