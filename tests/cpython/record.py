# SPDX-License-Identifier: MIT
"""Run CPython's own test driver, as `-m test` does, and write what becomes of each case to a file as it happens.

    INTERPRETER record.py RECORD [options and modules of `-m test`]

One JSON array a line: ["start", case], then ["ok" | "fail" | "error" | "skip" | "xfail" | "xpass", case, text]. A case that
started and has no second line took the interpreter down with it.
"""
import json
import os
import sys


def record_into(path):
    from test.support import testresult

    class Recorder:
        """Mixed in before the driver's own result class."""
        file = open(path, "a", encoding="utf-8")

        @classmethod
        def write(cls, kind, test, text=""):
            name = test.id() if hasattr(test, "id") else str(test)
            cls.file.write(json.dumps([kind, name, text[-1500:]]) + "\n")
            cls.file.flush()

        def startTest(self, test):
            self.write("start", test)
            super().startTest(test)

        def addSuccess(self, test):
            super().addSuccess(test)
            self.write("ok", test)

        def addError(self, test, err):
            super().addError(test, err)
            self.write("error", test, self.errors[-1][1])

        def addFailure(self, test, err):
            super().addFailure(test, err)
            self.write("fail", test, self.failures[-1][1])

        def addSubTest(self, test, subtest, err):
            super().addSubTest(test, subtest, err)
            if err is not None:
                problems = self.failures if issubclass(err[0], test.failureException) else self.errors
                self.write("fail", test, problems[-1][1])

        def addSkip(self, test, reason):
            super().addSkip(test, reason)
            # A subtest that is skipped says so in the name of its case.
            self.write("skip", getattr(test, "test_case", test), reason)

        def addExpectedFailure(self, test, err):
            super().addExpectedFailure(test, err)
            self.write("xfail", test)

        def addUnexpectedSuccess(self, test):
            super().addUnexpectedSuccess(test)
            self.write("xpass", test)

    plain = testresult.RegressionTestResult
    testresult.RegressionTestResult = type("RegressionTestResult", (Recorder, plain), {"__module__": plain.__module__})


if __name__ == "__main__":
    import runpy
    record = os.path.abspath(sys.argv[1])
    sys.argv[1:2] = []
    sys.path[0:1] = [""]
    record_into(record)
    runpy.run_module("test", run_name="__main__", alter_sys=True)
