"""Whatever ends a build, the last good site stands, the message says what happened, and the next build is right."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from conftest import Checkout
from sampled import draw, everything, told
from small_book import Small

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("transaction")]  # one book is built for all


CHANGE = ("data/evidence/vault.csv", "interest on the loan", "the interest on the loan")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Small, Path]:
    """The small book, built, and a copy of its folder as it then is.

    `right` is its site once it is changed, printed anew, which takes `took` seconds.
    """
    book = Small(Checkout(tmp_path_factory.mktemp("built") / "chokepoint"))
    book.build()
    kept = Path(shutil.copytree(book.folder, book.folder.with_name("kept")))
    book.change(*CHANGE)
    start = time.monotonic()
    book.build("--fresh")
    book.right, book.took = book.printed(), time.monotonic() - start
    return book, kept


@pytest.fixture
def small(built) -> Small:
    """It, where it was built and as it then was, and then changed: there is an old site and something to do."""
    book, kept = built
    shutil.rmtree(book.folder)
    shutil.copytree(kept, book.folder)
    book.old = book.printed()
    book.change(*CHANGE)
    return book


def stands(book: Small) -> bool:
    return book.printed() == book.old


def next_build_is_right(book: Small) -> None:
    book.build()
    assert "the interest on the loan" in (book.site / "stock.html").read_text(encoding="utf-8")
    assert book.printed() == book.right


def family(process) -> list[psutil.Process]:
    """The processes that a build started, and theirs."""
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def gone(processes, within: float = 20) -> bool:
    return not psutil.wait_procs(processes, timeout=within)[1]


def test_sigkill_at_any_moment(small):
    """Moments of a build's duration; each time the site is the old one or the new one, whole, and nothing is left running.

    Three, drawn by the seed, one of each third of it; every week twenty (see `sampled`).
    """
    took, whole = small.took, [small.old, small.right]
    chance, count = draw("sigkill"), 20 if everything() else 3
    for i in range(count):
        moment = 100 * (i + chance.random()) / count
        process = small.start("--fresh" if i % 2 else "--explain")
        time.sleep(took * moment / 100)
        started = family(process)
        process.kill()
        process.communicate()
        now = small.printed()
        assert now in whole, f"after {moment:.0f}% of a build; {told()}"
        whole = whole[whole.index(now) :]  # once the new one stands, no build takes it back
        assert gone(started)
    next_build_is_right(small)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_told_to_stop(small, signum):
    process = small.start("--fresh")
    while not [p for p in family(process) if "forkserver" in " ".join(p.cmdline())]:
        time.sleep(0.05)
    time.sleep(1)
    started = family(process)
    process.send_signal(signum)
    _said, complained = process.communicate(timeout=60)
    assert process.returncode == 2 and "interrupted" in complained and "Traceback" not in complained
    assert stands(small) and gone(started)
    next_build_is_right(small)


def test_a_kernel_killed_in_a_cell(small):
    good = (small.folder / "book/stock.ipynb").read_text()
    small.change(
        "book/stock.ipynb",
        "from IPython.display import HTML",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    )
    assert "book/stock.ipynb: DeadKernelError: Kernel died" in small.build(fails=True)
    assert stands(small)
    (small.folder / "book/stock.ipynb").write_text(good)
    next_build_is_right(small)


def test_a_full_disk(small):
    """The build's folder on a disk that is nearly full."""
    build, kept = small.folder / "build", small.folder / "kept"
    build.rename(kept)
    build.mkdir()
    size = sum(p.stat().st_size for p in kept.rglob("*") if p.is_file())
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={int(size * 1.25)}", "tmpfs", str(build)], capture_output=True
    ).returncode:
        pytest.skip("this machine does not let the test mount a small disk")
    try:
        shutil.copytree(kept, build, dirs_exist_ok=True)
        filler = build / "filler"
        left = os.statvfs(build).f_bavail * os.statvfs(build).f_frsize
        filler.write_bytes(b"x" * max(left - 200_000, 0))
        said = small.build("--fresh", fails=True)
        assert "No space left" in said and stands(small)
        filler.unlink()
        subprocess.run(["mount", "-o", "remount,size=1g", str(build)], check=True)
        next_build_is_right(small)
    finally:
        subprocess.run(["umount", "-l", str(build)], check=False)


def test_a_folder_that_cannot_be_written(small):
    """The build's folder mounted read-only: permissions do not hold back a superuser."""
    build = small.folder / "build"
    if subprocess.run(["mount", "--bind", str(build), str(build)], capture_output=True).returncode:
        pytest.skip("this machine does not let the test mount a folder")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(build)], check=True)
        assert "Read-only file system" in small.build(fails=True)
        assert stands(small)
    finally:
        subprocess.run(["umount", "-l", str(build)], check=False)
    next_build_is_right(small)


def test_what_is_kept_of_a_page_is_damaged(small):
    for path in (small.folder / "build/cache").rglob("*.gz"):
        path.write_bytes(path.read_bytes()[:100])
    shutil.rmtree(small.folder / "build/executed")  # else they are not asked for
    said = small.build()
    assert said.count("damaged") == 4
    next_build_is_right(small)


@pytest.mark.parametrize("place", ["executed", "stage"])
def test_a_truncated_notebook(small, place):
    path = small.folder / "build" / place / "roads.ipynb"
    path.write_bytes(path.read_bytes()[:300])
    next_build_is_right(small)


def test_a_site_that_lost_a_file(small):
    small.build()
    (small.site / "roads.html").unlink()
    next_build_is_right(small)


def test_two_builds_at_once(small):
    first = small.start("--fresh")
    while not (small.folder / "build/lock").read_text() == str(first.pid):
        time.sleep(0.02)
    said = small.build(fails=True)
    assert f"Another build is under way here (process {first.pid})" in said
    first.communicate(timeout=300)
    assert first.returncode == 0
    next_build_is_right(small)


def test_a_lock_of_a_process_that_is_no_more_blocks_nobody(small):
    (small.folder / "build/lock").write_text("999999999")
    next_build_is_right(small)


def test_killed_between_taking_the_old_site_away_and_putting_the_new_one_there(small):
    small.site.rename(small.site.with_name("html.old"))
    (small.folder / "data/evidence/sources.csv").rename(small.folder / "sources.csv")
    small.build(fails=True)
    assert stands(small)
    (small.folder / "sources.csv").rename(small.folder / "data/evidence/sources.csv")
    next_build_is_right(small)
