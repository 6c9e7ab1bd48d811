"""A Redis server written in Python, for machines without a redis-server: `python -m infra.local.fake_redis PORT`."""

from __future__ import annotations

import sys

from fakeredis import TcpFakeServer

from infra.local.layout import LOOPBACK

if __name__ == "__main__":
    # As a real one, it takes over the port of a server that has just ended.
    TcpFakeServer.allow_reuse_address = True
    TcpFakeServer((LOOPBACK, int(sys.argv[1])), server_type="redis", server_version=(6, 2)).serve_forever()
