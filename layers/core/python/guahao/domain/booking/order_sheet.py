"""Orders as rows of a spreadsheet, for the offices of hospitals."""

from __future__ import annotations

from guahao.domain.administration.spreadsheets import Cell, Column
from guahao.domain.booking.bookable import HalfDay
from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.payment.payment import PaymentState
from guahao.domain.time import spoken

ORDER_SHEET = "预约订单"
ORDER_COLUMNS = (
    *(Column("订单号", 36), Column("医院编号", 12), Column("医院", 30), Column("科室", 18), Column("职称", 12), Column("医生", 12)),
    *(Column("就诊日期", 12), Column("午别", 8), Column("号序", 8), Column("就诊人", 12), Column("挂号费（元）", 14, "0.00")),
    *(Column("订单状态", 12), Column("支付状态", 12), Column("医院登记号", 24), Column("下单时间", 20), Column("支付时间", 20)),
    Column("取消原因", 16),
)

_HALF_DAYS = {HalfDay.MORNING: "上午", HalfDay.AFTERNOON: "下午"}
_STATES = {
    OrderState.AWAITING_PAYMENT: "待支付",
    OrderState.PAID: "已支付",
    OrderState.CHECKED_IN: "已取号",
    OrderState.CANCELLED: "已取消",
    OrderState.NO_SHOW: "爽约",
}
_PAYMENTS = {
    PaymentState.NONE: "",
    PaymentState.OPEN: "支付中",
    PaymentState.PAID: "已支付",
    PaymentState.CLOSED: "已关闭",
    PaymentState.REFUNDING: "退款中",
    PaymentState.REFUNDED: "已退款",
}
_REASONS = {
    Cause.CANCELLED_BY_USER: "用户取消",
    Cause.HOLD_EXPIRED: "超时未支付",
    Cause.HOSPITAL_REFUSED: "医院未接受",
    Cause.HOSPITAL_SILENT: "医院未确认",
    Cause.SCHEDULE_SUSPENDED: "停诊",
}


def order_row(order: Order) -> tuple[Cell, ...]:
    """Return the order's row; the patient is masked, everything else is shown."""
    return (
        order.order_id,
        order.visit.hospital_code,
        order.visit.hospital_name,
        order.visit.department_name,
        order.visit.title,
        order.visit.doctor_name,
        order.visit.date.isoformat(),
        _HALF_DAYS[order.visit.half_day],
        order.visit.number,
        mask_name(order.holder.name),
        order.visit.fee_fen / 100,
        _STATES[order.state],
        _PAYMENTS[order.payment.state],
        order.record.record_id if order.record else "",
        spoken(order.created_at),
        spoken(order.payment.paid_at) if order.payment.paid_at else "",
        _REASONS[order.cancelled_for] if order.cancelled_for else "",
    )


def mask_name(name: str) -> str:
    """Return the name with all but its first character hidden."""
    return name[:1] + "*" * (len(name) - 1)
