"""Modules of this folder that are loaded when they are first used, and how the rest is loaded."""

import contextlib
import gc
import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType


@contextlib.contextmanager
def nothing_to_sweep() -> Iterator[None]:
    """Imports leave no garbage: looking for it is a fifth of a start, and of each look later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def later(name: str) -> ModuleType:
    """`ringwatch.<name>`; executed at the first look at one of its names."""
    whole = f"{__package__}.{name}"
    if whole in sys.modules:
        return sys.modules[whole]
    spec = importlib.util.find_spec(whole)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(whole, name=whole)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[whole] = module
    spec.loader.exec_module(module)
    return module
