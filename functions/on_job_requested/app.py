"""Gives each new job to whoever does its work."""

from guahao.bootstrap.jobs import ask_for_image
from guahao.runtime.batch import each_change

handler = each_change(ask_for_image)
