#!/bin/sh
# The place in an identity number is told with a name twice where a city has no districts, and by its former name.
# Seen: id-validator 1.0.20
# Dongguan has no districts, and Hainan's counties stood right below the province from 1988 to 2001: the address repeats a level instead of leaving it out, so it is
# neither fit for showing nor equal to the same place in a list of regions. Numbers invented.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check id-validator==1.0.20
cat > "$folder/try.py" <<'PYTHON'
from id_validator import validator


def number(first_17: str) -> str:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return first_17 + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first_17, weights)) % 11]


for first_17 in ("44190019900101123", "46000119900101123"):
    print(validator.get_info(number(first_17))["address"])
PYTHON
cat > "$folder/expected" <<'TEXT'
广东省东莞市东莞市
海南省海南省通什市
TEXT
"$folder/venv/bin/python" "$folder/try.py" | tee "$folder/seen"
if cmp -s "$folder/expected" "$folder/seen"; then echo "As noted."; else echo "It has changed:"; diff "$folder/expected" "$folder/seen"; exit 1; fi
