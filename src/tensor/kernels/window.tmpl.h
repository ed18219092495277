/* Windows of max pooling: see table.h for what is computed. */

/* `n` windows beside each other, a constant after inlining. */
TK_INLINE void windows_max(const tk_window *w, const float *x, float *y,
                           const size_t n)
{
    v8 most[4];
    TK_UNROLL
    for (size_t i = 0; i < n; i++)
        most[i] = v8_load(x + i * w->step);
    for (size_t a = 0; a < w->size[0]; a++)
        for (size_t b = 0; b < w->size[1]; b++) {
            const float *row = x + a * w->plane + b * w->row;
            for (size_t c = 0; c < w->size[2]; c++, row += 8) {
                TK_UNROLL
                for (size_t i = 0; i < n; i++)
                    most[i] = v8_max_nan(most[i], v8_load(row + i * w->step));
            }
        }
    TK_UNROLL
    for (size_t i = 0; i < n; i++)
        v8_store(y + i * 8, most[i]);
}

static void TK_NAME(window_max)(const tk_window *w, const float *x, size_t rows,
                                float *y)
{
    for (; rows >= 4; rows -= 4, x += 4 * w->step, y += 32)
        windows_max(w, x, y, 4);
    for (; rows > 0; rows--, x += w->step, y += 8)
        windows_max(w, x, y, 1);
}

/* Which voxel of a window, counted in order, has each lane's maximum. */
TK_INLINE v8i place_of_max(const tk_window *w, const float *x)
{
    v8 most = v8_load(x);
    v8i place = {0};
    int number = 0;
    for (size_t a = 0; a < w->size[0]; a++)
        for (size_t b = 0; b < w->size[1]; b++) {
            const float *row = x + a * w->plane + b * w->row;
            for (size_t c = 0; c < w->size[2]; c++, row += 8, number++) {
                v8 v = v8_load(row);
                v8i better = (v > most) | v8_is_nan(v);
                v8i here = (v8i){0} + number;
                most = v8_select(better, v, most);
                place = (better & here) | (~better & place);
            }
        }
    return place;
}

TK_INLINE void give_to_place(const tk_window *w, v8i place, v8 dy,
                             const bool add, float *dx)
{
    int number = 0;
    for (size_t a = 0; a < w->size[0]; a++)
        for (size_t b = 0; b < w->size[1]; b++) {
            float *row = dx + a * w->plane + b * w->row;
            for (size_t c = 0; c < w->size[2]; c++, row += 8, number++) {
                v8 given = (v8)((place == number) & (v8i)dy);
                v8_store(row, add ? v8_load(row) + given : given);
            }
        }
}

static void TK_NAME(window_max_back)(const tk_window *w, const float *x,
                                     const float *dy, size_t rows, bool add,
                                     float *dx)
{
    for (size_t r = 0; r < rows; r++) {
        v8i place = place_of_max(w, x + r * w->step);
        v8 g = v8_load(dy + r * 8);
        if (add)
            give_to_place(w, place, g, true, dx + r * w->step);
        else
            give_to_place(w, place, g, false, dx + r * w->step);
    }
}
