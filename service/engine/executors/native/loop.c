/* Runs a table of prepared calls without Python between them.

   Each row of the table is one call. Most rows only say which of NumPy's own inner loops runs, on which addresses and
   strides: the arithmetic of every layer is NumPy's. A few rows are runs of calls that occur in every step (an
   optimizer's update, the mask of a rectifier) as one pass over the memory, small products, draws and shuffles. They do
   the same operations on each number in the same order and round as NumPy's do, so the results have the same bits:
   compile with -ffp-contract=off, and without -ffast-math.

   Needs neither Python's nor NumPy's headers. lowering.py, idioms.py and small.py write the table; passes.h has the
   passes. */

#define _GNU_SOURCE
#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

/* NumPy's PyUFuncGenericFunction: operands, counts, strides in bytes, and the loop's own data. */
typedef void (*loop_t)(char **, const int64_t *, const int64_t *, void *);

enum {
    EACH, PRODUCT, CAST32, CAST64, WHERE32, WHERE64, ROOT32, ROOT64, MASK32, MASK64, SGD32, SGD64, ADAM32, ADAM64,
    SCALED32, SCALED64, UNIFORM32, UNIFORM64, SMALL32, SMALL64, SHUFFLE, MEET
};

struct row {
    int64_t kind;
    loop_t loop;
    void *data;
    char *at[4];
    union {
        struct { int64_t planes, lines, count, plane[3], line[3], stride[3]; } each; /* steps in bytes */
        struct { int64_t counts[4], strides[9]; } product; /* counts: products, then m, n, p of (m, n) (n, p) */
        struct { int64_t count; } flat;
        struct { int64_t count, first; } shuffled;
        /* Parameters of `networks` networks: the steps from one to the next, in numbers, of the vectors, of the
           weights and of the scalars that differ from network to network. */
        struct { int64_t networks, count, vectors, weights, scalars; char *scalar[4]; } update;
    };
};

_Static_assert(sizeof(struct row) == 20 * sizeof(int64_t), "library.py writes rows of 20 words");

/* The passes below are compiled for several generations of processors; the best one is chosen when the library loads. */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(ONE_PROCESSOR)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

/* An elementwise call or a reduction: NumPy's loop for every line of every plane. */
static void each(const struct row *r) {
    for (int64_t i = 0; i < r->each.planes; i++)
        for (int64_t j = 0; j < r->each.lines; j++) {
            char *at[3];
            for (int k = 0; k < 3; k++)
                at[k] = r->at[k] + i * r->each.plane[k] + j * r->each.line[k];
            r->loop(at, &r->each.count, r->each.stride, r->data);
        }
}

static void product(const struct row *r) {
    char *at[3] = {r->at[0], r->at[1], r->at[2]};
    r->loop(at, r->product.counts, r->product.strides, r->data);
}

/* How a small product is summed: by fused multiply-adds, by these and then added to 0 (which has no sign), or by
   rounded products. A row has it as its `data`. */
enum rounding { FUSED_SUM, FUSED_AND_ADDED, ROUNDED };

/* The most terms of a number of a small product; small.py keeps to it. */
enum { MOST_SUMMED = 64 };

#define REAL float
#define NAMED(pass) pass##_32
#define SQUARE_ROOT sqrtf
#define FUSED fmaf
#include "passes.h"

#define REAL double
#define NAMED(pass) pass##_64
#define SQUARE_ROOT sqrt
#define FUSED fma
#include "passes.h"

/* NumPy's PCG64 (O'Neill 2014, section 6.3): a state of 128 bits, of which each number takes 64; the half of one that
   nobody has taken yet is kept. */
typedef unsigned __int128 __attribute__((aligned(8))) wide;
struct pcg { wide state, increment; };
struct generator { struct pcg *pcg; int has_half; uint32_t half; };

static inline uint64_t next(wide *state, wide increment) {
    *state = *state * (((wide)2549297995355413924u << 64) + 4865540595714422341u) + increment;
    uint64_t mixed = (uint64_t)(*state >> 64) ^ (uint64_t)*state;
    unsigned turn = (unsigned)(*state >> 122);
    return mixed >> turn | mixed << (-turn & 63);
}

static float share_of(uint32_t half) { return (half >> 8) * (1.0f / 16777216.0f); }

/* Numbers from [0, 1), as `Generator.random` draws them: two floats from each number, one double. */
static void uniform_32(const struct row *r) {
    struct generator *g = (struct generator *)r->at[0];
    float *to = (float *)r->at[1], *end = to + r->flat.count;
    wide state = g->pcg->state, increment = g->pcg->increment;
    if (g->has_half && to < end) {
        *to++ = share_of(g->half);
        g->has_half = 0;
    }
    for (; end - to >= 2; to += 2) {
        uint64_t both = next(&state, increment);
        to[0] = share_of((uint32_t)both);
        to[1] = share_of((uint32_t)(both >> 32));
        g->half = (uint32_t)(both >> 32);
    }
    if (to < end) {
        uint64_t both = next(&state, increment);
        *to = share_of((uint32_t)both);
        g->half = (uint32_t)(both >> 32);
        g->has_half = 1;
    }
    g->pcg->state = state;
}

static void uniform_64(const struct row *r) {
    struct generator *g = (struct generator *)r->at[0];
    double *to = (double *)r->at[1];
    wide state = g->pcg->state, increment = g->pcg->increment;
    for (int64_t i = 0; i < r->flat.count; i++) to[i] = (next(&state, increment) >> 11) * (1.0 / 9007199254740992.0);
    g->pcg->state = state;
}

/* The numbers first, first + 1, … as `Generator.shuffle` puts them: each, the last one first, changes places with one that
   is drawn among those up to it. What is drawn has as many bits as its place; one beyond it is drawn again. */
static void shuffle(const struct row *r) {
    struct generator *g = (struct generator *)r->at[0];
    int64_t *order = (int64_t *)r->at[1];
    wide state = g->pcg->state, increment = g->pcg->increment;
    for (int64_t i = 0; i < r->shuffled.count; i++) order[i] = r->shuffled.first + i;
    for (int64_t i = r->shuffled.count - 1; i > 0;) {
        int64_t bits = (int64_t)(UINT64_MAX >> __builtin_clzll((uint64_t)i));
        while (i > bits >> 1) {
            uint32_t half = g->half;
            g->has_half = !g->has_half;
            if (g->has_half) {
                uint64_t both = next(&state, increment);
                half = (uint32_t)both;
                g->half = (uint32_t)(both >> 32);
            }
            /* Without a branch, which would be guessed wrongly about once in four times. */
            int64_t drawn = half & bits, fits = drawn <= i, other = fits ? drawn : i, moved = order[other];
            order[other] = order[i];
            order[i] = moved;
            i -= fits;
        }
    }
    g->pcg->state = state;
}

/* Where threads wait for each other; see barrier.py. `round` counts the meetings. */
struct barrier { uint32_t parties; _Atomic uint32_t arrived, round, broken; };

/* How often a thread looks before it sleeps: the others are rarely more than some microseconds behind. */
enum { LOOKS = 1000 };

static void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/* Sleep until the round is over, or for a millisecond, in case the barrier broke. */
static void sleep_in(struct barrier *b, uint32_t round) {
    struct timespec limit = {0, 1000000};
#ifdef __linux__
    syscall(SYS_futex, &b->round, FUTEX_WAIT_PRIVATE, round, &limit, 0, 0);
#else
    (void)b, (void)round;
    limit.tv_nsec = 50000;
    nanosleep(&limit, 0);
#endif
}

static int meet(struct barrier *b) {
    uint32_t round = atomic_load(&b->round);
    if (atomic_fetch_add(&b->arrived, 1) + 1 == b->parties) {
        atomic_store(&b->arrived, 0);
        atomic_store(&b->round, round + 1);
#ifdef __linux__
        syscall(SYS_futex, &b->round, FUTEX_WAKE_PRIVATE, INT32_MAX, 0, 0, 0);
#endif
        return !atomic_load(&b->broken);
    }
    for (int looks = 0; atomic_load(&b->round) == round; looks++) {
        if (atomic_load(&b->broken)) return 0;
        if (looks < LOOKS) pause_briefly();
        else sleep_in(b, round);
    }
    return 1;
}

/* Whether the passes have a fused multiply-add of the processor's own. */
int64_t fuses(void) {
#if defined(__FP_FAST_FMA) && defined(__FP_FAST_FMAF)
    return 1;
#elif defined(__x86_64__) && defined(__GLIBC__) && !defined(ONE_PROCESSOR)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
#else
    return 0;
#endif
}

/* Make the calls of `count` rows in order; 0 if another thread failed and will not come. */
int64_t run(const struct row *r, int64_t count) {
    for (const struct row *end = r + count; r < end; r++)
        switch (r->kind) {
        case EACH: each(r); break;
        case PRODUCT: product(r); break;
        case CAST32: cast_32(r); break;
        case CAST64: cast_64(r); break;
        case WHERE32: where_32(r); break;
        case WHERE64: where_64(r); break;
        case ROOT32: root_32(r); break;
        case ROOT64: root_64(r); break;
        case MASK32: mask_32(r); break;
        case MASK64: mask_64(r); break;
        case SGD32: sgd_32(r); break;
        case SGD64: sgd_64(r); break;
        case ADAM32: adam_32(r); break;
        case ADAM64: adam_64(r); break;
        case SCALED32: scaled_32(r); break;
        case SCALED64: scaled_64(r); break;
        case UNIFORM32: uniform_32(r); break;
        case UNIFORM64: uniform_64(r); break;
        case SMALL32: small_32(r); break;
        case SMALL64: small_64(r); break;
        case SHUFFLE: shuffle(r); break;
        case MEET: if (!meet((struct barrier *)r->at[0])) return 0; break;
        }
    return 1;
}
