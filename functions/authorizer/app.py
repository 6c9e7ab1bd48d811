"""Tells the gateway who holds a session token."""

from guahao.bootstrap.tokens import read_token
from guahao.runtime.authorizer import token_authorizer

handler = token_authorizer(read_token)
