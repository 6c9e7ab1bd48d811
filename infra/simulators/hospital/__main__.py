"""Serve the simulated hospital systems: `python -m infra.simulators.hospital --port N --state DIR --platform URL`."""

from __future__ import annotations

from infra.simulators.asgi import parser, run
from infra.simulators.hospital.app import Simulator


def main() -> None:
    """Serve until told to stop."""
    options = parser("hospital")
    options.add_argument("--platform", default="", metavar="URL", help="the platform's address, to which /api/gateway is appended")
    given = options.parse_args()
    run(Simulator(given.state, given.platform).app(), given.host, given.port)


if __name__ == "__main__":
    main()
