"""Notes who did not come."""

from guahao.bootstrap.no_shows import no_shows
from guahao.contracts.orders import OrderMessage
from guahao.runtime.batch import each_message


def handle(body: str) -> None:
    """Take one message of the queue."""
    no_shows().note(OrderMessage.model_validate_json(body).order_id)


handler = each_message(handle)
