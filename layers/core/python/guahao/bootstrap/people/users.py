"""Builder of the administrators' use case for users."""

from functools import cache

from guahao.adapters.dynamo.logins import DynamoLogins, UserLoginItem
from guahao.adapters.dynamo.patients import DynamoPatients
from guahao.adapters.dynamo.users import DynamoUsers
from guahao.bootstrap import parts
from guahao.runtime import settings
from guahao.usecases.people.users import Users


@cache
def users() -> Users:
    table, log = settings.text("ACCOUNTS_TABLE"), parts.audit_log()
    stores = parts.accounts(), DynamoUsers(table, log), DynamoPatients(table), DynamoLogins(UserLoginItem, table), log
    return Users(*stores, parts.vault(), parts.utc_now, parts.booking_policy())
