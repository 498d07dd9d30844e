# SPDX-License-Identifier: MIT
"""argparse (with gettext, textwrap, shutil behind it), getopt, optparse, shlex."""
import argparse, contextlib, getopt, io, shlex, sys, textwrap
p = argparse.ArgumentParser(prog="prog", description="A program that does things with files and numbers.", epilog="The end.")
p.add_argument("files", nargs="+", help="input files")
p.add_argument("-n", "--number", type=int, default=3, metavar="N", help="a number (default: %(default)s)")
p.add_argument("-v", "--verbose", action="count", default=0)
p.add_argument("--flag", action="store_true"); p.add_argument("--no-thing", dest="thing", action="store_false"); p.add_argument("--const", action="store_const", const=42)
p.add_argument("--choice", choices=["a", "b"]); p.add_argument("--list", nargs="*", type=float); p.add_argument("--opt", nargs="?", const="C", default="D"); p.add_argument("--app", action="append"); p.add_argument("--bool", action=argparse.BooleanOptionalAction); p.add_argument("--version", action="version", version="%(prog)s 1.0")
g = p.add_mutually_exclusive_group(); g.add_argument("--x", action="store_true"); g.add_argument("--y", action="store_true")
def run(parser, args):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try: r = parser.parse_args(args)
        except SystemExit as e: r = f"exit {e.code}"
    print(args, "->", r, repr(out.getvalue()), repr(err.getvalue()))
for a in (["f"], ["f", "g", "-n", "5", "-vvv"], ["f", "--number=7", "--flag", "--no-thing", "--const"], ["f", "--choice", "a", "--list", "1", "2.5"], ["--list", "--", "f"], ["f", "--opt"], ["f", "--opt", "v", "--app", "1", "--app", "2", "--no-bool"], ["f", "-n5", "--ver"], [], ["f", "-n", "x"], ["f", "--choice", "z"], ["f", "--x", "--y"], ["f", "--unknown"], ["f", "--numb", "9"], ["-h"], ["f", "--n"]):
    run(p, a)
print(p.format_help(), p.format_usage(), p.parse_known_args(["f", "--zzz", "1"]))
s = argparse.ArgumentParser("git"); sub = s.add_subparsers(dest="cmd", required=True, title="commands"); a = sub.add_parser("add", help="add it", aliases=["a"]); a.add_argument("path", type=str.upper); a.set_defaults(func=len); c = sub.add_parser("commit"); c.add_argument("-m", required=True)
for x in (["add", "p"], ["a", "q"], ["commit", "-m", "msg"], ["commit"], [], ["nope"], ["add", "-h"]):
    run(s, x)
class Act(argparse.Action):
    def __call__(self, parser, ns, values, option_string=None): setattr(ns, self.dest, f"<{values}>")
q = argparse.ArgumentParser("q", add_help=False, formatter_class=argparse.ArgumentDefaultsHelpFormatter, fromfile_prefix_chars="@", argument_default=argparse.SUPPRESS); q.add_argument("--c", action=Act, help="custom"); q.add_argument("--num", default=4, type=lambda s: int(s, 0), help="hex ok")
grp = q.add_argument_group("group", "in a group"); grp.add_argument("pos", nargs="?", default="dflt")
run(q, ["--c", "v", "--num", "0x10"]); run(q, []); print(q.format_help())
print(getopt.getopt(["-a", "-b", "val", "--long", "--with=x", "rest"], "ab:", ["long", "with="]), shlex.split("a 'b c' \"d\\\"e\" f\\ g # no", comments=True), shlex.quote("it's"), shlex.join(["a b", "c"]))
try:
    getopt.getopt(["-z"], "a")
except getopt.GetoptError as e:
    print(e)
text = "  The quick brown fox jumps over the lazy dog. " * 3 + "\n\nNew   paragraph with a-hyphenated-word and averyveryverylongwordindeed."
print(textwrap.fill(text, 30), textwrap.wrap(text, 25)[:3], textwrap.dedent("    a\n      b\n    c\n"), textwrap.indent("a\n\nb", "> "), textwrap.shorten(text, 40), textwrap.fill("a b c", 3, initial_indent="* ", subsequent_indent="  "), textwrap.wrap("x" * 20, 7), textwrap.wrap("a-b-c d", 3, break_on_hyphens=False), textwrap.TextWrapper(width=20, max_lines=2, placeholder=" [...]").fill(text))
