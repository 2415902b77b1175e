/* The passes over memory for one kind of number. loop.c includes this file once for float and once for double. */

/* Truth values as numbers. */
FOR_EACH_PROCESSOR static void NAMED(cast)(const struct row *r) {
    const uint8_t *restrict from = (uint8_t *)r->at[0];
    REAL *restrict to = (REAL *)r->at[1];
    for (int64_t i = 0; i < r->flat.count; i++) to[i] = from[i];
}

/* to = value where the mask is set. */
FOR_EACH_PROCESSOR static void NAMED(where)(const struct row *r) {
    const uint8_t *restrict mask = (uint8_t *)r->at[0];
    REAL value = *(REAL *)r->at[1], *restrict to = (REAL *)r->at[2];
    for (int64_t i = 0; i < r->flat.count; i++) to[i] = mask[i] ? value : to[i];
}

/* The square root; NumPy's takes no more than four numbers at a time on any x86. `to` may be `from`. */
FOR_EACH_PROCESSOR static void NAMED(root)(const struct row *r) {
    const REAL *from = (REAL *)r->at[0];
    REAL *to = (REAL *)r->at[1];
    for (int64_t i = 0; i < r->flat.count; i++) to[i] = SQUARE_ROOT(from[i]);
}

/* d = d [a > 0], as a product, so that infinity times 0 stays NaN. */
FOR_EACH_PROCESSOR static void NAMED(mask)(const struct row *r) {
    const REAL *restrict a = (REAL *)r->at[0];
    REAL *restrict d = (REAL *)r->at[1];
    for (int64_t i = 0; i < r->flat.count; i++) d[i] = d[i] * (a[i] > 0 ? (REAL)1 : (REAL)0);
}

/* scaled = factor * from, to = to + scaled: the gradient of a penalty on the weights. */
FOR_EACH_PROCESSOR static void NAMED(scaled)(const struct row *r) {
    REAL factor = *(REAL *)r->at[3];
    for (int64_t i = 0; i < r->each.planes; i++)
        for (int64_t j = 0; j < r->each.lines; j++) {
            const REAL *restrict from = (REAL *)(r->at[0] + i * r->each.plane[0] + j * r->each.line[0]);
            REAL *restrict scaled = (REAL *)(r->at[1] + i * r->each.plane[1] + j * r->each.line[1]);
            REAL *restrict to = (REAL *)(r->at[2] + i * r->each.plane[2] + j * r->each.line[2]);
            for (int64_t k = 0; k < r->each.count; k++) {
                scaled[k] = from[k] * factor;
                to[k] = to[k] + scaled[k];
            }
        }
}

FOR_EACH_PROCESSOR static void NAMED(sgd)(const struct row *r) {
    for (int64_t k = 0; k < r->update.networks; k++) {
        REAL *restrict g = (REAL *)r->at[0] + k * r->update.vectors;
        REAL *restrict w = (REAL *)r->at[3] + k * r->update.weights;
        REAL rate = ((REAL *)r->update.scalar[3])[k * r->update.scalars];
        for (int64_t i = 0; i < r->update.count; i++) {
            REAL step = g[i] * rate;
            g[i] = step;
            w[i] = w[i] - step;
        }
    }
}

FOR_EACH_PROCESSOR static void NAMED(adam)(const struct row *r) {
    REAL beta1 = *(REAL *)r->update.scalar[0], beta2 = *(REAL *)r->update.scalar[1];
    for (int64_t k = 0; k < r->update.networks; k++) {
        REAL *restrict g = (REAL *)r->at[0] + k * r->update.vectors;
        REAL *restrict m = (REAL *)r->at[1] + k * r->update.vectors;
        REAL *restrict v = (REAL *)r->at[2] + k * r->update.vectors;
        REAL *restrict w = (REAL *)r->at[3] + k * r->update.weights;
        REAL epsilon = ((REAL *)r->update.scalar[2])[k * r->update.scalars];
        REAL rate = ((REAL *)r->update.scalar[3])[k * r->update.scalars];
        for (int64_t i = 0; i < r->update.count; i++) {
            REAL first = m[i] * beta1 + g[i], second = v[i] * beta2 + g[i] * g[i];
            REAL step = first / (SQUARE_ROOT(second) + epsilon) * rate;
            m[i] = first;
            v[i] = second;
            g[i] = step;
            w[i] = w[i] - step;
        }
    }
}

/* Small products, four columns at a time, each number as one sum in the order of its terms: to call BLAS for it would
   take longer. small.py finds out where BLAS gives the same bits. The rows of `to` have no gaps. */
typedef REAL NAMED(four) __attribute__((vector_size(4 * sizeof(REAL))));

/* The first `count` columns of a line, `step` bytes apart. */
static inline void NAMED(take)(NAMED(four) *to, const char *from, int64_t step, int64_t count) {
#define NUMBER(i) *(const REAL *)(from + i * step)
    switch (count) {
    case 1: *to = (NAMED(four)){NUMBER(0)}; break;
    case 2: *to = (NAMED(four)){NUMBER(0), NUMBER(1)}; break;
    case 3: *to = (NAMED(four)){NUMBER(0), NUMBER(1), NUMBER(2)}; break;
    default: *to = (NAMED(four)){NUMBER(0), NUMBER(1), NUMBER(2), NUMBER(3)};
    }
#undef NUMBER
}

static inline void NAMED(put)(REAL *to, const NAMED(four) *from, int64_t count) {
    switch (count) {
    case 1: to[0] = (*from)[0]; break;
    case 2: to[0] = (*from)[0], to[1] = (*from)[1]; break;
    case 3: to[0] = (*from)[0], to[1] = (*from)[1], to[2] = (*from)[2]; break;
    default: memcpy(to, from, sizeof *from);
    }
}

/* Up to four columns of a product whose numbers sum n terms. */
static inline __attribute__((always_inline)) void NAMED(columns)(
    const char *a, const char *b, char *to, const int64_t *by, int64_t m, const int64_t n, int64_t count,
    const enum rounding rounding
) {
    NAMED(four) terms[MOST_SUMMED];
    for (int64_t t = 0; t < n; t++) NAMED(take)(&terms[t], b + t * by[5], by[6], count);
    for (int64_t i = 0; i < m; i++, a += by[3], to += by[7]) {
        NAMED(four) sums = {0};
        for (int64_t t = 0; t < n; t++) {
            REAL x = *(const REAL *)(a + t * by[4]);
            NAMED(four) y = terms[t];
            if (rounding == ROUNDED) sums = sums + x * y;
            else sums = (NAMED(four)){
                FUSED(x, y[0], sums[0]), FUSED(x, y[1], sums[1]), FUSED(x, y[2], sums[2]), FUSED(x, y[3], sums[3])
            };
        }
        if (rounding == FUSED_AND_ADDED) sums = sums + (REAL)0;
        NAMED(put)((REAL *)to, &sums, count);
    }
}

static inline __attribute__((always_inline)) void NAMED(products)(const struct row *r, const enum rounding rounding) {
    const int64_t *by = r->product.strides, m = r->product.counts[1], n = r->product.counts[2], p = r->product.counts[3];
    for (int64_t k = 0; k < r->product.counts[0]; k++)
        for (int64_t first = 0; first < p; first += 4) {
            int64_t count = p - first < 4 ? p - first : 4;
            const char *a = r->at[0] + k * by[0], *b = r->at[1] + k * by[1] + first * by[6];
            char *to = r->at[2] + k * by[2] + first * sizeof(REAL);
            switch (n) { /* with few terms, all of them stay in registers */
            case 1: NAMED(columns)(a, b, to, by, m, 1, count, rounding); break;
            case 2: NAMED(columns)(a, b, to, by, m, 2, count, rounding); break;
            case 3: NAMED(columns)(a, b, to, by, m, 3, count, rounding); break;
            case 4: NAMED(columns)(a, b, to, by, m, 4, count, rounding); break;
            default: NAMED(columns)(a, b, to, by, m, n, count, rounding);
            }
        }
}

FOR_EACH_PROCESSOR static void NAMED(small)(const struct row *r) {
    switch ((enum rounding)(intptr_t)r->data) {
    case FUSED_SUM: NAMED(products)(r, FUSED_SUM); break;
    case FUSED_AND_ADDED: NAMED(products)(r, FUSED_AND_ADDED); break;
    case ROUNDED: NAMED(products)(r, ROUNDED); break;
    }
}

#undef REAL
#undef NAMED
#undef SQUARE_ROOT
#undef FUSED
