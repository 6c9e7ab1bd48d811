"""Signatures of Alibaba Cloud's APIs, version 3 (ACS3-HMAC-SHA256), for requests without a body."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote, urlencode

NO_BODY = hashlib.sha256(b"").hexdigest()
_ALGORITHM = "ACS3-HMAC-SHA256"


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Return the query with its parameters in the order and encoding that are signed."""
    return urlencode(sorted(parameters.items()), quote_via=quote, safe="")


def authorization(key_id: str, key: str, method: str, path: str, headers: Mapping[str, str]) -> str:
    """Return the Authorization header of a request with a canonical query and with these headers, their names in lower case."""
    resource, _, query = path.partition("?")
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join((method, resource, query, lines, names, NO_BODY))
    digest = hashlib.sha256(request.encode()).hexdigest()
    signature = hmac.new(key.encode(), f"{_ALGORITHM}\n{digest}".encode(), hashlib.sha256).hexdigest()
    return f"{_ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
