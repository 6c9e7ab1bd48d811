"""Create an owner, or give one new credentials. They are written to a file that you alone can read, and shown nowhere.

Put them into a password manager and an authenticator app, and remove the file.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from guahao.bootstrap.administration.administrators import administration
from guahao.domain.administration.administrators import COMMAND, Role
from guahao.usecases.administration.administrators import Credentials
from infra.secret_files import new_secret_file


def describe(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--username", required=True, metavar="NAME", help="3 to 32 of a-z, 0-9, dot, underscore and hyphen")
    parser.add_argument("--credentials", required=True, type=Path, metavar="FILE", help="a new file for them, as JSON")
    parser.add_argument("--reset", action="store_true", help="the owner exists: replace password and secret")


def run(options: Namespace) -> int:
    """Give the credentials and return 0."""
    with new_secret_file(options.credentials) as file:
        give = reset_credentials if options.reset else create_owner
        credentials = give(options.username)
        json.dump(written(credentials), file, indent=2)
    administrator = credentials.administrator
    state = ", who is locked" if administrator.locked else ""
    print(f"{options.credentials} has the credentials of {administrator.username} ({administrator.role}){state}.")
    return 0


def create_owner(username: str) -> Credentials:
    """Create an owner in the name of this command."""
    return administration().create(COMMAND, username, Role.OWNER)


def reset_credentials(username: str) -> Credentials:
    """Replace an administrator's credentials in the name of this command."""
    return administration().reset_credentials(COMMAND, username)


def written(credentials: Credentials) -> dict[str, str]:
    """Return what is kept in a file."""
    return {
        "username": credentials.administrator.username,
        "password": credentials.password,
        "totpSecret": credentials.totp_secret,
        "totpUri": credentials.totp_uri,
    }
