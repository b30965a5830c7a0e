"""What miners do at a look: train, measure, decide, commit, and begin again from the king's model.

The functions below share their arguments. A look has the place `k` in the `agenda`; its miner is `m`, `c` a column and
`w` that column's world. `loss` and `score` are the true losses of the miner's private model: by the law of its
progress, and on the mixture that is judged now (`data_weights`). `terms` are numbers of the scenario, `validator` is
the first one, `lanes` are records of `COLUMN`, and `sums` is what the record keeps of a column.
"""

from math import erfc, exp, isnan, log, sqrt
from typing import Any

import numpy as np

from policies.numbers import normal_quantile
from sim import alarm
from sim.alarm import warn
from sim.clock import BLOCKS_PER_DAY
from sim.compiler import compiled, inlined, inner
from sim.compiler.methods import compilable
from sim.compiler.pointers import call_decide, call_one, call_two, prefetch
from sim.data.exposure import judged, train_on
from sim.miners.looks import Agenda
from sim.miners.miners import People
from sim.miners.moves import coming_mixture, decide_move
from sim.miners.population import LIMITS
from sim.miners.respond import choose_course, choose_effort, choose_option, fade, keep_books, reached, stays
from sim.miners.sight import King, Terms, fill_view, king_of
from sim.models import BITS, Models, copy
from sim.record import SOMETHING, note_published
from sim.validators.validator import Validator
from sim.vault import Vault, is_public

AHEAD = 6
"""Looks between the prefetch of a miner's record and its use."""

_quantile = inner(compilable(normal_quantile))


@inlined
def train(
    people: People, agenda: Agenda, k: int, c: int, w: int, now: int, every: float, lost: float
) -> tuple[float, float, float]:  # fmt: skip
    """Let a miner train until its look: position, money spent and training mix.

    `lost` are the blocks of training that crowns have cost everybody so far. Returns GPU days, work, and days of
    training at effort 1.
    """
    m, migration, responses = agenda.miner[k], people.migration, people.responses
    mine = people.miners[c, m]
    person = people.persons[w, m, mine.course]
    training, moved, target = mine.training, False, 0
    sets = people.training_mix.shape[2]
    if sets > 0:  # a miner that moves fetches and tunes for its new data instead of training
        target = migration.start[w, m]
        for switch in range(len(migration.targets)):
            move = people.moved[switch, c, m] if migration.respond else migration.moves[switch, w, m]
            if move <= now:
                target = migration.targets[switch]
                training = training and not move > now - migration.pause
                moved = moved or move > now - every
    gpu_days, work, bought = 0.0, 0.0, 0.0
    if training:
        days, work = agenda.days[k], agenda.work[k, w, mine.course]
        bought = days
        if responses.on:  # what is lost is paid for too
            book, ideas, course = responses.books[c, m], agenda.ideas, mine.course
            bought = days * book.effort
            useful = book.effort
            if lost > book.lost:
                useful *= max(1.0 - (lost - book.lost) / BLOCKS_PER_DAY / max(days, 1e-300), 0.0)
            days *= useful
            begin, end = ideas.begin[k, w, course], ideas.end[k, w, course]
            work = reached(begin, end, work, ideas.gain, ideas.mark, useful, responses.rules[0].most)
        mine.position = call_two(person.advance, person.course, mine.position, work)
        mine.spent += person.usd * bought
        gpu_days = person.gpus * bought
        if sets > 0:
            train_on(people.training_mix[c, m], target, person.tokens * days, migration.memory)
    if moved and mine.active:
        mine.spent += migration.usd
    return gpu_days, work, bought


@inner
def best_of(single: float, runs: float) -> float:
    """The largest of so many standard normal numbers, at the quantile at which a single one lies."""
    if not runs > 1.0:
        return single
    below = log(0.5 * erfc(-single / sqrt(2.0))) / runs
    above = 1.0 - exp(below) if below < -0.5 else -np.expm1(below)
    return float(-_quantile(above) if above < 0.5 else _quantile(exp(below)))


@inner
def commit(
    people: People, agenda: Agenda, k: int, c: int, w: int, loss: float, score: float, king: King, terms: Terms,
    validator: Validator, account: Any,
) -> tuple[bool, float]:  # fmt: skip
    """Commit what was decided, unless the runs bought for it miss `least`; whether it did, and the GPU days of them."""
    m, decision, view = agenda.miner[k], people.decision[0], people.seen[0]
    mine, models, place = people.miners[c, m], validator.models, king.place
    person = people.persons[w, m, mine.course]
    theirs, copies = models.facts[c, place], decision.copy and king.miner >= 0
    rough, gpu_days = decision.perturbation, 0.0
    single = terms.seed_sd * agenda.luck[k, w]
    luck = single
    if decision.runs > 1.0:
        days = (decision.runs - 1.0) * terms.wake_blocks / BLOCKS_PER_DAY
        mine.spent += days * person.usd
        gpu_days = days * person.gpus
        luck = terms.seed_sd * best_of(agenda.luck[k, w], decision.runs)
    if not (view.gain + luck - single >= decision.least or copies):
        return False, gpu_days
    if copies:
        spoiled = exp(0.5 * terms.copy_penalty * (rough * rough))
        result, trunk = theirs.loss * spoiled, theirs.base * spoiled
    else:
        extra = score - loss
        best = loss * exp(-luck) + extra  # a seed's luck is of the law's loss, the penalty of the data is not
        shown = best
        if king.miner >= 0:
            target = king.score * exp(-decision.offer)
            shown = target if target > best else best
        result = shown - extra
        trunk = result * exp(luck)  # what is trained on from here does not inherit the luck
    model = people.committed.facts[c, m]
    model.block, model.loss, model.base = agenda.block[k], result, trunk
    model.family = theirs.family if copies else mine.family
    model.twin = theirs.twin if copies else m
    model.rough = terms.copy_noise * rough * result / max(terms.own, 1e-300) if copies else 0.0
    model.copied = copies
    model.option = choose_option(account.options, c, people.responses.rules[0], agenda.option[k, w])
    copy(people.committed.line[c, m], models.line[c, place] if copies else people.line[c, m])
    people.committed.line[c, m, m // BITS] |= 1 << (m % BITS)
    copy(people.committed.training_mix[c, m], models.training_mix[c, place] if copies else people.training_mix[c, m])
    mine.pending, mine.live_block = True, agenda.block[k]
    mine.submissions += 1
    mine.since = min(mine.since, agenda.block[k])
    note_published(account, c, m, agenda.block[k], people.committed)
    return True, gpu_days


@inner
def adopt(
    people: People, c: int, w: int, m: int, models: Models, place: int, score: float, data_weights: np.ndarray,
    block: float, pay: float, draw: float,
) -> None:  # fmt: skip
    """Begin again from the public model in a place, where that, once warmed up, is better than the miner's own.

    With a menu it may begin again on another course.
    """
    mine, responses, theirs = people.miners[c, m], people.responses, models.facts[c, place]
    course = mine.course
    if responses.head_days.shape[1] > 0:
        mean, heads, paid = pay / people.miners.shape[1], responses.head_days[c], responses.head_pay[c]
        course = choose_course(heads, paid, responses.rules[0], mean, draw, responses.odds)
    person = people.persons[w, m, course]
    position = call_two(person.resume, person.course, theirs.base, person.rate)
    warmed = call_one(person.loss, person.course, position)
    better = judged(warmed, models.training_mix[c, place], data_weights) < score
    if people.migration.respond:  # a miner that moved early keeps its model over one that it would have to leave
        phase = coming_mixture(people.migration, people.moved, c, m, block)
        if phase >= 0:
            weights = people.migration.mixtures[phase]
            before = people.persons[w, m, mine.course]
            own = judged(call_one(before.loss, before.course, mine.position), people.training_mix[c, m], weights)
            better = judged(warmed, models.training_mix[c, place], weights) < own
    if better:
        mine.position, mine.family, mine.course = position, theirs.family, course
        copy(people.line[c, m], models.line[c, place])
        copy(people.training_mix[c, m], models.training_mix[c, place])


@inlined
def begin_again(
    people: People, agenda: Agenda, k: int, c: int, w: int, score: float, king: King, terms: Terms,
    validator: Validator, vault: Vault, data_weights: np.ndarray, lanes: np.ndarray,
) -> None:  # fmt: skip
    """Let a miner that is behind the king adopt its model if that is public, or else the newest king's that is."""
    models, place, block, sealed = validator.models, king.miner, agenda.block[k], lanes[c].sealed
    public = people.seen[0].age >= max(terms.public_blocks, sealed)
    if not public and sealed > terms.public_blocks:
        models, place = vault.models, vault.rings[c].first
        public = is_public(models.facts[c, place].block, block, sealed)
    if public:
        m, pay, draw = agenda.miner[k], terms.usd_per_day, agenda.choice[k, w]
        adopt(people, c, w, m, models, place, score, data_weights, block, pay, draw)


@inlined
def submits(
    decided: Any, seen: Any, active: bool, block: float, score: float, king: King, facts: np.ndarray, sealed: float,
    terms: Terms,
) -> bool:  # fmt: skip
    """Whether a miner may commit what it decided to: it has a model, has waited, and copies what is public only."""
    ready = decided.submit and active and seen.live_age >= terms.commit_blocks and score < SOMETHING
    return bool(ready and (not decided.copy or king.miner < 0 or is_public(facts[king.place].block, block, sealed)))


@inner
def wrong_field(decision: Any) -> tuple[int, float]:
    """The first number of a decision that is out of bounds or NaN, by its place among the fields; -1 if none is."""
    place = -1
    value = 0.0
    for field, number in ((1, decision.offer), (3, decision.perturbation), (4, decision.runs), (8, decision.least)):
        if place < 0 and not (number >= LIMITS[field, 0] and number <= LIMITS[field, 1]):
            place, value = field, number
    return place, value


@inlined
def decide(people: People, c: int, m: int, block: float, warned: np.ndarray) -> None:
    """Let a miner's strategy decide by the view that is filled in, into `people.decision`; a failure sets the alarm."""
    player = people.players[people.miners[c, m].player]
    if call_decide(player.decide, player.numbers, people.seen.ctypes.data, people.decision.ctypes.data) != 0:
        warn(warned, alarm.DECISION, c, m, block, 0, 0.0)
    field, value = wrong_field(people.decision[0])
    if field >= 0:
        warn(warned, alarm.FIELD, c, m, block, field, value)


@inlined
def respond(
    people: People, agenda: Agenda, k: int, c: int, w: int, lost: float, pay: float, wants: bool, loss: float,
    king: King, validator: Validator, lanes: np.ndarray,
) -> bool:  # fmt: skip
    """Let a miner keep its books, choose its effort, and move to other data; whether it is in the contest then.

    Without `wants` its strategy keeps it out.
    """
    m, responses = agenda.miner[k], people.responses
    mine, book, rule, days = people.miners[c, m], responses.books[c, m], responses.rules[0], agenda.days[k]
    cost, count = people.persons[w, m, mine.course].usd, responses.active[c]
    book.lost = lost
    earned = keep_books(book, rule, mine.active, mine.emission, days, pay, pay / (count + 1))
    if responses.head_days.shape[1] > 0 and mine.active:
        responses.head_days[c, mine.course] += days
        responses.head_pay[c, mine.course] += earned
    book.effort = choose_effort(book, rule, count, cost, pay, agenda.level[k, w], responses.levels, responses.odds)
    active = wants and stays(book, rule, mine.active, cost)
    responses.active[c] += int(active) - int(mine.active)
    if people.migration.respond and active:
        decide_move(people, agenda, k, c, w, loss, king, validator, lanes, book.effort, pay / responses.active[c])
    return bool(active)


@compiled
def look(
    first: int, last: int, now: int, people: People, agenda: Agenda, terms: Terms, validator: Validator,
    vault: Vault, kings: np.ndarray, lanes: np.ndarray, account: Any, data_weights: np.ndarray, committed: np.ndarray,
) -> int:  # fmt: skip
    """Let the miners that look up in a step act, in every column.

    Args:
        first, last: the looks of the step within the agenda: from `first` up to, but not including, `last`.
        now: the step's block.
        vault: models that are sealed or were.
        kings: the reigning miners, `[columns]`.
        account: what the record keeps of the world.
        committed: gets (miner, column) of new commitments, int `[some, 2]`.

    Returns:
        How many there are. The alarm is set if a strategy, a policy or a way of progress has failed.
    """
    count, warned = 0, validator.history.alarm
    fade(people.responses.head_days, people.responses.head_pay, people.responses.rules[0], terms.step_blocks)
    begin = people.miners.ctypes.data
    for c in range(len(lanes)):
        w, sums = lanes[c].world, account.sums[c]
        king = king_of(c, kings[c], validator, lanes, sums, data_weights, terms)
        trained, more, bought, present = 0.0, 0.0, 0.0, 0.0
        lost = sums.lost - max(sums.lost_until - now, 0.0)
        for k in range(first, last):
            m = agenda.miner[k]
            # Looks would wait for memory, so the record of a later miner is fetched while this one acts.
            later, column = k + AHEAD, c
            if later >= last:
                later, column = min(later - (last - first), last - 1), min(c + 1, len(lanes) - 1)
            prefetch(begin + 64 * (column * people.miners.shape[1] + agenda.miner[max(later, first)]))
            mine, block = people.miners[c, m], agenda.block[k]
            person = people.persons[w, m, mine.course]
            gpu_days, work, days = train(people, agenda, k, c, w, now, terms.wake_blocks, lost)
            trained += gpu_days
            bought += days
            present += agenda.days[k] * mine.active
            people.worked[c, person.kind] += work
            loss = call_one(person.loss, person.course, mine.position)
            score = judged(loss, people.training_mix[c, m], data_weights)
            if mine.active:
                sums.best = min(sums.best, judged(loss, people.training_mix[c, m], account.target_mix))
            fill_view(people, agenda, k, c, w, loss, score, king, terms, validator, lanes, sums.descent)
            if isnan(loss) or isnan(people.seen[0].pace):
                warn(warned, alarm.PROGRESS, c, m, block, 0, mine.position)
            decide(people, c, m, block, warned)
            if warned[0].kind != alarm.NONE:
                return count
            decided, seen = people.decision[0], people.seen[0]
            active = decided.active and person.enters <= block
            if people.responses.on:
                active = respond(people, agenda, k, c, w, lost, terms.usd_per_day, active, loss, king, validator, lanes)
            if active and not mine.active:
                mine.spent += terms.registration_usd
                sums.registrations += 1
            mine.active, mine.training = active, decided.train and active
            if submits(decided, seen, active, block, score, king, validator.models.facts[c], lanes[c].sealed, terms):
                done, gpu_days = commit(people, agenda, k, c, w, loss, score, king, terms, validator, account)
                more += gpu_days
                if done:
                    committed[count, 0], committed[count, 1] = m, c
                    count += 1
            if decided.adopt and active and not seen.king and king.miner >= 0 and seen.gain < 0.0:
                begin_again(people, agenda, k, c, w, score, king, terms, validator, vault, data_weights, lanes)
        sums.gpu_days += trained
        sums.gpu_days += more
        sums.effort_days += bought
        sums.active_days += present
    return count
