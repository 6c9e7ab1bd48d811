"""Builders of the use cases that partner systems call."""

from functools import cache

from guahao.adapters.mongo.publications import MongoPublications
from guahao.adapters.redis.partners import RedisNonces, RedisPublicationLock
from guahao.bootstrap import parts
from guahao.contracts.messages import Substitution, Suspension
from guahao.usecases.booking.attendance import Attendance
from guahao.usecases.hospitals.partner_departments import PartnerDepartments
from guahao.usecases.hospitals.partner_hospital import PartnerHospital
from guahao.usecases.hospitals.partner_schedules import PartnerSchedules
from guahao.usecases.hospitals.partner_signatures import PartnerSignatures
from guahao.usecases.hospitals.publication_order import PublicationOrder


@cache
def partner_signatures() -> PartnerSignatures:
    return PartnerSignatures(parts.hospital_access(), RedisNonces(parts.redis()), parts.utc_now)


@cache
def partner_hospital() -> PartnerHospital:
    return PartnerHospital(parts.catalog(), parts.number_pool(), RedisPublicationLock(parts.redis()), _order(), parts.utc_now)


@cache
def attendance() -> Attendance:
    return Attendance(parts.orders(), parts.utc_now)


@cache
def partner_departments() -> PartnerDepartments:
    return PartnerDepartments(parts.catalog(), parts.number_pool(), RedisPublicationLock(parts.redis()), _order(), parts.utc_now)


@cache
def partner_schedules() -> PartnerSchedules:
    outbox, lock = parts.outbox(Substitution, Suspension), RedisPublicationLock(parts.redis())
    return PartnerSchedules(parts.catalog(), parts.numbers(), parts.number_pool(), outbox, lock, _order(), parts.utc_now)


def _order() -> PublicationOrder:
    return PublicationOrder(MongoPublications(parts.mongodb()), parts.utc_now)
