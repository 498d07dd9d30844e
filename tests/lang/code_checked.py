# SPDX-License-Identifier: MIT
"""Code objects made by hand: what would break the machine is refused; what is only strange runs."""
import marshal
import opcode

op = opcode.opmap


def template(a, b=2):
    return a


def attempt(what, *units, **changes):
    code = bytes(x for unit in units for x in (op[unit[0]] if isinstance(unit, tuple) else op[unit], unit[1] if isinstance(unit, tuple) else 0))
    try:
        made = template.__code__.replace(co_code=code or template.__code__.co_code, **changes)
    except ValueError as e:
        print(what, "->", e)
        return
    function = type(template)(made, {})
    try:
        print(what, "=", function(1, 3))
    except Exception as e:
        print(what, "raises", type(e).__name__, e)


attempt("empty stack", "RETURN_VALUE")
attempt("pop of nothing", "RESUME", "POP_TOP", ("LOAD_CONST", 0), "RETURN_VALUE")
attempt("off the end", "RESUME", ("LOAD_CONST", 0))
attempt("left behind", ("LOAD_FAST", 0), ("LOAD_FAST", 1), "RETURN_VALUE")
attempt("jump away", ("JUMP_FORWARD", 9), ("LOAD_CONST", 0), "RETURN_VALUE")
attempt("two depths", ("LOAD_FAST", 0), ("POP_JUMP_FORWARD_IF_FALSE", 1), ("LOAD_FAST", 0), ("LOAD_FAST", 0), "RETURN_VALUE")
attempt("null", "PUSH_NULL", "RETURN_VALUE")
attempt("null called", "PUSH_NULL", ("LOAD_FAST", 0), ("PRECALL", 0), "CACHE", ("CALL", 0), "CACHE", "CACHE", "CACHE", "CACHE", "RETURN_VALUE")
CALL = ("PRECALL", 0), "CACHE", ("CALL", 0), "CACHE", "CACHE", "CACHE", "CACHE", "RETURN_VALUE"
attempt("names that are none", "PUSH_NULL", ("LOAD_FAST", 0), ("KW_NAMES", 0), *CALL)
attempt("names out of range", "PUSH_NULL", ("LOAD_FAST", 0), ("KW_NAMES", 200), *CALL)
attempt("names jumped over", "PUSH_NULL", ("LOAD_FAST", 0), ("JUMP_FORWARD", 1), ("KW_NAMES", 0), *CALL)
attempt("append to int", ("LOAD_FAST", 0), ("LOAD_FAST", 1), ("LIST_APPEND", 1), "RETURN_VALUE")
attempt("append to list", ("BUILD_LIST", 0), ("LOAD_FAST", 1), ("LIST_APPEND", 1), "RETURN_VALUE")
attempt("no cell", ("LOAD_DEREF", 0), "RETURN_VALUE")
attempt("yield in a function", ("LOAD_FAST", 0), "YIELD_VALUE", "RETURN_VALUE")
attempt("no exception", ("LOAD_FAST", 0), ("RERAISE", 0))
attempt("function of an int", ("LOAD_FAST", 0), ("MAKE_FUNCTION", 0), "RETURN_VALUE")
attempt("unknown opcode", ("LOAD_FAST", 0), ("CACHE", 0), "RETURN_VALUE")
attempt("small stack", ("LOAD_FAST", 0), ("LOAD_FAST", 1), ("BUILD_TUPLE", 2), "RETURN_VALUE", co_stacksize=1)
attempt("handler nowhere", co_exceptiontable=b"\x80\x01\x3f\x00")
attempt("handler too deep", ("LOAD_FAST", 0), "RETURN_VALUE", co_exceptiontable=b"\x80\x02\x01\x0a")

data = bytearray(marshal.dumps(template.__code__))
at = data.index(bytes([op["LOAD_FAST"], 0]))
data[at] = op["POP_TOP"]
try:
    marshal.loads(bytes(data))
except ValueError as e:
    print("marshal ->", e)
