# SPDX-License-Identifier: MIT
"""readline without a terminal: history, its files, hooks and delimiters. (What differs between libedit and GNU readline is left out.)"""
import os
import readline
import tempfile

readline.clear_history()
for line in "one", "two", "two", "dr\u00e9i":
    readline.add_history(line)
print(readline.get_current_history_length(), [readline.get_history_item(i) for i in range(6)])
readline.replace_history_item(1, "zwei")
readline.remove_history_item(0)
print([readline.get_history_item(i) for i in range(1, 4)])
for call in (lambda: readline.remove_history_item(9), lambda: readline.remove_history_item(-1), lambda: readline.replace_history_item(9, "x"),
             lambda: readline.set_completer(5), lambda: readline.read_history_file("/nonexistent/file")):
    try:
        print(call())
    except (ValueError, TypeError, OSError) as e:
        print(type(e).__name__, e if not isinstance(e, OSError) else e.errno)
with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "history")
    readline.write_history_file(name)
    readline.clear_history()
    print(readline.get_current_history_length())
    readline.read_history_file(name)
    print([readline.get_history_item(i) for i in range(1, 4)])
print(readline.get_history_length())
readline.set_history_length(100)
print(readline.get_history_length())


def complete(text, state):
    return None


readline.set_completer(complete)
print(readline.get_completer() is complete)
readline.set_completer(None)
print(readline.get_completer())
readline.set_completer_delims(" \t;")
print(repr(readline.get_completer_delims()))
readline.set_startup_hook(lambda: 0)
readline.set_pre_input_hook(None)
readline.set_auto_history(False)
print(readline.get_begidx(), readline.get_endidx(), readline.get_completion_type())
