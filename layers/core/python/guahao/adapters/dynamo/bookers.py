"""Who books and for whom: three items of one owner, read in one request."""

from __future__ import annotations

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.accounts import USER, UserItem
from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.patient_item import PatientItem, patient_key
from guahao.adapters.dynamo.tallies import TALLY, TallyItem
from guahao.domain.booking.unpaid import Tally
from guahao.ports.booking.orders import Booker


class DynamoBookers:
    """Reads bookers; see `ports.booking.orders.ReadBooker`."""

    def __init__(self, accounts_table: str) -> None:
        use_table(AccountItem, accounts_table)

    def read(self, user_id: str, patient_id: str) -> Booker:
        """Return the user, the patient and the tally, as last written."""
        keys = [(user_id, USER), (user_id, patient_key(patient_id)), (user_id, TALLY)]
        found = {type(item): item for item in AccountItem.batch_get(keys, consistent_read=True)}
        user, patient, tally = found.get(UserItem), found.get(PatientItem), found.get(TallyItem)
        return Booker(
            user.to_domain() if isinstance(user, UserItem) else None,
            patient.to_domain() if isinstance(patient, PatientItem) else None,
            tally.to_domain() if isinstance(tally, TallyItem) else Tally(),
        )
