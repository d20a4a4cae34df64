"""Amazon Data Lifecycle Manager, which moto has not: its policies are kept and checked, and never carried out.

moto finds a service by the name of a module of its own; while `applied` lasts, this package is one.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from moto import backend_index

from tests.aws.dlm.models import dlm_backends
from tests.aws.dlm.urls import url_bases

__all__ = ["applied", "dlm_backends"]


@contextmanager
def applied() -> Iterator[None]:
    """Let moto's server find this service while the context lasts."""
    entry = ("dlm", re.compile(url_bases[0]))
    with mock.patch.dict(sys.modules, {"moto.dlm": sys.modules[__name__]}):
        backend_index.backend_url_patterns.append(entry)
        try:
            yield
        finally:
            backend_index.backend_url_patterns.remove(entry)
