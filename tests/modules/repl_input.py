# SPDX-License-Identifier: MIT
"""The prompt on a pipe (-i): prompts, blocks, errors where they are noticed, __future__ imports that stay, ends of input."""
import subprocess
import sys

inputs = [
    "x = 1\nx\n# comment\nif x:\n  # inside\n  print(2)\n\nif x: print(3)\n\n",
    "def f():\n  return 1\n   \n  y\n\nf()\n",
    "'''a\n\nb'''\n(1,\n\n2)\n@foo\ndef g(): pass\n\n",
    "x = = 2\nif 1:\n  y = = 2\n\nclass A: pass\nA\nA\n",
    "import sys\nsys.ps1='p> '\nsys.ps2=3\nif 1:\n  4\n\n_\n",
    "from __future__ import annotations\ndef f(a: nope): ...\n\nf.__annotations__\n",
    "if 1:\n",
    "1/0\nraise SystemExit(7)\n3\n",
    "for i in 1,2:\n  i\n\nelse\n",
]
for text in inputs:
    done = subprocess.run([sys.executable, "-i", "-q", "-I"], input=text, capture_output=True, text=True)
    print(repr(text))
    print(done.stdout, done.stderr, done.returncode, sep="\n")
