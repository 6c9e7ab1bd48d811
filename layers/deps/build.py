"""Build the layer of third-party packages: `build.py DIR [--platform P --python-version V]`, standard library only."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = "requirements.txt"

# botocore describes every service of AWS in 25 MB of JSON; these are the ones that the product calls.
SERVICES = {"dynamodb", "kms", "lambda", "s3", "scheduler", "secretsmanager", "sns", "sqs", "ssm", "sts"}
NOT_AT_RUN_TIME = ("bin", "boto3/examples", "chalice/templates", "chalice/cli", "chalice/deploy")


def build(target: Path, requirements: Path, platform: str = "", version: str = "") -> None:
    """Fill the folder with the packages, pruned and compiled."""
    command = [uv(), "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(target), "-r", str(requirements)]
    command += ["--python", sys.executable]
    command += ["--python-platform", platform] if platform else []
    command += ["--python-version", version] if version else []
    if subprocess.run(command).returncode:
        raise SystemExit(1)  # uv has said why
    prune(target)
    compile_bytecode(target, version)


def uv() -> str:
    """Find uv: named by $UV, on the PATH, or where the Makefile puts it."""
    own = Path(__file__).resolve().parents[2] / ".local" / "uv" / "bin" / "uv"
    found = os.environ.get("UV") or shutil.which("uv") or (str(own) if own.exists() else None)
    if found is None:
        raise SystemExit("uv is not on the PATH: install it (https://docs.astral.sh/uv) or run `make run` once, which does")
    return found


def prune(target: Path) -> None:
    """Remove what no function reads."""
    for name in NOT_AT_RUN_TIME:
        shutil.rmtree(target / name, ignore_errors=True)
    for folder in (target / "botocore" / "data").iterdir():
        if folder.is_dir() and folder.name not in SERVICES:
            shutil.rmtree(folder)
    for cache in list(target.rglob("__pycache__")):
        shutil.rmtree(cache)


def compile_bytecode(target: Path, version: str) -> None:
    """Write bytecode that is trusted without a look at the source, if there is an interpreter of that version."""
    interpreter = sys.executable
    if version and version != f"{sys.version_info.major}.{sys.version_info.minor}":
        search = subprocess.run([uv(), "python", "find", "--no-project", version], capture_output=True, text=True)
        if search.returncode:
            print(f"Python {version} is not here: the layer carries no bytecode, so functions start more slowly", file=sys.stderr)
            return
        interpreter = search.stdout.strip()
    command = [interpreter, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash", str(target)]
    subprocess.run(command, check=True, env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"})


def main() -> None:
    """Build for the platform that the arguments name, or for this one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--requirements", type=Path, default=Path(__file__).parent / REQUIREMENTS)
    parser.add_argument("--platform", default="")
    parser.add_argument("--python-version", default="")
    options = parser.parse_args()
    build(options.target, options.requirements, options.platform, options.python_version)


if __name__ == "__main__":
    main()
