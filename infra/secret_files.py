"""Files with secrets, readable by whoever made them alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def new_secret_file(path: Path) -> Iterator[TextIO]:
    """Open a new file with mode 0600, or raise FileExistsError; when what fills it fails, the file is gone again."""
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise FileExistsError(f"{path} exists already and is left as it is: name a file that does not.") from None
    with os.fdopen(opened, "w") as file:
        try:
            yield file
        except BaseException:
            path.unlink()
            raise
