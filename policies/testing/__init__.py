"""The laws of policies as tests, for the policies here and for yours; nothing is random, and pytest is not imported.

Test your own policy in a file that pytest collects:

    from policies.testing import PolicyContract

    class TestMine(PolicyContract):
        policy = Mine
"""

from policies.testing.cases import ages, same, vectors
from policies.testing.contract import PolicyContract

__all__ = ["PolicyContract", "ages", "same", "vectors"]
