"""Builder of the export use case."""

from functools import cache

from guahao.adapters.xlsx.writer import write_sheet
from guahao.bootstrap import parts
from guahao.bootstrap.administration.jobs import job_runner
from guahao.bootstrap.statistics.statistics import statistics_for_exports
from guahao.contracts.exports import OrdersFilter, StatisticsFilter
from guahao.usecases.administration.exports import DictionaryTable, Exports, OrdersTable, ReadTable, StatisticsTable


@cache
def exports() -> Exports:
    dictionary, index, statistics = parts.dictionary(), parts.order_index(), statistics_for_exports()
    tables: dict[str, ReadTable] = {
        "dictionary": lambda _: DictionaryTable(dictionary, dictionary.version()),
        "orders": lambda wanted: OrdersTable.of(index, OrdersFilter.model_validate(wanted)),
        "statistics": lambda wanted: StatisticsTable(statistics.by_hospital(StatisticsFilter.model_validate(wanted))),
    }
    return Exports(job_runner(), tables, parts.files(), write_sheet)
