from tests.provider import provider  # noqa: F401  (a fixture)
