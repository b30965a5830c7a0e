"""Laws of training curves with their published or fitted constants: what a synthesised curve is made of.

    chinchilla    the loss at the end of a run, from size and tokens
    published     its constants, six sets
    schedules     the learning rate over the steps of a run
    annealing     the whole curve under a schedule, four constants
    multipower    the same, seven constants
    noise         what separates two runs, two points and two steps
    failures      what goes wrong
    datasets      trained on one set, judged on another
    throughput    tokens per second and hours

"computed" in the docstrings means: from public logs, by this project.
"""
