"""The setting of each demo hospital, known to both sides: to the platform and to the hospital simulator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import Request, urlopen

from guahao.domain.administration.administrators import COMMAND
from guahao.domain.errors import Unavailable
from guahao.ports.hospitals.partners import ReadHospitalAccess
from guahao.usecases.hospitals.hospital_settings import HospitalSettingService

CONTACT, CONTACT_PHONE = "演示联系人", "010-00000000"


@dataclass(frozen=True)
class Partners:
    """Makes the settings of demo hospitals, whose systems are all the simulator."""

    settings: HospitalSettingService
    access: ReadHospitalAccess
    simulator_url: str

    def agree(self, hospital_code: str, name: str) -> None:
        """Give the hospital a setting if it has none, point it at the simulator, and tell the simulator the key.

        The simulator hears it every time, because it may have lost what it knew.
        """
        setting = self.access.get(hospital_code)
        if setting is None:
            key = self.settings.create(COMMAND, hospital_code, name, self.simulator_url, CONTACT, CONTACT_PHONE).key
        else:
            key = setting.key
            if setting.api_url != self.simulator_url:
                self.settings.change(COMMAND, hospital_code, name, self.simulator_url, CONTACT, None)
        self._tell({"hospitalCode": hospital_code, "key": key})

    def _tell(self, known: dict[str, str]) -> None:
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self.simulator_url}/settings", json.dumps(known).encode(), headers, method="PUT")
        try:
            urlopen(request, timeout=5).close()
        except URLError as error:
            raise Unavailable(f"the hospital simulator at {self.simulator_url} does not take settings: {error.reason}") from error
