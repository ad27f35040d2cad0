"""Workbooks written by hand, part by part, so that they can be as wrong as a test wants."""

import io
import zipfile

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def text(value):
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def number(value):
    return f"<c><v>{value}</v></c>"


GOOD = (
    f'<row r="1">{text("c")}{text("y")}{text("x")}</row>'
    f'<row r="2">{text("FeS-")}{number(1)}{number(2)}</row>'
)
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def make_workbook(rows=GOOD, *, dimension="", doctype="", target="worksheets/sheet1.xml", **parts):
    """Write a workbook by hand, part by part."""
    relation = f'Type="{OFFICE}/worksheet" Target="{target}"'
    written = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="A &amp; B" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="rId1" {relation}/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{doctype}<worksheet xmlns="{MAIN}">{dimension}'
        f"<sheetData>{rows}</sheetData></worksheet>",
        **{f"xl/{name}.xml": content for name, content in parts.items()},
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in written.items():
            archive.writestr(name, XML + content)
    return stream.getvalue()
