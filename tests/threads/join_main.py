# SPDX-License-Identifier: MIT
# Threads that wait for the main thread to end.
import sys
import threading
import time

done = threading.Lock()
told = []


def wait(main):
    main.join()
    with done:
        told.append(main.is_alive())
        if len(told) == 4:
            print("end of threads", told)
            sys.stdout.flush()


for _ in range(4):
    threading.Thread(target=wait, args=(threading.main_thread(),)).start()
time.sleep(0.1)
print("end of main")
