"""Kernels forked from a process that has imported all they need, so that 150 notebooks do not each import it again.

The standard library's fork server holds the imports, and jupyter_client starts each kernel through its own extension point, a
provisioner; papermill and nbclient do not notice. Each kernel is a process with a namespace, an environment, a folder, a session
and a random state of its own. No notebook and no table has been in the process it was forked from, so that what a
kernel reads of the data, it reads itself. `tests/test_press_kernels.py` compares the outputs with those of fresh kernels.

Processor time of a mineral's or country's page, kernel and papermill together, measured on eight of them: fresh kernel 2.9 s,
forked kernel 0.9 s, of which its cells 0.6 s; a papermill engine that runs the cells in a forked process without any kernel
1.2 s. The last saves too little to give up the kernel's own way of showing results.
"""

import asyncio
import multiprocessing
import os
import random
import signal
import sys
import threading
from importlib.metadata import EntryPoint
from multiprocessing import forkserver
from pathlib import Path

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

FORKED, FRESH = "chokepoint-forked", "local-provisioner"
_log = os.devnull


def loaded() -> multiprocessing.context.BaseContext:
    """How to start processes as forks of the loaded one, which itself starts with the first of them."""
    forks = multiprocessing.get_context("forkserver")
    if forkserver._forkserver._forkserver_address and multiprocessing.parent_process():
        # This process was forked from it and knows its address, but the standard library would start, and load, one more.
        forkserver._forkserver.ensure_running = lambda: None
        return forks
    forks.set_forkserver_preload(["chokepoint.site.preloaded"])
    terminal, silence = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(
        silence, 2
    )  # a process that is ended before it has begun complains here; the others say what they have to say elsewhere
    try:
        forkserver.ensure_running()
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(silence)
    return forks


def die_with_parent() -> None:
    """End this process when the one that asked for it ends, however that comes about."""
    parent = multiprocessing.parent_process()
    threading.Thread(
        target=lambda: (parent.join(), os.kill(os.getpid(), signal.SIGKILL)), daemon=True
    ).start()


def say_into(log: Path | str) -> None:
    """Keep what this process, and the kernels it starts, chat about out of the terminal."""
    global _log
    _log = str(log)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def provide(name: str) -> None:
    """Let jupyter_client start its kernels in this process as FORKED or as FRESH ones."""
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[FORKED] = EntryPoint(
        FORKED, f"{__name__}:Forked", KernelProvisionerFactory.GROUP_NAME
    )
    factory.default_provisioner_name = name


class Forked(LocalProvisioner):
    """Starts a kernel as a fork of the loaded process."""

    async def launch_kernel(self, cmd: list[str], **how) -> dict:
        """See the base class; `cmd` is `python -m ipykernel_launcher` with its arguments."""
        argv = cmd[cmd.index("ipykernel_launcher") + 1 :]
        self.process = _Process(
            loaded().Process(target=_kernel, args=(argv, how.get("cwd") or os.getcwd(), how["env"], _log))
        )
        self.pid = self.pgid = self.process.pid
        return self.connection_info

    async def wait(self) -> int | None:
        """See the base class, which looks only ten times a second."""
        while self.process and self.process.poll() is None:
            await asyncio.sleep(0.01)
        return await super().wait()


class _Process:
    """A process of multiprocessing with what jupyter_client asks of subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(self, process: multiprocessing.Process):
        process.start()
        self._process, self.pid, self.kill, self.terminate = (
            process,
            process.pid,
            process.kill,
            process.terminate,
        )

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        os.kill(self.pid, signum)


def _kernel(argv: list[str], cwd: str, env: dict, log: str) -> None:
    """What a fresh `python -m ipykernel_launcher` does, with nothing left to import."""
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    from chokepoint.site.preloaded import PATH

    os.setsid()
    say_into(log)
    die_with_parent()
    random.seed()
    np.random.seed()
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv, sys.path[:] = ["ipykernel_launcher", *argv], PATH
    IPKernelApp.launch_instance([*argv, f"--IPKernelApp.parent_handle={os.getppid()}"])
