"""The vault keeps its promises, in memory and on KMS."""

from __future__ import annotations

import pytest

from guahao.adapters.aws import clients
from guahao.adapters.aws.vault import KmsVault
from guahao.domain.errors import Unavailable
from guahao.ports.vault import Vault
from tests.fakes.vault import FakeVault

TEXT = "身份证 110101199003070011"


@pytest.fixture(params=["fake", "kms"])
def vault(request: pytest.FixtureRequest) -> Vault:
    if request.param == "fake":
        return FakeVault()
    variables: dict[str, str] = request.getfixturevalue("aws")
    return KmsVault(variables["VAULT_KEY"], variables["FINGERPRINT_KEY"])


def test_what_is_sealed_is_opened_and_not_read(vault: Vault) -> None:
    sealed = vault.seal(TEXT)
    assert vault.open(sealed) == TEXT
    assert "110101" not in sealed


def test_equal_texts_have_equal_fingerprints(vault: Vault) -> None:
    mark = vault.fingerprint(TEXT)
    assert mark == vault.fingerprint(TEXT) != vault.fingerprint(TEXT + "1")
    assert len(mark) == 64
    assert "110101" not in mark


def test_sealing_twice_differs_on_kms(aws: dict[str, str]) -> None:
    vault = KmsVault(aws["VAULT_KEY"], aws["FINGERPRINT_KEY"])
    assert vault.seal(TEXT) != vault.seal(TEXT)


def test_a_failing_service_is_unavailable(aws: dict[str, str]) -> None:
    with pytest.raises(Unavailable):
        KmsVault("no-such-key", "no-such-key").fingerprint(TEXT)


def test_all_clients_come_from_one_session(aws: dict[str, str]) -> None:
    assert clients.client("kms") is clients.client("kms")
    assert clients.session() is clients.session()
