# What a program leaves in sys goes when the streams have gone: its finalizers run, but nobody sees what they print or raise.
import os
import sys


class Left:
    write = os.write

    def __del__(self):
        self.write(1, b"finalized\n")
        print("not seen")
        raise ValueError("not seen either")


sys.left = Left()
print("end", flush=True)
