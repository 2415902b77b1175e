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

#undef REAL
#undef NAMED
#undef SQUARE_ROOT
