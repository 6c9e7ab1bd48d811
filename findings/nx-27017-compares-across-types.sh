#!/bin/sh
# A small MongoDB for tests finds values of other types, where MongoDB keeps types apart.
# Seen: nx-27017 0.8.1
# MongoDB compares within a type: {a: 1} does not find true, and $gte with a number finds no text. Here both are found, and a unique index is made
# over documents that lack the field and takes one more, where MongoDB refuses both. Nothing is said; a test on it proves less than it seems.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check nx-27017==0.8.1 pymongo==4.20.0
cat > "$folder/try.py" <<'PYTHON'
import socket
import subprocess
import sys
import time

import pymongo

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
files = ["--db", sys.argv[1] + "/db", "--log-file", sys.argv[1] + "/log", "--pid-file", sys.argv[1] + "/pid"]
server = subprocess.Popen([sys.executable, "-m", "nx_27017.nx_27017", "--host", "127.0.0.1", "-p", str(port), *files], stderr=subprocess.DEVNULL)
try:
    collection = pymongo.MongoClient("127.0.0.1", port, serverSelectionTimeoutMS=20000)["test"]["things"]
    collection.insert_many([{"_id": "one", "a": 1}, {"_id": "true", "a": True}, {"_id": "text", "a": "x"}])
    print("a = 1 finds", sorted(found["_id"] for found in collection.find({"a": 1})))
    print("a >= 1 finds", sorted(found["_id"] for found in collection.find({"a": {"$gte": 1}})))
    collection.create_index("code", unique=True)
    try:
        collection.insert_many([{"_id": "second"}])
        print("the unique index took a further document without the field")
    except pymongo.errors.BulkWriteError:
        print("the unique index refused")
finally:
    server.terminate()
    server.wait()
PYTHON
cat > "$folder/expected" <<'TEXT'
a = 1 finds ['one', 'true']
a >= 1 finds ['one', 'text', 'true']
the unique index took a further document without the field
TEXT
"$folder/venv/bin/python" "$folder/try.py" "$folder" | tee "$folder/seen"
if cmp -s "$folder/expected" "$folder/seen"; then echo "As noted."; else echo "It has changed:"; diff "$folder/expected" "$folder/seen"; exit 1; fi
