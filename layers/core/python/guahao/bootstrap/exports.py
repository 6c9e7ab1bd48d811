"""Joins the exports with the tables that they read, once for each process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.queues import postpone
from guahao.adapters.xlsx.writer import write_sheet
from guahao.bootstrap.jobs import files, job_runner
from guahao.contracts.exports import OrdersFilter, StatisticsFilter
from guahao.runtime import settings
from guahao.usecases.exports import DictionaryTable, Exports, OrdersTable, ReadTable, StatisticsTable


@cache
def exports() -> Exports:
    """Return what does the jobs of exports: a kind more is a line more here."""
    tables: dict[str, ReadTable] = {"dictionary": _dictionary, "orders": _orders, "statistics": _statistics}
    return Exports(job_runner(), tables, files(), write_sheet)


def postpone_export(receipt_handle: str, seconds: int) -> None:
    """Let the message of an export that failed come again after so many seconds."""
    postpone(client("sqs"), settings.text("EXPORTS_QUEUE"), receipt_handle, seconds)


def _dictionary(_: Mapping[str, str]) -> DictionaryTable:
    from guahao.adapters.dynamo.dictionary import DynamoDictionary

    dictionary = DynamoDictionary(settings.text("DICTIONARY_TABLE"))
    return DictionaryTable(dictionary, dictionary.version())


def _orders(wanted: Mapping[str, str]) -> OrdersTable:
    from guahao.adapters.dynamo.order_index import DynamoOrderIndex

    return OrdersTable.of(DynamoOrderIndex(settings.text("ORDERS_TABLE")), OrdersFilter.model_validate(wanted))


def _statistics(wanted: Mapping[str, str]) -> StatisticsTable:
    from guahao.bootstrap.statistics import booking_statistics

    return StatisticsTable.of(booking_statistics(), StatisticsFilter.model_validate(wanted))
