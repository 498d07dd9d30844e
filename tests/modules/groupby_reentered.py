# SPDX-License-Identifier: MIT
# groupby: comparing keys moves on to the next group and takes its item, so that the outer step finds none.
import itertools


class Key:
    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        global armed
        if armed:
            armed = False
            print('inner', next(next(groups)[1]))
        return False


armed = False
groups = itertools.groupby(range(10), Key)
next(groups)
armed = True
key, group = next(groups)
print(type(key), key.number)
print([key.number for key, group in groups])
