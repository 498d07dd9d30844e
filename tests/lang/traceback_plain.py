# SPDX-License-Identifier: MIT
# oracle: stderr
"""An uncaught exception through several frames, with the caret ranges and repeated frames."""
import sys


def deep(n, table):
    if n == 0:
        return table["missing"]["key"] + 1
    return deep(n - 1, table)


class Holder:
    def method(self, values):
        return [self.convert(v) for v in values]

    def convert(self, v):
        return (lambda x: 10 // x +
                deep(6, {"missing": {"key": "text"}}))(v)


print("before")
sys.stdout.flush()
Holder().method([1, 2])
print("never")
