"""Tells the gateway whose session token a request has, while the session is live."""

from guahao.bootstrap.people.authorizer import authorizer
from guahao.runtime.authorizer import token_authorizer

handler = token_authorizer(lambda token: authorizer().authenticate(token))
