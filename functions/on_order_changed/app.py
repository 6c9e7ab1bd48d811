"""Turns each change of an order into what must follow from it."""

from guahao.bootstrap.order_changes import follow_images
from guahao.runtime.batch import each_change

handler = each_change(follow_images)
