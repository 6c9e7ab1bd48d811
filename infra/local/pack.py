"""Zip functions and layers, each named by the hash of its sources, so that what has not changed is not packed again."""

from __future__ import annotations

import compileall
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

from infra.local.layout import REPOSITORY
from infra.local.problems import StackProblem

CORE = Path("layers/core")
DEPS = Path("layers/deps")
REQUIREMENTS = Path("requirements.txt")
LONG_AGO = (2020, 1, 1, 0, 0, 0)
# The user's own, with the certificates and registries that uv needs: the launcher empties its environment later.
ENVIRONMENT = dict(os.environ)


@dataclass(frozen=True)
class Target:
    """Where the packages will run: here, or in a Lambda container of AWS."""

    platform: str = ""
    python: str = ""

    @property
    def tag(self) -> str:
        here = f"{sys.implementation.cache_tag}-{sys.platform}-{os.uname().machine}"
        return f"{self.platform}-{self.python}" if self.platform else here


HERE = Target()
CONTAINER = Target(f"{os.uname().machine}-manylinux_2_28", "3.13")


def pack(folder: Path, cache: Path, target: Target = HERE, root: Path = REPOSITORY) -> Path:
    """Return the zip of what the template's CodeUri or ContentUri names, made anew only if its sources changed."""
    if folder == DEPS:
        return pack_dependencies(cache, target, root)
    source = root / folder
    if not source.is_dir():
        raise StackProblem(f"The template names the folder {folder}, which does not exist: correct CodeUri or ContentUri.")
    archive = cache / f"{folder.name}-{digest(source, target.tag)}.zip"
    if not archive.exists():
        with workspace(cache) as copy:
            for path in sources(source):
                place = copy / path.relative_to(source)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
            if target == HERE:
                compileall.compile_dir(copy, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH, stripdir=str(copy))
            write_zip(copy, archive)
    return archive


def pack_dependencies(cache: Path, target: Target, root: Path) -> Path:
    """Return the zip of the third-party layer, built by the script that `sam build` uses too."""
    builder, requirements = root / DEPS / "build.py", root / REQUIREMENTS
    key = hashlib.blake2b(builder.read_bytes() + requirements.read_bytes() + target.tag.encode(), digest_size=16).hexdigest()
    archive = cache / f"deps-{key}.zip"
    if not archive.exists():
        with workspace(cache) as copy:
            options = ["--platform", target.platform, "--python-version", target.python] if target.platform else []
            command = [sys.executable, str(builder), str(copy / "python"), "--requirements", str(requirements), *options]
            run = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
            if run.returncode:
                reason = " ".join(run.stderr.split()) or "no message"
                raise StackProblem(f"Installing the packages of {REQUIREMENTS} failed ({reason}): check the network and run it again.")
            write_zip(copy, archive)
    return archive


@contextmanager
def workspace(cache: Path) -> Iterator[Path]:
    """Yield a temporary folder next to the cache."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        yield Path(folder)


def sources(folder: Path) -> Iterator[Path]:
    """Yield the files that belong in the package, in a fixed order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.name != "Makefile":
            yield path


def digest(folder: Path, tag: str) -> str:
    """Hash names and contents: bytecode differs from one compilation to the next, sources do not."""
    content = hashlib.blake2b(tag.encode(), digest_size=16)
    for path in sources(folder):
        content.update(f"\0{path.relative_to(folder)}\0".encode())
        content.update(path.read_bytes())
    return content.hexdigest()


def write_zip(folder: Path, archive: Path) -> None:
    """Zip the folder under the archive's name in one step, so that a half-written archive is never found."""
    unfinished = folder.parent / f"{folder.name}.zip"
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(folder)), LONG_AGO)
                entry.external_attr = 0o644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                out.writestr(entry, path.read_bytes(), compresslevel=1)
    unfinished.replace(archive)
