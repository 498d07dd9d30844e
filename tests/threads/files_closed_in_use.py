# SPDX-License-Identifier: MIT
# A FileIO or epoll object closed by one thread while another one's system call is at its descriptor: the number is nobody
# else's until that has returned.
import io
import os
import select
import socket
import threading
import time


def is_open(number):
    try:
        os.fstat(number)
        return True
    except OSError:
        return False


def waited_for(got):
    """A file that a thread waits to read from, its descriptor, the pipe's other end, the thread; what it reads comes into got."""
    r, w = os.pipe()
    file = io.FileIO(r)
    thread = threading.Thread(target=lambda: got.append(file.read(100)))
    thread.start()
    time.sleep(0.05)
    return file, r, w, thread


def closed_under_a_reader():
    got = []
    file, _, w, thread = waited_for(got)
    file.close()
    print(file.closed)
    others = [os.pipe() for _ in range(4)]  # one of them might get the number
    for _, other in others:
        os.write(other, b"foreign")
    os.write(w, b"own")
    thread.join()
    for one, other in others:
        assert os.read(one, 100) == b"foreign"
        os.close(one)
        os.close(other)
    os.close(w)
    return got


print(closed_under_a_reader())


def strain(rounds=200):
    """Who reads finds the end, an error, or what is its own file's, whoever opens and closes what meanwhile."""
    wrong = []

    def read(file, text):
        try:
            while data := file.read(len(text)):
                if data != text:
                    wrong.append((data, text))
        except (OSError, ValueError):
            pass

    def ask(file):
        try:
            while True:
                file.tell(), file.seek(0), file.isatty(), file.readinto(bytearray(3))
        except (OSError, ValueError):
            pass

    for serial in range(rounds):
        r, w = os.pipe()
        text = b"%07d" % serial
        files = io.FileIO(r), io.FileIO(__file__)
        threads = [threading.Thread(target=read, args=(files[0], text)), threading.Thread(target=ask, args=(files[1],))]
        for thread in threads:
            thread.start()
        os.write(w, text * 5)
        files[serial % 2].close()
        files[1 - serial % 2].close()
        os.close(w)
        for thread in threads:
            thread.join()
    return wrong


print(strain())


def opened_again():
    """Closed, and another file opened by __init__, while a reader is inside: each is closed once, by the last at it."""
    file, r, w, thread = waited_for([])
    file.__init__(os.devnull)
    print(file.read(5))
    number = file.fileno()
    os.write(w, b"x")
    thread.join()
    print(is_open(r) and r != number, is_open(number))
    file.close()
    print(is_open(number))
    os.close(w)


opened_again()


def closed_in_a_child():
    """The child of a fork has no thread that uses the file: it is closed there at once."""
    file, r, w, thread = waited_for([])
    pid = os.fork()
    if pid == 0:
        file.close()
        os._exit(1 if is_open(r) else 7)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os.write(w, b"x")
    thread.join()
    file.close()
    print(is_open(r))
    os.close(w)


closed_in_a_child()


def epoll_closed():
    poll, (a, b) = select.epoll(), socket.socketpair()
    poll.register(a, select.EPOLLIN)
    got = []
    thread = threading.Thread(target=lambda: got.append(poll.poll(10) == [(a.fileno(), select.EPOLLIN)]))
    thread.start()
    time.sleep(0.05)
    number = poll.fileno()
    poll.close()
    print(poll.closed)
    b.send(b"x")
    thread.join()
    print(got, is_open(number))
    for call in poll.fileno, poll.poll, poll.__enter__:
        try:
            call()
        except ValueError as e:
            print(e)
    a.close()
    b.close()


epoll_closed()

# closefd=False: the number is let go of, and stays open.
r, w = os.pipe()
with io.FileIO(r, closefd=False) as file:
    pass
print(file.closed, is_open(r))
os.close(r)
os.close(w)
