"""Carries out the effects of each change of an order."""

from guahao.bootstrap.booking.orders import order_changes, order_of_image
from guahao.runtime.batch import each_change

handler = each_change(order_of_image, lambda before, after: order_changes().follow(before, after))
