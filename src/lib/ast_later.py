# SPDX-License-Identifier: MIT
"""ast.unparse() of what the 3.11 library has never heard of: `type` statements and type parameters (PEP 695, 696).

Runs once, when the first such node becomes an object (front/ast_object.c).
"""
from ast import _Unparser, unparse
from copy import copy


def brackets(node):
    return f"[{', '.join(map(unparse, node.type_params))}]" if node.type_params else ""


def write_parameter(prefix):
    def visit(self, node):
        self.write(prefix, node.name)
        if bound := getattr(node, "bound", None):
            self.write(": ")
            self.traverse(bound)
        if node.default_value:
            self.write(" = ")
            self.traverse(node.default_value)
    return visit


def visit_TypeAlias(self, node):
    self.fill("type ")
    self.traverse(node.name)
    self.write(brackets(node), " = ")
    self.traverse(node.value)


def with_parameters(visit):
    """The library writes the name and what follows it: it is shown a node whose name ends in the parameters."""
    def visit_definition(self, node):
        if getattr(node, "type_params", None):
            name, node = node.name + brackets(node), copy(node)
            node.name = name
        visit(self, node)
    return visit_definition


_Unparser.visit_TypeAlias = visit_TypeAlias
for kind, prefix in ("TypeVar", ""), ("ParamSpec", "**"), ("TypeVarTuple", "*"):
    setattr(_Unparser, "visit_" + kind, write_parameter(prefix))
for kind in "FunctionDef", "AsyncFunctionDef", "ClassDef":
    setattr(_Unparser, "visit_" + kind, with_parameters(getattr(_Unparser, "visit_" + kind)))
