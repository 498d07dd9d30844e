# SPDX-License-Identifier: MIT
"""sys: the facts programs rely on."""
import sys
print(sys.version_info[:2], sys.version_info.major, sys.version_info >= (3, 8), sys.hexversion >> 16 == 0x030b, sys.byteorder, sys.maxsize, sys.maxunicode, sys.platform, sys.api_version, sys.float_info.max, sys.float_info.dig, sys.int_info.bits_per_digit > 0, sys.hash_info.modulus, sys.hash_info.width, sys.hash_info.inf, len(sys.version.split()) > 3, sys.copyright != "")
print(sys.getrecursionlimit(), sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.stdout.encoding, sys.stdin.name, sys.stdout.name, sys.stderr.name, sys.stdout.fileno(), sys.stdout.isatty(), sys.flags.optimize, sys.flags.utf8_mode, type(sys.flags).__name__)
print(sys.argv[1:], sys.path[0] != "", isinstance(sys.path, list), sys.modules["sys"] is sys, "builtins" in sys.modules, "math" in sys.stdlib_module_names, len(sys.stdlib_module_names) > 250, sys.builtin_module_names.count("sys"), sys.executable != "", sys.prefix == sys.base_prefix, sys.warnoptions, sys.meta_path != [], sys.path_hooks != [])
print(sys.intern("abc") is sys.intern("ab" + "c"), sys.getsizeof([]) > 0, sys.getrefcount(object()) >= 1, sys.exc_info(), sys.displayhook(5), sys.displayhook(None), sys.is_finalizing(), sys.getswitchinterval(), sys.call_tracing(lambda x: x, (5,)), sys.thread_info.name, sys.getallocatedblocks() >= 0, sys.get_asyncgen_hooks(), sys.get_coroutine_origin_tracking_depth(), sys.orig_argv[-1].endswith("mod_sys.py"), sys.platlibdir, sys.float_repr_style)
for seconds in 1e-5, 0.003, 2e-7, 1.5, 0.005:
    sys.setswitchinterval(seconds)
    print(sys.getswitchinterval())
for bad in (lambda: sys.intern(5), lambda: sys.setrecursionlimit(), lambda: sys.exit.nope, lambda: sys.getsizeof(), lambda: sys.setswitchinterval(-1), lambda: sys._getframe("x"), lambda: sys.intern(type("S", (str,), {})("x"))):
    try:
        bad()
    except (TypeError, AttributeError, ValueError) as e:
        print(type(e).__name__, e)
print(sys.implementation.version[:2], sys.implementation.cache_tag.endswith("311"), hasattr(sys, "ps1"), sys.audit("event", 1), sys.addaudithook.__name__, sys.unraisablehook is sys.__unraisablehook__, sys.excepthook is sys.__excepthook__, sys.stdout is sys.__stdout__, sys.breakpointhook is sys.__breakpointhook__)
old = sys.stdout
import io
sys.stdout = io.StringIO(); print("caught"); text = sys.stdout.getvalue(); sys.stdout = old
print(repr(text), sys.stdout.write("direct\n"), sys.stdout.flush(), sys.stdout.writelines(["a", "b\n"]))
