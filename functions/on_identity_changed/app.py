"""Carries out the effects of each change of an identity."""

from guahao.bootstrap.people.identity import identity_changes, identity_of_image
from guahao.runtime.batch import each_change

handler = each_change(identity_of_image, lambda before, after: identity_changes().follow(before, after))
