"""The component: what it exports, in the words of the contract. Only the builder imports this.

Everything that can be known before a call is made here, when the component is built; its heap is then part of it.
"""

import gc
import importlib
import sys

import plugin as _plugin  # noqa: F401  The author's module, whose decorators register its functions.

from ..describe import world
from . import sandbox
from .description import Description
from .tasks import Tasks

__all__ = ["Description", "Tasks"]

Description().describe()
for _interface in world()["exports"]:
    # The runtime looks for resources in a module that is named by their interface.
    sys.modules[_interface] = importlib.import_module(f"{__name__}.{_interface}")
sandbox.close()
gc.collect()
gc.freeze()
