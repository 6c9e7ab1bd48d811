"""Hospitals' contracts, in memory."""

from __future__ import annotations

from guahao.domain.gateway import HospitalSetting


class FakeHospitalSettings:
    def __init__(self, *settings: HospitalSetting) -> None:
        self._settings = {setting.hospital_code: setting for setting in settings}

    def get(self, hospital_code: str) -> HospitalSetting | None:
        return self._settings.get(hospital_code)

    def put(self, setting: HospitalSetting) -> None:
        self._settings[setting.hospital_code] = setting
