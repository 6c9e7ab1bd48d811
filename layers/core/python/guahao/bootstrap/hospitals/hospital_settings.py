"""Builders of the operators' use cases for hospitals: settings, access, catalogue and schedules."""

from functools import cache

from guahao.bootstrap import parts
from guahao.runtime import settings
from guahao.usecases.hospitals.hospital_access import HospitalAccessService
from guahao.usecases.hospitals.hospital_schedules_admin import SchedulesAdmin
from guahao.usecases.hospitals.hospital_settings import HospitalSettingService
from guahao.usecases.hospitals.hospitals_admin import HospitalsAdmin


@cache
def hospital_setting_service() -> HospitalSettingService:
    from guahao.adapters.dynamo.hospital_orders import DynamoHospitalOrders

    has_orders, any_address = DynamoHospitalOrders(settings.text("ORDERS_TABLE")).any_counts, settings.text("HOSPITAL_ADDRESSES") == "any"
    stores = parts.hospital_settings(), parts.catalog(), parts.number_pool()
    return HospitalSettingService(*stores, parts.vault(), parts.utc_now, has_orders=has_orders, any_address=any_address)


@cache
def hospital_access_service() -> HospitalAccessService:
    return HospitalAccessService(parts.hospital_settings(), parts.catalog(), parts.number_pool(), parts.vault(), parts.utc_now)


@cache
def hospitals_admin() -> HospitalsAdmin:
    names, log = parts.dictionary_service(), parts.audit_log()
    return HospitalsAdmin(parts.catalog(), names, parts.hospital_settings(), parts.number_pool(), log, parts.utc_now)


@cache
def schedules_admin() -> SchedulesAdmin:
    return SchedulesAdmin(parts.catalog(), parts.free_numbers())
