"""The S3 client."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.config import Config

from guahao.adapters.aws.clients import session


@cache
def s3_client() -> Any:
    """Return the process's client, with longer time-outs than others because files take longer than records.

    It signs with version 4, because a bucket under a KMS key accepts no other. It uses path addresses, because otherwise signed links go to
    the global address, which does not know the buckets of newer regions.
    """
    config = Config(
        connect_timeout=1,
        read_timeout=5,
        retries={"total_max_attempts": 2, "mode": "standard"},
        signature_version="s3v4",
        s3={"addressing_style": "path"},
    )
    return session().create_client("s3", config=config)
