"""Turns each change of an identity into what must follow from it."""

from guahao.bootstrap.identity_changes import follow_images
from guahao.runtime.batch import each_change

handler = each_change(follow_images)
