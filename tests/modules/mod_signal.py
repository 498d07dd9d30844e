# SPDX-License-Identifier: MIT
"""signal: handlers, masks, timers, wake-up descriptors, and dying of SIGINT."""
import signal, os, sys, time, _signal
def tr(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
print(signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGPIPE), signal.getsignal(signal.SIGTERM))
got = []
def h(n, f): got.append((n, f.f_code.co_name if f else None))
print(signal.signal(signal.SIGUSR1, h))
def k(): os.kill(os.getpid(), signal.SIGUSR1); x = 1; return x
k(); print(got)
signal.raise_signal(signal.SIGUSR1); print(len(got))
def h2(n, f): raise ValueError("from handler")
print(signal.signal(signal.SIGUSR1, h2) is h)
tr(lambda: os.kill(os.getpid(), signal.SIGUSR1)); tr(lambda: time.sleep(0))
signal.signal(signal.SIGALRM, h)
signal.setitimer(signal.ITIMER_REAL, 0.05); t=time.time(); time.sleep(0.2); print(time.time()-t >= 0.2, len(got)); print(signal.getitimer(signal.ITIMER_REAL))
def h3(n, f): raise KeyError
signal.signal(signal.SIGALRM, h3); signal.setitimer(signal.ITIMER_REAL, 0.05); tr(lambda: time.sleep(5))
signal.setitimer(signal.ITIMER_REAL, 0.05)
def spin():
    while True: pass
tr(spin)
tr(lambda: signal.signal(0, h)); tr(lambda: signal.signal(99, h)); tr(lambda: signal.signal(signal.SIGUSR1, 5)); tr(lambda: signal.signal(signal.SIGKILL, h)); tr(lambda: signal.getsignal(0)); tr(lambda: signal.signal('a', h)); tr(lambda: signal.signal(signal.SIGUSR1, 'x'))
print(signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2]), signal.sigpending()); os.kill(os.getpid(), signal.SIGUSR2); print(signal.sigpending()); print(signal.sigwait([signal.SIGUSR2]))
os.kill(os.getpid(), signal.SIGUSR2); i = signal.sigwaitinfo([signal.SIGUSR2]); print(i.si_signo, i.si_pid == os.getpid(), type(i)); print(signal.sigtimedwait([signal.SIGUSR2], 0.01)); tr(lambda: signal.sigtimedwait([signal.SIGUSR2], -1)); tr(lambda: signal.pthread_sigmask(99, [])); tr(lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [99]))
print(len(signal.valid_signals()), signal.strsignal(signal.SIGINT), signal.strsignal(40)); tr(lambda: signal.strsignal(0))
r, w = os.pipe(); tr(lambda: signal.set_wakeup_fd(w)); os.set_blocking(w, False); print(signal.set_wakeup_fd(w)); signal.signal(signal.SIGUSR1, h); os.kill(os.getpid(), signal.SIGUSR1); print(os.read(r, 10)); print(signal.set_wakeup_fd(-1) == w); tr(lambda: signal.set_wakeup_fd(99)); tr(lambda: signal.set_wakeup_fd())
tr(lambda: signal.setitimer(99, 1)); tr(lambda: signal.setitimer(0, 'a')); print(signal.ItimerError, signal.ItimerError.__mro__[1])
print(signal.SIGINT, signal.Signals.SIGINT, signal.Handlers.SIG_DFL, signal.default_int_handler); tr(lambda: signal.default_int_handler(1,2)); tr(lambda: signal.default_int_handler(1))
import threading
def th(): tr(lambda: signal.signal(signal.SIGUSR1, h)); tr(lambda: signal.set_wakeup_fd(-1))
t = threading.Thread(target=th); t.start(); t.join()
signal.siginterrupt(signal.SIGUSR1, True); tr(lambda: signal.siginterrupt(0, 1)); print(signal.alarm(0)); import _thread; signal.signal(signal.SIGINT, h); _thread.interrupt_main(); print(got[-1]); tr(lambda: _thread.interrupt_main(99)); signal.signal(signal.SIGINT, signal.SIG_IGN); _thread.interrupt_main(); print(len(got))
print(sorted(n for n in dir(_signal) if n[0] != '_'))
signal.signal(signal.SIGINT, signal.default_int_handler)
os.kill(os.getpid(), signal.SIGINT)
time.sleep(3)

for number in 1 << 1000, -(1 << 1000), 1 << 32, 0, 65, "x":
    for call in signal.pthread_sigmask, signal.sigwait:
        try:
            call(*([signal.SIG_BLOCK] if call is signal.pthread_sigmask else []), [number])
        except (ValueError, TypeError) as error:
            print(error)
