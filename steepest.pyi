"""The types of `steepest.py`; the wheel has this as a package of stubs, for a module alone cannot say it is typed."""

from experiments.api.functions import open as open
from experiments.api.functions import policies as policies
from experiments.api.functions import replay as replay
from experiments.api.functions import run as run
from experiments.api.functions import tune as tune
from experiments.api.functions import verify as verify
from experiments.api.result import Result as Result
from experiments.api.study import Study as Study
from policies import Decay as Decay
from policies import InputError as InputError
from policies import Parameter as Parameter
from policies import Policy as Policy
from policies import blocks as blocks
from policies import end_epsilon as end_epsilon
from policies import start_epsilon as start_epsilon

__all__: list[str]
__version__: str
