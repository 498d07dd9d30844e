# A socket closed by one thread while another uses it: the descriptor's number is nobody else's until the other is done.
import os
import socket
import threading
import time


def closed_under_a_receiver(timeout):
    a, b = socket.socketpair()
    a.settimeout(timeout)
    results = []

    def receive():
        try:
            results.append(a.recv(100))
        except OSError as e:
            results.append(type(e).__name__)

    thread = threading.Thread(target=receive)
    thread.start()
    time.sleep(0.05)
    a.close()
    others = [socket.socketpair() for _ in range(4)]  # one of them might get the number
    for one, other in others:
        one.send(b"foreign")
        other.send(b"foreign")
    try:
        b.send(b"own")
    except BrokenPipeError:
        results.append("nobody listens")
    b.close()
    thread.join()
    for one, other in others:
        assert one.recv(100) == other.recv(100) == b"foreign"
        one.close()
        other.close()
    return results


print(closed_under_a_receiver(None))
print(closed_under_a_receiver(10)[-1] in (b"own", "OSError"))


def strain(rounds=150):
    """Every message that arrives is its own socket's, whoever closes it when."""
    wrong, closed = [], 0
    for serial in range(rounds):
        a, b = socket.socketpair()
        text = b"%d" % serial

        def talk():
            try:
                while True:
                    a.send(text)
            except OSError:
                pass

        def listen():
            try:
                while data := b.recv(len(text)):
                    if data != text:
                        wrong.append((data, text))
            except OSError:
                pass

        threads = [threading.Thread(target=talk), threading.Thread(target=listen)]
        for thread in threads:
            thread.start()
        for one in (a, b) if serial % 2 else (b, a):
            one.close()
            closed += one.fileno() == -1
        for thread in threads:
            thread.join()
    return wrong, closed


print(strain())


def closed_in_a_child():
    """The child of a fork has no thread that uses the socket: it is closed there at once."""
    a, b = socket.socketpair()
    thread = threading.Thread(target=a.recv, args=(1,))
    thread.start()
    time.sleep(0.05)
    number = a.fileno()
    pid = os.fork()
    if pid == 0:
        a.close()
        try:
            os.fstat(number)
        except OSError:
            os._exit(7)
        os._exit(1)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    b.send(b"x")
    thread.join()
    a.close()
    try:
        os.fstat(number)
    except OSError as e:
        print(e)
    print(b.recv(10))
    b.close()


closed_in_a_child()

# The last one inside closes.
a, b = socket.socketpair()
number = a.fileno()
thread = threading.Thread(target=a.recv, args=(1,))
thread.start()
time.sleep(0.05)
a.close()
b.send(b"x")
thread.join()
print(b.recv(10))
