# What the main thread keeps in a threading.local is finalized at the end, also when other threads have used the object.
import threading


class Noted:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print(f"{self.name} dies")


local = threading.local()
local.value = Noted("of the main thread")


def other():
    local.value = Noted("of another")


thread = threading.Thread(target=other)
thread.start()
thread.join()
print("end")
