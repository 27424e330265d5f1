"""One thing after another, on a thread of its own."""

import threading

from kiosk.lane import Lane


def never(error: BaseException) -> None:
    raise AssertionError from error


def test_jobs_run_in_order_on_one_thread() -> None:
    done: list[int] = []
    threads: set[int] = set()
    finished = threading.Event()
    lane = Lane("test", never).start()
    for number in range(50):
        lane.do(lambda number=number: (done.append(number), threads.add(threading.get_ident())))
    lane.do(finished.set)
    assert finished.wait(5)
    assert done == list(range(50))
    assert threads != {threading.get_ident()}
    assert len(threads) == 1
    lane.close()


def test_what_is_to_be_done_meanwhile_is_done_when_nothing_else_is() -> None:
    looked = threading.Semaphore(0)
    lane = Lane("test", never, looked.release, every_s=0.01).start()
    assert looked.acquire(timeout=5)
    assert looked.acquire(timeout=5)
    lane.close()


def test_what_nobody_expected_is_handed_on_whole() -> None:
    failed: list[BaseException] = []
    told = threading.Event()

    def hear(error: BaseException) -> None:
        failed.append(error)
        told.set()

    lane = Lane("test", hear).start()
    lane.do(lambda: 1 // 0)
    assert told.wait(5)
    assert isinstance(failed[0], ZeroDivisionError)


def test_closing_finishes_the_job_at_hand() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        go_on.wait(5)
        done.set()

    lane = Lane("test", never).start()
    lane.do(job)
    assert begun.wait(5)
    go_on.set()
    lane.close()
    assert done.is_set()
