"""A browser can read the interface: the page, what it loads, and the description that it shows."""

from __future__ import annotations

import re

import httpx

from tests.e2e.conftest import Stack


def test_the_page_and_all_that_it_needs_come_from_the_products_own_address(stack: Stack) -> None:
    with httpx.Client(base_url=stack.addresses["apiDocs"], timeout=30, trust_env=False) as browser:
        page = browser.get("")
        assert page.status_code == 200
        for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            assert browser.get(address).status_code == 200
        shown = re.search(r'url: "([^"]+)"', browser.get("show.js").text)
        assert shown
        description = httpx.get(f"{stack.addresses['api']}{shown[1]}", timeout=30, trust_env=False).json()
    assert (description["openapi"], description["servers"]) == ("3.1.0", [{"url": "/"}])
