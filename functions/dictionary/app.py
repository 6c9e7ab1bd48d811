"""The tree of coded values, for anyone."""

from guahao.bootstrap.dictionary.dictionary import dictionary_service
from guahao.contracts.queries import LevelQuery, NamesQuery
from guahao.runtime.api import Allow, Api, Call
from schemas import EntriesAnswer, NamesAnswer

handler = Api("dictionary")


@handler.route("GET", "/api/dictionary/{code}/children", allow=Allow.ANYONE, answer=EntriesAnswer, cache_seconds=300)
def children_of_code(call: Call[None]) -> EntriesAnswer:
    """List the entries below the root with the code."""
    return EntriesAnswer.model_validate({"items": dictionary_service().children_of_code(call.path["code"])})


@handler.route("GET", "/api/dictionary/items/{id}/children", allow=Allow.ANYONE, answer=EntriesAnswer, cache_seconds=300)
def children(call: Call[None]) -> EntriesAnswer:
    """List the entries below the entry; the roots are below 0."""
    return EntriesAnswer.model_validate({"items": dictionary_service().children(call.path["id"])})


@handler.route("GET", "/api/dictionary/names", allow=Allow.ANYONE, input=NamesQuery, answer=NamesAnswer, cache_seconds=300)
def names(call: Call[NamesQuery]) -> NamesAnswer:
    """Return the names of many values in one call; unknown values are left out."""
    return NamesAnswer.of(dictionary_service().names_asked_for(call.input))


@handler.route("GET", "/api/admin/dictionary", allow=Allow.OPERATOR, input=LevelQuery, answer=EntriesAnswer)
def level(call: Call[LevelQuery]) -> EntriesAnswer:
    """List one level of the tree for its administrator."""
    return EntriesAnswer.model_validate({"items": dictionary_service().level(call.input)})
