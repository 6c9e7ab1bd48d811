"""The contract of each demo hospital, known to both sides: to the platform and to the hospital simulator."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from urllib.error import URLError
from urllib.request import Request, urlopen

from guahao.domain.errors import Unavailable
from guahao.domain.gateway import HospitalSetting
from guahao.ports.gateway import HospitalSettings


def agree(hospital_settings: HospitalSettings, hospital_code: str, simulator_url: str) -> None:
    """Give the hospital a contract if it has none, point it at the simulator, and tell the simulator the key.

    The simulator hears it every time, because it may have lost what it knew.
    """
    before = hospital_settings.get(hospital_code)
    setting = replace(before, api_url=simulator_url) if before else HospitalSetting(hospital_code, simulator_url, secrets.token_hex(32))
    if setting != before:
        hospital_settings.put(setting)
    body = json.dumps({"hospitalCode": hospital_code, "key": setting.key}).encode()
    request = Request(f"{simulator_url}/settings", body, {"Content-Type": "application/json"}, method="PUT")
    try:
        urlopen(request, timeout=5).close()
    except URLError as error:
        raise Unavailable(f"the hospital simulator at {simulator_url} does not take settings: {error.reason}") from error
