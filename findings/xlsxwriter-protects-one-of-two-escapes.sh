#!/bin/sh
# Of two escapes in a text that share an underscore XlsxWriter protects the first alone: the second becomes another character.
# Seen: XlsxWriter 3.3.1, openpyxl 3.1.5, python-calamine 0.9.1
# _x0041_x0042_ is written as _x005F_x0041_x0042_, in which the reader finds _x0042_ again. calamine reads B for it; openpyxl, which undoes only the
# protection, gives back the text as it was, so a round trip through these two hides it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check openpyxl==3.1.5 xlsxwriter==3.3.1 python-calamine==0.9.1
cat > "$folder/try.py" <<'PYTHON'
import io

import openpyxl
import python_calamine
import xlsxwriter

file = io.BytesIO()
with xlsxwriter.Workbook(file) as book:
    book.add_worksheet().write_string(0, 0, "_x0041_x0042_")
content = file.getvalue()
print("openpyxl reads", openpyxl.load_workbook(io.BytesIO(content)).active["A1"].value)
print("calamine reads", python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[0][0])
PYTHON
cat > "$folder/expected" <<'TEXT'
openpyxl reads _x0041_x0042_
calamine reads _x0041B
TEXT
"$folder/venv/bin/python" "$folder/try.py" | tee "$folder/seen"
if cmp -s "$folder/expected" "$folder/seen"; then echo "As noted."; else echo "It has changed:"; diff "$folder/expected" "$folder/seen"; exit 1; fi
