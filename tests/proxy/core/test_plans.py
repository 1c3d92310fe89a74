from proxy.core.plans import Asker
from tests.proxy.world import SEED


def test_each_request_of_a_connection_has_its_own_id_and_nonce():
    asker = Asker("192.0.2.7", SEED)
    assert asker.request_id(1) != asker.request_id(2)
    assert asker.nonce(1) != asker.nonce(2)
    assert asker.nonce(1) == asker.nonce(1)
    assert len(asker.nonce(1)) == 43
    assert Asker("192.0.2.7", bytes([1] * 32)).nonce(1) != asker.nonce(1)
