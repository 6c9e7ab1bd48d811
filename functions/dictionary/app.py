"""The tree of coded values, for anyone."""

from guahao.bootstrap.dictionary import dictionary_desk
from guahao.runtime.api import Allow, Api, Call
from schemas import EntriesAnswer, LevelQuery, NamesAnswer, NamesQuery

handler = Api("dictionary")


@handler.route("GET", "/api/dictionary/{code}/children", allow=Allow.ANYONE, answer=EntriesAnswer, cache_seconds=300)
def children_of_code(call: Call[None]) -> EntriesAnswer:
    """List what stands below the root with the code."""
    return EntriesAnswer.model_validate({"items": dictionary_desk().children_of_code(call.path["code"])})


@handler.route("GET", "/api/dictionary/items/{id}/children", allow=Allow.ANYONE, answer=EntriesAnswer, cache_seconds=300)
def children(call: Call[None]) -> EntriesAnswer:
    """List what stands below the entry; below 0 are the roots."""
    return EntriesAnswer.model_validate({"items": dictionary_desk().children(call.path["id"])})


@handler.route("GET", "/api/dictionary/names", allow=Allow.ANYONE, input=NamesQuery, answer=NamesAnswer, cache_seconds=300)
def names(call: Call[NamesQuery]) -> NamesAnswer:
    """Tell the names of many values in one call; what is unknown is left out."""
    return NamesAnswer.of(dictionary_desk().names(call.input.terms))


@handler.route("GET", "/api/admin/dictionary", allow=Allow.OPERATOR, input=LevelQuery, answer=EntriesAnswer)
def level(call: Call[LevelQuery]) -> EntriesAnswer:
    """List one level of the tree for its administrator."""
    return EntriesAnswer.model_validate({"items": dictionary_desk().children(call.input.parent_id)})
