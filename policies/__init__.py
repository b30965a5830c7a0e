"""What competes: policies that say how large an earlier model's advantage is at a given age.

`names()` lists them, `find(name)` gives a class, `build(spec)` a policy from its YAML form. Importing this
package imports no policy.
"""

from policies.base import Policy
from policies.errors import InputError, PolicyError, nearest
from policies.panel import Panel
from policies.parameter import Parameter
from policies.shelf import build, find, names

__all__ = ["InputError", "Panel", "Parameter", "Policy", "PolicyError", "build", "find", "names", "nearest"]
