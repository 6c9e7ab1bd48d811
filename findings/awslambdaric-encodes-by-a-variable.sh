#!/bin/sh
# Whether Lambda's runtime client escapes Chinese in an answer depends on a variable, not on the interpreter that runs.
# Seen: awslambdaric 4.2.2, Python 3.11
# With AWS_EXECUTION_ENV of python3.12 and later it writes raw UTF-8, with python3.11 and earlier \u escapes: the same code answers with other bytes
# (and another Content-Length) after an upgrade of the runtime, and a test of the handler alone sees neither.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check awslambdaric==4.2.2
cat > "$folder/try.py" <<'PYTHON'
from awslambdaric.lambda_runtime_marshaller import to_json

print(to_json({"department": "\u5185\u79d1"}))
PYTHON
cat > "$folder/expected" <<'TEXT'
{"department": "\u5185\u79d1"}
{"department": "内科"}
TEXT
{ for version in 3.11 3.13; do
  AWS_EXECUTION_ENV=AWS_Lambda_python$version PYTHONUTF8=1 "$folder/venv/bin/python" "$folder/try.py"
done; } | tee "$folder/seen"
if cmp -s "$folder/expected" "$folder/seen"; then echo "As noted."; else echo "It has changed:"; diff "$folder/expected" "$folder/seen"; exit 1; fi
