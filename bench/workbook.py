"""workbook.py CSV XLSX: the table as a workbook, laid out as Excel saves one: numbers as they are, dates with a style,
texts shared, each cell with its place.  Python's own modules alone, so that it can be made wherever Python is."""

import csv
import datetime
import re
import sys
import zipfile
from xml.sax.saxutils import escape

PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="xl/workbook.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Survey" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    + "".join(
        f'<Relationship Id="rId{i}" Target="{target}"'
        f' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>'
        for i, (kind, target) in enumerate(
            [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")], 1
        )
    )
    + "</Relationships>",
    "xl/styles.xml": '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EPOCH = datetime.date(1899, 12, 30).toordinal()


def letters(column):
    text = ""
    column += 1
    while column > 0:
        column, digit = divmod(column - 1, 26)
        text = chr(ord("A") + digit) + text
    return text


class Book:
    def __init__(self):
        self.shared = {}
        self.cells = {}  # the same few cells are most of a survey

    def content(self, text):
        """What follows the place of a cell."""
        if DATE.fullmatch(text):
            return f'" s="1"><v>{datetime.date.fromisoformat(text).toordinal() - EPOCH}</v></c>'
        if NUMBER.fullmatch(text):
            return f'"><v>{text}</v></c>'
        return f'" t="s"><v>{self.shared.setdefault(text, len(self.shared))}</v></c>'

    def row(self, number, texts, columns):
        out = [f'<row r="{number}">']
        for column, text in zip(columns, texts):
            if text:
                content = self.cells.get(text)
                if content is None:
                    content = self.content(text)
                    if len(self.cells) < 100000:
                        self.cells[text] = content
                out.append(f'<c r="{column}{number}{content}')
        out.append("</row>")
        return "".join(out)


def main(source, target):
    book = Book()
    with open(source, encoding="utf-8", newline="") as f, zipfile.ZipFile(
        target, "w", zipfile.ZIP_DEFLATED, compresslevel=6
    ) as z:
        for name, text in PARTS.items():
            z.writestr(name, text)
        with z.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f"<worksheet {MAIN}><sheetData>".encode())
            columns = None
            for number, texts in enumerate(csv.reader(f), 1):
                columns = columns or [letters(i) for i in range(len(texts))]
                sheet.write(book.row(number, texts, columns).encode())
            sheet.write(b"</sheetData></worksheet>")
        texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in book.shared)
        z.writestr("xl/sharedStrings.xml", f'<sst {MAIN} uniqueCount="{len(book.shared)}">{texts}</sst>')


main(*sys.argv[1:])
