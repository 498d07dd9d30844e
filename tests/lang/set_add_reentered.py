# SPDX-License-Identifier: MIT
# A key is added whose comparison adds another one, into the cell that was found free for the first.
class Key:
    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return 0

    def __repr__(self):
        return self.name

    def __eq__(self, other):
        global armed
        if armed:
            armed = False
            keys.add(0)
        return False


armed = False
gone, there, added = Key('gone'), Key('there'), Key('added')
keys = {gone, there}
keys.discard(gone)
armed = True
keys.add(added)
print(sorted(map(repr, keys)), len(keys), 0 in keys)
