"""Parts that use cases share; the library of each is imported only when it is asked for. Adapters keep clients, builders use cases."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from guahao.adapters.clock import utc_now as utc_now
from guahao.runtime import settings
from guahao.runtime.correlation import trace as trace
from guahao.runtime.serving import request_began

if TYPE_CHECKING:
    from guahao.adapters.aws.files import S3Files
    from guahao.adapters.aws.queues import SqsOutbox
    from guahao.adapters.aws.vault import KmsVault
    from guahao.adapters.dynamo.accounts import DynamoAccounts
    from guahao.adapters.dynamo.audit_log import DynamoAuditLog
    from guahao.adapters.dynamo.dictionary import DynamoDictionary
    from guahao.adapters.dynamo.hospital_access import DynamoHospitalAccess
    from guahao.adapters.dynamo.hospital_codes import DynamoHospitalCodes
    from guahao.adapters.dynamo.hospital_settings import DynamoHospitalSettings
    from guahao.adapters.dynamo.identities import DynamoIdentities
    from guahao.adapters.dynamo.numbers import DynamoNumbers
    from guahao.adapters.dynamo.order_index import DynamoOrderIndex
    from guahao.adapters.dynamo.orders import DynamoOrders
    from guahao.adapters.mongo.catalog import MongoCatalog
    from guahao.adapters.mongo.client import MongoDatabase
    from guahao.adapters.redis.client import Client
    from guahao.adapters.redis.number_pool import RedisNumberPool
    from guahao.adapters.tokens import JwtTokens
    from guahao.contracts.messages import QueueMessage
    from guahao.domain.booking.ledger import BookingPolicy
    from guahao.ports.notices.notices import Sms
    from guahao.usecases.booking.bookable import PooledFreeNumbers
    from guahao.usecases.dictionary.dictionary import DictionaryService


def vault() -> KmsVault:
    from guahao.adapters.aws.vault import KmsVault

    return KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))


def redis() -> Client:
    from guahao.adapters.aws.secrets import secret_text
    from guahao.adapters.redis.client import redis_client

    return redis_client(secret_text(settings.text("REDIS_SECRET")))


def mongodb() -> MongoDatabase:
    from guahao.adapters.aws.secrets import secret_text
    from guahao.adapters.mongo.client import mongo_database, share_patience

    share_patience(request_began)
    return mongo_database(secret_text(settings.text("MONGODB_SECRET")))


def catalog() -> MongoCatalog:
    from guahao.adapters.mongo.catalog import MongoCatalog

    return MongoCatalog(mongodb())


def number_pool() -> RedisNumberPool:
    from guahao.adapters.redis.number_pool import RedisNumberPool

    return RedisNumberPool(redis())


def numbers() -> DynamoNumbers:
    from guahao.adapters.dynamo.numbers import DynamoNumbers

    return DynamoNumbers(settings.text("NUMBERS_TABLE"))


def orders() -> DynamoOrders:
    from guahao.adapters.dynamo.orders import DynamoOrders

    return DynamoOrders(settings.text("ORDERS_TABLE"), settings.text("NUMBERS_TABLE"), settings.text("ACCOUNTS_TABLE"), trace)


def order_index() -> DynamoOrderIndex:
    from guahao.adapters.dynamo.order_index import DynamoOrderIndex

    return DynamoOrderIndex(settings.text("ORDERS_TABLE"))


def accounts() -> DynamoAccounts:
    from guahao.adapters.dynamo.accounts import DynamoAccounts

    return DynamoAccounts(settings.text("ACCOUNTS_TABLE"))


def audit_log() -> DynamoAuditLog:
    from guahao.adapters.dynamo.audit_log import DynamoAuditLog

    return DynamoAuditLog(settings.text("AUDIT_LOG_TABLE"))


def identities() -> DynamoIdentities:
    from guahao.adapters.dynamo.identities import DynamoIdentities

    return DynamoIdentities(settings.text("IDENTITIES_TABLE"), settings.text("ACCOUNTS_TABLE"), audit_log, trace)


def hospital_settings() -> DynamoHospitalSettings:
    from guahao.adapters.dynamo.hospital_settings import DynamoHospitalSettings

    return DynamoHospitalSettings(settings.text("HOSPITAL_SETTINGS_TABLE"), audit_log())


def hospital_access() -> DynamoHospitalAccess:
    from guahao.adapters.dynamo.hospital_access import DynamoHospitalAccess

    return DynamoHospitalAccess(settings.text("HOSPITAL_SETTINGS_TABLE"), vault())


def hospital_codes() -> DynamoHospitalCodes:
    from guahao.adapters.dynamo.hospital_codes import DynamoHospitalCodes

    return DynamoHospitalCodes(settings.text("HOSPITAL_SETTINGS_TABLE"))


def dictionary() -> DynamoDictionary:
    from guahao.adapters.dynamo.dictionary import DynamoDictionary

    return DynamoDictionary(settings.text("DICTIONARY_TABLE"))


def files() -> S3Files:
    from guahao.adapters.aws.files import S3Files

    return S3Files(settings.text("FILES_BUCKET"))


def tokens() -> JwtTokens:
    from guahao.adapters.aws.secrets import secret_text
    from guahao.adapters.tokens import JwtTokens

    return JwtTokens(partial(secret_text, settings.text("TOKEN_SECRET")))


def outbox(*kinds: type[QueueMessage]) -> SqsOutbox:
    """Return the outbox for messages of these kinds."""
    from guahao.adapters.aws.clients import client
    from guahao.adapters.aws.queues import SqsOutbox

    return SqsOutbox(client("sqs"), {kind.queue: settings.text(kind.queue) for kind in kinds}, trace)


def postpone(queue_arn: str, receipt_handle: str, seconds: int) -> None:
    """Hide a failed message in its queue for so many seconds."""
    from guahao.adapters.aws.queues import postpone

    postpone(queue_arn, receipt_handle, seconds)


def sms() -> Sms:
    if settings.text("SMS_PROVIDER") == "aliyun":
        from guahao.adapters.aliyun.sms import AliyunAccount, AliyunSms
        from guahao.adapters.aws.secrets import secret_json

        return AliyunSms(AliyunAccount.from_secret(secret_json(settings.text("SMS_SECRET"))), utc_now)
    from guahao.adapters.aws.sms import SnsSms

    return SnsSms()


def booking_policy() -> BookingPolicy:
    """Return the booking policy of this deployment, or raise ValueError if its setting is wrong."""
    from guahao.contracts.booking_policy import BookingPolicySetting

    return BookingPolicySetting.model_validate_json(settings.text("BOOKING_POLICY")).policy()


def free_numbers() -> PooledFreeNumbers:
    from guahao.usecases.booking.bookable import PooledFreeNumbers

    settings.text("NUMBERS_TABLE")  # its library is loaded only for a pool that is not built, but a missing setting fails at once
    return PooledFreeNumbers(number_pool(), catalog(), lambda schedule_id: numbers().of(schedule_id), utc_now)


@cache
def dictionary_service() -> DictionaryService:
    from guahao.adapters.redis.dictionary import RedisDictionaryCache
    from guahao.usecases.dictionary.dictionary import DictionaryService

    settings.text("DICTIONARY_TABLE")  # its library is loaded only for what the cache lacks, but a missing setting fails at once
    return DictionaryService(dictionary, RedisDictionaryCache(redis()))
