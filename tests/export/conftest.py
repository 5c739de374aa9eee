"""Asserts of the helpers say what differs, like those of the tests."""

import pytest

pytest.register_assert_rewrite("tests.export.counted")
