"""Tells the gateway who holds a session token, while the session lives."""

from guahao.bootstrap.authorizer import authorizer
from guahao.runtime.authorizer import token_authorizer

handler = token_authorizer(lambda token: authorizer().who(token))
