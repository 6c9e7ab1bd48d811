"""Has the orders of schedules that another doctor takes name that doctor."""

from guahao.bootstrap.hospitals.changed_schedules import substituted_schedules
from guahao.bootstrap.parts import postpone
from guahao.contracts.messages import Substitution
from guahao.runtime.batch import each_message


def handle(message: Substitution) -> None:
    """Change the orders of one schedule."""
    substituted_schedules().follow(message.schedule_id)


handler = each_message(Substitution, handle, postpone)
