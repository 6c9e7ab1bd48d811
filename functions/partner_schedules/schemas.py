"""How a hospital lists its schedules."""

from guahao.contracts import PageAnswer
from guahao.contracts.views import OwnScheduleAnswer


class OwnSchedulesAnswer(PageAnswer[OwnScheduleAnswer]):
    pass
