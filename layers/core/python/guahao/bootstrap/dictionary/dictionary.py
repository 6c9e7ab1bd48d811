"""Builder of the dictionary use case."""

from guahao.bootstrap.parts import dictionary_service as dictionary_service
