"""Serve the simulated WeChat Pay: `python -m infra.simulators.wechat --port N --state DIR`."""

from __future__ import annotations

from infra.simulators.asgi import parser, run
from infra.simulators.wechat.app import Simulator


def main() -> None:
    """Serve until told to stop."""
    options = parser("wechat")
    options.add_argument("--retry-factor", type=float, default=0.01, help="shortens the pauses between repeated notifications")
    given = options.parse_args()
    run(Simulator(given.state, given.retry_factor).app(), given.host, given.port)


if __name__ == "__main__":
    main()
