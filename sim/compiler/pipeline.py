"""How numba compiles for us: in fewer steps, and with the operators of Python where its own differ in a last bit."""

import operator
from typing import Any

from llvmlite import ir as llvm
from numba import _dynfunc, types
from numba.core import ir
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.errors import TypingError
from numba.core.typed_passes import NopythonTypeInference

from sim.compiler.maths import power, product
from sim.compiler.pointers import FAILED


class _Part(JITCodeLibrary):  # type: ignore[misc]
    """The code of a function that only compiled ones call: it is linked into theirs, and optimised there."""

    def _optimize_final_module(self) -> None:
        """What is optimised here is optimised once more in every caller, and in theirs."""

    def _finalize_final_module(self) -> None:
        """Nobody asks for its address, so no machine code is made of it."""
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """It has no address."""
        return 0


class PartCompiler(Compiler):  # type: ignore[misc]
    """Compiles a function that only compiled ones call: half the time, the same code in the end."""

    def define_pipelines(self) -> Any:
        """As ever, into a library of ours."""
        target = self.state.targetctx
        self.state.library = _Part(target.codegen(), self.state.func_id.func_qualname)
        target.get_executable = _without_address
        return super().define_pipelines()


def _without_address(library: Any, described: Any, environment: Any) -> Any:
    return _dynfunc.make_function(described.lookup_module(), described.qualname, "", 0, environment, (library,))


@register_pass(mutates_CFG=False, analysis_only=False)
class _Operators(FunctionPass):  # type: ignore[misc]
    """`**` is the C library's `pow`, as in Python, and a product of whole numbers that is too large is an error."""

    _name = "steepest_operators"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Replace the operators."""
        for block in state.func_ir.blocks.values():
            for expression in (*block.find_exprs(op="binop"), *block.find_exprs(op="inplace_binop")):
                operands = state.calltypes[expression].args
                whole = all(isinstance(each, types.Integer) for each in operands)
                name = "immutable_fn" if expression.op == "inplace_binop" else "fn"
                if getattr(expression, name) is operator.pow:
                    if whole or not all(isinstance(each, types.Number) for each in operands):
                        raise TypingError("** of whole numbers or arrays cannot be compiled", expression.loc)
                    self._replace(state, expression, power)
                elif getattr(expression, name) is operator.mul and whole:
                    self._replace(state, expression, product)
        return False

    def _replace(self, state: Any, expression: ir.Expr, function: Any) -> None:
        operands = state.calltypes.pop(expression).args
        state.calltypes[expression] = state.typingctx.resolve_function_type(function, operands, {})
        expression.fn = function
        if expression.op == "inplace_binop":
            expression.immutable_fn = function
        expression.static_lhs = expression.static_rhs = ir.UNDEFINED


class MethodCompiler(PartCompiler):
    """The same for what users write."""

    def define_pipelines(self) -> Any:
        """One step more."""
        pipelines = super().define_pipelines()
        pipelines[0].add_pass_after(_Operators, NopythonTypeInference)
        pipelines[0].finalize()
        return pipelines


class EntryCompiler(Compiler):  # type: ignore[misc]
    """Compiles a function that is called through its address: where it raises, it gives what `FAILED` says."""

    def define_pipelines(self) -> Any:
        """As ever, with a way in of our own: numba's prints what was raised, and gives anything."""
        target = self.state.targetctx
        target.create_cfunc_wrapper = lambda *given: _wrap(target, *given)
        return super().define_pipelines()


def _wrap(target: Any, library: Any, described: Any, _: Any, __: Any) -> None:
    module = target.create_module("way_in")
    inside = llvm.Function(
        module, target.call_conv.get_function_type(described.restype, described.argtypes), described.llvm_func_name
    )
    result = target.get_value_type(described.restype)
    kind = llvm.FunctionType(result, [target.get_value_type(each) for each in described.argtypes])
    outside = llvm.Function(module, kind, described.llvm_cfunc_wrapper_name)
    builder = llvm.IRBuilder(outside.append_basic_block("entry"))
    status, out = target.call_conv.call_function(builder, inside, described.restype, described.argtypes, outside.args)
    builder.ret(builder.select(status.is_error, llvm.Constant(result, FAILED[described.restype]), out))
    library.add_ir_module(module)
