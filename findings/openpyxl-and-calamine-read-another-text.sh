#!/bin/sh
# A text that openpyxl writes is another one to calamine: _x0041_ in it is not escaped on the way out.
# Seen: openpyxl 3.1.5, XlsxWriter 3.3.1, python-calamine 0.9.1
# In a spreadsheet's XML _xHHHH_ stands for a character, so a text that holds it must be written _x005F_xHHHH_. XlsxWriter does, openpyxl does not; its
# own reader takes the text back as it was, so a round trip through openpyxl hides it. A code like A_x0041_B of a hospital comes out as AAB elsewhere.
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

TEXT = "A_x0041_B"
for writer in ("openpyxl", "xlsxwriter"):
    file = io.BytesIO()
    if writer == "openpyxl":
        book = openpyxl.Workbook()
        book.active["A1"] = TEXT
        book.save(file)
    else:
        with xlsxwriter.Workbook(file) as book:
            book.add_worksheet().write_string(0, 0, TEXT)
    by_openpyxl = openpyxl.load_workbook(io.BytesIO(file.getvalue())).active["A1"].value
    by_calamine = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()[0][0]
    print(f"written by {writer}: openpyxl reads {by_openpyxl}, calamine reads {by_calamine}")
PYTHON
cat > "$folder/expected" <<'TEXT'
written by openpyxl: openpyxl reads A_x0041_B, calamine reads AAB
written by xlsxwriter: openpyxl reads A_x0041_B, calamine reads A_x0041_B
TEXT
"$folder/venv/bin/python" "$folder/try.py" | tee "$folder/seen"
if cmp -s "$folder/expected" "$folder/seen"; then echo "As noted."; else echo "It has changed:"; diff "$folder/expected" "$folder/seen"; exit 1; fi
