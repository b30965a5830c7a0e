"""Compiling plain functions: the engine's loops, and the methods of policies, rewards and strategies."""

from sim.compiler.loops import Direct, allocating, compiled, inlined, inner

__all__ = ["Direct", "allocating", "compiled", "inlined", "inner"]
