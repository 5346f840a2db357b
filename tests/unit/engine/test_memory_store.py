"""People in the memory of one process."""

import pytest

from sona.store.memory import MemoryStore
from tests.unit.engine.store_contract import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
