# SPDX-License-Identifier: MIT
# A raw stream whose readinto() sets up its buffered stream anew, or takes itself away from it.
import io


class Raw(io.RawIOBase):
    def readable(self):
        return True

    def readinto(self, buffer):
        try:
            stream.__init__(io.BytesIO(), 16)
        except RuntimeError as error:
            print(str(error)[:16])
        rest = [bytearray(8192) for _ in range(20)]
        buffer[:] = b'z' * len(buffer)
        return len(buffer)


class Leaves(Raw):
    def readinto(self, buffer):
        stream.detach()
        buffer[:2] = b'ab'
        return 2


stream = io.BufferedReader(Raw(), 8192)
try:
    print(stream.read(10))
except ValueError as error:
    print(error)
stream = io.BufferedReader(Leaves())
print(stream.read1(5))
