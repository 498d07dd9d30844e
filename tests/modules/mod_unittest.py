# SPDX-License-Identifier: MIT
"""unittest: results, fixtures, skips, subtests, mocks, doctest."""
import doctest, io, sys, unittest
from unittest import mock
log = []
class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls): log.append("class up")
    def setUp(self): log.append("up"); self.addCleanup(log.append, "cleanup")
    def tearDown(self): log.append("down")
    def test_pass(self): self.assertEqual(1, 1); self.assertIn(1, [1]); self.assertAlmostEqual(0.1 + 0.2, 0.3); self.assertIsNone(None); self.assertRaises(ValueError, int, "x"); self.assertCountEqual([1, 2], [2, 1]); self.assertRegex("abc", "b"); self.assertGreater(2, 1); self.assertIsInstance(1, int)
    def test_fail(self): self.assertEqual([1, 2, 3], [1, 2, 4], "the message")
    def test_fail_dict(self): self.assertDictEqual({"a": 1}, {"a": 2})
    def test_fail_text(self): self.assertMultiLineEqual("a\nb\n", "a\nc\n")
    def test_error(self): raise KeyError("oops")
    @unittest.skip("not now")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.fail("yes")
    @unittest.expectedFailure
    def test_unexpected(self): pass
    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(i, 1)
    def test_raises(self):
        with self.assertRaises(ZeroDivisionError) as c: 1 / 0
        self.assertIn("division", str(c.exception))
        with self.assertRaisesRegex(ValueError, "invalid literal"): int("q")
        with self.assertWarns(UserWarning): __import__("warnings").warn("w")
        with self.assertLogs("x", "INFO") as lg: __import__("logging").getLogger("x").info("logged")
        self.assertEqual(lg.output, ["INFO:x:logged"])
class A(unittest.IsolatedAsyncioTestCase):
    async def test_async(self): self.assertEqual(await self.value(), 5)
    async def value(self): return 5
stream = io.StringIO()
suite = unittest.TestSuite([unittest.defaultTestLoader.loadTestsFromTestCase(c) for c in (T, A)])
r = unittest.TextTestRunner(stream, verbosity=2).run(suite)
text = stream.getvalue().replace(__file__, "FILE")
print("\n".join(l for l in text.split("\n") if not l.startswith("Ran ")), r, r.testsRun, len(r.failures), len(r.errors), len(r.skipped), len(r.expectedFailures), len(r.unexpectedSuccesses), r.wasSuccessful(), log[:5], log.count("cleanup"))
m = mock.Mock(return_value=5, side_effect=None, name="m")
print(m(1, k=2), m.called, m.call_args, m.call_count, m.foo.bar(3) is m.foo.bar(), m.mock_calls, m.assert_called_once_with(1, k=2), mock.MagicMock().__len__(), mock.sentinel.x, mock.ANY == 5)
try:
    m.assert_called_with(9)
except AssertionError as e:
    print(e)
with mock.patch("sys.maxsize", 7), mock.patch.object(T, "setUp", lambda s: 1), mock.patch.dict("os.environ", {"Q": "1"}):
    print(sys.maxsize, __import__("os").environ["Q"])
s = mock.Mock(side_effect=[1, ValueError("x")]); print(s())
try: s()
except ValueError as e: print(e)
spec = mock.create_autospec(T); print(isinstance(spec, type) or True, mock.Mock(spec=["a"]).a is not None)
try: mock.Mock(spec=["a"]).b
except AttributeError as e: print(e)
def doc(x):
    """
    >>> doc(2)
    4
    >>> doc("x")
    Traceback (most recent call last):
    TypeError: can't multiply sequence by non-int of type 'str'
    >>> doc(3)
    10
    """
    return x * x
out = io.StringIO(); runner = doctest.DocTestRunner(verbose=False)
for t in doctest.DocTestFinder().find(doc, "doc", globs={"doc": doc}): print(runner.run(t, out=out.write))
print(out.getvalue().replace(__file__, "FILE"))
