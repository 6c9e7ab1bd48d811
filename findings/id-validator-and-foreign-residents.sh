#!/bin/sh
# A validator of Chinese identity numbers refuses the numbers of foreigners' permanent residence cards, and the newest counties.
# Seen: id-validator 1.0.20
# Since December 2023 these cards carry 18 digits that begin with 9 and end in the same check digit (MOD 11-2) as citizens' numbers; forms that ask for
# an identity number meet them. The numbers below are invented, with right check digits: one of a card, one of a county (653228) made in 2024, and,
# as a comparison, one of a county that ended in 2001 (460001), which it takes, as it should: a number is for life.
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


for what, first_17 in (("card", "91115619900101001"), ("653228", "65322819900101123"), ("460001", "46000119900101123")):
    print(what, bool(validator.is_valid(number(first_17))))
PYTHON
cat > "$folder/expected" <<'TEXT'
card False
653228 False
460001 True
TEXT
"$folder/venv/bin/python" "$folder/try.py" | tee "$folder/seen"
if cmp -s "$folder/expected" "$folder/seen"; then echo "As noted."; else echo "It has changed:"; diff "$folder/expected" "$folder/seen"; exit 1; fi
