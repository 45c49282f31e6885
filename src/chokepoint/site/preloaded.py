"""Imported once, by the process that kernels are forked from.

It holds what notebooks, kernels and papermill import and, where that is asked for, the tables and what is
computed from them at the newest release. A kernel records of what it asks for that it has read it, and first
forgets what is another by then (`memory.forget_changed`).
"""

import gc
import json
import os
import pkgutil
import subprocess
import sys
from importlib import import_module

os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # or the debugger that kernels bring along warns of itself

import ipykernel.debugger
import ipykernel.kernelapp  # noqa: F401
import IPython.core.completer  # noqa: F401
import papermill  # noqa: F401
from altair.utils import schemapi
from jupyter_book import sphinx  # noqa: F401

import chokepoint
from chokepoint.data import memory, tables
from chokepoint.site import cache

CODE = cache.code(rendering=True)  # as it is imported from here on
schemapi.DEBUG_MODE = False  # charts hold to Vega-Lite's schema, which the tests make sure of
# Where a fresh interpreter looks for modules: a process of multiprocessing looks where its parent does, which
# may be elsewhere.
PATH = json.loads(
    subprocess.check_output([sys.executable, "-P", "-c", "import json, sys; print(json.dumps(sys.path))"])
)
_PARTS = ("analysis", "charts", "models", "pages")
real = os.environ.get("CHOKEPOINT_DATA")
os.environ["CHOKEPOINT_DATA"] = (
    os.devnull
)  # a module that reads a table as it is imported is left to the kernels
for module in pkgutil.walk_packages(chokepoint.__path__, "chokepoint.", onerror=lambda name: None):
    if module.name.split(".")[1] in _PARTS:
        try:
            import_module(module.name)
        except Exception:  # the notebook that imports it meets this itself, and is told in its own cell
            continue
del os.environ["CHOKEPOINT_DATA"]
if real is not None:
    os.environ["CHOKEPOINT_DATA"] = real
if markup := sys.modules.get("chokepoint.pages.markup"):
    markup.compile_templates()  # or each kernel compiles those that it needs
if os.environ.pop(memory.PRECOMPUTE, ""):
    import scipy.stats  # noqa: F401 (many pages' bands are drawn with it)

    memory.work_out_beforehand(tables.DEFAULT_RELEASE)
memory.forget_reads()
gc.freeze()  # or each kernel looks through all of it, time and again
