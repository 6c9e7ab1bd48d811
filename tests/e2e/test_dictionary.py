"""The dictionary through the gateway: what is read from the store is what the cache tells afterwards."""

from __future__ import annotations

from typing import Any

import httpx
from redis import Redis

from tests.e2e.conftest import Stack


def test_regions_cascade_and_hospitals_are_shown_with_names(stack: Stack) -> None:
    with Redis.from_url(stack.layout.redis_url) as redis:
        for key in redis.scan_iter("{dictionary}:*"):
            redis.delete(key)
    with httpx.Client(base_url=stack.addresses["api"], timeout=60, trust_env=False) as http:
        from_store, from_cache = look(http), look(http)
        unknown = http.get("/api/dictionary/items/7/children")
        refused = http.get("/api/admin/dictionary")
    assert from_store == from_cache
    beijing = {"id": 110000, "parentId": 5, "name": "北京市", "value": "110000", "code": "", "hasChildren": True}
    assert from_store == [beijing, "市辖区", "东城区", {"三级甲等", "丰台区"}, ("三级甲等", "北京市东城区"), ("三级甲等", "北京市东城区")]
    assert (unknown.status_code, refused.status_code) == (404, 401)


def look(http: httpx.Client) -> list[Any]:
    """Return what a visitor sees on the way down to a hospital."""

    def items(path: str, **query: str) -> list[dict[str, Any]]:
        answer = http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    province = items("/api/dictionary/Province/children")[0]
    city = items(f"/api/dictionary/items/{province['id']}/children")[0]
    district = items(f"/api/dictionary/items/{city['id']}/children")[0]
    names = {item["name"] for item in items("/api/dictionary/names", of="Hostype:1,Province:110106,Province:000000")}
    listed = items("/api/hospitals", district=district["value"])[0]
    shown = http.get(f"/api/hospitals/{listed['hospitalCode']}").json()
    return [province, city["name"], district["name"], names, *((h["gradeName"], h["regionName"]) for h in (listed, shown))]
